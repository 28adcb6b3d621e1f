/* new_key.h - the key of a proposal that is entered here.
 * Knows what other computers may be giving at the same time; writes none.
 *
 * The next number of the session: 1-1-055. Where the office has, or may have,
 * another computer that gives numbers without a network as well, letters of
 * this node stand behind it, 1-1-055kdm, so that two proposals never come to
 * share one row. The letters are no part of the case number (案号), which the
 * office issues when it files. */
#ifndef TIAN_CLI_NEW_KEY_H
#define TIAN_CLI_NEW_KEY_H

#include "core/base/buf.h"
#include "core/replica/replica.h"

/* Appends it. At the office, between edit_begin and edit_commit. */
int new_key(struct buf *key, struct replica *replica, const char *session,
	    struct err *err);

#endif
