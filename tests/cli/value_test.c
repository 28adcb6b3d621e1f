/* value_test.c - values as people type and read them. */
#include "cli/case/value.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "tests/cli/desk_helper.h"

static struct desk desk;

static int open_desk(void **state)
{
	(void)state;
	desk_open(&desk, "office");
	desk_fill(&desk);
	return 0;
}

static int close_desk(void **state)
{
	(void)state;
	desk_close(&desk);
	return 0;
}

static const struct field *field_of(const char *entity, const char *name)
{
	const struct schema *schema = replica_schema(desk.replica);
	const struct field *field =
		entity_field_named(schema_entity_named(schema, entity), name);

	assert_non_null(field);
	return field;
}

/* What `text` becomes in a proposal's field; NULL for an error. */
static const char *reads_as(const char *name, const char *text)
{
	static struct buf made;
	static char number[32];
	struct value value;
	struct err err = {0};

	if (value_read(&value, &made, desk.replica, field_of("proposal", name),
		       text, &err) < 0) {
		assert_int_equal(err.code, ERR_INPUT);
		return NULL;
	}
	if (value.type == VALUE_INT) {
		snprintf(number, sizeof(number), "%d", (int)value.integer);
		return number;
	}
	return value.type == VALUE_NULL ? "(null)" : value.bytes;
}

static void value__dates_of_every_usual_form_become_iso(void **state)
{
	static const char *const forms[] = {
		"2022-06-30",
		"2022年6月30日",
		"2022/6/30",
		"２０２２年６月３０日",
		"二〇二二年六月三十日",
		"二零二二.六.三十",
		"２０２２０６３０",
		"2022.6.30",
		"20220630",
		" 2022 年 6 月 30 日",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
		assert_string_equal(reads_as("due", forms[i]), "2022-06-30");
	assert_string_equal(reads_as("due", "2024-02-29"), "2024-02-29");
}

static void value__a_day_the_calendar_lacks_is_refused(void **state)
{
	static const char *const bad[] = {
		"2022年9月31日", "2023-02-29", "2022-13-01", "2022-00-10",
		"9月31日",	 "2022-06",    "明天",	     "2022-06-30x",
		"1900-02-29",	 "2022-6-0",   "20220631",   "0000-01-01"};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (reads_as("due", bad[i]))
			fail_msg("%s was taken", bad[i]);
}

static void value__a_code_is_found_by_code_label_or_alias(void **state)
{
	(void)state;
	assert_string_equal(reads_as("class_confirmed", "A"), "A");
	assert_string_equal(reads_as("class_confirmed", "b"), "B");
	assert_string_equal(reads_as("class_confirmed", "A类"), "A");
	assert_string_equal(reads_as("class_confirmed", "留作参考"), "C");
	assert_string_equal(reads_as("class_confirmed", "列入计划"), "B");
	assert_null(reads_as("class_confirmed", "D"));
	/* Part of an alias is no alias. */
	assert_null(reads_as("class_confirmed", "参考"));
}

static void value__an_unknown_code_lists_those_there_are(void **state)
{
	struct buf made = BUF_INIT;
	struct value value;
	struct err err = {0};

	(void)state;
	assert_int_equal(value_read(&value, &made, desk.replica,
				    field_of("proposal", "class_confirmed"),
				    "D", &err),
			 ERR_INPUT);
	assert_non_null(strstr(err.text, "A (A类)、B (B类)、C (C类)"));
	buf_release(&made);
}

static void value__yes_and_no_are_read_in_both_languages(void **state)
{
	(void)state;
	assert_string_equal(reads_as("is_key", "是"), "1");
	assert_string_equal(reads_as("is_key", "no"), "0");
	assert_null(reads_as("is_key", "maybe"));
}

static void value__numbers_are_whole(void **state)
{
	(void)state;
	assert_string_equal(reads_as("position", "12"), "12");
	assert_null(reads_as("position", "12a"));
	assert_null(reads_as("position", "99999999999999999999"));
}

static void value__an_empty_text_is_null(void **state)
{
	(void)state;
	assert_string_equal(reads_as("title", ""), "(null)");
	assert_string_equal(reads_as("title", "　 "), "(null)");
	assert_string_equal(reads_as("due", ""), "(null)");
}

static void value__a_line_is_trimmed_of_both_scripts_spaces(void **state)
{
	(void)state;
	assert_string_equal(reads_as("title", "　关于 养老\t"), "关于 养老");
	assert_null(reads_as("title", "一\n二"));
}

static void value__a_set_has_each_member_once(void **state)
{
	(void)state;
	assert_string_equal(reads_as("sponsors", "王芳，李明、王芳, 赵强"),
			    "王芳、李明、赵强");
	assert_string_equal(reads_as("sponsors", "、、"), "(null)");
}

static void value__ill_formed_utf8_is_refused(void **state)
{
	(void)state;
	assert_null(reads_as("title", "\xe4\xb8"));
	assert_null(reads_as("body", "\xff"));
}

static void value__a_letter_loses_bom_and_foreign_line_ends(void **state)
{
	static const char text[] = "\xef\xbb\xbf一\r\n二\r三\n\n";
	struct buf out = BUF_INIT;
	struct err err = {0};

	(void)state;
	assert_int_equal(value_read_long(&out, text, sizeof(text) - 1, &err),
			 0);
	assert_string_equal(buf_text(&out), "一\n二\n三");
	buf_release(&out);
}

static void value__a_time_is_stored_in_utc_and_shown_locally(void **state)
{
	struct buf made = BUF_INIT, shown = BUF_INIT;
	const struct field *at = field_of("event", "at");
	struct value value;
	struct err err = {0};

	(void)state;
	setenv("TZ", "CST-8", 1);
	tzset();
	assert_int_equal(value_read(&value, &made, desk.replica, at,
				    "2022-06-30 09:15", &err),
			 0);
	assert_string_equal(value.bytes, "2022-06-30T01:15:00Z");
	assert_int_equal(value_show(&shown, desk.replica, at, &value, &err), 0);
	assert_string_equal(buf_text(&shown), "2022-06-30 09:15");
	buf_release(&made);
	buf_release(&shown);
}

static void value__a_stamp_is_told_for_people_and_programs(void **state)
{
	uint64_t clock = (UINT64_C(1656551700123) << 16) | 7;
	char text[VALUE_TIME_SIZE];

	(void)state;
	setenv("TZ", "CST-8", 1);
	tzset();
	value_show_clock(text, clock);
	assert_string_equal(text, "2022-06-30 09:15");
	value_clock_utc(text, clock);
	assert_string_equal(text, "2022-06-30T01:15:00.123Z");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(value__dates_of_every_usual_form_become_iso),
		cmocka_unit_test(value__a_day_the_calendar_lacks_is_refused),
		cmocka_unit_test(value__a_code_is_found_by_code_label_or_alias),
		cmocka_unit_test(value__an_unknown_code_lists_those_there_are),
		cmocka_unit_test(value__yes_and_no_are_read_in_both_languages),
		cmocka_unit_test(value__numbers_are_whole),
		cmocka_unit_test(value__an_empty_text_is_null),
		cmocka_unit_test(
			value__a_line_is_trimmed_of_both_scripts_spaces),
		cmocka_unit_test(value__a_set_has_each_member_once),
		cmocka_unit_test(value__ill_formed_utf8_is_refused),
		cmocka_unit_test(
			value__a_letter_loses_bom_and_foreign_line_ends),
		cmocka_unit_test(
			value__a_time_is_stored_in_utc_and_shown_locally),
		cmocka_unit_test(
			value__a_stamp_is_told_for_people_and_programs),
	};

	return cmocka_run_group_tests(tests, open_desk, close_desk);
}
