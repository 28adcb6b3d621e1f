/* resolve_test.c - deciding: what a person is shown, the editor they may do it
 * in, and the way back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "cli/commands.h"
#include "tests/cli/run_helper.h"

/* Two nodes of the unit edu and the office, all with case 1-1-014. */
static struct desk office, one, two;

static int open_desks(void **state)
{
	(void)state;
	desk_open(&office, "office");
	desk_open(&one, "edu");
	desk_open(&two, "edu");
	desk_fill(&office);
	desk_carry(&one, &office);
	desk_carry(&two, &office);
	return 0;
}

static int close_desks(void **state)
{
	(void)state;
	unsetenv("VISUAL");
	unsetenv("EDITOR");
	desk_close(&office);
	desk_close(&one);
	desk_close(&two);
	return 0;
}

static void says(const char *text)
{
	if (!strstr(run_said, text))
		fail_msg("'%s' is not in:\n%s\n%s", text, run_said, run_warned);
}

/* Each node writes its draft, and the office takes in both. */
static void drafts(const char *first, const char *second)
{
	char sql[1024];

	(void)snprintf(sql, sizeof(sql),
		       "UPDATE handling SET draft = '%s' WHERE unit = 'edu'",
		       first);
	desk_sql(&one, sql);
	(void)snprintf(sql, sizeof(sql),
		       "UPDATE handling SET draft = '%s' WHERE unit = 'edu'",
		       second);
	desk_sql(&two, sql);
	desk_carry(&office, &one);
	desk_carry(&office, &two);
}

/* --- what is told -------------------------------------------------------- */

static void conflicts__a_reopened_decision_is_told_with_its_reason(void **state)
{
	(void)state;
	drafts("已建成三所学校。", "已建成五所学校。");
	assert_int_equal(run_command(&office, cmd_resolve, "1-1-014",
				     "edu.draft", "--value", "已建成四所学校。",
				     "--reason", "以实地核对为准", NULL),
			 CLI_DONE);
	assert_int_equal(run_command(&office, cmd_conflicts, NULL), CLI_DONE);
	desk_sql(&two, "UPDATE handling SET draft = '已建成六所学校。' WHERE"
		       " unit = 'edu'");
	desk_carry(&office, &two);
	assert_int_equal(run_command(&office, cmd_conflicts, NULL),
			 CLI_ATTENTION);
	says("decided, then reopened; a person must decide again");
	says("a decision on: 区教育局 王芳 已建成三所学校。, 区教育局 王芳 "
	     "已建成五所学校。");
	says("why: 以实地核对为准");
	says("came later: the decision did not see it");
	assert_int_equal(run_command(&office, cmd_conflicts, "--json", NULL),
			 CLI_ATTENTION);
	says("\"reopened\": true");
	says("\"reason\": \"以实地核对为准\"");
	says("\"settled\": [\n          {\n            \"site\": \"edu\"");
}

static void conflicts__what_a_voiding_did_not_see_is_told(void **state)
{
	(void)state;
	desk_sql(&office, "UPDATE handling SET void = 1, void_reason = '改由"
			  "人社局办' WHERE unit = 'edu'");
	desk_sql(&one, "UPDATE handling SET draft = '迟到的稿。' WHERE unit ="
		       " 'edu'");
	desk_carry(&office, &one);
	assert_int_equal(run_command(&office, cmd_conflicts, "--json", NULL),
			 CLI_ATTENTION);
	says("\"unseen\": [\n      {\n        \"field\": \"draft\"");
	says("\"value\": \"迟到的稿。\"");
}

static void conflicts__a_number_given_twice_is_told_at_both(void **state)
{
	(void)state;
	desk_sql(&office, "UPDATE proposal SET case_no = '第014号' WHERE key ="
			  " '1-1-002'");
	assert_int_equal(run_command(&office, cmd_conflicts, "1-1-002", NULL),
			 CLI_ATTENTION);
	says("one case number for two proposals");
	assert_int_equal(run_command(&office, cmd_conflicts, "1-1-014", NULL),
			 CLI_ATTENTION);
	says("one case number for two proposals");
	/* One thing to decide, whichever way it is asked. */
	assert_int_equal(run_command(&office, cmd_conflicts, "--json", NULL),
			 CLI_ATTENTION);
	assert_null(strstr(strstr(run_said, "\"rule\"") + 1, "\"rule\""));
	assert_int_equal(run_command(&office, cmd_doctor, NULL), CLI_ATTENTION);
	says("conflicts: 1 to decide");
}

int main(void)
{
#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, open_desks, close_desks)
	const struct CMUnitTest tests[] = {
		TEST(conflicts__a_reopened_decision_is_told_with_its_reason),
		TEST(conflicts__what_a_voiding_did_not_see_is_told),
		TEST(conflicts__a_number_given_twice_is_told_at_both),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
