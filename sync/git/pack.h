/* pack.h - objects on their way from one repository to another as a pack:
 * made for the other side, or taken in from it.
 * Knows packs; no ref, and not by what road they travel.
 *
 * (P1) What comes is looked over as it comes and indexed (pack_arrival.h) in a
 *      folder apart, and moved in only when it is whole and holds, with what
 *      is here, all that the wanted commits name. */
#ifndef TIAN_SYNC_PACK_H
#define TIAN_SYNC_PACK_H

#include "sync/git/repository.h"

/* Appends a pack of these objects of `from`, in memory ones too. An empty
 * list makes a lawful pack of nothing. */
int pack_make(struct buf *out, struct repository *from,
	      const struct oid_list *oids, struct err *err);

struct pack_intake;

/* `into` (borrowed) is locked by the caller. */
int pack_intake_open(struct pack_intake **out, struct repository *into,
		     struct err *err);
/* ERR_CORRUPT: no such pack, or one that is too large. */
int pack_intake_add(struct pack_intake *intake, const void *bytes, size_t len,
		    struct err *err);
/* The pack is here: checks it and moves what these tips name into `into`.
 * ERR_CORRUPT, ERR_MISSING: it is damaged, unlawful, or not all of them. */
int pack_intake_finish(struct pack_intake *intake, const struct oid *tips,
		       size_t n, struct err *err);
/* Leaves nothing behind. NULL is fine. */
void pack_intake_close(struct pack_intake *intake);

#endif
