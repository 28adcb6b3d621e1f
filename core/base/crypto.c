/* crypto.c - the one door to libsodium: hashes, random bytes, Ed25519. */
#include "core/base/crypto.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

static_assert(sizeof(struct crypto_sha256) >= sizeof(crypto_hash_sha256_state),
	      "struct crypto_sha256 holds libsodium's state");
static_assert((int)CRYPTO_SECRET_SIZE == crypto_sign_SECRETKEYBYTES,
	      "seed and public key, as OpenSSH stores them");

int crypto_init(struct err *err)
{
	if (sodium_init() < 0)
		return err_set(err, ERR_FAIL, "libsodium does not start");
	return 0;
}

void crypto_random(void *out, size_t len)
{
	randombytes_buf(out, len);
}

uint64_t crypto_random_u64(void)
{
	uint64_t value;

	randombytes_buf(&value, sizeof(value));
	return value;
}

void crypto_sha256(uint8_t out[CRYPTO_SHA256_SIZE], const void *data,
		   size_t len)
{
	crypto_hash_sha256(out, data, len);
}

/* libsodium's state is copied in and out, so that no other file needs to
 * know its type or its alignment. */
void crypto_sha256_init(struct crypto_sha256 *state)
{
	crypto_hash_sha256_state inner;

	crypto_hash_sha256_init(&inner);
	memcpy(state->opaque, &inner, sizeof(inner));
}

void crypto_sha256_update(struct crypto_sha256 *state, const void *data,
			  size_t len)
{
	crypto_hash_sha256_state inner;

	memcpy(&inner, state->opaque, sizeof(inner));
	crypto_hash_sha256_update(&inner, data, len);
	memcpy(state->opaque, &inner, sizeof(inner));
}

void crypto_sha256_final(struct crypto_sha256 *state,
			 uint8_t out[CRYPTO_SHA256_SIZE])
{
	crypto_hash_sha256_state inner;

	memcpy(&inner, state->opaque, sizeof(inner));
	crypto_hash_sha256_final(&inner, out);
}

void crypto_sha512(uint8_t out[CRYPTO_SHA512_SIZE], const void *data,
		   size_t len)
{
	crypto_hash_sha512(out, data, len);
}

void crypto_keypair(uint8_t public_key[CRYPTO_PUBLIC_SIZE],
		    uint8_t secret[CRYPTO_SECRET_SIZE])
{
	crypto_sign_keypair(public_key, secret);
}

void crypto_make_signature(uint8_t out[CRYPTO_SIGNATURE_SIZE], const void *data,
			   size_t len, const uint8_t secret[CRYPTO_SECRET_SIZE])
{
	crypto_sign_detached(out, NULL, data, len, secret);
}

int crypto_verify(const uint8_t signature[CRYPTO_SIGNATURE_SIZE],
		  const void *data, size_t len,
		  const uint8_t public_key[CRYPTO_PUBLIC_SIZE])
{
	return crypto_sign_verify_detached(signature, data, len, public_key);
}

void crypto_wipe(void *secret, size_t len)
{
	sodium_memzero(secret, len);
}
