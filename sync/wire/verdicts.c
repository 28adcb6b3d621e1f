/* verdicts.c - verdicts.msgpack, version 1: schemas/changes.md, "Verdicts".
 * Refuses to know what a verdict does to a change. */
#include "sync/wire/verdicts.h"

#include <msgpack.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/utf8.h"
#include "sync/wire/envelope.h"
#include "sync/wire/msgpack_reader.h"

static const char magic[] = "tian-verdicts";

enum {
	BODY_ELEMENTS = 1,    /* after the envelope's, in v1 */
	VERDICT_ELEMENTS = 4, /* of one verdict that v1 knows */
	REASON_SIZE = sizeof(((struct verdict *)0)->reason)
};

/* ---- encode ------------------------------------------------------------ */

static int pack_into_buf(void *data, const char *bytes, size_t len)
{
	buf_add(data, bytes, len);
	return 0;
}

static int encode_one(msgpack_packer *packer, const struct verdict *verdict,
		      struct err *err)
{
	unsigned char origin[ENVELOPE_ORIGIN];
	size_t len = strnlen(verdict->reason, REASON_SIZE);

	if (!envelope_id_ok(verdict->id) || (int)verdict->kind <= 0)
		return err_set(err, ERR_INPUT,
			       "a verdict on no change or of no kind");
	if (len == REASON_SIZE || !utf8_valid(verdict->reason, len))
		return err_set(err, ERR_INPUT,
			       "a reason is not at most %d bytes of UTF-8",
			       REASON_SIZE - 1);
	envelope_origin(origin, verdict->id.origin);
	msgpack_pack_array(packer, VERDICT_ELEMENTS);
	msgpack_pack_bin_with_body(packer, origin, sizeof(origin));
	msgpack_pack_uint64(packer, verdict->id.seq);
	msgpack_pack_uint32(packer, (uint32_t)verdict->kind);
	msgpack_pack_str_with_body(packer, verdict->reason, len);
	return 0;
}

int verdicts_encode(struct buf *out, const struct verdict *verdicts, size_t n,
		    struct err *err)
{
	size_t begin = out->len;
	msgpack_packer packer;
	int rc = 0;

	msgpack_packer_init(&packer, out, pack_into_buf);
	msgpack_pack_array(&packer, ENVELOPE_ELEMENTS + BODY_ELEMENTS);
	msgpack_pack_str_with_body(&packer, magic, sizeof(magic) - 1);
	msgpack_pack_uint32(&packer, ENVELOPE_VERSION);
	msgpack_pack_uint32(&packer, 1); /* min_reader: v1 itself */
	msgpack_pack_array(&packer, n);
	if (n > VERDICTS_MAX)
		rc = err_set(err, ERR_INPUT, "more than %d", VERDICTS_MAX);
	for (size_t i = 0; i < n && !rc; i++)
		rc = encode_one(&packer, &verdicts[i], err);
	if (!rc && out->len - begin > VERDICTS_BYTES_MAX)
		rc = err_set(err, ERR_INPUT, "more than %d bytes",
			     VERDICTS_BYTES_MAX);
	if (!rc)
		rc = buf_check(out, err);
	if (rc < 0) {
		err_wrap(err, "encode verdicts");
		buf_truncate(out, begin);
	}
	return rc;
}

/* ---- decode ------------------------------------------------------------ */

static bool read_id(struct msgpack_reader *reader, struct change_id *out)
{
	if (!envelope_read_origin(reader, &out->origin) ||
	    !msgpack_reader_uint(reader, &out->seq))
		return false;
	if (!envelope_id_ok(*out))
		return msgpack_reader_fail(reader, "a verdict on a change that "
						   "cannot be");
	return true;
}

static bool read_one(struct msgpack_reader *reader, struct verdict *out)
{
	const char *reason;
	size_t len;
	size_t n;
	uint64_t kind;

	if (!msgpack_reader_array(reader, &n))
		return false;
	if (n < VERDICT_ELEMENTS)
		return msgpack_reader_fail(reader, "a verdict of fewer than 4 "
						   "elements");
	if (!read_id(reader, &out->id) || !msgpack_reader_uint(reader, &kind) ||
	    !msgpack_reader_str(reader, &reason, &len))
		return false;
	if (kind == 0 || kind > INT32_MAX)
		return msgpack_reader_fail(reader, "a kind that cannot be");
	if (len >= REASON_SIZE)
		return msgpack_reader_fail(reader,
					   "a reason of more than 255 bytes");
	out->kind = (enum verdict_kind)kind;
	memcpy(out->reason, reason, len);
	out->reason[len] = '\0';
	return msgpack_reader_skip(reader, n - VERDICT_ELEMENTS);
}

/* The verdicts themselves: counted and checked with `out` NULL, then read. */
static bool read_all(struct msgpack_reader *reader, struct verdict *out,
		     size_t *n)
{
	if (!msgpack_reader_array(reader, n))
		return false;
	if (*n > VERDICTS_MAX)
		return msgpack_reader_fail(reader, "more than 262144");
	for (size_t i = 0; i < *n; i++) {
		struct verdict one;

		if (!read_one(reader, out ? &out[i] : &one))
			return false;
	}
	return true;
}

int verdicts_decode(struct verdict **out, size_t *n, const void *bytes,
		    size_t len, struct err *err)
{
	struct msgpack_reader reader;
	struct msgpack_reader again;
	struct verdict *verdicts = NULL;
	size_t outer;
	size_t count = 0;
	int rc;

	*out = NULL;
	*n = 0;
	if (len > VERDICTS_BYTES_MAX) {
		rc = err_set(err, ERR_CORRUPT, "more than %d bytes",
			     VERDICTS_BYTES_MAX);
		goto done;
	}
	msgpack_reader_init(&reader, bytes, len);
	rc = envelope_read(&outer, &reader, magic, BODY_ELEMENTS, err);
	if (rc < 0)
		goto done;
	again = reader;
	if (!read_all(&reader, NULL, &count) ||
	    !msgpack_reader_skip(&reader, outer - BODY_ELEMENTS) ||
	    !msgpack_reader_end(&reader)) {
		rc = msgpack_reader_check(&reader, err);
		goto done;
	}
	if (count == 0)
		goto done;
	verdicts = calloc(count, sizeof(*verdicts));
	if (!verdicts) {
		rc = err_nomem(err);
		goto done;
	}
	if (!read_all(&again, verdicts, &count)) {
		rc = msgpack_reader_check(&again, err);
		goto done;
	}
	*out = verdicts; /* the caller's now: free */
	*n = count;
	verdicts = NULL;
done:
	if (rc < 0)
		err_wrap(err, "decode verdicts");
	free(verdicts);
	return rc;
}
