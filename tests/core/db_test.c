/* db_test.c - statements, transactions, and what an error of SQLite becomes. */
#include "core/base/db.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/core/replica_helper.h"

static const char SQL_ADD[] = "INSERT INTO t(a) VALUES (?)";
static const char SQL_GET[] = "SELECT a FROM t ORDER BY rowid";

static struct db *db;

static int setup(void **state)
{
	struct err err = {0};
	int rc = db_open(&db, ":memory:", DB_CREATE, &err);

	(void)state;
	if (rc == 0)
		rc = db_exec(db, "CREATE TABLE t(a ANY UNIQUE) STRICT", &err);
	return rc;
}

static int teardown(void **state)
{
	(void)state;
	db_close(db);
	return 0;
}

static void add(const struct value *value)
{
	struct err err = {0};
	sqlite3_stmt *stmt;

	assert_int_equal(db_stmt(&stmt, db, SQL_ADD, &err), 0);
	db_bind_value(stmt, 1, value);
	assert_int_equal(db_run(db, stmt, &err), 0);
}

static void db__values_of_every_type_come_back(void **state)
{
	const struct value values[] = {
		{.type = VALUE_NULL},
		{.type = VALUE_INT, .integer = INT64_MIN},
		{.type = VALUE_REAL, .real = -0.5},
		{.type = VALUE_TEXT, .bytes = "提案", .len = 6},
		{.type = VALUE_TEXT, .bytes = NULL, .len = 0},
		{.type = VALUE_BLOB, .bytes = "\0\xff", .len = 2},
		{.type = VALUE_BLOB, .bytes = NULL, .len = 0}};
	struct err err = {0};
	sqlite3_stmt *stmt;

	(void)state;
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++)
		add(&values[i]);
	assert_int_equal(db_stmt(&stmt, db, SQL_GET, &err), 0);
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		struct value got;

		assert_int_equal(db_step(db, stmt, &err), 1);
		got = db_value(stmt, 0);
		assert_true(value_equal(&got, &values[i]));
	}
	assert_int_equal(db_step(db, stmt, &err), 0);
}

static void db__a_statement_is_prepared_once(void **state)
{
	struct err err = {0};
	sqlite3_stmt *one;
	sqlite3_stmt *two;

	(void)state;
	assert_int_equal(db_stmt(&one, db, SQL_GET, &err), 0);
	assert_int_equal(db_stmt(&two, db, SQL_GET, &err), 0);
	assert_ptr_equal(one, two);
}

static void db__a_constraint_is_bad_input(void **state)
{
	const struct value one = value_int(1);
	struct err err = {0};
	sqlite3_stmt *stmt;

	(void)state;
	add(&one);
	assert_int_equal(db_stmt(&stmt, db, SQL_ADD, &err), 0);
	db_bind_value(stmt, 1, &one);
	assert_int_equal(db_run(db, stmt, &err), ERR_INPUT);
	assert_int_equal(db_exec(db,
				 "CREATE TRIGGER r BEFORE INSERT ON t"
				 " BEGIN SELECT RAISE(ABORT, '不行');"
				 " END",
				 &err),
			 0);
	assert_int_equal(db_exec(db, "INSERT INTO t VALUES (2)", &err),
			 ERR_INPUT);
	assert_string_equal(err.text, "不行");
}

static void db__a_rollback_takes_everything_back(void **state)
{
	const struct value one = value_int(1);
	struct err err = {0};
	sqlite3_stmt *stmt;

	(void)state;
	db_rollback(db); /* harmless */
	assert_int_equal(db_begin(db, &err), 0);
	assert_true(db_in_transaction(db));
	add(&one);
	db_rollback(db);
	assert_false(db_in_transaction(db));
	assert_int_equal(db_stmt(&stmt, db, SQL_GET, &err), 0);
	assert_int_equal(db_step(db, stmt, &err), 0);
}

static void db__triggers_can_be_left_out(void **state)
{
	struct err err = {0};

	(void)state;
	assert_int_equal(db_exec(db,
				 "CREATE TRIGGER r BEFORE INSERT ON t"
				 " BEGIN SELECT RAISE(ABORT, '不行');"
				 " END",
				 &err),
			 0);
	db_capture(db, false);
	assert_false(db_capturing(db));
	assert_int_equal(db_exec(db, "INSERT INTO t VALUES (2)", &err), 0);
	db_capture(db, true);
	assert_true(db_capturing(db));
	assert_int_equal(db_exec(db, "INSERT INTO t VALUES (3)", &err),
			 ERR_INPUT);
}

static void db__what_is_no_database_is_said_to_be_corrupt(void **state)
{
	static const char text[] = "这不是数据库，只是一段文字而已。";
	char *folder = helper_folder();
	const char *path = helper_path(folder, "db");
	FILE *file = fopen(path, "w");
	struct db *other = NULL;
	struct err err = {0};
	int rc;

	(void)state;
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0 && fclose(file) == 0);
	rc = db_open(&other, path, DB_WRITE, &err);
	if (rc == 0)
		rc = db_exec(other, "SELECT * FROM sqlite_schema", &err);
	assert_int_equal(rc, ERR_CORRUPT);
	db_close(other);
	helper_remove(folder);
}

static off_t size_of(const char *folder, const char *name)
{
	struct stat st;

	return stat(helper_path(folder, name), &st) == 0 ? st.st_size : 0;
}

/* A million bytes a row: a long transaction. */
static void write_much(struct db *other, int rows)
{
	struct err err = {0};

	assert_int_equal(db_begin(other, &err), 0);
	for (int i = 0; i < rows; i++)
		assert_int_equal(db_exec(other,
					 "INSERT INTO t VALUES"
					 " (zeroblob(1000000))",
					 &err),
				 0);
	assert_int_equal(db_commit(other, &err), 0);
}

/* db.c, wal_grew. */
static void db__a_long_transaction_leaves_its_log_to_the_next(void **state)
{
	char *folder = helper_folder();
	const char *path = helper_path(folder, "db");
	struct db *other = NULL;
	struct err err = {0};

	(void)state;
	assert_int_equal(db_open(&other, path, DB_CREATE, &err), 0);
	assert_int_equal(db_exec(other, "CREATE TABLE t(a)", &err), 0);
	write_much(other, 6);
	assert_true(size_of(folder, "db-wal") > 6000000);
	assert_true(size_of(folder, "db") < 1000000);
	assert_int_equal(db_exec(other, "INSERT INTO t VALUES (1)", &err), 0);
	assert_true(size_of(folder, "db") > 6000000);
	write_much(other, 6);
	assert_true(size_of(folder, "db") < 12000000);
	db_close(other);
	assert_true(size_of(folder, "db") > 12000000);
	assert_int_equal(size_of(folder, "db-wal"), 0);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(folder), 0);
	free(folder);
}

static int64_t synchronous(void)
{
	struct err err = {0};
	sqlite3_stmt *stmt;
	int64_t level;

	assert_int_equal(db_stmt(&stmt, db, "PRAGMA synchronous", &err), 0);
	assert_int_equal(db_step(db, stmt, &err), 1);
	level = db_int(stmt, 0);
	sqlite3_reset(stmt);
	return level;
}

static void db__every_commit_waits_for_the_disk_unless_told(void **state)
{
	struct err err = {0};

	(void)state;
	assert_int_equal(synchronous(), 2); /* FULL */
	assert_int_equal(db_wait(db, false, &err), 0);
	assert_int_equal(synchronous(), 1);
	assert_int_equal(db_wait(db, true, &err), 0);
	assert_int_equal(synchronous(), 2);
	assert_int_equal(db_begin(db, &err), 0);
	assert_true(db_wait(db, false, &err) < 0);
	db_rollback(db);
	assert_int_equal(synchronous(), 2);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(db__values_of_every_type_come_back),
		TEST(db__a_statement_is_prepared_once),
		TEST(db__a_constraint_is_bad_input),
		TEST(db__a_rollback_takes_everything_back),
		TEST(db__triggers_can_be_left_out),
		TEST(db__what_is_no_database_is_said_to_be_corrupt),
		TEST(db__a_long_transaction_leaves_its_log_to_the_next),
		TEST(db__every_commit_waits_for_the_disk_unless_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
