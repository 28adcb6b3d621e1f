/* parcel.h - one inbox commit: what a site is sent.
 * Knows one site's scope and the shape of an inbox; no ref, no other site. */
#ifndef TIAN_SYNC_PARCEL_H
#define TIAN_SYNC_PARCEL_H

#include "sync/git/commit.h"
#include "sync/office/delivery.h"
#include "sync/office/sheet.h"

/* --- the shape of an inbox commit ---------------------------------------- */

/* The blob with the keys it goes by: what its trailer `Signers` names, which
 * lies in its tree or, unchanged, in an earlier one's. ERR_CORRUPT: neither.
 */
int parcel_signers(struct oid *blob, struct repository *repository,
		   const struct commit *commit, struct err *err);

/* The folder of a checkpoint in an inbox commit. */
#define PARCEL_CHECKPOINT "checkpoint"
/* Trailer: changes sent since the last checkpoint, and how many it had. */
#define PARCEL_SINCE "Since-Checkpoint"
/* Whether an inbox commit is a checkpoint. */
bool parcel_is_checkpoint(struct repository *repository,
			  const struct commit *commit);

/* --- making one ---------------------------------------------------------- */

struct parcel_order {
	const char *site;
	struct oid hub;	 /* the ref at the hub, zero: absent */
	struct oid base; /* the inbox as it was sent, zero: nothing yet */
	const struct intake **intakes; /* what may be owed, oldest first */
	size_t n_intakes;
	const struct signers *signers; /* of all sites, as they are now */
	const struct keys *late;       /* of the intakes' cases those that sites
				  * wrote to late; NULL: not known */
	struct sheet_common *common;   /* of this merge; filled when asked */
};

/* Sets parcel->tip to a new commit on order->base if anything is owed. *left:
 * the site does not know this office node's key yet, another must send. */
int parcel_make(struct parcel *parcel, bool *left, struct node *node,
		const struct parcel_order *order, struct err *err);
/* Adds the sites a case is assigned to now (key), or the cases a site has now
 * (site); the other is NULL. */
int parcel_assigned(struct keys *out, struct replica *replica, const char *key,
		    const char *site, struct err *err);

#endif
