/* copies.c - two histories under one node's name become one, or two names.
 * Knows batches and the log; never the road to the hub. */
#include "sync/node/copies.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/merge/apply.h"
#include "core/log/change_log.h"
#include "core/replica/renew.h"
#include "sync/node/outbox.h"
#include "sync/git/refs.h"

static const char SQL_FORGET[] =
	"DELETE FROM _commit WHERE origin = ? AND last > ?";

/* The other history, compared with the replica's log. */
struct copy {
	struct node *node;
	uint64_t origin;
	struct oid tip;
	struct oid_list ahead; /* commits the log does not have, oldest first */
	uint64_t base;	       /* the last seq both have alike */
	uint64_t logged;       /* the log's last */
	bool renewed;
	size_t taken; /* changes */
};

/* --- comparing ----------------------------------------------------------- */

/* A copy has the same key; one rotated since still signed the own tip. */
static int check_name(const struct copy *copy, const struct outbox_entry *entry,
		      const uint8_t *before, struct err *err)
{
	const struct node *node = copy->node;

	if (strcmp(entry->batch->site, replica_site(node->replica)) != 0 ||
	    entry->batch->origin != copy->origin)
		return err_set(err, ERR_CORRUPT, "a batch of another node");
	if (memcmp(entry->signer, node->key.public_key, CRYPTO_PUBLIC_SIZE) !=
		    0 &&
	    (before == NULL ||
	     memcmp(entry->signer, before, CRYPTO_PUBLIC_SIZE) != 0))
		return err_set(err, ERR_CORRUPT,
			       "signed with a key that is not this node's");
	return 0;
}

/* The key that signed the own ref's tip; *known false where there is none. */
static int own_signer(bool *known, uint8_t signer[CRYPTO_PUBLIC_SIZE],
		      const struct copy *copy, struct err *err)
{
	struct buf ref = BUF_INIT;
	struct commit commit;
	struct oid tip;
	int rc;

	*known = false;
	refs_outbox(&ref, replica_site(copy->node->replica), copy->origin);
	rc = repository_ref(&tip, copy->node->repository, buf_text(&ref), err);
	buf_release(&ref);
	if (rc == ERR_MISSING)
		return 0;
	if (rc == 0)
		rc = commit_read(&commit, copy->node->repository, &tip, err);
	if (rc < 0)
		return rc;
	rc = commit_signer(signer, &commit, err);
	commit_release(&commit);
	*known = rc == 0;
	return rc;
}

/* How much of a batch the log has alike, from its beginning. */
static int compare_batch(struct copy *copy, const struct batch *batch,
			 struct err *err)
{
	bool same = true;
	int rc = 0;

	for (size_t i = 0; rc == 0 && same && i < batch->n_changes; i++) {
		rc = outbox_logged(&same, copy->node->replica,
				   &batch->changes[i], err);
		if (same)
			copy->base = batch->changes[i].id.seq;
	}
	return rc;
}

/* Changes of ours once more, behind themselves, are no outbox of ours. */
static int check_parent(const struct copy *copy,
			const struct outbox_entry *entry, struct err *err)
{
	struct commit parent;
	uint64_t last;
	int rc;

	if (entry->commit.n_parents == 0)
		return 0;
	rc = commit_read(&parent, copy->node->repository,
			 &entry->commit.parents[0], err);
	if (rc < 0)
		return rc == ERR_MISSING ? 0 : rc;
	last = outbox_trailer_last(&parent);
	commit_release(&parent);
	return last + 1 == outbox_first(entry)
		       ? 0
		       : err_set(err, ERR_CORRUPT, "an outbox repeats itself");
}

/* One step back. *more: it goes on at *at. */
static int step_back(struct copy *copy, struct oid *at, uint64_t *next,
		     const uint8_t *before, struct err *err)
{
	struct outbox_entry entry;
	const struct batch *batch;
	bool same = false;
	int rc = outbox_read(&entry, copy->node->repository, at, err);

	if (rc < 0)
		return rc;
	batch = entry.batch;
	rc = check_name(copy, &entry, before, err);
	if (rc == 0 && *next != 0 && outbox_last(&entry) + 1 != *next)
		rc = err_set(err, ERR_CORRUPT, "an outbox has a gap");
	*next = outbox_first(&entry);
	if (rc == 0)
		rc = outbox_logged(&same, copy->node->replica,
				   &batch->changes[batch->n_changes - 1], err);
	if (rc == 0 && same)
		rc = check_parent(copy, &entry, err);
	if (rc == 0 && same)
		copy->base = outbox_last(&entry);
	else if (rc == 0 && !oid_list_add(&copy->ahead, at))
		rc = err_nomem(err);
	*at = !same && entry.commit.n_parents > 0 ? entry.commit.parents[0]
						  : (struct oid){{0}};
	if (rc == 0 && !same && oid_is_zero(at) && *next != 1)
		rc = err_set(err, ERR_CORRUPT, "an outbox begins late");
	outbox_entry_release(&entry);
	return rc;
}

static int compare(struct copy *copy, struct err *err)
{
	uint8_t signer[CRYPTO_PUBLIC_SIZE];
	struct oid_list *ahead = &copy->ahead;
	struct outbox_entry entry;
	struct oid at = copy->tip;
	uint64_t next = 0;
	bool known;
	int rc = own_signer(&known, signer, copy, err);

	while (rc == 0 && !oid_is_zero(&at))
		rc = step_back(copy, &at, &next, known ? signer : NULL, err);
	for (size_t i = 0, j = ahead->n; i + 1 < j; i++, j--) {
		struct oid swap = ahead->items[i];

		ahead->items[i] = ahead->items[j - 1];
		ahead->items[j - 1] = swap;
	}
	if (rc < 0 || ahead->n == 0)
		return rc;
	rc = outbox_read(&entry, copy->node->repository, &ahead->items[0], err);
	if (rc < 0)
		return rc;
	rc = compare_batch(copy, entry.batch, err);
	outbox_entry_release(&entry);
	return rc;
}

/* --- mending ------------------------------------------------------------- */

static int take_back(struct copy *copy, const struct oid *oid, struct err *err)
{
	const struct apply_options options = {.gapless = true};
	struct apply_result result = {0};
	struct outbox_entry entry;
	int rc = outbox_read(&entry, copy->node->repository, oid, err);

	if (rc < 0)
		return rc;
	rc = apply_batch(copy->node->replica, entry.batch, &options, &result,
			 err);
	if (rc == 0)
		rc = node_note_commit(copy->node->replica, &entry.commit.id,
				      entry.batch, err);
	copy->taken += result.applied;
	apply_result_release(&result);
	outbox_entry_release(&entry);
	return rc;
}

/* Commits of changes that get other ones. */
static int forget_commits(struct copy *copy, struct err *err)
{
	struct db *db = replica_db(copy->node->replica);
	sqlite3_stmt *stmt;
	int rc = db_stmt(&stmt, db, SQL_FORGET, err);

	if (rc < 0)
		return rc;
	db_bind_int(stmt, 1, (int64_t)copy->origin);
	db_bind_int(stmt, 2, (int64_t)copy->base);
	return db_run(db, stmt, err);
}

static int mend(struct copy *copy, struct err *err)
{
	struct replica *replica = copy->node->replica;
	int rc = change_log_drain(replica, NULL, err);

	if (rc == 0)
		rc = compare(copy, err);
	if (rc == 0)
		rc = change_log_last(&copy->logged, replica, err);
	if (rc == 0)
		rc = forget_commits(copy, err);
	copy->renewed = copy->ahead.n > 0 && copy->logged > copy->base;
	if (rc == 0 && copy->renewed)
		rc = renew_origin(replica, copy->base, err);
	for (size_t i = 0; rc == 0 && i < copy->ahead.n; i++)
		rc = take_back(copy, &copy->ahead.items[i], err);
	return rc;
}

static int in_transaction(struct copy *copy,
			  int (*step)(struct copy *copy, struct err *err),
			  struct err *err)
{
	struct replica *replica = copy->node->replica;
	struct db *db = replica_db(replica);
	struct err ignored;
	int rc = db_begin(db, err);

	if (rc < 0)
		return rc;
	rc = step(copy, err);
	if (rc == 0)
		rc = db_commit(db, err);
	if (rc < 0) {
		db_rollback(db);
		renew_reload(replica, &ignored);
	}
	return rc;
}

static int tell_renewed(const struct copy *copy, const struct run *run,
			struct err *err)
{
	char origin[17];

	change_origin_format(origin, replica_origin(copy->node->replica));
	return run_detail(run, SYNC_NOTICE, err,
			  "another copy of this replica has worked under its "
			  "name: this one goes on as node %s: %" PRIu64
			  " of its own changes go out under that name",
			  origin, copy->logged - copy->base);
}

static int tell(const struct copy *copy, const struct run *run, struct err *err)
{
	if (copy->renewed)
		return tell_renewed(copy, run, err);
	if (copy->taken > 0)
		return run_detail(run, SYNC_NOTICE, err,
				  "this replica was older than what it had "
				  "sent (was it restored from a backup?); "
				  "%zu of its own changes were taken back in",
				  copy->taken);
	return 0;
}

int copies_mend(struct node *node, const struct oid *tip, const struct run *run,
		struct err *err)
{
	struct copy copy = {.node = node,
			    .origin = replica_origin(node->replica),
			    .tip = *tip};
	struct buf ref = BUF_INIT;
	int rc = in_transaction(&copy, mend, err);

	refs_outbox(&ref, replica_site(node->replica), copy.origin);
	/* After the replica: a cut in between is mended the same way. */
	if (rc == 0)
		rc = buf_check(&ref, err);
	if (rc == 0)
		rc = repository_set_ref(node->repository, buf_text(&ref), tip,
					NULL, err);
	if (rc == 0)
		rc = tell(&copy, run, err);
	oid_list_release(&copy.ahead);
	buf_release(&ref);
	return rc;
}

/* --- without the commits ------------------------------------------------- */

static int part(struct copy *copy, struct err *err)
{
	static const struct oid none;
	struct replica *replica = copy->node->replica;
	int rc = change_log_drain(replica, NULL, err);

	if (rc == 0)
		rc = change_log_last(&copy->logged, replica, err);
	if (rc == 0)
		rc = forget_commits(copy, err);
	if (rc == 0)
		rc = renew_origin(replica, copy->base, err);
	return rc < 0 ? rc : node_set_oid(replica, NODE_SENT, &none, err);
}

static int tell_parted(const struct copy *copy, const struct run *run,
		       struct err *err)
{
	char origin[17];

	change_origin_format(origin, replica_origin(copy->node->replica));
	if (copy->logged > copy->base)
		return tell_renewed(copy, run, err);
	return run_detail(run, SYNC_NOTICE, err,
			  "this replica was older than what the office has "
			  "of it (was it restored from a backup?): its own "
			  "changes are taken back in, and this one goes on "
			  "as node %s",
			  origin);
}

int copies_part(struct node *node, uint64_t base, const struct run *run,
		struct err *err)
{
	struct copy copy = {.node = node,
			    .origin = replica_origin(node->replica),
			    .base = base};
	int rc = in_transaction(&copy, part, err);

	return rc < 0 ? rc : tell_parted(&copy, run, err);
}

/* --- the own repository -------------------------------------------------- */

int copies_check(bool *mended, struct node *node, const struct run *run,
		 struct err *err)
{
	struct buf ref = BUF_INIT;
	uint64_t origin = replica_origin(node->replica);
	struct oid tip;
	bool alike = true;
	int rc;

	*mended = false;
	refs_outbox(&ref, replica_site(node->replica), origin);
	rc = repository_ref(&tip, node->repository, buf_text(&ref), err);
	if (rc == 0)
		rc = outbox_stands(&alike, node, &tip, err);
	else if (rc == ERR_MISSING)
		rc = 0;
	if (rc == 0 && !alike) {
		rc = copies_mend(node, &tip, run, err);
		*mended = rc == 0;
	}
	/* What only this repository has under the old name must not stay
	 * here. */
	if (rc == 0 && *mended && replica_origin(node->replica) != origin)
		rc = replica_set(node->replica, NODE_OWED, buf_text(&ref), err);
	buf_release(&ref);
	return rc;
}
