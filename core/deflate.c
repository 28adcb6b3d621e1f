/* deflate.c - the one door to zlib, for values kept in the replica. */
#include "core/deflate.h"

#include <stdint.h>
#include <stdlib.h>
#include <zlib.h>

enum { HEAD = 4 };

int deflate_pack(struct buf *out, const void *bytes, size_t len,
		 struct err *err)
{
	uLongf room = compressBound((uLong)len);
	unsigned char *packed = malloc(HEAD + room);
	int rc = 0;

	if (packed == NULL)
		return err_nomem(err);
	for (int i = 0; i < HEAD; i++)
		packed[i] = (unsigned char)((uint32_t)len >> (24 - 8 * i));
	if (compress2(packed + HEAD, &room, bytes, (uLong)len, 6) != Z_OK) {
		rc = err_set(err, ERR_FAIL, "deflate failed");
		goto done;
	}
	buf_add(out, packed, HEAD + room);
	rc = buf_check(out, err);
done:
	free(packed);
	return rc;
}

int deflate_unpack(struct buf *out, const void *bytes, size_t len,
		   size_t limit, struct err *err)
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
