/* sha1_wary.h - SHA-1 of bytes that somebody else may have chosen: it tells
 * when they are one half of a collision ("collision detection", as in git's
 * sha1dc). Knows bytes.
 *
 * Stevens, "Counter-cryptanalysis" (CRYPTO 2013): every attack that is less
 * dear than guessing puts a difference into the message that follows one of a
 * few disturbance vectors, so that none is left in the state after a certain
 * step. So from one half the other is known: each block is computed once more
 * for each vector, changed by it, from that step backwards and forwards. Where
 * it ends as the block itself did, somebody has made a pair.
 *
 * Stevens and Shumow's 32 vectors ("Speeding up detection of SHA-1 collision
 * attacks", USENIX Security 2017), as git and libgit2 have them, here without
 * the conditions that let those leave most of them out: nothing is left out,
 * and it takes five times as long. For few bytes: to load libgit2 for them
 * takes longer. */
#ifndef TIAN_CORE_SHA1_WARY_H
#define TIAN_CORE_SHA1_WARY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/sha1.h"

/* Incremental; a bare value, no release needed. */
struct sha1_wary {
	uint32_t state[5];
	bool made; /* a half of a collision was seen */
	uint64_t len;
	uint8_t block[64];
};

void sha1_wary_init(struct sha1_wary *wary);
void sha1_wary_update(struct sha1_wary *wary, const void *data, size_t len);
/* False: one half of a collision; `out` is its SHA-1 all the same. */
bool sha1_wary_final(struct sha1_wary *wary, uint8_t out[SHA1_SIZE]);

#endif
