/* snapshot.h - what stands of a case, and up to where nothing else does.
 * Knows heads and seqs; no batch, no policy, nothing of how it travels.
 *
 * A replica that is given the heads of a case alone could not tell a change
 * that came before them from one beside them. A snapshot says it: of each
 * origin, all changes of the case with a seq up to `last` are accounted for,
 * and of those only the ones named still stand.
 *
 * (S1) A change that a snapshot accounts for and does not name is superseded,
 *      whether it is here, comes later, or never comes.
 * (S2) Snapshots of one ledger are in one order: of two, the one that goes
 *      further says more, origin by origin. So they may come in any order and
 *      any number of times (I4). */
#ifndef TIAN_CORE_SNAPSHOT_H
#define TIAN_CORE_SNAPSHOT_H

#include "core/log/change.h"
#include "core/replica/replica.h"

/* One origin's changes of the case. */
struct snapshot_part {
	uint64_t origin;
	uint64_t last;	/* the latest accounted for */
	uint64_t *seqs; /* those that stand, ascending; owned */
	size_t n;
};

/* Start with {0}. */
struct snapshot {
	char *key; /* the case, "" for the rows of no case that all sites have;
		      owned */
	struct snapshot_part *parts; /* by origin, owned */
	size_t n;
};

void snapshot_release(struct snapshot *snapshot);
/* Of a replica that has the whole history (the merging side). Cost follows
 * the cells of the case and the nodes that wrote to them, not how often. */
int snapshot_make(struct snapshot *out, struct replica *replica,
		  const char *key, struct err *err);
/* In a transaction of the caller's, after change_log_drain; before or after
 * the changes that stand. ERR_CORRUPT: seqs out of order or range. */
int snapshot_apply(struct replica *replica, const struct snapshot *snapshot,
		   struct err *err);
/* Whether changes of this case name others that are not here: its history
 * begins here with a snapshot. */
int snapshot_is_partial(bool *out, struct replica *replica, const char *key,
			struct err *err);

#endif
