/* batch.h - a batch as bytes: `changes.msgpack`, as schemas/changes.md
 * specifies it. The document stands above this code.
 * Knows the wire format and its limits; never commits, access or merging. */
#ifndef TIAN_SYNC_BATCH_H
#define TIAN_SYNC_BATCH_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/buf.h"
#include "core/log/change.h"
#include "core/base/err.h"

enum {
	BATCH_BYTES_MAX = 16 << 20, /* of one encoded batch */
	BATCH_CHANGES_MAX = 1 << 18,
	BATCH_ORIGINS_MAX = 4096 /* further origins its bases name */
};

/* Appends the batch to *out. The same batch gives the same bytes.
 * ERR_INPUT: no changes, or something exceeds a limit; *out is as before. */
int batch_encode(struct buf *out, const struct batch *batch, struct err *err);

/* The same for only those changes that `keep` says true to. *kept (may be
 * NULL) is how many; where it is 0 nothing is appended. */
typedef bool batch_keep_fn(const struct change *change, void *ctx);
int batch_encode_some(struct buf *out, const struct batch *batch,
		      batch_keep_fn *keep, void *ctx, size_t *kept,
		      struct err *err);

/* *out is one block of memory (batch_free in core/log/change_log.h, or free);
 * its rows, values, reasons and extras borrow `bytes`, which must outlive it;
 * site and author are copies.
 * ERR_CORRUPT: not a whole, well-formed batch in limits: quarantine it.
 * ERR_INPUT: made for a newer program: keep it until there is one. */
int batch_decode(struct batch **out, const void *bytes, size_t len,
		 struct err *err);

#endif
