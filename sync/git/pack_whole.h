/* pack_whole.h - one object of a pack that has all bases of its own, made
 * whole. Knows one pack; an object that is looked for by name is packs.h's. */
#ifndef TIAN_SYNC_PACK_WHOLE_H
#define TIAN_SYNC_PACK_WHOLE_H

#include "sync/git/pack_file.h"

enum { PACK_WHOLE_DEPTH_MAX = 64 };

/* The object whose entry begins at `offset`, from at most
 * PACK_WHOLE_DEPTH_MAX differences; replaces what *out holds. 1, and the kind
 * it is and the number of differences; 0: it is larger than `limit`, made from
 * more, or from a base that is told by name. ERR_CORRUPT. */
int pack_whole(struct buf *out, enum pack_type *type, unsigned *depth,
	       struct pack_file *file, uint64_t offset, size_t limit,
	       struct err *err);

#endif
