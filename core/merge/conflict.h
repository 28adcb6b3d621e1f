/* conflict.h - cells with several heads that differ, and rows voided here and
 * edited there, told to people.
 * Derived from heads at every merge; survives any crash because of that. */
#ifndef TIAN_CORE_CONFLICT_H
#define TIAN_CORE_CONFLICT_H

#include "core/log/change_log.h"
#include "core/merge/policy.h"

/* What a head put an end to: nothing, if it is a plain edit. A decision names
 * several values of its cell, or one that it says again. Where it stands
 * beside other heads, those were not known when it was made: it is reopened. */
struct conflict_settled {
	const struct change_log_entry *changes;
	size_t n;
};

struct conflict {
	const struct entity *entity;
	const struct field *field;
	const char *row;
	const char *key; /* its case, "" for other scopes */
	enum severity severity;
	bool confirm; /* two texts were joined: somebody should read it */
	const struct change_log_entry *heads; /* by clock, origin, seq */
	size_t n_heads;
	const struct conflict_settled *settled; /* [i] by heads[i] */
	/* Where a row was voided unseen (I7): the heads of its fields that
	 * knew nothing of the voiding, nor it of them. */
	const struct change_log_entry *unseen;
	size_t n_unseen;
	struct value shown;
	struct value base; /* nearest common ancestor, VALUE_NULL if none */
};
/* Whether a decision is among the heads, and something it did not see. */
bool conflict_reopened(const struct conflict *conflict);

typedef int conflict_fn(const struct conflict *conflict, void *ctx,
			struct err *err);
/* Of one case, or all with key NULL, ordered by case, entity, row, field. At
 * a unit without what it wrote to a row that was taken from it: late.h. */
int conflict_each(struct replica *replica, const char *key, conflict_fn *fn,
		  void *ctx, struct err *err);
int conflict_count(size_t *soft, size_t *hard, struct replica *replica,
		   struct err *err);

#endif
