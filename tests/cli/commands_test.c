/* commands_test.c - the commands of daily work, run in this process on a
 * replica made by plain SQL: exit statuses, output and what is in the tables.
 */
#include "cli/commands.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

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
	desk_sql(&office, "UPDATE handling SET assigned_on = '2022-05-01'");
	desk_carry(&one, &office);
	desk_carry(&two, &office);
	return 0;
}

static int close_desks(void **state)
{
	(void)state;
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

static void warns(const char *text)
{
	if (!strstr(run_warned, text))
		fail_msg("'%s' is not in:\n%s", text, run_warned);
}

/* One node says A, the other B, and the office takes in both. */
static void disagree(void)
{
	desk_sql(&one, "UPDATE handling SET class_proposed = 'A',"
		       " draft = '已建成三所学校。' WHERE unit = 'edu'");
	desk_sql(&two, "UPDATE handling SET class_proposed = 'B',"
		       " draft = '已建成五所学校。' WHERE unit = 'edu'");
	desk_carry(&office, &one);
	desk_carry(&office, &two);
}

static void set__fields_are_changed_by_name_or_label(void **state)
{
	(void)state;
	assert_int_equal(run_command(&office, cmd_set, "2", "sector=社会福利界",
				     "重点=是", "办结期限=2022年9月30日",
				     "--reason", "更正", NULL),
			 CLI_DONE);
	warns("1-1-002: 3 fields changed.");
	assert_string_equal(desk_ask(&office, "SELECT sector || is_key || due"
					      " FROM proposal WHERE key ="
					      " '1-1-002'"),
			    "社会福利界12022-09-30");
	assert_int_equal(run_command(&office, cmd_set, "2", "重点=是", NULL),
			 CLI_DONE);
	warns("nothing to change");
}

static void set__one_bad_field_changes_none(void **state)
{
	(void)state;
	assert_int_equal(run_command(&office, cmd_set, "2", "sector=x",
				     "due=2022年9月31日", NULL),
			 CLI_INPUT);
	warns("is no day of the calendar");
	assert_string_equal(desk_ask(&office, "SELECT sector IS NULL FROM"
					      " proposal WHERE key ="
					      " '1-1-002'"),
			    "1");
	assert_int_equal(run_command(&office, cmd_set, "2", "sector", NULL),
			 CLI_USAGE);
	assert_int_equal(run_command(&office, cmd_set, "2", NULL), CLI_USAGE);
}

static void set__a_unit_writes_its_own_fields_only(void **state)
{
	(void)state;
	assert_int_equal(run_command(&one, cmd_set, "1-1-014", "承办人=王芳",
				     NULL),
			 CLI_DONE);
	assert_int_equal(run_command(&one, cmd_set, "1-1-014", "title=x", NULL),
			 CLI_INPUT);
	warns("only the office may write it");
	assert_int_equal(run_command(&one, cmd_set, "1-1-014", "hr.phone=1",
				     NULL),
			 CLI_INPUT);
	assert_int_equal(run_command(&office, cmd_set, "1-1-014", "edu.phone=1",
				     NULL),
			 CLI_INPUT);
}

static void assign__units_dates_and_flow_are_written_once(void **state)
{
	static const char flow[] = "SELECT count(*) || max(detail) FROM event"
				   " WHERE kind = 'assigned'";

	(void)state;
	for (int i = 0; i < 2; i++) {
		assert_int_equal(run_command(&office, cmd_assign, "2", "--main",
					     "hr", "--co", "区教育局", "--due",
					     "2022年9月30日", NULL),
				 CLI_DONE);
		assert_string_equal(desk_ask(&office, flow),
				    "1主办 区人社局，会办 区教育局，期限 "
				    "2022-09-30");
	}
	warns("nothing to change");
	assert_string_equal(
		desk_ask(&office,
			 "SELECT group_concat(unit || role || due) FROM"
			 " handling WHERE proposal = '1-1-002' AND assigned_on"
			 " = date('now', 'localtime')"),
		"educo2022-09-30,hrmain2022-09-30");
}

static void assign__who_is_no_longer_named_is_released(void **state)
{
	static const char sql[] = "SELECT group_concat(unit || ':' ||"
				  " coalesce(void, 0) || coalesce(void_reason,"
				  " '')) FROM handling WHERE proposal ="
				  " '1-1-014'";

	(void)state;
	assert_int_equal(run_command(&office, cmd_assign, "1-1-014", "--main",
				     "hr", "--reason", "职责调整", NULL),
			 CLI_DONE);
	assert_string_equal(desk_ask(&office, sql), "edu:1职责调整,hr:0");
	assert_int_equal(run_command(&office, cmd_assign, "1-1-014", "--main",
				     "edu", "--co", "hr", NULL),
			 CLI_DONE);
	assert_string_equal(desk_ask(&office, sql), "edu:0,hr:0");
}

static void assign__the_sessions_months_make_the_date(void **state)
{
	(void)state;
	assert_int_equal(run_command(&office, cmd_assign, "2", "--split", "hr",
				     "--split", "edu", NULL),
			 CLI_DONE);
	assert_string_equal(
		desk_ask(&office, "SELECT count(*) FROM handling WHERE"
				  " proposal = '1-1-002' AND role = 'split' AND"
				  " due = date('now', 'localtime',"
				  " '+3 months')"),
		"2");
}

static void assign__what_makes_no_sense_is_refused(void **state)
{
	(void)state;
	assert_int_equal(run_command(&office, cmd_assign, "2", NULL),
			 CLI_USAGE);
	assert_int_equal(run_command(&office, cmd_assign, "2", "--main", "edu",
				     "--main", "hr", NULL),
			 CLI_USAGE);
	assert_int_equal(run_command(&office, cmd_assign, "2", "--main", "edu",
				     "--split", "hr", NULL),
			 CLI_USAGE);
	assert_int_equal(run_command(&office, cmd_assign, "2", "--main", "edu",
				     "--co", "区教育局", NULL),
			 CLI_USAGE);
	assert_int_equal(run_command(&office, cmd_assign, "2", "--main", "消防",
				     NULL),
			 CLI_INPUT);
	assert_int_equal(run_command(&office, cmd_assign, "2", "--main",
				     "office", NULL),
			 CLI_INPUT);
	assert_int_equal(run_command(&one, cmd_assign, "1-1-014", "--main",
				     "edu", NULL),
			 CLI_INPUT);
}

static void reply__text_and_class_are_one_draft(void **state)
{
	static const char sql[] =
		"SELECT h.draft || h.class_proposed || (SELECT"
		" count(*) FROM event) FROM handling h WHERE"
		" h.unit = 'edu'";
	const char *path =
		desk_letter(&one, "\xef\xbb\xbf第一句。\r\n第二句。\n\n");

	(void)state;
	for (int i = 0; i < 2; i++) {
		assert_int_equal(run_command(&one, cmd_reply, "1-1-014",
					     "--class", "A类", "--text-file",
					     path, NULL),
				 CLI_DONE);
		assert_string_equal(desk_ask(&one, sql),
				    "第一句。\n第二句。A0");
	}
	warns("nothing to change");
	assert_int_equal(run_command(&one, cmd_reply, "1-1-014", "--class", "B",
				     "--text-file", path, NULL),
			 CLI_DONE);
	assert_string_equal(desk_ask(&one, sql), "第一句。\n第二句。B0");
}

static void submit__a_text_is_handed_over_by_its_hash(void **state)
{
	static const char sql[] = "SELECT count(*) || max(length(text_hash)) ||"
				  " max(kind) FROM event";
	const char *path = desk_letter(&one, "第一句。");

	(void)state;
	assert_int_equal(run_command(&one, cmd_reply, "1-1-014", "--class", "A",
				     "--text-file", path, NULL),
			 CLI_DONE);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(run_command(&one, cmd_submit, "1-1-014", NULL),
				 CLI_DONE);
		assert_string_equal(desk_ask(&one, sql), "164submitted");
	}
	warns("nothing to change");
}

static void reply__a_bad_one_changes_nothing(void **state)
{
	const char *path = desk_letter(&one, "\xff\xfe");

	(void)state;
	assert_int_equal(run_command(&one, cmd_reply, "1-1-014", "--class", "A",
				     "--text-file", path, NULL),
			 CLI_INPUT);
	desk_letter(&one, "\n");
	assert_int_equal(run_command(&one, cmd_reply, "1-1-014", "--class", "A",
				     "--text-file", path, NULL),
			 CLI_INPUT);
	desk_letter(&one, "好。");
	assert_int_equal(run_command(&one, cmd_reply, "1-1-014", "--class", "D",
				     "--text-file", path, NULL),
			 CLI_INPUT);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(run_command(&one, cmd_reply, "1-1-014", "--class", "A",
				     "--text-file", path, NULL),
			 CLI_INPUT);
	assert_int_equal(run_command(&one, cmd_reply, "1-1-014", "--class", "A",
				     NULL),
			 CLI_USAGE);
	assert_string_equal(desk_ask(&one, "SELECT count(*) FROM handling"
					   " WHERE draft IS NOT NULL"),
			    "0");
}

static void reply__a_conflict_is_settled_first(void **state)
{
	const char *path = desk_letter(&one, "新的答复。");

	(void)state;
	disagree();
	desk_carry(&one, &two);
	assert_int_equal(run_command(&one, cmd_reply, "1-1-014", "--class", "A",
				     "--text-file", path, NULL),
			 CLI_INPUT);
	warns("settle it first");
}

static void list__conditions_must_all_hold(void **state)
{
	(void)state;
	assert_int_equal(run_command(&office, cmd_list, "--json", NULL),
			 CLI_DONE);
	says("\"key\": \"1-1-002\"");
	says("\"key\": \"1-2-014\"");
	assert_int_equal(run_command(&office, cmd_list, "--unit", "区人社局",
				     "--status", "交办", "--json", NULL),
			 CLI_DONE);
	says("\"key\": \"1-1-014\"");
	says("\"main\": \"edu\"");
	says("\"co\": [\n      \"hr\"\n    ]");
	assert_null(strstr(run_said, "1-1-002"));
	assert_int_equal(run_command(&office, cmd_list, "--unit", "hr",
				     "--search", "养老", NULL),
			 CLI_DONE);
	assert_string_equal(run_said, "");
	assert_int_equal(run_command(&office, cmd_list, "--search", "养老",
				     NULL),
			 CLI_DONE);
	says("1-1-002");
	assert_int_equal(run_command(&office, cmd_list, "--status", "交", NULL),
			 CLI_USAGE);
	assert_int_equal(run_command(&office, cmd_list, "--class", "D", NULL),
			 CLI_INPUT);
}

static void list__no_row_is_an_empty_array(void **state)
{
	(void)state;
	assert_int_equal(run_command(&office, cmd_list, "--search", "无此",
				     "--json", NULL),
			 CLI_DONE);
	assert_string_equal(run_said, "[]\n");
}

static void show__every_field_of_the_schema_is_there(void **state)
{
	static const char *const keys[] = {
		"\"key\": \"1-1-014\"", "\"status\": \"交办\"",
		"\"fields\": {",	"\"title\": \"课后服务\"",
		"\"withdrawn\": null",	"\"handlings\": [",
		"\"unit\": \"edu\"",	"\"publicity_proposed\": null",
		"\"contacts\": []",	"\"feedback\": []",
		"\"events\": []",	"\"conflicts\": []",
	};

	(void)state;
	assert_int_equal(run_command(&office, cmd_show, "1-1-014", "--json",
				     NULL),
			 CLI_DONE);
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		says(keys[i]);
	assert_int_equal(run_command(&office, cmd_show, "1-1-014", NULL),
			 CLI_DONE);
	says("课后服务");
	says("区教育局 (edu)");
	assert_int_equal(run_command(&office, cmd_show, "99", NULL), CLI_INPUT);
}

static void show__steps_stand_as_made_whatever_the_clocks_said(void **state)
{
	const char *first;

	(void)state;
	desk_sql(&office,
		 "INSERT INTO event(proposal, unit, id, kind, at) VALUES"
		 " ('1-1-014', 'office', '20220630T091500.123-1', 'assigned',"
		 "  '2022-06-30T09:15:00Z'),"
		 " ('1-1-014', 'office', '20220630T091500.124-2', 'sent',"
		 "  '2022-06-29T09:15:00Z');");
	assert_int_equal(run_command(&office, cmd_show, "1-1-014", "--json",
				     NULL),
			 CLI_DONE);
	first = strstr(run_said, "\"assigned\"");
	assert_non_null(first);
	assert_non_null(strstr(first, "\"sent\""));
}

static void conflicts__each_value_is_told_with_its_writer(void **state)
{
	(void)state;
	assert_int_equal(run_command(&office, cmd_conflicts, NULL), CLI_DONE);
	disagree();
	assert_int_equal(run_command(&office, cmd_conflicts, NULL),
			 CLI_ATTENTION);
	says("区教育局 王芳");
	says("已建成");
	/* Both stand whole, and how the second differs from the first. */
	says("      已建成三所学校。");
	says("      已建成五所学校。");
	says("-]{+");
	/* One person wrote both: it is the change that must be named. */
	says(":1 --reason TEXT");
	assert_int_equal(run_command(&office, cmd_conflicts, "1-1-014",
				     "--json", "--hard", NULL),
			 CLI_ATTENTION);
	says("\"case\": \"1-1-014\"");
	says("\"entity\": \"handling\"");
	says("\"row\": \"1-1-014/edu\"");
	says("\"field\": \"class_proposed\"");
	says("\"severity\": \"hard\"");
	says("\"value\": \"B\"");
	assert_int_equal(run_command(&office, cmd_conflicts, "2", NULL),
			 CLI_DONE);
}

static void resolve__a_site_with_one_value_is_named_by_its_name(void **state)
{
	(void)state;
	desk_sql(&office, "UPDATE handling SET draft = '提案委的稿。' WHERE"
			  " unit = 'edu'");
	desk_sql(&one, "UPDATE handling SET draft = '教育局的稿。' WHERE"
		       " unit = 'edu'");
	desk_carry(&office, &one);
	assert_int_equal(run_command(&office, cmd_conflicts, NULL),
			 CLI_ATTENTION);
	says("tian resolve 1-1-014 edu.draft --take office");
	/* The second time finds that it stands so. */
	for (int i = 0; i < 2; i++) {
		assert_int_equal(run_command(&office, cmd_resolve, "1-1-014",
					     "edu.draft", "--take", "区教育局",
					     "--reason", "以单位稿为准", NULL),
				 CLI_DONE);
		assert_string_equal(desk_ask(&office, "SELECT draft FROM"
						      " handling WHERE unit ="
						      " 'edu'"),
				    "教育局的稿。");
	}
	warns("It stands so already");
	assert_int_equal(run_command(&office, cmd_conflicts, NULL), CLI_DONE);
}

static const char *class_of_edu(void)
{
	return desk_ask(&office, "SELECT class_proposed FROM handling WHERE"
				 " unit = 'edu'");
}

static void resolve__a_site_with_two_values_is_ambiguous(void **state)
{
	char id[64];

	(void)state;
	disagree();
	assert_int_equal(run_command(&office, cmd_resolve, "1-1-014",
				     "edu.class_proposed", "--take", "edu",
				     "--reason", "以盖章文本为准", NULL),
			 CLI_INPUT);
	warns("give --take the id of one change");
	snprintf(id, sizeof(id), "%s",
		 desk_ask(&office,
			  "SELECT printf('%016x:%d', o.origin, c.id & ((1 <<"
			  " 40) - 1)) FROM _conflict k JOIN _head h ON h.cell ="
			  " k.cell JOIN _change c ON c.id = h.change JOIN"
			  " _origin o ON o.id = c.id >> 40 WHERE c.value ="
			  " 'B'"));
	assert_int_equal(run_command(&office, cmd_resolve, "1-1-014",
				     "edu.class_proposed", "--take", id,
				     "--reason", "以盖章文本为准", NULL),
			 CLI_DONE);
	assert_string_equal(class_of_edu(), "B");
	assert_string_equal(desk_ask(&office, "SELECT count(*) FROM conflict"
					      " WHERE field ="
					      " 'class_proposed'"),
			    "0");
	/* Once more is harmless. */
	assert_int_equal(run_command(&office, cmd_resolve, "1-1-014",
				     "edu.class_proposed", "--take", id,
				     "--reason", "以盖章文本为准", NULL),
			 CLI_DONE);
	warns("It stands so already");
}

static void resolve__a_value_may_be_given(void **state)
{
	(void)state;
	disagree();
	for (int i = 0; i < 2; i++) {
		assert_int_equal(run_command(&office, cmd_resolve, "1-1-014",
					     "edu.class_proposed", "--value",
					     "留作参考", "--reason", "复核",
					     NULL),
				 CLI_DONE);
		assert_string_equal(class_of_edu(), "C");
	}
	warns("It stands so already");
	assert_int_equal(run_command(&office, cmd_log, "1-1-014",
				     "edu.class_proposed", "--json", NULL),
			 CLI_DONE);
	says("\"reason\": \"复核\"");
	says("\"new\": \"C\"");
}

static void resolve__what_is_no_decision_is_refused(void **state)
{
	(void)state;
	assert_int_equal(run_command(&office, cmd_resolve, "2", "title",
				     "--value", "x", "--reason", "r", NULL),
			 CLI_INPUT);
	warns("nothing to decide");
	disagree();
	assert_int_equal(run_command(&office, cmd_resolve, "1-1-014",
				     "edu.class_proposed", "--take", "hr",
				     "--reason", "r", NULL),
			 CLI_INPUT);
	warns("hr has no value here");
	assert_int_equal(run_command(&office, cmd_resolve, "1-1-014",
				     "edu.class_proposed", "--take", "edu",
				     NULL),
			 CLI_USAGE);
	assert_int_equal(run_command(&office, cmd_resolve, "1-1-014",
				     "edu.class_proposed", "--reason", "r",
				     NULL),
			 CLI_USAGE);
	assert_int_equal(run_command(&office, cmd_resolve, "1-1-014",
				     "edu.class_proposed", "--value", "A",
				     "--reason", "", NULL),
			 CLI_USAGE);
}

static void log__changes_are_told_oldest_first(void **state)
{
	const char *first, *second;

	(void)state;
	assert_int_equal(run_command(&office, cmd_set, "2", "title=养老服务",
				     "--reason", "按原件", NULL),
			 CLI_DONE);
	assert_int_equal(run_command(&office, cmd_log, "2", "title", "--json",
				     NULL),
			 CLI_DONE);
	first = strstr(run_said, "\"new\": \"养老\"");
	second = strstr(run_said, "\"new\": \"养老服务\"");
	assert_non_null(first);
	assert_true(second > first);
	says("\"old\": \"养老\"");
	says("\"commit\": null");
	says("\"site\": \"office\"");
	says("\"author\": \"王芳\"");
	assert_int_equal(run_command(&office, cmd_log, "2", NULL), CLI_DONE);
	says("not synced");
}

static void command__plain_sql_edits_are_taken_up(void **state)
{
	char shell[512];

	(void)state;
	snprintf(shell, sizeof(shell),
		 "sqlite3 %s/tian.db \"UPDATE proposal SET title = '手改'"
		 " WHERE key = '1-1-002'\"",
		 office.dir);
	assert_int_equal(system(shell), 0);
	assert_int_equal(run_command(&office, cmd_log, "2", "title", "--json",
				     NULL),
			 CLI_DONE);
	says("\"new\": \"手改\"");
}

static void command__no_replica_is_said(void **state)
{
	struct desk nowhere = {.dir = "/nonexistent"};

	(void)state;
	assert_int_equal(run_command(&nowhere, cmd_list, NULL), CLI_INPUT);
	warns("there is no replica in /nonexistent");
}

static void command__help_needs_no_replica(void **state)
{
	static cli_command *const all[] = {cmd_init,	cmd_unit, cmd_assign,
					   cmd_list,	cmd_show, cmd_set,
					   cmd_reply,	cmd_sync, cmd_conflicts,
					   cmd_resolve, cmd_log,  cmd_verify,
					   cmd_doctor};
	struct desk nowhere = {.dir = "/nonexistent"};

	(void)state;
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		assert_int_equal(run_command(&nowhere, all[i], "--help", NULL),
				 CLI_DONE);
		says("usage: tian ");
		says("example: tian ");
	}
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, open_desks, close_desks)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(set__fields_are_changed_by_name_or_label),
		TEST(set__one_bad_field_changes_none),
		TEST(set__a_unit_writes_its_own_fields_only),
		TEST(assign__units_dates_and_flow_are_written_once),
		TEST(assign__who_is_no_longer_named_is_released),
		TEST(assign__the_sessions_months_make_the_date),
		TEST(assign__what_makes_no_sense_is_refused),
		TEST(reply__text_and_class_are_one_draft),
		TEST(submit__a_text_is_handed_over_by_its_hash),
		TEST(reply__a_bad_one_changes_nothing),
		TEST(reply__a_conflict_is_settled_first),
		TEST(list__conditions_must_all_hold),
		TEST(list__no_row_is_an_empty_array),
		TEST(show__every_field_of_the_schema_is_there),
		TEST(show__steps_stand_as_made_whatever_the_clocks_said),
		TEST(conflicts__each_value_is_told_with_its_writer),
		TEST(resolve__a_site_with_two_values_is_ambiguous),
		TEST(resolve__a_site_with_one_value_is_named_by_its_name),
		TEST(resolve__a_value_may_be_given),
		TEST(resolve__what_is_no_decision_is_refused),
		TEST(log__changes_are_told_oldest_first),
		TEST(command__plain_sql_edits_are_taken_up),
		TEST(command__no_replica_is_said),
		TEST(command__help_needs_no_replica),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
