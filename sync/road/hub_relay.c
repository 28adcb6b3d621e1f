/* hub_relay.c - a hub, with the outboxes that a file carries. */
#include "sync/road/hub_relay.h"

#include <stdlib.h>
#include <string.h>

#include "sync/node/outbox.h"
#include "sync/git/refs.h"

struct hub_relay {
	struct hub hub;
	struct hub *there;	 /* borrowed */
	struct repository *into; /* borrowed */
	struct ref_list carried;
};

static struct hub_relay *relay_of(struct hub *hub)
{
	return (struct hub_relay *)hub;
}

const struct ref_list *hub_relay_carried(const struct hub *hub)
{
	return &((const struct hub_relay *)hub)->carried;
}

/* 1 if the carried ref goes on from what the hub has of it, or beside it,
 * which whoever takes it in will say; 0 if the hub has all of it. */
static int is_news(struct hub_relay *relay, const struct ref *carried,
		   const struct oid *there, struct err *err)
{
	struct oid_list chain = {NULL, 0, 0};
	int rc = 0;

	if (oid_equal(&carried->oid, there))
		return 0;
	rc = hub_fetch(relay->there, relay->into, there, 1, err);
	if (rc == 0)
		rc = outbox_chain(&chain, relay->into, there, &carried->oid,
				  err);
	oid_list_release(&chain);
	return rc == ERR_MISSING ? 1 : rc;
}

static int insert(struct ref_list *refs, const struct ref *ref, struct err *err)
{
	struct ref *items =
		realloc(refs->items, (refs->n + 1) * sizeof(*items));
	size_t at = refs->n;

	if (items == NULL)
		return err_nomem(err);
	refs->items = items;
	while (at > 0 && strcmp(items[at - 1].name, ref->name) > 0)
		at--;
	memmove(items + at + 1, items + at, (refs->n - at) * sizeof(*items));
	items[at] = (struct ref){strdup(ref->name), ref->oid};
	refs->n++;
	return items[at].name != NULL ? 0 : err_nomem(err);
}

static int relay_refs(struct ref_list *out, struct hub *hub, const char *prefix,
		      struct err *err)
{
	struct hub_relay *relay = relay_of(hub);
	int rc = hub_refs(out, relay->there, prefix, err);

	for (size_t i = 0; rc == 0 && i < relay->carried.n; i++) {
		const struct ref *carried = &relay->carried.items[i];
		struct oid *there = (struct oid *)(uintptr_t)ref_list_find(
			out, carried->name);

		if (strncmp(carried->name, prefix, strlen(prefix)) != 0)
			continue;
		if (there == NULL) {
			rc = insert(out, carried, err);
			continue;
		}
		rc = is_news(relay, carried, there, err);
		if (rc > 0)
			*there = carried->oid;
		rc = rc > 0 ? 0 : rc;
	}
	return rc;
}

static int relay_ref(struct oid *out, struct hub *hub, const char *name,
		     struct err *err)
{
	struct ref_list refs = {NULL, 0};
	const struct oid *found;
	int rc = relay_refs(&refs, hub, name, err);

	found = rc == 0 ? ref_list_find(&refs, name) : NULL;
	if (found != NULL)
		*out = *found;
	else if (rc == 0)
		rc = err_set(err, ERR_MISSING, "the hub has no %s", name);
	ref_list_release(&refs);
	return rc;
}

/* What was carried is here already. */
static int relay_fetch(struct hub *hub, struct repository *into,
		       const struct oid *tips, size_t n, struct err *err)
{
	struct oid_list wanted = {NULL, 0, 0};
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < n; i++)
		if (!repository_has(into, &tips[i]) &&
		    !oid_list_add(&wanted, &tips[i]))
			rc = err_nomem(err);
	if (rc == 0)
		rc = hub_fetch(relay_of(hub)->there, into, wanted.items,
			       wanted.n, err);
	oid_list_release(&wanted);
	return rc;
}

static int relay_push(struct hub *hub, struct repository *from,
		      struct hub_push *push, struct err *err)
{
	return hub_push(relay_of(hub)->there, from, push, err);
}

static int relay_reader(struct repository **out, struct hub *hub,
			struct err *err)
{
	return hub_reader(out, relay_of(hub)->there, err);
}

static int relay_reach(enum hub_reach *out, struct hub *hub, const char *site,
		       struct err *err)
{
	return hub_reach(out, relay_of(hub)->there, site, err);
}

static void relay_close(struct hub *hub)
{
	ref_list_release(&relay_of(hub)->carried);
	free(hub);
}

static const struct hub_road road = {
	.ref = relay_ref,
	.refs = relay_refs,
	.fetch = relay_fetch,
	.push = relay_push,
	.reader = relay_reader,
	.reach = relay_reach,
	.close = relay_close,
};

/* Only outboxes: nobody hands the office a main, or an inbox. */
static int carry(struct hub_relay *relay, struct hub *file, struct err *err)
{
	struct ref_list refs = {NULL, 0};
	struct oid_list tips = {NULL, 0, 0};
	char site[REF_SITE_MAX + 1];
	uint64_t origin;
	int rc = hub_refs(&refs, file, REF_OUTBOX, err);

	for (size_t i = 0; rc == 0 && i < refs.n; i++) {
		if (!refs_parse_outbox(site, &origin, refs.items[i].name))
			continue;
		rc = insert(&relay->carried, &refs.items[i], err);
		if (rc == 0 && !oid_list_add(&tips, &refs.items[i].oid))
			rc = err_nomem(err);
	}
	if (rc == 0 && tips.n == 0)
		rc = err_set(err, ERR_INPUT,
			     "the file holds nothing for the office: a "
			     "unit's bundle create makes such files");
	if (rc == 0)
		rc = hub_fetch(file, relay->into, tips.items, tips.n, err);
	if (rc == ERR_CORRUPT || rc == ERR_MISSING)
		rc = err->code = ERR_INPUT;
	oid_list_release(&tips);
	ref_list_release(&refs);
	return rc;
}

int hub_relay_open(struct hub **out, struct hub *there, struct hub *file,
		   struct repository *into, struct err *err)
{
	struct hub_relay *relay = calloc(1, sizeof(*relay));
	int rc;

	if (relay == NULL)
		return err_nomem(err);
	relay->hub.road = &road;
	relay->there = there;
	relay->into = into;
	rc = carry(relay, file, err);
	if (rc < 0) {
		relay_close(&relay->hub);
		return rc;
	}
	*out = &relay->hub;
	return 0;
}
