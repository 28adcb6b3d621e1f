/* verify_trees.c - trees read whole, and one tree beside another.
 * Knows paths and bytes; never what a file means. Trees come from outside:
 * folders nest no deeper than in a haul, and one that stands in many places
 * is read once. */
#include <stdio.h>

#include "sync/git/haul.h"
#include "sync/git/tree.h"
#include "sync/proof/verify.h"

enum { COMPARED_MAX = 1 << 16 /* folders that are not alike */ };

static int read_tree(struct buf *raw, struct repository *repository,
		     const struct oid *oid, size_t depth, struct err *err)
{
	if (oid_is_zero(oid))
		return 0;
	if (depth > HAUL_DEPTH_MAX)
		return err_set(err, ERR_CORRUPT, "folders nest too deep");
	return repository_read(raw, repository, oid, OBJECT_TREE, err);
}

/* --- every object -------------------------------------------------------- */

struct reading {
	struct repository *repository;
	struct oid_set seen;
};

static int read_level(struct reading *reading, const struct oid *tree,
		      const struct oid *base, size_t depth, struct err *err);

/* `old`: what stands under its name in the base, or NULL. */
static int read_entry(struct reading *reading, const struct tree_entry *entry,
		      const struct tree_entry *old, size_t depth,
		      struct err *err)
{
	static const struct oid none;
	struct buf bytes = BUF_INIT;
	int rc;

	if (old != NULL && oid_equal(&old->oid, &entry->oid))
		return 0;
	rc = oid_set_add(&reading->seen, &entry->oid);
	if (rc <= 0)
		return rc < 0 ? err_nomem(err) : 0;
	if (entry->is_tree)
		rc = read_level(reading, &entry->oid,
				old != NULL && old->is_tree ? &old->oid : &none,
				depth + 1, err);
	else
		rc = repository_read(&bytes, reading->repository, &entry->oid,
				     OBJECT_BLOB, err);
	buf_release(&bytes);
	return rc < 0 ? err_wrap(err, "%.*s", (int)entry->name_len, entry->name)
		      : 0;
}

/* A base beside a tree, both in order, so each is passed over once. What
 * cannot be read of a base was told where it was no base. */
struct beside {
	struct tree_cursor cursor;
	struct tree_entry entry;
	bool more;
};

static void beside_next(struct beside *beside)
{
	struct err ignored;

	beside->more = tree_next(&beside->entry, &beside->cursor, &ignored) > 0;
}

static const struct tree_entry *beside_find(struct beside *beside,
					    const struct tree_entry *entry)
{
	while (beside->more && tree_compare(&beside->entry, entry) < 0)
		beside_next(beside);
	return beside->more && tree_compare(&beside->entry, entry) == 0
		       ? &beside->entry
		       : NULL;
}

static int read_level(struct reading *reading, const struct oid *tree,
		      const struct oid *base, size_t depth, struct err *err)
{
	struct buf raw = BUF_INIT;
	struct buf old = BUF_INIT;
	struct tree_cursor cursor;
	struct tree_entry entry;
	struct beside beside;
	int rc = read_tree(&raw, reading->repository, tree, depth, err);

	if (rc == 0)
		rc = read_tree(&old, reading->repository, base, depth, err);
	tree_cursor_init(&beside.cursor, &old);
	beside_next(&beside);
	tree_cursor_init(&cursor, &raw);
	while (rc == 0 && (rc = tree_next(&entry, &cursor, err)) > 0)
		rc = read_entry(reading, &entry, beside_find(&beside, &entry),
				depth, err);
	buf_release(&old);
	buf_release(&raw);
	return rc;
}

int proof_objects(struct repository *repository, const struct oid *tree,
		  const struct oid *base, struct err *err)
{
	struct reading reading = {.repository = repository};
	int rc = read_level(&reading, tree, base, 0, err);

	oid_set_release(&reading.seen);
	return rc;
}

/* --- one tree beside another --------------------------------------------- */

struct compare {
	struct proof *proof;
	char main_hex[OID_TEXT];
	size_t trees;
};

static int compare_trees(struct compare *compare, const struct oid *is,
			 const struct oid *should, const char *path,
			 size_t depth, struct err *err);

static int compare_entry(struct compare *compare, const struct tree_entry *is,
			 const struct tree_entry *should, const char *path,
			 size_t depth, struct err *err)
{
	static const struct oid none;
	const struct tree_entry *any = is != NULL ? is : should;
	char name[1024];

	if (is != NULL && should != NULL && oid_equal(&is->oid, &should->oid))
		return 0;
	snprintf(name, sizeof(name), "%s%s%.*s", path, *path ? "/" : "",
		 (int)any->name_len, any->name);
	if (any->is_tree)
		return compare_trees(compare, is != NULL ? &is->oid : &none,
				     should != NULL ? &should->oid : &none,
				     name, depth + 1, err);
	return proof_finding(compare->proof, err, "main %.12s: %s %s",
			     compare->main_hex, name,
			     is == NULL	      ? "is missing"
			     : should == NULL ? "should not be there"
					      : "does not follow from the "
						"signed changes");
}

/* As two sorted lists. */
static int compare_levels(struct compare *compare, const struct buf raw[2],
			  const char *path, size_t depth, struct err *err)
{
	struct tree_cursor cursor[2];
	struct tree_entry entry[2];
	int more[2];

	for (int i = 0; i < 2; i++) {
		tree_cursor_init(&cursor[i], &raw[i]);
		more[i] = tree_next(&entry[i], &cursor[i], err);
		if (more[i] < 0)
			return more[i];
	}
	while (more[0] > 0 || more[1] > 0) {
		int order = more[0] == 0   ? 1
			    : more[1] == 0 ? -1
					   : tree_compare(&entry[0], &entry[1]);
		int rc = compare_entry(compare, order <= 0 ? &entry[0] : NULL,
				       order >= 0 ? &entry[1] : NULL, path,
				       depth, err);

		if (rc == 0 && order <= 0)
			rc = more[0] = tree_next(&entry[0], &cursor[0], err);
		if (rc >= 0 && order >= 0)
			rc = more[1] = tree_next(&entry[1], &cursor[1], err);
		if (rc < 0)
			return rc;
	}
	return 0;
}

static int compare_trees(struct compare *compare, const struct oid *is,
			 const struct oid *should, const char *path,
			 size_t depth, struct err *err)
{
	struct repository *repository = compare->proof->repository;
	struct buf raw[2] = {BUF_INIT, BUF_INIT};
	int rc = 0;

	if (++compare->trees > COMPARED_MAX)
		rc = err_set(err, ERR_CORRUPT,
			     "more than %d folders are not what they should "
			     "be",
			     COMPARED_MAX);
	if (rc == 0)
		rc = read_tree(&raw[0], repository, is, depth, err);
	if (rc == 0)
		rc = read_tree(&raw[1], repository, should, depth, err);
	if (rc == 0)
		rc = compare_levels(compare, raw, path, depth, err);
	buf_release(&raw[0]);
	buf_release(&raw[1]);
	return rc;
}

int proof_compare(struct proof *proof, const struct commit *commit,
		  const struct oid *should, struct err *err)
{
	struct compare compare = {.proof = proof};

	oid_format(compare.main_hex, &commit->id);
	return compare_trees(&compare, &commit->tree, should, "", 0, err);
}
