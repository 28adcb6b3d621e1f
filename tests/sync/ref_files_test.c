/* ref_files_test.c - refs of a folder: what stock git lists, and nothing of
 * what only looks like refs. No read waits or grows without end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "sync/git/ref_files.h"
#include "tests/sync/git_helper.h"

static struct ref_files *refs;

/* Refs a, b/1, b/2 and c below refs/heads, of three commits. */
static int setup(void **state)
{
	(void)state;
	folder_make();
	must_run(
		"git init -q --bare r && cd r && t=$(git mktree </dev/null) &&"
		" for i in a b/1 b/2 c; do git update-ref refs/heads/$i $(echo $i"
		" | git -c user.name=N -c user.email=e commit-tree $t) || exit 1;"
		" done");
	refs = ref_files_new(in_folder("r"));
	return refs == NULL;
}

static int teardown(void **state)
{
	(void)state;
	ref_files_free(refs);
	folder_remove();
	return 0;
}

/* What is listed reads as stock git's own list. */
static void expect_as_git(const char *prefix)
{
	struct ref_list list = {NULL, 0};
	struct buf text = BUF_INIT;
	char out[4096];
	struct err err;

	if (ref_files_list(&list, refs, prefix, &err) < 0)
		fail_msg("%s", err.text);
	for (size_t i = 0; i < list.n; i++) {
		char hex[OID_TEXT];
		struct oid oid;

		oid_format(hex, &list.items[i].oid);
		buf_addf(&text, "%s %s\n", hex, list.items[i].name);
		assert_int_equal(ref_files_read(&oid, refs, list.items[i].name,
						&err),
				 0);
		assert_true(oid_equal(&oid, &list.items[i].oid));
	}
	run(out, sizeof(out),
	    "git -C r for-each-ref --format='%%(objectname)"
	    " %%(refname)' | grep ' %s'; true",
	    prefix);
	assert_string_equal(buf_text(&text), out);
	ref_list_release(&list);
	buf_release(&text);
}

static void expect_all_as_git(void)
{
	expect_as_git("refs/");
	expect_as_git("refs/heads/");
	expect_as_git("refs/heads/b/");
	expect_as_git("refs/heads/c");
	expect_as_git("refs/heads/none/");
}

static size_t count(void)
{
	struct ref_list list = {NULL, 0};
	struct err err;
	size_t n;

	if (ref_files_list(&list, refs, "refs/", &err) < 0)
		fail_msg("%s", err.text);
	n = list.n;
	ref_list_release(&list);
	return n;
}

static int read_ref(const char *name)
{
	struct oid oid;
	struct err err;

	return ref_files_read(&oid, refs, name, &err);
}

static void ref_files__what_git_lists_is_listed(void **state)
{
	(void)state;
	expect_all_as_git();
	must_run("git -C r pack-refs --all");
	expect_all_as_git();
	/* A file counts before the packed one; both kinds beside each other. */
	must_run("cd r && git update-ref refs/heads/b/1 refs/heads/c && git"
		 " update-ref refs/heads/b/0 refs/heads/a");
	expect_all_as_git();
	must_run("git -C r update-ref -d refs/heads/b/1");
	assert_int_equal(read_ref("refs/heads/b/1"), ERR_MISSING);
	expect_all_as_git();
	must_run(
		"cd r && git -c user.name=N -c user.email=e tag -a -m m t a && git"
		" pack-refs --all");
	expect_all_as_git();
}

/* `what` stands where refs/heads/x would. */
static void expect_passed_by(const char *what, int rc)
{
	char command[512];

	snprintf(command, sizeof(command), "cd r/refs/heads && %s", what);
	must_run(command);
	assert_int_equal(count(), 4);
	if (read_ref("refs/heads/x") != rc)
		fail_msg("%s", what);
	must_run("rm -rf r/refs/heads/x");
}

static void ref_files__what_only_looks_like_a_ref_is_none(void **state)
{
	(void)state;
	expect_passed_by("mkfifo x", ERR_CORRUPT);
	expect_passed_by("ln -s a x", ERR_CORRUPT);
	expect_passed_by("ln -s /dev/zero x", ERR_CORRUPT);
	expect_passed_by("ln -s .. x", ERR_CORRUPT);
	expect_passed_by("mkdir x", ERR_MISSING);
	expect_passed_by("echo 'ref: refs/heads/a' > x", ERR_CORRUPT);
	expect_passed_by(": > x", ERR_CORRUPT);
	expect_passed_by("head -c 39 a > x", ERR_CORRUPT);
	expect_passed_by("cat a a > x", ERR_CORRUPT);
	expect_passed_by("tr a-f0-9 A-FX < a > x", ERR_CORRUPT);
	expect_passed_by("truncate -s 1T x", ERR_CORRUPT);
	expect_passed_by("cp a x.lock; cp a .x; cp a 'x y'; cp a $(printf"
			 " 'x\\033[2J'); cp a 'x~1'; cp a x..y",
			 ERR_MISSING);
}

static void ref_files__folders_without_end_are_an_error(void **state)
{
	struct ref_list list = {NULL, 0};
	struct err err;

	(void)state;
	must_run("mkdir -p r/refs/heads/$(printf 'd/%.0s' $(seq 20))");
	assert_int_equal(ref_files_list(&list, refs, "refs/", &err),
			 ERR_CORRUPT);
	ref_list_release(&list);
	/* Who asks for others is not held up. */
	expect_as_git("refs/heads/b/");
}

static void ref_files__damaged_packed_refs_are_told(void **state)
{
	static const char *const how[] = {
		"sed -i 's/ refs/refs/'", "sed -i '3s/^./x/'",
		"truncate -s -60", "printf 'x\\0y\\n' >>", "truncate -s 1T"};
	struct ref_list list = {NULL, 0};
	struct err err;
	char command[256];

	(void)state;
	must_run("git -C r pack-refs --all && cp r/packed-refs whole");
	for (size_t i = 0; i < sizeof(how) / sizeof(how[0]); i++) {
		snprintf(command, sizeof(command), "%s r/packed-refs", how[i]);
		must_run(command);
		assert_int_equal(read_ref("refs/heads/none"), ERR_CORRUPT);
		assert_int_equal(ref_files_list(&list, refs, "refs/", &err),
				 ERR_CORRUPT);
		must_run("cp whole r/packed-refs");
	}
	must_run("rm r/packed-refs && mkfifo r/packed-refs");
	assert_int_equal(read_ref("refs/heads/a"), ERR_CORRUPT);
	must_run("rm r/packed-refs && cp whole r/packed-refs");
	expect_all_as_git();
	ref_list_release(&list);
}

static void ref_files__names_are_as_git_allows_them(void **state)
{
	static const char *const good[] = {"refs/heads/a", "refs/x/区/b.c",
					   "refs/heads/a@b", "refs/a-"};
	static const char *const bad[] = {
		"refs/",	 "heads/a",   "refs/../x", "refs/a/",
		"refs/a//b",	 "refs/.a",   "refs/a.",   "refs/a.lock",
		"refs/a.lock/b", "refs/a b",  "refs/a\tb", "refs/a~",
		"refs/a^",	 "refs/a:b",  "refs/a?",   "refs/a*",
		"refs/a[",	 "refs/a\\b", "refs/a@{b", "refs/a\x7f",
		"/refs/a",	 ""};

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_true(ref_name_ok(good[i]));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (ref_name_ok(bad[i]))
			fail_msg("%s", bad[i]);
}

static int open_it(const char *name)
{
	struct repository *repository = NULL;
	struct err err;
	int rc = repository_open(&repository, in_folder("%s", name),
				 REPOSITORY_READ, &err);

	repository_close(repository);
	return rc;
}

/* Nothing of it is waited for, or followed. */
static void ref_files__a_hub_of_pipes_is_opened_or_refused(void **state)
{
	(void)state;
	assert_int_equal(open_it("r"), 0);
	must_run("cd r && rm config && mkfifo config commondir gitdir shallow");
	assert_int_equal(open_it("r"), 0);
	must_run("cd r && rm HEAD && mkfifo HEAD");
	assert_int_equal(open_it("r"), ERR_MISSING);
}

static void ref_files__a_hub_in_another_format_is_refused(void **state)
{
	(void)state;
	must_run("git init -q --bare --object-format=sha256 s");
	assert_int_equal(open_it("s"), ERR_INPUT);
	must_run("git -C r config extensions.refStorage reftable");
	assert_int_equal(open_it("r"), ERR_INPUT);
	must_run("git -C r config extensions.refStorage files");
	assert_int_equal(open_it("r"), 0);
}

#define REFS_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		REFS_TEST(ref_files__what_git_lists_is_listed),
		REFS_TEST(ref_files__what_only_looks_like_a_ref_is_none),
		REFS_TEST(ref_files__folders_without_end_are_an_error),
		REFS_TEST(ref_files__damaged_packed_refs_are_told),
		REFS_TEST(ref_files__names_are_as_git_allows_them),
		REFS_TEST(ref_files__a_hub_of_pipes_is_opened_or_refused),
		REFS_TEST(ref_files__a_hub_in_another_format_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
