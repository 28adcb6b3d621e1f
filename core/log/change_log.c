/* change_log.c - the replica's log: what was captured, what came, in order. */
#include "core/log/change_log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/log/batch_builder.h"
#include "core/merge/cell.h"
#include "core/log/log_entry.h"

static const char SQL_LAST[] = "SELECT last FROM _origin WHERE origin = ?";
static const char SQL_ORIGIN_ID[] = "SELECT id FROM _origin WHERE origin = ?";
static const char SQL_RANGE[] = "SELECT " LOG_COLUMNS ", 0, 0 FROM _change c"
				" JOIN _row r ON r.id = c.cell >> 12" LOG_JOINS
				" WHERE c.id BETWEEN ? AND ? ORDER BY c.id";
static const char SQL_CASE[] =
	"SELECT " LOG_COLUMNS ", h.change IS NOT NULL, coalesce(h.shown, 0)"
	" FROM _row r CROSS JOIN _change c ON c.cell BETWEEN r.id << 12 AND"
	" (r.id << 12 | 4095)" LOG_JOINS
	" LEFT JOIN _head h ON h.cell = c.cell AND h.change = c.id"
	" WHERE r.scope = ? ORDER BY c.clock, o.origin, c.id";
static const char SQL_CELL_HEADS[] =
	"SELECT " LOG_COLUMNS ", 1, h.shown FROM _head h"
	" JOIN _change c ON c.id = h.change"
	" JOIN _row r ON r.id = c.cell >> 12" LOG_JOINS
	" WHERE h.cell = ? ORDER BY c.clock, o.origin, c.id";
/* Cell by cell, each by its newest: however long a cell's history is. */
static const char SQL_OWN[] =
	"WITH RECURSIVE own(row, cell) AS"
	" (SELECT r.id, (SELECT min(c.cell) FROM _change c WHERE c.cell"
	"   BETWEEN r.id << 12 AND (r.id << 12 | 4095))"
	"  FROM _row r WHERE r.scope = ?1"
	"  UNION ALL SELECT row, (SELECT min(c.cell) FROM _change c WHERE c.cell"
	"   BETWEEN own.cell + 1 AND (row << 12 | 4095))"
	"  FROM own WHERE cell IS NOT NULL)"
	" SELECT " LOG_COLUMNS ", 0, 0 FROM own"
	" CROSS JOIN _change c ON c.id = (SELECT m.id FROM _change m"
	"  WHERE m.cell = own.cell AND m.id BETWEEN ?2 AND ?3"
	"  AND m.flags & 1 = 0 ORDER BY m.id DESC LIMIT 1)"
	" CROSS JOIN _row r ON r.id = own.row" LOG_JOINS
	" ORDER BY r.entity, r.key, c.cell";
static const char SQL_CLAIMED[] =
	"SELECT " LOG_COLUMNS ", 0, 0 FROM _row r"
	" CROSS JOIN _change c ON c.cell BETWEEN r.id << 12 AND (r.id << 12 | 4095)" LOG_JOINS
	" WHERE r.scope = ? AND +c.id BETWEEN ? AND ?"
	" ORDER BY r.entity, r.key, c.cell, c.id DESC";
/* The names a unit, code or field of the schema ever had here. */
static const char SQL_EVER[] =
	"SELECT DISTINCT c.value FROM _row r JOIN _change c"
	" ON c.cell = r.id << 12 | ?3 WHERE r.entity = ?1 AND r.key = ?2"
	" AND typeof(c.value) = 'text'";
static const char SQL_CASES[] =
	"SELECT DISTINCT r.scope FROM _change c"
	" JOIN _row r ON r.id = c.cell >> 12"
	" WHERE c.id BETWEEN ? AND ? AND r.scope <> '' ORDER BY r.scope";
static const char SQL_KEYS_MAKE[] =
	"CREATE TEMP TABLE IF NOT EXISTS snapshot_key(key TEXT PRIMARY KEY);"
	"DELETE FROM temp.snapshot_key;";
static const char SQL_KEYS_ADD[] =
	"INSERT OR IGNORE INTO temp.snapshot_key(key) VALUES (?)";
/* Cells of the listed cases, their heads counted, and one of those. */
#define HELD_CELLS                                                        \
	"WITH held(cell, n, id) AS MATERIALIZED (SELECT h.cell,"          \
	" count(*), max(h.change) FROM temp.snapshot_key k"               \
	" CROSS JOIN _row r ON r.scope = k.key"                           \
	" CROSS JOIN _head h ON h.cell BETWEEN r.id << 12 AND"            \
	" (r.id << 12 | 4095)"                                            \
	" WHERE k.key <> '' OR r.entity IN (SELECT id FROM _entity WHERE" \
	" scope = 'all') GROUP BY h.cell)"
#define CHANGES_OF_IDS                                                   \
	" SELECT " LOG_COLUMNS ", 0, 0 FROM ids CROSS JOIN _change c"    \
	" ON c.id = ids.id JOIN _row r ON r.id = c.cell >> 12" LOG_JOINS \
	" ORDER BY c.id >> 40, c.author, c.id"
static const char SQL_SNAPSHOT[] = HELD_CELLS
	", ids(id) AS (SELECT id FROM held WHERE n = 1 UNION ALL"
	" SELECT d.id FROM held CROSS JOIN _change d"
	" ON d.cell = held.cell WHERE held.n > 1 AND"
	" d.flags & 1 = 0)" CHANGES_OF_IDS;
static const char SQL_DISPUTED[] = HELD_CELLS
	", ids(id) AS (SELECT d.id FROM held CROSS JOIN _change d"
	" ON d.cell = held.cell WHERE held.n > 1 AND"
	" d.flags & 1 = 0)" CHANGES_OF_IDS;

int log_cell_heads(struct replica *replica, int64_t cell, change_log_fn *fn,
		   void *ctx, struct err *err)
{
	sqlite3_stmt *stmt;
	int rc = db_stmt(&stmt, replica->db, SQL_CELL_HEADS, err);

	if (rc < 0)
		return rc;
	db_bind_int(stmt, 1, cell);
	return log_entry_each(replica, stmt, fn, ctx, err);
}

int change_log_last(uint64_t *seq, struct replica *replica, struct err *err)
{
	sqlite3_stmt *stmt;
	int rc = db_stmt(&stmt, replica->db, SQL_LAST, err);

	*seq = 0;
	if (rc < 0)
		return rc;
	db_bind_int(stmt, 1, (int64_t)replica->origin);
	rc = db_step(replica->db, stmt, err);
	if (rc > 0)
		*seq = (uint64_t)db_int(stmt, 0);
	sqlite3_reset(stmt);
	return rc < 0 ? rc : 0;
}

/* The local number of an origin, 0 where it is not known. */
static int origin_number(int64_t *out, struct replica *replica, uint64_t origin,
			 struct err *err)
{
	sqlite3_stmt *stmt;
	int rc = db_stmt(&stmt, replica->db, SQL_ORIGIN_ID, err);

	*out = 0;
	if (rc < 0)
		return rc;
	db_bind_int(stmt, 1, (int64_t)origin);
	rc = db_step(replica->db, stmt, err);
	if (rc > 0)
		*out = db_int(stmt, 0);
	sqlite3_reset(stmt);
	return rc < 0 ? rc : 0;
}

struct range_ctx {
	struct batch_builder builder;
	size_t limit;
	size_t limit_bytes;
	size_t bytes;
	char author[CHANGE_NAME_MAX + 1];
	char site[CHANGE_NAME_MAX + 1];
};

/* Takes changes until the author differs or a limit is reached. */
static int take_range(const struct change_log_entry *entry, void *ctx,
		      struct err *err)
{
	struct range_ctx *range = ctx;
	size_t bytes = entry->change->value.len + entry->change->row_len + 64;

	(void)err;
	if (range->builder.n > 0 &&
	    (strcmp(range->author, entry->author) != 0 ||
	     range->builder.n >= range->limit ||
	     range->bytes + bytes > range->limit_bytes))
		return 1;
	snprintf(range->author, sizeof(range->author), "%s", entry->author);
	snprintf(range->site, sizeof(range->site), "%s", entry->site);
	range->bytes += bytes;
	batch_builder_add(&range->builder, entry->change);
	return 0;
}

int change_log_batch(struct batch **out, struct replica *replica,
		     const struct change_log_range *range, struct err *err)
{
	struct range_ctx ctx = {.builder = BATCH_BUILDER_INIT,
				.limit = range->limit,
				.limit_bytes = range->limit_bytes};
	struct batch head = {.origin = range->origin,
			     .site = ctx.site,
			     .author = ctx.author,
			     .schema = replica->schema->version};
	sqlite3_stmt *stmt;
	int64_t origin = 0;
	int rc = origin_number(&origin, replica, range->origin, err);

	*out = NULL;
	if (rc < 0 || origin == 0)
		return rc;
	rc = db_stmt(&stmt, replica->db, SQL_RANGE, err);
	if (rc < 0)
		return rc;
	db_bind_int(stmt, 1, store_id(origin, range->from));
	db_bind_int(stmt, 2, store_id(origin + 1, 0) - 1);
	rc = log_entry_each(replica, stmt, take_range, &ctx, err);
	if (rc >= 0 && ctx.builder.n > 0)
		rc = batch_builder_finish(out, &ctx.builder, &head, err);
	batch_builder_release(&ctx.builder);
	return rc < 0 ? rc : 0;
}

struct many_ctx {
	struct replica *replica;
	struct batch_builder builder;
	uint64_t origin;
	char author[CHANGE_NAME_MAX + 1];
	char site[CHANGE_NAME_MAX + 1];
	struct batch **batches;
	size_t n;
};

static int close_batch(struct many_ctx *many, struct err *err)
{
	struct batch head = {.origin = many->origin,
			     .site = many->site,
			     .author = many->author,
			     .schema = many->replica->schema->version};
	struct batch **grown;

	if (many->builder.n == 0)
		return 0;
	grown = realloc(many->batches, (many->n + 1) * sizeof(*grown));
	if (grown == NULL)
		return err_nomem(err);
	many->batches = grown;
	if (batch_builder_finish(&grown[many->n], &many->builder, &head, err) <
	    0)
		return err->code;
	many->n++;
	return 0;
}

/* A new batch where origin or author differ from the change before. */
static int take_many(const struct change_log_entry *entry, void *ctx,
		     struct err *err)
{
	struct many_ctx *many = ctx;

	if (many->origin != entry->change->id.origin ||
	    strcmp(many->author, entry->author) != 0) {
		if (close_batch(many, err) < 0)
			return err->code;
		many->origin = entry->change->id.origin;
		snprintf(many->author, sizeof(many->author), "%s",
			 entry->author);
		snprintf(many->site, sizeof(many->site), "%s", entry->site);
	}
	batch_builder_add(&many->builder, entry->change);
	return 0;
}

static int list_keys(struct replica *replica, const char *const *keys, size_t n,
		     struct err *err)
{
	int rc = db_exec(replica->db, SQL_KEYS_MAKE, err);

	for (size_t i = 0; rc == 0 && i < n; i++) {
		sqlite3_stmt *stmt;

		rc = db_stmt(&stmt, replica->db, SQL_KEYS_ADD, err);
		if (rc == 0) {
			db_bind_text(stmt, 1, keys[i]);
			rc = db_run(replica->db, stmt, err);
		}
	}
	return rc;
}

static int gather(struct batch ***out, size_t *n, struct replica *replica,
		  const char *sql, struct err *err)
{
	struct many_ctx many = {.replica = replica,
				.builder = BATCH_BUILDER_INIT};
	sqlite3_stmt *stmt;
	int rc = db_stmt(&stmt, replica->db, sql, err);

	if (rc < 0)
		return rc;
	rc = log_entry_each(replica, stmt, take_many, &many, err);
	if (rc == 0)
		rc = close_batch(&many, err);
	batch_builder_release(&many.builder);
	if (rc < 0) {
		for (size_t i = 0; i < many.n; i++)
			batch_free(many.batches[i]);
		free(many.batches);
		return rc;
	}
	*out = many.batches; /* the caller's now */
	*n = many.n;
	return 0;
}

int change_log_snapshot(struct batch ***out, size_t *n, struct replica *replica,
			const char *const *keys, size_t n_keys, struct err *err)
{
	int rc = list_keys(replica, keys, n_keys, err);

	return rc < 0 ? rc : gather(out, n, replica, SQL_SNAPSHOT, err);
}

int change_log_disputed(struct batch ***out, size_t *n, struct replica *replica,
			const char *key, struct err *err)
{
	int rc = list_keys(replica, &key, 1, err);

	return rc < 0 ? rc : gather(out, n, replica, SQL_DISPUTED, err);
}

int change_log_case(struct replica *replica, const char *key, change_log_fn *fn,
		    void *ctx, struct err *err)
{
	sqlite3_stmt *stmt;
	int rc = db_stmt(&stmt, replica->db, SQL_CASE, err);

	if (rc < 0)
		return rc;
	db_bind_text(stmt, 1, key);
	return log_entry_each(replica, stmt, fn, ctx, err);
}

int change_log_heads(struct replica *replica, const struct edit_cell *cell,
		     change_log_fn *fn, void *ctx, struct err *err)
{
	const struct entity *entity =
		schema_entity_named(replica->schema, cell->entity);
	const struct field *field =
		entity != NULL ? entity_field_named(entity, cell->field) : NULL;
	struct change name = {.row = cell->row, .row_len = strlen(cell->row)};
	int64_t id = 0;
	int rc;

	if (field == NULL)
		return err_set(err, ERR_INPUT, "no field %s.%s", cell->entity,
			       cell->field);
	name.entity = entity->id;
	name.field = field->id;
	rc = cell_find(&id, replica, &name, err);
	return rc < 0 || id == 0 ? rc
				 : log_cell_heads(replica, id, fn, ctx, err);
}

static int own(struct replica *replica, const char *sql, const char *key,
	       struct change_id upto, change_log_fn *fn, void *ctx,
	       struct err *err)
{
	int64_t number = 0;
	sqlite3_stmt *stmt;
	int rc = origin_number(&number, replica, upto.origin, err);

	if (rc < 0 || number == 0)
		return rc;
	rc = db_stmt(&stmt, replica->db, sql, err);
	if (rc < 0)
		return rc;
	db_bind_text(stmt, 1, key);
	db_bind_int(stmt, 2, store_id(number, 0));
	db_bind_int(stmt, 3, store_id(number, upto.seq));
	return log_entry_each(replica, stmt, fn, ctx, err);
}

int change_log_own(struct replica *replica, const char *key,
		   struct change_id upto, change_log_fn *fn, void *ctx,
		   struct err *err)
{
	return own(replica, SQL_OWN, key, upto, fn, ctx, err);
}

int change_log_claimed(struct replica *replica, const char *key,
		       struct change_id upto, change_log_fn *fn, void *ctx,
		       struct err *err)
{
	return own(replica, SQL_CLAIMED, key, upto, fn, ctx, err);
}

int change_log_ever(struct replica *replica, const struct edit_cell *cell,
		    change_log_text_fn *fn, void *ctx, struct err *err)
{
	const struct entity *entity =
		schema_entity_named(replica->schema, cell->entity);
	const struct field *field =
		entity != NULL ? entity_field_named(entity, cell->field) : NULL;
	sqlite3_stmt *stmt = NULL;
	int rc = 0;

	/* Not db_stmt: fn may ask for another one's. */
	if (field != NULL)
		rc = db_prepare(&stmt, replica->db, SQL_EVER, err);
	if (rc < 0 || field == NULL)
		return rc;
	db_bind_int(stmt, 1, entity->id);
	db_bind_text(stmt, 2, cell->row);
	db_bind_int(stmt, 3, field->id);
	while ((rc = db_step(replica->db, stmt, err)) > 0) {
		rc = fn(db_text(stmt, 0), ctx, err);
		if (rc != 0)
			break;
	}
	sqlite3_finalize(stmt);
	return rc;
}

int change_log_find(struct replica *replica, struct change_id id,
		    change_log_fn *fn, void *ctx, struct err *err)
{
	int64_t number = 0;
	sqlite3_stmt *stmt;
	bool found = false;
	int rc = origin_number(&number, replica, id.origin, err);

	if (rc < 0)
		return rc;
	if (number != 0)
		rc = store_exists(&found, replica, store_id(number, id.seq),
				  err);
	if (rc < 0)
		return rc;
	if (!found)
		return err_set(err, ERR_MISSING, "no such change");
	rc = db_stmt(&stmt, replica->db, SQL_RANGE, err);
	if (rc < 0)
		return rc;
	db_bind_int(stmt, 1, store_id(number, id.seq));
	db_bind_int(stmt, 2, store_id(number, id.seq));
	return log_entry_each(replica, stmt, fn, ctx, err);
}

int change_log_cases(struct replica *replica, uint64_t origin, uint64_t from,
		     change_log_case_fn *fn, void *ctx, struct err *err)
{
	int64_t number = 0;
	sqlite3_stmt *stmt;
	int rc = origin_number(&number, replica, origin, err);

	if (rc < 0 || number == 0)
		return rc;
	rc = db_stmt(&stmt, replica->db, SQL_CASES, err);
	if (rc < 0)
		return rc;
	db_bind_int(stmt, 1, store_id(number, from));
	db_bind_int(stmt, 2, store_id(number + 1, 0) - 1);
	while ((rc = db_step(replica->db, stmt, err)) > 0) {
		rc = fn(db_text(stmt, 0), ctx, err);
		if (rc != 0)
			break;
	}
	sqlite3_reset(stmt);
	return rc;
}
