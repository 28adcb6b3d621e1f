/* yaml_writer_test.c - what is written, and that libyaml's parser, which is
 * not ours, reads exactly the text that went in, as text. */
#include "sync/register/yaml_writer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <yaml.h>

#include "core/base/utf8.h"

static void assert_text(const char *text, const char *expected)
{
	struct buf out = BUF_INIT;

	yaml_writer_text(&out, text, strlen(text));
	assert_string_equal(buf_text(&out), expected);
	buf_release(&out);
}

static void assert_block(const char *text, const char *expected)
{
	struct buf out = BUF_INIT;

	yaml_writer_block(&out, text, strlen(text), 4);
	assert_string_equal(buf_text(&out), expected);
	buf_release(&out);
}

static void yaml_writer__plain_text_stays_plain(void **state)
{
	static const char *const plain[] = {"区教育局 (edu)",
					    "1-1-014",
					    "2022-06-30",
					    "A类",
					    "关于“双减”的建议：第二稿",
					    "第001号",
					    "3个月",
					    "x#y",
					    "a:b",
					    "𠮷野家",
					    "2022年9月31日",
					    "杭政办〔2022〕5号"};

	(void)state;
	for (size_t i = 0; i < sizeof(plain) / sizeof(*plain); i++)
		assert_text(plain[i], plain[i]);
}

static void yaml_writer__what_yaml_would_misread_is_quoted(void **state)
{
	static const char *const quoted[] = {
		"",	 "001",	  "13800000000", "1.5",	 "1e5",	 "0x1F",
		"1_000", "12:30", "true",	 "Yes",	 "no",	 "NULL",
		"~",	 "- a",	  "a: b",	 "a #b", "#a",	 " a",
		"a ",	 "a:",	  "[a]",	 "{a}",	 "*a",	 "&a",
		"!a",	 "|",	  ">",		 "'a",	 "%a",	 "@a",
		"`a",	 "?",	  "=",		 "-1",	 "+1",	 ".5",
		".inf",	 "---",	  "...",	 "<<",	 "1e-5", "20220630"};

	(void)state;
	for (size_t i = 0; i < sizeof(quoted) / sizeof(*quoted); i++) {
		struct buf expected = BUF_INIT;

		buf_addf(&expected, "\"%s\"", quoted[i]);
		assert_text(quoted[i], buf_text(&expected));
		buf_release(&expected);
	}
}

static void yaml_writer__a_text_is_always_one_line(void **state)
{
	(void)state;
	assert_text("一\n二\t三\r", "\"一\\n二\\t三\\r\"");
	assert_text("\"a\\b", "\"\\\"a\\\\b\"");
	assert_text("a\x01\x7f", "\"a\\x01\\x7F\"");
	assert_text("a\xc2\x85", "\"a\\x85\"");
	assert_text("a\xe2\x80\xa8\xef\xbb\xbf", "\"a\\u2028\\uFEFF\"");
}

static void yaml_writer__a_block_holds_each_line(void **state)
{
	(void)state;
	assert_block("一。\n二。", "|-\n    一。\n    二。\n");
	assert_block("一\n\n二", "|-\n    一\n\n    二\n");
	assert_block("一\n", "|+\n    一\n");
	assert_block("一\n\n", "|+\n    一\n\n");
	assert_block("  一", "|2-\n      一\n");
	assert_block("\t一", "|2-\n    \t一\n");
	assert_block("\n\n一", "|2-\n\n\n    一\n");
	assert_block("# 一: - 二", "|-\n    # 一: - 二\n");
	assert_block("一 \n 二\t", "|-\n    一 \n     二\t\n");
	assert_block("𠮷", "|-\n    𠮷\n");
}

static void yaml_writer__what_no_block_can_hold_is_quoted(void **state)
{
	(void)state;
	assert_block("", "\"\"\n");
	assert_block("\n\n", "\"\\n\\n\"\n");
	assert_block("一\r\n二", "\"一\\r\\n二\"\n");
	assert_block("一\x01", "\"一\\x01\"\n");
}

/* ---- read back by libyaml ---------------------------------------------- */

/* Parses `document` and compares its scalars with texts, in order. */
static void assert_scalars(const struct buf *document, const struct buf *texts,
			   size_t n)
{
	yaml_parser_t parser;
	yaml_event_t event;
	size_t seen = 0;
	bool end = false;

	assert_true(yaml_parser_initialize(&parser));
	yaml_parser_set_input_string(
		&parser, (const unsigned char *)document->data, document->len);
	while (!end) {
		if (!yaml_parser_parse(&parser, &event))
			fail_msg("%s at line %zu of:\n%s", parser.problem,
				 parser.problem_mark.line, document->data);
		if (event.type == YAML_SCALAR_EVENT) {
			const char *value =
				(const char *)event.data.scalar.value;

			assert_in_range(seen, 0, n - 1);
			if (strcmp(value, buf_text(&texts[seen])) != 0)
				fail_msg("'%s' read as '%s' from:\n%s",
					 buf_text(&texts[seen]), value,
					 document->data);
			seen++;
		}
		end = event.type == YAML_STREAM_END_EVENT;
		yaml_event_delete(&event);
	}
	assert_int_equal(seen, n);
	yaml_parser_delete(&parser);
}

static uint32_t random_state = 7;

static void random_text(struct buf *out)
{
	static const char *const parts[] = {"\n",
					    "\n",
					    " ",
					    "  ",
					    "\t",
					    "-",
					    ":",
					    "#",
					    "甲",
					    "。",
					    "𠮷",
					    "a",
					    "1",
					    "'",
					    "\"",
					    "\\",
					    "|",
					    "?",
					    "[",
					    "}",
					    ",",
					    "---",
					    "...",
					    "true",
					    "&",
					    "*",
					    "!",
					    "%",
					    "\r",
					    "\x01",
					    "\xe2\x80\xa9",
					    "~"};
	enum { PARTS = sizeof(parts) / sizeof(*parts) };
	uint32_t len;

	random_state = random_state * 1664525 + 1013904223;
	len = (random_state >> 16) % 7;
	buf_clear(out);
	for (uint32_t i = 0; i < len; i++) {
		random_state = random_state * 1664525 + 1013904223;
		buf_adds(out, parts[(random_state >> 16) % PARTS]);
	}
}

/* key: text, list of mappings with a block in each, block last. */
static void yaml_writer__libyaml_reads_any_text_back(void **state)
{
	enum { TEXTS = 8 };
	struct buf texts[TEXTS];

	(void)state;
	for (int i = 0; i < TEXTS; i++)
		texts[i] = (struct buf)BUF_INIT;
	for (int round = 0; round < 30000; round++) {
		struct buf document = BUF_INIT;

		for (int i = 0; i < TEXTS; i++)
			random_text(&texts[i]);
		/* Keys of one mapping must differ. */
		buf_addc(&texts[2], 'z');
		yaml_writer_text(&document, buf_text(&texts[0]), texts[0].len);
		buf_adds(&document, ": ");
		yaml_writer_block(&document, buf_text(&texts[1]), texts[1].len,
				  2);
		yaml_writer_text(&document, buf_text(&texts[2]), texts[2].len);
		buf_adds(&document, ":\n  - ");
		yaml_writer_text(&document, buf_text(&texts[3]), texts[3].len);
		buf_adds(&document, ": ");
		yaml_writer_text(&document, buf_text(&texts[4]), texts[4].len);
		buf_adds(&document, "\n    ");
		buf_addc(&texts[5], 'y');
		yaml_writer_text(&document, buf_text(&texts[5]), texts[5].len);
		buf_adds(&document, ": ");
		yaml_writer_block(&document, buf_text(&texts[6]), texts[6].len,
				  6);
		buf_adds(&document, "  - ");
		yaml_writer_text(&document, buf_text(&texts[7]), texts[7].len);
		buf_addc(&document, '\n');
		assert_scalars(&document, texts, TEXTS);
		buf_release(&document);
	}
	for (int i = 0; i < TEXTS; i++)
		buf_release(&texts[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(yaml_writer__plain_text_stays_plain),
		cmocka_unit_test(
			yaml_writer__what_yaml_would_misread_is_quoted),
		cmocka_unit_test(yaml_writer__a_text_is_always_one_line),
		cmocka_unit_test(yaml_writer__a_block_holds_each_line),
		cmocka_unit_test(yaml_writer__what_no_block_can_hold_is_quoted),
		cmocka_unit_test(yaml_writer__libyaml_reads_any_text_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
