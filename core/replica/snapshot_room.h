/* snapshot_room.h - snapshots as apply.c asks them. Inside core/. */
#ifndef TIAN_CORE_SNAPSHOT_ROOM_H
#define TIAN_CORE_SNAPSHOT_ROOM_H

#include "core/merge/cell.h"

/* The last seq of an origin (by its number here) that any snapshot accounts
 * for; 0 where none does: later ones need not be asked about. */
int snapshot_last(uint64_t *out, struct replica *replica, int64_t origin,
		  struct err *err);
/* (S1) for a change of this cell. */
int snapshot_supersedes(bool *out, struct replica *replica,
			const struct cell *cell, int64_t id, struct err *err);

#endif
