/* names_test.c - texts and their numbers. */
#include "sync/wire/names.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static size_t number(struct names *names, const char *text, size_t len)
{
	struct err err = {0};
	size_t at = SIZE_MAX;

	assert_int_equal(names_add(&at, names, text, len, &err), 0);
	return at;
}

static void names__a_text_keeps_its_number_and_its_place(void **state)
{
	struct names names = {NULL, 0, NULL, 0};
	const char *first;
	char text[16];

	(void)state;
	assert_int_equal(number(&names, "1-1-001", 7), 0);
	first = names.items[0];
	for (size_t i = 1; i < 10000; i++) {
		int len = snprintf(text, sizeof(text), "1-2-%05zu", i);

		assert_int_equal(number(&names, text, (size_t)len), i);
		assert_int_equal(number(&names, text, (size_t)len), i);
	}
	assert_int_equal(names.n, 10000);
	assert_ptr_equal(names.items[0], first);
	assert_int_equal(number(&names, "1-1-001", 7), 0);
	names_release(&names);
	assert_int_equal(names.n, 0);
}

static void names__the_beginning_of_a_text_is_another_one(void **state)
{
	struct names names = {NULL, 0, NULL, 0};

	(void)state;
	assert_int_equal(number(&names, "1-1-0011", 8), 0);
	assert_int_equal(number(&names, "1-1-0011", 7), 1);
	assert_int_equal(number(&names, "", 0), 2);
	assert_string_equal(names.items[1], "1-1-001");
	assert_int_equal(number(&names, "1-1-001", 7), 1);
	names_release(&names);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names__a_text_keeps_its_number_and_its_place),
		cmocka_unit_test(names__the_beginning_of_a_text_is_another_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
