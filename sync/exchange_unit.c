/* exchange_unit.c - a unit's run: push the outbox, receive the inbox.
 * Never merges, never writes another ref. */
#include "sync/exchange.h"

#include "sync/node/copies.h"
#include "sync/node/inbox.h"
#include "sync/node/standing.h"
#include "sync/git/refs.h"

enum { TRIES = 5 };

static int push_once(struct node *node, struct hub *hub, const struct run *run,
		     struct err *err)
{
	struct hub_update update;
	struct hub_push push = {.updates = &update, .n = 1};
	struct buf ref = BUF_INIT;
	struct oid there;
	size_t n = 0;
	int rc;

	refs_outbox(&ref, replica_site(node->replica),
		    replica_origin(node->replica));
	rc = exchange_ref(&there, hub, buf_text(&ref), err);
	if (rc == 0)
		rc = exchange_mend(node, hub, &there, run, err);
	if (rc > 0)
		rc = err_set(err, ERR_STALE, "%s was mended", buf_text(&ref));
	if (rc == 0)
		rc = exchange_own(&update, &n, node, buf_text(&ref), &there,
				  err);
	if (rc > 0) {
		rc = hub_push(hub, node->repository, &push, err);
		if (rc == 0 && update.result == ERR_STALE)
			rc = err_set(err, ERR_STALE, "%s moved",
				     buf_text(&ref));
		if (rc == 0)
			rc = node_note_oid(node->replica, NODE_SENT,
					   &update.new_oid, err);
		if (rc == 0)
			run->report->pushed += n;
	}
	buf_release(&ref);
	return rc;
}

static int push(struct node *node, struct hub *hub, const struct run *run,
		struct err *err)
{
	int rc = exchange_owed(node, hub, err);

	run_progress(run, SYNC_STAGE_PUSH, 0, 0);
	if (rc == 0)
		rc = ERR_STALE;
	for (int i = 0; rc == ERR_STALE && i < TRIES; i++)
		rc = push_once(node, hub, run, err);
	return rc;
}

/* No inbox at the hub: not enrolled yet, or the hub lost what it had. */
static int not_enrolled(struct node *node, const struct run *run,
			struct err *err)
{
	struct oid here;
	int rc = node_get_oid(&here, node->replica, NODE_INBOX, err);

	if (rc < 0)
		return rc;
	if (!oid_is_zero(&here))
		return run_detail(run, SYNC_NOTICE, err,
				  "the hub has lost this unit's inbox; the "
				  "office's next sync puts it back");
	run->report->not_enrolled = true;
	return err_set(err, ERR_HUB,
		       "the office has not enrolled this unit yet; what it "
		       "sent waits at the hub");
}

/* Another computer of the unit may be enrolled where this one is not: what it
 * receives then says nothing of what becomes of its own work. */
static int check_own_key(struct node *node, const struct run *run,
			 struct err *err)
{
	struct standing standing;
	int rc = standing_read(&standing, node, err);

	if (rc < 0 || standing.kind == STANDING_OPEN ||
	    standing.kind == STANDING_GOOD)
		return rc;
	run->report->not_enrolled = true;
	if (standing.kind == STANDING_ENDED)
		return err_set(err, ERR_HUB,
			       "the office ended this computer's key on %s; "
			       "what it had not merged by then is kept, and "
			       "waits (tian doctor says what can be done)",
			       standing.until);
	return err_set(err, ERR_HUB,
		       "the office has not enrolled this computer's key; what "
		       "it sent waits at the hub");
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
	if (rc == ERR_MISSING || rc == ERR_CORRUPT)
		return not_enrolled(node, run, err);
	run_progress(run, SYNC_STAGE_FETCH, 0, 0);
	if (rc == 0)
		rc = exchange_begin(node, hub, run, err);
	if (rc == 0)
		rc = hub_fetch(hub, node->repository, &tip, 1, err);
	if (rc == ERR_CORRUPT || rc == ERR_MISSING)
		return run_detail(run, SYNC_QUARANTINED, err, "inbox: %s",
				  err->text);
	if (rc == 0)
		rc = inbox_receive(node, &tip, run, err);
	if (rc == 0)
		run_commit(run, &tip);
	if (rc == 0)
		rc = exchange_tell_moved(node, hub, &tip, run, err);
	if (rc == 0 && run->options != NULL && run->options->history)
		rc = exchange_history(node, hub, run, err);
	return rc < 0 ? rc : check_own_key(node, run, err);
}

int exchange_unit(struct node *node, struct hub *hub, const struct run *run,
		  struct err *err)
{
	int rc = push(node, hub, run, err);

	return rc < 0 ? rc : exchange_receive(node, hub, run, err);
}
