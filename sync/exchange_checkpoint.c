/* exchange_checkpoint.c - where a new node of an old unit begins: not with its
 * first inbox commit, but with the newest that holds all there is.
 * Knows the ref that names it and the repository's beginning; what a
 * checkpoint holds is parcel.c's.
 *
 * (K1) A checkpoint is an inbox commit like any other, signed and in its
 *      chain; the ref only says where it is. Whoever sets that ref can make a
 *      node begin earlier, or with the first commit, and nothing else. */
#include "sync/exchange.h"

#include <stdlib.h>

#include "sync/node/inbox.h"
#include "sync/node/outbox.h"
#include "sync/office/parcel.h"
#include "sync/git/refs.h"

static const struct oid none;

static bool is_bad(int rc)
{
	return rc == ERR_CORRUPT || rc == ERR_MISSING || rc == ERR_INPUT;
}

/* --- a unit begins ------------------------------------------------------- */

/* Signed by a key that it names as the office's, which is the pinned one if
 * one is pinned, or one that this vouches for, and whole. */
static int check_checkpoint(struct node *node, const struct oid *oid,
			    const struct run *run, struct err *err)
{
	const char *site = replica_site(node->replica);
	struct vouch vouch = {NULL, 0};
	struct inbox_entry entry;
	struct oid sheet;
	char *pinned = NULL;
	bool first;
	int rc = inbox_read(&entry, node->repository, oid, site, err);

	if (rc < 0)
		return rc;
	rc = repository_find(&sheet, node->repository, &entry.commit.tree,
			     PARCEL_CHECKPOINT, err);
	if (rc == 0)
		rc = replica_get(&pinned, node->replica, NODE_OFFICE_KEY, err);
	if (rc == 0)
		rc = vouch_of_checkpoint(&vouch, node->repository,
					 &entry.commit, site, err);
	if (rc == 0)
		rc = inbox_vouched(node, &entry, &vouch, run, err);
	if (rc == 0 && *pinned != '\0')
		rc = inbox_check(&first, node->replica, &entry, NULL, err);
	vouch_release(&vouch);
	free(pinned);
	inbox_entry_release(&entry);
	return rc;
}

/* What stands before the beginning, for a repository that was to begin there
 * and will not. */
static int fetch_before(struct node *node, struct hub *hub, struct err *err)
{
	struct repository *repository = node->repository;
	struct commit commit;
	int rc = commit_read(&commit, repository, repository_begin(repository),
			     err);

	if (rc < 0)
		return rc;
	if (commit.parents != NULL)
		rc = hub_fetch(hub, repository, &commit.parents[0], 1, err);
	commit_release(&commit);
	return rc;
}

static int begin_whole(struct node *node, struct hub *hub, struct err *err)
{
	int rc = 0;

	if (repository_has(node->repository,
			   repository_begin(node->repository)))
		rc = fetch_before(node, hub, err);
	return rc < 0 ? rc : repository_set_begin(node->repository, &none, err);
}

static int begin_at(struct node *node, struct hub *hub, const struct oid *oid,
		    const struct run *run, struct err *err)
{
	int rc = repository_set_begin(node->repository, oid, err);

	if (rc == 0)
		rc = hub_fetch(hub, node->repository, oid, 1, err);
	if (rc == 0)
		rc = check_checkpoint(node, oid, run, err);
	return is_bad(rc) ? begin_whole(node, hub, err) : rc;
}

int exchange_begin(struct node *node, struct hub *hub, const struct run *run,
		   struct err *err)
{
	struct buf name = BUF_INIT;
	struct oid there;
	struct oid here;
	struct oid tip;
	int rc = node_get_oid(&here, node->replica, NODE_INBOX, err);

	if (rc < 0 || !oid_is_zero(&here))
		return rc;
	refs_checkpoint(&name, replica_site(node->replica));
	rc = exchange_ref(&there, hub, buf_text(&name), err);
	buf_clear(&name);
	refs_inbox(&name, replica_site(node->replica));
	if (rc == 0)
		rc = exchange_ref(&tip, hub, buf_text(&name), err);
	buf_release(&name);
	if (rc < 0 || oid_is_zero(&there) || oid_is_zero(&tip) ||
	    repository_has(node->repository, &tip))
		return rc;
	return begin_at(node, hub, &there, run, err);
}

/* --- and gets the rest --------------------------------------------------- */

static int apply_before(struct node *node, const struct oid *oid,
			const struct run *run, struct err *err)
{
	struct db *db = replica_db(node->replica);
	struct inbox_entry entry;
	int rc = inbox_read(&entry, node->repository, oid,
			    replica_site(node->replica), err);

	if (rc < 0)
		return rc;
	rc = db_begin(db, err);
	if (rc == 0) {
		rc = change_log_drain(node->replica, NULL, err);
		if (rc == 0)
			rc = inbox_apply(node->replica, node->repository,
					 &entry, run, err);
		if (rc == 0)
			rc = db_commit(db, err);
		if (rc < 0)
			db_rollback(db);
	}
	inbox_entry_release(&entry);
	return rc;
}

/* The proof begins with the first commit, and so does the pin. */
static int pin_first(struct node *node, const struct oid *oid, struct err *err)
{
	struct inbox_entry entry;
	int rc = inbox_read(&entry, node->repository, oid,
			    replica_site(node->replica), err);

	if (rc < 0)
		return rc;
	rc = node_pin(node->replica, entry.signer, err);
	inbox_entry_release(&entry);
	return rc;
}

/* The signed commit that it began with names what came before by its hash, and
 * so on: no key has to be asked. Cut off, it is done again from the start,
 * which changes nothing twice. */
int exchange_history(struct node *node, struct hub *hub, const struct run *run,
		     struct err *err)
{
	struct repository *repository = node->repository;
	struct oid_list chain = {NULL, 0, 0};
	struct commit commit;
	int rc;

	if (!repository_begins(repository, NULL))
		return 0;
	rc = commit_read(&commit, repository, repository_begin(repository),
			 err);
	if (rc < 0)
		return rc;
	if (commit.parents != NULL) {
		rc = hub_fetch(hub, repository, &commit.parents[0], 1, err);
		if (rc == 0)
			rc = outbox_chain(&chain, repository,
					  &commit.parents[0], &none, err);
	}
	for (size_t i = 0; rc == 0 && i < chain.n; i++) {
		run_progress(run, SYNC_STAGE_APPLY, i, chain.n);
		rc = apply_before(node, &chain.items[i], run, err);
	}
	if (rc == 0 && chain.n > 0)
		rc = pin_first(node, &chain.items[0], err);
	if (rc == 0)
		rc = repository_set_begin(repository, &none, err);
	oid_list_release(&chain);
	commit_release(&commit);
	return rc;
}

/* --- the office offers --------------------------------------------------- */

static size_t list_updates(struct hub_update *updates,
			   const struct ref_list *own,
			   const struct ref_list *refs)
{
	size_t n = 0;

	for (size_t i = 0; i < own->n; i++) {
		const struct ref *ref = &own->items[i];
		const struct oid *there = ref_list_find(refs, ref->name);

		if (there != NULL && oid_equal(there, &ref->oid))
			continue;
		updates[n++] = (struct hub_update){.name = ref->name,
						   .old = there != NULL ? *there
									: none,
						   .new_oid = ref->oid};
	}
	return n;
}

int exchange_offer(struct node *node, struct hub *hub,
		   const struct ref_list *refs, const struct run *run,
		   struct err *err)
{
	struct ref_list own = {NULL, 0};
	struct hub_push push = {.n = 0};
	int rc = repository_refs(&own, node->repository, REF_CHECKPOINT, err);

	push.updates = calloc(own.n + 1, sizeof(*push.updates));
	if (rc == 0 && push.updates == NULL)
		rc = err_nomem(err);
	if (rc == 0)
		push.n = list_updates(push.updates, &own, refs);
	if (rc == 0 && push.n > 0)
		rc = hub_push(hub, node->repository, &push, err);
	if (rc == ERR_HUB || rc == ERR_STALE)
		rc = run_detail(run, SYNC_NOTICE, err,
				"where new computers of a unit can begin was "
				"not told to the hub, so they fetch all that "
				"was ever sent (%s)",
				err->text);
	free(push.updates);
	ref_list_release(&own);
	return rc;
}
