/* prose_test.c - one sentence per line, and exactly back. */
#include "sync/register/prose.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void assert_wraps(const char *text, const char *expected)
{
	struct buf wrapped = BUF_INIT;
	struct buf back = BUF_INIT;

	prose_wrap(&wrapped, text, strlen(text));
	assert_string_equal(buf_text(&wrapped), expected);
	prose_unwrap(&back, buf_text(&wrapped), wrapped.len);
	assert_string_equal(buf_text(&back), text);
	buf_release(&wrapped);
	buf_release(&back);
}

static void prose__each_sentence_gets_a_line(void **state)
{
	(void)state;
	assert_wraps("第一句。第二句！第三句？第四句；完",
		     "第一句。\n第二句！\n第三句？\n第四句；\n完");
	assert_wraps("没有句号", "没有句号");
	assert_wraps("", "");
}

static void prose__marks_that_close_stay_with_their_sentence(void **state)
{
	(void)state;
	assert_wraps("他说：“好。”然后走了。", "他说：“好。”\n然后走了。");
	assert_wraps("（见附件。）另，《意见。》完",
		     "（见附件。）\n另，《意见。》\n完");
	assert_wraps("「『好！』」真的", "「『好！』」\n真的");
	/* Several ends in a row are one. */
	assert_wraps("真的吗？！是。。。的", "真的吗？！\n是。。。\n的");
	/* One that opens begins the next line. */
	assert_wraps("好。“行。”", "好。\n“行。”");
}

static void prose__breaks_of_the_text_are_doubled(void **state)
{
	(void)state;
	assert_wraps("一。\n二。", "一。\n\n二。");
	assert_wraps("一\n\n二", "一\n\n\n\n二");
	assert_wraps("一。二\n三。\n", "一。\n二\n\n三。\n\n");
	assert_wraps("\n一。", "\n\n一。");
	assert_wraps("\n", "\n\n");
	assert_wraps("一。”\n二", "一。”\n\n二");
}

static void prose__white_space_stays_what_it_is(void **state)
{
	(void)state;
	assert_wraps("  一。 二。\t三 ", "  一。\n 二。\n\t三 ");
	assert_wraps("　　一。\r\n　　二", "　　一。\n\r\n\n　　二");
}

/* Any text made of what matters comes back as it was. */
static void prose__any_text_comes_back(void **state)
{
	static const char *const parts[] = {"。", "！", "”", "）", "\n", " ",
					    "\t", "甲", "a", "\r", "𠮷"};
	enum { PARTS = sizeof(parts) / sizeof(*parts) };
	uint32_t random = 5;

	(void)state;
	for (int round = 0; round < 20000; round++) {
		struct buf text = BUF_INIT;
		struct buf wrapped = BUF_INIT;
		struct buf back = BUF_INIT;

		for (int i = 0; i < round % 13; i++) {
			random = random * 1664525 + 1013904223;
			buf_adds(&text, parts[(random >> 16) % PARTS]);
		}
		prose_wrap(&wrapped, buf_text(&text), text.len);
		prose_unwrap(&back, buf_text(&wrapped), wrapped.len);
		assert_string_equal(buf_text(&back), buf_text(&text));
		buf_release(&text);
		buf_release(&wrapped);
		buf_release(&back);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(prose__each_sentence_gets_a_line),
		cmocka_unit_test(
			prose__marks_that_close_stay_with_their_sentence),
		cmocka_unit_test(prose__breaks_of_the_text_are_doubled),
		cmocka_unit_test(prose__white_space_stays_what_it_is),
		cmocka_unit_test(prose__any_text_comes_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
