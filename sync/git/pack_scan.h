/* pack_scan.h - a pack looked over as it arrives, before anybody unpacks it:
 * whole, sealed, and no larger once inflated than it may be.
 * Source: pack_format.h. Knows the frame of a pack; never what its objects
 * mean. The second door to zlib. */
#ifndef TIAN_SYNC_PACK_SCAN_H
#define TIAN_SYNC_PACK_SCAN_H

#include "sync/git/pack_format.h"

#define PACK_BYTES_MAX ((uint64_t)2 << 30)     /* as it travels */
#define PACK_INFLATED_MAX ((uint64_t)32 << 30) /* all objects together, and */
#define PACK_INFLATED_FREE ((uint64_t)1 << 30) /* so much, and for each byte */
#define PACK_INFLATED_TIMES 256 /* that came before so much; lawful: 2 to 4 */

struct pack_scan;

struct pack_scan_entry {
	uint64_t offset; /* where it begins */
	size_t head;	 /* bytes in front of its zlib stream */
	enum pack_type type;
	uint64_t size;	  /* once inflated */
	uint64_t base;	  /* PACK_OFFSET_DELTA: where that begins */
	struct oid named; /* PACK_NAME_DELTA */
	uint32_t crc;
};

/* Is told each entry when it has come, and the bytes it holds. */
typedef int pack_scan_each(const struct pack_scan_entry *entry,
			   const struct buf *body, void *ctx, struct err *err);

/* `each` NULL: nobody is, and nothing is kept. */
int pack_scan_open(struct pack_scan **out, pack_scan_each *each, void *ctx,
		   struct err *err);
/* ERR_CORRUPT: not a pack, an object that is larger than it says or than
 * objects may be (OBJECT_*_MAX) or takes more bytes than we
 * read of one (pack_stream_limit), a base in front of the pack, more than the
 * limits, another trailer. Nothing is inflated beyond what an object's head
 * states. */
int pack_scan_add(struct pack_scan *scan, const void *bytes, size_t len,
		  struct err *err);
/* The trailer has come. */
bool pack_scan_whole(const struct pack_scan *scan);
/* As its head says. */
uint32_t pack_scan_objects(const struct pack_scan *scan);
/* Bytes that have come. */
uint64_t pack_scan_bytes(const struct pack_scan *scan);
/* What it ends in, once whole. */
const struct oid *pack_scan_trailer(const struct pack_scan *scan);
void pack_scan_close(struct pack_scan *scan); /* NULL is fine */

#endif
