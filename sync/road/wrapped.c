/* wrapped.c - the last stretch of an inbox, in one commit without parents. */
#include "sync/road/wrapped.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sync/git/refs.h"
#include "sync/git/tree.h"

/* Names of a wrapped commit's parts. */
static const char COMMIT[] = "commit";
static const char TREE[] = "tree";

/* --- wrapping ------------------------------------------------------------ */

static int write_tree(struct oid *out, struct repository *repository,
		      const struct tree_entry *entries, size_t n,
		      struct err *err)
{
	struct buf bytes = BUF_INIT;
	int rc = tree_write(&bytes, NULL, entries, n, err);

	if (rc == 0)
		rc = repository_write(out, repository, OBJECT_TREE,
				      buf_text(&bytes), bytes.len, err);
	buf_release(&bytes);
	return rc;
}

static int too_much(struct err *err)
{
	return err_set(err, ERR_INPUT,
		       "too many deliveries since the beginning for such a "
		       "file; write a whole one (bundle create --full)");
}

/* *all: bytes of commits so far. */
static int wrap_one(struct oid *out, size_t *all, struct repository *repository,
		    const struct oid *oid, struct err *err)
{
	struct tree_entry parts[] = {
		{.name = COMMIT, .name_len = strlen(COMMIT)},
		{.name = TREE, .name_len = strlen(TREE), .is_tree = true},
	};
	struct buf bytes = BUF_INIT;
	struct commit commit;
	int rc = commit_read(&commit, repository, oid, err);

	if (rc < 0)
		return rc;
	parts[1].oid = commit.tree;
	rc = repository_read(&bytes, repository, oid, OBJECT_COMMIT, err);
	*all += bytes.len;
	if (rc == 0 && *all > WRAPPED_BYTES_MAX)
		rc = too_much(err);
	if (rc == 0)
		rc = repository_write(&parts[0].oid, repository, OBJECT_BLOB,
				      buf_text(&bytes), bytes.len, err);
	if (rc == 0)
		rc = write_tree(out, repository, parts, 2, err);
	buf_release(&bytes);
	commit_release(&commit);
	return rc;
}

int wrapped_make(struct oid *out, struct repository *repository,
		 const struct oid_list *chain, struct commit_draft *draft,
		 const struct key *key, struct err *err)
{
	struct tree_entry *entries = calloc(chain->n + 1, sizeof(*entries));
	char(*names)[8] = calloc(chain->n + 1, sizeof(*names));
	size_t all = 0;
	int rc = 0;

	if (entries == NULL || names == NULL)
		rc = err_nomem(err);
	else if (chain->n > WRAPPED_MAX)
		rc = too_much(err);
	for (size_t i = 0; rc == 0 && i < chain->n; i++) {
		snprintf(names[i], sizeof(names[i]), "%06u", (unsigned)i + 1);
		entries[i] = (struct tree_entry){
			.name = names[i], .name_len = 6, .is_tree = true};
		rc = wrap_one(&entries[i].oid, &all, repository,
			      &chain->items[i], err);
	}
	if (rc == 0)
		rc = write_tree(&draft->tree, repository, entries, chain->n,
				err);
	if (rc == 0)
		rc = commit_write(out, repository, draft, key, err);
	free(names);
	free(entries);
	return rc;
}

/* --- unwrapping ---------------------------------------------------------- */

/* One wrapped commit. */
struct link {
	struct oid id;
	struct oid parent; /* zero: none */
	struct buf bytes;
};

struct wrapped {
	struct hub hub;
	char *path_of_inbox; /* names of the two refs it has */
	char *path_of_checkpoint;
	struct oid begin; /* zero: none is named */
	struct link *links;
	size_t n;
	size_t bytes; /* of all of them */
};

static struct wrapped *wrapped_of(struct hub *hub)
{
	return (struct wrapped *)hub;
}

static int no_link(struct err *err)
{
	return err_set(err, ERR_INPUT,
		       "the file is not a beginning as the office makes it");
}

/* The object's name is its hash; somebody else may have chosen its bytes. */
static int read_commit(struct link *link, const struct oid *tree,
		       struct err *err)
{
	struct commit commit;
	int rc = object_name(&link->id, OBJECT_COMMIT, buf_text(&link->bytes),
			     link->bytes.len, OBJECT_FROM_OTHERS, err);

	if (rc == 0 && !commit_parse(&commit, &link->bytes))
		rc = no_link(err);
	if (rc < 0)
		return rc;
	if (!oid_equal(&commit.tree, tree))
		rc = no_link(err);
	if (commit.parents != NULL)
		link->parent = commit.parents[0];
	commit_release(&commit);
	return rc;
}

static int read_link(struct link *link, struct repository *into,
		     const struct oid *folder, struct err *err)
{
	struct buf raw = BUF_INIT;
	struct tree_entry commit;
	struct tree_entry tree;
	int rc = repository_read(&raw, into, folder, OBJECT_TREE, err);

	if (rc == 0)
		rc = tree_find(&commit, &raw, COMMIT, strlen(COMMIT), err);
	if (rc == 0)
		rc = tree_find(&tree, &raw, TREE, strlen(TREE), err);
	if (rc == 0 && (commit.is_tree || !tree.is_tree))
		rc = no_link(err);
	if (rc == 0)
		rc = repository_read(&link->bytes, into, &commit.oid,
				     OBJECT_BLOB, err);
	if (rc == 0 && link->bytes.len > OBJECT_COMMIT_MAX)
		rc = no_link(err);
	if (rc == 0)
		rc = read_commit(link, &tree.oid, err);
	buf_release(&raw);
	return rc;
}

static int add_link(struct wrapped *wrapped, struct repository *into,
		    const struct tree_entry *entry, struct err *err)
{
	struct link *links = wrapped->links;
	size_t n = wrapped->n;

	if (!entry->is_tree || n >= WRAPPED_MAX)
		return no_link(err);
	if ((n & (n - 1)) == 0) { /* full at each power of two */
		links = realloc(links, (n == 0 ? 1 : 2 * n) * sizeof(*links));
		if (links == NULL)
			return err_nomem(err);
		wrapped->links = links;
	}
	links[n] = (struct link){.bytes = BUF_INIT};
	wrapped->n++;
	if (read_link(&links[n], into, &entry->oid, err) < 0)
		return err->code;
	wrapped->bytes += links[n].bytes.len;
	if (wrapped->bytes > WRAPPED_BYTES_MAX)
		return no_link(err);
	return n == 0 || oid_equal(&links[n].parent, &links[n - 1].id)
		       ? 0
		       : no_link(err);
}

static int read_links(struct wrapped *wrapped, struct repository *into,
		      const struct oid *oid, struct err *err)
{
	struct buf raw = BUF_INIT;
	struct tree_cursor cursor;
	struct tree_entry entry;
	struct commit commit;
	int rc = commit_read(&commit, into, oid, err);

	if (rc < 0)
		return rc;
	if (!commit_trailer_oid(&wrapped->begin, &commit, "Begin"))
		wrapped->begin = (struct oid){{0}};
	rc = repository_read(&raw, into, &commit.tree, OBJECT_TREE, err);
	tree_cursor_init(&cursor, &raw);
	while (rc == 0 && (rc = tree_next(&entry, &cursor, err)) > 0)
		rc = add_link(wrapped, into, &entry, err);
	if (rc == 0 && wrapped->n == 0)
		rc = no_link(err);
	buf_release(&raw);
	commit_release(&commit);
	return rc;
}

/* --- as a hub ------------------------------------------------------------ */

static int wrapped_ref(struct oid *out, struct hub *hub, const char *name,
		       struct err *err)
{
	const struct wrapped *wrapped = wrapped_of(hub);

	if (strcmp(name, wrapped->path_of_inbox) == 0)
		*out = wrapped->links[wrapped->n - 1].id;
	else if (strcmp(name, wrapped->path_of_checkpoint) == 0 &&
		 !oid_is_zero(&wrapped->begin))
		*out = wrapped->begin;
	else
		return err_set(err, ERR_MISSING, "the file holds no %s", name);
	return 0;
}

static int wrapped_refs(struct ref_list *out, struct hub *hub,
			const char *prefix, struct err *err)
{
	(void)out;
	(void)hub;
	(void)prefix;
	return err_set(err, ERR_INPUT, "a file for one unit is not listed");
}

/* How many links a reader lacks who wants the one at `tip`: they are
 * links[*from] to links[tip]. */
static int find_from(size_t *from, const struct wrapped *wrapped, size_t tip,
		     struct repository *into, struct err *err)
{
	for (size_t i = tip + 1; i-- > 0;) {
		const struct link *link = &wrapped->links[i];

		*from = i;
		if (oid_is_zero(&link->parent) ||
		    repository_has(into, &link->parent) ||
		    repository_begins(into, &link->id))
			return 0;
	}
	return err_set(err, ERR_INPUT,
		       "the file begins after what this computer has: ask "
		       "for a whole one (bundle create --full)");
}

static int unwrap(struct wrapped *wrapped, struct repository *into,
		  const struct oid *tip, struct err *err)
{
	size_t at = 0;
	size_t from = 0;
	int rc;

	if (repository_has(into, tip))
		return 0;
	while (at < wrapped->n && !oid_equal(&wrapped->links[at].id, tip))
		at++;
	/* What came before is not in it. */
	rc = at < wrapped->n
		     ? find_from(&from, wrapped, at, into, err)
		     : err_set(err, ERR_INPUT,
			       "the file begins after what this computer "
			       "has: ask for a whole one (bundle create "
			       "--full)");
	for (size_t i = from; rc == 0 && i <= at; i++) {
		const struct buf *bytes = &wrapped->links[i].bytes;
		struct oid id;

		rc = repository_write(&id, into, OBJECT_COMMIT, buf_text(bytes),
				      bytes->len, err);
	}
	return rc < 0 ? rc : repository_flush(into, err);
}

static int wrapped_fetch(struct hub *hub, struct repository *into,
			 const struct oid *tips, size_t n, struct err *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < n; i++)
		rc = unwrap(wrapped_of(hub), into, &tips[i], err);
	return rc < 0 ? err_wrap(err, "bundle") : 0;
}

static int wrapped_push(struct hub *hub, struct repository *from,
			struct hub_push *push, struct err *err)
{
	(void)hub;
	(void)from;
	(void)push;
	return err_set(err, ERR_INPUT, "a file cannot be written to");
}

static int wrapped_reader(struct repository **out, struct hub *hub,
			  struct err *err)
{
	(void)out;
	(void)hub;
	return err_set(err, ERR_INPUT, "a file is no repository");
}

static void wrapped_close(struct hub *hub)
{
	struct wrapped *wrapped = wrapped_of(hub);

	for (size_t i = 0; i < wrapped->n; i++)
		buf_release(&wrapped->links[i].bytes);
	free(wrapped->links);
	free(wrapped->path_of_inbox);
	free(wrapped->path_of_checkpoint);
	free(wrapped);
}

static const struct hub_road road = {
	.ref = wrapped_ref,
	.refs = wrapped_refs,
	.fetch = wrapped_fetch,
	.push = wrapped_push,
	.reader = wrapped_reader,
	.close = wrapped_close,
};

static int name_refs(struct wrapped *wrapped, const char *site, struct err *err)
{
	struct buf inbox = BUF_INIT;
	struct buf checkpoint = BUF_INIT;
	int rc;

	refs_inbox(&inbox, site);
	refs_checkpoint(&checkpoint, site);
	rc = buf_check(&inbox, err);
	if (rc == 0)
		rc = buf_check(&checkpoint, err);
	wrapped->path_of_inbox = buf_take(&inbox);
	wrapped->path_of_checkpoint = buf_take(&checkpoint);
	return rc;
}

int wrapped_open(struct hub **out, struct hub *file, struct repository *into,
		 const char *site, struct err *err)
{
	struct wrapped *wrapped = NULL;
	struct buf name = BUF_INIT;
	struct oid oid;
	int rc;

	*out = NULL;
	buf_addf(&name, REF_WRAPPED "%s", site);
	rc = hub_ref(&oid, file, buf_text(&name), err);
	buf_release(&name);
	if (rc < 0)
		return rc == ERR_MISSING ? 0 : rc;
	wrapped = calloc(1, sizeof(*wrapped));
	if (wrapped == NULL)
		return err_nomem(err);
	wrapped->hub.road = &road;
	rc = name_refs(wrapped, site, err);
	if (rc == 0)
		rc = hub_fetch(file, into, &oid, 1, err);
	if (rc == 0)
		rc = read_links(wrapped, into, &oid, err);
	if (rc == ERR_CORRUPT || rc == ERR_MISSING)
		rc = err->code = ERR_INPUT;
	if (rc < 0) {
		wrapped_close(&wrapped->hub);
		return rc;
	}
	*out = &wrapped->hub;
	return 0;
}
