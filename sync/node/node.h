/* node.h - one node as the files of this room see it: its folder, replica,
 * repository and key, and the facts it keeps about itself.
 * Knows where things lie; no protocol. */
#ifndef TIAN_SYNC_NODE_H
#define TIAN_SYNC_NODE_H

#include "sync/identity/key.h"
#include "sync/git/repository.h"
#include "sync/sync.h"

/* Facts in _meta. */
#define NODE_HUB "hub"	 /* address */
#define NODE_NAME "name" /* of the site, as init was told */
#define NODE_OFFICE_KEY \
	"office_key" /* pinned: a public key line, or a fingerprint in hex */
#define NODE_OFFICE_TOLD \
	"office_told"	 /* what init was told, where that key vouched for the \
			 pinned one (vouch.h) */
#define NODE_MAIN "main" /* last main commit replayed (office) */
#define NODE_SCHEMA "main_schema" /* the schema it was merged with */
#define NODE_LAYOUT "main_layout" /* how its registers are laid out; "": 1 */
#define NODE_DELIVERED \
	"delivered" /* main commit up to which no inbox is
					owed anything (office) */
#define NODE_LAST_DELIVERED \
	"last_delivered"   /* the same of all inboxes, while some cannot \
			    be reached (office) */
#define NODE_INBOX "inbox" /* last inbox commit applied (unit) */

struct node {
	char *dir;
	struct replica *replica;
	struct repository *repository; /* NULL until node_need */
	struct key key;
	bool has_key;
};

/* Opens repository and key. ERR_INPUT: the replica is not whole; init makes
 * the rest. */
int node_need(struct node *node, struct err *err);
void node_path(struct buf *out, const char *dir, const char *name);

/* A fact that is an object's name; zero where absent. */
int node_get_oid(struct oid *out, struct replica *replica, const char *name,
		 struct err *err);
int node_set_oid(struct replica *replica, const char *name,
		 const struct oid *oid, struct err *err);
/* The same outside a transaction, not waited for (db_wait). */
int node_note_oid(struct replica *replica, const char *name,
		  const struct oid *oid, struct err *err);

/* Whether this is the office's pinned key; where none is pinned it is pinned
 * now, and *first says so. ERR_CORRUPT: another one is pinned. */
int node_check_pin(bool *first, struct replica *replica,
		   const uint8_t public_key[CRYPTO_PUBLIC_SIZE],
		   struct err *err);

/* Pins another one instead: the pinned one vouches for it, or for what it has
 * signed. */
int node_pin(struct replica *replica,
	     const uint8_t public_key[CRYPTO_PUBLIC_SIZE], struct err *err);

/* Appends the site's name for people: the unit's, else what init was told (own
 * site), else the code. */
int node_site_name(struct buf *out, struct replica *replica, const char *site,
		   struct err *err);

struct commit_draft;

/* Author and committer of a commit that this node writes as the office, at
 * `time` (seconds since 1970): the office's name and, unless it is "", that of
 * a person; ORIGIN@office. *texts holds both and must outlive the draft. */
int node_sign_as_office(struct commit_draft *draft, struct buf *texts,
			struct node *node, const char *person, int64_t time,
			struct err *err);

/* Table _commit: which commit carries which changes. */
int node_note_commit(struct replica *replica, const struct oid *commit,
		     const struct batch *batch, struct err *err);
/* The same for seqs without a gap. */
int node_note_run(struct replica *replica, const struct oid *commit,
		  uint64_t origin, uint64_t first, uint64_t last,
		  struct err *err);

#endif
