/* correction.h - what is fixed once a proposal is filed: its title and text.
 * Knows that a correction has a reason and is a step of its own (流程); knows
 * not who may write them. */
#ifndef TIAN_CLI_CORRECTION_H
#define TIAN_CLI_CORRECTION_H

#include <stdbool.h>

#include "cli/case/case.h"
#include "core/log/change.h"

/* Before the value is written: where that would correct what is fixed, adds
 * the step that says so. ERR_USAGE: it would, and there is no reason (NULL or
 * ""). Between edit_begin and edit_commit. */
int correction_note(struct replica *replica, const char *key,
		    const struct case_cell *cell, const struct value *value,
		    const char *reason, struct err *err);

#endif
