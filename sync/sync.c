/* sync.c - one exchange with the hub, as a table of contents. */
#include "sync/sync.h"

#include "core/merge/apply.h"
#include "core/merge/conflict.h"
#include "sync/node/copies.h"
#include "sync/exchange.h"
#include "sync/road/hub_union.h"
#include "sync/node/outbox.h"

enum { TIDY_STEP = 4096 /* values in one transaction */ };

static int exchange(struct node *node, const struct run *run, struct err *err)
{
	struct hub *hub = NULL;
	int rc = hub_union_of(&hub, node->replica, node->repository, err);

	if (rc == 0)
		rc = replica_is_office(node->replica)
			     ? exchange_office(node, hub, run, err)
			     : exchange_unit(node, hub, run, err);
	if (rc == 0)
		rc = exchange_tell_away(hub, run, err);
	hub_close(hub);
	return rc;
}

/* What the merge superseded takes less room from now on. It has waited for
 * the hub to have its answer; another writer may make it wait once more. */
static int tidy(struct node *node, struct err *err)
{
	struct db *db = replica_db(node->replica);
	size_t n = TIDY_STEP;
	int rc = 0;

	while (rc == 0 && n == TIDY_STEP) {
		rc = db_begin(db, err);
		if (rc == 0)
			rc = apply_tidy(&n, node->replica, TIDY_STEP, err);
		if (rc == 0)
			rc = db_commit(db, err);
		if (rc < 0)
			db_rollback(db);
	}
	return rc == ERR_BUSY ? 0 : rc;
}

static int sync_once(struct node *node, const struct run *run, struct err *err)
{
	bool mended;
	int rc;

	run_progress(run, SYNC_STAGE_COMMIT, 0, 0);
	rc = copies_check(&mended, node, run, err);
	if (rc == 0)
		rc = outbox_commit(NULL, node, err);
	return rc < 0 ? rc : exchange(node, run, err);
}

/* A run that missed something here, and failed or set it aside for that, is
 * made again where what was missing could be brought. */
static int sync_locked(struct node *node, const struct run *run,
		       struct err *err)
{
	size_t missed = repository_missed(node->repository);
	struct err healing;
	int healed;
	int rc = sync_once(node, run, err);

	if (rc == ERR_HUB || repository_missed(node->repository) == missed ||
	    (rc == 0 &&
	     (run->report->refused == 0 || replica_is_office(node->replica))))
		return rc;
	healed = exchange_heal(node, run, &healing);
	if (healed < 0) {
		*err = healing;
		return healed;
	}
	if (healed == 0)
		return rc;
	run_forget(run->report);
	return sync_once(node, run, err);
}

int node_sync(struct sync_report *report, struct node *node,
	      const struct sync_options *options, struct err *err)
{
	const struct run run = {report, options};
	int rc = node_need(node, err);

	if (rc == 0)
		rc = repository_lock(node->repository, err);
	if (rc < 0)
		return rc;
	rc = sync_locked(node, &run, err);
	if (rc == 0)
		rc = repository_consolidate(node->repository,
					    replica_origin(node->replica), err);
	if (rc == 0)
		rc = tidy(node, err);
	repository_unlock(node->repository);
	if (rc == 0 || rc == ERR_HUB) {
		struct err counting;

		if (conflict_count(&report->soft, &report->hard, node->replica,
				   &counting) < 0 &&
		    rc == 0) {
			*err = counting;
			rc = err->code;
		}
	}
	return rc;
}
