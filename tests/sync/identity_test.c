/* identity_test.c - whose key is believed: pinned, met first, changed. */
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
	folder_make();
	world_office();
	world_case("1-1-001", "教育", "edu");
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	world_forget();
	folder_remove();
	return 0;
}

/* A computer of the unit that was told the office's key. */
static int init_told_at(const char *name, const char *key)
{
	struct node_options options = {.dir = in_folder("%s", name),
				       .hub = in_folder("hub"),
				       .site = "edu",
				       .office_key = key};
	struct err err = {0};

	return node_init_unit(&options, &err);
}

/* A unit that was told it, not enrolled yet. */
static int init_told(const char *key)
{
	return init_told_at("edu", key);
}

static void identity__the_first_key_met_is_believed_and_told(void **state)
{
	const struct sync_report *report;
	char fingerprint[128];

	(void)state;
	world_unit("edu", "edu", "区教育局");
	world_sync("office", 0);
	report = world_sync("edu", 0);
	assert_int_equal(report->n_details, 1);
	assert_int_equal(report->details[0].kind, SYNC_NOTICE);
	assert_non_null(strstr(report->details[0].text, "the office's key is"));
	/* In the form that people can compare with ssh-keygen's. */
	assert_int_equal(run(fingerprint, sizeof(fingerprint),
			     "ssh-keygen -lf office/key.pub | cut -d' ' -f2"),
			 0);
	fingerprint[strcspn(fingerprint, "\n")] = '\0';
	assert_non_null(strstr(report->details[0].text, fingerprint));
	assert_int_equal(world_sync("edu", 0)->n_details, 0);
}

static void identity__a_key_that_was_told_is_believed_in_silence(void **state)
{
	(void)state;
	assert_int_equal(init_told(in_folder("office/key.pub")), 0);
	world_enrol("edu", "edu");
	world_sync("office", 0);
	assert_int_equal(world_sync("edu", 0)->n_details, 0);
	assert_string_equal(world_text("edu", "SELECT title FROM proposal"),
			    "教育");
}

static void identity__a_fingerprint_says_the_same(void **state)
{
	char fingerprint[256];

	(void)state;
	run(fingerprint, sizeof(fingerprint),
	    "ssh-keygen -lf office/key.pub | cut -d' ' -f2 | tr -d '\\n'");
	assert_int_equal(init_told(fingerprint), 0);
	assert_int_equal(init_told(fingerprint), 0);
	world_enrol("edu", "edu");
	world_sync("office", 0);
	assert_int_equal(world_sync("edu", 0)->n_details, 0);
	assert_string_equal(world_text("edu", "SELECT title FROM proposal"),
			    "教育");
}

static void
identity__another_key_than_the_one_told_is_not_believed(void **state)
{
	const struct sync_report *report;

	(void)state;
	assert_int_equal(
		run(NULL, 0, "ssh-keygen -q -t ed25519 -N '' -f other"), 0);
	assert_int_equal(init_told(in_folder("other.pub")), 0);
	world_enrol("edu", "edu");
	world_sync("office", 0);
	report = world_sync("edu", 0);
	assert_int_equal(report->n_details, 1);
	assert_int_equal(report->details[0].kind, SYNC_QUARANTINED);
	assert_non_null(strstr(report->details[0].text, "another key"));
	assert_string_equal(world_text("edu", "SELECT count(*) FROM proposal"),
			    "0");
}

static void identity__what_is_no_key_is_refused(void **state)
{
	(void)state;
	assert_int_equal(init_told("SHA256:abc"), ERR_INPUT);
	assert_int_equal(init_told(in_folder("nothing.pub")), ERR_INPUT);
	assert_int_equal(init_told(in_folder("office/tian.db")), ERR_INPUT);
}

/* --- several machines of the office --------------------------------------- */

/* A second machine of the office; edu's inbox was begun by the first. */
static void two_offices(void)
{
	world_unit("edu", "edu", "区教育局");
	world_sync("office", 0);
	world_stranger("office2", REPLICA_OFFICE);
	world_enrol("office2", REPLICA_OFFICE);
	world_sync("office", 0);
	world_sync("office2", 0);
	world_sync("edu", 0);
}

/* Weeks of work, and a new key: the second machine makes a checkpoint. */
static void work_and_enrol(const char *name, const char *told)
{
	assert_int_equal(init_told_at(name, told), 0);
	for (size_t i = 0; i < 40; i++) {
		char sql[256];

		snprintf(sql, sizeof(sql),
			 "UPDATE handling SET draft = '第%zu稿。',"
			 " contact_name = '%zu号'",
			 i, i);
		world_edit("edu", "王芳", sql);
	}
	world_sync("edu", 0);
	world_sync("office2", 0);
	world_enrol_at("office2", name, "edu");
	world_sync("office2", 0);
	assert_int_equal(run(NULL, 0,
			     "git -C hub ls-tree -r checkpoint/edu | grep -q"
			     " checkpoint/vouch/"),
			 0);
}

static size_t changes_at(const char *name)
{
	return strtoul(world_text(name, "SELECT count(*) FROM _change"), NULL,
		       10);
}

static bool is_told(const struct sync_report *report, const char *what)
{
	for (size_t i = 0; i < report->n_details; i++)
		if (strstr(report->details[i].text, what) != NULL)
			return true;
	return false;
}

static void identity__the_key_told_vouches_for_the_one_that_signed_a_checkpoint(
	void **state)
{
	(void)state;
	two_offices();
	work_and_enrol("edu2", in_folder("office/key.pub"));
	assert_true(is_told(world_sync("edu2", 0), "vouches for"));
	assert_true(changes_at("edu2") + 70 < changes_at("edu"));
	assert_int_equal(world_sync("edu2", 0)->n_details, 0);
	world_sync("edu", 0);
	assert_string_equal(world_state("edu2", "edu"),
			    world_state("edu", "edu"));
	world_verify("office2");
	world_verify("edu2");
	world_history("edu2");
	world_verify("edu2");
	/* The same init changes nothing still. */
	assert_int_equal(init_told_at("edu2", in_folder("office/key.pub")), 0);
}

static void identity__any_machine_that_signed_may_be_told(void **state)
{
	(void)state;
	two_offices();
	world_edit("office2", "周全", "UPDATE proposal SET sector = '教育'");
	world_sync("office2", 0);
	assert_int_equal(init_told_at("edu2", in_folder("office2/key.pub")), 0);
	world_enrol("edu2", "edu");
	world_sync("office", 0);
	assert_true(is_told(world_sync("edu2", 0), "vouches for"));
	assert_string_equal(world_text("edu2", "SELECT sector FROM proposal"),
			    "教育");
	world_verify("edu2");
}

/* It is enrolled, but has never sent this unit anything. */
static void identity__a_machine_that_never_signed_vouches_for_none(void **state)
{
	const struct sync_report *report;

	(void)state;
	two_offices();
	assert_int_equal(
		run(NULL, 0, "ssh-keygen -q -t ed25519 -N '' -f other"), 0);
	work_and_enrol("edu2", in_folder("other.pub"));
	report = world_sync("edu2", 0);
	assert_int_equal(report->details[0].kind, SYNC_QUARANTINED);
	assert_true(is_told(report, "has signed nothing"));
	assert_string_equal(world_text("edu2", "SELECT count(*) FROM proposal"),
			    "0");
}

/* Who can write to the hub makes a checkpoint of his own, with the words that
 * are there, and sets the ref: these do not name him. */
static void identity__a_forged_checkpoint_is_vouched_for_by_none(void **state)
{
	(void)state;
	two_offices();
	work_and_enrol("edu2", in_folder("office/key.pub"));
	assert_int_equal(
		run(NULL, 0,
		    "ssh-keygen -q -t ed25519 -N '' -C x -f thief && cd hub &&"
		    " read t k c < ../thief.pub &&"
		    " echo \"office namespaces=\\\"git\\\" $t $k\" > ../s &&"
		    " blob=$(git hash-object -w ../s) &&"
		    " tree=$( (git ls-tree checkpoint/edu | grep -v signers;"
		    " printf '100644 blob %%s\\tsigners\\n' $blob) |"
		    " git mktree) && export GIT_AUTHOR_NAME=x"
		    " GIT_AUTHOR_EMAIL=x@x GIT_COMMITTER_NAME=x"
		    " GIT_COMMITTER_EMAIL=x@x && printf 'x\\n\\nSite: edu\\n"
		    "Signers: %%s\\nSince-Checkpoint: 0 1\\n' $blob > ../m &&"
		    " made=$(git -c gpg.format=ssh -c"
		    " user.signingkey=../thief commit-tree -S $tree < ../m) &&"
		    " git update-ref refs/heads/checkpoint/edu $made"),
		0);
	world_sync("edu2", 0);
	/* All of it came instead, from the beginning on. */
	world_sync("edu", 0);
	assert_int_equal(changes_at("edu2"), changes_at("edu"));
	assert_string_equal(world_state("edu2", "edu"),
			    world_state("edu", "edu"));
}

#define IDENTITY_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IDENTITY_TEST(identity__the_first_key_met_is_believed_and_told),
		IDENTITY_TEST(
			identity__a_key_that_was_told_is_believed_in_silence),
		IDENTITY_TEST(identity__a_fingerprint_says_the_same),
		IDENTITY_TEST(
			identity__another_key_than_the_one_told_is_not_believed),
		IDENTITY_TEST(identity__what_is_no_key_is_refused),
		IDENTITY_TEST(
			identity__the_key_told_vouches_for_the_one_that_signed_a_checkpoint),
		IDENTITY_TEST(identity__any_machine_that_signed_may_be_told),
		IDENTITY_TEST(
			identity__a_machine_that_never_signed_vouches_for_none),
		IDENTITY_TEST(
			identity__a_forged_checkpoint_is_vouched_for_by_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
