/* envelope.c - magic, versions and names of changes.
 * Refuses to know batches and verdicts. */
#include "sync/wire/envelope.h"

#include <string.h>

static const uint64_t seq_max = ((uint64_t)1 << 40) - 1;

bool envelope_origin_ok(uint64_t origin)
{
	return origin > 0 && origin <= INT64_MAX;
}

bool envelope_id_ok(struct change_id id)
{
	return envelope_origin_ok(id.origin) && id.seq > 0 && id.seq <= seq_max;
}

int envelope_read(size_t *n, struct msgpack_reader *reader, const char *magic,
		  size_t min, struct err *err)
{
	const char *text;
	size_t len;
	uint64_t version;
	uint64_t min_reader = 0;

	if (msgpack_reader_array(reader, n) && *n < ENVELOPE_ELEMENTS + min)
		msgpack_reader_fail(reader, "too few elements");
	if (msgpack_reader_str(reader, &text, &len) &&
	    (len != strlen(magic) || memcmp(text, magic, len) != 0))
		msgpack_reader_fail(reader, "begins like nothing of tian's");
	if (msgpack_reader_uint(reader, &version) &&
	    msgpack_reader_uint(reader, &min_reader) &&
	    (min_reader == 0 || version < min_reader))
		msgpack_reader_fail(reader, "versions that cannot be");
	if (reader->fault)
		return msgpack_reader_check(reader, err);
	if (min_reader > ENVELOPE_READER)
		return err_set(err, ERR_INPUT,
			       "format %llu needs a newer program",
			       (unsigned long long)min_reader);
	*n -= ENVELOPE_ELEMENTS;
	return 0;
}

bool envelope_read_origin(struct msgpack_reader *reader, uint64_t *out)
{
	const char *bytes;
	size_t len;

	if (!msgpack_reader_bin(reader, &bytes, &len))
		return false;
	if (len != ENVELOPE_ORIGIN)
		return msgpack_reader_fail(reader, "an origin is not 8 bytes");
	*out = 0;
	for (size_t i = 0; i < ENVELOPE_ORIGIN; i++)
		*out = *out << 8 | (unsigned char)bytes[i];
	if (!envelope_origin_ok(*out))
		return msgpack_reader_fail(reader,
					   "an origin is not within 1 and "
					   "2^63 - 1");
	return true;
}

void envelope_origin(unsigned char out[ENVELOPE_ORIGIN], uint64_t origin)
{
	for (int i = ENVELOPE_ORIGIN - 1; i >= 0; i--, origin >>= 8)
		out[i] = (unsigned char)(origin & 0xff);
}
