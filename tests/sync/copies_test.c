/* copies_test.c - a copied replica, replicas and hubs restored from backups,
 * a lost hub: noticed, told, and healed with nothing lost. */
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

static int setup(void **state)
{
	(void)state;
	world_begin(world_office_and_edu);
	return 0;
}

static void set(const char *name, const char *field, const char *value)
{
	char sql[256];

	snprintf(sql, sizeof(sql), "UPDATE handling SET %s = '%s'", field,
		 value);
	world_edit(name, "王芳", sql);
}

static const char *get(const char *name, const char *field)
{
	char sql[128];

	snprintf(sql, sizeof(sql), "SELECT %s FROM handling", field);
	return world_text(name, sql);
}

static void expect_notice(const struct sync_report *report, const char *what)
{
	for (size_t i = 0; i < report->n_details; i++)
		if (report->details[i].kind == SYNC_NOTICE &&
		    strstr(report->details[i].text, what) != NULL)
			return;
	for (size_t i = 0; i < report->n_details; i++)
		print_error("%s\n", report->details[i].text);
	fail_msg("nothing said of: %s", what);
}

/* Nothing is set aside anywhere, everybody agrees, and all is proven. */
static void expect_whole(const char *const *names)
{
	for (int round = 0; round < 2; round++) {
		for (const char *const *name = names; *name; name++)
			world_sync(*name, 0);
		world_sync("office", 0);
	}
	for (const char *const *name = names; *name; name++) {
		struct verify_report report = {.ok = false};
		struct node *node = NULL;
		struct err err = {0};

		assert_int_equal(world_sync(*name, 0)->n_details, 0);
		assert_string_equal(world_state(*name, "edu"),
				    world_state("office", "edu"));
		assert_int_equal(node_open(&node, in_folder("%s", *name), &err),
				 0);
		assert_int_equal(
			node_verify(&report, node, VERIFY_HUB, NULL, &err), 0);
		for (size_t i = 0; i < report.n_findings; i++)
			print_error("%s: %s\n", *name, report.findings[i]);
		assert_true(report.ok);
		verify_report_release(&report);
		node_close(node);
	}
	assert_int_equal(run(NULL, 0, "git -C hub fsck --strict"), 0);
}

static const char *const unit_and_office[] = {"edu", "office", NULL};
static const char *const both_and_office[] = {"edu", "copy", "office", NULL};

/* Both copies have edited: the later one goes on under a new name, and the
 * edits of both arrive. */
static void copies__a_copy_that_worked_takes_a_new_name(void **state)
{
	(void)state;
	set("edu", "draft", "一。");
	world_sync("edu", 0);
	must_run("cp -a edu copy");
	set("edu", "doc_no", "教1号");
	set("copy", "class_proposed", "A");
	set("copy", "signer", "周全");
	world_sync("edu", 0);
	expect_notice(world_sync("copy", 0), "goes on as node");
	world_sync("office", 0);
	assert_string_equal(get("office", "doc_no"), "教1号");
	assert_string_equal(get("office", "class_proposed"), "A");
	assert_string_equal(get("office", "signer"), "周全");
	expect_whole(both_and_office);
	assert_string_equal(get("copy", "doc_no"), "教1号");
	assert_string_equal(get("edu", "signer"), "周全");
	must_run(
		"test $(git -C hub for-each-ref refs/heads/outbox/edu | wc -l) -eq"
		" 2");
}

/* Of one cell, too: a conflict of two nodes, neither value lost. */
static void copies__two_copies_of_one_cell_keep_both_values(void **state)
{
	(void)state;
	set("edu", "doc_no", "旧");
	world_sync("edu", 0);
	world_sync("office", 0);
	must_run("cp -a edu copy");
	set("edu", "doc_no", "甲");
	set("copy", "doc_no", "乙");
	set("copy", "doc_no", "丙");
	world_sync("edu", 0);
	world_sync("copy", 0);
	world_sync("office", 0);
	expect_whole(both_and_office);
	assert_string_equal(
		world_text("office", "SELECT group_concat(c.value, '') FROM"
				     " (SELECT value FROM _head h JOIN _change"
				     " c ON c.id = h.change WHERE value IN"
				     " ('甲', '乙', '丙') ORDER BY value) c"),
		"丙甲");
}

static void copies__a_copy_that_did_nothing_just_follows(void **state)
{
	(void)state;
	must_run("cp -a edu copy");
	set("edu", "doc_no", "教1号");
	world_sync("edu", 0);
	expect_notice(world_sync("copy", 0), "taken back in");
	assert_string_equal(get("copy", "doc_no"), "教1号");
	world_sync("office", 0);
	expect_whole(both_and_office);
}

/* A unit's folder as it was: what was sent since comes back from the hub. */
static void copies__a_restored_unit_takes_its_own_edits_back(void **state)
{
	(void)state;
	set("edu", "draft", "一。");
	world_sync("edu", 0);
	must_run("cp -a edu backup");
	set("edu", "doc_no", "教1号");
	world_sync("edu", 0);
	world_sync("office", 0);
	set("edu", "signer", "周全");
	world_sync("edu", 0);
	must_run("rm -rf edu && mv backup edu");
	expect_notice(world_sync("edu", 0), "restored from a backup");
	assert_string_equal(get("edu", "doc_no"), "教1号");
	assert_string_equal(get("edu", "signer"), "周全");
	set("edu", "class_proposed", "B");
	world_sync("edu", 0);
	world_sync("office", 0);
	assert_string_equal(get("office", "class_proposed"), "B");
	expect_whole(unit_and_office);
	must_run(
		"test $(git -C hub for-each-ref refs/heads/outbox/edu | wc -l) -eq"
		" 1");
}

/* It was worked with before its first sync. */
static void copies__a_restored_unit_keeps_what_it_wrote_since(void **state)
{
	(void)state;
	must_run("cp -a edu backup");
	set("edu", "doc_no", "教1号");
	world_sync("edu", 0);
	world_sync("office", 0);
	world_sync("edu", 0);
	must_run("rm -rf edu && mv backup edu");
	set("edu", "draft", "重写。");
	world_sync("edu", 0);
	world_sync("office", 0);
	assert_string_equal(get("office", "doc_no"), "教1号");
	assert_string_equal(get("office", "draft"), "重写。");
	expect_whole(unit_and_office);
}

/* Only tian.db was restored; its repository knows more, and has sent it or
 * not. */
static void
copies__a_restored_database_takes_back_from_its_repository(void **state)
{
	(void)state;
	must_run("cp edu/tian.db old.db");
	set("edu", "doc_no", "教1号");
	must_run("mv hub away");
	world_sync("edu", ERR_HUB);
	must_run("mv away hub && rm edu/tian.db* && cp old.db edu/tian.db");
	expect_notice(world_sync("edu", 0), "taken back in");
	world_sync("office", 0);
	assert_string_equal(get("office", "doc_no"), "教1号");
	expect_whole(unit_and_office);
}

static void
copies__a_restored_database_that_was_edited_loses_nothing(void **state)
{
	(void)state;
	must_run("cp edu/tian.db old.db");
	set("edu", "doc_no", "教1号");
	must_run("mv hub away");
	world_sync("edu", ERR_HUB);
	must_run("mv away hub && rm edu/tian.db* && cp old.db edu/tian.db");
	set("edu", "draft", "一。");
	set("edu", "draft", "二。");
	set("edu", "signer", "周全");
	world_sync("edu", 0);
	world_sync("office", 0);
	assert_string_equal(get("office", "doc_no"), "教1号");
	assert_string_equal(get("office", "draft"), "二。");
	assert_string_equal(get("office", "signer"), "周全");
	expect_whole(unit_and_office);
}

static void copies__a_restored_office_loses_nothing(void **state)
{
	(void)state;
	must_run("cp -a office backup");
	world_edit("office", "李明", "UPDATE proposal SET sector = '教育'");
	set("edu", "doc_no", "教1号");
	world_sync("edu", 0);
	world_sync("office", 0);
	must_run("rm -rf office && mv backup office");
	world_edit("office", "李明", "UPDATE proposal SET category = '类'");
	world_sync("office", 0);
	assert_string_equal(world_text("office", "SELECT sector || category"
						 " FROM proposal"),
			    "教育类");
	assert_string_equal(get("office", "doc_no"), "教1号");
	expect_whole(unit_and_office);
}

/* Two office machines from one disk image. */
static void copies__a_copied_office_goes_on_as_another(void **state)
{
	(void)state;
	must_run("cp -a office copy");
	world_edit("office", "李明", "UPDATE proposal SET sector = '教育'");
	world_edit("copy", "周全", "UPDATE proposal SET category = '类'");
	world_sync("office", 0);
	expect_notice(world_sync("copy", 0), "goes on as node");
	world_sync("office", 0);
	assert_string_equal(world_text("office", "SELECT sector || category"
						 " FROM proposal"),
			    "教育类");
	expect_whole(both_and_office);
}

static void copies__a_restored_hub_is_sent_again_by_all(void **state)
{
	char before[4096];
	char after[4096];

	(void)state;
	must_run("cp -a hub backup");
	set("edu", "doc_no", "教1号");
	world_sync("edu", 0);
	world_sync("office", 0);
	world_sync("edu", 0);
	run(before, sizeof(before), "git -C hub for-each-ref");
	must_run("rm -rf hub && mv backup hub");
	expect_notice(world_sync("edu", 0), "hub has lost 1 changes");
	expect_notice(world_sync("office", 0), "main at the hub is older");
	run(after, sizeof(after), "git -C hub for-each-ref");
	assert_string_equal(before, after);
	expect_whole(unit_and_office);
}

/* Its node is gone for good: the office puts back what it took in. */
static void copies__the_office_puts_back_outboxes_of_others(void **state)
{
	(void)state;
	set("edu", "doc_no", "教1号");
	world_sync("edu", 0);
	world_sync("office", 0);
	must_run("rm -rf hub");
	must_run("git init -q --bare hub");
	expect_notice(world_sync("edu", 0), "lost this unit's inbox");
	must_run("rm -rf hub && git init -q --bare hub");
	expect_notice(world_sync("office", 0), "it is put back");
	must_run("git -C hub for-each-ref | grep -q outbox/edu");
	expect_whole(unit_and_office);
}

static void copies__an_inbox_set_back_is_noticed_by_its_unit(void **state)
{
	(void)state;
	world_edit("office", "李明", "UPDATE proposal SET sector = '教育'");
	world_sync("office", 0);
	world_sync("edu", 0);
	must_run("git -C hub update-ref refs/heads/inbox/edu inbox/edu~1");
	expect_notice(world_sync("edu", 0), "inbox at the hub is older");
	expect_whole(unit_and_office);
}

/* Somebody without the key wrote to the node's own ref. */
static void copies__what_others_wrote_in_ones_name_is_written_over(void **state)
{
	const struct sync_report *report;

	(void)state;
	set("edu", "doc_no", "教1号");
	world_sync("edu", 0);
	world_sync("office", 0);
	must_run(
		"ssh-keygen -q -t ed25519 -N '' -f thief && cd hub &&"
		" R=$(git for-each-ref --format='%(refname)'"
		" refs/heads/outbox/edu) && git update-ref $R $(git log -1"
		" --format=%B $R | git -c user.name=N -c user.email=e@x -c"
		" gpg.format=ssh -c user.signingkey=../thief commit-tree -S -p $R"
		" $R^{tree})");
	report = world_sync("edu", 0);
	assert_int_equal(report->n_details, 1);
	assert_int_equal(report->details[0].kind, SYNC_QUARANTINED);
	assert_non_null(strstr(report->details[0].text, "somebody else"));
	expect_whole(unit_and_office);
}

#define COPIES_TEST(f) cmocka_unit_test_setup_teardown(f, setup, world_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		COPIES_TEST(copies__a_copy_that_worked_takes_a_new_name),
		COPIES_TEST(copies__two_copies_of_one_cell_keep_both_values),
		COPIES_TEST(copies__a_copy_that_did_nothing_just_follows),
		COPIES_TEST(copies__a_restored_unit_takes_its_own_edits_back),
		COPIES_TEST(copies__a_restored_unit_keeps_what_it_wrote_since),
		COPIES_TEST(
			copies__a_restored_database_takes_back_from_its_repository),
		COPIES_TEST(
			copies__a_restored_database_that_was_edited_loses_nothing),
		COPIES_TEST(copies__a_restored_office_loses_nothing),
		COPIES_TEST(copies__a_copied_office_goes_on_as_another),
		COPIES_TEST(copies__a_restored_hub_is_sent_again_by_all),
		COPIES_TEST(copies__the_office_puts_back_outboxes_of_others),
		COPIES_TEST(copies__an_inbox_set_back_is_noticed_by_its_unit),
		COPIES_TEST(
			copies__what_others_wrote_in_ones_name_is_written_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
