/* utf8_test.c - validity, NFC, trimming, and columns of a terminal. */
#include "core/base/utf8.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void utf8__text_is_valid(void **state)
{
	static const char *const good[] = {"",
					   "plain",
					   "提案办理",
					   "\xc2\x80",
					   "\xdf\xbf",
					   "\xe0\xa0\x80",
					   "\xed\x9f\xbf",
					   "\xee\x80\x80",
					   "\xf0\x90\x80\x80",
					   "\xf4\x8f\xbf\xbf",
					   "𠮷"};

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++)
		assert_true(utf8_valid(good[i], strlen(good[i])));
}

static void utf8__ill_formed_bytes_are_refused(void **state)
{
	static const char *const bad[] = {
		"\x80",
		"a\xff",
		"\xc0\xaf",	    /* overlong */
		"\xe0\x9f\xbf",	    /* overlong */
		"\xf0\x8f\xbf\xbf", /* overlong */
		"\xed\xa0\x80",	    /* surrogate */
		"\xf4\x90\x80\x80", /* past U+10FFFF */
		"\xf8\x88\x80\x80\x80",
		"提\xe6\x8f", /* cut */
		"\xe6\x8f提",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_false(utf8_valid(bad[i], strlen(bad[i])));
	assert_false(utf8_valid("a\0b", 3));
}

static void utf8__every_truncation_of_a_character_is_refused(void **state)
{
	static const char text[] = "é提𠮷";
	static const bool whole[] = {true, false, true,	 false, false,
				     true, false, false, false, true};

	(void)state;
	for (size_t len = 0; len < sizeof(whole); len++)
		assert_int_equal(utf8_valid(text, len), whole[len]);
}

static void assert_normal(const char *in, bool trim, const char *expected)
{
	struct buf out = BUF_INIT;
	struct err err = {0};

	buf_addc(&out, '>');
	assert_int_equal(utf8_normalize(&out, in, strlen(in), trim, &err), 0);
	assert_string_equal(buf_text(&out) + 1, expected);
	buf_release(&out);
}

static void utf8__normalize_composes(void **state)
{
	(void)state;
	assert_normal("e\xcc\x81", false, "é");
	assert_normal("提案", false, "提案");
	assert_normal("plain ", false, "plain ");
	assert_normal("\xef\xa4\x80", false, "豈"); /* U+F900 */
	/* NFC, not NFKC: full width stays. */
	assert_normal("Ａ（１）", false, "Ａ（１）");
}

static void utf8__normalize_trims_what_looks_empty(void **state)
{
	(void)state;
	assert_normal(" \t\xe3\x80\x80提 案\xc2\xa0\r\n", true, "提 案");
	assert_normal("\xe3\x80\x80 \xc2\xa0", true, "");
	assert_normal("", true, "");
	assert_normal("提\xe3\x80\x80", true, "提");
	assert_normal("  提  ", false, "  提  ");
}

static void utf8__normalize_refuses_ill_formed_text(void **state)
{
	struct buf out = BUF_INIT;
	struct err err = {0};

	(void)state;
	assert_int_equal(utf8_normalize(&out, "a\xff", 2, true, &err),
			 ERR_INPUT);
	assert_int_equal(out.len, 0);
	buf_release(&out);
}

static size_t width(const char *text)
{
	return utf8_width(text, strlen(text));
}

static void utf8__width_counts_columns(void **state)
{
	(void)state;
	assert_int_equal(width(""), 0);
	assert_int_equal(width("abc"), 3);
	assert_int_equal(width("提案"), 4);
	assert_int_equal(width("（Ａ）"), 6);
	assert_int_equal(width("e\xcc\x81"), 1);
	assert_int_equal(width("𠮷"), 2);
	assert_int_equal(width("a\xff提"), 4);
}

static void utf8__fit_never_cuts_a_character(void **state)
{
	static const char text[] = "a提案";

	(void)state;
	assert_int_equal(utf8_fit(text, 7, 0), 0);
	assert_int_equal(utf8_fit(text, 7, 1), 1);
	assert_int_equal(utf8_fit(text, 7, 2), 1);
	assert_int_equal(utf8_fit(text, 7, 3), 4);
	assert_int_equal(utf8_fit(text, 7, 5), 7);
	assert_int_equal(utf8_fit(text, 7, 500), 7);
	/* A combining character stays with the one it stands on. */
	assert_int_equal(utf8_fit("e\xcc\x81x", 4, 1), 3);
}

static void utf8__next_goes_by_characters_and_over_bad_bytes(void **state)
{
	static const char text[] = "a提\xff";
	int code = 7;

	(void)state;
	assert_int_equal(utf8_next(text, 5, &code), 1);
	assert_int_equal(code, 'a');
	assert_int_equal(utf8_next(text + 1, 4, &code), 3);
	assert_int_equal(code, 0x63d0);
	assert_int_equal(utf8_next(text + 1, 2, &code), 1);
	assert_int_equal(utf8_next(text + 4, 1, &code), 1);
	assert_true(code < 0);
	assert_int_equal(utf8_next(text + 5, 0, &code), 0);
	assert_int_equal(utf8_next(text, 5, NULL), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(utf8__text_is_valid),
		cmocka_unit_test(utf8__ill_formed_bytes_are_refused),
		cmocka_unit_test(
			utf8__every_truncation_of_a_character_is_refused),
		cmocka_unit_test(utf8__normalize_composes),
		cmocka_unit_test(utf8__normalize_trims_what_looks_empty),
		cmocka_unit_test(utf8__normalize_refuses_ill_formed_text),
		cmocka_unit_test(utf8__width_counts_columns),
		cmocka_unit_test(utf8__fit_never_cuts_a_character),
		cmocka_unit_test(
			utf8__next_goes_by_characters_and_over_bad_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
