/* voiding.h - a row voided here and edited there: the one rule that looks at
 * a row as a whole. Inside core/. Knows heads and the bases they name; no
 * policy, no table.
 *
 * (I7) a change of the field `void` names, beside its own bases, the heads
 *      of the row's fields; a change of a field names the heads that void
 *      its row. A row is void unseen where a head of some field and every
 *      head that voids the row know nothing of each other: neither names
 *      the other. That is for a person, whatever came first.
 *
 * void_reason belongs to the voiding and is not such a field, nor is the
 * mere existence of the row. */
#ifndef TIAN_CORE_VOIDING_H
#define TIAN_CORE_VOIDING_H

#include "core/merge/cell.h"

/* Ids that hold in every entity (schemas/domain.sql). */
enum { VOIDING_FIELD = 1, VOIDING_REASON_FIELD = 2, VOIDING_FIRST_FIELD = 3 };

/* The number of the cell that voids this cell's row. */
int64_t voiding_cell(const struct cell *cell);
/* Appends what a new change of `cell` names in other cells of its row. */
int voiding_bases(struct cell_heads *heads, struct replica *replica,
		  const struct cell *cell, struct err *err);
/* The heads of the row's fields that `cell`, its field `void`, voids unseen:
 * only ids are filled in. cell_heads_release. */
int voiding_unseen(struct cell_heads *out, struct replica *replica,
		   const struct cell *cell, struct err *err);

#endif
