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

static void warns(const char *text)
{
	if (!strstr(run_warned, text))
		fail_msg("'%s' is not in:\n%s", text, run_warned);
}

/* Each node writes its draft, the second a little later, and the office takes
 * in both. */
static void drafts(const char *first, const char *second)
{
	char sql[1024];

	(void)snprintf(sql, sizeof(sql),
		       "UPDATE handling SET draft = '%s' WHERE unit = 'edu'",
		       first);
	desk_sql(&one, sql);
	(void)snprintf(sql, sizeof(sql),
		       "UPDATE handling SET draft = '%s' WHERE unit = 'edu';"
		       "UPDATE _pending SET at = at + 5",
		       second);
	desk_sql(&two, sql);
	desk_carry(&office, &one);
	desk_carry(&office, &two);
}

static const char *draft_of(struct desk *desk)
{
	return desk_ask(desk, "SELECT draft FROM handling WHERE unit = 'edu'");
}

static int n_conflicts(void)
{
	return atoi(desk_ask(&office, "SELECT count(*) FROM conflict"));
}

/* Resolves the draft in an editor that is a shell's command. */
static int edit_with(const char *editor, const char *reason)
{
	setenv("EDITOR", editor, 1);
	if (reason)
		return run_command(&office, cmd_resolve, "1-1-014", "edu.draft",
				   "--reason", reason, NULL);
	return run_command(&office, cmd_resolve, "1-1-014", "edu.draft", NULL);
}

/* The file that was kept, by what stderr says; the caller removes it. */
static const char *kept_file(void)
{
	static char path[512];
	const char *at = strstr(run_warned, office.dir);
	size_t n = 0;

	assert_non_null(at);
	while (at[n] && at[n] != ' ' && n + 1 < sizeof(path)) {
		path[n] = at[n];
		n++;
	}
	path[n] = '\0';
	return path;
}

static void holds(const char *path, const char *text)
{
	char bytes[8192] = "";
	FILE *file = fopen(path, "r");
	size_t n;

	assert_non_null(file);
	n = fread(bytes, 1, sizeof(bytes) - 1, file);
	bytes[n] = '\0';
	fclose(file);
	if (!strstr(bytes, text))
		fail_msg("'%s' is not in:\n%s", text, bytes);
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

/* --- in an editor -------------------------------------------------------- */

static void resolve__an_overlap_is_finished_in_an_editor(void **state)
{
	(void)state;
	drafts("一\n已建成三所。\n三", "一\n已建成五所。\n三");
	/* Takes the marks out and everything but what stands below =. */
	assert_int_equal(edit_with("sed -i -e '/^<<<<<<< /,/^=======$/d' -e"
				   " '/^>>>>>>> /d'",
				   "以实地核对为准"),
			 CLI_DONE);
	assert_string_equal(draft_of(&office), "一\n已建成五所。\n三");
	assert_int_equal(n_conflicts(), 0);
	assert_int_equal(run_command(&office, cmd_log, "1-1-014", "edu.draft",
				     "--json", NULL),
			 CLI_DONE);
	says("\"reason\": \"以实地核对为准\"");
	/* It names both: what one of them comes to know later is settled. */
	desk_carry(&one, &two);
	desk_carry(&one, &office);
	assert_string_equal(draft_of(&one), "一\n已建成五所。\n三");
	assert_string_equal(desk_ask(&one, "SELECT count(*) FROM conflict"),
			    "0");
}

static void resolve__the_editor_is_given_who_wrote_what(void **state)
{
	char copy[1024];

	(void)state;
	drafts("三所。", "五所。");
	(void)snprintf(copy, sizeof(copy),
		       "f() { stat -c %%a \"$1\" >%s/mode;"
		       " cp \"$1\" %s/shown; }; f",
		       office.dir, office.dir);
	assert_int_equal(edit_with(copy, NULL), CLI_INPUT);
	warns("is still one of marks");
	/* Nobody typed anything, so nothing is kept. */
	assert_null(strstr(run_warned, "is kept in"));
	(void)snprintf(copy, sizeof(copy), "%s/shown", office.dir);
	holds(copy, "三所。\n");
	holds(copy, "# 1-1-014  handling 区教育局 reply\n");
	holds(copy, "<<<<<<< 区教育局 王芳 20");
	holds(copy, "||||||| before\n=======\n");
	holds(copy, ">>>>>>> 区教育局 王芳 20");
	holds(copy, "# Reason: \n");
	unlink(copy);
	(void)snprintf(copy, sizeof(copy), "%s/mode", office.dir);
	holds(copy, "600\n");
	unlink(copy);
}

static void resolve__texts_apart_are_offered_joined(void **state)
{
	(void)state;
	drafts("一\n二\n三", "一\n二\n三");
	desk_carry(&two, &one);
	desk_carry(&one, &two);
	drafts("甲\n二\n三", "一\n二\n丙");
	assert_int_equal(run_command(&office, cmd_conflicts, NULL),
			 CLI_ATTENTION);
	says("joined from both, to be read and confirmed");
	says("tian resolve 1-1-014 edu.draft ");
	assert_int_equal(edit_with("true", "读过，无误"), CLI_DONE);
	assert_string_equal(draft_of(&office), "甲\n二\n丙");
	assert_int_equal(n_conflicts(), 0);
}

static void resolve__the_reason_is_asked_in_the_editor(void **state)
{
	(void)state;
	drafts("三所。", "五所。");
	assert_int_equal(edit_with("sed -i -e '/^[<|=>]\\{7\\}/d' -e"
				   " '/^三所/d' -e 's/^# Reason:.*/#  Reason:"
				   "  电话核实 /'",
				   NULL),
			 CLI_DONE);
	assert_string_equal(draft_of(&office), "五所。");
	run_command(&office, cmd_log, "1-1-014", "edu.draft", "--json", NULL);
	says("\"reason\": \"电话核实\"");
}

static void resolve__without_a_reason_what_was_typed_is_kept(void **state)
{
	const char *path;

	(void)state;
	drafts("三所。", "五所。");
	assert_int_equal(edit_with("sed -i -e '/^[<|=>]\\{7\\}/d' -e"
				   " 's/^三所。/新写的一句。/'",
				   NULL),
			 CLI_INPUT);
	warns("a decision needs its reason");
	path = kept_file();
	holds(path, "新写的一句。");
	assert_int_equal(n_conflicts(), 1);
	/* And it can be gone on with. */
	assert_int_equal(run_command(&office, cmd_resolve, "1-1-014",
				     "edu.draft", "--text-file", path,
				     "--reason", "r", NULL),
			 CLI_DONE);
	assert_string_equal(draft_of(&office), "新写的一句。\n五所。");
	unlink(path);
}

static void resolve__nothing_left_decides_nothing(void **state)
{
	(void)state;
	drafts("三所。", "五所。");
	assert_int_equal(edit_with("sed -i -e '/^[^#]/d'", "r"), CLI_INPUT);
	warns("nothing was decided");
	assert_int_equal(n_conflicts(), 1);
}

static void resolve__an_editor_that_fails_keeps_the_file(void **state)
{
	(void)state;
	drafts("三所。", "五所。");
	assert_int_equal(edit_with("sed -i 's/三所/打了一半/' \"$1\"; false",
				   "r"),
			 CLI_INPUT);
	warns("the editor did not end well");
	holds(kept_file(), "打了一半");
	unlink(kept_file());
	assert_int_equal(n_conflicts(), 1);
	/* None at all, and no terminal: nothing waits for anybody. */
	unsetenv("EDITOR");
	assert_int_equal(run_command(&office, cmd_resolve, "1-1-014",
				     "edu.draft", NULL),
			 CLI_INPUT);
	warns("there is no editor here");
	assert_null(strstr(run_warned, "is kept in"));
}

/* What comes while somebody is still typing is seen before it is settled. */
static void
resolve__values_that_came_meanwhile_are_not_passed_over(void **state)
{
	char editor[1024];

	(void)state;
	drafts("三所。", "五所。");
	(void)snprintf(editor, sizeof(editor),
		       "f() { sqlite3 %s/tian.db \"UPDATE handling SET draft ="
		       " '七所。' WHERE unit = 'edu'\"; sed -i"
		       " '/^[<|=>]\\{7\\}/d' \"$1\"; }; f",
		       office.dir);
	assert_int_equal(edit_with(editor, "r"), CLI_INPUT);
	warns("its values have changed meanwhile");
	holds(kept_file(), "三所。");
	unlink(kept_file());
}

/* Lines that look like ours are the text's. */
static void resolve__marks_and_comments_in_a_text_stay(void **state)
{
	(void)state;
	drafts("# 标题\n<<<<<<< 引\n甲", "# 标题\n<<<<<<< 引\n乙");
	assert_int_equal(edit_with("sed -i -e '/^[<|=>]\\{8\\}/d' -e '/^甲/d'",
				   "r"),
			 CLI_DONE);
	assert_string_equal(draft_of(&office), "# 标题\n<<<<<<< 引\n乙");
}

static void resolve__three_texts_are_joined_one_after_the_other(void **state)
{
	(void)state;
	drafts("甲", "乙");
	assert_int_equal(run_command(&office, cmd_resolve, "1-1-014",
				     "edu.draft", "--value", "丙", "--reason",
				     "先定", NULL),
			 CLI_DONE);
	desk_sql(&one, "UPDATE handling SET draft = '甲甲' WHERE unit = 'edu'");
	desk_sql(&two, "UPDATE handling SET draft = '乙乙' WHERE unit = 'edu'");
	desk_carry(&office, &one);
	desk_carry(&office, &two);
	assert_int_equal(edit_with("sed -i '/^[<|=>]\\{7,\\}/d'", "r"),
			 CLI_DONE);
	assert_non_null(strstr(draft_of(&office), "甲甲"));
	assert_non_null(strstr(draft_of(&office), "乙乙"));
	assert_non_null(strstr(draft_of(&office), "丙"));
	assert_int_equal(n_conflicts(), 0);
}

static void resolve__one_way_at_a_time(void **state)
{
	(void)state;
	drafts("三所。", "五所。");
	assert_int_equal(run_command(&office, cmd_resolve, "1-1-014",
				     "edu.draft", "--take", "edu", "--edit",
				     "--reason", "r", NULL),
			 CLI_USAGE);
	assert_int_equal(run_command(&office, cmd_resolve, "1-1-014",
				     "edu.class_proposed", "--edit", NULL),
			 CLI_USAGE);
	assert_int_equal(run_command(&office, cmd_resolve, "1-1-002", "title",
				     "--edit", NULL),
			 CLI_INPUT);
	warns("nothing to decide");
}

/* --- the way back -------------------------------------------------------- */

/* The id of the change of 1-1-014 that wrote a value, by the office's log. */
static const char *change_that(const char *value)
{
	static char id[64];
	char sql[512];

	(void)snprintf(sql, sizeof(sql),
		       "SELECT printf('%%016x:%%d', o.origin, c.id & ((1 <<"
		       " 40) - 1)) FROM _change c JOIN _origin o ON o.id ="
		       " c.id >> 40 JOIN _row r ON r.id = c.cell >> 12 WHERE"
		       " r.scope = '1-1-014' AND (c.value = '%s' OR '%s' ="
		       " 'deflated' AND c.flags & 4)",
		       value, value);
	(void)snprintf(id, sizeof(id), "%s", desk_ask(&office, sql));
	return id;
}

static int revert_to(const char *field, const char *id, const char *reason)
{
	if (reason)
		return run_command(&office, cmd_revert, "1-1-014", field,
				   "--to", id, "--reason", reason, NULL);
	return run_command(&office, cmd_revert, "1-1-014", field, "--to", id,
			   NULL);
}

static const char *of_case(const char *field)
{
	char sql[128];

	(void)snprintf(sql, sizeof(sql),
		       "SELECT %s FROM proposal WHERE key = '1-1-014'", field);
	return desk_ask(&office, sql);
}

static void revert__an_earlier_value_stands_again(void **state)
{
	const char *id;

	(void)state;
	desk_sql(&office, "UPDATE proposal SET sector = '教育界'");
	desk_sql(&office, "UPDATE proposal SET sector = '体育界'");
	id = change_that("教育界");
	assert_int_equal(run_command(&office, cmd_log, "1-1-014", "sector",
				     NULL),
			 CLI_DONE);
	says(id);
	assert_int_equal(revert_to("sector", id, NULL), CLI_DONE);
	assert_string_equal(of_case("sector"), "教育界");
	run_command(&office, cmd_log, "1-1-014", "sector", "--json", NULL);
	says("\"reason\": \"恢复 ");
	/* Once more changes nothing, and says so. */
	assert_int_equal(revert_to("sector", id, "误改"), CLI_DONE);
	warns("It stands so already");
	assert_string_equal(of_case("(SELECT count(*) FROM _change WHERE value"
				    " = '教育界')"),
			    "4");
}

static void revert__a_long_value_put_away_comes_back_whole(void **state)
{
	(void)state;
	desk_sql(&office, "UPDATE handling SET draft = replace(hex(zeroblob("
			  "2000)), '00', '旧稿。') WHERE unit = 'edu'");
	desk_sql(&office, "UPDATE handling SET draft = '新稿。' WHERE unit ="
			  " 'edu'");
	assert_int_equal(revert_to("edu.draft", change_that("deflated"),
				   "误删"),
			 CLI_DONE);
	assert_string_equal(desk_ask(&office, "SELECT draft = replace(hex("
					      "zeroblob(2000)), '00', '旧稿。')"
					      " FROM handling WHERE unit ="
					      " 'edu'"),
			    "1");
}

static void revert__a_conflict_is_settled_with_a_reason(void **state)
{
	const char *id;

	(void)state;
	drafts("三所。", "五所。");
	id = change_that("三所。");
	assert_int_equal(revert_to("edu.draft", id, NULL), CLI_USAGE);
	warns("needs its reason");
	assert_int_equal(n_conflicts(), 1);
	assert_int_equal(revert_to("edu.draft", id, "以先报的为准"), CLI_DONE);
	assert_string_equal(draft_of(&office), "三所。");
	assert_int_equal(n_conflicts(), 0);
	/* It names both heads: nobody who has them disputes it. */
	desk_carry(&one, &two);
	desk_carry(&one, &office);
	assert_string_equal(desk_ask(&one, "SELECT count(*) FROM conflict"),
			    "0");
}

static void revert__a_fixed_title_is_corrected_with_a_reason(void **state)
{
	const char *id;

	(void)state;
	id = change_that("课后服务");
	assert_int_equal(run_command(&office, cmd_set, "1-1-014", "title=课后",
				     NULL),
			 CLI_USAGE);
	warns("a correction of title needs its reason");
	assert_string_equal(of_case("title"), "课后服务");
	assert_int_equal(run_command(&office, cmd_set, "1-1-014", "title=课后",
				     "--reason", "按原件", NULL),
			 CLI_DONE);
	warns("1 field changed");
	assert_int_equal(revert_to("title", id, NULL), CLI_USAGE);
	assert_string_equal(of_case("title"), "课后");
	assert_int_equal(revert_to("title", id, "原件如此"), CLI_DONE);
	assert_string_equal(of_case("title"), "课后服务");
	assert_string_equal(desk_ask(&office,
				     "SELECT group_concat(detail, '|') FROM"
				     " (SELECT detail FROM event WHERE kind ="
				     " 'corrected' ORDER BY id)"),
			    "案由，原为“课后服务”|案由，原为“课后”");
}

static void revert__what_is_no_change_of_the_field_is_refused(void **state)
{
	(void)state;
	desk_sql(&office, "UPDATE proposal SET sector = '教育界'");
	assert_int_equal(revert_to("title", change_that("教育界"), "r"),
			 CLI_INPUT);
	warns("is a change of something else");
	assert_int_equal(revert_to("title", "0123456789abcdef:7", "r"),
			 CLI_INPUT);
	warns("no change 0123456789abcdef:7 is known here");
	assert_int_equal(revert_to("title", "x", "r"), CLI_USAGE);
	assert_int_equal(run_command(&office, cmd_revert, "1-1-014", "title",
				     NULL),
			 CLI_USAGE);
	/* A unit may not write it, and neither may it go back. */
	assert_int_equal(run_command(&one, cmd_revert, "1-1-014", "title",
				     "--to", change_that("课后服务"),
				     "--reason", "r", NULL),
			 CLI_DONE);
	warns("It stands so already");
	desk_sql(&office, "UPDATE proposal SET title = '课后'");
	desk_carry(&one, &office);
	assert_int_equal(run_command(&one, cmd_revert, "1-1-014", "title",
				     "--to", change_that("课后服务"),
				     "--reason", "r", NULL),
			 CLI_INPUT);
	warns("this site may not write it");
}

int main(void)
{
#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, open_desks, close_desks)
	const struct CMUnitTest tests[] = {
		TEST(conflicts__a_reopened_decision_is_told_with_its_reason),
		TEST(conflicts__what_a_voiding_did_not_see_is_told),
		TEST(conflicts__a_number_given_twice_is_told_at_both),
		TEST(resolve__an_overlap_is_finished_in_an_editor),
		TEST(resolve__the_editor_is_given_who_wrote_what),
		TEST(resolve__texts_apart_are_offered_joined),
		TEST(resolve__the_reason_is_asked_in_the_editor),
		TEST(resolve__without_a_reason_what_was_typed_is_kept),
		TEST(resolve__nothing_left_decides_nothing),
		TEST(resolve__an_editor_that_fails_keeps_the_file),
		TEST(resolve__values_that_came_meanwhile_are_not_passed_over),
		TEST(resolve__marks_and_comments_in_a_text_stay),
		TEST(resolve__three_texts_are_joined_one_after_the_other),
		TEST(resolve__one_way_at_a_time),
		TEST(revert__an_earlier_value_stands_again),
		TEST(revert__a_long_value_put_away_comes_back_whole),
		TEST(revert__a_conflict_is_settled_with_a_reason),
		TEST(revert__a_fixed_title_is_corrected_with_a_reason),
		TEST(revert__what_is_no_change_of_the_field_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
