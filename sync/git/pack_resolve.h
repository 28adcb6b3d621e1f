/* pack_resolve.h - the objects of a pack that came: each made from what it is
 * a difference to, and named by what it holds.
 *
 * (S1) An object is made from at most PACKS_DEPTH_MAX others, one after the
 *      other, with PACKS_WORK_MAX bytes of work: what we take in we can read
 *      (packs.h).
 * (S2) Memory: what a few differences are made of, PACK_RESOLVE_KEPT bytes and
 *      two objects; what is let go is made again, PACK_RESOLVE_AGAIN bytes in
 *      all at most. Each object is made once beyond that. 52 bytes for each
 *      object, of which there are no more than what came has room for.
 *
 * Knows entries and the file they are in; no index, no repository. */
#ifndef TIAN_SYNC_PACK_RESOLVE_H
#define TIAN_SYNC_PACK_RESOLVE_H

#include "sync/git/object.h"
#include "sync/git/pack_scan.h"

enum {
	PACK_RESOLVE_KEPT = 64 << 20,
	PACK_OBJECTS_MAX = 1 << 24, /* 10^6 changes, each alone, make 14 each */
	PACK_OBJECTS_FREE = 1 << 18, /* so many, and one for as many bytes as */
	PACK_OBJECT_LEAST = 16,	     /* this that came; lawful: 78 and more */
	PACK_OBJECT_NONE = -1
};
#define PACK_RESOLVE_AGAIN ((uint64_t)16 << 30)

struct pack_object {
	struct oid oid; /* once it has a kind */
	uint32_t offset;
	uint32_t crc;
	uint32_t size; /* of what its stream holds */
	int32_t base;  /* its base's number */
	int32_t child; /* the first one made from it */
	int32_t next;  /* another one made from its base */
	uint32_t kept; /* where its difference is kept, from 1 */
	uint8_t kind;  /* object_kind; 0: not made yet */
	uint8_t head;  /* bytes in front of its stream */
	bool is_delta;
	bool is_spare; /* made, but one that was added has its name */
};

/* One whose base is told by name. */
struct pack_named {
	struct oid base;
	int32_t number;
};

/* Start with {.fd = …}. */
struct pack_objects {
	int fd;			   /* of the pack, borrowed */
	struct pack_object *items; /* by offset */
	int32_t n;
	int32_t came; /* those before are not added ones */
	int32_t cap;
	uint64_t end;		  /* of the last one */
	struct pack_named *named; /* by base, once sorted */
	int32_t n_named;
	int32_t cap_named;
	struct buf deltas; /* the first ones, as they came */
	uint64_t again;	   /* (S2) */
};

void pack_objects_release(struct pack_objects *objects);
/* Adds what came; a pack_scan_each. ERR_CORRUPT: too many, made from no object
 * before it, or half of a collision. */
int pack_objects_add(const struct pack_scan_entry *entry,
		     const struct buf *body, void *objects, struct err *err);
/* After the last: makes all that the whole ones lead to. */
int pack_objects_resolve(struct pack_objects *objects, struct err *err);
/* Adds an object that stands in the file now, and makes all it leads to. */
int pack_objects_resolve_from(struct pack_objects *objects,
			      const struct pack_scan_entry *entry,
			      enum object_kind kind, const struct oid *oid,
			      struct err *err);

#endif
