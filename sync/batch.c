/* batch.c - changes.msgpack, version 1: schemas/changes.md, "Batch".
 * Refuses to know commits, access and merging. */
#include "sync/batch.h"

#include <math.h>
#include <msgpack.h>
#include <stdlib.h>
#include <string.h>

#include "core/utf8.h"
#include "sync/envelope.h"
#include "sync/msgpack_reader.h"

static const char magic[] = "tian";

enum {
	BATCH_ELEMENTS = 9,  /* of the outer array that v1 knows */
	BODY_ELEMENTS = 6,   /* of them after the envelope's */
	CHANGE_ELEMENTS = 7, /* that every change has */
	FIELD_ID_MAX = 4095  /* schemas/engine.sql: cell = row << 12 | field */
};

/* ---- what both directions hold a batch to ------------------------------ */

static const char *ids_fault(const struct change *change)
{
	if (!envelope_id_ok(change->id))
		return "seq is not within 1 and 2^40 - 1";
	if (change->clock > INT64_MAX)
		return "clock is past 2^63 - 1";
	if (change->entity == 0 || change->entity > INT32_MAX)
		return "entity is not within 1 and 2^31 - 1";
	if (change->field > FIELD_ID_MAX)
		return "field is past 4095";
	if (change->n_bases > CHANGE_BASES_MAX)
		return "more than 1024 bases";
	return NULL;
}

static const char *bytes_fault(const struct change *change)
{
	const struct value *value = &change->value;
	bool bytes = value->type == VALUE_TEXT || value->type == VALUE_BLOB;

	if (change->row_len == 0 || change->row_len > CHANGE_ROW_MAX)
		return "row key is not within 1 and 512 bytes";
	if (bytes && value->len > CHANGE_VALUE_MAX)
		return "value of more than 4194304 bytes";
	if (value->type == VALUE_REAL && isnan(value->real))
		return "value is not a number";
	if (change->reason && change->reason_len > CHANGE_REASON_MAX)
		return "reason of more than 4096 bytes";
	return NULL;
}

/* The first limit of schemas/changes.md that a change breaks, or NULL. */
static const char *change_fault(const struct change *change)
{
	const char *fault = ids_fault(change);

	return fault ? fault : bytes_fault(change);
}

/* A node writes one change after the other: (I7) a change's bases of its own
 * origin came before it. */
static bool base_ok(const struct change *change, struct change_id base)
{
	return envelope_id_ok(base) &&
	       (base.origin != change->id.origin || base.seq < change->id.seq);
}

/* ---- encode ------------------------------------------------------------ */

struct encoder {
	msgpack_packer packer;
	struct buf *out;
	size_t begin; /* of this batch in *out */
	const struct batch *batch;
	const struct change **kept; /* owned */
	size_t n_kept;
	uint64_t *origins; /* owned; sorted, each once, without the own */
	size_t n_origins;
};

static int pack_into_buf(void *data, const char *bytes, size_t len)
{
	buf_add(data, bytes, len);
	return 0;
}

static void pack_origin(msgpack_packer *packer, uint64_t origin)
{
	unsigned char bytes[ENVELOPE_ORIGIN];

	envelope_origin(bytes, origin);
	msgpack_pack_bin_with_body(packer, bytes, sizeof(bytes));
}

static int compare_origins(const void *a, const void *b)
{
	const uint64_t *x = a;
	const uint64_t *y = b;

	return *x < *y ? -1 : *x > *y;
}

static int encode_keep(struct encoder *encoder, batch_keep_fn *keep, void *ctx,
		       struct err *err)
{
	const struct batch *batch = encoder->batch;

	encoder->kept = calloc(batch->n_changes + 1, sizeof(*encoder->kept));
	if (!encoder->kept)
		return err_nomem(err);
	for (size_t i = 0; i < batch->n_changes; i++)
		if (!keep || keep(&batch->changes[i], ctx))
			encoder->kept[encoder->n_kept++] = &batch->changes[i];
	return 0;
}

/* The table that bases' origins are given by: index 0 is the batch's own. */
static int encode_origins(struct encoder *encoder, struct err *err)
{
	size_t n = 0;
	size_t unique = 0;

	for (size_t i = 0; i < encoder->n_kept; i++)
		n += encoder->kept[i]->n_bases;
	encoder->origins = calloc(n + 1, sizeof(*encoder->origins));
	if (!encoder->origins)
		return err_nomem(err);
	n = 0;
	for (size_t i = 0; i < encoder->n_kept; i++) {
		const struct change *change = encoder->kept[i];

		for (size_t k = 0; k < change->n_bases; k++)
			if (change->bases[k].origin != encoder->batch->origin)
				encoder->origins[n++] = change->bases[k].origin;
	}
	qsort(encoder->origins, n, sizeof(*encoder->origins), compare_origins);
	for (size_t i = 0; i < n; i++)
		if (i == 0 ||
		    encoder->origins[i] != encoder->origins[unique - 1])
			encoder->origins[unique++] = encoder->origins[i];
	encoder->n_origins = unique;
	if (unique > BATCH_ORIGINS_MAX)
		return err_set(err, ERR_INPUT,
			       "bases of more than %d further nodes",
			       BATCH_ORIGINS_MAX);
	return 0;
}

static size_t origin_index(const struct encoder *encoder, uint64_t origin)
{
	const uint64_t *found;

	if (origin == encoder->batch->origin)
		return 0;
	found = bsearch(&origin, encoder->origins, encoder->n_origins,
			sizeof(origin), compare_origins);
	return (size_t)(found - encoder->origins) + 1;
}

static int check_batch(const struct batch *batch, size_t n, struct err *err)
{
	size_t site = strlen(batch->site);
	size_t author = strlen(batch->author);

	if (!envelope_origin_ok(batch->origin))
		return err_set(err, ERR_INPUT, "origin is not a 63-bit number");
	if (site == 0 || site > CHANGE_NAME_MAX)
		return err_set(err, ERR_INPUT,
			       "site is not within 1 and 256 bytes");
	if (author > CHANGE_NAME_MAX)
		return err_set(err, ERR_INPUT, "author of more than 256 bytes");
	if (!utf8_valid(batch->site, site) ||
	    !utf8_valid(batch->author, author))
		return err_set(err, ERR_INPUT,
			       "site or author is not valid UTF-8");
	if (n > BATCH_CHANGES_MAX)
		return err_set(err, ERR_INPUT, "more than %d changes",
			       BATCH_CHANGES_MAX);
	return 0;
}

static const char *texts_fault(const struct change *change)
{
	const struct value *value = &change->value;

	if (!utf8_valid(change->row, change->row_len))
		return "row key is not valid UTF-8";
	if (value->type == VALUE_TEXT && !utf8_valid(value->bytes, value->len))
		return "value is not valid UTF-8";
	if (change->reason && !utf8_valid(change->reason, change->reason_len))
		return "reason is not valid UTF-8";
	return NULL;
}

static const char *extra_fault(const struct change *change)
{
	struct msgpack_reader reader;

	msgpack_reader_init(&reader, change->extra, change->extra_len);
	if (change->n_extra <= change->extra_len &&
	    msgpack_reader_skip(&reader, change->n_extra) &&
	    msgpack_reader_end(&reader))
		return NULL;
	return "extra elements are not what they are said to be";
}

static int check_change(const struct encoder *encoder,
			const struct change *change, uint64_t last,
			struct err *err)
{
	const char *fault = change_fault(change);

	if (!fault && change->id.origin != encoder->batch->origin)
		fault = "of another origin than its batch";
	if (!fault && change->id.seq <= last)
		fault = "seq does not increase";
	for (size_t i = 0; !fault && i < change->n_bases; i++)
		if (!base_ok(change, change->bases[i]))
			fault = "a base that cannot be";
	if (!fault)
		fault = texts_fault(change);
	if (!fault)
		fault = extra_fault(change);
	if (!fault)
		return 0;
	return err_set(err, ERR_INPUT, "change %llu of row %.*s: %s",
		       (unsigned long long)change->id.seq,
		       (int)(change->row_len < 64 ? change->row_len : 64),
		       change->row ? change->row : "", fault);
}

static void pack_value(msgpack_packer *packer, const struct value *value)
{
	switch (value->type) {
	case VALUE_NULL:
		msgpack_pack_nil(packer);
		break;
	case VALUE_INT:
		msgpack_pack_int64(packer, value->integer);
		break;
	case VALUE_REAL:
		msgpack_pack_double(packer, value->real);
		break;
	case VALUE_TEXT:
		msgpack_pack_str_with_body(packer, value->bytes, value->len);
		break;
	case VALUE_BLOB:
		msgpack_pack_bin_with_body(packer, value->bytes, value->len);
		break;
	}
}

static void pack_change(struct encoder *encoder, const struct change *change)
{
	msgpack_packer *packer = &encoder->packer;
	bool eighth = change->reason || change->n_extra > 0;
	size_t n = CHANGE_ELEMENTS + (eighth ? 1 : 0);

	msgpack_pack_array(packer, n + change->n_extra);
	msgpack_pack_uint64(packer, change->id.seq);
	msgpack_pack_uint64(packer, change->clock);
	msgpack_pack_uint32(packer, change->entity);
	msgpack_pack_str_with_body(packer, change->row, change->row_len);
	msgpack_pack_uint32(packer, change->field);
	pack_value(packer, &change->value);
	msgpack_pack_array(packer, 2 * change->n_bases);
	for (size_t i = 0; i < change->n_bases; i++) {
		struct change_id base = change->bases[i];

		msgpack_pack_uint64(packer, origin_index(encoder, base.origin));
		msgpack_pack_uint64(packer, base.seq);
	}
	if (change->reason)
		msgpack_pack_str_with_body(packer, change->reason,
					   change->reason_len);
	else if (eighth)
		msgpack_pack_nil(packer);
	buf_add(encoder->out, change->extra, change->extra_len);
}

static void pack_head(struct encoder *encoder)
{
	msgpack_packer *packer = &encoder->packer;
	const struct batch *batch = encoder->batch;

	msgpack_pack_array(packer, BATCH_ELEMENTS);
	msgpack_pack_str_with_body(packer, magic, sizeof(magic) - 1);
	msgpack_pack_uint32(packer, ENVELOPE_VERSION);
	msgpack_pack_uint32(packer, 1); /* min_reader: v1 itself */
	pack_origin(packer, batch->origin);
	msgpack_pack_str_with_body(packer, batch->site, strlen(batch->site));
	msgpack_pack_str_with_body(packer, batch->author,
				   strlen(batch->author));
	msgpack_pack_uint32(packer, batch->schema);
	msgpack_pack_array(packer, encoder->n_origins);
	for (size_t i = 0; i < encoder->n_origins; i++)
		pack_origin(packer, encoder->origins[i]);
}

static int encode_all(struct encoder *encoder, struct err *err)
{
	uint64_t last = 0;
	int rc;

	pack_head(encoder);
	msgpack_pack_array(&encoder->packer, encoder->n_kept);
	for (size_t i = 0; i < encoder->n_kept; i++) {
		const struct change *change = encoder->kept[i];

		if ((rc = check_change(encoder, change, last, err)) < 0)
			return rc;
		last = change->id.seq;
		pack_change(encoder, change);
		if (encoder->out->len - encoder->begin > BATCH_BYTES_MAX)
			return err_set(err, ERR_INPUT,
				       "batch of more than %d bytes",
				       BATCH_BYTES_MAX);
	}
	return buf_check(encoder->out, err);
}

int batch_encode_some(struct buf *out, const struct batch *batch,
		      batch_keep_fn *keep, void *ctx, size_t *kept,
		      struct err *err)
{
	struct encoder encoder = {
		.out = out, .begin = out->len, .batch = batch};
	int rc;

	msgpack_packer_init(&encoder.packer, out, pack_into_buf);
	if ((rc = encode_keep(&encoder, keep, ctx, err)) < 0)
		goto done;
	if (encoder.n_kept > 0) {
		if ((rc = check_batch(batch, encoder.n_kept, err)) < 0 ||
		    (rc = encode_origins(&encoder, err)) < 0 ||
		    (rc = encode_all(&encoder, err)) < 0)
			goto done;
	}
	if (kept)
		*kept = encoder.n_kept;
done:
	if (rc < 0) {
		err_wrap(err, "encode batch");
		buf_truncate(out, encoder.begin);
	}
	free(encoder.kept);
	free(encoder.origins);
	return rc;
}

int batch_encode(struct buf *out, const struct batch *batch, struct err *err)
{
	if (batch->n_changes == 0)
		return err_set(err, ERR_INPUT, "encode batch: no changes");
	return batch_encode_some(out, batch, NULL, NULL, NULL, err);
}

/* ---- decode ------------------------------------------------------------ */

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
	if (!base_ok(change, base))
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
	if (n < CHANGE_ELEMENTS)
		return msgpack_reader_fail(reader,
					   "a change of fewer than 7 elements");
	if (!msgpack_reader_uint(reader, &change->id.seq) ||
	    !msgpack_reader_uint(reader, &change->clock) ||
	    !read_u32(reader, &change->entity) ||
	    !msgpack_reader_str(reader, &change->row, &change->row_len) ||
	    !read_u32(reader, &change->field) ||
	    !read_value(reader, &change->value) ||
	    !read_bases(decoder, change) ||
	    !read_tail(decoder, change, n - CHANGE_ELEMENTS))
		return false;
	fault = change_fault(change);
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
	    !msgpack_reader_skip(reader, n - BODY_ELEMENTS) ||
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
	rc = envelope_read(&n, &counter.reader, magic, BODY_ELEMENTS, err);
	if (rc < 0)
		goto done;
	decoder.reader = counter.reader;
	if (!read_body(&counter, n)) {
		rc = msgpack_reader_check(&counter.reader, err);
		goto done;
	}
	if ((rc = decoder_allocate(&decoder, &counter, err)) < 0)
		goto done;
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
