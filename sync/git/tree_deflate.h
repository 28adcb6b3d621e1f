/* tree_deflate.h - git's trees as zlib streams.
 * Knows how a tree is built and RFC 1951; no pack, no repository.
 *
 * More than half of a large tree are hashes, in which nothing is alike, and
 * zlib looks for it all the same. Here only an entry's mode and name are
 * compared, with those of the entry before: a seventh of the work, and as
 * short. */
#ifndef TIAN_SYNC_TREE_DEFLATE_H
#define TIAN_SYNC_TREE_DEFLATE_H

#include <stdbool.h>

#include "core/base/buf.h"

enum { TREE_DEFLATE_MIN = 4096 }; /* bytes; for less it gains nothing */

/* Appends a zlib stream of a tree. False, and nothing appended: it is none. A
 * failure of memory shows in *out. */
bool tree_deflate(struct buf *out, const struct buf *tree);

#endif
