/* scope_test.c - what a unit holds as proposals come and go: nothing of
 * others, an archive of what it had, and its late words kept. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/sync/git_helper.h"
#include "tests/sync/world_helper.h"

static void make_world(void)
{
	world_office();
	world_unit("edu", "edu", "区教育局");
	world_unit("hr", "hr", "区人社局");
	world_case("1-1-001", "教育", "edu");
	world_sync("office", 0);
	world_sync("edu", 0);
	world_sync("hr", 0);
}

static int setup(void **state)
{
	(void)state;
	world_begin(make_world);
	return 0;
}

static void reassign(void)
{
	world_edit("office", "李明",
		   "UPDATE handling SET void = 1, void_reason = '改办';"
		   "INSERT INTO handling(proposal, unit, role)"
		   " VALUES ('1-1-001', 'hr', 'main')");
	world_sync("office", 0);
}

/* It wrote while the office took the proposal away: refused, said at both
 * ends, and the words are still there. */
static void scope__a_late_edit_is_refused_and_kept(void **state)
{
	const struct sync_report *report;

	(void)state;
	reassign();
	world_edit("edu", "王芳", "UPDATE handling SET draft = '迟到的话。'");
	world_sync("edu", 0);
	report = world_sync("office", 0);
	assert_int_equal(report->refused, 1);
	assert_int_equal(report->details[0].kind, SYNC_REFUSED);
	assert_non_null(strstr(report->details[0].text, "not assigned"));
	report = world_sync("edu", 0);
	assert_int_equal(report->details[0].kind, SYNC_REFUSED);
	/* Both have the value, with the reason. */
	for (int i = 0; i < 2; i++)
		assert_string_equal(
			world_text(i == 0 ? "office" : "edu",
				   "SELECT c.value FROM _verdict v JOIN"
				   " _change c ON c.id = v.change WHERE v.kind"
				   " = 1"),
			"迟到的话。");
	assert_string_equal(world_state("office", "edu"),
			    world_state("edu", "edu"));
}

/* What came late is decided by the office, on record, and the unit is told;
 * of the rest of the case it still gets nothing. Two computers of the unit, one
 * of them weeks behind, hold the same in the end. */
static void answer_late(const char *value, const char *said)
{
	const struct sync_report *report;
	struct buf sql = BUF_INIT;
	bool told = false;

	world_unit("edu2", "edu", "区教育局");
	world_sync("office", 0);
	world_sync("edu2", 0);
	reassign();
	world_edit("edu", "王芳", "UPDATE handling SET draft = '迟到的话。'");
	world_sync("edu", 0);
	world_sync("office", 0);
	world_sync("edu", 0);
	assert_int_equal(world_late("office"), 1);
	world_edit("office", "李明", "UPDATE proposal SET body = '甲乙丙丁二'");
	world_decide("office", "handling", "1-1-001/edu", "draft", value,
		     "会上已用");
	assert_int_equal(world_late("office"), 0);
	world_sync("office", 0);
	report = world_sync("edu", 0);
	for (size_t i = 0; i < report->n_details; i++)
		told |= strstr(report->details[i].text, said) != NULL &&
			strstr(report->details[i].text, "会上已用") != NULL;
	assert_true(told);
	world_sync("edu2", 0);
	world_sync("edu2", 0);
	buf_addf(&sql, "SELECT coalesce(draft, '') || void FROM handling WHERE"
		       " unit = 'edu'");
	assert_string_equal(world_text("edu", buf_text(&sql)),
			    world_text("office", buf_text(&sql)));
	assert_string_equal(world_text("edu2", buf_text(&sql)),
			    world_text("office", buf_text(&sql)));
	assert_string_equal(world_text("edu", "SELECT coalesce(body, '') FROM"
					      " proposal"),
			    "");
	buf_release(&sql);
	world_verify("office");
	world_verify("edu");
	world_verify("edu2");
}

static void scope__a_late_edit_is_accepted_and_the_unit_told(void **state)
{
	(void)state;
	answer_late("迟到的话。", "was accepted by the office");
	assert_string_equal(world_text("office", "SELECT draft FROM handling"
						 " WHERE unit = 'edu'"),
			    "迟到的话。");
}

static void scope__a_late_edit_is_not_accepted_and_the_unit_told(void **state)
{
	(void)state;
	answer_late(NULL, "was not accepted by the office");
	assert_string_equal(world_text("office",
				       "SELECT coalesce(draft, '-') FROM"
				       " handling WHERE unit = 'edu'"),
			    "-");
}

/* In a field that only the unit may write: what it held before is phone 甲,
 * what came late 乙. The office may take either, and nothing of its own. */
static void answer_phone(const char *value, const char *said)
{
	const struct sync_report *report;
	bool told = false;

	world_edit("edu", "王芳", "UPDATE handling SET phone = '甲'");
	world_sync("edu", 0);
	world_sync("office", 0);
	world_unit("edu2", "edu", "区教育局");
	world_sync("office", 0);
	world_sync("edu2", 0);
	reassign();
	world_edit("edu", "王芳", "UPDATE handling SET phone = '乙'");
	world_sync("edu", 0);
	world_sync("office", 0);
	assert_int_equal(world_late("office"), 1);
	world_decide("office", "handling", "1-1-001/edu", "phone", value,
		     "核对过");
	assert_int_equal(world_late("office"), 0);
	world_sync("office", 0);
	report = world_sync("edu", 0);
	for (size_t i = 0; i < report->n_details; i++)
		told |= strstr(report->details[i].text, said) != NULL;
	assert_true(told);
	world_sync("edu2", 0);
	for (int i = 0; i < 3; i++)
		assert_string_equal(
			world_text(i == 0   ? "office"
				   : i == 1 ? "edu"
					    : "edu2",
				   "SELECT phone FROM handling WHERE"
				   " unit = 'edu'"),
			value);
	assert_string_equal(world_state("office", "edu"),
			    world_state("edu", "edu"));
	world_verify("office");
	world_verify("edu");
	world_verify("edu2");
}

static void scope__a_late_edit_of_the_units_own_field_is_accepted(void **state)
{
	(void)state;
	answer_phone("乙", "was accepted by the office");
}

static void
scope__a_late_edit_of_the_units_own_field_is_not_accepted(void **state)
{
	(void)state;
	answer_phone("甲", "was not accepted by the office");
}

/* What hr and the office write afterwards never reaches edu, by any byte. */
static void scope__a_released_unit_gets_nothing_more(void **state)
{
	(void)state;
	reassign();
	world_sync("edu", 0);
	world_sync("hr", 0);
	world_edit("hr", "赵强",
		   "UPDATE handling SET draft = '甲乙丙丁一'"
		   " WHERE unit = 'hr'");
	world_sync("hr", 0);
	world_edit("office", "李明", "UPDATE proposal SET body = '甲乙丙丁二'");
	world_case("1-1-002", "甲乙丙丁三", "hr");
	world_sync("office", 0);
	world_sync("edu", 0);
	assert_int_equal(run(NULL, 0,
			     "git -C edu/tian.git cat-file --batch-all-objects"
			     " --batch | grep -qa 甲乙丙丁 || cat edu/tian.db*"
			     " | grep -qa 甲乙丙丁 || strings -a edu/tian.git/"
			     "packed-refs 2>/dev/null | grep -q 1-1-002"),
			 1);
	/* Its archive stands. */
	assert_string_equal(world_text("edu", "SELECT title FROM proposal"),
			    "教育");
}

/* A second computer of the unit, made after all that. */
static void scope__a_new_node_holds_what_the_old_one_does(void **state)
{
	(void)state;
	world_case("1-1-002", "人社", "hr");
	world_case("1-1-003", "再来", "edu");
	world_edit("edu", "王芳", "UPDATE handling SET draft = '一。'");
	world_sync("edu", 0);
	world_sync("office", 0);
	world_sync("edu", 0);
	world_unit("edu2", "edu", "区教育局");
	world_sync("office", 0);
	world_sync("edu2", 0);
	world_sync("edu", 0);
	assert_string_equal(world_state("edu2", "edu"),
			    world_state("edu", "edu"));
	assert_string_equal(
		world_text("edu2", "SELECT group_concat(key) FROM proposal"),
		"1-1-001,1-1-003");
}

/* Weeks of work at edu. */
static void work(const char *name, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		char one[256];

		snprintf(one, sizeof(one),
			 "UPDATE handling SET draft = '第%zu稿。',"
			 " contact_name = '%zu号' WHERE unit = 'edu'",
			 i, i);
		world_edit(name, "王芳", one);
	}
}

static size_t changes_at(const char *name)
{
	return strtoul(world_text(name, "SELECT count(*) FROM _change"), NULL,
		       10);
}

/* The office has much behind it; a new key is enrolled, and its node gets
 * what stands. The old node, weeks behind, goes on as before. */
static void scope__a_new_node_begins_at_a_checkpoint(void **state)
{
	(void)state;
	work("edu", 40);
	world_sync("edu", 0);
	world_sync("office", 0);
	world_unit("edu2", "edu", "区教育局");
	world_sync("office", 0);
	world_sync("edu2", 0);
	assert_true(changes_at("edu2") + 70 < changes_at("edu"));
	assert_int_equal(run(NULL, 0, "git -C edu2/tian.git fsck --strict"), 0);
	assert_int_equal(run(NULL, 0,
			     "git -C hub rev-parse -q --verify"
			     " checkpoint/edu"),
			 0);
	/* Both go on: the new one edits what the old one has edited unseen. */
	world_edit("edu2", "赵敏", "UPDATE handling SET draft = '新稿。'");
	world_edit("edu", "王芳", "UPDATE handling SET draft = '旧稿。'");
	for (int i = 0; i < 2; i++) {
		world_sync("edu", 0);
		world_sync("edu2", 0);
		world_sync("office", 0);
	}
	world_sync("edu", 0);
	world_sync("edu2", 0);
	assert_string_equal(world_state("edu2", "edu"),
			    world_state("edu", "edu"));
	assert_string_equal(world_state("edu2", "edu"),
			    world_state("office", "edu"));
	assert_string_equal(
		world_text("edu2", "SELECT count(*) FROM _conflict"), "1");
	world_verify("office");
	world_verify("edu2");
	world_verify("edu");
	/* It gets the rest when it is asked for, and has no other state. */
	world_history("edu2");
	assert_true(changes_at("edu2") == changes_at("edu"));
	assert_int_equal(run(NULL, 0, "test -e edu2/tian.git/shallow"), 1);
	assert_string_equal(world_state("edu2", "edu"),
			    world_state("edu", "edu"));
	world_verify("edu2");
}

/* Meanwhile: another node's work on a new case, and a checkpoint. */
static void weeks_pass(void)
{
	reassign();
	world_case("1-1-002", "新的", "edu");
	world_sync("office", 0);
	world_sync("edu2", 0);
	for (size_t i = 0; i < 40; i++) {
		char one[256];

		snprintf(one, sizeof(one),
			 "UPDATE handling SET draft = '第%zu稿。',"
			 " contact_name = '%zu号' WHERE proposal = '1-1-002'",
			 i, i);
		world_edit("edu2", "赵敏", one);
	}
	world_sync("edu2", 0);
	world_sync("office", 0);
	world_unit("edu3", "edu", "区教育局");
	world_sync("office", 0);
	assert_int_equal(run(NULL, 0,
			     "git -C hub ls-tree checkpoint/edu | grep -q"
			     " checkpoint"),
			 0);
	world_sync("edu3", 0);
	assert_true(changes_at("edu3") + 70 < changes_at("edu2"));
}

/* It comes back with words that nobody has seen, in a case that was taken from
 * it and before all that was sent since. */
static void
scope__a_node_weeks_behind_crosses_a_release_and_a_checkpoint(void **state)
{
	static const char *const nodes[] = {"edu", "edu2", "edu3"};
	const struct sync_report *report;

	(void)state;
	world_unit("edu2", "edu", "区教育局");
	world_sync("office", 0);
	world_sync("edu2", 0);
	world_edit("edu", "王芳", "UPDATE handling SET draft = '迟到的话。'");
	weeks_pass();
	world_sync("edu", 0);
	assert_int_equal(changes_at("edu"), changes_at("edu2") + 1);
	report = world_sync("office", 0);
	assert_int_equal(report->refused, 1);
	assert_int_equal(world_late("office"), 1);
	world_sync("edu", 0);
	world_decide("office", "handling", "1-1-001/edu", "draft", "迟到的话。",
		     "会上已用");
	world_edit("edu3", "周全",
		   "UPDATE handling SET phone = '3' WHERE proposal ="
		   " '1-1-002'");
	world_edit("edu", "王芳",
		   "UPDATE handling SET doc_no = '1' WHERE proposal ="
		   " '1-1-002'");
	for (int round = 0; round < 2; round++) {
		for (size_t i = 0; i < 3; i++)
			world_sync(nodes[i], 0);
		world_sync("office", 0);
	}
	for (size_t i = 0; i < 3; i++) {
		world_sync(nodes[i], 0);
		assert_string_equal(
			world_text(nodes[i],
				   "SELECT draft || phone || doc_no FROM"
				   " handling WHERE proposal = '1-1-002'"),
			"第39稿。31");
		assert_string_equal(
			world_text(nodes[i],
				   "SELECT draft FROM handling WHERE proposal"
				   " = '1-1-001' AND unit = 'edu'"),
			"迟到的话。");
		world_verify(nodes[i]);
	}
	/* Its archive stands; the new node has none. */
	assert_string_equal(world_text("edu",
				       "SELECT title FROM proposal WHERE key ="
				       " '1-1-001'"),
			    "教育");
	assert_string_equal(world_state("edu", "edu"),
			    world_state("edu2", "edu"));
	world_history("edu3");
	assert_string_equal(world_state("edu3", "edu"),
			    world_state("edu", "edu"));
	world_verify("edu3");
	world_verify("office");
}

#define SCOPE_TEST(f) cmocka_unit_test_setup_teardown(f, setup, world_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCOPE_TEST(scope__a_late_edit_is_refused_and_kept),
		SCOPE_TEST(scope__a_late_edit_is_accepted_and_the_unit_told),
		SCOPE_TEST(
			scope__a_late_edit_is_not_accepted_and_the_unit_told),
		SCOPE_TEST(
			scope__a_late_edit_of_the_units_own_field_is_accepted),
		SCOPE_TEST(
			scope__a_late_edit_of_the_units_own_field_is_not_accepted),
		SCOPE_TEST(scope__a_released_unit_gets_nothing_more),
		SCOPE_TEST(scope__a_new_node_holds_what_the_old_one_does),
		SCOPE_TEST(scope__a_new_node_begins_at_a_checkpoint),
		SCOPE_TEST(
			scope__a_node_weeks_behind_crosses_a_release_and_a_checkpoint),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
