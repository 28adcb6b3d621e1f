/* enrol_test.c - codes, names and keys of units. */
#include "cli/case/enrol.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/cli/desk_helper.h"

#include "core/log/edit.h"
#include "sync/identity/key.h"

static struct desk desk;
static char key_path[320], other_path[320];

static void make_key(char out[320], const char *name)
{
	struct key key;
	struct err err = {0};
	char path[300];

	key_generate(&key);
	snprintf(path, sizeof(path), "%s/%s", desk.dir, name);
	if (key_save(&key, path, "test", &err) < 0)
		fail_msg("%s", err.text);
	key_release(&key);
	snprintf(out, 320, "%s.pub", path);
}

static int open_desk(void **state)
{
	(void)state;
	desk_open(&desk, "office");
	desk_fill(&desk);
	make_key(key_path, "one");
	make_key(other_path, "two");
	return 0;
}

static int close_desk(void **state)
{
	char command[1024];

	(void)state;
	snprintf(command, sizeof(command), "rm -f %s/one* %s/two*", desk.dir,
		 desk.dir);
	assert_int_equal(system(command), 0);
	desk_close(&desk);
	return 0;
}

/* Changes made, or the error. */
static long enrol(const char *code, const char *name, const char *key_file)
{
	struct enrol unit = {.code = code, .name = name, .key_file = key_file};
	struct err err = {0};
	size_t n = 0;
	int rc = edit_begin(desk.replica, &err);

	if (rc == 0)
		rc = enrol_unit(&unit, desk.replica, &err);
	if (rc == 0)
		rc = edit_commit(desk.replica, NULL, NULL, &n, &err);
	else
		edit_rollback(desk.replica);
	return rc < 0 ? rc : (long)n;
}

static void enrol__a_new_unit_gets_a_row_and_a_signer(void **state)
{
	(void)state;
	assert_true(enrol("fire", "区消防大队", key_path) > 0);
	assert_string_equal(desk_ask(&desk, "SELECT name FROM unit WHERE code"
					    " = 'fire'"),
			    "区消防大队");
	assert_string_equal(desk_ask(&desk,
				     "SELECT count(*) FROM signer WHERE site ="
				     " 'fire' AND public_key LIKE"
				     " 'ssh-ed25519 AAAA%' AND"
				     " length(fingerprint) = 64"),
			    "1");
}

static void enrol__repeating_it_changes_nothing(void **state)
{
	(void)state;
	assert_true(enrol("edu", "区教育局", key_path) > 0);
	assert_int_equal(enrol("edu", "区教育局", key_path), 0);
}

static void enrol__a_second_node_adds_its_key(void **state)
{
	(void)state;
	enrol("edu", "区教育局", key_path);
	assert_true(enrol("edu", "区教育局", other_path) > 0);
	assert_string_equal(desk_ask(&desk, "SELECT count(*) FROM signer"
					    " WHERE site = 'edu'"),
			    "2");
}

static void enrol__a_key_speaks_for_one_site_only(void **state)
{
	(void)state;
	enrol("edu", "区教育局", key_path);
	assert_int_equal(enrol("hr", "区人社局", key_path), ERR_INPUT);
}

static void enrol__a_unit_met_by_name_moves_to_its_code(void **state)
{
	(void)state;
	desk_sql(&desk, "INSERT INTO handling(proposal, unit, role, due) VALUES"
			" ('1-1-002', '区民政局', 'main', '2022-09-30')");
	assert_true(enrol("mz", "区民政局", key_path) > 0);
	assert_string_equal(desk_ask(&desk, "SELECT role || ' ' || due FROM"
					    " handling WHERE unit = 'mz' AND"
					    " proposal = '1-1-002' AND void IS"
					    " NOT 1"),
			    "main 2022-09-30");
	assert_string_equal(desk_ask(&desk, "SELECT void || void_reason FROM"
					    " handling WHERE unit ="
					    " '区民政局'"),
			    "1改用正式代码 mz");
	assert_string_equal(desk_ask(&desk, "SELECT void FROM unit WHERE code"
					    " = '区民政局'"),
			    "1");
	assert_int_equal(enrol("mz", "区民政局", key_path), 0);
}

static void enrol__a_code_keeps_its_name_unless_renaming_is_said(void **state)
{
	struct enrol unit = {
		.code = "edu", .name = "区教育体育局", .rename = true};
	struct err err = {0};

	(void)state;
	assert_int_equal(enrol("edu", "区经信科技局", key_path), ERR_INPUT);
	assert_string_equal(desk_ask(&desk, "SELECT name FROM unit WHERE code"
					    " = 'edu'"),
			    "区教育局");
	assert_string_equal(desk_ask(&desk, "SELECT count(*) FROM signer"),
			    "0");
	assert_int_equal(edit_begin(desk.replica, &err), 0);
	assert_int_equal(enrol_unit(&unit, desk.replica, &err), 0);
	assert_int_equal(edit_commit(desk.replica, NULL, NULL, NULL, &err), 0);
	assert_string_equal(desk_ask(&desk, "SELECT name FROM unit WHERE code"
					    " = 'edu'"),
			    "区教育体育局");
}

static void enrol__a_name_has_one_code(void **state)
{
	struct enrol unit = {.code = "foo", .name = "区教育局", .rename = true};
	struct err err = {0};

	(void)state;
	assert_int_equal(edit_begin(desk.replica, &err), 0);
	assert_int_equal(enrol_unit(&unit, desk.replica, &err), ERR_INPUT);
	edit_rollback(desk.replica);
	assert_non_null(strstr(err.text, "edu"));
	assert_string_equal(desk_ask(&desk, "SELECT count(*) FROM unit WHERE"
					    " code = 'foo'"),
			    "0");
}

static void enrol__a_private_or_other_file_is_no_public_key(void **state)
{
	char private_path[320];

	(void)state;
	snprintf(private_path, sizeof(private_path), "%s/one", desk.dir);
	assert_int_equal(enrol("edu", "区教育局", private_path), ERR_INPUT);
	assert_int_equal(enrol("edu", "区教育局", "/dev/null"), ERR_INPUT);
}

static void enrol__a_code_must_be_fit_for_a_ref(void **state)
{
	static const char *const bad[] = {"",	  "a b", ".a",	  "-a",
					  "a..b", "a/b", "a~1",	  "a:b",
					  "\xff", "a.",	 "a.lock"};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(enrol(bad[i], "x", NULL), ERR_INPUT);
	assert_true(enrol("七.b_c-1", "x", NULL) > 0);
	assert_int_equal(enrol("ab", "", NULL), ERR_INPUT);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_desk, close_desk)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(enrol__a_new_unit_gets_a_row_and_a_signer),
		TEST(enrol__repeating_it_changes_nothing),
		TEST(enrol__a_second_node_adds_its_key),
		TEST(enrol__a_key_speaks_for_one_site_only),
		TEST(enrol__a_unit_met_by_name_moves_to_its_code),
		TEST(enrol__a_code_keeps_its_name_unless_renaming_is_said),
		TEST(enrol__a_name_has_one_code),
		TEST(enrol__a_private_or_other_file_is_no_public_key),
		TEST(enrol__a_code_must_be_fit_for_a_ref),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
