/* exchange_heal.c - objects that a node's own repository has lost are brought
 * from the hub again.
 * Knows which refs to ask for; never what an object means.
 *
 * They are lost by a file that was removed or a disk that failed. A run notices
 * where it reads one that is not here. What the hub does not have either are
 * own commits that were not sent yet: their changes are in the replica's log,
 * and are committed anew. */
#include "sync/exchange.h"

#include <string.h>

#include "sync/git/haul.h"
#include "sync/git/refs.h"
#include "sync/node/copies.h"
#include "sync/road/hub_union.h"

/* --- what is missing ------------------------------------------------------ */

static int add_tips(struct oid_list *out, const struct ref_list *refs,
		    struct err *err)
{
	for (size_t i = 0; i < refs->n; i++)
		if (!oid_list_add(out, &refs->items[i].oid))
			return err_nomem(err);
	return 0;
}

/* Of all that own refs name. */
static int count_lacking(size_t *n, struct node *node, struct err *err)
{
	struct ref_list own = {NULL, 0};
	struct oid_list tips = {NULL, 0, 0};
	int rc = repository_refs(&own, node->repository, "refs/heads/", err);

	if (rc == 0)
		rc = add_tips(&tips, &own, err);
	if (rc == 0)
		rc = haul_lacking(n, node->repository, tips.items, tips.n, err);
	oid_list_release(&tips);
	ref_list_release(&own);
	return rc;
}

/* --- what the hub has ----------------------------------------------------- */

/* All that is anybody's at the office; its own at a unit. */
static bool concerns(const struct node *node, const char *name)
{
	const char *own = replica_site(node->replica);
	char site[REF_SITE_MAX + 1];
	uint64_t origin;

	if (replica_is_office(node->replica))
		return strcmp(name, REF_MAIN) == 0 ||
		       refs_parse_delivered(site, name) ||
		       refs_parse_outbox(site, &origin, name);
	return (refs_parse_inbox(site, name) && strcmp(site, own) == 0) ||
	       (refs_parse_outbox(site, &origin, name) &&
		strcmp(site, own) == 0 &&
		origin == replica_origin(node->replica));
}

static int fetch_all(struct oid *own_there, struct node *node, struct hub *hub,
		     struct err *err)
{
	struct ref_list refs = {NULL, 0};
	struct oid_list tips = {NULL, 0, 0};
	struct buf own = BUF_INIT;
	int rc = hub_refs(&refs, hub, "refs/heads/", err);

	refs_outbox(&own, replica_site(node->replica),
		    replica_origin(node->replica));
	*own_there = (struct oid){{0}};
	for (size_t i = 0; rc == 0 && i < refs.n; i++) {
		const struct ref *ref = &refs.items[i];

		if (!concerns(node, ref->name))
			continue;
		if (strcmp(ref->name, buf_text(&own)) == 0)
			*own_there = ref->oid;
		if (!oid_list_add(&tips, &ref->oid))
			rc = err_nomem(err);
	}
	repository_doubt(node->repository, true);
	if (rc == 0)
		rc = hub_fetch(hub, node->repository, tips.items, tips.n, err);
	repository_doubt(node->repository, false);
	buf_release(&own);
	oid_list_release(&tips);
	ref_list_release(&refs);
	return rc;
}

/* What was not sent is lost; its changes stand in the log, and are own ones
 * again that wait to be committed. */
static int go_back(struct node *node, const struct oid *own_there,
		   const struct run *run, struct err *err)
{
	struct buf own = BUF_INIT;
	int rc;

	refs_outbox(&own, replica_site(node->replica),
		    replica_origin(node->replica));
	rc = buf_check(&own, err);
	if (rc == 0)
		rc = repository_set_ref(node->repository, buf_text(&own),
					own_there, NULL, err);
	buf_release(&own);
	return rc < 0 ? rc : copies_mend(node, own_there, run, err);
}

/* --- healing -------------------------------------------------------------- */

static int say(const struct node *node, const struct run *run, struct err *err)
{
	return run_detail(run, SYNC_NOTICE, err,
			  "objects were missing in %s (was a file removed, or "
			  "is the disk failing?); they were brought from the "
			  "hub again",
			  repository_path(node->repository));
}

static int heal(struct node *node, const struct run *run, struct err *err)
{
	struct hub *hub = NULL;
	struct oid own_there = {{0}};
	size_t left = 0;
	int rc = hub_union_of(&hub, node->replica, node->repository, err);

	if (rc == 0)
		rc = fetch_all(&own_there, node, hub, err);
	hub_close(hub);
	if (rc == 0)
		rc = count_lacking(&left, node, err);
	if (rc == 0 && left > 0 && !oid_is_zero(&own_there)) {
		rc = go_back(node, &own_there, run, err);
		if (rc == 0)
			rc = count_lacking(&left, node, err);
	}
	if (rc == 0 && left > 0)
		rc = err_set(err, ERR_MISSING,
			     "objects are missing in %s, and the hub does not "
			     "have them either; bring the folder back from a "
			     "backup, or begin a new one (init)",
			     repository_path(node->repository));
	return rc < 0 ? rc : say(node, run, err);
}

int exchange_heal(struct node *node, const struct run *run, struct err *err)
{
	struct err ignored;
	size_t lacking = 0;
	int rc;

	repository_discard(node->repository);
	if (count_lacking(&lacking, node, &ignored) < 0 || lacking == 0)
		return 0;
	rc = heal(node, run, err);
	return rc < 0 ? rc : 1;
}
