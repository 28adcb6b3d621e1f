/* drain.c - what the triggers caught (_pending) becomes changes of this node.
 * Gives seq, clock and bases; knows no other node.
 *
 * (I1) seq has no gaps: last + 1 for each change, in the order of the edits.
 * A plain edit replaces what was shown; a decision replaces every head. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/cell.h"
#include "core/change_log.h"
#include "core/clock.h"
#include "core/normal.h"

static const char SQL_PENDING[] =
	"SELECT id, entity, field, row, value, at, author, reason, decides"
	" FROM _pending ORDER BY id";
static const char SQL_ANY_PENDING[] = "SELECT 1 FROM _pending LIMIT 1";
static const char SQL_CLEAR[] = "DELETE FROM _pending";
static const char SQL_LAST[] = "SELECT last FROM _origin WHERE id = ?";
static const char SQL_SET_LAST[] = "UPDATE _origin SET last = ? WHERE id = ?";

struct drain {
	struct replica *replica;
	int64_t origin; /* our number */
	uint64_t seq;	/* the last given */
	uint64_t clock; /* the last stamp */
	size_t n;
	struct buf value;
	struct buf shown;
	struct buf dirty; /* int64_t cells whose table value was written */
};

/* A fold halfway through writes what the table held then, not what a later
 * pending edit has put there; such cells are folded again at the end. */
static void note_dirty(struct drain *drain, int64_t cell)
{
	buf_add(&drain->dirty, &cell, sizeof(cell));
}

static int refresh_dirty(struct drain *drain, struct err *err)
{
	size_t n = drain->dirty.len / sizeof(int64_t);
	struct buf row = BUF_INIT;
	struct cell cell;
	int rc = buf_check(&drain->dirty, err);

	for (size_t i = 0; rc == 0 && i < n; i++) {
		int64_t id;

		memcpy(&id, drain->dirty.data + i * sizeof(id), sizeof(id));
		rc = cell_load(&cell, &row, drain->replica, id, err);
		if (rc == 0)
			rc = cell_refresh(drain->replica, &cell, err);
	}
	buf_release(&row);
	return rc;
}

/* Bases of an edit, and whether it says anything new. */
static int choose_bases(struct stored *change, bool *says_nothing,
			struct cell_heads *heads, struct drain *drain,
			bool decides, struct err *err)
{
	struct value now;
	bool found = false;
	size_t n = 0;
	int rc = cell_heads(heads, drain->replica, change->cell, err);

	*says_nothing = false;
	if (rc < 0)
		return rc;
	if (!decides && heads->n == 1) {
		rc = store_value(&now, &drain->shown, &found, drain->replica,
				 heads->ids[0], err);
		*says_nothing = found && value_equal(&now, &change->value);
	}
	if (!decides && heads->n == 0)
		*says_nothing = change->value.type == VALUE_NULL;
	for (size_t i = 0; i < heads->n; i++)
		if (decides || heads->shown[i])
			heads->ids[n++] = heads->ids[i];
	change->bases = heads->ids;
	change->n_bases = n;
	return rc;
}

static int log_change(struct drain *drain, const struct cell *cell,
		      struct stored *change, sqlite3_stmt *stmt,
		      bool in_table, struct err *err)
{
	const char *author = db_is_null(stmt, 6)
				     ? replica_author(drain->replica)
				     : db_text(stmt, 6);
	int rc = store_author(&change->author, drain->replica, author, err);

	if (rc < 0)
		return rc;
	drain->clock = clock_next(drain->clock, (uint64_t)db_int(stmt, 5));
	change->clock = drain->clock;
	change->id = store_id(drain->origin, ++drain->seq);
	if (!db_is_null(stmt, 7)) {
		change->reason = db_text(stmt, 7);
		change->reason_len = (size_t)sqlite3_column_bytes(stmt, 7);
	}
	rc = store_insert(drain->replica, change, err);
	if (rc == 0)
		rc = cell_take(drain->replica, cell, change, in_table, err);
	drain->n++;
	return rc;
}

static int drain_row(struct drain *drain, sqlite3_stmt *stmt, struct err *err)
{
	struct change name = {.entity = (uint32_t)db_int(stmt, 1),
			      .field = (uint32_t)db_int(stmt, 2),
			      .row = db_text(stmt, 3),
			      .row_len =
				      (size_t)sqlite3_column_bytes(stmt, 3)};
	struct value raw = db_value(stmt, 4);
	struct stored change = {0};
	struct cell_heads heads = {0};
	struct cell cell;
	bool decides = db_int(stmt, 8) != 0;
	bool says_nothing = false;
	bool in_table;
	int rc = cell_open(&cell, drain->replica, &name, err);

	if (rc == 0)
		rc = normal_value(&change.value, &drain->value, cell.field,
				  &raw, err);
	if (rc < 0)
		return rc;
	change.cell = cell.id;
	in_table = !decides && value_equal(&raw, &change.value);
	rc = choose_bases(&change, &says_nothing, &heads, drain, decides, err);
	if (!in_table || heads.n > 1)
		note_dirty(drain, cell.id);
	if (rc == 0 && !says_nothing)
		rc = log_change(drain, &cell, &change, stmt, in_table, err);
	cell_heads_release(&heads);
	return rc;
}

static int start(struct drain *drain, struct err *err)
{
	struct replica *replica = drain->replica;
	char *clock = NULL;
	sqlite3_stmt *stmt;
	int rc = store_origin(&drain->origin, replica, replica->origin,
			      replica->site, err);

	if (rc == 0)
		rc = db_stmt(&stmt, replica->db, SQL_LAST, err);
	if (rc < 0)
		return rc;
	db_bind_int(stmt, 1, drain->origin);
	rc = db_step(replica->db, stmt, err);
	drain->seq = rc > 0 ? (uint64_t)db_int(stmt, 0) : 0;
	sqlite3_reset(stmt);
	if (rc >= 0)
		rc = replica_get(&clock, replica, "clock", err);
	drain->clock = clock != NULL ? strtoull(clock, NULL, 10) : 0;
	free(clock);
	return rc;
}

static int finish(struct drain *drain, struct err *err)
{
	struct db *db = drain->replica->db;
	char clock[24];
	sqlite3_stmt *stmt;
	int rc = db_stmt(&stmt, db, SQL_CLEAR, err);

	if (rc == 0)
		rc = db_run(db, stmt, err);
	if (rc == 0)
		rc = db_stmt(&stmt, db, SQL_SET_LAST, err);
	if (rc < 0)
		return rc;
	db_bind_int(stmt, 1, (int64_t)drain->seq);
	db_bind_int(stmt, 2, drain->origin);
	rc = db_run(db, stmt, err);
	snprintf(clock, sizeof(clock), "%llu",
		 (unsigned long long)drain->clock);
	return rc < 0 ? rc : replica_set(drain->replica, "clock", clock, err);
}

static int any_pending(struct replica *replica, struct err *err)
{
	sqlite3_stmt *stmt;
	int rc = db_stmt(&stmt, replica->db, SQL_ANY_PENDING, err);

	if (rc < 0)
		return rc;
	rc = db_step(replica->db, stmt, err);
	sqlite3_reset(stmt);
	return rc;
}

int change_log_drain(struct replica *replica, size_t *n, struct err *err)
{
	struct drain drain = {.replica = replica,
			      .value = BUF_INIT,
			      .shown = BUF_INIT,
			      .dirty = BUF_INIT};
	sqlite3_stmt *stmt = NULL;
	int rc = any_pending(replica, err);

	if (n != NULL)
		*n = 0;
	if (rc <= 0)
		return rc;
	rc = start(&drain, err);
	if (rc == 0)
		rc = db_stmt(&stmt, replica->db, SQL_PENDING, err);
	while (rc >= 0 && (rc = db_step(replica->db, stmt, err)) > 0) {
		rc = drain_row(&drain, stmt, err);
		if (rc < 0)
			err_wrap(err, "log an edit of '%s'",
				 db_text(stmt, 3));
	}
	if (stmt != NULL)
		sqlite3_reset(stmt);
	if (rc == 0)
		rc = refresh_dirty(&drain, err);
	if (rc == 0)
		rc = finish(&drain, err);
	if (rc == 0 && n != NULL)
		*n = drain.n;
	buf_release(&drain.value);
	buf_release(&drain.shown);
	buf_release(&drain.dirty);
	return rc;
}
