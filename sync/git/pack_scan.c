/* pack_scan.c - a pack looked over as it arrives.
 *
 *   HEAD --12 bytes--> SIZE --plain--> BODY --end of zlib--> SIZE | TRAILER
 *                       |  --ofs delta--> OFFSET --> BODY
 *                       '  --ref delta--> NAME ----> BODY
 *   TRAILER --20 bytes--> END
 */
#include "sync/git/pack_scan.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "core/base/deflate.h"
#include "core/base/sha1.h"
#include "sync/git/object.h"
#include "sync/git/pack_delta.h"

enum state { HEAD, SIZE, OFFSET, NAME, BODY, TRAILER, END };

struct pack_scan {
	enum state state;
	uint64_t bytes;	   /* so far */
	uint64_t inflated; /* so far, deltas as what they make */
	uint32_t objects;
	uint32_t left; /* objects to come */
	unsigned char part[PACK_ENTRY_HEAD];
	size_t n_part;	/* bytes of a fixed part so far */
	size_t n_sizes; /* of those, type and size */
	struct pack_scan_entry entry;
	pack_scan_each *each;
	void *ctx;
	uint64_t made; /* bytes of it inflated so far */
	unsigned char delta[PACK_DELTA_HEAD];
	struct buf body; /* of it, for `each` */
	struct sha1 sha1;
	struct oid trailer;
	z_stream zlib;
	bool zlib_open;
};

int pack_scan_open(struct pack_scan **out, pack_scan_each *each, void *ctx,
		   struct err *err)
{
	struct pack_scan *scan = calloc(1, sizeof(*scan));

	if (scan == NULL || inflateInit(&scan->zlib) != Z_OK) {
		free(scan);
		return err_nomem(err);
	}
	scan->zlib_open = true;
	scan->each = each;
	scan->ctx = ctx;
	sha1_init(&scan->sha1);
	*out = scan;
	return 0;
}

void pack_scan_close(struct pack_scan *scan)
{
	if (scan == NULL)
		return;
	if (scan->zlib_open)
		inflateEnd(&scan->zlib);
	buf_release(&scan->body);
	free(scan);
}

bool pack_scan_whole(const struct pack_scan *scan)
{
	return scan->state == END;
}

uint32_t pack_scan_objects(const struct pack_scan *scan)
{
	return scan->objects;
}

uint64_t pack_scan_bytes(const struct pack_scan *scan)
{
	return scan->bytes;
}

const struct oid *pack_scan_trailer(const struct pack_scan *scan)
{
	return &scan->trailer;
}

/* --- the parts ----------------------------------------------------------- */

static void next_object(struct pack_scan *scan)
{
	scan->n_part = 0;
	scan->made = 0;
	buf_clear(&scan->body);
	scan->state = scan->left > 0 ? SIZE : TRAILER;
	if (scan->state == TRAILER)
		sha1_final(&scan->sha1, scan->trailer.bytes);
}

static int take_head(struct pack_scan *scan, struct err *err)
{
	if (scan->n_part < PACK_HEAD)
		return 0;
	if (memcmp(scan->part, "PACK", 4) != 0 ||
	    pack_number(scan->part + 4) != 2)
		return err_set(err, ERR_CORRUPT, "what came is no pack");
	scan->objects = scan->left = pack_number(scan->part + 8);
	next_object(scan);
	return 0;
}

static uint64_t inflated_limit(const struct pack_scan *scan)
{
	uint64_t limit = PACK_INFLATED_FREE + PACK_INFLATED_TIMES * scan->bytes;

	return limit < PACK_INFLATED_MAX ? limit : PACK_INFLATED_MAX;
}

static int count_inflated(struct pack_scan *scan, uint64_t size, uint64_t limit,
			  struct err *err)
{
	if (size > limit)
		return err_set(err, ERR_CORRUPT,
			       "an object of %llu bytes, more than %llu",
			       (unsigned long long)size,
			       (unsigned long long)limit);
	scan->inflated += size;
	if (scan->inflated > inflated_limit(scan))
		return err_set(err, ERR_CORRUPT,
			       "a pack that inflates to more than %llu bytes",
			       (unsigned long long)inflated_limit(scan));
	return 0;
}

static int begin_body(struct pack_scan *scan, struct err *err)
{
	scan->state = BODY;
	scan->entry.head = scan->n_part;
	scan->entry.crc = deflate_crc32(0, scan->part, scan->n_part);
	return inflateReset(&scan->zlib) == Z_OK
		       ? 0
		       : err_set(err, ERR_FAIL, "zlib failed");
}

static int take_size(struct pack_scan *scan, struct err *err)
{
	struct pack_scan_entry *entry = &scan->entry;
	uint64_t limit;
	int rc;

	scan->n_sizes = pack_take_head(&entry->type, &entry->size, scan->part,
				       scan->n_part);
	if (scan->n_sizes == 0)
		return scan->n_part <= 9 &&
				       (scan->part[scan->n_part - 1] & 128) != 0
			       ? 0
			       : err_set(err, ERR_CORRUPT,
					 "an object of no lawful size");
	limit = pack_size_limit(entry->type);
	if (limit == 0)
		return err_set(err, ERR_CORRUPT, "an object of unknown type %u",
			       (unsigned)entry->type);
	rc = count_inflated(scan, entry->size, limit, err);
	if (rc < 0)
		return rc;
	entry->offset = scan->bytes - scan->n_part;
	scan->left--;
	if (entry->type == PACK_OFFSET_DELTA)
		scan->state = OFFSET;
	else if (entry->type == PACK_NAME_DELTA)
		scan->state = NAME;
	else
		rc = begin_body(scan, err);
	return rc;
}

static int take_distance(struct pack_scan *scan, struct err *err)
{
	size_t n = scan->n_part - scan->n_sizes;
	uint64_t back = 0;

	if ((scan->part[scan->n_part - 1] & 128) != 0 && n < 9)
		return 0;
	if (pack_take_distance(&back, scan->part + scan->n_sizes, n) == 0 ||
	    back == 0 || back > scan->entry.offset - PACK_HEAD)
		return err_set(err, ERR_CORRUPT,
			       "a delta whose base is not in front of it");
	scan->entry.base = scan->entry.offset - back;
	return begin_body(scan, err);
}

static int take_name(struct pack_scan *scan, struct err *err)
{
	if (scan->n_part < scan->n_sizes + OID_SIZE)
		return 0;
	memcpy(scan->entry.named.bytes, scan->part + scan->n_sizes, OID_SIZE);
	return begin_body(scan, err);
}

static int take_trailer(struct pack_scan *scan, struct err *err)
{
	if (scan->n_part < PACK_TRAILER)
		return 0;
	scan->state = END;
	return memcmp(scan->part, scan->trailer.bytes, PACK_TRAILER) == 0
		       ? 0
		       : err_set(err, ERR_CORRUPT,
				 "a pack that is not what its trailer says");
}

/* --- bodies -------------------------------------------------------------- */

static int check_delta(struct pack_scan *scan, struct err *err)
{
	size_t n = scan->made < sizeof(scan->delta) ? (size_t)scan->made
						    : sizeof(scan->delta);
	uint64_t base;
	uint64_t makes;

	if (scan->entry.size < PACK_DELTA_MIN ||
	    pack_delta_sizes(&base, &makes, scan->delta, n) == 0)
		return err_set(err, ERR_CORRUPT, "a delta too short to be one");
	return count_inflated(scan, makes, OBJECT_BLOB_MAX, err);
}

static void keep_delta(struct pack_scan *scan, const unsigned char *bytes,
		       size_t n)
{
	if (scan->made >= sizeof(scan->delta))
		return;
	if (n > sizeof(scan->delta) - (size_t)scan->made)
		n = sizeof(scan->delta) - (size_t)scan->made;
	memcpy(scan->delta + scan->made, bytes, n);
}

static int end_body(struct pack_scan *scan, struct err *err)
{
	int rc = buf_check(&scan->body, err);

	if (scan->made != scan->entry.size)
		return err_set(err, ERR_CORRUPT,
			       "an object is not as large as it says");
	if (rc == 0 && (scan->entry.type == PACK_OFFSET_DELTA ||
			scan->entry.type == PACK_NAME_DELTA))
		rc = check_delta(scan, err);
	if (rc == 0 && scan->each != NULL)
		rc = scan->each(&scan->entry, &scan->body, scan->ctx, err);
	if (rc == 0)
		next_object(scan);
	return rc;
}

/* Takes from the front of what came; the end of its stream is known to zlib,
 * and what was not used is not of this entry. */
static int take_body(struct pack_scan *scan, size_t *used,
		     const unsigned char *bytes, size_t len, struct err *err)
{
	unsigned char made[16384];
	z_stream *zlib = &scan->zlib;
	int status = Z_OK;

	zlib->next_in = (unsigned char *)(uintptr_t)bytes;
	zlib->avail_in = (unsigned)(len > 1 << 20 ? 1 << 20 : len);
	*used = zlib->avail_in;
	while (status == Z_OK) {
		size_t n;

		zlib->next_out = made;
		zlib->avail_out = sizeof(made);
		status = inflate(zlib, Z_NO_FLUSH);
		n = sizeof(made) - zlib->avail_out;
		keep_delta(scan, made, n);
		scan->made += n;
		if (scan->made > scan->entry.size)
			return err_set(err, ERR_CORRUPT,
				       "an object is larger than it says");
		if (scan->each != NULL)
			buf_add(&scan->body, made, n);
		if (status == Z_OK && zlib->avail_in == 0 &&
		    zlib->avail_out > 0)
			break;
	}
	*used -= zlib->avail_in;
	scan->entry.crc = deflate_crc32(scan->entry.crc, bytes, *used);
	if (status == Z_STREAM_END || status == Z_OK || status == Z_BUF_ERROR)
		return status == Z_STREAM_END;
	return err_set(err, ERR_CORRUPT, "an object does not inflate");
}

static int take_byte(struct pack_scan *scan, unsigned char byte,
		     struct err *err)
{
	if (scan->state == END)
		return err_set(err, ERR_CORRUPT, "bytes after the pack");
	scan->part[scan->n_part++] = byte;
	switch (scan->state) {
	case HEAD:
		return take_head(scan, err);
	case SIZE:
		return take_size(scan, err);
	case OFFSET:
		return take_distance(scan, err);
	case NAME:
		return take_name(scan, err);
	default:
		return take_trailer(scan, err);
	}
}

/* What is not read of a stream is not taken in. */
static int check_stream(const struct pack_scan *scan, struct err *err)
{
	const struct pack_scan_entry *entry = &scan->entry;

	return scan->bytes - entry->offset - entry->head <=
			       pack_stream_limit(entry->size)
		       ? 0
		       : err_set(err, ERR_CORRUPT,
				 "an object that takes more bytes than it has");
}

/* One part of what came, or as much of it as is there. */
static int take(struct pack_scan *scan, size_t *used,
		const unsigned char *bytes, size_t len, struct err *err)
{
	bool sealed = scan->state < TRAILER;
	bool body = scan->state == BODY;
	int rc = 0;
	int ended = 0;

	*used = 1;
	if (body)
		ended = take_body(scan, used, bytes, len, err);
	scan->bytes += *used;
	if (sealed)
		sha1_update(&scan->sha1, bytes, *used);
	if (!body)
		return take_byte(scan, *bytes, err);
	rc = ended < 0 ? ended : check_stream(scan, err);
	return rc == 0 && ended > 0 ? end_body(scan, err) : rc;
}

int pack_scan_add(struct pack_scan *scan, const void *bytes, size_t len,
		  struct err *err)
{
	const unsigned char *at = bytes;
	int rc = 0;

	if (len > PACK_BYTES_MAX - scan->bytes)
		return err_set(err, ERR_CORRUPT,
			       "a pack of more than %llu bytes",
			       (unsigned long long)PACK_BYTES_MAX);
	while (rc == 0 && len > 0) {
		size_t used;

		rc = take(scan, &used, at, len, err);
		at += used;
		len -= used;
	}
	return rc;
}
