/* check_text_test.c - what can be seen in a reply's text alone. */
#include "cli/check/check_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "cli/check/doc_no.h"
#include "core/base/buf.h"

static void culprit(const char *text, const char *expected)
{
	size_t len = 0;
	const char *at = check_text_unbalanced(text, &len);

	if (!expected) {
		if (at)
			fail_msg("%s: %.*s at %zu", text, (int)len, at,
				 (size_t)(at - text));
		return;
	}
	if (!at)
		fail_msg("%s: nothing found", text);
	assert_int_equal(strncmp(at, expected, strlen(expected)), 0);
}

static void check_text__a_quotation_mark_without_partner_is_found(void **state)
{
	(void)state;
	culprit("铺好“最初一公里。全面培养", "“最初");
	culprit("一是“甲”，二是“乙，三是“丙”。", "“乙");
	culprit("甲”乙", "”乙");
	culprit("见《管理办法，执行", "《管理");
	culprit("共三处(含一处在建", "(含");
	culprit("“见《办法”》", "《办法");
}

static void check_text__balanced_text_and_numbering_are_left_alone(void **state)
{
	(void)state;
	culprit("以“消防‘蓝码’”为切入点", NULL);
	culprit("《关于印发〈办法〉的通知》（试行）", NULL);
	culprit("1)建档 2）巡查 （3）整改 一）总则 a) x", NULL);
	culprit("it’s fine", NULL);
	culprit("全角（半角)混用", NULL);
	culprit("", NULL);
}

static enum check_number number(const char *text)
{
	const char *at;
	size_t len;

	return check_text_private(text, &at, &len);
}

static void check_text__telephone_numbers_are_found(void **state)
{
	(void)state;
	assert_int_equal(number("联系人王某，13900001111。"), CHECK_PHONE);
	assert_int_equal(number("手机：１３９００００１１１１"), CHECK_PHONE);
	assert_int_equal(number("139-0000-1111"), CHECK_PHONE);
	assert_int_equal(number("拨打0571-88880000咨询"), CHECK_PHONE);
	assert_int_equal(number("咨询电话88880000"), CHECK_PHONE);
}

static void check_text__other_figures_are_no_telephone_numbers(void **state)
{
	(void)state;
	assert_int_equal(number("已申领蓝码70535个"), CHECK_NO_NUMBER);
	assert_int_equal(number("投资13900001111.5元"), CHECK_NO_NUMBER);
	assert_int_equal(number("用户39797户，共88880000元"), CHECK_NO_NUMBER);
	assert_int_equal(number("2022-06-30至2022-07-01"), CHECK_NO_NUMBER);
	assert_int_equal(number("电话12345"), CHECK_NO_NUMBER);
	assert_int_equal(number("统一代码139000011112"), CHECK_NO_NUMBER);
}

static void check_text__an_identity_number_is_known_by_its_digit(void **state)
{
	(void)state;
	/* The examples of GB 11643-1999. */
	assert_int_equal(number("证号11010519491231002X。"), CHECK_IDENTITY);
	assert_int_equal(number("证号440524188001010014"), CHECK_IDENTITY);
	assert_int_equal(number("编号440524188001010015"), CHECK_NO_NUMBER);
}

static void check_text__the_future_alone_is_seen(void **state)
{
	(void)state;
	assert_true(check_text_future_only("下一步，将优化线路。"));
	assert_false(check_text_future_only("已开通两条，下一步将再增一条。"));
	assert_false(check_text_future_only("线路两条。"));
}

static void check_text__dates_and_reasons_are_seen(void **state)
{
	(void)state;
	assert_true(check_text_names_date("2023年6月前完成"));
	assert_true(check_text_names_date("年底前完成"));
	assert_false(check_text_names_date("尽快完成3处"));
	assert_true(check_text_gives_reason("受用地限制，不能扩建"));
	assert_false(check_text_gives_reason("感谢提出，我们记下了"));
}

static const char *other_title(const char *text)
{
	size_t len;

	return check_text_other_title(text, "关于增设护学岗,方便接送的建议",
				      &len);
}

static void check_text__another_proposals_title_is_found(void **state)
{
	(void)state;
	assert_non_null(other_title("您提出的《关于河道清淤的提案》收悉"));
	/* Its own title, in another width and as 提案. */
	assert_null(other_title("《关于增设护学岗，方便接送的提案》收悉"));
	/* Its own among others; a document that is no proposal. */
	assert_null(other_title("《关于增设护学岗,方便接送的建议》与《关于河道"
				"清淤的提案》一并答复"));
	assert_null(other_title("依据《关于推进学校安全的意见》"));
}

static const char *other_number(const char *text)
{
	size_t len;

	return check_text_other_number(text, "014", "第014号", &len);
}

static void check_text__another_proposals_number_is_found(void **state)
{
	(void)state;
	assert_non_null(other_number("您提出的第15号提案收悉"));
	assert_non_null(other_number("对区政协提案第015号的答复"));
	assert_null(other_number("您提出的第14号提案收悉"));
	assert_null(other_number("依据第3号通告和第2号路以南"));
}

static void kind(const char *text, enum doc_no_kind expected,
		 const char *normal)
{
	struct buf made = BUF_INIT;

	assert_int_equal(doc_no_read(&made, text), expected);
	assert_string_equal(buf_text(&made), normal);
	buf_release(&made);
}

static void doc_no__five_kinds_of_brackets_name_one_document(void **state)
{
	(void)state;
	kind("钱教〔2022〕15号", DOC_NO_GOOD, "钱教〔2022〕15号");
	kind("钱教（2022）15号", DOC_NO_VARIANT, "钱教〔2022〕15号");
	kind("钱教﹝2022﹞15号", DOC_NO_VARIANT, "钱教〔2022〕15号");
	kind("钱教[2022]15号", DOC_NO_VARIANT, "钱教〔2022〕15号");
	kind("钱教【2022】第015号", DOC_NO_VARIANT, "钱教〔2022〕15号");
	kind(" 钱教〔2022〕 15 ", DOC_NO_VARIANT, "钱教〔2022〕15号");
}

static void doc_no__what_is_no_document_number_is_told_apart(void **state)
{
	(void)state;
	kind("15", DOC_NO_BARE, "");
	kind("15号", DOC_NO_BARE, "");
	kind("[2022]15", DOC_NO_MALFORMED, "");
	kind("钱教〔22〕15号", DOC_NO_MALFORMED, "");
	kind("钱教〔2022〕", DOC_NO_MALFORMED, "");
	kind("钱教2022-15", DOC_NO_MALFORMED, "");
	kind("", DOC_NO_MALFORMED, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			check_text__a_quotation_mark_without_partner_is_found),
		cmocka_unit_test(
			check_text__balanced_text_and_numbering_are_left_alone),
		cmocka_unit_test(check_text__telephone_numbers_are_found),
		cmocka_unit_test(
			check_text__other_figures_are_no_telephone_numbers),
		cmocka_unit_test(
			check_text__an_identity_number_is_known_by_its_digit),
		cmocka_unit_test(check_text__the_future_alone_is_seen),
		cmocka_unit_test(check_text__dates_and_reasons_are_seen),
		cmocka_unit_test(check_text__another_proposals_title_is_found),
		cmocka_unit_test(check_text__another_proposals_number_is_found),
		cmocka_unit_test(
			doc_no__five_kinds_of_brackets_name_one_document),
		cmocka_unit_test(
			doc_no__what_is_no_document_number_is_told_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
