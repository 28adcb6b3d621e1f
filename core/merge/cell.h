/* cell.h - one field of one row: its heads, and its place in the table.
 * Inside core/. Knows heads and the domain tables; no policy, no batches.
 *
 * (I2) a head is a change that no known, accepted change of its cell names
 *      as a base.
 * (I3) the domain table shows exactly what the fold of the heads says. */
#ifndef TIAN_CORE_CELL_H
#define TIAN_CORE_CELL_H

#include "core/log/change_store.h"

struct cell {
	int64_t id;
	const struct entity *entity; /* NULL: unknown to this schema */
	const struct field *field;   /* NULL: unknown to this schema */
	uint32_t entity_id;
	uint32_t field_id;
	const char *row; /* borrowed */
	size_t row_len;
};

/* Finds a change's cell, numbering the row where it is new. */
int cell_open(struct cell *out, struct replica *replica,
	      const struct change *change, struct err *err);
/* The same where the row's number is known. */
void cell_of_row(struct cell *out, struct replica *replica,
		 const struct change *change, int64_t row);
/* The number of a change's cell, 0 where its row is not known. */
int cell_find(int64_t *out, struct replica *replica,
	      const struct change *change, struct err *err);
/* By number; `row` is put into `bytes`. */
int cell_load(struct cell *out, struct buf *bytes, struct replica *replica,
	      int64_t id, struct err *err);

/* What the domain table shows of it, copied into `bytes`. */
int cell_shown(struct value *out, struct buf *bytes, struct replica *replica,
	       const struct cell *cell, struct err *err);
/* Puts a value there, past the triggers; makes the row where there is none.
 * ERR_CORRUPT: a value of a wrong type. */
int cell_write(struct replica *replica, const struct cell *cell,
	       const struct value *value, struct err *err);
/* The same for several fields of one row at once: all known to the schema,
 * each once, all borrowed. */
struct cell_values {
	const struct cell *cells[FIELD_SLOTS];
	const struct value *values[FIELD_SLOTS];
	size_t n;
};
int cell_write_row(struct replica *replica, const struct cell_values *all,
		   struct err *err);
/* Takes the row out of the table: only refused changes had made it. */
int cell_drop_row(struct replica *replica, const struct cell *cell,
		  struct err *err);
/* Whether any accepted change has made the cell's row. */
bool cell_row_known(struct replica *replica, const struct cell *cell);

struct cell_heads {
	int64_t cell;
	int64_t *ids; /* owned */
	bool *shown;  /* owned */
	size_t n;
};
int cell_heads(struct cell_heads *out, struct replica *replica, int64_t cell,
	       struct err *err);
/* Heads of all cells of a row, appended in order of cell and change. */
struct row_head {
	int64_t cell;
	int64_t change;
	bool shown;
};
struct row_heads { /* start with {0}; free(items) */
	struct row_head *items;
	size_t n;
	size_t cap;
};
int cell_row_heads(struct row_heads *out, struct replica *replica,
		   const struct cell *cell, struct err *err);
/* Those of one cell out of `n` from `first` on, which are its row's. */
int cell_heads_of(struct cell_heads *out, int64_t cell,
		  const struct row_heads *all, size_t first, size_t n,
		  struct err *err);
int cell_heads_copy(struct cell_heads *out, const struct cell_heads *from,
		    struct err *err);
void cell_heads_release(struct cell_heads *heads);
/* In memory, lets an accepted, stored change take its place: its bases go,
 * it comes, unless another names it already. Superseded long values are
 * deflated. */
struct cell_heads_context {
	bool may_be_named;   /* else nobody needs to be asked */
	bool later;	     /* they wait for store_tidy instead */
	int64_t marked_from; /* changes that were stored as superseded where */
	int64_t marked_to;   /* they are: ids, both in; 0 and 0: none */
};
int cell_heads_take(struct cell_heads *heads, struct replica *replica,
		    const struct stored *change,
		    const struct cell_heads_context *context, struct err *err);
/* Makes the cell's rows of _head, which say `before`, say `after`. */
int cell_heads_save(struct replica *replica, const struct cell_heads *before,
		    const struct cell_heads *after, struct err *err);

/* Lets an accepted, stored change take its place among the heads and folds.
 * `in_table` says that the table holds its value already. */
int cell_take(struct replica *replica, const struct cell *cell,
	      const struct stored *change, bool in_table, struct err *err);
/* Finds the heads anew from all changes of the cell (after a verdict). */
int cell_reconsider(struct replica *replica, const struct cell *cell,
		    struct err *err);
/* Folds again and writes the table, heads being as they are. */
int cell_refresh(struct replica *replica, const struct cell *cell,
		 struct err *err);
/* Folds every cell whose heads differ again: a code list has changed. */
int cell_refresh_disputed(struct replica *replica, struct err *err);
/* Nearest common ancestor of the heads; *found false where there is none. */
int cell_base(struct value *out, struct buf *bytes, bool *found,
	      struct replica *replica, const struct cell_heads *heads,
	      struct err *err);

#endif
