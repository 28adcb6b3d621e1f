/* inbox.h - a unit takes in what the office sent.
 * Knows the shape of an inbox and whose signature it must bear; never makes
 * one, never writes an outbox. */
#ifndef TIAN_SYNC_INBOX_H
#define TIAN_SYNC_INBOX_H

#include "sync/git/commit.h"
#include "sync/node/node.h"
#include "sync/node/report.h"
#include "sync/identity/signers.h"
#include "sync/office/vouch.h"

/* One inbox commit, read and checked in itself. */
struct inbox_entry {
	struct commit commit;
	uint8_t signer[CRYPTO_PUBLIC_SIZE];
	struct signers signers; /* as the office states them in it */
	int64_t time; /* when it counts as signed: never before its parent */
};

/* ERR_CORRUPT: unsigned, more than one parent, another site's. */
int inbox_read(struct inbox_entry *out, struct repository *repository,
	       const struct oid *oid, const char *site, struct err *err);
void inbox_entry_release(struct inbox_entry *entry);
/* Whether the office made it: `before` are the signers of the commit before
 * it; NULL for the first, which pins the key it is signed with (or must be
 * the pinned one); *first says that it was pinned now. */
int inbox_check(bool *first, struct replica *replica,
		const struct inbox_entry *entry, const struct signers *before,
		struct err *err);
/* Where `entry`, the first that this node reads, is signed with another key
 * than the pinned one, and that one vouches for it, it is pinned instead, and
 * said so. */
int inbox_vouched(struct node *node, const struct inbox_entry *entry,
		  const struct vouch *vouch, const struct run *run,
		  struct err *err);
/* Applies its batches and verdicts in the caller's transaction. */
int inbox_apply(struct replica *replica, struct repository *repository,
		const struct inbox_entry *entry, const struct run *run,
		struct err *err);

/* Applies what is new up to `tip`, whose objects are here, a transaction for
 * each commit. A bad commit is reported and stops the inbox there. */
int inbox_receive(struct node *node, const struct oid *tip,
		  const struct run *run, struct err *err);

#endif
