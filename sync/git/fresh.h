/* fresh.h - new objects that wait in memory to be written as one pack.
 * Knows names and bytes; no file. */
#ifndef TIAN_SYNC_FRESH_H
#define TIAN_SYNC_FRESH_H

#include "sync/git/object.h"

struct fresh_object {
	enum object_kind kind;
	struct buf bytes;
};

/* Start with {0}. */
struct fresh {
	struct oid_list oids;	      /* in the order they came */
	struct fresh_object *objects; /* owned, in the same order */
	size_t cap;
	uint32_t *slots; /* numbers of objects, from 1; 0 is free */
	size_t n_slots;	 /* a power of two, or 0 */
};

void fresh_release(struct fresh *fresh); /* usable again as {0} */
/* NULL: not here. Borrowed until the next is added. */
const struct fresh_object *fresh_find(const struct fresh *fresh,
				      const struct oid *oid);
/* Adds a copy of an object that is not here. */
int fresh_add(struct fresh *fresh, const struct oid *oid, enum object_kind kind,
	      const void *bytes, size_t len, struct err *err);

#endif
