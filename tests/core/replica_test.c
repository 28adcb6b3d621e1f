/* replica_test.c - making, opening and refusing to open a node's file. */
#include "core/replica/replica.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/core/replica_helper.h"

static int setup(void **state)
{
	*state = helper_folder();
	return 0;
}

static int teardown(void **state)
{
	helper_remove(*state);
	return 0;
}

static const char *make(const char *folder, const char *site)
{
	const struct replica_identity id = {.site = site, .author = "王芳"};
	const char *path = helper_path(folder, "tian.db");
	struct err err = {0};

	assert_int_equal(replica_create(path, &id, &err), 0);
	return path;
}

static void tamper(const char *path, const char *sql)
{
	sqlite3 *db = NULL;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}

static void replica__what_was_made_can_be_opened(void **state)
{
	const char *path = make(*state, "edu");
	struct replica *replica = NULL;
	struct err err = {0};
	uint64_t origin;

	assert_int_equal(replica_open(&replica, path, &err), 0);
	assert_string_equal(replica_site(replica), "edu");
	assert_string_equal(replica_author(replica), "王芳");
	assert_false(replica_is_office(replica));
	origin = replica_origin(replica);
	assert_true(origin > 0 && origin >> 63 == 0);
	replica_close(replica);
	/* Its number stays. */
	assert_int_equal(replica_open(&replica, path, &err), 0);
	assert_true(replica_origin(replica) == origin);
	replica_close(replica);
}

static void replica__one_is_not_made_over_another(void **state)
{
	const char *path = make(*state, "edu");
	const struct replica_identity id = {.site = "hr"};
	struct err err = {0};

	assert_int_equal(replica_create(path, &id, &err), ERR_INPUT);
}

static void replica__what_a_killed_one_left_behind_is_no_obstacle(void **state)
{
	const char *path = helper_path(*state, "tian.db.tmp");
	struct replica *replica = NULL;
	struct err err = {0};
	FILE *half = fopen(path, "w");

	fputs("half a replica", half);
	fclose(half);
	path = make(*state, "edu");
	assert_int_equal(replica_open(&replica, path, &err), 0);
	replica_close(replica);
	assert_int_not_equal(access(helper_path(*state, "tian.db.tmp"), F_OK),
			     0);
}

static void replica__what_is_none_is_not_opened(void **state)
{
	struct replica *replica = NULL;
	struct err err = {0};
	const char *path = helper_path(*state, "tian.db");

	assert_int_equal(replica_open(&replica, path, &err), ERR_MISSING);
	make(*state, "edu");
	tamper(path, "PRAGMA application_id = 7");
	assert_int_equal(replica_open(&replica, path, &err), ERR_INPUT);
	assert_non_null(strstr(err.text, "is not a replica"));
	tamper(path, "PRAGMA application_id = 0x5449414e;"
		     "PRAGMA user_version = 9;"
		     "UPDATE _meta SET value = '9' WHERE name = 'min_reader'");
	assert_int_equal(replica_open(&replica, path, &err), ERR_INPUT);
	assert_non_null(strstr(err.text, "newer program"));
	/* Where nothing is said of older readers, there are none. */
	tamper(path, "DELETE FROM _meta WHERE name = 'min_reader'");
	assert_int_equal(replica_open(&replica, path, &err), ERR_INPUT);
}

static void replica__a_newer_one_that_allows_it_is_opened_as_it_is(void **state)
{
	const char *path = make(*state, "edu");
	struct replica *replica = NULL;
	struct err err = {0};

	tamper(path, "PRAGMA user_version = 9;"
		     "UPDATE _field SET policy = 'of the future' WHERE"
		     " entity = 11 AND name = 'phone'");
	assert_int_equal(replica_open(&replica, path, &err), 0);
	assert_true(replica_newer(replica));
	assert_int_equal(
		entity_field_named(schema_entity_named(replica_schema(replica),
						       "handling"),
				   "phone")
			->policy,
		POLICY_UNKNOWN);
	replica_close(replica);
	/* It was not made over into one of this program's. */
	assert_int_equal(replica_open(&replica, path, &err), 0);
	assert_int_equal(replica_schema(replica)->version, 9);
	replica_close(replica);
}

static void replica__an_author_no_batch_could_carry_is_refused(void **state)
{
	char name[300];
	struct replica_identity id = {.site = "edu", .author = name};
	struct err err = {0};

	memset(name, 'a', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	assert_int_equal(replica_create(helper_path(*state, "tian.db"), &id,
					&err),
			 ERR_INPUT);
	id.author = "\xcd\xf5"; /* 王 in GBK */
	assert_int_equal(replica_create(helper_path(*state, "tian.db"), &id,
					&err),
			 ERR_INPUT);
}

static void replica__small_facts_are_kept(void **state)
{
	const char *path = make(*state, "edu");
	struct replica *replica = NULL;
	struct err err = {0};
	char *value = NULL;

	assert_int_equal(replica_open(&replica, path, &err), 0);
	assert_int_equal(replica_get(&value, replica, "hub", &err), 0);
	assert_string_equal(value, "");
	free(value);
	assert_int_equal(replica_set(replica, "hub", "/u盘/hub", &err), 0);
	assert_int_equal(replica_set(replica, "hub", "/u盘/hub2", &err), 0);
	replica_close(replica);
	assert_int_equal(replica_open(&replica, path, &err), 0);
	assert_int_equal(replica_get(&value, replica, "hub", &err), 0);
	assert_string_equal(value, "/u盘/hub2");
	free(value);
	replica_close(replica);
}

/* Edits outside edit_begin would bypass the log: they are not captured, and
 * this is where that is written down. */
static void replica__triggers_are_on_during_an_edit_only(void **state)
{
	const char *path = make(*state, "office");
	struct replica *replica = NULL;
	struct err err = {0};
	struct db *db;

	assert_int_equal(replica_open(&replica, path, &err), 0);
	db = replica_db(replica);
	assert_false(db_capturing(db));
	assert_int_equal(edit_begin(replica, &err), 0);
	assert_true(db_capturing(db));
	assert_int_equal(edit_commit(replica, NULL, NULL, NULL, &err), 0);
	assert_false(db_capturing(db));
	assert_int_equal(edit_begin(replica, &err), 0);
	edit_rollback(replica);
	assert_false(db_capturing(db));
	replica_close(replica);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(replica__what_was_made_can_be_opened),
		TEST(replica__one_is_not_made_over_another),
		TEST(replica__what_a_killed_one_left_behind_is_no_obstacle),
		TEST(replica__what_is_none_is_not_opened),
		TEST(replica__a_newer_one_that_allows_it_is_opened_as_it_is),
		TEST(replica__an_author_no_batch_could_carry_is_refused),
		TEST(replica__small_facts_are_kept),
		TEST(replica__triggers_are_on_during_an_edit_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
