/* exchange_office.c - the office's run: fetch, replay, take in, deliver.
 * Knows the order of the steps and what a lost race undoes; judges nothing.
 *
 * (E1) The replica is the replay of main plus own edits. Taking in, pushing
 *      main by compare-and-swap, and the replica's commit are one SQLite
 *      transaction: a lost race rolls it back; a crash after the push is
 *      healed by replaying main.
 * (E2) Merging begins only where no own edit is outside main's reach: all are
 *      logged, committed to the own outbox, and taken in with the rest. */
#include "sync/exchange.h"

#include <stdlib.h>
#include <string.h>

#include "sync/node/copies.h"
#include "sync/office/aside.h"
#include "sync/office/delivery.h"
#include "sync/road/hub_union.h"
#include "sync/office/ledger.h"
#include "sync/node/outbox.h"
#include "sync/node/standing.h"
#include "sync/git/refs.h"

enum {
	ROUNDS = 20,
	DRAIN_TRIES = 10,
	STRANGE_MAX = 8 /* refs that are named */
};

struct office {
	struct node *node;
	struct hub *hub;
	const struct run *run;
	struct ref_list refs; /* of the hub, own outbox as it is here */
	char *own;	      /* name of the own outbox ref */
	struct oid own_there; /* what the hub has of it */
	struct oid main_there;
	struct ref_list apart; /* of the hub, but damaged there */
	struct ref_list back;  /* outboxes that the hub has lost commits of */
	struct intake intake;
	struct delivery delivery;
	struct hub_update *updates;
	char **names; /* of the inbox refs in updates, owned */
	size_t n_updates;
	size_t pushing; /* own changes that the push brings */
	bool again;	/* an inbox was lost to another office node */
};

static void office_clear(struct office *office)
{
	for (size_t i = 0; office->names != NULL && i < office->delivery.n; i++)
		free(office->names[i]);
	free(office->names);
	free(office->updates);
	ref_list_release(&office->refs);
	ref_list_release(&office->apart);
	ref_list_release(&office->back);
	intake_release(&office->intake);
	delivery_release(&office->delivery);
	office->names = NULL;
	office->updates = NULL;
	office->n_updates = 0;
	office->again = false;
}

/* --- fetching ------------------------------------------------------------ */

static bool is_ours(const char *name)
{
	char site[REF_SITE_MAX + 1];
	uint64_t origin;

	return strcmp(name, REF_MAIN) == 0 ||
	       refs_parse_delivered(site, name) ||
	       refs_parse_outbox(site, &origin, name);
}

/* Who calls it so wants it to be taken for an outbox. */
static bool looks_like_outbox(const char *name)
{
	return strncmp(name, REF_OUTBOX, strlen(REF_OUTBOX)) == 0;
}

static int say_no_outbox(const struct office *office, const char *name,
			 struct err *err)
{
	return run_detail(office->run, SYNC_NOTICE, err,
			  "%s: no outbox of this system is called that; it is "
			  "not looked at",
			  name);
}

/* Only refs of the pattern; what else is at the hub is none of our business. */
static int list_refs(struct office *office, struct err *err)
{
	struct ref_list *refs = &office->refs;
	const struct oid *own;
	size_t strange = 0;
	size_t n = 0;
	int rc = hub_refs(refs, office->hub, "refs/heads/", err);

	for (size_t i = 0; i < refs->n; i++) {
		if (is_ours(refs->items[i].name)) {
			refs->items[n++] = refs->items[i];
			continue;
		}
		if (rc == 0 && looks_like_outbox(refs->items[i].name) &&
		    strange++ < STRANGE_MAX)
			rc = say_no_outbox(office, refs->items[i].name, err);
		free(refs->items[i].name);
	}
	refs->n = n;
	own = ref_list_find(refs, office->own);
	office->own_there = own != NULL ? *own : (struct oid){{0}};
	return rc;
}

static int set_apart(struct ref_list *apart, struct ref *ref, struct err *err)
{
	struct ref *items =
		realloc(apart->items, (apart->n + 1) * sizeof(*items));

	if (items == NULL) {
		free(ref->name);
		return err_nomem(err);
	}
	apart->items = items;
	items[apart->n++] = *ref; /* with its name */
	return 0;
}

/* Said here, and to whose outbox it is. */
static int say_apart(struct office *office, const struct ref *ref,
		     struct err *err)
{
	char site[REF_SITE_MAX + 1];
	uint64_t origin;
	int rc;

	/* The own one: exchange_mend says it, and puts what is here there. */
	if (strcmp(ref->name, office->own) == 0)
		return 0;
	rc = run_detail(office->run, SYNC_QUARANTINED, err, "%s: %s", ref->name,
			err->text);

	if (rc == 0 && refs_parse_outbox(site, &origin, ref->name))
		rc = aside_note(office->node->replica, site, origin, &ref->oid,
				err->text, err);
	return rc;
}

/* A ref whose objects are damaged is set aside for this run. */
static int fetch_apart(struct office *office, struct err *err)
{
	struct ref_list *refs = &office->refs;
	size_t n = 0;
	int rc = 0;

	for (size_t i = 0; i < refs->n; i++) {
		struct ref *ref = &refs->items[i];

		if (rc == 0)
			rc = hub_fetch(office->hub, office->node->repository,
				       &ref->oid, 1, err);
		if ((rc == ERR_CORRUPT || rc == ERR_MISSING) &&
		    strcmp(ref->name, REF_MAIN) != 0) {
			rc = say_apart(office, ref, err);
			if (rc == 0)
				rc = set_apart(&office->apart, ref, err);
			continue;
		}
		refs->items[n++] = *ref;
	}
	refs->n = n;
	return rc;
}

/* What a mailbox showed that then could not be reached is not here: it is as
 * if it had shown nothing. */
static int drop_away(struct office *office, struct err *err)
{
	struct ref_list *refs = &office->refs;
	char site[REF_SITE_MAX + 1];
	uint64_t origin;
	size_t n = 0;
	int rc = 0;

	for (size_t i = 0; i < refs->n; i++) {
		struct ref *ref = &refs->items[i];
		enum hub_reach reach = HUB_REACHED;

		if (rc == 0 &&
		    (refs_parse_delivered(site, ref->name) ||
		     refs_parse_outbox(site, &origin, ref->name)) &&
		    !repository_has(office->node->repository, &ref->oid))
			rc = hub_reach(&reach, office->hub, site, err);
		if (reach == HUB_AWAY)
			free(ref->name);
		else
			refs->items[n++] = *ref;
	}
	refs->n = n;
	return rc;
}

static int fetch(struct office *office, struct err *err)
{
	struct oid_list tips = {NULL, 0, 0};
	int rc = 0;

	run_progress(office->run, SYNC_STAGE_FETCH, 0, 0);
	for (size_t i = 0; rc == 0 && i < office->refs.n; i++)
		if (!oid_list_add(&tips, &office->refs.items[i].oid))
			rc = err_nomem(err);
	if (rc == 0)
		rc = hub_fetch(office->hub, office->node->repository,
			       tips.items, tips.n, err);
	oid_list_release(&tips);
	if (rc == ERR_CORRUPT || rc == ERR_MISSING)
		rc = fetch_apart(office, err);
	return rc == 0 ? drop_away(office, err) : rc;
}

/* This node believes only its own key and has merged nothing, but the hub has
 * a ledger: it was made as the office's first, and another one was. */
static int explain_second(struct node *node, int rc, struct err *err)
{
	struct buf line = BUF_INIT;
	char *pinned = NULL;
	struct err ignored;
	struct oid here;
	bool own;

	key_public_line(&line, node->key.public_key);
	own = node_get_oid(&here, node->replica, NODE_MAIN, &ignored) == 0 &&
	      oid_is_zero(&here) &&
	      replica_get(&pinned, node->replica, NODE_OFFICE_KEY, &ignored) ==
		      0 &&
	      strcmp(pinned, buf_text(&line)) == 0;
	free(pinned);
	buf_release(&line);
	return !own ? rc
		    : err_set(err, ERR_INPUT,
			      "another computer of the office began the "
			      "ledger at this hub first; nothing of this one "
			      "was merged: run tian init --office for a new "
			      "folder, and let the first one enrol its key "
			      "(tian unit add office NAME --key key.pub)");
}

static int replay(struct office *office, struct err *err)
{
	const struct oid *tip = ref_list_find(&office->refs, REF_MAIN);
	struct repository *repository = office->node->repository;
	struct oid here = {{0}};
	struct oid now = {{0}};
	bool ahead;
	int rc;

	office->main_there = tip != NULL ? *tip : (struct oid){{0}};
	rc = ledger_replay(&ahead, office->node, &office->main_there,
			   office->run, err);
	if (rc == ERR_CORRUPT)
		rc = explain_second(office->node, rc, err);
	if (rc == 0 && ahead)
		rc = run_detail(office->run, SYNC_NOTICE, err,
				"main at the hub is older than what this "
				"office has merged (was the hub restored from "
				"a backup, or lost?); it is sent again");
	if (rc == 0)
		rc = node_get_oid(&here, office->node->replica, NODE_MAIN, err);
	if (rc == 0)
		rc = repository_ref(&now, repository, REF_MAIN, err);
	if (rc == ERR_MISSING)
		rc = 0;
	if (rc == 0 && !oid_is_zero(&here) && !oid_equal(&here, &now))
		rc = repository_set_ref(repository, REF_MAIN, &here, NULL, err);
	return rc < 0 ? rc
		      : delivery_learn(office->node, &office->refs, office->run,
				       err);
}

/* --- taking in ----------------------------------------------------------- */

/* (E2) A transaction in which every own edit is in the own outbox. */
static int begin_quiet(struct office *office, struct err *err)
{
	struct db *db = replica_db(office->node->replica);
	size_t n = 1;
	int rc = 0;

	for (int i = 0; rc == 0 && i < DRAIN_TRIES; i++) {
		rc = db_begin(db, err);
		if (rc == 0)
			rc = change_log_drain(office->node->replica, &n, err);
		if (rc == 0 && n == 0)
			return 0;
		if (rc == 0)
			rc = db_commit(db, err);
		if (rc < 0)
			db_rollback(db);
		else
			rc = outbox_commit(NULL, office->node, err);
	}
	return rc < 0 ? rc
		      : err_set(err, ERR_BUSY,
				"the replica is being edited all the time");
}

static int add_own_ref(struct office *office, const struct oid *tip,
		       struct err *err)
{
	struct ref_list *refs = &office->refs;
	struct ref *items;
	size_t at = 0;

	while (at < refs->n && strcmp(refs->items[at].name, office->own) < 0)
		at++;
	if (at < refs->n && strcmp(refs->items[at].name, office->own) == 0) {
		refs->items[at].oid = *tip;
		return 0;
	}
	items = realloc(refs->items, (refs->n + 1) * sizeof(*items));
	if (items == NULL)
		return err_nomem(err);
	refs->items = items;
	memmove(items + at + 1, items + at, (refs->n - at) * sizeof(*items));
	refs->n++;
	items[at] = (struct ref){strdup(office->own), *tip};
	return items[at].name != NULL ? 0 : err_nomem(err);
}

/* The own outbox is taken as it is here, whatever the hub has of it. */
static int use_own(struct office *office, struct err *err)
{
	struct hub_update update;
	struct oid tip;
	int rc = exchange_own(&update, &office->pushing, office->node,
			      office->own, &office->own_there, err);
	if (rc >= 0)
		rc = repository_ref(&tip, office->node->repository, office->own,
				    err);
	if (rc == ERR_MISSING)
		return 0;
	return rc < 0 ? rc : add_own_ref(office, &tip, err);
}

/* A key that main does not list (yet) must not sign what comes after it: not
 * even the merge that takes in its own enrolment. */
static int check_enrolled(bool *enrolled, struct office *office,
			  struct err *err)
{
	struct standing standing;
	int rc = standing_read(&standing, office->node, err);

	*enrolled = standing.kind != STANDING_ABSENT &&
		    standing.kind != STANDING_ENDED;
	office->run->report->not_enrolled = rc == 0 && !*enrolled;
	if (rc < 0 || *enrolled)
		return rc;
	if (standing.kind == STANDING_ENDED)
		return run_detail(office->run, SYNC_WAITING, err,
				  "this office computer's key was ended on %s; "
				  "another one merges, and what this one had "
				  "not merged by then waits (tian doctor says "
				  "what can be done)",
				  standing.until);
	return run_detail(office->run, SYNC_WAITING, err,
			  "this office's key is not enrolled yet; another "
			  "node of the office merges");
}

static int merge(struct office *office, struct err *err)
{
	struct node *node = office->node;
	bool enrolled = true;
	int rc = use_own(office, err);

	if (rc == 0)
		rc = check_enrolled(&enrolled, office, err);
	if (rc < 0 || !enrolled)
		return rc;
	if (rc == 0)
		rc = ledger_take(&office->intake, node, &office->refs,
				 office->run, err);
	if (rc == 0 && office->intake.n > 0)
		rc = ledger_commit(&office->intake, node, err);
	if (rc == 0)
		rc = run_verdicts(office->run, "", office->intake.verdicts,
				  office->intake.n_verdicts, err);
	if (rc == 0)
		rc = delivery_make(
			&office->delivery, node, office->hub, &office->refs,
			office->intake.n > 0 ? &office->intake : NULL,
			office->run, err);
	return rc;
}

/* --- pushing ------------------------------------------------------------- */

static void add_update(struct office *office, const char *name,
		       const struct oid *old, const struct oid *new_oid,
		       bool gate)
{
	if (oid_is_zero(new_oid) || oid_equal(old, new_oid))
		return;
	office->updates[office->n_updates++] = (struct hub_update){
		.name = name, .old = *old, .new_oid = *new_oid, .gate = gate};
}

/* Whether a ref's site is out of reach: what it has there is not known. */
static int is_away(bool *out, struct office *office, const char *name,
		   struct err *err)
{
	char site[REF_SITE_MAX + 1];
	enum hub_reach reach = HUB_REACHED;
	uint64_t origin;
	int rc = 0;

	if (refs_parse_outbox(site, &origin, name))
		rc = hub_reach(&reach, office->hub, site, err);
	*out = reach != HUB_REACHED;
	return rc;
}

/* Outboxes of others that the hub has less of than main took in: put back,
 * for their nodes may be gone. */
static int plan_back(struct office *office, struct err *err)
{
	struct ref_list *back = &office->back;
	size_t n = 0;
	int rc = ledger_taken_refs(back, office->node->replica, err);

	for (size_t i = 0; i < back->n; i++) {
		const struct ref *ref = &back->items[i];
		const struct oid *there =
			ref_list_find(&office->refs, ref->name);
		bool behind = false;
		bool away = false;

		if (rc == 0)
			rc = is_away(&away, office, ref->name, err);
		if (rc == 0 && !away && strcmp(ref->name, office->own) != 0 &&
		    ref_list_find(&office->apart, ref->name) == NULL)
			rc = ledger_behind(&behind, office->node, there,
					   &ref->oid, err);
		if (rc == 0 && behind)
			rc = run_detail(office->run, SYNC_NOTICE, err,
					"%s at the hub was %s; it is put back",
					ref->name,
					there != NULL
						? "older than what main has "
						  "taken in"
						: "gone");
		if (behind)
			back->items[n++] = *ref;
		else
			free(ref->name);
	}
	back->n = n;
	return rc;
}

/* Own outbox, main, inboxes: in this order, so that nothing at the hub ever
 * names what is not there. */
static int plan(struct office *office, struct err *err)
{
	static const struct oid none;
	struct oid main_oid;
	const struct oid *own = ref_list_find(&office->refs, office->own);
	size_t n = office->delivery.n;
	int rc = node_get_oid(&main_oid, office->node->replica, NODE_MAIN, err);

	if (rc == 0)
		rc = plan_back(office, err);
	office->updates =
		calloc(n + office->back.n + 2, sizeof(*office->updates));
	office->names = calloc(n + 1, sizeof(*office->names));
	if (office->updates == NULL || office->names == NULL)
		return err_nomem(err);
	if (own != NULL)
		add_update(office, office->own, &office->own_there, own, true);
	add_update(office, REF_MAIN, &office->main_there, &main_oid, true);
	for (size_t i = 0; rc == 0 && i < n; i++) {
		struct buf name = BUF_INIT;

		refs_inbox(&name, office->delivery.parcels[i].site);
		rc = buf_check(&name, err);
		office->names[i] = buf_take(&name);
		if (rc == 0)
			add_update(office, office->names[i],
				   &office->delivery.parcels[i].hub,
				   &office->delivery.parcels[i].tip, false);
	}
	for (size_t i = 0; rc == 0 && i < office->back.n; i++) {
		const struct ref *ref = &office->back.items[i];
		const struct oid *there =
			ref_list_find(&office->refs, ref->name);

		add_update(office, ref->name, there != NULL ? there : &none,
			   &ref->oid, false);
	}
	return rc;
}

static int push(struct office *office, struct err *err)
{
	struct hub_push push = {.updates = office->updates,
				.n = office->n_updates};
	int rc;

	if (push.n == 0)
		return 0;
	run_progress(office->run, SYNC_STAGE_PUSH, 0, 0);
	rc = hub_push(office->hub, office->node->repository, &push, err);
	for (size_t i = 0; rc == 0 && i < push.n; i++)
		if (push.updates[i].gate && push.updates[i].result < 0)
			rc = err_set(err, ERR_STALE, "%s moved",
				     push.updates[i].name);
	return rc;
}

static const struct hub_update *update_of(const struct office *office,
					  const char *name)
{
	for (size_t i = 0; i < office->n_updates; i++)
		if (strcmp(office->updates[i].name, name) == 0)
			return &office->updates[i];
	return NULL;
}

/* 1 where a parcel has arrived. An inbox that another office node wrote first
 * is made again; one that could not be reached waits. */
static int has_arrived(struct office *office, size_t parcel, struct err *err)
{
	const struct hub_update *update =
		update_of(office, office->names[parcel]);
	const char *site = office->delivery.parcels[parcel].site;

	if (update == NULL || update->result == 0)
		return 1;
	if (update->result == ERR_STALE) {
		office->again = true;
		return 0;
	}
	return keys_add(&office->delivery.away, site, strlen(site), err);
}

static int add_checkpoint(struct ref_move *move, char **name,
			  const struct parcel *parcel, struct err *err)
{
	struct buf text = BUF_INIT;
	int rc;

	refs_checkpoint(&text, parcel->site);
	rc = buf_check(&text, err);
	*name = buf_take(&text);
	*move = (struct ref_move){.name = *name, .new_oid = &parcel->tip};
	return rc;
}

/* Own objects, refs and table _scope follow what has arrived. */
static int keep_refs(struct office *office, const struct oid *main_oid,
		     struct err *err)
{
	const struct delivery *delivery = &office->delivery;
	struct ref_move *moves = calloc(2 * delivery->n + 1, sizeof(*moves));
	char **names = calloc(delivery->n + 1, sizeof(*names)); /* owned */
	size_t n = 0;
	int rc = moves == NULL || names == NULL ? err_nomem(err) : 0;

	if (rc == 0 && !oid_equal(main_oid, &office->main_there))
		moves[n++] = (struct ref_move){
			.name = REF_MAIN, .new_oid = main_oid, .follows = true};
	for (size_t i = 0; rc == 0 && i < delivery->n; i++) {
		const struct parcel *parcel = &delivery->parcels[i];

		rc = has_arrived(office, i, err);
		if (rc <= 0)
			continue;
		moves[n++] = (struct ref_move){.name = office->names[i],
					       .new_oid = &parcel->tip,
					       .follows = true};
		rc = parcel->checkpoint ? add_checkpoint(&moves[n++], &names[i],
							 parcel, err)
					: 0;
		if (rc == 0)
			rc = delivery_note(office->node->replica, parcel, err);
	}
	if (rc == 0)
		rc = repository_flush_refs(office->node->repository, moves, n,
					   err);
	for (size_t i = 0; names != NULL && i < delivery->n; i++)
		free(names[i]);
	free(names);
	free(moves);
	return rc;
}

/* After the push: what is at the hub is kept here, then the replica commits.
 * A crash anywhere in between is healed by the next replay. */
static int keep(struct office *office, struct err *err)
{
	struct replica *replica = office->node->replica;
	const struct oid *own = ref_list_find(&office->refs, office->own);
	struct oid main_oid;
	int rc = node_get_oid(&main_oid, replica, NODE_MAIN, err);

	if (rc == 0)
		rc = keep_refs(office, &main_oid, err);
	if (rc == 0 && !office->again && !office->delivery.left)
		rc = delivery_end(&office->delivery, office->node, err);
	office->again |= office->delivery.unlisted;
	if (rc == 0 && own != NULL)
		rc = node_set_oid(replica, NODE_SENT, own, err);
	if (rc == 0)
		rc = db_commit(replica_db(replica), err);
	if (rc == 0 && !oid_is_zero(&main_oid))
		run_commit(office->run, &main_oid);
	if (rc == 0)
		office->run->report->pushed += office->pushing;
	return rc;
}

/* --- the run ------------------------------------------------------------- */

static int name_own(struct office *office, struct err *err)
{
	struct buf own = BUF_INIT;
	int rc;

	refs_outbox(&own, REPLICA_OFFICE,
		    replica_origin(office->node->replica));
	rc = buf_check(&own, err);
	free(office->own);
	office->own = buf_take(&own);
	return rc;
}

/* What the hub has, brought here; before anything of it is applied, this
 * node's own history there is the one it has itself. */
static int meet(struct office *office, struct err *err)
{
	int rc = 1;

	while (rc > 0) {
		ref_list_release(&office->refs);
		ref_list_release(&office->apart);
		rc = name_own(office, err);
		if (rc == 0)
			rc = list_refs(office, err);
		if (rc == 0)
			rc = fetch(office, err);
		if (rc == 0)
			rc = exchange_mend(office->node, office->hub,
					   &office->own_there, office->run,
					   err);
	}
	return rc;
}

/* ERR_STALE: another office node was faster; nothing was changed. */
static int round_once(struct office *office, struct err *err)
{
	struct db *db = replica_db(office->node->replica);
	struct sync_report before;
	int rc = meet(office, err);

	if (rc == 0)
		rc = replay(office, err);
	if (rc == 0)
		rc = begin_quiet(office, err);
	if (rc < 0)
		return rc;
	before = *office->run->report;
	rc = merge(office, err);
	if (rc == 0)
		rc = plan(office, err);
	if (rc == 0)
		rc = push(office, err);
	if (rc == 0)
		rc = keep(office, err);
	if (rc == 0) {
		rc = exchange_offer(office->node, office->hub, &office->refs,
				    office->run, err);
		return rc < 0 ? rc
			      : exchange_mark_moved(office->node, office->hub,
						    office->run, err);
	}
	if (rc < 0) {
		db_rollback(db);
		repository_discard(office->node->repository);
		office->run->report->received = before.received;
		office->run->report->merged = 0;
	}
	return rc;
}

int exchange_tell_away(const struct hub *hub, const struct run *run,
		       struct err *err)
{
	const char *site;
	const char *why;
	size_t at = 0;
	int rc = 0;

	while (rc == 0 && (site = hub_union_away(hub, &at, &why)) != NULL)
		rc = run_detail(run, SYNC_AWAY, err, "%s: %s", site, why);
	return rc;
}

int exchange_office(struct node *node, struct hub *hub, const struct run *run,
		    struct err *err)
{
	struct office office = {.node = node, .hub = hub, .run = run};
	int rc = exchange_owed(node, hub, err);

	if (rc < 0)
		return rc;
	rc = ERR_STALE;
	for (int i = 0; i < ROUNDS && (rc == ERR_STALE || office.again); i++) {
		office_clear(&office);
		if (rc == ERR_STALE)
			run_forget(run->report);
		rc = round_once(&office, err);
		if (rc < 0 && rc != ERR_STALE)
			break;
	}
	office_clear(&office);
	free(office.own);
	return rc;
}
