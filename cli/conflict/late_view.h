/* late_view.h - telling what a unit wrote after a case was taken from it.
 * Knows how values, sites and times are told; settles nothing. */
#ifndef TIAN_CLI_LATE_VIEW_H
#define TIAN_CLI_LATE_VIEW_H

#include <stdio.h>

#include "cli/terminal/json_out.h"
#include "core/merge/late.h"

/* Like a conflict (interface of tian conflicts), with late: true; heads holds
 * what came late, shown what stands. */
int late_view_json(struct json_out *json, struct replica *replica,
		   const struct change_log_entry *entry, struct err *err);
/* What was written, by whom, what stands, and how to settle it. */
int late_view_text(FILE *out, struct replica *replica,
		   const struct change_log_entry *entry, struct err *err);

/* waiting, accepted, refused: for programs. */
const char *late_view_state(enum late_state state);
/* One word and its answer, as a unit's show has it: a line, an object. */
int late_view_word_text(FILE *out, struct replica *replica,
			const struct late_word *word, struct err *err);
int late_view_word_json(struct json_out *json, struct replica *replica,
			const struct late_word *word, struct err *err);

#endif
