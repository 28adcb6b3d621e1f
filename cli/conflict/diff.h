/* diff.h - where two texts differ, character by character.
 * Knows UTF-8; knows no field and no colour. */
#ifndef TIAN_CLI_DIFF_H
#define TIAN_CLI_DIFF_H

#include <stddef.h>

#include "core/base/err.h"

enum diff_kind { DIFF_SAME, DIFF_OLD, DIFF_NEW };

/* A run of characters that both have, only the old, or only the new. */
typedef void diff_fn(enum diff_kind kind, const char *text, size_t len,
		     void *ctx);

/* Calls fn for every run in order: old before new where both differ. A
 * single character that agrees between two differences counts as different,
 * so that people see words and not splinters. Texts that have little in
 * common are one old and one new run. */
int diff_characters(const char *old_text, size_t old_len, const char *new_text,
		    size_t new_len, diff_fn *fn, void *ctx, struct err *err);

#endif
