/* delivery.h - the office fills inboxes: to each site what it may see and has
 * not been sent yet, and what became of what it sent.
 * Knows scope, inboxes and what main took in; never judges a change, never
 * moves a ref.
 *
 * (D1) An inbox is linear; its trailer `Main` says up to which main commit
 *      nothing is owed. What it has been sent is what its trailers `Case` and
 *      `Release` say; table _scope only remembers them.
 * (D2) Content is made only where the replica is exactly the replay of main,
 *      so no edit that main does not have can leave. * (D3) A site that is not reached holds up nobody: the others go on, and it
 *      remembers alone since which main commit it is owed something.
 */
#ifndef TIAN_SYNC_DELIVERY_H
#define TIAN_SYNC_DELIVERY_H

#include "sync/road/hub.h"
#include "sync/identity/keys.h"
#include "sync/office/ledger.h"

/* One inbox that has to move. */
struct parcel {
	char *site;
	struct oid hub;	 /* what the ref is at the hub, zero: absent */
	struct oid tip;	 /* what it becomes */
	struct keys add; /* cases sent for the first time */
	struct keys end; /* cases released */
	bool checkpoint; /* a new node can begin with `tip` */
};

/* Start with {0}. */
struct delivery {
	struct parcel *parcels;
	size_t n;
	bool left;	  /* some inbox is left to another office node */
	struct keys away; /* sites that were not reached, and are owed
			     something */
	bool unlisted;	  /* some of them need only be looked for again */
};

void delivery_release(struct delivery *delivery);
/* Learns from what other office nodes delivered: brings _scope and own inbox
 * refs up to the hub's, whose objects are here. In no transaction; locked. */
int delivery_learn(struct node *node, const struct ref_list *refs,
		   const struct run *run, struct err *err);
/* Makes, in memory and in the caller's transaction, what inboxes are owed up
 * to the replica's main commit. `fresh`: the intake of that commit if this
 * run made it, else NULL. `refs`: the hub's. */
int delivery_make(struct delivery *out, struct node *node, struct hub *hub,
		  const struct ref_list *refs, const struct intake *fresh,
		  const struct run *run, struct err *err);
/* After the push, in the same transaction: nothing is owed any more up to
 * main, but to those that were away; each of these remembers since when. A
 * site whose inbox could not be moved after all is entered as away before
 * (keys_add). */
int delivery_end(const struct delivery *delivery, struct node *node,
		 struct err *err);
/* A parcel has arrived: _scope follows. */
int delivery_note(struct replica *replica, const struct parcel *parcel,
		  struct err *err);

#endif
