/* encoding_test.c - text of any usual encoding made UTF-8. */
#include "cli/import/encoding.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct buf text;

static int tear_down(void **state)
{
	(void)state;
	buf_release(&text);
	return 0;
}

static int read_bytes(const char *bytes, size_t len, const char **name,
		      struct err *err)
{
	buf_release(&text);
	buf_add(&text, bytes, len);
	return encoding_read(&text, name, err);
}

/* Bytes of a literal, without its NUL. */
#define READS(bytes, encoding, expected)                                       \
	do {                                                                   \
		const char *name;                                              \
		struct err err = {0};                                          \
		assert_int_equal(                                              \
			read_bytes(bytes, sizeof(bytes) - 1, &name, &err), 0); \
		assert_string_equal(name, encoding);                           \
		assert_string_equal(buf_text(&text), expected);                \
	} while (0)

static void encoding__utf8_loses_its_mark_only(void **state)
{
	(void)state;
	READS("区教育局\n", "UTF-8", "区教育局\n");
	READS("\xef\xbb\xbf区\n", "UTF-8", "区\n");
	READS("", "UTF-8", "");
}

static void encoding__utf16_is_known_by_mark_or_by_zeros(void **state)
{
	(void)state;
	READS("\xff\xfe\x3a\x53\x0a\x00", "UTF-16LE", "区\n");
	READS("\xfe\xff\x53\x3a\x00\x0a", "UTF-16BE", "区\n");
	READS("\x31\x00\xdf\x79\x0a\x00", "UTF-16LE", "1租\n");
	READS("\x00\x31\x79\xdf\x00\x0a", "UTF-16BE", "1租\n");
}

static void encoding__gb18030_is_what_remains(void **state)
{
	(void)state;
	READS("\xc7\xf8\xd5\xfe\n", "GB18030", "区政\n");
	/* Four bytes: a character beyond GBK. */
	READS("\x95\x32\x82\x36", "GB18030", "𠀀");
}

static void encoding__bytes_of_no_encoding_name_their_line(void **state)
{
	const char bytes[] = "abc\n\xff\xff\n";
	const char *name;
	struct err err = {0};

	(void)state;
	assert_int_equal(read_bytes(bytes, sizeof(bytes) - 1, &name, &err),
			 ERR_INPUT);
	assert_non_null(strstr(err.text, "line 2"));
	/* As it was, for whoever wants to look. */
	assert_int_equal(text.len, sizeof(bytes) - 1);
}

static void encoding__a_large_text_is_read_whole(void **state)
{
	struct buf bytes = BUF_INIT;
	const char *name;
	struct err err = {0};

	(void)state;
	for (int i = 0; i < 20000; i++)
		buf_add(&bytes, "\xc7\xf8", 2);
	assert_int_equal(read_bytes(bytes.data, bytes.len, &name, &err), 0);
	assert_int_equal(text.len, 60000);
	buf_release(&bytes);
}

#define TEST(name) cmocka_unit_test_teardown(name, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(encoding__utf8_loses_its_mark_only),
		TEST(encoding__utf16_is_known_by_mark_or_by_zeros),
		TEST(encoding__gb18030_is_what_remains),
		TEST(encoding__bytes_of_no_encoding_name_their_line),
		TEST(encoding__a_large_text_is_read_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
