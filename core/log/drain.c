/* drain.c - what the triggers caught (_pending) becomes changes of this node.
 * Gives seq, clock and bases; knows no other node.
 *
 * (I1) seq has no gaps: last + 1 for each change, in the order of the edits.
 * A plain edit replaces what was shown; a decision replaces every head.
 * Either names what it knows of its row being void. (I7) */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/merge/cell.h"
#include "core/log/change_log.h"
#include "core/base/clock.h"
#include "core/schema/domain.h"
#include "core/merge/fold.h"
#include "core/merge/normal.h"
#include "core/merge/late_room.h"
#include "core/merge/voiding.h"

static const char SQL_PENDING[] =
	"SELECT id, entity, field, row, value, at, author, reason, decides"
	" FROM _pending ORDER BY id";
static const char SQL_ANY_PENDING[] = "SELECT 1 FROM _pending LIMIT 1";
static const char SQL_CLEAR[] = "DELETE FROM _pending";
static const char SQL_LAST[] = "SELECT last FROM _origin WHERE id = ?";
static const char SQL_SET_LAST[] = "UPDATE _origin SET last = ? WHERE id = ?";

struct drain {
	struct replica *replica;
	int64_t origin;	 /* our number */
	uint64_t before; /* our last seq when it began */
	uint64_t seq;	 /* the last given */
	uint64_t clock;	 /* the last stamp */
	size_t n;
	struct buf value;
	struct buf shown;
	struct buf dirty; /* int64_t cells whose table value was written */
	bool codes;	  /* a code list was touched */
	bool fields;	  /* a field was defined */
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

static bool of_this_drain(const struct drain *drain, int64_t id)
{
	return id > store_id(drain->origin, drain->before) &&
	       id < store_id(drain->origin + 1, 0);
}

/* What the person had before them: what the fold showed, or, where they have
 * edited the cell twice since, their own first edit. */
static void keep_seen(struct cell_heads *heads, const struct drain *drain)
{
	bool own = false;
	size_t n = 0;

	for (size_t i = 0; i < heads->n; i++)
		own |= of_this_drain(drain, heads->ids[i]);
	for (size_t i = 0; i < heads->n; i++)
		if (own ? of_this_drain(drain, heads->ids[i]) : heads->shown[i])
			heads->ids[n++] = heads->ids[i];
	heads->n = n;
}

/* Whether an edit leaves the cell as the person had it before them. */
static int repeats(bool *out, const struct stored *change,
		   const struct cell *cell, const struct cell_heads *heads,
		   struct drain *drain, struct err *err)
{
	struct value now = {.type = VALUE_NULL};
	bool found = true;
	size_t own = 0;
	int rc;

	while (own < heads->n && !of_this_drain(drain, heads->ids[own]))
		own++;
	if (own < heads->n)
		rc = store_value(&now, &drain->shown, &found, drain->replica,
				 heads->ids[own], err);
	else
		rc = fold_value(&now, &drain->shown, drain->replica, cell,
				heads, err);
	*out = rc == 0 && value_equal(&now, &change->value);
	/* Codes that come with the schema have a value and no head. */
	if (heads->n == 0 && cell->entity == drain->replica->schema->codes)
		*out = false;
	return rc;
}

/* Bases of an edit into *heads, and whether it says anything new. */
static int choose_bases(struct cell_heads *heads, bool *says_nothing,
			bool *disputed, const struct stored *change,
			const struct cell *cell, struct drain *drain,
			bool decides, struct err *err)
{
	int rc = cell_heads(heads, drain->replica, cell->id, err);

	*disputed = heads->n > 1;
	*says_nothing = false;
	if (rc == 0 && !decides) {
		rc = repeats(says_nothing, change, cell, heads, drain, err);
		keep_seen(heads, drain);
	}
	if (rc == 0 && decides)
		rc = late_bases(heads, drain->replica, cell, err);
	if (rc == 0)
		rc = voiding_bases(heads, drain->replica, cell, err);
	if (heads->n > CHANGE_BASES_MAX)
		heads->n = CHANGE_BASES_MAX;
	return rc;
}

static int log_change(struct drain *drain, const struct cell *cell,
		      struct stored *change, sqlite3_stmt *stmt, bool in_table,
		      struct err *err)
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

/* A new row whose fields all turn out empty is a row nevertheless. */
static int log_bare_row(struct drain *drain, const struct change *name,
			sqlite3_stmt *stmt, struct err *err)
{
	struct change at = *name;
	struct stored change = {.value = value_int(1)};
	struct cell cell;
	int rc;

	at.field = 0;
	rc = cell_open(&cell, drain->replica, &at, err);
	if (rc < 0 || cell_row_known(drain->replica, &cell) ||
	    cell.entity == drain->replica->schema->codes)
		return rc;
	change.cell = cell.id;
	return log_change(drain, &cell, &change, stmt, true, err);
}

static int drain_row(struct drain *drain, sqlite3_stmt *stmt, struct err *err)
{
	struct change name = {.entity = (uint32_t)db_int(stmt, 1),
			      .field = (uint32_t)db_int(stmt, 2),
			      .row = db_text(stmt, 3),
			      .row_len = (size_t)sqlite3_column_bytes(stmt, 3)};
	struct value raw = db_value(stmt, 4);
	struct stored change = {0};
	struct cell_heads bases = {0};
	struct cell cell;
	bool decides = db_int(stmt, 8) != 0;
	bool says_nothing = false;
	bool disputed = false;
	bool in_table;
	int rc = cell_open(&cell, drain->replica, &name, err);

	if (rc == 0)
		rc = normal_value(&change.value, &drain->value, cell.field,
				  &raw, err);
	if (rc < 0)
		return rc;
	change.cell = cell.id;
	in_table = !decides && value_equal(&raw, &change.value);
	rc = choose_bases(&bases, &says_nothing, &disputed, &change, &cell,
			  drain, decides, err);
	change.bases = bases.ids;
	change.n_bases = bases.n;
	drain->codes |= cell.entity == drain->replica->schema->codes;
	drain->fields |= cell.entity != NULL &&
			 cell.entity == drain->replica->schema->fields;
	if (!in_table || disputed)
		note_dirty(drain, cell.id);
	if (rc == 0 && !says_nothing)
		rc = log_change(drain, &cell, &change, stmt, in_table, err);
	else if (rc == 0)
		rc = log_bare_row(drain, &name, stmt, err);
	cell_heads_release(&bases);
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
	drain->before = drain->seq;
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
	int rc = replica_refresh(replica, err);

	if (rc == 0)
		rc = any_pending(replica, err);
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
			err_wrap(err, "log an edit of '%s'", db_text(stmt, 3));
	}
	if (stmt != NULL)
		sqlite3_reset(stmt);
	if (rc == 0)
		rc = refresh_dirty(&drain, err);
	if (rc == 0 && drain.codes)
		rc = cell_refresh_disputed(replica, err);
	if (rc == 0)
		rc = finish(&drain, err);
	if (rc == 0 && drain.fields)
		rc = domain_follow(replica, err);
	if (rc == 0 && n != NULL)
		*n = drain.n;
	buf_release(&drain.value);
	buf_release(&drain.shown);
	buf_release(&drain.dirty);
	return rc;
}
