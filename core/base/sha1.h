/* sha1.h - the one door to libmd: SHA-1, by which git names and seals what it
 * stores. Knows bytes. Only for bytes that we made or have hashed before:
 * where somebody else may have chosen them, sha1_wary.h looks for collisions
 * that were made, and so does git_odb_hash of libgit2. */
#ifndef TIAN_CORE_SHA1_H
#define TIAN_CORE_SHA1_H

#include <stddef.h>
#include <stdint.h>

enum { SHA1_SIZE = 20 };

/* Incremental; a bare value, no release needed. */
struct sha1 {
	uint64_t opaque[16];
};

void sha1_init(struct sha1 *sha1);
void sha1_update(struct sha1 *sha1, const void *data, size_t len);
void sha1_final(struct sha1 *sha1, uint8_t out[SHA1_SIZE]);

#endif
