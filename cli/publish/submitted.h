/* submitted.h - whether a reply was handed in as it stands.
 * Knows texts and the steps that were bound to them; prints nothing. */
#ifndef TIAN_CLI_SUBMITTED_H
#define TIAN_CLI_SUBMITTED_H

#include <stdbool.h>

#include "core/replica/replica.h"

/* Whether `unit`, or the office for it, submitted this very text in that case.
 * A step without a text's hash, which a list brings, is about any text. */
int submitted_is(bool *out, struct replica *replica, const char *key,
		 const char *unit, const char *text, struct err *err);

#endif
