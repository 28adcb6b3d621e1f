/* hub_smart_test.c - git's smart protocol against stock git's own programs,
 * through an ssh that runs them here; and against answers that are cut, or
 * are none. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "sync/git/haul.h"
#include "sync/road/hub_smart.h"
#include "sync/git/pack.h"
#include "sync/road/pkt_line.h"
#include "tests/sync/git_helper.h"
#include "tests/sync/roads_helper.h"

static const char REF[] = "refs/heads/outbox/edu/0000000000000001";
static const char MAIN[] = "refs/heads/main";

static struct repository *repo;
static struct hub *hub;

static int setup(void **state)
{
	(void)state;
	signal(SIGPIPE, SIG_IGN);
	folder_make();
	roads_ssh();
	repo = roads_repository("a");
	return run(NULL, 0,
		   "git init -q --bare -b main \"h u'b\" &&"
		   " ln -s \"h u'b\" hub &&"
		   " git -C hub config receive.unpackLimit 1");
}

static void open_hub(void)
{
	char url[600];
	struct err err;

	snprintf(url, sizeof(url), "me@there:%s", in_folder("h u'b"));
	hub_close(hub);
	hub = NULL;
	assert_int_equal(hub_open(&hub, url, &err), 0);
}

static int teardown(void **state)
{
	(void)state;
	hub_close(hub);
	repository_close(repo);
	hub = NULL;
	repo = NULL;
	unsetenv("GIT_SSH");
	folder_remove();
	return 0;
}

static int push_ref(const char *name, const struct oid *old,
		    const struct oid *tip, struct err *err)
{
	struct hub_update update = {.name = name, .new_oid = *tip};
	struct hub_push all = {.updates = &update, .n = 1};
	int rc;

	if (old != NULL)
		update.old = *old;
	rc = hub_push(hub, repo, &all, err);
	return rc < 0 ? rc : update.result;
}

static int push(const struct oid *old, const struct oid *tip)
{
	struct err err = {0};
	int rc = push_ref(REF, old, tip, &err);

	if (rc < 0 && rc != ERR_STALE)
		print_error("%s\n", err.text);
	return rc;
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

static bool hub_has(const char *name, const struct oid *oid)
{
	struct oid now;
	struct err err;

	open_hub();
	return hub_ref(&now, hub, name, &err) == 0 && oid_equal(&now, oid);
}

/* --- with stock git ------------------------------------------------------ */

static void hub_smart__only_what_is_new_is_pushed(void **state)
{
	struct oid one = roads_commit(repo, NULL, "register/1-1/001.yaml", "1");
	struct oid two = roads_commit(repo, &one, "register/1-1/002.yaml", "2");
	struct oid three;

	(void)state;
	open_hub();
	assert_int_equal(push(NULL, &two), 0);
	assert_int_equal(roads_objects("hub"), 2 * 5);
	three = roads_commit(repo, &two, "register/1-1/003.yaml", "3");
	assert_int_equal(push(&two, &three), 0);
	assert_int_equal(roads_objects("hub"), 3 * 5);
	assert_true(hub_has(REF, &three));
	assert_int_equal(run(NULL, 0, "git -C hub fsck --strict"), 0);
}

/* What another pushed meanwhile does not make us send old things again. */
static void hub_smart__tips_seen_before_are_known_to_be_there(void **state)
{
	struct oid one = roads_commit(repo, NULL, "register/1-1/001.yaml", "1");
	struct oid main_oid =
		roads_commit(repo, &one, "register/1-1/002.yaml", "2");
	struct oid now;
	struct err err;
	int before;

	(void)state;
	open_hub();
	assert_int_equal(push(NULL, &one), 0);
	open_hub();
	assert_int_equal(hub_ref(&now, hub, REF, &err), 0);
	assert_int_equal(
		run(NULL, 0,
		    "git clone -q hub w 2>&1 && cd w &&"
		    " git checkout -q origin/outbox/edu/0000000000000001 &&"
		    " echo x >x && git add x && git -c user.name=N"
		    " -c user.email=e commit -qm m && git push -q origin"
		    " HEAD:%s",
		    REF),
		0);
	before = roads_objects("hub");
	assert_int_equal(push_ref(MAIN, NULL, &main_oid, &err), 0);
	/* Commit, three trees' worth of path, one blob: not the first's. */
	assert_int_equal(roads_objects("hub") - before, 5);
	assert_int_equal(run(NULL, 0, "git -C hub fsck --strict"), 0);
}

static void hub_smart__a_push_from_the_wrong_place_is_stale(void **state)
{
	struct oid one = roads_commit(repo, NULL, "a", "1");
	struct oid two = roads_commit(repo, &one, "a", "2");
	struct oid other = roads_commit(repo, &one, "a", "3");

	(void)state;
	open_hub();
	assert_int_equal(push(NULL, &one), 0);
	assert_int_equal(push(NULL, &two), ERR_STALE);
	assert_int_equal(push(&one, &two), 0);
	assert_int_equal(push(&one, &other), ERR_STALE);
	assert_true(hub_has(REF, &two));
}

static void hub_smart__what_arrived_already_is_no_loss(void **state)
{
	struct oid one = roads_commit(repo, NULL, "a", "1");

	(void)state;
	open_hub();
	assert_int_equal(push(NULL, &one), 0);
	assert_int_equal(push(NULL, &one), 0);
}

static void check_stale(int first, int second, bool gate)
{
	struct oid one = roads_commit(repo, NULL, "a", "1");
	struct oid two = roads_commit(repo, &one, "a", "2");
	struct hub_update updates[] = {
		{.name = REF, .old = two, .new_oid = one, .gate = gate},
		{.name = MAIN, .new_oid = two},
	};
	struct hub_push both = {.updates = updates, .n = 2};
	struct err err;

	open_hub();
	assert_int_equal(hub_push(hub, repo, &both, &err), 0);
	assert_int_equal(updates[0].result, first);
	assert_int_equal(updates[1].result, second);
	assert_int_equal(hub_has(MAIN, &two), second == 0);
}

static void hub_smart__a_stale_ref_stops_no_other(void **state)
{
	(void)state;
	check_stale(ERR_STALE, 0, false);
}

static void hub_smart__a_stale_gate_stops_those_behind_it(void **state)
{
	(void)state;
	check_stale(ERR_STALE, ERR_STALE, true);
}

static void hub_smart__a_server_without_atomic_is_served_in_order(void **state)
{
	struct oid one = roads_commit(repo, NULL, "a", "1");
	struct oid two = roads_commit(repo, &one, "a", "2");
	struct hub_update updates[] = {
		{.name = REF, .new_oid = one, .gate = true},
		{.name = MAIN, .new_oid = two, .gate = true},
		{.name = "refs/heads/inbox/edu", .old = two, .new_oid = one},
		{.name = "refs/heads/inbox/hr", .new_oid = one},
	};
	struct hub_push all = {.updates = updates, .n = 4};
	struct err err;

	(void)state;
	assert_int_equal(run(NULL, 0,
			     "git -C hub config receive.advertiseAtomic false"),
			 0);
	open_hub();
	assert_int_equal(hub_push(hub, repo, &all, &err), 0);
	assert_int_equal(updates[0].result, 0);
	assert_int_equal(updates[1].result, 0);
	assert_int_equal(updates[2].result, ERR_STALE);
	assert_int_equal(updates[3].result, 0);
	assert_true(hub_has("refs/heads/inbox/hr", &one));
	assert_true(hub_has(MAIN, &two));
}

static void put_hook(const char *name, const char *script)
{
	const char *path = in_folder("hub/hooks/%s", name);

	put_file(path, script, strlen(script));
	assert_int_equal(chmod(path, 0755), 0);
}

static void hub_smart__a_refusal_is_told_in_the_hooks_words(void **state)
{
	struct oid one = roads_commit(repo, NULL, "a", "1");
	struct err err;

	(void)state;
	put_hook("pre-receive", "#!/bin/sh\n"
				"echo 'only your own outbox' >&2\nexit 1\n");
	open_hub();
	assert_int_equal(push_ref(REF, NULL, &one, &err), ERR_HUB);
	assert_non_null(strstr(err.text, "hook declined"));
	assert_non_null(strstr(err.text, "only your own outbox"));
	assert_false(hub_has(REF, &one));
}

/* The hook plays the one who is faster. */
static void hub_smart__a_race_that_is_lost_is_stale(void **state)
{
	struct oid one = roads_commit(repo, NULL, "a", "1");
	struct oid two = roads_commit(repo, &one, "a", "2");
	struct oid other = roads_commit(repo, &one, "a", "3");
	char hex[OID_TEXT];
	char script[512];

	(void)state;
	open_hub();
	assert_int_equal(push(NULL, &one), 0);
	{
		struct err err;

		assert_int_equal(push_ref("refs/heads/x", NULL, &other, &err),
				 0);
	}
	oid_format(hex, &other);
	snprintf(script, sizeof(script),
		 "#!/bin/sh\nunset GIT_QUARANTINE_PATH\n"
		 "git update-ref %s %s\n",
		 REF, hex);
	put_hook("pre-receive", script);
	open_hub();
	assert_int_equal(push(&one, &two), ERR_STALE);
	assert_true(hub_has(REF, &other));
}

static void hub_smart__another_node_fetches_only_what_it_lacks(void **state)
{
	struct repository *other = roads_repository("b");
	struct oid one = roads_commit(repo, NULL, "register/1-1/001.yaml", "1");
	struct oid two;
	struct err err;

	(void)state;
	open_hub();
	assert_int_equal(push(NULL, &one), 0);
	assert_int_equal(fetch(other, &one, &err), 0);
	assert_int_equal(roads_objects("b"), 5);
	assert_int_equal(repository_lock(other, &err), 0);
	assert_int_equal(
		repository_set_ref(other, "refs/heads/x", &one, NULL, &err), 0);
	repository_unlock(other);
	two = roads_commit(repo, &one, "register/1-1/002.yaml", "2");
	assert_int_equal(push(&one, &two), 0);
	assert_int_equal(fetch(other, &two, &err), 0);
	assert_int_equal(fetch(other, &two, &err), 0);
	assert_int_equal(roads_objects("b"), 10);
	assert_true(repository_has(other, &two));
	assert_int_equal(run(NULL, 0, "git -C b fsck --strict"), 0);
	repository_close(other);
}

#define INBOX "refs/heads/inbox/edu"
#define CHECKPOINT "refs/heads/checkpoint/edu"

/* Five commits, of which the third is where a new node begins; what it lacks
 * then, though an old blob comes back; what came before, when it is asked. */
static void hub_smart__a_history_is_fetched_from_its_middle(void **state)
{
	static const struct oid none;
	struct repository *other = roads_repository("b");
	struct oid at[6];
	struct err err;

	(void)state;
	at[0] = roads_commit(repo, NULL, "a", "0");
	for (size_t i = 1; i < 6; i++)
		at[i] = roads_commit(repo, &at[i - 1], "a",
				     i == 4 ? "0" : in_folder("%zu", i));
	open_hub();
	assert_int_equal(push_ref(INBOX, NULL, &at[3], &err), 0);
	assert_int_equal(push_ref(CHECKPOINT, NULL, &at[2], &err), 0);
	open_hub();
	assert_int_equal(repository_lock(other, &err), 0);
	assert_int_equal(repository_set_begin(other, &at[2], &err), 0);
	assert_int_equal(hub_fetch(hub, other, &at[2], 1, &err), 0);
	assert_int_equal(hub_fetch(hub, other, &at[3], 1, &err), 0);
	assert_int_equal(roads_objects("b"), 6);
	assert_int_equal(repository_set_ref(other, INBOX, &at[3], NULL, &err),
			 0);
	assert_int_equal(push_ref(INBOX, &at[3], &at[5], &err), 0);
	assert_int_equal(hub_fetch(hub, other, &at[5], 1, &err), 0);
	assert_int_equal(roads_objects("b"), 12);
	assert_int_equal(repository_set_ref(other, INBOX, &at[5], NULL, &err),
			 0);
	assert_int_equal(run(NULL, 0,
			     "git -C b fsck --strict &&"
			     " git -C b rev-list --count inbox/edu |"
			     " grep -qx 4"),
			 0);
	/* The rest, by way of what is here. */
	open_hub();
	assert_int_equal(hub_fetch(hub, other, &at[1], 1, &err), 0);
	assert_int_equal(repository_set_begin(other, &none, &err), 0);
	assert_int_equal(run(NULL, 0,
			     "git -C b fsck --strict &&"
			     " git -C b rev-list --count inbox/edu |"
			     " grep -qx 6"),
			 0);
	repository_unlock(other);
	repository_close(other);
}

/* It was to begin in the middle and will not: what came before is fetched
 * where nothing but that commit is here. */
static void hub_smart__a_beginning_can_be_given_up(void **state)
{
	static const struct oid none;
	struct repository *other = roads_repository("b");
	struct oid at[3];
	struct err err;

	(void)state;
	at[0] = roads_commit(repo, NULL, "a", "0");
	for (size_t i = 1; i < 3; i++)
		at[i] = roads_commit(repo, &at[i - 1], "a",
				     in_folder("%zu", i));
	open_hub();
	assert_int_equal(push_ref(INBOX, NULL, &at[2], &err), 0);
	assert_int_equal(push_ref(CHECKPOINT, NULL, &at[1], &err), 0);
	open_hub();
	assert_int_equal(repository_lock(other, &err), 0);
	assert_int_equal(repository_set_begin(other, &at[1], &err), 0);
	assert_int_equal(hub_fetch(hub, other, &at[1], 1, &err), 0);
	assert_false(repository_has(other, &at[0]));
	assert_int_equal(hub_fetch(hub, other, &at[0], 1, &err), 0);
	assert_int_equal(repository_set_begin(other, &none, &err), 0);
	assert_int_equal(hub_fetch(hub, other, &at[2], 1, &err), 0);
	assert_int_equal(repository_set_ref(other, INBOX, &at[2], NULL, &err),
			 0);
	assert_int_equal(run(NULL, 0,
			     "git -C b fsck --strict &&"
			     " git -C b rev-list --count inbox/edu |"
			     " grep -qx 3"),
			 0);
	repository_unlock(other);
	repository_close(other);
}

/* A unit's whole run: its ref, its push, its inbox. */
static void hub_smart__a_run_takes_two_connections(void **state)
{
	struct repository *other = roads_repository("b");
	struct oid one = roads_commit(repo, NULL, "a", "1");
	struct oid two = roads_commit(repo, &one, "a", "2");
	struct oid now;
	struct err err;
	int before;

	(void)state;
	open_hub();
	assert_int_equal(push(NULL, &one), 0);
	assert_int_equal(push_ref(MAIN, NULL, &one, &err), 0);
	open_hub();
	before = roads_ssh_calls();
	assert_int_equal(hub_ref(&now, hub, REF, &err), 0);
	assert_int_equal(push(&one, &two), 0);
	assert_int_equal(hub_ref(&now, hub, REF, &err), 0);
	assert_true(oid_equal(&now, &two));
	assert_int_equal(hub_ref(&now, hub, MAIN, &err), 0);
	assert_int_equal(fetch(other, &now, &err), 0);
	assert_int_equal(roads_ssh_calls() - before, 2);
	repository_close(other);
}

static void hub_smart__an_object_the_hub_has_not_is_missing(void **state)
{
	struct repository *other = roads_repository("b");
	struct oid one = roads_commit(repo, NULL, "a", "1");
	struct oid two = roads_commit(repo, &one, "a", "2");
	struct err err;

	(void)state;
	open_hub();
	assert_int_equal(push(NULL, &one), 0);
	assert_int_equal(fetch(other, &two, &err), ERR_MISSING);
	assert_int_equal(fetch(other, &one, &err), 0);
	repository_close(other);
}

static void hub_smart__damage_there_is_told_and_nothing_taken(void **state)
{
	struct repository *other = roads_repository("b");
	char name[512];
	struct oid one = roads_commit(repo, NULL, "a", "some text of a case");
	struct err err;

	(void)state;
	open_hub();
	assert_int_equal(push(NULL, &one), 0);
	run(name, sizeof(name), "ls hub/objects/pack/*.pack | tr -d '\\n'");
	damage_file(in_folder("%s", name));
	open_hub();
	assert_true(fetch(other, &one, &err) < 0);
	assert_false(repository_has(other, &one));
	repository_close(other);
}

static void hub_smart__an_empty_hub_has_no_refs(void **state)
{
	struct ref_list refs = {NULL, 0};
	struct oid now;
	struct err err;

	(void)state;
	open_hub();
	assert_int_equal(hub_refs(&refs, hub, "refs/", &err), 0);
	assert_int_equal(refs.n, 0);
	assert_int_equal(hub_ref(&now, hub, MAIN, &err), ERR_MISSING);
	ref_list_release(&refs);
}

static void hub_smart__the_reader_is_a_copy_that_goes(void **state)
{
	struct repository *reader = NULL;
	struct oid one = roads_commit(repo, NULL, "a", "1");
	struct oid now;
	struct err err;

	(void)state;
	assert_int_equal(run(NULL, 0, "mkdir tmp"), 0);
	open_hub();
	assert_int_equal(push(NULL, &one), 0);
	setenv("TMPDIR", in_folder("tmp"), 1);
	assert_int_equal(hub_reader(&reader, hub, &err), 0);
	unsetenv("TMPDIR");
	assert_int_equal(repository_ref(&now, reader, REF, &err), 0);
	assert_true(oid_equal(&now, &one));
	assert_true(repository_has(reader, &one));
	repository_close(reader);
	hub_close(hub);
	hub = NULL;
	assert_int_equal(run(NULL, 0, "test -z \"$(ls tmp)\""), 0);
}

/* --- failures on the way ------------------------------------------------- */

static void fails_with(const char *script, const char *expected)
{
	struct oid now;
	struct err err;
	const char *path = in_folder("ssh");

	put_file(path, script, strlen(script));
	open_hub();
	assert_int_equal(hub_ref(&now, hub, MAIN, &err), ERR_HUB);
	if (strstr(err.text, expected) == NULL)
		print_error("%s\n", err.text);
	assert_non_null(strstr(err.text, expected));
}

static void hub_smart__what_ssh_says_is_told_with_advice(void **state)
{
	(void)state;
	fails_with("#!/bin/sh\necho 'Host key verification failed.' >&2\n"
		   "exit 255\n",
		   "accept it once with ssh");
	fails_with("#!/bin/sh\necho 'me@there: Permission denied"
		   " (publickey).' >&2\nexit 255\n",
		   "does not know your ssh key");
	fails_with("#!/bin/sh\necho 'ssh: connect to host there port 22:"
		   " Connection refused' >&2\nexit 255\n",
		   "me@there: ssh: connect to host there port 22: Connection"
		   " refused");
	fails_with("#!/bin/sh\nexit 0\n", "cut");
	fails_with("#!/bin/sh\ngit upload-pack /nowhere/at/all\n",
		   "git init --bare");
	fails_with("#!/bin/sh\necho 'Welcome to this host!'; sleep 0.1\n",
		   "not in git's protocol");
}

/* Cuts receive-pack's stream after so many bytes, up or down. */
static void cut_pushes(bool up, int at)
{
	char script[1024];

	/* Downwards the one that cuts must be the last to hold the pipe. */
	snprintf(
		script, sizeof(script),
		"#!/bin/bash\n"
		"while [ $# -gt 2 ]; do shift; done\n"
		"case $2 in\n"
		"*receive-pack*) %s ;;\n"
		"*) sh -c \"$2\" ;;\n"
		"esac\n",
		up ? "dd bs=1 count=$CUT status=none | sh -c \"$2\" 2>/dev/null"
		   : "exec dd bs=1 count=$CUT status=none < <(sh -c \"$2\" 2>/dev/null)");
	put_file(in_folder("ssh"), script, strlen(script));
	snprintf(script, sizeof(script), "%d", at);
	setenv("CUT", script, 1);
}

/* Read once: a server that was cut off may be at it still. */
static struct oid there_now(void)
{
	struct repository *there = NULL;
	struct oid now;
	struct err err;

	assert_int_equal(repository_open(&there, in_folder("hub"),
					 REPOSITORY_READ, &err),
			 0);
	assert_int_equal(repository_ref(&now, there, REF, &err), 0);
	repository_close(there);
	return now;
}

/* A push that is cut every `step` bytes moves the ref or does not; the hub is
 * whole, and the next push completes. Gives the number of cuts that told. */
static int check_cut_pushes(bool up, int end, int step)
{
	struct oid before = roads_commit(repo, NULL, "a/b", "0");
	struct err err;
	int told = 0;

	open_hub();
	assert_int_equal(push(NULL, &before), 0);
	for (int at = 0; at < end; at += step) {
		char text[32];
		struct oid tip;
		struct oid now;
		int rc;

		snprintf(text, sizeof(text), "cut %d", at);
		tip = roads_commit(repo, &before, "a/b", text);
		cut_pushes(up, at);
		open_hub();
		rc = push_ref(REF, &before, &tip, &err);
		assert_true(rc == 0 || rc == ERR_HUB);
		told += rc == ERR_HUB;
		now = there_now();
		assert_true(oid_equal(&now, &tip) ||
			    (rc == ERR_HUB && oid_equal(&now, &before)));
		roads_ssh();
		open_hub();
		assert_int_equal(push_ref(REF, &before, &tip, &err), 0);
		now = there_now();
		assert_true(oid_equal(&now, &tip));
		before = tip;
	}
	assert_int_equal(run(NULL, 0, "git -C hub fsck --strict"), 0);
	return told;
}

static void hub_smart__a_push_cut_upwards_leaves_both_whole(void **state)
{
	(void)state;
	assert_true(check_cut_pushes(true, 720, 24) >= 25);
}

static void hub_smart__a_push_cut_downwards_leaves_both_whole(void **state)
{
	(void)state;
	assert_true(check_cut_pushes(false, 360, 24) >= 10);
}

static void hub_smart__where_ssh_is_missing_the_hub_is_away(void **state)
{
	struct oid now;
	struct err err;

	(void)state;
	setenv("GIT_SSH", in_folder("no-such-program"), 1);
	open_hub();
	assert_int_equal(hub_ref(&now, hub, MAIN, &err), ERR_HUB);
}

static void hub_smart__the_command_line_is_gits(void **state)
{
	char log[1024];
	struct oid now;
	struct err err;

	(void)state;
	unsetenv("GIT_SSH");
	hub_close(hub);
	assert_int_equal(hub_open(&hub, "ssh://me@[::1]:2222/~u/a%20b", &err),
			 0);
	setenv("GIT_SSH_COMMAND",
	       "f() { for a; do printf '<%s>' \"$a\" >>$HOME/ssh.log; done; };"
	       " f",
	       1);
	assert_int_equal(hub_ref(&now, hub, MAIN, &err), ERR_HUB);
	run(log, sizeof(log), "cat ssh.log");
	assert_string_equal(log,
			    "<-p><2222><me@::1><git-upload-pack '~u/a b'>");
	unsetenv("GIT_SSH_COMMAND");
}

static void hub_smart__the_users_configuration_names_the_ssh(void **state)
{
	struct oid one = roads_commit(repo, NULL, "a", "1");
	char *ssh = getenv("GIT_SSH");
	char command[600];

	(void)state;
	snprintf(command, sizeof(command), "%s", ssh);
	unsetenv("GIT_SSH");
	setenv("GIT_CONFIG_GLOBAL", in_folder("gitconfig"), 1);
	assert_int_equal(run(NULL, 0,
			     "git config --file gitconfig core.sshCommand %s",
			     command),
			 0);
	open_hub();
	assert_int_equal(push(NULL, &one), 0);
	assert_true(roads_ssh_calls() > 0);
	setenv("GIT_CONFIG_GLOBAL", "/dev/null", 1);
}

/* --- answers from memory, cut and wrong ---------------------------------- */

struct memory_host {
	struct stream_host host;
	struct buf advert;
	struct buf answer;
	size_t cut; /* bytes of answer that come */
};

struct memory_stream {
	struct stream stream;
	const struct memory_host *host;
	bool asked;
	size_t at;
};

static int memory_read(size_t *got, struct stream *stream, void *bytes,
		       size_t len, struct err *err)
{
	struct memory_stream *memory = (struct memory_stream *)stream;
	const struct buf *from = memory->asked ? &memory->host->answer
					       : &memory->host->advert;
	size_t end = memory->asked ? memory->host->cut : from->len;

	(void)err;
	*got = end - memory->at < len ? end - memory->at : len;
	if (*got > 0)
		memcpy(bytes, from->data + memory->at, *got);
	memory->at += *got;
	return 0;
}

static int memory_write(struct stream *stream, const void *bytes, size_t len,
			struct err *err)
{
	struct memory_stream *memory = (struct memory_stream *)stream;

	(void)bytes;
	(void)len;
	(void)err;
	memory->asked = true;
	memory->at = 0;
	return 0;
}

static void memory_close(struct stream *stream)
{
	free(stream);
}

static const struct stream_way memory_way = {memory_read, memory_write,
					     memory_close};

static int memory_open(struct stream **out, struct stream_host *host,
		       enum stream_service service, struct err *err)
{
	struct memory_stream *memory = calloc(1, sizeof(*memory));

	(void)service;
	(void)err;
	memory->stream.way = &memory_way;
	memory->host = (struct memory_host *)host;
	*out = &memory->stream;
	return 0;
}

static void memory_host_close(struct stream_host *host)
{
	(void)host;
}

static const struct stream_host_way memory_host_way = {memory_open,
						       memory_host_close};

static void make_host(struct memory_host *host, const struct oid *tip)
{
	struct haul haul = {{NULL, 0, 0}, {NULL, 0, 0}};
	struct buf pack = BUF_INIT;
	struct buf band = BUF_INIT;
	char hex[OID_TEXT];
	struct err err;

	*host = (struct memory_host){
		{&memory_host_way, true}, BUF_INIT, BUF_INIT, 0};
	oid_format(hex, tip);
	buf_addf(&band, "%s %s", hex, REF);
	buf_addc(&band, '\0');
	buf_adds(&band, " side-band-64k ofs-delta\n");
	pkt_line_add(&host->advert, band.data, band.len);
	pkt_line_flush(&host->advert);
	assert_int_equal(haul_collect(&haul, repo, NULL, tip, 1, &err), 0);
	assert_int_equal(pack_make(&pack, repo, &haul.oids, &err), 0);
	pkt_line_addf(&host->answer, "NAK\n");
	for (size_t at = 0; at < pack.len; at += 90) {
		buf_clear(&band);
		buf_addc(&band, 1);
		buf_add(&band, pack.data + at,
			pack.len - at < 90 ? pack.len - at : 90);
		pkt_line_add(&host->answer, band.data, band.len);
	}
	pkt_line_add(&host->answer, "\2counting\n", 10);
	pkt_line_flush(&host->answer);
	host->cut = host->answer.len;
	haul_release(&haul);
	buf_release(&pack);
	buf_release(&band);
}

static void memory_host_release(struct memory_host *host)
{
	buf_release(&host->advert);
	buf_release(&host->answer);
}

static void open_memory(struct memory_host *host)
{
	struct err err;

	hub_close(hub);
	assert_int_equal(hub_smart_open(&hub, &host->host, &err), 0);
}

static void hub_smart__an_answer_cut_anywhere_is_a_hub_away(void **state)
{
	struct repository *other = roads_repository("b");
	struct oid one = roads_commit(repo, NULL, "a/b", "some text");
	struct memory_host host;
	struct err err;
	size_t whole;

	(void)state;
	make_host(&host, &one);
	whole = host.cut;
	for (host.cut = 0; host.cut < whole; host.cut++) {
		open_memory(&host);
		assert_int_equal(fetch(other, &one, &err), ERR_HUB);
		assert_false(repository_has(other, &one));
	}
	open_memory(&host);
	assert_int_equal(fetch(other, &one, &err), 0);
	hub_close(hub);
	hub = NULL;
	memory_host_release(&host);
	repository_close(other);
}

static void hub_smart__an_advert_cut_anywhere_is_a_hub_away(void **state)
{
	struct oid one = roads_commit(repo, NULL, "a/b", "some text");
	struct memory_host host;
	struct oid now;
	struct err err;
	size_t whole;

	(void)state;
	make_host(&host, &one);
	whole = host.advert.len;
	for (size_t len = whole; len-- > 0;) {
		buf_truncate(&host.advert, len);
		open_memory(&host);
		assert_int_equal(hub_ref(&now, hub, REF, &err), ERR_HUB);
	}
	hub_close(hub);
	hub = NULL;
	memory_host_release(&host);
}

static void hub_smart__a_server_that_gives_up_says_why(void **state)
{
	struct repository *other = roads_repository("b");
	struct oid one = roads_commit(repo, NULL, "a/b", "some text");
	struct memory_host host;
	struct oid now;
	struct err err;

	(void)state;
	make_host(&host, &one);
	buf_clear(&host.answer);
	pkt_line_addf(&host.answer, "NAK\n");
	pkt_line_add(&host.answer, "\3out of memory\n", 15);
	host.cut = host.answer.len;
	open_memory(&host);
	assert_int_equal(fetch(other, &one, &err), ERR_CORRUPT);
	assert_non_null(strstr(err.text, "out of memory"));
	buf_clear(&host.advert);
	pkt_line_addf(&host.advert, "ERR access denied\n");
	open_memory(&host);
	assert_int_equal(hub_ref(&now, hub, REF, &err), ERR_HUB);
	assert_non_null(strstr(err.text, "access denied"));
	hub_close(hub);
	hub = NULL;
	memory_host_release(&host);
	repository_close(other);
}

/* The hub claims a tip, and sends another commit's objects. */
static void hub_smart__what_is_not_what_was_asked_for_is_refused(void **state)
{
	struct repository *other = roads_repository("b");
	struct oid one = roads_commit(repo, NULL, "a/b", "1");
	struct oid two = roads_commit(repo, NULL, "a/b", "2");
	struct memory_host host;
	struct err err;

	(void)state;
	make_host(&host, &one);
	open_memory(&host);
	assert_int_equal(fetch(other, &two, &err), ERR_MISSING);
	assert_false(repository_has(other, &one));
	hub_close(hub);
	hub = NULL;
	memory_host_release(&host);
	repository_close(other);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(hub_smart__only_what_is_new_is_pushed),
		T(hub_smart__tips_seen_before_are_known_to_be_there),
		T(hub_smart__a_push_from_the_wrong_place_is_stale),
		T(hub_smart__what_arrived_already_is_no_loss),
		T(hub_smart__a_stale_ref_stops_no_other),
		T(hub_smart__a_stale_gate_stops_those_behind_it),
		T(hub_smart__a_server_without_atomic_is_served_in_order),
		T(hub_smart__a_refusal_is_told_in_the_hooks_words),
		T(hub_smart__a_race_that_is_lost_is_stale),
		T(hub_smart__another_node_fetches_only_what_it_lacks),
		T(hub_smart__a_history_is_fetched_from_its_middle),
		T(hub_smart__a_beginning_can_be_given_up),
		T(hub_smart__a_run_takes_two_connections),
		T(hub_smart__an_object_the_hub_has_not_is_missing),
		T(hub_smart__damage_there_is_told_and_nothing_taken),
		T(hub_smart__an_empty_hub_has_no_refs),
		T(hub_smart__the_reader_is_a_copy_that_goes),
		T(hub_smart__what_ssh_says_is_told_with_advice),
		T(hub_smart__a_push_cut_upwards_leaves_both_whole),
		T(hub_smart__a_push_cut_downwards_leaves_both_whole),
		T(hub_smart__where_ssh_is_missing_the_hub_is_away),
		T(hub_smart__the_command_line_is_gits),
		T(hub_smart__the_users_configuration_names_the_ssh),
		T(hub_smart__an_answer_cut_anywhere_is_a_hub_away),
		T(hub_smart__an_advert_cut_anywhere_is_a_hub_away),
		T(hub_smart__a_server_that_gives_up_says_why),
		T(hub_smart__what_is_not_what_was_asked_for_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
