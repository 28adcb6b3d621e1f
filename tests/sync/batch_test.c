/* batch_test.c - changes.msgpack: round trips, hostile bytes, limits, and the
 * golden bytes that stay readable for ever. */
#include "sync/wire/batch.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <msgpack.h>

/* ---- a batch with one of everything ------------------------------------ */

static const uint64_t own = 0x7f3a00c1d2e4f506;
static const uint64_t other = 0x0123456789abcdef;
static const uint64_t third = 0x5000000000000001;

static const struct change_id class_bases[] = {{0x7f3a00c1d2e4f506, 7},
					       {0x0123456789abcdef, 3}};
static const struct change_id draft_bases[] = {
	{0x5000000000000001, 1099511627775}};

/* A newer writer's elements: {"k": [true, nil]} and 7. */
static const char extra[] = "\x81\xa1k\x92\xc3\xc0\x07";

static struct change changes[6];
static struct batch sample;

static struct change make(uint64_t seq, uint32_t entity, const char *row,
			  uint32_t field, struct value value)
{
	struct change change = {
		.id = {own, seq},
		.clock = (uint64_t)1653868800000 << 16 | seq,
		.entity = entity,
		.field = field,
		.row = row,
		.row_len = strlen(row),
		.value = value,
	};

	return change;
}

static int make_sample(void **state)
{
	struct value real = {.type = VALUE_REAL, .real = -0.25};
	struct value blob = {
		.type = VALUE_BLOB, .bytes = "\x00\xff\x80", .len = 3};

	(void)state;
	changes[0] = make(12, 11, "1-1-014/edu", 9, value_text("A"));
	changes[0].bases = class_bases;
	changes[0].n_bases = 2;
	changes[0].reason = "与会办单位商定";
	changes[0].reason_len = strlen(changes[0].reason);
	changes[1] = make(13, 11, "1-1-014/edu", 8,
			  value_text("第一句。\n第二句。"));
	changes[1].bases = draft_bases;
	changes[1].n_bases = 1;
	changes[2] = make(14, 17, "1-1-014/edu/1", 5, value_int(-123456789));
	changes[3] = make(20, 10, "1-1-014", 0, value_text(NULL));
	changes[4] = make(21, 99, "k", 4095, real);
	changes[4].extra = extra;
	changes[4].extra_len = sizeof(extra) - 1;
	changes[4].n_extra = 2;
	changes[5] = make(22, 10, "1-1-014", 5, blob);
	changes[5].reason = "";
	sample = (struct batch){.origin = own,
				.site = "edu",
				.author = "王芳",
				.schema = 1,
				.changes = changes,
				.n_changes = 6};
	return 0;
}

static void assert_same_change(const struct change *a, const struct change *b)
{
	assert_true(change_id_equal(a->id, b->id));
	assert_true(a->clock == b->clock);
	assert_int_equal(a->entity, b->entity);
	assert_int_equal(a->field, b->field);
	assert_int_equal(a->row_len, b->row_len);
	assert_memory_equal(a->row, b->row, a->row_len);
	assert_true(value_equal(&a->value, &b->value));
	assert_int_equal(a->n_bases, b->n_bases);
	for (size_t i = 0; i < a->n_bases; i++)
		assert_true(change_id_equal(a->bases[i], b->bases[i]));
	assert_int_equal(a->reason == NULL, b->reason == NULL);
	assert_int_equal(a->reason_len, b->reason_len);
	if (a->reason)
		assert_memory_equal(a->reason, b->reason, a->reason_len);
	assert_int_equal(a->n_extra, b->n_extra);
	assert_int_equal(a->extra_len, b->extra_len);
	if (a->extra)
		assert_memory_equal(a->extra, b->extra, a->extra_len);
}

static void assert_same(const struct batch *a, const struct batch *b)
{
	assert_true(a->origin == b->origin);
	assert_string_equal(a->site, b->site);
	assert_string_equal(a->author, b->author);
	assert_int_equal(a->schema, b->schema);
	assert_int_equal(a->n_changes, b->n_changes);
	for (size_t i = 0; i < a->n_changes; i++)
		assert_same_change(&a->changes[i], &b->changes[i]);
}

static struct buf encode(const struct batch *batch)
{
	struct buf out = BUF_INIT;
	struct err err = {0};

	if (batch_encode(&out, batch, &err) < 0)
		fail_msg("%s", err.text);
	return out;
}

/* Decodes a copy of exactly that size; the batch is gone afterwards, so it
 * is compared here. */
static int decode(const void *bytes, size_t len, const struct batch *expected,
		  struct err *err)
{
	struct batch *batch = (struct batch *)&sample;
	char *copy = malloc(len ? len : 1);
	int rc;

	assert_non_null(copy);
	memcpy(copy, bytes, len);
	rc = batch_decode(&batch, copy, len, err);
	if (rc < 0)
		assert_null(batch);
	else if (expected)
		assert_same(batch, expected);
	if (rc < 0)
		assert_int_equal(rc, err->code);
	free(batch);
	free(copy);
	return rc;
}

/* ---- round trips ------------------------------------------------------- */

static void batch__what_is_encoded_decodes_to_the_same(void **state)
{
	struct buf out = encode(&sample);
	struct err err = {0};

	(void)state;
	assert_int_equal(decode(out.data, out.len, &sample, &err), 0);
	buf_release(&out);
}

static void batch__the_same_batch_gives_the_same_bytes(void **state)
{
	struct buf once = encode(&sample);
	struct buf twice = BUF_INIT;
	struct batch *batch;
	struct err err = {0};

	(void)state;
	assert_int_equal(batch_decode(&batch, once.data, once.len, &err), 0);
	twice = encode(batch);
	assert_int_equal(once.len, twice.len);
	assert_memory_equal(once.data, twice.data, once.len);
	free(batch);
	buf_release(&once);
	buf_release(&twice);
}

static void batch__encoding_appends(void **state)
{
	struct buf out = BUF_INIT;
	struct err err = {0};

	(void)state;
	buf_adds(&out, "before");
	assert_int_equal(batch_encode(&out, &sample, &err), 0);
	assert_memory_equal(out.data, "before", 6);
	assert_int_equal(decode(out.data + 6, out.len - 6, &sample, &err), 0);
	buf_release(&out);
}

static void batch__integers_and_reals_of_every_size_survive(void **state)
{
	static const int64_t numbers[] = {0,	     127,	128,
					  -32,	     -33,	65535,
					  65536,     INT32_MIN, UINT32_MAX,
					  INT64_MAX, INT64_MIN};
	static const double reals[] = {0.0, -0.0, 1e308, -INFINITY, 5e-324};
	struct err err = {0};

	(void)state;
	sample.n_changes = 1;
	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
		struct buf out;

		changes[0].value = value_int(numbers[i]);
		out = encode(&sample);
		assert_int_equal(decode(out.data, out.len, &sample, &err), 0);
		buf_release(&out);
	}
	for (size_t i = 0; i < sizeof(reals) / sizeof(*reals); i++) {
		struct buf out;

		changes[0].value =
			(struct value){.type = VALUE_REAL, .real = reals[i]};
		out = encode(&sample);
		assert_int_equal(decode(out.data, out.len, &sample, &err), 0);
		buf_release(&out);
	}
}

static bool is_of_edu(const struct change *change, void *ctx)
{
	++*(size_t *)ctx;
	return memcmp(change->row, "1-1-014/edu", 11) == 0 &&
	       change->field != 9;
}

static bool is_none(const struct change *change, void *ctx)
{
	(void)change;
	(void)ctx;
	return false;
}

static void batch__only_what_is_kept_is_encoded(void **state)
{
	struct batch expected = sample;
	struct buf out = BUF_INIT;
	struct err err = {0};
	size_t asked = 0;
	size_t kept = 0;

	(void)state;
	changes[3].row = "1-1-015/hr_";
	changes[3].row_len = 11;
	changes[4].row = changes[5].row = "1-1-016/hr_";
	changes[4].row_len = changes[5].row_len = 11;
	assert_int_equal(batch_encode_some(&out, &sample, is_of_edu, &asked,
					   &kept, &err),
			 0);
	assert_int_equal(asked, 6);
	assert_int_equal(kept, 2);
	expected.changes = changes + 1;
	expected.n_changes = 2;
	assert_int_equal(decode(out.data, out.len, &expected, &err), 0);
	/* An origin that only dropped changes name does not travel. */
	assert_null(memmem(out.data, out.len,
			   "\x01\x23\x45\x67\x89\xab\xcd\xef", 8));
	buf_release(&out);
}

static void batch__nothing_kept_appends_nothing(void **state)
{
	struct buf out = BUF_INIT;
	struct err err = {0};
	size_t kept = 9;

	(void)state;
	assert_int_equal(batch_encode_some(&out, &sample, is_none, NULL, &kept,
					   &err),
			 0);
	assert_int_equal(kept, 0);
	assert_int_equal(out.len, 0);
	buf_release(&out);
}

/* ---- hostile bytes ----------------------------------------------------- */

static void batch__every_truncation_is_refused(void **state)
{
	struct buf out = encode(&sample);
	struct err err = {0};

	(void)state;
	for (size_t len = 0; len < out.len; len++)
		assert_int_equal(decode(out.data, len, NULL, &err),
				 ERR_CORRUPT);
	buf_release(&out);
}

static void batch__a_byte_behind_the_end_is_refused(void **state)
{
	struct buf out = encode(&sample);
	struct err err = {0};

	(void)state;
	buf_addc(&out, '\0');
	assert_int_equal(decode(out.data, out.len, NULL, &err), ERR_CORRUPT);
	assert_non_null(strstr(err.text, "bytes follow the end"));
	buf_release(&out);
}

/* Whatever decodes is in limits, so it can be encoded again, into no more
 * bytes, and those decode to the same. */
static void assert_harmless(const char *bytes, size_t len)
{
	struct batch *batch = NULL;
	struct buf out = BUF_INIT;
	struct err err = {0};
	char *copy = malloc(len);

	assert_non_null(copy);
	memcpy(copy, bytes, len);
	if (batch_decode(&batch, copy, len, &err) < 0) {
		assert_null(batch);
	} else {
		out = encode(batch);
		assert_in_range(out.len, 1, len);
		assert_int_equal(decode(out.data, out.len, batch, &err), 0);
	}
	free(batch);
	free(copy);
	buf_release(&out);
}

static void batch__every_single_bit_flip_is_refused_or_harmless(void **state)
{
	struct buf out = encode(&sample);

	(void)state;
	for (size_t bit = 0; bit < out.len * 8; bit++) {
		out.data[bit / 8] ^= (char)(1 << bit % 8);
		assert_harmless(out.data, out.len);
		out.data[bit / 8] ^= (char)(1 << bit % 8);
	}
	buf_release(&out);
}

static void
batch__every_byte_value_anywhere_is_refused_or_harmless(void **state)
{
	struct buf out = encode(&sample);

	(void)state;
	for (size_t at = 0; at < out.len; at++) {
		char before = out.data[at];

		for (int byte = 0; byte < 256; byte++) {
			out.data[at] = (char)byte;
			assert_harmless(out.data, out.len);
		}
		out.data[at] = before;
	}
	buf_release(&out);
}

/* ---- bytes made by hand ------------------------------------------------ */

/* [tian, 1, 1, own, "edu", "", 1, [], changes], the changes to follow. */
static const char head[] = "\x99\xa4tian\x01\x01\xc4\x08\x7f\x3a\x00\xc1\xd2"
			   "\xe4\xf5\x06\xa3"
			   "edu\xa0\x01\x90";
/* [1, 0, 10, "k", 3, nil, []] without its array byte and its bases. */
static const char plain[] = "\x01\x00\x0a\xa1k\x03\xc0";

static int decode_made(const char *tail, size_t len, struct err *err)
{
	struct buf out = BUF_INIT;
	int rc;

	buf_add(&out, head, sizeof(head) - 1);
	buf_add(&out, tail, len);
	rc = decode(out.data, out.len, NULL, err);
	buf_release(&out);
	return rc;
}

#define MADE(tail) decode_made(tail, sizeof(tail) - 1, &err)

static void batch__what_the_limits_forbid_is_refused(void **state)
{
	struct err err = {0};

	(void)state;
	/* The pattern of all others: it is good. */
	assert_int_equal(MADE("\x91\x97\x01\x00\x0a\xa1k\x03\xc0\x90"), 0);
	/* No changes at all. */
	assert_int_equal(MADE("\x90"), ERR_CORRUPT);
	/* Too few elements. */
	assert_int_equal(MADE("\x91\x96\x01\x00\x0a\xa1k\x03\xc0"),
			 ERR_CORRUPT);
	/* seq 0; seq 2^40. */
	assert_int_equal(MADE("\x91\x97\x00\x00\x0a\xa1k\x03\xc0\x90"),
			 ERR_CORRUPT);
	assert_int_equal(MADE("\x91\x97\xcf\x00\x00\x01\x00\x00\x00\x00\x00"
			      "\x00\x0a\xa1k\x03\xc0\x90"),
			 ERR_CORRUPT);
	/* seq that does not increase. */
	assert_int_equal(MADE("\x92\x97\x01\x00\x0a\xa1k\x03\xc0\x90"
			      "\x97\x01\x00\x0a\xa1k\x03\xc0\x90"),
			 ERR_CORRUPT);
	/* clock 2^63. */
	assert_int_equal(MADE("\x91\x97\x01\xcf\x80\x00\x00\x00\x00\x00\x00"
			      "\x00\x0a\xa1k\x03\xc0\x90"),
			 ERR_CORRUPT);
	/* entity 0; field 4096; a negative field. */
	assert_int_equal(MADE("\x91\x97\x01\x00\x00\xa1k\x03\xc0\x90"),
			 ERR_CORRUPT);
	assert_int_equal(MADE("\x91\x97\x01\x00\x0a\xa1k\xcd\x10\x00\xc0\x90"),
			 ERR_CORRUPT);
	assert_int_equal(MADE("\x91\x97\x01\x00\x0a\xa1k\xff\xc0\x90"),
			 ERR_CORRUPT);
	/* An empty row key; a row key that is no text. */
	assert_int_equal(MADE("\x91\x97\x01\x00\x0a\xa0\x03\xc0\x90"),
			 ERR_CORRUPT);
	assert_int_equal(MADE("\x91\x97\x01\x00\x0a\xc4\x01k\x03\xc0\x90"),
			 ERR_CORRUPT);
	/* Values: bad UTF-8, true, a float of 32 bits, NaN, a map. */
	assert_int_equal(MADE("\x91\x97\x01\x00\x0a\xa1k\x03\xa1\xff\x90"),
			 ERR_CORRUPT);
	assert_int_equal(MADE("\x91\x97\x01\x00\x0a\xa1k\x03\xc3\x90"),
			 ERR_CORRUPT);
	assert_int_equal(MADE("\x91\x97\x01\x00\x0a\xa1k\x03\xca\x00\x00\x00"
			      "\x00\x90"),
			 ERR_CORRUPT);
	assert_int_equal(MADE("\x91\x97\x01\x00\x0a\xa1k\x03\xcb\x7f\xf8\x00"
			      "\x00\x00\x00\x00\x00\x90"),
			 ERR_CORRUPT);
	assert_int_equal(MADE("\x91\x97\x01\x00\x0a\xa1k\x03\x80\x90"),
			 ERR_CORRUPT);
}

static void batch__bases_that_cannot_be_are_refused(void **state)
{
	struct err err = {0};

	(void)state;
	/* Good: seq 9 on the own seq 8. */
	assert_int_equal(MADE("\x91\x97\x09\x00\x0a\xa1k\x03\xc0\x92\x00\x08"),
			 0);
	/* Itself, a later one, seq 0, an origin not listed, half a pair. */
	assert_int_equal(MADE("\x91\x97\x09\x00\x0a\xa1k\x03\xc0\x92\x00\x09"),
			 ERR_CORRUPT);
	assert_int_equal(MADE("\x91\x97\x09\x00\x0a\xa1k\x03\xc0\x92\x00\x0a"),
			 ERR_CORRUPT);
	assert_int_equal(MADE("\x91\x97\x09\x00\x0a\xa1k\x03\xc0\x92\x00\x00"),
			 ERR_CORRUPT);
	assert_int_equal(MADE("\x91\x97\x09\x00\x0a\xa1k\x03\xc0\x92\x01\x08"),
			 ERR_CORRUPT);
	assert_int_equal(MADE("\x91\x97\x09\x00\x0a\xa1k\x03\xc0\x91\x00"),
			 ERR_CORRUPT);
}

/* A whole batch with its head given: elements 4 to 8. */
static int decode_head(const char *elements, size_t len, struct err *err)
{
	struct buf out = BUF_INIT;
	int rc;

	buf_add(&out, "\x99\xa4tian\x01\x01", 8);
	buf_add(&out, elements, len);
	buf_add(&out, "\x91\x97", 2);
	buf_add(&out, plain, sizeof(plain) - 1);
	buf_addc(&out, (char)0x90);
	rc = decode(out.data, out.len, NULL, err);
	buf_release(&out);
	return rc;
}

#define HEAD(elements) decode_head(elements, sizeof(elements) - 1, &err)
#define ORIGIN(last) "\xc4\x08\x00\x00\x00\x00\x00\x00\x00" last

static void batch__a_head_that_cannot_be_is_refused(void **state)
{
	struct err err = {0};

	(void)state;
	assert_int_equal(HEAD(ORIGIN("\x05") "\xa1s\xa0\x01\x90"), 0);
	assert_int_equal(HEAD(ORIGIN("\x05") "\xa1s\xa0\x01\x92" ORIGIN("\x04")
				      ORIGIN("\x06")),
			 0);
	/* Origins: zero, 2^63, 7 bytes, a str. */
	assert_int_equal(HEAD(ORIGIN("\x00") "\xa1s\xa0\x01\x90"), ERR_CORRUPT);
	assert_int_equal(HEAD("\xc4\x08\x80\x00\x00\x00\x00\x00\x00\x00"
			      "\xa1s\xa0\x01\x90"),
			 ERR_CORRUPT);
	assert_int_equal(HEAD("\xc4\x07\x00\x00\x00\x00\x00\x00\x01"
			      "\xa1s\xa0\x01\x90"),
			 ERR_CORRUPT);
	assert_int_equal(HEAD("\xa8"
			      "12345678\xa1s\xa0\x01\x90"),
			 ERR_CORRUPT);
	/* Further origins: unsorted, twice, the own. */
	assert_int_equal(HEAD(ORIGIN("\x05") "\xa1s\xa0\x01\x92" ORIGIN("\x06")
				      ORIGIN("\x04")),
			 ERR_CORRUPT);
	assert_int_equal(HEAD(ORIGIN("\x05") "\xa1s\xa0\x01\x92" ORIGIN("\x06")
				      ORIGIN("\x06")),
			 ERR_CORRUPT);
	assert_int_equal(
		HEAD(ORIGIN("\x05") "\xa1s\xa0\x01\x91" ORIGIN("\x05")),
		ERR_CORRUPT);
	/* No site; a NUL in the author; schema 2^32. */
	assert_int_equal(HEAD(ORIGIN("\x05") "\xa0\xa0\x01\x90"), ERR_CORRUPT);
	assert_int_equal(HEAD(ORIGIN("\x05") "\xa1s\xa1\x00\x01\x90"),
			 ERR_CORRUPT);
	assert_int_equal(HEAD(ORIGIN("\x05") "\xa1s\xa0\xcf\x00\x00\x00\x01"
					     "\x00\x00\x00\x00\x90"),
			 ERR_CORRUPT);
}

static void batch__another_document_is_refused(void **state)
{
	static const char verdicts[] = "\x94\xadtian-verdicts\x01\x01\x90";
	struct err err = {0};

	(void)state;
	assert_int_equal(decode("", 0, NULL, &err), ERR_CORRUPT);
	assert_int_equal(decode(verdicts, sizeof(verdicts) - 1, NULL, &err),
			 ERR_CORRUPT);
	assert_int_equal(decode("\x99\xa4nait\x01\x01", 8, NULL, &err),
			 ERR_CORRUPT);
}

static void batch__counts_without_bytes_behind_them_are_refused(void **state)
{
	struct err err = {0};

	(void)state;
	assert_int_equal(MADE("\xdd\xff\xff\xff\xff"), ERR_CORRUPT);
	assert_int_equal(MADE("\xdd\x00\x04\x00\x00\x97"), ERR_CORRUPT);
	assert_int_equal(MADE("\x91\x97\x01\x00\x0a\xa1k\x03\xc0\xdd\xff\xff"
			      "\xff\xff"),
			 ERR_CORRUPT);
	assert_int_equal(MADE("\x91\x97\x01\x00\x0a\xdb\xff\xff\xff\xffk"),
			 ERR_CORRUPT);
	assert_int_equal(HEAD(ORIGIN("\x05") "\xa1s\xa0\x01\xdd\xff\xff\xff"
					     "\xff"),
			 ERR_CORRUPT);
}

/* ---- what a newer writer may do ---------------------------------------- */

static void batch__a_newer_format_asks_for_a_newer_program(void **state)
{
	struct err err = {0};

	(void)state;
	/* Whatever may follow: it is not looked at. */
	assert_int_equal(decode("\x99\xa4tian\x02\x02\xc1\xc1\xc1\xc1\xc1\xc1",
				14, NULL, &err),
			 ERR_INPUT);
	assert_non_null(strstr(err.text, "needs a newer program"));
	/* Versions that contradict each other are no format of ours. */
	assert_int_equal(decode("\x99\xa4tian\x01\x02\xc1\xc1\xc1\xc1\xc1\xc1",
				14, NULL, &err),
			 ERR_CORRUPT);
	assert_int_equal(decode("\x99\xa4tian\x01\x00\xc1\xc1\xc1\xc1\xc1\xc1",
				14, NULL, &err),
			 ERR_CORRUPT);
}

static void batch__a_newer_version_for_old_readers_is_read(void **state)
{
	struct buf out = BUF_INIT;
	struct batch *batch = NULL;
	struct err err = {0};

	(void)state;
	/* Version 7, min_reader 1, two elements more at the end, three more
	 * in the change. */
	buf_add(&out, head, sizeof(head) - 1);
	out.data[0] = (char)0x9b;
	out.data[6] = 7;
	buf_adds(&out, "\x91\x9b");
	buf_add(&out, plain, sizeof(plain) - 1);
	buf_adds(&out, "\x90\xc0\x05\xa1z\x91\xc3");
	buf_add(&out, "\x81\x01\x02\xc0", 4);
	assert_int_equal(batch_decode(&batch, out.data, out.len, &err), 0);
	assert_int_equal(batch->n_changes, 1);
	assert_null(batch->changes[0].reason);
	assert_int_equal(batch->changes[0].n_extra, 3);
	assert_int_equal(batch->changes[0].extra_len, 5);
	assert_memory_equal(batch->changes[0].extra, "\x05\xa1z\x91\xc3", 5);
	free(batch);
	buf_release(&out);
}

static void batch__nesting_in_unknown_elements_is_bounded(void **state)
{
	struct buf out = BUF_INIT;
	struct err err = {0};

	(void)state;
	buf_adds(&out, "\x91\x99");
	buf_add(&out, plain, sizeof(plain) - 1);
	buf_adds(&out, "\x90\xc0");
	for (int i = 0; i < 1000000; i++)
		buf_addc(&out, (char)0x91);
	buf_addc(&out, (char)0xc0);
	assert_int_equal(decode_made(out.data, out.len, &err), ERR_CORRUPT);
	assert_non_null(strstr(err.text, "nested too deeply"));
	buf_release(&out);
}

/* ---- limits ------------------------------------------------------------ */

static void
batch__a_value_at_the_limit_passes_and_one_byte_more_does_not(void **state)
{
	char *text = malloc(CHANGE_VALUE_MAX + 1);
	struct buf out = BUF_INIT;
	struct err err = {0};

	(void)state;
	assert_non_null(text);
	memset(text, 'x', CHANGE_VALUE_MAX + 1);
	changes[2].value = (struct value){
		.type = VALUE_TEXT, .bytes = text, .len = CHANGE_VALUE_MAX};
	out = encode(&sample);
	assert_int_equal(decode(out.data, out.len, &sample, &err), 0);
	buf_release(&out);
	changes[2].value.len++;
	assert_int_equal(batch_encode(&out, &sample, &err), ERR_INPUT);
	assert_int_equal(out.len, 0);
	/* The same as bytes from outside: [.., str of 4 MiB + 1, []]. */
	buf_adds(&out, "\x91\x97\x01");
	buf_add(&out, "\x00\x0a\xa1k\x03\xdb\x00\x40\x00\x01", 10);
	buf_add(&out, text, CHANGE_VALUE_MAX + 1);
	buf_addc(&out, (char)0x90);
	assert_int_equal(decode_made(out.data, out.len, &err), ERR_CORRUPT);
	assert_non_null(strstr(err.text, "4194304"));
	free(text);
	buf_release(&out);
}

static void batch__a_batch_past_sixteen_mebibytes_is_refused(void **state)
{
	char *text = calloc(1, BATCH_BYTES_MAX + 1);
	struct buf out = BUF_INIT;
	struct err err = {0};

	(void)state;
	assert_non_null(text);
	assert_int_equal(decode(text, BATCH_BYTES_MAX + 1, NULL, &err),
			 ERR_CORRUPT);
	assert_non_null(strstr(err.text, "16777216"));
	memset(text, 'x', CHANGE_VALUE_MAX);
	for (int i = 0; i < 4; i++)
		changes[i].value = (struct value){.type = VALUE_TEXT,
						  .bytes = text,
						  .len = CHANGE_VALUE_MAX};
	assert_int_equal(batch_encode(&out, &sample, &err), ERR_INPUT);
	assert_int_equal(out.len, 0);
	sample.n_changes = 3;
	assert_int_equal(batch_encode(&out, &sample, &err), 0);
	free(text);
	buf_release(&out);
}

static void refused(struct err *err)
{
	struct buf out = BUF_INIT;

	buf_adds(&out, "before");
	assert_int_equal(batch_encode(&out, &sample, err), ERR_INPUT);
	assert_string_equal(buf_text(&out), "before");
	buf_release(&out);
	make_sample(NULL);
}

static void batch__what_no_reader_would_take_is_not_written(void **state)
{
	static char long_text[CHANGE_REASON_MAX + 2];
	struct change_id own_later = {own, 99};
	struct change_id nobody = {0, 1};
	struct err err = {0};

	(void)state;
	memset(long_text, 'x', sizeof(long_text) - 1);
	sample.n_changes = 0;
	refused(&err);
	sample.origin = 0;
	refused(&err);
	sample.site = "";
	refused(&err);
	sample.author = long_text;
	refused(&err);
	sample.author = "\xff";
	refused(&err);
	changes[1].id.seq = changes[0].id.seq;
	refused(&err);
	changes[1].id.origin = other;
	refused(&err);
	changes[1].value = value_text("\xed\xa0\x80");
	refused(&err);
	changes[1].value = (struct value){.type = VALUE_REAL, .real = NAN};
	refused(&err);
	changes[1].row_len = 0;
	refused(&err);
	changes[1].row = long_text;
	changes[1].row_len = CHANGE_ROW_MAX + 1;
	refused(&err);
	changes[1].reason = long_text;
	changes[1].reason_len = CHANGE_REASON_MAX + 1;
	refused(&err);
	changes[1].field = 4096;
	refused(&err);
	changes[1].bases = &own_later;
	refused(&err);
	changes[1].bases = &nobody;
	refused(&err);
	changes[4].n_extra = 1;
	refused(&err);
	changes[4].n_extra = 3;
	refused(&err);
	changes[4].extra_len--;
	refused(&err);
}

static void batch__an_error_names_the_change(void **state)
{
	struct err err = {0};

	(void)state;
	changes[2].field = 5000;
	refused(&err);
	assert_string_equal(err.text, "encode batch: change 14 of row "
				      "1-1-014/edu/1: field is past 4095");
}

static void batch__bases_at_the_limit_pass_and_one_more_does_not(void **state)
{
	static struct change_id bases[CHANGE_BASES_MAX + 1];
	struct buf out = BUF_INIT;
	struct err err = {0};

	(void)state;
	for (size_t i = 0; i <= CHANGE_BASES_MAX; i++)
		bases[i] = (struct change_id){third + i % 700, i + 1};
	changes[0].bases = bases;
	changes[0].n_bases = CHANGE_BASES_MAX;
	out = encode(&sample);
	assert_int_equal(decode(out.data, out.len, &sample, &err), 0);
	buf_release(&out);
	changes[0].n_bases++;
	refused(&err);
}

static void batch__more_changes_than_the_limit_are_refused(void **state)
{
	size_t n = BATCH_CHANGES_MAX + 1;
	struct change *many = calloc(n, sizeof(*many));
	struct buf out = BUF_INIT;
	struct err err = {0};

	(void)state;
	assert_non_null(many);
	for (size_t i = 0; i < n; i++)
		many[i] = make(i + 1, 10, "k", 3, value_int(1));
	sample.changes = many;
	sample.n_changes = n;
	assert_int_equal(batch_encode(&out, &sample, &err), ERR_INPUT);
	sample.n_changes--;
	assert_int_equal(batch_encode(&out, &sample, &err), 0);
	assert_int_equal(decode(out.data, out.len, &sample, &err), 0);
	free(many);
	buf_release(&out);
}

/* ---- other eyes -------------------------------------------------------- */

static void batch__msgpack_c_reads_what_we_write(void **state)
{
	struct buf out = encode(&sample);
	const msgpack_object *top;
	const msgpack_object *change;
	msgpack_unpacked unpacked;
	size_t used = 0;

	(void)state;
	msgpack_unpacked_init(&unpacked);
	assert_int_equal(msgpack_unpack_next(&unpacked, out.data, out.len,
					     &used),
			 MSGPACK_UNPACK_SUCCESS);
	assert_int_equal(used, out.len);
	top = unpacked.data.via.array.ptr;
	assert_int_equal(unpacked.data.type, MSGPACK_OBJECT_ARRAY);
	assert_int_equal(unpacked.data.via.array.size, 9);
	assert_memory_equal(top[0].via.str.ptr, "tian", 4);
	assert_int_equal(top[3].via.bin.size, 8);
	assert_int_equal(top[7].via.array.size, 2);
	assert_int_equal(top[8].via.array.size, 6);
	change = top[8].via.array.ptr[0].via.array.ptr;
	assert_int_equal(change[0].via.u64, 12);
	assert_int_equal(change[6].via.array.size, 4);
	assert_int_equal(change[6].via.array.ptr[0].via.u64, 0);
	assert_int_equal(change[6].via.array.ptr[2].via.u64, 1);
	assert_int_equal(top[8].via.array.ptr[4].via.array.size, 10);
	msgpack_unpacked_destroy(&unpacked);
	buf_release(&out);
}

static void read_golden(struct buf *out, const char *name)
{
	const char *source = getenv("TIAN_SOURCE");
	struct err err = {0};
	char path[4096];

	snprintf(path, sizeof(path), "%s/tests/sync/golden/%s",
		 source ? source : ".", name);
	if (buf_read_file(out, path, BATCH_BYTES_MAX, &err) < 0)
		fail_msg("%s", err.text);
}

static void batch__golden_bytes_of_version_1_stay_readable(void **state)
{
	struct buf golden = BUF_INIT;
	struct err err = {0};

	(void)state;
	read_golden(&golden, "batch-v1.msgpack");
	assert_int_equal(decode(golden.data, golden.len, &sample, &err), 0);
	buf_release(&golden);
}

static void batch__version_1_is_written_as_the_golden_bytes(void **state)
{
	struct buf golden = BUF_INIT;
	struct buf out = encode(&sample);

	(void)state;
	read_golden(&golden, "batch-v1.msgpack");
	assert_int_equal(out.len, golden.len);
	assert_memory_equal(out.data, golden.data, out.len);
	buf_release(&golden);
	buf_release(&out);
}

#define fresh(test) cmocka_unit_test_setup(test, make_sample)

int main(void)
{
	const struct CMUnitTest tests[] = {
		fresh(batch__what_is_encoded_decodes_to_the_same),
		fresh(batch__the_same_batch_gives_the_same_bytes),
		fresh(batch__encoding_appends),
		fresh(batch__integers_and_reals_of_every_size_survive),
		fresh(batch__only_what_is_kept_is_encoded),
		fresh(batch__nothing_kept_appends_nothing),
		fresh(batch__every_truncation_is_refused),
		fresh(batch__a_byte_behind_the_end_is_refused),
		fresh(batch__every_single_bit_flip_is_refused_or_harmless),
		fresh(batch__every_byte_value_anywhere_is_refused_or_harmless),
		fresh(batch__what_the_limits_forbid_is_refused),
		fresh(batch__bases_that_cannot_be_are_refused),
		fresh(batch__a_head_that_cannot_be_is_refused),
		fresh(batch__another_document_is_refused),
		fresh(batch__counts_without_bytes_behind_them_are_refused),
		fresh(batch__a_newer_format_asks_for_a_newer_program),
		fresh(batch__a_newer_version_for_old_readers_is_read),
		fresh(batch__nesting_in_unknown_elements_is_bounded),
		fresh(batch__a_value_at_the_limit_passes_and_one_byte_more_does_not),
		fresh(batch__a_batch_past_sixteen_mebibytes_is_refused),
		fresh(batch__what_no_reader_would_take_is_not_written),
		fresh(batch__an_error_names_the_change),
		fresh(batch__bases_at_the_limit_pass_and_one_more_does_not),
		fresh(batch__more_changes_than_the_limit_are_refused),
		fresh(batch__msgpack_c_reads_what_we_write),
		fresh(batch__golden_bytes_of_version_1_stay_readable),
		fresh(batch__version_1_is_written_as_the_golden_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
