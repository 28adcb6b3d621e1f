/* capture_bench.c - what it costs that edits are logged.
 * Plain SQL on the office's table `proposal`, by a plain SQLite connection,
 * with our triggers and without. */
#include "tests/bench/groups.h"

#include <stdio.h>
#include <string.h>

#include "core/log/change_log.h"
#include "tests/bench/corpus.h"
#include "tests/bench/measure.h"

enum { PROPOSALS = 5000, UPDATES = 10000, DURABLE = 400 };

static const struct corpus corpus = {.proposals = PROPOSALS, .units = 50};

enum variant { CAPTURED, PLAIN, SESSION };

/* n updates of single fields; in one transaction, or each in its own. */
static double run_updates(sqlite3 *conn, size_t n, bool one)
{
	sqlite3_stmt *stmt = plain_prepare(
		conn, "UPDATE proposal SET category = ?1 WHERE key = ?2");
	struct random random = {7};
	char key[CORPUS_KEY];
	char value[64];
	double start = seconds();

	if (one)
		plain_exec(conn, "BEGIN IMMEDIATE");
	for (size_t i = 0; i < n; i++) {
		corpus_case(key, random_below(&random, PROPOSALS));
		snprintf(value, sizeof(value), "经济建设%zu", i);
		sqlite3_bind_text(stmt, 1, value, -1, SQLITE_STATIC);
		sqlite3_bind_text(stmt, 2, key, -1, SQLITE_STATIC);
		plain_run(stmt);
	}
	if (one)
		plain_exec(conn, "COMMIT");
	start = seconds() - start;
	sqlite3_finalize(stmt);
	return start * 1e6 / (double)n;
}

static double measure(const char *office, enum variant variant, size_t n,
		      bool one)
{
	const char *path = scratch("capture.db");
	sqlite3_session *session = NULL;
	sqlite3 *conn;
	double time;

	copy_file(office, path);
	conn = plain_open(path);
	if (variant != CAPTURED)
		plain_drop_triggers(conn);
	if (variant == SESSION) {
		sqlite3session_create(conn, "main", &session);
		sqlite3session_attach(session, "proposal");
	}
	plain_exec(conn, "PRAGMA wal_checkpoint(TRUNCATE)");
	time = run_updates(conn, n, one);
	if (session != NULL)
		sqlite3session_delete(session);
	plain_close(conn);
	scratch_remove(path);
	return time;
}

/* Captured and then taken into the log, as the next command does. */
static double measure_drain(const char *office)
{
	const char *path = scratch("drain.db");
	struct replica *replica = NULL;
	struct err err = {0};
	size_t n = 0;
	sqlite3 *conn;
	double time;

	copy_file(office, path);
	conn = plain_open(path);
	run_updates(conn, UPDATES, true);
	plain_close(conn);
	must(replica_open(&replica, path, &err), &err, "open");
	time = seconds();
	must(db_begin(replica_db(replica), &err), &err, "begin");
	must(change_log_drain(replica, &n, &err), &err, "drain");
	must(db_commit(replica_db(replica), &err), &err, "commit");
	time = seconds() - time;
	must_true(n == UPDATES, "log every update");
	replica_close(replica);
	scratch_remove(path);
	return time * 1e6 / UPDATES;
}

void bench_capture(void)
{
	struct row one = {.id = "capture.one_transaction",
			  .what = "10,000 updates, one transaction",
			  .unit = "us/update",
			  .floor_what = "same table without triggers",
			  .kind = TARGET_RATIO_MAX,
			  .target = 2.0};
	struct row session = {.id = "capture.session",
			      .what = "the same by SQLite's session extension",
			      .unit = "us/update",
			      .floor_what = "same table without triggers"};
	struct row durable = {.id = "capture.durable",
			      .what = "updates, each its own transaction",
			      .unit = "us/update",
			      .floor_what = "same table without triggers",
			      .kind = TARGET_RATIO_MAX,
			      .target = 1.15};
	struct row drain = {.id = "capture.drain",
			    .what = "taking 10,000 captured updates into the"
				    " log",
			    .unit = "us/update"};
	const char *office = scratch("office.db");

	corpus_office(office, &corpus);
	settle();
	for (size_t i = 0; i < RUNS; i++) {
		double floor = measure(office, PLAIN, UPDATES, true);

		row_add(&one, measure(office, CAPTURED, UPDATES, true), floor);
		row_add(&session, measure(office, SESSION, UPDATES, true),
			floor);
		row_add(&drain, measure_drain(office), 0);
		floor = measure(office, PLAIN, DURABLE, false);
		row_add(&durable, measure(office, CAPTURED, DURABLE, false),
			floor);
	}
	row_write(&one);
	row_write(&session);
	row_write(&drain);
	row_write(&durable);
}
