/* csv_list_test.c - a table of proposals read as a list. */
#include "cli/import/csv_list.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cli/import/news.h"
#include "tests/cli/sample_helper.h"

static struct record_list list;

static int set_up(void **state)
{
	(void)state;
	record_list_init(&list);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	record_list_release(&list);
	return 0;
}

static void parse(const char *text)
{
	struct err err = {0};

	record_list_release(&list);
	if (csv_list_parse(&list, text, strlen(text), NULL, &err) != 0)
		fail_msg("%s", err.text);
}

static void assert_problem(size_t line, const char *part)
{
	for (size_t i = 0; i < list.n_problems; i++) {
		if (list.problems[i].line == line &&
		    strstr(list.problems[i].text, part) != NULL)
			return;
	}
	fail_msg("line %zu has no problem that says '%s'", line, part);
}

static void assert_same(const char *a, const char *b)
{
	if (a == NULL || b == NULL)
		assert_true(a == b);
	else
		assert_string_equal(a, b);
}

static void csv_list__the_sample_table_says_what_the_page_says(void **state)
{
	struct record_list page;
	struct buf table = BUF_INIT;
	struct buf news = BUF_INIT;
	struct err err = {0};

	(void)state;
	record_list_init(&page);
	sample_read(&table, "key-proposals.csv");
	sample_read(&news, "key-proposals.txt");
	parse(buf_text(&table));
	assert_int_equal(news_parse(&page, buf_text(&news), news.len, &err), 0);
	assert_int_equal(list.n_problems, 0);
	assert_int_equal(list.n, page.n);
	for (size_t i = 0; i < list.n; i++) {
		assert_same(list.items[i].number, page.items[i].number);
		assert_same(list.items[i].sector, page.items[i].sector);
		assert_same(list.items[i].title, page.items[i].title);
		assert_same(list.items[i].main_unit, page.items[i].main_unit);
		assert_same(list.items[i].reply, page.items[i].reply);
	}
	record_list_release(&page);
	buf_release(&news);
	buf_release(&table);
}

static void csv_list__a_byte_order_mark_and_crlf_change_nothing(void **state)
{
	(void)state;
	parse("\xef\xbb\xbf案号,案由,答复\r\n1,关于路的建议,\"一\r\n二\"\r\n");
	assert_int_equal(list.n, 1);
	assert_int_equal(list.items[0].line, 2);
	assert_string_equal(list.items[0].number, "1");
	assert_string_equal(list.items[0].reply, "一\n二");
}

static void csv_list__columns_may_stand_in_any_order_and_name(void **state)
{
	(void)state;
	parse("提案办理一览表,,,\n\n"
	      "Title,class,NO,main\n关于路的建议,B,7,区交通局\n");
	assert_int_equal(list.n, 1);
	assert_string_equal(list.items[0].number, "7");
	assert_string_equal(list.items[0].title, "关于路的建议");
	assert_string_equal(list.items[0].class_text, "B");
	assert_string_equal(list.items[0].main_unit, "区交通局");
}

static void csv_list__the_case_number_beats_the_row_number(void **state)
{
	(void)state;
	parse("序号,案号,标题\n1,第031号,关于路的建议\n");
	assert_string_equal(list.items[0].number, "第031号");
	assert_problem(1, "序号");
}

static void csv_list__tabs_and_semicolons_separate_too(void **state)
{
	(void)state;
	parse("案号\t案由\t答复\n1\t关于路,桥的建议\t修了,通了\n");
	assert_string_equal(list.items[0].title, "关于路,桥的建议");
	parse("案号;案由\n1;关于路,桥的建议\n");
	assert_string_equal(list.items[0].title, "关于路,桥的建议");
}

static void csv_list__units_of_one_cell_are_split(void **state)
{
	(void)state;
	parse("案号,案由,承办单位,协办单位\n"
	      "1,关于路的建议,区交通局、区财政局,区公安分局；区住建局\n");
	assert_string_equal(list.items[0].main_unit, "区交通局");
	assert_string_equal(list.items[0].co_units,
			    "区财政局、区公安分局、区住建局");
}

static void csv_list__every_line_not_taken_is_named(void **state)
{
	struct buf text = BUF_INIT;

	(void)state;
	sample_read(&text, "dirty.csv");
	parse(buf_text(&text));
	assert_int_equal(list.n, 5);
	assert_problem(3, "备注");
	assert_problem(6, "办理结果");
	assert_problem(7, "编号");
	assert_problem(9, "承办单位");
	assert_problem(10, "line 4");
	assert_problem(11, "9 cells");
	assert_problem(12, "案由");
	assert_problem(13, "七号");
	assert_problem(15, "编号");
	assert_problem(16, "not closed");
	assert_string_equal(list.items[0].co_units, "区公安分局、区财政局");
	buf_release(&text);
}

static void csv_list__a_stray_quote_does_not_swallow_lines(void **state)
{
	(void)state;
	parse("案号,案由,答复\n1,\"关于路的建议,修了\n2,\"关于桥的建议,通了\n"
	      "3,关于灯的建议,亮了\n");
	assert_int_equal(list.n, 1);
	assert_string_equal(list.items[0].number, "3");
	assert_problem(2, "not closed");
	assert_problem(3, "not closed");
	parse("案号,案由,答复\n1,\"关于路的建议,修了\n2,关于桥的建议\",通了\n"
	      "3,关于灯的建议,亮了\n");
	assert_int_equal(list.n, 1);
	assert_problem(2, "line break");
}

static void csv_list__a_table_without_header_is_refused(void **state)
{
	static const char text[] = "1,关于路的建议\n2,关于桥的建议\n";
	struct err err = {0};

	(void)state;
	assert_int_equal(csv_list_parse(&list, text, strlen(text), NULL, &err),
			 ERR_INPUT);
	assert_non_null(strstr(err.text, "header"));
}

static void
csv_list__every_beginning_of_a_table_is_read_or_refused(void **state)
{
	struct buf text = BUF_INIT;
	struct err err = {0};

	(void)state;
	sample_read(&text, "dirty.csv");
	for (size_t len = 0; len <= text.len; len++) {
		char *copy = malloc(len + 1);
		int rc;

		assert_non_null(copy);
		memcpy(copy, text.data, len);
		record_list_release(&list);
		rc = csv_list_parse(&list, copy, len, NULL, &err);
		assert_true(rc == 0 || rc == ERR_INPUT);
		free(copy);
	}
	buf_release(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			csv_list__the_sample_table_says_what_the_page_says),
		cmocka_unit_test(
			csv_list__a_byte_order_mark_and_crlf_change_nothing),
		cmocka_unit_test(
			csv_list__columns_may_stand_in_any_order_and_name),
		cmocka_unit_test(
			csv_list__the_case_number_beats_the_row_number),
		cmocka_unit_test(csv_list__tabs_and_semicolons_separate_too),
		cmocka_unit_test(csv_list__units_of_one_cell_are_split),
		cmocka_unit_test(csv_list__every_line_not_taken_is_named),
		cmocka_unit_test(
			csv_list__a_stray_quote_does_not_swallow_lines),
		cmocka_unit_test(csv_list__a_table_without_header_is_refused),
		cmocka_unit_test(
			csv_list__every_beginning_of_a_table_is_read_or_refused),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
