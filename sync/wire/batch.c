/* batch.c - writes changes.msgpack, version 1: schemas/changes.md, "Batch".
 * Refuses to know commits, access and merging. */
#include "sync/wire/batch.h"

#include <msgpack.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/utf8.h"
#include "sync/wire/batch_limits.h"
#include "sync/wire/envelope.h"
#include "sync/wire/msgpack_reader.h"

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
	const char *fault = batch_change_fault(change);

	if (!fault && change->id.origin != encoder->batch->origin)
		fault = "of another origin than its batch";
	if (!fault && change->id.seq <= last)
		fault = "seq does not increase";
	for (size_t i = 0; !fault && i < change->n_bases; i++)
		if (!batch_base_ok(change, change->bases[i]))
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
	size_t n = BATCH_CHANGE + (eighth ? 1 : 0);

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

	msgpack_pack_array(packer, ENVELOPE_ELEMENTS + BATCH_BODY);
	msgpack_pack_str_with_body(packer, BATCH_MAGIC,
				   sizeof(BATCH_MAGIC) - 1);
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
