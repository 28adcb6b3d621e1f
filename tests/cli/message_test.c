/* message_test.c - texts of other rooms in the user's language. */
#include "cli/terminal/message.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static void says(const char *text, const char *expected)
{
	struct buf out = BUF_INIT;

	message_foreign(&out, text);
	assert_string_equal(buf_text(&out), expected);
	buf_release(&out);
}

static int speak_chinese(void **state)
{
	(void)state;
	setenv("LC_ALL", "zh_CN.UTF-8", 1);
	unsetenv("LANGUAGE");
	message_init();
	return 0;
}

static void message__known_parts_are_translated(void **state)
{
	(void)state;
	says("handling.phone (电话): only the office may write it",
	     "handling.phone (电话)：只有提案委可以改");
	says("out of memory", "内存不足");
}

static void message__what_stands_in_a_text_is_kept(void **state)
{
	(void)state;
	says("hub: /a/b is no git repository", "hub：/a/b 不是 git 版本库");
	says("no file x y", "没有文件 x y");
}

static void message__a_known_text_may_hold_a_colon(void **state)
{
	(void)state;
	says("sync: the hub holds changes under this node's name that it did "
	     "not make: another copy of this replica is at work, or this one "
	     "was restored from a backup",
	     "sync：中心库里有以本副本名义、却不是它所做的改动：有另一份拷贝"
	     "在工作，或本副本是从备份恢复的");
}

static void message__notices_of_sync_are_translated(void **state)
{
	(void)state;
	says("the office's key is SHA256:yJ/DkX, and from now on no other is "
	     "believed unless this one names it: compare it with what the "
	     "office tells",
	     "提案委的密钥是 SHA256:yJ/DkX，今后只信任它和由它指明的密钥："
	     "请与提案委告知的核对");
	says("another copy of this replica has worked under its name: this "
	     "one goes on as node 7f3a: 2 of its own changes go out under "
	     "that name",
	     "这个副本的另一份拷贝以同一名义工作过：本副本改以节点 7f3a "
	     "继续：自己的 2 项改动将以新名义送出");
}

static void message__unknown_parts_stay(void **state)
{
	(void)state;
	says("title: what is this: then", "title：what is this：then");
	says("", "");
	says(": ", "：");
}

static void message__labels_follow_the_language(void **state)
{
	(void)state;
	assert_true(message_chinese());
	assert_string_equal(message_label("案由", "title"), "案由");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(message__known_parts_are_translated),
		cmocka_unit_test(message__what_stands_in_a_text_is_kept),
		cmocka_unit_test(message__a_known_text_may_hold_a_colon),
		cmocka_unit_test(message__notices_of_sync_are_translated),
		cmocka_unit_test(message__unknown_parts_stay),
		cmocka_unit_test(message__labels_follow_the_language),
	};

	return cmocka_run_group_tests(tests, speak_chinese, NULL);
}
