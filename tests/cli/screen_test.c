/* screen_test.c - what a terminal is not told, whoever wrote it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "cli/terminal/screen.h"

#define NOT "\xef\xbf\xbd" /* U+FFFD */

static void expect(const char *bytes, const char *shown)
{
	size_t len = strlen(bytes);
	struct buf whole = BUF_INIT;
	struct buf pieces = BUF_INIT;
	size_t at = 0;

	assert_int_equal(screen_clean(&whole, bytes, len), len);
	assert_string_equal(buf_text(&whole), shown);
	/* However it is cut. */
	for (size_t end = 1; end <= len; end++)
		at += screen_clean(&pieces, bytes + at, end - at);
	assert_int_equal(at, len);
	assert_string_equal(buf_text(&pieces), shown);
	buf_release(&whole);
	buf_release(&pieces);
}

static void screen__text_is_shown_as_it_is(void **state)
{
	(void)state;
	expect("关于加强\t治理的提案\nA–Z é 𠮷\n",
	       "关于加强\t治理的提案\nA–Z é 𠮷\n");
}

static void screen__our_own_colours_pass(void **state)
{
	(void)state;
	expect(SCREEN_GONE "旧" SCREEN_PLAIN SCREEN_NEW "新" SCREEN_PLAIN,
	       SCREEN_GONE "旧" SCREEN_PLAIN SCREEN_NEW "新" SCREEN_PLAIN);
}

static void screen__orders_to_the_terminal_do_not_pass(void **state)
{
	(void)state;
	expect("\033]0;title\a", NOT "]0;title" NOT);
	expect("\033]52;c;cm0gLXJm\033\\", NOT "]52;c;cm0gLXJm" NOT "\\");
	expect("a\033[2J\033[1A\033[Kb", "a" NOT "[2J" NOT "[1A" NOT "[Kb");
	expect("\033[8mhidden", NOT "[8mhidden");
	expect("good\rbad!", "good" NOT "bad!");
	expect("a\b\x7f\f\v", "a" NOT NOT NOT NOT);
	/* CSI as one C1 character. */
	expect("\xc2\x9b"
	       "2J",
	       NOT "2J");
}

static void screen__the_direction_of_writing_is_not_turned(void **state)
{
	(void)state;
	expect("a\xe2\x80\xae"
	       "b\xe2\x81\xa6"
	       "c",
	       "a" NOT "b" NOT "c");
}

static void screen__bytes_that_are_no_text_are_not_shown(void **state)
{
	(void)state;
	expect("\x9b"
	       "2J\xff\xc0\xaf!",
	       NOT "2J" NOT NOT NOT "!");
	expect("\xe6\x88!", NOT NOT "!");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(screen__text_is_shown_as_it_is),
		cmocka_unit_test(screen__our_own_colours_pass),
		cmocka_unit_test(screen__orders_to_the_terminal_do_not_pass),
		cmocka_unit_test(
			screen__the_direction_of_writing_is_not_turned),
		cmocka_unit_test(screen__bytes_that_are_no_text_are_not_shown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
