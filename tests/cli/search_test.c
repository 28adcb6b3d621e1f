/* search_test.c - the index beside the replica narrows, and never misses. */
#include "cli/case/search.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/cli/sample_helper.h"

static struct sample sample;
static struct buf keys;
static bool narrowed;

static void search(const char *text)
{
	struct err err = {0};

	if (search_cases(&keys, &narrowed, sample.replica, sample.folder, text,
			 &err) != 0)
		fail_msg("%s", err.text);
}

static void finds(const char *text, const char *expected)
{
	search(text);
	assert_true(narrowed);
	assert_string_equal(buf_text(&keys), expected);
}

static int set_up(void **state)
{
	(void)state;
	sample_open(&sample, REPLICA_OFFICE);
	sample_edit(&sample,
		    "INSERT INTO session(key) VALUES ('1-1');"
		    "INSERT INTO unit(code, name) VALUES ('edu', '区教育局');"
		    "INSERT INTO proposal(key, title, body) VALUES"
		    " ('1-1-001', '关于老年食堂的建议', 'Mini高尔夫'),"
		    " ('1-1-002', '关于护学岗的建议', NULL);"
		    "INSERT INTO handling(proposal, unit, role) VALUES"
		    " ('1-1-002', 'edu', 'main')");
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	sample_close(&sample);
	buf_release(&keys);
	return 0;
}

static void search__finds_titles_bodies_and_replies(void **state)
{
	(void)state;
	finds("老年食堂", "[\"1-1-001\"]");
	finds("mini高尔夫", "[\"1-1-001\"]");
	finds("的建议", "[\"1-1-001\",\"1-1-002\"]");
	finds("没有这些字", "[]");
	finds("\"老年\"", "[]");
}

static void search__an_edit_by_any_program_is_found(void **state)
{
	(void)state;
	finds("早晚各一班", "[]");
	sample_edit(&sample, "UPDATE handling SET draft = '早晚各一班'");
	finds("早晚各一班", "[\"1-1-002\"]");
	sample_edit(&sample, "UPDATE handling SET draft = '只有早上'");
	finds("早晚各一班", "[]");
	finds("只有早上", "[\"1-1-002\"]");
}

static void search__what_the_log_has_not_taken_up_is_found(void **state)
{
	struct err err = {0};
	struct db *db = replica_db(sample.replica);

	(void)state;
	finds("老年食堂", "[\"1-1-001\"]");
	/* Another program's edit: captured, not yet logged. */
	db_capture(db, true);
	assert_int_equal(db_exec(db,
				 "UPDATE proposal SET title = '关于幸福食堂的"
				 "建议' WHERE key = '1-1-001'",
				 &err),
			 0);
	db_capture(db, false);
	finds("幸福食堂", "[\"1-1-001\"]");
}

static void search__short_words_are_not_narrowed(void **state)
{
	(void)state;
	search("食堂");
	assert_false(narrowed);
	search("");
	assert_false(narrowed);
}

static void search__a_deleted_or_broken_index_is_made_anew(void **state)
{
	char path[300];
	FILE *file;

	(void)state;
	snprintf(path, sizeof(path), "%s/search.db", sample.folder);
	finds("老年食堂", "[\"1-1-001\"]");
	assert_int_equal(unlink(path), 0);
	finds("老年食堂", "[\"1-1-001\"]");
	file = fopen(path, "w");
	assert_non_null(file);
	fputs("this is no database, and longer than a header of one\n", file);
	fclose(file);
	finds("老年食堂", "[\"1-1-001\"]");
	/* Where none can be had, all are looked at. */
	assert_int_equal(unlink(path), 0);
	assert_int_equal(mkdir(path, 0700), 0);
	search("老年食堂");
	assert_false(narrowed);
	assert_int_equal(rmdir(path), 0);
}

static void search__a_log_that_was_set_back_is_noticed(void **state)
{
	char path[300], kept[320], command[1300];

	(void)state;
	snprintf(path, sizeof(path), "%s/tian.db", sample.folder);
	snprintf(kept, sizeof(kept), "%s/kept.db", sample.folder);
	snprintf(command, sizeof(command), "VACUUM INTO '%s'", kept);
	sample_ask(&sample, command);
	sample_edit(&sample,
		    "UPDATE proposal SET title = '甲乙丙丁' WHERE key ="
		    " '1-1-002'");
	finds("甲乙丙丁", "[\"1-1-002\"]");
	/* The backup comes back, and another edit takes the same seq. */
	replica_close(sample.replica);
	assert_int_equal(rename(kept, path), 0);
	snprintf(command, sizeof(command), "%s-wal", path);
	unlink(command);
	struct err err = {0};
	assert_int_equal(replica_open(&sample.replica, path, &err), 0);
	sample_edit(&sample,
		    "UPDATE proposal SET title = '戊己庚辛' WHERE key ="
		    " '1-1-001'");
	finds("戊己庚辛", "[\"1-1-001\"]");
	finds("护学岗", "[\"1-1-002\"]");
	finds("甲乙丙丁", "[]");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(search__finds_titles_bodies_and_replies),
		TEST(search__an_edit_by_any_program_is_found),
		TEST(search__what_the_log_has_not_taken_up_is_found),
		TEST(search__short_words_are_not_narrowed),
		TEST(search__a_deleted_or_broken_index_is_made_anew),
		TEST(search__a_log_that_was_set_back_is_noticed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
