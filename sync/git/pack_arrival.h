/* pack_arrival.h - a pack that comes from elsewhere: looked over as it comes
 * (pack_scan.h), written down, its objects named (pack_resolve.h), its index
 * made. Knows one file; no repository, and no object's meaning.
 *
 * A pack may leave out what its objects are made from ("thin"): it is completed
 * with those, as git does, and then is another pack. Where one of these is made
 * in the pack, too, from another of them, the index has it once. */
#ifndef TIAN_SYNC_PACK_ARRIVAL_H
#define TIAN_SYNC_PACK_ARRIVAL_H

#include "sync/git/object.h"
#include "sync/git/pack_format.h"

struct pack_arrival;

/* Into a new file `path`. */
int pack_arrival_open(struct pack_arrival **out, const char *path,
		      struct err *err);
/* ERR_CORRUPT: as pack_scan_add and pack_objects_add. */
int pack_arrival_add(struct pack_arrival *arrival, const void *bytes,
		     size_t len, struct err *err);
/* As it says itself; 0 is lawful. */
uint32_t pack_arrival_objects(const struct pack_arrival *arrival);

/* Reads an object from elsewhere. ERR_MISSING: there is none. */
typedef int pack_arrival_base(struct buf *out, enum object_kind *kind,
			      const struct oid *oid, void *ctx,
			      struct err *err);
/* All has come: `name` and *index (appended to) as pack_writer_finish, how many
 * objects it was *completed with. ERR_CORRUPT: it is cut short, an object is
 * there twice, or made from one that is nowhere, or from too many. */
int pack_arrival_finish(char name[OID_TEXT], struct buf *index,
			uint32_t *completed, struct pack_arrival *arrival,
			pack_arrival_base *base, void *ctx, struct err *err);
void pack_arrival_close(struct pack_arrival *arrival); /* NULL is fine */

#endif
