/* search.c - full text of cases.
 * Knows the index and the log's cursor; knows no command. */
#include "cli/case/search.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/base/db.h"
#include "core/base/utf8.h"

enum { GRAM = 3, DEAD_MIN = 1000 };

/* The index: `doc` gives each case the number under which it was indexed
 * last; older numbers are dead, and dropped when they are many. Positions are
 * not kept: who searches looks again (F1). */
static const char SQL_INDEX[] =
	"CREATE TABLE IF NOT EXISTS meta(name TEXT PRIMARY KEY, value) WITHOUT"
	" ROWID;"
	"CREATE TABLE IF NOT EXISTS seen(origin INTEGER PRIMARY KEY,"
	" last INTEGER NOT NULL, clock INTEGER NOT NULL);"
	"CREATE TABLE IF NOT EXISTS doc(id INTEGER PRIMARY KEY AUTOINCREMENT,"
	" key TEXT NOT NULL UNIQUE);"
	"CREATE VIRTUAL TABLE IF NOT EXISTS gram USING fts5(text, content='',"
	" detail=none, tokenize='trigram');";
static const char SQL_EMPTY[] =
	"DROP TABLE IF EXISTS gram; DROP TABLE IF EXISTS doc;"
	"DROP TABLE IF EXISTS seen; DROP TABLE IF EXISTS meta;";
static const char SQL_VERSION[] =
	"SELECT value FROM meta WHERE name = 'replica'";
static const char SQL_SET_VERSION[] =
	"INSERT OR REPLACE INTO meta(name, value) VALUES ('replica', ?1)";
static const char SQL_DEAD[] =
	"SELECT (SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name"
	" = 'doc'), (SELECT count(*) FROM doc)";
static const char SQL_SEEN[] = "SELECT last, clock FROM seen WHERE origin = ?1";
static const char SQL_SET_SEEN[] =
	"INSERT OR REPLACE INTO seen(origin, last, clock) VALUES (?1, ?2, ?3)";
static const char SQL_FORGET[] = "DELETE FROM doc WHERE key = ?1";
static const char SQL_ADD_DOC[] =
	"INSERT INTO doc(key) VALUES (?1) RETURNING id";
static const char SQL_ADD_TEXT[] =
	"INSERT INTO gram(rowid, text) VALUES (?1, ?2)";
static const char SQL_MATCH[] =
	"SELECT json_group_array(d.key) FROM gram g JOIN doc d ON d.id ="
	" g.rowid WHERE gram MATCH ?1";

/* The replica. An origin's row and the clock of its last change. */
static const char SQL_ORIGINS[] =
	"SELECT o.id, o.origin, o.last, coalesce(c.clock, 0) FROM _origin o"
	" LEFT JOIN _change c ON c.id = o.id << 40 | o.last";
static const char SQL_CLOCK[] =
	"SELECT c.clock FROM _origin o JOIN _change c ON c.id = o.id << 40 |"
	" ?2 WHERE o.origin = ?1";
static const char SQL_ALL[] = "SELECT key FROM proposal";
/* Cases written to by changes of an origin after a seq. */
static const char SQL_WRITTEN[] =
	"SELECT DISTINCT r.scope FROM _change c JOIN _row r ON r.id = c.cell"
	" >> 12 WHERE c.id > ?1 AND c.id <= ?2 AND r.scope <> ''";
static const char SQL_PENDING[] =
	"SELECT DISTINCT p.key FROM _pending w JOIN proposal p ON p.key ="
	" substr(w.row, 1, instr(w.row || '/', '/') - 1)";
/* Changes that were refused or flagged: what is shown may then be another
 * value, without a further change. */
static const char SQL_VERDICTS[] = "SELECT count(*) FROM _verdict";
static const char SQL_JUDGED[] =
	"SELECT DISTINCT r.scope FROM _verdict v JOIN _change c ON c.id ="
	" v.change JOIN _row r ON r.id = c.cell >> 12 WHERE r.scope <> ''";
static const char SQL_TEXT[] =
	"SELECT p.key || char(10) || coalesce(p.case_no, '') || char(10) ||"
	" coalesce(p.title, '') || char(10) || coalesce(p.body, '') || char(10)"
	" || coalesce(p.sponsors, '') || char(10) || coalesce(p.sector, '') ||"
	" char(10) || coalesce((SELECT group_concat(h.draft, char(10)) FROM"
	" handling h WHERE h.proposal = p.key AND h.void IS NOT 1), '')"
	" FROM proposal p WHERE p.key = ?1";

struct search {
	struct db *replica;
	struct db *index;
	struct err *err;
};

/* Runs a statement of the index on one case. */
static int index_key(struct search *search, const char *sql, const char *key,
		     int64_t *id)
{
	sqlite3_stmt *stmt;
	int rc = db_stmt(&stmt, search->index, sql, search->err);

	if (rc < 0)
		return rc;
	db_bind_text(stmt, 1, key);
	rc = db_step(search->index, stmt, search->err);
	if (rc == 1 && id)
		*id = db_int(stmt, 0);
	while (rc == 1)
		rc = db_step(search->index, stmt, search->err);
	sqlite3_reset(stmt);
	return rc;
}

static int add_text(struct search *search, int64_t id, const char *text)
{
	sqlite3_stmt *stmt;
	int rc = db_stmt(&stmt, search->index, SQL_ADD_TEXT, search->err);

	if (rc < 0)
		return rc;
	db_bind_int(stmt, 1, id);
	db_bind_text(stmt, 2, text);
	return db_run(search->index, stmt, search->err);
}

/* Indexes a case as it stands now. */
static int take_case(struct search *search, const char *key)
{
	sqlite3_stmt *stmt;
	int64_t id = 0;
	int rc = index_key(search, SQL_FORGET, key, NULL);

	if (rc == 0)
		rc = db_stmt(&stmt, search->replica, SQL_TEXT, search->err);
	if (rc < 0)
		return rc;
	db_bind_text(stmt, 1, key);
	rc = db_step(search->replica, stmt, search->err);
	if (rc == 1) {
		rc = index_key(search, SQL_ADD_DOC, key, &id);
		if (rc == 0)
			rc = add_text(search, id, db_text(stmt, 0));
	}
	sqlite3_reset(stmt);
	return rc;
}

/* Every case that a query of the replica names; ?1, ?2 are bound if it has
 * them. */
static int take_cases(struct search *search, const char *sql, int64_t from,
		      int64_t to)
{
	sqlite3_stmt *stmt;
	int rc = db_stmt(&stmt, search->replica, sql, search->err);

	if (rc < 0)
		return rc;
	if (sqlite3_bind_parameter_count(stmt) == 2) {
		db_bind_int(stmt, 1, from);
		db_bind_int(stmt, 2, to);
	}
	while ((rc = db_step(search->replica, stmt, search->err)) == 1) {
		rc = take_case(search, db_text(stmt, 0));
		if (rc < 0)
			break;
	}
	sqlite3_reset(stmt);
	return rc;
}

static int seen(int64_t *last, int64_t *clock, struct search *search,
		int64_t origin)
{
	sqlite3_stmt *stmt;
	int rc = db_stmt(&stmt, search->index, SQL_SEEN, search->err);

	*last = *clock = 0;
	if (rc < 0)
		return rc;
	db_bind_int(stmt, 1, origin);
	rc = db_step(search->index, stmt, search->err);
	if (rc == 1) {
		*last = db_int(stmt, 0);
		*clock = db_int(stmt, 1);
	}
	sqlite3_reset(stmt);
	return rc < 0 ? rc : 0;
}

static int set_seen(struct search *search, int64_t origin, int64_t last,
		    int64_t clock)
{
	sqlite3_stmt *stmt;
	int rc = db_stmt(&stmt, search->index, SQL_SET_SEEN, search->err);

	if (rc < 0)
		return rc;
	db_bind_int(stmt, 1, origin);
	db_bind_int(stmt, 2, last);
	db_bind_int(stmt, 3, clock);
	return db_run(search->index, stmt, search->err);
}

/* (F2) Does the log still hold what was seen last, with the same clock? A
 * change that was superseded and dropped is taken for the same. */
static int continues(bool *same, struct search *search, int64_t origin,
		     int64_t seen_last, int64_t seen_clock, int64_t last)
{
	sqlite3_stmt *stmt;
	int rc;

	*same = seen_last <= last;
	if (!*same || seen_last == 0)
		return 0;
	rc = db_stmt(&stmt, search->replica, SQL_CLOCK, search->err);
	if (rc < 0)
		return rc;
	db_bind_int(stmt, 1, origin);
	db_bind_int(stmt, 2, seen_last);
	rc = db_step(search->replica, stmt, search->err);
	if (rc == 1)
		*same = seen_clock == 0 || db_int(stmt, 0) == seen_clock;
	sqlite3_reset(stmt);
	return rc < 0 ? rc : 0;
}

/* What one origin wrote since; *broken if the log does not continue. */
static int take_origin(struct search *search, sqlite3_stmt *origins, bool whole,
		       bool *broken)
{
	int64_t id = db_int(origins, 0);
	int64_t origin = db_int(origins, 1);
	int64_t last = db_int(origins, 2);
	int64_t seen_last, seen_clock;
	bool same = true;
	int rc = seen(&seen_last, &seen_clock, search, origin);

	if (rc == 0 && seen_last == last && seen_clock == db_int(origins, 3))
		return 0;
	if (rc == 0)
		rc = continues(&same, search, origin, seen_last, seen_clock,
			       last);
	if (rc == 0 && !same)
		*broken = true;
	if (rc == 0 && same && !whole)
		rc = take_cases(search, SQL_WRITTEN, id << 40 | seen_last,
				id << 40 | last);
	if (rc == 0 && same)
		rc = set_seen(search, origin, last, db_int(origins, 3));
	return rc;
}

static int take_log(struct search *search, bool whole, bool *broken)
{
	sqlite3_stmt *stmt;
	int rc = db_stmt(&stmt, search->replica, SQL_ORIGINS, search->err);

	*broken = false;
	if (rc < 0)
		return rc;
	while (!*broken &&
	       (rc = db_step(search->replica, stmt, search->err)) == 1) {
		rc = take_origin(search, stmt, whole, broken);
		if (rc < 0)
			break;
	}
	sqlite3_reset(stmt);
	return rc < 0 ? rc : 0;
}

/* No origin is 0: there the number of verdicts seen is kept. */
static int take_verdicts(struct search *search)
{
	sqlite3_stmt *stmt;
	int64_t n = 0, seen_n, unused;
	int rc = db_stmt(&stmt, search->replica, SQL_VERDICTS, search->err);

	if (rc < 0)
		return rc;
	rc = db_step(search->replica, stmt, search->err);
	if (rc == 1)
		n = db_int(stmt, 0);
	sqlite3_reset(stmt);
	if (rc == 1)
		rc = seen(&seen_n, &unused, search, 0);
	if (rc < 0 || seen_n == n)
		return rc;
	rc = take_cases(search, SQL_JUDGED, 0, 0);
	return rc < 0 ? rc : set_seen(search, 0, n, 0);
}

/* Is this index of that replica, and not mostly dead? */
static int usable(bool *fit, struct search *search, const char *name)
{
	sqlite3_stmt *stmt;
	int64_t given = 0, live = 0;
	int rc = db_stmt(&stmt, search->index, SQL_VERSION, search->err);

	*fit = false;
	if (rc < 0)
		return rc;
	rc = db_step(search->index, stmt, search->err);
	if (rc == 1)
		*fit = strcmp(db_text(stmt, 0), name) == 0;
	sqlite3_reset(stmt);
	if (rc == 1)
		rc = db_stmt(&stmt, search->index, SQL_DEAD, search->err);
	if (rc < 0 || !*fit)
		return rc < 0 ? rc : 0;
	rc = db_step(search->index, stmt, search->err);
	if (rc == 1) {
		given = db_int(stmt, 0);
		live = db_int(stmt, 1);
	}
	sqlite3_reset(stmt);
	*fit = given < 2 * live + DEAD_MIN;
	return rc < 0 ? rc : 0;
}

static int set_version(struct search *search, const char *name)
{
	return index_key(search, SQL_SET_VERSION, name, NULL);
}

static int make_anew(struct search *search, const char *name)
{
	bool broken;
	int rc = db_exec(search->index, SQL_EMPTY, search->err);

	if (rc == 0)
		rc = db_exec(search->index, SQL_INDEX, search->err);
	if (rc == 0)
		rc = set_version(search, name);
	if (rc == 0)
		rc = take_log(search, true, &broken);
	if (rc == 0)
		rc = take_cases(search, SQL_ALL, 0, 0);
	return rc;
}

static int bring_up(struct search *search, const char *name)
{
	bool broken = true;
	bool fit = false;
	int rc = db_exec(search->index, SQL_INDEX, search->err);

	if (rc == 0)
		rc = usable(&fit, search, name);
	if (rc == 0 && fit)
		rc = take_log(search, false, &broken);
	if (rc == 0 && broken)
		rc = make_anew(search, name);
	if (rc == 0)
		rc = take_verdicts(search);
	/* What another program wrote and the log has not taken up yet. */
	if (rc == 0)
		rc = take_cases(search, SQL_PENDING, 0, 0);
	return rc;
}

/* The text as trigrams that must all occur: "养老服" AND "老服务". */
static void add_query(struct buf *query, const char *text)
{
	size_t len = strlen(text);

	for (size_t at = 0; at < len;) {
		size_t end = at;
		size_t n = 0;

		while (n < GRAM && end < len) {
			end += utf8_next(text + end, len - end, NULL);
			n++;
		}
		if (n < GRAM)
			return;
		buf_adds(query, query->len > 0 ? " AND \"" : "\"");
		for (size_t i = at; i < end; i++) {
			if (text[i] == '"')
				buf_addc(query, '"');
			buf_addc(query, text[i]);
		}
		buf_addc(query, '"');
		at += utf8_next(text + at, len - at, NULL);
	}
}

static int ask(struct buf *keys, struct search *search, const char *query)
{
	sqlite3_stmt *stmt;
	int rc = db_stmt(&stmt, search->index, SQL_MATCH, search->err);

	if (rc < 0)
		return rc;
	db_bind_text(stmt, 1, query);
	rc = db_step(search->index, stmt, search->err);
	if (rc == 1)
		buf_adds(keys, db_text(stmt, 0));
	sqlite3_reset(stmt);
	return rc < 0 ? rc : buf_check(keys, search->err);
}

/* One transaction on each side: the index sees one state of the replica. */
static int look_up(struct buf *keys, struct search *search, const char *version,
		   const char *query)
{
	int rc = db_begin(search->index, search->err);

	if (rc == 0)
		rc = db_exec(search->replica, "SAVEPOINT search", search->err);
	if (rc < 0)
		return rc;
	rc = bring_up(search, version);
	if (rc == 0)
		rc = ask(keys, search, query);
	db_exec(search->replica, "RELEASE search", search->err);
	if (rc == 0)
		rc = db_commit(search->index, search->err);
	else
		db_rollback(search->index);
	return rc;
}

/* The cache is written without waiting for the disk: what a power cut takes
 * from it is read again, and what it breaks is made anew. */
static int open_index(struct db **out, const char *path, struct err *err)
{
	int rc = db_open(out, path, DB_CREATE, err);

	return rc == 0 ? db_exec(*out, "PRAGMA synchronous = OFF", err) : rc;
}

/* Takes the index away with its journal, which must not outlive it. */
static void remove_index(const char *path)
{
	static const char *const tails[] = {"", "-wal", "-shm"};
	struct buf name = BUF_INIT;

	for (size_t i = 0; i < sizeof(tails) / sizeof(tails[0]); i++) {
		buf_clear(&name);
		buf_addf(&name, "%s%s", path, tails[i]);
		unlink(buf_text(&name));
	}
	buf_release(&name);
}

static int try_index(struct buf *keys, struct search *search, const char *path,
		     const char *query, uint64_t origin)
{
	char version[40];
	int rc = open_index(&search->index, path, search->err);

	snprintf(version, sizeof(version), "1:%016llx",
		 (unsigned long long)origin);
	if (rc == 0)
		rc = look_up(keys, search, version, query);
	db_close(search->index);
	search->index = NULL;
	return rc;
}

int search_cases(struct buf *keys, bool *narrowed, struct replica *replica,
		 const char *folder, const char *text, struct err *err)
{
	struct search search = {.replica = replica_db(replica), .err = err};
	struct buf query = BUF_INIT, path = BUF_INIT;
	int rc;

	*narrowed = false;
	buf_clear(keys);
	add_query(&query, text);
	if (query.len == 0)
		return 0;
	buf_addf(&path, "%s/search.db", folder);
	rc = buf_check(&query, err);
	if (rc == 0)
		rc = buf_check(&path, err);
	if (rc == 0 && access(path.data, F_OK) != 0)
		remove_index(path.data);
	for (int tries = 0; rc == 0 && tries < 2; tries++) {
		rc = try_index(keys, &search, path.data, query.data,
			       replica_origin(replica));
		if (rc != ERR_CORRUPT)
			break;
		err_clear(err);
		remove_index(path.data);
		rc = tries == 0 ? 0 : ERR_CORRUPT;
	}
	*narrowed = rc == 0;
	buf_release(&path);
	buf_release(&query);
	/* A folder that cannot be written, a cache that is in use: every case
	 * is looked at instead. */
	if (rc != 0) {
		buf_clear(keys);
		err_clear(err);
	}
	return 0;
}
