/* deflate_test.c - what was packed comes back; what is damaged is refused. */
#include "core/base/deflate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { LONG = 3000 };

static void pack_long(struct buf *plain, struct buf *packed)
{
	struct err err = {0};

	for (int i = 0; i < LONG / 3; i++)
		buf_addf(plain, "%c答", 'a' + i % 7);
	assert_int_equal(deflate_pack(packed, plain->data, plain->len, &err),
			 0);
	assert_true(packed->len < plain->len);
}

static void deflate__what_was_packed_comes_back(void **state)
{
	struct buf plain = BUF_INIT, packed = BUF_INIT, out = BUF_INIT;
	struct err err = {0};

	(void)state;
	pack_long(&plain, &packed);
	assert_int_equal(deflate_unpack(&out, packed.data, packed.len,
					plain.len, &err),
			 0);
	assert_int_equal(out.len, plain.len);
	assert_memory_equal(out.data, plain.data, plain.len);
	buf_release(&plain);
	buf_release(&packed);
	buf_release(&out);
}

static void deflate__nothing_is_packed_as_nothing(void **state)
{
	struct buf packed = BUF_INIT, out = BUF_INIT;
	struct err err = {0};

	(void)state;
	assert_int_equal(deflate_pack(&packed, "", 0, &err), 0);
	assert_int_equal(
		deflate_unpack(&out, packed.data, packed.len, 10, &err), 0);
	assert_int_equal(out.len, 0);
	buf_release(&packed);
	buf_release(&out);
}

static void deflate__every_truncation_is_refused(void **state)
{
	struct buf plain = BUF_INIT, packed = BUF_INIT, out = BUF_INIT;
	struct err err = {0};

	(void)state;
	pack_long(&plain, &packed);
	for (size_t len = 0; len < packed.len; len++) {
		buf_clear(&out);
		assert_int_equal(deflate_unpack(&out, packed.data, len,
						LONG * 4, &err),
				 ERR_CORRUPT);
	}
	buf_release(&plain);
	buf_release(&packed);
	buf_release(&out);
}

static void deflate__every_flipped_bit_is_refused(void **state)
{
	struct buf plain = BUF_INIT, packed = BUF_INIT, out = BUF_INIT;
	struct err err = {0};

	(void)state;
	pack_long(&plain, &packed);
	for (size_t bit = 0; bit < packed.len * 8; bit++) {
		int rc;

		packed.data[bit / 8] ^= (char)(1 << bit % 8);
		buf_clear(&out);
		rc = deflate_unpack(&out, packed.data, packed.len, LONG * 4,
				    &err);
		/* Some bits of a zlib head say nothing about the data. */
		if (rc == 0)
			assert_memory_equal(out.data, plain.data, plain.len);
		else
			assert_int_equal(rc, ERR_CORRUPT);
		packed.data[bit / 8] ^= (char)(1 << bit % 8);
	}
	buf_release(&plain);
	buf_release(&packed);
	buf_release(&out);
}

static void deflate__a_length_over_the_limit_is_refused_unread(void **state)
{
	static const unsigned char bomb[] = {0xff, 0xff, 0xff,
					     0xff, 0x78, 0x9c};
	struct buf out = BUF_INIT;
	struct err err = {0};

	(void)state;
	assert_int_equal(deflate_unpack(&out, bomb, sizeof(bomb), 1 << 20,
					&err),
			 ERR_CORRUPT);
	buf_release(&out);
}

static void deflate__a_bare_stream_is_inflated_to_its_limit_only(void **state)
{
	struct buf plain = BUF_INIT, packed = BUF_INIT, out = BUF_INIT;
	struct err err = {0};
	bool whole;

	(void)state;
	pack_long(&plain, &packed);
	for (size_t short_by = 0; short_by < plain.len; short_by += 97) {
		buf_clear(&out);
		assert_int_equal(deflate_inflate(&out, &whole, packed.data + 4,
						 packed.len - 4,
						 plain.len - short_by, &err),
				 0);
		assert_int_equal(out.len, plain.len - short_by);
		assert_memory_equal(out.data, plain.data, out.len);
		assert_int_equal(whole, short_by == 0);
	}
	/* By one byte, which comes in the same step as the end. */
	buf_clear(&out);
	assert_int_equal(deflate_inflate(&out, &whole, packed.data + 4,
					 packed.len - 4, plain.len - 1, &err),
			 0);
	assert_false(whole);
	buf_release(&plain);
	buf_release(&packed);
	buf_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(deflate__what_was_packed_comes_back),
		cmocka_unit_test(deflate__nothing_is_packed_as_nothing),
		cmocka_unit_test(deflate__every_truncation_is_refused),
		cmocka_unit_test(deflate__every_flipped_bit_is_refused),
		cmocka_unit_test(
			deflate__a_length_over_the_limit_is_refused_unread),
		cmocka_unit_test(
			deflate__a_bare_stream_is_inflated_to_its_limit_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
