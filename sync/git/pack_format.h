/* pack_format.h - the numbers of a pack and of its index.
 * Source: gitformat-pack(5), packs of version 2, index of version 2:
 *
 *   pack:  "PACK", 2, n; entries; SHA-1 of all before
 *   entry: type and size, 4 + 7 + 7 ... bits, least first, bit 7: more follow;
 *          of type 6: how far in front of it its base begins, 7 bits a byte,
 *          most first, each byte that another follows counts one more;
 *          of type 7: its base's name; a zlib stream
 *   index: ff 't' 'O' 'c', 2, 256 counts (names whose first byte is at most
 *          i), the n sorted names, CRC-32 of each entry, offset of each (bit
 *          31: the rest numbers one of 8 bytes, which follow), the pack's
 *          SHA-1, SHA-1 of all before. Numbers are big-endian.
 *
 * Knows bytes; no file. */
#ifndef TIAN_SYNC_PACK_FORMAT_H
#define TIAN_SYNC_PACK_FORMAT_H

#include <stdint.h>

#include "core/base/buf.h"
#include "sync/git/oid.h"

enum pack_type {
	PACK_COMMIT = 1,
	PACK_TREE = 2,
	PACK_BLOB = 3,
	PACK_TAG = 4,
	PACK_OFFSET_DELTA = 6,
	PACK_NAME_DELTA = 7
};

enum {
	PACK_HEAD = 12,	      /* bytes, of a pack */
	PACK_TRAILER = 20,    /* of a pack; an index ends in two of them */
	PACK_ENTRY_HEAD = 32, /* at most: 10 of size, 20 of a name */
	PACK_INDEX_HEAD = 8 + 4 * 256,
	PACK_INDEX_EACH = OID_SIZE + 4 + 4 /* in an index, of each object */
};

uint32_t pack_number(const void *at);
void pack_put_number(void *at, uint32_t value);

/* Type and size; how many bytes they take, 0 where they do not end. */
size_t pack_take_head(enum pack_type *type, uint64_t *size, const void *bytes,
		      size_t n);
void pack_add_head(struct buf *out, enum pack_type type, uint64_t size);
/* How far back the base is; likewise. */
size_t pack_take_distance(uint64_t *out, const void *bytes, size_t n);
void pack_add_distance(struct buf *out, uint64_t distance);
/* Of an object, or of what makes one; 0: no such type. */
uint64_t pack_size_limit(enum pack_type type);
/* Bytes of the zlib stream that holds `size`, at most: more than any deflater
 * makes of them, and all that is read of one. */
uint64_t pack_stream_limit(uint64_t size);

struct pack_index_entry {
	struct oid oid;
	uint32_t crc;
	uint32_t offset;
};

/* Appends the index of a pack of less than 2 GiB; sorts `entries` by name. */
int pack_index_make(struct buf *out, struct pack_index_entry *entries,
		    uint32_t n, const struct oid *trailer, struct err *err);

#endif
