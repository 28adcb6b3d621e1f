/* exchange.h - one run of a unit, one of the office, against an open hub.
 * Knows the order of the steps; each step is another file's. */
#ifndef TIAN_SYNC_EXCHANGE_H
#define TIAN_SYNC_EXCHANGE_H

#include "sync/hub.h"
#include "sync/node.h"
#include "sync/report.h"

/* Both: own changes are committed, the repository is locked. */
int exchange_unit(struct node *node, struct hub *hub, const struct run *run,
		  struct err *err);
/* The second half of a unit's: takes in its inbox from there, and sends
 * nothing. */
int exchange_receive(struct node *node, struct hub *hub, const struct run *run,
		     struct err *err);
int exchange_office(struct node *node, struct hub *hub, const struct run *run,
		    struct err *err);

/* The update that brings the node's own outbox to the hub, where it holds
 * `hub_tip` (zero: nothing). 1 there is one, 0 the hub has all of it. *n is
 * how many changes it brings. ERR_CORRUPT: the hub holds what this node did
 * not write. */
int exchange_own(struct hub_update *update, size_t *n, struct node *node,
		 const char *ref, const struct oid *hub_tip, struct err *err);

#endif
