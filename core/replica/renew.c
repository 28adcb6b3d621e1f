/* renew.c - what one copy of a replica alone holds becomes the work of a new
 * origin. Knows the log; never which copy is which. */
#include "core/replica/renew.h"

#include <stdlib.h>
#include <string.h>

#include "core/merge/cell.h"
#include "core/log/change_store.h"
#include "core/base/crypto.h"

static const char SQL_MOVED[] =
	"SELECT id, bases FROM _change WHERE id BETWEEN ?1 AND ?2 ORDER BY id";
static const char SQL_CELLS[] =
	"SELECT DISTINCT cell FROM _change WHERE id BETWEEN ?1 AND ?2";
static const char SQL_MOVE[] =
	"UPDATE _change SET id = ?2, bases = ?3 WHERE id = ?1";
static const char SQL_LAST[] = "UPDATE _origin SET last = ?2 WHERE id = ?1";
static const char *const SQL_DROP[] = {
	"DELETE FROM _verdict WHERE change BETWEEN ?1 AND ?2",
	"DELETE FROM _head WHERE change BETWEEN ?1 AND ?2",
	"DELETE FROM _named WHERE change BETWEEN ?1 AND ?2",
};

struct moving {
	struct replica *replica;
	int64_t first; /* stored ids that move, both in */
	int64_t last;
	int64_t to;	/* what `first` becomes */
	struct buf ids; /* int64_t each */
};

static int64_t moved(const struct moving *moving, int64_t id)
{
	return id < moving->first || id > moving->last
		       ? id
		       : id - moving->first + moving->to;
}

static void put_id(struct buf *out, int64_t id)
{
	for (int shift = 56; shift >= 0; shift -= 8)
		buf_addc(out, (char)((uint64_t)id >> shift));
}

static int move_one(struct moving *moving, int64_t id, const void *bases,
		    size_t len, struct err *err)
{
	struct db *db = moving->replica->db;
	struct buf renamed = BUF_INIT;
	sqlite3_stmt *stmt;
	int rc = db_stmt(&stmt, db, SQL_MOVE, err);

	for (size_t i = 0; i < len / 8; i++)
		put_id(&renamed, moved(moving, store_base_at(bases, i)));
	if (rc == 0)
		rc = buf_check(&renamed, err);
	if (rc == 0) {
		db_bind_int(stmt, 1, id);
		db_bind_int(stmt, 2, moved(moving, id));
		if (len > 0)
			sqlite3_bind_blob(stmt, 3, buf_text(&renamed),
					  (int)renamed.len, SQLITE_TRANSIENT);
		else
			sqlite3_bind_null(stmt, 3);
		rc = db_run(db, stmt, err);
	}
	buf_release(&renamed);
	return rc;
}

/* Bases as they were: statements must not see rows move under them. */
static int move_all(struct moving *moving, struct err *err)
{
	struct db *db = moving->replica->db;
	struct buf bases = BUF_INIT;
	struct buf lengths = BUF_INIT;
	sqlite3_stmt *stmt;
	size_t at = 0;
	int rc = db_stmt(&stmt, db, SQL_MOVED, err);

	if (rc < 0)
		return rc;
	db_bind_int(stmt, 1, moving->first);
	db_bind_int(stmt, 2, moving->last);
	while ((rc = db_step(db, stmt, err)) > 0) {
		int64_t id = db_int(stmt, 0);
		size_t len = (size_t)sqlite3_column_bytes(stmt, 1);

		buf_add(&moving->ids, &id, sizeof(id));
		buf_add(&lengths, &len, sizeof(len));
		if (len > 0)
			buf_add(&bases, sqlite3_column_blob(stmt, 1), len);
	}
	sqlite3_reset(stmt);
	if (rc == 0)
		rc = buf_check(&moving->ids, err);
	if (rc == 0)
		rc = buf_check(&bases, err);
	for (size_t i = 0; rc == 0 && i < moving->ids.len / 8; i++) {
		int64_t id;
		size_t len;

		memcpy(&id, moving->ids.data + i * sizeof(id), sizeof(id));
		memcpy(&len, lengths.data + i * sizeof(len), sizeof(len));
		rc = move_one(moving, id, len > 0 ? bases.data + at : NULL, len,
			      err);
		at += len;
	}
	buf_release(&lengths);
	buf_release(&bases);
	return rc;
}

static int run_ints(struct db *db, const char *sql, int64_t a, int64_t b,
		    struct err *err)
{
	sqlite3_stmt *stmt;
	int rc = db_stmt(&stmt, db, sql, err);

	if (rc < 0)
		return rc;
	db_bind_int(stmt, 1, a);
	db_bind_int(stmt, 2, b);
	return db_run(db, stmt, err);
}

/* The order of heads of one time goes by origin: each cell folds again. */
static int fold_again(struct moving *moving, struct err *err)
{
	struct db *db = moving->replica->db;
	struct buf cells = BUF_INIT;
	struct buf row = BUF_INIT;
	struct cell cell;
	sqlite3_stmt *stmt;
	int rc = db_stmt(&stmt, db, SQL_CELLS, err);

	if (rc < 0)
		return rc;
	db_bind_int(stmt, 1, moving->to);
	db_bind_int(stmt, 2, moving->to + moving->last - moving->first);
	while ((rc = db_step(db, stmt, err)) > 0) {
		int64_t id = db_int(stmt, 0);

		buf_add(&cells, &id, sizeof(id));
	}
	sqlite3_reset(stmt);
	if (rc == 0)
		rc = buf_check(&cells, err);
	for (size_t i = 0; rc == 0 && i < cells.len / sizeof(int64_t); i++) {
		int64_t id;

		memcpy(&id, cells.data + i * sizeof(id), sizeof(id));
		rc = cell_load(&cell, &row, moving->replica, id, err);
		if (rc == 0)
			rc = cell_reconsider(moving->replica, &cell, err);
	}
	buf_release(&row);
	buf_release(&cells);
	return rc;
}

static int name_anew(struct replica *replica, uint64_t origin, struct err *err)
{
	char hex[17];
	int rc;

	change_origin_format(hex, origin);
	rc = replica_set(replica, "origin", hex, err);
	if (rc == 0)
		replica->origin = origin;
	return rc;
}

int renew_origin(struct replica *replica, uint64_t base, struct err *err)
{
	struct moving moving = {.replica = replica};
	uint64_t fresh = 0;
	int64_t from;
	int64_t to;
	int rc = store_origin(&from, replica, replica->origin, replica->site,
			      err);

	while (fresh == 0)
		fresh = crypto_random_u64() >> 1;
	if (rc == 0)
		rc = store_origin(&to, replica, fresh, replica->site, err);
	if (rc < 0)
		return rc;
	moving.first = store_id(from, base + 1);
	moving.last = store_id(from + 1, 0) - 1;
	moving.to = store_id(to, 1);
	for (size_t i = 0; rc == 0 && i < sizeof(SQL_DROP) / sizeof(*SQL_DROP);
	     i++)
		rc = run_ints(replica->db, SQL_DROP[i], moving.first,
			      moving.last, err);
	if (rc == 0)
		rc = move_all(&moving, err);
	if (rc == 0)
		rc = run_ints(replica->db, SQL_LAST, from, (int64_t)base, err);
	if (rc == 0)
		rc = run_ints(replica->db, SQL_LAST, to,
			      (int64_t)(moving.ids.len / 8), err);
	if (rc == 0)
		rc = fold_again(&moving, err);
	if (rc == 0)
		rc = name_anew(replica, fresh, err);
	buf_release(&moving.ids);
	return rc < 0 ? err_wrap(err, "a new name for this copy") : 0;
}

int renew_reload(struct replica *replica, struct err *err)
{
	char *text = NULL;
	int rc = replica_get(&text, replica, "origin", err);

	if (rc == 0 && !change_origin_parse(&replica->origin, text))
		rc = err_set(err, ERR_CORRUPT, "replica has no origin");
	free(text);
	return rc;
}
