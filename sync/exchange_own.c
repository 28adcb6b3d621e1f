/* exchange_own.c - the node's own outbox against what the hub has of it.
 * Knows which side is ahead, and copies.h for where neither is. */
#include "sync/exchange.h"

#include <stdlib.h>

#include "sync/node/copies.h"
#include "sync/node/outbox.h"
#include "sync/git/refs.h"

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
	/* exchange_mend has said that what is there is not this node's. */
	if (rc == ERR_MISSING)
		rc = 0;
	else if (rc == 0)
		rc = count_changes(n, node->repository, hub_tip, &tip, err);
	*update = (struct hub_update){
		.name = ref, .old = *hub_tip, .new_oid = tip};
	return rc < 0 ? rc : 1;
}

int exchange_ref(struct oid *out, struct hub *hub, const char *name,
		 struct err *err)
{
	int rc = hub_ref(out, hub, name, err);

	/* A file that names no commit is as good as none. */
	if (rc == ERR_MISSING || rc == ERR_CORRUPT) {
		*out = (struct oid){{0}};
		rc = 0;
	}
	return rc;
}

/* The hub has less than it was seen to have: said, and sent again. */
static int tell_behind(struct node *node, const struct oid *there,
		       const struct run *run, struct err *err)
{
	struct oid sent;
	size_t n = 0;
	int rc = node_get_oid(&sent, node->replica, NODE_SENT, err);

	if (rc < 0 || oid_is_zero(&sent) ||
	    !repository_has(node->repository, &sent))
		return rc;
	rc = count_changes(&n, node->repository, there, &sent, err);
	if (rc < 0 || n == 0)
		return rc;
	return run_detail(run, SYNC_NOTICE, err,
			  "the hub has lost %zu changes that this node had "
			  "sent (was it restored from a backup, or a ref set "
			  "back?); they are sent again",
			  n);
}

static bool is_foreign(int rc)
{
	return rc == ERR_CORRUPT || rc == ERR_MISSING || rc == ERR_INPUT;
}

/* A history that lacks what this node had sent was not grown, but written
 * over. */
static int check_grown(struct node *node, const struct oid *there,
		       struct err *err)
{
	struct oid_list chain = {NULL, 0, 0};
	struct oid sent;
	int rc = node_get_oid(&sent, node->replica, NODE_SENT, err);

	if (rc < 0 || oid_is_zero(&sent))
		return rc;
	rc = outbox_chain(&chain, node->repository, there, &sent, err);
	oid_list_release(&chain);
	return rc;
}

/* Neither side continues the other. */
static int mend(struct node *node, struct hub *hub, const struct oid *there,
		const struct run *run, struct err *err)
{
	int rc = hub_fetch(hub, node->repository, there, 1, err);

	if (rc == 0)
		rc = check_grown(node, there, err);
	if (rc == 0)
		rc = copies_mend(node, there, run, err);
	if (is_foreign(rc))
		return run_detail(run, SYNC_QUARANTINED, err,
				  "somebody else wrote to this node's outbox "
				  "at the hub (%s); the node's own changes "
				  "are put in its place",
				  err->text);
	if (rc == 0)
		rc = node_set_oid(node->replica, NODE_SENT, &(struct oid){{0}},
				  err);
	if (rc == 0)
		rc = outbox_commit(NULL, node, err);
	return rc < 0 ? rc : 1;
}

int exchange_mend(struct node *node, struct hub *hub, const struct oid *there,
		  const struct run *run, struct err *err)
{
	struct oid_list chain = {NULL, 0, 0};
	struct buf ref = BUF_INIT;
	struct oid tip = {{0}};
	size_t missed = repository_missed(node->repository);
	int rc;

	refs_outbox(&ref, replica_site(node->replica),
		    replica_origin(node->replica));
	rc = repository_ref(&tip, node->repository, buf_text(&ref), err);
	buf_release(&ref);
	if (rc == ERR_MISSING)
		rc = 0;
	if (rc < 0 || oid_equal(&tip, there))
		return rc;
	if (!oid_is_zero(&tip))
		rc = outbox_chain(&chain, node->repository, &tip, there, err);
	else
		rc = ERR_MISSING;
	oid_list_release(&chain);
	if (rc == 0)
		return tell_behind(node, there, run, err);
	/* What is lost here is no other history (exchange_heal). */
	if (repository_missed(node->repository) != missed)
		return rc;
	return rc == ERR_MISSING ? mend(node, hub, there, run, err) : rc;
}

static int push_owed(struct node *node, struct hub *hub, const char *name,
		     struct err *err)
{
	struct hub_update update = {.name = name};
	struct hub_push push = {.updates = &update, .n = 1};
	struct oid_list chain = {NULL, 0, 0};
	int rc = repository_ref(&update.new_oid, node->repository, name, err);

	if (rc == 0)
		rc = exchange_ref(&update.old, hub, name, err);
	if (rc == 0 && !oid_equal(&update.old, &update.new_oid))
		rc = outbox_chain(&chain, node->repository, &update.new_oid,
				  &update.old, err);
	oid_list_release(&chain);
	if (rc == ERR_MISSING) /* the hub is ahead of it */
		return 0;
	if (rc < 0 || oid_equal(&update.old, &update.new_oid))
		return rc;
	rc = hub_push(hub, node->repository, &push, err);
	return rc == 0 ? update.result : rc;
}

int exchange_owed(struct node *node, struct hub *hub, struct err *err)
{
	char *name = NULL;
	int rc = replica_get(&name, node->replica, NODE_OWED, err);

	if (rc == 0 && *name != '\0') {
		rc = push_owed(node, hub, name, err);
		if (rc == 0)
			rc = replica_set(node->replica, NODE_OWED, "", err);
	}
	free(name);
	return rc;
}
