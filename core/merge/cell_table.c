/* cell_table.c - a cell's place in the domain's table: written past the
 * triggers, as what is merged is logged already.
 * Knows tables and keys; no heads, no policy. */
#include <string.h>

#include "core/merge/cell.h"
#include "core/merge/normal.h"

/* ` "a" = ? AND "b" = ?` over the key columns. */
static void add_key_match(struct buf *sql, const struct entity *entity)
{
	for (size_t i = 0; i < entity->n_keys; i++)
		buf_addf(sql, "%s \"%s\" = ?", i > 0 ? " AND" : "",
			 entity->keys[i]);
}

/* The row's key, part by part, from parameter `at` on. */
static void bind_key(sqlite3_stmt *stmt, int at, const struct cell *cell)
{
	for (size_t i = 0; i < cell->entity->n_keys; i++) {
		const char *part = "";
		size_t len = 0;

		entity_key_part(cell->row, cell->row_len, i, &part, &len);
		db_lend_bytes(stmt, at + (int)i, part, len);
	}
}

/* The table's own row for a key; its other columns stay NULL. */
static int add_table_row(struct replica *replica, const struct cell *cell,
			 struct err *err)
{
	const struct entity *entity = cell->entity;
	struct buf sql = BUF_INIT;
	sqlite3_stmt *stmt = NULL;
	int rc;

	buf_addf(&sql, "INSERT OR IGNORE INTO \"%s\"(", entity->name);
	for (size_t i = 0; i < entity->n_keys; i++)
		buf_addf(&sql, "%s\"%s\"", i > 0 ? ", " : "", entity->keys[i]);
	buf_adds(&sql, ") VALUES (?");
	for (size_t i = 1; i < entity->n_keys; i++)
		buf_adds(&sql, ", ?");
	buf_adds(&sql, ")");
	rc = buf_check(&sql, err);
	if (rc == 0)
		rc = db_stmt_made(&stmt, replica->db, buf_text(&sql), err);
	if (rc == 0) {
		bind_key(stmt, 1, cell);
		rc = db_run(replica->db, stmt, err);
	}
	buf_release(&sql);
	return rc;
}

/* Where the statements of an entity are kept: one for each field, then one
 * for several at once. */
static sqlite3_stmt **slot_of(struct replica *replica,
			      const struct entity *entity, size_t field)
{
	size_t at = (size_t)(entity - replica->schema->entities);

	return &replica->updates[at * UPDATE_SLOTS + field];
}

/* Finishes and prepares an UPDATE of one row, if that was not done before. */
static int prepare_update(sqlite3_stmt **slot, struct replica *replica,
			  const struct entity *entity, struct buf *sql,
			  struct err *err)
{
	int rc;

	buf_adds(sql, " WHERE");
	add_key_match(sql, entity);
	rc = buf_check(sql, err);
	return rc < 0 ? rc : db_prepare(slot, replica->db, buf_text(sql), err);
}

static int field_stmt(sqlite3_stmt **out, struct replica *replica,
		      const struct cell *cell, struct err *err)
{
	const struct entity *entity = cell->entity;
	sqlite3_stmt **slot = slot_of(replica, entity,
				      (size_t)(cell->field - entity->fields));
	struct buf sql = BUF_INIT;
	int rc = 0;

	if (*slot == NULL) {
		buf_addf(&sql, "UPDATE \"%s\" SET \"%s\" = ?", entity->name,
			 cell->field->name);
		rc = prepare_update(slot, replica, entity, &sql, err);
		buf_release(&sql);
	}
	*out = *slot;
	return rc;
}

/* One statement for any choice of fields: parameter 2 i + 1 says whether
 * field i is written, 2 i + 2 is its value; the key's follow. */
static int row_stmt(sqlite3_stmt **out, struct replica *replica,
		    const struct entity *entity, struct err *err)
{
	sqlite3_stmt **slot = slot_of(replica, entity, FIELD_SLOTS);
	struct buf sql = BUF_INIT;
	int rc = 0;

	if (*slot == NULL) {
		buf_addf(&sql, "UPDATE \"%s\" SET ", entity->name);
		for (size_t i = 0; i < entity->n_fields; i++)
			buf_addf(&sql, "%s\"%s\" = iif(?, ?, \"%s\")",
				 i > 0 ? ", " : "", entity->fields[i].name,
				 entity->fields[i].name);
		rc = prepare_update(slot, replica, entity, &sql, err);
		buf_release(&sql);
	}
	*out = *slot;
	return rc;
}

/* A value that came before its field was known may be none that it can hold:
 * kept as a head, it shows as nothing. */
static const struct value *holdable(const struct cell *cell,
				    const struct value *value)
{
	static const struct value nothing = {.type = VALUE_NULL};

	return normal_fits(cell->field, value) ? value : &nothing;
}

static int update_field(struct replica *replica, const struct cell *cell,
			const struct value *value, struct err *err)
{
	sqlite3_stmt *stmt = NULL;
	int rc = field_stmt(&stmt, replica, cell, err);

	if (rc < 0)
		return rc;
	sqlite3_reset(stmt);
	db_lend_value(stmt, 1, holdable(cell, value));
	bind_key(stmt, 2, cell);
	return db_run(replica->db, stmt, err);
}

static int update_row(struct replica *replica, const struct cell_values *all,
		      struct err *err)
{
	const struct entity *entity = all->cells[0]->entity;
	sqlite3_stmt *stmt = NULL;
	int rc = row_stmt(&stmt, replica, entity, err);

	if (rc < 0)
		return rc;
	sqlite3_reset(stmt);
	sqlite3_clear_bindings(stmt);
	for (size_t i = 0; i < all->n; i++) {
		int at = 2 * (int)(all->cells[i]->field - entity->fields);

		db_bind_int(stmt, at + 1, 1);
		db_lend_value(stmt, at + 2,
			      holdable(all->cells[i], all->values[i]));
	}
	bind_key(stmt, 2 * (int)entity->n_fields + 1, all->cells[0]);
	return db_run(replica->db, stmt, err);
}

/* Cells whose fields this schema does not know have no place in the table. */
static int update(struct replica *replica, const struct cell_values *all,
		  struct err *err)
{
	int rc = all->n == 1 ? update_field(replica, all->cells[0],
					    all->values[0], err)
			     : update_row(replica, all, err);

	if (rc == ERR_INPUT) /* a STRICT table's own word */
		rc = err_set(err, ERR_CORRUPT,
			     "field '%s': value of a wrong type",
			     all->cells[0]->field->name);
	return rc;
}

/* The row is made where nothing was found to write to. */
static int write_values(struct replica *replica, const struct cell_values *all,
			struct err *err)
{
	int rc = update(replica, all, err);

	if (rc < 0 || sqlite3_changes(db_handle(replica->db)) > 0)
		return rc;
	rc = add_table_row(replica, all->cells[0], err);
	return rc < 0 ? rc : update(replica, all, err);
}

int cell_write_row(struct replica *replica, const struct cell_values *all,
		   struct err *err)
{
	bool capture = db_capturing(replica->db);
	int rc;

	if (all->n == 0)
		return 0;
	if (capture)
		db_capture(replica->db, false);
	rc = write_values(replica, all, err);
	if (capture)
		db_capture(replica->db, true);
	return rc;
}

int cell_write(struct replica *replica, const struct cell *cell,
	       const struct value *value, struct err *err)
{
	struct cell_values one = {{cell}, {value}, 1};
	bool capture = db_capturing(replica->db);
	int rc;

	if (cell->entity == NULL)
		return 0;
	if (cell->field != NULL)
		return cell_write_row(replica, &one, err);
	if (capture)
		db_capture(replica->db, false);
	rc = add_table_row(replica, cell, err);
	if (capture)
		db_capture(replica->db, true);
	return rc;
}

int cell_drop_row(struct replica *replica, const struct cell *cell,
		  struct err *err)
{
	bool capture = db_capturing(replica->db);
	struct buf sql = BUF_INIT;
	sqlite3_stmt *stmt = NULL;
	int rc;

	if (cell->entity == NULL)
		return 0;
	buf_addf(&sql, "DELETE FROM \"%s\" WHERE", cell->entity->name);
	add_key_match(&sql, cell->entity);
	if (capture)
		db_capture(replica->db, false);
	rc = buf_check(&sql, err);
	if (rc == 0)
		rc = db_prepare(&stmt, replica->db, buf_text(&sql), err);
	if (rc == 0) {
		bind_key(stmt, 1, cell);
		rc = db_run(replica->db, stmt, err);
	}
	sqlite3_finalize(stmt);
	if (capture)
		db_capture(replica->db, true);
	buf_release(&sql);
	return rc;
}

int cell_shown(struct value *out, struct buf *bytes, struct replica *replica,
	       const struct cell *cell, struct err *err)
{
	struct buf sql = BUF_INIT;
	sqlite3_stmt *stmt = NULL;
	int rc;

	*out = (struct value){.type = VALUE_NULL};
	if (cell->field == NULL)
		return 0;
	buf_addf(&sql, "SELECT \"%s\" FROM \"%s\" WHERE", cell->field->name,
		 cell->entity->name);
	add_key_match(&sql, cell->entity);
	rc = buf_check(&sql, err);
	if (rc == 0)
		rc = db_stmt_made(&stmt, replica->db, buf_text(&sql), err);
	if (rc == 0) {
		bind_key(stmt, 1, cell);
		rc = db_step(replica->db, stmt, err);
	}
	if (rc > 0) {
		*out = db_value(stmt, 0);
		buf_clear(bytes);
		buf_add(bytes, out->bytes, out->len);
		out->bytes = buf_text(bytes);
		rc = buf_check(bytes, err);
	}
	sqlite3_reset(stmt);
	buf_release(&sql);
	return rc;
}
