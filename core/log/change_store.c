/* change_store.c - rows of _change and what they point at. */
#include "core/log/change_store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/deflate.h"

static const char SQL_ORIGIN_FIND[] =
	"SELECT id, site FROM _origin WHERE origin = ?";
static const char SQL_ORIGIN_ADD[] =
	"INSERT INTO _origin(origin, site) VALUES (?, ?)";
static const char SQL_ORIGIN_SITE[] =
	"UPDATE _origin SET site = ? WHERE id = ?";
static const char SQL_ORIGIN_OF[] = "SELECT origin FROM _origin WHERE id = ?";
static const char SQL_AUTHOR_FIND[] = "SELECT id FROM _author WHERE name = ?";
static const char SQL_AUTHOR_ADD[] = "INSERT INTO _author(name) VALUES (?)";
static const char SQL_INSERT[] =
	"INSERT INTO _change(id, cell, clock, author, flags, value, bases,"
	" reason, extra) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)";
static const char SQL_EXISTS[] = "SELECT 1 FROM _change WHERE id = ?";
static const char SQL_FLAGS[] = "UPDATE _change SET flags = ? WHERE id = ?";
static const char SQL_IS_LONG[] =
	"SELECT 1 FROM _change WHERE id = ? AND flags & 12 = 8";
static const char SQL_VALUE[] = "SELECT value, flags FROM _change WHERE id = ?";
static const char SQL_SHRINK[] =
	"UPDATE _change SET value = ?2, flags = (flags | 4) & ~16 WHERE id = ?1";
static const char SQL_LEAVE[] =
	"UPDATE _change SET flags = flags & ~24 WHERE id = ?";
static const char SQL_SHRINK_LATER[] =
	"UPDATE _change SET flags = flags | 16 WHERE id = ? AND flags & 28 = 8";
static const char SQL_WAITING[] =
	"SELECT id FROM _change INDEXED BY _change_waiting"
	" WHERE flags & 16 AND id > ? ORDER BY id LIMIT 1";

int64_t store_id(int64_t origin, uint64_t seq)
{
	return (int64_t)((uint64_t)origin << STORE_SEQ_BITS | seq);
}

static int adopt_site(struct replica *replica, int64_t id, const char *known,
		      const char *site, uint64_t origin, struct err *err)
{
	sqlite3_stmt *stmt;
	int rc;

	if (site == NULL || strcmp(known, site) == 0)
		return 0;
	if (known[0] != '\0')
		return err_set(err, ERR_CORRUPT,
			       "origin %016llx belongs to site %s, not %s",
			       (unsigned long long)origin, known, site);
	rc = db_stmt(&stmt, replica->db, SQL_ORIGIN_SITE, err);
	if (rc < 0)
		return rc;
	db_bind_text(stmt, 1, site);
	db_bind_int(stmt, 2, id);
	return db_run(replica->db, stmt, err);
}

int store_origin(int64_t *out, struct replica *replica, uint64_t origin,
		 const char *site, struct err *err)
{
	sqlite3_stmt *stmt;
	char known[CHANGE_NAME_MAX + 1];
	int rc = db_stmt(&stmt, replica->db, SQL_ORIGIN_FIND, err);

	if (rc < 0)
		return rc;
	db_bind_int(stmt, 1, (int64_t)origin);
	rc = db_step(replica->db, stmt, err);
	if (rc < 0)
		return rc;
	if (rc > 0) {
		*out = db_int(stmt, 0);
		snprintf(known, sizeof(known), "%s", db_text(stmt, 1));
		sqlite3_reset(stmt);
		return adopt_site(replica, *out, known, site, origin, err);
	}
	rc = db_stmt(&stmt, replica->db, SQL_ORIGIN_ADD, err);
	if (rc < 0)
		return rc;
	db_bind_int(stmt, 1, (int64_t)origin);
	db_bind_text(stmt, 2, site);
	rc = db_run(replica->db, stmt, err);
	*out = sqlite3_last_insert_rowid(db_handle(replica->db));
	return rc;
}

int store_author(int64_t *out, struct replica *replica, const char *name,
		 struct err *err)
{
	sqlite3_stmt *stmt;
	int rc = db_stmt(&stmt, replica->db, SQL_AUTHOR_FIND, err);

	if (rc < 0)
		return rc;
	db_bind_text(stmt, 1, name);
	rc = db_step(replica->db, stmt, err);
	if (rc < 0)
		return rc;
	if (rc > 0) {
		*out = db_int(stmt, 0);
		sqlite3_reset(stmt);
		return 0;
	}
	rc = db_stmt(&stmt, replica->db, SQL_AUTHOR_ADD, err);
	if (rc < 0)
		return rc;
	db_bind_text(stmt, 1, name);
	rc = db_run(replica->db, stmt, err);
	*out = sqlite3_last_insert_rowid(db_handle(replica->db));
	return rc;
}

int store_change_id(struct change_id *out, struct replica *replica, int64_t id,
		    struct err *err)
{
	sqlite3_stmt *stmt;
	int rc = db_stmt(&stmt, replica->db, SQL_ORIGIN_OF, err);

	if (rc < 0)
		return rc;
	db_bind_int(stmt, 1, id >> STORE_SEQ_BITS);
	rc = db_step(replica->db, stmt, err);
	if (rc < 0)
		return rc;
	if (rc == 0)
		return err_set(err, ERR_CORRUPT, "unknown origin %lld",
			       (long long)(id >> STORE_SEQ_BITS));
	out->origin = (uint64_t)db_int(stmt, 0);
	out->seq = (uint64_t)id & ((1ULL << STORE_SEQ_BITS) - 1);
	sqlite3_reset(stmt);
	return 0;
}

static int bind_bases(sqlite3_stmt *stmt, int at, const int64_t *bases,
		      size_t n, struct err *err)
{
	unsigned char small[64];
	unsigned char *blob = small;

	if (n == 0)
		return 0;
	if (n * 8 > sizeof(small) && (blob = malloc(n * 8)) == NULL)
		return err_nomem(err);
	for (size_t i = 0; i < n; i++)
		for (int k = 0; k < 8; k++)
			blob[i * 8 + (size_t)k] =
				(unsigned char)((uint64_t)bases[i] >>
						(56 - 8 * k));
	sqlite3_bind_blob64(stmt, at, blob, n * 8, SQLITE_TRANSIENT);
	if (blob != small)
		free(blob);
	return 0;
}

int64_t store_base_at(const void *blob, size_t index)
{
	const unsigned char *at = (const unsigned char *)blob + index * 8;
	uint64_t id = 0;

	for (int k = 0; k < 8; k++)
		id = id << 8 | at[k];
	return (int64_t)id;
}

/* `extra` is kept with the number of its elements in 4 bytes before it. */
static void bind_extra(sqlite3_stmt *stmt, int at, const struct stored *change)
{
	struct buf raw = BUF_INIT;

	if (change->n_extra == 0)
		return;
	for (int k = 0; k < 4; k++)
		buf_addc(&raw, (char)(change->n_extra >> (24 - 8 * k)));
	buf_add(&raw, change->extra, change->extra_len);
	sqlite3_bind_blob64(stmt, at, buf_text(&raw), raw.len,
			    SQLITE_TRANSIENT);
	buf_release(&raw);
}

int store_insert(struct replica *replica, const struct stored *change,
		 struct err *err)
{
	unsigned flags = change->flags;
	sqlite3_stmt *stmt;
	int rc = db_stmt(&stmt, replica->db, SQL_INSERT, err);

	if (rc < 0)
		return rc;
	if (change->value.type == VALUE_TEXT &&
	    change->value.len >= DEFLATE_MIN)
		flags |= change->superseded ? STORE_LONG | STORE_WAITING
					    : STORE_LONG;
	db_bind_int(stmt, 1, change->id);
	db_bind_int(stmt, 2, change->cell);
	db_bind_int(stmt, 3, (int64_t)change->clock);
	db_bind_int(stmt, 4, change->author);
	db_bind_int(stmt, 5, flags);
	db_lend_value(stmt, 6, &change->value);
	rc = bind_bases(stmt, 7, change->bases, change->n_bases, err);
	if (rc < 0)
		return rc;
	if (change->reason != NULL)
		db_lend_bytes(stmt, 8, change->reason, change->reason_len);
	bind_extra(stmt, 9, change);
	return db_run(replica->db, stmt, err);
}

int store_exists(bool *out, struct replica *replica, int64_t id,
		 struct err *err)
{
	sqlite3_stmt *stmt;
	int rc = db_stmt(&stmt, replica->db, SQL_EXISTS, err);

	if (rc < 0)
		return rc;
	db_bind_int(stmt, 1, id);
	rc = db_step(replica->db, stmt, err);
	*out = rc > 0;
	sqlite3_reset(stmt);
	return rc < 0 ? rc : 0;
}

int store_set_flags(struct replica *replica, int64_t id, unsigned flags,
		    struct err *err)
{
	sqlite3_stmt *stmt;
	int rc = db_stmt(&stmt, replica->db, SQL_FLAGS, err);

	if (rc < 0)
		return rc;
	db_bind_int(stmt, 1, flags);
	db_bind_int(stmt, 2, id);
	return db_run(replica->db, stmt, err);
}

int store_column_value(struct value *out, struct buf *bytes, sqlite3_stmt *stmt,
		       int value, int flags, struct err *err)
{
	*out = db_value(stmt, value);
	if ((db_int(stmt, flags) & STORE_DEFLATED) == 0)
		return 0;
	buf_clear(bytes);
	if (deflate_unpack(bytes, out->bytes, out->len, CHANGE_VALUE_MAX, err) <
	    0)
		return err->code;
	out->type = VALUE_TEXT;
	out->bytes = buf_text(bytes);
	out->len = bytes->len;
	return 0;
}

int store_value(struct value *out, struct buf *bytes, bool *found,
		struct replica *replica, int64_t id, struct err *err)
{
	sqlite3_stmt *stmt;
	int rc = db_stmt(&stmt, replica->db, SQL_VALUE, err);

	if (rc < 0)
		return rc;
	db_bind_int(stmt, 1, id);
	rc = db_step(replica->db, stmt, err);
	if (rc < 0)
		return rc;
	*found = rc > 0;
	*out = (struct value){.type = VALUE_NULL};
	if (rc == 0)
		return 0;
	rc = store_column_value(out, bytes, stmt, 0, 1, err);
	if (rc == 0 && out->len > 0 && out->bytes != buf_text(bytes)) {
		buf_clear(bytes);
		buf_add(bytes, out->bytes, out->len);
		rc = buf_check(bytes, err);
		out->bytes = buf_text(bytes);
	}
	sqlite3_reset(stmt);
	return rc;
}

/* Deflates a value, unless that makes it no shorter; either way it has had
 * its turn. */
static int shrink(struct replica *replica, int64_t id, struct err *err)
{
	struct buf plain = BUF_INIT;
	struct buf packed = BUF_INIT;
	struct value value;
	sqlite3_stmt *stmt;
	bool found = false;
	bool shorter = false;
	int rc = store_value(&value, &plain, &found, replica, id, err);

	if (rc == 0)
		rc = deflate_pack(&packed, value.bytes, value.len, err);
	if (rc == 0)
		shorter = packed.len < value.len;
	if (rc == 0)
		rc = db_stmt(&stmt, replica->db,
			     shorter ? SQL_SHRINK : SQL_LEAVE, err);
	if (rc < 0)
		goto done;
	db_bind_int(stmt, 1, id);
	if (shorter) {
		value.type = VALUE_BLOB;
		value.bytes = buf_text(&packed);
		value.len = packed.len;
		db_bind_value(stmt, 2, &value);
	}
	rc = db_run(replica->db, stmt, err);
done:
	buf_release(&plain);
	buf_release(&packed);
	return rc;
}

int store_shrink(struct replica *replica, int64_t id, struct err *err)
{
	sqlite3_stmt *stmt;
	int rc = db_stmt(&stmt, replica->db, SQL_IS_LONG, err);

	if (rc < 0)
		return rc;
	db_bind_int(stmt, 1, id);
	rc = db_step(replica->db, stmt, err);
	sqlite3_reset(stmt);
	return rc <= 0 ? rc : shrink(replica, id, err);
}

int store_shrink_later(struct replica *replica, int64_t id, struct err *err)
{
	return db_run_ints(replica->db, SQL_SHRINK_LATER, &id, 1, err);
}

int store_tidy(size_t *n, struct replica *replica, size_t limit,
	       struct err *err)
{
	sqlite3_stmt *stmt;
	int64_t id = 0;
	int rc = 1;

	for (*n = 0; rc > 0 && *n < limit; ++*n) {
		rc = db_stmt(&stmt, replica->db, SQL_WAITING, err);
		if (rc < 0)
			return rc;
		db_bind_int(stmt, 1, id);
		rc = db_step(replica->db, stmt, err);
		if (rc <= 0)
			break;
		id = db_int(stmt, 0);
		sqlite3_reset(stmt);
		if (shrink(replica, id, err) < 0)
			return err->code;
	}
	return rc < 0 ? rc : 0;
}
