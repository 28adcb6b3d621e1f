/* corpus.h - made-up proposals, units and edits from a fixed seed.
 * Knows what an office's year looks like; measures nothing.
 *
 * Proposal k has the key 1-1-00001 + k and one main unit, u00 + k mod units.
 * Text is Chinese words drawn from a list, so it deflates like text. */
#ifndef TIAN_TESTS_BENCH_CORPUS_H
#define TIAN_TESTS_BENCH_CORPUS_H

#include <sqlite3.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "core/log/change.h"

struct random {
	uint64_t state;
};

uint64_t random_next(struct random *random); /* splitmix64 */
size_t random_below(struct random *random, size_t n);
/* Replaces *out with about `characters` characters. */
void random_text(struct buf *out, struct random *random, size_t characters);

enum { CORPUS_KEY = 32 };

void corpus_case(char out[CORPUS_KEY], size_t proposal);
void corpus_unit(char out[CORPUS_KEY], size_t unit);
/* A node's origin, from its number. */
uint64_t corpus_origin(size_t node);

struct corpus {
	size_t proposals;
	size_t units;
	size_t disputed; /* handlings whose draft the office wrote too */
};

/* A replica of the office at `path` with all of it, logged, at rest. */
void corpus_office(const char *path, const struct corpus *corpus);

/* Edit number n of a unit's node: which field of which of its handlings, and
 * what is written. 3 of 10 are the reply's text. */
struct corpus_edit {
	size_t proposal;
	uint32_t field;
	const char *name; /* the column */
	const char *text; /* borrowed until the next edit */
	size_t len;
};
enum { CORPUS_FIELDS = 7 };
void corpus_edit(struct corpus_edit *out, struct buf *text,
		 struct random *random, const struct corpus *corpus,
		 size_t unit, size_t n);

/* All edits of one unit's node as one batch, each naming its own last one on
 * the same cell as its base. corpus_batch_release. */
struct corpus_batch {
	struct batch batch;
	struct change *changes;
	struct change_id *bases;
	char *rows;
	struct buf text;
};
void corpus_batch(struct corpus_batch *out, const struct corpus *corpus,
		  size_t unit, size_t n);
void corpus_batch_release(struct corpus_batch *batch);

/* Plain SQLite, as any program would open it: WAL, synchronous=FULL. */
sqlite3 *plain_open(const char *path);
void plain_exec(sqlite3 *conn, const char *sql);
sqlite3_stmt *plain_prepare(sqlite3 *conn, const char *sql);
void plain_run(sqlite3_stmt *stmt); /* steps to the end, resets */
void plain_drop_triggers(sqlite3 *conn);
void plain_close(sqlite3 *conn);

#endif
