/* delivery.c - which inboxes are owed something, and what has been sent.
 * Knows scope and trailers; the content is parcel.c's. */
#include "sync/office/delivery.h"

#include <stdlib.h>
#include <string.h>

#include "core/merge/late.h"
#include "sync/office/aside.h"
#include "sync/office/parcel.h"
#include "sync/git/refs.h"

static const char SQL_SCOPE_ADD[] =
	"INSERT OR IGNORE INTO _scope(site, key) VALUES (?, ?)";
static const char SQL_SCOPE_END[] =
	"DELETE FROM _scope WHERE site = ? AND key = ?";
static const char SQL_SCOPE_OF[] = "SELECT site FROM _scope WHERE key = ?";

void delivery_release(struct delivery *delivery)
{
	for (size_t i = 0; i < delivery->n; i++) {
		free(delivery->parcels[i].site);
		keys_release(&delivery->parcels[i].add);
		keys_release(&delivery->parcels[i].end);
	}
	free(delivery->parcels);
	keys_release(&delivery->away);
	*delivery = (struct delivery){.n = 0};
}

static int run_scope(struct replica *replica, const char *sql, const char *site,
		     const char *key, size_t len, struct err *err)
{
	struct db *db = replica_db(replica);
	sqlite3_stmt *stmt;
	int rc = db_stmt(&stmt, db, sql, err);

	if (rc < 0)
		return rc;
	db_bind_text(stmt, 1, site);
	db_bind_bytes(stmt, 2, key, len);
	return db_run(db, stmt, err);
}

int delivery_note(struct replica *replica, const struct parcel *parcel,
		  struct err *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < parcel->add.n; i++)
		rc = run_scope(replica, SQL_SCOPE_ADD, parcel->site,
			       parcel->add.items[i],
			       strlen(parcel->add.items[i]), err);
	for (size_t i = 0; rc == 0 && i < parcel->end.n; i++)
		rc = run_scope(replica, SQL_SCOPE_END, parcel->site,
			       parcel->end.items[i],
			       strlen(parcel->end.items[i]), err);
	return rc < 0 ? rc : aside_told(replica, parcel->site, err);
}

/* --- learning ------------------------------------------------------------ */

static bool begins_with(const char *name, const char *prefix)
{
	return strncmp(name, prefix, strlen(prefix)) == 0;
}

/* Whoever may write to the hub could go on with an inbox; only what a key of
 * the office signed was delivered. */
static int check_office(struct node *node, const struct commit *commit,
			struct err *err)
{
	uint8_t signer[CRYPTO_PUBLIC_SIZE];
	int rc = commit_signer(signer, commit, err);

	return rc < 0 ? rc
		      : ledger_check_office(node->replica, signer, commit->time,
					    err);
}

static int learn_commit(struct node *node, const char *site,
			const struct oid *oid, struct err *err)
{
	static const struct {
		const char *trailer;
		const char *sql;
	} words[] = {{"Case", SQL_SCOPE_ADD}, {"Release", SQL_SCOPE_END}};
	struct commit commit;
	int rc = commit_read(&commit, node->repository, oid, err);

	if (rc == 0)
		rc = check_office(node, &commit, err);
	for (size_t w = 0; rc == 0 && w < 2; w++) {
		const char *at = NULL;
		const char *key;
		size_t len;

		while (rc == 0 &&
		       (key = commit_trailer_next(&len, &at, &commit,
						  words[w].trailer)) != NULL)
			rc = run_scope(node->replica, words[w].sql, site, key,
				       len, err);
	}
	if (rc == 0)
		rc = aside_learn(node->replica, site, &commit, err);
	commit_release(&commit);
	return rc;
}

static int learn_chain(struct node *node, const char *site,
		       const struct oid_list *chain, struct err *err)
{
	struct db *db = replica_db(node->replica);
	int rc = db_begin(db, err);

	for (size_t i = 0; rc == 0 && i < chain->n; i++)
		rc = learn_commit(node, site, &chain->items[i], err);
	if (rc == 0)
		rc = db_commit(db, err);
	if (rc < 0)
		db_rollback(db);
	return rc;
}

static bool is_in_inbox(struct node *node, const struct ref_list *refs,
			const char *site, const struct oid *oid)
{
	struct oid_list chain = {NULL, 0, 0};
	struct buf name = BUF_INIT;
	const struct oid *tip;
	struct err ignored;
	bool yes;

	refs_inbox(&name, site);
	tip = ref_list_find(refs, buf_text(&name));
	yes = tip != NULL &&
	      outbox_chain(&chain, node->repository, tip, oid, &ignored) == 0;
	oid_list_release(&chain);
	buf_release(&name);
	return yes;
}

/* One inbox, or where one can be begun with, that is not at the hub what it
 * is here. */
static int learn_ref(struct node *node, const struct ref_list *refs,
		     const struct ref *ref, const struct oid *own,
		     const struct run *run, struct err *err)
{
	char site[REF_SITE_MAX + 1];
	struct oid_list chain = {NULL, 0, 0};
	bool inbox;
	int rc;

	if (!refs_parse_delivered(site, ref->name))
		return 0;
	inbox = begins_with(ref->name, REF_INBOX);
	if (!inbox && !is_in_inbox(node, refs, site, &ref->oid))
		return 0;
	rc = outbox_chain(&chain, node->repository, &ref->oid, own, err);
	if (rc == 0 && inbox && chain.n > 0)
		rc = learn_chain(node, site, &chain, err);
	if (rc == 0 && chain.n > 0)
		rc = repository_set_ref(node->repository, ref->name, &ref->oid,
					own, err);
	oid_list_release(&chain);
	/* Behind ours or rewritten: what we sent stands, and goes again. */
	if (rc == ERR_CORRUPT)
		rc = run_detail(run, SYNC_NOTICE, err,
				"inbox/%s at the hub was written by somebody "
				"else than the office; it is put back",
				site);
	return rc == ERR_MISSING ? 0 : rc;
}

int delivery_learn(struct node *node, const struct ref_list *refs,
		   const struct run *run, struct err *err)
{
	static const struct oid none;
	struct ref_list own = {NULL, 0};
	int rc = repository_refs(&own, node->repository, "refs/heads/", err);

	for (size_t i = 0; rc == 0 && i < refs->n; i++) {
		const struct ref *ref = &refs->items[i];
		const struct oid *here = ref_list_find(&own, ref->name);

		if ((!begins_with(ref->name, REF_INBOX) &&
		     !begins_with(ref->name, REF_CHECKPOINT)) ||
		    (here != NULL && oid_equal(here, &ref->oid)))
			continue;
		rc = learn_ref(node, refs, ref, here != NULL ? here : &none,
			       run, err);
	}
	ref_list_release(&own);
	return rc;
}

/* --- what is owed -------------------------------------------------------- */

/* Intakes of main commits after some one, oldest first. */
struct spans {
	struct intake *owned; /* read from main */
	size_t n_owned;
	const struct intake **items; /* those, then the fresh one */
	size_t n;
};

static void spans_release(struct spans *spans)
{
	for (size_t i = 0; i < spans->n_owned; i++)
		intake_release(&spans->owned[i]);
	free(spans->owned);
	free(spans->items);
}

static int read_span(struct spans *spans, struct node *node,
		     const struct oid *oid, struct err *err)
{
	struct intake *intake = &spans->owned[spans->n_owned++];
	const struct ledger_visit visit = {
		.repository = node->repository,
		.schema = replica_schema(node->replica)};
	struct commit commit;
	int rc = commit_read(&commit, node->repository, oid, err);

	*intake = (struct intake){.n = 0};
	if (rc == 0)
		rc = ledger_read(intake, node->repository, &commit, err);
	if (rc == 0)
		rc = ledger_each(intake, &visit, err);
	if (rc == 0)
		rc = ledger_touch(intake, node->replica, err);
	if (rc == 0)
		spans->items[spans->n++] = intake;
	commit_release(&commit);
	return rc;
}

static int read_spans(struct spans *spans, struct node *node,
		      const struct oid *since, const struct intake *fresh,
		      struct err *err)
{
	struct oid_list chain = {NULL, 0, 0};
	struct oid main_oid;
	bool found;
	int rc = node_get_oid(&main_oid, node->replica, NODE_MAIN, err);

	if (rc == 0)
		rc = ledger_chain(&chain, &found, node->repository, &main_oid,
				  since, err);
	if (rc == 0) {
		spans->owned = calloc(chain.n + 1, sizeof(*spans->owned));
		spans->items = calloc(chain.n + 1, sizeof(*spans->items));
		if (spans->owned == NULL || spans->items == NULL)
			rc = err_nomem(err);
	}
	for (size_t i = 0; rc == 0 && i < chain.n; i++)
		if (fresh != NULL && oid_equal(&fresh->id, &chain.items[i]))
			spans->items[spans->n++] = fresh;
		else
			rc = read_span(spans, node, &chain.items[i], err);
	oid_list_release(&chain);
	return rc;
}

/* --- to whom ------------------------------------------------------------- */

static int add_column(struct keys *out, struct replica *replica,
		      sqlite3_stmt *stmt, struct err *err)
{
	struct db *db = replica_db(replica);
	int rc;

	while ((rc = db_step(db, stmt, err)) > 0) {
		rc = keys_add(out, db_text(stmt, 0), strlen(db_text(stmt, 0)),
			      err);
		if (rc < 0)
			break;
	}
	sqlite3_reset(stmt);
	return rc;
}

/* Sites to look at, and the cases that sites wrote to late. */
struct readers {
	struct keys *sites;
	struct keys *late;
	const char *key;
};

static int add_late(const char *site, void *ctx, struct err *err)
{
	struct readers *readers = ctx;
	int rc = keys_add(readers->sites, site, strlen(site), err);

	return rc < 0 ? rc
		      : keys_add(readers->late, readers->key,
				 strlen(readers->key), err);
}

/* Sites that have been sent a case, and those it is assigned to now. */
static int add_readers(struct keys *out, struct keys *late,
		       struct replica *replica, const char *key,
		       struct err *err)
{
	struct readers readers = {out, late, key};
	sqlite3_stmt *stmt;
	int rc = db_stmt(&stmt, replica_db(replica), SQL_SCOPE_OF, err);

	if (rc < 0)
		return rc;
	db_bind_text(stmt, 1, key);
	rc = add_column(out, replica, stmt, err);
	if (rc == 0)
		rc = late_sites(replica, key, add_late, &readers, err);
	return rc < 0 ? rc : parcel_assigned(out, replica, key, NULL, err);
}

static int add_touched(struct keys *out, struct keys *late, bool *everybody,
		       struct replica *replica, const struct intake *intake,
		       struct err *err)
{
	const struct names *sites = &intake->sites;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < intake->cases.n; i++)
		rc = add_readers(out, late, replica, intake->cases.items[i],
				 err);
	for (size_t i = 0; rc == 0 && i < sites->n; i++)
		rc = keys_add(out, sites->items[i], strlen(sites->items[i]),
			      err);
	for (size_t i = 0; i < intake->n; i++)
		*everybody |= intake->commits[i].everybody;
	*everybody |= intake->signers;
	return rc;
}

/* Sites whose inbox has to be looked at. */
static int add_sites(struct keys *out, struct keys *late, struct node *node,
		     const struct ref_list *refs, const struct ref_list *own,
		     const struct spans *spans, struct err *err)
{
	struct signers signers = {NULL, 0};
	struct buf name = BUF_INIT;
	bool everybody = false;
	int rc = signers_load(&signers, node->replica, err);

	for (size_t i = 0; rc == 0 && i < spans->n; i++)
		rc = add_touched(out, late, &everybody, node->replica,
				 spans->items[i], err);
	/* Every enrolled site has an inbox; and one that is not at the hub
	 * what it is here was lost there. */
	for (size_t i = 0; rc == 0 && i < signers.n; i++) {
		const char *site = signers.items[i].site;
		const struct oid *here;
		const struct oid *there;

		buf_clear(&name);
		refs_inbox(&name, site);
		here = ref_list_find(own, buf_text(&name));
		there = ref_list_find(refs, buf_text(&name));
		if (everybody || here == NULL || there == NULL ||
		    !oid_equal(here, there))
			rc = keys_add(out, site, strlen(site), err);
	}
	buf_release(&name);
	signers_release(&signers);
	return rc;
}

static int make_parcel(struct delivery *out, struct node *node,
		       const struct parcel_order *order, struct err *err)
{
	struct parcel *parcels =
		realloc(out->parcels, (out->n + 1) * sizeof(*parcels));
	struct parcel *parcel;
	int rc;

	if (parcels == NULL)
		return err_nomem(err);
	out->parcels = parcels;
	parcel = &parcels[out->n];
	*parcel = (struct parcel){.hub = order->hub, .tip = order->base};
	parcel->site = strdup(order->site);
	if (parcel->site == NULL)
		return err_nomem(err);
	out->n++;
	rc = parcel_make(parcel, &out->left, node, order, err);
	if (rc < 0)
		return err_wrap(err, "inbox of %s", order->site);
	if (oid_equal(&parcel->tip, &parcel->hub)) {
		free(parcel->site);
		keys_release(&parcel->add);
		keys_release(&parcel->end);
		out->n--;
	}
	return 0;
}

/* --- who was away -------------------------------------------------------- */

/* The fact since which main commit a site that was away is owed something. */
#define SINCE "since:"

static const char SQL_AWAY[] =
	"SELECT substr(name, 7), value FROM _meta WHERE name >= 'since:'"
	" AND name < 'since;' AND value <> ''";
static const char SQL_BACK[] = "DELETE FROM _meta WHERE name = 'since:' || ?1";

static int add_away(struct keys *out, struct replica *replica, struct err *err)
{
	sqlite3_stmt *stmt;
	int rc = db_stmt(&stmt, replica_db(replica), SQL_AWAY, err);

	return rc < 0 ? rc : add_column(out, replica, stmt, err);
}

/* Since when a site is owed: a fact of its own where it was away. */
static int get_since(struct oid *out, bool *away, struct replica *replica,
		     const char *site, struct err *err)
{
	struct buf name = BUF_INIT;
	int rc;

	buf_addf(&name, SINCE "%s", site);
	rc = node_get_oid(out, replica, buf_text(&name), err);
	buf_release(&name);
	*away = rc == 0 && !oid_is_zero(out);
	return rc < 0 || *away
		       ? rc
		       : node_get_oid(out, replica, NODE_DELIVERED, err);
}

static int set_since(struct replica *replica, const char *site,
		     const struct oid *since, struct err *err)
{
	struct buf name = BUF_INIT;
	int rc;

	buf_addf(&name, SINCE "%s", site);
	rc = node_set_oid(replica, buf_text(&name), since, err);
	buf_release(&name);
	return rc;
}

static bool is_away(const struct delivery *delivery, const char *site)
{
	for (size_t i = 0; i < delivery->away.n; i++)
		if (strcmp(delivery->away.items[i], site) == 0)
			return true;
	return false;
}

/* Those that were away before and are not any more have got theirs. */
static int forget_back(const struct delivery *delivery, struct replica *replica,
		       struct err *err)
{
	struct db *db = replica_db(replica);
	struct keys before = {NULL, 0, 0};
	sqlite3_stmt *stmt;
	int rc = add_away(&before, replica, err);

	for (size_t i = 0; rc == 0 && i < before.n; i++) {
		if (is_away(delivery, before.items[i]))
			continue;
		rc = db_stmt(&stmt, db, SQL_BACK, err);
		if (rc < 0)
			break;
		db_bind_text(stmt, 1, before.items[i]);
		rc = db_run(db, stmt, err);
	}
	keys_release(&before);
	return rc;
}

/* What another office node may rely upon: facts of the first that went. */
static int note_last(const struct delivery *delivery, struct replica *replica,
		     const struct oid *delivered, struct err *err)
{
	struct oid last;
	int rc = node_get_oid(&last, replica, NODE_LAST_DELIVERED, err);

	if (rc < 0 || (delivery->away.n > 0) == !oid_is_zero(&last))
		return rc;
	return delivery->away.n > 0
		       ? node_set_oid(replica, NODE_LAST_DELIVERED, delivered,
				      err)
		       : replica_set(replica, NODE_LAST_DELIVERED, "", err);
}

int delivery_end(const struct delivery *delivery, struct node *node,
		 struct err *err)
{
	struct replica *replica = node->replica;
	struct oid delivered;
	struct oid main_oid;
	int rc = node_get_oid(&delivered, replica, NODE_DELIVERED, err);

	if (rc == 0)
		rc = node_get_oid(&main_oid, replica, NODE_MAIN, err);
	if (rc == 0)
		rc = forget_back(delivery, replica, err);
	if (rc == 0)
		rc = note_last(delivery, replica, &delivered, err);
	for (size_t i = 0; rc == 0 && i < delivery->away.n; i++) {
		struct oid since;
		bool before;

		rc = get_since(&since, &before, replica,
			       delivery->away.items[i], err);
		if (rc == 0 && !before)
			rc = set_since(replica, delivery->away.items[i], &since,
				       err);
	}
	if (rc == 0 && !oid_equal(&delivered, &main_oid))
		rc = node_set_oid(replica, NODE_DELIVERED, &main_oid, err);
	return rc;
}

/* --- making -------------------------------------------------------------- */

/* What all who take part in making parcels look at. */
struct making {
	struct delivery *out;
	struct node *node;
	struct hub *hub;
	const struct ref_list *refs; /* of the hub */
	struct ref_list own;	     /* inboxes as they are here */
	const struct intake *fresh;
	struct spans spans; /* since NODE_DELIVERED */
	struct signers signers;
	struct keys late; /* cases of the spans that sites wrote to late */
	struct sheet_common common;
};

static int make_for(struct making *making, const char *site,
		    const struct spans *spans, struct err *err)
{
	struct parcel_order order = {
		.site = site,
		.intakes = spans->items,
		.n_intakes = spans->n,
		.signers = &making->signers,
		.late = spans == &making->spans ? &making->late : NULL,
		.common = &making->common};
	struct buf name = BUF_INIT;
	const struct oid *here;
	const struct oid *there;
	int rc;

	refs_inbox(&name, site);
	here = ref_list_find(&making->own, buf_text(&name));
	there = ref_list_find(making->refs, buf_text(&name));
	if (there != NULL)
		order.hub = *there;
	if (here != NULL)
		order.base = *here;
	rc = buf_check(&name, err);
	buf_release(&name);
	return rc < 0 ? rc
		      : make_parcel(making->out, making->node, &order, err);
}

/* A site that was away has a longer past than the others. */
static int make_since(struct making *making, const char *site,
		      const struct oid *since, struct err *err)
{
	struct spans spans = {NULL, 0, NULL, 0};
	int rc = read_spans(&spans, making->node, since, making->fresh, err);

	if (rc == 0)
		rc = make_for(making, site, &spans, err);
	spans_release(&spans);
	return rc;
}

static int make_or_leave(struct making *making, const char *site,
			 struct err *err)
{
	enum hub_reach reach;
	struct oid since;
	bool away;
	int rc = hub_reach(&reach, making->hub, site, err);

	if (rc == 0 && reach != HUB_REACHED) {
		making->out->unlisted |= reach == HUB_UNLISTED;
		return keys_add(&making->out->away, site, strlen(site), err);
	}
	if (rc == 0)
		rc = get_since(&since, &away, making->node->replica, site, err);
	if (rc == 0 && away)
		return make_since(making, site, &since, err);
	return rc < 0 ? rc : make_for(making, site, &making->spans, err);
}

static int make_all(struct making *making, const struct run *run,
		    struct err *err)
{
	struct keys sites = {NULL, 0, 0};
	struct replica *replica = making->node->replica;
	int rc = signers_load(&making->signers, replica, err);

	if (rc == 0)
		rc = add_away(&sites, replica, err);
	if (rc == 0)
		rc = aside_sites(&sites, replica, err);
	if (rc == 0)
		rc = add_sites(&sites, &making->late, making->node,
			       making->refs, &making->own, &making->spans, err);
	for (size_t i = 0; rc == 0 && i < sites.n; i++) {
		run_progress(run, SYNC_STAGE_DELIVER, i, sites.n);
		if (strcmp(sites.items[i], REPLICA_OFFICE) != 0 &&
		    signers_know(&making->signers, sites.items[i]))
			rc = make_or_leave(making, sites.items[i], err);
	}
	keys_release(&sites);
	return rc;
}

int delivery_make(struct delivery *out, struct node *node, struct hub *hub,
		  const struct ref_list *refs, const struct intake *fresh,
		  const struct run *run, struct err *err)
{
	struct making making = {.out = out,
				.node = node,
				.hub = hub,
				.refs = refs,
				.fresh = fresh};
	struct oid delivered;
	int rc = node_get_oid(&delivered, node->replica, NODE_DELIVERED, err);

	if (rc == 0)
		rc = read_spans(&making.spans, node, &delivered, fresh, err);
	if (rc == 0)
		rc = repository_refs(&making.own, node->repository, REF_INBOX,
				     err);
	if (rc == 0)
		rc = make_all(&making, run, err);
	spans_release(&making.spans);
	signers_release(&making.signers);
	keys_release(&making.late);
	sheet_common_release(&making.common);
	ref_list_release(&making.own);
	return rc;
}
