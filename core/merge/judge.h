/* judge.h - changes that a replica holds already, judged as if they came now.
 * Inside the merge. Knows access and what was accepted before a change;
 * never writes, keeps no verdict.
 *
 * The node that made a change has applied it long before it is merged, by
 * its own triggers' leave. Its edits are judged like everyone's: the verdict
 * must be the one that a replica gives to which all of them are new. */
#ifndef TIAN_CORE_JUDGE_H
#define TIAN_CORE_JUDGE_H

#include "core/log/change.h"
#include "core/replica/replica.h"

/* Goes through a batch in its order. */
struct judge {
	struct replica *replica;
	const struct batch *batch;
	int64_t origin;		   /* its local number */
	const struct change *last; /* of the row that row_known speaks of */
	bool row_known;
};

int judge_init(struct judge *judge, struct replica *replica,
	       const struct batch *batch, struct err *err);
/* *why is NULL where the batch's next change may be taken, else the sentence
 * of access.h. A change that was refused is flagged (apply_verdicts) before
 * the next one is asked for: it makes no row. A code is taken as known once
 * it is here, whichever of the two came first. */
int judge_change(const char **why, struct judge *judge,
		 const struct change *change, struct err *err);

#endif
