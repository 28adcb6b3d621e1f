/* late_room.h - late changes as drain.c asks for them. Inside core/. */
#ifndef TIAN_CORE_LATE_ROOM_H
#define TIAN_CORE_LATE_ROOM_H

#include "core/merge/cell.h"

/* (L1) Adds to the bases of a decision what waits in its cell. */
int late_bases(struct cell_heads *bases, struct replica *replica,
	       const struct cell *cell, struct err *err);

#endif
