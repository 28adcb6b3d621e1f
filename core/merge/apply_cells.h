/* apply_cells.h - what taking in one batch has looked up, and what it has not
 * written down yet. Inside core/. Knows rows, heads and cells; judges nothing.
 *
 * A batch comes back to the same rows and cells again and again. Each is
 * looked up once; heads change in memory; at the end every cell is written
 * and folded once, which by (I4) gives what folding after every change
 * gives. What later changes of the batch are judged by is written at once:
 * see apply_cells_take. */
#ifndef TIAN_CORE_APPLY_CELLS_H
#define TIAN_CORE_APPLY_CELLS_H

#include "core/merge/cell.h"

struct apply_row {
	uint32_t entity_id;
	const char *key; /* borrowed from the batch */
	size_t key_len;
	int64_t id;
	bool known;	/* an accepted change has made it */
	bool touched;	/* for the caller's use */
	size_t granted; /* `grants` when the case was found to be
			   assigned to the batch's site, or 0 */
	bool rejudge;	/* some field of it has other heads now */
	bool voided;	/* some head, before or in the batch, may void it */
	size_t heads;	/* where its heads begin, as they were stored */
	size_t n_heads;
	size_t cells; /* its last cell taken: index + 1, or 0 */
};

struct apply_cell; /* a cell whose heads are in memory */

struct apply_cells {
	struct replica *replica;
	size_t grants; /* counts how often assignments may have changed */
	struct cell_heads_context context; /* the caller may know more */
	struct apply_row *rows;
	size_t n_rows;
	struct row_heads stored; /* of all rows */
	struct apply_cell *cells;
	size_t n_cells;
	size_t *row_slots; /* open addressing: index + 1, or 0 */
	size_t *cell_slots;
	size_t mask;
};

/* Room for a batch of `n` changes, whose memory outlives this. */
int apply_cells_init(struct apply_cells *all, struct replica *replica, size_t n,
		     struct err *err);
void apply_cells_release(struct apply_cells *all);

/* The cell a change writes, and its row, numbered where it is new. */
int apply_cells_open(struct cell *cell, struct apply_row **row,
		     struct apply_cells *all, const struct change *change,
		     struct err *err);
/* Lets an accepted, stored change take its place among the heads; its value
 * outlives this. New rows, voided rows and codes are written at once.
 */
int apply_cells_take(struct apply_cells *all, const struct cell *cell,
		     struct apply_row *row, const struct stored *change,
		     struct err *err);
/* Writes heads, tables and conflicts; nothing may follow but release. */
int apply_cells_settle(struct apply_cells *all, struct err *err);

#endif
