/* register_cells.c - gathers a case's cells from the heads, and from the
 * domain tables where a cell shows what no single head holds.
 * Refuses to know labels and lines. */
#include "sync/register/register_cells.h"

#include <stdlib.h>
#include <string.h>

#include "core/log/change_log.h"
#include "sync/register/register.h"

/* The heads of a case's rows. Heads that agree, or one alone, are what the
 * table shows (I3 of change_log.h); c.flags & 4 is a deflated value. */
static const char SQL_HEADS[] =
	"SELECT r.entity, r.key, h.cell & 4095, c.value, c.flags & 4,"
	" h.shown, k.cell IS NOT NULL, h.cell"
	" FROM _row r"
	" CROSS JOIN _head h"
	"  ON h.cell >= r.id << 12 AND h.cell < (r.id + 1) << 12"
	" CROSS JOIN _change c ON c.id = h.change"
	" LEFT JOIN _conflict k ON k.cell = h.cell"
	" WHERE r.scope = ?1 ORDER BY h.cell, h.change";

static const char SQL_SCHEMA_HEADS[] =
	"SELECT r.entity, r.key, h.cell & 4095, c.value, c.flags & 4,"
	" h.shown, k.cell IS NOT NULL, h.cell"
	" FROM _row r"
	" CROSS JOIN _head h"
	"  ON h.cell >= r.id << 12 AND h.cell < (r.id + 1) << 12"
	" CROSS JOIN _change c ON c.id = h.change"
	" LEFT JOIN _conflict k ON k.cell = h.cell"
	" WHERE r.entity IN (?1, ?2) ORDER BY h.cell, h.change";

/* void and void_reason (ids 1 and 2) close a row. */
enum { VOID_LAST = 2, FIELD_IDS = 4096 };

void register_cells_release(struct register_cells *cells)
{
	free(cells->cells);
	buf_release(&cells->bytes);
	*cells = (struct register_cells)REGISTER_CELLS_INIT;
}

const char *register_cell_row(const struct register_cells *cells,
			      const struct register_cell *cell)
{
	return buf_text(&cells->bytes) + cell->row_at;
}

struct value register_cell_value(const struct register_cells *cells,
				 const struct register_cell *cell)
{
	struct value value = cell->value;

	value.bytes = buf_text(&cells->bytes) + cell->value_at;
	return value;
}

static int compare_rows(const struct register_cells *cells,
			const struct register_cell *a,
			const struct register_cell *b)
{
	size_t shorter = a->row_len < b->row_len ? a->row_len : b->row_len;
	int order;

	if (a->entity_id != b->entity_id)
		return a->entity_id < b->entity_id ? -1 : 1;
	order = memcmp(register_cell_row(cells, a), register_cell_row(cells, b),
		       shorter);
	if (order != 0)
		return order;
	return (a->row_len > b->row_len) - (a->row_len < b->row_len);
}

bool register_cell_same_row(const struct register_cells *cells,
			    const struct register_cell *a,
			    const struct register_cell *b)
{
	return compare_rows(cells, a, b) == 0;
}

static uint32_t field_rank(const struct register_cell *cell)
{
	if (cell->field_id > 0 && cell->field_id <= VOID_LAST)
		return cell->field_id + FIELD_IDS;
	return cell->field_id;
}

/* Numbers come in the order of rows and fields; the case's own row is first
 * because its entity stands before those that hang on it. */
static int compare_cells(const void *a, const void *b, void *ctx)
{
	const struct register_cell *x = a;
	const struct register_cell *y = b;
	int order = compare_rows(ctx, x, y);
	uint32_t rank = field_rank(x);
	uint32_t other = field_rank(y);

	if (order == 0)
		order = (rank > other) - (rank < other);
	return order != 0 ? order : (x->nth > y->nth) - (x->nth < y->nth);
}

static void sort_cells(struct register_cells *cells)
{
	if (cells->n > 1)
		qsort_r(cells->cells, cells->n, sizeof(*cells->cells),
			compare_cells, cells);
}

static void put_value(struct register_cells *cells, struct register_cell *cell,
		      const struct value *value)
{
	cell->value = *value;
	cell->value.bytes = NULL;
	cell->value_at = cells->bytes.len;
	if (value->type != VALUE_TEXT && value->type != VALUE_BLOB)
		cell->value.len = 0;
	buf_add(&cells->bytes, value->bytes, cell->value.len);
}

/* Adds a cell with its value copied; NULL on lack of memory. */
static struct register_cell *add_cell(struct register_cells *cells,
				      const struct schema *schema,
				      const struct change *change)
{
	struct register_cell *cell;

	if (cells->n == cells->cap) {
		size_t cap = cells->cap ? 2 * cells->cap : 64;

		cell = realloc(cells->cells, cap * sizeof(*cell));
		if (!cell)
			return NULL;
		cells->cells = cell;
		cells->cap = cap;
	}
	cell = &cells->cells[cells->n];
	*cell = (struct register_cell){
		.entity = schema_entity(schema, change->entity),
		.entity_id = change->entity,
		.field_id = change->field,
		.row_at = cells->bytes.len,
		.row_len = change->row_len,
	};
	if (cell->entity)
		cell->field = entity_field(cell->entity, change->field);
	buf_add(&cells->bytes, change->row, change->row_len);
	put_value(cells, cell, &change->value);
	if (cells->bytes.failed)
		return NULL;
	cells->n++;
	return cell;
}

/* ---- what is shown ----------------------------------------------------- */

/* The cell being gathered, head by head. */
struct gather {
	int64_t id;
	struct register_cell *cell;
	bool shown; /* the value kept so far is of a head that is shown */
	bool table; /* only the domain table has what is shown */
};

static void more_heads(struct register_cells *cells, struct gather *at,
		       const struct value *value, bool shown)
{
	struct value before = register_cell_value(cells, at->cell);

	if (value_equal(&before, value))
		return;
	at->table = true;
	/* For fields without a table: a value that is shown. */
	if (shown && !at->shown) {
		put_value(cells, at->cell, value);
		at->shown = true;
	}
}

static int table_value(struct register_cells *cells, struct register_cell *cell,
		       struct db *db, struct err *err)
{
	struct buf sql = BUF_INIT;
	sqlite3_stmt *stmt = NULL;
	struct value value;
	int rc;

	buf_addf(&sql, "SELECT \"%s\" FROM \"%s\" WHERE", cell->field->name,
		 cell->entity->name);
	for (size_t i = 0; i < cell->entity->n_keys; i++)
		buf_addf(&sql, "%s \"%s\" = ?", i > 0 ? " AND" : "",
			 cell->entity->keys[i]);
	if ((rc = buf_check(&sql, err)) < 0 ||
	    (rc = db_prepare(&stmt, db, buf_text(&sql), err)) < 0)
		goto done;
	for (size_t i = 0; i < cell->entity->n_keys; i++) {
		const char *part = NULL;
		size_t len = 0;

		entity_key_part(register_cell_row(cells, cell), cell->row_len,
				i, &part, &len);
		db_bind_bytes(stmt, (int)i + 1, part, len);
	}
	rc = db_step(db, stmt, err);
	if (rc == 0)
		rc = err_set(err, ERR_CORRUPT, "%s: row '%.*s' is not there",
			     cell->entity->name, (int)cell->row_len,
			     register_cell_row(cells, cell));
	if (rc < 0)
		goto done;
	value = db_value(stmt, 0);
	put_value(cells, cell, &value);
	rc = buf_check(&cells->bytes, err);
done:
	sqlite3_finalize(stmt);
	buf_release(&sql);
	return rc;
}

static int gather_finish(struct register_cells *cells, struct gather *at,
			 struct db *db, struct err *err)
{
	if (at->cell && at->table && at->cell->field)
		return table_value(cells, at->cell, db, err);
	return 0;
}

static int gather_head(struct register_cells *cells, struct gather *at,
		       struct replica *replica, sqlite3_stmt *stmt,
		       struct err *err)
{
	struct value value = db_value(stmt, 3);
	bool shown = db_int(stmt, 5) != 0;
	struct change change = {.value = value};
	int rc;

	if (at->cell && at->id == db_int(stmt, 7)) {
		more_heads(cells, at, &value, shown);
		return buf_check(&cells->bytes, err);
	}
	if ((rc = gather_finish(cells, at, replica_db(replica), err)) < 0)
		return rc;
	change.entity = (uint32_t)db_int(stmt, 0);
	change.row = db_text(stmt, 1);
	change.row_len = strlen(change.row);
	change.field = (uint32_t)db_int(stmt, 2);
	at->id = db_int(stmt, 7);
	at->shown = shown;
	at->table = db_int(stmt, 4) != 0 || db_int(stmt, 6) != 0;
	if (db_int(stmt, 6) != 0)
		cells->conflicts = true;
	at->cell = add_cell(cells, replica_schema(replica), &change);
	return at->cell ? 0 : err_nomem(err);
}

int register_cells_shown(struct register_cells *out, struct replica *replica,
			 const char *key, struct err *err)
{
	const struct schema *schema = replica_schema(replica);
	struct db *db = replica_db(replica);
	struct gather at = {0};
	sqlite3_stmt *stmt;
	bool of_schema = strcmp(key, REGISTER_SCHEMA) == 0;
	int rc;

	if (of_schema && schema->fields == NULL)
		return 0;
	rc = db_stmt(&stmt, db, of_schema ? SQL_SCHEMA_HEADS : SQL_HEADS, err);
	if (rc < 0)
		return rc;
	if (of_schema) {
		db_bind_int(stmt, 1, schema->codes->id);
		db_bind_int(stmt, 2, schema->fields->id);
	} else {
		db_bind_text(stmt, 1, key);
	}
	while ((rc = db_step(db, stmt, err)) > 0)
		if ((rc = gather_head(out, &at, replica, stmt, err)) < 0)
			break;
	sqlite3_reset(stmt);
	if (rc == 0)
		rc = gather_finish(out, &at, db, err);
	if (rc == 0)
		sort_cells(out);
	return rc;
}

/* ---- a node's own ------------------------------------------------------ */

struct own {
	struct register_cells *cells;
	const struct schema *schema;
	bool of_schema; /* of the rows of no case only these */
};

/* Whether an entry stands in the document that is made. */
static bool is_of(const struct own *own, const struct change_log_entry *entry)
{
	uint32_t entity = entry->change->entity;

	return !own->of_schema || entity == own->schema->codes->id ||
	       entity == own->schema->fields->id;
}

static int add_own(const struct change_log_entry *entry, void *ctx,
		   struct err *err)
{
	struct own *own = ctx;

	if (!is_of(own, entry))
		return 0;
	return add_cell(own->cells, own->schema, entry->change)
		       ? 0
		       : err_nomem(err);
}

typedef int log_fn(struct replica *replica, const char *key,
		   struct change_id upto, change_log_fn *fn, void *ctx,
		   struct err *err);

/* The rows of no case have no key of their own in the log. */
static int gather_own(struct register_cells *out, struct replica *replica,
		      const char *key, struct change_id upto, log_fn *log,
		      change_log_fn *fn, struct err *err)
{
	struct own own = {out, replica_schema(replica),
			  strcmp(key, REGISTER_SCHEMA) == 0};
	int rc = 0;

	if (!own.of_schema)
		rc = log(replica, key, upto, fn, &own, err);
	else if (own.schema->fields != NULL)
		rc = log(replica, "", upto, fn, &own, err);
	if (rc == 0)
		sort_cells(out);
	return rc;
}

int register_cells_own(struct register_cells *out, struct replica *replica,
		       const char *key, struct change_id upto, struct err *err)
{
	return gather_own(out, replica, key, upto, change_log_own, add_own,
			  err);
}

static int add_claimed(const struct change_log_entry *entry, void *ctx,
		       struct err *err)
{
	struct own *own = ctx;
	struct register_cells *cells = own->cells;
	struct register_cell *cell;

	if (!is_of(own, entry))
		return 0;
	cell = add_cell(cells, own->schema, entry->change);
	if (cell == NULL)
		return err_nomem(err);
	cell->refused = entry->refused;
	if (cells->n < 2 || !register_cell_same_row(cells, cell - 1, cell) ||
	    cell[-1].field_id != cell->field_id)
		return 0;
	/* All that a change which was taken replaced is past. */
	if (!cell[-1].refused)
		cells->n--;
	else
		cell->nth = cell[-1].nth + 1;
	return 0;
}

int register_cells_claimed(struct register_cells *out, struct replica *replica,
			   const char *key, struct change_id upto,
			   struct err *err)
{
	return gather_own(out, replica, key, upto, change_log_claimed,
			  add_claimed, err);
}
