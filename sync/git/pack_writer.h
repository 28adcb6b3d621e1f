/* pack_writer.h - a pack and its index, written object by object.
 *
 * Knows bytes; neither repositories nor the disk's cache. A large object that
 * is nearly one of those before it is kept as the difference, and so is a
 * commit, which most often repeats half of another. */
#ifndef TIAN_SYNC_PACK_WRITER_H
#define TIAN_SYNC_PACK_WRITER_H

#include <stdint.h>

#include "core/base/buf.h"
#include "sync/git/object.h"
#include "sync/git/pack_format.h"

enum { PACK_WRITER_MAX = 0x7fffffff }; /* bytes, all offsets in 31 bits */

struct pack_writer;

/* Of exactly `n` objects. Into the file `fd` (borrowed, written from its
 * place), or, where that is -1, into memory. After an error of any of these
 * (the disk, memory, ERR_FAIL above PACK_WRITER_MAX) the pack is no use. */
int pack_writer_open(struct pack_writer **out, int fd, uint32_t n,
		     struct err *err);
void pack_writer_close(struct pack_writer *writer); /* NULL is fine */
/* Adds an object; it stands at no other place in the pack. */
int pack_writer_add_whole(struct pack_writer *writer, const struct oid *oid,
			  enum object_kind kind, const struct buf *bytes,
			  struct err *err);
/* As what makes it (pack_diff.h) of the one whose entry begins at `base`. */
int pack_writer_add_made(struct pack_writer *writer, const struct oid *oid,
			 uint64_t base, const struct buf *diff,
			 struct err *err);
/* As a difference to one of the last added if that is worth it. */
int pack_writer_add(struct pack_writer *writer, const struct oid *oid,
		    enum object_kind kind, const struct buf *bytes,
		    struct err *err);
/* 1: added as a difference to one before; 0: nothing was, but what is written
 * next is taken for this object. */
int pack_writer_add_difference(struct pack_writer *writer,
			       const struct oid *oid, enum object_kind kind,
			       const struct buf *bytes, struct err *err);
/* An object that stands in this pack already, at `offset`, made from `depth`
 * others: what comes may be a difference to it. */
int pack_writer_remember(struct pack_writer *writer, enum object_kind kind,
			 const struct buf *bytes, uint64_t offset,
			 unsigned depth, struct err *err);
/* Whether such an object might be kept as a difference. */
bool pack_writer_differs(enum object_kind kind, size_t size);

/* An object as it stands in another pack: an entry begins, its bytes follow,
 * and its CRC-32 is told. pack_writer_offset before pack_writer_begin says
 * where it stands. */
uint64_t pack_writer_offset(const struct pack_writer *writer);
int pack_writer_begin(struct pack_writer *writer, const struct oid *oid,
		      struct err *err);
int pack_writer_bytes(struct pack_writer *writer, const void *bytes, size_t len,
		      struct err *err);

/* Ends the pack; its name is the SHA-1 at its end, in hexadecimal, and *index
 * (appended to) its index. */
int pack_writer_finish(char name[OID_TEXT], struct buf *index,
		       struct pack_writer *writer, struct err *err);
/* Hands over the pack that was made in memory. */
void pack_writer_take(struct buf *out, struct pack_writer *writer);

#endif
