/* msgpack_reader_test.c - every form of the specification, and bytes that lie
 * about what follows them. */
#include "sync/wire/msgpack_reader.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <msgpack.h>

/* A reader of a copy of exactly that size, so that ASan sees one byte too
 * many; freed by the next. */
static unsigned char *copy;

static struct msgpack_reader reader_of(const void *bytes, size_t len)
{
	struct msgpack_reader reader;

	free(copy);
	copy = malloc(len ? len : 1);
	assert_non_null(copy);
	memcpy(copy, bytes, len);
	msgpack_reader_init(&reader, copy, len);
	return reader;
}

#define READER(literal) reader_of(literal, sizeof(literal) - 1)

static int free_copy(void **state)
{
	(void)state;
	free(copy);
	copy = NULL;
	return 0;
}

static void msgpack_reader__reads_integers_of_every_length(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
		int64_t number;
	} cases[] = {
		{"\x00", 1, 0},
		{"\x7f", 1, 127},
		{"\xff", 1, -1},
		{"\xe0", 1, -32},
		{"\xcc\xff", 2, 255},
		{"\xcd\x01\x00", 3, 256},
		{"\xce\x00\x01\x00\x00", 5, 65536},
		{"\xcf\x7f\xff\xff\xff\xff\xff\xff\xff", 9, INT64_MAX},
		{"\xcf\x00\x00\x00\x00\x00\x00\x00\x05", 9, 5},
		{"\xd0\x80", 2, -128},
		{"\xd0\x05", 2, 5},
		{"\xd1\x80\x00", 3, -32768},
		{"\xd2\x80\x00\x00\x00", 5, INT32_MIN},
		{"\xd3\x80\x00\x00\x00\x00\x00\x00\x00", 9, INT64_MIN},
		{"\xd3\xff\xff\xff\xff\xff\xff\xff\xff", 9, -1},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct msgpack_reader reader =
			reader_of(cases[i].bytes, cases[i].len);
		int64_t number = 0;

		assert_int_equal(msgpack_reader_peek(&reader), MSGPACK_INT);
		assert_true(msgpack_reader_int(&reader, &number));
		assert_true(number == cases[i].number);
		assert_true(msgpack_reader_end(&reader));
		/* The same number unsigned, where it is. */
		reader = reader_of(cases[i].bytes, cases[i].len);
		assert_int_equal(msgpack_reader_uint(&reader,
						     (uint64_t *)&number),
				 cases[i].number >= 0);
	}
}

static void msgpack_reader__a_number_past_the_type_is_refused(void **state)
{
	struct msgpack_reader reader =
		READER("\xcf\x80\x00\x00\x00\x00\x00\x00\x00");
	uint64_t number = 0;
	int64_t whole;

	(void)state;
	assert_false(msgpack_reader_int(&reader, &whole));
	reader = READER("\xcf\xff\xff\xff\xff\xff\xff\xff\xff");
	assert_true(msgpack_reader_uint(&reader, &number));
	assert_true(number == UINT64_MAX);
}

static void msgpack_reader__reads_text_bytes_floats_and_arrays(void **state)
{
	struct msgpack_reader reader =
		READER("\x97\xc0\xcb\x3f\xf8\x00\x00\x00\x00\x00\x00\xa3提"
		       "\xd9\x01x\xc4\x02\xff\x00\xda\x00\x01y\x90");
	const char *bytes = NULL;
	double real = 0;
	size_t n = 0;

	(void)state;
	assert_true(msgpack_reader_array(&reader, &n));
	assert_int_equal(n, 7);
	assert_true(msgpack_reader_nil(&reader));
	assert_true(msgpack_reader_float(&reader, &real));
	assert_true(real == 1.5);
	assert_true(msgpack_reader_str(&reader, &bytes, &n));
	assert_int_equal(n, 3);
	assert_memory_equal(bytes, "提", 3);
	assert_true(msgpack_reader_str(&reader, &bytes, &n));
	assert_memory_equal(bytes, "x", 1);
	assert_true(msgpack_reader_bin(&reader, &bytes, &n));
	assert_int_equal(n, 2);
	assert_memory_equal(bytes, "\xff\x00", 2);
	assert_true(msgpack_reader_str(&reader, &bytes, &n));
	assert_memory_equal(bytes, "y", 1);
	assert_true(msgpack_reader_array(&reader, &n));
	assert_int_equal(n, 0);
	assert_true(msgpack_reader_end(&reader));
}

static void
msgpack_reader__the_first_fault_sticks_and_tells_its_place(void **state)
{
	struct msgpack_reader reader = READER("\x01\xa1x\x02");
	struct err err = {0};
	uint64_t number;
	size_t n;

	(void)state;
	assert_true(msgpack_reader_uint(&reader, &number));
	assert_int_equal(msgpack_reader_check(&reader, &err), 0);
	assert_false(msgpack_reader_uint(&reader, &number));
	assert_false(msgpack_reader_array(&reader, &n));
	assert_false(msgpack_reader_skip(&reader, 1));
	assert_false(msgpack_reader_end(&reader));
	assert_int_equal(msgpack_reader_check(&reader, &err), ERR_CORRUPT);
	assert_string_equal(err.text, "byte 1: an element is not of the "
				      "expected kind");
}

static void msgpack_reader__a_length_is_not_believed(void **state)
{
	static const char lies[][6] = {
		"\xdd\xff\xff\xff\xff",
		"\xdc\x00\x02\x00\x00",
		"\x9f\x00",
		"\xdb\xff\xff\xff\xff",
		"\xc6\x7f\xff\xff\xff",
		"\xa5xxx",
		"\xdf\xff\xff\xff\xff",
		"\xde\x00\x03\x00\x00",
		"\xc9\xff\xff\xff\xff",
		"\xd8\x01\x02",
	};
	static const size_t lens[] = {5, 4, 2, 5, 5, 4, 5, 5, 5, 3};

	(void)state;
	for (size_t i = 0; i < sizeof(lens) / sizeof(*lens); i++) {
		struct msgpack_reader reader = reader_of(lies[i], lens[i]);
		const char *bytes;
		size_t n;

		assert_false(msgpack_reader_skip(&reader, 1));
		reader = reader_of(lies[i], lens[i]);
		assert_false(msgpack_reader_array(&reader, &n));
		reader = reader_of(lies[i], lens[i]);
		assert_false(msgpack_reader_str(&reader, &bytes, &n));
		reader = reader_of(lies[i], lens[i]);
		assert_false(msgpack_reader_bin(&reader, &bytes, &n));
	}
}

static void msgpack_reader__a_string_must_be_utf8_without_nul(void **state)
{
	struct msgpack_reader reader = READER("\xa2\xe6\x8f");
	const char *bytes;
	size_t n;

	(void)state;
	assert_false(msgpack_reader_str(&reader, &bytes, &n));
	reader = READER("\xa1\x00");
	assert_false(msgpack_reader_str(&reader, &bytes, &n));
	reader = READER("\x91\xa1\xff");
	assert_false(msgpack_reader_skip(&reader, 1));
}

/* {1: [nil, true, 1.0f, ext], "a": {"b": bin}} and one of each other. */
static const char various[] =
	"\x82\x01\x94\xc0\xc3\xca\x3f\x80\x00\x00\xc7\x02\x05xy\xa1"
	"a\x81\xa1"
	"b\xc4\x01\xff"
	"\xd4\x01z\xd8\x01"
	"0123456789abcdef\xc8\x00\x01\x02q\xdc\x00\x01\xc2\xde\x00\x00";

static void msgpack_reader__skips_what_it_does_not_know(void **state)
{
	struct msgpack_reader reader = READER(various);

	(void)state;
	assert_true(msgpack_reader_skip(&reader, 6));
	assert_true(msgpack_reader_end(&reader));
}

static void msgpack_reader__every_truncation_is_refused(void **state)
{
	(void)state;
	for (size_t len = 0; len < sizeof(various) - 1; len++) {
		struct msgpack_reader reader = reader_of(various, len);

		assert_false(msgpack_reader_skip(&reader, 6));
		assert_non_null(reader.fault);
		assert_in_range(reader.at - reader.start, 0, len);
	}
}

static void msgpack_reader__a_byte_that_begins_nothing_is_refused(void **state)
{
	struct msgpack_reader reader = READER("\xc1");

	(void)state;
	assert_int_equal(msgpack_reader_peek(&reader), MSGPACK_NONE);
	assert_false(msgpack_reader_skip(&reader, 1));
	reader = READER("");
	assert_int_equal(msgpack_reader_peek(&reader), MSGPACK_NONE);
	assert_false(msgpack_reader_nil(&reader));
}

static void msgpack_reader__nesting_is_bounded(void **state)
{
	char bomb[100000];
	struct msgpack_reader reader;

	(void)state;
	memset(bomb, 0x91, sizeof(bomb));
	reader = reader_of(bomb, sizeof(bomb));
	assert_false(msgpack_reader_skip(&reader, 1));
	assert_string_equal(reader.fault, "nested too deeply");
	/* Exactly as deep as is allowed. */
	bomb[MSGPACK_READER_DEPTH] = 0x01;
	reader = reader_of(bomb, MSGPACK_READER_DEPTH + 1);
	assert_true(msgpack_reader_skip(&reader, 1));
	bomb[MSGPACK_READER_DEPTH] = (char)0x90;
	reader = reader_of(bomb, MSGPACK_READER_DEPTH + 1);
	assert_false(msgpack_reader_skip(&reader, 1));
}

/* Any byte strings: ours accepts one element exactly where msgpack-c does,
 * but for what we forbid on purpose (text that is not UTF-8, depth). */
static void msgpack_reader__agrees_with_msgpack_c(void **state)
{
	uint32_t random = 2022;
	size_t accepted = 0;

	(void)state;
	for (int round = 0; round < 200000; round++) {
		unsigned char bytes[12];
		size_t len = 1 + (size_t)round % sizeof(bytes);
		msgpack_unpacked theirs;
		struct msgpack_reader reader;
		size_t used = 0;
		bool ours;

		for (size_t i = 0; i < len; i++) {
			random = random * 1664525 + 1013904223;
			bytes[i] = (unsigned char)(random >> 24);
		}
		reader = reader_of(bytes, len);
		ours = msgpack_reader_skip(&reader, 1);
		/* A count of 32 bits, which msgpack-c believes and
		 * allocates for. */
		if (memchr(bytes, 0xdd, len) || memchr(bytes, 0xdf, len))
			continue;
		msgpack_unpacked_init(&theirs);
		if (msgpack_unpack_next(&theirs, (const char *)bytes, len,
					&used) == MSGPACK_UNPACK_SUCCESS) {
			if (ours)
				assert_int_equal(reader.at - reader.start,
						 used);
			else
				assert_true(strstr(reader.fault, "UTF-8") ||
					    strstr(reader.fault, "deeply"));
			accepted += ours;
		} else {
			assert_false(ours);
		}
		msgpack_unpacked_destroy(&theirs);
	}
	assert_in_range(accepted, 1000, 200000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			msgpack_reader__reads_integers_of_every_length),
		cmocka_unit_test(
			msgpack_reader__a_number_past_the_type_is_refused),
		cmocka_unit_test(
			msgpack_reader__reads_text_bytes_floats_and_arrays),
		cmocka_unit_test(
			msgpack_reader__the_first_fault_sticks_and_tells_its_place),
		cmocka_unit_test(msgpack_reader__a_length_is_not_believed),
		cmocka_unit_test(
			msgpack_reader__a_string_must_be_utf8_without_nul),
		cmocka_unit_test(msgpack_reader__skips_what_it_does_not_know),
		cmocka_unit_test(msgpack_reader__every_truncation_is_refused),
		cmocka_unit_test(
			msgpack_reader__a_byte_that_begins_nothing_is_refused),
		cmocka_unit_test(msgpack_reader__nesting_is_bounded),
		cmocka_unit_test(msgpack_reader__agrees_with_msgpack_c),
	};

	return cmocka_run_group_tests(tests, NULL, free_copy);
}
