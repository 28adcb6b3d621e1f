/* merge_bench.c - what it costs to take in what others wrote.
 * The office's merge alone: from batches in msgpack to committed, every
 * change authorised and every conflict found. No git, no signatures. */
#include "tests/bench/groups.h"

#include <stdio.h>
#include <string.h>

#include "core/merge/apply.h"
#include "core/log/change_log.h"
#include "core/base/clock.h"
#include "core/merge/conflict.h"
#include "sync/wire/batch.h"
#include "tests/bench/corpus.h"
#include "tests/bench/measure.h"

enum { UNITS = 50, CHANGES = 100000, EACH = CHANGES / UNITS };

static const struct corpus corpus = {
	.proposals = 5000, .units = UNITS, .disputed = 500};

static void encode_all(struct buf *bytes)
{
	struct corpus_batch batch;
	struct err err = {0};

	for (size_t i = 0; i < UNITS; i++) {
		corpus_batch(&batch, &corpus, i, EACH);
		must(batch_encode(&bytes[i], &batch.batch, &err), &err,
		     "encode");
		corpus_batch_release(&batch);
	}
}

static void take_in(struct replica *replica, const struct buf *bytes)
{
	const struct apply_options options = {
		.authorise = true,
		.gapless = true,
		.now = clock_stamp(clock_now_ms())};
	struct apply_result result = {0};
	struct err err = {0};

	for (size_t i = 0; i < UNITS; i++) {
		struct batch *batch = NULL;

		must(batch_decode(&batch, bytes[i].data, bytes[i].len, &err),
		     &err, "decode");
		must(apply_batch(replica, batch, &options, &result, &err), &err,
		     "apply");
		batch_free(batch);
	}
	must_true(result.applied == CHANGES && result.refused == 0,
		  "apply every change");
	apply_result_release(&result);
}

/* What waited until the merge was over. */
static double measure_tidy(struct replica *replica)
{
	struct err err = {0};
	double time = seconds();
	size_t n = 0;

	must(db_begin(replica_db(replica), &err), &err, "begin");
	must(apply_tidy(&n, replica, SIZE_MAX, &err), &err, "tidy");
	must(db_commit(replica_db(replica), &err), &err, "commit");
	must_true(n > 0, "deflate something");
	return (seconds() - time) * 1e6 / CHANGES;
}

static double measure_ours(const char *office, const struct buf *bytes,
			   size_t *conflicts, double *tidying)
{
	const char *path = scratch("ours.db");
	struct replica *replica = NULL;
	struct err err = {0};
	size_t soft = 0;
	size_t hard = 0;
	double time;

	copy_file(office, path);
	must(replica_open(&replica, path, &err), &err, "open");
	time = seconds();
	must(db_begin(replica_db(replica), &err), &err, "begin");
	take_in(replica, bytes);
	must(db_commit(replica_db(replica), &err), &err, "commit");
	time = seconds() - time;
	must(conflict_count(&soft, &hard, replica, &err), &err, "count");
	*conflicts = soft + hard;
	*tidying = measure_tidy(replica);
	replica_close(replica);
	scratch_remove(path);
	return CHANGES / time;
}

/* The same edits as changesets, cut so that no row stands twice in one:
 * a changeset would keep the last value only. */
struct changesets {
	void *bytes[EACH];
	int len[EACH];
	size_t n;
};

/* Edit n of every unit; the units' rows are their own. */
static void edit_once(sqlite3 *conn, struct random *random, size_t n)
{
	static sqlite3_stmt *stmts[16];
	struct buf text = BUF_INIT;
	struct corpus_edit edit;
	char key[CORPUS_KEY];
	char sql[128];

	for (size_t unit = 0; unit < UNITS; unit++) {
		sqlite3_stmt **stmt;

		corpus_edit(&edit, &text, &random[unit], &corpus, unit, n);
		stmt = &stmts[edit.field];
		if (*stmt == NULL) {
			snprintf(sql, sizeof(sql),
				 "UPDATE handling SET %s = ?1"
				 " WHERE proposal = ?2",
				 edit.name);
			*stmt = plain_prepare(conn, sql);
		}
		corpus_case(key, edit.proposal);
		sqlite3_bind_text(*stmt, 1, edit.text, (int)edit.len,
				  SQLITE_STATIC);
		sqlite3_bind_text(*stmt, 2, key, -1, SQLITE_STATIC);
		plain_run(*stmt);
	}
	if (n == EACH - 1)
		for (size_t i = 0; i < 16; i++)
			sqlite3_finalize(stmts[i]);
	buf_release(&text);
}

static void record(struct changesets *out, const char *office)
{
	const char *path = scratch("units.db");
	struct random random[UNITS];
	size_t own = corpus.proposals / UNITS;
	sqlite3_session *session = NULL;
	sqlite3 *conn;

	copy_file(office, path);
	conn = plain_open(path);
	plain_drop_triggers(conn);
	/* The units have not seen what the office wrote meanwhile. */
	plain_exec(conn, "UPDATE handling SET class_proposed = NULL; BEGIN");
	for (size_t i = 0; i < UNITS; i++)
		random[i].state = i + 1000;
	for (size_t n = 0; n < EACH; n++) {
		if (n % own == 0) {
			sqlite3session_create(conn, "main", &session);
			sqlite3session_attach(session, "handling");
		}
		edit_once(conn, random, n);
		if (n % own == own - 1) {
			sqlite3session_changeset(session, &out->len[out->n],
						 &out->bytes[out->n]);
			sqlite3session_delete(session);
			out->n++;
		}
	}
	plain_exec(conn, "COMMIT");
	plain_close(conn);
	scratch_remove(path);
}

static int take_theirs(void *ctx, int kind, sqlite3_changeset_iter *at)
{
	(void)at;
	++*(size_t *)ctx;
	return kind == SQLITE_CHANGESET_DATA ? SQLITE_CHANGESET_REPLACE
					     : SQLITE_CHANGESET_OMIT;
}

static double measure_session(const char *office, struct changesets *sets)
{
	const char *path = scratch("session.db");
	size_t conflicts = 0;
	sqlite3 *conn;
	double time;

	copy_file(office, path);
	conn = plain_open(path);
	plain_drop_triggers(conn);
	plain_exec(conn, "PRAGMA wal_checkpoint(TRUNCATE)");
	time = seconds();
	plain_exec(conn, "BEGIN IMMEDIATE");
	for (size_t i = 0; i < sets->n; i++)
		must_true(sqlite3changeset_apply(
				  conn, sets->len[i], sets->bytes[i], NULL,
				  take_theirs, &conflicts) == SQLITE_OK,
			  "apply a changeset");
	plain_exec(conn, "COMMIT");
	time = seconds() - time;
	must_true(conflicts > 0, "find conflicts by session");
	plain_close(conn);
	scratch_remove(path);
	return CHANGES / time;
}

void bench_merge(void)
{
	struct row row = {.id = "merge.speed",
			  .what = "100,000 changes of 50 units into 5,000"
				  " proposals",
			  .unit = "changes/s",
			  .floor_what = "sqlite3changeset_apply, a handler",
			  .kind = TARGET_RATIO_MIN,
			  .target = 1.0};
	struct row speed = {.id = "merge.alone",
			    .what = "the same, by itself",
			    .unit = "changes/s",
			    .kind = TARGET_MIN,
			    .target = 100000};
	struct row tidy = {.id = "merge.tidy",
			   .what = "deflating afterwards what it superseded",
			   .unit = "us/change"};
	static struct changesets sets;
	struct buf bytes[UNITS] = {BUF_INIT};
	const char *office = scratch("merge.db");
	size_t conflicts = 0;

	corpus_office(office, &corpus);
	encode_all(bytes);
	record(&sets, office);
	settle();
	for (size_t i = 0; i < RUNS; i++) {
		double floor = measure_session(office, &sets);
		double tidying;
		double ours = measure_ours(office, bytes, &conflicts, &tidying);

		row_add(&row, ours, floor);
		row_add(&speed, ours, 0);
		row_add(&tidy, tidying, 0);
	}
	fprintf(stderr, "  (%zu cells in conflict)\n", conflicts);
	must_true(conflicts > 0, "find conflicts");
	row_write(&row);
	row_write(&speed);
	row_write(&tidy);
	for (size_t i = 0; i < UNITS; i++)
		buf_release(&bytes[i]);
	for (size_t i = 0; i < sets.n; i++)
		sqlite3_free(sets.bytes[i]);
}
