/* conflict.h - cells with several heads that differ, and rows voided here and
 * edited there, told to people.
 * Derived from heads at every merge; survives any crash because of that. */
#ifndef TIAN_CORE_CONFLICT_H
#define TIAN_CORE_CONFLICT_H

#include "core/change_log.h"
#include "core/policy.h"

struct conflict {
	const struct entity *entity;
	const struct field *field;
	const char *row;
	const char *key; /* its case, "" for other scopes */
	enum severity severity;
	const struct change_log_entry *heads;
	size_t n_heads;
	/* Where a row was voided unseen (I7): the heads of its fields that
	 * knew nothing of the voiding, nor it of them. */
	const struct change_log_entry *unseen;
	size_t n_unseen;
	struct value shown;
	struct value base; /* nearest common ancestor, VALUE_NULL if none */
};
typedef int conflict_fn(const struct conflict *conflict, void *ctx,
			struct err *err);
/* Of one case, or all with key NULL, ordered by case, entity, row, field. */
int conflict_each(struct replica *replica, const char *key, conflict_fn *fn,
		  void *ctx, struct err *err);
int conflict_count(size_t *soft, size_t *hard, struct replica *replica,
		   struct err *err);

#endif
