/* sha1_wary.c - SHA-1 (FIPS 180-4), and the same of four changed messages at a
 * time. */
#include "core/base/sha1_wary.h"

#include <pthread.h>
#include <string.h>

enum {
	STEPS = 80,
	LANES = 4,
	GROUPS = 8, /* of LANES vectors each */
	FIRST = 61, /* most steps that one looks back from where K is */
	RELATIVE = FIRST + STEPS - 43
};

typedef uint32_t lanes __attribute__((vector_size(4 * LANES)));

struct state {
	lanes a, b, c, d, e;
};

/* --- the vectors ---------------------------------------------------------- */

/* I(K,b) and II(K,b) of Manuel's classification. */
static const struct {
	uint8_t k;
	uint8_t b;
} vectors[GROUPS][LANES] = {
	{{43, 0}, {44, 0}, {45, 0}, {46, 0}}, /* type I */
	{{46, 2}, {47, 0}, {47, 2}, {48, 0}},
	{{48, 2}, {49, 0}, {49, 2}, {50, 0}},
	{{50, 2}, {51, 0}, {51, 2}, {52, 0}},
	{{45, 0}, {46, 0}, {46, 2}, {47, 0}}, /* type II */
	{{48, 0}, {49, 0}, {49, 2}, {50, 0}},
	{{50, 2}, {51, 0}, {51, 2}, {52, 0}},
	{{53, 0}, {54, 0}, {55, 0}, {56, 0}},
};

/* The step after which a group has no difference in the state: the five
 * before it are disturbed by none of its vectors, that is K + 5 to K + 15 for
 * type I, K + 9 to K + 15 for type II. */
static const uint8_t steps[GROUPS] = {58, 58, 58, 58, 60, 60, 65, 65};

static lanes differences[GROUPS][STEPS]; /* of the messages */

static uint32_t rotate(uint32_t x, unsigned n)
{
	return n == 0 ? x : x << n | x >> (32 - n);
}

/* A vector obeys the expansion of messages, so sixteen words of it give all.
 * v[FIRST + i] is that of step K + i, with b = 0. */
static void expand(uint32_t v[RELATIVE], bool second)
{
	memset(v, 0, RELATIVE * sizeof(*v));
	v[FIRST + 15] = 1;
	if (second)
		v[FIRST + 1] = v[FIRST + 3] = UINT32_C(1) << 31;
	for (size_t i = FIRST + 16; i < RELATIVE; i++)
		v[i] = rotate(v[i - 3] ^ v[i - 8] ^ v[i - 14] ^ v[i - 16], 1);
	for (size_t i = FIRST; i-- > 0;)
		v[i] = rotate(v[i + 16], 31) ^ v[i + 2] ^ v[i + 8] ^ v[i + 13];
}

/* What the message needs for a disturbance, and for setting it right again in
 * the five steps that follow: v[0] is that of the step itself. */
static uint32_t local_collision(const uint32_t *v)
{
	return v[0] ^ rotate(v[-1], 5) ^ v[-2] ^
	       rotate(v[-3] ^ v[-4] ^ v[-5], 30);
}

static void prepare(void)
{
	for (size_t group = 0; group < GROUPS; group++) {
		uint32_t v[RELATIVE];

		expand(v, group >= GROUPS / 2);
		for (size_t i = 0; i < STEPS * LANES; i++) {
			size_t step = i / LANES;
			size_t lane = i % LANES;
			size_t at = FIRST + step - vectors[group][lane].k;

			differences[group][step][lane] =
				rotate(local_collision(v + at),
				       vectors[group][lane].b);
		}
	}
}

/* --- SHA-1 ---------------------------------------------------------------- */

static lanes turn(lanes x, int n)
{
	return x << n | x >> (32 - n);
}

/* f and K of a step. */
static inline lanes mix(size_t step, lanes b, lanes c, lanes d)
{
	switch (step / 20) {
	case 0:
		return (d ^ (b & (c ^ d))) + UINT32_C(0x5a827999);
	case 1:
		return (b ^ c ^ d) + UINT32_C(0x6ed9eba1);
	case 2:
		return ((b & c) | (d & (b | c))) + UINT32_C(0x8f1bbcdc);
	default:
		return (b ^ c ^ d) + UINT32_C(0xca62c1d6);
	}
}

/* Messages w, changed by `by`. */
static void forwards(struct state *s, size_t from, size_t to,
		     const uint32_t w[STEPS], const lanes by[STEPS])
{
	for (size_t i = from; i < to; i++) {
		lanes a = turn(s->a, 5) + mix(i, s->b, s->c, s->d) + s->e +
			  (by[i] ^ w[i]);

		*s = (struct state){a, s->a, turn(s->b, 30), s->c, s->d};
	}
}

static void backwards(struct state *s, size_t from, const uint32_t w[STEPS],
		      const lanes by[STEPS])
{
	for (size_t i = from; i > 0; i--) {
		lanes b = turn(s->c, 2);
		lanes e = s->a - turn(s->b, 5) - mix(i - 1, b, s->d, s->e) -
			  (by[i - 1] ^ w[i - 1]);

		*s = (struct state){s->b, b, s->d, s->e, e};
	}
}

static void add(struct state *s, const struct state *t)
{
	s->a += t->a;
	s->b += t->b;
	s->c += t->c;
	s->d += t->d;
	s->e += t->e;
}

/* Whether a block that was changed by one of the group's vectors ends as this
 * one: `at` is the state where they meet, `end` what comes out. */
static bool is_half(size_t group, const struct state *at,
		    const struct state *end, const uint32_t w[STEPS])
{
	const lanes *by = differences[group];
	struct state before = *at;
	struct state after = *at;
	lanes apart;

	backwards(&before, steps[group], w, by);
	forwards(&after, steps[group], STEPS, w, by);
	add(&after, &before);
	apart = (after.a ^ end->a) | (after.b ^ end->b) | (after.c ^ end->c) |
		(after.d ^ end->d) | (after.e ^ end->e);
	return apart[0] == 0 || apart[1] == 0 || apart[2] == 0 || apart[3] == 0;
}

static void load(uint32_t w[STEPS], const uint8_t block[64])
{
	for (size_t i = 0; i < 16; i++)
		w[i] = (uint32_t)block[4 * i] << 24 |
		       (uint32_t)block[4 * i + 1] << 16 |
		       (uint32_t)block[4 * i + 2] << 8 | block[4 * i + 3];
	for (size_t i = 16; i < STEPS; i++)
		w[i] = rotate(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
}

static void take(struct sha1_wary *wary, const uint8_t block[64])
{
	static const lanes unchanged[STEPS];
	const lanes none = {0};
	uint32_t *h = wary->state;
	const struct state start = {none + h[0], none + h[1], none + h[2],
				    none + h[3], none + h[4]};
	struct state at[GROUPS];
	struct state end = start;
	uint32_t w[STEPS];
	size_t step = 0;

	load(w, block);
	for (size_t i = 0; i < GROUPS; i++) {
		forwards(&end, step, steps[i], w, unchanged);
		step = steps[i];
		at[i] = end;
	}
	forwards(&end, step, STEPS, w, unchanged);
	add(&end, &start);
	for (size_t i = 0; i < GROUPS && !wary->made; i++)
		wary->made = is_half(i, &at[i], &end, w);
	h[0] = end.a[0];
	h[1] = end.b[0];
	h[2] = end.c[0];
	h[3] = end.d[0];
	h[4] = end.e[0];
}

void sha1_wary_init(struct sha1_wary *wary)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, prepare);
	*wary = (struct sha1_wary){.state = {0x67452301, 0xefcdab89, 0x98badcfe,
					     0x10325476, 0xc3d2e1f0}};
}

void sha1_wary_update(struct sha1_wary *wary, const void *data, size_t len)
{
	const uint8_t *at = data;

	while (len > 0) {
		size_t has = wary->len % sizeof(wary->block);
		size_t room = sizeof(wary->block) - has;
		size_t n = len < room ? len : room;

		memcpy(wary->block + has, at, n);
		wary->len += n;
		at += n;
		len -= n;
		if (n == room)
			take(wary, wary->block);
	}
}

bool sha1_wary_final(struct sha1_wary *wary, uint8_t out[SHA1_SIZE])
{
	static const uint8_t padding[64] = {0x80};
	uint64_t bits = wary->len * 8;
	uint8_t tail[8];

	for (int i = 7; i >= 0; i--, bits >>= 8)
		tail[i] = (uint8_t)bits;
	sha1_wary_update(wary, padding, 64 - (wary->len + 8) % 64);
	sha1_wary_update(wary, tail, sizeof(tail));
	for (size_t i = 0; i < SHA1_SIZE; i++)
		out[i] = (uint8_t)(wary->state[i / 4] >> (24 - i % 4 * 8));
	return !wary->made;
}
