/* register_conflicts.h - the register's list of conflicts. Inside sync/.
 * Knows heads and how they are told; nothing of how they are settled. */
#ifndef TIAN_SYNC_REGISTER_CONFLICTS_H
#define TIAN_SYNC_REGISTER_CONFLICTS_H

#include "core/buf.h"
#include "core/replica.h"

/* Appends `冲突:` and a line for each conflict of the case; nothing where
 * there is none. */
int register_conflicts(struct buf *out, struct replica *replica,
		       const char *key, struct err *err);

#endif
