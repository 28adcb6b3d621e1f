/* search.h - full text of cases: titles, bodies, sponsors, replies.
 * Knows an index beside the replica; knows no command.
 *
 * The index is a file of its own, search.db, in the replica's folder: a cache
 * that may be deleted at any time. It is brought up to date by whoever
 * searches, from the change log and what is pending, so that edits by any
 * program are found and none is slowed.
 *
 * (F1) The index narrows; it never decides. It may name a case that no longer
 *      holds the text, and must not leave one out: the caller looks again.
 * (F2) What the index has seen is kept as the last seq of each origin. A log
 *      that does not continue it (a restored backup) makes it anew. */
#ifndef TIAN_CLI_SEARCH_H
#define TIAN_CLI_SEARCH_H

#include <stdbool.h>

#include "core/base/buf.h"
#include "core/replica/replica.h"

/* The cases that may hold `text`, as a JSON array of keys; *narrowed false
 * (and nothing in `keys`) where all must be looked at: fewer than three
 * characters, or no index can be had in that folder. */
int search_cases(struct buf *keys, bool *narrowed, struct replica *replica,
		 const char *folder, const char *text, struct err *err);

#endif
