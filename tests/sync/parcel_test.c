/* parcel_test.c - the shape of inbox and main commits: what is not repeated,
 * and that the older shapes are still read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sync/office/ledger.h"
#include "tests/sync/git_helper.h"
#include "tests/sync/world_helper.h"

static void make_world(void)
{
	world_office();
	world_unit("edu", "edu", "区教育局");
	world_unit("hr", "hr", "区人社局");
	world_case("1-1-001", "教育", "edu");
	world_edit("office", "李明",
		   "INSERT INTO handling(proposal, unit, role)"
		   " VALUES ('1-1-001', 'hr', 'co')");
	world_sync("office", 0);
}

static int setup(void **state)
{
	(void)state;
	world_begin(make_world);
	return 0;
}

static void parcel__sites_that_are_sent_the_same_share_a_tree(void **state)
{
	(void)state;
	world_edit("office", "李明", "UPDATE proposal SET title = '新题'");
	world_sync("office", 0);
	must_run(
		"cd hub && test $(git rev-parse inbox/edu^{tree}) ="
		" $(git rev-parse inbox/hr^{tree}) &&"
		" test $(git rev-parse inbox/edu) != $(git rev-parse inbox/hr)");
	/* One file: the batch as it lies in the office's outbox. */
	must_run(
		"cd hub && o=$(git for-each-ref --format='%(refname)'"
		" refs/heads/outbox/office) && test \"$(git ls-tree inbox/edu |"
		" cut -d ' ' -f 3 | cut -f 1)\" ="
		" $(git rev-parse $o:changes.msgpack)");
}

static void parcel__keys_are_sent_where_they_change(void **state)
{
	(void)state;
	world_edit("office", "李明", "UPDATE proposal SET title = '新题'");
	world_sync("office", 0);
	must_run("cd hub && git cat-file -e inbox/edu~1:signers &&"
		 " ! git cat-file -e inbox/edu:signers");
	world_stranger("edu2", "edu");
	world_enrol("edu2", "edu");
	world_sync("office", 0);
	must_run(
		"cd hub && git cat-file -e inbox/edu:signers &&"
		" test $(git log -1 --format='%(trailers:key=Signers,valueonly)'"
		" inbox/edu) = $(git rev-parse inbox/edu:signers) &&"
		" ! git cat-file -e inbox/hr:signers");
	world_sync("edu", 0);
	world_sync("edu2", 0);
	assert_string_equal(world_state("edu", NULL),
			    world_state("edu2", NULL));
}

/* Edu's inbox as it was made at first: batches in a folder, keys in every
 * tree, no trailer that names them. */
static void make_older(void)
{
	must_run(
		"cd hub && for c in $(git rev-list --reverse inbox/edu); do"
		" f=$(git ls-tree $c | grep -v signers | git mktree);"
		" s=$(git log -1 --format=%B $c | sed -n 's/^Signers: //p');"
		" t=$(printf '040000 tree %s\\tchanges\\n100644 blob"
		" %s\\tsigners\\n' $f $s | git mktree);"
		" p=$(git log -1 --format=%B $c | grep -v ^Signers: |"
		" git -c user.name=N -c user.email=e@x -c gpg.format=ssh"
		" -c user.signingkey=../office/key commit-tree -S"
		" ${p:+-p $p} $t); done; git update-ref refs/heads/inbox/edu $p"
		" && git -C ../office/tian.git fetch -q ../../hub"
		" +refs/heads/inbox/edu:refs/heads/inbox/edu");
}

static void parcel__an_inbox_of_the_older_shape_is_read(void **state)
{
	struct verify_report report = {.ok = false};
	struct node *node = NULL;
	struct err err;

	(void)state;
	make_older();
	world_sync("edu", 0);
	assert_string_equal(world_text("edu", "SELECT title FROM proposal"),
			    "教育");
	/* It goes on in the new shape, by the keys that the older one names. */
	world_edit("edu", "王芳",
		   "UPDATE handling SET doc_no = '教1号'"
		   " WHERE unit = 'edu'");
	world_sync("edu", 0);
	world_sync("office", 0);
	must_run("cd hub && git cat-file -e inbox/edu~1:changes &&"
		 " ! git cat-file -e inbox/edu:signers &&"
		 " git ls-tree --name-only inbox/edu | grep -q '^[0-9a-f]*-'");
	world_sync("edu", 0);
	assert_string_equal(world_state("office", "edu"),
			    world_state("edu", NULL));
	assert_int_equal(node_open(&node, in_folder("office"), &err), 0);
	assert_int_equal(node_verify(&report, node, VERIFY_HUB, NULL, &err), 0);
	assert_true(report.ok);
	verify_report_release(&report);
	node_close(node);
}

static void parcel__main_says_its_parents_once(void **state)
{
	struct oid parents[3] = {{{1}}, {{2}}, {{3}}};
	char text[] = "合并\n\nOutbox: edu/01 1-2\nOutbox: hr/02 3-3\n";
	char older[] = "合并\n\nPrevious: 01\nOutbox: edu/01 1-2\n"
		       "Outbox: hr/02 3-3\nDelivered: 01\n";
	struct commit commit = {
		.parents = parents, .n_parents = 3, .message = text};

	(void)state;
	must_run(
		"cd hub && git log -1 --format=%B main | grep -q ^Outbox: &&"
		" ! git log --format=%B main | grep -E '^(Previous|Delivered):'");
	assert_ptr_equal(ledger_previous(&commit), parents);
	commit.message = older;
	assert_ptr_equal(ledger_previous(&commit), parents);
	commit.n_parents = 2; /* the first one: outboxes only */
	assert_null(ledger_previous(&commit));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			parcel__sites_that_are_sent_the_same_share_a_tree,
			setup, world_end),
		cmocka_unit_test_setup_teardown(
			parcel__keys_are_sent_where_they_change, setup,
			world_end),
		cmocka_unit_test_setup_teardown(
			parcel__an_inbox_of_the_older_shape_is_read, setup,
			world_end),
		cmocka_unit_test_setup_teardown(
			parcel__main_says_its_parents_once, setup, world_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
