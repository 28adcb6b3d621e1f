/* step_test.c - steps in the life of a case: each that the table of moves
 * does not allow is refused with a reason and changes nothing; ids of events
 * keep cause before effect; dates follow from the session's rules; what
 * contradicts is found; what was signed binds its text. */
#include "cli/case/step.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cli/commands.h"
#include "cli/conflict/contradiction.h"
#include "core/log/edit.h"
#include "tests/cli/run_helper.h"

#define KEY "1-1-014"

static struct desk office, edu, hr;
static int tick; /* of events written by SQL */

static int open_desks(void **state)
{
	(void)state;
	desk_open(&office, "office");
	desk_open(&edu, "edu");
	desk_open(&hr, "hr");
	desk_fill(&office);
	tick = 0;
	return 0;
}

static int close_desks(void **state)
{
	(void)state;
	desk_close(&office);
	desk_close(&edu);
	desk_close(&hr);
	return 0;
}

static void status_is(struct desk *desk, const char *expected)
{
	assert_string_equal(desk_ask(desk, "SELECT status FROM"
					   " proposal_status WHERE key ="
					   " '" KEY "'"),
			    expected);
}

/* An event as if tian had made it, one after the other. */
static void event(const char *kind, const char *unit, const char *target)
{
	char sql[512];

	tick++;
	snprintf(sql, sizeof(sql),
		 "INSERT INTO event(proposal, unit, id, kind, at, target)"
		 " VALUES ('" KEY "', '%s', '20220630T0100%02d.000-00', '%s',"
		 " '2022-06-30T01:00:%02dZ', nullif('%s', ''))",
		 unit, tick, kind, tick, target ? target : "");
	desk_sql(&office, sql);
}

static void form(const char *result)
{
	char sql[256];

	snprintf(sql, sizeof(sql),
		 "INSERT INTO feedback(proposal, sponsor, round, process,"
		 " result) VALUES ('" KEY "', '张三', '1', 'satisfied', '%s')",
		 result);
	desk_sql(&office, sql);
}

static void set_case(const char *assignments)
{
	char sql[256];

	snprintf(sql, sizeof(sql),
		 "UPDATE proposal SET %s WHERE key = '" KEY "'", assignments);
	desk_sql(&office, sql);
}

/* Brings the case to a state; the later ones by way of the earlier. */
static void go_to(const char *state)
{
	static const char *const outcomes[][2] = {
		{"草稿", "review = NULL, case_no = NULL"},
		{"已提交", "review = NULL"},
		{"并案", "review = 'merged', merged_into = '1-1-002'"},
		{"不立案", "review = 'rejected'"},
		{"转意见建议", "review = 'forwarded'"},
		{"撤案", "withdrawn = 1"},
		{"立案", "review = 'filed'"},
	};
	static const struct {
		const char *state, *kind, *unit;
	} road[] = {
		{"交办", "assigned", "office"},
		{"办理中", "receipt", "edu"},
		{"答复待审", "submitted", "edu"},
		{"审核驳回", "failed", "office"},
		{"答复待审", "submitted", "edu"},
		{"审核通过", "passed", "office"},
		{"已答复", "sent", "office"},
	};

	for (size_t i = 0; i < 7; i++) {
		if (strcmp(outcomes[i][0], state) == 0) {
			set_case(outcomes[i][1]);
			return;
		}
	}
	desk_sql(&office, "UPDATE handling SET assigned_on = '2022-03-30'");
	for (size_t i = 0; i < 7; i++) {
		event(road[i].kind, road[i].unit, NULL);
		if (strcmp(road[i].state, state) == 0)
			return;
	}
	form(strcmp(state, "重新办理") == 0 ? "dissatisfied" : "satisfied");
	if (strcmp(state, "重新办理") == 0)
		event("redo", "office", NULL);
	else if (strcmp(state, "归档") == 0)
		event("archived", "office", NULL);
}

static void carry_all(void)
{
	desk_carry(&edu, &office);
	desk_carry(&hr, &office);
}

/* Each step as a command that is whole. */
static const struct {
	const char *step;
	cli_command *run;
	const char *words[10];
	bool office_only; /* the same command is another step at a unit */
	bool unit_only;
} steps[] = {
	{"received", cmd_receive, {KEY}, true, false},
	{"receipt", cmd_receive, {KEY}, false, true},
	{"filed", cmd_file, {KEY, "--reason", "因"}, false, false},
	{"merged", cmd_merge, {KEY, "--into", "1-1-002"}, false, false},
	{"rejected", cmd_decline, {KEY, "--reason", "因"}, false, false},
	{"forwarded", cmd_forward, {KEY, "--reason", "因"}, false, false},
	{"withdrawn", cmd_withdraw, {KEY, "--reason", "因"}, false, false},
	{"assigned", cmd_assign, {KEY, "--main", "区民政局"}, false, false},
	{"return_asked", cmd_return, {KEY, "--reason", "因"}, false, false},
	{"return_granted",
	 cmd_return,
	 {KEY, "--grant", "--reason", "因"},
	 false,
	 false},
	{"return_refused",
	 cmd_return,
	 {KEY, "--refuse", "--reason", "因"},
	 false,
	 false},
	{"extension_asked",
	 cmd_extend,
	 {KEY, "--until", "2099-01-01", "--reason", "因"},
	 false,
	 false},
	{"extension_granted", cmd_extend, {KEY, "--grant"}, false, false},
	{"extension_refused",
	 cmd_extend,
	 {KEY, "--refuse", "--reason", "因"},
	 false,
	 false},
	{"contact",
	 cmd_contact,
	 {KEY, "--mode", "电话", "--result", "果"},
	 false,
	 false},
	{"measure",
	 cmd_measure,
	 {KEY, "--suggestion", "议", "--state", "done"},
	 false,
	 false},
	{"countersigned", cmd_countersign, {KEY}, false, false},
	{"signed",
	 cmd_sign,
	 {KEY, "--doc-no", "1", "--signer", "甲"},
	 false,
	 false},
	{"submitted", cmd_submit, {KEY}, false, false},
	{"passed", cmd_review, {KEY, "--pass"}, false, false},
	{"failed",
	 cmd_review,
	 {KEY, "--reject", "--reason", "因"},
	 false,
	 false},
	{"sent", cmd_send, {KEY}, false, false},
	{"feedback",
	 cmd_feedback,
	 {KEY, "--process", "满意", "--result", "不满意", "--sponsor", "张三"},
	 false,
	 false},
	{"redo", cmd_redo, {KEY, "--reason", "因"}, false, false},
	{"tracking", cmd_track, {KEY, "--note", "进展"}, false, true},
	{"tracking", cmd_track, {KEY, "--confirm"}, true, false},
	{"archived", cmd_archive, {KEY, "--reason", "因"}, false, false},
};

enum { N_STEPS = sizeof(steps) / sizeof(steps[0]) };

static bool is_allowed(struct desk *desk, const char *state, const char *step,
		       const char *role)
{
	char sql[256];

	snprintf(sql, sizeof(sql),
		 "SELECT count(*) FROM _lifecycle WHERE state = '%s' AND step"
		 " = '%s' AND writer = '%s'",
		 state, step, role);
	return strcmp(desk_ask(desk, sql), "0") != 0;
}

/* Refused with a reason, or, where it was done before, nothing to change. */
static void refused(struct desk *desk, const char *state, size_t i)
{
	char before[4096];
	int status;

	snprintf(before, sizeof(before), "%s",
		 desk_ask(desk, "SELECT count(*) FROM _change"));
	status = run_words(desk, steps[i].run, steps[i].words);
	if (status != CLI_INPUT &&
	    (status != CLI_DONE || !strstr(run_warned, "nothing to change")))
		fail_msg("%s in %s at %s: status %d: %s", steps[i].step, state,
			 desk == &office ? "office"
			 : desk == &edu	 ? "edu"
					 : "hr",
			 status, run_warned);
	if (strlen(run_warned) < 20 && !strstr(run_warned, KEY))
		fail_msg("%s in %s: no reason: %s", steps[i].step, state,
			 run_warned);
	assert_string_equal(before,
			    desk_ask(desk, "SELECT count(*) FROM _change"));
	status_is(desk, state);
}

static void try_all(struct desk *desk, const char *state, const char *role,
		    size_t *n)
{
	bool at_office = desk == &office;

	for (size_t i = 0; i < N_STEPS; i++) {
		if (at_office ? steps[i].unit_only : steps[i].office_only)
			continue;
		if (is_allowed(desk, state, steps[i].step, role))
			continue;
		refused(desk, state, i);
		++*n;
	}
}

static void step__what_the_table_has_not_is_refused_in_every_state(void **state)
{
	static const char *const states[] = {
		"草稿",	      "已提交",	  "并案",     "不立案",
		"转意见建议", "撤案",	  "立案",     "交办",
		"办理中",     "答复待审", "审核驳回", "审核通过",
		"已答复",     "办结",	  "重新办理", "归档"};
	size_t n = 0;

	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
		go_to(states[i]);
		carry_all();
		status_is(&office, states[i]);
		try_all(&office, states[i], "office", &n);
		try_all(&edu, states[i], "main", &n);
		try_all(&hr, states[i], "co", &n);
		close_desks(state);
		open_desks(state);
	}
	/* 16 states, 26 steps, three writers, less what is allowed. */
	assert_true(n > 1000);
}

static void file__a_number_is_corrected_while_the_case_is_open(void **state)
{
	(void)state;
	go_to("已答复");
	assert_int_equal(run_command(&office, cmd_file, KEY, "--case-no",
				     "第015号", NULL),
			 CLI_DONE);
	assert_int_equal(run_command(&office, cmd_file, "1-1-002", "--case-no",
				     "第015号", NULL),
			 CLI_INPUT);
	assert_non_null(strstr(run_warned, "is the number of " KEY));
	go_to("撤案");
	assert_int_equal(run_command(&office, cmd_file, KEY, "--case-no",
				     "第016号", NULL),
			 CLI_INPUT);
}

static void step__a_unit_without_a_part_in_it_is_told_so(void **state)
{
	struct desk law;

	(void)state;
	go_to("交办");
	desk_open(&law, "law");
	desk_carry(&law, &office);
	assert_int_equal(run_command(&law, cmd_receive, KEY, NULL), CLI_INPUT);
	assert_non_null(strstr(run_warned, "does not handle it"));
	desk_close(&law);
}

static void step__json_tells_before_after_and_what_is_next(void **state)
{
	(void)state;
	go_to("交办");
	carry_all();
	assert_int_equal(run_command(&edu, cmd_receive, KEY, "--json", NULL),
			 CLI_DONE);
	assert_non_null(strstr(run_said, "\"before\": \"交办\""));
	assert_non_null(strstr(run_said, "\"status\": \"办理中\""));
	assert_non_null(strstr(run_said, "\"changed\": true"));
	assert_non_null(strstr(run_said, "\"command\": \"tian contact " KEY));
	assert_int_equal(run_command(&edu, cmd_receive, KEY, "--json", NULL),
			 CLI_DONE);
	assert_non_null(strstr(run_said, "\"changed\": false"));
}

static void event_add_of(struct desk *desk, const char *kind)
{
	const struct event added = {.key = KEY, .kind = kind};
	struct err err = {0};

	if (edit_begin(desk->replica, &err) < 0 ||
	    event_add(desk->replica, &added, &err) < 0 ||
	    edit_commit(desk->replica, NULL, NULL, NULL, &err) < 0)
		fail_msg("%s", err.text);
}

static void event__an_id_sorts_after_all_that_is_known(void **state)
{
	(void)state;
	go_to("交办");
	/* Somebody's clock is eighty years ahead. */
	desk_sql(&office,
		 "INSERT INTO event(proposal, unit, id, kind, at) VALUES ('" KEY
		 "', 'edu', '21020101T000000.999-ff', 'receipt',"
		 " '2102-01-01T00:00:00Z')");
	for (int i = 0; i < 3; i++)
		event_add_of(&office, "assigned");
	assert_string_equal(
		desk_ask(
			&office,
			"SELECT group_concat(substr(id, 1, 19), ' ') FROM"
			" (SELECT id FROM event WHERE id > '2102' ORDER BY id)"),
		"21020101T000000.999 21020101T000001.000 21020101T000001.001"
		" 21020101T000001.002");
	/* The time told is that of the clock. */
	assert_string_equal(desk_ask(&office,
				     "SELECT count(*) FROM event WHERE id LIKE"
				     " '21020101T000001%' AND at < '2102'"),
			    "3");
}

static void event__a_last_millisecond_is_no_trap(void **state)
{
	(void)state;
	go_to("交办");
	desk_sql(&office,
		 "INSERT INTO event(proposal, unit, id, kind) VALUES ('" KEY
		 "', 'edu', '99991231T235959.999-ff', 'receipt')");
	event_add_of(&office, "assigned");
	assert_string_equal(desk_ask(&office, "SELECT count(*) FROM event"
					      " WHERE length(id) > 40"),
			    "0");
}

/* The date of a rule for a start. */
static const char *term(const char *settings, const char *start, int rule)
{
	char sql[512];

	snprintf(sql, sizeof(sql),
		 "UPDATE session SET due_months = NULL, due_days = NULL,"
		 " co_days = NULL, %s WHERE key = '1-1'; UPDATE handling SET"
		 " assigned_on = '%s'",
		 settings, start);
	desk_sql(&office, sql);
	snprintf(sql, sizeof(sql),
		 "SELECT due FROM term WHERE proposal = '" KEY "' AND unit ="
		 " 'edu' AND rule = %d",
		 rule);
	return desk_ask(&office, sql);
}

static void term__months_end_on_the_same_day_or_the_last(void **state)
{
	(void)state;
	assert_string_equal(term("due_months = 3", "2022-03-30", 3),
			    "2022-06-30");
	assert_string_equal(term("due_months = 3", "2022-11-30", 3),
			    "2023-02-28");
	assert_string_equal(term("due_months = 3", "2023-11-30", 3),
			    "2024-02-29");
	assert_string_equal(term("due_months = 1", "2022-01-31", 3),
			    "2022-02-28");
	assert_string_equal(term("due_months = 12", "2022-12-31", 3),
			    "2023-12-31");
}

static void term__working_days_leave_out_holidays_not_days_worked(void **state)
{
	(void)state;
	/* 2022-09-30 is a Friday. */
	assert_string_equal(term("due_days = 1", "2022-09-30", 4),
			    "2022-10-03");
	assert_string_equal(term("due_days = 1, holidays = '2022-10-03、"
				 "2022-10-04、2022-10-05、2022-10-06、"
				 "2022-10-07', workdays = '2022-10-08、"
				 "2022-10-09'",
				 "2022-09-30", 4),
			    "2022-10-08");
	assert_string_equal(term("due_days = 3", "2022-09-30", 4),
			    "2022-10-10");
	assert_string_equal(term("due_days = 5, holidays = NULL, workdays ="
				 " NULL",
				 "2022-09-30", 4),
			    "2022-10-07");
	assert_string_equal(term("due_days = 0", "2022-09-30", 4), "");
}

static void
term__months_go_before_days_and_a_co_units_rule_before_both(void **state)
{
	(void)state;
	assert_string_equal(term("due_months = 3, due_days = 10, co_days = 5",
				 "2022-03-30", 4),
			    "");
	assert_string_equal(desk_ask(&office,
				     "SELECT group_concat(rule || ' ' || due)"
				     " FROM term WHERE proposal = '" KEY
				     "' AND unit = 'hr' AND rule > 2"),
			    "5 2022-04-06");
}

static void deadline__a_date_names_its_rule(void **state)
{
	static const char sql[] =
		"SELECT rule || ' ' || start || ' ' || coalesce(amount, '-')"
		" FROM deadline WHERE proposal = '" KEY "' AND unit = 'edu'"
		" AND kind = 'reply'";

	(void)state;
	term("due_months = 3", "2022-03-30", 3);
	assert_string_equal(desk_ask(&office, sql), "");
	desk_sql(&office, "UPDATE handling SET due = '2022-06-30'");
	assert_string_equal(desk_ask(&office, sql), "3 2022-03-30 3");
	desk_sql(&office, "UPDATE handling SET due = '2022-07-15'");
	assert_string_equal(desk_ask(&office, sql), "8 2022-03-30 -");
	desk_sql(&office,
		 "INSERT INTO event(proposal, unit, kind, at, until, target)"
		 " VALUES ('" KEY "', 'office', 'extension_granted',"
		 " '2022-06-20T01:00:00Z', '2022-07-15', 'edu')");
	assert_string_equal(desk_ask(&office, sql), "7 2022-06-20 -");
	assert_int_equal(run_command(&office, cmd_show, KEY, NULL), CLI_DONE);
	assert_non_null(strstr(run_said, "reply: due 2022-07-15, extension "
					 "granted on 2022-06-20 (rule 7)"));
}

/* Their rules; they are as many as a sync says. */
static const char *contradictions(void)
{
	struct err err = {0};
	size_t n = 0;

	assert_int_equal(contradiction_count(&n, office.replica, &err), 0);
	assert_int_equal(n, atoi(desk_ask(&office, "SELECT count(*) FROM"
						   " contradiction")));
	return desk_ask(&office, "SELECT group_concat(rule) FROM (SELECT rule"
				 " FROM contradiction ORDER BY rule)");
}

static void contradiction__a_request_answered_later_is_none(void **state)
{
	(void)state;
	go_to("办理中");
	event("return_asked", "edu", NULL);
	event("submitted", "edu", NULL);
	assert_string_equal(contradictions(), "return_and_reply");
	event("return_refused", "office", "edu");
	assert_string_equal(contradictions(), "");
	/* Sent back, and only then tired of it. */
	event("failed", "office", "edu");
	event("return_asked", "edu", NULL);
	assert_string_equal(contradictions(), "");
}

static void contradiction__two_reviews_are_of_one_submission(void **state)
{
	(void)state;
	go_to("答复待审"); /* sent back once and submitted again on the way */
	event("failed", "office", "edu");
	event("submitted", "edu", NULL);
	event("passed", "office", "edu");
	assert_string_equal(contradictions(), "");
	event("failed", "office", "edu");
	assert_string_equal(contradictions(), "two_reviews");
	assert_int_equal(run_command(&office, cmd_conflicts, "--json", NULL),
			 CLI_ATTENTION);
	assert_non_null(strstr(run_said, "\"severity\": \"hard\""));
	assert_int_equal(run_command(&office, cmd_send, KEY, NULL), CLI_INPUT);
	assert_non_null(strstr(run_warned, "contradict each other"));
}

static void contradiction__an_answer_is_given_once(void **state)
{
	(void)state;
	go_to("办理中");
	event("extension_asked", "edu", NULL);
	event("extension_refused", "office", "edu");
	event("extension_asked", "edu", NULL);
	event("extension_granted", "office", "edu");
	assert_string_equal(contradictions(), "");
	event("extension_refused", "office", "hr");
	assert_string_equal(contradictions(), "");
	event("extension_refused", "office", "edu");
	assert_string_equal(contradictions(), "two_answers");
}

static void contradiction__closed_for_good_and_begun_anew(void **state)
{
	(void)state;
	go_to("已答复");
	event("archived", "office", NULL);
	assert_string_equal(contradictions(), "");
	event("redo", "office", NULL);
	assert_string_equal(contradictions(), "archived_and_redone");
}

static void contradiction__rows_that_must_be_unique_are_told(void **state)
{
	(void)state;
	desk_sql(&office, "UPDATE handling SET role = 'main' WHERE unit ="
			  " 'hr'");
	assert_string_equal(contradictions(), "two_mains");
	desk_sql(&office, "UPDATE proposal SET case_no = '第014号' WHERE key ="
			  " '1-1-002'");
	/* A number of another session is another one's. */
	assert_string_equal(contradictions(), "case_no,two_mains");
	desk_sql(&office, "UPDATE proposal SET merged_into = '1-1-002' WHERE"
			  " key = '" KEY "'; UPDATE proposal SET merged_into ="
			  " '" KEY "' WHERE key = '1-1-002'");
	assert_string_equal(contradictions(),
			    "case_no,merge_cycle,merge_cycle,two_mains");
}

static void write_reply(const char *text)
{
	const char *path = desk_letter(&edu, text);

	assert_int_equal(run_command(&edu, cmd_reply, KEY, "--class", "A",
				     "--text-file", path, NULL),
			 CLI_DONE);
}

static void signature__a_changed_text_is_not_what_was_signed(void **state)
{
	(void)state;
	go_to("办理中");
	carry_all();
	write_reply("已办结。");
	assert_int_equal(run_command(&edu, cmd_sign, KEY, "--doc-no", "1",
				     "--signer", "甲", NULL),
			 CLI_DONE);
	desk_carry(&hr, &edu);
	assert_int_equal(run_command(&hr, cmd_countersign, KEY, NULL),
			 CLI_DONE);
	desk_carry(&edu, &hr);
	assert_int_equal(run_command(&edu, cmd_submit, KEY, NULL), CLI_DONE);
	assert_null(strstr(run_warned, "not countersigned"));
	assert_int_equal(run_command(&edu, cmd_show, KEY, NULL), CLI_DONE);
	assert_null(strstr(run_said, "the text was changed"));
	/* One character by plain SQL is enough. */
	desk_sql(&edu, "UPDATE handling SET draft = '未办结。' WHERE unit ="
		       " 'edu'");
	assert_int_equal(run_command(&edu, cmd_show, KEY, NULL), CLI_DONE);
	assert_non_null(strstr(run_said, "changed after it was signed"));
	assert_non_null(strstr(run_said, "changed after it was countersigned"));
	assert_non_null(strstr(run_said, "changed after it was submitted"));
	assert_int_equal(run_command(&edu, cmd_submit, KEY, NULL), CLI_INPUT);
	assert_non_null(strstr(run_warned, "signed again"));
	desk_carry(&office, &edu);
	assert_int_equal(run_command(&office, cmd_review, KEY, "--pass", NULL),
			 CLI_INPUT);
	assert_non_null(strstr(run_warned, "after it was submitted"));
	/* Back to what it was: it holds again. */
	desk_sql(&edu, "UPDATE handling SET draft = '已办结。' WHERE unit ="
		       " 'edu'");
	assert_int_equal(run_command(&edu, cmd_show, KEY, NULL), CLI_DONE);
	assert_null(strstr(run_said, "the text was changed"));
}

static void submit__sentences_joined_unseen_are_read_first(void **state)
{
	struct desk two;

	(void)state;
	go_to("办理中");
	desk_open(&two, "edu");
	carry_all();
	write_reply("一。\n二。\n三。");
	desk_carry(&two, &office);
	desk_carry(&two, &edu);
	desk_sql(&edu,
		 "UPDATE handling SET draft = '甲。' || char(10) || '二。'"
		 " || char(10) || '三。' WHERE unit = 'edu'");
	desk_sql(&two,
		 "UPDATE handling SET draft = '一。' || char(10) || '二。'"
		 " || char(10) || '乙。' WHERE unit = 'edu'");
	desk_carry(&edu, &two);
	assert_int_equal(run_command(&edu, cmd_submit, KEY, NULL), CLI_INPUT);
	assert_non_null(strstr(run_warned, "two people were joined"));
	desk_close(&two);
}

static void void__a_row_is_named_by_any_part_that_fits_one(void **state)
{
	(void)state;
	go_to("交办");
	carry_all();
	assert_int_equal(run_command(&edu, cmd_receive, KEY, NULL), CLI_DONE);
	assert_int_equal(run_command(&edu, cmd_void, KEY, "event:receipt",
				     NULL),
			 CLI_USAGE);
	assert_int_equal(run_command(&edu, cmd_void, KEY, "event:assigned",
				     "--reason", "误", NULL),
			 CLI_INPUT);
	assert_int_equal(run_command(&edu, cmd_void, KEY, "handling:edu",
				     "--reason", "误", NULL),
			 CLI_INPUT);
	assert_int_equal(run_command(&edu, cmd_void, KEY, "流程:receipt",
				     "--reason", "误", NULL),
			 CLI_DONE);
	status_is(&edu, "交办");
	event("receipt", "edu", NULL);
	event("receipt", "edu", NULL);
	assert_int_equal(run_command(&office, cmd_void, KEY, "event:receipt",
				     "--reason", "误", NULL),
			 CLI_INPUT);
	assert_non_null(strstr(run_warned, "fits several rows"));
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, open_desks, close_desks)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(step__what_the_table_has_not_is_refused_in_every_state),
		TEST(file__a_number_is_corrected_while_the_case_is_open),
		TEST(step__a_unit_without_a_part_in_it_is_told_so),
		TEST(step__json_tells_before_after_and_what_is_next),
		TEST(event__an_id_sorts_after_all_that_is_known),
		TEST(event__a_last_millisecond_is_no_trap),
		TEST(term__months_end_on_the_same_day_or_the_last),
		TEST(term__working_days_leave_out_holidays_not_days_worked),
		TEST(term__months_go_before_days_and_a_co_units_rule_before_both),
		TEST(deadline__a_date_names_its_rule),
		TEST(contradiction__a_request_answered_later_is_none),
		TEST(contradiction__two_reviews_are_of_one_submission),
		TEST(contradiction__an_answer_is_given_once),
		TEST(contradiction__closed_for_good_and_begun_anew),
		TEST(contradiction__rows_that_must_be_unique_are_told),
		TEST(signature__a_changed_text_is_not_what_was_signed),
		TEST(submit__sentences_joined_unseen_are_read_first),
		TEST(void__a_row_is_named_by_any_part_that_fits_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
