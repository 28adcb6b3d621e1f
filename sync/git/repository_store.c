/* repository_store.c - new objects: gathered in memory, written as one pack.
 * Knows trees; no ref, no commit's meaning. */
#include <stdlib.h>
#include <string.h>

#include "sync/git/repository_room.h"
#include "sync/git/tree.h"

int repository_write(struct oid *out, struct repository *repository,
		     enum object_kind kind, const void *bytes, size_t len,
		     struct err *err)
{
	int rc;

	if (repository->mode != REPOSITORY_WRITE)
		return err_set(err, ERR_FAIL, "%s is open for reading only",
			       repository->path);
	rc = object_name(out, kind, bytes, len, OBJECT_FROM_US, err);
	if (rc < 0 || repository_has(repository, out))
		return rc;
	return fresh_add(&repository->fresh, out, kind, bytes, len, err);
}

/* --- trees ------------------------------------------------------------- */

static int edit_compare(const void *a, const void *b)
{
	return strcmp(((const struct tree_edit *)a)->path,
		      ((const struct tree_edit *)b)->path);
}

static int edit_level(struct oid *out, struct repository *repository,
		      const struct oid *base, const struct tree_edit *edits,
		      size_t n, size_t depth, struct err *err);

/* The entry `name` of a tree, as a folder with the edits made in it. */
static int edit_folder(struct tree_entry *change, struct repository *repository,
		       const struct buf *raw, const struct tree_edit *edits,
		       size_t n, size_t depth, struct err *err)
{
	struct tree_entry there;
	struct oid base = {{0}};
	int rc = tree_find(&there, raw, change->name, change->name_len, err);

	if (rc == 0 && there.is_tree)
		base = there.oid;
	if (rc < 0 && rc != ERR_MISSING)
		return rc;
	change->is_tree = true;
	return edit_level(&change->oid, repository, &base, edits, n,
			  depth + change->name_len + 1, err);
}

/* How many edits from the first on share its next path component. */
static size_t same_component(const struct tree_edit *edits, size_t n,
			     size_t depth, size_t len)
{
	size_t same = 1;

	while (same < n && edits[0].path[depth + len] == '/' &&
	       strncmp(edits[same].path + depth, edits[0].path + depth,
		       len + 1) == 0)
		same++;
	return same;
}

/* One tree: paths all begin with the same `depth` bytes. *out is zero where
 * nothing is left in it. */
static int edit_level(struct oid *out, struct repository *repository,
		      const struct oid *base, const struct tree_edit *edits,
		      size_t n, size_t depth, struct err *err)
{
	struct tree_entry *changes = calloc(n, sizeof(*changes));
	struct buf raw = BUF_INIT;
	struct buf made = BUF_INIT;
	size_t n_changes = 0;
	int rc = changes == NULL ? err_nomem(err) : 0;

	if (rc == 0 && !oid_is_zero(base))
		rc = repository_read(&raw, repository, base, OBJECT_TREE, err);
	for (size_t i = 0; rc == 0 && i < n;) {
		struct tree_entry *change = &changes[n_changes++];
		size_t same;

		change->name = edits[i].path + depth;
		change->name_len = strcspn(change->name, "/");
		same = same_component(edits + i, n - i, depth,
				      change->name_len);
		if (change->name[change->name_len] == '/')
			rc = edit_folder(change, repository, &raw, edits + i,
					 same, depth, err);
		else
			change->oid = edits[i].oid;
		i += same;
	}
	if (rc == 0)
		rc = tree_write(&made, &raw, changes, n_changes, err);
	if (rc == 0 && made.len == 0 && depth > 0)
		*out = (struct oid){{0}};
	else if (rc == 0)
		rc = repository_write(out, repository, OBJECT_TREE,
				      buf_text(&made), made.len, err);
	buf_release(&made);
	buf_release(&raw);
	free(changes);
	return rc;
}

int repository_edit_tree(struct oid *out, struct repository *repository,
			 const struct oid *base, struct tree_edit *edits,
			 size_t n, struct err *err)
{
	static const struct oid none;

	if (n == 0 && base != NULL && !oid_is_zero(base)) {
		*out = *base;
		return 0;
	}
	if (n == 0)
		return repository_write(out, repository, OBJECT_TREE, "", 0,
					err);
	qsort(edits, n, sizeof(*edits), edit_compare);
	return edit_level(out, repository, base != NULL ? base : &none, edits,
			  n, 0, err);
}

int repository_flush_refs(struct repository *repository, struct ref_move *moves,
			  size_t n, struct err *err)
{
	int rc = repository_plan_refs(repository, moves, n, err);

	if (rc == 0)
		rc = repository_flush(repository, err);
	if (rc == 0)
		rc = repository_move_planned(repository, err);
	repository_drop_plan(repository);
	return rc;
}

int repository_flush(struct repository *repository, struct err *err)
{
	const struct fresh *fresh = &repository->fresh;
	int rc = repository_pack(repository, repository, &fresh->oids, err);

	if (rc < 0)
		return rc;
	/* What was made is soon read: by who sends it. */
	for (size_t i = 0; i < fresh->oids.n; i++)
		repository_remember(repository, &fresh->oids.items[i],
				    fresh->objects[i].kind,
				    &fresh->objects[i].bytes);
	fresh_release(&repository->fresh);
	return 0;
}
