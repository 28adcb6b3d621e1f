/* aside.h - the office tells a site what of its outboxes it has set aside: once
 * for each commit and reason, by a trailer of the site's next inbox commit,
 *
 *     Set-Aside: <origin> <commit where it stops> <why, in one line>
 *
 * and the node of that origin repeats it at each sync until a receipt for
 * changes of its own comes. Knows facts and trailers; judges no commit.
 *
 * `_meta.aside:SITE/ORIGIN` is what was said last, `_meta.tell:SITE/ORIGIN` what
 * waits to be said, `_meta.set_aside` at a unit what it was told. */
#ifndef TIAN_SYNC_ASIDE_H
#define TIAN_SYNC_ASIDE_H

#include "core/replica/replica.h"
#include "sync/git/commit.h"
#include "sync/identity/keys.h"
#include "sync/node/report.h"

enum {
	ASIDE_WHY_MAX = 400, /* bytes that are told */
	ASIDE_SITE_MAX = 32  /* outboxes of one site */
};

/* At the office. An outbox stops at `commit`, for that reason. */
int aside_note(struct replica *replica, const char *site, uint64_t origin,
	       const struct oid *commit, const char *why, struct err *err);
/* All of it was taken in. */
int aside_forget(struct replica *replica, const char *site, uint64_t origin,
		 struct err *err);
/* Adds the sites that something is to be told. */
int aside_sites(struct keys *out, struct replica *replica, struct err *err);
/* Appends the trailers that wait for a site. */
int aside_trailers(struct buf *out, struct replica *replica, const char *site,
		   struct err *err);
/* They have arrived. */
int aside_told(struct replica *replica, const char *site, struct err *err);
/* Another office node has told what this inbox commit says. */
int aside_learn(struct replica *replica, const char *site,
		const struct commit *commit, struct err *err);

/* At a unit: remembers what an inbox commit says of this node, and tells what
 * it says of the unit's others. */
int aside_hear(struct replica *replica, const struct commit *commit,
	       const struct run *run, struct err *err);
/* A receipt has come. */
int aside_heal(struct replica *replica, struct err *err);
/* Says what is remembered, as long as the commit is one of this node's own. */
int aside_repeat(struct replica *replica, struct repository *repository,
		 const struct run *run, struct err *err);

#endif
