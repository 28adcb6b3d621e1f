/* conflict.c - cells with several heads that differ, told to people. */
#include "core/conflict.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/cell.h"
#include "core/log_entry.h"
#include "core/voiding.h"

static const char SQL_CONFLICTS[] =
	"SELECT d.cell, d.severity, r.scope FROM _conflict d"
	" JOIN _row r ON r.id = d.cell >> 12"
	" ORDER BY r.scope, r.entity, r.key, d.cell";
static const char SQL_CONFLICTS_OF[] =
	"SELECT d.cell, d.severity, r.scope FROM _row r"
	" CROSS JOIN _conflict d ON d.cell BETWEEN r.id << 12 AND"
	" (r.id << 12 | 4095)"
	" WHERE r.scope = ? ORDER BY r.entity, r.key, d.cell";
static const char SQL_COUNT[] =
	"SELECT coalesce(sum(severity = 1), 0), coalesce(sum(severity = 2), 0)"
	" FROM _conflict";

/* A head copied out of the statement that read it. */
struct kept_head {
	struct change change;
	struct change_id *bases;
	struct buf text; /* row, value, reason, site, author */
};

struct heads_ctx {
	struct kept_head *heads;
	struct change_log_entry *faces;
	size_t n;
};

static void heads_release(struct heads_ctx *heads)
{
	for (size_t i = 0; i < heads->n; i++) {
		free(heads->heads[i].bases);
		buf_release(&heads->heads[i].text);
	}
	free(heads->heads);
	free(heads->faces);
}

static size_t put(struct buf *text, const char *bytes, size_t len)
{
	size_t at = text->len;

	buf_add(text, bytes, len);
	buf_addc(text, '\0');
	return at;
}

static int keep(struct kept_head *kept, struct change_log_entry *face,
		const struct change_log_entry *entry, struct err *err)
{
	const struct change *change = entry->change;
	size_t row = put(&kept->text, change->row, change->row_len);
	size_t value = put(&kept->text, change->value.bytes, change->value.len);
	size_t reason = put(&kept->text, change->reason, change->reason_len);
	size_t site = put(&kept->text, entry->site, strlen(entry->site));
	size_t author = put(&kept->text, entry->author, strlen(entry->author));
	const char *text = buf_text(&kept->text);

	kept->bases = calloc(change->n_bases + 1, sizeof(*kept->bases));
	if (kept->bases == NULL)
		return err_nomem(err);
	if (change->n_bases > 0)
		memcpy(kept->bases, change->bases,
		       change->n_bases * sizeof(*kept->bases));
	kept->change = *change;
	kept->change.bases = kept->bases;
	kept->change.row = text + row;
	kept->change.value.bytes = text + value;
	kept->change.reason = change->reason != NULL ? text + reason : NULL;
	kept->change.extra = NULL;
	kept->change.extra_len = 0;
	kept->change.n_extra = 0;
	*face = *entry;
	face->site = text + site;
	face->author = text + author;
	return buf_check(&kept->text, err);
}

static int keep_head(const struct change_log_entry *entry, void *ctx,
		     struct err *err)
{
	struct heads_ctx *heads = ctx;
	struct kept_head *grown =
		realloc(heads->heads, (heads->n + 1) * sizeof(*heads->heads));
	struct change_log_entry *faces;

	if (grown == NULL)
		return err_nomem(err);
	heads->heads = grown;
	faces = realloc(heads->faces, (heads->n + 1) * sizeof(*faces));
	if (faces == NULL)
		return err_nomem(err);
	heads->faces = faces;
	heads->heads[heads->n] = (struct kept_head){.text = BUF_INIT};
	heads->n++;
	return keep(&heads->heads[heads->n - 1], &faces[heads->n - 1], entry,
		    err);
}

static int load_base(struct value *out, struct buf *bytes,
		     struct replica *replica, int64_t cell, struct err *err)
{
	struct cell_heads ids;
	bool found = false;
	int rc = cell_heads(&ids, replica, cell, err);

	if (rc == 0)
		rc = cell_base(out, bytes, &found, replica, &ids, err);
	cell_heads_release(&ids);
	return rc;
}

static int load_unseen(struct heads_ctx *out, struct replica *replica,
		       const struct cell *cell, struct err *err)
{
	struct cell_heads ids;
	struct change_id id;
	int rc;

	if (cell->field_id != VOIDING_FIELD)
		return 0;
	rc = voiding_unseen(&ids, replica, cell, err);
	for (size_t i = 0; rc == 0 && i < ids.n; i++) {
		rc = store_change_id(&id, replica, ids.ids[i], err);
		if (rc == 0)
			rc = change_log_find(replica, id, keep_head, out, err);
	}
	cell_heads_release(&ids);
	return rc;
}

/* Pointers into heads are set last: realloc moves them. */
static void settle(struct heads_ctx *heads)
{
	for (size_t i = 0; i < heads->n; i++)
		heads->faces[i].change = &heads->heads[i].change;
}

static int tell(struct replica *replica, int64_t number, enum severity severity,
		const char *key, conflict_fn *fn, void *ctx, struct err *err)
{
	struct conflict conflict = {.severity = severity, .key = key};
	struct heads_ctx heads = {0};
	struct heads_ctx unseen = {0};
	struct buf row = BUF_INIT;
	struct buf shown = BUF_INIT;
	struct buf base = BUF_INIT;
	struct cell cell;
	int rc = cell_load(&cell, &row, replica, number, err);

	if (rc == 0)
		rc = log_cell_heads(replica, number, keep_head, &heads, err);
	if (rc == 0)
		rc = cell_shown(&conflict.shown, &shown, replica, &cell, err);
	if (rc == 0)
		rc = load_base(&conflict.base, &base, replica, number, err);
	if (rc == 0)
		rc = load_unseen(&unseen, replica, &cell, err);
	if (rc == 0) {
		settle(&heads);
		settle(&unseen);
		conflict.entity = cell.entity;
		conflict.field = cell.field;
		conflict.row = buf_text(&row);
		conflict.heads = heads.faces;
		conflict.n_heads = heads.n;
		conflict.unseen = unseen.faces;
		conflict.n_unseen = unseen.n;
		rc = fn(&conflict, ctx, err);
	}
	heads_release(&heads);
	heads_release(&unseen);
	buf_release(&base);
	buf_release(&shown);
	buf_release(&row);
	return rc;
}

int conflict_each(struct replica *replica, const char *key, conflict_fn *fn,
		  void *ctx, struct err *err)
{
	char scope[CHANGE_ROW_MAX + 1];
	sqlite3_stmt *stmt;
	int rc = db_stmt(&stmt, replica->db,
			 key != NULL ? SQL_CONFLICTS_OF : SQL_CONFLICTS, err);

	if (rc < 0)
		return rc;
	if (key != NULL)
		db_bind_text(stmt, 1, key);
	while ((rc = db_step(replica->db, stmt, err)) > 0) {
		snprintf(scope, sizeof(scope), "%s", db_text(stmt, 2));
		rc = tell(replica, db_int(stmt, 0),
			  (enum severity)db_int(stmt, 1), scope, fn, ctx, err);
		if (rc != 0)
			break;
	}
	sqlite3_reset(stmt);
	return rc;
}

int conflict_count(size_t *soft, size_t *hard, struct replica *replica,
		   struct err *err)
{
	sqlite3_stmt *stmt;
	int rc = db_stmt(&stmt, replica->db, SQL_COUNT, err);

	if (rc < 0)
		return rc;
	rc = db_step(replica->db, stmt, err);
	if (rc > 0) {
		*soft = (size_t)db_int(stmt, 0);
		*hard = (size_t)db_int(stmt, 1);
	}
	sqlite3_reset(stmt);
	return rc < 0 ? rc : 0;
}
