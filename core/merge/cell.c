/* cell.c - one field of one row: its heads and its place in the table. */
#include "core/merge/cell.h"

#include <stdlib.h>
#include <string.h>

#include "core/merge/fold.h"

static const char SQL_ROW_FIND[] =
	"SELECT id FROM _row WHERE entity = ? AND key = ?";
static const char SQL_ROW_ADD[] =
	"INSERT INTO _row(entity, key, scope) VALUES (?, ?, ?)";
static const char SQL_ROW_OF[] = "SELECT entity, key FROM _row WHERE id = ?";
static const char SQL_HEADS[] =
	"SELECT cell, change, shown FROM _head WHERE cell BETWEEN ? AND ?"
	" ORDER BY cell, change";
static const char SQL_HEAD_ADD[] =
	"INSERT INTO _head(cell, change, shown) VALUES (?, ?, 1)";
static const char SQL_HEAD_DROP[] =
	"DELETE FROM _head WHERE cell = ? AND change = ?";
static const char SQL_HEAD_MOVE[] =
	"UPDATE _head SET change = ?, shown = 1 WHERE cell = ? AND change = ?";
static const char SQL_HEADS_CLEAR[] = "DELETE FROM _head WHERE cell = ?";
static const char SQL_NAMED_ADD[] =
	"INSERT OR IGNORE INTO _named(change, cell) VALUES (?, ?)";
static const char SQL_NAMED_DROP[] =
	"DELETE FROM _named WHERE change = ? AND cell = ?";
static const char SQL_DISPUTED[] = "SELECT cell FROM _conflict";
static const char SQL_ROW_HEADS[] =
	"SELECT 1 FROM _head WHERE cell BETWEEN ? AND ? LIMIT 1";
static const char SQL_CELL_CHANGES[] =
	"SELECT id, flags, bases FROM _change WHERE cell = ? ORDER BY id";

static int run_ints(struct replica *replica, const char *sql, size_t n,
		    int64_t a, int64_t b, struct err *err)
{
	return db_run_ints(replica->db, sql, (int64_t[]){a, b}, n, err);
}

static bool changed(struct replica *replica)
{
	return sqlite3_changes(db_handle(replica->db)) > 0;
}

static int add_row(int64_t *out, struct replica *replica,
		   const struct cell *cell, struct err *err)
{
	const char *scope = "";
	size_t scope_len = 0;
	sqlite3_stmt *stmt;
	int rc = db_stmt(&stmt, replica->db, SQL_ROW_ADD, err);

	if (rc < 0)
		return rc;
	if (cell->entity != NULL)
		entity_case(cell->entity, cell->row, cell->row_len, &scope,
			    &scope_len);
	db_bind_int(stmt, 1, cell->entity_id);
	db_bind_bytes(stmt, 2, cell->row, cell->row_len);
	db_bind_bytes(stmt, 3, scope, scope_len);
	rc = db_run(replica->db, stmt, err);
	*out = sqlite3_last_insert_rowid(db_handle(replica->db));
	return rc;
}

int cell_find(int64_t *out, struct replica *replica,
	      const struct change *change, struct err *err)
{
	sqlite3_stmt *stmt;
	int rc = db_stmt(&stmt, replica->db, SQL_ROW_FIND, err);

	*out = 0;
	if (rc < 0)
		return rc;
	db_bind_int(stmt, 1, change->entity);
	db_bind_bytes(stmt, 2, change->row, change->row_len);
	rc = db_step(replica->db, stmt, err);
	if (rc > 0)
		*out = db_int(stmt, 0) << STORE_FIELD_BITS | change->field;
	sqlite3_reset(stmt);
	return rc < 0 ? rc : 0;
}

void cell_of_row(struct cell *out, struct replica *replica,
		 const struct change *change, int64_t row)
{
	out->id = row << STORE_FIELD_BITS | change->field;
	out->entity_id = change->entity;
	out->field_id = change->field;
	out->entity = schema_entity(replica->schema, change->entity);
	out->field = out->entity != NULL
			     ? entity_field(out->entity, change->field)
			     : NULL;
	out->row = change->row;
	out->row_len = change->row_len;
}

int cell_open(struct cell *out, struct replica *replica,
	      const struct change *change, struct err *err)
{
	int64_t row = 0;
	int rc;

	cell_of_row(out, replica, change, 0);
	rc = cell_find(&out->id, replica, change, err);
	if (rc < 0 || out->id != 0)
		return rc;
	rc = add_row(&row, replica, out, err);
	out->id = row << STORE_FIELD_BITS | change->field;
	return rc;
}

int cell_load(struct cell *out, struct buf *bytes, struct replica *replica,
	      int64_t id, struct err *err)
{
	sqlite3_stmt *stmt;
	int rc = db_stmt(&stmt, replica->db, SQL_ROW_OF, err);

	if (rc < 0)
		return rc;
	db_bind_int(stmt, 1, id >> STORE_FIELD_BITS);
	rc = db_step(replica->db, stmt, err);
	if (rc <= 0)
		return rc < 0 ? rc
			      : err_set(err, ERR_CORRUPT, "cell %lld: no row",
					(long long)id);
	out->id = id;
	out->entity_id = (uint32_t)db_int(stmt, 0);
	out->field_id = (uint32_t)(id & STORE_FIELD_MASK);
	out->entity = schema_entity(replica->schema, out->entity_id);
	out->field = out->entity != NULL
			     ? entity_field(out->entity, out->field_id)
			     : NULL;
	buf_clear(bytes);
	buf_adds(bytes, db_text(stmt, 1));
	sqlite3_reset(stmt);
	out->row = buf_text(bytes);
	out->row_len = bytes->len;
	return buf_check(bytes, err);
}

static int step_heads(struct row_heads *out, struct replica *replica,
		      sqlite3_stmt *stmt, struct err *err)
{
	int rc;

	while ((rc = db_step(replica->db, stmt, err)) > 0) {
		if (out->n == out->cap) {
			size_t cap = out->cap * 2 + 4;
			struct row_head *items =
				realloc(out->items, cap * sizeof(*items));

			if (items == NULL) {
				rc = err_nomem(err);
				break;
			}
			out->items = items;
			out->cap = cap;
		}
		out->items[out->n++] = (struct row_head){
			db_int(stmt, 0), db_int(stmt, 1), db_int(stmt, 2) != 0};
	}
	sqlite3_reset(stmt);
	return rc;
}

static int read_heads(struct row_heads *out, struct replica *replica,
		      int64_t from, int64_t to, struct err *err)
{
	sqlite3_stmt *stmt;
	int rc = db_stmt(&stmt, replica->db, SQL_HEADS, err);

	if (rc < 0)
		return rc;
	db_bind_int(stmt, 1, from);
	db_bind_int(stmt, 2, to);
	return step_heads(out, replica, stmt, err);
}

int cell_row_heads(struct row_heads *out, struct replica *replica,
		   const struct cell *cell, struct err *err)
{
	return read_heads(out, replica, cell->id & ~(int64_t)STORE_FIELD_MASK,
			  cell->id | STORE_FIELD_MASK, err);
}

int cell_heads(struct cell_heads *out, struct replica *replica, int64_t cell,
	       struct err *err)
{
	struct row_heads all = {NULL, 0, 0};
	int rc = read_heads(&all, replica, cell, cell, err);

	*out = (struct cell_heads){.cell = cell};
	if (rc == 0)
		rc = cell_heads_of(out, cell, &all, 0, all.n, err);
	free(all.items);
	return rc;
}

int cell_heads_of(struct cell_heads *out, int64_t cell,
		  const struct row_heads *all, size_t first, size_t n,
		  struct err *err)
{
	const struct row_head *heads = all->items;
	size_t end = first + n;

	*out = (struct cell_heads){.cell = cell};
	while (first < end && heads[first].cell != cell)
		first++;
	while (first + out->n < end && heads[first + out->n].cell == cell)
		out->n++;
	if (out->n == 0)
		return 0;
	out->ids = malloc(out->n * sizeof(*out->ids));
	out->shown = malloc(out->n * sizeof(*out->shown));
	if (out->ids == NULL || out->shown == NULL) {
		cell_heads_release(out);
		return err_nomem(err);
	}
	for (size_t i = 0; i < out->n; i++) {
		out->ids[i] = heads[first + i].change;
		out->shown[i] = heads[first + i].shown;
	}
	return 0;
}

int cell_heads_copy(struct cell_heads *out, const struct cell_heads *from,
		    struct err *err)
{
	*out = (struct cell_heads){.cell = from->cell};
	if (from->n == 0)
		return 0;
	out->ids = malloc(from->n * sizeof(*out->ids));
	out->shown = malloc(from->n * sizeof(*out->shown));
	if (out->ids == NULL || out->shown == NULL)
		return err_nomem(err);
	memcpy(out->ids, from->ids, from->n * sizeof(*out->ids));
	memcpy(out->shown, from->shown, from->n * sizeof(*out->shown));
	out->n = from->n;
	return 0;
}

void cell_heads_release(struct cell_heads *heads)
{
	free(heads->ids);
	free(heads->shown);
	*heads = (struct cell_heads){.cell = heads->cell};
}

bool cell_row_known(struct replica *replica, const struct cell *cell)
{
	struct err ignored = {0};
	sqlite3_stmt *stmt;
	bool known = false;

	if (db_stmt(&stmt, replica->db, SQL_ROW_HEADS, &ignored) < 0)
		return false;
	db_bind_int(stmt, 1, cell->id & ~(int64_t)STORE_FIELD_MASK);
	db_bind_int(stmt, 2, cell->id | STORE_FIELD_MASK);
	known = db_step(replica->db, stmt, &ignored) > 0;
	sqlite3_reset(stmt);
	return known;
}

int cell_refresh(struct replica *replica, const struct cell *cell,
		 struct err *err)
{
	return fold_cell(replica, cell, err);
}

/* Takes `id` out of the heads; false if it is none of them. */
static bool drop_head(struct cell_heads *heads, int64_t id)
{
	for (size_t i = 0; i < heads->n; i++) {
		if (heads->ids[i] != id)
			continue;
		heads->n--;
		memmove(heads->ids + i, heads->ids + i + 1,
			(heads->n - i) * sizeof(*heads->ids));
		memmove(heads->shown + i, heads->shown + i + 1,
			(heads->n - i) * sizeof(*heads->shown));
		return true;
	}
	return false;
}

/* Puts `id` among the heads, which stay in order. */
static int add_head(struct cell_heads *heads, int64_t id, struct err *err)
{
	int64_t *ids = realloc(heads->ids, (heads->n + 1) * sizeof(*ids));
	size_t at = heads->n;
	bool *shown;

	if (ids == NULL)
		return err_nomem(err);
	heads->ids = ids;
	shown = realloc(heads->shown, (heads->n + 1) * sizeof(*shown));
	if (shown == NULL)
		return err_nomem(err);
	heads->shown = shown;
	for (; at > 0 && ids[at - 1] > id; at--) {
		ids[at] = ids[at - 1];
		shown[at] = shown[at - 1];
	}
	ids[at] = id;
	shown[at] = true;
	heads->n++;
	return 0;
}

static int supersede(struct replica *replica, int64_t id,
		     const struct cell_heads_context *context, struct err *err)
{
	return context->later ? store_shrink_later(replica, id, err)
			      : store_shrink(replica, id, err);
}

/* Bases stop being heads; those not here yet are remembered as named. */
static int retire_bases(struct cell_heads *heads, struct replica *replica,
			const struct stored *change,
			const struct cell_heads_context *context,
			struct err *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < change->n_bases; i++) {
		int64_t base = change->bases[i];
		bool known = true;

		if (drop_head(heads, base)) {
			if (base < context->marked_from ||
			    base > context->marked_to)
				rc = supersede(replica, base, context, err);
			continue;
		}
		rc = store_exists(&known, replica, base, err);
		if (rc == 0 && !known)
			rc = run_ints(replica, SQL_NAMED_ADD, 2, base,
				      heads->cell, err);
	}
	return rc;
}

int cell_heads_take(struct cell_heads *heads, struct replica *replica,
		    const struct stored *change,
		    const struct cell_heads_context *context, struct err *err)
{
	int rc = retire_bases(heads, replica, change, context, err);

	if (rc < 0)
		return rc;
	if (context->may_be_named) {
		rc = run_ints(replica, SQL_NAMED_DROP, 2, change->id,
			      heads->cell, err);
		if (rc < 0)
			return rc;
		if (changed(replica))
			return supersede(replica, change->id, context, err);
	}
	return change->flags & STORE_SUPERSEDED
		       ? 0
		       : add_head(heads, change->id, err);
}

static bool has_head(const struct cell_heads *heads, int64_t id)
{
	for (size_t i = 0; i < heads->n; i++)
		if (heads->ids[i] == id)
			return true;
	return false;
}

int cell_heads_save(struct replica *replica, const struct cell_heads *before,
		    const struct cell_heads *after, struct err *err)
{
	int64_t cell = after->cell;
	int rc = 0;

	if (before->n == 1 && after->n == 1) /* the usual case, in one go */
		return before->ids[0] == after->ids[0]
			       ? 0
			       : db_run_ints(replica->db, SQL_HEAD_MOVE,
					     (int64_t[]){after->ids[0], cell,
							 before->ids[0]},
					     3, err);
	for (size_t i = 0; rc == 0 && i < before->n; i++)
		if (!has_head(after, before->ids[i]))
			rc = run_ints(replica, SQL_HEAD_DROP, 2, cell,
				      before->ids[i], err);
	for (size_t i = 0; rc == 0 && i < after->n; i++)
		if (!has_head(before, after->ids[i]))
			rc = run_ints(replica, SQL_HEAD_ADD, 2, cell,
				      after->ids[i], err);
	return rc;
}

int cell_take(struct replica *replica, const struct cell *cell,
	      const struct stored *change, bool in_table, struct err *err)
{
	const struct cell_heads_context context = {.may_be_named = true};
	const struct fold_known known = {.change = change,
					 .in_table = in_table};
	struct cell_heads before;
	struct cell_heads heads = {.cell = cell->id};
	int rc = cell_heads(&before, replica, cell->id, err);

	if (rc == 0)
		rc = cell_heads_copy(&heads, &before, err);
	if (rc == 0)
		rc = cell_heads_take(&heads, replica, change, &context, err);
	if (rc == 0)
		rc = cell_heads_save(replica, &before, &heads, err);
	if (rc == 0)
		rc = fold_heads(replica, cell, &heads, &known, err);
	cell_heads_release(&before);
	cell_heads_release(&heads);
	return rc < 0 ? rc : fold_void_of(replica, cell, err);
}

/* A change of the cell as reconsidering sees it. */
struct member {
	int64_t id;
	bool refused;
	bool named;
	size_t n_bases;
	int64_t *bases; /* owned */
};

static int load_members(struct member **out, size_t *n, struct replica *replica,
			int64_t cell, struct err *err)
{
	size_t cap = 0;
	sqlite3_stmt *stmt;
	int rc = db_stmt(&stmt, replica->db, SQL_CELL_CHANGES, err);

	if (rc < 0)
		return rc;
	db_bind_int(stmt, 1, cell);
	while ((rc = db_step(replica->db, stmt, err)) > 0) {
		const void *blob = sqlite3_column_blob(stmt, 2);
		struct member *at;

		if (*n == cap) {
			cap = cap * 2 + 8;
			at = realloc(*out, cap * sizeof(*at));
			if (at == NULL) {
				rc = err_nomem(err);
				break;
			}
			*out = at;
		}
		at = &(*out)[(*n)++];
		*at = (struct member){.id = db_int(stmt, 0)};
		at->refused = (db_int(stmt, 1) & STORE_REFUSED) != 0;
		at->named = (db_int(stmt, 1) & STORE_SUPERSEDED) != 0;
		at->n_bases = (size_t)sqlite3_column_bytes(stmt, 2) / 8;
		at->bases = calloc(at->n_bases + 1, sizeof(*at->bases));
		if (at->bases == NULL) {
			rc = err_nomem(err);
			break;
		}
		for (size_t i = 0; i < at->n_bases; i++)
			at->bases[i] = store_base_at(blob, i);
	}
	sqlite3_reset(stmt);
	return rc < 0 ? rc : 0;
}

static struct member *find_member(struct member *members, size_t n, int64_t id)
{
	size_t low = 0;
	size_t high = n;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (members[middle].id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low < n && members[low].id == id ? &members[low] : NULL;
}

static int name_bases(struct replica *replica, const struct cell *cell,
		      struct member *members, size_t n, struct err *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < n; i++)
		for (size_t k = 0; rc == 0 && k < members[i].n_bases; k++) {
			int64_t base = members[i].bases[k];
			struct member *at = find_member(members, n, base);

			if (at != NULL)
				at->named |= !members[i].refused;
			else if (members[i].refused)
				rc = run_ints(replica, SQL_NAMED_DROP, 2, base,
					      cell->id, err);
		}
	/* A base that an accepted change names too stays remembered. */
	for (size_t i = 0; rc == 0 && i < n; i++)
		for (size_t k = 0;
		     rc == 0 && !members[i].refused && k < members[i].n_bases;
		     k++)
			if (find_member(members, n, members[i].bases[k]) ==
			    NULL)
				rc = run_ints(replica, SQL_NAMED_ADD, 2,
					      members[i].bases[k], cell->id,
					      err);
	return rc;
}

int cell_refresh_disputed(struct replica *replica, struct err *err)
{
	struct buf cells = BUF_INIT;
	struct buf row = BUF_INIT;
	struct cell cell;
	sqlite3_stmt *stmt;
	int rc = db_stmt(&stmt, replica->db, SQL_DISPUTED, err);

	while (rc >= 0 && (rc = db_step(replica->db, stmt, err)) > 0) {
		int64_t id = db_int(stmt, 0);

		buf_add(&cells, &id, sizeof(id));
	}
	if (rc == 0)
		rc = buf_check(&cells, err);
	for (size_t at = 0; rc == 0 && at < cells.len; at += sizeof(int64_t)) {
		int64_t id;

		memcpy(&id, cells.data + at, sizeof(id));
		rc = cell_load(&cell, &row, replica, id, err);
		if (rc == 0)
			rc = cell_refresh(replica, &cell, err);
	}
	buf_release(&cells);
	buf_release(&row);
	return rc;
}

int cell_reconsider(struct replica *replica, const struct cell *cell,
		    struct err *err)
{
	struct member *members = NULL;
	size_t n = 0;
	int rc = load_members(&members, &n, replica, cell->id, err);

	if (rc == 0)
		rc = name_bases(replica, cell, members, n, err);
	if (rc == 0)
		rc = run_ints(replica, SQL_HEADS_CLEAR, 1, cell->id, 0, err);
	for (size_t i = 0; rc == 0 && i < n; i++) {
		if (members[i].refused || members[i].named)
			continue;
		rc = run_ints(replica, SQL_HEAD_ADD, 2, cell->id, members[i].id,
			      err);
	}
	if (rc == 0)
		rc = fold_cell(replica, cell, err);
	if (rc == 0)
		rc = fold_void_of(replica, cell, err);
	for (size_t i = 0; i < n; i++)
		free(members[i].bases);
	free(members);
	return rc;
}
