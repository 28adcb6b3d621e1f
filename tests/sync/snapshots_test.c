/* snapshots_test.c - snapshot.msgpack: round trips, hostile bytes, limits, and
 * the golden bytes. */
#include "sync/wire/snapshots.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static uint64_t seqs[] = {1, 12, 1099511627775};
static struct snapshot_part parts[] = {
	{.origin = 5, .last = 1099511627775, .seqs = seqs, .n = 3},
	{.origin = 0x7f3a00c1d2e4f506, .last = 7, .seqs = seqs, .n = 1},
	{.origin = INT64_MAX, .last = 300, .seqs = NULL, .n = 0},
};
static char everywhere[] = "";
static char one[] = "1-1-014";
static struct snapshot items[] = {
	{.key = everywhere, .parts = parts + 1, .n = 2},
	{.key = one, .parts = parts, .n = 3},
};
static const struct snapshots sample = {items, 2};

static struct buf encode(const struct snapshots *snapshots)
{
	struct buf out = BUF_INIT;
	struct err err = {0};

	if (snapshots_encode(&out, snapshots, &err) < 0)
		fail_msg("%s", err.text);
	return out;
}

/* Decodes a copy of exactly that size. */
static int decode(struct snapshots *out, const void *bytes, size_t len)
{
	char *copy = malloc(len ? len : 1);
	struct err err = {0};
	int rc;

	assert_non_null(copy);
	memcpy(copy, bytes, len);
	rc = snapshots_decode(out, copy, len, &err);
	free(copy);
	if (rc < 0) {
		assert_null(out->items);
		assert_int_equal(out->n, 0);
	}
	return rc;
}

static int refused(const void *bytes, size_t len)
{
	struct snapshots back;
	int rc = decode(&back, bytes, len);

	snapshots_release(&back);
	return rc;
}

#define REFUSED(literal) refused(literal, sizeof(literal) - 1)

static void snapshots__what_is_encoded_decodes_to_the_same(void **state)
{
	struct buf out = encode(&sample);
	struct snapshots back;
	struct buf again;

	(void)state;
	assert_int_equal(decode(&back, out.data, out.len), 0);
	assert_int_equal(back.n, 2);
	assert_string_equal(back.items[1].key, "1-1-014");
	assert_int_equal(back.items[1].parts[0].seqs[2], 1099511627775);
	assert_int_equal(back.items[0].parts[0].origin, 0x7f3a00c1d2e4f506);
	again = encode(&back);
	assert_int_equal(again.len, out.len);
	assert_memory_equal(again.data, out.data, out.len);
	snapshots_release(&back);
	buf_release(&again);
	buf_release(&out);
}

static void snapshots__every_truncation_is_refused(void **state)
{
	struct buf out = encode(&sample);

	(void)state;
	for (size_t len = 0; len < out.len; len++)
		assert_int_equal(refused(out.data, len), ERR_CORRUPT);
	buf_addc(&out, 0);
	assert_int_equal(refused(out.data, out.len), ERR_CORRUPT);
	buf_release(&out);
}

static void
snapshots__every_single_bit_flip_is_refused_or_harmless(void **state)
{
	struct buf out = encode(&sample);

	(void)state;
	for (size_t bit = 0; bit < out.len * 8; bit++) {
		struct snapshots once;

		out.data[bit / 8] ^= (char)(1 << bit % 8);
		if (decode(&once, out.data, out.len) == 0) {
			struct buf again = encode(&once);

			assert_int_equal(refused(again.data, again.len), 0);
			buf_release(&again);
		}
		snapshots_release(&once);
		out.data[bit / 8] ^= (char)(1 << bit % 8);
	}
	buf_release(&out);
}

#define HEAD "\x94\xadtian-snapshot\x01\x01"
#define ORIGIN "\xc4\x08\x00\x00\x00\x00\x00\x00\x00\x05"

static void snapshots__what_the_limits_forbid_is_refused(void **state)
{
	(void)state;
	assert_int_equal(REFUSED(HEAD "\x90"), 0);
	assert_int_equal(REFUSED(HEAD "\x91\x92\xa0\x91\x93" ORIGIN
				      "\x09\x92\x01\x09"),
			 0);
	/* Seqs that do not ascend; one after the last; 0. */
	assert_int_equal(REFUSED(HEAD "\x91\x92\xa0\x91\x93" ORIGIN
				      "\x09\x92\x03\x03"),
			 ERR_CORRUPT);
	assert_int_equal(REFUSED(HEAD "\x91\x92\xa0\x91\x93" ORIGIN
				      "\x09\x91\x0a"),
			 ERR_CORRUPT);
	assert_int_equal(REFUSED(HEAD "\x91\x92\xa0\x91\x93" ORIGIN
				      "\x09\x91\x00"),
			 ERR_CORRUPT);
	/* A last of 0; a key that is no text; counts without bytes. */
	assert_int_equal(REFUSED(HEAD "\x91\x92\xa0\x91\x93" ORIGIN "\x00\x90"),
			 ERR_CORRUPT);
	assert_int_equal(REFUSED(HEAD "\x91\x92\xa1\xff\x90"), ERR_CORRUPT);
	assert_int_equal(REFUSED(HEAD "\xdd\xff\xff\xff\xff"), ERR_CORRUPT);
	assert_int_equal(REFUSED(HEAD "\x91\x92\xa0\x91\x93" ORIGIN
				      "\x09\xdd\x00\x0f\xff\xff\x01"),
			 ERR_CORRUPT);
	assert_int_equal(REFUSED("\x94\xa4tian\x01\x01\x90"), ERR_CORRUPT);
	assert_int_equal(REFUSED("\x94\xadtian-snapshot\x02\x02\x90"),
			 ERR_INPUT);
}

static void snapshots__a_newer_writer_may_add_elements(void **state)
{
	static const char bytes[] = "\x95\xadtian-snapshot\x03\x01\x91\x93\xa0"
				    "\x91\x94" ORIGIN
				    "\x09\x91\x04\xc0\x02\x03";
	struct snapshots back;

	(void)state;
	assert_int_equal(decode(&back, bytes, sizeof(bytes) - 1), 0);
	assert_int_equal(back.items[0].parts[0].seqs[0], 4);
	snapshots_release(&back);
}

static void snapshots__version_1_is_written_as_the_golden_bytes(void **state)
{
	struct buf golden = BUF_INIT;
	struct buf out = encode(&sample);
	char path[1024];
	struct err err = {0};

	(void)state;
	snprintf(path, sizeof(path), "%s/tests/sync/golden/snapshot-v1.msgpack",
		 getenv("TIAN_SOURCE") != NULL ? getenv("TIAN_SOURCE") : ".");
	assert_int_equal(buf_read_file(&golden, path, 65536, &err), 0);
	assert_int_equal(golden.len, out.len);
	assert_memory_equal(golden.data, out.data, out.len);
	buf_release(&golden);
	buf_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			snapshots__what_is_encoded_decodes_to_the_same),
		cmocka_unit_test(snapshots__every_truncation_is_refused),
		cmocka_unit_test(
			snapshots__every_single_bit_flip_is_refused_or_harmless),
		cmocka_unit_test(snapshots__what_the_limits_forbid_is_refused),
		cmocka_unit_test(snapshots__a_newer_writer_may_add_elements),
		cmocka_unit_test(
			snapshots__version_1_is_written_as_the_golden_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
