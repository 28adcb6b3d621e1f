/* commit_test.c - commits that stock git verifies, and no others are read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "sync/git/commit.h"
#include "tests/sync/git_helper.h"

static struct repository *repo;
static struct key key;
static struct oid tree;

static int setup(void **state)
{
	struct err err;

	(void)state;
	folder_make();
	if (crypto_init(&err) < 0)
		return -1;
	key_generate(&key);
	return key_save(&key, in_folder("key"), "edu", &err) < 0 ||
	       repository_create(in_folder("r"), &err) < 0 ||
	       repository_open(&repo, in_folder("r"), REPOSITORY_WRITE, &err) <
		       0 ||
	       repository_edit_tree(&tree, repo, NULL, NULL, 0, &err) < 0;
}

static int teardown(void **state)
{
	(void)state;
	repository_close(repo);
	repo = NULL;
	folder_remove();
	return 0;
}

static struct oid make(const struct oid *parents, size_t n, const char *message)
{
	const struct commit_draft draft = {
		.tree = tree,
		.parents = parents,
		.n_parents = n,
		.author = {"区教育局 王芳", "7f3a@edu", 1654567890},
		.committer = {"区教育局", "7f3a@edu", 1654567899},
		.message = message,
	};
	struct oid oid;
	struct err err;

	assert_int_equal(commit_write(&oid, repo, &draft, &key, &err), 0);
	return oid;
}

static void flush(const struct oid *tip)
{
	struct err err;

	assert_int_equal(repository_lock(repo, &err), 0);
	assert_int_equal(repository_flush(repo, &err), 0);
	assert_int_equal(repository_set_ref(repo, "refs/heads/main", tip, NULL,
					    &err),
			 0);
	repository_unlock(repo);
}

static void commit__stock_git_verifies_ours(void **state)
{
	char out[2048];
	struct oid first = make(NULL, 0, "一\n\nSite: edu\n");
	struct oid second = make(&first, 1, "二\n\n正文\n\nSite: edu\n");

	(void)state;
	flush(&second);
	assert_int_equal(
		run(out, sizeof(out),
		    "sed 's/^/edu namespaces=\"git\" /' key.pub > signers &&"
		    " git -C r fsck --strict && for c in main main~1; do"
		    " git -C r -c gpg.format=ssh -c"
		    " gpg.ssh.allowedSignersFile=../signers verify-commit $c"
		    " || exit 1; done;"
		    " git -C r log -1 --format='%%an|%%ae|%%at|%%ct|%%s'"
		    " --date=unix; git -C r log -1"
		    " --format='%%(trailers:key=Site)'"),
		0);
	assert_non_null(strstr(out, "Good \"git\" signature for edu"));
	assert_non_null(
		strstr(out, "区教育局 王芳|7f3a@edu|1654567890|1654567899|二"));
	assert_non_null(strstr(out, "Site: edu"));
}

static void commit__what_was_written_is_read(void **state)
{
	uint8_t public_key[CRYPTO_PUBLIC_SIZE];
	struct oid parents[2] = {make(NULL, 0, "a\n"), make(NULL, 0, "b\n")};
	struct oid oid = make(parents, 2, "主题\n\n正文\n\nSeq: 1-2\n");
	struct commit commit;
	struct err err;

	(void)state;
	assert_int_equal(commit_read(&commit, repo, &oid, &err), 0);
	assert_true(oid_equal(&commit.tree, &tree));
	assert_int_equal(commit.n_parents, 2);
	assert_memory_equal(commit.parents, parents, sizeof(parents));
	assert_string_equal(commit.author, "区教育局 王芳");
	assert_string_equal(commit.email, "7f3a@edu");
	assert_int_equal(commit.author_time, 1654567890);
	assert_int_equal(commit.time, 1654567899);
	assert_string_equal(commit.message, "主题\n\n正文\n\nSeq: 1-2\n");
	assert_int_equal(commit_signer(public_key, &commit, &err), 0);
	assert_memory_equal(public_key, key.public_key, sizeof(public_key));
	commit_release(&commit);
}

static void commit__one_signed_by_stock_git_is_read(void **state)
{
	uint8_t public_key[CRYPTO_PUBLIC_SIZE];
	char hex[64];
	struct oid first = make(NULL, 0, "a\n");
	struct commit commit;
	struct oid oid;
	struct err err;

	(void)state;
	flush(&first);
	assert_int_equal(run(hex, sizeof(hex),
			     "git -C r -c user.name=N -c user.email=e@x -c"
			     " gpg.format=ssh -c user.signingkey=../key.pub"
			     " commit-tree -S -p main -m 'theirs' main^{tree}"
			     " 2>/dev/null"),
			 0);
	assert_true(oid_parse(&oid, hex, strlen(hex)));
	repository_close(repo);
	assert_int_equal(repository_open(&repo, in_folder("r"),
					 REPOSITORY_WRITE, &err),
			 0);
	assert_int_equal(commit_read(&commit, repo, &oid, &err), 0);
	assert_int_equal(commit_signer(public_key, &commit, &err), 0);
	assert_memory_equal(public_key, key.public_key, sizeof(public_key));
	commit_release(&commit);
}

static void commit__names_are_cleaned_as_git_does(void **state)
{
	const struct commit_draft draft = {
		.tree = tree,
		.author = {" .<张>\n三.", "<>", 1},
		.committer = {"...", "a@b", -5},
		.message = "x\n",
	};
	struct commit commit;
	struct oid oid;
	struct err err;

	(void)state;
	assert_int_equal(commit_write(&oid, repo, &draft, &key, &err), 0);
	flush(&oid);
	assert_int_equal(run(NULL, 0, "git -C r fsck --strict"), 0);
	assert_int_equal(commit_read(&commit, repo, &oid, &err), 0);
	assert_string_equal(commit.author, "张三");
	assert_string_equal(commit.email, "?");
	assert_int_equal(commit.time, 0);
	commit_release(&commit);
}

static void commit__trailers_are_read_from_the_end_only(void **state)
{
	struct oid oid = make(NULL, 0,
			      "Seq: 9\n\nSeq: 8\n\nSite: edu\nSeq: 1-2\n"
			      "Seqs: 4\nSeq: 3-4\nSeq:5\n");
	struct commit commit;
	const char *at = NULL;
	const char *value;
	struct err err;
	size_t len;

	(void)state;
	assert_int_equal(commit_read(&commit, repo, &oid, &err), 0);
	value = commit_trailer_next(&len, &at, &commit, "Seq");
	assert_int_equal(len, 3);
	assert_memory_equal(value, "1-2", 3);
	value = commit_trailer_next(&len, &at, &commit, "Seq");
	assert_memory_equal(value, "3-4", 3);
	assert_null(commit_trailer_next(&len, &at, &commit, "Seq"));
	assert_null(commit_trailer(&len, &commit, "Origin"));
	commit_release(&commit);
}

static void commit__a_trailer_cannot_be_smuggled_in_by_a_value(void **state)
{
	struct buf message = BUF_INIT;

	(void)state;
	commit_add_trailer(&message, "Reason", "x\nSite: office\r\n\n");
	assert_string_equal(buf_text(&message), "Reason: x Site: office   \n");
	buf_release(&message);
}

static void commit__no_flipped_bit_keeps_its_signature(void **state)
{
	uint8_t public_key[CRYPTO_PUBLIC_SIZE];
	struct oid first = make(NULL, 0, "a\n");
	struct oid oid = make(&first, 1, "b\n\nSeq: 1\n");
	struct buf raw = BUF_INIT;
	struct commit commit;
	struct err err;

	(void)state;
	assert_int_equal(repository_read(&raw, repo, &oid, OBJECT_COMMIT, &err),
			 0);
	for (size_t bit = 0; bit < raw.len * 8; bit++) {
		struct oid flipped;
		int rc;

		raw.data[bit / 8] ^= (char)(1 << bit % 8);
		assert_int_equal(repository_write(&flipped, repo, OBJECT_COMMIT,
						  raw.data, raw.len, &err),
				 0);
		rc = commit_read(&commit, repo, &flipped, &err);
		if (rc == 0)
			rc = commit_signer(public_key, &commit, &err);
		assert_int_equal(rc, ERR_CORRUPT);
		commit_release(&commit);
		raw.data[bit / 8] ^= (char)(1 << bit % 8);
	}
	buf_release(&raw);
}

static void commit__every_cut_is_refused(void **state)
{
	uint8_t public_key[CRYPTO_PUBLIC_SIZE];
	struct oid oid = make(NULL, 0, "b\n\nSeq: 1\n");
	struct buf raw = BUF_INIT;
	struct commit commit;
	struct err err;

	(void)state;
	assert_int_equal(repository_read(&raw, repo, &oid, OBJECT_COMMIT, &err),
			 0);
	for (size_t len = 0; len < raw.len; len++) {
		struct oid cut;
		int rc;

		assert_int_equal(repository_write(&cut, repo, OBJECT_COMMIT,
						  raw.data, len, &err),
				 0);
		rc = commit_read(&commit, repo, &cut, &err);
		if (rc == 0)
			rc = commit_signer(public_key, &commit, &err);
		assert_int_equal(rc, ERR_CORRUPT);
		commit_release(&commit);
	}
	buf_release(&raw);
}

#define REPO_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		REPO_TEST(commit__stock_git_verifies_ours),
		REPO_TEST(commit__what_was_written_is_read),
		REPO_TEST(commit__one_signed_by_stock_git_is_read),
		REPO_TEST(commit__names_are_cleaned_as_git_does),
		REPO_TEST(commit__trailers_are_read_from_the_end_only),
		REPO_TEST(commit__a_trailer_cannot_be_smuggled_in_by_a_value),
		REPO_TEST(commit__no_flipped_bit_keeps_its_signature),
		REPO_TEST(commit__every_cut_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
