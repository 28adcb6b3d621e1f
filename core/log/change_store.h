/* change_store.h - rows of _change and what they point at, inside core/.
 * Knows ids, interning and (de)flating; knows no heads and no policy.
 *
 * A stored id is _origin.id << 40 | seq; a cell is _row.id << 12 | field. */
#ifndef TIAN_CORE_CHANGE_STORE_H
#define TIAN_CORE_CHANGE_STORE_H

#include "core/base/buf.h"
#include "core/log/change.h"
#include "core/replica/replica_room.h"

enum {
	STORE_SEQ_BITS = 40,
	STORE_FIELD_BITS = 12,
	STORE_FIELD_MASK = (1 << STORE_FIELD_BITS) - 1
};

enum store_flag {
	STORE_REFUSED = 1,
	STORE_CLOCK_AHEAD = 2,
	STORE_DEFLATED = 4,
	STORE_LONG = 8,	      /* worth deflating once superseded */
	STORE_WAITING = 16,   /* superseded, to be deflated */
	STORE_SUPERSEDED = 32 /* by a change that a snapshot left out */
};

struct stored {
	int64_t id;
	int64_t cell;
	uint64_t clock;
	int64_t author;
	unsigned flags;
	struct value value;
	const int64_t *bases;
	size_t n_bases;
	const char *reason;
	size_t reason_len;
	const char *extra;
	size_t extra_len;
	uint32_t n_extra;
	bool superseded; /* is to be deflated if it is long */
};

/* The local number of an origin, made if new. `site` (or NULL) is kept when
 * none is known yet; ERR_CORRUPT if another one is. */
int store_origin(int64_t *out, struct replica *replica, uint64_t origin,
		 const char *site, struct err *err);
int store_author(int64_t *out, struct replica *replica, const char *name,
		 struct err *err);
int64_t store_id(int64_t origin, uint64_t seq);
/* Back to the world's form. */
int store_change_id(struct change_id *out, struct replica *replica, int64_t id,
		    struct err *err);

int store_insert(struct replica *replica, const struct stored *change,
		 struct err *err);
int store_exists(bool *out, struct replica *replica, int64_t id,
		 struct err *err);
int store_set_flags(struct replica *replica, int64_t id, unsigned flags,
		    struct err *err);
/* Deflates a superseded long value; nothing to do for others. */
int store_shrink(struct replica *replica, int64_t id, struct err *err);
/* Marks it to be deflated by store_tidy. */
int store_shrink_later(struct replica *replica, int64_t id, struct err *err);
/* Deflates up to `limit` values that wait; *n is how many it were. */
int store_tidy(size_t *n, struct replica *replica, size_t limit,
	       struct err *err);
/* The value of a change, inflated, copied into `bytes`; *out borrows it.
 * *found false where the change is not known. */
int store_value(struct value *out, struct buf *bytes, bool *found,
		struct replica *replica, int64_t id, struct err *err);
/* Value column `value` with flags column `flags` of a row at hand; *out
 * borrows `bytes` or the statement. */
int store_column_value(struct value *out, struct buf *bytes, sqlite3_stmt *stmt,
		       int value, int flags, struct err *err);
/* Bases as kept: 8 bytes each, big-endian. */
int64_t store_base_at(const void *blob, size_t index);

#endif
