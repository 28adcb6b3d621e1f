/* outbox_test.c - own changes as commits: one author each, own lines only,
 * messages that read as an account; and what is refused in others'. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sync/node/outbox.h"
#include "sync/git/refs.h"
#include "tests/sync/git_helper.h"
#include "tests/sync/world_helper.h"

static struct node *node;
static struct buf ref;

/* A unit with one case in hand, its repository locked. */
static void make_world(void)
{
	world_office();
	world_unit("edu", "edu", "区教育局");
	world_case("1-1-014", "课后服务", "edu");
	world_case("1-1-015", "食堂", "edu");
	world_sync("office", 0);
	world_sync("edu", 0);
}

static int setup(void **state)
{
	struct err err;

	(void)state;
	world_begin(make_world);
	if (node_open(&node, in_folder("edu"), &err) < 0 ||
	    node_need(node, &err) < 0 ||
	    repository_lock(node->repository, &err) < 0)
		return -1;
	refs_outbox(&ref, "edu", replica_origin(node->replica));
	return 0;
}

static int teardown(void **state)
{
	node_close(node);
	node = NULL;
	buf_release(&ref);
	return world_end(state);
}

static size_t commit_all(void)
{
	size_t made = 0;
	struct err err = {0};

	if (outbox_commit(&made, node, &err) < 0)
		fail_msg("%s", err.text);
	return made;
}

static struct oid tip(void)
{
	struct oid oid;
	struct err err;

	assert_int_equal(repository_ref(&oid, node->repository, buf_text(&ref),
					&err),
			 0);
	return oid;
}

static void expect_git(const char *command, const char *expected)
{
	char out[4096];

	assert_int_equal(run(out, sizeof(out), "cd edu/tian.git && R=%s; %s",
			     buf_text(&ref), command),
			 0);
	assert_string_equal(out, expected);
}

static void outbox__a_commit_reads_as_an_account(void **state)
{
	(void)state;
	world_edit("edu", "王芳",
		   "UPDATE handling SET class_proposed = 'A', draft ="
		   " '我局高度重视，已全面落实课后服务。' WHERE proposal ="
		   " '1-1-014'");
	assert_int_equal(commit_all(), 2);
	expect_git("git log -1 --format='%an|%s%n%b' $R | sed"
		   " 's/^\\(Origin\\|Seen\\): .*/\\1/'",
		   "区教育局 王芳|1-1-014 承办·区教育局: 拟定类别 "
		   "A类、答复正文\n"
		   "1-1-014 承办 区教育局 拟定类别: A类\n"
		   "1-1-014 承办 区教育局 答复正文: "
		   "我局高度重视，已全面落实课后服务。\n"
		   "\nSite: edu\nOrigin\nSeq: 1-2\nSeen\n\n");
}

static void outbox__a_subject_that_says_all_has_no_body(void **state)
{
	(void)state;
	world_edit("edu", "王芳",
		   "UPDATE handling SET class_proposed = 'A' WHERE proposal ="
		   " '1-1-014'");
	assert_int_equal(commit_all(), 1);
	expect_git("git log -1 --format='%s%n%b' $R | sed"
		   " 's/^\\(Origin\\|Seen\\): .*/\\1/'",
		   "1-1-014 承办·区教育局: 拟定类别 A类\n"
		   "Site: edu\nOrigin\nSeq: 1-1\nSeen\n\n");
}

static void outbox__a_case_that_is_come_back_to_counts_once(void **state)
{
	(void)state;
	world_edit("edu", "王芳",
		   "UPDATE handling SET class_proposed = 'A';"
		   "UPDATE handling SET contact_name = '李明'");
	assert_int_equal(commit_all(), 4);
	expect_git("git log -1 --format=%s $R | sed 's/^[^ ]* //'",
		   "等 2 件 承办: 4 项\n");
}

static void outbox__nothing_new_makes_no_commit(void **state)
{
	struct oid before;
	struct oid after;

	(void)state;
	world_edit("edu", "王芳", "UPDATE handling SET class_proposed = 'A'");
	assert_int_equal(commit_all(), 2);
	before = tip();
	assert_int_equal(commit_all(), 0);
	after = tip();
	assert_true(oid_equal(&before, &after));
}

/* (O1) */
static void outbox__each_author_gets_a_commit_in_order(void **state)
{
	(void)state;
	world_edit("edu", "王芳",
		   "UPDATE handling SET draft = '一。' WHERE proposal ="
		   " '1-1-014'");
	world_edit("edu", "周全",
		   "UPDATE handling SET class_proposed = 'B' WHERE proposal ="
		   " '1-1-014'");
	world_edit("edu", "王芳",
		   "UPDATE handling SET doc_no = '1号' WHERE proposal ="
		   " '1-1-014'");
	assert_int_equal(commit_all(), 3);
	expect_git("git log --reverse --format='%an"
		   " %(trailers:key=Seq,valueonly,separator=)' $R",
		   "区教育局 王芳 1-1\n区教育局 周全 2-2\n"
		   "区教育局 王芳 3-3\n");
	/* (O2) and blame tells them apart. */
	expect_git("git blame --porcelain $R -- register/1-1/014.yaml | grep"
		   " -E '^(author |\t)' | sed 's/^author //'",
		   "区教育局 王芳\n\t提案: 1-1-014\n\t承办:\n"
		   "\t  - 单位: 区教育局 (edu)\n"
		   "\t    答复正文: |-\n\t      一。\n"
		   "区教育局 周全\n\t    拟定类别: B类\n"
		   "区教育局 王芳\n\t    文号: 1号\n");
}

/* (O2) */
static void outbox__its_register_holds_own_lines_only(void **state)
{
	(void)state;
	world_edit("edu", "王芳",
		   "UPDATE handling SET class_proposed = 'A' WHERE proposal ="
		   " '1-1-014'");
	commit_all();
	world_edit("edu", "王芳",
		   "UPDATE handling SET class_proposed = 'C' WHERE proposal ="
		   " '1-1-015'");
	commit_all();
	expect_git("git ls-tree -r --name-only $R",
		   "changes.msgpack\nregister/1-1/014.yaml\n"
		   "register/1-1/015.yaml\n");
	expect_git("git show $R:register/1-1/014.yaml",
		   "提案: 1-1-014\n承办:\n  - 单位: 区教育局 (edu)\n"
		   "    拟定类别: A类\n");
}

static void outbox__many_changes_become_several_batches(void **state)
{
	struct outbox_entry entry;
	struct oid oid;
	struct err err;
	int commits = 0;

	(void)state;
	/* 30 MiB of text: more than a batch may hold. */
	for (int i = 0; i < 10; i++) {
		char sql[256];

		snprintf(sql, sizeof(sql),
			 "UPDATE handling SET draft = '%d' ||"
			 " replace(hex(zeroblob(1048576)), '00', '字')"
			 " WHERE proposal = '1-1-014'",
			 i);
		world_edit("edu", "王芳", sql);
	}
	assert_int_equal(commit_all(), 10);
	oid = tip();
	for (uint64_t last = 10; last > 0; commits++) {
		assert_int_equal(
			outbox_read(&entry, node->repository, &oid, &err), 0);
		assert_int_equal(outbox_last(&entry), last);
		assert_true(entry.bytes.len <= 16 << 20);
		last = outbox_first(&entry) - 1;
		if (last > 0)
			oid = entry.commit.parents[0];
		outbox_entry_release(&entry);
	}
	assert_true(commits > 1);
}

static void outbox__an_older_replica_under_its_repository_is_told(void **state)
{
	struct err err;

	(void)state;
	assert_int_equal(run(NULL, 0, "cp edu/tian.db old.db"), 0);
	world_edit("edu", "王芳", "UPDATE handling SET class_proposed = 'A'");
	commit_all();
	node_close(node);
	assert_int_equal(run(NULL, 0, "rm edu/tian.db*; cp old.db edu/tian.db"),
			 0);
	assert_int_equal(node_open(&node, in_folder("edu"), &err), 0);
	assert_int_equal(node_need(node, &err), 0);
	assert_int_equal(repository_lock(node->repository, &err), 0);
	assert_int_equal(outbox_commit(NULL, node, &err), ERR_CORRUPT);
	assert_non_null(strstr(err.text, "older"));
}

/* The tip's commit made anew with another message, by the same key. */
static int read_with(const char *from, const char *to)
{
	struct outbox_entry entry;
	struct commit commit;
	struct commit_draft draft;
	char message[4096];
	struct oid oid = tip();
	struct err err;
	char *at;
	int rc;

	assert_int_equal(commit_read(&commit, node->repository, &oid, &err), 0);
	at = strstr(commit.message, from);
	assert_non_null(at);
	snprintf(message, sizeof(message), "%.*s%s%s",
		 (int)(at - commit.message), commit.message, to,
		 at + strlen(from));
	draft = (struct commit_draft){
		.tree = commit.tree,
		.parents = commit.parents,
		.n_parents = commit.n_parents,
		.author = {commit.author, commit.email, commit.author_time},
		.committer = {commit.author, commit.email, commit.time},
		.message = message,
	};
	assert_int_equal(commit_write(&oid, node->repository, &draft,
				      &node->key, &err),
			 0);
	rc = outbox_read(&entry, node->repository, &oid, &err);
	if (rc == 0)
		outbox_entry_release(&entry);
	commit_release(&commit);
	return rc;
}

static void outbox__trailers_that_are_not_the_batchs_are_refused(void **state)
{
	(void)state;
	world_edit("edu", "王芳",
		   "UPDATE handling SET class_proposed = 'A' WHERE proposal ="
		   " '1-1-014'");
	commit_all();
	assert_int_equal(read_with("Seq: 1-1", "Seq: 1-1"), 0);
	assert_int_equal(read_with("Seq: 1-1", "Seq: 1-2"), ERR_CORRUPT);
	assert_int_equal(read_with("Site: edu", "Site: hr"), ERR_CORRUPT);
	assert_int_equal(read_with("Origin: ", "Origin: 0"), ERR_CORRUPT);
	assert_int_equal(read_with("Seq: ", "Sequence: "), ERR_CORRUPT);
}

static void outbox__a_commit_without_a_batch_is_refused(void **state)
{
	struct outbox_entry entry;
	struct commit_draft draft = {
		.author = {"N", "e@x", 1},
		.committer = {"N", "e@x", 1},
		.message = "x\n\nSite: edu\n",
	};
	struct oid oid;
	struct err err;

	(void)state;
	assert_int_equal(repository_edit_tree(&draft.tree, node->repository,
					      NULL, NULL, 0, &err),
			 0);
	assert_int_equal(commit_write(&oid, node->repository, &draft,
				      &node->key, &err),
			 0);
	assert_int_equal(outbox_read(&entry, node->repository, &oid, &err),
			 ERR_CORRUPT);
}

static void outbox__a_chain_ends_where_it_is_known(void **state)
{
	struct oid_list chain = {NULL, 0, 0};
	struct oid first;
	struct oid last;
	struct oid none = {{0}};
	struct oid other = {{1}};
	struct err err;

	(void)state;
	world_edit("edu", "王芳", "UPDATE handling SET doc_no = '1'");
	commit_all();
	first = tip();
	world_edit("edu", "王芳", "UPDATE handling SET doc_no = '2'");
	commit_all();
	last = tip();
	assert_int_equal(
		outbox_chain(&chain, node->repository, &last, &none, &err), 0);
	assert_int_equal(chain.n, 2);
	assert_true(oid_equal(&chain.items[0], &first));
	chain.n = 0;
	assert_int_equal(
		outbox_chain(&chain, node->repository, &last, &first, &err), 0);
	assert_int_equal(chain.n, 1);
	assert_true(oid_equal(&chain.items[0], &last));
	assert_int_equal(outbox_chain(&chain, node->repository, &last, &other,
				      &err),
			 ERR_MISSING);
	oid_list_release(&chain);
}

static void refs__only_the_pattern_is_a_ref_of_ours(void **state)
{
	static const char *const bad[] = {
		"refs/heads/outbox/edu",
		"refs/heads/outbox/edu/",
		"refs/heads/outbox/edu/123",
		"refs/heads/outbox/edu/000000000000000G",
		"refs/heads/outbox/edu/0000000000000000",
		"refs/heads/outbox/edu/ffffffffffffffff",
		"refs/heads/outbox/edu/x/0000000000000001",
		"refs/heads/outbox//0000000000000001",
		"refs/heads/outbox/../0000000000000001",
		"refs/heads/outbox/a b/0000000000000001",
		"refs/heads/outbox/-e/0000000000000001",
		"refs/heads/outbox/e.lock/0000000000000001",
		"refs/tags/outbox/edu/0000000000000001",
	};
	char site[REF_SITE_MAX + 1];
	uint64_t origin;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(refs_parse_outbox(site, &origin, bad[i]));
	assert_true(refs_parse_outbox(
		site, &origin, "refs/heads/outbox/区教育局/00000000000000ff"));
	assert_string_equal(site, "区教育局");
	assert_int_equal(origin, 255);
}

#define OUTBOX_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		OUTBOX_TEST(outbox__a_commit_reads_as_an_account),
		OUTBOX_TEST(outbox__a_subject_that_says_all_has_no_body),
		OUTBOX_TEST(outbox__a_case_that_is_come_back_to_counts_once),
		OUTBOX_TEST(outbox__nothing_new_makes_no_commit),
		OUTBOX_TEST(outbox__each_author_gets_a_commit_in_order),
		OUTBOX_TEST(outbox__its_register_holds_own_lines_only),
		OUTBOX_TEST(outbox__many_changes_become_several_batches),
		OUTBOX_TEST(
			outbox__an_older_replica_under_its_repository_is_told),
		OUTBOX_TEST(
			outbox__trailers_that_are_not_the_batchs_are_refused),
		OUTBOX_TEST(outbox__a_commit_without_a_batch_is_refused),
		OUTBOX_TEST(outbox__a_chain_ends_where_it_is_known),
		cmocka_unit_test(refs__only_the_pattern_is_a_ref_of_ours),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
