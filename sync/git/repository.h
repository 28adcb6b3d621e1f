/* repository.h - a bare git repository as we use one: objects in and out,
 * refs by compare-and-swap, one writer at a time.
 * Knows git's storage; never what a commit of ours means, nor any other
 * repository.
 *
 * (R1) An object that is here has all it names here too, but for the parents
 *      of a commit it begins with: new objects wait in
 *      memory and become visible as one pack, fsynced, before a ref does.
 *      A power cut at any place leaves that, too, by this order:
 *        1  the pack, its index and the locks of refs are written,
 *        2  and on the disk, all of them;
 *        3  pack and index get their names, the index last,
 *        4  and these are on the disk;
 *        5  each ref's lock takes its place,
 *        6  and those names are on the disk: only now it is said to be done.
 * (R2) Whoever writes holds the lock; what a killed process left behind is
 *      cleared by the next one that takes it. */
#ifndef TIAN_SYNC_REPOSITORY_H
#define TIAN_SYNC_REPOSITORY_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/buf.h"
#include "sync/git/object.h"
#include "sync/git/oid.h"

enum repository_mode { REPOSITORY_READ, REPOSITORY_WRITE };
struct repository;

/* Makes a bare repository unless there is one: in path.tmp, then renamed, so
 * path is whole or absent. ERR_INPUT: something else is there. */
int repository_create(const char *path, struct err *err);
/* ERR_MISSING: no repository there. */
int repository_open(struct repository **out, const char *path,
		    enum repository_mode mode, struct err *err);
/* The same once more, to read it on another thread; what waits in memory is
 * not seen. */
int repository_open_again(struct repository **out, const struct repository *of,
			  struct err *err);
void repository_close(struct repository *repository); /* NULL is fine */
/* Sees what other processes have done to its packs since; nothing may wait in
 * memory. */
int repository_reopen(struct repository *repository, struct err *err);
/* What is in it came through our hands: names that were made to fit two
 * objects were looked for then. Of any other repository they are looked for at
 * each read. */
void repository_trust(struct repository *repository);
const char *repository_path(const struct repository *repository);

/* Waits up to a minute, then ERR_BUSY. Not counted: lock once. */
int repository_lock(struct repository *repository, struct err *err);
void repository_unlock(struct repository *repository);

/* How often an object was read that is not here. */
size_t repository_missed(const struct repository *repository);
/* While it is doubted whether all is here that refs name, what is fetched is
 * looked through down to its beginning, and brings all that is missing. */
void repository_doubt(struct repository *repository, bool doubted);
bool repository_is_doubted(const struct repository *repository);

/* Ends the keeping of what was written since the lock was taken: refs name all
 * of it that counts, others may remove the rest. Until then, and after a run
 * that did not get here, no `git repack -a -d` or `git gc --prune=now` takes
 * any of it. */
void repository_let_go(struct repository *repository);

/* Objects. One thread at a time may look at a repository. */
bool repository_has(struct repository *repository, const struct oid *oid);
/* Replaces what *out holds. ERR_MISSING: no such object (or a damaged pack
 * that hides it); ERR_CORRUPT: another kind, too large, damaged. */
int repository_read(struct buf *out, struct repository *repository,
		    const struct oid *oid, enum object_kind kind,
		    struct err *err);
/* The same of whatever kind it is. */
int repository_read_any(struct buf *out, enum object_kind *kind,
			struct repository *repository, const struct oid *oid,
			struct err *err);
/* What it says it is, unread. ERR_MISSING, ERR_CORRUPT. */
int repository_head(enum object_kind *kind, size_t *size,
		    struct repository *repository, const struct oid *oid,
		    struct err *err);
/* What stands at path (`a/b`) in a tree. ERR_MISSING if nothing does. */
int repository_find(struct oid *out, struct repository *repository,
		    const struct oid *tree, const char *path, struct err *err);
/* Adds an object, in memory until repository_flush. */
int repository_write(struct oid *out, struct repository *repository,
		     enum object_kind kind, const void *bytes, size_t len,
		     struct err *err);

struct tree_edit {
	const char *path; /* `a/b`, borrowed */
	struct oid oid;	  /* a blob; zero takes the path out */
};
/* A tree like `base` (NULL or zero: empty) with these files changed; sorts
 * `edits`, which name each path once. */
int repository_edit_tree(struct oid *out, struct repository *repository,
			 const struct oid *base, struct tree_edit *edits,
			 size_t n, struct err *err);

/* Writes what waits in memory as one pack. Needs the lock. */
int repository_flush(struct repository *repository, struct err *err);
/* Forgets what waits in memory. */
void repository_discard(struct repository *repository);

/* Joins small packs where there are many, and lets go. Needs the lock, and
 * nothing waiting in memory. Who reads at the same time may have to open the
 * repository again. `own` is any number of the owner's: places that get a pack
 * each from the same sync do not all join theirs then. */
int repository_consolidate(struct repository *repository, uint64_t own,
			   struct err *err);

/* A repository may begin at one commit, whose parents are not there: git's own
 * file `shallow` says so, and stock git understands it. Believed of a node's
 * own repository only, whose owner asks for it. */
int repository_load_begin(struct repository *repository, struct err *err);
/* Zero: it is whole (again). Needs the lock; before the objects come. */
int repository_set_begin(struct repository *repository, const struct oid *oid,
			 struct err *err);
/* The same for this reader alone: nothing is written. */
void repository_read_from(struct repository *repository, const struct oid *oid);
/* Whether it begins at this commit; at any, where oid is NULL. */
bool repository_begins(const struct repository *repository,
		       const struct oid *oid);
const struct oid *repository_begin(const struct repository *repository);

/* Refs, by full name. ERR_MISSING: no such ref. */
int repository_ref(struct oid *out, struct repository *repository,
		   const char *name, struct err *err);
/* `old` NULL: whatever it is now; zero: it must be absent. Needs the lock.
 * ERR_STALE: it is not `old` (any more). */
int repository_set_ref(struct repository *repository, const char *name,
		       const struct oid *new_oid, const struct oid *old,
		       struct err *err);

struct ref_move {
	const char *name;
	const struct oid *new_oid;
	const struct oid *old; /* as above */
	bool gate;	       /* stale: those after it do not move either */
	bool follows;	       /* the next run finds out where it belongs, so
				* step 6 of (R1) is left out */
	int result;	       /* 0, or ERR_STALE */
};
/* Moves several, in this order. On an error some may have moved. */
int repository_move_refs(struct repository *repository, struct ref_move *moves,
			 size_t n, struct err *err);
/* repository_flush, then repository_move_refs, with less waiting. */
int repository_flush_refs(struct repository *repository, struct ref_move *moves,
			  size_t n, struct err *err);

struct ref {
	char *name;
	struct oid oid;
};
struct ref_list {
	struct ref *items; /* sorted by name */
	size_t n;
};
/* Appends all refs whose name begins with `prefix`. */
int repository_refs(struct ref_list *out, struct repository *repository,
		    const char *prefix, struct err *err);
void ref_list_release(struct ref_list *list);
/* NULL if not listed. */
const struct oid *ref_list_find(const struct ref_list *list, const char *name);

#endif
