/* repository_store.c - new objects: gathered in memory, written as one pack.
 * Knows trees and packs; no ref, no commit's meaning. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sync/git/durable.h"
#include "sync/git/repository_room.h"
#include "sync/git/tree.h"

static const git_object_t types[] = {
	[OBJECT_COMMIT] = GIT_OBJECT_COMMIT,
	[OBJECT_TREE] = GIT_OBJECT_TREE,
	[OBJECT_BLOB] = GIT_OBJECT_BLOB,
};

/* Straight into the memory backend: git_odb_write would look for the object
 * twice and read the pack folder anew each time. */
int repository_write(struct oid *out, struct repository *repository,
		     enum object_kind kind, const void *bytes, size_t len,
		     struct err *err)
{
	git_oid id;

	if (repository->memory == NULL)
		return err_set(err, ERR_FAIL, "%s is open for reading only",
			       repository->path);
	if (libgit.odb_hash(&id, bytes, len, types[kind]) < 0)
		return repository_git_error(err, "hash an object");
	memcpy(out->bytes, id.id, OID_SIZE);
	if (repository_has(repository, out))
		return 0;
	if (repository->memory->write(repository->memory, &id, bytes, len,
				      types[kind]) < 0)
		return repository_git_error(err, "keep an object");
	if (!oid_list_add(&repository->fresh, out))
		return err_nomem(err);
	return 0;
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

/* --- packs ------------------------------------------------------------- */

/* On the disk first, then visible; the index last: a pack without one is not
 * there. */
static int move_in(const char *room, const char *folder, const char *name,
		   struct err *err)
{
	static const char *const kinds[] = {"pack", "idx"};
	char from[2][PATH_MAX + 128];
	char to[2][PATH_MAX + 128];
	const char *const files[] = {from[0], from[1]};
	int rc;

	for (size_t i = 0; i < 2; i++) {
		snprintf(from[i], sizeof(from[i]), "%s/pack-%s.%s", room, name,
			 kinds[i]);
		snprintf(to[i], sizeof(to[i]), "%s/pack-%s.%s", folder, name,
			 kinds[i]);
	}
	rc = durable_files(files, 2, err);
	for (size_t i = 0; rc == 0 && i < 2; i++)
		if (rename(from[i], to[i]) != 0)
			rc = err_errno(err, "%s", to[i]);
	return rc == 0 ? durable_folder(folder, err) : rc;
}

/* libgit2 waits for the disk four times a pack; here it waits for none. */
static int write_pack(git_packbuilder *builder, struct repository *to,
		      struct err *err)
{
	char folder[PATH_MAX];
	char room[PATH_MAX];
	int rc;

	snprintf(folder, sizeof(folder), "%s/objects/pack", to->path);
	snprintf(room, sizeof(room), "%s/objects/" REPOSITORY_ROOM, to->path);
	repository_empty_folder(room); /* of a run that was killed */
	if (mkdir(room, 0777) != 0 && errno != EEXIST)
		return err_errno(err, "%s", room);
	libgit.libgit2_opts(GIT_OPT_ENABLE_FSYNC_GITDIR, 0);
	rc = libgit.packbuilder_write(builder, room, 0, NULL, NULL);
	libgit.libgit2_opts(GIT_OPT_ENABLE_FSYNC_GITDIR, 1);
	if (rc < 0)
		rc = repository_git_error(err, "write pack into %s", to->path);
	else
		rc = move_in(room, folder, libgit.packbuilder_name(builder),
			     err);
	if (rc < 0)
		repository_empty_folder(room);
	rmdir(room);
	return rc;
}

int repository_pack_as(char name[REPOSITORY_PACK_NAME], struct repository *to,
		       struct repository *from, const struct oid_list *oids,
		       struct err *err)
{
	git_packbuilder *builder = NULL;
	int rc;

	name[0] = '\0';
	if (oids->n == 0)
		return 0;
	rc = repository_intend(to, "", err);
	if (rc == 0)
		rc = repository_pack_builder(&builder, from, oids, err);
	if (rc < 0)
		return err_wrap(err, "pack for %s", to->path);
	rc = write_pack(builder, to, err);
	if (rc == 0)
		snprintf(name, REPOSITORY_PACK_NAME, "pack-%s",
			 libgit.packbuilder_name(builder));
	libgit.packbuilder_free(builder);
	if (rc == 0 && libgit.odb_refresh(to->odb) < 0)
		rc = repository_git_error(err, "open pack in %s", to->path);
	return rc;
}

int repository_pack(struct repository *to, struct repository *from,
		    const struct oid_list *oids, struct err *err)
{
	char name[REPOSITORY_PACK_NAME];

	return repository_pack_as(name, to, from, oids, err);
}

int repository_flush(struct repository *repository, struct err *err)
{
	int rc = repository_pack(repository, repository, &repository->fresh,
				 err);

	if (rc < 0)
		return rc;
	if (repository->memory != NULL &&
	    libgit.mempack_reset(repository->memory) < 0)
		return repository_git_error(err, "empty the memory");
	repository->fresh.n = 0;
	return 0;
}
