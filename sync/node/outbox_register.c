/* outbox_register.c - the register files of an outbox commit beside its
 * node's changes: git blame must show nobody a line that was not written.
 * Knows trees and files; what a file may say is register_follow.c's. */
#include <stdlib.h>
#include <string.h>

#include "sync/git/tree.h"
#include "sync/identity/keys.h"
#include "sync/node/outbox.h"
#include "sync/register/register.h"
#include "sync/register/register_follow.h"

/* Programs of this version and later write the document of the schema. */
enum { WITH_SCHEMA = 2 };

/* The cases a batch writes to, and the schema. */
static int add_cases(struct keys *out, const struct schema *schema,
		     const struct batch *batch, struct err *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < batch->n_changes; i++) {
		const struct change *change = &batch->changes[i];
		const struct entity *entity =
			schema_entity(schema, change->entity);
		const char *key;
		size_t len;

		if (entity == NULL)
			continue;
		if (entity_case(entity, change->row, change->row_len, &key,
				&len))
			rc = keys_add(out, key, len, err);
		else if (batch->schema >= WITH_SCHEMA &&
			 register_has_schema(schema, entity))
			rc = keys_add(out, REGISTER_SCHEMA,
				      strlen(REGISTER_SCHEMA), err);
	}
	return rc;
}

/* The folder of a commit's tree that was looked into last, open where that
 * was: cases of one session, asked for in order, cost one pass over it. */
struct shelf {
	struct repository *repository;
	const struct oid *tree;
	struct buf folder; /* its path */
	struct buf raw;
	struct tree_cursor cursor;
	struct tree_entry at;
	bool more;
};

static int shelf_next(struct shelf *shelf, struct err *err)
{
	int rc = tree_next(&shelf->at, &shelf->cursor, err);

	shelf->more = rc > 0;
	return rc < 0 ? rc : 0;
}

static int shelf_begin(struct shelf *shelf, struct err *err)
{
	tree_cursor_init(&shelf->cursor, &shelf->raw);
	return shelf_next(shelf, err);
}

/* An absent folder is an empty one. */
static int shelf_open(struct shelf *shelf, const char *path, size_t len,
		      struct err *err)
{
	struct oid oid;
	int rc;

	buf_clear(&shelf->folder);
	buf_clear(&shelf->raw);
	buf_add(&shelf->folder, path, len);
	rc = buf_check(&shelf->folder, err);
	if (rc == 0)
		rc = repository_find(&oid, shelf->repository, shelf->tree,
				     buf_text(&shelf->folder), err);
	if (rc == 0)
		rc = repository_read(&shelf->raw, shelf->repository, &oid,
				     OBJECT_TREE, err);
	else if (rc == ERR_MISSING)
		rc = 0;
	return rc < 0 ? rc : shelf_begin(shelf, err);
}

/* The file at a path; zero where there is none. */
static int shelf_find(struct oid *oid, struct shelf *shelf, const char *path,
		      struct err *err)
{
	const char *slash = strrchr(path, '/');
	size_t len = slash != NULL ? (size_t)(slash - path) : 0;
	struct tree_entry file = {.name = slash != NULL ? slash + 1 : path};
	int rc = 0;

	file.name_len = strlen(file.name);
	*oid = (struct oid){{0}};
	if (shelf->folder.len != len ||
	    memcmp(buf_text(&shelf->folder), path, len) != 0 ||
	    shelf->cursor.at == NULL)
		rc = shelf_open(shelf, path, len, err);
	else if (!shelf->more || tree_compare(&shelf->at, &file) > 0)
		rc = shelf_begin(shelf, err);
	while (rc == 0 && shelf->more && tree_compare(&shelf->at, &file) < 0)
		rc = shelf_next(shelf, err);
	if (rc == 0 && shelf->more && tree_compare(&shelf->at, &file) == 0)
		*oid = shelf->at.oid;
	return rc;
}

static int check_file(struct oid *oid, struct buf *path, struct shelf *shelf,
		      struct replica *replica, const struct outbox_entry *entry,
		      const char *key, struct err *err)
{
	const struct change_id upto = {entry->batch->origin,
				       outbox_last(entry)};
	struct buf text = BUF_INIT;
	size_t line = 0;
	bool follows = false;
	int rc = register_path(path, key, err);

	if (rc == 0)
		rc = shelf_find(oid, shelf, buf_text(path), err);
	if (rc == 0 && !oid_is_zero(oid))
		rc = repository_read(&text, shelf->repository, oid, OBJECT_BLOB,
				     err);
	if (rc == 0)
		rc = register_follow(&follows, &line, replica, key, upto, &text,
				     err);
	if (rc == 0 && !follows)
		rc = err_set(err, ERR_CORRUPT,
			     "%s: line %zu does not follow from this node's "
			     "own changes",
			     buf_text(path), line);
	buf_release(&text);
	return rc;
}

/* The tree is that of the commit before with these files, and no others,
 * changed. */
static int check_tree(struct repository *repository,
		      const struct outbox_entry *entry, struct tree_edit *edits,
		      size_t n, struct err *err)
{
	struct commit before = {.n_parents = 0};
	struct oid should;
	int rc = 0;

	if (entry->commit.n_parents > 0)
		rc = commit_read(&before, repository, &entry->commit.parents[0],
				 err);
	if (rc == 0)
		rc = repository_edit_tree(&should, repository, &before.tree,
					  edits, n, err);
	if (rc == 0 && !oid_equal(&should, &entry->commit.tree))
		rc = err_set(err, ERR_CORRUPT,
			     "its tree holds other files than its batch and "
			     "the register of what it changes");
	commit_release(&before);
	return rc;
}

bool outbox_comparable(struct replica *replica,
		       const struct outbox_entry *entry)
{
	size_t len;
	const char *layout = commit_trailer(&len, &entry->commit, "Layout");

	return entry->batch->schema <= replica_schema(replica)->version &&
	       (layout == NULL || strtoul(layout, NULL, 10) <= REGISTER_LAYOUT);
}

int outbox_check_register(struct repository *repository,
			  struct replica *replica,
			  const struct outbox_entry *entry, struct err *err)
{
	const struct schema *schema = replica_schema(replica);
	struct shelf shelf = {.repository = repository,
			      .tree = &entry->commit.tree};
	struct keys cases = {NULL, 0, 0};
	struct tree_edit *edits = NULL;
	struct buf *paths = NULL;
	int rc = 0;

	if (!outbox_comparable(replica, entry))
		return 0;
	rc = add_cases(&cases, schema, entry->batch, err);
	edits = calloc(cases.n + 1, sizeof(*edits));
	paths = calloc(cases.n + 1, sizeof(*paths));
	if (rc == 0 && (edits == NULL || paths == NULL))
		rc = err_nomem(err);
	for (size_t i = 0; rc == 0 && i < cases.n; i++) {
		rc = check_file(&edits[i].oid, &paths[i], &shelf, replica,
				entry, cases.items[i], err);
		edits[i].path = buf_text(&paths[i]);
	}
	if (rc == 0) {
		edits[cases.n] =
			(struct tree_edit){OUTBOX_CHANGES, entry->blob};
		rc = check_tree(repository, entry, edits, cases.n + 1, err);
	}
	for (size_t i = 0; paths != NULL && i < cases.n; i++)
		buf_release(&paths[i]);
	buf_release(&shelf.folder);
	buf_release(&shelf.raw);
	free(paths);
	free(edits);
	keys_release(&cases);
	return rc;
}
