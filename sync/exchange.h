/* exchange.h - one run of a unit, one of the office, against an open hub.
 * Knows the order of the steps; each step is another file's. */
#ifndef TIAN_SYNC_EXCHANGE_H
#define TIAN_SYNC_EXCHANGE_H

#include "sync/road/hub.h"
#include "sync/node/node.h"
#include "sync/node/report.h"

/* Both: own changes are committed, the repository is locked. */
int exchange_unit(struct node *node, struct hub *hub, const struct run *run,
		  struct err *err);
/* The second half of a unit's: takes in its inbox from there, and sends
 * nothing. */
int exchange_receive(struct node *node, struct hub *hub, const struct run *run,
		     struct err *err);
int exchange_office(struct node *node, struct hub *hub, const struct run *run,
		    struct err *err);

/* Own refs name objects that are not here: brings them from the hub, and says
 * so: 1; 0: none is missing. ERR_MISSING: the hub has not all of them either.
 * In no transaction; locked. */
int exchange_heal(struct node *node, const struct run *run, struct err *err);

/* Adds a detail for each mailbox that was not reached in the run. */
int exchange_tell_away(const struct hub *hub, const struct run *run,
		       struct err *err);

/* A ref of the hub, zero where there is none. */
int exchange_ref(struct oid *out, struct hub *hub, const char *name,
		 struct err *err);
/* Compares the own outbox with what the hub has of it, `there` (zero:
 * nothing). Where another history stands there under this node's name, the
 * replica is mended (copies.h), own changes are committed, and it returns 1:
 * look again, the node may bear another name. 0: go on. Either way it says
 * what it found. In no transaction. */
int exchange_mend(struct node *node, struct hub *hub, const struct oid *there,
		  const struct run *run, struct err *err);
/* A unit's node that has received nothing yet begins at the newest checkpoint,
 * if the hub has one that it may believe; else it does nothing. */
int exchange_begin(struct node *node, struct hub *hub, const struct run *run,
		   struct err *err);
/* What a unit's node that began at a checkpoint was never sent. */
int exchange_history(struct node *node, struct hub *hub, const struct run *run,
		     struct err *err);
/* The office tells the hub, which has `refs`, its checkpoints. */
int exchange_offer(struct node *node, struct hub *hub,
		   const struct ref_list *refs, const struct run *run,
		   struct err *err);
/* The office marks at its hub the inboxes of units that have a mailbox now;
 * a unit that asks there, where its inbox ends with `tip`, is told the new
 * address. */
int exchange_mark_moved(struct node *node, struct hub *hub,
			const struct run *run, struct err *err);
int exchange_tell_moved(struct node *node, struct hub *hub,
			const struct oid *tip, const struct run *run,
			struct err *err);
/* Brings an outbox of this node's former name to the hub, where one is owed
 * (NODE_OWED). */
int exchange_owed(struct node *node, struct hub *hub, struct err *err);
/* The update that brings the node's own outbox to the hub, where it holds
 * `hub_tip` (zero: nothing). 1 there is one, 0 the hub has all of it. *n is
 * how many changes it brings. After exchange_mend. */
int exchange_own(struct hub_update *update, size_t *n, struct node *node,
		 const char *ref, const struct oid *hub_tip, struct err *err);

#endif
