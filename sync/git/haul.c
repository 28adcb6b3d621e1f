/* haul.c - what one repository has, for given tips, and another lacks. */
#include "sync/git/haul.h"

#include "sync/git/commit.h"
#include "sync/git/pack_scan.h"
#include "sync/git/repository_room.h"
#include "sync/git/tree.h"

struct walk {
	struct haul *haul;
	struct repository *from;
	struct repository *to;
	struct oid_list commits; /* to visit, a stack */
	uint64_t bytes;		 /* of trees and blobs so far */
	size_t *lacking;	 /* counted, where only `from` is looked at */
};

/* Where to read what both sides have: ours, which need not be hashed with an
 * eye for what others may have made. */
static struct repository *known(const struct walk *walk)
{
	return walk->to != NULL && walk->from->from == OBJECT_FROM_OTHERS
		       ? walk->to
		       : walk->from;
}

static bool is_doubted(const struct walk *walk)
{
	return walk->to != NULL && repository_is_doubted(walk->to);
}

/* 1 if it is to be looked into, and travels if it is not there; 0 if not. */
static int want(struct walk *walk, const struct oid *oid, struct err *err)
{
	bool there;
	int added;

	if (oid_set_has(&walk->haul->seen, oid))
		return 0;
	there = walk->to != NULL && repository_has(walk->to, oid);
	if (there && !is_doubted(walk))
		return 0;
	added = oid_set_add(&walk->haul->seen, oid);
	if (added < 0 || (!there && !oid_list_add(&walk->haul->oids, oid)))
		return err_nomem(err);
	if (walk->lacking == NULL || repository_has(walk->from, oid))
		return 1;
	++*walk->lacking;
	return 0;
}

/* Not more than a pack from elsewhere may hold (pack_scan.h). */
static int count(struct walk *walk, size_t bytes, struct err *err)
{
	walk->bytes += bytes;
	return walk->bytes <= PACK_INFLATED_MAX
		       ? 0
		       : err_set(err, ERR_CORRUPT,
				 "it holds more than %llu bytes",
				 (unsigned long long)PACK_INFLATED_MAX);
}

static int want_blob(struct walk *walk, const struct oid *oid, struct err *err)
{
	enum object_kind kind = OBJECT_BLOB;
	char hex[OID_TEXT];
	size_t size;
	int rc = want(walk, oid, err);

	if (rc > 0)
		rc = repository_head(&kind, &size, walk->from, oid, err);
	else
		return rc;
	if (rc == 0 && (kind != OBJECT_BLOB || size > OBJECT_BLOB_MAX)) {
		oid_format(hex, oid);
		rc = err_set(err, ERR_CORRUPT,
			     "object %s is no blob of a lawful size", hex);
	}
	return rc < 0 ? rc : count(walk, size, err);
}

static int walk_tree(struct walk *walk, const struct oid *tree,
		     const struct oid *beside, int depth, struct err *err);

/* The parent's tree is a hint only: what is wrong in it is told where it is
 * walked itself. */
static int walk_entries(struct walk *walk, const struct buf *raw,
			const struct buf *beside, int depth, struct err *err)
{
	static const struct oid none;
	struct tree_cursor cursor;
	struct tree_cursor other;
	struct tree_entry entry;
	struct tree_entry old;
	struct err ignored;
	bool more;
	int rc;

	tree_cursor_init(&cursor, raw);
	tree_cursor_init(&other, beside);
	more = tree_next(&old, &other, &ignored) > 0;
	while ((rc = tree_next(&entry, &cursor, err)) > 0) {
		bool found = tree_seek(&old, &more, &other, &entry);

		if (found && oid_equal(&old.oid, &entry.oid))
			continue;
		rc = entry.is_tree ? walk_tree(walk, &entry.oid,
					       found ? &old.oid : &none,
					       depth + 1, err)
				   : want_blob(walk, &entry.oid, err);
		if (rc < 0)
			return rc;
	}
	return rc;
}

/* `beside`: the parent's tree at the same path, zero if none. */
static int walk_tree(struct walk *walk, const struct oid *tree,
		     const struct oid *beside, int depth, struct err *err)
{
	struct buf raw = BUF_INIT;
	struct buf old = BUF_INIT;
	struct err ignored;
	int rc;

	if (depth > HAUL_DEPTH_MAX)
		return err_set(err, ERR_CORRUPT, "folders nest too deep");
	rc = want(walk, tree, err);
	if (rc <= 0)
		return rc;
	rc = repository_read(&raw, walk->from, tree, OBJECT_TREE, err);
	if (rc == 0)
		rc = count(walk, raw.len, err);
	if (rc == 0 && !oid_is_zero(beside) &&
	    repository_read(&old, known(walk), beside, OBJECT_TREE, &ignored) <
		    0)
		buf_clear(&old);
	if (rc == 0)
		rc = walk_entries(walk, &raw, &old, depth, err);
	buf_release(&old);
	buf_release(&raw);
	return rc;
}

static int walk_commit(struct walk *walk, const struct oid *oid,
		       struct err *err)
{
	struct oid beside = {{0}};
	struct commit commit;
	struct commit parent;
	struct err ignored;
	int rc = commit_read(&commit, walk->from, oid, err);

	if (rc < 0)
		return rc;
	if (walk->to != NULL && repository_begins(walk->to, oid))
		commit.n_parents = 0;
	for (size_t i = 0; rc == 0 && i < commit.n_parents; i++) {
		rc = want(walk, &commit.parents[i], err);
		if (rc > 0 && !oid_list_add(&walk->commits, &commit.parents[i]))
			rc = err_nomem(err);
		rc = rc < 0 ? rc : 0;
	}
	/* Only what the other side has may be passed over by comparison; among
	 * new commits the set of what was seen does that. Where it cannot be
	 * asked, the parent travels too or is there: `from` is our own. */
	if (commit.n_parents > 0 && !is_doubted(walk) &&
	    walk->lacking == NULL &&
	    (walk->to == NULL ||
	     repository_has(walk->to, &commit.parents[0])) &&
	    commit_read(&parent, known(walk), &commit.parents[0], &ignored) ==
		    0) {
		beside = parent.tree;
		commit_release(&parent);
	}
	if (rc == 0)
		rc = walk_tree(walk, &commit.tree, &beside, 0, err);
	commit_release(&commit);
	return rc;
}

static int walk_all(struct walk *walk, const struct oid *tips, size_t n,
		    struct err *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < n; i++) {
		rc = want(walk, &tips[i], err);
		if (rc > 0 && !oid_list_add(&walk->commits, &tips[i]))
			rc = err_nomem(err);
		rc = rc < 0 ? rc : 0;
	}
	while (rc == 0 && walk->commits.n > 0) {
		struct oid next = walk->commits.items[--walk->commits.n];

		rc = walk_commit(walk, &next, err);
	}
	oid_list_release(&walk->commits);
	return rc;
}

int haul_collect(struct haul *haul, struct repository *from,
		 struct repository *to, const struct oid *tips, size_t n,
		 struct err *err)
{
	struct walk walk = {.haul = haul, .from = from, .to = to};

	return walk_all(&walk, tips, n, err);
}

int haul_lacking(size_t *n_lacking, struct repository *repository,
		 const struct oid *tips, size_t n, struct err *err)
{
	struct haul haul = {{NULL, 0, 0}, {NULL, 0, 0}};
	struct walk walk = {
		.haul = &haul, .from = repository, .lacking = n_lacking};
	int rc;

	*n_lacking = 0;
	rc = walk_all(&walk, tips, n, err);
	haul_release(&haul);
	return rc;
}

int haul_deliver(const struct haul *haul, struct repository *from,
		 struct repository *to, struct ref_move *moves, size_t n,
		 struct err *err)
{
	int rc = repository_plan_refs(to, moves, n, err);

	if (rc == 0)
		rc = repository_pack(to, from, &haul->oids, err);
	if (rc == 0)
		rc = repository_move_planned(to, err);
	repository_drop_plan(to);
	/* Read there with an eye for what others may have made. */
	if (rc == 0 && to->from == OBJECT_FROM_US)
		repository_share_kept(to, from, &haul->oids);
	return rc;
}

void haul_release(struct haul *haul)
{
	oid_list_release(&haul->oids);
	oid_set_release(&haul->seen);
}
