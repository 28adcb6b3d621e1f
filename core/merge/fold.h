/* fold.h - what a cell's heads make it show, written down.
 * Inside core/. Knows policies, heads and what they replaced; never says
 * which changes are heads.
 *
 * (I3) the domain table shows exactly what the fold of the heads says. */
#ifndef TIAN_CORE_FOLD_H
#define TIAN_CORE_FOLD_H

#include "core/merge/cell.h"

/* What the caller knows already, so that it need not be looked up. */
struct fold_known {
	const struct stored *change;  /* just taken, or NULL */
	bool in_table;		      /* the table holds its value already */
	bool undisputed;	      /* the cell has no row in _conflict */
	struct cell_values *together; /* NULL, or where the value of `change`
					 may wait to be written with others
					 of its row */
};
/* Folds the heads: table, shown heads, conflict. `heads` say what _head says
 * and their `shown` is brought up to date with it. Without heads the field is
 * empty. */
int fold_heads(struct replica *replica, const struct cell *cell,
	       struct cell_heads *heads, const struct fold_known *known,
	       struct err *err);
/* The same for the heads as they are stored. */
int fold_cell(struct replica *replica, const struct cell *cell,
	      struct err *err);
/* What the fold of these heads shows, written nowhere; copied into `bytes`.
 * NULL value where there are none. */
int fold_value(struct value *out, struct buf *bytes, struct replica *replica,
	       const struct cell *cell, const struct cell_heads *heads,
	       struct err *err);
/* A cell's heads have changed: is its row void, and was that seen? (I7) */
int fold_void_of(struct replica *replica, const struct cell *cell,
		 struct err *err);

#endif
