/* db.c - the one file that opens SQLite. Knows SQL, knows no table. */
#include "core/base/db.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/sql_memory.h"

enum { STMT_SLOTS = 1024, BUSY_MS = 10000 };

/* The write-ahead log is long, and too long, in pages of 4 KiB. */
enum { WAL_LONG = 1000, WAL_TOO_LONG = 65536 };

struct slot {
	const char *sql; /* the address is the name */
	sqlite3_stmt *stmt;
};

struct db {
	sqlite3 *conn;
	struct slot slots[STMT_SLOTS];
	size_t n_slots;
	char *made[STMT_SLOTS]; /* texts of db_stmt_made, by their hash */
	int wal;		/* pages in the write-ahead log */
};

static int db_error(struct db *db, int rc, struct err *err)
{
	const char *text = sqlite3_errmsg(db->conn);

	switch (rc & 0xff) {
	case SQLITE_CONSTRAINT:
	case SQLITE_TOOBIG:
	case SQLITE_MISMATCH:
		return err_set(err, ERR_INPUT, "%s", text);
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return err_set(err, ERR_BUSY,
			       "another process is writing this replica");
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return err_set(err, ERR_CORRUPT, "database: %s", text);
	default:
		return err_set(err, ERR_FAIL, "database: %s", text);
	}
}

static const char SQL_SETUP[] = "PRAGMA synchronous = FULL;"
				"PRAGMA foreign_keys = OFF;"
				"PRAGMA trusted_schema = OFF;"
				"PRAGMA recursive_triggers = ON;"
				"PRAGMA cell_size_check = ON;"
				"PRAGMA temp_store = MEMORY;"
				"PRAGMA cache_size = -65536;";

/* Moves the write-ahead log into the database once it is long, as SQLite
 * does by itself; but not for a transaction that alone makes it long: that is
 * left to the next one, or to closing, so that a merge is committed sooner and
 * what it wrote is moved together with what tidying makes of it. */
static int wal_grew(void *ctx, sqlite3 *conn, const char *name, int pages)
{
	struct db *db = ctx;
	int before = pages > db->wal ? db->wal : 0;

	db->wal = pages;
	if (pages >= WAL_LONG &&
	    (pages - before < WAL_LONG || before >= WAL_TOO_LONG))
		sqlite3_wal_checkpoint_v2(conn, name, SQLITE_CHECKPOINT_PASSIVE,
					  NULL, NULL);
	return SQLITE_OK;
}

int db_open(struct db **out, const char *path, enum db_mode mode,
	    struct err *err)
{
	struct db *db = calloc(1, sizeof(*db));
	int flags = SQLITE_OPEN_NOMUTEX;
	int rc = 0;

	if (db == NULL)
		return err_nomem(err);
	sql_memory_use();
	flags |= mode == DB_READ ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
	if (mode == DB_CREATE)
		flags |= SQLITE_OPEN_CREATE;
	rc = sqlite3_open_v2(path, &db->conn, flags, NULL);
	if (rc != SQLITE_OK) {
		rc = db_error(db, rc, err);
		err_wrap(err, "%s", path);
		goto done;
	}
	sqlite3_extended_result_codes(db->conn, 1);
	sqlite3_busy_timeout(db->conn, BUSY_MS);
	sqlite3_wal_hook(db->conn, wal_grew, db);
	rc = db_exec(db, SQL_SETUP, err);
	if (rc == 0 && mode == DB_CREATE)
		rc = db_exec(db, "PRAGMA journal_mode = WAL;", err);
	if (rc < 0)
		goto done;
	*out = db; /* the caller's now: db_close */
	db = NULL;
done:
	db_close(db);
	return rc;
}

void db_close(struct db *db)
{
	if (db == NULL)
		return;
	for (size_t i = 0; i < STMT_SLOTS; i++) {
		sqlite3_finalize(db->slots[i].stmt);
		free(db->made[i]);
	}
	sqlite3_close_v2(db->conn);
	free(db);
}

sqlite3 *db_handle(struct db *db)
{
	return db->conn;
}

int db_exec(struct db *db, const char *sql, struct err *err)
{
	int rc = sqlite3_exec(db->conn, sql, NULL, NULL, NULL);

	return rc == SQLITE_OK ? 0 : db_error(db, rc, err);
}

int db_prepare(sqlite3_stmt **out, struct db *db, const char *sql,
	       struct err *err)
{
	int rc = sqlite3_prepare_v3(db->conn, sql, -1,
				    SQLITE_PREPARE_PERSISTENT, out, NULL);

	return rc == SQLITE_OK ? 0 : db_error(db, rc, err);
}

int db_stmt(sqlite3_stmt **out, struct db *db, const char *sql, struct err *err)
{
	size_t at = ((uintptr_t)sql >> 3) % STMT_SLOTS;
	int rc;

	while (db->slots[at].sql != NULL && db->slots[at].sql != sql)
		at = (at + 1) % STMT_SLOTS;
	if (db->slots[at].sql == NULL) {
		if (db->n_slots >= STMT_SLOTS - 1)
			return err_set(err, ERR_FAIL, "too many statements");
		rc = db_prepare(&db->slots[at].stmt, db, sql, err);
		if (rc < 0)
			return rc;
		db->slots[at].sql = sql;
		db->n_slots++;
	}
	*out = db->slots[at].stmt;
	sqlite3_reset(*out);
	sqlite3_clear_bindings(*out);
	return 0;
}

int db_stmt_made(sqlite3_stmt **out, struct db *db, const char *sql,
		 struct err *err)
{
	uint64_t hash = 14695981039346656037ULL; /* FNV-1a */
	size_t at;

	for (const char *c = sql; *c != '\0'; c++)
		hash = (hash ^ (unsigned char)*c) * 1099511628211ULL;
	at = (size_t)(hash % STMT_SLOTS);
	while (db->made[at] != NULL && strcmp(db->made[at], sql) != 0)
		at = (at + 1) % STMT_SLOTS;
	if (db->made[at] == NULL) {
		if (db->n_slots >= STMT_SLOTS - 1)
			return err_set(err, ERR_FAIL, "too many statements");
		db->made[at] = strdup(sql);
		if (db->made[at] == NULL)
			return err_nomem(err);
	}
	return db_stmt(out, db, db->made[at], err);
}

int db_step(struct db *db, sqlite3_stmt *stmt, struct err *err)
{
	int rc = sqlite3_step(stmt);

	if (rc == SQLITE_ROW)
		return 1;
	if (rc == SQLITE_DONE)
		return 0;
	rc = db_error(db, rc, err);
	sqlite3_reset(stmt);
	return rc;
}

int db_run(struct db *db, sqlite3_stmt *stmt, struct err *err)
{
	int rc;

	do
		rc = db_step(db, stmt, err);
	while (rc > 0);
	sqlite3_reset(stmt);
	return rc;
}

int db_run_ints(struct db *db, const char *sql, const int64_t *ints, size_t n,
		struct err *err)
{
	sqlite3_stmt *stmt;
	int rc = db_stmt(&stmt, db, sql, err);

	if (rc < 0)
		return rc;
	for (size_t i = 0; i < n; i++)
		db_bind_int(stmt, (int)i + 1, ints[i]);
	return db_run(db, stmt, err);
}

int db_exists(bool *yes, struct db *db, const char *sql,
	      const char *const *words, size_t n, struct err *err)
{
	sqlite3_stmt *stmt;
	int rc = db_stmt(&stmt, db, sql, err);

	if (rc < 0)
		return rc;
	for (size_t i = 0; i < n; i++)
		db_bind_text(stmt, (int)i + 1, words[i]);
	rc = db_step(db, stmt, err);
	*yes = rc == 1;
	sqlite3_reset(stmt);
	return rc < 0 ? rc : 0;
}

int db_begin(struct db *db, struct err *err)
{
	return db_exec(db, "BEGIN IMMEDIATE", err);
}

int db_commit(struct db *db, struct err *err)
{
	return db_exec(db, "COMMIT", err);
}

int db_wait(struct db *db, bool on, struct err *err)
{
	return db_exec(db,
		       on ? "PRAGMA synchronous = FULL"
			  : "PRAGMA synchronous = NORMAL",
		       err);
}

void db_rollback(struct db *db)
{
	if (db_in_transaction(db))
		sqlite3_exec(db->conn, "ROLLBACK", NULL, NULL, NULL);
}

bool db_in_transaction(struct db *db)
{
	return sqlite3_get_autocommit(db->conn) == 0;
}

void db_capture(struct db *db, bool on)
{
	sqlite3_db_config(db->conn, SQLITE_DBCONFIG_ENABLE_TRIGGER, on ? 1 : 0,
			  (int *)NULL);
}

bool db_capturing(struct db *db)
{
	int on = 1;

	sqlite3_db_config(db->conn, SQLITE_DBCONFIG_ENABLE_TRIGGER, -1, &on);
	return on != 0;
}

void db_bind_text(sqlite3_stmt *stmt, int at, const char *text)
{
	sqlite3_bind_text(stmt, at, text, -1, SQLITE_TRANSIENT);
}

void db_bind_bytes(sqlite3_stmt *stmt, int at, const char *text, size_t len)
{
	sqlite3_bind_text64(stmt, at, text, len, SQLITE_TRANSIENT, SQLITE_UTF8);
}

void db_bind_int(sqlite3_stmt *stmt, int at, int64_t value)
{
	sqlite3_bind_int64(stmt, at, value);
}

/* `keep` says whether SQLite copies the bytes or borrows them. */
static void bind_value(sqlite3_stmt *stmt, int at, const struct value *value,
		       sqlite3_destructor_type keep)
{
	switch (value->type) {
	case VALUE_NULL:
		sqlite3_bind_null(stmt, at);
		break;
	case VALUE_INT:
		sqlite3_bind_int64(stmt, at, value->integer);
		break;
	case VALUE_REAL:
		sqlite3_bind_double(stmt, at, value->real);
		break;
	case VALUE_TEXT:
		sqlite3_bind_text64(stmt, at,
				    value->len > 0 ? value->bytes : "",
				    value->len, keep, SQLITE_UTF8);
		break;
	case VALUE_BLOB:
		if (value->len == 0)
			sqlite3_bind_zeroblob(stmt, at, 0);
		else
			sqlite3_bind_blob64(stmt, at, value->bytes, value->len,
					    keep);
		break;
	}
}

void db_bind_value(sqlite3_stmt *stmt, int at, const struct value *value)
{
	bind_value(stmt, at, value, SQLITE_TRANSIENT);
}

void db_lend_bytes(sqlite3_stmt *stmt, int at, const char *text, size_t len)
{
	sqlite3_bind_text64(stmt, at, text, len, SQLITE_STATIC, SQLITE_UTF8);
}

void db_lend_value(sqlite3_stmt *stmt, int at, const struct value *value)
{
	bind_value(stmt, at, value, SQLITE_STATIC);
}

const char *db_text(sqlite3_stmt *stmt, int column)
{
	const unsigned char *text = sqlite3_column_text(stmt, column);

	return text != NULL ? (const char *)text : "";
}

int64_t db_int(sqlite3_stmt *stmt, int column)
{
	return sqlite3_column_int64(stmt, column);
}

bool db_is_null(sqlite3_stmt *stmt, int column)
{
	return sqlite3_column_type(stmt, column) == SQLITE_NULL;
}

struct value db_value(sqlite3_stmt *stmt, int column)
{
	struct value value = {.type = VALUE_NULL};

	switch (sqlite3_column_type(stmt, column)) {
	case SQLITE_INTEGER:
		value.type = VALUE_INT;
		value.integer = sqlite3_column_int64(stmt, column);
		break;
	case SQLITE_FLOAT:
		value.type = VALUE_REAL;
		value.real = sqlite3_column_double(stmt, column);
		break;
	case SQLITE_TEXT:
		value.type = VALUE_TEXT;
		value.bytes = (const char *)sqlite3_column_text(stmt, column);
		value.len = (size_t)sqlite3_column_bytes(stmt, column);
		break;
	case SQLITE_BLOB:
		value.type = VALUE_BLOB;
		value.bytes = sqlite3_column_blob(stmt, column);
		value.len = (size_t)sqlite3_column_bytes(stmt, column);
		break;
	default:
		break;
	}
	return value;
}
