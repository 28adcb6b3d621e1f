/* register_test.c - a case's document: what it says, that a node's own part
 * has the same lines, and that stock YAML reads it. */
#include "sync/register/register.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <yaml.h>

#include "core/merge/apply.h"
#include "core/log/change_log.h"
#include "sync/register/prose.h"

/* ---- a replica filled by hand, stamps and all -------------------------- */

enum {
	UNIT = 2,
	CODE = 4,
	PROPOSAL = 10,
	HANDLING = 11,
	LEADER = 12,
	CONTACT = 13,
	FEEDBACK = 15
};
enum { VOID_ID = 1, VOID_REASON = 2, NAME = 3 };
enum { TITLE = 4, SECTOR = 7, IN_SESSION = 11, POSITION = 23, CASE_NO = 3 };
enum { ROLE = 3, PHONE = 7, DRAFT = 8, CLASS = 9 };

/* Noon of 30 May 2022 in China, and half past midnight the day after. */
static const uint64_t noon = 1653883200000;
static const uint64_t past_midnight = 1653928200000;

struct node {
	uint64_t origin;
	const char *site;
	const char *author;
	uint64_t seq;
	uint64_t ms; /* of its next change */
};

static struct replica *replica;
static struct node office;
static struct node edu;
static struct node edu_laptop;
static struct node hr;

/* Writes one field as `node` and applies it; gives its name. */
static struct change_id put_value(struct node *node, uint32_t entity,
				  const char *row, uint32_t field,
				  struct value value,
				  const struct change_id *base)
{
	struct change change = {
		.id = {node->origin, ++node->seq},
		.clock = node->ms << 16,
		.entity = entity,
		.field = field,
		.row = row,
		.row_len = strlen(row),
		.value = value,
		.bases = base,
		.n_bases = base ? 1 : 0,
	};
	struct batch batch = {.origin = node->origin,
			      .site = node->site,
			      .author = node->author,
			      .schema = 1,
			      .changes = &change,
			      .n_changes = 1};
	struct apply_options options = {0};
	struct apply_result result = {0};
	struct err err = {0};

	if (db_begin(replica_db(replica), &err) < 0 ||
	    apply_batch(replica, &batch, &options, &result, &err) < 0 ||
	    db_commit(replica_db(replica), &err) < 0)
		fail_msg("%u %s %u: %s", entity, row, field, err.text);
	apply_result_release(&result);
	return change.id;
}

static struct change_id put(struct node *node, uint32_t entity, const char *row,
			    uint32_t field, const char *text)
{
	return put_value(node, entity, row, field, value_text(text), NULL);
}

static int open_replica(void **state)
{
	struct err err = {0};

	(void)state;
	office = (struct node){0x1001, "office", "办公室", 0, noon};
	edu = (struct node){0x2001, "edu", "王芳", 0, noon};
	edu_laptop = (struct node){0x2002, "edu", "李明", 0, past_midnight};
	hr = (struct node){0x3001, "hr", "区人社局", 0, noon};
	if (replica_open_scratch(&replica, ":memory:", &err) < 0) {
		fprintf(stderr, "%s\n", err.text);
		return -1;
	}
	put(&office, UNIT, "office", NAME, "区政协提案委");
	put(&office, UNIT, "edu", NAME, "区教育局");
	put(&office, UNIT, "hr", NAME, "区人社局");
	return 0;
}

static int close_replica(void **state)
{
	(void)state;
	replica_close(replica);
	replica = NULL;
	return 0;
}

static char *whole(const char *key)
{
	struct buf out = BUF_INIT;
	struct err err = {0};

	if (register_render(&out, replica, key, &err) < 0)
		fail_msg("%s", err.text);
	return buf_take(&out);
}

/* Up to the last seq there can be. */
static struct change_id all_of(uint64_t origin)
{
	return (struct change_id){origin, (1ULL << 40) - 1};
}

static char *own(const char *key, const struct node *node)
{
	struct buf out = BUF_INIT;
	struct err err = {0};

	if (register_render_own(&out, replica, key, all_of(node->origin),
				&err) < 0)
		fail_msg("%s", err.text);
	return buf_take(&out);
}

static void assert_whole(const char *expected)
{
	char *text = whole("1-1-014");

	assert_string_equal(text, expected);
	free(text);
}

/* The case of the documents' examples. */
static void put_case(void)
{
	put(&office, PROPOSAL, "1-1-014", TITLE, "关于推进“双减”的建议");
	put(&office, PROPOSAL, "1-1-014", SECTOR, "教育界");
	put(&office, HANDLING, "1-1-014/edu", ROLE, "main");
	put(&office, HANDLING, "1-1-014/hr", ROLE, "co");
	put(&edu, HANDLING, "1-1-014/edu", DRAFT,
	    "第一句。第二句：“好。”\n第二段。");
	put(&edu, HANDLING, "1-1-014/edu", CLASS, "A");
	put(&edu, HANDLING, "1-1-014/edu", PHONE, "13800000000");
}

/* ---- path -------------------------------------------------------------- */

static void assert_path(const char *key, const char *expected)
{
	struct buf out = BUF_INIT;
	struct err err = {0};

	assert_int_equal(register_path(&out, key, &err), 0);
	assert_string_equal(buf_text(&out), expected);
	buf_release(&out);
}

static void register__a_key_gives_a_path(void **state)
{
	(void)state;
	assert_path("1-1-014", "register/1-1/014.yaml");
	assert_path("15-2-B078", "register/15-2/B078.yaml");
	assert_path("钱塘-1-1-第001号", "register/钱塘-1-1/第001号.yaml");
	assert_path("1-1-a.b_c", "register/1-1/a.b_c.yaml");
}

static void register__a_key_that_is_no_file_name_is_refused(void **state)
{
	static const char *const bad[] = {"",	      "1",	  "1-1",
					  "1-1-",     "-1-1",	  "1--1",
					  "1-1-..",   "1-1-.git", "..-1-1",
					  "1-1-a/b",  "1-1-a b",  "1-1-\n",
					  "1-1-a\\b", "1-1.-1",	  "1-1-x.",
					  "1-1-*",    "1-1-a:b",  "1-1-\xff",
					  "1-1-é",    "1-1-\x7f", "/1-1-1"};
	struct buf out = BUF_INIT;
	struct err err = {0};
	char long_key[400] = "1-1-";

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_int_equal(register_path(&out, bad[i], &err), ERR_INPUT);
	memset(long_key + 4, 'x', 200);
	assert_int_equal(register_path(&out, long_key, &err), ERR_INPUT);
	assert_int_equal(out.len, 0);
	buf_release(&out);
}

/* ---- the whole document ------------------------------------------------ */

static void register__a_case_reads_as_specified(void **state)
{
	(void)state;
	put_case();
	assert_whole("提案: 1-1-014\n"
		     "案由: 关于推进“双减”的建议\n"
		     "界别: 教育界\n"
		     "状态: 草稿\n"
		     "承办:\n"
		     "  - 单位: 区教育局 (edu)\n"
		     "    分工: 主办\n"
		     "    电话: \"13800000000\"\n"
		     "    答复正文: |-\n"
		     "      第一句。\n"
		     "      第二句：“好。”\n"
		     "\n"
		     "      第二段。\n"
		     "    拟定类别: A类\n"
		     "  - 单位: 区人社局 (hr)\n"
		     "    分工: 会办\n");
}

static void register__numbers_and_truths_have_words(void **state)
{
	(void)state;
	put_value(&office, PROPOSAL, "1-1-014", IN_SESSION, value_int(1), NULL);
	put_value(&office, PROPOSAL, "1-1-014", POSITION, value_int(14), NULL);
	put(&office, PROPOSAL, "1-1-014", CASE_NO, "014");
	assert_whole("提案: 1-1-014\n"
		     "案号: \"014\"\n"
		     "会间: 是\n"
		     "刊登次序: 14\n"
		     "状态: 已提交\n");
}

static void register__a_field_set_to_nothing_is_left_out(void **state)
{
	struct change_id title;

	(void)state;
	title = put(&office, PROPOSAL, "1-1-014", TITLE, "关于");
	put_value(&office, PROPOSAL, "1-1-014", TITLE, value_text(NULL),
		  &title);
	assert_whole("提案: 1-1-014\n状态: 草稿\n");
}

static void register__rows_that_hold_nothing_yet_are_named(void **state)
{
	(void)state;
	put(&office, PROPOSAL, "1-1-014", 0, NULL);
	put(&office, HANDLING, "1-1-014/fa", 0, NULL);
	assert_whole("提案: 1-1-014\n"
		     "状态: 草稿\n"
		     "承办:\n"
		     "  - 单位: fa\n");
}

static void register__each_entity_names_its_rows_by_its_keys(void **state)
{
	(void)state;
	put(&office, LEADER, "1-1-014/张三", 4, "lead");
	put(&edu, CONTACT, "1-1-014/edu/1", 3, "2022-04-01");
	put(&edu, CONTACT, "1-1-014/edu/1", 4, "visit");
	put(&office, FEEDBACK, "1-1-014/教育界/1", 3, "satisfied");
	assert_whole("提案: 1-1-014\n"
		     "领导:\n"
		     "  - 姓名: 张三\n"
		     "    方式: 领办\n"
		     "沟通:\n"
		     "  - 单位: 区教育局 (edu)\n"
		     "    编号: \"1\"\n"
		     "    时间: 2022-04-01\n"
		     "    方式: 上门走访\n"
		     "征询意见:\n"
		     "  - 提案人: 教育界\n"
		     "    轮次: \"1\"\n"
		     "    办理过程: 满意\n");
}

static void register__a_voided_row_stays_and_says_why(void **state)
{
	struct change_id role;

	(void)state;
	put(&office, PROPOSAL, "1-1-014", SECTOR, "教育界");
	role = put(&office, HANDLING, "1-1-014/edu", ROLE, "main");
	put_value(&office, HANDLING, "1-1-014/edu", VOID_ID, value_int(1),
		  &role);
	put(&office, HANDLING, "1-1-014/edu", VOID_REASON, "改由人社局主办");
	put(&office, HANDLING, "1-1-014/hr", ROLE, "main");
	assert_whole("提案: 1-1-014\n"
		     "界别: 教育界\n"
		     "状态: 草稿\n"
		     "承办:\n"
		     "  - 单位: 区教育局 (edu)\n"
		     "    分工: 主办\n"
		     "    作废: 是\n"
		     "    作废理由: 改由人社局主办\n"
		     "  - 单位: 区人社局 (hr)\n"
		     "    分工: 主办\n");
}

static void
register__a_row_voided_unseen_is_a_conflict_of_one_head(void **state)
{
	(void)state;
	put(&edu, HANDLING, "1-1-014/edu", PHONE, "电话");
	put_value(&office, HANDLING, "1-1-014/edu", VOID_ID, value_int(1),
		  NULL);
	assert_whole(
		"提案: 1-1-014\n"
		"承办:\n"
		"  - 单位: 区教育局 (edu)\n"
		"    电话: 电话\n"
		"    作废: 是\n"
		"冲突:\n"
		"  - 承办 edu 作废 须人工裁定: 是 (区政协提案委 办公室 "
		"2022-05-30) / 另有互不知晓的修改：电话 电话 (区教育局 王芳 "
		"2022-05-30)\n");
}

static void register__a_field_of_a_newer_schema_is_told(void **state)
{
	(void)state;
	put(&office, HANDLING, "1-1-014/edu", ROLE, "main");
	put(&edu, HANDLING, "1-1-014/edu", 99, "一。\n二。");
	assert_whole("提案: 1-1-014\n"
		     "承办:\n"
		     "  - 单位: 区教育局 (edu)\n"
		     "    分工: 主办\n"
		     "    未知字段 11.99: \"一。\\n二。\"\n");
}

static void register__other_cases_are_not_in_it(void **state)
{
	char *text;

	(void)state;
	put_case();
	put(&office, PROPOSAL, "1-1-01", TITLE, "另一件");
	put(&office, HANDLING, "1-1-0141/hr", ROLE, "main");
	text = whole("1-1-01");
	assert_string_equal(text, "提案: 1-1-01\n案由: 另一件\n状态: 草稿\n");
	free(text);
}

static void register__a_case_that_is_not_known_is_missing(void **state)
{
	struct buf out = BUF_INIT;
	struct err err = {0};

	(void)state;
	put_case();
	buf_adds(&out, "before");
	assert_int_equal(register_render(&out, replica, "1-1-999", &err),
			 ERR_MISSING);
	assert_int_equal(register_render_own(&out, replica, "1-1-014",
					     all_of(hr.origin), &err),
			 ERR_MISSING);
	assert_int_equal(register_render_own(&out, replica, "1-1-014",
					     all_of(0x9999), &err),
			 ERR_MISSING);
	assert_string_equal(buf_text(&out), "before");
	buf_release(&out);
}

/* ---- conflicts --------------------------------------------------------- */

static void register__a_hard_conflict_names_both_and_their_days(void **state)
{
	char *text;

	(void)state;
	put_case();
	put(&edu_laptop, HANDLING, "1-1-014/edu", CLASS, "B");
	text = whole("1-1-014");
	assert_non_null(strstr(
		text, "\n冲突:\n"
		      "  - 承办 edu 拟定类别 须人工裁定: A类 (区教育局 王芳 "
		      "2022-05-30) / B类 (区教育局 李明 2022-05-31)\n"));
	free(text);
}

static void register__heads_that_agree_are_no_conflict(void **state)
{
	char *before;
	char *after;

	(void)state;
	put_case();
	before = whole("1-1-014");
	put(&edu_laptop, HANDLING, "1-1-014/edu", CLASS, "A");
	after = whole("1-1-014");
	assert_string_equal(before, after);
	free(before);
	free(after);
}

/* The office settles what two nodes of edu wrote: for B. */
static void decide(const struct change_id *bases, size_t n, const char *reason)
{
	struct change change = {.id = {0x1001, ++office.seq},
				.clock = (past_midnight + 1) << 16,
				.entity = HANDLING,
				.field = CLASS,
				.row = "1-1-014/edu",
				.row_len = strlen("1-1-014/edu"),
				.value = value_text("B"),
				.bases = bases,
				.n_bases = n,
				.reason = reason,
				.reason_len = strlen(reason)};
	struct batch batch = {.origin = 0x1001,
			      .site = "office",
			      .author = "办公室",
			      .schema = 1,
			      .changes = &change,
			      .n_changes = 1};
	struct apply_options options = {0};
	struct apply_result result = {0};
	struct err err = {0};

	assert_int_equal(db_begin(replica_db(replica), &err), 0);
	assert_int_equal(apply_batch(replica, &batch, &options, &result, &err),
			 0);
	assert_int_equal(db_commit(replica_db(replica), &err), 0);
	apply_result_release(&result);
}

static void register__a_decision_ends_the_conflict(void **state)
{
	struct change_id bases[2];
	char *text;

	(void)state;
	put_case();
	bases[0] = (struct change_id){edu.origin, 2};
	bases[1] = put(&edu_laptop, HANDLING, "1-1-014/edu", CLASS, "B");
	decide(bases, 2, "以盖章文本为准");
	text = whole("1-1-014");
	assert_non_null(strstr(text, "    拟定类别: B类\n"));
	assert_null(strstr(text, "冲突"));
	free(text);
}

static void
register__a_reopened_decision_tells_its_reason_and_what_came_late(void **state)
{
	struct change_id bases[2];
	struct node desk = {0x2003, "edu", "周全", 0, past_midnight};
	char *text;

	(void)state;
	put_case();
	bases[0] = (struct change_id){edu.origin, 2};
	bases[1] = put(&edu_laptop, HANDLING, "1-1-014/edu", CLASS, "B");
	decide(bases, 2, "以盖章文本为准");
	put(&desk, HANDLING, "1-1-014/edu", CLASS, "C");
	text = whole("1-1-014");
	assert_non_null(strstr(
		text, "\n冲突:\n"
		      "  - 承办 edu 拟定类别 已按规则取值: C类 (区教育局 周全 "
		      "2022-05-31 裁定时未见) / B类 (区政协提案委 办公室 "
		      "2022-05-31 裁定：以盖章文本为准)\n"));
	free(text);
}

static void register__rows_that_cannot_both_stand_are_told(void **state)
{
	char *text;

	(void)state;
	put_case();
	put(&office, HANDLING, "1-1-014/tyj", ROLE, "main");
	text = whole("1-1-014");
	assert_non_null(strstr(
		text, "\n冲突:\n"
		      "  - 有两个主办单位 须人工裁定: 承办 edu 分工 主办 "
		      "(区政协提案委 办公室 2022-05-30) / 承办 tyj 分工 主办 "
		      "(区政协提案委 办公室 2022-05-30)\n"));
	free(text);
}

static void register__a_number_given_twice_stands_at_both(void **state)
{
	static const char *const keys[] = {"1-1-014", "1-1-015"};

	(void)state;
	put(&office, PROPOSAL, "1-1-014", CASE_NO, "第7号");
	put(&office, PROPOSAL, "1-1-015", CASE_NO, "第7号");
	put(&office, PROPOSAL, "1-2-015", CASE_NO, "第7号");
	for (size_t i = 0; i < 2; i++) {
		char *text = whole(keys[i]);

		assert_non_null(strstr(
			text,
			"\n冲突:\n"
			"  - 两件提案同一案号 须人工裁定: 提案 1-1-014 案号 "
			"第7号 (区政协提案委 办公室 2022-05-30) / 提案 "
			"1-1-015 案号 第7号 (区政协提案委 办公室 "
			"2022-05-30)\n"));
		free(text);
	}
}

/* Two texts merged: what is shown no head holds, so the table is read. */
static void
register__a_merged_value_is_shown_as_the_table_shows_it(void **state)
{
	struct change_id base;
	char *text;

	(void)state;
	base = put(&edu, HANDLING, "1-1-014/edu", DRAFT,
		   "第一段。\n\n第二段。\n\n第三段。\n\n第四段。");
	put_value(&edu, HANDLING, "1-1-014/edu", DRAFT,
		  value_text("甲改。\n\n第二段。\n\n第三段。\n\n第四段。"),
		  &base);
	put_value(&edu_laptop, HANDLING, "1-1-014/edu", DRAFT,
		  value_text("第一段。\n\n第二段。\n\n第三段。\n\n乙改。"),
		  &base);
	text = whole("1-1-014");
	assert_non_null(strstr(text, "    答复正文: |-\n"
				     "      甲改。\n\n\n\n"
				     "      第二段。\n\n\n\n"
				     "      第三段。\n\n\n\n"
				     "      乙改。\n"));
	assert_non_null(strstr(text, "\n冲突:\n  - 承办 edu 答复正文 "));
	/* Long values are cut, on one line. */
	assert_non_null(strstr(text, "甲改。  第二段。  第三段。  第四段。 "
				     "(区教育局 王芳 2022-05-30) / "));
	free(text);
}

static void register__the_order_of_arrival_leaves_no_trace(void **state)
{
	char *texts[2];

	for (int i = 0; i < 2; i++) {
		put(&office, HANDLING, "1-1-014/edu", ROLE, "main");
		if (i == 0)
			put(&edu, HANDLING, "1-1-014/edu", CLASS, "A");
		put(&edu_laptop, HANDLING, "1-1-014/edu", CLASS, "B");
		if (i == 1)
			put(&edu, HANDLING, "1-1-014/edu", CLASS, "A");
		texts[i] = whole("1-1-014");
		close_replica(state);
		assert_int_equal(open_replica(state), 0);
	}
	assert_string_equal(texts[0], texts[1]);
	free(texts[0]);
	free(texts[1]);
}

/* ---- a node's own lines ------------------------------------------------ */

static void register__own_lines_are_those_the_node_wrote(void **state)
{
	char *text;

	(void)state;
	put_case();
	put(&hr, CONTACT, "1-1-014/hr/1", 3, "2022-04-02");
	text = own("1-1-014", &edu);
	assert_string_equal(text, "提案: 1-1-014\n"
				  "承办:\n"
				  "  - 单位: 区教育局 (edu)\n"
				  "    电话: \"13800000000\"\n"
				  "    答复正文: |-\n"
				  "      第一句。\n"
				  "      第二句：“好。”\n"
				  "\n"
				  "      第二段。\n"
				  "    拟定类别: A类\n");
	free(text);
	text = own("1-1-014", &hr);
	assert_string_equal(text, "提案: 1-1-014\n"
				  "沟通:\n"
				  "  - 单位: 区人社局 (hr)\n"
				  "    编号: \"1\"\n"
				  "    时间: 2022-04-02\n");
	free(text);
}

static void register__own_lines_are_the_last_written(void **state)
{
	struct change_id first;
	char *text;

	(void)state;
	first = put(&edu, HANDLING, "1-1-014/edu", CLASS, "A");
	put_value(&edu, HANDLING, "1-1-014/edu", CLASS, value_text("C"),
		  &first);
	text = own("1-1-014", &edu);
	assert_string_equal(text, "提案: 1-1-014\n"
				  "承办:\n"
				  "  - 单位: 区教育局 (edu)\n"
				  "    拟定类别: C类\n");
	free(text);
}

/* Every line of `part` stands in `text`, in the same order. */
static void assert_lines_within(const char *part, const char *text)
{
	while (*part) {
		size_t len = strcspn(part, "\n") + 1;

		while (*text && strncmp(text, part, len) != 0)
			text += strcspn(text, "\n") + 1;
		if (!*text)
			fail_msg("not in its place: %.*s", (int)len, part);
		text += len;
		part += len;
	}
}

static void
register__own_lines_stand_in_the_whole_in_the_same_order(void **state)
{
	const struct node *nodes[] = {&office, &edu, &hr};
	char *all;

	(void)state;
	put_case();
	put(&hr, HANDLING, "1-1-014/hr", DRAFT, "　　会办意见。\n\n同意。\n");
	put(&hr, CONTACT, "1-1-014/hr/1", 3, "2022-04-02");
	put(&edu, CONTACT, "1-1-014/edu/1", 3, "2022-04-01");
	put(&office, LEADER, "1-1-014/张三", 4, "lead");
	all = whole("1-1-014");
	for (size_t i = 0; i < sizeof(nodes) / sizeof(*nodes); i++) {
		char *part = own("1-1-014", nodes[i]);

		assert_lines_within(part, all);
		free(part);
	}
	free(all);
}

/* ---- stock YAML -------------------------------------------------------- */

/* Loads a document; fails on two equal keys in one mapping. */
static void load(yaml_document_t *document, const char *text)
{
	yaml_parser_t parser;

	assert_true(yaml_parser_initialize(&parser));
	yaml_parser_set_input_string(&parser, (const unsigned char *)text,
				     strlen(text));
	if (!yaml_parser_load(&parser, document))
		fail_msg("%s in:\n%s", parser.problem, text);
	yaml_parser_delete(&parser);
	for (yaml_node_t *node = document->nodes.start;
	     node < document->nodes.top; node++) {
		if (node->type != YAML_MAPPING_NODE)
			continue;
		for (yaml_node_pair_t *a = node->data.mapping.pairs.start;
		     a < node->data.mapping.pairs.top; a++)
			for (yaml_node_pair_t *b = a + 1;
			     b < node->data.mapping.pairs.top; b++)
				assert_string_not_equal(
					(char *)yaml_document_get_node(document,
								       a->key)
						->data.scalar.value,
					(char *)yaml_document_get_node(document,
								       b->key)
						->data.scalar.value);
	}
}

static const char *lookup(yaml_document_t *document, const char *label)
{
	for (yaml_node_t *node = document->nodes.start;
	     node < document->nodes.top; node++) {
		if (node->type != YAML_MAPPING_NODE)
			continue;
		for (yaml_node_pair_t *pair = node->data.mapping.pairs.start;
		     pair < node->data.mapping.pairs.top; pair++)
			if (strcmp((char *)yaml_document_get_node(document,
								  pair->key)
					   ->data.scalar.value,
				   label) == 0)
				return (char *)yaml_document_get_node(
					       document, pair->value)
					->data.scalar.value;
	}
	return NULL;
}

static void register__a_reader_of_yaml_gets_the_text_back(void **state)
{
	static const char *const drafts[] = {
		"第一句。第二句。\n\n　　第三句：“好。”\n",
		"  two: [a] # b\n\t- c。 d",
		"\n\n开头。\n\n\n",
		"一\r\n二",
		"单句",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(drafts) / sizeof(*drafts); i++) {
		yaml_document_t document;
		struct buf back = BUF_INIT;
		const char *value;
		char *text;

		put(&edu, HANDLING, "1-1-014/edu", DRAFT, drafts[i]);
		text = whole("1-1-014");
		load(&document, text);
		value = lookup(&document, "答复正文");
		assert_non_null(value);
		prose_unwrap(&back, value, strlen(value));
		assert_string_equal(buf_text(&back), drafts[i]);
		yaml_document_delete(&document);
		buf_release(&back);
		free(text);
		close_replica(state);
		assert_int_equal(open_replica(state), 0);
	}
}

static struct value value_for(const struct field *field, sqlite3_stmt *codes)
{
	switch (field->type) {
	case FIELD_INT:
		return value_int(5);
	case FIELD_BOOL:
		return value_int(0);
	case FIELD_DATE:
		return value_text("2022-06-30");
	case FIELD_TIME:
		return value_text("2022-06-30T09:15:00Z");
	case FIELD_UNIT:
		return value_text("edu");
	case FIELD_CODE:
		sqlite3_reset(codes);
		sqlite3_bind_text(codes, 1, field->list, -1, SQLITE_STATIC);
		assert_int_equal(sqlite3_step(codes), SQLITE_ROW);
		return value_text((const char *)sqlite3_column_text(codes, 0));
	default:
		return value_text("x");
	}
}

/* Every field of every entity of the case, as the shipped schema has them:
 * no two labels of one mapping are the same. */
static void register__every_field_has_a_label_of_its_own(void **state)
{
	const struct schema *schema = replica_schema(replica);
	sqlite3_stmt *codes = NULL;
	yaml_document_t document;
	struct err err = {0};
	size_t fields = 0;
	size_t lines = 0;
	char *text;

	(void)state;
	assert_int_equal(db_prepare(&codes, replica_db(replica),
				    "SELECT code FROM code WHERE list = ?",
				    &err),
			 0);
	for (size_t i = 0; i < schema->n_entities; i++) {
		const struct entity *entity = &schema->entities[i];
		char row[64] = "1-1-014";

		if (entity->scope != SCOPE_CASE)
			continue;
		for (size_t k = 1; k < entity->n_keys; k++)
			strcat(row,
			       (int)k == entity->owner_key ? "/edu" : "/1");
		for (size_t k = 0; k < entity->n_fields; k++)
			put_value(&edu, entity->id, row, entity->fields[k].id,
				  value_for(&entity->fields[k], codes), NULL);
		fields += entity->n_fields;
		lines += entity->n_keys > 1 ? entity->n_keys : 1;
	}
	sqlite3_finalize(codes);
	text = whole("1-1-014");
	load(&document, text);
	yaml_document_delete(&document);
	/* One line for each, one more for each long text, and the status. */
	for (const char *at = text; *at; at++)
		lines -= *at == '\n';
	for (size_t i = 0; i < schema->n_entities; i++)
		for (size_t k = 0; k < schema->entities[i].n_fields; k++)
			if (schema->entities[i].scope == SCOPE_CASE &&
			    schema->entities[i].fields[k].type == FIELD_LONG)
				fields++;
	assert_int_equal(lines + fields + 1, 0);
	free(text);
}

#define fresh(test) \
	cmocka_unit_test_setup_teardown(test, open_replica, close_replica)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(register__a_key_gives_a_path),
		cmocka_unit_test(
			register__a_key_that_is_no_file_name_is_refused),
		fresh(register__a_case_reads_as_specified),
		fresh(register__numbers_and_truths_have_words),
		fresh(register__a_field_set_to_nothing_is_left_out),
		fresh(register__rows_that_hold_nothing_yet_are_named),
		fresh(register__each_entity_names_its_rows_by_its_keys),
		fresh(register__a_voided_row_stays_and_says_why),
		fresh(register__a_row_voided_unseen_is_a_conflict_of_one_head),
		fresh(register__a_field_of_a_newer_schema_is_told),
		fresh(register__other_cases_are_not_in_it),
		fresh(register__a_case_that_is_not_known_is_missing),
		fresh(register__a_hard_conflict_names_both_and_their_days),
		fresh(register__heads_that_agree_are_no_conflict),
		fresh(register__a_decision_ends_the_conflict),
		fresh(register__a_reopened_decision_tells_its_reason_and_what_came_late),
		fresh(register__rows_that_cannot_both_stand_are_told),
		fresh(register__a_number_given_twice_stands_at_both),
		fresh(register__a_merged_value_is_shown_as_the_table_shows_it),
		fresh(register__the_order_of_arrival_leaves_no_trace),
		fresh(register__own_lines_are_those_the_node_wrote),
		fresh(register__own_lines_are_the_last_written),
		fresh(register__own_lines_stand_in_the_whole_in_the_same_order),
		fresh(register__a_reader_of_yaml_gets_the_text_back),
		fresh(register__every_field_has_a_label_of_its_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
