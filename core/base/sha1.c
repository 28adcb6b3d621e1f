/* sha1.c - the one door to libmd. */
#include "core/base/sha1.h"

#include <assert.h>
#include <sha1.h>

static_assert(sizeof(SHA1_CTX) <= sizeof(struct sha1), "room for libmd");
static_assert(SHA1_SIZE == SHA1_DIGEST_LENGTH, "one size");

static SHA1_CTX *inner(struct sha1 *sha1)
{
	return (SHA1_CTX *)(void *)sha1->opaque;
}

void sha1_init(struct sha1 *sha1)
{
	SHA1Init(inner(sha1));
}

void sha1_update(struct sha1 *sha1, const void *data, size_t len)
{
	SHA1Update(inner(sha1), data, len);
}

void sha1_final(struct sha1 *sha1, uint8_t out[SHA1_SIZE])
{
	SHA1Final(out, inner(sha1));
}
