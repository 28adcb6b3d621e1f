/* deflate.h - the one door to zlib, for values kept in the replica.
 * Knows bytes; knows no table. The stream is RFC 1950 (zlib), preceded by
 * the plain length as 4 bytes, big-endian. */
#ifndef TIAN_CORE_DEFLATE_H
#define TIAN_CORE_DEFLATE_H

#include "core/base/buf.h"

/* Values shorter than this stay as they are. */
enum { DEFLATE_MIN = 512 };

int deflate_pack(struct buf *out, const void *bytes, size_t len,
		 struct err *err);
/* `limit` bounds the plain length before it is allocated. ERR_CORRUPT. */
int deflate_unpack(struct buf *out, const void *bytes, size_t len, size_t limit,
		   struct err *err);

#endif
