/* outbox_ahead.h - outbox commits read, and their signatures checked, on a
 * thread that is ahead of whoever asks for them, one by one, in order.
 * Knows when one is read; never what it says. */
#ifndef TIAN_SYNC_OUTBOX_AHEAD_H
#define TIAN_SYNC_OUTBOX_AHEAD_H

#include "sync/node/outbox.h"

struct outbox_ahead;

/* Begins with the first of `list`, which is copied, in a view of the
 * repository of its own. NULL: they are few, or it cannot be. */
struct outbox_ahead *outbox_ahead_begin(const struct repository *repository,
					const struct oid_list *list);
/* The next one: waits for it. false: it could not be read, or is another one
 * than `oid`; the caller reads that himself, and is told why not. */
bool outbox_ahead_take(struct outbox_entry *out, struct outbox_ahead *ahead,
		       const struct oid *oid);
void outbox_ahead_end(struct outbox_ahead *ahead); /* NULL is fine */

#endif
