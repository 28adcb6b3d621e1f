/* table_test.c - columns and lines of CJK text. */
#include "cli/terminal/table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static char printed[4096];

/* What a table of these two columns prints at a width. */
static const char *table_of(size_t width, enum table_align align,
			    const char *const rows[][2], size_t n)
{
	const struct table_column columns[] = {{"k", TABLE_LEFT, false},
					       {"题", align, true}};
	struct table *table = table_new(columns, 2);
	FILE *out = fmemopen(printed, sizeof(printed), "w");

	assert_non_null(out);
	for (size_t i = 0; i < n; i++)
		table_add(table, rows[i]);
	assert_int_equal(table_print(table, out, width), 0);
	fputc('\0', out);
	fclose(out);
	table_free(table);
	return printed;
}

static const char *wrapped(const char *text, size_t indent, size_t width)
{
	FILE *out = fmemopen(printed, sizeof(printed), "w");

	assert_non_null(out);
	table_wrap(out, text, indent, width);
	fputc('\0', out);
	fclose(out);
	return printed;
}

static void table__wide_characters_take_two_columns(void **state)
{
	const char *const rows[][2] = {{"提案", "a"}, {"x", "b"}};

	(void)state;
	assert_string_equal(table_of(0, TABLE_LEFT, rows, 2),
			    "k     题\n提案  a\nx     b\n");
}

static void table__numbers_stand_at_the_right(void **state)
{
	const char *const rows[][2] = {{"a", "5"}, {"b", "12345"}};

	(void)state;
	assert_string_equal(table_of(0, TABLE_RIGHT, rows, 2),
			    "k     题\na      5\nb  12345\n");
}

static void table__a_narrow_terminal_cuts_between_characters(void **state)
{
	const char *const rows[][2] = {{"a", "关于加强课后服务"}};

	(void)state;
	/* 1 + 2 + 9: a wide character never stands half in a column. */
	assert_string_equal(table_of(12, TABLE_LEFT, rows, 1),
			    "k  题\na  关于加强…\n");
}

static void table__a_column_that_is_empty_everywhere_is_left_out(void **state)
{
	const char *const last[][2] = {{"a", ""}, {"b", NULL}};
	const char *const first[][2] = {{"", "x"}, {"", "y"}};

	(void)state;
	assert_string_equal(table_of(0, TABLE_LEFT, last, 2), "k\na\nb\n");
	assert_string_equal(table_of(0, TABLE_RIGHT, first, 2), "题\n x\n y\n");
}

static void table__the_last_to_give_way_keeps_its_room(void **state)
{
	static const struct table_column columns[] = {
		{"a", TABLE_LEFT, TABLE_LAST}, {"b", TABLE_LEFT, true}};
	static const char *const row[] = {"0123456789abcdef",
					  "0123456789abcdefghij"};
	struct table *table = table_new(columns, 2);
	FILE *out = fmemopen(printed, sizeof(printed), "w");

	(void)state;
	table_add(table, row);
	assert_int_equal(table_print(table, out, 28), 0);
	fputc('\0', out);
	fclose(out);
	table_free(table);
	assert_string_equal(printed, "a                 b\n"
				     "0123456789abcdef  012345678…\n");
}

static void table__no_row_prints_nothing(void **state)
{
	(void)state;
	assert_string_equal(table_of(0, TABLE_LEFT, NULL, 0), "");
}

static void table__control_characters_become_spaces(void **state)
{
	const char *const rows[][2] = {{"a\n\033[31m", NULL}};

	(void)state;
	assert_string_equal(table_of(0, TABLE_LEFT, rows, 1), "k\na  [31m\n");
}

static void table__text_wraps_between_characters(void **state)
{
	(void)state;
	assert_string_equal(wrapped("关于加强课后服务", 2, 12),
			    "  关于加强课\n  后服务\n");
}

static void table__closing_punctuation_begins_no_line(void **state)
{
	(void)state;
	assert_string_equal(wrapped("关于加强课。后服务", 0, 10),
			    "关于加强\n课。后服务\n");
}

static void table__opening_punctuation_ends_no_line(void **state)
{
	(void)state;
	assert_string_equal(wrapped("关于加强《课后服务》", 0, 10),
			    "关于加强\n《课后服\n务》\n");
}

static void table__words_are_kept_whole(void **state)
{
	(void)state;
	assert_string_equal(wrapped("the quick brown fox", 0, 10),
			    "the quick\nbrown fox\n");
	/* One that is longer than the line must be cut. */
	assert_string_equal(wrapped("abcdefghijkl", 0, 5),
			    "abcde\nfghij\nkl\n");
}

static void table__line_breaks_of_the_text_stay(void **state)
{
	(void)state;
	assert_string_equal(wrapped("一\n\n二\n", 2, 0), "  一\n\n  二\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(table__wide_characters_take_two_columns),
		cmocka_unit_test(table__numbers_stand_at_the_right),
		cmocka_unit_test(
			table__a_narrow_terminal_cuts_between_characters),
		cmocka_unit_test(
			table__a_column_that_is_empty_everywhere_is_left_out),
		cmocka_unit_test(table__the_last_to_give_way_keeps_its_room),
		cmocka_unit_test(table__no_row_prints_nothing),
		cmocka_unit_test(table__control_characters_become_spaces),
		cmocka_unit_test(table__text_wraps_between_characters),
		cmocka_unit_test(table__closing_punctuation_begins_no_line),
		cmocka_unit_test(table__opening_punctuation_ends_no_line),
		cmocka_unit_test(table__words_are_kept_whole),
		cmocka_unit_test(table__line_breaks_of_the_text_stay),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
