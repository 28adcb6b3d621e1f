/* object.h - git's objects as bytes with a name: SHA-1 of their kind, size and
 * bytes. Knows kinds and their limits; no repository. */
#ifndef TIAN_SYNC_OBJECT_H
#define TIAN_SYNC_OBJECT_H

#include "core/base/buf.h"
#include "sync/git/oid.h"

/* A tag is never ours; one may come in a pack, and is named there. */
enum object_kind {
	OBJECT_COMMIT = 1,
	OBJECT_TREE = 2,
	OBJECT_BLOB = 3,
	OBJECT_TAG = 4
};

enum { /* bytes; larger ones are refused unread */
       OBJECT_COMMIT_MAX = 4 << 20,
       OBJECT_TREE_MAX = 64 << 20,
       OBJECT_BLOB_MAX = 64 << 20
};

/* Whether somebody else may have chosen the bytes: then a name that was made
 * to fit two objects is refused. */
enum object_from { OBJECT_FROM_US, OBJECT_FROM_OTHERS };

const char *object_kind_name(enum object_kind kind);
size_t object_limit(enum object_kind kind);
/* ERR_CORRUPT: the bytes are half of a collision. */
int object_name(struct oid *out, enum object_kind kind, const void *bytes,
		size_t len, enum object_from from, struct err *err);

#endif
