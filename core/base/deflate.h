/* deflate.h - the one door to zlib, for values kept in the replica and for
 * git's objects. Knows bytes; knows no table. The stream of a value is
 * RFC 1950 (zlib), preceded by the plain length as 4 bytes, big-endian. */
#ifndef TIAN_CORE_DEFLATE_H
#define TIAN_CORE_DEFLATE_H

#include <stdint.h>

#include "core/base/buf.h"

/* Values shorter than this stay as they are. */
enum { DEFLATE_MIN = 512 };

int deflate_pack(struct buf *out, const void *bytes, size_t len,
		 struct err *err);
/* `limit` bounds the plain length before it is allocated. ERR_CORRUPT. */
int deflate_unpack(struct buf *out, const void *bytes, size_t len, size_t limit,
		   struct err *err);
/* Appends what a bare zlib stream holds, `limit` bytes at most, in memory that
 * grows with what comes out. *whole: the stream ended, as did the bytes.
 * ERR_CORRUPT: no zlib stream, or damaged; cut off is none of these. */
int deflate_inflate(struct buf *out, bool *whole, const void *bytes, size_t len,
		    size_t limit, struct err *err);
/* Inflates the zlib stream that `bytes` begin with into `out`, `room` bytes at
 * most; *made says how many. *ended: the stream ended within both, and holds
 * exactly those. Whatever follows it is not looked at. ERR_CORRUPT: as
 * above. */
int deflate_front(size_t *made, bool *ended, void *out, size_t room,
		  const void *bytes, size_t len, struct err *err);

/* Makes bare zlib streams; what takes long to set up is set up once. */
struct deflater;

int deflater_open(struct deflater **out, struct err *err);
void deflater_close(struct deflater *deflater); /* NULL is fine */
/* Appends a stream of `bytes`, of less than 2^31. */
int deflater_add(struct buf *out, struct deflater *deflater, const void *bytes,
		 size_t len, struct err *err);

/* CRC-32 as zlib and git have it; begin with 0. */
uint32_t deflate_crc32(uint32_t crc, const void *bytes, size_t len);
/* Adler-32 of the whole, which ends a stream. */
uint32_t deflate_adler32(const void *bytes, size_t len);

#endif
