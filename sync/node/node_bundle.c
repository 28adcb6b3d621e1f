/* node_bundle.c - a node's exchange by one file instead of the hub. */
#include "sync/node/node_bundle.h"

#include <stdio.h>
#include <string.h>

#include "core/merge/conflict.h"
#include "sync/exchange.h"
#include "sync/git/refs.h"
#include "sync/node/bundle_content.h"
#include "sync/node/copies.h"
#include "sync/node/outbox.h"
#include "sync/office/ledger.h"
#include "sync/road/bundle.h"
#include "sync/road/hub_relay.h"
#include "sync/road/hub_union.h"
#include "sync/road/wrapped.h"

/* --- creating ------------------------------------------------------------ */

static void fill_report(struct bundle_report *report,
			const struct bundle_content *content)
{
	report->commits = content->commits;
	if (content->commits == 0)
		return;
	snprintf(report->ref, sizeof(report->ref), "%s", content->ref.name);
	oid_format(report->tip, &content->ref.oid);
	if (!oid_is_zero(&content->since))
		oid_format(report->since, &content->since);
	if (!oid_is_zero(&content->begin))
		oid_format(report->begin, &content->begin);
}

static int create(struct bundle_report *report, struct node *node,
		  const char *path, const struct bundle_options *options,
		  struct err *err)
{
	struct oid_list before = {NULL, 0, 0};
	struct bundle_content content = {.commits = 0};
	int rc = bundle_content_find(&content, node, options, err);

	fill_report(report, &content);
	if (rc == 0 && !oid_is_zero(&content.since) &&
	    !oid_list_add(&before, &content.since))
		rc = err_nomem(err);
	if (rc == 0 && content.commits > 0)
		rc = bundle_write(path, node->repository, &content.ref, 1,
				  &before, err);
	/* What was wrapped for the file stays in no repository. */
	repository_discard(node->repository);
	oid_list_release(&before);
	bundle_content_release(&content);
	return rc;
}

int node_bundle_create(struct bundle_report *report, struct node *node,
		       const char *path, const struct bundle_options *options,
		       struct err *err)
{
	const struct run run = {&report->told, NULL};
	bool mended;
	int rc = node_need(node, err);

	*report = (struct bundle_report){.commits = 0};
	if (rc == 0)
		rc = repository_lock(node->repository, err);
	if (rc < 0)
		return rc;
	rc = copies_check(&mended, node, &run, err);
	if (rc == 0)
		rc = create(report, node, path, options, err);
	if (rc == 0)
		repository_let_go(node->repository);
	repository_unlock(node->repository);
	return rc;
}

/* --- applying ------------------------------------------------------------ */

/* What the file holds for other units, said; nothing of it is for this one. */
static int not_ours(struct hub *file, struct err *err)
{
	static const char *const prefixes[] = {REF_INBOX, REF_WRAPPED};
	struct ref_list refs = {NULL, 0};
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < 2; i++) {
		rc = hub_refs(&refs, file, prefixes[i], err);
		if (rc == 0 && refs.n > 0)
			rc = err_set(err, ERR_INPUT, "the file is for %s",
				     refs.items[0].name + strlen(prefixes[i]));
	}
	if (rc == 0)
		rc = err_set(err, ERR_INPUT,
			     "the file holds nothing for a unit: the "
			     "office's bundle create --for UNIT makes such "
			     "files");
	ref_list_release(&refs);
	return rc;
}

static int apply_at_unit(struct node *node, struct hub *file,
			 const struct run *run, struct err *err)
{
	const char *site = replica_site(node->replica);
	struct hub *wrapped = NULL;
	struct buf name = BUF_INIT;
	struct oid tip;
	int rc;

	refs_inbox(&name, site);
	rc = hub_ref(&tip, file, buf_text(&name), err);
	buf_release(&name);
	if (rc == 0)
		return exchange_receive(node, file, run, err);
	if (rc == ERR_MISSING)
		rc = wrapped_open(&wrapped, file, node->repository, site, err);
	if (rc == 0 && wrapped == NULL)
		rc = not_ours(file, err);
	if (rc == 0)
		rc = exchange_receive(node, wrapped, run, err);
	hub_close(wrapped);
	return rc;
}

/* Of what was carried, the hub's refs get what was taken in. */
static int push_carried(struct node *node, struct hub *there,
			const struct ref *carried, struct err *err)
{
	char site[REF_SITE_MAX + 1];
	struct oid_list chain = {NULL, 0, 0};
	struct hub_update update = {.name = carried->name};
	struct hub_push push = {.updates = &update, .n = 1};
	enum hub_reach reach = HUB_REACHED;
	uint64_t origin;
	int rc = 0;

	if (refs_parse_outbox(site, &origin, carried->name))
		rc = ledger_taken(&update.new_oid, node->replica, site, origin,
				  err);
	if (rc == 0)
		rc = hub_reach(&reach, there, site, err);
	if (rc < 0 || reach != HUB_REACHED)
		return rc; /* told; it goes there with the next sync */
	rc = hub_ref(&update.old, there, carried->name, err);
	if (rc == ERR_MISSING)
		rc = 0;
	if (rc < 0 || oid_is_zero(&update.new_oid) ||
	    oid_equal(&update.old, &update.new_oid))
		return rc;
	rc = outbox_chain(&chain, node->repository, &update.new_oid,
			  &update.old, err);
	oid_list_release(&chain);
	if (rc == ERR_MISSING)
		return 0; /* the hub is ahead of it */
	return rc < 0 ? rc : hub_push(there, node->repository, &push, err);
}

static int apply_at_office(struct node *node, struct hub *file,
			   const struct run *run, struct err *err)
{
	struct hub *there = NULL;
	struct hub *relay = NULL;
	const struct ref_list *carried;
	int rc = hub_union_of(&there, node->replica, node->repository, err);

	if (rc == 0)
		rc = hub_relay_open(&relay, there, file, node->repository, err);
	if (rc == 0)
		rc = outbox_commit(NULL, node, err);
	if (rc == 0)
		rc = exchange_office(node, relay, run, err);
	carried = rc == 0 ? hub_relay_carried(relay) : NULL;
	for (size_t i = 0; rc == 0 && i < carried->n; i++)
		rc = push_carried(node, there, &carried->items[i], err);
	if (rc == 0)
		rc = exchange_tell_away(there, run, err);
	if (relay != NULL)
		hub_close(relay);
	hub_close(there);
	return rc;
}

int node_bundle_apply(struct sync_report *report, struct node *node,
		      const char *path, const struct sync_options *options,
		      struct err *err)
{
	const struct run run = {report, options};
	struct hub *file = NULL;
	bool mended;
	int rc = hub_bundle_open(&file, path, err);

	if (rc == 0)
		rc = node_need(node, err);
	if (rc == 0)
		rc = repository_lock(node->repository, err);
	if (rc == 0) {
		rc = copies_check(&mended, node, &run, err);
		if (rc == 0)
			rc = replica_is_office(node->replica)
				     ? apply_at_office(node, file, &run, err)
				     : apply_at_unit(node, file, &run, err);
		if (rc == 0)
			repository_let_go(node->repository);
		repository_unlock(node->repository);
	}
	hub_close(file);
	if (rc == 0)
		rc = conflict_count(&report->soft, &report->hard, node->replica,
				    err);
	return rc;
}
