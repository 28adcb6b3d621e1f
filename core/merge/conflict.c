/* conflict.c - cells with several heads that differ, told to people. */
#include "core/merge/conflict.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/merge/cell.h"
#include "core/log/log_entry.h"
#include "core/merge/voiding.h"

static const char SQL_CONFLICTS[] =
	"SELECT d.cell, d.severity, r.scope, d.confirm FROM _conflict d"
	" JOIN _row r ON r.id = d.cell >> 12"
	" ORDER BY r.scope, r.entity, r.key, d.cell";
static const char SQL_CONFLICTS_OF[] =
	"SELECT d.cell, d.severity, r.scope, d.confirm FROM _row r"
	" CROSS JOIN _conflict d ON d.cell BETWEEN r.id << 12 AND"
	" (r.id << 12 | 4095)"
	" WHERE r.scope = ? ORDER BY r.entity, r.key, d.cell";
static const char SQL_COUNT[] =
	"SELECT coalesce(sum(severity = 1), 0), coalesce(sum(severity = 2), 0)"
	" FROM _conflict";

/* A change copied out of the statement that read it. */
struct kept {
	struct change change;
	struct change_id *bases;
	struct buf text; /* row, value, reason, site, author */
};

struct kept_list {
	struct kept *items;
	struct change_log_entry *faces;
	size_t n;
};

static void kept_release(struct kept_list *list)
{
	for (size_t i = 0; i < list->n; i++) {
		free(list->items[i].bases);
		buf_release(&list->items[i].text);
	}
	free(list->items);
	free(list->faces);
}

static size_t put(struct buf *text, const char *bytes, size_t len)
{
	size_t at = text->len;

	buf_add(text, bytes, len);
	buf_addc(text, '\0');
	return at;
}

static int keep(struct kept *kept, struct change_log_entry *face,
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

static int keep_one(const struct change_log_entry *entry, void *ctx,
		    struct err *err)
{
	struct kept_list *list = ctx;
	struct change_log_entry *faces;
	struct kept *items =
		realloc(list->items, (list->n + 1) * sizeof(*items));

	if (items == NULL)
		return err_nomem(err);
	list->items = items;
	faces = realloc(list->faces, (list->n + 1) * sizeof(*faces));
	if (faces == NULL)
		return err_nomem(err);
	list->faces = faces;
	items[list->n] = (struct kept){.text = BUF_INIT};
	list->n++;
	return keep(&items[list->n - 1], &faces[list->n - 1], entry, err);
}

static int compare_faces(const void *a, const void *b)
{
	const struct change *x = ((const struct change_log_entry *)a)->change;
	const struct change *y = ((const struct change_log_entry *)b)->change;

	if (x->clock != y->clock)
		return x->clock < y->clock ? -1 : 1;
	return change_id_compare(x->id, y->id);
}

/* In an order that is the same on every replica. Pointers into the items are
 * set last: realloc moves them. */
static void settle(struct kept_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		list->faces[i].change = &list->items[i].change;
	if (list->n > 1)
		qsort(list->faces, list->n, sizeof(*list->faces),
		      compare_faces);
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

static int load_unseen(struct kept_list *out, struct replica *replica,
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
			rc = change_log_find(replica, id, keep_one, out, err);
	}
	cell_heads_release(&ids);
	return rc;
}

struct settling {
	struct kept_list *list;
	const struct change *head;
};

/* A refused base is as good as unknown, one of another cell was seen but not
 * settled. */
static int keep_settled(const struct change_log_entry *entry, void *ctx,
			struct err *err)
{
	const struct settling *settling = ctx;
	const struct change *head = settling->head;
	const struct change *base = entry->change;

	if (entry->refused || base->entity != head->entity ||
	    base->field != head->field || base->row_len != head->row_len ||
	    memcmp(base->row, head->row, head->row_len) != 0)
		return 0;
	return keep_one(entry, settling->list, err);
}

/* A plain edit replaces one value, and by another: one that would change
 * nothing is not logged. */
static int load_settled(struct kept_list *out, struct replica *replica,
			const struct change *head, struct err *err)
{
	struct settling settling = {out, head};
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < head->n_bases; i++) {
		rc = change_log_find(replica, head->bases[i], keep_settled,
				     &settling, err);
		if (rc == ERR_MISSING) {
			err_clear(err);
			rc = 0;
		}
	}
	settle(out);
	if (out->n == 1 &&
	    !value_equal(&out->items[0].change.value, &head->value)) {
		kept_release(out);
		*out = (struct kept_list){NULL, NULL, 0};
	}
	return rc;
}

/* Everything of one conflict that is held while it is told. */
struct telling {
	struct conflict conflict;
	struct kept_list heads;
	struct kept_list unseen;
	struct kept_list *settled;	/* one for each head */
	struct conflict_settled *faces; /* the same, as it is told */
	struct buf row, shown, base;
};

static int load_all_settled(struct telling *telling, struct replica *replica,
			    struct err *err)
{
	size_t n = telling->heads.n;
	int rc = 0;

	telling->settled = calloc(n + 1, sizeof(*telling->settled));
	telling->faces = calloc(n + 1, sizeof(*telling->faces));
	if (telling->settled == NULL || telling->faces == NULL)
		return err_nomem(err);
	for (size_t i = 0; rc == 0 && i < n; i++) {
		rc = load_settled(&telling->settled[i], replica,
				  telling->heads.faces[i].change, err);
		telling->faces[i].changes = telling->settled[i].faces;
		telling->faces[i].n = telling->settled[i].n;
	}
	return rc;
}

static int load_telling(struct telling *telling, struct replica *replica,
			int64_t number, struct err *err)
{
	struct conflict *conflict = &telling->conflict;
	struct cell cell;
	int rc = cell_load(&cell, &telling->row, replica, number, err);

	if (rc == 0)
		rc = log_cell_heads(replica, number, keep_one, &telling->heads,
				    err);
	settle(&telling->heads);
	if (rc == 0)
		rc = load_all_settled(telling, replica, err);
	if (rc == 0)
		rc = cell_shown(&conflict->shown, &telling->shown, replica,
				&cell, err);
	if (rc == 0)
		rc = load_base(&conflict->base, &telling->base, replica, number,
			       err);
	if (rc == 0)
		rc = load_unseen(&telling->unseen, replica, &cell, err);
	settle(&telling->unseen);
	conflict->entity = cell.entity;
	conflict->field = cell.field;
	conflict->row = buf_text(&telling->row);
	conflict->heads = telling->heads.faces;
	conflict->n_heads = telling->heads.n;
	conflict->settled = telling->faces;
	conflict->unseen = telling->unseen.faces;
	conflict->n_unseen = telling->unseen.n;
	return rc;
}

static void telling_release(struct telling *telling)
{
	for (size_t i = 0; telling->settled && i < telling->heads.n; i++)
		kept_release(&telling->settled[i]);
	free(telling->settled);
	free(telling->faces);
	kept_release(&telling->heads);
	kept_release(&telling->unseen);
	buf_release(&telling->base);
	buf_release(&telling->shown);
	buf_release(&telling->row);
}

/* Whether all that was unseen is what this unit wrote to what was taken from
 * it: the office refuses that as late, and has no such conflict. */
static bool is_for_late(const struct replica *replica,
			const struct conflict *conflict)
{
	if (replica_is_office(replica) || conflict->n_unseen == 0 ||
	    conflict->n_heads != 1 ||
	    conflict->entity != replica->schema->assignment)
		return false;
	for (size_t i = 0; i < conflict->n_unseen; i++)
		if (strcmp(conflict->unseen[i].site, replica_site(replica)) !=
		    0)
			return false;
	return true;
}

static int tell(struct replica *replica, int64_t number,
		const struct conflict *outline, conflict_fn *fn, void *ctx,
		struct err *err)
{
	struct telling telling = {.conflict = *outline,
				  .row = BUF_INIT,
				  .shown = BUF_INIT,
				  .base = BUF_INIT};
	int rc = load_telling(&telling, replica, number, err);

	if (rc == 0 && !is_for_late(replica, &telling.conflict))
		rc = fn(&telling.conflict, ctx, err);
	telling_release(&telling);
	return rc;
}

bool conflict_reopened(const struct conflict *conflict)
{
	for (size_t i = 0; i < conflict->n_heads; i++)
		if (conflict->settled[i].n > 0)
			return true;
	return false;
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
		const struct conflict outline = {
			.key = scope,
			.severity = (enum severity)db_int(stmt, 1),
			.confirm = db_int(stmt, 3) != 0};

		snprintf(scope, sizeof(scope), "%s", db_text(stmt, 2));
		rc = tell(replica, db_int(stmt, 0), &outline, fn, ctx, err);
		if (rc != 0)
			break;
	}
	sqlite3_reset(stmt);
	return rc;
}

struct counting {
	size_t *soft, *hard;
};

static int count_one(const struct conflict *conflict, void *ctx,
		     struct err *err)
{
	struct counting *counting = ctx;

	(void)err;
	++*(conflict->severity == SEVERITY_HARD ? counting->hard
						: counting->soft);
	return 0;
}

int conflict_count(size_t *soft, size_t *hard, struct replica *replica,
		   struct err *err)
{
	struct counting counting = {soft, hard};
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
	if (rc < 0 || *hard == 0 || replica_is_office(replica))
		return rc < 0 ? rc : 0;
	*soft = *hard = 0;
	return conflict_each(replica, NULL, count_one, &counting, err);
}
