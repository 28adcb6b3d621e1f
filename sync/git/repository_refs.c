/* repository_refs.c - a repository's refs: read, and moved by compare-and-swap.
 * Knows ref files as git keeps them; no object, nor what a ref means.
 *
 * Several are moved together, as git does one: each locked by `NAME.lock`,
 * which holds the new value, is on the disk, and then takes the ref's place.
 * The disk is waited for once for all of them, and for the objects they name
 * (R1, repository.h). */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sync/git/durable.h"
#include "sync/git/ref_lock.h"
#include "sync/git/repository_room.h"

int repository_ref(struct oid *out, struct repository *repository,
		   const char *name, struct err *err)
{
	return ref_files_read(out, repository->refs, name, err);
}

/* --- moving ------------------------------------------------------------ */

struct move {
	struct ref_move *move;
	char *path; /* of the ref's file */
	char *lock; /* of its lock's, which is there; NULL if not */
};

/* Locks a ref and writes its new value into the lock. */
static int lock_ref(struct move *move, struct repository *repository,
		    struct err *err)
{
	const char *name = move->move->name;
	char text[OID_TEXT + 1];
	char path[PATH_MAX];
	char lock[PATH_MAX + 8];
	int fd = -1;
	int rc = 0;

	if (!ref_name_ok(name))
		rc = err_set(err, ERR_INPUT, "no ref can be called %s", name);
	else if ((size_t)snprintf(path, sizeof(path), "%s/%s", repository->path,
				  name) >= sizeof(path))
		rc = err_set(err, ERR_INPUT, "the path of %s is too long",
			     name);
	if (rc == 0)
		rc = repository_intend(repository, name, err);
	if (rc < 0)
		return rc;
	snprintf(lock, sizeof(lock), "%s.lock", path);
	fd = ref_lock_open(lock, strlen(repository->path) + 1, err);
	if (fd < 0)
		return fd;
	move->path = strdup(path);
	move->lock = strdup(lock);
	if (move->path == NULL || move->lock == NULL) {
		unlink(lock);
		close(fd);
		return err_nomem(err);
	}
	oid_format(text, move->move->new_oid);
	strcat(text, "\n");
	rc = durable_write(fd, text, strlen(text), lock, err);
	if (close(fd) != 0 && rc == 0)
		rc = err_errno(err, "%s", lock);
	return rc;
}

static void unlock_ref(struct move *move)
{
	if (move->lock != NULL)
		unlink(move->lock);
	free(move->lock);
	free(move->path);
	move->lock = NULL;
	move->path = NULL;
}

/* ERR_STALE: the ref, which is locked, is not what it was taken for. A file
 * that names no commit is none: it is written over. */
static int compare_ref(const struct ref_move *move,
		       struct repository *repository, struct err *err)
{
	struct oid now = {{0}};
	int rc = repository_ref(&now, repository, move->name, err);

	if (rc == ERR_MISSING || rc == ERR_CORRUPT)
		rc = 0;
	if (rc == 0 && move->old != NULL && !oid_equal(&now, move->old))
		rc = err_set(err, ERR_STALE, "ref %s has moved", move->name);
	return rc;
}

static int lock_all(struct move *moves, size_t n, struct repository *repository,
		    struct err *err)
{
	bool shut = false;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < n; i++) {
		struct ref_move *move = moves[i].move;

		if (shut)
			continue;
		rc = lock_ref(&moves[i], repository, err);
		if (rc == 0)
			rc = compare_ref(move, repository, err);
		move->result = rc;
		if (rc == ERR_STALE) {
			shut = move->gate;
			unlock_ref(&moves[i]);
			rc = 0;
		}
	}
	return rc;
}

/* The locks are on the disk; each takes its ref's place. */
static int rename_all(struct move *moves, size_t n, struct err *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < n; i++) {
		if (moves[i].lock == NULL)
			continue;
		/* An empty folder may stand where a ref is to be. */
		if (rename(moves[i].lock, moves[i].path) != 0 &&
		    (rmdir(moves[i].path) != 0 ||
		     rename(moves[i].lock, moves[i].path) != 0))
			rc = err_errno(err, "%s", moves[i].path);
		if (rc < 0)
			break;
		free(moves[i].lock);
		moves[i].lock = NULL;
	}
	return rc;
}

static int sync_folders(struct move *moves, size_t n, struct err *err)
{
	const char *last = "";
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < n; i++) {
		if (moves[i].path == NULL || moves[i].lock != NULL ||
		    moves[i].move->follows)
			continue;
		*strrchr(moves[i].path, '/') = '\0';
		/* `git pack-refs` may have taken the ref and the folder. */
		if (strcmp(moves[i].path, last) != 0 &&
		    access(moves[i].path, F_OK) == 0)
			rc = durable_folder(moves[i].path, err);
		last = moves[i].path;
	}
	return rc;
}

/* --- together with their objects ----------------------------------------- */

/* Refs that are to move once their objects are there. */
struct ref_plan {
	struct move *moves;
	size_t n;
	bool waited; /* they are locked, and on the disk */
};

int repository_plan_refs(struct repository *repository,
			 struct ref_move *ref_moves, size_t n, struct err *err)
{
	struct ref_plan *plan = calloc(1, sizeof(*plan));

	repository_drop_plan(repository);
	if (plan == NULL ||
	    (plan->moves = calloc(n + 1, sizeof(struct move))) == NULL) {
		free(plan);
		return err_nomem(err);
	}
	for (size_t i = 0; i < n; i++) {
		plan->moves[i].move = &ref_moves[i];
		ref_moves[i].result = ERR_STALE; /* until it is locked */
	}
	plan->n = n;
	repository->plan = plan;
	return 0;
}

void repository_drop_plan(struct repository *repository)
{
	struct ref_plan *plan = repository->plan;

	if (plan == NULL)
		return;
	for (size_t i = 0; i < plan->n; i++)
		unlock_ref(&plan->moves[i]);
	free(plan->moves);
	free(plan);
	repository->plan = NULL;
}

/* The n files of a pack, and the locks. */
static int wait_for_all(struct ref_plan *plan, const char *const *files,
			size_t n, struct err *err)
{
	const char **paths = calloc(n + plan->n + 1, sizeof(*paths));
	int rc = paths == NULL ? err_nomem(err) : 0;

	for (size_t i = 0; rc == 0 && i < n; i++)
		paths[i] = files[i];
	for (size_t i = 0; rc == 0 && i < plan->n; i++)
		if (plan->moves[i].lock != NULL)
			paths[n++] = plan->moves[i].lock;
	if (rc == 0)
		rc = durable_files(paths, n, err);
	free(paths);
	return rc;
}

int repository_wait_for(struct repository *repository, const char *const *files,
			size_t n, struct err *err)
{
	struct ref_plan *plan = repository->plan;
	int rc;

	if (plan == NULL || plan->waited)
		return durable_files(files, n, err);
	rc = lock_all(plan->moves, plan->n, repository, err);
	if (rc == 0)
		rc = wait_for_all(plan, files, n, err);
	plan->waited = rc == 0;
	return rc;
}

int repository_move_planned(struct repository *repository, struct err *err)
{
	struct ref_plan *plan = repository->plan;
	int rc = plan->waited ? 0
			      : repository_wait_for(repository, NULL, 0, err);

	if (rc == 0)
		rc = rename_all(plan->moves, plan->n, err);
	if (rc == 0)
		rc = sync_folders(plan->moves, plan->n, err);
	repository_drop_plan(repository);
	return rc;
}

int repository_move_refs(struct repository *repository, struct ref_move *moves,
			 size_t n, struct err *err)
{
	int rc = repository_plan_refs(repository, moves, n, err);

	if (rc == 0)
		rc = repository_move_planned(repository, err);
	repository_drop_plan(repository);
	return rc;
}

int repository_set_ref(struct repository *repository, const char *name,
		       const struct oid *new_oid, const struct oid *old,
		       struct err *err)
{
	struct ref_move move = {.name = name, .new_oid = new_oid, .old = old};
	int rc = repository_move_refs(repository, &move, 1, err);

	if (rc == 0 && move.result == ERR_STALE)
		return err_set(err, ERR_STALE, "ref %s has moved", name);
	return rc;
}

/* --- listing ----------------------------------------------------------- */

static int ref_compare(const void *a, const void *b)
{
	return strcmp(((const struct ref *)a)->name,
		      ((const struct ref *)b)->name);
}

int repository_refs(struct ref_list *out, struct repository *repository,
		    const char *prefix, struct err *err)
{
	int rc = ref_files_list(out, repository->refs, prefix, err);

	return rc < 0 ? err_wrap(err, "refs of %s", repository->path) : 0;
}

void ref_list_release(struct ref_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		free(list->items[i].name);
	free(list->items);
	*list = (struct ref_list){NULL, 0};
}

const struct oid *ref_list_find(const struct ref_list *list, const char *name)
{
	const struct ref wanted = {.name = (char *)(uintptr_t)name};
	const struct ref *found =
		list->n == 0 ? NULL
			     : bsearch(&wanted, list->items, list->n,
				       sizeof(*list->items), ref_compare);

	return found != NULL ? &found->oid : NULL;
}
