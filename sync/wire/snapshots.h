/* snapshots.h - what stands of some cases, as bytes: `snapshot.msgpack`,
 * specified in schemas/changes.md.
 * Knows that format; never what a snapshot does to a replica. */
#ifndef TIAN_SYNC_SNAPSHOTS_H
#define TIAN_SYNC_SNAPSHOTS_H

#include "core/base/buf.h"
#include "core/replica/snapshot.h"

enum {
	SNAPSHOTS_BYTES_MAX = 16 << 20,
	SNAPSHOTS_MAX = 1 << 18,       /* cases */
	SNAPSHOTS_PARTS_MAX = 1 << 16, /* origins of a case */
	SNAPSHOTS_SEQS_MAX = 1 << 20   /* changes of an origin that stand */
};

/* Start with {0}. */
struct snapshots {
	struct snapshot *items; /* owned */
	size_t n;
};

void snapshots_release(struct snapshots *snapshots);
/* Appends what snapshot_make says of a case. */
int snapshots_add(struct snapshots *snapshots, struct replica *replica,
		  const char *key, struct err *err);
/* Appends the bytes. ERR_INPUT: a limit is exceeded; *out is as before. */
int snapshots_encode(struct buf *out, const struct snapshots *snapshots,
		     struct err *err);
/* *out borrows nothing. ERR_CORRUPT: not well-formed; ERR_INPUT: needs a newer
 * program. */
int snapshots_decode(struct snapshots *out, const void *bytes, size_t len,
		     struct err *err);

#endif
