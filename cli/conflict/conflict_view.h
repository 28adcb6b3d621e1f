/* conflict_view.h - a conflict as JSON and as text for people.
 * Knows how values, sites and times are told; settles nothing. */
#ifndef TIAN_CLI_CONFLICT_VIEW_H
#define TIAN_CLI_CONFLICT_VIEW_H

#include <stdbool.h>
#include <stdio.h>

#include "cli/terminal/json_out.h"
#include "core/merge/conflict.h"

/* {case, entity, row, field, path, severity, shown, heads: [{…, reason,
 * settled: […]}], base, confirm, reopened, unseen: […]}: `settled` are the
 * changes that a decision named, `unseen` what was written into a row that was
 * voided elsewhere. */
void conflict_view_json(struct json_out *json, const struct replica *replica,
			const struct conflict *conflict);
/* Several lines: what and where, each value whole with its writer, where long
 * texts differ, and the commands that settle it, or who may. */
int conflict_view_text(FILE *out, struct replica *replica,
		       const struct conflict *conflict, struct err *err);

#endif
