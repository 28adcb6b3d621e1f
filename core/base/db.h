/* db.h - the one file that opens SQLite, and the little every query needs.
 * Knows SQL and transactions; knows no table.
 *
 * Statements are prepared once per connection and found again by the address
 * of their text, so SQL is a catalogue of `static const char[]` above the
 * code that binds it. */
#ifndef TIAN_CORE_DB_H
#define TIAN_CORE_DB_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/log/change.h"
#include "core/base/err.h"

struct db;

enum db_mode { DB_READ, DB_WRITE, DB_CREATE };

/* WAL, synchronous=FULL, busy timeout 10 s, trusted_schema off. */
int db_open(struct db **out, const char *path, enum db_mode mode,
	    struct err *err);
void db_close(struct db *db); /* NULL is fine */
sqlite3 *db_handle(struct db *db);

/* Runs one or more statements without results. */
int db_exec(struct db *db, const char *sql, struct err *err);
/* A reset statement with its bindings cleared; the cache owns it. `sql` must
 * outlive db. */
int db_stmt(sqlite3_stmt **out, struct db *db, const char *sql,
	    struct err *err);
/* The same for text made at run time from the schema, found again by its
 * content; the cache keeps a copy. For statements that come again. */
int db_stmt_made(sqlite3_stmt **out, struct db *db, const char *sql,
		 struct err *err);
/* A statement of the caller's own (sqlite3_finalize), for text made at run
 * time from the schema. */
int db_prepare(sqlite3_stmt **out, struct db *db, const char *sql,
	       struct err *err);
/* 1 a row, 0 done, <0 error. A RAISE(ABORT, text) of our own triggers comes
 * back as ERR_INPUT with that text. */
int db_step(struct db *db, sqlite3_stmt *stmt, struct err *err);
/* Steps to the end, expecting no row; resets. */
int db_run(struct db *db, sqlite3_stmt *stmt, struct err *err);

/* The same for a statement of `sql` whose parameters are integers. */
int db_run_ints(struct db *db, const char *sql, const int64_t *ints, size_t n,
		struct err *err);

/* Whether `sql` has a row for these words (NULL among them is SQL's). */
int db_exists(bool *yes, struct db *db, const char *sql,
	      const char *const *words, size_t n, struct err *err);

/* Transactions. db_begin takes the write lock at once (BEGIN IMMEDIATE). */
int db_begin(struct db *db, struct err *err);
int db_commit(struct db *db, struct err *err);
void db_rollback(struct db *db); /* harmless outside a transaction */
/* Whether a commit waits for the disk, as it does after db_open; not within a
 * transaction. One that did not wait may be undone by a power cut until the
 * next that does, or db_close: for what can be found out again. */
int db_wait(struct db *db, bool on, struct err *err);
bool db_in_transaction(struct db *db);
/* Triggers on or off for this connection. A replica has them off, so that
 * what is merged bypasses capture, but for the time of an edit (edit.h).
 * Switching makes SQLite prepare every statement again. */
void db_capture(struct db *db, bool on);
bool db_capturing(struct db *db);

/* Binding and reading; text is copied by bind, borrowed by lend until the
 * statement has run (and not read after that), borrowed from the statement
 * until the next step by column. */
void db_bind_text(sqlite3_stmt *stmt, int at, const char *text); /* or NULL */
void db_bind_bytes(sqlite3_stmt *stmt, int at, const char *text, size_t len);
void db_bind_int(sqlite3_stmt *stmt, int at, int64_t value);
void db_bind_value(sqlite3_stmt *stmt, int at, const struct value *value);
void db_lend_bytes(sqlite3_stmt *stmt, int at, const char *text, size_t len);
void db_lend_value(sqlite3_stmt *stmt, int at, const struct value *value);
const char *db_text(sqlite3_stmt *stmt, int column); /* "" for NULL */
int64_t db_int(sqlite3_stmt *stmt, int column);
bool db_is_null(sqlite3_stmt *stmt, int column);
struct value db_value(sqlite3_stmt *stmt, int column);

#endif
