/* pack_diff.c - one object told as a difference to another. */
#include "sync/git/pack_diff.h"

#include <stdint.h>
#include <string.h>

enum {
	RUN = 12, /* a copy takes up to 8 bytes, and parts what it parts */
	GAP = 64, /* after as many bytes that differ, what follows moved */
	COPY_MAX = 0xffff,
	INSERT_MAX = 127
};

/* Of pack_match. */
enum {
	PIECE = 8, /* bytes that begin alike: a copy takes 3 to 5 */
	SLOT_BITS = 10,
	TRIES = 8 /* places where the same piece stands */
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

/* Where the next run of bytes that are the same at the same place begins, at
 * most GAP on; `end` if there is none. */
static size_t next_run(size_t *len, const char *a, const char *b, size_t at,
		       size_t end)
{
	size_t last = end - at > GAP ? at + GAP : end;

	for (; at < last; at++) {
		size_t n = same_run(a + at, b + at, end - at);

		if (n >= RUN) {
			*len = n;
			return at;
		}
		at += n;
	}
	*len = 0;
	return end;
}

/* How many bytes at the end of both are the same, beyond `from`. */
static size_t same_tail(const struct buf *base, const struct buf *to,
			size_t from)
{
	size_t most = (base->len < to->len ? base->len : to->len) - from;
	size_t n = 0;

	while (n < most &&
	       base->data[base->len - 1 - n] == to->data[to->len - 1 - n])
		n++;
	return n;
}

bool pack_diff(struct buf *out, const struct buf *base, const struct buf *to,
	       size_t limit)
{
	size_t both = base->len < to->len ? base->len : to->len;
	size_t start = out->len;
	size_t done = 0;
	size_t tail = 0;
	size_t run;
	size_t at = 0;

	add_number(out, base->len);
	add_number(out, to->len);
	while (!out->failed && out->len - start <= limit &&
	       (at = next_run(&run, base->data, to->data, done, both)) < both) {
		add_bytes(out, to->data + done, at - done);
		add_copy(out, at, run);
		done = at + run;
	}
	tail = same_tail(base, to, done);
	if (tail < RUN)
		tail = 0;
	if (to->len - done - tail <= limit) {
		add_bytes(out, to->data + done, to->len - done - tail);
		add_copy(out, base->len - tail, tail);
	}
	if (to->len - done - tail <= limit && out->len - start <= limit)
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
