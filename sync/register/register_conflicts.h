/* register_conflicts.h - the register's list of conflicts. Inside sync/.
 * Knows heads, contradictions and how they are told; nothing of how they are settled. */
#ifndef TIAN_SYNC_REGISTER_CONFLICTS_H
#define TIAN_SYNC_REGISTER_CONFLICTS_H

#include <stdbool.h>

#include "core/base/buf.h"
#include "core/replica/replica.h"
#include "sync/identity/keys.h"

/* Appends `冲突:` and a line for each conflict of the case (`any` tells that
 * there is one) and for each two rows that contradict each other; nothing
 * where there is none. */
int register_conflicts(struct buf *out, struct replica *replica,
		       const char *key, bool any, struct err *err);
/* Adds the cases whose contradictions may have changed with those of `keys`:
 * their documents are to be written again. */
int register_conflicts_reach(struct keys *keys, struct replica *replica,
			     struct err *err);

#endif
