/* outbox.h - a node's own changes as signed commits: made at the node, read
 * and checked at the office.
 * Knows batches, the own register and trailers; never merges, never touches
 * inbox refs.
 *
 * (O1) A commit carries one batch of one origin and author; its seqs begin
 *      one after those of its only parent.
 * (O2) Its register files hold only lines this node itself last wrote, so
 *      git blame passes every line of main on to the commit that wrote it. */
#ifndef TIAN_SYNC_OUTBOX_H
#define TIAN_SYNC_OUTBOX_H

#include "core/log/change_log.h"
#include "sync/git/commit.h"
#include "sync/node/node.h"

#define OUTBOX_CHANGES "changes.msgpack"

/* Logs what is pending and commits what is not committed yet to the node's own
 * ref; the repository is locked. *made counts the changes (may be NULL).
 * ERR_CORRUPT: the replica is older than its own repository, or differs from
 * it (copies.h mends that). */
int outbox_commit(size_t *made, struct node *node, struct err *err);

/* Whether the log has this very change under its number. */
int outbox_logged(bool *out, struct replica *replica,
		  const struct change *change, struct err *err);
/* Whether the log holds what the own outbox, which ends at `tip`, says. */
int outbox_stands(bool *alike, struct node *node, const struct oid *tip,
		  struct err *err);

/* One commit of any node's outbox, read and checked in itself. */
struct outbox_entry {
	struct commit commit;
	struct oid blob;     /* of its batch */
	struct buf bytes;    /* what batch borrows */
	struct batch *batch; /* n_changes >= 1 */
	uint8_t signer[CRYPTO_PUBLIC_SIZE];
};

/* ERR_CORRUPT: unsigned, badly signed, more than one parent, a batch that
 * does not decode, trailers that say something else. ERR_INPUT: made by a
 * newer program. */
int outbox_read(struct outbox_entry *out, struct repository *repository,
		const struct oid *oid, struct err *err);
void outbox_entry_release(struct outbox_entry *entry);
uint64_t outbox_first(const struct outbox_entry *entry);
uint64_t outbox_last(const struct outbox_entry *entry);
/* The seqs that a commit's trailer states; false where it states none. */
bool outbox_trailer_seqs(uint64_t *first, uint64_t *last,
			 const struct commit *commit);
/* The last of them, or 0. */
uint64_t outbox_trailer_last(const struct commit *commit);

/* Whether its register files can be compared: labels of a newer schema, and
 * how a newer program lays them out, are not known here. */
bool outbox_comparable(struct replica *replica,
		       const struct outbox_entry *entry);
/* Whether the commit's tree holds its batch, and the register files of its
 * node, and these say what follows from the node's own changes
 * (register_follow.h). `replica` has taken all of them up to this commit.
 * Costs what the batch touches. ERR_CORRUPT: which file, and which line. What
 * cannot be compared is passed over. */
int outbox_check_register(struct repository *repository,
			  struct replica *replica,
			  const struct outbox_entry *entry, struct err *err);

/* Commits after `since` (zero: all) up to `tip`, oldest first, appended.
 * ERR_MISSING: `since` is not among tip's ancestors. */
int outbox_chain(struct oid_list *out, struct repository *repository,
		 const struct oid *tip, const struct oid *since,
		 struct err *err);

#endif
