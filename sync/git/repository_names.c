/* repository_names.c - which file each object of a new pack is a version of.
 * Knows trees and paths; no ref, and nothing of what files hold.
 *
 * A pack keeps versions of one file as differences if they were given to the
 * builder under one name: it looks for a base among neighbours, sorted by a
 * hash of the path. Without names it takes any file that is about as long,
 * and `git gc`, which keeps the differences it finds, would never do better. */
#include <stdlib.h>
#include <string.h>

#include "sync/git/repository_room.h"
#include "sync/git/tree.h"

enum {
	TAIL = 16, /* bytes of a path that git's name hash sees */
	DEPTH_MAX = 8,
	PATH_LIMIT = 4096
};

struct named {
	struct oid oid;
	char tail[TAIL + 1]; /* "" while it has none */
};

struct naming {
	struct repository *from;
	struct named *items; /* owned, by oid */
	size_t n;
	struct buf path; /* of the tree that is being read */
};

static int compare(const void *a, const void *b)
{
	return memcmp(&((const struct named *)a)->oid,
		      &((const struct named *)b)->oid, OID_SIZE);
}

static struct named *find(const struct naming *naming, const struct oid *oid)
{
	const struct named wanted = {.oid = *oid};

	return bsearch(&wanted, naming->items, naming->n,
		       sizeof(*naming->items), compare);
}

static void set_tail(struct named *named, const struct buf *path)
{
	size_t skip = path->len > TAIL ? path->len - TAIL : 0;

	memcpy(named->tail, buf_text(path) + skip, path->len - skip);
	named->tail[path->len - skip] = '\0';
}

/* Names what a tree holds, as far as it goes into the pack and has no name
 * yet: what an older tree holds too was named by that. A tree of somebody
 * else's that is not as ours are ends the naming, not the pack. */
static int name_tree(struct naming *naming, const struct oid *oid, size_t depth,
		     struct err *err)
{
	struct buf raw = BUF_INIT;
	struct tree_cursor cursor;
	struct tree_entry entry;
	size_t len = naming->path.len;
	int rc = repository_read(&raw, naming->from, oid, OBJECT_TREE, err);

	tree_cursor_init(&cursor, &raw);
	while (rc == 0 && (rc = tree_next(&entry, &cursor, err)) > 0) {
		struct named *named = find(naming, &entry.oid);

		rc = 0;
		if (named == NULL || *named->tail != '\0' ||
		    len + entry.name_len > PATH_LIMIT)
			continue;
		buf_adds(&naming->path, len > 0 ? "/" : "");
		buf_add(&naming->path, entry.name, entry.name_len);
		set_tail(named, &naming->path);
		if (entry.is_tree && depth < DEPTH_MAX)
			rc = name_tree(naming, &entry.oid, depth + 1, err);
		buf_truncate(&naming->path, len);
	}
	buf_release(&raw);
	return rc == ERR_CORRUPT ? 0 : rc;
}

/* A commit's first line is `tree <oid>`. */
static int name_commit(struct naming *naming, const struct oid *oid,
		       struct err *err)
{
	struct buf raw = BUF_INIT;
	struct oid tree;
	int rc = repository_read(&raw, naming->from, oid, OBJECT_COMMIT, err);

	if (rc == 0 && raw.len > 5 &&
	    oid_parse(&tree, buf_text(&raw) + 5, raw.len - 5) &&
	    find(naming, &tree) != NULL)
		rc = name_tree(naming, &tree, 0, err);
	buf_release(&raw);
	return rc;
}

static int name_all(struct naming *naming, struct repository *from,
		    const struct oid_list *oids, struct err *err)
{
	*naming = (struct naming){.from = from, .n = oids->n};
	naming->items = calloc(oids->n + 1, sizeof(*naming->items));
	if (naming->items == NULL)
		return err_nomem(err);
	for (size_t i = 0; i < oids->n; i++)
		naming->items[i].oid = oids->items[i];
	qsort(naming->items, naming->n, sizeof(*naming->items), compare);
	for (size_t i = 0; i < oids->n; i++) {
		enum object_kind kind = OBJECT_BLOB;
		size_t size;
		int rc = repository_head(&kind, &size, from, &oids->items[i],
					 err);

		if (rc == 0 && kind == OBJECT_COMMIT)
			rc = name_commit(naming, &oids->items[i], err);
		if (rc < 0)
			return rc;
	}
	return buf_check(&naming->path, err);
}

int repository_pack_builder(git_packbuilder **out, struct repository *from,
			    const struct oid_list *oids, struct err *err)
{
	struct naming naming;
	git_packbuilder *builder = NULL;
	int rc = name_all(&naming, from, oids, err);

	if (rc == 0)
		rc = repository_need_library(from, err);
	if (rc == 0 && libgit.packbuilder_new(&builder, from->git) < 0)
		rc = repository_git_error(err, "make a pack");
	if (rc == 0)
		libgit.packbuilder_set_threads(builder, 1);
	for (size_t i = 0; rc == 0 && i < oids->n; i++) {
		const char *tail = find(&naming, &oids->items[i])->tail;
		git_oid id;

		memcpy(id.id, oids->items[i].bytes, OID_SIZE);
		if (libgit.packbuilder_insert(builder, &id,
					      *tail != '\0' ? tail : NULL) < 0)
			rc = repository_git_error(err, "pack an object");
	}
	if (rc == 0) {
		*out = builder; /* the caller's now: git_packbuilder_free */
		builder = NULL;
	}
	if (builder != NULL)
		libgit.packbuilder_free(builder);
	free(naming.items);
	buf_release(&naming.path);
	return rc;
}
