/* pack_diff.h - one object told as a difference to another that stands before
 * it in a pack: gitformat-pack(5), "Deltified representation".
 *
 *   base size, result size: 7 bits a byte, least first, bit 7: more follow
 *   1sssoooo ...  copy from the base: up to 4 bytes of offset, 3 of size,
 *                 those whose bit is set
 *   0nnnnnnn ...  the next n bytes, n > 0
 *
 * Knows bytes. What was changed in place (a tree in which one file is another)
 * is found at the speed of comparing; only where that ends is it looked up
 * where in the base what follows stands. */
#ifndef TIAN_SYNC_PACK_DIFF_H
#define TIAN_SYNC_PACK_DIFF_H

#include <stdbool.h>

#include "core/base/buf.h"

/* Appends to *out what makes `to` of `base`; false, and nothing appended, where
 * that is longer than `limit`. Lengths below 2^24. Ask out->failed. */
bool pack_diff(struct buf *out, const struct buf *base, const struct buf *to,
	       size_t limit);

enum { PACK_MATCH_MAX = 4096 }; /* bytes */

/* The same, looked for everywhere: for a small object, such as a commit, whose
 * lines moved. False, too, where the base is above PACK_MATCH_MAX. */
bool pack_match(struct buf *out, const struct buf *base, const struct buf *to,
		size_t limit);
/* By the one or the other. A tree is changed in place. */
bool pack_differ(struct buf *out, bool is_tree, const struct buf *base,
		 const struct buf *to, size_t limit);

#endif
