/* repository_room.h - the repository as its own files see it. Not for
 * others: only these may include libgit2. */
#ifndef TIAN_SYNC_REPOSITORY_ROOM_H
#define TIAN_SYNC_REPOSITORY_ROOM_H

#include <limits.h>

#include "core/base/git_library.h"
#include "sync/git/fresh.h"
#include "sync/git/packs.h"
#include "sync/git/ref_files.h"
#include "sync/git/repository.h"

/* Where a pack is written, beside those in use. */
#define REPOSITORY_ROOM "tian-pack"
/* Where one that comes waits until it was looked over. */
#define REPOSITORY_QUARANTINE "quarantine"

enum { REPOSITORY_KEPT = 64 };

/* A commit or a tree that was read, and found to be what its name says. */
struct repository_kept {
	struct oid oid;
	enum object_kind kind; /* 0: free */
	struct buf bytes;
};

struct repository {
	char *path;
	enum repository_mode mode;
	enum object_from from; /* who may have chosen what it holds */
	struct ref_files *refs;
	struct packs *packs;
	struct packs *beside; /* more of them, not moved in yet; or NULL */
	struct fresh fresh;   /* not written yet */
	struct repository_kept kept[REPOSITORY_KEPT];
	int lock;	   /* descriptor, -1 while not locked */
	bool dirty;	   /* the lock file says what we are doing */
	size_t missed;	   /* objects looked for in vain */
	bool doubted;	   /* some may be missing that refs name */
	struct buf keeps;  /* paths of .keep files of ours, each with a NUL */
	struct oid begins; /* zero: nowhere, it is whole */
	struct repository_made *made; /* the last pack, owned; or NULL */
	struct ref_plan *plan;	      /* refs that wait for objects; or NULL */
};

/* As repository_read, not hashed: what it holds is a hint. */
int repository_glance(struct buf *out, struct repository *repository,
		      const struct oid *oid, enum object_kind kind,
		      struct err *err);
/* As repository_read_any, repository_head and repository_has; not hashed. */
int repository_loose_read(struct buf *out, enum object_kind *kind,
			  const struct repository *repository,
			  const struct oid *oid, struct err *err);
int repository_loose_head(enum object_kind *kind, size_t *size,
			  const struct repository *repository,
			  const struct oid *oid, struct err *err);
bool repository_loose_has(const struct repository *repository,
			  const struct oid *oid);
/* Remembers a commit or a tree whose name is known to be its own. */
void repository_remember(struct repository *repository, const struct oid *oid,
			 enum object_kind kind, const struct buf *bytes);
/* Of these, which came from there, what was read there is remembered here. */
void repository_share_kept(struct repository *to, struct repository *from,
			   const struct oid_list *oids);
void repository_forget_kept(struct repository *repository);
/* What an object is a version of: the hash of a path, in a line of commits. */
struct repository_named {
	struct oid oid;
	uint32_t alike; /* of the path without its digits */
	uint32_t path;
	uint32_t line;
	uint32_t age;
	uint8_t kind; /* object_kind */
	bool named;   /* 0 above, where it is not */
};
/* The listed objects of `from`, versions of one thing after each other, oldest
 * first. The caller's: free. */
int repository_name_objects(struct repository_named **out,
			    struct repository *from,
			    const struct oid_list *oids, struct err *err);
/* Writes the listed objects of `from` as one pack into `to`. */
int repository_pack(struct repository *to, struct repository *from,
		    const struct oid_list *oids, struct err *err);
/* Appends such a pack to *out. */
int repository_pack_bytes(struct buf *out, struct repository *from,
			  const struct oid_list *oids, struct err *err);
void repository_forget_made(struct repository *repository);
/* A folder for files of a pack that is being written, pack-NAME.pack and .idx;
 * needs the lock. It stays, empty: to make and remove it for each pack takes
 * as long as to write one. */
int repository_open_room(char room[PATH_MAX], struct repository *repository,
			 struct err *err);
/* The pack that was written as `made` becomes that, with this index. */
int repository_finish_part(const char *room, const char *made, const char *name,
			   const struct buf *index, struct err *err);
/* Both are there, in that folder or another on its disk: waits for the disk and
 * moves them to the others, where the pack may get another name. It is kept
 * (repository_keep_pack). */
int repository_move_in(struct repository *repository, const char *room,
		       char name[OID_TEXT], struct err *err);
/* The last word, moved in or not; `moved`: nothing is left in that folder. */
void repository_close_room(struct repository *repository, bool moved);
/* Keeps the pack `name` that is about to be in `folder` from a `git repack` at
 * the same time; another name, where that one is taken. */
int repository_keep_pack(char name[OID_TEXT], struct repository *repository,
			 const char *folder, struct err *err);
/* Those that a run left which failed or was killed become this one's. */
void repository_take_over(struct repository *repository);
/* Writes one pack of all that the n packs `paths`, without `.pack`, hold, each
 * object as it stands there. `name`: its own. */
int repository_join(char name[OID_TEXT], struct repository *repository,
		    const char *const *paths, size_t n, struct err *err);
/* The refs `moves` (borrowed until they have moved or the plan is dropped) are
 * to move after the objects that are written next: the locks of both are then
 * waited for together. In place of any planned before. */
int repository_plan_refs(struct repository *repository, struct ref_move *moves,
			 size_t n, struct err *err);
/* What is written in these files survives a power cut, and so do the locks of
 * the refs that are planned. */
int repository_wait_for(struct repository *repository, const char *const *files,
			size_t n, struct err *err);
/* Moves the refs that are planned, whether or not objects were written. */
int repository_move_planned(struct repository *repository, struct err *err);
/* What of them has not moved does not. */
void repository_drop_plan(struct repository *repository);
/* Notes in the lock file that `what` is about to be written: a ref's name, or
 * "" for a pack. Needs the lock. */
int repository_intend(struct repository *repository, const char *what,
		      struct err *err);

/* Removes the files in a folder of ours, where there is one; no link to one,
 * which somebody else may have laid there. */
void repository_empty_folder(const char *folder);

#endif
