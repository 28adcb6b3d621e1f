/* pack_delta.h - one object of a pack told as a difference to another:
 * gitformat-pack(5), "Deltified representation".
 *
 *   base size, result size: 7 bits a byte, least first, bit 7: more follow
 *   1oooossss ...  copy: up to 4 bytes of offset, 3 of size, those whose bit
 *                  is set; size 0 means 65536
 *   0nnnnnnn ...   the next n bytes, n > 0
 *
 * Knows bytes; never where they came from. */
#ifndef TIAN_SYNC_PACK_DELTA_H
#define TIAN_SYNC_PACK_DELTA_H

#include <stdint.h>

#include "core/base/buf.h"

enum {
	PACK_DELTA_HEAD = 20, /* bytes, enough for both sizes */
	PACK_DELTA_MIN = 4    /* of a whole one; git refuses shorter ones */
};

/* The two sizes; how many bytes they take, 0: there are none. */
size_t pack_delta_sizes(uint64_t *base, uint64_t *result, const void *bytes,
			size_t len);
/* Replaces what *out holds with the result, `limit` bytes at most; memory
 * grows with what is made. ERR_CORRUPT: of another base, out of its bounds,
 * or not as long as it states. */
int pack_delta_apply(struct buf *out, const struct buf *base,
		     const struct buf *delta, size_t limit, struct err *err);

#endif
