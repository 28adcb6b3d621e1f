/* normal_test.c - the form values are kept in, and which a field may hold. */
#include "core/merge/normal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/replica/replica_room.h"

static struct replica *replica;

static int setup(void **state)
{
	struct err err = {0};

	(void)state;
	return replica_open_scratch(&replica, ":memory:", &err);
}

static int teardown(void **state)
{
	(void)state;
	replica_close(replica);
	return 0;
}

static const struct field *field(const char *entity, const char *name)
{
	return entity_field_named(
		schema_entity_named(replica_schema(replica), entity), name);
}

static void kept_as(const struct field *of, const char *in, size_t len,
		    const char *wanted)
{
	struct value raw = {.type = VALUE_TEXT, .bytes = in, .len = len};
	struct value expected = value_text(wanted);
	struct buf bytes = BUF_INIT;
	struct err err = {0};
	struct value out;

	assert_int_equal(normal_value(&out, &bytes, of, &raw, &err), 0);
	if (!value_equal(&out, &expected))
		fail_msg("'%s' is kept as '%.*s', not '%s'", in, (int)out.len,
			 out.bytes != NULL ? out.bytes : "",
			 wanted != NULL ? wanted : "NULL");
	buf_release(&bytes);
}

static void normal__a_line_is_trimmed_and_composed(void **state)
{
	const struct field *title = field("proposal", "title");

	(void)state;
	kept_as(title, " 校门\t", strlen(" 校门\t"), "校门");
	kept_as(title, "　校 门 ", strlen("　校 门 "), "校 门");
	kept_as(title, "cafe\xcc\x81", 6, "caf\xc3\xa9");
	kept_as(title, "   ", 3, NULL);
	kept_as(title, "", 0, NULL);
}

static void normal__paragraphs_keep_their_white_space(void **state)
{
	const struct field *draft = field("handling", "draft");

	(void)state;
	kept_as(draft, "  一\n\n二 \n", 12, "  一\n\n二 \n");
	kept_as(draft, "e\xcc\x81\n", 4, "\xc3\xa9\n");
}

static void normal__members_of_a_set_are_trimmed_and_once(void **state)
{
	const struct field *sponsors = field("proposal", "sponsors");
	const char *in = " 张三 、李四、、张三、 ";

	(void)state;
	kept_as(sponsors, in, strlen(in), "张三、李四");
	kept_as(sponsors, "、", strlen("、"), NULL);
}

static void normal__ill_formed_bytes_become_marks(void **state)
{
	const struct field *title = field("proposal", "title");

	(void)state;
	kept_as(title,
		"a\xff"
		"b",
		3,
		"a\xef\xbf\xbd"
		"b");
	kept_as(title, "a\0b", 3,
		"a\xef\xbf\xbd"
		"b");
	kept_as(title, "\xe7\x95", 2, "\xef\xbf\xbd\xef\xbf\xbd");
}

static bool allowed(const char *entity, const char *name, struct value value)
{
	struct err err = {0};
	bool out = false;

	assert_int_equal(normal_allowed(&out, replica, field(entity, name),
					&value, &err),
			 0);
	return out;
}

static void normal__only_days_of_the_calendar_are_dates(void **state)
{
	(void)state;
	assert_true(allowed("proposal", "due", value_text("2024-02-29")));
	assert_true(allowed("proposal", "due", value_text("2000-02-29")));
	assert_false(allowed("proposal", "due", value_text("1900-02-29")));
	assert_false(allowed("proposal", "due", value_text("2022-09-31")));
	assert_false(allowed("proposal", "due", value_text("2022-00-10")));
	assert_false(allowed("proposal", "due", value_text("2022-13-01")));
	assert_false(allowed("proposal", "due", value_text("2022-9-1")));
	assert_false(allowed("proposal", "due", value_int(20220901)));
	assert_true(allowed("event", "at", value_text("2022-06-30T23:59:59Z")));
	assert_false(
		allowed("event", "at", value_text("2022-06-30T24:00:00Z")));
	assert_false(allowed("event", "at", value_text("2022-06-30")));
}

static void normal__codes_and_flags_are_of_their_list(void **state)
{
	(void)state;
	assert_true(allowed("handling", "class_proposed", value_text("A")));
	assert_false(allowed("handling", "class_proposed", value_text("D")));
	assert_false(allowed("handling", "class_proposed", value_text("main")));
	assert_true(allowed("proposal", "is_key", value_int(1)));
	assert_false(allowed("proposal", "is_key", value_int(2)));
	assert_false(allowed("proposal", "is_key", value_text("1")));
	assert_true(allowed("proposal", "is_key",
			    (struct value){.type = VALUE_NULL}));
}

/* Triggers and merge must not disagree about what a date is. */
static void normal__the_triggers_think_the_same_of_dates(void **state)
{
	sqlite3 *conn = db_handle(replica_db(replica));
	sqlite3_stmt *stmt = NULL;
	char text[16];

	(void)state;
	assert_int_equal(sqlite3_prepare_v2(conn,
					    "SELECT ?1 IS date(?1, '+0 days')",
					    -1, &stmt, NULL),
			 SQLITE_OK);
	for (int year = 1899; year < 2030; year += 1)
		for (int day = 0; day < 13 * 33; day++) {
			snprintf(text, sizeof(text), "%04d-%02d-%02d", year,
				 day / 33, day % 33);
			db_bind_text(stmt, 1, text);
			assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
			if (normal_date(text, strlen(text)) !=
			    (sqlite3_column_int(stmt, 0) != 0))
				fail_msg("they differ about %s", text);
			sqlite3_reset(stmt);
		}
	sqlite3_finalize(stmt);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(normal__a_line_is_trimmed_and_composed),
		cmocka_unit_test(normal__paragraphs_keep_their_white_space),
		cmocka_unit_test(normal__members_of_a_set_are_trimmed_and_once),
		cmocka_unit_test(normal__ill_formed_bytes_become_marks),
		cmocka_unit_test(normal__only_days_of_the_calendar_are_dates),
		cmocka_unit_test(normal__codes_and_flags_are_of_their_list),
		cmocka_unit_test(normal__the_triggers_think_the_same_of_dates),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
