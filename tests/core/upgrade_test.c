/* upgrade_test.c - what an older program made and knows: replicas become ours
 * whole or stay as they were, and an older program loses nothing of a newer
 * one's. The golden replica was made by an early program of schema 1: a unit's,
 * with an edit by plain SQL that no program has logged yet. */
#include "core/schema/upgrade.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/buf.h"
#include "core/schema/domain.h"
#include "tests/core/replica_helper.h"

enum {
	OFFICE = 0x11,
	EDU = 0x21,
	EDU_2 = 0x22,
	LAW = 0x31,
	GOLDEN_MAX = 1 << 20
};

#define REMARK                                                              \
	"INSERT INTO field(entity, name, type, zh, writers, policy) VALUES" \
	" ('handling', 'remark', 'text', '备注', 'both', 'newest')"

static int setup(void **state)
{
	*state = helper_folder();
	return 0;
}

static int teardown(void **state)
{
	domain_pretend(0);
	helper_remove(*state);
	return 0;
}

static void run_file(const char *path, const char *sql_path)
{
	struct buf sql = BUF_INIT;
	struct err err = {0};
	sqlite3 *db = NULL;
	char *message = NULL;

	assert_int_equal(buf_read_file(&sql, sql_path, GOLDEN_MAX, &err), 0);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	if (sqlite3_exec(db, buf_text(&sql), NULL, NULL, &message) != SQLITE_OK)
		fail_msg("%s: %s", sql_path, message);
	sqlite3_close(db);
	buf_release(&sql);
}

static const char *golden(const char *folder, const char *name)
{
	const char *path = helper_path(folder, name);
	const char *source = getenv("TIAN_SOURCE");
	char sql[1024];

	snprintf(sql, sizeof(sql), "%s/tests/core/golden/replica-v1.sql",
		 source != NULL ? source : ".");
	run_file(path, sql);
	return path;
}

static void open_golden(struct node *node, const char *folder)
{
	struct err err = {0};

	snprintf(node->path, sizeof(node->path), "%s",
		 golden(folder, "golden.db"));
	if (replica_open(&node->replica, node->path, &err) < 0)
		fail_msg("%s", err.text);
	assert_int_equal(sqlite3_open(node->path, &node->plain), SQLITE_OK);
}

/* Everything that the file is made of, but for the text of tables, which
 * tells what was added to them. */
static const char SQL_MADE[] =
	"SELECT group_concat(type || ' ' || name || ' ' || tbl_name || ' ' ||"
	" CASE WHEN type = 'table' THEN (SELECT group_concat(name, ',') FROM"
	" (SELECT name FROM pragma_table_info(s.name) ORDER BY name))"
	" ELSE coalesce(sql, '') END, char(10)) FROM (SELECT * FROM"
	" sqlite_schema WHERE name NOT LIKE '\\_test%' ESCAPE '\\' AND name NOT"
	" LIKE 'sqlite\\_stat%' ESCAPE '\\' ORDER BY type, name) s";

static char *made_of(struct node *node)
{
	sqlite3_stmt *stmt = NULL;
	char *out;

	assert_int_equal(sqlite3_prepare_v2(node->plain, SQL_MADE, -1, &stmt,
					    NULL),
			 SQLITE_OK);
	assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
	out = strdup((const char *)sqlite3_column_text(stmt, 0));
	sqlite3_finalize(stmt);
	return out;
}

/* (S3) */
static void upgrade__an_old_replica_becomes_like_a_new_one(void **state)
{
	struct node old = {0};
	struct node new;
	char *is;
	char *should;

	open_golden(&old, *state);
	node_open(&new, *state, "new", "edu", EDU);
	is = made_of(&old);
	should = made_of(&new);
	assert_string_equal(is, should);
	free(is);
	free(should);
	assert_string_equal(
		ask(&old, "SELECT count(*) || ' ' || max(rank) FROM code"),
		ask(&new, "SELECT count(*) || ' ' || max(rank) FROM code"));
	assert_string_equal(ask(&old, "SELECT count(*) FROM _lifecycle"),
			    ask(&new, "SELECT count(*) FROM _lifecycle"));
	assert_string_equal(ask(&old, "SELECT count(*) FROM _field"),
			    ask(&new, "SELECT count(*) FROM _field"));
	assert_string_equal(ask(&old, "PRAGMA user_version"),
			    ask(&new, "PRAGMA user_version"));
	assert_string_equal(ask(&old, "PRAGMA integrity_check"), "ok");
	node_close(&old);
	node_close(&new);
}

static void upgrade__nothing_of_what_it_held_is_lost(void **state)
{
	struct node node = {0};

	open_golden(&node, *state);
	assert_string_equal(ask(&node, "SELECT title FROM proposal"),
			    "关于加大投入的建议");
	assert_string_equal(ask(&node, "SELECT draft FROM handling"),
			    "投入上,今年教育预算增加。");
	/* What plain SQL had left pending is logged and shown. */
	assert_string_equal(ask(&node, "SELECT phone FROM handling"), "8888");
	assert_int_equal(count(&node, "SELECT count(*) FROM _change"), 23);
	assert_int_equal(count(&node, "SELECT count(*) FROM _pending"), 0);
	assert_invariants(&node);
	/* And the next edit by plain SQL is caught. */
	plain(&node, "UPDATE handling SET phone = '9999'");
	assert_int_equal(drain(&node), 1);
	node_close(&node);
}

static void upgrade__it_happens_once(void **state)
{
	struct node node = {0};
	const char *before;

	open_golden(&node, *state);
	before = ask(&node, "PRAGMA schema_version");
	node_reopen(&node);
	assert_string_equal(ask(&node, "PRAGMA schema_version"), before);
	node_close(&node);
}

static void
upgrade__views_and_codes_of_another_program_are_made_anew(void **state)
{
	struct node node;

	node_open(&node, *state, "edu", "edu", EDU);
	plain(&node, "DROP VIEW deadline; DROP INDEX _event_kind;"
		     "DROP TABLE _lifecycle; DROP TRIGGER _handling_phone;"
		     "DROP VIEW _log;"
		     "CREATE VIEW _handling_write(k) AS SELECT 1;"
		     "CREATE VIEW my_own AS SELECT * FROM proposal;");
	sqlite3_db_config(node.plain, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
	plain(&node, "UPDATE code SET zh = '旧' WHERE list = 'class';"
		     "DELETE FROM code WHERE list = 'role';"
		     "UPDATE _meta SET value = '2 of another text' WHERE"
		     " name = 'program'");
	node_reopen(&node);
	assert_int_equal(count(&node, "SELECT count(*) FROM sqlite_schema WHERE"
				      " name IN ('deadline', '_event_kind',"
				      " '_lifecycle', '_handling_phone',"
				      " '_log', '_logged', 'my_own')"),
			 7);
	assert_int_equal(count(&node, "SELECT count(*) FROM sqlite_schema WHERE"
				      " name = '_handling_write'"),
			 0);
	assert_int_equal(count(&node, "SELECT count(*) FROM code WHERE zh ="
				      " '旧' OR (list = 'role' AND code ="
				      " 'main')"),
			 1);
	node_close(&node);
}

static void upgrade__what_the_office_made_of_a_code_stays(void **state)
{
	struct node node;

	node_open(&node, *state, "office", "office", OFFICE);
	plain(&node, "UPDATE code SET zh = '甲类' WHERE list = 'class' AND code"
		     " = 'A'");
	drain(&node);
	plain(&node, "UPDATE _meta SET value = '1' WHERE name = 'program'");
	node_reopen(&node);
	assert_string_equal(ask(&node, "SELECT zh || rank FROM code WHERE list"
				       " = 'class' AND code = 'A'"),
			    "甲类1");
	node_close(&node);
}

/* --- killed -------------------------------------------------------------- */

static int die(void *ctx)
{
	(void)ctx;
	_exit(7);
}

static int steps_left;

static int die_in(sqlite3 *db, char **message, const void *api)
{
	(void)message;
	(void)api;
	if (steps_left == 0)
		sqlite3_commit_hook(db, die, NULL);
	else
		sqlite3_progress_handler(db, steps_left, die, NULL);
	return SQLITE_OK;
}

/* Opens it in a process that dies after so many steps of SQLite's, or with 0
 * at the moment of its commit. Whether it died. */
static bool killed(const char *path, int steps)
{
	int status = 0;
	pid_t child = fork();

	if (child == 0) {
		struct replica *replica = NULL;
		struct err err = {0};

		steps_left = steps;
		sqlite3_auto_extension((void (*)(void))die_in);
		_exit(replica_open(&replica, path, &err) == 0 ? 0 : 1);
	}
	assert_true(child > 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_true(WEXITSTATUS(status) == 7 || WEXITSTATUS(status) == 0);
	return WEXITSTATUS(status) == 7;
}

static void upgrade__a_kill_leaves_the_old_replica(void **state)
{
	struct node node = {0};
	const char *path = golden(*state, "golden.db");
	size_t kills = 0;

	snprintf(node.path, sizeof(node.path), "%s", path);
	assert_true(killed(node.path, 0));
	for (int steps = 200; killed(node.path, steps); steps += steps / 2) {
		assert_int_equal(sqlite3_open(node.path, &node.plain),
				 SQLITE_OK);
		assert_string_equal(ask(&node, "PRAGMA user_version"), "1");
		assert_int_equal(count(&node, "SELECT count(*) FROM _pending"),
				 1);
		assert_string_equal(ask(&node, "PRAGMA integrity_check"), "ok");
		sqlite3_close(node.plain);
		kills++;
	}
	assert_true(kills > 5);
	assert_int_equal(sqlite3_open(node.path, &node.plain), SQLITE_OK);
	assert_string_equal(ask(&node, "PRAGMA user_version"), "2");
	sqlite3_close(node.plain);
}

/* --- an older program beside newer ones ---------------------------------- */

static void
upgrade__an_older_program_passes_on_what_it_does_not_know(void **state)
{
	struct node old;
	struct node office;
	struct node third;
	struct err err = {0};
	bool needed;

	domain_pretend(1);
	node_open(&old, *state, "old", "edu", EDU);
	assert_null(replica_schema(old.replica)->fields);
	domain_pretend(0);
	node_open(&office, *state, "office", "office", OFFICE);
	node_open(&third, *state, "third", "law", LAW);
	plain(&office, "INSERT INTO proposal(key) VALUES ('1-1-001');"
		       "INSERT INTO handling(proposal, unit) VALUES"
		       " ('1-1-001', 'edu');" REMARK);
	drain(&office);
	plain(&office, "UPDATE handling SET remark = '甲';"
		       "INSERT INTO code(list, code, zh) VALUES ('field_type',"
		       " 'money', '金额')");
	/* The older program takes it, and hands on every bit of it. */
	domain_pretend(1);
	carry_all(&old, &office);
	plain(&old, "UPDATE handling SET phone = '12'");
	assert_int_equal(count(&old, "SELECT count(*) FROM _row WHERE entity ="
				     " 5"),
			 1);
	assert_int_equal(count(&old, "SELECT count(*) FROM pragma_table_info("
				     "'handling') WHERE name = 'remark'"),
			 0);
	domain_pretend(0);
	carry_all(&third, &old);
	carry_all(&office, &old);
	assert_same_state(&third, &office, NULL);
	assert_string_equal(ask(&third, "SELECT remark || phone FROM handling"),
			    "甲12");
	/* Replaced by the newer one it has everything in its place. */
	assert_int_equal(upgrade_check(&needed, replica_db(old.replica), "old",
				       &err),
			 0);
	assert_true(needed);
	node_reopen(&old);
	assert_same_state(&old, &office, NULL);
	assert_string_equal(ask(&old, "SELECT remark || phone FROM handling"),
			    "甲12");
	assert_invariants(&old);
	node_close(&old);
	node_close(&office);
	node_close(&third);
}

static void upgrade__a_scratch_replica_is_raised_like_any(void **state)
{
	struct replica *scratch = NULL;
	struct err err = {0};

	(void)state;
	assert_int_equal(replica_open_scratch_of(&scratch, ":memory:", 1, &err),
			 0);
	assert_int_equal(replica_schema(scratch)->version, 1);
	assert_null(replica_schema(scratch)->fields);
	assert_int_equal(replica_raise(scratch, domain_version(), &err), 0);
	assert_non_null(replica_schema(scratch)->fields);
	assert_int_equal(replica_raise(scratch, domain_version() + 1, &err),
			 ERR_CORRUPT);
	replica_close(scratch);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(upgrade__an_old_replica_becomes_like_a_new_one),
		TEST(upgrade__nothing_of_what_it_held_is_lost),
		TEST(upgrade__it_happens_once),
		TEST(upgrade__views_and_codes_of_another_program_are_made_anew),
		TEST(upgrade__what_the_office_made_of_a_code_stays),
		TEST(upgrade__a_kill_leaves_the_old_replica),
		TEST(upgrade__an_older_program_passes_on_what_it_does_not_know),
		TEST(upgrade__a_scratch_replica_is_raised_like_any),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
