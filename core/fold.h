/* fold.h - what a cell's heads make it show, written down.
 * Inside core/. Knows policies, heads and what they replaced; never says
 * which changes are heads.
 *
 * (I3) the domain table shows exactly what the fold of the heads says. */
#ifndef TIAN_CORE_FOLD_H
#define TIAN_CORE_FOLD_H

#include "core/cell.h"

/* Folds the heads as they are: table, shown heads, conflict. `change` (or
 * NULL) is the one just taken, whose value the table holds already where
 * `in_table` says so. Without heads the field is empty. */
int fold_cell(struct replica *replica, const struct cell *cell,
	      const struct stored *change, bool in_table, struct err *err);
/* What the fold of these heads shows, written nowhere; copied into `bytes`.
 * NULL value where there are none. */
int fold_value(struct value *out, struct buf *bytes, struct replica *replica,
	       const struct cell *cell, const struct cell_heads *heads,
	       struct err *err);
/* A cell's heads have changed: is its row void, and was that seen? (I7) */
int fold_void_of(struct replica *replica, const struct cell *cell,
		 struct err *err);

#endif
