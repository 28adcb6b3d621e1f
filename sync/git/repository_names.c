/* repository_names.c - which versions of what the objects of a new pack are.
 * Knows commits and trees as bytes; no ref, and nothing of what files hold.
 *
 * Commits follow each other in lines: one goes on with its first parent's,
 * unless that was gone on with before. A file or folder is a version of its
 * path in the line of the commit that brought it: lines are read from their
 * beginning, each tree beside the one before, so that only what is new is
 * looked at. */
#include <stdlib.h>
#include <string.h>

#include "sync/git/repository_room.h"
#include "sync/git/tree.h"

enum { DEPTH_MAX = 8, NONE = -1 };

/* A commit that is to be packed. */
struct commit_seen {
	struct oid tree;
	int32_t first; /* number of its first parent, if that is packed, too */
};

/* Where a line has come to. */
struct line {
	int32_t tip; /* commit */
	struct oid tree;
};

struct naming {
	struct repository *from;
	struct repository_named *items; /* by oid */
	int32_t n;
	int32_t *commits; /* of each item, its number in `seen`, or NONE */
	struct commit_seen *seen;
	int32_t n_seen;
	int32_t *stack; /* commits to come; ~number: its parents have */
	size_t n_stack;
	size_t cap_stack;
	struct line *lines;
	uint32_t n_lines;
	uint32_t age;
};

static int by_oid(const void *a, const void *b)
{
	return memcmp(&((const struct repository_named *)a)->oid,
		      &((const struct repository_named *)b)->oid, OID_SIZE);
}

/* Versions of one path after each other, after those of paths that differ in
 * digits alone. */
static int by_name(const void *a, const void *b)
{
	const struct repository_named *x = a;
	const struct repository_named *y = b;
	const uint32_t left[] = {x->kind, x->alike, x->path, x->age};
	const uint32_t right[] = {y->kind, y->alike, y->path, y->age};

	for (size_t i = 0; i < 4; i++)
		if (left[i] != right[i])
			return left[i] < right[i] ? -1 : 1;
	return by_oid(a, b);
}

static struct repository_named *find(const struct naming *naming,
				     const struct oid *oid)
{
	const struct repository_named wanted = {.oid = *oid};

	return bsearch(&wanted, naming->items, (size_t)naming->n,
		       sizeof(*naming->items), by_oid);
}

/* --- trees ------------------------------------------------------------------- */

/* FNV-1a. */
static uint32_t hash_on(uint32_t hash, const char *text, size_t len,
			bool digits)
{
	for (size_t i = 0; i < len; i++)
		if (digits || text[i] < '0' || text[i] > '9')
			hash = (hash ^ (unsigned char)text[i]) * 16777619U;
	return (hash ^ '/') * 16777619U;
}

static int name_tree(struct naming *naming, struct repository_named *tree,
		     const struct oid *before, size_t depth, struct err *err);

static int name_entry(struct naming *naming,
		      const struct repository_named *tree,
		      const struct tree_entry *entry, const struct oid *before,
		      size_t depth, struct err *err)
{
	struct repository_named *named = find(naming, &entry->oid);

	if (named == NULL || named->named)
		return 0;
	named->named = true;
	named->alike =
		hash_on(tree->alike, entry->name, entry->name_len, false);
	named->path = hash_on(tree->path, entry->name, entry->name_len, true);
	named->line = tree->line;
	named->age = naming->age++;
	return entry->is_tree && depth < DEPTH_MAX
		       ? name_tree(naming, named, before, depth + 1, err)
		       : 0;
}

/* Names what a tree holds that the one before did not. */
static int name_tree(struct naming *naming, struct repository_named *tree,
		     const struct oid *before, size_t depth, struct err *err)
{
	static const struct oid none;
	struct buf raw = BUF_INIT;
	struct buf beside = BUF_INIT;
	struct tree_cursor cursors[2];
	struct tree_entry entry;
	struct tree_entry old;
	struct err ignored;
	bool more;
	int rc = repository_glance(&raw, naming->from, &tree->oid, OBJECT_TREE,
				   err);

	if (!oid_is_zero(before) &&
	    repository_glance(&beside, naming->from, before, OBJECT_TREE,
			      &ignored) < 0)
		buf_clear(&beside);
	tree_cursor_init(&cursors[0], &raw);
	tree_cursor_init(&cursors[1], &beside);
	tree_skip_same(&cursors[0], &cursors[1]);
	more = tree_next(&old, &cursors[1], &ignored) > 0;
	while (rc == 0 && (rc = tree_next(&entry, &cursors[0], err)) > 0) {
		bool there = tree_seek(&old, &more, &cursors[1], &entry);

		rc = there && oid_equal(&old.oid, &entry.oid)
			     ? 0
			     : name_entry(naming, tree, &entry,
					  there ? &old.oid : &none, depth, err);
		if (there)
			tree_skip_same(&cursors[0], &cursors[1]);
	}
	buf_release(&beside);
	buf_release(&raw);
	return rc;
}

/* --- commits ----------------------------------------------------------------- */

static int push(struct naming *naming, int32_t number, struct err *err)
{
	if (naming->n_stack == naming->cap_stack) {
		size_t cap = naming->cap_stack > 0 ? 2 * naming->cap_stack
						   : 256;
		int32_t *stack = realloc(naming->stack, cap * sizeof(*stack));

		if (stack == NULL)
			return err_nomem(err);
		naming->stack = stack;
		naming->cap_stack = cap;
	}
	naming->stack[naming->n_stack++] = number;
	return 0;
}

/* Reads one, and puts its parents before it: the first one's history comes
 * first. `tree <oid>`, then a line `parent <oid>` for each. */
static int visit(struct naming *naming, int32_t number, struct err *err)
{
	enum { TREE = 46, PARENT = 48 };
	struct commit_seen *seen = &naming->seen[naming->n_seen];
	struct buf raw = BUF_INIT;
	size_t end = TREE;
	int rc = repository_glance(&raw, naming->from,
				   &naming->items[number].oid, OBJECT_COMMIT,
				   err);

	*seen = (struct commit_seen){.first = NONE};
	naming->commits[number] = naming->n_seen++;
	if (rc == 0)
		rc = push(naming, ~number, err);
	if (rc < 0 || raw.len < TREE ||
	    !oid_parse(&seen->tree, raw.data + 5, raw.len - 5)) {
		buf_release(&raw);
		return rc;
	}
	while (raw.len - end > PARENT &&
	       memcmp(raw.data + end, "parent ", 7) == 0)
		end += PARENT;
	for (; rc == 0 && end > TREE; end -= PARENT) {
		const char *hex = raw.data + end - PARENT + 7;
		struct repository_named *parent = NULL;
		struct oid oid;

		if (oid_parse(&oid, hex, OID_TEXT))
			parent = find(naming, &oid);
		if (parent == NULL)
			continue;
		if (end == TREE + PARENT)
			seen->first = (int32_t)(parent - naming->items);
		rc = push(naming, (int32_t)(parent - naming->items), err);
	}
	buf_release(&raw);
	return rc;
}

/* Its parents are named: the commit, and what it brings. */
static int name_commit(struct naming *naming, int32_t number, struct err *err)
{
	struct repository_named *named = &naming->items[number];
	const struct commit_seen *seen = &naming->seen[naming->commits[number]];
	uint32_t at = seen->first != NONE ? naming->items[seen->first].line
					  : naming->n_lines;
	struct repository_named *tree = find(naming, &seen->tree);
	struct line *line;
	int rc = 0;

	if (at == naming->n_lines || naming->lines[at].tip != seen->first)
		at = naming->n_lines++;
	line = &naming->lines[at];
	named->named = true;
	named->line = at;
	named->age = naming->age++;
	if (tree != NULL && !tree->named) {
		tree->named = true;
		tree->line = at;
		tree->age = naming->age++;
		rc = name_tree(naming, tree, &line->tree, 0, err);
	}
	*line = (struct line){.tip = number, .tree = seen->tree};
	return rc;
}

static int name_from(struct naming *naming, int32_t number, struct err *err)
{
	int rc = push(naming, number, err);

	while (rc == 0 && naming->n_stack > 0) {
		int32_t next = naming->stack[--naming->n_stack];

		if (next < 0)
			rc = name_commit(naming, ~next, err);
		else if (naming->items[next].kind == OBJECT_COMMIT &&
			 naming->commits[next] == NONE)
			rc = visit(naming, next, err);
	}
	return rc;
}

/* Sorted by name, and what kind each is. */
static int list(struct naming *naming, const struct oid_list *oids,
		struct err *err)
{
	int32_t commits = 0;

	for (size_t i = 0; i < oids->n; i++) {
		struct repository_named *item = &naming->items[i];
		enum object_kind kind = OBJECT_BLOB;
		size_t size;
		int rc = repository_head(&kind, &size, naming->from,
					 &oids->items[i], err);

		if (rc < 0)
			return rc;
		item->oid = oids->items[i];
		item->kind = (uint8_t)kind;
		naming->commits[i] = NONE;
		commits += kind == OBJECT_COMMIT;
	}
	qsort(naming->items, oids->n, sizeof(*naming->items), by_oid);
	naming->n = (int32_t)oids->n;
	naming->seen = calloc((size_t)commits + 1, sizeof(*naming->seen));
	naming->lines = calloc((size_t)commits + 1, sizeof(*naming->lines));
	return naming->seen == NULL || naming->lines == NULL ? err_nomem(err)
							     : 0;
}

static int name_all(struct naming *naming, const struct oid_list *oids,
		    struct err *err)
{
	int rc = list(naming, oids, err);

	for (int32_t i = 0; rc == 0 && i < naming->n; i++)
		if (naming->items[i].kind == OBJECT_COMMIT &&
		    naming->commits[i] == NONE)
			rc = name_from(naming, i, err);
	return rc;
}

int repository_name_objects(struct repository_named **out,
			    struct repository *from,
			    const struct oid_list *oids, struct err *err)
{
	struct naming naming = {.from = from};
	int rc = oids->n < INT32_MAX
			 ? 0
			 : err_set(err, ERR_FAIL, "too many for a pack");

	if (rc == 0) {
		naming.items = calloc(oids->n + 1, sizeof(*naming.items));
		naming.commits = calloc(oids->n + 1, sizeof(*naming.commits));
		if (naming.items == NULL || naming.commits == NULL)
			rc = err_nomem(err);
	}
	if (rc == 0)
		rc = name_all(&naming, oids, err);
	/* A tree of somebody else's that is not as ours are ends the naming,
	 * not the pack. */
	if (rc == 0 || rc == ERR_CORRUPT) {
		qsort(naming.items, oids->n, sizeof(*naming.items), by_name);
		*out = naming.items; /* the caller's now: free */
		naming.items = NULL;
		rc = 0;
	}
	free(naming.items);
	free(naming.commits);
	free(naming.seen);
	free(naming.stack);
	free(naming.lines);
	return rc;
}
