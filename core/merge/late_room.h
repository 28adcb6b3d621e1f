/* late_room.h - late changes as drain.c asks for them. Inside core/. */
#ifndef TIAN_CORE_LATE_ROOM_H
#define TIAN_CORE_LATE_ROOM_H

#include "core/merge/cell.h"

/* (L1) Adds to the bases of a decision what waits in its cell. */
int late_bases(struct cell_heads *bases, struct replica *replica,
	       const struct cell *cell, struct err *err);

/* (L3) Whether an office's change of a field that it may not write answers
 * what came late there. */
int late_answers(bool *out, struct replica *replica, const struct cell *cell,
		 const struct change *change, struct err *err);
/* The same of a decision that is not made yet. */
int late_may_decide(bool *out, struct replica *replica, const struct cell *cell,
		    const struct value *value, struct err *err);

#endif
