/* pack_diff.c - one object told as a difference to another. */
#include "sync/git/pack_diff.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum {
	RUN = 12,   /* a copy takes up to 8 bytes, and parts what it parts */
	GAP = 64,   /* after as many bytes that differ, what follows moved */
	BLOCK = 16, /* bytes that are looked for elsewhere in the base */
	TRIES = 8,  /* of those that look alike */
	COPY_MAX = 0xffff,
	INSERT_MAX = 127
};

/* Of pack_match. */
enum {
	PIECE = 8, /* bytes that begin alike: a copy takes 3 to 5 */
	SLOT_BITS = 10
};

/* Where in the base each piece stands: a place is told as itself + 1. */
struct pieces {
	const struct buf *base;
	uint16_t last[1 << SLOT_BITS];
	uint16_t before[PACK_MATCH_MAX];
};

static void add_number(struct buf *out, size_t value)
{
	for (; value > 127; value >>= 7)
		buf_addc(out, (char)((value & 127) | 128));
	buf_addc(out, (char)value);
}

static void add_copy_step(struct buf *out, size_t at, size_t n)
{
	size_t op = out->len;
	unsigned bits = 128;

	buf_addc(out, 0);
	for (unsigned i = 0; i < 4; i++)
		if ((at >> 8 * i & 255) != 0) {
			buf_addc(out, (char)(at >> 8 * i & 255));
			bits |= 1U << i;
		}
	for (unsigned i = 0; i < 3; i++)
		if ((n >> 8 * i & 255) != 0) {
			buf_addc(out, (char)(n >> 8 * i & 255));
			bits |= 16U << i;
		}
	if (!out->failed)
		out->data[op] = (char)bits;
}

static void add_copy(struct buf *out, size_t at, size_t n)
{
	while (n > 0) {
		size_t now = n < COPY_MAX ? n : COPY_MAX;

		add_copy_step(out, at, now);
		at += now;
		n -= now;
	}
}

static void add_bytes(struct buf *out, const char *at, size_t n)
{
	while (n > 0) {
		size_t now = n < INSERT_MAX ? n : INSERT_MAX;

		buf_addc(out, (char)now);
		buf_add(out, at, now);
		at += now;
		n -= now;
	}
}

/* How many bytes are the same from here on, at most `most`. */
static size_t same_run(const char *a, const char *b, size_t most)
{
	size_t n = 0;
	uint64_t x;
	uint64_t y;

	for (; most - n >= sizeof(x); n += sizeof(x)) {
		memcpy(&x, a + n, sizeof(x));
		memcpy(&y, b + n, sizeof(y));
		if (x != y)
			break;
	}
	while (n < most && a[n] == b[n])
		n++;
	return n;
}

/* How many bytes at the end of both are the same, if worth a copy. */
static size_t same_tail(const struct buf *base, const struct buf *to)
{
	size_t most = base->len < to->len ? base->len : to->len;
	size_t n = 0;

	while (n < most &&
	       base->data[base->len - 1 - n] == to->data[to->len - 1 - n])
		n++;
	return n < RUN ? 0 : n;
}

/* --- stretches that moved --------------------------------------------------- */

/* Blocks of the base by what they hold, made when first asked for. */
struct blocks {
	const char *base;
	size_t n;	 /* blocks */
	uint32_t *heads; /* of a list for each hash, numbers from 1 */
	uint32_t *next;
	unsigned bits;
};

static uint32_t hash_of(const struct blocks *blocks, const char *at)
{
	uint64_t x;
	uint64_t y;

	memcpy(&x, at, sizeof(x));
	memcpy(&y, at + sizeof(x), sizeof(y));
	x = (x ^ (y << 29 | y >> 35)) * 0x9e3779b97f4a7c15;
	return (uint32_t)(x >> (64 - blocks->bits));
}

/* The last block first, so that lists begin with the first one. */
static bool make_blocks(struct blocks *blocks, const char *base, size_t len)
{
	blocks->base = base;
	blocks->n = len / BLOCK;
	for (blocks->bits = 4; blocks->n >> blocks->bits > 0; blocks->bits++)
		;
	blocks->heads =
		calloc((size_t)1 << blocks->bits, sizeof(*blocks->heads));
	blocks->next = malloc((blocks->n + 1) * sizeof(*blocks->next));
	if (blocks->heads == NULL || blocks->next == NULL)
		return false;
	for (size_t i = blocks->n; i > 0; i--) {
		uint32_t hash = hash_of(blocks, base + (i - 1) * BLOCK);

		blocks->next[i] = blocks->heads[hash];
		blocks->heads[hash] = (uint32_t)i;
	}
	return true;
}

static void free_blocks(struct blocks *blocks)
{
	free(blocks->heads);
	free(blocks->next);
}

/* The longest run that begins with what stands `at`, up to `most` bytes; where
 * in the base it does. */
static size_t find_run(size_t *where, const struct blocks *blocks,
		       size_t base_len, const char *at, size_t most)
{
	uint32_t i = blocks->heads[hash_of(blocks, at)];
	size_t best = 0;

	for (int tries = 0; i != 0 && tries < TRIES; tries++) {
		size_t from = (size_t)(i - 1) * BLOCK;
		size_t room = base_len - from < most ? base_len - from : most;
		size_t n = same_run(blocks->base + from, at, room);

		if (n > best) {
			best = n;
			*where = from;
		}
		i = blocks->next[i];
	}
	return best;
}

/* --- the difference ---------------------------------------------------------- */

struct diff {
	struct buf *out;
	const char *base;
	size_t base_len;
	const char *to;
	size_t to_len;
	size_t kept; /* of `to`, how much `out` makes */
	struct blocks blocks;
};

/* `n` bytes that stand at `at` in `to` and at `from` in the base; what is in
 * front of them goes in as it is. */
static void take_run(struct diff *diff, size_t at, size_t from, size_t n)
{
	add_bytes(diff->out, diff->to + diff->kept, at - diff->kept);
	add_copy(diff->out, from, n);
	diff->kept = at + n;
}

/* Where a run begins that stands as far from `at` as it does in the base from
 * `from`, at most GAP on; 0: nowhere. */
static size_t step_over(const struct diff *diff, size_t at, size_t from)
{
	for (size_t i = 1; i <= GAP; i++) {
		size_t room = diff->to_len - at;

		if (from > diff->base_len || at > diff->to_len)
			break;
		if (diff->base_len - from < room)
			room = diff->base_len - from;
		if (i >= room)
			break;
		if (diff->base[from + i] == diff->to[at + i] &&
		    same_run(diff->base + from + i, diff->to + at + i,
			     room - i) >= RUN)
			return i;
	}
	return 0;
}

/* The next run from *at on, wherever it stands in the base: how long it is, and
 * where. It may begin in front of where a block does. */
static size_t look_for_run(struct diff *diff, size_t *at, size_t *from)
{
	size_t len = diff->to_len;
	size_t n = 0;

	if (diff->blocks.heads == NULL &&
	    !make_blocks(&diff->blocks, diff->base, diff->base_len)) {
		diff->out->failed = true;
		return 0;
	}
	for (; len >= BLOCK && *at <= len - BLOCK; (*at)++) {
		n = find_run(from, &diff->blocks, diff->base_len,
			     diff->to + *at, len - *at);
		if (n >= BLOCK)
			break;
	}
	if (n < BLOCK)
		return 0;
	while (*at > diff->kept && *from > 0 &&
	       diff->to[*at - 1] == diff->base[*from - 1]) {
		(*at)--;
		(*from)--;
		n++;
	}
	return n;
}

static void make_diff(struct diff *diff, size_t limit)
{
	size_t start = diff->out->len;
	size_t from = 0;
	size_t at = 0;

	while (at < diff->to_len && !diff->out->failed &&
	       diff->out->len - start <= limit) {
		size_t room = diff->to_len - at;
		size_t n;

		if (diff->base_len - from < room)
			room = diff->base_len - from;
		n = same_run(diff->base + from, diff->to + at, room);
		if (n < RUN) {
			size_t over = step_over(diff, at, from);

			at += over;
			from += over;
			n = over > 0 ? same_run(diff->base + from,
						diff->to + at, room - over)
				     : look_for_run(diff, &at, &from);
		}
		if (n == 0)
			break;
		take_run(diff, at, from, n);
		at += n;
		from += n;
	}
}

bool pack_diff(struct buf *out, const struct buf *base, const struct buf *to,
	       size_t limit)
{
	size_t tail = same_tail(base, to);
	struct diff diff = {.out = out,
			    .base = buf_text(base),
			    .base_len = base->len - tail,
			    .to = buf_text(to),
			    .to_len = to->len - tail};
	size_t start = out->len;
	size_t left;

	add_number(out, base->len);
	add_number(out, to->len);
	make_diff(&diff, limit);
	free_blocks(&diff.blocks);
	left = diff.to_len - diff.kept;
	if (left <= limit) {
		add_bytes(out, diff.to + diff.kept, left);
		add_copy(out, diff.base_len, tail);
	}
	if (left <= limit && out->len - start <= limit)
		return true;
	buf_truncate(out, start);
	return false;
}

/* --- small objects ------------------------------------------------------- */

static size_t slot_of(const char *at)
{
	uint64_t piece;

	memcpy(&piece, at, PIECE);
	return (size_t)(piece * UINT64_C(0x9e3779b97f4a7c15) >>
			(64 - SLOT_BITS));
}

static void find_pieces(struct pieces *pieces, const struct buf *base)
{
	pieces->base = base;
	memset(pieces->last, 0, sizeof(pieces->last));
	for (size_t i = 0; i + PIECE <= base->len; i++) {
		uint16_t *last = &pieces->last[slot_of(base->data + i)];

		pieces->before[i] = *last;
		*last = (uint16_t)(i + 1);
	}
}

/* The longest run of the base that `at` begins with, `most` bytes at most;
 * less than PIECE: none. */
static size_t longest_run(size_t *from, const struct pieces *pieces,
			  const char *at, size_t most)
{
	size_t place = pieces->last[slot_of(at)];
	size_t best = 0;

	for (int i = 0; i < TRIES && place > 0; i++) {
		size_t left = pieces->base->len - (place - 1);
		size_t n = same_run(pieces->base->data + place - 1, at,
				    left < most ? left : most);

		if (n > best) {
			best = n;
			*from = place - 1;
		}
		place = pieces->before[place - 1];
	}
	return best;
}

bool pack_match(struct buf *out, const struct buf *base, const struct buf *to,
		size_t limit)
{
	struct pieces pieces;
	size_t start = out->len;
	size_t done = 0;
	size_t at = 0;

	if (base->len > PACK_MATCH_MAX)
		return false;
	find_pieces(&pieces, base);
	add_number(out, base->len);
	add_number(out, to->len);
	while (at + PIECE <= to->len && at - done <= limit) {
		size_t from = 0;
		size_t n = longest_run(&from, &pieces, to->data + at,
				       to->len - at);

		if (n < PIECE) {
			at++;
			continue;
		}
		add_bytes(out, to->data + done, at - done);
		add_copy(out, from, n);
		at += n;
		done = at;
	}
	add_bytes(out, to->data + done, to->len - done);
	if (out->len - start <= limit)
		return true;
	buf_truncate(out, start);
	return false;
}

bool pack_differ(struct buf *out, bool is_tree, const struct buf *base,
		 const struct buf *to, size_t limit)
{
	return is_tree || to->len > PACK_MATCH_MAX || base->len > PACK_MATCH_MAX
		       ? pack_diff(out, base, to, limit)
		       : pack_match(out, base, to, limit);
}
