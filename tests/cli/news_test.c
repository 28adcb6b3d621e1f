/* news_test.c - a newspaper page read as a list. */
#include "cli/import/news.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

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
	if (news_parse(&list, text, strlen(text), &err) != 0)
		fail_msg("%s", err.text);
}

/* The problem named for a line, NULL without one. */
static const struct record_problem *problem_at(size_t line)
{
	for (size_t i = 0; i < list.n_problems; i++) {
		if (list.problems[i].line == line)
			return &list.problems[i];
	}
	return NULL;
}

static void assert_problem(size_t line, const char *part)
{
	const struct record_problem *problem = problem_at(line);

	if (problem == NULL)
		fail_msg("line %zu has no problem", line);
	if (strstr(problem->text, part) == NULL)
		fail_msg("line %zu: '%s' does not say '%s'", line,
			 problem->text, part);
}

static const struct record *by_number(const char *number)
{
	for (size_t i = 0; i < list.n; i++) {
		if (strcmp(list.items[i].number, number) == 0)
			return &list.items[i];
	}
	fail_msg("no entry %s", number);
	return NULL;
}

static size_t distinct(char *(*of)(const struct record *))
{
	size_t n = 0;

	for (size_t i = 0; i < list.n; i++) {
		size_t j = 0;

		while (j < i &&
		       strcmp(of(&list.items[i]), of(&list.items[j])) != 0)
			j++;
		n += j == i;
	}
	return n;
}

static char *unit_of(const struct record *record)
{
	return record->main_unit;
}

static char *sector_of(const struct record *record)
{
	return record->sector;
}

static size_t of_class(char letter)
{
	size_t n = 0;

	for (size_t i = 0; i < list.n; i++) {
		const char *text = list.items[i].class_text;

		n += record_class_letter(text, strlen(text)) == letter;
	}
	return n;
}

/* What both the sample and the real page hold. */
static void assert_whole_page(void)
{
	assert_int_equal(list.n_problems, 0);
	assert_int_equal(list.n, 20);
	assert_int_equal(of_class('A'), 18);
	assert_int_equal(of_class('B'), 2);
	assert_int_equal(distinct(unit_of), 13);
	assert_int_equal(distinct(sector_of), 16);
	assert_int_equal(list.facts.received, 54);
	assert_int_equal(list.facts.filed, 48);
	assert_int_equal(list.facts.key, 20);
	assert_int_equal(list.facts.led, 15);
	assert_int_equal(list.facts.supervised, 5);
	assert_int_equal(list.facts.term, 1);
	assert_int_equal(list.facts.meeting, 1);
	assert_string_equal(list.facts.committee, "区政协");
	assert_string_equal(list.facts.session, "一届一次会议");
}

/* Every entry, printed again, stands in the page, white space set aside. */
static void assert_nothing_lost(const char *page)
{
	struct buf whole = BUF_INIT;
	struct buf entry = BUF_INIT;
	struct buf squeezed = BUF_INIT;

	sample_squeeze(&whole, page);
	for (size_t i = 0; i < list.n; i++) {
		const struct record *record = &list.items[i];

		buf_clear(&entry);
		buf_clear(&squeezed);
		buf_addf(&entry, "%s、%s:《%s》(%s)%s:%s", record->number,
			 record->sector, record->title, record->class_text,
			 record->main_unit, record->reply);
		if (i + 1 < list.n)
			buf_addf(&entry, "%s、", list.items[i + 1].number);
		sample_squeeze(&squeezed, buf_text(&entry));
		if (strstr(buf_text(&whole), buf_text(&squeezed)) == NULL)
			fail_msg("not in the page: %s", buf_text(&squeezed));
	}
	buf_release(&squeezed);
	buf_release(&entry);
	buf_release(&whole);
}

static void news__the_sample_page_is_read_whole(void **state)
{
	struct buf text = BUF_INIT;

	(void)state;
	sample_read(&text, "key-proposals.txt");
	parse(buf_text(&text));
	assert_whole_page();
	assert_nothing_lost(buf_text(&text));
	buf_release(&text);
}

static void news__the_real_page_is_read_whole(void **state)
{
	struct buf text = BUF_INIT;

	(void)state;
	if (!sample_read_real(&text)) {
		buf_release(&text);
		skip();
	}
	parse(buf_text(&text));
	assert_whole_page();
	assert_nothing_lost(buf_text(&text));
	buf_release(&text);
}

static void news__full_width_punctuation_means_the_same(void **state)
{
	const struct record *record;

	(void)state;
	parse("１４、教育界：《关于加大投入，优化 布局的“建议”》（Ａ类）\n"
	      "\n　　区教育局：一是：多给钱（见《办法》）。\r\n");
	record = by_number("１４");
	assert_string_equal(record->sector, "教育界");
	assert_string_equal(record->title, "关于加大投入，优化 布局的“建议”");
	assert_int_equal(of_class('A'), 1);
	assert_string_equal(record->main_unit, "区教育局");
	assert_string_equal(record->reply, "一是：多给钱（见《办法》）。");
	assert_int_equal(list.n_problems, 0);
}

static void news__a_title_may_hold_titles_and_spaces(void **state)
{
	(void)state;
	parse("3、妇联界:《关于落实《托育条例》,办好“一老 一小”的建议》(C)\n"
	      "区卫健局:已办。\n");
	assert_string_equal(by_number("3")->title,
			    "关于落实《托育条例》,办好“一老 一小”的建议");
	assert_int_equal(of_class('C'), 1);
}

static void news__the_first_of_several_units_is_the_main_one(void **state)
{
	(void)state;
	parse("3、妇联界:《关于校车的建议》(A类)\n"
	      "区教育局、区交警大队、区财政局:三家一起办。\n");
	assert_string_equal(by_number("3")->main_unit, "区教育局");
	assert_string_equal(by_number("3")->co_units, "区交警大队、区财政局");
}

static void news__a_reply_may_have_numbered_paragraphs(void **state)
{
	(void)state;
	parse("3、妇联界:《关于校车的建议》(A类)\n"
	      "区教育局:做了三件事:\n"
	      "1、买车:新车十辆;\n"
	      "2、修订《校车管理办法》;\n"
	      "3、《校车时刻表》\n"
	      "(一)以上均已完成。\n"
	      "4、妇联界:《关于哺乳室的建议》(B类)\n"
	      "区卫健局:在办。\n");
	assert_int_equal(list.n, 2);
	assert_int_equal(list.n_problems, 0);
	assert_string_equal(by_number("3")->reply,
			    "做了三件事:\n1、买车:新车十辆;\n"
			    "2、修订《校车管理办法》;\n3、《校车时刻表》\n"
			    "(一)以上均已完成。");
}

static void news__the_legend_is_no_entry(void **state)
{
	(void)state;
	parse("（“A”类已解决；“B”类列入计划；“C”类留作参考。）\n"
	      "1、农业界:《关于水渠的建议》(A类)\n区农业农村局:通水了。\n");
	assert_int_equal(list.n, 1);
	assert_int_equal(list.n_problems, 0);
}

static void news__the_session_is_read_in_words_or_figures(void **state)
{
	(void)state;
	parse("政协某市第十四届委员会第二次会议共收到提案 312 件。\n");
	assert_int_equal(list.facts.term, 14);
	assert_int_equal(list.facts.meeting, 2);
	assert_int_equal(list.facts.received, 312);
	assert_string_equal(list.facts.committee, "政协某市");
	parse("县政协十届23次会议共收到提案５４件\n");
	assert_int_equal(list.facts.term, 10);
	assert_int_equal(list.facts.meeting, 23);
	assert_int_equal(list.facts.received, 54);
}

static void news__a_figure_that_is_not_stated_is_not_zero(void **state)
{
	(void)state;
	parse("区政协二届一次会议立案提案 30 件。\n");
	assert_int_equal(list.facts.filed, 30);
	assert_int_equal(list.facts.received, RECORD_NONE);
	assert_int_equal(list.facts.key, RECORD_NONE);
	assert_int_equal(list.facts.led, RECORD_NONE);
}

static void news__every_line_not_taken_is_named(void **state)
{
	struct buf text = BUF_INIT;

	(void)state;
	sample_read(&text, "dirty-page.txt");
	parse(buf_text(&text));
	assert_int_equal(list.n, 7);
	assert_problem(5, "before the first entry");
	assert_problem(13, "class is missing");
	assert_problem(17, "no title");
	assert_problem(19, "belongs to line 17");
	assert_problem(21, "no closing");
	assert_problem(23, "belongs to line 21");
	assert_problem(27, "no unit");
	assert_problem(29, "line 9");
	assert_problem(31, "belongs to line 29");
	assert_problem(33, "sponsor group");
	assert_problem(43, "no number");
	assert_problem(45, "belongs to line 43");
	assert_problem(51, "no paragraph");
	assert_problem(53, "reply is empty");
	assert_null(problem_at(9));
	assert_null(problem_at(11));
	assert_null(problem_at(35));
	assert_true(problem_at(5)->note);
	assert_false(problem_at(17)->note);
	buf_release(&text);
}

static void news__a_missing_class_concerns_replies_only(void **state)
{
	(void)state;
	parse("1、农业界:《关于水渠的建议》\n区农业农村局:通水了。\n");
	assert_int_equal(list.n, 1);
	assert_int_equal(list.n_problems, 1);
	assert_int_equal(list.problems[0].parts, RECORD_REPLY);
	assert_int_equal(list.problems[0].record, 0);
}

static void news__a_page_short_of_entries_is_noted(void **state)
{
	(void)state;
	parse("区政协二届一次会议确定重点提案2件。\n"
	      "1、农业界:《关于水渠的建议》(A类)\n区农业农村局:通水了。\n");
	assert_problem(1, "2 key proposals");
	assert_true(list.items[0].is_key);
}

static void news__text_that_is_not_utf8_is_refused_by_line(void **state)
{
	static const char gbk[] = "第一行\n\xc7\xf8\xd5\xfe\n";
	struct err err = {0};

	(void)state;
	assert_int_equal(news_parse(&list, gbk, sizeof(gbk) - 1, &err),
			 ERR_INPUT);
	assert_non_null(strstr(err.text, "line 2"));
}

static void news__every_beginning_of_a_page_is_read_or_refused(void **state)
{
	struct buf text = BUF_INIT;
	struct err err = {0};

	(void)state;
	sample_read(&text, "dirty-page.txt");
	for (size_t len = 0; len <= text.len; len++) {
		char *copy = malloc(len + 1); /* its end is watched by ASan */
		int rc;

		assert_non_null(copy);
		memcpy(copy, text.data, len);
		record_list_release(&list);
		rc = news_parse(&list, copy, len, &err);
		assert_true(rc == 0 || rc == ERR_INPUT);
		free(copy);
	}
	buf_release(&text);
}

static void record__a_number_gives_its_part_of_a_key(void **state)
{
	static const char *const cases[][2] = {
		{"14", "014"},		{"第014号", "014"},
		{"第 1 号", "001"},	{"１４", "014"},
		{"0", "000"},		{"B078", "B078"},
		{"2017009", "2017009"}, {"20250688", "20250688"},
		{"0014", "014"},	{"会前-3", NULL},
		{"七", "007"},		{"", NULL},
		{"一、", "001"},	{"（十四）", "014"},
		{"14.", "014"},		{"一期", NULL},
		{"14号附", NULL},	{"-3", NULL},
		{"1/2", NULL},
	};
	char out[RECORD_NUMBER_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		bool ok = record_number(out, cases[i][0]);

		assert_int_equal(ok, cases[i][1] != NULL);
		if (ok)
			assert_string_equal(out, cases[i][1]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(news__the_sample_page_is_read_whole),
		cmocka_unit_test(news__the_real_page_is_read_whole),
		cmocka_unit_test(news__full_width_punctuation_means_the_same),
		cmocka_unit_test(news__a_title_may_hold_titles_and_spaces),
		cmocka_unit_test(
			news__the_first_of_several_units_is_the_main_one),
		cmocka_unit_test(news__a_reply_may_have_numbered_paragraphs),
		cmocka_unit_test(news__the_legend_is_no_entry),
		cmocka_unit_test(news__the_session_is_read_in_words_or_figures),
		cmocka_unit_test(news__a_figure_that_is_not_stated_is_not_zero),
		cmocka_unit_test(news__every_line_not_taken_is_named),
		cmocka_unit_test(news__a_missing_class_concerns_replies_only),
		cmocka_unit_test(news__a_page_short_of_entries_is_noted),
		cmocka_unit_test(
			news__text_that_is_not_utf8_is_refused_by_line),
		cmocka_unit_test(
			news__every_beginning_of_a_page_is_read_or_refused),
		cmocka_unit_test(record__a_number_gives_its_part_of_a_key),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
