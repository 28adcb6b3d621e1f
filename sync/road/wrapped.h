/* wrapped.h - the last stretch of an inbox, in one commit without parents:
 * what stands, for a reader who has nothing, by a file that stock git takes
 * into an empty repository (it has no word there for history that is left
 * out).
 *
 *   refs/heads/wrapped/<site>  a commit, no parents, signed like any other
 *     <n>/commit               bytes of an inbox commit; 000001 is the oldest
 *     <n>/tree/                its tree
 *     trailer Begin            the checkpoint among them
 *
 * Knows that form; believes nothing of it: what is unwrapped is what it says
 * it is by its hash, and is checked like all that comes. */
#ifndef TIAN_SYNC_WRAPPED_H
#define TIAN_SYNC_WRAPPED_H

#include "sync/git/commit.h"
#include "sync/road/hub.h"

#define REF_WRAPPED "refs/heads/wrapped/"

enum {
	WRAPPED_MAX = 999999, /* commits in one */
	WRAPPED_BYTES_MAX = 64
			    << 20 /* of all of them: they are kept in memory */
};

/* Adds to the repository's memory a commit that wraps these of it. `draft` has
 * all but tree and parents. */
int wrapped_make(struct oid *out, struct repository *repository,
		 const struct oid_list *chain, struct commit_draft *draft,
		 const struct key *key, struct err *err);

/* A file that holds a wrapped inbox of the site, as a hub that has its refs
 * `inbox` and `checkpoint`. `file` and `into` (locked) are borrowed. *out is
 * NULL where the file holds none. ERR_INPUT: it is not what it says; from
 * hub_fetch also: it begins after what is here. */
int wrapped_open(struct hub **out, struct hub *file, struct repository *into,
		 const char *site, struct err *err);

#endif
