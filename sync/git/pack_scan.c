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

#include "sync/git/repository.h"

enum { PACK_HEAD = 12, PACK_TRAILER = 20 };

enum object_type { /* gitformat-pack(5) */
		   TYPE_COMMIT = 1,
		   TYPE_TREE = 2,
		   TYPE_BLOB = 3,
		   TYPE_TAG = 4,
		   TYPE_OFS_DELTA = 6,
		   TYPE_REF_DELTA = 7
};

enum state { HEAD, SIZE, OFFSET, NAME, BODY, TRAILER, END };

struct pack_scan {
	enum state state;
	uint64_t bytes;	   /* so far */
	uint64_t inflated; /* so far, deltas as what they make */
	uint32_t objects;
	uint32_t left; /* objects to come */
	unsigned char part[PACK_HEAD];
	size_t n_part; /* bytes of a fixed part so far */
	unsigned type;
	unsigned shift;
	uint64_t size;		 /* that the head of the object states */
	uint64_t made;		 /* bytes of it inflated so far */
	unsigned char delta[20]; /* how a delta begins: two sizes */
	z_stream zlib;
	bool zlib_open;
};

int pack_scan_open(struct pack_scan **out, struct err *err)
{
	struct pack_scan *scan = calloc(1, sizeof(*scan));

	if (scan == NULL || inflateInit(&scan->zlib) != Z_OK) {
		free(scan);
		return err_nomem(err);
	}
	scan->zlib_open = true;
	*out = scan;
	return 0;
}

void pack_scan_close(struct pack_scan *scan)
{
	if (scan == NULL)
		return;
	if (scan->zlib_open)
		inflateEnd(&scan->zlib);
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

/* --- the parts ----------------------------------------------------------- */

static uint32_t big_endian(const unsigned char *at)
{
	return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 |
	       (uint32_t)at[2] << 8 | at[3];
}

static void next_object(struct pack_scan *scan)
{
	scan->n_part = 0;
	scan->shift = 0;
	scan->size = 0;
	scan->made = 0;
	scan->state = scan->left > 0 ? SIZE : TRAILER;
}

static int take_head(struct pack_scan *scan, unsigned char byte,
		     struct err *err)
{
	scan->part[scan->n_part++] = byte;
	if (scan->n_part < PACK_HEAD)
		return 0;
	if (memcmp(scan->part, "PACK", 4) != 0 ||
	    big_endian(scan->part + 4) != 2)
		return err_set(err, ERR_CORRUPT, "what came is no pack");
	scan->objects = scan->left = big_endian(scan->part + 8);
	next_object(scan);
	return 0;
}

static uint64_t limit_of(unsigned type)
{
	switch (type) {
	case TYPE_COMMIT:
	case TYPE_TAG:
		return OBJECT_COMMIT_MAX;
	case TYPE_TREE:
		return OBJECT_TREE_MAX;
	case TYPE_BLOB:
	case TYPE_OFS_DELTA:
	case TYPE_REF_DELTA:
		return OBJECT_BLOB_MAX;
	default:
		return 0;
	}
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
	if (scan->inflated > PACK_INFLATED_MAX)
		return err_set(err, ERR_CORRUPT,
			       "a pack that inflates to more than %llu bytes",
			       (unsigned long long)PACK_INFLATED_MAX);
	return 0;
}

static int begin_body(struct pack_scan *scan, struct err *err)
{
	scan->state = BODY;
	return inflateReset(&scan->zlib) == Z_OK
		       ? 0
		       : err_set(err, ERR_FAIL, "zlib failed");
}

static int take_size(struct pack_scan *scan, unsigned char byte,
		     struct err *err)
{
	uint64_t limit;
	int rc;

	if (scan->shift == 0) {
		scan->type = byte >> 4 & 7;
		scan->size = byte & 15;
		scan->shift = 4;
	} else {
		if (scan->shift > 60)
			return err_set(err, ERR_CORRUPT,
				       "an object of no lawful size");
		scan->size |= (uint64_t)(byte & 127) << scan->shift;
		scan->shift += 7;
	}
	if ((byte & 128) != 0)
		return 0;
	limit = limit_of(scan->type);
	if (limit == 0)
		return err_set(err, ERR_CORRUPT, "an object of unknown type %u",
			       scan->type);
	rc = count_inflated(scan, scan->size, limit, err);
	if (rc < 0)
		return rc;
	scan->left--;
	if (scan->type == TYPE_OFS_DELTA)
		scan->state = OFFSET;
	else if (scan->type == TYPE_REF_DELTA)
		scan->state = NAME;
	else
		rc = begin_body(scan, err);
	return rc;
}

/* --- bodies -------------------------------------------------------------- */

/* What a delta makes: the second number at its beginning. */
static int check_delta(struct pack_scan *scan, struct err *err)
{
	size_t n = scan->made < sizeof(scan->delta) ? (size_t)scan->made
						    : sizeof(scan->delta);
	uint64_t value = 0;
	unsigned shift = 0;
	int number = 0;

	for (size_t i = 0; i < n && number < 2; i++) {
		if (shift > 60)
			break;
		value |= (uint64_t)(scan->delta[i] & 127) << shift;
		shift += 7;
		if ((scan->delta[i] & 128) != 0)
			continue;
		if (++number == 2)
			return count_inflated(scan, value, OBJECT_BLOB_MAX,
					      err);
		value = 0;
		shift = 0;
	}
	return err_set(err, ERR_CORRUPT, "a delta without its sizes");
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
	int rc = 0;

	if (scan->made != scan->size)
		return err_set(err, ERR_CORRUPT,
			       "an object is not as large as it says");
	if (scan->type == TYPE_OFS_DELTA || scan->type == TYPE_REF_DELTA)
		rc = check_delta(scan, err);
	next_object(scan);
	return rc;
}

/* Takes from the front of `bytes`; *used says how many. */
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
		if (scan->made > scan->size)
			return err_set(err, ERR_CORRUPT,
				       "an object is larger than it says");
		if (status == Z_OK && zlib->avail_in == 0 &&
		    zlib->avail_out > 0)
			break;
	}
	*used -= zlib->avail_in;
	if (status == Z_STREAM_END)
		return end_body(scan, err);
	if (status != Z_OK && status != Z_BUF_ERROR)
		return err_set(err, ERR_CORRUPT, "an object does not inflate");
	return 0;
}

static int take_byte(struct pack_scan *scan, unsigned char byte,
		     struct err *err)
{
	switch (scan->state) {
	case HEAD:
		return take_head(scan, byte, err);
	case SIZE:
		return take_size(scan, byte, err);
	case OFFSET:
		return (byte & 128) != 0 ? 0 : begin_body(scan, err);
	case NAME:
		return ++scan->n_part < OID_SIZE ? 0 : begin_body(scan, err);
	case TRAILER:
		if (++scan->n_part == PACK_TRAILER)
			scan->state = END;
		return 0;
	default:
		return err_set(err, ERR_CORRUPT, "bytes after the pack");
	}
}

int pack_scan_add(struct pack_scan *scan, const void *bytes, size_t len,
		  struct err *err)
{
	const unsigned char *at = bytes;
	int rc = 0;

	scan->bytes += len;
	if (scan->bytes > PACK_BYTES_MAX)
		return err_set(err, ERR_CORRUPT,
			       "a pack of more than %llu bytes",
			       (unsigned long long)PACK_BYTES_MAX);
	while (rc == 0 && len > 0) {
		size_t used = 1;

		rc = scan->state == BODY ? take_body(scan, &used, at, len, err)
					 : take_byte(scan, *at, err);
		at += used;
		len -= used;
	}
	return rc;
}
