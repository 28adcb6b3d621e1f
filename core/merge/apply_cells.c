/* apply_cells.c - rows and cells of one batch, each looked up and written once. */
#include "core/merge/apply_cells.h"

#include <stdlib.h>
#include <string.h>

#include "core/merge/fold.h"
#include "core/merge/voiding.h"

struct apply_cell {
	struct cell cell;
	size_t before_it;	  /* of its row: index + 1, or 0 */
	struct cell_heads before; /* as they stand in _head */
	struct cell_heads heads;
	struct stored last; /* the latest change taken */
	bool dirty;
};

int apply_cells_init(struct apply_cells *all, struct replica *replica, size_t n,
		     struct err *err)
{
	size_t slots = 16;

	while (slots < n * 2)
		slots *= 2;
	*all = (struct apply_cells){.replica = replica,
				    .grants = 1,
				    .context = {.may_be_named = true,
						.later = true},
				    .mask = slots - 1};
	all->rows = calloc(n + 1, sizeof(*all->rows));
	all->cells = calloc(n + 1, sizeof(*all->cells));
	all->row_slots = calloc(slots, sizeof(size_t));
	all->cell_slots = calloc(slots, sizeof(size_t));
	if (all->rows == NULL || all->cells == NULL || all->row_slots == NULL ||
	    all->cell_slots == NULL)
		return err_nomem(err);
	return 0;
}

void apply_cells_release(struct apply_cells *all)
{
	for (size_t i = 0; i < all->n_cells; i++) {
		cell_heads_release(&all->cells[i].before);
		cell_heads_release(&all->cells[i].heads);
	}
	free(all->stored.items);
	free(all->rows);
	free(all->cells);
	free(all->row_slots);
	free(all->cell_slots);
}

/* FNV-1a; keys come from outside, but n of them cost n * n at worst, and n
 * is bounded by the batch. */
static size_t hash_row(const struct change *change)
{
	uint64_t hash = 0xcbf29ce484222325ULL ^ change->entity;

	for (size_t i = 0; i < change->row_len; i++)
		hash = (hash ^ (unsigned char)change->row[i]) *
		       0x100000001b3ULL;
	return (size_t)(hash ^ hash >> 32);
}

static bool same_row(const struct apply_row *row, const struct change *change)
{
	return row->entity_id == change->entity &&
	       row->key_len == change->row_len &&
	       memcmp(row->key, change->row, change->row_len) == 0;
}

static int load_row_heads(struct apply_cells *all, struct apply_row *row,
			  const struct cell *cell, struct err *err)
{
	int64_t voids = voiding_cell(cell);
	int rc;

	row->heads = all->stored.n;
	rc = cell_row_heads(&all->stored, all->replica, cell, err);
	row->n_heads = all->stored.n - row->heads;
	row->known = row->n_heads > 0;
	for (size_t i = row->heads; i < all->stored.n; i++)
		row->voided |= all->stored.items[i].cell == voids;
	return rc;
}

int apply_cells_open(struct cell *cell, struct apply_row **out,
		     struct apply_cells *all, const struct change *change,
		     struct err *err)
{
	size_t at = hash_row(change) & all->mask;
	struct apply_row *row;
	int rc;

	for (; all->row_slots[at] != 0; at = (at + 1) & all->mask) {
		row = &all->rows[all->row_slots[at] - 1];
		if (same_row(row, change)) {
			cell_of_row(cell, all->replica, change, row->id);
			*out = row;
			return 0;
		}
	}
	rc = cell_open(cell, all->replica, change, err);
	if (rc < 0)
		return rc;
	row = &all->rows[all->n_rows++];
	all->row_slots[at] = all->n_rows;
	row->entity_id = change->entity;
	row->key = change->row;
	row->key_len = change->row_len;
	row->id = cell->id >> STORE_FIELD_BITS;
	*out = row;
	return load_row_heads(all, row, cell, err);
}

static int find_cell(struct apply_cell **out, struct apply_cells *all,
		     const struct cell *cell, struct apply_row *row,
		     struct err *err)
{
	uint64_t hash = (uint64_t)cell->id * 0x9e3779b97f4a7c15ULL;
	size_t at = (size_t)(hash >> 24) & all->mask;
	struct apply_cell *found;
	int rc;

	for (; all->cell_slots[at] != 0; at = (at + 1) & all->mask) {
		found = &all->cells[all->cell_slots[at] - 1];
		if (found->cell.id == cell->id) {
			*out = found;
			return 0;
		}
	}
	found = &all->cells[all->n_cells++];
	all->cell_slots[at] = all->n_cells;
	found->cell = *cell;
	found->before_it = row->cells;
	row->cells = all->n_cells;
	row->voided |= cell->field_id == VOIDING_FIELD;
	rc = cell_heads_of(&found->before, cell->id, &all->stored, row->heads,
			   row->n_heads, err);
	if (rc == 0)
		rc = cell_heads_copy(&found->heads, &found->before, err);
	*out = found;
	return rc;
}

/* What the next changes of the batch may be judged by: whether a row is
 * there, whom a case is assigned to, which codes there are. */
static bool judged_by(const struct apply_cells *all,
		      const struct apply_row *row, const struct cell *cell)
{
	const struct schema *schema = all->replica->schema;

	if (cell->entity == schema->codes)
		return true;
	return cell->entity == schema->assignment &&
	       (!row->known || cell->field_id == VOIDING_FIELD);
}

/* Only cells of several heads are in conflict, and those that void a row. */
static int fold(struct apply_cells *all, struct apply_cell *at,
		struct cell_values *together, struct err *err)
{
	const struct fold_known known = {.change = &at->last,
					 .undisputed = at->before.n <= 1 &&
						       at->cell.field_id !=
							       VOIDING_FIELD,
					 .together = together};

	return fold_heads(all->replica, &at->cell, &at->heads, &known, err);
}

static int fold_now(struct apply_cells *all, struct apply_cell *at,
		    struct err *err)
{
	int rc = cell_heads_save(all->replica, &at->before, &at->heads, err);

	if (rc == 0)
		rc = fold(all, at, NULL, err);
	cell_heads_release(&at->before);
	if (rc == 0)
		rc = cell_heads_copy(&at->before, &at->heads, err);
	at->dirty = false;
	all->grants++;
	return rc;
}

int apply_cells_take(struct apply_cells *all, const struct cell *cell,
		     struct apply_row *row, const struct stored *change,
		     struct err *err)
{
	bool at_once = judged_by(all, row, cell);
	struct apply_cell *at;
	int rc = find_cell(&at, all, cell, row, err);

	if (rc == 0)
		rc = cell_heads_take(&at->heads, all->replica, change,
				     &all->context, err);
	if (rc < 0)
		return rc;
	at->last = *change;
	at->last.bases = NULL; /* the caller's, used again */
	at->last.n_bases = 0;
	at->dirty = true;
	row->known = true;
	row->rejudge |= cell->field_id >= VOIDING_FIRST_FIELD;
	return at_once ? fold_now(all, at, err) : 0;
}

static int fold_row(struct apply_cells *all, const struct apply_row *row,
		    struct err *err)
{
	struct cell_values together;
	int rc = 0;

	together.n = 0;
	for (size_t i = row->cells; rc == 0 && i != 0;
	     i = all->cells[i - 1].before_it)
		if (all->cells[i - 1].dirty)
			rc = fold(all, &all->cells[i - 1], &together, err);
	return rc < 0 ? rc : cell_write_row(all->replica, &together, err);
}

/* All heads first: a void row is judged by the heads of its other fields. */
static int settle_row(struct apply_cells *all, const struct apply_row *row,
		      struct err *err)
{
	const struct apply_cell *field = NULL;
	int rc = 0;

	for (size_t i = row->cells; rc == 0 && i != 0;
	     i = all->cells[i - 1].before_it) {
		const struct apply_cell *at = &all->cells[i - 1];

		if (at->dirty)
			rc = cell_heads_save(all->replica, &at->before,
					     &at->heads, err);
		if (at->cell.field_id >= VOIDING_FIRST_FIELD)
			field = at;
	}
	if (rc == 0)
		rc = fold_row(all, row, err);
	if (rc == 0 && row->rejudge && row->voided && field != NULL)
		rc = fold_void_of(all->replica, &field->cell, err);
	return rc;
}

int apply_cells_settle(struct apply_cells *all, struct err *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < all->n_rows; i++)
		rc = settle_row(all, &all->rows[i], err);
	return rc;
}
