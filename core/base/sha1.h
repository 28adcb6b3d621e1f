/* sha1.h - SHA-1 (FIPS 180-4), by which git names and seals what it stores.
 * Knows bytes. Says nothing of who wrote them: for that there are signatures,
 * and where somebody else may have chosen the bytes, git's own SHA-1, which
 * finds collisions that were made (git_library.h). */
#ifndef TIAN_CORE_SHA1_H
#define TIAN_CORE_SHA1_H

#include <stddef.h>
#include <stdint.h>

enum { SHA1_SIZE = 20, SHA1_BLOCK = 64 };

/* Incremental; a bare value, no release needed. */
struct sha1 {
	uint32_t state[5];
	uint64_t len; /* bytes so far */
	uint8_t part[SHA1_BLOCK];
};

void sha1_init(struct sha1 *sha1);
void sha1_update(struct sha1 *sha1, const void *data, size_t len);
void sha1_final(struct sha1 *sha1, uint8_t out[SHA1_SIZE]);

#endif
