/* loose.h - one object in a file of its own: gitrepository-layout(5),
 * objects/[0-9a-f][0-9a-f]. The file is one zlib stream of
 *
 *   KIND SP SIZE NUL BODY     KIND: commit, tree, blob; SIZE: decimal
 *
 * Read here and not by libgit2, which up to 1.9 copies what follows the head
 * into memory of the size that the head states, whatever does follow. Knows
 * bytes; never where they came from. */
#ifndef TIAN_SYNC_LOOSE_H
#define TIAN_SYNC_LOOSE_H

#include "sync/git/repository.h"

enum {			       /* bytes */
       LOOSE_HEAD_FILE = 1024, /* of a file, enough to see the head */
       LOOSE_FILE_MAX = OBJECT_BLOB_MAX + (1 << 20)
};

/* Kind and stated size, of a file or its first LOOSE_HEAD_FILE bytes.
 * ERR_CORRUPT: no such head, or larger than its kind may be. */
int loose_head(enum object_kind *kind, size_t *size, const void *bytes,
	       size_t len, struct err *err);
/* Replaces what `body` holds. Nothing is inflated beyond the stated size.
 * ERR_CORRUPT: as above, damaged, longer or shorter than it states. */
int loose_read(struct buf *body, enum object_kind *kind, const void *bytes,
	       size_t len, struct err *err);

#endif
