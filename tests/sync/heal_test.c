/* heal_test.c - objects that a node's own repository has lost come back from
 * the hub, or from the log, with a sentence; own refs that were spoilt at the
 * hub are put back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/err.h"
#include "tests/sync/git_helper.h"
#include "tests/sync/world_helper.h"

static void make_world(void)
{
	world_office_and_edu();
	world_edit("edu", "王芳", "UPDATE handling SET phone = '1'");
	world_sync("edu", 0);
	world_sync("office", 0);
	world_sync("edu", 0);
}

static int setup(void **state)
{
	(void)state;
	world_begin(make_world);
	return 0;
}

static bool is_told(const struct sync_report *report, const char *what)
{
	for (size_t i = 0; i < report->n_details; i++)
		if (strstr(report->details[i].text, what) != NULL)
			return true;
	return false;
}

static void call(const char *phone)
{
	char sql[64];

	snprintf(sql, sizeof(sql), "UPDATE handling SET phone = '%s'", phone);
	world_edit("edu", "王芳", sql);
}

static void expect_phone(const char *name, const char *phone)
{
	assert_string_equal(world_text(name, "SELECT phone FROM handling"),
			    phone);
}

/* All is as if nothing had been lost. */
static void expect_whole(const char *name)
{
	call("2");
	world_sync("edu", 0);
	world_sync("office", 0);
	expect_phone("office", "2");
	world_sync("edu", 0);
	assert_int_equal(world_sync(name, 0)->n_details, 0);
	assert_int_equal(run(NULL, 0,
			     "git -C %s/tian.git fsck --strict"
			     " --connectivity-only",
			     name),
			 0);
	world_verify("office");
	world_verify("edu");
}

/* The next sync says what was lost. */
static void expect_healed(const char *name)
{
	assert_true(is_told(world_sync(name, 0), "objects were missing in "));
	expect_whole(name);
}

static void lose_packs(const char *name)
{
	assert_int_equal(
		run(NULL, 0, "rm -f %s/tian.git/objects/pack/pack-*", name), 0);
}

/* All objects in files of their own, and one of them is lost. */
static void lose_one(const char *name, const char *which)
{
	assert_int_equal(
		run(NULL, 0,
		    "cd %s/tian.git && mv objects/pack ../pack && mkdir"
		    " objects/pack && for p in ../pack/*.pack; do"
		    " git unpack-objects -q < $p; done && rm -rf ../pack &&"
		    " o=$(git rev-parse \"%s\") && rm -f"
		    " objects/$(echo $o | cut -c1-2)/$(echo $o | cut -c3-)",
		    name, which),
		0);
}

static void heal__a_unit_that_lost_its_packs_gets_them_again(void **state)
{
	(void)state;
	lose_packs("edu");
	expect_healed("edu");
}

static void heal__an_office_that_lost_its_packs_gets_them_again(void **state)
{
	(void)state;
	lose_packs("office");
	expect_healed("office");
}

/* What is asked for anyway comes without a word. */
static void heal__a_unit_that_lost_its_inbox_gets_it_again(void **state)
{
	(void)state;
	lose_one("edu", "inbox/edu");
	world_sync("edu", 0);
	expect_whole("edu");
}

static void heal__a_unit_that_lost_what_it_wrote_gets_it_again(void **state)
{
	(void)state;
	call("3");
	lose_one("edu", "$(git for-each-ref --format='%(refname)'"
			" refs/heads/outbox)^{tree}");
	expect_healed("edu");
}

static void heal__an_office_that_lost_a_folder_gets_it_again(void **state)
{
	(void)state;
	call("3");
	world_sync("edu", 0);
	lose_one("office", "main:register");
	expect_healed("office");
}

/* What was committed here and nowhere else is in the log, too. */
static void heal__what_was_not_sent_is_committed_again(void **state)
{
	(void)state;
	must_run("mv hub away");
	call("4");
	world_sync("edu", ERR_HUB);
	must_run("mv away hub");
	lose_packs("edu");
	assert_true(is_told(world_sync("edu", 0), "objects were missing in "));
	world_sync("office", 0);
	expect_phone("office", "4");
	world_verify("office");
	world_verify("edu");
}

static void heal__what_nobody_has_any_more_is_told(void **state)
{
	(void)state;
	lose_packs("edu");
	must_run("cd hub && git update-ref -d refs/heads/inbox/edu &&"
		 " git for-each-ref --format='delete %(refname)'"
		 " refs/heads/outbox/edu | git update-ref --stdin");
	world_sync("edu", ERR_MISSING);
	assert_non_null(
		strstr(world_error(), "the hub does not have them either"));
	assert_non_null(strstr(world_error(), "backup"));
}

/* --- at the hub ----------------------------------------------------------- */

static void spoil_refs(const char *which)
{
	assert_int_equal(run(NULL, 0,
			     "cd hub && for r in $(git for-each-ref"
			     " --format='%%(refname)' refs/heads/%s); do"
			     " echo spoilt > $r; done",
			     which),
			 0);
}

static void heal__a_spoilt_ref_at_the_hub_is_put_back(void **state)
{
	(void)state;
	spoil_refs("outbox/edu");
	spoil_refs("outbox/office");
	spoil_refs("inbox/edu");
	assert_true(is_told(world_sync("edu", 0), "the hub has lost"));
	world_sync("office", 0);
	expect_whole("edu");
	must_run("git -C hub fsck --strict");
}

/* Somebody wrote there what is not even whole: said once, and ours again. */
static void heal__an_office_puts_its_own_outbox_back(void **state)
{
	const struct sync_report *report;

	(void)state;
	must_run("cd hub && r=$(git for-each-ref --format='%(refname)'"
		 " refs/heads/outbox/office) &&"
		 " printf '%040d\n' 1 > $r");
	report = world_sync("office", 0);
	assert_int_equal(report->n_details, 1);
	assert_true(is_told(report, "somebody else wrote to this node's "
				    "outbox"));
	assert_int_equal(world_sync("office", 0)->n_details, 0);
	expect_whole("edu");
	assert_int_equal(world_sync("edu", 0)->n_details, 0);
	must_run("git -C hub fsck --strict");
}

#define HEAL_TEST(f) cmocka_unit_test_setup_teardown(f, setup, world_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		HEAL_TEST(heal__a_unit_that_lost_its_packs_gets_them_again),
		HEAL_TEST(heal__an_office_that_lost_its_packs_gets_them_again),
		HEAL_TEST(heal__a_unit_that_lost_its_inbox_gets_it_again),
		HEAL_TEST(heal__a_unit_that_lost_what_it_wrote_gets_it_again),
		HEAL_TEST(heal__an_office_that_lost_a_folder_gets_it_again),
		HEAL_TEST(heal__what_was_not_sent_is_committed_again),
		HEAL_TEST(heal__what_nobody_has_any_more_is_told),
		HEAL_TEST(heal__a_spoilt_ref_at_the_hub_is_put_back),
		HEAL_TEST(heal__an_office_puts_its_own_outbox_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
