/* hub_union.c - the office's hub and all mailboxes, as one hub. */
#include "sync/road/hub_union.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "sync/node/node.h"
#include "sync/git/refs.h"

enum { AT_ONCE = 16 /* mailboxes asked, or pushed to, at the same time */ };

struct member {
	char *site;
	char *url;
	struct hub *hub;      /* NULL: not reached */
	struct ref_list refs; /* its own site's, as listed last */
	struct err why;	      /* why not reached; code 0: reached */
};

struct hub_union {
	struct hub hub;
	struct hub *centre;
	struct replica *replica; /* borrowed */
	struct repository *into; /* borrowed, or NULL */
	struct member *members;	 /* sorted by site */
	size_t n;
};

static struct hub_union *union_of(struct hub *hub)
{
	return (struct hub_union *)hub;
}

static void member_release(struct member *member)
{
	ref_list_release(&member->refs);
	hub_close(member->hub);
	free(member->site);
	free(member->url);
}

/* Away is a matter of this run; what it had listed counts for nothing. */
static void leave_out(struct member *member, const struct err *why)
{
	member->why = *why;
	if (member->why.code == 0)
		member->why.code = ERR_HUB;
	hub_close(member->hub);
	member->hub = NULL;
	ref_list_release(&member->refs);
	member->refs = (struct ref_list){NULL, 0};
}

static int compare_sites(const void *site, const void *member)
{
	return strcmp(site, ((const struct member *)member)->site);
}

static struct member *member_of(const struct hub_union *all, const char *site)
{
	return all->n == 0 ? NULL
			   : bsearch(site, all->members, all->n,
				     sizeof(*all->members), compare_sites);
}

/* False for refs that belong to no site: main, and what is not of ours. */
static bool site_of(char site[REF_SITE_MAX + 1], const char *name)
{
	uint64_t origin;

	return refs_parse_delivered(site, name) ||
	       refs_parse_outbox(site, &origin, name);
}

/* The mailbox a ref belongs to, NULL: none, it is at the centre. */
static struct member *member_for(const struct hub_union *all, const char *name)
{
	char site[REF_SITE_MAX + 1];

	return site_of(site, name) ? member_of(all, site) : NULL;
}

/* --- asking all of them -------------------------------------------------- */

/* (U1) Of what lies there, only what is its site's. */
static void keep_own(struct member *member)
{
	struct ref_list *refs = &member->refs;
	char site[REF_SITE_MAX + 1];
	size_t n = 0;

	for (size_t i = 0; i < refs->n; i++)
		if (site_of(site, refs->items[i].name) &&
		    strcmp(site, member->site) == 0)
			refs->items[n++] = refs->items[i];
		else
			free(refs->items[i].name);
	refs->n = n;
}

static void ask(struct member *member)
{
	struct err err = {0};
	int rc = 0;

	ref_list_release(&member->refs);
	member->refs = (struct ref_list){NULL, 0};
	if (member->hub == NULL)
		rc = hub_open(&member->hub, member->url, &err);
	if (rc == 0)
		rc = hub_refs(&member->refs, member->hub, "refs/heads/", &err);
	if (rc < 0)
		leave_out(member, &err);
	else
		keep_own(member);
}

/* Some work on each member, by a few threads. (U3) Each member is touched by
 * one of them only; the caller's helps. */
struct crew {
	void (*work)(struct crew *crew, size_t member);
	struct hub_union *all;
	void *ctx;
	atomic_size_t next;
};

static void *take_next(void *ctx)
{
	struct crew *crew = ctx;
	size_t at;

	while ((at = atomic_fetch_add(&crew->next, 1)) < crew->all->n)
		crew->work(crew, at);
	return NULL;
}

/* `due`: for how many of them there is anything to do. */
static void crew_run(struct crew *crew, size_t due)
{
	pthread_t threads[AT_ONCE - 1];
	size_t n = 0;

	while (n < AT_ONCE - 1 && n + 1 < due &&
	       pthread_create(&threads[n], NULL, take_next, crew) == 0)
		n++;
	take_next(crew);
	while (n > 0)
		pthread_join(threads[--n], NULL);
}

static void ask_one(struct crew *crew, size_t member)
{
	if (crew->all->members[member].why.code == 0)
		ask(&crew->all->members[member]);
}

static void ask_all(struct hub_union *all)
{
	struct crew crew = {ask_one, all, NULL, 0};

	crew_run(&crew, all->n);
}

/* --- following the rows -------------------------------------------------- */

static int new_member(struct member *out, const struct mailbox *mailbox,
		      struct err *err)
{
	*out = (struct member){.site = strdup(mailbox->site),
			       .url = strdup(mailbox->url)};
	return out->site == NULL || out->url == NULL ? err_nomem(err) : 0;
}

/* Members whose address is still the same stay open. */
static int follow(struct hub_union *all, struct err *err)
{
	struct mailboxes now = {NULL, 0};
	struct member *members = NULL;
	size_t n = 0;
	int rc = mailboxes_load(&now, all->replica, err);

	if (rc == 0 && now.n > 0) {
		members = calloc(now.n, sizeof(*members));
		if (members == NULL)
			rc = err_nomem(err);
	}
	for (size_t i = 0; rc == 0 && i < now.n; i++) {
		struct member *old = member_of(all, now.items[i].site);

		if (old != NULL && strcmp(old->url, now.items[i].url) == 0) {
			members[n++] = *old;
			*old = (struct member){.site = old->site};
			old->site = strdup(members[n - 1].site);
			rc = old->site != NULL ? 0 : err_nomem(err);
		} else {
			rc = new_member(&members[n++], &now.items[i], err);
		}
	}
	for (size_t i = 0; i < all->n; i++)
		member_release(&all->members[i]);
	free(all->members);
	all->members = members;
	all->n = n;
	mailboxes_release(&now);
	return rc;
}

/* --- the verbs ----------------------------------------------------------- */

static int compare_refs(const void *a, const void *b)
{
	return strcmp(((const struct ref *)a)->name,
		      ((const struct ref *)b)->name);
}

static int append(struct ref_list *out, const struct ref *ref, struct err *err)
{
	struct ref *items = realloc(out->items, (out->n + 1) * sizeof(*items));

	if (items == NULL)
		return err_nomem(err);
	out->items = items;
	items[out->n] = (struct ref){strdup(ref->name), ref->oid};
	return items[out->n++].name != NULL ? 0 : err_nomem(err);
}

static bool is_new(const struct hub_union *all, const struct oid *oid)
{
	return all->into == NULL || !repository_has(all->into, oid);
}

/* What the centre has of a site with a mailbox: no inbox; an outbox where the
 * mailbox has none of that name, or nothing new in it. */
static bool centre_counts(const struct hub_union *all, const struct ref *ref)
{
	const struct member *member = member_for(all, ref->name);
	char site[REF_SITE_MAX + 1];
	const struct oid *there;

	if (member == NULL)
		return true;
	if (refs_parse_delivered(site, ref->name))
		return false;
	there = ref_list_find(&member->refs, ref->name);
	return there == NULL || (is_new(all, &ref->oid) && !is_new(all, there));
}

static int union_refs(struct ref_list *out, struct hub *hub, const char *prefix,
		      struct err *err)
{
	struct hub_union *all = union_of(hub);
	struct ref_list centre = {NULL, 0};
	int rc = follow(all, err);

	if (rc == 0)
		rc = hub_refs(&centre, all->centre, prefix, err);
	if (rc == 0)
		ask_all(all);
	for (size_t i = 0; rc == 0 && i < centre.n; i++)
		if (centre_counts(all, &centre.items[i]))
			rc = append(out, &centre.items[i], err);
	for (size_t i = 0; rc == 0 && i < all->n; i++) {
		const struct ref_list *refs = &all->members[i].refs;

		for (size_t k = 0; rc == 0 && k < refs->n; k++) {
			const struct ref *ref = &refs->items[k];
			const struct oid *there =
				ref_list_find(&centre, ref->name);
			const struct ref other = {ref->name,
						  there ? *there : ref->oid};

			if (strncmp(ref->name, prefix, strlen(prefix)) == 0 &&
			    (there == NULL || !centre_counts(all, &other)))
				rc = append(out, ref, err);
		}
	}
	if (rc == 0 && out->n > 0)
		qsort(out->items, out->n, sizeof(*out->items), compare_refs);
	ref_list_release(&centre);
	return rc;
}

/* One ref needs one place asked, and no listing of the others. */
static int union_ref(struct oid *out, struct hub *hub, const char *name,
		     struct err *err)
{
	struct hub_union *all = union_of(hub);
	char site[REF_SITE_MAX + 1];
	struct member *member;
	int rc = 0;

	if (!site_of(site, name) || strcmp(site, REPLICA_OFFICE) == 0)
		return hub_ref(out, all->centre, name, err);
	if (all->n == 0)
		rc = follow(all, err);
	member = rc == 0 ? member_for(all, name) : NULL;
	if (member != NULL && member->hub == NULL && member->why.code == 0)
		ask(member);
	if (rc == 0 && member != NULL && member->hub == NULL)
		return err_set(err, ERR_HUB, "mailbox of %s: %s", member->site,
			       member->why.text);
	if (rc == 0 && member != NULL)
		rc = hub_ref(out, member->hub, name, err);
	if (rc == 0 && member == NULL)
		return hub_ref(out, all->centre, name, err);
	if (rc == ERR_MISSING && !refs_parse_delivered(site, name))
		rc = hub_ref(out, all->centre, name, err);
	return rc;
}

/* Whether a member has shown this tip. */
static bool shows(const struct member *member, const struct oid *tip)
{
	for (size_t i = 0; i < member->refs.n; i++)
		if (oid_equal(&member->refs.items[i].oid, tip))
			return true;
	return false;
}

/* (U2) Where the fault lies with the mailbox. What is damaged there is the
 * caller's to tell: it names the ref. */
static int fetch_from(struct member *member, struct repository *into,
		      const struct oid_list *tips, struct err *err)
{
	struct err why = {0};
	int rc = hub_fetch(member->hub, into, tips->items, tips->n, &why);

	if (rc == ERR_HUB) {
		leave_out(member, &why);
		return 0;
	}
	if (rc < 0)
		*err = why;
	return rc;
}

/* Takes from `missing` what a member has shown, into `here`. */
static int take_shown(struct oid_list *here, struct oid_list *missing,
		      const struct member *member, struct err *err)
{
	size_t n = 0;
	int rc = 0;

	here->n = 0;
	for (size_t i = 0; i < missing->n; i++)
		if (!shows(member, &missing->items[i]))
			missing->items[n++] = missing->items[i];
		else if (rc == 0 && !oid_list_add(here, &missing->items[i]))
			rc = err_nomem(err);
	missing->n = n;
	return rc;
}

static int union_fetch(struct hub *hub, struct repository *into,
		       const struct oid *tips, size_t n, struct err *err)
{
	struct hub_union *all = union_of(hub);
	struct oid_list missing = {NULL, 0, 0};
	struct oid_list here = {NULL, 0, 0};
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < n; i++)
		if ((repository_is_doubted(into) ||
		     !repository_has(into, &tips[i])) &&
		    !oid_list_add(&missing, &tips[i]))
			rc = err_nomem(err);
	for (size_t m = 0; rc == 0 && missing.n > 0 && m < all->n; m++) {
		if (all->members[m].hub == NULL)
			continue;
		rc = take_shown(&here, &missing, &all->members[m], err);
		if (rc == 0 && here.n > 0)
			rc = fetch_from(&all->members[m], into, &here, err);
	}
	if (rc == 0 && missing.n > 0)
		rc = hub_fetch(all->centre, into, missing.items, missing.n,
			       err);
	oid_list_release(&missing);
	oid_list_release(&here);
	return rc;
}

/* Where an update goes: to the place that shows what the ref is now; one that
 * is new, to its site's mailbox. NULL is the centre. */
static const struct member *place_of(const struct hub_union *all,
				     const struct hub_update *update)
{
	const struct member *member = member_for(all, update->name);
	char site[REF_SITE_MAX + 1];
	const struct oid *there;

	if (member == NULL || oid_is_zero(&update->old) ||
	    refs_parse_delivered(site, update->name))
		return member;
	there = ref_list_find(&member->refs, update->name);
	return there != NULL && oid_equal(there, &update->old) ? member : NULL;
}

/* The updates whose place it is; `member` NULL: the centre. */
static int push_to(struct hub_union *all, const struct member *const *places,
		   const struct member *member, struct repository *from,
		   struct hub_push *push, struct err *err)
{
	struct hub_push part = {
		.also = push->also, .n_also = push->n_also, .turn = push->turn};
	size_t n = 0;
	int rc = 0;

	for (size_t i = 0; i < push->n; i++)
		n += places[i] == member;
	if (n == 0)
		return 0;
	part.updates = calloc(n, sizeof(*part.updates));
	if (part.updates == NULL)
		return err_nomem(err);
	for (size_t i = 0; i < push->n; i++)
		if (places[i] == member)
			part.updates[part.n++] = push->updates[i];
	if (member == NULL)
		rc = hub_push(all->centre, from, &part, err);
	else if (member->hub != NULL)
		rc = hub_push(member->hub, from, &part, err);
	else
		rc = ERR_HUB; /* it was said why */
	n = 0;
	for (size_t i = 0; i < push->n; i++)
		if (places[i] == member)
			push->updates[i].result =
				rc < 0 ? rc : part.updates[n++].result;
	free(part.updates);
	return rc;
}

/* Gates are the centre's. */
static bool is_shut(const struct hub_push *push)
{
	for (size_t i = 0; i < push->n; i++)
		if (push->updates[i].gate && push->updates[i].result < 0)
			return true;
	return false;
}

/* Pushes to all mailboxes. */
struct round {
	const struct member *const *places; /* of the updates */
	struct repository *from;
	struct hub_push *push;
	struct err *errs; /* of the members */
};

/* (U2) A mailbox that takes nothing leaves its updates undone, no more. */
static void push_to_mailbox(struct crew *crew, size_t at)
{
	struct round *round = crew->ctx;
	struct member *member = &crew->all->members[at];
	struct err why = {0};
	int rc = push_to(crew->all, round->places, member, round->from,
			 round->push, &why);

	if (rc == ERR_HUB || rc == ERR_CORRUPT || rc == ERR_MISSING) {
		if (member->hub != NULL)
			leave_out(member, &why);
	} else if (rc < 0) {
		round->errs[at] = why;
	}
}

static size_t count_due(const struct hub_union *all, const struct round *round)
{
	size_t due = 0;

	for (size_t m = 0; m < all->n; m++)
		for (size_t i = 0; i < round->push->n; i++)
			if (round->places[i] == &all->members[m]) {
				due++;
				break;
			}
	return due;
}

static int push_to_mailboxes(struct hub_union *all, struct round *round,
			     struct err *err)
{
	struct hub_turn turn = {PTHREAD_MUTEX_INITIALIZER};
	struct crew crew = {push_to_mailbox, all, round, 0};
	int rc = 0;

	round->errs = calloc(all->n + 1, sizeof(*round->errs));
	if (round->errs == NULL)
		return err_nomem(err);
	round->push->turn = &turn;
	crew_run(&crew, count_due(all, round));
	round->push->turn = NULL;
	pthread_mutex_destroy(&turn.mutex);
	for (size_t m = 0; rc == 0 && m < all->n; m++) {
		rc = round->errs[m].code;
		if (rc < 0)
			*err = round->errs[m];
	}
	free(round->errs);
	return rc;
}

/* The centre first: it holds what the inboxes are derived from. */
static int union_push(struct hub *hub, struct repository *from,
		      struct hub_push *push, struct err *err)
{
	struct hub_union *all = union_of(hub);
	const struct member **places = calloc(push->n + 1, sizeof(*places));
	struct round round = {places, from, push, NULL};
	int rc = places != NULL ? 0 : err_nomem(err);

	for (size_t i = 0; rc == 0 && i < push->n; i++) {
		places[i] = place_of(all, &push->updates[i]);
		push->updates[i].result = ERR_STALE; /* until it is made */
	}
	if (rc == 0)
		rc = push_to(all, places, NULL, from, push, err);
	if (rc == 0 && !is_shut(push))
		rc = push_to_mailboxes(all, &round, err);
	free(places);
	return rc;
}

static int union_reader(struct repository **out, struct hub *hub,
			struct err *err)
{
	return hub_reader(out, union_of(hub)->centre, err);
}

/* The rows may have changed since the last listing: another node of the
 * office wrote them, and main has brought them. */
static int union_reach(enum hub_reach *out, struct hub *hub, const char *site,
		       struct err *err)
{
	struct hub_union *all = union_of(hub);
	const struct member *member = member_of(all, site);
	struct buf url = BUF_INIT;
	int rc = mailboxes_url(&url, all->replica, site, err);

	if (strcmp(buf_text(&url), member != NULL ? member->url : "") != 0)
		*out = HUB_UNLISTED;
	else if (member != NULL && member->hub == NULL)
		*out = HUB_AWAY;
	buf_release(&url);
	return rc;
}

static void union_close(struct hub *hub)
{
	struct hub_union *all = union_of(hub);

	for (size_t i = 0; i < all->n; i++)
		member_release(&all->members[i]);
	free(all->members);
	hub_close(all->centre);
	free(all);
}

static const struct hub_road road = {
	.ref = union_ref,
	.refs = union_refs,
	.fetch = union_fetch,
	.push = union_push,
	.reader = union_reader,
	.reach = union_reach,
	.close = union_close,
};

/* --- life cycle ---------------------------------------------------------- */

int hub_union_open(struct hub **out, struct hub *centre,
		   struct replica *replica, struct repository *into,
		   struct err *err)
{
	struct hub_union *all = calloc(1, sizeof(*all));

	if (all == NULL) {
		hub_close(centre);
		return err_nomem(err);
	}
	all->hub.road = &road;
	all->centre = centre;
	all->replica = replica;
	all->into = into;
	*out = &all->hub;
	return 0;
}

int hub_union_of(struct hub **out, struct replica *replica,
		 struct repository *into, struct err *err)
{
	struct hub *centre = NULL;
	char *address = NULL;
	int rc = replica_get(&address, replica, NODE_HUB, err);

	if (rc == 0 && *address == '\0')
		rc = err_set(err, ERR_INPUT,
			     "this replica knows no hub: run init again");
	if (rc == 0)
		rc = hub_open(&centre, address, err);
	free(address);
	if (rc < 0 || !replica_is_office(replica)) {
		*out = centre; /* NULL on errors */
		return rc;
	}
	return hub_union_open(out, centre, replica, into, err);
}

const char *hub_union_away(const struct hub *hub, size_t *at, const char **why)
{
	const struct hub_union *all = (const struct hub_union *)hub;

	if (hub->road != &road)
		return NULL;
	while (*at < all->n) {
		const struct member *member = &all->members[(*at)++];

		*why = member->why.text;
		if (member->why.code != 0)
			return member->site;
	}
	return NULL;
}

struct hub *hub_union_centre(struct hub *hub)
{
	return hub->road == &road ? union_of(hub)->centre : NULL;
}

struct hub *hub_union_member(struct hub *hub, const char *site)
{
	const struct member *member =
		hub->road == &road ? member_of(union_of(hub), site) : NULL;

	return member != NULL ? member->hub : NULL;
}
