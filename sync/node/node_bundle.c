/* node_bundle.c - a node's exchange by one file instead of the hub. */
#include "sync/node/node_bundle.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/merge/conflict.h"
#include "sync/road/bundle.h"
#include "sync/office/delivery.h"
#include "sync/exchange.h"
#include "sync/road/hub_relay.h"
#include "sync/road/hub_union.h"
#include "sync/office/ledger.h"
#include "sync/node/outbox.h"
#include "sync/git/refs.h"
#include "sync/office/sheet.h"
#include "sync/identity/signers.h"
#include "sync/git/tree.h"

static const char SQL_TAKEN_OF[] =
	"SELECT commit_id FROM _taken WHERE ref >= ?1 || '/' AND"
	" ref < ?1 || '0'";

/* --- what the office has of a unit's outbox ------------------------------ */

/* The first seq of this node's own batch in an inbox commit, 0 if none is. */
static int own_batch(uint64_t *first, struct node *node,
		     const struct commit *commit, struct err *err)
{
	struct buf raw = BUF_INIT;
	struct tree_cursor cursor;
	struct tree_entry file;
	char origin[18];
	int rc = sheet_files(&raw, node->repository, &commit->tree, err);

	*first = 0;
	change_origin_format(origin, replica_origin(node->replica));
	strcat(origin, "-");
	tree_cursor_init(&cursor, &raw);
	while (rc == 0 && (rc = tree_next(&file, &cursor, err)) > 0) {
		uint64_t seq = 0;

		rc = 0;
		if (strncmp(file.name, origin, strlen(origin)) == 0)
			seq = strtoull(file.name + strlen(origin), NULL, 10);
		if (seq > *first)
			*first = seq;
	}
	buf_release(&raw);
	return rc;
}

/* The last own change that came back in the inbox: a receipt. */
static int find_receipt(uint64_t *seq, struct node *node, struct err *err)
{
	struct buf name = BUF_INIT;
	struct oid at;
	int rc;

	*seq = 0;
	refs_inbox(&name, replica_site(node->replica));
	rc = repository_ref(&at, node->repository, buf_text(&name), err);
	buf_release(&name);
	if (rc == ERR_MISSING)
		return 0;
	while (rc == 0 && *seq == 0 && !oid_is_zero(&at)) {
		struct commit commit;

		rc = commit_read(&commit, node->repository, &at, err);
		if (rc == 0)
			rc = own_batch(seq, node, &commit, err);
		at = rc == 0 && commit.n_parents > 0 ? commit.parents[0]
						     : (struct oid){{0}};
		commit_release(&commit);
	}
	return rc;
}

/* The last outbox commit that begins at or before that change. */
static int find_sent(struct oid *out, struct node *node, const struct oid *tip,
		     uint64_t seq, struct err *err)
{
	struct oid at = *tip;
	int rc = 0;

	*out = (struct oid){{0}};
	while (rc == 0 && seq > 0 && !oid_is_zero(&at)) {
		struct commit commit;
		uint64_t last;

		rc = commit_read(&commit, node->repository, &at, err);
		if (rc < 0)
			break;
		last = outbox_trailer_last(&commit);
		if (last != 0 && last < seq)
			at = (struct oid){{0}};
		else
			*out = at;
		if (!oid_is_zero(&at))
			at = commit.n_parents > 0 ? commit.parents[0]
						  : (struct oid){{0}};
		commit_release(&commit);
	}
	return rc;
}

static int unit_content(struct ref *ref, struct oid *since, struct node *node,
			bool full, struct err *err)
{
	uint64_t seq = 0;
	int rc = outbox_commit(NULL, node, err);

	if (rc == 0)
		rc = repository_ref(&ref->oid, node->repository, ref->name,
				    err);
	if (rc == ERR_MISSING)
		return 0; /* nothing was ever written here */
	if (rc == 0 && !full)
		rc = find_receipt(&seq, node, err);
	if (rc == 0)
		rc = find_sent(since, node, &ref->oid, seq, err);
	return rc;
}

/* --- what a unit has of its inbox ---------------------------------------- */

/* Trailer `Seen` of the last commit of each of the site's nodes. *nodes: how
 * many of them there are; fewer oids: one has seen nothing. */
static int find_seen(struct oid_list *out, size_t *nodes, struct node *node,
		     const char *site, struct err *err)
{
	struct db *db = replica_db(node->replica);
	struct buf prefix = BUF_INIT;
	sqlite3_stmt *stmt;
	int rc = db_stmt(&stmt, db, SQL_TAKEN_OF, err);

	*nodes = 0;
	if (rc < 0)
		return rc;
	buf_addf(&prefix, REF_OUTBOX "%s", site);
	db_bind_text(stmt, 1, buf_text(&prefix));
	while ((rc = db_step(db, stmt, err)) > 0) {
		const char *hex = db_text(stmt, 0);
		struct commit commit = {.n_parents = 0};
		struct oid oid;

		++*nodes;
		if (oid_parse(&oid, hex, strlen(hex)))
			rc = commit_read(&commit, node->repository, &oid, err);
		if (rc > 0 ||
		    (rc == 0 && commit_trailer_oid(&oid, &commit, "Seen") &&
		     !oid_list_add(out, &oid)))
			rc = err_nomem(err);
		commit_release(&commit);
		if (rc < 0)
			break;
	}
	sqlite3_reset(stmt);
	buf_release(&prefix);
	return rc;
}

static int count_keys(size_t *n, struct node *node, const char *site,
		      struct err *err)
{
	struct signers signers = {NULL, 0};
	int rc = signers_load(&signers, node->replica, err);

	*n = 0;
	for (size_t i = 0; i < signers.n; i++)
		*n += strcmp(signers.items[i].site, site) == 0;
	signers_release(&signers);
	return rc;
}

/* The oldest of these commits in the chain that ends at `tip`; zero if one is
 * not in it. */
static int find_oldest(struct oid *out, struct node *node,
		       const struct oid *tip, const struct oid_list *seen,
		       struct err *err)
{
	static const struct oid none;
	struct oid_list chain = {NULL, 0, 0};
	size_t found = 0;
	int rc = outbox_chain(&chain, node->repository, tip, &none, err);

	*out = none;
	for (size_t i = 0; rc == 0 && i < chain.n; i++)
		for (size_t j = 0; j < seen->n; j++) {
			if (!oid_equal(&chain.items[i], &seen->items[j]))
				continue;
			if (found++ == 0)
				*out = chain.items[i];
		}
	if (found < seen->n)
		*out = none;
	oid_list_release(&chain);
	return rc;
}

static int office_content(struct ref *ref, struct oid *since, struct node *node,
			  const struct bundle_options *options, struct err *err)
{
	struct oid_list seen = {NULL, 0, 0};
	size_t nodes = 0;
	size_t keys = 0;
	int rc = repository_ref(&ref->oid, node->repository, ref->name, err);

	if (rc == ERR_MISSING)
		return err_set(err, ERR_INPUT,
			       "nothing has been delivered to %s yet: enrol "
			       "it, then sync",
			       options->site);
	if (rc == 0)
		rc = find_seen(&seen, &nodes, node, options->site, err);
	if (rc == 0)
		rc = count_keys(&keys, node, options->site, err);
	if (rc == 0 && !options->full && seen.n > 0 && seen.n == nodes &&
	    nodes >= keys)
		rc = find_oldest(since, node, &ref->oid, &seen, err);
	oid_list_release(&seen);
	return rc;
}

/* --- creating ------------------------------------------------------------ */

static int make_name(struct buf *out, struct node *node,
		     const struct bundle_options *options, struct err *err)
{
	bool office = replica_is_office(node->replica);

	if (office != (options->site != NULL))
		return err_set(err, ERR_INPUT,
			       office ? "say for which unit the file shall be"
				      : "a unit's file is for the office");
	if (!office)
		refs_outbox(out, replica_site(node->replica),
			    replica_origin(node->replica));
	else if (refs_site_ok(options->site))
		refs_inbox(out, options->site);
	else
		return err_set(err, ERR_INPUT, "'%s' is no unit's code",
			       options->site);
	return buf_check(out, err);
}

static int fill_report(struct bundle_report *report, struct node *node,
		       const struct ref *ref, const struct oid *since,
		       struct err *err)
{
	struct oid_list chain = {NULL, 0, 0};
	int rc = outbox_chain(&chain, node->repository, &ref->oid, since, err);

	report->commits = chain.n;
	snprintf(report->ref, sizeof(report->ref), "%s", ref->name);
	oid_format(report->tip, &ref->oid);
	report->since[0] = '\0';
	if (!oid_is_zero(since))
		oid_format(report->since, since);
	oid_list_release(&chain);
	return rc;
}

static int create(struct bundle_report *report, struct node *node,
		  const char *path, const struct bundle_options *options,
		  struct err *err)
{
	struct oid_list before = {NULL, 0, 0};
	struct buf name = BUF_INIT;
	struct ref ref = {.name = NULL};
	struct oid since = {{0}};
	int rc = make_name(&name, node, options, err);

	ref.name = name.data;
	if (rc == 0)
		rc = options->site != NULL
			     ? office_content(&ref, &since, node, options, err)
			     : unit_content(&ref, &since, node, options->full,
					    err);
	if (rc == 0 && !oid_is_zero(&ref.oid))
		rc = fill_report(report, node, &ref, &since, err);
	if (rc == 0 && !oid_is_zero(&since) && !oid_list_add(&before, &since))
		rc = err_nomem(err);
	if (rc == 0 && report->commits > 0)
		rc = bundle_write(path, node->repository, &ref, 1, &before,
				  err);
	oid_list_release(&before);
	buf_release(&name);
	return rc;
}

int node_bundle_create(struct bundle_report *report, struct node *node,
		       const char *path, const struct bundle_options *options,
		       struct err *err)
{
	int rc = node_need(node, err);

	*report = (struct bundle_report){.commits = 0};
	if (rc == 0)
		rc = repository_lock(node->repository, err);
	if (rc < 0)
		return rc;
	rc = create(report, node, path, options, err);
	repository_unlock(node->repository);
	return rc;
}

/* --- applying ------------------------------------------------------------ */

static int apply_at_unit(struct node *node, struct hub *file,
			 const struct run *run, struct err *err)
{
	struct ref_list refs = {NULL, 0};
	struct buf name = BUF_INIT;
	struct oid tip;
	int rc;

	refs_inbox(&name, replica_site(node->replica));
	rc = hub_ref(&tip, file, buf_text(&name), err);
	if (rc == ERR_MISSING && hub_refs(&refs, file, REF_INBOX, err) == 0 &&
	    refs.n > 0)
		rc = err_set(err, ERR_INPUT, "the file is for %s",
			     refs.items[0].name + strlen(REF_INBOX));
	else if (rc == ERR_MISSING)
		rc = err_set(err, ERR_INPUT,
			     "the file holds nothing for a unit: the "
			     "office's bundle create --for UNIT makes such "
			     "files");
	if (rc == 0)
		rc = exchange_receive(node, file, run, err);
	ref_list_release(&refs);
	buf_release(&name);
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
	int rc = hub_bundle_open(&file, path, err);

	if (rc == 0)
		rc = node_need(node, err);
	if (rc == 0)
		rc = repository_lock(node->repository, err);
	if (rc == 0) {
		rc = replica_is_office(node->replica)
			     ? apply_at_office(node, file, &run, err)
			     : apply_at_unit(node, file, &run, err);
		repository_unlock(node->repository);
	}
	hub_close(file);
	if (rc == 0)
		rc = conflict_count(&report->soft, &report->hard, node->replica,
				    err);
	return rc;
}
