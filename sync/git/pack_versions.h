/* pack_versions.h - many objects into a pack, versions of one thing after each
 * other: each is kept as what differs from one before it.
 *
 * (V1) A version is made from the one before, until PACK_VERSIONS_DEPTH lead to
 *      that. Then one is made from where the last such stretch began, and
 *      begins the next; after some 1,000 versions from where those began. So a
 *      large one that changes a little at a time is kept whole once in some
 *      9,000 times. If it is much shorter, one is made from another line's.
 * (V2) Memory: PACK_VERSIONS_KEPT bytes and a few objects.
 *
 * Knows bytes and which line they belong to; no repository. */
#ifndef TIAN_SYNC_PACK_VERSIONS_H
#define TIAN_SYNC_PACK_VERSIONS_H

#include "sync/git/pack_writer.h"

enum {
	PACK_VERSIONS_DEPTH = 50, /* as git makes it */
	PACK_VERSIONS_KEPT = 32 << 20
};

struct pack_versions;

/* Into `writer` (borrowed). */
int pack_versions_open(struct pack_versions **out, struct pack_writer *writer,
		       struct err *err);
void pack_versions_close(struct pack_versions *versions); /* NULL is fine */
/* Adds the next version of `line`. */
int pack_versions_add(struct pack_versions *versions, uint64_t line,
		      const struct oid *oid, enum object_kind kind,
		      const struct buf *bytes, struct err *err);

#endif
