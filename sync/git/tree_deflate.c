/* tree_deflate.c - git's trees as zlib streams: one block, whose Huffman codes
 * are always the same.
 *
 * The codes are made for entries of `mode SP name NUL` and 20 bytes of a hash:
 * two matches, a few letters, and twenty bytes of which each is as likely. */
#include "sync/git/tree_deflate.h"

#include <pthread.h>
#include <stdint.h>
#include <string.h>

#include "core/base/deflate.h"
#include "sync/git/oid.h"

enum {
	END = 256, /* of the block */
	LENGTHS = 29,
	SYMBOLS = END + 1 + LENGTHS,
	DISTANCES = 30,
	STEPS = 19, /* kinds of a code's length, RFC 1951 3.2.7 */
	CODES = SYMBOLS + DISTANCES,
	CODE_MAX = 15, /* bits */
	MATCH_MIN = 3,
	MATCH_MAX = 258,
	AGAIN = 16, /* the last length, three to six times */
	AGAIN_MAX = 6,
	HEAD_MAX = 512, /* mode and name that are looked at */
	ROOM = 512	/* for what is no entry's */
};

struct code {
	uint16_t bits; /* the first one lowest */
	uint16_t n;
};

/* Where the ranges begin that have a code each. */
static const uint16_t length_ranges[LENGTHS] = {
	3,  4,	5,  6,	7,  8,	9,  10, 11,  13,  15,  17,  19,	 23, 27,
	31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258};
/* Those above are farther than an entry can be. */
static const uint16_t distance_ranges[] = {1,	2,   3,	  4,   5,   7,	9,
					   13,	17,  25,  33,  49,  65, 97,
					   129, 193, 257, 385, 513, 769};

static struct code codes[CODES]; /* of symbols, then of distances */
static struct code steps[STEPS];
static uint8_t code_lengths[CODES];
static uint8_t length_codes[MATCH_MAX + 1]; /* by length */
static uint8_t distance_codes[HEAD_MAX + OID_SIZE + 1];

/* --- the codes ------------------------------------------------------------ */

/* RFC 1951 3.2.2: codes follow from their lengths. */
static void number_codes(struct code *out, const uint8_t *lengths, size_t n)
{
	unsigned next = 0;

	for (unsigned length = 1; length <= CODE_MAX; length++, next <<= 1)
		for (size_t i = 0; i < n; i++) {
			unsigned bits = 0;

			if (lengths[i] != length)
				continue;
			for (unsigned k = 0; k < length; k++)
				bits |= (next >> k & 1) << (length - 1 - k);
			out[i] =
				(struct code){(uint16_t)bits, (uint16_t)length};
			next++;
		}
}

static void set_lengths(size_t from, size_t n, uint8_t length)
{
	memset(code_lengths + from, length, n);
}

/* Of each value the last range that begins at or below it. */
static void number_ranges(uint8_t *out, size_t most, const uint16_t *ranges,
			  size_t n)
{
	for (size_t i = 0; i < n; i++)
		for (size_t value = ranges[i]; value <= most; value++)
			out[value] = (uint8_t)i;
}

/* Each of the three is complete: the sum of 2^-length is 1. */
static void make_codes(void)
{
	static const uint8_t of_steps[STEPS] = {
		[1] = 4, [2] = 4,  [6] = 3,  [7] = 3,	 [8] = 3,
		[9] = 3, [10] = 3, [11] = 3, [AGAIN] = 3};

	set_lengths(0, 224, 8);
	set_lengths(224, 32, 9);
	set_lengths(END, 1, 11);
	set_lengths(END + 1, 12, 8);   /* matches of 3 to 18 bytes */
	set_lengths(END + 13, 14, 10); /* to 194 */
	set_lengths(END + 27, 3, 11);  /* to 258 */
	set_lengths(SYMBOLS, DISTANCES, 7);
	set_lengths(SYMBOLS + 10, 1, 1); /* 33 to 48 */
	set_lengths(SYMBOLS + 11, 1, 2); /* 49 to 64 */
	set_lengths(SYMBOLS + 6, 4, 6);	 /* 9 to 32 */
	number_codes(codes, code_lengths, SYMBOLS);
	number_codes(codes + SYMBOLS, code_lengths + SYMBOLS, DISTANCES);
	number_codes(steps, of_steps, STEPS);
	number_ranges(length_codes, MATCH_MAX, length_ranges, LENGTHS);
	number_ranges(distance_codes, HEAD_MAX + OID_SIZE, distance_ranges,
		      sizeof(distance_ranges) / sizeof(*distance_ranges));
}

/* --- bits ----------------------------------------------------------------- */

struct bits {
	unsigned char *at; /* there is room */
	uint64_t held;
	unsigned n; /* below 32 between calls */
};

static inline void put(struct bits *bits, unsigned value, unsigned n)
{
	bits->held |= (uint64_t)value << bits->n;
	bits->n += n;
	if (bits->n < 32)
		return;
	for (unsigned i = 0; i < 4; i++)
		*bits->at++ = (unsigned char)(bits->held >> 8 * i);
	bits->held >>= 32;
	bits->n -= 32;
}

static inline void put_code(struct bits *bits, struct code code)
{
	put(bits, code.bits, code.n);
}

static void put_rest(struct bits *bits)
{
	for (unsigned i = 0; i < bits->n; i += 8)
		*bits->at++ = (unsigned char)(bits->held >> i);
}

static void put_literals(struct bits *bits, const char *at, size_t n)
{
	for (size_t i = 0; i < n; i++)
		put_code(bits, codes[(unsigned char)at[i]]);
}

static void put_match(struct bits *bits, size_t length, size_t distance)
{
	size_t a = length_codes[length];
	size_t b = distance_codes[distance];

	put_code(bits, codes[END + 1 + a]);
	if (a >= 8 && a < LENGTHS - 1)
		put(bits, (unsigned)(length - length_ranges[a]),
		    (unsigned)(a - 4) / 4);
	put_code(bits, codes[SYMBOLS + b]);
	if (b >= 4)
		put(bits, (unsigned)(distance - distance_ranges[b]),
		    (unsigned)(b - 2) / 2);
}

/* --- the stream ----------------------------------------------------------- */

/* RFC 1950's head, that of a last block with codes of its own, and how long
 * those are. */
static void put_head(struct bits *bits)
{
	static const uint8_t order[STEPS] = {16, 17, 18, 0, 8,	7, 9,  6, 10, 5,
					     11, 4,  12, 3, 13, 2, 14, 1, 15};

	put(bits, 0x0178, 16);
	put(bits, 1 | 2 << 1, 3);
	put(bits, SYMBOLS - 257, 5);
	put(bits, DISTANCES - 1, 5);
	put(bits, STEPS - 4, 4);
	for (size_t i = 0; i < STEPS; i++)
		put(bits, steps[order[i]].n, 3);
	for (size_t i = 0; i < CODES;) {
		size_t same = 1;

		put_code(bits, steps[code_lengths[i]]);
		while (i + same < CODES && same <= AGAIN_MAX &&
		       code_lengths[i + same] == code_lengths[i])
			same++;
		if (same > 3) {
			put_code(bits, steps[AGAIN]);
			put(bits, (unsigned)(same - 4), 2);
			i += same;
		} else {
			i++;
		}
	}
}

/* What comes before a hash: its bytes, with the NUL. */
struct head {
	const char *at;
	size_t n;
};

/* As the head before it where both begin and where both end. */
static void put_entry(struct bits *bits, const struct head *before,
		      const struct head *head)
{
	size_t most = before->n < head->n ? before->n : head->n;
	size_t first = 0;
	size_t last = 0;

	most = most < MATCH_MAX ? most : MATCH_MAX;
	while (first < most && before->at[first] == head->at[first])
		first++;
	first = first < MATCH_MIN ? 0 : first;
	while (last < most - first &&
	       before->at[before->n - 1 - last] == head->at[head->n - 1 - last])
		last++;
	last = last < MATCH_MIN ? 0 : last;
	if (first > 0)
		put_match(bits, first, before->n + OID_SIZE);
	put_literals(bits, head->at + first, head->n - first - last);
	if (last > 0)
		put_match(bits, last, head->n + OID_SIZE);
	put_literals(bits, head->at + head->n, OID_SIZE);
}

static bool put_entries(struct bits *bits, const struct buf *tree)
{
	const char *at = buf_text(tree);
	const char *end = at + tree->len;
	struct head before = {at, 0};

	while (at < end) {
		const char *nul = memchr(at, '\0', (size_t)(end - at));
		struct head head = {at, 0};

		if (nul == NULL || end - nul <= OID_SIZE)
			return false;
		head.n = (size_t)(nul + 1 - at);
		if (head.n > HEAD_MAX)
			return false;
		put_entry(bits, &before, &head);
		before = head;
		at = nul + 1 + OID_SIZE;
	}
	return true;
}

/* No byte takes more than 9 bits: a match is never longer than what it
 * stands for. */
static size_t most_of(size_t len)
{
	return len + len / 8 + ROOM;
}

bool tree_deflate(struct buf *out, const struct buf *tree)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	size_t begin = out->len;
	char *room = buf_extend(out, most_of(tree->len));
	struct bits bits = {.at = (unsigned char *)room};
	uint32_t sum;
	bool done;

	if (room == NULL)
		return true;
	pthread_once(&once, make_codes);
	put_head(&bits);
	done = put_entries(&bits, tree);
	put_code(&bits, codes[END]);
	put_rest(&bits);
	sum = deflate_adler32(buf_text(tree), tree->len);
	for (int i = 3; i >= 0; i--)
		*bits.at++ = (unsigned char)(sum >> 8 * i);
	buf_truncate(out,
		     done ? begin + (size_t)((char *)bits.at - room) : begin);
	return done;
}
