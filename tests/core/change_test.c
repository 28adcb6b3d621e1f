/* change_test.c - names of changes, and when values are equal. */
#include "core/log/change.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static const struct change_id largest = {INT64_MAX, ((uint64_t)1 << 40) - 1};

static void change__a_printed_id_parses_back(void **state)
{
	const struct change_id ids[] = {
		{0x7f3a00c1d2e4f506, 101}, {1, 1}, largest};
	struct change_id back;
	char text[CHANGE_ID_TEXT];

	(void)state;
	for (size_t i = 0; i < sizeof(ids) / sizeof(*ids); i++) {
		change_id_format(text, ids[i]);
		assert_true(change_id_parse(&back, text));
		assert_true(change_id_equal(back, ids[i]));
	}
	change_id_format(text, ids[0]);
	assert_string_equal(text, "7f3a00c1d2e4f506:101");
}

static void change__a_malformed_id_is_refused(void **state)
{
	static const char *const bad[] = {
		"",
		"7f3a00c1d2e4f506",
		"7f3a00c1d2e4f506:",
		"7f3a00c1d2e4f506:0",
		"7f3a00c1d2e4f506:01",
		"7f3a00c1d2e4f506:-1",
		"7f3a00c1d2e4f506:1 ",
		"7f3a00c1d2e4f506:1x",
		" 7f3a00c1d2e4f506:1",
		"7F3A00C1D2E4F506:1",
		"7f3a00c1d2e4f50:1",
		"7f3a00c1d2e4f5060:1",
		"8000000000000000:1",
		"0000000000000000:1",
		"7f3a00c1d2e4f506:1099511627776",
		"7f3a00c1d2e4f506:99999999999999999999999999",
	};
	struct change_id id = {7, 7};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_false(change_id_parse(&id, bad[i]));
	assert_int_equal(id.origin, 7);
	assert_int_equal(id.seq, 7);
}

static void change__an_origin_parses_back_and_nothing_else_does(void **state)
{
	uint64_t origin = 0;
	char text[17];

	(void)state;
	change_origin_format(text, 0xabc);
	assert_string_equal(text, "0000000000000abc");
	assert_true(change_origin_parse(&origin, text));
	assert_int_equal(origin, 0xabc);
	assert_false(change_origin_parse(&origin, "0000000000000abc:"));
	assert_false(change_origin_parse(&origin, "0000000000000ab"));
	assert_false(change_origin_parse(&origin, "0000000000000000"));
	assert_false(change_origin_parse(&origin, "ffffffffffffffff"));
	assert_false(change_origin_parse(&origin, ""));
}

static void change__ids_order_by_origin_then_seq(void **state)
{
	const struct change_id a = {1, 9};
	const struct change_id b = {2, 1};
	const struct change_id c = {2, 3};

	(void)state;
	assert_true(change_id_compare(a, b) < 0);
	assert_true(change_id_compare(c, b) > 0);
	assert_true(change_id_compare(b, a) > 0);
	assert_int_equal(change_id_compare(c, c), 0);
	assert_false(change_id_equal(b, c));
}

static void change__values_are_equal_by_type_and_content(void **state)
{
	const struct value null = value_text(NULL);
	const struct value empty = value_text("");
	const struct value one = value_int(1);
	const struct value text = value_text("1");
	const struct value blob = {.type = VALUE_BLOB, .bytes = "1", .len = 1};
	const struct value longer = value_text("12");
	const struct value other = value_text("2");
	const struct value zero = {.type = VALUE_REAL, .real = 0.0};
	const struct value minus = {.type = VALUE_REAL, .real = -0.0};
	const struct value *all[] = {&null,   &empty, &one,  &text, &blob,
				     &longer, &other, &zero, &minus};

	(void)state;
	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		for (size_t k = 0; k < sizeof(all) / sizeof(*all); k++)
			assert_int_equal(value_equal(all[i], all[k]), i == k);
	assert_int_equal(null.type, VALUE_NULL);
	assert_int_equal(longer.len, 2);
}

static void change__what_a_value_does_not_use_is_not_compared(void **state)
{
	struct value a = value_int(5);
	struct value b = value_int(5);

	(void)state;
	a.bytes = "x";
	a.len = 1;
	a.real = 2.5;
	assert_true(value_equal(&a, &b));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(change__a_printed_id_parses_back),
		cmocka_unit_test(change__a_malformed_id_is_refused),
		cmocka_unit_test(
			change__an_origin_parses_back_and_nothing_else_does),
		cmocka_unit_test(change__ids_order_by_origin_then_seq),
		cmocka_unit_test(change__values_are_equal_by_type_and_content),
		cmocka_unit_test(
			change__what_a_value_does_not_use_is_not_compared),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
