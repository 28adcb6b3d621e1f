/* exchange_unit.c - a unit's run: push the outbox, receive the inbox.
 * Never merges, never writes another ref. */
#include "sync/exchange.h"

#include <string.h>

#include "sync/inbox.h"
#include "sync/outbox.h"
#include "sync/refs.h"

enum { TRIES = 5 };

static int count_changes(size_t *n, struct repository *repository,
			 const struct oid *from, const struct oid *to,
			 struct err *err)
{
	const struct oid *ends[2] = {from, to};
	uint64_t last[2] = {0, 0};
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < 2; i++) {
		struct commit commit;

		if (oid_is_zero(ends[i]))
			continue;
		rc = commit_read(&commit, repository, ends[i], err);
		if (rc == 0)
			last[i] = outbox_trailer_last(&commit);
		commit_release(&commit);
	}
	*n = last[1] > last[0] ? (size_t)(last[1] - last[0]) : 0;
	return rc;
}

int exchange_own(struct hub_update *update, size_t *n, struct node *node,
		 const char *ref, const struct oid *hub_tip, struct err *err)
{
	struct oid_list chain = {NULL, 0, 0};
	struct oid tip;
	int rc = repository_ref(&tip, node->repository, ref, err);

	*n = 0;
	if (rc == ERR_MISSING)
		return 0;
	if (rc < 0 || oid_equal(&tip, hub_tip))
		return rc;
	rc = outbox_chain(&chain, node->repository, &tip, hub_tip, err);
	oid_list_release(&chain);
	if (rc == ERR_MISSING)
		return err_set(err, ERR_CORRUPT,
			       "the hub holds changes under this node's name "
			       "that it did not make: another copy of this "
			       "replica is at work, or this one was restored "
			       "from a backup");
	if (rc == 0)
		rc = count_changes(n, node->repository, hub_tip, &tip, err);
	*update = (struct hub_update){
		.name = ref, .old = *hub_tip, .new_oid = tip};
	return rc < 0 ? rc : 1;
}

static int ref_or_zero(struct oid *out, struct hub *hub, const char *name,
		       struct err *err)
{
	int rc = hub_ref(out, hub, name, err);

	if (rc == ERR_MISSING) {
		*out = (struct oid){{0}};
		rc = 0;
	}
	return rc;
}

static int push_once(struct node *node, struct hub *hub, const char *ref,
		     const struct run *run, struct err *err)
{
	struct hub_update update;
	struct hub_push push = {.updates = &update, .n = 1};
	struct oid there;
	size_t n = 0;
	int rc = ref_or_zero(&there, hub, ref, err);

	if (rc == 0)
		rc = exchange_own(&update, &n, node, ref, &there, err);
	if (rc <= 0)
		return rc;
	rc = hub_push(hub, node->repository, &push, err);
	if (rc == 0 && update.result == ERR_STALE)
		return err_set(err, ERR_STALE, "%s moved", ref);
	if (rc == 0)
		run->report->pushed += n;
	return rc;
}

static int push(struct node *node, struct hub *hub, const struct run *run,
		struct err *err)
{
	struct buf ref = BUF_INIT;
	int rc = ERR_STALE;

	refs_outbox(&ref, replica_site(node->replica),
		    replica_origin(node->replica));
	run_progress(run, SYNC_STAGE_PUSH, 0, 0);
	for (int i = 0; rc == ERR_STALE && i < TRIES; i++)
		rc = push_once(node, hub, buf_text(&ref), run, err);
	buf_release(&ref);
	return rc;
}

static int not_enrolled(const struct run *run, struct err *err)
{
	run->report->not_enrolled = true;
	return err_set(err, ERR_HUB,
		       "the office has not enrolled this unit yet; what it "
		       "sent waits at the hub");
}

int exchange_receive(struct node *node, struct hub *hub, const struct run *run,
		     struct err *err)
{
	struct buf ref = BUF_INIT;
	struct oid tip;
	int rc;

	refs_inbox(&ref, replica_site(node->replica));
	rc = hub_ref(&tip, hub, buf_text(&ref), err);
	buf_release(&ref);
	if (rc == ERR_MISSING)
		return not_enrolled(run, err);
	run_progress(run, SYNC_STAGE_FETCH, 0, 0);
	if (rc == 0)
		rc = hub_fetch(hub, node->repository, &tip, 1, err);
	if (rc == ERR_CORRUPT || rc == ERR_MISSING)
		return run_detail(run, SYNC_QUARANTINED, err, "inbox: %s",
				  err->text);
	if (rc == 0)
		rc = inbox_receive(node, &tip, run, err);
	if (rc == 0)
		run_commit(run, &tip);
	return rc;
}

int exchange_unit(struct node *node, struct hub *hub, const struct run *run,
		  struct err *err)
{
	int rc = push(node, hub, run, err);

	return rc < 0 ? rc : exchange_receive(node, hub, run, err);
}
