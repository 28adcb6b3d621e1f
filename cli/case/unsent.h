/* unsent.h - how much of this node's work the hub does not have yet.
 * Knows the log and what was seen to arrive; asks no hub. */
#ifndef TIAN_CLI_UNSENT_H
#define TIAN_CLI_UNSENT_H

#include <stddef.h>

#include "core/replica/replica.h"

/* Changes made here, committed or not, that no sync was seen to bring to the
 * hub. */
int unsent_count(size_t *n, struct replica *replica, struct err *err);

#endif
