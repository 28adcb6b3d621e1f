/* edit_test.c - a person's edit is one transaction, signed, with a reason. */
#include "core/log/edit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/core/replica_helper.h"

enum { OFFICE = 0x11, EDU = 0x21 };

struct desk {
	char *folder;
	struct node office;
};

static int setup(void **state)
{
	struct desk *desk = calloc(1, sizeof(*desk));

	desk->folder = helper_folder();
	node_open(&desk->office, desk->folder, "office", "office", OFFICE);
	plain(&desk->office, "INSERT INTO proposal(key, title) VALUES"
			     " ('1-1-001', '校门')");
	drain(&desk->office);
	*state = desk;
	return 0;
}

static int teardown(void **state)
{
	struct desk *desk = *state;

	assert_invariants(&desk->office);
	node_close(&desk->office);
	helper_remove(desk->folder);
	free(desk);
	return 0;
}

static void edit__author_and_reason_are_logged(void **state)
{
	struct desk *desk = *state;

	edit(&desk->office, "王芳", "会议定",
	     "UPDATE proposal SET title ="
	     " '乙', sector = '教育'");
	assert_string_equal(
		ask(&desk->office,
		    "SELECT group_concat(a.name || c.reason) FROM _change c"
		    " JOIN _author a ON a.id = c.author WHERE c.reason IS NOT"
		    " NULL"),
		"王芳会议定,王芳会议定");
}

static void edit__what_plain_sql_left_pending_is_not_signed_along(void **state)
{
	struct desk *desk = *state;

	plain(&desk->office, "UPDATE proposal SET sector = '教育'");
	edit(&desk->office, "王芳", "会议定",
	     "UPDATE proposal SET title = '乙'");
	assert_string_equal(
		ask(&desk->office,
		    "SELECT group_concat(c.value) FROM _change c JOIN _author"
		    " a ON a.id = c.author WHERE a.name = '王芳'"),
		"乙");
}

static void edit__a_rollback_leaves_nothing(void **state)
{
	struct desk *desk = *state;
	struct err err = {0};

	assert_int_equal(edit_begin(desk->office.replica, &err), 0);
	assert_int_equal(db_exec(replica_db(desk->office.replica),
				 "UPDATE proposal SET title = '乙'", &err),
			 0);
	edit_rollback(desk->office.replica);
	assert_int_equal(drain(&desk->office), 0);
	assert_string_equal(ask(&desk->office, "SELECT title FROM proposal"),
			    "校门");
}

static void commit_fails(struct desk *desk, const char *author,
			 const char *reason)
{
	struct err err = {0};

	assert_int_equal(edit_begin(desk->office.replica, &err), 0);
	assert_int_equal(db_exec(replica_db(desk->office.replica),
				 "UPDATE proposal SET title = '乙'", &err),
			 0);
	assert_int_equal(edit_commit(desk->office.replica, author, reason, NULL,
				     &err),
			 ERR_INPUT);
	assert_string_equal(ask(&desk->office, "SELECT title FROM proposal"),
			    "校门");
}

static void edit__words_no_batch_could_carry_are_refused(void **state)
{
	struct desk *desk = *state;
	char *reason = calloc(1, CHANGE_REASON_MAX + 2);

	memset(reason, 'a', CHANGE_REASON_MAX + 1);
	commit_fails(desk, "王芳", reason);
	commit_fails(desk, reason, NULL);
	commit_fails(desk, "\xcd\xf5", NULL);
	commit_fails(desk, NULL, "\xff");
	free(reason);
}

static int decided(struct node *node, const char *entity, const char *row,
		   const char *field, struct value value)
{
	const struct edit_cell cell = {entity, row, field};
	struct err err = {0};
	int rc;

	assert_int_equal(edit_begin(node->replica, &err), 0);
	rc = edit_decide(node->replica, &cell, &value, &err);
	edit_rollback(node->replica);
	return rc;
}

static void edit__decisions_that_cannot_be_are_refused(void **state)
{
	struct desk *desk = *state;
	struct node *office = &desk->office;

	assert_int_equal(decided(office, "proposal", "1-1-009", "title",
				 value_text("乙")),
			 ERR_MISSING);
	assert_int_equal(decided(office, "proposal", "1-1-001", "nothing",
				 value_text("乙")),
			 ERR_INPUT);
	assert_int_equal(decided(office, "nothing", "1-1-001", "title",
				 value_text("乙")),
			 ERR_INPUT);
	assert_int_equal(decided(office, "proposal", "1-1-001", "due",
				 value_text("2022-09-31")),
			 ERR_INPUT);
	plain(office, "INSERT INTO handling(proposal, unit) VALUES"
		      " ('1-1-001', 'edu')");
	assert_int_equal(decided(office, "handling", "1-1-001/edu", "phone",
				 value_text("1")),
			 ERR_INPUT);
	assert_int_equal(decided(office, "proposal", "1-1-001", "title",
				 value_text("乙")),
			 0);
	drain(office);
}

static void edit__a_decision_names_every_head(void **state)
{
	struct desk *desk = *state;
	struct node too;

	node_open(&too, desk->folder, "too", "office", 0x12);
	carry_all(&too, &desk->office);
	plain(&too, "UPDATE proposal SET title = '甲'");
	plain(&desk->office, "UPDATE proposal SET title = '乙'");
	carry_all(&desk->office, &too);
	decide(&desk->office, "proposal", "1-1-001", "title", "  丙 ", "定");
	assert_string_equal(ask(&desk->office, "SELECT title FROM proposal"),
			    "丙");
	assert_int_equal(count(&desk->office,
			       "SELECT length(bases) / 8 FROM _change WHERE"
			       " value = '丙'"),
			 2);
	assert_int_equal(count(&desk->office, "SELECT count(*) FROM _head"), 1);
	node_close(&too);
}

/* Between the two the fold may show another head; the person did not see it,
 * and it must not be taken as replaced. */
static void edit__a_second_edit_replaces_the_first_and_no_other(void **state)
{
	struct desk *desk = *state;
	struct node too;

	node_open(&too, desk->folder, "too", "office", 0x12);
	carry_all(&too, &desk->office);
	plain(&too, "UPDATE proposal SET title = '甲'");
	plain(&too, "UPDATE _pending SET at = at + 300000"); /* clock ahead */
	plain(&desk->office, "UPDATE proposal SET title = '乙'");
	drain(&desk->office);
	carry_all(&desk->office, &too);
	decide(&too, "proposal", "1-1-001", "title", "甲", NULL);
	plain(&desk->office, "UPDATE _meta SET value = '1' WHERE name ="
			     " 'clock'");
	assert_string_equal(ask(&desk->office, "SELECT title FROM proposal"),
			    "甲");
	/* 甲 is shown and replaced by 丙; 丁 replaces 丙, but 乙 stays. */
	plain(&desk->office, "UPDATE proposal SET title = '丙'");
	plain(&desk->office, "UPDATE proposal SET title = '丁'");
	plain(&desk->office, "UPDATE _pending SET at = 1");
	drain(&desk->office);
	assert_string_equal(
		ask(&desk->office,
		    "SELECT group_concat(c.value) FROM (SELECT change FROM"
		    " _head h JOIN _row r ON r.id = h.cell >> 12 WHERE"
		    " r.entity = 10 AND h.cell & 4095 = 4 ORDER BY change) h"
		    " JOIN _change c ON c.id = h.change"),
		"乙,丁");
	node_close(&too);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(edit__author_and_reason_are_logged),
		TEST(edit__what_plain_sql_left_pending_is_not_signed_along),
		TEST(edit__a_rollback_leaves_nothing),
		TEST(edit__words_no_batch_could_carry_are_refused),
		TEST(edit__decisions_that_cannot_be_are_refused),
		TEST(edit__a_decision_names_every_head),
		TEST(edit__a_second_edit_replaces_the_first_and_no_other),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
