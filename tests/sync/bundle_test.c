/* bundle_test.c - the exchange by one file: stock git reads it, only what is
 * new goes, and what is damaged, foreign or forged changes nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/buf.h"
#include "core/replica/replica.h"
#include "sync/node/node_bundle.h"
#include "tests/sync/git_helper.h"
#include "tests/sync/world_helper.h"

static const char CASE[] = "1-1-014";
static struct bundle_report made;
static struct err last;

/* An office with one case of edu's; the hub is where only the office is. */
static void make_world(void)
{
	world_office();
	world_unit("edu", "edu", "区教育局");
	world_unit("hr", "hr", "区人社局");
	world_case(CASE, "关于教育的建议", "edu");
	world_sync("office", 0);
}

static int setup(void **state)
{
	(void)state;
	world_begin(make_world);
	return 0;
}

static int create(const char *name, const char *file, const char *site,
		  bool full)
{
	const struct bundle_options options = {site, full};
	struct node *node = NULL;
	int rc = node_open(&node, in_folder("%s", name), &last);

	assert_int_equal(rc, 0);
	rc = node_bundle_create(&made, node, in_folder("%s", file), &options,
				&last);
	node_close(node);
	return rc;
}

static int apply(const char *name, const char *file, size_t *refused)
{
	struct sync_report report = {0};
	struct node *node = NULL;
	int rc = node_open(&node, in_folder("%s", name), &last);

	assert_int_equal(rc, 0);
	rc = node_bundle_apply(&report, node, in_folder("%s", file), NULL,
			       &last);
	if (refused != NULL)
		*refused = report.refused;
	else
		assert_int_equal(report.refused, 0);
	for (size_t i = 0; refused == NULL && i < report.n_details; i++)
		print_error("%s\n", report.details[i].text);
	sync_report_release(&report);
	node_close(node);
	return rc;
}

static void carry(const char *from, const char *to, const char *site)
{
	if (create(from, "file", site, false) < 0 ||
	    (made.commits > 0 && apply(to, "file", NULL) < 0))
		fail_msg("%s", last.text);
}

static void reply(const char *name, const char *text)
{
	char sql[512];

	snprintf(sql, sizeof(sql),
		 "UPDATE handling SET draft = '%s' WHERE proposal = '%s'"
		 " AND unit = 'edu'",
		 text, CASE);
	world_edit(name, "王芳", sql);
}

static const char *draft_at(const char *name)
{
	return world_text(name, "SELECT draft FROM handling WHERE unit ="
				" 'edu'");
}

/* ------------------------------------------------------------------------- */

static void bundle__a_unit_and_the_office_meet_by_files_only(void **state)
{
	char before[2 * 32 + 1];

	(void)state;
	carry("office", "edu", "edu");
	assert_string_equal(world_text("edu", "SELECT title FROM proposal"),
			    "关于教育的建议");
	reply("edu", "已在三所学校试点。");
	carry("edu", "office", NULL);
	assert_string_equal(draft_at("office"), "已在三所学校试点。");
	carry("office", "edu", "edu");
	snprintf(before, sizeof(before), "%s", world_state("office", "edu"));
	assert_string_equal(world_state("edu", "edu"), before);
	assert_int_equal(run(NULL, 0, "git -C hub fsck --strict"), 0);
	/* The hub has what a sync would have brought there. */
	assert_int_equal(run(NULL, 0,
			     "git -C hub for-each-ref refs/heads/outbox/edu |"
			     " grep -q ."),
			 0);
}

static void bundle__stock_git_verifies_and_fetches_it(void **state)
{
	(void)state;
	assert_int_equal(create("office", "file", "edu", false), 0);
	assert_int_equal(run(NULL, 0, "git -C hub bundle verify ../file"), 0);
	assert_int_equal(run(NULL, 0,
			     "git init -q --bare w && git -C w fetch -q ../file"
			     " refs/heads/inbox/edu:refs/heads/x &&"
			     " git -C w fsck --strict && test"
			     " \"$(git -C w rev-parse refs/heads/x)\" = %s",
			     made.tip),
			 0);
	carry("office", "edu", "edu");
	reply("edu", "一。");
	carry("edu", "office", NULL);
	carry("office", "edu", "edu");
	reply("edu", "二。");
	assert_int_equal(create("edu", "file", NULL, false), 0);
	assert_int_equal(made.commits, 1);
	assert_int_equal(strlen(made.since), 40);
	assert_int_equal(run(NULL, 0, "git -C hub bundle verify ../file"), 0);
	/* Where its beginning is not, stock git says so as well. */
	assert_int_not_equal(run(NULL, 0, "git -C w bundle verify ../file"), 0);
}

static void bundle__only_what_the_reader_lacks_goes(void **state)
{
	(void)state;
	carry("office", "edu", "edu");
	reply("edu", "一。");
	assert_int_equal(create("edu", "one", NULL, false), 0);
	assert_int_equal(made.commits, 1);
	assert_string_equal(made.since, "");
	reply("edu", "二。");
	/* Nobody has said yet that the first arrived. */
	assert_int_equal(create("edu", "two", NULL, false), 0);
	assert_int_equal(made.commits, 2);
	assert_int_equal(apply("office", "two", NULL), 0);
	assert_int_equal(apply("office", "one", NULL), 0);
	assert_string_equal(draft_at("office"), "二。");
	carry("office", "edu", "edu");
	assert_int_equal(create("edu", "three", NULL, false), 0);
	assert_int_equal(made.commits, 0);
	assert_int_equal(run(NULL, 0, "test ! -e three"), 0);
	assert_int_equal(create("edu", "three", NULL, true), 0);
	assert_int_equal(made.commits, 2);
	/* The office's file begins where the unit has shown to be. */
	reply("edu", "三。");
	carry("edu", "office", NULL);
	assert_int_equal(create("office", "four", "edu", false), 0);
	assert_int_equal(made.commits, 1);
	assert_int_equal(create("office", "four", "edu", true), 0);
	assert_true(made.commits > 2);
}

static void bundle__a_second_node_of_a_unit_gets_all(void **state)
{
	(void)state;
	carry("office", "edu", "edu");
	reply("edu", "一。");
	carry("edu", "office", NULL);
	world_stranger("edu2", "edu");
	world_enrol("edu2", "edu");
	world_sync("office", 0);
	assert_int_equal(create("office", "file", "edu", false), 0);
	assert_string_equal(made.since, "");
	assert_int_equal(apply("edu2", "file", NULL), 0);
	assert_int_equal(apply("edu", "file", NULL), 0);
	assert_string_equal(draft_at("edu2"), "一。");
	assert_string_equal(draft_at("edu"), "一。");
}

/* Weeks of work, all of it taken in, sent back, and seen. */
static void work(size_t n)
{
	char sql[256];

	carry("office", "edu", "edu");
	for (size_t i = 0; i < n; i++) {
		snprintf(sql, sizeof(sql),
			 "UPDATE handling SET draft = '第%zu稿。',"
			 " contact_name = '%zu号' WHERE unit = 'edu'",
			 i, i);
		world_edit("edu", "王芳", sql);
	}
	carry("edu", "office", NULL);
	carry("office", "edu", "edu");
	snprintf(sql, sizeof(sql), "UPDATE handling SET phone = '%zu'", n);
	world_edit("edu", "王芳", sql);
	carry("edu", "office", NULL);
}

static size_t changes_at(const char *name)
{
	return strtoul(world_text(name, "SELECT count(*) FROM _change"), NULL,
		       10);
}

/* Its cost follows what stands, and stock git needs nothing to read it. */
static void
bundle__a_new_node_of_an_old_unit_begins_at_a_checkpoint(void **state)
{
	(void)state;
	work(40);
	world_unit("edu2", "edu", "区教育局");
	world_sync("office", 0);
	assert_int_equal(create("office", "file", "edu", false), 0);
	assert_string_equal(made.since, "");
	assert_int_equal(strlen(made.begin), 40);
	assert_string_equal(made.ref, "refs/heads/wrapped/edu");
	assert_int_equal(run(NULL, 0,
			     "git init -q --bare w && git -C w bundle verify -q"
			     " ../file && git -C w fetch -q ../file"
			     " 'refs/heads/*:refs/heads/*' &&"
			     " git -C w fsck --strict && test"
			     " \"$(git -C w rev-parse wrapped/edu)\" = %s",
			     made.tip),
			 0);
	/* The checkpoint is in it, as a person may find it without us. */
	assert_int_equal(
		run(NULL, 0,
		    "for n in $(git -C w ls-tree --name-only wrapped/edu); do"
		    " git -C w cat-file blob wrapped/edu:$n/commit |"
		    " git -C w hash-object -t commit --stdin; done | grep -q"
		    " %s",
		    made.begin),
		0);
	assert_int_equal(apply("edu2", "file", NULL), 0);
	assert_int_equal(run(NULL, 0, "git -C edu2/tian.git fsck --strict"), 0);
	assert_true(changes_at("edu2") + 70 < changes_at("office"));
	assert_string_equal(draft_at("edu2"), "第39稿。");
	/* The old node reads the same file, and both go on. */
	assert_int_equal(apply("edu", "file", NULL), 0);
	assert_string_equal(world_state("edu2", "edu"),
			    world_state("edu", "edu"));
	reply("edu2", "新稿。");
	carry("edu2", "office", NULL);
	carry("office", "edu", "edu");
	carry("office", "edu2", "edu");
	assert_string_equal(draft_at("edu"), "新稿。");
	assert_string_equal(world_state("edu2", "edu"),
			    world_state("office", "edu"));
	world_verify("edu2");
	world_history("edu2");
	assert_int_equal(changes_at("edu2"), changes_at("edu"));
	world_verify("edu2");
}

static long size_of(const char *file)
{
	char text[32];

	run(text, sizeof(text), "wc -c < %s", file);
	return strtol(text, NULL, 10);
}

static void bundle__twice_the_history_makes_no_larger_beginning(void **state)
{
	long once;

	(void)state;
	work(40);
	world_unit("edu2", "edu", "区教育局");
	world_sync("office", 0);
	assert_int_equal(create("office", "file", "edu", false), 0);
	once = size_of("file");
	work(80);
	world_unit("edu3", "edu", "区教育局");
	world_sync("office", 0);
	assert_int_equal(create("office", "file", "edu", false), 0);
	assert_true(size_of("file") < once + once / 4);
	assert_int_equal(apply("edu3", "file", NULL), 0);
	assert_string_equal(draft_at("edu3"), "第79稿。");
	assert_int_equal(create("office", "whole", "edu", true), 0);
	assert_true(size_of("whole") > 2 * size_of("file"));
}

/* It was away from before the checkpoint on, and never wrote: the office
 * cannot know where it is. */
static void bundle__a_node_from_before_the_checkpoint_is_told(void **state)
{
	(void)state;
	world_unit("edu2", "edu", "区教育局");
	world_sync("office", 0);
	carry("office", "edu", "edu");
	assert_int_equal(apply("edu2", "file", NULL), 0);
	work(40);
	carry("office", "edu", "edu");
	world_unit("edu3", "edu", "区教育局");
	world_sync("office", 0);
	assert_int_equal(create("office", "late", "edu", false), 0);
	assert_int_equal(apply("edu3", "late", NULL), 0);
	assert_int_equal(apply("edu2", "late", NULL), ERR_INPUT);
	assert_non_null(strstr(last.text, "--full"));
	assert_int_equal(create("office", "whole", "edu", true), 0);
	assert_int_equal(apply("edu2", "whole", NULL), 0);
	assert_string_equal(world_state("edu2", "edu"),
			    world_state("edu3", "edu"));
}

/* Any truncation, any flipped bit: said, and nothing is applied. */
static void bundle__a_damaged_beginning_changes_nothing(void **state)
{
	struct buf bytes = BUF_INIT;
	size_t refused;

	(void)state;
	work(35);
	world_unit("edu2", "edu", "区教育局");
	world_sync("office", 0);
	assert_int_equal(create("office", "file", "edu", false), 0);
	assert_int_equal(
		buf_read_file(&bytes, in_folder("file"), 1 << 20, &last), 0);
	for (size_t i = 0; i < bytes.len; i += 1 + bytes.len / 15) {
		put_file(in_folder("damaged"), bytes.data, i);
		assert_int_equal(apply("edu2", "damaged", &refused), ERR_INPUT);
		bytes.data[i] ^= (char)(1 << (i % 8));
		put_file(in_folder("damaged"), bytes.data, bytes.len);
		bytes.data[i] ^= (char)(1 << (i % 8));
		assert_int_equal(apply("edu2", "damaged", &refused), ERR_INPUT);
	}
	assert_string_equal(world_text("edu2", "SELECT count(*) FROM proposal"),
			    "0");
	assert_int_equal(apply("edu2", "file", NULL), 0);
	assert_string_equal(draft_at("edu2"), "第34稿。");
	buf_release(&bytes);
}

/* Somebody sets the wrapped commits together anew: they name each other by
 * hash, so nothing of it holds. */
static void bundle__a_beginning_put_together_by_others_is_refused(void **state)
{
	(void)state;
	work(35);
	world_unit("edu2", "edu", "区教育局");
	world_sync("office", 0);
	reply("edu", "再改。");
	carry("edu", "office", NULL);
	assert_int_equal(create("office", "file", "edu", false), 0);
	assert_true(made.commits > 1);
	/* The oldest two change places. */
	assert_int_equal(
		run(NULL, 0,
		    "git init -q --bare w && cd w && git fetch -q ../file"
		    " 'refs/heads/*:refs/heads/*' &&"
		    " git ls-tree wrapped/edu | sed 's/000001/swap/;"
		    "s/000002/000001/;s/swap/000002/' | sort -k4 | git mktree"
		    " > tree && git cat-file commit wrapped/edu | sed \"1s/.*/"
		    "tree $(cat tree)/\" | git hash-object -t commit -w --stdin"
		    " > made && git update-ref refs/heads/wrapped/edu"
		    " $(cat made) && git bundle create -q ../forged"
		    " wrapped/edu"),
		0);
	assert_int_equal(apply("edu2", "forged", NULL), ERR_INPUT);
	assert_non_null(strstr(last.text, "not a beginning"));
	assert_string_equal(world_text("edu2", "SELECT count(*) FROM proposal"),
			    "0");
	assert_int_equal(apply("edu2", "file", NULL), 0);
}

/* A file of a few KiB may hold commits of any size. */
static void bundle__a_beginning_of_any_size_is_refused(void **state)
{
	(void)state;
	world_unit("edu2", "edu", "区教育局");
	assert_int_equal(
		run(NULL, 0,
		    "git init -q --bare w && cd w && t=$(git mktree </dev/null)"
		    " && p= && for i in $(seq 10 29); do { echo tree $t; test -z"
		    " \"$p\" || echo parent $p; echo 'author N <e@x> 1700000000"
		    " +0000'; echo 'committer N <e@x> 1700000000 +0000'; echo;"
		    " head -c 4190000 /dev/zero | tr '\\0' a; echo; } > c;"
		    " p=$(git hash-object -t commit c); printf '100644 blob"
		    " %%s\tcommit\n040000 tree %%s\ttree\n' $(git hash-object"
		    " -w c) $t | git mktree > f; printf '040000 tree"
		    " %%s\t0000%%s\n' $(cat f) $i; done > list && git -c"
		    " user.name=N -c user.email=e@x commit-tree -m x $(git"
		    " mktree < list) > made && git update-ref"
		    " refs/heads/wrapped/edu $(cat made) && git bundle create"
		    " -q ../huge wrapped/edu"),
		0);
	assert_int_equal(apply("edu2", "huge", NULL), ERR_INPUT);
	assert_non_null(strstr(last.text, "not a beginning"));
}

static void bundle__the_same_file_twice_changes_nothing(void **state)
{
	char hash[2 * 32 + 1];
	char tip[64];
	char again[64];

	(void)state;
	carry("office", "edu", "edu");
	reply("edu", "一。");
	assert_int_equal(create("edu", "file", NULL, false), 0);
	assert_int_equal(apply("office", "file", NULL), 0);
	run(tip, sizeof(tip), "git -C hub rev-parse main");
	snprintf(hash, sizeof(hash), "%s", world_state("office", NULL));
	assert_int_equal(apply("office", "file", NULL), 0);
	run(again, sizeof(again), "git -C hub rev-parse main");
	assert_string_equal(tip, again);
	assert_string_equal(world_state("office", NULL), hash);
}

static void bundle__roads_mix(void **state)
{
	(void)state;
	carry("office", "edu", "edu");
	reply("edu", "一。");
	carry("edu", "office", NULL);
	reply("edu", "二。");
	world_sync("edu", 0);
	world_sync("office", 0);
	assert_string_equal(draft_at("office"), "二。");
	reply("edu", "三。");
	world_sync("edu", 0);
	carry("edu", "office", NULL);
	assert_string_equal(draft_at("office"), "三。");
	world_sync("edu", 0);
	assert_string_equal(world_state("edu", "edu"),
			    world_state("office", "edu"));
}

static void bundle__one_that_continues_what_is_not_here_is_told(void **state)
{
	(void)state;
	carry("office", "edu", "edu");
	reply("edu", "一。");
	carry("edu", "office", NULL);
	assert_int_equal(create("office", "file", "edu", false), 0);
	assert_int_equal(strlen(made.since), 40);
	world_stranger("edu2", "edu");
	assert_int_equal(apply("edu2", "file", NULL), ERR_INPUT);
	assert_non_null(strstr(last.text, "--full"));
}

static void bundle__one_for_another_is_told(void **state)
{
	(void)state;
	assert_int_equal(create("office", "file", "edu", false), 0);
	assert_int_equal(apply("hr", "file", NULL), ERR_INPUT);
	assert_non_null(strstr(last.text, "for edu"));
	assert_int_equal(apply("office", "file", NULL), ERR_INPUT);
	carry("office", "edu", "edu");
	reply("edu", "一。");
	assert_int_equal(create("edu", "file", NULL, false), 0);
	assert_int_equal(apply("edu", "file", NULL), ERR_INPUT);
	assert_int_equal(create("office", "file", "nobody", false), ERR_INPUT);
}

/* Writes `len` bytes of `bytes` as file `damaged`. */
static void put_damaged(const struct buf *bytes, size_t len)
{
	put_file(in_folder("damaged"), bytes->data, len);
}

static void bundle__a_damaged_file_changes_nothing(void **state)
{
	struct buf bytes = BUF_INIT;
	char hash[2 * 32 + 1];
	char tip[64];
	char now[64];
	size_t refused;

	(void)state;
	carry("office", "edu", "edu");
	reply("edu", "一。");
	assert_int_equal(create("edu", "file", NULL, false), 0);
	assert_int_equal(
		buf_read_file(&bytes, in_folder("file"), 1 << 20, &last), 0);
	run(tip, sizeof(tip), "git -C hub rev-parse main");
	snprintf(hash, sizeof(hash), "%s", world_state("office", NULL));
	for (size_t i = 0; i < bytes.len; i += 1 + bytes.len / 15) {
		put_damaged(&bytes, i);
		assert_int_equal(apply("office", "damaged", &refused),
				 ERR_INPUT);
	}
	assert_non_null(strstr(last.text, "nothing of it was"));
	for (size_t i = 0; i < bytes.len; i += 1 + bytes.len / 15) {
		bytes.data[i] ^= (char)(1 << (i % 8));
		put_damaged(&bytes, bytes.len);
		bytes.data[i] ^= (char)(1 << (i % 8));
		/* A flipped letter may make another ref of it, which waits. */
		apply("office", "damaged", &refused);
	}
	run(now, sizeof(now), "git -C hub rev-parse main");
	assert_string_equal(now, tip);
	assert_string_equal(world_state("office", NULL), hash);
	assert_int_equal(apply("office", "file", NULL), 0);
	assert_string_equal(draft_at("office"), "一。");
	buf_release(&bytes);
}

/* A node that nobody enrolled hands the office a file under edu's name. */
static void bundle__a_forged_one_is_set_aside(void **state)
{
	char before[4096];
	char after[4096];
	size_t refused = 0;

	(void)state;
	world_stranger("thief", "edu");
	assert_int_equal(create("office", "file", "edu", false), 0);
	/* It can read what it got hold of, and is told it may not write. */
	assert_int_equal(apply("thief", "file", NULL), ERR_HUB);
	reply("thief", "伪造的答复。");
	assert_int_equal(create("thief", "forged", NULL, true), 0);
	run(before, sizeof(before),
	    "git -C hub for-each-ref | grep -v inbox/edu");
	assert_int_equal(apply("office", "forged", &refused), 0);
	assert_int_equal(refused, 1);
	run(after, sizeof(after),
	    "git -C hub for-each-ref | grep -v inbox/edu");
	assert_string_equal(before, after);
	/* edu is told that somebody tried. */
	assert_int_equal(
		run(NULL, 0,
		    "git -C hub log -1 --format=%%B inbox/edu | grep -q"
		    " '^Set-Aside: .* not enrolled for edu$'"),
		0);
	assert_string_equal(draft_at("office"), "");
}

/* Thin, with comments in its head, as stock git writes it. */
static void bundle__what_stock_git_bundled_is_taken(void **state)
{
	(void)state;
	carry("office", "edu", "edu");
	reply("edu", "一。");
	carry("edu", "office", NULL);
	reply("edu", "二。");
	assert_int_equal(create("edu", "ours", NULL, true), 0);
	assert_int_equal(run(NULL, 0,
			     "ref=$(git -C edu/tian.git for-each-ref"
			     " --format='%%(refname)' refs/heads/outbox) &&"
			     " git -C edu/tian.git bundle create -q ../../stock"
			     " $ref~1..$ref && grep -a -q '^-' stock"),
			 0);
	assert_int_equal(apply("office", "stock", NULL), 0);
	assert_string_equal(draft_at("office"), "二。");
}

static void bundle__without_its_hub_the_office_keeps_the_file(void **state)
{
	(void)state;
	carry("office", "edu", "edu");
	reply("edu", "一。");
	assert_int_equal(create("edu", "file", NULL, false), 0);
	assert_int_equal(run(NULL, 0, "mv hub away"), 0);
	assert_int_equal(apply("office", "file", NULL), ERR_HUB);
	assert_int_equal(run(NULL, 0, "mv away hub"), 0);
	assert_int_equal(apply("office", "file", NULL), 0);
	assert_string_equal(draft_at("office"), "一。");
	/* A unit needs no hub to take its file in. */
	assert_int_equal(run(NULL, 0, "mv hub away"), 0);
	assert_int_equal(create("office", "file", "edu", false), 0);
	assert_int_equal(apply("edu", "file", NULL), 0);
}

/* --- copies and backups, where files are the only road -------------------- */

static char said[4096]; /* details of the last apply_telling */

/* Applies a file that something is to be said of. */
static int apply_telling(const char *name, const char *file)
{
	struct sync_report report = {0};
	struct node *node = NULL;
	int rc = node_open(&node, in_folder("%s", name), &last);

	assert_int_equal(rc, 0);
	rc = node_bundle_apply(&report, node, in_folder("%s", file), NULL,
			       &last);
	said[0] = '\0';
	for (size_t i = 0; i < report.n_details; i++) {
		strncat(said, report.details[i].text,
			sizeof(said) - strlen(said) - 2);
		strcat(said, "\n");
	}
	sync_report_release(&report);
	node_close(node);
	return rc;
}

static void set(const char *name, const char *field, const char *value)
{
	char sql[256];

	snprintf(sql, sizeof(sql), "UPDATE handling SET %s = '%s'", field,
		 value);
	world_edit(name, "王芳", sql);
}

static const char *get(const char *name, const char *field)
{
	char sql[128];

	snprintf(sql, sizeof(sql), "SELECT %s FROM handling", field);
	return world_text(name, sql);
}

/* Everybody has the same, and it is proven. */
static void agree(const char *name)
{
	assert_string_equal(world_state(name, "edu"),
			    world_state("office", "edu"));
	world_verify("office");
}

/* Its folder was restored, and worked with; the office has more of it. */
static void bundle__a_restored_unit_is_healed_by_files_alone(void **state)
{
	(void)state;
	carry("office", "edu", "edu");
	reply("edu", "一。");
	carry("edu", "office", NULL);
	must_run("cp -a edu backup");
	set("edu", "doc_no", "教1号");
	carry("edu", "office", NULL);
	carry("office", "edu", "edu");
	set("edu", "phone", "88");
	carry("edu", "office", NULL);
	must_run("rm -rf edu && mv backup edu");
	set("edu", "signer", "周全");
	/* What it writes under its old name is not what the office has. */
	assert_int_equal(create("edu", "beside", NULL, false), 0);
	assert_int_equal(apply_telling("office", "beside"), 0);
	assert_non_null(strstr(said, "restored from a backup; it keeps"));
	assert_null(strstr(said, "put back"));
	assert_int_equal(create("office", "whole", "edu", true), 0);
	assert_int_equal(apply_telling("edu", "whole"), 0);
	assert_non_null(strstr(said, "goes on as node"));
	assert_non_null(strstr(said, "1 of its own changes go out"));
	assert_string_equal(get("edu", "doc_no"), "教1号");
	assert_string_equal(get("edu", "phone"), "88");
	assert_string_equal(get("edu", "signer"), "周全");
	carry("edu", "office", NULL);
	assert_string_equal(get("office", "signer"), "周全");
	carry("office", "edu", "edu");
	agree("edu");
	world_sync("edu", 0);
	world_sync("office", 0);
	world_sync("edu", 0);
	agree("edu");
	world_verify("edu");
}

/* Nothing was written since: what is missing comes back. */
static void bundle__a_restored_unit_takes_its_changes_back(void **state)
{
	(void)state;
	carry("office", "edu", "edu");
	must_run("cp -a edu backup");
	set("edu", "doc_no", "教1号");
	carry("edu", "office", NULL);
	must_run("rm -rf edu && mv backup edu");
	assert_int_equal(create("office", "file", "edu", true), 0);
	assert_int_equal(apply_telling("edu", "file"), 0);
	assert_non_null(strstr(said, "changes are taken back in"));
	assert_string_equal(get("edu", "doc_no"), "教1号");
	set("edu", "doc_no", "教2号");
	carry("edu", "office", NULL);
	carry("office", "edu", "edu");
	assert_string_equal(get("office", "doc_no"), "教2号");
	agree("edu");
}

/* Two copies that never see the hub, nor each other. */
static void bundle__two_copies_that_only_use_files_are_healed(void **state)
{
	(void)state;
	carry("office", "edu", "edu");
	set("edu", "draft", "一。");
	carry("edu", "office", NULL);
	must_run("cp -a edu copy");
	set("edu", "doc_no", "甲");
	set("edu", "phone", "1");
	set("copy", "doc_no", "乙");
	set("copy", "signer", "周全");
	assert_int_equal(create("edu", "of-edu", NULL, false), 0);
	assert_int_equal(create("copy", "of-copy", NULL, false), 0);
	assert_int_equal(apply("office", "of-edu", NULL), 0);
	assert_int_equal(apply_telling("office", "of-copy"), 0);
	assert_non_null(strstr(said, "by a copy of that computer"));
	assert_int_equal(create("office", "back", "edu", false), 0);
	assert_int_equal(apply("edu", "back", NULL), 0);
	assert_int_equal(apply_telling("copy", "back"), 0);
	assert_non_null(strstr(said, "2 of its own changes go out"));
	carry("copy", "office", NULL);
	carry("office", "edu", "edu");
	assert_int_equal(apply("copy", "file", NULL), 0);
	/* Both numbers are there, and one of them was chosen by the rule. */
	assert_string_equal(
		world_text("office", "SELECT group_concat(c.value, '') FROM"
				     " (SELECT value FROM _head h JOIN _change"
				     " c ON c.id = h.change WHERE value IN"
				     " ('甲', '乙') ORDER BY value) c"),
		"乙甲");
	assert_string_equal(get("office", "signer"), "周全");
	assert_string_equal(get("office", "phone"), "1");
	agree("edu");
	agree("copy");
}

/* tian.db alone was put back: its own repository knows better. */
static void bundle__a_restored_database_is_healed_before_a_file(void **state)
{
	(void)state;
	carry("office", "edu", "edu");
	must_run("cp edu/tian.db old.db");
	set("edu", "doc_no", "教1号");
	assert_int_equal(create("edu", "lost", NULL, false), 0);
	must_run("rm edu/tian.db* && cp old.db edu/tian.db");
	set("edu", "signer", "周全");
	assert_int_equal(create("edu", "file", NULL, false), 0);
	assert_int_equal(made.told.n_details, 1);
	assert_non_null(strstr(made.told.details[0].text, "goes on as node"));
	sync_report_release(&made.told);
	assert_int_equal(apply("office", "file", NULL), 0);
	assert_string_equal(get("office", "signer"), "周全");
	assert_string_equal(get("edu", "doc_no"), "教1号");
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, world_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(bundle__a_unit_and_the_office_meet_by_files_only),
		T(bundle__stock_git_verifies_and_fetches_it),
		T(bundle__only_what_the_reader_lacks_goes),
		T(bundle__a_second_node_of_a_unit_gets_all),
		T(bundle__a_new_node_of_an_old_unit_begins_at_a_checkpoint),
		T(bundle__twice_the_history_makes_no_larger_beginning),
		T(bundle__a_node_from_before_the_checkpoint_is_told),
		T(bundle__a_damaged_beginning_changes_nothing),
		T(bundle__a_beginning_put_together_by_others_is_refused),
		T(bundle__a_beginning_of_any_size_is_refused),
		T(bundle__the_same_file_twice_changes_nothing),
		T(bundle__roads_mix),
		T(bundle__one_that_continues_what_is_not_here_is_told),
		T(bundle__one_for_another_is_told),
		T(bundle__a_damaged_file_changes_nothing),
		T(bundle__a_forged_one_is_set_aside),
		T(bundle__what_stock_git_bundled_is_taken),
		T(bundle__without_its_hub_the_office_keeps_the_file),
		T(bundle__a_restored_unit_is_healed_by_files_alone),
		T(bundle__a_restored_unit_takes_its_changes_back),
		T(bundle__two_copies_that_only_use_files_are_healed),
		T(bundle__a_restored_database_is_healed_before_a_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
