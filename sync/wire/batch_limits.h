/* batch_limits.h - what a batch is held to in both directions, inside sync/:
 * schemas/changes.md, "Limits".
 * Knows single changes; no bytes. */
#ifndef TIAN_SYNC_BATCH_LIMITS_H
#define TIAN_SYNC_BATCH_LIMITS_H

#include <stdbool.h>

#include "core/log/change.h"

#define BATCH_MAGIC "tian"

enum {
	BATCH_BODY = 6,	  /* elements after the envelope, in v1 */
	BATCH_CHANGE = 7, /* elements that every change has */
	BATCH_FIELD_MAX =
		4095 /* schemas/engine.sql: cell = row << 12 | field */
};

/* The first limit that a change breaks, or NULL. Static. */
const char *batch_change_fault(const struct change *change);
/* A node writes one change after the other: (B1) a change's bases of its own
 * origin came before it. */
bool batch_base_ok(const struct change *change, struct change_id base);

#endif
