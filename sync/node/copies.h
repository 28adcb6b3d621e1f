/* copies.h - two histories under one node's name: a copied replica, one that
 * was restored from a backup, a database older than its repository.
 * Knows which of the changes both have, and what then goes on under which
 * name; knows no road to the hub.
 *
 * (C1) What was sent under a name stands: it is taken back in. What another
 *      history has instead of it goes on under a new name, so nothing of
 *      either is lost. */
#ifndef TIAN_SYNC_COPIES_H
#define TIAN_SYNC_COPIES_H

#include "sync/node/node.h"
#include "sync/node/report.h"

/* Another ref that is to be brought to the hub: a history found in the own
 * repository only. */
#define NODE_OWED "owed"
/* The last commit of the own outbox that the hub was seen to have. */
#define NODE_SENT "sent"

/* Whether the database stands where the own repository does; costs nothing
 * where it does. Mends it otherwise, says so, and *mended is set. In no
 * transaction; locked. */
int copies_check(bool *mended, struct node *node, const struct run *run,
		 struct err *err);
/* Brings the replica in line with the outbox that ends at `tip`, whose
 * objects are here and which bears this node's name, and says so. The own
 * ref, or that of the name it had so far, becomes `tip`; what is left of own
 * changes is logged but not committed. In no transaction; locked.
 * ERR_CORRUPT, ERR_MISSING: this node did not write it; nothing was done. */
int copies_mend(struct node *node, const struct oid *tip, const struct run *run,
		struct err *err);
/* The office has changes under this node's name that are not here, and nobody
 * has the commits they came by: this replica goes on under a new name, with
 * its own changes after seq `base`, up to which both have the same; the others
 * come back as what another node wrote. Says so. In no transaction; locked. */
int copies_part(struct node *node, uint64_t base, const struct run *run,
		struct err *err);

#endif
