/* snapshot.c - what stands of a case, and up to where nothing else does. */
#include "core/replica/snapshot.h"

#include <stdlib.h>
#include <string.h>

#include "core/replica/snapshot_room.h"

/* Rows of a case; those of no case only where all sites have them. */
#define ROWS_OF_SCOPE                                              \
	" WHERE r.scope = ?1 AND (?1 <> '' OR r.entity IN (SELECT" \
	" id FROM _entity WHERE scope = 'all'))"

static const char SQL_HEADS[] =
	"SELECT h.change, h.cell FROM _row r"
	" CROSS JOIN _head h ON h.cell BETWEEN r.id << 12 AND"
	" (r.id << 12 | 4095)" ROWS_OF_SCOPE " ORDER BY h.change";
/* Of a cell, the last change of the origin next below. */
static const char SQL_LATEST[] =
	"SELECT max(id) FROM _change WHERE cell = ? AND id < ?";
static const char SQL_CHANGES[] =
	"SELECT c.id, c.cell FROM _row r"
	" CROSS JOIN _change c ON c.cell BETWEEN r.id << 12 AND"
	" (r.id << 12 | 4095)" ROWS_OF_SCOPE " AND c.flags & 33 = 0";
static const char SQL_FIND[] =
	"SELECT last, standing FROM _snapshot WHERE origin = ? AND scope = ?";
static const char SQL_KEEP[] =
	"INSERT OR REPLACE INTO _snapshot(origin, scope, last, standing)"
	" VALUES (?, ?, ?, ?)";
static const char SQL_LAST[] =
	"SELECT coalesce(max(last), 0) FROM _snapshot WHERE origin = ?";
static const char SQL_PARTIAL[] =
	"SELECT 1 FROM _row r CROSS JOIN _named n ON n.cell BETWEEN"
	" r.id << 12 AND (r.id << 12 | 4095) WHERE r.scope = ? LIMIT 1";
static const char SQL_SUPERSEDE[] =
	"UPDATE _change SET flags = flags | 32 WHERE id = ?";
static const char SQL_IS_HEAD[] =
	"SELECT 1 FROM _head WHERE cell = ? AND change = ?";

static const uint64_t SEQ_MASK = (1ULL << STORE_SEQ_BITS) - 1;

void snapshot_release(struct snapshot *snapshot)
{
	for (size_t i = 0; i < snapshot->n; i++)
		free(snapshot->parts[i].seqs);
	free(snapshot->parts);
	free(snapshot->key);
	*snapshot = (struct snapshot){NULL, NULL, 0};
}

/* --- making -------------------------------------------------------------- */

/* A head of the case, and the cell it stands in. */
struct standing {
	int64_t change;
	int64_t cell;
};

static int list_heads(struct buf *out, struct replica *replica, const char *key,
		      struct err *err)
{
	sqlite3_stmt *stmt;
	int rc = db_stmt(&stmt, replica->db, SQL_HEADS, err);

	if (rc < 0)
		return rc;
	db_bind_text(stmt, 1, key);
	while ((rc = db_step(replica->db, stmt, err)) > 0) {
		struct standing at = {db_int(stmt, 0), db_int(stmt, 1)};

		buf_add(out, &at, sizeof(at));
	}
	sqlite3_reset(stmt);
	return rc < 0 ? rc : buf_check(out, err);
}

/* The part of an origin, by its number here; made if new. */
static struct snapshot_part *part_of(struct snapshot *snapshot, int64_t number)
{
	struct snapshot_part *parts;

	for (size_t i = 0; i < snapshot->n; i++)
		if (snapshot->parts[i].origin == (uint64_t)number)
			return &snapshot->parts[i];
	parts = realloc(snapshot->parts, (snapshot->n + 1) * sizeof(*parts));
	if (parts == NULL)
		return NULL;
	snapshot->parts = parts;
	parts[snapshot->n] = (struct snapshot_part){.origin = (uint64_t)number};
	return &parts[snapshot->n++];
}

/* Heads come by id, so by origin and then by seq. */
static int add_standing(struct snapshot *out, int64_t id, struct err *err)
{
	struct snapshot_part *part = part_of(out, id >> STORE_SEQ_BITS);
	uint64_t *seqs;

	if (part == NULL)
		return err_nomem(err);
	seqs = realloc(part->seqs, (part->n + 1) * sizeof(*seqs));
	if (seqs == NULL)
		return err_nomem(err);
	part->seqs = seqs;
	seqs[part->n++] = (uint64_t)id & SEQ_MASK;
	return 0;
}

/* Every accepted change is of a cell with a head; a jump for each origin. */
static int add_latest(struct snapshot *out, struct replica *replica,
		      int64_t cell, struct err *err)
{
	struct snapshot_part *part;
	int64_t below = INT64_MAX;
	sqlite3_stmt *stmt;
	int rc = db_stmt(&stmt, replica->db, SQL_LATEST, err);

	while (rc >= 0 && below > 0) {
		int64_t id = 0;

		db_bind_int(stmt, 1, cell);
		db_bind_int(stmt, 2, below);
		rc = db_step(replica->db, stmt, err);
		if (rc > 0)
			id = db_int(stmt, 0);
		sqlite3_reset(stmt);
		if (rc <= 0 || id == 0)
			break;
		part = part_of(out, id >> STORE_SEQ_BITS);
		if (part == NULL)
			return err_nomem(err);
		if (((uint64_t)id & SEQ_MASK) > part->last)
			part->last = (uint64_t)id & SEQ_MASK;
		below = id >> STORE_SEQ_BITS << STORE_SEQ_BITS;
	}
	return rc < 0 ? rc : 0;
}

static int by_origin(const void *a, const void *b)
{
	const struct snapshot_part *x = a;
	const struct snapshot_part *y = b;

	return x->origin < y->origin ? -1 : x->origin > y->origin;
}

/* From numbers here to the world's names. */
static int name_origins(struct snapshot *out, struct replica *replica,
			struct err *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < out->n; i++) {
		struct change_id name;

		rc = store_change_id(&name, replica,
				     store_id((int64_t)out->parts[i].origin, 1),
				     err);
		out->parts[i].origin = name.origin;
	}
	if (out->n > 0)
		qsort(out->parts, out->n, sizeof(*out->parts), by_origin);
	return rc;
}

int snapshot_make(struct snapshot *out, struct replica *replica,
		  const char *key, struct err *err)
{
	struct buf heads = BUF_INIT;
	struct standing at;
	int64_t cell = 0;
	int rc = list_heads(&heads, replica, key, err);

	out->key = strdup(key);
	if (rc == 0 && out->key == NULL)
		rc = err_nomem(err);
	for (size_t i = 0; rc == 0 && i < heads.len; i += sizeof(at)) {
		memcpy(&at, heads.data + i, sizeof(at));
		rc = add_standing(out, at.change, err);
		if (rc == 0 && at.cell != cell)
			rc = add_latest(out, replica, at.cell, err);
		cell = at.cell;
	}
	if (rc == 0)
		rc = name_origins(out, replica, err);
	buf_release(&heads);
	return rc;
}

/* --- asking -------------------------------------------------------------- */

static uint64_t seq_at(const unsigned char *standing, size_t i)
{
	return (uint64_t)store_base_at(standing, i);
}

static bool has_seq(const unsigned char *standing, size_t n, uint64_t seq)
{
	size_t low = 0;
	size_t high = n;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (seq_at(standing, middle) < seq)
			low = middle + 1;
		else
			high = middle;
	}
	return low < n && seq_at(standing, low) == seq;
}

/* Steps to the row of an origin and a case; 0 where there is none. The
 * statement has to be reset. */
static int find_part(sqlite3_stmt **out, struct replica *replica,
		     int64_t origin, const char *key, size_t len,
		     struct err *err)
{
	int rc = db_stmt(out, replica->db, SQL_FIND, err);

	if (rc < 0)
		return rc;
	db_bind_int(*out, 1, origin);
	db_bind_bytes(*out, 2, key, len);
	return db_step(replica->db, *out, err);
}

static int superseded_in(bool *out, struct replica *replica, const char *key,
			 size_t len, int64_t id, struct err *err)
{
	uint64_t seq = (uint64_t)id & SEQ_MASK;
	sqlite3_stmt *stmt = NULL;
	int rc = find_part(&stmt, replica, id >> STORE_SEQ_BITS, key, len, err);

	*out = rc > 0 && seq <= (uint64_t)db_int(stmt, 0) &&
	       !has_seq(sqlite3_column_blob(stmt, 1),
			(size_t)sqlite3_column_bytes(stmt, 1) / 8, seq);
	sqlite3_reset(stmt);
	return rc < 0 ? rc : 0;
}

int snapshot_last(uint64_t *out, struct replica *replica, int64_t origin,
		  struct err *err)
{
	sqlite3_stmt *stmt;
	int rc = db_stmt(&stmt, replica->db, SQL_LAST, err);

	*out = 0;
	if (rc < 0)
		return rc;
	db_bind_int(stmt, 1, origin);
	rc = db_step(replica->db, stmt, err);
	if (rc > 0)
		*out = (uint64_t)db_int(stmt, 0);
	sqlite3_reset(stmt);
	return rc < 0 ? rc : 0;
}

int snapshot_supersedes(bool *out, struct replica *replica,
			const struct cell *cell, int64_t id, struct err *err)
{
	const char *key = "";
	size_t len = 0;

	*out = false;
	if (cell->entity == NULL)
		return 0;
	if (!entity_case(cell->entity, cell->row, cell->row_len, &key, &len) &&
	    cell->entity->scope != SCOPE_ALL)
		return 0;
	return superseded_in(out, replica, key, len, id, err);
}

int snapshot_is_partial(bool *out, struct replica *replica, const char *key,
			struct err *err)
{
	sqlite3_stmt *stmt;
	int rc = db_stmt(&stmt, replica->db, SQL_PARTIAL, err);

	*out = false;
	if (rc < 0)
		return rc;
	db_bind_text(stmt, 1, key);
	rc = db_step(replica->db, stmt, err);
	*out = rc > 0;
	sqlite3_reset(stmt);
	return rc < 0 ? rc : 0;
}

/* --- applying ------------------------------------------------------------ */

static int check_part(const struct snapshot_part *part, struct err *err)
{
	uint64_t before = 0;
	bool ok = part->origin != 0 && part->origin >> 63 == 0 &&
		  part->last <= SEQ_MASK;

	for (size_t i = 0; ok && i < part->n; i++) {
		ok = part->seqs[i] > before && part->seqs[i] <= part->last;
		before = part->seqs[i];
	}
	return ok ? 0
		  : err_set(err, ERR_CORRUPT,
			    "a snapshot's seqs are out of order");
}

static void put_seq(struct buf *out, uint64_t seq)
{
	for (int shift = 56; shift >= 0; shift -= 8)
		buf_addc(out, (char)(seq >> shift));
}

/* (S2) What to keep beside what is kept: *keep false where that says more
 * already. Where both go equally far, only what stands in both does. */
static int merge_part(bool *keep, struct buf *standing, struct replica *replica,
		      int64_t origin, const char *key,
		      const struct snapshot_part *part, struct err *err)
{
	sqlite3_stmt *stmt = NULL;
	int rc = find_part(&stmt, replica, origin, key, strlen(key), err);
	uint64_t last = rc > 0 ? (uint64_t)db_int(stmt, 0) : 0;
	const unsigned char *old = rc > 0 ? sqlite3_column_blob(stmt, 1) : NULL;
	size_t n_old = rc > 0 ? (size_t)sqlite3_column_bytes(stmt, 1) / 8 : 0;

	*keep = rc == 0 || last <= part->last;
	for (size_t i = 0; *keep && i < part->n; i++)
		if (rc == 0 || last < part->last ||
		    has_seq(old, n_old, part->seqs[i]))
			put_seq(standing, part->seqs[i]);
	sqlite3_reset(stmt);
	return rc < 0 ? rc : buf_check(standing, err);
}

static int keep_part(struct replica *replica, const char *key,
		     const struct snapshot_part *part, struct err *err)
{
	struct buf standing = BUF_INIT;
	sqlite3_stmt *stmt;
	int64_t origin = 0;
	bool keep = false;
	int rc = check_part(part, err);

	if (rc == 0)
		rc = store_origin(&origin, replica, part->origin, NULL, err);
	if (rc == 0)
		rc = merge_part(&keep, &standing, replica, origin, key, part,
				err);
	if (rc == 0 && keep)
		rc = db_stmt(&stmt, replica->db, SQL_KEEP, err);
	if (rc == 0 && keep) {
		db_bind_int(stmt, 1, origin);
		db_bind_text(stmt, 2, key);
		db_bind_int(stmt, 3, (int64_t)part->last);
		sqlite3_bind_blob64(stmt, 4, buf_text(&standing), standing.len,
				    SQLITE_TRANSIENT);
		rc = db_run(replica->db, stmt, err);
	}
	buf_release(&standing);
	return rc;
}

/* Changes here that the snapshots of the case supersede. */
static int list_superseded(struct buf *out, struct replica *replica,
			   const char *key, struct err *err)
{
	sqlite3_stmt *stmt;
	int rc = db_stmt(&stmt, replica->db, SQL_CHANGES, err);

	if (rc < 0)
		return rc;
	db_bind_text(stmt, 1, key);
	while ((rc = db_step(replica->db, stmt, err)) > 0) {
		struct standing at = {db_int(stmt, 0), db_int(stmt, 1)};
		bool superseded = false;

		rc = superseded_in(&superseded, replica, key, strlen(key),
				   at.change, err);
		if (rc < 0)
			break;
		if (superseded)
			buf_add(out, &at, sizeof(at));
	}
	sqlite3_reset(stmt);
	return rc < 0 ? rc : buf_check(out, err);
}

static int is_head(bool *out, struct replica *replica,
		   const struct standing *at, struct err *err)
{
	sqlite3_stmt *stmt;
	int rc = db_stmt(&stmt, replica->db, SQL_IS_HEAD, err);

	if (rc < 0)
		return rc;
	db_bind_int(stmt, 1, at->cell);
	db_bind_int(stmt, 2, at->change);
	rc = db_step(replica->db, stmt, err);
	*out = rc > 0;
	sqlite3_reset(stmt);
	return rc < 0 ? rc : 0;
}

static int supersede(struct replica *replica, const struct standing *at,
		     struct err *err)
{
	struct buf row = BUF_INIT;
	struct cell cell;
	bool head = false;
	int rc = db_run_ints(replica->db, SQL_SUPERSEDE, &at->change, 1, err);

	if (rc == 0)
		rc = store_shrink_later(replica, at->change, err);
	if (rc == 0)
		rc = is_head(&head, replica, at, err);
	if (rc == 0 && head)
		rc = cell_load(&cell, &row, replica, at->cell, err);
	if (rc == 0 && head)
		rc = cell_reconsider(replica, &cell, err);
	buf_release(&row);
	return rc;
}

int snapshot_apply(struct replica *replica, const struct snapshot *snapshot,
		   struct err *err)
{
	struct buf gone = BUF_INIT;
	struct standing at;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < snapshot->n; i++)
		rc = keep_part(replica, snapshot->key, &snapshot->parts[i],
			       err);
	if (rc == 0)
		rc = list_superseded(&gone, replica, snapshot->key, err);
	for (size_t i = 0; rc == 0 && i < gone.len; i += sizeof(at)) {
		memcpy(&at, gone.data + i, sizeof(at));
		rc = supersede(replica, &at, err);
	}
	buf_release(&gone);
	return rc < 0 ? err_wrap(err, "snapshot of '%s'", snapshot->key) : 0;
}
