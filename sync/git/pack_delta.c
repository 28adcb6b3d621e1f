/* pack_delta.c - one object of a pack told as a difference to another. */
#include "sync/git/pack_delta.h"

#include <stdbool.h>

/* A number of 7 bits a byte; false where it does not end. */
static bool take_number(uint64_t *out, const unsigned char **at,
			const unsigned char *end)
{
	unsigned shift = 0;

	for (*out = 0; *at < end && shift < 63; shift += 7) {
		unsigned char byte = *(*at)++;

		*out |= (uint64_t)(byte & 127) << shift;
		if ((byte & 128) == 0)
			return true;
	}
	return false;
}

size_t pack_delta_sizes(uint64_t *base, uint64_t *result, const void *bytes,
			size_t len)
{
	const unsigned char *at = bytes;

	if (!take_number(base, &at, at + len) ||
	    !take_number(result, &at, (const unsigned char *)bytes + len))
		return 0;
	return (size_t)(at - (const unsigned char *)bytes);
}

/* `n` bytes, least first, of which only those are there whose bit of `bits`
 * is set. */
static bool take_sparse(size_t *out, const unsigned char **at,
			const unsigned char *end, unsigned bits, unsigned n)
{
	*out = 0;
	for (unsigned i = 0; i < n; i++) {
		if ((bits >> i & 1) == 0)
			continue;
		if (*at == end)
			return false;
		*out |= (size_t) * (*at)++ << 8 * i;
	}
	return true;
}

/* What one instruction adds lies at *from, `*n` bytes. */
static bool take_step(const void **from, size_t *n, const unsigned char **at,
		      const unsigned char *end, const struct buf *base)
{
	unsigned op = *(*at)++;
	size_t offset;

	if ((op & 128) == 0) {
		*from = *at;
		*n = op;
		if (op == 0 || (size_t)(end - *at) < op)
			return false;
		*at += op;
		return true;
	}
	if (!take_sparse(&offset, at, end, op & 15, 4) ||
	    !take_sparse(n, at, end, op >> 4 & 7, 3))
		return false;
	if (*n == 0)
		*n = 0x10000;
	*from = buf_text(base) + (offset <= base->len ? offset : 0);
	return offset <= base->len && *n <= base->len - offset;
}

int pack_delta_apply(struct buf *out, const struct buf *base,
		     const struct buf *delta, size_t limit, struct err *err)
{
	const unsigned char *at = (const unsigned char *)buf_text(delta);
	const unsigned char *end = at + delta->len;
	uint64_t is;
	uint64_t makes;
	size_t head = pack_delta_sizes(&is, &makes, at, delta->len);

	buf_clear(out);
	if (delta->len < PACK_DELTA_MIN || head == 0 || is != base->len)
		return err_set(err, ERR_CORRUPT, "a delta of another base");
	if (makes > limit)
		return err_set(err, ERR_CORRUPT,
			       "a delta that makes %llu bytes, more than %zu",
			       (unsigned long long)makes, limit);
	at += head;
	while (at < end) {
		const void *from;
		size_t n;

		if (!take_step(&from, &n, &at, end, base) ||
		    n > makes - out->len)
			return err_set(err, ERR_CORRUPT,
				       "a delta that reaches out of bounds");
		buf_add(out, from, n);
		if (out->failed)
			return buf_check(out, err);
	}
	if (out->len != makes)
		return err_set(err, ERR_CORRUPT,
			       "a delta that makes less than it says");
	return 0;
}
