/* durable_test.c - the power fails at any moment of a round. Only what a
 * process has waited for is sure to be there afterwards: all three places are
 * whole all the same, and the next round completes.
 *
 * fsync and fdatasync are this file's own: they keep what is in the file, or
 * which names are in the folder, as what the disk has. */
#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/buf.h"
#include "tests/sync/git_helper.h"
#include "tests/sync/world_helper.h"

enum { FILES_MAX = 800, NAMES_MAX = 200, CUTS_MAX = 200 };

/* What there is of what was not waited for. */
enum mode { NOTHING, NAMES, NAMES_OF_REFS };

struct blob {
	char *bytes;
	size_t len;
};

struct name {
	char text[NAME_MAX + 1];
	size_t file; /* into files[] */
};

struct names {
	struct name items[NAMES_MAX];
	size_t n;
};

/* A file or a folder, and what the disk has of it. Held open, so that nothing
 * else gets its number, and as SQLite would lose its locks. */
struct file {
	int fd;
	ino_t number;
	mode_t mode;
	struct blob blob;
	struct names *names; /* of a folder; owned */
};

/* As a world is left: pieces of it by path, folders first. */
struct piece {
	char *path;
	mode_t mode;
	struct blob blob; /* borrowed from everything[] */
};

struct left {
	struct piece pieces[FILES_MAX];
	size_t n;
};

static struct file files[FILES_MAX];
static size_t n_files;
static char *everything[FILES_MAX]; /* all bytes that were ever kept */
static size_t n_everything;
static struct left *cuts[CUTS_MAX];
static size_t n_cuts;
static enum mode mode;
static bool recording;

/* --- what the disk has ------------------------------------------------------ */

static struct blob bytes_of(int fd)
{
	struct blob blob = {NULL, 0};
	struct stat st;

	assert_int_equal(fstat(fd, &st), 0);
	blob.len = (size_t)st.st_size;
	blob.bytes = malloc(blob.len + 1);
	assert_non_null(blob.bytes);
	assert_true(n_everything < FILES_MAX);
	everything[n_everything++] = blob.bytes;
	assert_int_equal(pread(fd, blob.bytes, blob.len, 0), blob.len);
	return blob;
}

/* Known from now on: of a new one the disk has nothing. */
static size_t file_of(const char *path)
{
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	for (size_t i = 0; i < n_files; i++)
		if (files[i].number == st.st_ino)
			return i;
	assert_true(n_files < FILES_MAX);
	files[n_files] = (struct file){.fd = open(path, O_RDONLY | O_CLOEXEC),
				       .number = st.st_ino,
				       .mode = st.st_mode};
	assert_true(files[n_files].fd >= 0);
	if (S_ISDIR(st.st_mode))
		files[n_files].names = calloc(1, sizeof(struct names));
	return n_files++;
}

static const char *path_of(char path[64], int fd, const char *name)
{
	snprintf(path, 64, "/proc/self/fd/%d%s%s", fd, *name ? "/" : "", name);
	return path;
}

/* The names in a folder now. What processes share in memory is gone. */
static void list(struct names *out, int fd)
{
	char path[64 + NAME_MAX];
	DIR *dir = opendir(path_of(path, fd, ""));
	struct dirent *entry;

	out->n = 0;
	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		struct name *name = &out->items[out->n];

		if (strcmp(entry->d_name, ".") == 0 ||
		    strcmp(entry->d_name, "..") == 0 ||
		    strstr(entry->d_name, "-shm") != NULL)
			continue;
		assert_true(++out->n < NAMES_MAX);
		snprintf(name->text, sizeof(name->text), "%s", entry->d_name);
		snprintf(path, sizeof(path), "/proc/self/fd/%d/%s", fd,
			 entry->d_name);
		name->file = file_of(path);
	}
	if (dir != NULL)
		closedir(dir);
}

static void keep(size_t at)
{
	if (files[at].names != NULL)
		list(files[at].names, files[at].fd);
	else
		files[at].blob = bytes_of(files[at].fd);
}

static void keep_all(size_t at)
{
	keep(at);
	for (size_t i = 0; files[at].names != NULL && i < files[at].names->n;
	     i++)
		keep_all(files[at].names->items[i].file);
}

/* --- what a cut leaves ------------------------------------------------------ */

static void leave(struct left *left, size_t at, const char *path)
{
	const struct file *file = &files[at];
	struct piece *piece = &left->pieces[left->n++];
	struct names *names;

	assert_true(left->n < FILES_MAX);
	*piece = (struct piece){strdup(path), file->mode, file->blob};
	if (file->names == NULL)
		return;
	names = malloc(sizeof(*names));
	assert_non_null(names);
	if (mode == NAMES ||
	    (mode == NAMES_OF_REFS && strstr(path, "/refs") != NULL))
		list(names, file->fd);
	else
		*names = *file->names;
	for (size_t i = 0; i < names->n; i++) {
		char below[1024];

		snprintf(below, sizeof(below), "%s/%s", path,
			 names->items[i].text);
		leave(left, names->items[i].file, below);
	}
	free(names);
}

static void cut(void)
{
	struct left *left = calloc(1, sizeof(*left));

	assert_non_null(left);
	assert_true(n_cuts < CUTS_MAX);
	leave(left, 0, in_folder("."));
	cuts[n_cuts++] = left;
}

/* Instead of the C library's: of this program and of SQLite. */
int fsync(int fd)
{
	char path[64];

	if (!recording)
		return 0;
	recording = false;
	cut();
	keep(file_of(path_of(path, fd, "")));
	recording = true;
	return 0;
}

int fdatasync(int fd)
{
	return fsync(fd);
}

static void record(void)
{
	recording = false;
	n_files = 0;
	keep_all(file_of(in_folder(".")));
	recording = true;
}

static void stop_recording(void)
{
	recording = false;
	cut();
	for (size_t i = 0; i < n_files; i++) {
		close(files[i].fd);
		free(files[i].names);
	}
	n_files = 0;
}

/* A lock that nobody holds is removed a minute later: which it is by the time
 * that a computer is up again. */
static void age(const char *path)
{
	const struct timespec times[2] = {{time(NULL) - 120, 0},
					  {time(NULL) - 120, 0}};

	if (strstr(path, ".lock") != NULL)
		assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

static void restore(const struct left *left)
{
	must_run("find . -mindepth 1 -delete");
	for (size_t i = 0; i < left->n; i++) {
		const struct piece *piece = &left->pieces[i];

		if (S_ISDIR(piece->mode))
			mkdir(piece->path, piece->mode & 0777);
		else
			put_file(piece->path, piece->blob.bytes,
				 piece->blob.len);
		assert_int_equal(chmod(piece->path, piece->mode & 0777), 0);
		age(piece->path);
	}
}

static int teardown(void **state)
{
	recording = false;
	for (size_t i = 0; i < n_cuts; i++) {
		for (size_t k = 0; k < cuts[i]->n; k++)
			free(cuts[i]->pieces[k].path);
		free(cuts[i]);
	}
	for (size_t i = 0; i < n_everything; i++)
		free(everything[i]);
	n_cuts = 0;
	n_everything = 0;
	return world_end(state);
}

/* --- the world -------------------------------------------------------------- */

static int setup(void **state)
{
	(void)state;
	world_begin(world_office_and_edu);
	return 0;
}

static void sync_all(void)
{
	world_sync("edu", 0);
	world_sync("office", 0);
	world_sync("edu", 0);
}

/* The edit had been waited for before the round began. */
static void expect_end(const char *draft)
{
	world_whole("hub");
	world_whole("office/tian.git");
	world_whole("edu/tian.git");
	sync_all();
	assert_string_equal(world_text("office", "SELECT draft FROM handling"),
			    draft);
	assert_string_equal(world_state("office", "edu"),
			    world_state("edu", "edu"));
}

static void fail_at_each_moment(enum mode what)
{
	size_t step = is_sanitized() ? 7 : 1;

	world_edit("edu", "王芳", "UPDATE handling SET draft = '第一稿。'");
	world_edit("office", "李明", "UPDATE proposal SET sector = '甲'");
	mode = what;
	record();
	sync_all();
	stop_recording();
	assert_true(n_cuts > 40);
	for (size_t i = mode; i < n_cuts; i += step) {
		print_message("cut %zu of %zu\n", i, n_cuts);
		restore(cuts[i]);
		expect_end("第一稿。");
	}
	world_verify("office");
	world_verify("edu");
	must_run("for r in hub office/tian.git edu/tian.git; do"
		 " git -C $r fsck --strict || exit 1; done");
}

static void durable__nothing_that_was_not_waited_for_is_there(void **state)
{
	(void)state;
	fail_at_each_moment(NOTHING);
}

static void durable__names_are_there_and_no_bytes(void **state)
{
	(void)state;
	fail_at_each_moment(NAMES);
}

static void durable__names_of_refs_are_there_before_those_of_packs(void **state)
{
	(void)state;
	fail_at_each_moment(NAMES_OF_REFS);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(durable__nothing_that_was_not_waited_for_is_there),
		TEST(durable__names_are_there_and_no_bytes),
		TEST(durable__names_of_refs_are_there_before_those_of_packs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
