/* cut_test.c - an exchange cut at any byte: by a process killed, a disk that is
 * full or fails, or a file cut short on its way. Both sides stay whole, what
 * happened is said, and the next one completes.
 * Roads with a connection are cut in hub_smart_test.c and roads_*_test.sh. */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "sync/node/node_bundle.h"
#include "tests/sync/git_helper.h"
#include "tests/sync/world_helper.h"

enum { CUTS = 100, SANITIZED_CUTS = 20, SEED = 20220630 };

static uint64_t seed;

/* --- what is written, counted -------------------------------------------- */

enum cut { NONE, KILLED, FULL, BROKEN };

/* Bytes this process may write yet; what happens then. */
static enum cut cut;
static size_t left;
/* How many it wrote, for its parent. */
static size_t *written;

/* How many of `len` bytes are written; -1: none any more. */
static ssize_t allow(size_t len)
{
	if (cut == NONE || len <= left)
		return (ssize_t)len;
	return left > 0 ? (ssize_t)left : -1;
}

static ssize_t after(ssize_t n, ssize_t allowed, size_t len)
{
	if (n > 0 && written != NULL)
		*written += (size_t)n;
	if (cut == NONE)
		return n;
	if (n > 0)
		left -= (size_t)n;
	if (cut == KILLED && (size_t)allowed != len)
		raise(SIGKILL);
	if (allowed >= 0)
		return n;
	errno = cut == FULL ? ENOSPC : EIO;
	return -1;
}

/* Instead of the C library's: of this program, SQLite and libgit2. */
ssize_t write(int fd, const void *bytes, size_t len);
ssize_t write(int fd, const void *bytes, size_t len)
{
	ssize_t allowed = allow(len);

	return after(allowed <= 0 ? 0 : syscall(SYS_write, fd, bytes, allowed),
		     allowed, len);
}

static ssize_t write_at(int fd, const void *bytes, size_t len, off_t at)
{
	ssize_t allowed = allow(len);

	return after(allowed <= 0
			     ? 0
			     : syscall(SYS_pwrite64, fd, bytes, allowed, at),
		     allowed, len);
}

ssize_t pwrite(int fd, const void *bytes, size_t len, off_t at);
ssize_t pwrite(int fd, const void *bytes, size_t len, off_t at)
{
	return write_at(fd, bytes, len, at);
}

ssize_t pwrite64(int fd, const void *bytes, size_t len, off_t at);
ssize_t pwrite64(int fd, const void *bytes, size_t len, off_t at)
{
	return write_at(fd, bytes, len, at);
}

/* --- the world ----------------------------------------------------------- */

static int setup(void **state)
{
	const char *given = getenv("TIAN_SEED");

	(void)state;
	seed = given != NULL ? strtoull(given, NULL, 10) : SEED;
	print_message("TIAN_SEED=%llu\n", (unsigned long long)seed);
	written = mmap(NULL, sizeof(*written), PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert_ptr_not_equal(written, MAP_FAILED);
	folder_make();
	world_office();
	world_unit("edu", "edu", "区教育局");
	world_case("1-1-001", "教育", "edu");
	world_sync("office", 0);
	world_sync("edu", 0);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	world_forget();
	munmap(written, sizeof(*written));
	written = NULL;
	folder_remove();
	return 0;
}

/* xorshift64: the same positions for the same seed. */
static size_t random_below(size_t limit)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (size_t)(seed % limit);
}

static int cuts(void)
{
	return is_sanitized() ? SANITIZED_CUTS : CUTS;
}

static void edit(const char *name, int n)
{
	char sql[128];
	bool office = strcmp(name, "office") == 0;

	snprintf(sql, sizeof(sql),
		 office ? "UPDATE proposal SET sector = '第%d号'"
			: "UPDATE handling SET draft = '第%d稿。'",
		 n);
	world_edit(name, office ? "李明" : "王芳", sql);
}

static const char *const words[] = {
	[FULL] = "full|No space left",
	[BROKEN] = "I/O error|Input/output error",
};

static bool is_said(const char *text, enum cut why)
{
	char both[64];
	char *bar;

	snprintf(both, sizeof(both), "%s", words[why]);
	bar = strchr(both, '|');
	*bar = '\0';
	return strstr(text, both) != NULL || strstr(text, bar + 1) != NULL;
}

/* In a child: 0 synced, 1 failed and said why, 2 failed and said another
 * thing. */
static int sync_cut(const char *name, enum cut why, size_t at)
{
	struct sync_report report = {.pushed = 0};
	struct node *node = NULL;
	struct err err;
	int rc = node_open(&node, in_folder("%s", name), &err);

	left = at;
	cut = why;
	if (rc == 0)
		rc = node_sync(&report, node, NULL, &err);
	node_close(node);
	cut = NONE;
	if (rc == 0)
		return 0;
	if (why != KILLED && is_said(err.text, why))
		return 1;
	fprintf(stderr, "cut %d at %zu: %s\n", why, at, err.text);
	return 2;
}

/* What the child wrote, whole or cut. */
static size_t run_cut(const char *name, enum cut why, size_t at, int *status)
{
	pid_t child;

	*written = 0;
	child = fork();
	assert_true(child >= 0);
	if (child == 0)
		_exit(sync_cut(name, why, at));
	assert_int_equal(waitpid(child, status, 0), child);
	return *written;
}

static void expect_end(int n)
{
	char draft[64];

	snprintf(draft, sizeof(draft), "第%d稿。", n);
	world_sync("edu", 0);
	assert_int_equal(world_sync("office", 0)->refused, 0);
	world_sync("edu", 0);
	assert_string_equal(world_text("office", "SELECT draft FROM handling"),
			    draft);
	assert_string_equal(world_state("office", "edu"),
			    world_state("edu", "edu"));
	world_verify("office");
	world_verify("edu");
	assert_int_equal(run(NULL, 0,
			     "for r in hub office/tian.git edu/tian.git; do"
			     " git -C $r fsck --strict || exit 1; done"),
			 0);
}

/* Own changes to push, and with `news` others to fetch. */
static void prepare(const char *name, const char *other, bool news, int n)
{
	if (news) {
		edit(other, n);
		world_sync(other, 0);
	}
	edit(name, n);
}

/* How many bytes a whole run writes. */
static size_t measure(const char *name, const char *other, bool news)
{
	int status;
	size_t whole;

	prepare(name, other, news, 2000 + news);
	whole = run_cut(name, NONE, 0, &status);
	assert_int_equal(status, 0);
	assert_true(whole > 1000);
	return whole;
}

static void cut_everywhere(const char *name, const char *other)
{
	const char *own = strcmp(name, "edu") == 0 ? "edu/tian.git"
						   : "office/tian.git";
	const size_t whole[2] = {measure(name, other, false),
				 measure(name, other, true)};
	int told = 0;
	int n;

	for (n = 0; n < cuts(); n++) {
		enum cut why = (enum cut)(KILLED + n % 3);
		bool news = n % 4 == 0;
		/* The first of each kind at the first byte. */
		size_t at = n < 3 ? 0 : random_below(whole[news]);
		int status;

		prepare(name, other, news, n);
		run_cut(name, why, at, &status);
		if (why == KILLED && WIFSIGNALED(status))
			told++;
		else if (WIFEXITED(status) && WEXITSTATUS(status) <= 1)
			told += WEXITSTATUS(status);
		else
			fail_msg("%s: cut %d at %zu: %d", name, why, at,
				 status);
		world_whole("hub");
		world_whole(own);
		world_sync(name, 0);
	}
	print_message("%s: %d of %d cuts told, of %zu and %zu bytes\n", name,
		      told, cuts(), whole[0], whole[1]);
	assert_true(told >= 3);
	edit("edu", n);
	expect_end(n);
}

static void cut__a_units_run_at_any_byte_written(void **state)
{
	(void)state;
	cut_everywhere("edu", "office");
}

static void cut__an_offices_run_at_any_byte_written(void **state)
{
	(void)state;
	cut_everywhere("office", "edu");
}

/* --- files --------------------------------------------------------------- */

static void make_bundle(const char *name, const char *site)
{
	const struct bundle_options options = {site, false};
	struct bundle_report made;
	struct node *node = NULL;
	struct err err = {0};

	assert_int_equal(node_open(&node, in_folder("%s", name), &err), 0);
	if (node_bundle_create(&made, node, in_folder("file"), &options, &err) <
	    0)
		fail_msg("%s", err.text);
	node_close(node);
}

/* Its error, or 0; what was said goes to `text`. */
static int take_bundle(const char *name, const char *file, char text[1024])
{
	struct sync_report report = {0};
	struct node *node = NULL;
	struct err err = {0};
	int rc = node_open(&node, in_folder("%s", name), &err);

	if (rc == 0)
		rc = node_bundle_apply(&report, node, in_folder("%s", file),
				       NULL, &err);
	snprintf(text, 1024, "%s",
		 rc < 0			? err.text
		 : report.n_details > 0 ? report.details[0].text
					: "");
	if (rc == 0 && report.refused > 0)
		rc = ERR_CORRUPT;
	sync_report_release(&report);
	node_close(node);
	return rc;
}

static void cut_file(const char *to, const char *what)
{
	char refs[2][4096];
	char state[65];
	char text[1024];
	struct buf whole = BUF_INIT;
	struct err err;

	assert_int_equal(
		buf_read_file(&whole, in_folder("file"), 1 << 24, &err), 0);
	snprintf(state, sizeof(state), "%s", world_state(to, "edu"));
	run(refs[0], sizeof(refs[0]),
	    "for r in hub %s/tian.git; do git -C $r"
	    " for-each-ref; done",
	    to);
	for (int i = 0; i < cuts(); i++) {
		size_t len = random_below(whole.len);
		int rc;

		put_file(in_folder("cut"), whole.data, len);
		rc = take_bundle(to, "cut", text);
		if (rc != ERR_INPUT && rc != ERR_CORRUPT)
			fail_msg("%zu of %zu: %d: %s", len, whole.len, rc,
				 text);
		assert_true(strlen(text) > 10);
		assert_string_equal(world_state(to, "edu"), state);
	}
	run(refs[1], sizeof(refs[1]),
	    "for r in hub %s/tian.git; do git -C $r"
	    " for-each-ref; done",
	    to);
	assert_string_equal(refs[0], refs[1]);
	if (take_bundle(to, "file", text) < 0)
		fail_msg("%s", text);
	assert_string_equal(world_text(to, what), "第1");
	buf_release(&whole);
}

static void cut__a_units_file_at_any_byte(void **state)
{
	(void)state;
	edit("edu", 1);
	make_bundle("edu", NULL);
	cut_file("office", "SELECT substr(draft, 1, 2) FROM handling");
}

static void cut__an_offices_file_at_any_byte(void **state)
{
	(void)state;
	edit("office", 1);
	world_sync("office", 0);
	make_bundle("office", "edu");
	cut_file("edu", "SELECT substr(sector, 1, 2) FROM proposal");
}

#define CUT_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CUT_TEST(cut__a_units_run_at_any_byte_written),
		CUT_TEST(cut__an_offices_run_at_any_byte_written),
		CUT_TEST(cut__a_units_file_at_any_byte),
		CUT_TEST(cut__an_offices_file_at_any_byte),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
