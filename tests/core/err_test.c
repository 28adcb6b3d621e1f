/* err_test.c - the error idiom: codes, wrapping, and texts that stay text. */
#include "core/base/err.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/utf8.h"

static void err__set_gives_back_the_code_and_keeps_the_text(void **state)
{
	struct err err = {0};

	(void)state;
	assert_int_equal(err_set(&err, ERR_INPUT, "line %d: %s", 7, "bad"),
			 ERR_INPUT);
	assert_int_equal(err.code, ERR_INPUT);
	assert_string_equal(err.text, "line 7: bad");
}

static void err__wrap_puts_the_task_before_the_cause(void **state)
{
	struct err err = {0};

	(void)state;
	err_set(&err, ERR_CORRUPT, "field 'class' is not one of A, B, C");
	assert_int_equal(err_wrap(&err, "apply batch %s", "edu/7f3a:101"),
			 ERR_CORRUPT);
	assert_string_equal(err.text, "apply batch edu/7f3a:101: field 'class' "
				      "is not one of A, B, C");
}

static void err__its_own_text_may_be_an_argument(void **state)
{
	struct err err = {0};

	(void)state;
	err_set(&err, ERR_FAIL, "cause");
	err_set(&err, ERR_HUB, "hub: %s", err.text);
	assert_string_equal(err.text, "hub: cause");
	err_wrap(&err, "%s", err.text);
	assert_string_equal(err.text, "hub: cause: hub: cause");
}

static void err__a_long_text_is_cut_between_characters(void **state)
{
	char text[2000];

	(void)state;
	for (size_t shift = 0; shift < 3; shift++) {
		struct err err = {0};
		size_t n = shift;

		memset(text, 'a', shift);
		for (; n + 3 < sizeof(text); n += 3)
			memcpy(text + n, "提", 3);
		text[n] = '\0';
		err_set(&err, ERR_FAIL, "%s", text);
		assert_true(strlen(err.text) > sizeof(err.text) - 4);
		assert_true(utf8_valid(err.text, strlen(err.text)));
		err_wrap(&err, "b");
		assert_memory_equal(err.text, "b: ", 3);
		assert_true(utf8_valid(err.text, strlen(err.text)));
		err_wrap(&err, "%s", text);
		assert_memory_equal(err.text, text, 1000);
	}
}

static void err__bytes_that_are_not_utf8_become_question_marks(void **state)
{
	struct err err = {0};

	(void)state;
	err_set(&err, ERR_INPUT, "name '%s'", "a\xff\xe6\x8f提");
	assert_string_equal(err.text, "name 'a???提'");
}

static void err__errno_is_told_in_words(void **state)
{
	struct err err = {0};

	(void)state;
	errno = ENOENT;
	assert_int_equal(err_errno(&err, "open %s", "x"), ERR_FAIL);
	assert_string_equal(err.text, "open x: No such file or directory");
}

static void err__clear_and_nomem(void **state)
{
	struct err err = {0};

	(void)state;
	assert_int_equal(err_nomem(&err), ERR_FAIL);
	assert_true(strlen(err.text) > 0);
	err_clear(&err);
	assert_int_equal(err.code, 0);
	assert_string_equal(err.text, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			err__set_gives_back_the_code_and_keeps_the_text),
		cmocka_unit_test(err__wrap_puts_the_task_before_the_cause),
		cmocka_unit_test(err__its_own_text_may_be_an_argument),
		cmocka_unit_test(err__a_long_text_is_cut_between_characters),
		cmocka_unit_test(
			err__bytes_that_are_not_utf8_become_question_marks),
		cmocka_unit_test(err__errno_is_told_in_words),
		cmocka_unit_test(err__clear_and_nomem),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
