/* repository_test.c - storage: one pack a flush, refs by compare-and-swap,
 * leftovers of killed writers cleared. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/clock.h"
#include "sync/git/repository.h"
#include "sync/git/tree.h"
#include "tests/sync/git_helper.h"

static struct repository *repo;

static int setup(void **state)
{
	struct err err;

	(void)state;
	folder_make();
	return repository_create(in_folder("r"), &err) < 0 ||
	       repository_open(&repo, in_folder("r"), REPOSITORY_WRITE, &err) <
		       0;
}

static int teardown(void **state)
{
	(void)state;
	repository_close(repo);
	repo = NULL;
	folder_remove();
	return 0;
}

static struct oid write_blob(const char *text)
{
	struct oid oid;
	struct err err;

	assert_int_equal(repository_write(&oid, repo, OBJECT_BLOB, text,
					  strlen(text), &err),
			 0);
	return oid;
}

static struct oid edit(const struct oid *base, size_t n, ...)
{
	struct tree_edit edits[16];
	struct oid tree;
	struct err err;
	va_list args;

	va_start(args, n);
	for (size_t i = 0; i < n; i++) {
		const char *text;

		edits[i].path = va_arg(args, const char *);
		text = va_arg(args, const char *);
		edits[i].oid = text != NULL ? write_blob(text)
					    : (struct oid){{0}};
	}
	va_end(args);
	assert_int_equal(
		repository_edit_tree(&tree, repo, base, edits, n, &err), 0);
	return tree;
}

static void lock_and_flush(void)
{
	struct err err;

	assert_int_equal(repository_lock(repo, &err), 0);
	assert_int_equal(repository_flush(repo, &err), 0);
	repository_unlock(repo);
}

static int count_packs(void)
{
	char out[64];

	run(out, sizeof(out), "ls r/objects/pack/*.pack 2>/dev/null | wc -l");
	return atoi(out);
}

static void repository__making_it_twice_is_harmless(void **state)
{
	struct err err;
	char out[256];

	(void)state;
	assert_int_equal(repository_create(in_folder("r"), &err), 0);
	assert_int_equal(run(out, sizeof(out),
			     "git -C r config gc.writeCommitGraph;"
			     " cat r/info/attributes; cat r/HEAD; ls -d r.tmp"
			     " 2>/dev/null"),
			 2);
	assert_string_equal(out, "false\n* -merge\nref: refs/heads/main\n");
}

static void repository__a_half_made_one_is_made_anew(void **state)
{
	struct err err;

	(void)state;
	assert_int_equal(run(NULL, 0,
			     "mkdir -p new.tmp/objects && "
			     "echo x > new.tmp/HEAD"),
			 0);
	assert_int_equal(repository_create(in_folder("new"), &err), 0);
	assert_int_equal(run(NULL, 0, "git -C new fsck && test ! -e new.tmp"),
			 0);
}

static void repository__a_folder_in_use_is_left_alone(void **state)
{
	struct err err;

	(void)state;
	assert_int_equal(run(NULL, 0, "mkdir used && echo x > used/file"), 0);
	assert_int_equal(repository_create(in_folder("used"), &err), ERR_INPUT);
	assert_int_equal(run(NULL, 0, "test -f used/file"), 0);
}

static void repository__a_missing_one_is_said_to_be_missing(void **state)
{
	struct repository *none = NULL;
	struct err err;

	(void)state;
	assert_int_equal(repository_open(&none, in_folder("none"),
					 REPOSITORY_READ, &err),
			 ERR_MISSING);
}

static void repository__stock_git_reads_the_trees(void **state)
{
	char out[512];
	char hex[OID_TEXT];
	struct oid tree = edit(NULL, 4, "register/1-1/014.yaml", "a\n",
			       "register/1-1.x", "b\n", "register/1-1/002.yaml",
			       "c\n", "signers", "d\n");

	(void)state;
	lock_and_flush();
	assert_int_equal(count_packs(), 1);
	oid_format(hex, &tree);
	assert_int_equal(run(out, sizeof(out),
			     "git -C r ls-tree -r --name-only %s && "
			     "git -C r fsck --strict >fsck 2>&1 && "
			     "git -C r show %s:register/1-1/014.yaml",
			     hex, hex),
			 0);
	assert_string_equal(out, "register/1-1.x\nregister/1-1/002.yaml\n"
				 "register/1-1/014.yaml\nsigners\na\n");
}

static void repository__editing_changes_only_what_it_names(void **state)
{
	char out[512];
	char hex[OID_TEXT];
	struct oid base = edit(NULL, 3, "a/1", "1", "a/2", "2", "b", "3");
	struct oid made = edit(&base, 3, "a/2", "two", "c/d/e", "4", "b", NULL);
	struct oid same = edit(&made, 1, "b", NULL);
	struct oid less = edit(&made, 1, "c/d/e", NULL);
	struct oid expected = edit(NULL, 2, "a/1", "1", "a/2", "two");

	(void)state;
	lock_and_flush();
	oid_format(hex, &made);
	assert_int_equal(run(out, sizeof(out),
			     "git -C r ls-tree -r --name-only %s", hex),
			 0);
	assert_string_equal(out, "a/1\na/2\nc/d/e\n");
	assert_true(oid_equal(&made, &same));
	assert_true(oid_equal(&less, &expected));
}

static void repository__what_is_there_is_not_written_again(void **state)
{
	(void)state;
	edit(NULL, 1, "a", "1");
	lock_and_flush();
	edit(NULL, 1, "a", "1");
	lock_and_flush();
	assert_int_equal(count_packs(), 1);
}

static void repository__discarded_objects_are_gone_and_come_again(void **state)
{
	struct buf text = BUF_INIT;
	struct oid blob = write_blob("once");
	struct err err;

	(void)state;
	assert_int_equal(repository_read(&text, repo, &blob, OBJECT_BLOB, &err),
			 0);
	repository_discard(repo);
	assert_false(repository_has(repo, &blob));
	assert_int_equal(repository_read(&text, repo, &blob, OBJECT_BLOB, &err),
			 ERR_MISSING);
	write_blob("once");
	lock_and_flush();
	assert_int_equal(count_packs(), 1);
	assert_int_equal(repository_read(&text, repo, &blob, OBJECT_BLOB, &err),
			 0);
	assert_string_equal(buf_text(&text), "once");
	buf_release(&text);
}

static void repository__another_kind_of_object_is_refused(void **state)
{
	struct buf text = BUF_INIT;
	struct oid blob = write_blob("x");
	struct err err;

	(void)state;
	assert_int_equal(repository_read(&text, repo, &blob, OBJECT_TREE, &err),
			 ERR_CORRUPT);
	buf_release(&text);
}

static void repository__a_file_is_found_by_its_path(void **state)
{
	struct oid tree = edit(NULL, 2, "a/b/c", "1", "a/d", "2");
	struct oid blob = write_blob("1");
	struct oid found;
	struct err err;

	(void)state;
	assert_int_equal(repository_find(&found, repo, &tree, "a/b/c", &err),
			 0);
	assert_true(oid_equal(&found, &blob));
	assert_int_equal(repository_find(&found, repo, &tree, "a/x", &err),
			 ERR_MISSING);
	assert_int_equal(repository_find(&found, repo, &tree, "a/d/e", &err),
			 ERR_MISSING);
}

static void repository__a_ref_moves_only_from_what_it_was(void **state)
{
	const char *name = "refs/heads/outbox/edu/0000000000000001";
	struct oid none = {{0}};
	struct oid one = write_blob("1");
	struct oid two = write_blob("2");
	struct oid now;
	struct err err;

	(void)state;
	lock_and_flush();
	assert_int_equal(repository_lock(repo, &err), 0);
	assert_int_equal(repository_ref(&now, repo, name, &err), ERR_MISSING);
	assert_int_equal(repository_set_ref(repo, name, &one, &two, &err),
			 ERR_STALE);
	assert_int_equal(repository_set_ref(repo, name, &one, &none, &err), 0);
	assert_int_equal(repository_set_ref(repo, name, &two, &none, &err),
			 ERR_STALE);
	assert_int_equal(repository_set_ref(repo, name, &one, &two, &err),
			 ERR_STALE);
	assert_int_equal(repository_set_ref(repo, name, &two, &one, &err), 0);
	assert_int_equal(repository_ref(&now, repo, name, &err), 0);
	assert_true(oid_equal(&now, &two));
	repository_unlock(repo);
}

static void repository__refs_are_listed_by_prefix_in_order(void **state)
{
	static const char *const names[] = {"refs/heads/outbox/b/1",
					    "refs/heads/main",
					    "refs/heads/outbox/a/2",
					    "refs/heads/outbox/区/1"};
	struct ref_list list = {NULL, 0};
	struct oid one = write_blob("1");
	struct err err;

	(void)state;
	lock_and_flush();
	assert_int_equal(repository_lock(repo, &err), 0);
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(repository_set_ref(repo, names[i], &one, NULL,
						    &err),
				 0);
	repository_unlock(repo);
	assert_int_equal(
		repository_refs(&list, repo, "refs/heads/outbox/", &err), 0);
	assert_int_equal(list.n, 3);
	assert_string_equal(list.items[0].name, names[2]);
	assert_string_equal(list.items[1].name, names[0]);
	assert_string_equal(list.items[2].name, names[3]);
	assert_non_null(ref_list_find(&list, names[3]));
	assert_null(ref_list_find(&list, names[1]));
	ref_list_release(&list);
}

static void repository__writing_needs_the_lock(void **state)
{
	struct oid one = write_blob("1");
	struct err err;

	(void)state;
	assert_int_equal(repository_flush(repo, &err), ERR_FAIL);
	assert_int_equal(repository_set_ref(repo, "refs/heads/main", &one, NULL,
					    &err),
			 ERR_FAIL);
}

static void repository__leftovers_of_a_killed_writer_are_cleared(void **state)
{
	struct oid one;
	struct err err;

	(void)state;
	assert_int_equal(
		run(NULL, 0,
		    "printf 'refs/heads/outbox/edu/1\\n\\n' > r/tian.lock &&"
		    " mkdir -p r/refs/heads/outbox/edu &&"
		    " touch r/refs/heads/outbox/edu/1.lock"
		    " r/objects/pack/pack_git2_abc"
		    " r/objects/pack/pack-00.idx r/objects/pack/tmp_pack_x"),
		0);
	assert_int_equal(repository_lock(repo, &err), 0);
	one = write_blob("1");
	assert_int_equal(repository_flush(repo, &err), 0);
	assert_int_equal(repository_set_ref(repo, "refs/heads/outbox/edu/1",
					    &one, NULL, &err),
			 0);
	repository_let_go(repo);
	repository_unlock(repo);
	assert_int_equal(run(NULL, 0,
			     "test ! -s r/tian.lock && test ! -e"
			     " r/objects/pack/pack_git2_abc && test ! -e"
			     " r/objects/pack/pack-00.idx && test -e"
			     " r/objects/pack/tmp_pack_x"),
			 0);
}

static void repository__intents_cannot_name_files_elsewhere(void **state)
{
	struct err err;

	(void)state;
	assert_int_equal(run(NULL, 0,
			     "touch mine.lock && mkdir -p r/refs/x &&"
			     " echo 'refs/x/../../../mine' > r/tian.lock"),
			 0);
	assert_int_equal(repository_lock(repo, &err), 0);
	repository_unlock(repo);
	assert_int_equal(run(NULL, 0, "test -e mine.lock"), 0);
}

static const char REPACK[] = "git -C r repack -a -d -q";

static void write_without_ref(const char *text)
{
	struct err err;

	write_blob(text);
	assert_int_equal(repository_flush(repo, &err), 0);
	must_run(REPACK);
}

/* As a commit is, between the moment it is there and its ref's move. */
static void repository__what_no_ref_names_yet_outlives_a_repack(void **state)
{
	struct err err;

	(void)state;
	assert_int_equal(repository_lock(repo, &err), 0);
	write_without_ref("1");
	assert_int_equal(count_packs(), 1);
	repository_let_go(repo);
	must_run(REPACK);
	assert_int_equal(count_packs(), 0);
	repository_unlock(repo);
	must_print("", "ls r/objects/pack; cat r/tian.lock");
}

static void repository__what_a_failed_run_wrote_is_taken_over(void **state)
{
	struct err err;

	(void)state;
	assert_int_equal(repository_lock(repo, &err), 0);
	write_without_ref("1");
	repository_unlock(repo);
	must_run(REPACK);
	assert_int_equal(count_packs(), 1);
	assert_int_equal(repository_lock(repo, &err), 0);
	must_run(REPACK);
	assert_int_equal(count_packs(), 1);
	repository_let_go(repo);
	repository_unlock(repo);
	must_run(REPACK);
	assert_int_equal(count_packs(), 0);
}

/* A repack may be about to remove the pack that has that name. */
static void repository__a_pack_never_takes_the_name_of_another(void **state)
{
	struct repository *other = NULL;
	struct err err;

	(void)state;
	assert_int_equal(repository_open(&other, in_folder("r"),
					 REPOSITORY_WRITE, &err),
			 0);
	write_blob("1");
	lock_and_flush();
	assert_int_equal(count_packs(), 1);
	assert_int_equal(repository_lock(other, &err), 0);
	assert_int_equal(repository_write(&(struct oid){{0}}, other,
					  OBJECT_BLOB, "1", 1, &err),
			 0);
	assert_int_equal(repository_flush(other, &err), 0);
	assert_int_equal(count_packs(), 2);
	repository_close(other);
	must_run("git -C r fsck --full --strict");
}

static void repository__a_link_in_place_of_a_room_empties_nothing(void **state)
{
	struct err err;

	(void)state;
	must_run("mkdir o && touch o/precious && ln -s ../o r/quarantine &&"
		 " ln -s ../../o r/objects/tian-pack; echo > r/tian.lock");
	assert_int_equal(repository_lock(repo, &err), 0);
	repository_unlock(repo);
	must_run("test -e o/precious");
}

static void repository__a_keep_of_nothing_is_taken_over(void **state)
{
	struct err err;

	(void)state;
	must_run("touch r/objects/pack/pack-1.keep; echo > r/tian.lock");
	assert_int_equal(repository_lock(repo, &err), 0);
	repository_let_go(repo);
	repository_unlock(repo);
	must_run("test ! -e r/objects/pack/pack-1.keep");
}

/* Somebody's own .keep is none of ours. */
static void repository__what_others_keep_stays_kept(void **state)
{
	struct err err;

	(void)state;
	write_blob("1");
	lock_and_flush();
	assert_int_equal(repository_lock(repo, &err), 0);
	repository_let_go(repo);
	must_run("for p in r/objects/pack/*.pack; do touch ${p%.pack}.keep;"
		 " done; echo > r/tian.lock");
	repository_unlock(repo);
	assert_int_equal(repository_lock(repo, &err), 0);
	repository_let_go(repo);
	repository_unlock(repo);
	must_run("ls r/objects/pack/*.keep");
}

static const char HELD[] = "refs/heads/inbox/edu";
static unsigned pauses;
static unsigned release_at; /* pause; 0: never */

/* What another program does while we wait. */
static void other_program(unsigned ms)
{
	assert_true(ms >= pauses);
	if (++pauses == release_at)
		must_run("rm r/refs/heads/inbox/edu.lock");
}

static int set_held_ref(unsigned released, struct err *err)
{
	struct oid one = write_blob("1");
	int rc;

	lock_and_flush();
	must_run("mkdir -p r/refs/heads/inbox &&"
		 " touch r/refs/heads/inbox/edu.lock");
	pauses = 0;
	release_at = released;
	clock_set_pause(other_program);
	assert_int_equal(repository_lock(repo, err), 0);
	rc = repository_set_ref(repo, HELD, &one, NULL, err);
	repository_unlock(repo);
	clock_set_pause(NULL);
	return rc;
}

static void repository__a_ref_that_git_holds_is_waited_for(void **state)
{
	struct err err;

	(void)state;
	assert_int_equal(set_held_ref(5, &err), 0);
	assert_int_equal(pauses, 5);
	must_run("git -C r rev-parse -q --verify refs/heads/inbox/edu");
}

static void repository__a_ref_held_for_long_is_told_with_its_file(void **state)
{
	struct err err;

	(void)state;
	assert_int_equal(set_held_ref(0, &err), ERR_BUSY);
	assert_true(pauses > 5);
	assert_non_null(strstr(err.text, "refs/heads/inbox/edu.lock: "));
	assert_non_null(strstr(err.text, " seconds; try again, or remove"));
	must_run("test -e r/refs/heads/inbox/edu.lock &&"
		 " ! test -e r/refs/heads/inbox/edu");
}

static void repository__a_lock_that_lost_its_holder_is_removed(void **state)
{
	struct oid one = write_blob("1");
	struct err err;

	(void)state;
	lock_and_flush();
	must_run("mkdir -p r/refs/heads/inbox &&"
		 " touch -d '2 minutes ago' r/refs/heads/inbox/edu.lock");
	assert_int_equal(repository_lock(repo, &err), 0);
	assert_int_equal(repository_set_ref(repo, HELD, &one, NULL, &err), 0);
	repository_unlock(repo);
	must_run("! test -e r/refs/heads/inbox/edu.lock");
}

static void repository__two_writers_take_turns(void **state)
{
	struct repository *other = NULL;
	char out[64];
	struct err err;

	(void)state;
	assert_int_equal(repository_lock(repo, &err), 0);
	assert_int_equal(run(out, sizeof(out), "flock -n r/tian.lock true"), 1);
	repository_unlock(repo);
	assert_int_equal(repository_open(&other, in_folder("r"),
					 REPOSITORY_WRITE, &err),
			 0);
	assert_int_equal(repository_lock(other, &err), 0);
	repository_close(other);
	assert_int_equal(repository_lock(repo, &err), 0);
	repository_unlock(repo);
}

static void tree__what_git_would_not_accept_is_refused(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
	} bad[] = {
#define ID "aaaaaaaaaaaaaaaaaaaa"
		{"100644 b\0" ID "100644 a\0" ID, 58},
		{"100644 a\0" ID "100644 a\0" ID, 58},
		{"100644 a\0aaa", 12},
		{"120000 a\0" ID, 29},
		{"100644 ..\0" ID, 30},
		{"40000 .git\0" ID, 31},
		{"100644 \0" ID, 28},
		{"100644 a", 8},
#undef ID
	};
	struct err err;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct buf raw = BUF_INIT;
		struct tree_cursor cursor;
		struct tree_entry entry;
		int rc;

		buf_add(&raw, bad[i].bytes, bad[i].len);
		tree_cursor_init(&cursor, &raw);
		while ((rc = tree_next(&entry, &cursor, &err)) > 0)
			;
		assert_int_equal(rc, ERR_CORRUPT);
		buf_release(&raw);
	}
}

enum { FILES = 16, VERSIONS = 4 };

/* Version `i / FILES` of file `i % FILES`: forms that are alike, as long as
 * each other, each with some lines of its own. */
static void form(struct buf *out, size_t i)
{
	buf_clear(out);
	for (size_t k = 0; k < 30; k++)
		buf_addf(out, "%zu\n", 10000 + 7919 * k);
	for (size_t k = 0; k < 6; k++)
		buf_addf(out, "%zu\n",
			 10000 + 104729 * (i % FILES + 1) * (k + 1) % 89999);
	buf_addf(out, "%zu\n", 10000 + i);
}

/* The files written in turns, a commit each; the last one. */
static struct oid write_history(void)
{
	struct oid tree = {{0}};
	struct oid commit = {{0}};
	struct buf text = BUF_INIT;
	struct err err;
	char hex[OID_TEXT];

	for (size_t i = 0; i < FILES * VERSIONS; i++) {
		char name[] = "r/?.yaml";

		name[2] = (char)('a' + i % FILES);
		form(&text, i);
		tree = edit(&tree, 1, name, buf_text(&text));
		oid_format(hex, &tree);
		buf_clear(&text);
		buf_addf(&text, "tree %s\n", hex);
		oid_format(hex, &commit);
		if (i > 0)
			buf_addf(&text, "parent %s\n", hex);
		buf_addf(&text,
			 "author a <a@a> %zu +0000\n"
			 "committer a <a@a> %zu +0000\n\nv\n",
			 i, i);
		assert_int_equal(repository_write(&commit, repo, OBJECT_COMMIT,
						  text.data, text.len, &err),
				 0);
	}
	buf_release(&text);
	return commit;
}

static void
repository__a_version_is_kept_as_what_differs_from_the_same_file(void **state)
{
	struct oid tip = write_history();
	struct err err;

	(void)state;
	assert_int_equal(repository_lock(repo, &err), 0);
	assert_int_equal(repository_flush(repo, &err), 0);
	assert_int_equal(
		repository_set_ref(repo, "refs/heads/v", &tip, NULL, &err), 0);
	repository_unlock(repo);
	/* A line of verify-pack ends with the base where there is one. */
	assert_int_equal(
		run(NULL, 0,
		    "git -C r rev-list --objects v | sort > names &&"
		    " (cd r && git verify-pack -v objects/pack/*.idx) |"
		    " awk '$2 == \"blob\" && NF == 7 {print $1, $7}' |"
		    " sort > bases && join bases names | sort -k 2 |"
		    " join -1 2 - names > both &&"
		    " test $(awk '$3 == $4' both | wc -l) = %d",
		    FILES * (VERSIONS - 1)),
		0);
}

/* What a process leaves that is killed while it removes a pack. */
static void repository__a_pack_without_its_index_is_not_joined(void **state)
{
	struct err err;

	(void)state;
	assert_int_equal(repository_lock(repo, &err), 0);
	for (int i = 0; i < 30; i++) {
		char text[16];

		snprintf(text, sizeof(text), "%d", i);
		write_blob(text);
		assert_int_equal(repository_flush(repo, &err), 0);
		if (i == 0)
			assert_int_equal(
				run(NULL, 0,
				    "cd r/objects/pack && cp *.pack"
				    " pack-%040d.pack && cp *%040d.pack"
				    " pack-%040d.pack && touch -d"
				    " '2 days ago' pack-%040d.pack",
				    0, 0, 1, 1),
				0);
		assert_int_equal(repository_consolidate(repo, 0, &err), 0);
	}
	repository_unlock(repo);
	assert_true(count_packs() <= 24);
	assert_int_equal(run(NULL, 0,
			     "test -e r/objects/pack/pack-%040d.pack &&"
			     " test ! -e r/objects/pack/pack-%040d.pack",
			     0, 1),
			 0);
}

/* git would say of each object that its pack is gone. */
static void repository__an_index_of_joined_packs_goes_with_them(void **state)
{
	struct err err;

	(void)state;
	assert_int_equal(repository_lock(repo, &err), 0);
	for (int i = 0; i < 30; i++) {
		char text[16];

		snprintf(text, sizeof(text), "%d", i);
		write_blob(text);
		assert_int_equal(repository_flush(repo, &err), 0);
		if (i == 20)
			assert_int_equal(
				run(NULL, 0,
				    "git -C r multi-pack-index write &&"
				    " test -e r/objects/pack/"
				    "multi-pack-index"),
				0);
		assert_int_equal(repository_consolidate(repo, 0, &err), 0);
	}
	repository_unlock(repo);
	assert_int_equal(run(NULL, 0,
			     "test ! -e r/objects/pack/multi-pack-index &&"
			     " git -C r fsck --full --strict"),
			 0);
}

/* Of places that get a pack each in every round, no two need join theirs in
 * the same one. */
static void repository__who_joins_packs_when_is_its_own(void **state)
{
	enum { OWN = 8 * 1000 + 5, FIRST = 24 - 5 + 1 };
	struct err err;

	(void)state;
	assert_int_equal(repository_lock(repo, &err), 0);
	for (int i = 1; i <= FIRST; i++) {
		char text[16];

		snprintf(text, sizeof(text), "%d", i);
		write_blob(text);
		assert_int_equal(repository_flush(repo, &err), 0);
		assert_int_equal(count_packs(), i);
		assert_int_equal(repository_consolidate(repo, OWN, &err), 0);
		assert_true(i == FIRST ? count_packs() < i
				       : count_packs() == i);
	}
	repository_unlock(repo);
}

static void repository__packs_do_not_pile_up(void **state)
{
	struct tree_edit edit = {.path = "f"};
	struct oid tree = {{0}};
	struct buf text = BUF_INIT;
	char hex[OID_TEXT];
	struct err err;
	int n = is_sanitized() ? 200 : 500;

	(void)state;
	assert_int_equal(repository_lock(repo, &err), 0);
	for (int i = 0; i < n; i++) {
		char name[16];

		snprintf(name, sizeof(name), "f/%03d", i);
		edit.path = name;
		edit.oid = write_blob(name);
		assert_int_equal(repository_edit_tree(&tree, repo, &tree, &edit,
						      1, &err),
				 0);
		assert_int_equal(repository_flush(repo, &err), 0);
		assert_int_equal(repository_consolidate(repo, 0, &err), 0);
		assert_true(count_packs() <= 24);
	}
	repository_unlock(repo);
	oid_format(hex, &tree);
	assert_int_equal(run(NULL, 0,
			     "test $(git -C r ls-tree -r %s | wc -l) = %d &&"
			     " git -C r cat-file --batch-check"
			     " --batch-all-objects > /dev/null && git -C r"
			     " fsck --full --strict",
			     hex, n),
			 0);
	for (int i = 0; i < n; i++) {
		struct oid found;
		char name[16];

		snprintf(name, sizeof(name), "f/%03d", i);
		assert_int_equal(
			repository_find(&found, repo, &tree, name, &err), 0);
		assert_int_equal(repository_read(&text, repo, &found,
						 OBJECT_BLOB, &err),
				 0);
		assert_string_equal(buf_text(&text), name);
	}
	buf_release(&text);
}

#define REPO_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		REPO_TEST(repository__making_it_twice_is_harmless),
		REPO_TEST(repository__a_half_made_one_is_made_anew),
		REPO_TEST(repository__a_folder_in_use_is_left_alone),
		REPO_TEST(repository__a_missing_one_is_said_to_be_missing),
		REPO_TEST(repository__stock_git_reads_the_trees),
		REPO_TEST(repository__editing_changes_only_what_it_names),
		REPO_TEST(repository__what_is_there_is_not_written_again),
		REPO_TEST(
			repository__discarded_objects_are_gone_and_come_again),
		REPO_TEST(repository__another_kind_of_object_is_refused),
		REPO_TEST(repository__a_file_is_found_by_its_path),
		REPO_TEST(repository__a_ref_moves_only_from_what_it_was),
		REPO_TEST(repository__refs_are_listed_by_prefix_in_order),
		REPO_TEST(repository__writing_needs_the_lock),
		REPO_TEST(repository__leftovers_of_a_killed_writer_are_cleared),
		REPO_TEST(repository__intents_cannot_name_files_elsewhere),
		REPO_TEST(repository__what_no_ref_names_yet_outlives_a_repack),
		REPO_TEST(repository__what_a_failed_run_wrote_is_taken_over),
		REPO_TEST(repository__a_pack_never_takes_the_name_of_another),
		REPO_TEST(repository__what_others_keep_stays_kept),
		REPO_TEST(repository__a_keep_of_nothing_is_taken_over),
		REPO_TEST(
			repository__a_link_in_place_of_a_room_empties_nothing),
		REPO_TEST(repository__a_ref_that_git_holds_is_waited_for),
		REPO_TEST(
			repository__a_ref_held_for_long_is_told_with_its_file),
		REPO_TEST(repository__a_lock_that_lost_its_holder_is_removed),
		REPO_TEST(repository__two_writers_take_turns),
		REPO_TEST(
			repository__a_version_is_kept_as_what_differs_from_the_same_file),
		REPO_TEST(repository__a_pack_without_its_index_is_not_joined),
		REPO_TEST(repository__an_index_of_joined_packs_goes_with_them),
		REPO_TEST(repository__who_joins_packs_when_is_its_own),
		REPO_TEST(repository__packs_do_not_pile_up),
		cmocka_unit_test(tree__what_git_would_not_accept_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
