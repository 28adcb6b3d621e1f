/* lists_test.c - workbooks, JSON and tables in other layouts read as lists. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cli/import/csv_list.h"
#include "cli/import/encoding.h"
#include "cli/import/json_list.h"
#include "cli/import/news.h"
#include "cli/import/xlsx_list.h"
#include "tests/cli/sample_helper.h"

static struct record_list list;
static struct buf text;

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
	buf_release(&text);
	return 0;
}

static void problem(size_t line, size_t column, const char *part)
{
	for (size_t i = 0; i < list.n_problems; i++) {
		if (list.problems[i].line == line &&
		    list.problems[i].column == column &&
		    strstr(list.problems[i].text, part))
			return;
	}
	fail_msg("%zu:%zu has no problem that says '%s'", line, column, part);
}

static size_t weighing(void)
{
	size_t n = 0;

	for (size_t i = 0; i < list.n_problems; i++)
		n += !list.problems[i].note;
	return n;
}

static void read_workbook(int expected, struct err *err)
{
	record_list_release(&list);
	assert_int_equal(xlsx_list_parse(&list, buf_text(&text), text.len, NULL,
					 err),
			 expected);
}

static void xlsx_list__the_sheet_with_a_header_is_taken(void **state)
{
	struct err err = {0};

	(void)state;
	sample_read(&text, "workbook.xlsx");
	read_workbook(0, &err);
	assert_int_equal(list.n, 2);
	assert_int_equal(list.items[0].line, 3);
	assert_string_equal(list.items[0].number, "14");
	assert_string_equal(list.items[0].title, "关于护学岗的建议");
	assert_string_equal(list.items[0].co_units, "区公安局、区城管局");
	assert_string_equal(list.items[0].replied_on, "2022-06-30");
	assert_true(list.items[0].is_key);
	assert_string_equal(list.items[1].number, "第015号");
	assert_string_equal(list.items[1].replied_on, "2022-07-01");
	assert_false(list.items[1].is_key);
	problem(1, 0, "说明");
	problem(1, 0, "隐藏");
	problem(5, 2, "案由");
	assert_int_equal(weighing(), 1);
}

static void xlsx_list__a_workbook_cut_anywhere_is_refused(void **state)
{
	struct buf whole = BUF_INIT;
	struct err err = {0};

	(void)state;
	sample_read(&whole, "workbook.xlsx");
	for (size_t len = 0; len < whole.len; len += 97) {
		buf_clear(&text);
		buf_add(&text, whole.data, len);
		err_clear(&err);
		read_workbook(ERR_INPUT, &err);
		assert_true(err.text[0] != '\0');
	}
	buf_release(&whole);
}

static void xlsx_list__a_flipped_bit_is_refused_or_harmless(void **state)
{
	struct buf whole = BUF_INIT;

	(void)state;
	sample_read(&whole, "workbook.xlsx");
	for (size_t at = 0; at < whole.len; at += 5) {
		char *bytes = malloc(whole.len);
		struct err err = {0};
		int rc;

		memcpy(bytes, whole.data, whole.len);
		bytes[at] = (char)(bytes[at] ^ (1 << at % 8));
		record_list_release(&list);
		rc = xlsx_list_parse(&list, bytes, whole.len, NULL, &err);
		if (rc != 0 && rc != ERR_INPUT)
			fail_msg("bit at %zu: %s", at, err.text);
		free(bytes);
	}
	buf_release(&whole);
}

static void read_json(const char *json)
{
	struct err err = {0};

	record_list_release(&list);
	if (json_list_parse(&list, json, strlen(json), &err) != 0)
		fail_msg("%s", err.text);
}

static void json_list__our_own_publication_is_read(void **state)
{
	(void)state;
	read_json(
		"{\"session\": {\"key\": \"2-3\", \"committee\": \"区政协\"},\n"
		"\"figures\": {\"received\": 9, \"filed\": null},\n"
		"\"proposals\": [\n"
		"{\"key\": \"2-3-014\", \"case_no\": null, \"title\": \"题\",\n"
		" \"sector\": \"教育界\", \"is_key\": true, \"class\": \"A\",\n"
		" \"units\": [{\"unit\": \"hr\", \"name\": \"区人社局\","
		" \"role\": \"co\", \"reply\": null},\n"
		" {\"unit\": \"edu\", \"name\": \"区教育局\", \"role\":"
		" \"main\", \"doc_no\": \"教〔2022〕4号\", \"signed_at\":"
		" \"2022-06-01\", \"reply\": \"已办\\n二\"}]}]}");
	assert_int_equal(list.n, 1);
	assert_int_equal(list.facts.term, 2);
	assert_int_equal(list.facts.received, 9);
	assert_int_equal(list.facts.filed, RECORD_NONE);
	assert_int_equal(list.items[0].line, 4);
	assert_string_equal(list.items[0].plain, "014");
	assert_string_equal(list.items[0].main_unit, "区教育局");
	assert_string_equal(list.items[0].co_units, "区人社局");
	assert_string_equal(list.items[0].reply, "已办\n二");
	assert_true(list.items[0].is_key);
	assert_int_equal(list.n_problems, 0);
}

static void json_list__what_cannot_be_taken_is_named_by_line(void **state)
{
	(void)state;
	read_json(
		"[\n{\"number\": 14, \"title\": \"甲\", \"main\": \"区教育局\","
		"\n \"co\": [\"区人社局\", \"区水务局\"]},\n"
		"{\"number\": \"第014号\", \"title\": \"乙\"},\n"
		"{\"title\": \"丙\"},\n"
		"{\"number\": 15, \"units\": [{\"a\": {\"b\": 1}}]},\n"
		"7,\n"
		"{\"number\": 16, \"title\": \"丁{\\\"[\", \"due\":"
		" \"2022-06-31\"}]");
	assert_int_equal(list.n, 2);
	assert_string_equal(list.items[0].co_units, "区人社局、区水务局");
	assert_string_equal(list.items[1].number, "16");
	assert_int_equal(list.items[1].line, 8);
	assert_null(list.items[1].due);
	problem(4, 0, "line 2");
	problem(5, 0, "no number");
	problem(6, 0, "title");
	problem(8, 0, "2022-06-31");
}

static void json_list__separate_units_have_their_own_answers(void **state)
{
	(void)state;
	read_json(
		"[{\"number\": 1, \"title\": \"甲\", \"class\": \"B\", \"units\": ["
		"{\"name\": \"区教育局\", \"role\": \"split\", \"reply\": \"一\"},"
		"{\"name\": \"区水务局\", \"role\": \"co\"},"
		"{\"name\": \"区人社局\", \"role\": \"split\", \"class\": \"A\","
		" \"reply\": \"二\", \"signed_at\": \"2022-09-31\"}]}]");
	assert_null(list.items[0].main_unit);
	assert_string_equal(list.items[0].co_units, "区水务局");
	assert_string_equal(list.items[0].split_units, "区教育局、区人社局");
	assert_int_equal(list.items[0].n_answers, 2);
	assert_string_equal(list.items[0].answers[0].reply, "一");
	assert_string_equal(list.items[0].answers[0].class_text, "B");
	assert_string_equal(list.items[0].answers[1].reply, "二");
	assert_string_equal(list.items[0].answers[1].class_text, "A");
	problem(1, 0, "2022-09-31");
}

static void json_list__a_unit_without_a_name_is_named(void **state)
{
	(void)state;
	read_json("[{\"number\": 1, \"title\": \"甲\", \"units\": ["
		  "{\"name\": \"\", \"reply\": \"一\"},"
		  "{\"name\": \"区人社局\", \"reply\": \"二\"}]}]");
	assert_string_equal(list.items[0].main_unit, "区人社局");
	assert_string_equal(list.items[0].reply, "二");
	problem(1, 0, "without a name");
}

static void json_list__what_is_no_list_is_refused(void **state)
{
	static const char *const bad[] = {"",
					  "{",
					  "{}",
					  "7",
					  "{\"a\": []}",
					  "[1, 2",
					  "{\"proposals\": 1}"};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct err err = {0};

		assert_int_equal(json_list_parse(&list, bad[i], strlen(bad[i]),
						 &err),
				 ERR_INPUT);
	}
}

static void read_table(const struct table_map *map)
{
	const char *name;
	struct err err = {0};

	sample_read(&text, "other-table.csv");
	if (encoding_read(&text, &name, &err) != 0 ||
	    csv_list_parse(&list, buf_text(&text), text.len, map, &err) != 0)
		fail_msg("%s", err.text);
	assert_string_equal(name, "GB18030");
}

static void table_list__a_mapped_heading_is_taken(void **state)
{
	const char *const items[] = {"事由=title", "办结情况=class", "序号=-"};
	const struct table_map map = {items, 3};

	(void)state;
	read_table(&map);
	assert_int_equal(list.n, 6);
	assert_string_equal(list.items[0].number, "2017001");
	assert_string_equal(list.items[0].class_text, "解决或采纳");
	assert_string_equal(list.items[1].title, "关于校车线路的建议");
	assert_string_equal(list.items[0].main_unit, "区水务局");
	assert_string_equal(list.items[0].co_units,
			    "区环保局、区城管局、区农业局");
	for (size_t i = 0; i < list.n_problems; i++)
		assert_true(list.problems[i].column != 1);
}

static void table_list__every_doubt_has_its_line_and_column(void **state)
{
	const char *const items[] = {"办结情况=class"};
	const struct table_map map = {items, 1};

	(void)state;
	read_table(&map);
	assert_string_equal(list.items[0].doc_no, "水〔2017〕3号");
	assert_string_equal(list.items[0].replied_on, "2017-06-30");
	problem(2, 1, "序号");
	problem(4, 7, "教（2017）4号");
	problem(4, 8, "2017.6.31");
	problem(5, 7, "住﹝2017﹞5号");
	problem(5, 8, "6月30日");
	problem(6, 7, "[2017]6");
	problem(7, 7, "17");
	problem(8, 7, "城［2017］7号");
	problem(8, 8, "9月31日");
}

static void read_csv(const char *csv)
{
	struct err err = {0};

	if (csv_list_parse(&list, csv, strlen(csv), NULL, &err) != 0)
		fail_msg("%s", err.text);
}

static void table_list__separate_units_have_their_own_answers(void **state)
{
	const struct record_answer *answer;

	(void)state;
	read_csv("案号,案由,分办单位,会办单位,办理结果,文号,答复正文\n"
		 "1,甲,区教育局、区人社局,区水务局,"
		 "区教育局：A；区人社局:B,区人社局：人社〔2022〕3号,"
		 "\"区人社局：\n二。\n区教育局：\n一。\n又：一。\"\n"
		 "2,乙,区教育局、区人社局,,A,教〔2022〕4号,同一篇答复。\n");
	answer = list.items[0].answers;
	assert_string_equal(list.items[0].co_units, "区水务局");
	assert_string_equal(answer[0].class_text, "A");
	assert_string_equal(answer[1].class_text, "B");
	assert_null(answer[0].doc_no);
	assert_string_equal(answer[1].doc_no, "人社〔2022〕3号");
	assert_string_equal(answer[0].reply, "一。\n又：一。");
	assert_string_equal(answer[1].reply, "二。");
	/* Whose it is, a list must say; a class may be that of the whole. */
	answer = list.items[1].answers;
	assert_string_equal(answer[0].class_text, "A");
	assert_string_equal(answer[1].class_text, "A");
	assert_null(answer[0].reply);
	assert_null(answer[1].doc_no);
	problem(7, 6, "区教育局、区人社局");
	problem(7, 7, "区教育局、区人社局");
}

static void table_list__leaders_of_both_kinds_are_joined(void **state)
{
	(void)state;
	read_csv("案号,案由,领办领导,督办领导,领导\n"
		 "1,甲,何领办（区长）、马领办,主席 于督办,\n"
		 "2,乙,,,领办 副区长 何领办；督办 于督办\n");
	assert_string_equal(
		list.items[0].leaders,
		"领办 何领办（区长）；领办 马领办；督办 主席 于督办");
	assert_string_equal(list.items[1].leaders,
			    "领办 副区长 何领办；督办 于督办");
}

static void table_list__a_map_that_names_no_field_is_refused(void **state)
{
	static const char *const bad[] = {"事由", "事由=", "=title", "a=titel"};
	struct err err = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		const struct table_map map = {&bad[i], 1};

		assert_int_equal(table_map_check(&map, &err), ERR_USAGE);
	}
}

static void news__a_page_without_title_marks_is_read(void **state)
{
	struct err err = {0};

	(void)state;
	sample_read(&text, "bare-page.txt");
	assert_int_equal(news_parse(&list, buf_text(&text), text.len, &err), 0);
	assert_int_equal(list.n, 4);
	assert_int_equal(list.facts.received, 120);
	assert_int_equal(list.facts.term, 2);
	assert_string_equal(list.items[0].number, "1");
	assert_string_equal(list.items[0].sector, "教育界");
	assert_string_equal(list.items[0].title, "关于增设护学岗的建议");
	assert_string_equal(list.items[0].class_text, "解决或采纳");
	assert_string_equal(list.items[0].main_unit, "区教育局");
	assert_string_equal(list.items[0].co_units, "区公安局、区城管局");
	assert_string_equal(
		list.items[0].reply,
		"已在12所学校设岗。\n一是早晚各一班；二是家长轮值。");
	assert_string_equal(list.items[2].class_text, "留作参考");
	assert_string_equal(list.items[2].co_units, "区民政局");
	assert_string_equal(list.items[2].reply, "人手不足，暂不扩大。");
	problem(7, 0, "sponsor group");
	problem(16, 0, "line 9");
	problem(17, 0, "line 16");
	assert_int_equal(weighing(), 3);
}

static void news__numbers_within_a_reply_are_no_entries(void **state)
{
	static const char page[] = "1.关于停车泊位的建议(A)\n"
				   "区城管局：新增泊位300个。\n"
				   "1、建立台账。\n"
				   "一、关于巡查\n"
				   "2.关于口袋公园的建议(B类)\n"
				   "区园林局：建成两处。\n";
	struct err err = {0};

	(void)state;
	assert_int_equal(news_parse(&list, page, strlen(page), &err), 0);
	assert_int_equal(list.n, 2);
	assert_string_equal(list.items[0].reply,
			    "新增泊位300个。\n1、建立台账。\n一、关于巡查");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(xlsx_list__the_sheet_with_a_header_is_taken),
		TEST(xlsx_list__a_workbook_cut_anywhere_is_refused),
		TEST(xlsx_list__a_flipped_bit_is_refused_or_harmless),
		TEST(json_list__our_own_publication_is_read),
		TEST(json_list__what_cannot_be_taken_is_named_by_line),
		TEST(json_list__separate_units_have_their_own_answers),
		TEST(json_list__a_unit_without_a_name_is_named),
		TEST(json_list__what_is_no_list_is_refused),
		TEST(table_list__a_mapped_heading_is_taken),
		TEST(table_list__every_doubt_has_its_line_and_column),
		TEST(table_list__separate_units_have_their_own_answers),
		TEST(table_list__leaders_of_both_kinds_are_joined),
		TEST(table_list__a_map_that_names_no_field_is_refused),
		TEST(news__a_page_without_title_marks_is_read),
		TEST(news__numbers_within_a_reply_are_no_entries),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
