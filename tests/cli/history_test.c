/* history_test.c - each change with what it replaced. */
#include "cli/conflict/history.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

static void read_case(struct history *history)
{
	struct err err = {0};

	if (history_read(history, desk.replica, "1-1-014", &err) < 0)
		fail_msg("%s", err.text);
}

static bool value_is(const struct history_item *item, const char *text)
{
	struct value value = value_text(text);

	return item && value_equal(&item->value, &value);
}

static void history__each_change_knows_what_it_replaced(void **state)
{
	const struct history_item *titles[4];
	struct history history;
	size_t n = 0;

	(void)state;
	desk_sql(&desk, "UPDATE proposal SET title = '二' WHERE key ="
			" '1-1-014'");
	desk_sql(&desk, "UPDATE proposal SET title = '三' WHERE key ="
			" '1-1-014'");
	read_case(&history);
	for (size_t i = 0; i < history.n; i++)
		if (history.items[i].field &&
		    strcmp(history.items[i].field->name, "title") == 0 && n < 4)
			titles[n++] = &history.items[i];
	assert_int_equal(n, 3);
	assert_null(titles[0]->old);
	assert_ptr_equal(titles[1]->old, titles[0]);
	assert_ptr_equal(titles[2]->old, titles[1]);
	assert_true(value_is(titles[2], "三"));
	assert_true(titles[2]->shown);
	assert_string_equal(titles[0]->site, "office");
	assert_string_equal(titles[0]->author, "王芳");
	history_release(&history);
}

static void history__a_row_voided_and_revived_is_no_earlier_value(void **state)
{
	struct history history;
	size_t n = 0;

	(void)state;
	desk_sql(&desk,
		 "UPDATE handling SET draft = '初稿' WHERE unit = 'edu'");
	desk_sql(&desk, "UPDATE handling SET void_reason = '改派', void = 1"
			" WHERE unit = 'edu'");
	desk_sql(&desk, "UPDATE handling SET void = 0 WHERE unit = 'edu'");
	desk_sql(&desk,
		 "UPDATE handling SET draft = '二稿' WHERE unit = 'edu'");
	read_case(&history);
	for (size_t i = 0; i < history.n; i++) {
		const struct history_item *item = &history.items[i];

		if (item->old)
			assert_ptr_equal(item->field, item->old->field);
		if (value_is(item, "二稿")) {
			assert_true(value_is(item->old, "初稿"));
			n++;
		}
	}
	assert_int_equal(n, 1);
	history_release(&history);
}

static void history__other_cases_are_left_out(void **state)
{
	struct history history;

	(void)state;
	read_case(&history);
	assert_true(history.n > 0);
	for (size_t i = 0; i < history.n; i++)
		assert_int_equal(strncmp(history.items[i].row, "1-1-014", 7),
				 0);
	history_release(&history);
}

static void history__a_long_superseded_value_is_whole(void **state)
{
	struct buf sql = BUF_INIT;
	struct history history;
	bool found = false;

	(void)state;
	buf_adds(&sql, "UPDATE proposal SET body = '");
	for (int i = 0; i < 2000; i++)
		buf_adds(&sql, "答复");
	buf_adds(&sql, "' WHERE key = '1-1-014'");
	desk_sql(&desk, buf_text(&sql));
	desk_sql(&desk, "UPDATE proposal SET body = '短' WHERE key ="
			" '1-1-014'");
	read_case(&history);
	for (size_t i = 0; i < history.n; i++)
		if (value_is(&history.items[i], "短")) {
			assert_non_null(history.items[i].old);
			assert_int_equal(history.items[i].old->value.len,
					 2000 * strlen("答复"));
			found = true;
		}
	assert_true(found);
	history_release(&history);
	buf_release(&sql);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_desk, close_desk)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(history__each_change_knows_what_it_replaced),
		TEST(history__a_row_voided_and_revived_is_no_earlier_value),
		TEST(history__other_cases_are_left_out),
		TEST(history__a_long_superseded_value_is_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
