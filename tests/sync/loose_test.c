/* loose_test.c - loose objects that are not what they say they are. The hub in
 * a folder is somebody else's: each is refused, and no memory is harmed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <cmocka.h>

#include "sync/git/loose.h"
#include "tests/sync/git_helper.h"

static const char HEX[] = "bf3d798a12d2bd09a73b1bbdec6fde6f9836f9ac";
static const char GOOD[] = "blob 12\0hello world\n"; /* 12 bytes are stated */

static unsigned char packed[4096];
static size_t n_packed;

static void deflate_text(const char *text, size_t len)
{
	uLongf room = sizeof(packed);

	assert_int_equal(compress(packed, &room, (const unsigned char *)text,
				  (uLong)len),
			 Z_OK);
	n_packed = room;
}

/* A head, and a body of so many bytes. */
static void make(const char *head, size_t body)
{
	char text[8192];
	size_t len = strlen(head) + 1;

	assert_true(len + body <= sizeof(text));
	memcpy(text, head, len);
	memset(text + len, 'x', body);
	deflate_text(text, len + body);
}

/* From memory of just that size, so that a byte too many is seen. */
static int read_packed(struct buf *body, size_t len)
{
	unsigned char *copy = malloc(len + 1);
	enum object_kind kind;
	struct err err;
	int rc;

	assert_non_null(copy);
	memcpy(copy, packed, len);
	rc = loose_read(body, &kind, copy, len, &err);
	free(copy);
	return rc;
}

static void loose__what_git_wrote_is_read(void **state)
{
	struct buf body = BUF_INIT;

	(void)state;
	deflate_text(GOOD, sizeof(GOOD) - 1);
	assert_int_equal(read_packed(&body, n_packed), 0);
	assert_string_equal(buf_text(&body), "hello world\n");
	make("tree 0", 0);
	assert_int_equal(read_packed(&body, n_packed), 0);
	assert_int_equal(body.len, 0);
	buf_release(&body);
}

static void loose__another_size_than_stated_is_refused(void **state)
{
	static const struct {
		const char *head;
		size_t body;
	} lies[] = {
		{"blob 0", 1},	      {"blob 1", 2},	 {"blob 1", 7000},
		{"blob 56", 57},      {"blob 100", 101}, {"blob 100", 99},
		{"blob 100", 0},      {"commit 1", 60},	 {"blob 16384", 8000},
		{"blob 67108864", 1},
	};
	struct buf body = BUF_INIT;

	(void)state;
	for (size_t i = 0; i < sizeof(lies) / sizeof(lies[0]); i++) {
		make(lies[i].head, lies[i].body);
		assert_int_equal(read_packed(&body, n_packed), ERR_CORRUPT);
		assert_int_equal(body.len, 0);
	}
	buf_release(&body);
}

static void loose__a_head_that_is_none_is_refused(void **state)
{
	static const char *const heads[] = {
		"",
		"blob",
		"blob ",
		"blob -1",
		"blob +1",
		"blob 1 ",
		"blob  1",
		"blub 1",
		"tag 1",
		"blob 67108865",
		"tree 0x1",
		"commit 4194305",
		"blob 1\n",
		"blob 18446744073709551617",
		"blob 00000000000000000000000000000000000000000000001",
	};
	struct buf body = BUF_INIT;

	(void)state;
	for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++) {
		make(heads[i], 1);
		assert_int_equal(read_packed(&body, n_packed), ERR_CORRUPT);
	}
	/* Not a zlib stream at all: git's own form of 2006. */
	memcpy(packed, "\x35hello", 6);
	assert_int_equal(read_packed(&body, 6), ERR_CORRUPT);
	buf_release(&body);
}

static void loose__cut_off_flipped_or_followed_is_refused(void **state)
{
	struct buf body = BUF_INIT;

	(void)state;
	deflate_text(GOOD, sizeof(GOOD) - 1);
	for (size_t len = 0; len < n_packed; len++)
		assert_int_equal(read_packed(&body, len), ERR_CORRUPT);
	packed[n_packed] = 0;
	assert_int_equal(read_packed(&body, n_packed + 1), ERR_CORRUPT);
	for (size_t bit = 0; bit < n_packed * 8; bit++) {
		packed[bit / 8] ^= (unsigned char)(1 << bit % 8);
		/* Some bits of a zlib head say nothing about the data. */
		if (read_packed(&body, n_packed) == 0)
			assert_string_equal(buf_text(&body), "hello world\n");
		packed[bit / 8] ^= (unsigned char)(1 << bit % 8);
	}
	buf_release(&body);
}

/* --- in a repository ------------------------------------------------------ */

static struct repository *repo;

static int setup(void **state)
{
	struct err err;

	(void)state;
	folder_make();
	return repository_create(in_folder("r"), &err) < 0 ||
	       repository_open(&repo, in_folder("r"), REPOSITORY_READ, &err) <
		       0 ||
	       run(NULL, 0, "mkdir r/objects/%.2s", HEX) != 0;
}

static int teardown(void **state)
{
	(void)state;
	repository_close(repo);
	repo = NULL;
	folder_remove();
	return 0;
}

static const char *object_file(void)
{
	return in_folder("r/objects/%.2s/%s", HEX, HEX + 2);
}

static int read_object(void)
{
	struct buf body = BUF_INIT;
	struct oid oid;
	struct err err;
	int rc;

	assert_true(oid_parse(&oid, HEX, strlen(HEX)));
	rc = repository_read(&body, repo, &oid, OBJECT_BLOB, &err);
	buf_release(&body);
	return rc;
}

/* libgit2 up to 1.9 writes behind its buffer here: its issue 7177. */
static void loose__a_lying_object_in_a_hub_harms_no_memory(void **state)
{
	FILE *file;

	(void)state;
	assert_int_equal(read_object(), ERR_MISSING);
	make("blob 1", 7000);
	file = fopen(object_file(), "wb");
	assert_non_null(file);
	assert_int_equal(fwrite(packed, 1, n_packed, file), n_packed);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(read_object(), ERR_CORRUPT);
}

/* A pipe would wait for ever; a link leads out of the hub. */
static void loose__a_pipe_a_link_and_a_folder_are_no_objects(void **state)
{
	(void)state;
	assert_int_equal(mkfifo(object_file(), 0600), 0);
	assert_int_equal(read_object(), ERR_CORRUPT);
	assert_int_equal(unlink(object_file()), 0);
	assert_int_equal(symlink("/dev/zero", object_file()), 0);
	assert_int_equal(read_object(), ERR_CORRUPT);
	assert_int_equal(unlink(object_file()), 0);
	assert_int_equal(mkdir(object_file(), 0700), 0);
	assert_int_equal(read_object(), ERR_CORRUPT);
}

static void loose__borrowed_objects_are_not_followed(void **state)
{
	struct repository *other = NULL;
	struct err err;

	(void)state;
	assert_int_equal(run(NULL, 0,
			     "echo /somewhere/objects >"
			     " r/objects/info/alternates"),
			 0);
	assert_int_equal(repository_open(&other, in_folder("r"),
					 REPOSITORY_READ, &err),
			 ERR_INPUT);
	assert_non_null(strstr(err.text, "git repack -a -d"));
}

#define REPOSITORY_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(loose__what_git_wrote_is_read),
		cmocka_unit_test(loose__another_size_than_stated_is_refused),
		cmocka_unit_test(loose__a_head_that_is_none_is_refused),
		cmocka_unit_test(loose__cut_off_flipped_or_followed_is_refused),
		REPOSITORY_TEST(loose__a_lying_object_in_a_hub_harms_no_memory),
		REPOSITORY_TEST(
			loose__a_pipe_a_link_and_a_folder_are_no_objects),
		REPOSITORY_TEST(loose__borrowed_objects_are_not_followed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
