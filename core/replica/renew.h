/* renew.h - a replica that was copied goes on under a name of its own: what
 * it alone holds becomes the work of a new origin.
 * Knows the log; never which copy is which, nor the road to the others. */
#ifndef TIAN_CORE_RENEW_H
#define TIAN_CORE_RENEW_H

#include "core/replica/replica.h"

/* Changes of the replica's own origin after seq `base` (nobody else may know
 * them) become 1, 2, 3 … of a new random origin, which is the replica's from
 * now on; values, times, authors and reasons stay. In a transaction of the
 * caller's, after change_log_drain; after a rollback call renew_reload. */
int renew_origin(struct replica *replica, uint64_t base, struct err *err);
/* The origin as the database states it. */
int renew_reload(struct replica *replica, struct err *err);

#endif
