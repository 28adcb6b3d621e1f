/* change_log.h - the replica's log: what was captured, what came, in order.
 * Knows seq, clock, bases and heads; asks merge.h what a cell then shows.
 *
 * (I1) seq has no gaps per origin here: 1, 2, 3 …
 * (I2) a head is a change that no known, accepted change names as a base.
 * (I3) a domain table shows exactly what the fold of the cell's heads says. */
#ifndef TIAN_CORE_CHANGE_LOG_H
#define TIAN_CORE_CHANGE_LOG_H

#include "core/log/change.h"
#include "core/log/edit.h"
#include "core/replica/replica.h"

/* Turns what the triggers captured (_pending) into changes of this origin.
 * In a transaction of the caller's; *n may be NULL. */
int change_log_drain(struct replica *replica, size_t *n, struct err *err);

/* This node's last seq, 0 when it has none. */
int change_log_last(uint64_t *seq, struct replica *replica, struct err *err);

/* Changes of one origin with from <= seq, oldest first, stopping before the
 * author changes, `limit` changes or `limit_bytes` of values. *out is NULL
 * where there is none; batch_free it. */
struct change_log_range {
	uint64_t origin;
	uint64_t from;
	size_t limit;
	size_t limit_bytes;
};
int change_log_batch(struct batch **out, struct replica *replica,
		     const struct change_log_range *range, struct err *err);
/* The heads of the rows of some cases, key "" being the SCOPE_ALL rows, as
 * batches by origin and author: what a site new to them is sent, together
 * with what snapshot_make says of each. Of cells with several heads, all
 * accepted changes: their fold asks for what they have in common. batch_free
 * each, free(*out). */
int change_log_snapshot(struct batch ***out, size_t *n, struct replica *replica,
			const char *const *keys, size_t n_keys,
			struct err *err);
/* All accepted changes of those cells of a case (or "") that have several
 * heads: what another site needs to come to the same fold. */
int change_log_disputed(struct batch ***out, size_t *n, struct replica *replica,
			const char *key, struct err *err);
void batch_free(struct batch *batch); /* for batches made here; NULL fine */

/* A logged change with what people ask about it. Borrowed for the call. */
struct change_log_entry {
	const struct change *change;
	const char *site;
	const char *author;
	bool head;
	bool shown;
	bool refused;
	bool clock_ahead;
};
typedef int change_log_fn(const struct change_log_entry *entry, void *ctx,
			  struct err *err); /* non-zero stops, is returned */
/* All changes of a case's rows by clock, then origin. */
int change_log_case(struct replica *replica, const char *key, change_log_fn *fn,
		    void *ctx, struct err *err);
/* The heads of one cell; nothing where it was never written. */
int change_log_heads(struct replica *replica, const struct edit_cell *cell,
		     change_log_fn *fn, void *ctx, struct err *err);
/* What upto.origin itself last wrote to each cell of a case with seqs up to
 * upto.seq (its own lines of the register), by entity, row, field. */
int change_log_own(struct replica *replica, const char *key,
		   struct change_id upto, change_log_fn *fn, void *ctx,
		   struct err *err);
/* All that upto.origin wrote to a case with seqs up to upto.seq, refused ones
 * too, by entity, row, field; of one cell the newest first. */
int change_log_claimed(struct replica *replica, const char *key,
		       struct change_id upto, change_log_fn *fn, void *ctx,
		       struct err *err);
/* Every text a cell was ever given, each once; nothing where the schema has
 * no such cell. */
typedef int change_log_text_fn(const char *text, void *ctx, struct err *err);
int change_log_ever(struct replica *replica, const struct edit_cell *cell,
		    change_log_text_fn *fn, void *ctx, struct err *err);
/* One change by id; ERR_MISSING where unknown. */
int change_log_find(struct replica *replica, struct change_id id,
		    change_log_fn *fn, void *ctx, struct err *err);
/* Cases that `origin` wrote to with from <= seq, each once. */
typedef int change_log_case_fn(const char *key, void *ctx, struct err *err);
int change_log_cases(struct replica *replica, uint64_t origin, uint64_t from,
		     change_log_case_fn *fn, void *ctx, struct err *err);

#endif
