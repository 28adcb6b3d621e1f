/* sha1.c - SHA-1. */
#include "core/base/sha1.h"

#include <string.h>

void sha1_init(struct sha1 *sha1)
{
	*sha1 = (struct sha1){.state = {0x67452301, 0xefcdab89, 0x98badcfe,
					0x10325476, 0xc3d2e1f0}};
}

static inline uint32_t rotate(uint32_t x, unsigned n)
{
	return x << n | x >> (32 - n);
}

static inline uint32_t load(const uint8_t *at)
{
	return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 |
	       (uint32_t)at[2] << 8 | at[3];
}

/* Five steps bring the five words back to their places. */
#define STEP(a, b, c, d, e, f, k, t)                            \
	do {                                                    \
		(e) += rotate((a), 5) + (f) + (k) + words[(t)]; \
		(b) = rotate((b), 30);                          \
	} while (0)
#define CHOOSE(x, y, z) ((z) ^ ((x) & ((y) ^ (z))))
#define PARITY(x, y, z) ((x) ^ (y) ^ (z))
#define MAJORITY(x, y, z) (((x) & (y)) | ((z) & ((x) | (y))))
#define FIVE(f, k, t)                                        \
	do {                                                 \
		STEP(a, b, c, d, e, f(b, c, d), k, (t));     \
		STEP(e, a, b, c, d, f(a, b, c), k, (t) + 1); \
		STEP(d, e, a, b, c, f(e, a, b), k, (t) + 2); \
		STEP(c, d, e, a, b, f(d, e, a), k, (t) + 3); \
		STEP(b, c, d, e, a, f(c, d, e), k, (t) + 4); \
	} while (0)

static void take_block(uint32_t state[5], const uint8_t *block)
{
	uint32_t words[80];
	uint32_t a = state[0];
	uint32_t b = state[1];
	uint32_t c = state[2];
	uint32_t d = state[3];
	uint32_t e = state[4];

	for (unsigned t = 0; t < 16; t++)
		words[t] = load(block + 4 * t);
	for (unsigned t = 16; t < 80; t++)
		words[t] = rotate(words[t - 3] ^ words[t - 8] ^ words[t - 14] ^
					  words[t - 16],
				  1);
	for (unsigned t = 0; t < 20; t += 5)
		FIVE(CHOOSE, 0x5a827999, t);
	for (unsigned t = 20; t < 40; t += 5)
		FIVE(PARITY, 0x6ed9eba1, t);
	for (unsigned t = 40; t < 60; t += 5)
		FIVE(MAJORITY, 0x8f1bbcdc, t);
	for (unsigned t = 60; t < 80; t += 5)
		FIVE(PARITY, 0xca62c1d6, t);
	state[0] += a;
	state[1] += b;
	state[2] += c;
	state[3] += d;
	state[4] += e;
}

void sha1_update(struct sha1 *sha1, const void *data, size_t len)
{
	const uint8_t *at = data;
	size_t have = sha1->len % SHA1_BLOCK;

	sha1->len += len;
	if (have > 0) {
		size_t n = SHA1_BLOCK - have < len ? SHA1_BLOCK - have : len;

		memcpy(sha1->part + have, at, n);
		at += n;
		len -= n;
		if (have + n < SHA1_BLOCK)
			return;
		take_block(sha1->state, sha1->part);
	}
	for (; len >= SHA1_BLOCK; at += SHA1_BLOCK, len -= SHA1_BLOCK)
		take_block(sha1->state, at);
	if (len > 0)
		memcpy(sha1->part, at, len);
}

void sha1_final(struct sha1 *sha1, uint8_t out[SHA1_SIZE])
{
	uint8_t tail[2 * SHA1_BLOCK] = {0x80};
	uint64_t bits = sha1->len * 8;
	size_t have = sha1->len % SHA1_BLOCK;
	size_t pad = (have < 56 ? 56 : 120) - have;

	for (size_t i = 0; i < 8; i++)
		tail[pad + i] = (uint8_t)(bits >> (56 - 8 * i));
	sha1_update(sha1, tail, pad + 8);
	for (size_t i = 0; i < SHA1_SIZE; i++)
		out[i] = (uint8_t)(sha1->state[i / 4] >> (24 - 8 * (i % 4)));
}
