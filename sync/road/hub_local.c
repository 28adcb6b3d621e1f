/* hub_local.c - the road to a hub in the file system: a folder, a share, a
 * stick. We open it ourselves; no process runs at the other side.
 * Knows two repositories; never what their refs mean. */
#include <stdlib.h>

#include "sync/git/haul.h"
#include "sync/road/hub.h"

struct hub_local {
	struct hub hub;
	struct repository *repository;
};

static struct repository *there(struct hub *hub)
{
	return ((struct hub_local *)hub)->repository;
}

/* Full disks, pulled sticks and waiting writers: the hub is away. What is
 * damaged stays what it is. */
static int away(int rc, struct err *err)
{
	if (rc == ERR_FAIL || rc == ERR_BUSY)
		rc = err->code = ERR_HUB;
	return rc < 0 ? err_wrap(err, "hub") : rc;
}

static int local_ref(struct oid *out, struct hub *hub, const char *name,
		     struct err *err)
{
	return away(repository_ref(out, there(hub), name, err), err);
}

static int local_refs(struct ref_list *out, struct hub *hub, const char *prefix,
		      struct err *err)
{
	return away(repository_refs(out, there(hub), prefix, err), err);
}

static int fetch_once(struct hub *hub, struct repository *into,
		      const struct oid *tips, size_t n, struct err *err)
{
	struct haul haul = {{NULL, 0, 0}, {NULL, 0, 0}};
	int rc = haul_collect(&haul, there(hub), into, tips, n, err);

	if (rc == 0)
		rc = haul_deliver(&haul, there(hub), into, NULL, 0, err);
	haul_release(&haul);
	return rc;
}

/* Reading takes no lock, so packs may be joined (by us, by git gc) while we
 * look: what is missing the second time is missing. */
static int local_fetch(struct hub *hub, struct repository *into,
		       const struct oid *tips, size_t n, struct err *err)
{
	int rc = fetch_once(hub, into, tips, n, err);

	if (rc < 0) {
		rc = repository_reopen(there(hub), err);
		if (rc == 0)
			rc = fetch_once(hub, into, tips, n, err);
	}
	return away(rc, err);
}

static int deliver(const struct haul *haul, struct repository *from,
		   struct repository *to, struct hub_push *push,
		   struct err *err)
{
	struct ref_move *moves = calloc(push->n + 1, sizeof(*moves));
	int rc = moves == NULL ? err_nomem(err) : 0;

	for (size_t i = 0; rc == 0 && i < push->n; i++) {
		const struct hub_update *update = &push->updates[i];

		moves[i] = (struct ref_move){.name = update->name,
					     .new_oid = &update->new_oid,
					     .old = &update->old,
					     .gate = update->gate};
	}
	if (rc == 0)
		rc = haul_deliver(haul, from, to, moves, push->n, err);
	for (size_t i = 0; moves != NULL && i < push->n; i++)
		push->updates[i].result = moves[i].result;
	free(moves);
	return rc;
}

/* Else what was brought is kept for the next who brings it. */
static bool all_moved(const struct hub_push *push)
{
	size_t n = 0;

	while (n < push->n && push->updates[n].result == 0)
		n++;
	return n == push->n;
}

static int push_locked(struct hub *hub, struct repository *from,
		       struct hub_push *push, struct err *err)
{
	struct haul haul = {{NULL, 0, 0}, {NULL, 0, 0}};
	struct oid_list tips = {NULL, 0, 0};
	struct err ignored;
	int rc = repository_lock(there(hub), err);

	if (rc == 0)
		rc = repository_reopen(there(hub), err);
	for (size_t i = 0; rc == 0 && i < push->n; i++)
		if (!oid_list_add(&tips, &push->updates[i].new_oid))
			rc = err_nomem(err);
	for (size_t i = 0; rc == 0 && i < push->n_also; i++)
		if (!oid_list_add(&tips, &push->also[i]))
			rc = err_nomem(err);
	if (rc == 0)
		rc = haul_collect(&haul, from, there(hub), tips.items, tips.n,
				  err);
	if (rc == 0)
		rc = deliver(&haul, from, there(hub), push, err);
	/* Housekeeping: the push has succeeded, whatever comes of it. */
	if (rc == 0 && all_moved(push))
		repository_consolidate(there(hub), 0, &ignored);
	repository_unlock(there(hub));
	oid_list_release(&tips);
	haul_release(&haul);
	return away(rc, err);
}

/* Nothing goes over a wire here. */
static int local_push(struct hub *hub, struct repository *from,
		      struct hub_push *push, struct err *err)
{
	int rc;

	hub_turn_take(push);
	rc = push_locked(hub, from, push, err);
	hub_turn_leave(push);
	return rc;
}

static int local_reader(struct repository **out, struct hub *hub,
			struct err *err)
{
	return away(repository_open(out, repository_path(there(hub)),
				    REPOSITORY_WRITE, err),
		    err);
}

static void local_close(struct hub *hub)
{
	repository_close(there(hub));
	free(hub);
}

static const struct hub_road road = {
	.ref = local_ref,
	.refs = local_refs,
	.fetch = local_fetch,
	.push = local_push,
	.reader = local_reader,
	.close = local_close,
};

int hub_local_open(struct hub **out, const char *path, struct err *err)
{
	struct hub_local *local = calloc(1, sizeof(*local));
	int rc;

	if (local == NULL)
		return err_nomem(err);
	local->hub.road = &road;
	rc = repository_open(&local->repository, path, REPOSITORY_READ, err);
	if (rc < 0) {
		free(local);
		if (rc == ERR_MISSING)
			rc = err->code = ERR_HUB;
		return away(rc, err);
	}
	*out = &local->hub;
	return 0;
}

int hub_local_create(const char *path, struct err *err)
{
	return away(repository_create(path, err), err);
}
