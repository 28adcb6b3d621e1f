/* deflate.c - the one door to zlib, for values kept in the replica. */
#include "core/base/deflate.h"

#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <zlib.h>

enum { HEAD = 4, STEP = 16384 };

/* A text of a few KiB needs no window of 32: making and clearing one takes
 * longer than deflating the text. Measured on Chinese text of 1.2 KB:
 * 82 us with compress2, 23 us so, and 0.5 percent longer. */
enum {
	LEVEL = 1,
	SMALL = 4096, /* bytes */
	SMALL_WINDOW = 12,
	SMALL_MEMORY = 5,
	WINDOW = 15,
	MEMORY = 8
};

int deflate_pack(struct buf *out, const void *bytes, size_t len,
		 struct err *err)
{
	bool small = len <= SMALL;
	z_stream stream = {.next_in = (z_const Bytef *)bytes,
			   .avail_in = (uInt)len};
	uLong room;
	unsigned char *packed;
	int rc = 0;

	if (deflateInit2(
		    &stream, LEVEL, Z_DEFLATED, small ? SMALL_WINDOW : WINDOW,
		    small ? SMALL_MEMORY : MEMORY, Z_DEFAULT_STRATEGY) != Z_OK)
		return err_nomem(err);
	room = deflateBound(&stream, (uLong)len);
	packed = malloc(HEAD + room);
	if (packed == NULL) {
		rc = err_nomem(err);
		goto done;
	}
	for (int i = 0; i < HEAD; i++)
		packed[i] = (unsigned char)((uint32_t)len >> (24 - 8 * i));
	stream.next_out = packed + HEAD;
	stream.avail_out = (uInt)room;
	if (deflate(&stream, Z_FINISH) != Z_STREAM_END) {
		rc = err_set(err, ERR_FAIL, "deflate failed");
		goto done;
	}
	buf_add(out, packed, HEAD + stream.total_out);
	rc = buf_check(out, err);
done:
	deflateEnd(&stream);
	free(packed);
	return rc;
}

int deflate_unpack(struct buf *out, const void *bytes, size_t len, size_t limit,
		   struct err *err)
{
	const unsigned char *packed = bytes;
	unsigned char *plain;
	uint32_t size = 0;
	uLongf room;
	int rc = 0;

	if (len < HEAD)
		return err_set(err, ERR_CORRUPT, "deflated value too short");
	for (int i = 0; i < HEAD; i++)
		size = size << 8 | packed[i];
	if (size > limit)
		return err_set(err, ERR_CORRUPT, "deflated value too long");
	plain = malloc(size > 0 ? size : 1);
	if (plain == NULL)
		return err_nomem(err);
	room = size;
	if (uncompress(plain, &room, packed + HEAD, (uLong)(len - HEAD)) !=
		    Z_OK ||
	    room != size) {
		rc = err_set(err, ERR_CORRUPT, "deflated value is damaged");
		goto done;
	}
	buf_add(out, plain, size);
	rc = buf_check(out, err);
done:
	free(plain);
	return rc;
}

static int inflated(int status, struct err *err)
{
	if (status == Z_DATA_ERROR || status == Z_NEED_DICT)
		return err_set(err, ERR_CORRUPT, "deflated bytes are damaged");
	return status == Z_MEM_ERROR ? err_nomem(err) : 0;
}

int deflate_inflate(struct buf *out, bool *whole, const void *bytes, size_t len,
		    size_t limit, struct err *err)
{
	unsigned char made[STEP];
	z_stream stream = {.next_in = (z_const Bytef *)bytes};
	size_t left = limit;
	bool more = false;
	int status = Z_OK;
	int rc;

	*whole = false;
	if (len > UINT_MAX)
		return err_set(err, ERR_CORRUPT, "deflated bytes too long");
	stream.avail_in = (uInt)len;
	if (inflateInit(&stream) != Z_OK)
		return err_nomem(err);
	while (status == Z_OK && !more) {
		/* One byte more tells the end from a stream that goes on. */
		size_t room = left < sizeof(made) ? left + 1 : sizeof(made);
		size_t n;

		stream.next_out = made;
		stream.avail_out = (uInt)room;
		status = inflate(&stream, Z_NO_FLUSH);
		n = room - stream.avail_out;
		more = n > left;
		n = more ? left : n;
		buf_add(out, made, n);
		left -= n;
	}
	*whole = !more && status == Z_STREAM_END && stream.avail_in == 0;
	rc = inflated(status, err);
	inflateEnd(&stream);
	return rc < 0 ? rc : buf_check(out, err);
}

int deflate_front(size_t *made, bool *ended, void *out, size_t room,
		  const void *bytes, size_t len, struct err *err)
{
	z_stream stream = {.next_in = (z_const Bytef *)bytes, .next_out = out};
	int status;

	*made = 0;
	*ended = false;
	if (len > UINT_MAX || room > UINT_MAX)
		return err_set(err, ERR_CORRUPT, "deflated bytes too long");
	stream.avail_in = (uInt)len;
	stream.avail_out = (uInt)room;
	if (inflateInit(&stream) != Z_OK)
		return err_nomem(err);
	/* Z_FINISH: no window is made where all fits. */
	status = inflate(&stream, Z_FINISH);
	*made = room - stream.avail_out;
	*ended = status == Z_STREAM_END;
	inflateEnd(&stream);
	return inflated(status, err);
}

/* Of long objects, git's trees, most bytes are hashes: nothing is gained by
 * looking long. */
enum { DEFLATER_LEVEL = 6, DEFLATER_LONG_LEVEL = 1 };

struct deflater {
	z_stream streams[2]; /* for up to SMALL bytes, and for longer ones */
	bool open[2];
};

int deflater_open(struct deflater **out, struct err *err)
{
	*out = calloc(1, sizeof(**out));
	return *out == NULL ? err_nomem(err) : 0;
}

void deflater_close(struct deflater *deflater)
{
	if (deflater == NULL)
		return;
	for (size_t i = 0; i < 2; i++)
		if (deflater->open[i])
			deflateEnd(&deflater->streams[i]);
	free(deflater);
}

static int ready(struct deflater *deflater, bool is_long, struct err *err)
{
	z_stream *stream = &deflater->streams[is_long];
	int status;

	if (deflater->open[is_long])
		status = deflateReset(stream);
	else
		status = deflateInit2(
			stream, is_long ? DEFLATER_LONG_LEVEL : DEFLATER_LEVEL,
			Z_DEFLATED, is_long ? WINDOW : SMALL_WINDOW,
			is_long ? MEMORY : SMALL_MEMORY, Z_DEFAULT_STRATEGY);
	deflater->open[is_long] = status == Z_OK;
	return status == Z_OK ? 0 : err_nomem(err);
}

int deflater_add(struct buf *out, struct deflater *deflater, const void *bytes,
		 size_t len, struct err *err)
{
	bool is_long = len > SMALL;
	z_stream *stream = &deflater->streams[is_long];
	unsigned char *room;
	uLong most;
	int rc = ready(deflater, is_long, err);

	if (rc < 0)
		return rc;
	most = deflateBound(stream, (uLong)len);
	room = malloc(most);
	if (room == NULL)
		return err_nomem(err);
	stream->next_in = (z_const Bytef *)bytes;
	stream->avail_in = (uInt)len;
	stream->next_out = room;
	stream->avail_out = (uInt)most;
	if (deflate(stream, Z_FINISH) == Z_STREAM_END)
		buf_add(out, room, stream->total_out);
	else
		rc = err_set(err, ERR_FAIL, "deflate failed");
	free(room);
	return rc < 0 ? rc : buf_check(out, err);
}

uint32_t deflate_crc32(uint32_t crc, const void *bytes, size_t len)
{
	return (uint32_t)crc32_z(crc, bytes, len);
}

uint32_t deflate_adler32(const void *bytes, size_t len)
{
	return (uint32_t)adler32_z(1, bytes, len);
}
