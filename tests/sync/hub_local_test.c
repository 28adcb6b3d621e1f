/* hub_local_test.c - a hub in a folder: only what is new travels, refs by
 * compare-and-swap, damage and absence told apart. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "sync/git/commit.h"
#include "sync/road/hub.h"
#include "tests/sync/git_helper.h"

static const char REF[] = "refs/heads/outbox/edu/0000000000000001";

static struct repository *repo;
static struct hub *hub;
static struct key key;

static int setup(void **state)
{
	struct err err;

	(void)state;
	folder_make();
	if (crypto_init(&err) < 0)
		return -1;
	key_generate(&key);
	return hub_create(in_folder("hub"), &err) < 0 ||
	       hub_open(&hub, in_folder("hub"), &err) < 0 ||
	       repository_create(in_folder("a"), &err) < 0 ||
	       repository_open(&repo, in_folder("a"), REPOSITORY_WRITE, &err) <
		       0;
}

static int teardown(void **state)
{
	(void)state;
	hub_close(hub);
	repository_close(repo);
	hub = NULL;
	repo = NULL;
	folder_remove();
	return 0;
}

/* A commit whose tree is the parent's with one file changed. */
static struct oid commit_file(const struct oid *parent, const char *path,
			      const char *text)
{
	struct tree_edit edit = {.path = path};
	struct commit_draft draft = {
		.parents = parent,
		.n_parents = parent != NULL,
		.author = {"N", "e@x", 1654567890},
		.committer = {"N", "e@x", 1654567890},
		.message = "m\n",
	};
	struct commit before = {.n_parents = 0};
	struct oid oid;
	struct err err;

	if (parent != NULL)
		assert_int_equal(commit_read(&before, repo, parent, &err), 0);
	assert_int_equal(repository_write(&edit.oid, repo, OBJECT_BLOB, text,
					  strlen(text), &err),
			 0);
	assert_int_equal(repository_edit_tree(&draft.tree, repo, &before.tree,
					      &edit, 1, &err),
			 0);
	assert_int_equal(commit_write(&oid, repo, &draft, &key, &err), 0);
	commit_release(&before);
	assert_int_equal(repository_lock(repo, &err), 0);
	assert_int_equal(repository_flush(repo, &err), 0);
	repository_unlock(repo);
	return oid;
}

static int push(const struct oid *old, const struct oid *tip)
{
	struct hub_update update = {.name = REF, .new_oid = *tip};
	struct hub_push all = {.updates = &update, .n = 1};
	struct err err;

	if (old != NULL)
		update.old = *old;
	assert_int_equal(hub_push(hub, repo, &all, &err), 0);
	return update.result;
}

static int fetch(struct repository *into, const struct oid *tip,
		 struct err *err)
{
	int rc = repository_lock(into, err);

	if (rc == 0)
		rc = hub_fetch(hub, into, tip, 1, err);
	repository_unlock(into);
	return rc;
}

static int objects_in(const char *name)
{
	char out[64];

	run(out, sizeof(out),
	    "for i in %s/objects/pack/*.idx; do git show-index < $i; done |"
	    " wc -l",
	    name);
	return atoi(out);
}

/* Many files in one commit, so that they are worth a search for differences. */
static struct oid commit_many(void)
{
	struct tree_edit edits[200];
	char paths[200][16];
	struct commit_draft draft = {
		.author = {"N", "e@x", 1654567890},
		.committer = {"N", "e@x", 1654567890},
		.message = "m\n",
	};
	struct oid oid;
	struct err err;

	for (size_t i = 0; i < 200; i++) {
		snprintf(paths[i], sizeof(paths[i]), "f/%zu", i);
		edits[i].path = paths[i];
		assert_int_equal(repository_write(&edits[i].oid, repo,
						  OBJECT_BLOB, paths[i],
						  strlen(paths[i]), &err),
				 0);
	}
	assert_int_equal(repository_edit_tree(&draft.tree, repo, NULL, edits,
					      200, &err),
			 0);
	assert_int_equal(commit_write(&oid, repo, &draft, &key, &err), 0);
	assert_int_equal(repository_lock(repo, &err), 0);
	assert_int_equal(repository_flush(repo, &err), 0);
	repository_unlock(repo);
	return oid;
}

static void hub_local__a_pack_of_many_travels_as_it_is(void **state)
{
	struct oid tip = commit_many();

	(void)state;
	repository_trust(repo);
	assert_int_equal(push(NULL, &tip), 0);
	assert_int_equal(
		run(NULL, 0,
		    "cmp a/objects/pack/*.pack hub/objects/pack/*.pack"
		    " && cmp a/objects/pack/*.idx hub/objects/pack/*.idx"
		    " && git -C hub fsck --full --strict"),
		0);
}

static void hub_local__a_damaged_pack_of_many_does_not_travel(void **state)
{
	struct oid tip = commit_many();
	struct hub_update update = {.name = REF, .new_oid = tip};
	struct hub_push all = {.updates = &update, .n = 1};
	char path[256];
	struct err err;

	(void)state;
	repository_trust(repo);
	run(path, sizeof(path),
	    "chmod u+w a/objects/pack/*.pack;"
	    " ls a/objects/pack/*.pack | tr -d '\\n'");
	damage_file(in_folder("%s", path));
	assert_true(hub_push(hub, repo, &all, &err) < 0);
	assert_int_equal(run(NULL, 0, "test -z \"$(ls hub/objects/pack)\""), 0);
}

/* `git gc` at home, while a sync runs. */
static void hub_local__a_pack_that_is_gone_is_made_again(void **state)
{
	struct oid tip = commit_many();
	char hex[OID_TEXT];

	(void)state;
	repository_trust(repo);
	assert_true(repository_has(repo, &tip));
	oid_format(hex, &tip);
	assert_int_equal(run(NULL, 0,
			     "git -C a update-ref refs/heads/all %s &&"
			     " git -C a -c pack.compression=0 repack -a -d -F"
			     " -q",
			     hex),
			 0);
	assert_int_equal(push(NULL, &tip), 0);
	assert_int_equal(run(NULL, 0, "git -C hub fsck --full --strict"), 0);
}

static void hub_local__a_pack_of_gigabytes_is_made_again(void **state)
{
	struct oid tip = commit_many();

	(void)state;
	repository_trust(repo);
	assert_int_equal(run(NULL, 0,
			     "chmod u+w a/objects/pack/*.pack &&"
			     " truncate -s 3G a/objects/pack/*.pack"),
			 0);
	assert_int_equal(push(NULL, &tip), 0);
	assert_int_equal(run(NULL, 0, "git -C hub fsck --full --strict"), 0);
}

static void hub_local__only_what_is_new_is_pushed(void **state)
{
	struct oid one = commit_file(NULL, "register/1-1/001.yaml", "1");
	struct oid two = commit_file(&one, "register/1-1/002.yaml", "2");
	struct oid three;
	struct oid now;
	struct err err;

	(void)state;
	assert_int_equal(push(NULL, &two), 0);
	assert_int_equal(objects_in("hub"), 2 * 5);
	three = commit_file(&two, "register/1-1/003.yaml", "3");
	assert_int_equal(push(&two, &three), 0);
	assert_int_equal(objects_in("hub"), 3 * 5);
	assert_int_equal(hub_ref(&now, hub, REF, &err), 0);
	assert_true(oid_equal(&now, &three));
	assert_int_equal(run(NULL, 0, "git -C hub fsck --strict"), 0);
}

static void hub_local__a_push_from_the_wrong_place_is_stale(void **state)
{
	struct oid one = commit_file(NULL, "a", "1");
	struct oid two = commit_file(&one, "a", "2");
	struct oid other = commit_file(&one, "a", "3");
	struct oid now;
	struct err err;

	(void)state;
	assert_int_equal(push(NULL, &one), 0);
	assert_int_equal(push(NULL, &two), ERR_STALE);
	assert_int_equal(push(&one, &two), 0);
	assert_int_equal(push(&one, &other), ERR_STALE);
	assert_int_equal(hub_ref(&now, hub, REF, &err), 0);
	assert_true(oid_equal(&now, &two));
}

static void hub_local__a_stale_ref_stops_no_other(void **state)
{
	struct oid one = commit_file(NULL, "a", "1");
	struct oid two = commit_file(&one, "a", "2");
	struct hub_update updates[] = {
		{.name = REF, .old = two, .new_oid = one},
		{.name = "refs/heads/main", .new_oid = two},
	};
	struct hub_push both = {.updates = updates, .n = 2};
	struct err err;

	(void)state;
	assert_int_equal(hub_push(hub, repo, &both, &err), 0);
	assert_int_equal(updates[0].result, ERR_STALE);
	assert_int_equal(updates[1].result, 0);
}

static void hub_local__another_node_fetches_only_what_it_lacks(void **state)
{
	struct repository *other = NULL;
	struct oid one = commit_file(NULL, "register/1-1/001.yaml", "1");
	struct oid two;
	struct err err;

	(void)state;
	assert_int_equal(repository_create(in_folder("b"), &err), 0);
	assert_int_equal(repository_open(&other, in_folder("b"),
					 REPOSITORY_WRITE, &err),
			 0);
	assert_int_equal(push(NULL, &one), 0);
	assert_int_equal(fetch(other, &one, &err), 0);
	assert_int_equal(objects_in("b"), 5);
	two = commit_file(&one, "register/1-1/002.yaml", "2");
	assert_int_equal(push(&one, &two), 0);
	assert_int_equal(fetch(other, &two, &err), 0);
	assert_int_equal(fetch(other, &two, &err), 0);
	assert_int_equal(objects_in("b"), 10);
	assert_true(repository_has(other, &two));
	repository_close(other);
}

/* Two new commits whose trees trade places: nothing may be passed over. */
static void hub_local__folders_that_trade_places_arrive_whole(void **state)
{
	struct repository *other = NULL;
	struct oid one = commit_file(NULL, "a/x", "1");
	struct oid two = commit_file(&one, "b/x", "1");
	struct oid three = commit_file(&two, "b/y", "2");
	struct oid swapped = commit_file(&three, "a/y", "2");
	struct oid again = commit_file(&swapped, "a/y", "2");
	char hex[OID_TEXT];
	struct err err;

	(void)state;
	assert_int_equal(push(NULL, &again), 0);
	assert_int_equal(repository_create(in_folder("b"), &err), 0);
	assert_int_equal(repository_open(&other, in_folder("b"),
					 REPOSITORY_WRITE, &err),
			 0);
	assert_int_equal(fetch(other, &again, &err), 0);
	repository_close(other);
	oid_format(hex, &again);
	assert_int_equal(run(NULL, 0,
			     "git -C b update-ref refs/heads/main %s && git -C"
			     " b fsck --strict && git -C hub fsck --strict",
			     hex),
			 0);
}

static void hub_local__what_stock_git_pushed_is_fetched(void **state)
{
	char hex[64];
	struct oid tip;
	struct err err;

	(void)state;
	assert_int_equal(
		run(hex, sizeof(hex),
		    "git init -q w && cd w && echo 1 > f && git add f &&"
		    " git -c user.name=N -c user.email=e@x commit -q -m m &&"
		    " git push -q ../hub HEAD:%s >/dev/null 2>&1 &&"
		    " git -C ../hub gc -q 2>/dev/null; git rev-parse HEAD",
		    REF),
		0);
	assert_true(oid_parse(&tip, hex, strlen(hex)));
	hub_close(hub);
	assert_int_equal(hub_open(&hub, in_folder("hub"), &err), 0);
	assert_int_equal(fetch(repo, &tip, &err), 0);
	assert_true(repository_has(repo, &tip));
}

static void hub_local__damage_is_told_and_nothing_is_taken(void **state)
{
	struct repository *other = NULL;
	char name[512];
	struct oid one = commit_file(NULL, "a", "some text of the register");
	struct err err;

	(void)state;
	assert_int_equal(push(NULL, &one), 0);
	run(name, sizeof(name), "ls hub/objects/pack/*.pack | tr -d '\\n'");
	damage_file(in_folder("%s", name));
	hub_close(hub);
	assert_int_equal(hub_open(&hub, in_folder("hub"), &err), 0);
	assert_int_equal(repository_create(in_folder("b"), &err), 0);
	assert_int_equal(repository_open(&other, in_folder("b"),
					 REPOSITORY_WRITE, &err),
			 0);
	assert_true(fetch(other, &one, &err) < 0);
	assert_false(repository_has(other, &one));
	repository_close(other);
}

static void hub_local__an_absent_hub_is_away(void **state)
{
	struct hub *none = NULL;
	struct err err;

	(void)state;
	assert_int_equal(hub_open(&none, in_folder("none"), &err), ERR_HUB);
	assert_int_equal(run(NULL, 0, "mkdir empty"), 0);
	assert_int_equal(hub_open(&none, in_folder("empty"), &err), ERR_HUB);
}

static void hub_local__a_hub_at_work_elsewhere_is_waited_for(void **state)
{
	struct oid one = commit_file(NULL, "a", "1");

	(void)state;
	assert_int_equal(
		run(NULL, 0, "flock hub/tian.lock sleep 0.3 >/dev/null &"), 0);
	assert_int_equal(push(NULL, &one), 0);
}

static void hub__addresses_are_told_apart(void **state)
{
	struct buf out = BUF_INIT;
	struct err err;

	(void)state;
	assert_int_equal(hub_address(&out, "/a/b", &err), 0);
	assert_string_equal(buf_text(&out), "/a/b");
	buf_clear(&out);
	assert_int_equal(hub_address(&out, "./a:b", &err), 0);
	assert_int_equal(buf_text(&out)[0], '/');
	buf_clear(&out);
	assert_int_equal(hub_address(&out, "git@host:a", &err), 0);
	assert_string_equal(buf_text(&out), "git@host:a");
	assert_int_equal(hub_address(&out, "git@-oProxy=x:a", &err), ERR_INPUT);
	assert_int_equal(hub_address(&out, "ssh://-oProxy=x/a", &err),
			 ERR_INPUT);
	assert_int_equal(hub_address(&out, "host:-a", &err), ERR_INPUT);
	assert_int_equal(hub_address(&out, "ssh://host:x/a", &err), ERR_INPUT);
	assert_int_equal(hub_address(&out, "https://u:p@host/a", &err),
			 ERR_INPUT);
	assert_int_equal(hub_address(&out, "ftp://host/a", &err), ERR_INPUT);
	assert_int_equal(hub_address(&out, "", &err), ERR_INPUT);
	buf_release(&out);
}

static void hub__a_file_url_is_a_path(void **state)
{
	struct hub *same = NULL;
	char url[600];
	struct err err;

	(void)state;
	assert_int_equal(run(NULL, 0, "mv hub 'h b'"), 0);
	snprintf(url, sizeof(url), "file://%s", in_folder("h%%20b"));
	assert_int_equal(hub_open(&same, url, &err), 0);
	hub_close(same);
	snprintf(url, sizeof(url), "file://localhost%s", in_folder("h%%20b"));
	assert_int_equal(hub_open(&same, url, &err), 0);
	hub_close(same);
	assert_int_equal(hub_open(&same, "file://elsewhere/a", &err),
			 ERR_INPUT);
}

#define HUB_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		HUB_TEST(hub_local__a_pack_of_many_travels_as_it_is),
		HUB_TEST(hub_local__a_damaged_pack_of_many_does_not_travel),
		HUB_TEST(hub_local__a_pack_that_is_gone_is_made_again),
		HUB_TEST(hub_local__a_pack_of_gigabytes_is_made_again),
		HUB_TEST(hub_local__only_what_is_new_is_pushed),
		HUB_TEST(hub_local__a_push_from_the_wrong_place_is_stale),
		HUB_TEST(hub_local__a_stale_ref_stops_no_other),
		HUB_TEST(hub_local__another_node_fetches_only_what_it_lacks),
		HUB_TEST(hub_local__folders_that_trade_places_arrive_whole),
		HUB_TEST(hub_local__what_stock_git_pushed_is_fetched),
		HUB_TEST(hub_local__damage_is_told_and_nothing_is_taken),
		HUB_TEST(hub_local__an_absent_hub_is_away),
		HUB_TEST(hub_local__a_hub_at_work_elsewhere_is_waited_for),
		HUB_TEST(hub__addresses_are_told_apart),
		HUB_TEST(hub__a_file_url_is_a_path),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
