/* packs.h - all packs of a repository, read with bounds. A hub in a folder, on
 * a share or a stick is somebody else's: nothing that its packs hold takes
 * more time or memory than is stated here.
 *
 * (K1) An object is made from at most PACKS_DEPTH_MAX others, one after the
 *      other, so differences that name each other in a ring end.
 * (K2) Sizes are known lawful (OBJECT_*_MAX) before memory is taken. All that
 *      one object takes to be made is at most PACKS_WORK_MAX bytes; all that
 *      many take stays in proportion to what they are.
 * (K3) Only packs and their indexes are read; a multi-pack-index, bitmaps and
 *      reverse indexes say nothing that these do not.
 *
 * Knows no loose objects, no object's meaning; does not hash what it reads. */
#ifndef TIAN_SYNC_PACKS_H
#define TIAN_SYNC_PACKS_H

#include "sync/git/pack_file.h"

enum {
	PACKS_MAX = 4096,	  /* in a folder */
	PACKS_DEPTH_MAX = 512,	  /* git makes 50 by itself */
	PACKS_WORK_MAX = 1 << 30, /* bytes */
	PACKS_OPEN_MAX = 64	  /* files, about */
};

struct packs;

/* Those of `folder` (copied), which need not be there.
 * ERR_INPUT: more than PACKS_MAX. */
int packs_open(struct packs **out, const char *folder, struct err *err);
void packs_close(struct packs *packs); /* NULL is fine */
/* Looks at the folder again. */
int packs_refresh(struct packs *packs, struct err *err);

/* ERR_MISSING: in none; the text names one that is damaged. ERR_FAIL: the
 * system could not read one, which may have it. */
int packs_find(struct packs *packs, const struct oid *oid, struct err *err);
/* The path, without `.pack`, of a pack that holds these objects and no other;
 * NULL: there is none. Borrowed until the next refresh. */
const char *packs_exact(struct packs *packs, const struct oid_list *oids);
/* *type: as in git, PACK_COMMIT to PACK_TAG; *size as it states.
 * ERR_MISSING, ERR_CORRUPT. */
int packs_head(enum pack_type *type, size_t *size, struct packs *packs,
	       const struct oid *oid, struct err *err);
/* Replaces what *out holds. */
int packs_read(struct buf *out, enum pack_type *type, struct packs *packs,
	       const struct oid *oid, struct err *err);

#endif
