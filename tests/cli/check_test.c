/* check_test.c - each check by its name: what it finds, what it leaves. */
#include "cli/check/check.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cli/case/event.h"
#include "cli/import/import.h"
#include "cli/import/news.h"
#include "core/base/db.h"
#include "core/log/edit.h"
#include "tests/cli/desk_helper.h"
#include "tests/cli/sample_helper.h"

static struct sample sample;
static struct check_list found;

static int set_up(void **state)
{
	(void)state;
	sample_open(&sample, REPLICA_OFFICE);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	check_list_release(&found);
	sample_close(&sample);
	return 0;
}

static void run(const char *key)
{
	struct err err = {0};

	check_list_release(&found);
	if (check_run(&found, sample.replica, key, &err) != 0)
		fail_msg("%s", err.text);
}

static size_t count(const char *check, enum check_severity severity)
{
	size_t n = 0;

	for (size_t i = 0; i < found.n; i++)
		n += found.items[i].severity == severity &&
		     strcmp(found.items[i].check, check) == 0;
	return n;
}

/* The only finding of that name. */
static const struct check_finding *only(const char *check)
{
	const struct check_finding *finding = NULL;

	for (size_t i = 0; i < found.n; i++) {
		if (strcmp(found.items[i].check, check) != 0)
			continue;
		if (finding)
			fail_msg("%s twice: %s; %s", check, finding->message,
				 found.items[i].message);
		finding = &found.items[i];
	}
	if (!finding)
		fail_msg("no %s", check);
	return finding;
}

/* Is `check` found, and with what severity; then the edit mends it. */
static void mends(const char *check, enum check_severity severity,
		  const char *sql)
{
	run(NULL);
	assert_int_equal(only(check)->severity, severity);
	sample_edit(&sample, sql);
	run(NULL);
	for (size_t i = 0; i < found.n; i++) {
		if (strcmp(found.items[i].check, check) == 0)
			fail_msg("still %s: %s", check, found.items[i].message);
	}
}

/* One answered case in which nothing is to be found but hints. */
static void answered(void)
{
	sample_edit(&sample,
		    "INSERT INTO session(key, due_months) VALUES ('1-1', 3);"
		    "INSERT INTO unit(code, name) VALUES ('edu', '区教育局'),"
		    " ('hr', '区人社局');"
		    "INSERT INTO proposal(key, case_no, title, review) VALUES"
		    " ('1-1-014', '第014号', '关于护学岗的建议', 'filed');"
		    "INSERT INTO handling(proposal, unit, role, assigned_on,"
		    " due, draft, class_proposed) VALUES ('1-1-014', 'edu',"
		    " 'main', '2022-03-30', '2999-06-30',"
		    " '已设岗三处，早晚各一班。', 'A');"
		    "INSERT INTO contact(proposal, unit, id, at, mode) VALUES"
		    " ('1-1-014', 'office', 'c1', '2022-04-01', 'visit');"
		    "INSERT INTO event(proposal, unit, id, kind, at, target)"
		    " VALUES ('1-1-014', 'office', 'e1', 'submitted',"
		    " '2022-05-01T09:00:00Z', 'edu')");
}

static void check__a_sound_reply_has_nothing_found(void **state)
{
	(void)state;
	answered();
	run(NULL);
	for (size_t i = 0; i < found.n; i++)
		print_message("%s %s\n", found.items[i].check,
			      found.items[i].message);
	assert_int_equal(found.n, 0);
}

static void check__a_missing_class_is_found(void **state)
{
	(void)state;
	answered();
	sample_edit(&sample, "UPDATE handling SET class_proposed = NULL");
	mends("class_missing", CHECK_WARNING,
	      "UPDATE proposal SET class_confirmed = 'A'");
}

static void check__a_class_that_is_no_more_is_found(void **state)
{
	(void)state;
	answered();
	sample_edit(&sample, "UPDATE code SET void = 1, void_reason = 'x'"
			     " WHERE list = 'class' AND code = 'A'");
	mends("class_unknown", CHECK_ERROR,
	      "UPDATE handling SET class_proposed = 'B'");
}

static void check__no_contact_weighs_once_contacts_are_kept(void **state)
{
	(void)state;
	answered();
	sample_edit(&sample, "UPDATE contact SET void = 1, void_reason = 'x'");
	run(NULL);
	assert_int_equal(count("no_contact", CHECK_HINT), 1);
	/* Another case has one; this one's came after the reply. */
	sample_edit(&sample,
		    "INSERT INTO proposal(key, title) VALUES ('1-1-015', 't');"
		    "INSERT INTO contact(proposal, unit, id, at) VALUES"
		    " ('1-1-015', 'office', 'c2', '2022-04-01'),"
		    " ('1-1-014', 'office', 'c3', '2022-07-01')");
	mends("no_contact", CHECK_WARNING,
	      "INSERT INTO contact(proposal, unit, id, at) VALUES"
	      " ('1-1-014', 'office', 'c4', '2022-04-20')");
}

static void check__a_late_reply_says_which_rule_made_the_date(void **state)
{
	const struct check_finding *late;

	(void)state;
	answered();
	sample_edit(&sample, "UPDATE event SET void = 1, void_reason = 'x';"
			     "UPDATE handling SET due = '2022-06-30'");
	run(NULL);
	late = only("overdue");
	assert_int_equal(late->severity, CHECK_WARNING);
	assert_non_null(strstr(late->message, "2022-06-30"));
	assert_non_null(strstr(late->message, "3 months"));
	assert_non_null(strstr(late->message, "2022-03-30"));
	sample_edit(&sample, "UPDATE handling SET due = date('now',"
			     " 'localtime', '+3 days')");
	run(NULL);
	assert_int_equal(only("due_soon")->severity, CHECK_HINT);
}

static void check__class_b_says_when_and_class_c_why_not(void **state)
{
	(void)state;
	answered();
	sample_edit(&sample, "UPDATE handling SET class_proposed = 'B'");
	mends("plan_missing", CHECK_HINT,
	      "UPDATE handling SET draft = '已设两处，年底前再设一处。'");
	sample_edit(&sample, "UPDATE handling SET class_proposed = 'C',"
			     " draft = '感谢提出，我们记下了。'");
	mends("reason_missing", CHECK_WARNING,
	      "UPDATE handling SET draft = '因路面狭窄，不能设岗。'");
}

static void check__class_a_in_the_future_only_is_a_hint(void **state)
{
	(void)state;
	answered();
	sample_edit(&sample,
		    "UPDATE handling SET draft = '下一步将设岗三处。'");
	run(NULL);
	assert_int_equal(only("future_only")->severity, CHECK_HINT);
}

static void check__another_title_or_number_is_found(void **state)
{
	(void)state;
	answered();
	sample_edit(&sample,
		    "UPDATE handling SET draft = '您提出的《关于停车的提案》"
		    "（第015号提案）收悉，已办。'");
	run(NULL);
	assert_int_equal(only("other_title")->severity, CHECK_WARNING);
	assert_int_equal(only("other_number")->severity, CHECK_WARNING);
}

static void check__a_co_unit_that_said_nothing_is_found(void **state)
{
	(void)state;
	answered();
	sample_edit(&sample, "INSERT INTO handling(proposal, unit, role) VALUES"
			     " ('1-1-014', 'hr', 'co')");
	run(NULL);
	assert_int_equal(only("co_unit_missing")->severity, CHECK_HINT);
	assert_string_equal(only("co_unit_missing")->unit, "hr");
	/* Where others do give opinions it weighs more. */
	sample_edit(&sample,
		    "INSERT INTO proposal(key, title) VALUES ('1-1-015', 't');"
		    "INSERT INTO handling(proposal, unit, role, draft) VALUES"
		    " ('1-1-015', 'hr', 'co', '同意')");
	mends("co_unit_missing", CHECK_WARNING,
	      "UPDATE handling SET draft = '同意' WHERE unit = 'hr'");
}

/* What is bound to a text, as the commands bind it. */
static void bind_hash(const char *text)
{
	char hash[EVENT_HASH_SIZE], sql[512];

	event_text_hash(hash, text, strlen(text));
	snprintf(sql, sizeof(sql), "UPDATE event SET text_hash = '%s'", hash);
	sample_edit(&sample, sql);
}

static void check__a_text_changed_after_submission_is_found(void **state)
{
	(void)state;
	answered();
	bind_hash("已设岗三处，早晚各一班。");
	run(NULL);
	assert_int_equal(count("text_changed", CHECK_WARNING), 0);
	sample_edit(&sample, "UPDATE handling SET draft = '已设岗四处。'");
	run(NULL);
	assert_string_equal(only("text_changed")->unit, "edu");
}

static void check__private_numbers_that_go_out_are_errors(void **state)
{
	(void)state;
	answered();
	sample_edit(&sample, "UPDATE handling SET draft = '已设岗，请拨"
			     "13900001111。'");
	run(NULL);
	assert_int_equal(only("private_number")->severity, CHECK_ERROR);
	/* A finding may be passed on: the number is not in it. */
	assert_null(strstr(only("private_number")->message, "13900001111"));
	sample_edit(&sample, "UPDATE proposal SET publicity = 'withheld'");
	run(NULL);
	assert_int_equal(count("private_number", CHECK_ERROR), 0);
	sample_edit(&sample, "UPDATE proposal SET publicity = 'extract',"
			     " public_text = '请拨13900002222。'");
	run(NULL);
	assert_int_equal(only("private_number")->severity, CHECK_ERROR);
}

static void check__a_form_dated_before_the_reply_is_an_error(void **state)
{
	(void)state;
	answered();
	sample_edit(&sample,
		    "INSERT INTO event(proposal, unit, id, kind, at) VALUES"
		    " ('1-1-014', 'office', 'e2', 'sent',"
		    "  '2022-05-10T09:00:00Z');"
		    "INSERT INTO feedback(proposal, sponsor, round, process,"
		    " result, at) VALUES ('1-1-014', '赵', 1, 'satisfied',"
		    " 'satisfied', '2022-05-01')");
	run(NULL);
	assert_int_equal(only("feedback_before_reply")->severity, CHECK_ERROR);
}

static void check__totals_that_do_not_add_up_are_found(void **state)
{
	(void)state;
	answered();
	sample_edit(&sample, "UPDATE session SET received = 3, filed = 1,"
			     " led = 2, supervised = 1");
	run(NULL);
	/* Two of three are unexplained: a hint. */
	assert_int_equal(count("totals", CHECK_HINT), 2);
	assert_string_equal(found.items[0].key, "1-1");
	sample_edit(&sample, "UPDATE proposal SET is_key = 1;"
			     "UPDATE session SET received = 0");
	run(NULL);
	assert_int_equal(count("totals", CHECK_ERROR), 1);
	assert_int_equal(count("totals", CHECK_WARNING), 1);
	/* Of one case alone they are not told. */
	run("1-1-014");
	assert_int_equal(found.n, 0);
}

static void check__one_case_is_compared_with_all_others(void **state)
{
	(void)state;
	answered();
	sample_edit(
		&sample,
		"INSERT INTO proposal(key, title, review) VALUES"
		" ('1-1-002', 't', 'filed');"
		"INSERT INTO handling(proposal, unit, role, draft,"
		" class_proposed) VALUES ('1-1-002', 'hr', 'main',"
		" '岗位培训三处，早晚各一班，雨天由值班员代替，月底前全部到岗"
		"；费用由区里承担，学员不交钱，结业发证。', 'A');"
		"UPDATE handling SET draft = '已设护学岗，早晚各一班，雨天"
		"由值班员代替，月底前全部到岗；费用由区里承担，家长不交钱。'"
		" WHERE unit = 'edu'");
	run(NULL);
	assert_string_equal(only("duplicate_passage")->key, "1-1-002");
	assert_string_equal(only("duplicate_passage")->other, "1-1-014");
	run("1-1-014");
	assert_string_equal(only("duplicate_passage")->key, "1-1-014");
	assert_string_equal(only("duplicate_passage")->other, "1-1-002");
	for (size_t i = 0; i < found.n; i++)
		assert_string_equal(found.items[i].key, "1-1-014");
}

static void import_page(const struct buf *text)
{
	struct import_options options = {0};
	struct import_report report;
	struct record_list list;
	struct err err = {0};

	record_list_init(&list);
	if (news_parse(&list, buf_text(text), text->len, &err) != 0 ||
	    import_list(&report, sample.replica, &list, &options, &err) != 0)
		fail_msg("%s", err.text);
	record_list_release(&list);
}

/* The real page where there is one: what a careful reader finds, and nothing
 * else that weighs. */
static void check__the_real_page_gives_what_a_reader_finds(void **state)
{
	struct buf text = BUF_INIT;

	(void)state;
	if (!sample_read_real(&text)) {
		buf_release(&text);
		skip();
	}
	import_page(&text);
	buf_release(&text);
	run(NULL);
	assert_int_equal(found.count[CHECK_ERROR], 0);
	assert_int_equal(found.count[CHECK_WARNING], 2);
	assert_string_equal(only("unbalanced_quotes")->key, "1-1-002");
	assert_string_equal(only("duplicate_passage")->key, "1-1-014");
	assert_string_equal(only("duplicate_passage")->other, "1-1-018");
	assert_non_null(strstr(only("duplicate_passage")->message, "46%"));
}

static void check__our_own_page_has_nothing_that_weighs(void **state)
{
	struct buf text = BUF_INIT;

	(void)state;
	sample_read(&text, "key-proposals.txt");
	import_page(&text);
	buf_release(&text);
	run(NULL);
	for (size_t i = 0; i < found.n; i++) {
		if (found.items[i].severity != CHECK_HINT)
			fail_msg("%s %s", found.items[i].key,
				 found.items[i].message);
	}
}

/* What only the unit writes: its signature and document number. */
static void check__a_units_signature_and_numbers_are_looked_at(void **state)
{
	struct desk office, edu;
	struct err err = {0};

	(void)state;
	desk_open(&office, "office");
	desk_fill(&office);
	desk_sql(&office, "INSERT INTO handling(proposal, unit, role) VALUES"
			  " ('1-1-002', 'edu', 'main');"
			  "UPDATE handling SET assigned_on = '2022-03-30'");
	desk_open(&edu, "edu");
	desk_carry(&edu, &office);
	desk_sql(&edu,
		 "UPDATE handling SET draft = '已办。', doc_no ="
		 " '教〔2022〕4号' WHERE proposal = '1-1-002';"
		 "UPDATE handling SET draft = '已设岗。', signer = '陈立',"
		 " doc_no = '教（2022）4号', signed_hash = 'abc'"
		 " WHERE unit = 'edu' AND proposal = '1-1-014'");
	assert_int_equal(check_run(&found, edu.replica, NULL, &err), 0);
	assert_string_equal(only("stale_signature")->unit, "edu");
	assert_string_equal(only("stale_signature")->key, "1-1-014");
	assert_string_equal(only("doc_no_double")->key, "1-1-002");
	assert_string_equal(only("doc_no_double")->other, "1-1-014");
	assert_int_equal(only("doc_no_malformed")->severity, CHECK_HINT);
	/* A unit knows no totals. */
	assert_int_equal(count("totals", CHECK_HINT), 0);
	desk_sql(&edu, "UPDATE handling SET doc_no = '四号' WHERE unit ="
		       " 'edu' AND proposal = '1-1-014'");
	check_list_release(&found);
	assert_int_equal(check_run(&found, edu.replica, NULL, &err), 0);
	assert_int_equal(only("doc_no_malformed")->severity, CHECK_WARNING);
	assert_int_equal(count("doc_no_double", CHECK_WARNING), 0);
	desk_close(&edu);
	desk_close(&office);
}

/* A co-unit's steps of the main unit's kind count for nothing. */
static void check__a_step_of_who_has_no_say_is_found(void **state)
{
	struct desk office, hr;
	struct err err = {0};

	(void)state;
	desk_open(&office, "office");
	desk_fill(&office);
	desk_open(&hr, "hr");
	desk_carry(&hr, &office);
	desk_sql(&hr, "INSERT INTO event(proposal, unit, id, kind, at) VALUES"
		      " ('1-1-014', 'hr', 'e1', 'passed',"
		      "  '2022-05-01T09:00:00Z')");
	assert_int_equal(check_run(&found, hr.replica, NULL, &err), 0);
	assert_string_equal(only("stray_event")->unit, "hr");
	desk_close(&hr);
	desk_close(&office);
}

/* Adds the steps of SQLite's machine that a statement took. */
static int add_steps(unsigned what, void *ctx, void *stmt, void *unused)
{
	long *steps = ctx;

	(void)what;
	(void)unused;
	*steps += sqlite3_stmt_status(stmt, SQLITE_STMTSTATUS_VM_STEP, 1);
	return 0;
}

static long steps_of(const char *key)
{
	sqlite3 *conn = db_handle(replica_db(sample.replica));
	long steps = 0;

	run(key); /* what is prepared but once */
	sqlite3_trace_v2(conn, SQLITE_TRACE_PROFILE, add_steps, &steps);
	run(key);
	sqlite3_trace_v2(conn, 0, NULL, NULL);
	return steps;
}

/* A case with a reply is looked up and its text compared; the others' rows
 * are not gone through, however many. */
static void check__one_case_costs_the_same_among_any_number(void **state)
{
	long few, many;

	(void)state;
	sample_edit(&sample,
		    "INSERT INTO session(key, name) VALUES ('1-1', '一');"
		    "INSERT INTO proposal(key, title) VALUES ('1-1-1', '甲');"
		    "INSERT INTO handling(proposal, unit, role, due) VALUES"
		    " ('1-1-1', 'edu', 'main', '2022-06-30'),"
		    " ('1-1-1', 'hr', 'co', '2022-06-30');"
		    "UPDATE handling SET draft = '已办理完毕。' WHERE unit ="
		    " 'edu'");
	few = steps_of("1-1-1");
	sample_edit(&sample,
		    "WITH n(i) AS (VALUES (1001) UNION ALL SELECT i + 1 FROM n"
		    " WHERE i < 1500) INSERT INTO proposal(key, title)"
		    " SELECT '1-1-' || i, '题' || i FROM n;"
		    "INSERT INTO handling(proposal, unit, role, due)"
		    " SELECT key, 'edu', 'main', '2022-06-30' FROM proposal"
		    " WHERE key > '1-1-1';"
		    "INSERT INTO handling(proposal, unit, role, due)"
		    " SELECT key, 'hr', 'co', '2022-06-30' FROM proposal WHERE"
		    " key > '1-1-1'");
	many = steps_of("1-1-1");
	assert_true(few > 0);
	assert_in_range(many, few - 50, few + 50);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(check__a_sound_reply_has_nothing_found),
		TEST(check__a_missing_class_is_found),
		TEST(check__a_class_that_is_no_more_is_found),
		TEST(check__no_contact_weighs_once_contacts_are_kept),
		TEST(check__a_late_reply_says_which_rule_made_the_date),
		TEST(check__class_b_says_when_and_class_c_why_not),
		TEST(check__class_a_in_the_future_only_is_a_hint),
		TEST(check__another_title_or_number_is_found),
		TEST(check__a_co_unit_that_said_nothing_is_found),
		TEST(check__a_text_changed_after_submission_is_found),
		TEST(check__private_numbers_that_go_out_are_errors),
		TEST(check__a_form_dated_before_the_reply_is_an_error),
		TEST(check__totals_that_do_not_add_up_are_found),
		TEST(check__one_case_is_compared_with_all_others),
		TEST(check__a_units_signature_and_numbers_are_looked_at),
		TEST(check__a_step_of_who_has_no_say_is_found),
		TEST(check__one_case_costs_the_same_among_any_number),
		TEST(check__the_real_page_gives_what_a_reader_finds),
		TEST(check__our_own_page_has_nothing_that_weighs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
