/* paper_test.c - the papers an office prints: what is on them, what is not. */
#include "cli/publish/paper.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cli/publish/publish.h"
#include "cli/publish/publish_table.h"
#include "tests/cli/desk_helper.h"

static struct desk office, edu;
static struct buf page;
static struct paper paper;

/* A case of two units and a late one; the unit fills in what must never be
 * printed: its contact and telephone number. */
static int set_up(void **state)
{
	(void)state;
	desk_open(&office, "office");
	desk_fill(&office);
	desk_sql(&office,
		 "UPDATE session SET committee = '区政协' WHERE key = '1-1';"
		 "UPDATE proposal SET sponsors = '赵一、钱二', class_confirmed"
		 " = 'B', publicity = 'withheld' WHERE key = '1-1-014';"
		 "UPDATE handling SET assigned_on = '2022-03-30', due ="
		 " '2022-06-30';"
		 "INSERT INTO handling(proposal, unit, role, assigned_on, due)"
		 " VALUES ('1-1-002', 'hr', 'main', '2022-03-30',"
		 "  '2022-07-08')");
	desk_open(&edu, "edu");
	desk_carry(&edu, &office);
	desk_sql(&edu,
		 "UPDATE handling SET draft = '已办<b>甲</b>。' || char(10) ||"
		 " '第二段。', contact_name = '沈联络', phone = '13900001111',"
		 " signer = '韩签发', doc_no = '教〔2022〕4号', signed_at ="
		 " '2022-06-01' WHERE unit = 'edu';"
		 "INSERT INTO contact(proposal, unit, id, people, result)"
		 " VALUES ('1-1-014', 'edu', 'c1', '杨面商', '当面谈过')");
	desk_carry(&office, &edu);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	paper_release(&paper);
	buf_release(&page);
	desk_close(&edu);
	desk_close(&office);
	return 0;
}

static void submit(void)
{
	desk_sql(&office,
		 "INSERT INTO event(proposal, unit, id, kind, at, target)"
		 " SELECT proposal, 'office', 'x1', 'submitted',"
		 " '2022-06-01T04:00:00Z', unit FROM handling"
		 " WHERE unit = 'edu'");
}

static int print(enum paper_kind kind, const char *unit, const char *key,
		 struct err *err)
{
	struct paper_options options = {.kind = kind,
					.session = key ? NULL : "1-1",
					.unit = unit,
					.key = key,
					.date = "2022-07-01"};
	int rc;

	paper_release(&paper);
	buf_clear(&page);
	rc = paper_load(&paper, office.replica, &options, err);
	return rc == 0 ? paper_html(&page, &paper, office.replica, err) : rc;
}

static void prints(enum paper_kind kind, const char *unit, const char *key,
		   size_t pages)
{
	struct err err = {0};

	if (print(kind, unit, key, &err) != 0)
		fail_msg("%s", err.text);
	assert_int_equal(paper.pages, pages);
}

static void holds(const char *text)
{
	if (!strstr(buf_text(&page), text))
		fail_msg("the page does not hold: %s", text);
}

static void holds_not(const char *text)
{
	if (strstr(buf_text(&page), text))
		fail_msg("the page holds: %s", text);
}

static void paper__no_paper_holds_what_is_not_published(void **state)
{
	static const char *const secrets[] = {"沈联络", "13900001111", "韩签发",
					      "杨面商", "当面谈过"};

	(void)state;
	for (int kind = 0; kind < N_PAPERS; kind++) {
		if (kind == PAPER_LETTER)
			submit();
		prints((enum paper_kind)kind, NULL, NULL,
		       kind == PAPER_ASSIGNMENT ? 2
		       : kind == PAPER_REMINDER ? 2
		       : kind == PAPER_FEEDBACK ? 2
						: 1);
		for (size_t i = 0; i < sizeof(secrets) / sizeof(secrets[0]);
		     i++)
			holds_not(secrets[i]);
	}
}

static void paper__a_letter_holds_what_was_submitted_and_no_draft(void **state)
{
	struct err err = {0};

	(void)state;
	assert_int_equal(print(PAPER_LETTER, NULL, "1-1-014", &err), ERR_INPUT);
	assert_non_null(strstr(err.text, "submitted"));
	assert_int_equal(paper.unsubmitted, 1);
	submit();
	prints(PAPER_LETTER, NULL, "1-1-014", 1);
	assert_int_equal(paper.unsubmitted, 0);
}

static void paper__a_letter_has_its_class_and_is_marked(void **state)
{
	(void)state;
	submit();
	prints(PAPER_LETTER, NULL, "1-1-014", 1);
	holds("<div class=\"class\">B</div>");
	holds("<div class=\"mark\">不公开</div>");
	holds("<span>关于区政协</span><span>一届一次</span>"
	      "<span>第014号提案的答复</span>");
	holds("赵一、钱二：");
	holds("教〔2022〕4号");
	holds("已办&lt;b&gt;甲&lt;/b&gt;。</p>\n<p>第二段。");
	holds("2022年6月1日");
	holds_not("<b>甲");
}

static void paper__an_assignment_list_is_of_one_unit(void **state)
{
	(void)state;
	prints(PAPER_ASSIGNMENT, "hr", NULL, 1);
	holds("下列 2 件提案交由你单位办理，其中主办或分办 1 件、会办 1 件");
	holds("课后服务");
	holds("养老");
	holds("2022年7月8日");
	prints(PAPER_ASSIGNMENT, "edu", NULL, 1);
	holds_not("养老");
}

static void paper__a_reminder_names_what_is_late_or_nearly_so(void **state)
{
	struct err err = {0};

	(void)state;
	prints(PAPER_REMINDER, "hr", NULL, 1);
	holds("还有 7 天");
	holds("逾期 1 天");
	/* Once replied to, nobody is reminded. */
	desk_sql(&office,
		 "INSERT INTO event(proposal, unit, id, kind, at) VALUES"
		 " ('1-1-014', 'office', 'e', 'submitted',"
		 "  '2022-06-01T01:00:00Z')");
	assert_int_equal(print(PAPER_REMINDER, "edu", NULL, &err), ERR_INPUT);
}

static void paper__a_form_is_for_the_sponsor_to_fill_in(void **state)
{
	(void)state;
	prints(PAPER_FEEDBACK, NULL, "1-1-014", 1);
	holds("征询意见表");
	holds("□ 基本满意");
	holds("承办单位不得代填");
}

static void paper__the_table_of_results_adds_up(void **state)
{
	(void)state;
	prints(PAPER_RESULTS, NULL, NULL, 1);
	holds("<td>合计</td><td class=\"n\">2</td><td class=\"n\">0</td>"
	      "<td class=\"n\">1</td>");
}

static void paper__nothing_to_print_is_said(void **state)
{
	struct err err = {0};

	(void)state;
	assert_int_equal(print(PAPER_LETTER, "hr", NULL, &err), ERR_INPUT);
	assert_int_equal(print(PAPER_LETTER, NULL, "9-9-001", &err), ERR_INPUT);
	assert_int_equal(paper_kind_named("letter"), PAPER_LETTER);
	assert_int_equal(paper_kind_named("leaflet"), N_PAPERS);
}

static void publication(struct publication *out)
{
	struct err err = {0};

	if (publish_load(out, office.replica, "1-1", "2022-07-01", &err) != 0)
		fail_msg("%s", err.text);
}

static void publish__a_table_holds_only_what_is_public(void **state)
{
	struct publication out;
	struct err err = {0};

	(void)state;
	publication(&out);
	assert_int_equal(publish_csv(&page, &out, &err), 0);
	/* 1-1-014 is withheld: neither title nor reply. */
	holds("养老");
	holds_not("课后服务");
	publish_release(&out);
	desk_sql(&office, "UPDATE proposal SET publicity = 'public'");
	submit();
	publication(&out);
	buf_clear(&page);
	assert_int_equal(publish_csv(&page, &out, &err), 0);
	holds("\"已办<b>甲</b>。\n第二段。\"\r\n");
	holds_not("13900001111");
	holds_not("沈联络");
	publish_release(&out);
}

static void publish__a_cell_is_never_a_formula(void **state)
{
	struct publication out;
	struct err err = {0};

	(void)state;
	desk_sql(&office,
		 "UPDATE proposal SET title = '=HYPERLINK(\"x\")' WHERE key ="
		 " '1-1-002'");
	publication(&out);
	assert_int_equal(publish_csv(&page, &out, &err), 0);
	holds("\"'=HYPERLINK(\"\"x\"\")\"");
	buf_clear(&page);
	assert_int_equal(publish_xlsx(&page, &out, &err), 0);
	assert_memory_equal(page.data, "PK\x03\x04", 4);
	publish_release(&out);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(paper__no_paper_holds_what_is_not_published),
		TEST(paper__a_letter_holds_what_was_submitted_and_no_draft),
		TEST(paper__a_letter_has_its_class_and_is_marked),
		TEST(paper__an_assignment_list_is_of_one_unit),
		TEST(paper__a_reminder_names_what_is_late_or_nearly_so),
		TEST(paper__a_form_is_for_the_sponsor_to_fill_in),
		TEST(paper__the_table_of_results_adds_up),
		TEST(paper__nothing_to_print_is_said),
		TEST(publish__a_table_holds_only_what_is_public),
		TEST(publish__a_cell_is_never_a_formula),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
