/* pack_format.c - the numbers of a pack and of its index. */
#include "sync/git/pack_format.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/sha1.h"
#include "sync/git/object.h"

uint32_t pack_number(const void *at)
{
	const unsigned char *bytes = at;

	return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 |
	       (uint32_t)bytes[2] << 8 | bytes[3];
}

void pack_put_number(void *at, uint32_t value)
{
	unsigned char *bytes = at;

	for (size_t i = 0; i < 4; i++)
		bytes[i] = (unsigned char)(value >> (24 - 8 * i));
}

/* --- entries ------------------------------------------------------------- */

size_t pack_take_head(enum pack_type *type, uint64_t *size, const void *bytes,
		      size_t n)
{
	const unsigned char *at = bytes;
	unsigned shift = 4;
	size_t i = 0;

	if (n == 0)
		return 0;
	*type = (enum pack_type)(at[0] >> 4 & 7);
	*size = at[0] & 15;
	while ((at[i++] & 128) != 0) {
		if (i == n || shift > 56)
			return 0;
		*size |= (uint64_t)(at[i] & 127) << shift;
		shift += 7;
	}
	return i;
}

void pack_add_head(struct buf *out, enum pack_type type, uint64_t size)
{
	unsigned byte = (unsigned)type << 4 | (unsigned)(size & 15);

	for (size >>= 4; size > 0; size >>= 7) {
		buf_addc(out, (char)(byte | 128));
		byte = (unsigned)(size & 127);
	}
	buf_addc(out, (char)byte);
}

size_t pack_take_distance(uint64_t *out, const void *bytes, size_t n)
{
	const unsigned char *at = bytes;
	uint64_t value;
	size_t i = 0;

	if (n == 0)
		return 0;
	value = at[0] & 127;
	while ((at[i++] & 128) != 0) {
		if (i == n || value >> 48 != 0)
			return 0;
		value = (value + 1) << 7 | (at[i] & 127);
	}
	*out = value;
	return i;
}

void pack_add_distance(struct buf *out, uint64_t distance)
{
	unsigned char bytes[10];
	size_t at = sizeof(bytes) - 1;

	bytes[at] = (unsigned char)(distance & 127);
	while ((distance >>= 7) > 0)
		bytes[--at] = (unsigned char)(128 | (--distance & 127));
	buf_add(out, bytes + at, sizeof(bytes) - at);
}

uint64_t pack_size_limit(enum pack_type type)
{
	switch (type) {
	case PACK_COMMIT:
	case PACK_TAG:
		return OBJECT_COMMIT_MAX;
	case PACK_TREE:
		return OBJECT_TREE_MAX;
	case PACK_BLOB:
	case PACK_OFFSET_DELTA:
	case PACK_NAME_DELTA:
		return OBJECT_BLOB_MAX;
	default:
		return 0;
	}
}

uint64_t pack_stream_limit(uint64_t size)
{
	return size + size / 8 + 1024;
}

/* --- the index ----------------------------------------------------------- */

static int by_name(const void *a, const void *b)
{
	return memcmp(&((const struct pack_index_entry *)a)->oid,
		      &((const struct pack_index_entry *)b)->oid, OID_SIZE);
}

static void add_number(struct buf *out, uint32_t value)
{
	char bytes[4];

	pack_put_number(bytes, value);
	buf_add(out, bytes, sizeof(bytes));
}

static void add_counts(struct buf *out, const struct pack_index_entry *entries,
		       uint32_t n)
{
	uint32_t count = 0;

	for (unsigned i = 0; i < 256; i++) {
		while (count < n && entries[count].oid.bytes[0] <= i)
			count++;
		add_number(out, count);
	}
}

int pack_index_make(struct buf *out, struct pack_index_entry *entries,
		    uint32_t n, const struct oid *trailer, struct err *err)
{
	uint8_t digest[SHA1_SIZE];
	size_t start = out->len;
	struct sha1 sha1;

	qsort(entries, n, sizeof(*entries), by_name);
	buf_add(out, "\377tOc\0\0\0\2", 8);
	add_counts(out, entries, n);
	for (uint32_t i = 0; i < n; i++)
		buf_add(out, entries[i].oid.bytes, OID_SIZE);
	for (uint32_t i = 0; i < n; i++)
		add_number(out, entries[i].crc);
	for (uint32_t i = 0; i < n; i++)
		add_number(out, entries[i].offset);
	buf_add(out, trailer->bytes, OID_SIZE);
	if (out->failed)
		return buf_check(out, err);
	sha1_init(&sha1);
	sha1_update(&sha1, out->data + start, out->len - start);
	sha1_final(&sha1, digest);
	buf_add(out, digest, sizeof(digest));
	return buf_check(out, err);
}
