/* pack_join.h - several packs become one, entry by entry, as they stand:
 * nothing is inflated but what is whole and may be kept as a difference to what
 * comes before it, also in an earlier of the packs (`git gc` keeps those, and
 * looks for no others in one pack). One alone stays what it is.
 * Knows pack files; no repository, and removes nothing.
 *
 * (J1) Each entry's CRC-32 is compared before it counts.
 * (J2) A base stands before what refers to it by distance: what is in two
 *      packs is taken from the first of them, and each pack has all bases of
 *      its own. */
#ifndef TIAN_SYNC_PACK_JOIN_H
#define TIAN_SYNC_PACK_JOIN_H

#include "core/base/buf.h"
#include "sync/git/oid.h"

/* Joins the n packs `paths`, without `.pack`, oldest first, into the file `fd`
 * (empty, borrowed). `name` and *index (appended to): as pack_writer_finish.
 * ERR_CORRUPT: one of them is damaged; ERR_MISSING: one is gone; ERR_INPUT: one
 * is larger than PACK_WRITER_MAX. */
int pack_join(char name[OID_TEXT], struct buf *index, int fd,
	      const char *const *paths, size_t n, struct err *err);

#endif
