/* crypto.h - the one door to libsodium: hashes, random bytes, Ed25519.
 * Knows no file format and no protocol. */
#ifndef TIAN_CORE_CRYPTO_H
#define TIAN_CORE_CRYPTO_H

#include <stddef.h>
#include <stdint.h>

#include "core/base/err.h"

enum {
	CRYPTO_SHA256_SIZE = 32,
	CRYPTO_SHA512_SIZE = 64,
	CRYPTO_SEED_SIZE = 32,	 /* Ed25519 private seed */
	CRYPTO_PUBLIC_SIZE = 32, /* Ed25519 public key */
	CRYPTO_SECRET_SIZE = 64, /* seed followed by public key */
	CRYPTO_SIGNATURE_SIZE = 64
};

/* Incremental SHA-256; a bare value, no release needed. */
struct crypto_sha256 {
	uint64_t opaque[16];
};

int crypto_init(struct err *err); /* once, before anything else; idempotent */
void crypto_random(void *out, size_t len);
uint64_t crypto_random_u64(void);
void crypto_sha256(uint8_t out[CRYPTO_SHA256_SIZE], const void *data,
		   size_t len);
void crypto_sha256_init(struct crypto_sha256 *state);
void crypto_sha256_update(struct crypto_sha256 *state, const void *data,
			  size_t len);
void crypto_sha256_final(struct crypto_sha256 *state,
			 uint8_t out[CRYPTO_SHA256_SIZE]);
void crypto_sha512(uint8_t out[CRYPTO_SHA512_SIZE], const void *data,
		   size_t len);
void crypto_keypair(uint8_t public_key[CRYPTO_PUBLIC_SIZE],
		    uint8_t secret[CRYPTO_SECRET_SIZE]);
/* Not `crypto_sign`: libsodium has that name. */
void crypto_make_signature(uint8_t out[CRYPTO_SIGNATURE_SIZE], const void *data,
			   size_t len,
			   const uint8_t secret[CRYPTO_SECRET_SIZE]);
/* 0 if the signature holds, -1 if not. */
int crypto_verify(const uint8_t signature[CRYPTO_SIGNATURE_SIZE],
		  const void *data, size_t len,
		  const uint8_t public_key[CRYPTO_PUBLIC_SIZE]);
void crypto_wipe(void *secret, size_t len);

#endif
