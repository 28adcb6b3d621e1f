/* codec_bench.c - batches to bytes and back, beside moving the same bytes
 * and beside libmsgpack's own reading of them. */
#include "tests/bench/groups.h"

#include <msgpack.h>
#include <stdlib.h>
#include <string.h>

#include "core/log/change_log.h"
#include "sync/wire/batch.h"
#include "tests/bench/corpus.h"
#include "tests/bench/measure.h"

enum { CHANGES = 10000, TURNS = 20 };

static const struct corpus corpus = {.proposals = 5000, .units = 50};

static double per_change(double since)
{
	return (seconds() - since) * 1e9 / (CHANGES * TURNS);
}

static double encode(const struct batch *batch)
{
	struct buf out = BUF_INIT;
	struct err err = {0};
	double start = seconds();

	for (size_t i = 0; i < TURNS; i++) {
		buf_clear(&out);
		must(batch_encode(&out, batch, &err), &err, "encode");
	}
	start = per_change(start);
	buf_release(&out);
	return start;
}

static double decode(const struct buf *bytes)
{
	struct err err = {0};
	double start = seconds();

	for (size_t i = 0; i < TURNS; i++) {
		struct batch *batch = NULL;

		must(batch_decode(&batch, bytes->data, bytes->len, &err), &err,
		     "decode");
		batch_free(batch);
	}
	return per_change(start);
}

static double copy(const struct buf *bytes)
{
	char *to = malloc(bytes->len);
	double start;

	must_true(to != NULL, "have memory");
	memset(to, 1, bytes->len);
	start = seconds();
	for (size_t i = 0; i < TURNS; i++) {
		memcpy(to, bytes->data, bytes->len);
		__asm__ volatile("" : : "r"(to) : "memory");
	}
	start = per_change(start);
	free(to);
	return start;
}

static double unpack(const struct buf *bytes)
{
	double start = seconds();

	for (size_t i = 0; i < TURNS; i++) {
		msgpack_unpacked result;

		msgpack_unpacked_init(&result);
		must_true(msgpack_unpack_next(&result, bytes->data, bytes->len,
					      NULL) == MSGPACK_UNPACK_SUCCESS,
			  "unpack");
		msgpack_unpacked_destroy(&result);
	}
	return per_change(start);
}

static double decode_allocations(const struct buf *bytes)
{
	struct batch *batch = NULL;
	struct err err = {0};
	size_t before = allocations();

	must(batch_decode(&batch, bytes->data, bytes->len, &err), &err,
	     "decode");
	before = allocations() - before;
	batch_free(batch);
	return (double)before;
}

void bench_codec(void)
{
	struct row encoding = {.id = "codec.encode",
			       .what = "10,000 changes to msgpack",
			       .unit = "ns/change",
			       .floor_what = "memcpy of the same bytes"};
	struct row decoding = {.id = "codec.decode",
			       .what = "10,000 changes from msgpack, checked",
			       .unit = "ns/change",
			       .floor_what = "msgpack_unpack_next"};
	struct row moving = {.id = "codec.decode_copy",
			     .what = "the same",
			     .unit = "ns/change",
			     .floor_what = "memcpy of the same bytes"};
	struct row blocks = {.id = "codec.allocations",
			     .what = "allocations to decode 10,000 changes",
			     .unit = "calls",
			     .kind = TARGET_MAX,
			     .target = 64};
	struct corpus_batch batch;
	struct buf bytes = BUF_INIT;
	struct err err = {0};

	corpus_batch(&batch, &corpus, 0, CHANGES);
	must(batch_encode(&bytes, &batch.batch, &err), &err, "encode");
	for (size_t i = 0; i < RUNS; i++) {
		double moved = copy(&bytes);
		double ours = decode(&bytes);

		row_add(&decoding, ours, unpack(&bytes));
		row_add(&moving, ours, moved);
		row_add(&encoding, encode(&batch.batch), moved);
		row_add(&blocks, decode_allocations(&bytes), 0);
	}
	row_write(&encoding);
	row_write(&decoding);
	row_write(&moving);
	row_write(&blocks);
	buf_release(&bytes);
	corpus_batch_release(&batch);
}
