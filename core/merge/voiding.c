/* voiding.c - a row voided here and edited there. */
#include "core/merge/voiding.h"

#include <stdlib.h>
#include <string.h>

static const char SQL_VOIDS[] =
	"SELECT c.id, c.bases FROM _head h JOIN _change c ON c.id = h.change"
	" WHERE h.cell = ? AND typeof(c.value) = 'integer' AND c.value = 1";
static const char SQL_FIELDS[] =
	"SELECT c.id, c.bases FROM _head h JOIN _change c ON c.id = h.change"
	" WHERE h.cell BETWEEN ? AND ?";

/* A head and what it names. */
struct known {
	int64_t id;
	int64_t *bases; /* owned */
	size_t n_bases;
};

struct many_known {
	struct known *heads;
	size_t n;
};

static void release(struct many_known *many)
{
	for (size_t i = 0; i < many->n; i++)
		free(many->heads[i].bases);
	free(many->heads);
}

static bool names(const struct known *head, int64_t id)
{
	for (size_t i = 0; i < head->n_bases; i++)
		if (head->bases[i] == id)
			return true;
	return false;
}

static int keep(struct many_known *many, sqlite3_stmt *stmt, struct err *err)
{
	const void *blob = sqlite3_column_blob(stmt, 1);
	size_t n = (size_t)sqlite3_column_bytes(stmt, 1) / 8;
	struct known *at;

	at = realloc(many->heads, (many->n + 1) * sizeof(*at));
	if (at == NULL)
		return err_nomem(err);
	many->heads = at;
	at += many->n;
	*at = (struct known){.id = db_int(stmt, 0), .n_bases = n};
	at->bases = calloc(n + 1, sizeof(*at->bases));
	if (at->bases == NULL)
		return err_nomem(err);
	for (size_t i = 0; i < n; i++)
		at->bases[i] = store_base_at(blob, i);
	many->n++;
	return 0;
}

int64_t voiding_cell(const struct cell *cell)
{
	return (cell->id & ~(int64_t)STORE_FIELD_MASK) | VOIDING_FIELD;
}

/* The heads of the row's fields, or those that void it. Leaves the statement
 * to be stepped through. */
static int select_heads(sqlite3_stmt **out, struct replica *replica,
			const struct cell *cell, bool fields, struct err *err)
{
	int64_t row = cell->id & ~(int64_t)STORE_FIELD_MASK;
	int rc =
		db_stmt(out, replica->db, fields ? SQL_FIELDS : SQL_VOIDS, err);

	if (rc < 0)
		return rc;
	db_bind_int(*out, 1,
		    fields ? row | VOIDING_FIRST_FIELD : voiding_cell(cell));
	if (fields)
		db_bind_int(*out, 2, row | STORE_FIELD_MASK);
	return 0;
}

int voiding_bases(struct cell_heads *heads, struct replica *replica,
		  const struct cell *cell, struct err *err)
{
	bool voids = cell->field_id == VOIDING_FIELD;
	sqlite3_stmt *stmt;
	int rc;

	if (!voids && cell->field_id < VOIDING_FIRST_FIELD)
		return 0;
	rc = select_heads(&stmt, replica, cell, voids, err);
	while (rc >= 0 && (rc = db_step(replica->db, stmt, err)) > 0) {
		int64_t *grown =
			realloc(heads->ids, (heads->n + 1) * sizeof(*grown));

		if (grown == NULL) {
			rc = err_nomem(err);
			break;
		}
		heads->ids = grown;
		heads->ids[heads->n++] = db_int(stmt, 0);
	}
	if (rc <= 0)
		sqlite3_reset(stmt);
	return rc;
}

/* Whether the field's head and some head that voids know of each other. */
static bool seen(const struct many_known *voids, const struct known *field)
{
	for (size_t i = 0; i < voids->n; i++)
		if (names(&voids->heads[i], field->id) ||
		    names(field, voids->heads[i].id))
			return true;
	return false;
}

static int load(struct many_known *many, struct replica *replica,
		const struct cell *cell, bool fields, struct err *err)
{
	sqlite3_stmt *stmt;
	int rc = select_heads(&stmt, replica, cell, fields, err);

	if (rc < 0)
		return rc;
	while ((rc = db_step(replica->db, stmt, err)) > 0)
		if ((rc = keep(many, stmt, err)) < 0)
			break;
	sqlite3_reset(stmt);
	return rc;
}

int voiding_unseen(struct cell_heads *out, struct replica *replica,
		   const struct cell *cell, struct err *err)
{
	struct many_known voids = {0};
	struct many_known fields = {0};
	int rc = load(&voids, replica, cell, false, err);

	*out = (struct cell_heads){.cell = cell->id};
	if (rc == 0 && voids.n > 0)
		rc = load(&fields, replica, cell, true, err);
	if (rc == 0 && fields.n > 0) {
		out->ids = calloc(fields.n, sizeof(*out->ids));
		if (out->ids == NULL)
			rc = err_nomem(err);
	}
	for (size_t i = 0; rc == 0 && i < fields.n; i++)
		if (!seen(&voids, &fields.heads[i]))
			out->ids[out->n++] = fields.heads[i].id;
	release(&fields);
	release(&voids);
	return rc;
}
