/* buf_test.c - the byte string, and files that are whole or absent. */
#include "core/base/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

/* A fresh folder and two paths in it. */
struct place {
	char folder[256];
	char file[300];
	char temp[310];
};

static int make_place(void **state)
{
	const char *tmp = getenv("TMPDIR");
	struct place *place = calloc(1, sizeof(*place));

	if (!place)
		return -1;
	snprintf(place->folder, sizeof(place->folder), "%s/tian-buf-XXXXXX",
		 tmp ? tmp : "/tmp");
	if (!mkdtemp(place->folder))
		return -1;
	snprintf(place->file, sizeof(place->file), "%s/file", place->folder);
	snprintf(place->temp, sizeof(place->temp), "%s.tmp", place->file);
	*state = place;
	return 0;
}

static int remove_place(void **state)
{
	struct place *place = *state;

	unlink(place->file);
	unlink(place->temp);
	rmdir(place->folder);
	free(place);
	return 0;
}

static void buf__appends_bytes_text_and_formats(void **state)
{
	struct buf buf = BUF_INIT;
	struct err err = {0};

	(void)state;
	assert_string_equal(buf_text(&buf), "");
	buf_add(&buf, NULL, 0);
	buf_add(&buf, "a\0b", 3);
	buf_adds(&buf, "提");
	buf_addc(&buf, '-');
	buf_addf(&buf, "%03d%s", 14, "!");
	assert_int_equal(buf_check(&buf, &err), 0);
	assert_int_equal(buf.len, 11);
	assert_memory_equal(buf.data, "a\0b提-014!", 12);
	buf_truncate(&buf, 3);
	assert_memory_equal(buf.data, "a\0b", 4);
	buf_clear(&buf);
	assert_int_equal(buf.len, 0);
	assert_string_equal(buf_text(&buf), "");
	buf_release(&buf);
	assert_null(buf.data);
}

static void buf__grows_to_what_it_is_given(void **state)
{
	struct buf buf = BUF_INIT;

	(void)state;
	for (int i = 0; i < 100000; i++)
		buf_addf(&buf, "%d,", i);
	assert_false(buf.failed);
	assert_memory_equal(buf.data + buf.len - 6, "99999,", 7);
	buf_release(&buf);
}

static void buf__take_hands_over_text_even_of_nothing(void **state)
{
	struct buf buf = BUF_INIT;
	char *text;

	(void)state;
	text = buf_take(&buf);
	assert_string_equal(text, "");
	free(text);
	buf_adds(&buf, "x");
	text = buf_take(&buf);
	assert_string_equal(text, "x");
	assert_null(buf.data);
	assert_int_equal(buf.len, 0);
	free(text);
}

static void buf__a_failed_append_is_remembered_until_asked(void **state)
{
	struct buf buf = BUF_INIT;
	struct err err = {0};

	(void)state;
	buf_adds(&buf, "kept");
	buf_add(&buf, "", SIZE_MAX / 2);
	buf_adds(&buf, "not added");
	assert_string_equal(buf_text(&buf), "kept");
	assert_int_equal(buf_check(&buf, &err), ERR_FAIL);
	assert_null(buf_take(&buf));
	assert_int_equal(buf_check(&buf, &err), 0);
	buf_release(&buf);
}

static void buf__a_written_file_reads_back(void **state)
{
	struct place *place = *state;
	struct buf out = BUF_INIT;
	struct buf in = BUF_INIT;
	struct err err = {0};
	struct stat st;

	for (int i = 0; i < 200000; i++)
		buf_addc(&out, (char)(i * 7));
	assert_int_equal(buf_write_file(&out, place->file, 0600, &err), 0);
	assert_int_equal(stat(place->file, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(access(place->temp, F_OK), -1);
	buf_adds(&in, "before");
	assert_int_equal(buf_read_file(&in, place->file, out.len, &err), 0);
	assert_int_equal(in.len, out.len + 6);
	assert_memory_equal(in.data + 6, out.data, out.len);
	buf_release(&out);
	buf_release(&in);
}

static void buf__a_file_over_the_limit_is_refused_and_adds_nothing(void **state)
{
	struct place *place = *state;
	struct buf out = BUF_INIT;
	struct buf in = BUF_INIT;
	struct err err = {0};

	buf_adds(&out, "12345");
	assert_int_equal(buf_write_file(&out, place->file, 0644, &err), 0);
	buf_adds(&in, "x");
	assert_int_equal(buf_read_file(&in, place->file, 4, &err), ERR_INPUT);
	assert_string_equal(buf_text(&in), "x");
	assert_int_equal(buf_read_file(&in, place->file, 5, &err), 0);
	assert_string_equal(buf_text(&in), "x12345");
	buf_release(&out);
	buf_release(&in);
}

static void buf__a_file_that_is_not_there_is_missing(void **state)
{
	struct place *place = *state;
	struct buf in = BUF_INIT;
	struct err err = {0};

	assert_int_equal(buf_read_file(&in, place->file, 10, &err),
			 ERR_MISSING);
	assert_int_equal(buf_read_file(&in, place->folder, 10, &err), ERR_FAIL);
	buf_release(&in);
}

static void buf__writing_replaces_also_what_a_killed_writer_left(void **state)
{
	struct place *place = *state;
	struct buf out = BUF_INIT;
	struct buf in = BUF_INIT;
	struct err err = {0};
	struct stat st;

	buf_adds(&out, "old and longer");
	assert_int_equal(buf_write_file(&out, place->temp, 0644, &err), 0);
	assert_int_equal(buf_write_file(&out, place->file, 0644, &err), 0);
	buf_clear(&out);
	buf_adds(&out, "new");
	assert_int_equal(buf_write_file(&out, place->temp, 0644, &err), 0);
	assert_int_equal(buf_write_file(&out, place->file, 0600, &err), 0);
	assert_int_equal(buf_read_file(&in, place->file, 100, &err), 0);
	assert_string_equal(buf_text(&in), "new");
	assert_int_equal(stat(place->file, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	buf_release(&out);
	buf_release(&in);
}

static void buf__a_write_that_fails_leaves_the_old_file(void **state)
{
	struct place *place = *state;
	struct buf out = BUF_INIT;
	struct err err = {0};
	char missing[400];

	snprintf(missing, sizeof(missing), "%s/none/file", place->folder);
	buf_adds(&out, "x");
	assert_int_equal(buf_write_file(&out, missing, 0644, &err), ERR_FAIL);
	/* Renaming a file over a folder fails; no trace stays. */
	assert_int_equal(mkdir(place->file, 0755), 0);
	assert_int_equal(buf_write_file(&out, place->file, 0644, &err),
			 ERR_FAIL);
	assert_int_equal(access(place->temp, F_OK), -1);
	assert_int_equal(rmdir(place->file), 0);
	buf_release(&out);
}

static void buf__a_relative_path_is_written_where_one_stands(void **state)
{
	struct place *place = *state;
	struct buf out = BUF_INIT;
	struct err err = {0};
	char *home = getcwd(NULL, 0);

	buf_adds(&out, "x");
	assert_int_equal(chdir(place->folder), 0);
	assert_int_equal(buf_write_file(&out, "file", 0644, &err), 0);
	assert_int_equal(chdir(home), 0);
	assert_int_equal(access(place->file, F_OK), 0);
	free(home);
	buf_release(&out);
}

#define in_place(test) \
	cmocka_unit_test_setup_teardown(test, make_place, remove_place)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(buf__appends_bytes_text_and_formats),
		cmocka_unit_test(buf__grows_to_what_it_is_given),
		cmocka_unit_test(buf__take_hands_over_text_even_of_nothing),
		cmocka_unit_test(
			buf__a_failed_append_is_remembered_until_asked),
		in_place(buf__a_written_file_reads_back),
		in_place(
			buf__a_file_over_the_limit_is_refused_and_adds_nothing),
		in_place(buf__a_file_that_is_not_there_is_missing),
		in_place(buf__writing_replaces_also_what_a_killed_writer_left),
		in_place(buf__a_write_that_fails_leaves_the_old_file),
		in_place(buf__a_relative_path_is_written_where_one_stands),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
