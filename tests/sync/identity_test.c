/* identity_test.c - whose key is believed: pinned, met first, changed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
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

/* A unit that was told the office's key, enrolled. */
static int init_told(const char *key)
{
	struct node_options options = {.dir = in_folder("edu"),
				       .hub = in_folder("hub"),
				       .site = "edu",
				       .office_key = key};
	struct err err = {0};

	return node_init_unit(&options, &err);
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
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
