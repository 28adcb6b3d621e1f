/* conflict_test.c - what differs is told with everything a person needs. */
#include "core/merge/conflict.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/core/replica_helper.h"

struct desk {
	char *folder;
	struct node office;
	struct node too;
};

static int setup(void **state)
{
	struct desk *desk = calloc(1, sizeof(*desk));

	desk->folder = helper_folder();
	node_open(&desk->office, desk->folder, "office", "office", 0x11);
	node_open(&desk->too, desk->folder, "too", "office", 0x12);
	plain(&desk->office,
	      "INSERT INTO proposal(key, title, sponsors) VALUES"
	      " ('1-1-001', '校门', '张三'), ('1-1-002', '就业', '李四')");
	carry_all(&desk->too, &desk->office);
	*state = desk;
	return 0;
}

static int teardown(void **state)
{
	struct desk *desk = *state;

	node_close(&desk->office);
	node_close(&desk->too);
	helper_remove(desk->folder);
	free(desk);
	return 0;
}

static void differ(struct desk *desk)
{
	edit(&desk->office, "甲", "一说",
	     "UPDATE proposal SET title = '东门'"
	     " WHERE key = '1-1-001'");
	edit(&desk->too, "乙", NULL,
	     "UPDATE proposal SET title = '西门',"
	     " sponsors = sponsors || '、王五'");
	plain(&desk->office, "UPDATE proposal SET sponsors = sponsors ||"
			     " '、赵六' WHERE key = '1-1-002'");
	carry_all(&desk->office, &desk->too);
}

static int note(const struct conflict *conflict, void *ctx, struct err *err)
{
	struct buf *out = ctx;

	(void)err;
	buf_addf(out, "%s %s %s %s ", conflict->key, conflict->entity->name,
		 conflict->field->name,
		 conflict->severity == SEVERITY_HARD ? "hard" : "soft");
	for (size_t i = 0; i < conflict->n_heads; i++) {
		const struct change_log_entry *head = &conflict->heads[i];

		buf_addf(out, "%s:%.*s%s ", head->author,
			 (int)head->change->value.len,
			 head->change->value.bytes, head->shown ? "!" : "");
	}
	buf_addf(out, "shown %.*s base %.*s\n", (int)conflict->shown.len,
		 conflict->shown.bytes, (int)conflict->base.len,
		 conflict->base.bytes);
	return 0;
}

static void conflict__each_is_told_with_heads_and_base(void **state)
{
	struct desk *desk = *state;
	struct buf told = BUF_INIT;
	struct err err = {0};
	size_t soft = 9;
	size_t hard = 9;

	differ(desk);
	assert_int_equal(conflict_each(desk->office.replica, NULL, note, &told,
				       &err),
			 0);
	assert_non_null(strstr(told.data, "1-1-001 proposal title hard "));
	assert_non_null(strstr(told.data, "甲:东门"));
	assert_non_null(strstr(told.data, "乙:西门"));
	assert_non_null(strstr(told.data, "base 校门\n"));
	assert_non_null(strstr(told.data, "1-1-002 proposal sponsors soft "));
	assert_non_null(strstr(told.data, "base 李四\n"));
	assert_int_equal(
		conflict_count(&soft, &hard, desk->office.replica, &err), 0);
	assert_int_equal(soft, 1);
	assert_int_equal(hard, 1);
	buf_release(&told);
}

static void conflict__one_case_is_told_alone(void **state)
{
	struct desk *desk = *state;
	struct buf told = BUF_INIT;
	struct err err = {0};

	differ(desk);
	assert_int_equal(conflict_each(desk->office.replica, "1-1-002", note,
				       &told, &err),
			 0);
	assert_null(strstr(told.data, "1-1-001"));
	assert_non_null(strstr(told.data, "sponsors"));
	buf_release(&told);
}

static void conflict__they_survive_a_restart(void **state)
{
	struct desk *desk = *state;

	differ(desk);
	node_reopen(&desk->office);
	assert_string_equal(severity_of(&desk->office, "proposal", "1-1-001",
					"title"),
			    "hard");
	assert_int_equal(count(&desk->office, "SELECT sum(heads) FROM"
					      " conflict"),
			 4);
	assert_invariants(&desk->office);
}

static void conflict__equal_values_are_none(void **state)
{
	struct desk *desk = *state;

	plain(&desk->office, "UPDATE proposal SET title = '东门'");
	plain(&desk->too, "UPDATE proposal SET title = ' 东门'");
	carry_all(&desk->office, &desk->too);
	assert_int_equal(count(&desk->office, "SELECT count(*) FROM"
					      " conflict"),
			 0);
	/* One edit after them replaces both. */
	plain(&desk->office, "UPDATE proposal SET title = '西门'");
	drain(&desk->office);
	assert_int_equal(count(&desk->office,
			       "SELECT count(*) FROM _head h JOIN _change c ON"
			       " c.id = h.change WHERE c.value = '东门'"),
			 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(conflict__each_is_told_with_heads_and_base),
		TEST(conflict__one_case_is_told_alone),
		TEST(conflict__they_survive_a_restart),
		TEST(conflict__equal_values_are_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
