/* batch_decode.c - reads changes.msgpack from untrusted bytes:
 * schemas/changes.md, "Batch".
 * Refuses to know commits, access and merging. */
#include "sync/wire/batch.h"

#include <stdlib.h>
#include <string.h>

#include "sync/wire/batch_limits.h"
#include "sync/wire/envelope.h"
#include "sync/wire/msgpack_reader.h"

/* The bytes are read twice by the same code: first to check them and to
 * count, then into one block of exactly that size. */
struct decoder {
	struct msgpack_reader reader;
	struct batch *batch; /* all NULL while counting */
	struct change *changes;
	struct change_id *bases;
	uint64_t *origins;
	char *text;
	size_t n_changes;
	size_t n_bases;
	size_t n_origins;
	size_t text_len;
	uint64_t origin;
};

static bool read_u32(struct msgpack_reader *reader, uint32_t *out)
{
	uint64_t number;

	if (!msgpack_reader_uint(reader, &number))
		return false;
	if (number > UINT32_MAX)
		return msgpack_reader_fail(reader, "a number past 2^32 - 1");
	*out = (uint32_t)number;
	return true;
}

static bool read_name(struct decoder *decoder, const char **out, size_t min)
{
	const char *text;
	size_t len;

	if (!msgpack_reader_str(&decoder->reader, &text, &len))
		return false;
	if (len < min || len > CHANGE_NAME_MAX)
		return msgpack_reader_fail(&decoder->reader,
					   "site or author is not within its "
					   "limits");
	if (decoder->text) {
		*out = decoder->text + decoder->text_len;
		memcpy(decoder->text + decoder->text_len, text, len);
		decoder->text[decoder->text_len + len] = '\0';
	}
	decoder->text_len += len + 1;
	return true;
}

static bool read_value(struct msgpack_reader *reader, struct value *value)
{
	*value = (struct value){.type = VALUE_NULL};
	switch (msgpack_reader_peek(reader)) {
	case MSGPACK_INT:
		value->type = VALUE_INT;
		return msgpack_reader_int(reader, &value->integer);
	case MSGPACK_FLOAT64:
		value->type = VALUE_REAL;
		return msgpack_reader_float(reader, &value->real);
	case MSGPACK_STR:
		value->type = VALUE_TEXT;
		return msgpack_reader_str(reader, &value->bytes, &value->len);
	case MSGPACK_BIN:
		value->type = VALUE_BLOB;
		return msgpack_reader_bin(reader, &value->bytes, &value->len);
	default:
		return msgpack_reader_nil(reader);
	}
}

static bool read_base(struct decoder *decoder, const struct change *change)
{
	struct msgpack_reader *reader = &decoder->reader;
	struct change_id base = {decoder->origin, 0};
	uint64_t index;

	if (!msgpack_reader_uint(reader, &index) ||
	    !msgpack_reader_uint(reader, &base.seq))
		return false;
	if (index > decoder->n_origins)
		return msgpack_reader_fail(reader,
					   "a base of an origin not listed");
	if (index > 0 && decoder->origins)
		base.origin = decoder->origins[index - 1];
	else if (index > 0) /* counting: any that is not the own one */
		base.origin = base.origin == 1 ? 2 : 1;
	if (!batch_base_ok(change, base))
		return msgpack_reader_fail(reader, "a base that cannot be");
	if (decoder->bases)
		decoder->bases[decoder->n_bases] = base;
	decoder->n_bases++;
	return true;
}

static bool read_bases(struct decoder *decoder, struct change *change)
{
	struct msgpack_reader *reader = &decoder->reader;
	size_t n;

	if (!msgpack_reader_array(reader, &n))
		return false;
	if (n % 2 != 0 || n / 2 > CHANGE_BASES_MAX)
		return msgpack_reader_fail(reader,
					   "bases are not at most 1024 pairs");
	change->n_bases = n / 2;
	if (decoder->bases && n > 0)
		change->bases = decoder->bases + decoder->n_bases;
	for (size_t i = 0; i < n / 2; i++)
		if (!read_base(decoder, change))
			return false;
	return true;
}

/* The eighth element, and those after it, which only a newer writer knows:
 * they are kept as they are and sent on. */
static bool read_tail(struct decoder *decoder, struct change *change, size_t n)
{
	struct msgpack_reader *reader = &decoder->reader;

	if (n == 0)
		return true;
	if (msgpack_reader_peek(reader) == MSGPACK_NIL) {
		if (!msgpack_reader_nil(reader))
			return false;
	} else if (!msgpack_reader_str(reader, &change->reason,
				       &change->reason_len)) {
		return false;
	}
	if (n == 1)
		return true;
	change->extra = (const char *)reader->at;
	change->n_extra = (uint32_t)(n - 1);
	if (!msgpack_reader_skip(reader, n - 1))
		return false;
	change->extra_len = (size_t)((const char *)reader->at - change->extra);
	return true;
}

static bool read_change(struct decoder *decoder, struct change *change)
{
	struct msgpack_reader *reader = &decoder->reader;
	const char *fault;
	size_t n;

	*change = (struct change){.id.origin = decoder->origin};
	if (!msgpack_reader_array(reader, &n))
		return false;
	if (n < BATCH_CHANGE)
		return msgpack_reader_fail(reader,
					   "a change of fewer than 7 elements");
	if (!msgpack_reader_uint(reader, &change->id.seq) ||
	    !msgpack_reader_uint(reader, &change->clock) ||
	    !read_u32(reader, &change->entity) ||
	    !msgpack_reader_str(reader, &change->row, &change->row_len) ||
	    !read_u32(reader, &change->field) ||
	    !read_value(reader, &change->value) ||
	    !read_bases(decoder, change) ||
	    !read_tail(decoder, change, n - BATCH_CHANGE))
		return false;
	fault = batch_change_fault(change);
	return fault ? msgpack_reader_fail(reader, fault) : true;
}

static bool read_changes(struct decoder *decoder)
{
	struct msgpack_reader *reader = &decoder->reader;
	uint64_t last = 0;
	size_t n;

	if (!msgpack_reader_array(reader, &n))
		return false;
	if (n == 0 || n > BATCH_CHANGES_MAX)
		return msgpack_reader_fail(reader,
					   "changes are not within 1 and "
					   "262144");
	for (size_t i = 0; i < n; i++) {
		struct change change;

		if (!read_change(decoder, &change))
			return false;
		if (change.id.seq <= last)
			return msgpack_reader_fail(reader,
						   "seq does not increase");
		last = change.id.seq;
		if (decoder->changes)
			decoder->changes[i] = change;
	}
	decoder->n_changes = n;
	return true;
}

/* Sorted, so that encoding only some of the changes again never takes more
 * bytes than a sender was allowed: indexes can only become smaller. */
static bool read_origins(struct decoder *decoder)
{
	struct msgpack_reader *reader = &decoder->reader;
	uint64_t last = 0;
	size_t n;

	if (!msgpack_reader_array(reader, &n))
		return false;
	if (n > BATCH_ORIGINS_MAX)
		return msgpack_reader_fail(reader,
					   "more than 4096 further origins");
	for (size_t i = 0; i < n; i++) {
		uint64_t origin;

		if (!envelope_read_origin(reader, &origin))
			return false;
		if (origin == decoder->origin || origin <= last)
			return msgpack_reader_fail(
				reader, "further origins are not sorted, each "
					"once, without the own");
		last = origin;
		if (decoder->origins)
			decoder->origins[i] = origin;
	}
	decoder->n_origins = n;
	return true;
}

/* Everything after min_reader. */
static bool read_body(struct decoder *decoder, size_t n)
{
	struct msgpack_reader *reader = &decoder->reader;
	struct batch batch = {0};

	if (!envelope_read_origin(reader, &decoder->origin) ||
	    !read_name(decoder, &batch.site, 1) ||
	    !read_name(decoder, &batch.author, 0) ||
	    !read_u32(reader, &batch.schema) || !read_origins(decoder) ||
	    !read_changes(decoder) ||
	    !msgpack_reader_skip(reader, n - BATCH_BODY) ||
	    !msgpack_reader_end(reader))
		return false;
	if (!decoder->batch)
		return true;
	batch.origin = decoder->origin;
	batch.changes = decoder->changes;
	batch.n_changes = decoder->n_changes;
	*decoder->batch = batch;
	return true;
}

/* One block: batch, changes, bases, origins, site and author. */
static int decoder_allocate(struct decoder *to, const struct decoder *counted,
			    struct err *err)
{
	size_t changes = counted->n_changes * sizeof(struct change);
	size_t bases = counted->n_bases * sizeof(struct change_id);
	size_t origins = counted->n_origins * sizeof(uint64_t);
	char *block = calloc(1, sizeof(struct batch) + changes + bases +
					origins + counted->text_len);

	_Static_assert(
		sizeof(struct batch) % _Alignof(struct change) == 0 &&
			sizeof(struct change) % _Alignof(struct change_id) == 0,
		"the block needs no padding");
	if (!block)
		return err_nomem(err);
	to->batch = (void *)block;
	to->changes = (void *)(block + sizeof(struct batch));
	to->bases = (void *)((char *)to->changes + changes);
	to->origins = (void *)((char *)to->bases + bases);
	to->text = (char *)to->origins + origins;
	return 0;
}

int batch_decode(struct batch **out, const void *bytes, size_t len,
		 struct err *err)
{
	struct decoder counter = {0};
	struct decoder decoder = {0};
	size_t n;
	int rc;

	*out = NULL;
	if (len > BATCH_BYTES_MAX) {
		rc = err_set(err, ERR_CORRUPT, "more than %d bytes",
			     BATCH_BYTES_MAX);
		goto done;
	}
	msgpack_reader_init(&counter.reader, bytes, len);
	rc = envelope_read(&n, &counter.reader, BATCH_MAGIC, BATCH_BODY, err);
	if (rc < 0)
		goto done;
	decoder.reader = counter.reader;
	if (!read_body(&counter, n)) {
		rc = msgpack_reader_check(&counter.reader, err);
		goto done;
	}
	if ((rc = decoder_allocate(&decoder, &counter, err)) < 0)
		goto done;
	decoder.reader.again = true;
	if (!read_body(&decoder, n)) {
		rc = msgpack_reader_check(&decoder.reader, err);
		goto done;
	}
	*out = decoder.batch; /* the caller's now: batch_free */
	decoder.batch = NULL;
done:
	if (rc < 0)
		err_wrap(err, "decode batch");
	free(decoder.batch);
	return rc;
}
