/* haul.h - what one repository has, for given tips, and another lacks.
 * Knows commits and trees as bytes; no ref, no road between the two.
 *
 * Cost follows what is new: commits are walked down to those the other side
 * has (it has all they name, R1); a tree is read beside that of a parent the
 * other side has, and equal entries are passed over. */
#ifndef TIAN_SYNC_HAUL_H
#define TIAN_SYNC_HAUL_H

#include "sync/git/repository.h"

enum { HAUL_DEPTH_MAX = 8 }; /* folders in folders */

struct haul {
	struct oid_list oids; /* commits, trees, blobs; each once */
	struct oid_set seen;
};

/* Adds to *haul (start with {0}) all that `to` lacks of `tips`. `to` NULL: it
 * cannot be asked; commits that it is known to have are put into haul->seen
 * before, and it is taken to have all they name.
 * If `to` is doubted (repository_doubt), a commit that is there says nothing of
 * what it names: all is walked.
 * ERR_CORRUPT, ERR_MISSING: `from` holds damaged, oversized or foreign
 * things, or not all that a tip names. */
int haul_collect(struct haul *haul, struct repository *from,
		 struct repository *to, const struct oid *tips, size_t n,
		 struct err *err);
/* Writes them as one pack into `to`, whose lock is held, and then moves these
 * refs there as repository_move_refs does. */
int haul_deliver(const struct haul *haul, struct repository *from,
		 struct repository *to, struct ref_move *moves, size_t n,
		 struct err *err);
/* How many objects `repository` itself lacks of all that tips name, as far as
 * that can be told. ERR_CORRUPT: what is here is damaged. */
int haul_lacking(size_t *n_lacking, struct repository *repository,
		 const struct oid *tips, size_t n, struct err *err);
void haul_release(struct haul *haul);

#endif
