/* verdicts_test.c - verdicts.msgpack: round trips, hostile bytes, limits, and
 * the golden bytes. */
#include "sync/wire/verdicts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct verdict sample[] = {
	{{0x7f3a00c1d2e4f506, 12},
	 VERDICT_REFUSED,
	 "field 'case_no' is not edu's to write"},
	{{1, 1099511627775}, VERDICT_CLOCK_AHEAD, "时钟超前 3 天"},
	{{INT64_MAX, 1}, (enum verdict_kind)9, ""},
};
enum { N = sizeof(sample) / sizeof(*sample) };

static struct buf encode(const struct verdict *verdicts, size_t n)
{
	struct buf out = BUF_INIT;
	struct err err = {0};

	if (verdicts_encode(&out, verdicts, n, &err) < 0)
		fail_msg("%s", err.text);
	return out;
}

static void assert_same(const struct verdict *a, const struct verdict *b,
			size_t n)
{
	for (size_t i = 0; i < n; i++) {
		assert_true(change_id_equal(a[i].id, b[i].id));
		assert_int_equal(a[i].kind, b[i].kind);
		assert_string_equal(a[i].reason, b[i].reason);
	}
}

/* Decodes a copy of exactly that size. */
static int decode(struct verdict **out, size_t *n, const void *bytes,
		  size_t len, struct err *err)
{
	char *copy = malloc(len ? len : 1);
	int rc;

	assert_non_null(copy);
	memcpy(copy, bytes, len);
	*out = (struct verdict *)&sample;
	*n = 99;
	rc = verdicts_decode(out, n, copy, len, err);
	free(copy);
	if (rc < 0) {
		assert_null(*out);
		assert_int_equal(*n, 0);
	}
	return rc;
}

static int refused(const void *bytes, size_t len)
{
	struct verdict *verdicts;
	struct err err = {0};
	size_t n;
	int rc = decode(&verdicts, &n, bytes, len, &err);

	free(verdicts);
	return rc;
}

#define REFUSED(literal) refused(literal, sizeof(literal) - 1)

static void verdicts__what_is_encoded_decodes_to_the_same(void **state)
{
	struct buf out = encode(sample, N);
	struct verdict *back;
	struct err err = {0};
	size_t n;

	(void)state;
	assert_int_equal(decode(&back, &n, out.data, out.len, &err), 0);
	assert_int_equal(n, N);
	assert_same(back, sample, N);
	free(back);
	buf_release(&out);
}

static void verdicts__none_are_a_document_too(void **state)
{
	struct buf out = encode(NULL, 0);
	struct verdict *back;
	struct err err = {0};
	size_t n;

	(void)state;
	assert_int_equal(decode(&back, &n, out.data, out.len, &err), 0);
	assert_int_equal(n, 0);
	assert_null(back);
	buf_release(&out);
}

static void verdicts__every_truncation_is_refused(void **state)
{
	struct buf out = encode(sample, N);

	(void)state;
	for (size_t len = 0; len < out.len; len++)
		assert_int_equal(refused(out.data, len), ERR_CORRUPT);
	buf_addc(&out, 0);
	assert_int_equal(refused(out.data, out.len), ERR_CORRUPT);
	buf_release(&out);
}

static void verdicts__every_single_bit_flip_is_refused_or_harmless(void **state)
{
	struct buf out = encode(sample, N);

	(void)state;
	for (size_t bit = 0; bit < out.len * 8; bit++) {
		struct verdict *once;
		struct verdict *twice;
		struct err err = {0};
		size_t n;
		size_t m;

		out.data[bit / 8] ^= (char)(1 << bit % 8);
		if (decode(&once, &n, out.data, out.len, &err) == 0) {
			struct buf again = encode(once, n);

			assert_int_equal(decode(&twice, &m, again.data,
						again.len, &err),
					 0);
			assert_int_equal(n, m);
			assert_same(once, twice, n);
			free(twice);
			buf_release(&again);
		}
		free(once);
		out.data[bit / 8] ^= (char)(1 << bit % 8);
	}
	buf_release(&out);
}

#define HEAD "\x94\xadtian-verdicts\x01\x01"
#define ID "\xc4\x08\x00\x00\x00\x00\x00\x00\x00\x05\x01"

static void verdicts__what_the_limits_forbid_is_refused(void **state)
{
	char reason[600] = "";

	(void)state;
	assert_int_equal(REFUSED(HEAD "\x91\x94" ID "\x01\xa1r"), 0);
	/* Fewer elements; kind 0; kind 2^31; a reason that is no text. */
	assert_int_equal(REFUSED(HEAD "\x91\x93" ID "\x01"), ERR_CORRUPT);
	assert_int_equal(REFUSED(HEAD "\x91\x94" ID "\x00\xa1r"), ERR_CORRUPT);
	assert_int_equal(REFUSED(HEAD "\x91\x94" ID
				      "\xce\x80\x00\x00\x00\xa1r"),
			 ERR_CORRUPT);
	assert_int_equal(REFUSED(HEAD "\x91\x94" ID "\x01\xa1\xff"),
			 ERR_CORRUPT);
	/* seq 0; origin 0; a count without bytes behind it. */
	assert_int_equal(REFUSED(HEAD "\x91\x94\xc4\x08\x00\x00\x00\x00\x00"
				      "\x00\x00\x05\x00\x01\xa1r"),
			 ERR_CORRUPT);
	assert_int_equal(REFUSED(HEAD "\x91\x94\xc4\x08\x00\x00\x00\x00\x00"
				      "\x00\x00\x00\x01\x01\xa1r"),
			 ERR_CORRUPT);
	assert_int_equal(REFUSED(HEAD "\xdd\xff\xff\xff\xff"), ERR_CORRUPT);
	assert_int_equal(REFUSED("\x93\xadtian-verdicts\x01\x01"), ERR_CORRUPT);
	assert_int_equal(REFUSED("\x94\xa4tian\x01\x01\x90"), ERR_CORRUPT);
	/* A reason of 255 bytes, and of 256. */
	memcpy(reason, HEAD "\x91\x94" ID "\x01\xda\x00\xff", 34);
	memset(reason + 34, 'x', 256);
	assert_int_equal(refused(reason, 34 + 255), 0);
	memcpy(reason + 31, "\xda\x01\x00", 3);
	assert_int_equal(refused(reason, 34 + 256), ERR_CORRUPT);
}

static void verdicts__a_newer_writer_may_add_elements(void **state)
{
	static const char bytes[] = "\x95\xadtian-verdicts\x03\x01\x91\x96" ID
				    "\x01\xa1r\xc0\x91\x02\x81\x01\x02";
	struct verdict *back;
	struct err err = {0};
	size_t n;

	(void)state;
	assert_int_equal(decode(&back, &n, bytes, sizeof(bytes) - 1, &err), 0);
	assert_int_equal(n, 1);
	assert_int_equal(back[0].id.origin, 5);
	assert_string_equal(back[0].reason, "r");
	free(back);
}

static void verdicts__a_newer_format_asks_for_a_newer_program(void **state)
{
	(void)state;
	assert_int_equal(REFUSED("\x94\xadtian-verdicts\x02\x02\xc1"),
			 ERR_INPUT);
}

static void verdicts__what_no_reader_would_take_is_not_written(void **state)
{
	struct verdict verdict = sample[0];
	struct buf out = BUF_INIT;
	struct err err = {0};

	(void)state;
	memset(verdict.reason, 'x', sizeof(verdict.reason));
	assert_int_equal(verdicts_encode(&out, &verdict, 1, &err), ERR_INPUT);
	memcpy(verdict.reason, "\xff", 2);
	assert_int_equal(verdicts_encode(&out, &verdict, 1, &err), ERR_INPUT);
	verdict = sample[0];
	verdict.id.seq = 0;
	assert_int_equal(verdicts_encode(&out, &verdict, 1, &err), ERR_INPUT);
	verdict = sample[0];
	verdict.kind = (enum verdict_kind)0;
	assert_int_equal(verdicts_encode(&out, &verdict, 1, &err), ERR_INPUT);
	assert_int_equal(out.len, 0);
	buf_release(&out);
}

static void verdicts__golden_bytes_of_version_1_stay_readable(void **state)
{
	const char *source = getenv("TIAN_SOURCE");
	struct buf golden = BUF_INIT;
	struct buf out = encode(sample, N);
	struct verdict *back;
	struct err err = {0};
	char path[4096];
	size_t n;

	(void)state;
	snprintf(path, sizeof(path), "%s/tests/sync/golden/verdicts-v1.msgpack",
		 source ? source : ".");
	if (buf_read_file(&golden, path, VERDICTS_BYTES_MAX, &err) < 0)
		fail_msg("%s", err.text);
	assert_int_equal(decode(&back, &n, golden.data, golden.len, &err), 0);
	assert_int_equal(n, N);
	assert_same(back, sample, N);
	assert_int_equal(out.len, golden.len);
	assert_memory_equal(out.data, golden.data, out.len);
	free(back);
	buf_release(&golden);
	buf_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(verdicts__what_is_encoded_decodes_to_the_same),
		cmocka_unit_test(verdicts__none_are_a_document_too),
		cmocka_unit_test(verdicts__every_truncation_is_refused),
		cmocka_unit_test(
			verdicts__every_single_bit_flip_is_refused_or_harmless),
		cmocka_unit_test(verdicts__what_the_limits_forbid_is_refused),
		cmocka_unit_test(verdicts__a_newer_writer_may_add_elements),
		cmocka_unit_test(
			verdicts__a_newer_format_asks_for_a_newer_program),
		cmocka_unit_test(
			verdicts__what_no_reader_would_take_is_not_written),
		cmocka_unit_test(
			verdicts__golden_bytes_of_version_1_stay_readable),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
