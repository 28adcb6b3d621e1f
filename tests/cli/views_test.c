/* views_test.c - what schemas/views.sql says of a case, step by step. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/cli/desk_helper.h"

static struct desk desk;

static int open_desk(void **state)
{
	(void)state;
	desk_open(&desk, "office");
	desk_fill(&desk);
	return 0;
}

static int close_desk(void **state)
{
	(void)state;
	desk_close(&desk);
	return 0;
}

static void status_is(const char *expected)
{
	assert_string_equal(desk_ask(&desk, "SELECT status FROM"
					    " proposal_status WHERE key ="
					    " '1-1-014'"),
			    expected);
}

/* An event of the office at minute `at` of an hour. */
static void event(const char *kind, int at)
{
	char sql[256];

	snprintf(sql, sizeof(sql),
		 "INSERT INTO event(proposal, unit, kind, at) VALUES"
		 " ('1-1-014', 'office', '%s', '2022-06-30T09:%02d:00Z')",
		 kind, at);
	desk_sql(&desk, sql);
}

static void assign(void)
{
	desk_sql(&desk, "UPDATE handling SET assigned_on = '2022-05-01'");
}

static void reply(int at)
{
	desk_sql(&desk, "UPDATE handling SET draft = '答复' WHERE unit ="
			" 'edu'");
	event("submitted", at);
}

static void status__review_decides_before_assignment(void **state)
{
	static const char *const words[][2] = {
		{"filed", "立案"},
		{"rejected", "不立案"},
		{"forwarded", "转意见建议"},
		{"merged", "并案"},
	};

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		char sql[128];

		snprintf(sql, sizeof(sql),
			 "UPDATE proposal SET review = '%s' WHERE key ="
			 " '1-1-014'",
			 words[i][0]);
		desk_sql(&desk, sql);
		status_is(words[i][1]);
	}
	desk_sql(&desk, "UPDATE proposal SET review = NULL");
	status_is("已提交");
	desk_sql(&desk, "UPDATE proposal SET case_no = NULL");
	status_is("草稿");
}

static void status__a_withdrawn_or_void_proposal_is_out(void **state)
{
	(void)state;
	assign();
	event("withdrawn", 1);
	status_is("撤案");
	desk_sql(&desk, "UPDATE proposal SET void = 1, void_reason = '重复'"
			" WHERE key = '1-1-014'");
	status_is("作废");
}

static void status__naming_units_is_not_yet_assigning(void **state)
{
	(void)state;
	status_is("立案");
	assign();
	status_is("交办");
}

static void status__work_begins_with_receipt_or_a_draft(void **state)
{
	(void)state;
	assign();
	desk_sql(&desk, "UPDATE handling SET draft = '草' WHERE unit = 'edu'");
	status_is("办理中");
	desk_sql(&desk, "UPDATE handling SET draft = NULL");
	status_is("交办");
	event("receipt", 1);
	status_is("办理中");
}

static void status__a_reply_waits_passes_and_is_sent(void **state)
{
	(void)state;
	assign();
	reply(1);
	status_is("答复待审");
	event("failed", 2);
	status_is("审核驳回");
	event("submitted", 3);
	status_is("答复待审");
	event("passed", 4);
	status_is("审核通过");
	event("sent", 5);
	status_is("已答复");
	event("archived", 6);
	status_is("归档");
}

static void status__every_separate_unit_must_reply(void **state)
{
	(void)state;
	assign();
	desk_sql(&desk, "UPDATE handling SET role = 'split'");
	reply(1);
	status_is("办理中");
	desk_sql(&desk, "UPDATE handling SET draft = '另' WHERE unit = 'hr'");
	status_is("答复待审");
}

static void status__a_co_unit_does_not_hold_it_up(void **state)
{
	(void)state;
	assign();
	desk_sql(&desk, "UPDATE handling SET draft = '意见' WHERE unit ="
			" 'hr'");
	event("submitted", 1);
	status_is("办理中");
	reply(2);
	status_is("答复待审");
}

static void status__a_dissatisfied_sponsor_begins_a_new_round(void **state)
{
	(void)state;
	assign();
	reply(1);
	event("sent", 2);
	desk_sql(&desk, "INSERT INTO feedback(proposal, sponsor, round,"
			" process, result) VALUES ('1-1-014', '王芳', '1',"
			" 'satisfied', 'dissatisfied')");
	status_is("重新办理");
	event("redo", 3);
	status_is("重新办理");
	event("receipt", 4);
	status_is("办理中");
	reply(5);
	status_is("答复待审");
	event("sent", 6);
	status_is("已答复");
	desk_sql(&desk, "INSERT INTO feedback(proposal, sponsor, round,"
			" process, result) VALUES ('1-1-014', '王芳', '2',"
			" 'satisfied', 'basically')");
	status_is("办结");
}

static void status__a_void_event_does_not_count(void **state)
{
	(void)state;
	assign();
	reply(1);
	desk_sql(&desk, "UPDATE event SET void = 1, void_reason = '误'");
	status_is("办理中");
}

static const char *overdue(void)
{
	return desk_ask(&desk, "SELECT due || ' ' || (days > 0) FROM overdue"
			       " WHERE key = '1-1-014'");
}

static void overdue__only_what_is_owed_is_late(void **state)
{
	(void)state;
	assign();
	assert_string_equal(overdue(), "");
	desk_sql(&desk, "UPDATE handling SET due = '2022-06-30' WHERE unit ="
			" 'hr'");
	assert_string_equal(overdue(), "");
	desk_sql(&desk, "UPDATE handling SET due = '2022-06-30' WHERE unit ="
			" 'edu'");
	assert_string_equal(overdue(), "2022-06-30 1");
	desk_sql(&desk, "UPDATE proposal SET due = '2999-01-01'");
	assert_string_equal(overdue(), "");
	desk_sql(&desk, "UPDATE proposal SET due = '2022-07-31'");
	assert_string_equal(overdue(), "2022-07-31 1");
	reply(1);
	assert_string_equal(overdue(), "");
}

/* The number of a case may be `B078`: its session is what stands before. */
static void term__a_number_with_a_letter_belongs_to_its_session(void **state)
{
	(void)state;
	desk_sql(&desk, "INSERT INTO proposal(key, case_no) VALUES"
			" ('1-1-B078', 'B078'), ('1-1-078', 'B078');"
			"INSERT INTO handling(proposal, unit, role,"
			" assigned_on) VALUES"
			" ('1-1-B078', 'edu', 'main', '2022-03-30')");
	assert_string_equal(desk_ask(&desk, "SELECT due FROM term WHERE"
					    " proposal = '1-1-B078' AND"
					    " rule = 3"),
			    "2022-06-30");
	assert_string_equal(desk_ask(&desk, "SELECT case_key FROM"
					    " contradiction WHERE rule ="
					    " 'case_no'"),
			    "1-1-078");
}

static void conflict__a_cell_with_two_values_is_a_row(void **state)
{
	struct desk one, two;

	(void)state;
	assign();
	desk_open(&one, "edu");
	desk_open(&two, "edu");
	desk_carry(&one, &desk);
	desk_carry(&two, &desk);
	desk_sql(&one, "UPDATE handling SET class_proposed = 'A' WHERE unit ="
		       " 'edu'");
	desk_sql(&two, "UPDATE handling SET class_proposed = 'B' WHERE unit ="
		       " 'edu'");
	assert_string_equal(desk_ask(&desk, "SELECT count(*) FROM conflict"),
			    "0");
	desk_carry(&desk, &one);
	desk_carry(&desk, &two);
	assert_string_equal(
		desk_ask(&desk,
			 "SELECT case_key || ' ' || entity || ' ' || row || ' '"
			 " || field || ' ' || label || ' ' || severity || ' '"
			 " || heads FROM conflict"),
		"1-1-014 handling 1-1-014/edu class_proposed 拟定类别 hard 2");
	desk_close(&one);
	desk_close(&two);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_desk, close_desk)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(status__review_decides_before_assignment),
		TEST(status__a_withdrawn_or_void_proposal_is_out),
		TEST(status__naming_units_is_not_yet_assigning),
		TEST(status__work_begins_with_receipt_or_a_draft),
		TEST(status__a_reply_waits_passes_and_is_sent),
		TEST(status__every_separate_unit_must_reply),
		TEST(status__a_co_unit_does_not_hold_it_up),
		TEST(status__a_dissatisfied_sponsor_begins_a_new_round),
		TEST(status__a_void_event_does_not_count),
		TEST(term__a_number_with_a_letter_belongs_to_its_session),
		TEST(overdue__only_what_is_owed_is_late),
		TEST(conflict__a_cell_with_two_values_is_a_row),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
