/* standing.h - how this node's key stands with the office, by what the node
 * last received: the office's own by main, a unit's by its inbox.
 * Reads only; asks no hub. */
#ifndef TIAN_SYNC_STANDING_H
#define TIAN_SYNC_STANDING_H

#include "sync/identity/signers.h"
#include "sync/node/node.h"

enum standing_kind {
	STANDING_OPEN,	 /* nothing was received yet that says it */
	STANDING_GOOD,	 /* it signs */
	STANDING_ABSENT, /* others of the site are enrolled, this one is not */
	STANDING_ENDED,	 /* it was, until `until` */
	STANDING_SECOND	 /* at the office: it believes only its own key and has
			    merged nothing; another one may have been first */
};

struct standing {
	enum standing_kind kind;
	char until[SIGNER_TIME]; /* STANDING_ENDED */
};

/* All keys that the office last named: at a unit the office's and its own, at
 * the office those of everybody, as main has them. *out starts as {0} and
 * stays so where nothing was received; signers_release. *now is when they are
 * asked: never before the commit that names them. */
int standing_signers(struct signers *out, int64_t *now, struct node *node,
		     struct err *err);
int standing_read(struct standing *out, struct node *node, struct err *err);

#endif
