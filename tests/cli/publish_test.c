/* publish_test.c - what an office puts before the public. */
#include "cli/publish/publish.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cli/import/import.h"
#include "cli/import/news.h"
#include "tests/cli/sample_helper.h"

static struct sample sample;
static struct publication publication;
static struct buf page;

/* The list as imported: what the outputs must hold. */
static struct record_list list;

static void import_text(const char *text)
{
	struct import_options options = {0};
	struct import_report report;
	struct err err = {0};

	record_list_release(&list);
	if (news_parse(&list, text, strlen(text), &err) != 0 ||
	    import_list(&report, sample.replica, &list, &options, &err) != 0)
		fail_msg("%s", err.text);
}

static int set_up(void **state)
{
	struct buf text = BUF_INIT;

	(void)state;
	record_list_init(&list);
	sample_open(&sample, REPLICA_OFFICE);
	sample_read(&text, "key-proposals.txt");
	import_text(buf_text(&text));
	buf_release(&text);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	publish_release(&publication);
	buf_release(&page);
	record_list_release(&list);
	sample_close(&sample);
	return 0;
}

typedef int write_fn(struct buf *out, const struct publication *publication,
		     struct err *err);

static void publish(write_fn *write)
{
	struct err err = {0};

	publish_release(&publication);
	buf_clear(&page);
	if (publish_load(&publication, sample.replica, NULL, "2022-03-01",
			 &err) != 0 ||
	    write(&page, &publication, &err) != 0)
		fail_msg("%s", err.text);
}

/* What a browser shows of HTML: no tags, no style or script, entities
 * resolved, white space left out. */
static void shown_html(struct buf *out, const char *html)
{
	static const struct {
		const char *entity;
		const char *text;
	} entities[] = {{"&amp;", "&"},
			{"&lt;", "<"},
			{"&gt;", ">"},
			{"&quot;", "\""},
			{"&#39;", "'"}};
	struct buf plain = BUF_INIT;

	while (*html != '\0') {
		size_t i = 0;

		if (strncmp(html, "<style>", 7) == 0)
			html = strstr(html, "</style>");
		if (strncmp(html, "<script>", 8) == 0)
			html = strstr(html, "</script>");
		if (*html == '<') {
			html = strchr(html, '>') + 1;
			continue;
		}
		while (i < 5 && strncmp(html, entities[i].entity,
					strlen(entities[i].entity)) != 0)
			i++;
		buf_adds(&plain, i < 5 ? entities[i].text : "");
		if (i < 5)
			html += strlen(entities[i].entity);
		else
			buf_addc(&plain, *html++);
	}
	sample_squeeze(out, buf_text(&plain));
	buf_release(&plain);
}

static void shown_md(struct buf *out, const char *md)
{
	struct buf plain = BUF_INIT;

	for (; *md != '\0'; md++) {
		if (*md == '\\' && md[1] != '\0')
			md++;
		buf_addc(&plain, *md);
	}
	sample_squeeze(out, buf_text(&plain));
	buf_release(&plain);
}

static void assert_shown(const char *shown, const char *text)
{
	struct buf want = BUF_INIT;

	sample_squeeze(&want, text);
	if (strstr(shown, buf_text(&want)) == NULL)
		fail_msg("not shown: %s", buf_text(&want));
	buf_release(&want);
}

static void assert_all_shown(const char *shown)
{
	for (size_t i = 0; i < list.n; i++) {
		assert_shown(shown, list.items[i].title);
		assert_shown(shown, list.items[i].main_unit);
		assert_shown(shown, list.items[i].class_text);
		assert_shown(shown, list.items[i].reply);
	}
}

static void publish__the_page_holds_every_character(void **state)
{
	struct buf shown = BUF_INIT;

	(void)state;
	publish(publish_html);
	shown_html(&shown, buf_text(&page));
	assert_int_equal(list.n, 20);
	assert_all_shown(buf_text(&shown));
	buf_release(&shown);
}

static void publish__markdown_holds_every_character(void **state)
{
	struct buf shown = BUF_INIT;

	(void)state;
	publish(publish_md);
	shown_md(&shown, buf_text(&page));
	assert_all_shown(buf_text(&shown));
	buf_release(&shown);
}

static void publish__the_real_page_comes_out_whole(void **state)
{
	struct buf text = BUF_INIT;
	struct buf shown = BUF_INIT;

	(void)state;
	if (!sample_read_real(&text)) {
		buf_release(&text);
		skip();
	}
	sample_close(&sample);
	sample_open(&sample, REPLICA_OFFICE);
	import_text(buf_text(&text));
	publish(publish_html);
	shown_html(&shown, buf_text(&page));
	assert_int_equal(publication.n, 20);
	assert_int_equal(publication.replied, 20);
	assert_all_shown(buf_text(&shown));
	buf_release(&shown);
	buf_release(&text);
}

static void publish__figures_are_those_of_the_source(void **state)
{
	(void)state;
	publish(publish_json);
	assert_int_equal(publication.n, 20);
	assert_int_equal(publication.received, 54);
	assert_int_equal(publication.filed, 48);
	assert_int_equal(publication.key, 20);
	assert_int_equal(publication.led, 15);
	assert_int_equal(publication.supervised, 5);
	assert_int_equal(publication.replied, 20);
	assert_int_equal(publication.n_units, 13);
	assert_int_equal(publication.n_sectors, 15);
	assert_int_equal(publication.classes[0].count, 18);
	assert_int_equal(publication.classes[1].count, 2);
	assert_int_equal(publication.classes[2].count, 0);
	assert_string_equal(publication.units[0].name, "区经信科技局");
	assert_int_equal(publication.units[0].total, 4);
	assert_int_equal(publication.units[0].by_class[1], 1);
}

static void publish__markup_in_a_value_is_only_text(void **state)
{
	struct buf shown = BUF_INIT;
	static const char evil[] = "</p><script>alert('1&2')</script>\"";

	(void)state;
	sample_edit(&sample,
		    "UPDATE proposal SET title = '<b onclick=\"x\">&amp; 题',"
		    " sector = '\"><img src=x>' WHERE key = '1-1-001';"
		    "UPDATE handling SET draft = '</p><script>alert(''1&2'')"
		    "</script>\"' WHERE proposal = '1-1-001';"
		    "UPDATE unit SET name = '<i>局</i>' WHERE code ="
		    " '区消防救援大队'");
	sample_submit(&sample);
	publish(publish_html);
	assert_null(strstr(buf_text(&page), "<script>alert"));
	assert_null(strstr(buf_text(&page), "<b onclick"));
	assert_null(strstr(buf_text(&page), "<img"));
	assert_null(strstr(buf_text(&page), "<i>"));
	shown_html(&shown, buf_text(&page));
	assert_shown(buf_text(&shown), evil);
	assert_shown(buf_text(&shown), "<b onclick=\"x\">&amp; 题");
	buf_release(&shown);
}

static void publish__no_cell_of_the_table_is_a_formula(void **state)
{
	static const char *const titles[] = {
		"=HYPERLINK(A1)", "+1",	   "-1",  "@SUM(A1)", "\t=1",
		"  =1",		  "＝1+1", "＋1", "－1",      "＠A1"};

	(void)state;
	for (size_t i = 0; i < sizeof(titles) / sizeof(titles[0]); i++) {
		char sql[256];
		char cell[64];

		snprintf(sql, sizeof(sql),
			 "UPDATE proposal SET title = 'x%s' WHERE key ="
			 " '1-1-001';UPDATE proposal SET title ="
			 " substr(title, 2) WHERE key = '1-1-001'",
			 titles[i]);
		sample_edit(&sample, sql);
		publish(publish_csv);
		snprintf(cell, sizeof(cell), "\"'%s\"",
			 titles[i] + strspn(titles[i], " \t"));
		snprintf(sql, sizeof(sql), "\"'%s\"", titles[i]);
		if (strstr(buf_text(&page), cell) == NULL &&
		    strstr(buf_text(&page), sql) == NULL)
			fail_msg("%s", titles[i]);
	}
	sample_edit(&sample, "UPDATE proposal SET title = '甲=乙' WHERE key ="
			     " '1-1-001'");
	publish(publish_csv);
	assert_non_null(strstr(buf_text(&page), "\"甲=乙\""));
}

static void publish__the_page_fetches_nothing(void **state)
{
	(void)state;
	publish(publish_html);
	assert_null(strstr(buf_text(&page), "http:"));
	assert_null(strstr(buf_text(&page), "https:"));
	assert_null(strstr(buf_text(&page), "src="));
	assert_null(strstr(buf_text(&page), "@import"));
	assert_null(strstr(buf_text(&page), "url("));
}

static void publish__what_is_not_for_the_public_stays(void **state)
{
	static write_fn *const writers[] = {publish_html, publish_md,
					    publish_json};

	(void)state;
	sample_edit(&sample,
		    "INSERT INTO contact(proposal, unit, id, people, result)"
		    " VALUES ('1-1-014', 'office', 'c1', '联系人甲',"
		    " '面商记录乙');"
		    "UPDATE proposal SET body = '提案正文丙', review_reason ="
		    " '审查理由丁', due_rule = '期限依据戊'");
	for (size_t i = 0; i < 3; i++) {
		publish(writers[i]);
		assert_null(strstr(buf_text(&page), "联系人甲"));
		assert_null(strstr(buf_text(&page), "面商记录乙"));
		assert_null(strstr(buf_text(&page), "提案正文丙"));
		assert_null(strstr(buf_text(&page), "审查理由丁"));
		assert_null(strstr(buf_text(&page), "期限依据戊"));
	}
}

static void publish__a_field_the_schema_keeps_in_stays(void **state)
{
	struct err err = {0};
	char path[300];

	(void)state;
	assert_int_equal(db_exec(replica_db(sample.replica),
				 "UPDATE _field SET publish = 0 WHERE name ="
				 " 'sector'",
				 &err),
			 0);
	/* The schema is read when a replica is opened. */
	snprintf(path, sizeof(path), "%s/tian.db", sample.folder);
	replica_close(sample.replica);
	assert_int_equal(replica_open(&sample.replica, path, &err), 0);
	publish(publish_html);
	assert_int_equal(publication.n_sectors, 0);
	assert_null(strstr(buf_text(&page), "社科和科协界"));
}

static void publish__withheld_proposals_are_left_out_and_counted(void **state)
{
	(void)state;
	sample_edit(&sample,
		    "UPDATE proposal SET publicity = 'withheld' WHERE key ="
		    " '1-1-001';"
		    "UPDATE proposal SET publicity = 'request' WHERE key ="
		    " '1-1-002';"
		    "UPDATE proposal SET withdrawn = 1 WHERE key = '1-1-003';"
		    "UPDATE proposal SET review = 'rejected' WHERE key ="
		    " '1-1-004'");
	publish(publish_html);
	assert_int_equal(publication.n, 16);
	assert_int_equal(publication.withheld, 2);
	assert_null(strstr(buf_text(&page), "消防意识"));
	assert_non_null(strstr(buf_text(&page), "另有 2 件"));
}

static void publish__of_an_extract_only_the_public_text_goes_out(void **state)
{
	(void)state;
	sample_edit(&sample, "UPDATE proposal SET publicity = 'extract' WHERE"
			     " key IN ('1-1-014', '1-1-006');"
			     "UPDATE proposal SET public_text = '摘要在此。'"
			     " WHERE key = '1-1-014'");
	publish(publish_html);
	assert_int_equal(publication.n, 19);
	assert_int_equal(publication.withheld, 1);
	assert_non_null(strstr(buf_text(&page), "摘要在此。"));
	assert_null(strstr(buf_text(&page), "名校与新校结成"));
}

static void publish__a_co_units_opinion_stays_in_the_house(void **state)
{
	(void)state;
	sample_edit(&sample,
		    "INSERT INTO handling(proposal, unit, role, draft) VALUES"
		    " ('1-1-014', '区人社局', 'co', '会办意见不公开')");
	publish(publish_html);
	assert_null(strstr(buf_text(&page), "会办意见不公开"));
	assert_non_null(strstr(buf_text(&page), "会办：区人社局"));
}

/* What a list brings is submitted. */
static void publish__a_reply_goes_out_only_as_it_was_submitted(void **state)
{
	(void)state;
	sample_edit(&sample,
		    "UPDATE handling SET draft = '尚在起草',"
		    " class_proposed = 'C' WHERE proposal = '1-1-014'");
	publish(publish_json);
	assert_int_equal(publication.unsubmitted, 1);
	assert_int_equal(publication.replied, 19);
	assert_int_equal(publication.classes[2].count, 0);
	assert_null(strstr(buf_text(&page), "尚在起草"));
	sample_submit(&sample);
	publish(publish_json);
	assert_int_equal(publication.unsubmitted, 0);
	assert_int_equal(publication.replied, 20);
	assert_non_null(strstr(buf_text(&page), "尚在起草"));
}

static void publish__the_confirmed_class_beats_the_units(void **state)
{
	(void)state;
	sample_edit(&sample, "UPDATE proposal SET class_confirmed = 'C' WHERE"
			     " key = '1-1-014'");
	publish(publish_json);
	assert_int_equal(publication.classes[0].count, 17);
	assert_int_equal(publication.classes[2].count, 1);
}

static void publish__an_unanswered_proposal_says_so(void **state)
{
	(void)state;
	sample_edit(&sample, "UPDATE handling SET draft = NULL WHERE proposal"
			     " = '1-1-014'");
	publish(publish_html);
	assert_int_equal(publication.replied, 19);
	assert_non_null(strstr(buf_text(&page), "尚未答复"));
}

static void publish__a_session_without_proposals_says_so(void **state)
{
	(void)state;
	sample_edit(&sample, "UPDATE proposal SET withdrawn = 1");
	publish(publish_html);
	assert_non_null(strstr(buf_text(&page), "暂无可公布的提案"));
	assert_null(strstr(buf_text(&page), "<table"));
	assert_null(strstr(buf_text(&page), "<select"));
}

static void publish__a_class_is_shown_where_separate_units_agree(void **state)
{
	(void)state;
	sample_edit(
		&sample,
		"INSERT INTO handling(proposal, unit, role, draft,"
		" class_proposed) SELECT '1-1-014', code, 'split', '已办。',"
		" 'A' FROM unit WHERE name = '区人社局'");
	sample_submit(&sample);
	publish(publish_html);
	assert_int_equal(publication.classes[0].count, 18);
	sample_edit(&sample, "UPDATE handling SET class_proposed = 'C' WHERE"
			     " proposal = '1-1-014' AND role = 'split'");
	publish(publish_html);
	assert_int_equal(publication.classes[0].count, 17);
	assert_int_equal(publication.classes[2].count, 0);
	assert_non_null(strstr(buf_text(&page), "未定类别"));
}

static void publish__dates_are_written_as_an_office_does(void **state)
{
	(void)state;
	publish(publish_html);
	assert_non_null(strstr(buf_text(&page), "公布日期：2022年3月1日"));
	publish(publish_md);
	assert_non_null(strstr(buf_text(&page), "公布日期：2022年3月1日"));
}

static void publish__markdown_takes_no_text_for_markup(void **state)
{
	(void)state;
	sample_edit(&sample,
		    "UPDATE handling SET draft = '# 一' || char(10) ||"
		    " '1. *二*' || char(10) || '- [三](x)' WHERE proposal ="
		    " '1-1-014'");
	sample_submit(&sample);
	publish(publish_md);
	assert_non_null(strstr(buf_text(&page), "\n\\# 一\n"));
	assert_non_null(strstr(buf_text(&page), "\n1\\. \\*二\\*\n"));
	assert_non_null(strstr(buf_text(&page), "\n\\- \\[三\\](x)\n"));
}

static void publish__an_unknown_session_is_refused(void **state)
{
	struct err err = {0};

	(void)state;
	assert_int_equal(publish_load(&publication, sample.replica, "9-9", NULL,
				      &err),
			 ERR_INPUT);
	assert_non_null(strstr(err.text, "9-9"));
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(publish__the_page_holds_every_character),
		TEST(publish__markdown_holds_every_character),
		TEST(publish__the_real_page_comes_out_whole),
		TEST(publish__figures_are_those_of_the_source),
		TEST(publish__markup_in_a_value_is_only_text),
		TEST(publish__no_cell_of_the_table_is_a_formula),
		TEST(publish__the_page_fetches_nothing),
		TEST(publish__what_is_not_for_the_public_stays),
		TEST(publish__a_field_the_schema_keeps_in_stays),
		TEST(publish__withheld_proposals_are_left_out_and_counted),
		TEST(publish__of_an_extract_only_the_public_text_goes_out),
		TEST(publish__a_co_units_opinion_stays_in_the_house),
		TEST(publish__a_reply_goes_out_only_as_it_was_submitted),
		TEST(publish__the_confirmed_class_beats_the_units),
		TEST(publish__an_unanswered_proposal_says_so),
		TEST(publish__a_session_without_proposals_says_so),
		TEST(publish__a_class_is_shown_where_separate_units_agree),
		TEST(publish__dates_are_written_as_an_office_does),
		TEST(publish__markdown_takes_no_text_for_markup),
		TEST(publish__an_unknown_session_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
