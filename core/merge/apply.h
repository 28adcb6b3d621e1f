/* apply.h - take in a batch from elsewhere: once, in any order, by the rules.
 * Knows access, heads and the merge; never signatures, git or files.
 *
 * (I4) applying is idempotent and commutative: the same set of changes ends
 *      in the same state, however often and in whatever order they came.
 * (I5) a batch is taken whole or not at all; single changes that its writer
 *      may not make become verdicts, kept with their value. */
#ifndef TIAN_CORE_APPLY_H
#define TIAN_CORE_APPLY_H

#include "core/log/change.h"
#include "core/replica/replica.h"

enum verdict_kind {
	VERDICT_REFUSED = 1,	/* writer may not write this: value kept */
	VERDICT_CLOCK_AHEAD = 2 /* stamp too far ahead: no vote by time */
};

struct verdict {
	struct change_id id;
	enum verdict_kind kind;
	char reason[256];
};

/* Sets of keys that applying touched; grows, never shrinks. */
struct apply_result {
	size_t applied;	  /* new and accepted */
	size_t duplicate; /* known before */
	size_t refused;
	struct verdict *verdicts; /* in order of the batch */
	size_t n_verdicts;
	char **cases; /* case keys touched, sorted, each once */
	size_t n_cases;
	bool touched_all;    /* rows of SCOPE_ALL entities */
	bool touched_office; /* rows of SCOPE_OFFICE entities */
};

struct apply_options {
	bool authorise; /* check who may write (the merging side) */
	bool gapless;	/* refuse a batch that leaves a gap after the last
			   known seq of its origin (outbox batches) */
	uint64_t now;	/* HLC stamp of the merge: later + 10 min is ahead;
			   0 makes no such check */
};

void apply_result_release(struct apply_result *result);
/* In a transaction of the caller's, after change_log_drain. Adds to *result.
 * ERR_CORRUPT: gap, bad key, bad value: roll back, quarantine the batch. */
int apply_batch(struct replica *replica, const struct batch *batch,
		const struct apply_options *options,
		struct apply_result *result, struct err *err);
/* Deflates up to `limit` long values that batches have superseded; *n is how
 * many it were. In a transaction of the caller's, once what hangs on the
 * merge is over: later is as good, never merely costs room. */
int apply_tidy(size_t *n, struct replica *replica, size_t limit,
	       struct err *err);
/* Verdicts that another side made about changes known here. */
int apply_verdicts(struct replica *replica, const struct verdict *verdicts,
		   size_t n, struct apply_result *result, struct err *err);
/* Each case that names a site (whose row changed), or with NULL every case.
 * fn's non-zero result ends it and is returned. */
typedef int apply_case_fn(const char *key, size_t len, void *ctx,
			  struct err *err);
int apply_cases_of(struct replica *replica, const char *site, size_t site_len,
		   apply_case_fn *fn, void *ctx, struct err *err);
/* The last seq applied without a gap from `origin`, 0 for none. */
int apply_last_seq(uint64_t *seq, struct replica *replica, uint64_t origin,
		   struct err *err);

#endif
