/* mailbox_test.c - one repository for each unit: the office meets all of
 * them, and none holds anything of another. */
#include <setjmp.h>
#include <signal.h>
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

/* What stands in a case of hr's, and must be nowhere at edu's. */
#define SECRET "只给人社局看的建议"
#define SENTENCE "这是人社局的答复。"

/* edu and hr meet the office at a mailbox each, gov at the hub. */
static void make_world(void)
{
	world_office();
	world_at_mailbox("edu", "edu", "mail-edu");
	world_welcome("edu", "edu", "区教育局");
	world_at_mailbox("hr", "hr", "mail-hr");
	world_welcome("hr", "hr", "区人社局");
	world_unit("gov", "gov", "区政务局");
	world_case("1-1-001", "教育", "edu");
	world_case("1-1-002", SECRET, "hr");
	world_case("1-1-003", "政务", "gov");
	world_sync("office", 0);
	world_sync("edu", 0);
	world_sync("hr", 0);
	world_sync("gov", 0);
}

static int setup(void **state)
{
	(void)state;
	world_begin(make_world);
	return 0;
}

/* Verifies afresh; one finding has `what`, or with NULL there is none. */
static void expect_verify(const char *name, const char *what)
{
	struct verify_report report = {.ok = false};
	struct node *node = NULL;
	struct err err = {0};
	bool found = what == NULL;

	assert_int_equal(node_open(&node, in_folder("%s", name), &err), 0);
	assert_int_equal(node_verify(&report, node, VERIFY_HUB, NULL, &err), 0);
	for (size_t i = 0; i < report.n_findings; i++) {
		found |= what && strstr(report.findings[i], what) != NULL;
		if (what == NULL || !found)
			print_error("%s\n", report.findings[i]);
	}
	assert_true(found);
	assert_int_equal(report.ok, what == NULL);
	verify_report_release(&report);
	node_close(node);
}

static bool is_told(const struct sync_report *report, const char *what)
{
	for (size_t i = 0; i < report->n_details; i++)
		if (report->details[i].kind == SYNC_NOTICE &&
		    strstr(report->details[i].text, what) != NULL)
			return true;
	return false;
}

static void writes(const char *site, const char *value)
{
	char sql[256];

	snprintf(sql, sizeof(sql), "UPDATE handling SET doc_no = '%s'", value);
	world_edit(site, "王芳", sql);
}

static void expect_at(const char *name, const char *site, const char *value)
{
	char sql[256];

	snprintf(sql, sizeof(sql),
		 "SELECT doc_no FROM handling WHERE unit = '%s'", site);
	assert_string_equal(world_text(name, sql), value);
}

static void expect_same_state(const char *name, const char *site)
{
	assert_string_equal(world_state("office", site),
			    world_state(name, site));
}

/* The office's sync is done, and says of one mailbox that it is away. */
static void expect_away(const char *site)
{
	const struct sync_report *report = world_sync("office", 0);
	size_t n = 0;

	for (size_t i = 0; i < report->n_details; i++) {
		if (report->details[i].kind != SYNC_AWAY)
			continue;
		n++;
		assert_int_equal(strncmp(report->details[i].text, site,
					 strlen(site)),
				 0);
	}
	assert_int_equal(n, 1);
	assert_int_equal(report->refused, 0);
}

static void mailbox__is_all_a_unit_needs(void **state)
{
	(void)state;
	writes("edu", "教1号");
	assert_int_equal(world_sync("edu", 0)->pushed, 1);
	assert_int_equal(world_sync("office", 0)->merged, 1);
	expect_at("office", "edu", "教1号");
	world_edit("office", "李明", "UPDATE proposal SET sector = '新'");
	world_sync("office", 0);
	world_sync("edu", 0);
	world_sync("hr", 0);
	world_sync("gov", 0);
	assert_string_equal(world_text("edu", "SELECT sector FROM proposal"),
			    "新");
	expect_same_state("edu", "edu");
	expect_same_state("hr", "hr");
	expect_same_state("gov", "gov");
	expect_verify("office", NULL);
	expect_verify("edu", NULL);
}

/* Refs, and every object's bytes. */
static void mailbox__holds_nothing_of_others(void **state)
{
	(void)state;
	world_edit("hr", "赵强", "UPDATE handling SET draft = '" SENTENCE "'");
	writes("edu", "教1号");
	world_sync("hr", 0);
	world_sync("edu", 0);
	world_sync("office", 0);
	world_sync("edu", 0);
	must_print("refs/heads/checkpoint/edu\nrefs/heads/inbox/edu\n"
		   "refs/heads/outbox/edu/\n",
		   "git -C mail-edu for-each-ref --format='%(refname)' | sed"
		   " 's/[0-9a-f]\\{16\\}$//'");
	must_run("git -C mail-hr cat-file --batch-all-objects --batch |"
		 " grep -a '" SECRET "' | grep -aq '" SENTENCE "' || git -C"
		 " mail-hr cat-file --batch-all-objects --batch | grep -aq"
		 " '" SENTENCE "'");
	must_print("0\n",
		   "git -C mail-edu cat-file --batch-all-objects --batch |"
		   " grep -acE '" SECRET "|" SENTENCE "|1-1-002|1-1-003'"
		   " || true");
	/* Nor anything that only main or another's inbox has. */
	must_print("",
		   "git -C mail-edu cat-file --batch-all-objects"
		   " --batch-check='%(objectname)' | sort > all; git -C"
		   " mail-edu rev-list --objects --all | cut -d' ' -f1 | sort"
		   " -u > reached; comm -23 all reached");
	/* And the hub has no inbox of those who have a mailbox. */
	must_print("refs/heads/inbox/gov\n",
		   "git -C hub for-each-ref --format='%(refname)'"
		   " refs/heads/inbox");
}

static void mailbox__addresses_are_sent_to_no_unit(void **state)
{
	(void)state;
	assert_string_equal(world_text("edu", "SELECT count(*) FROM mailbox"),
			    "0");
	assert_string_equal(world_text("gov", "SELECT count(*) FROM mailbox"),
			    "0");
	must_print("0\n",
		   "git -C mail-edu cat-file --batch-all-objects --batch |"
		   " grep -acE 'mail-hr|mail-edu' || true");
	must_print("0\n", "cat gov/tian.git/objects/pack/*.pack gov/tian.db |"
			  " grep -acE 'mail-hr|mail-edu' || true");
}

/* (U2), (D3) */
static void mailbox__one_that_is_away_holds_up_nobody(void **state)
{
	(void)state;
	writes("edu", "教1号");
	world_sync("edu", 0);
	must_run("mv mail-edu stick");
	world_sync("edu", ERR_HUB);
	writes("hr", "人1号");
	world_sync("hr", 0);
	world_edit("office", "李明", "UPDATE proposal SET sector = '一'");
	expect_away("edu");
	expect_at("office", "hr", "人1号");
	world_sync("hr", 0);
	expect_same_state("hr", "hr");
	assert_string_equal(world_text("office",
				       "SELECT group_concat(name) FROM _meta"
				       " WHERE name LIKE 'since:%'"),
			    "since:edu");
	/* What the others are owed is not looked for further back. */
	assert_string_equal(
		world_text("office",
			   "SELECT count(DISTINCT value) FROM _meta WHERE"
			   " name IN ('main', 'delivered')"),
		"1");
	world_edit("office", "李明", "UPDATE proposal SET category = '二'");
	expect_away("edu");
	expect_away("edu");
	must_run("mv stick mail-edu");
	assert_int_equal(world_sync("office", 0)->n_details, 0);
	expect_at("office", "edu", "教1号");
	world_sync("edu", 0);
	assert_string_equal(
		world_text("edu", "SELECT sector || category FROM proposal"),
		"一二");
	expect_same_state("edu", "edu");
	assert_string_equal(world_text("office",
				       "SELECT count(*) FROM _meta WHERE name"
				       " LIKE 'since:%' OR (name ="
				       " 'last_delivered' AND value <> '')"),
			    "0");
	expect_verify("office", NULL);
}

static void mailbox__one_that_takes_nothing_holds_up_nobody(void **state)
{
	(void)state;
	must_run(
		"cd mail-edu/refs/heads && git -C ../.. pack-refs --all && rm -rf"
		" inbox && echo x > inbox");
	world_edit("office", "李明", "UPDATE proposal SET sector = '一'");
	expect_away("edu");
	world_sync("hr", 0);
	expect_same_state("hr", "hr");
	must_run("rm mail-edu/refs/heads/inbox");
	assert_int_equal(world_sync("office", 0)->n_details, 0);
	world_sync("edu", 0);
	expect_same_state("edu", "edu");
}

static void mailbox__one_that_was_lost_is_filled_again(void **state)
{
	(void)state;
	writes("edu", "教1号");
	world_sync("edu", 0);
	world_sync("office", 0);
	must_run("rm -rf mail-edu && git init -q --bare mail-edu");
	world_sync("office", 0);
	must_run("git -C mail-edu rev-parse -q --verify refs/heads/inbox/edu");
	/* The outbox too: its node may be gone. */
	must_run(
		"test $(git -C mail-edu for-each-ref refs/heads/outbox | wc -l)"
		" = 1");
	writes("edu", "教2号");
	world_sync("edu", 0);
	assert_int_equal(world_sync("office", 0)->refused, 0);
	expect_at("office", "edu", "教2号");
	world_sync("edu", 0);
	expect_same_state("edu", "edu");
	expect_verify("office", NULL);
}

static void mailbox__one_restored_from_a_backup_is_brought_up(void **state)
{
	(void)state;
	must_run("cp -a mail-edu backup");
	writes("edu", "教1号");
	world_sync("edu", 0);
	world_sync("office", 0);
	must_run("rm -rf mail-edu && mv backup mail-edu");
	expect_verify("office", "it is gone from the hub");
	world_sync("office", 0);
	world_sync("edu", 0);
	expect_same_state("edu", "edu");
	expect_verify("office", NULL);
}

/* An ssh that runs what it is told here, but lets nobody push before two have
 * come to push. */
static void ssh_for_two(void)
{
	const char *path = in_folder("ssh");
	char script[1024];
	int n = snprintf(
		script, sizeof(script),
		"#!/bin/sh\n"
		"while [ $# -gt 2 ]; do shift; done\n"
		"case $2 in *receive-pack*)\n"
		"	: >'%s.'$$; i=0\n"
		"	while [ \"$(ls '%s' | grep -c '^ssh\\.')\" -lt 2 ]\n"
		"	do i=$((i + 1)); [ $i -lt 1200 ] || exit 1\n"
		"	sleep 0.05; done;;\n"
		"esac\n"
		"exec sh -c \"$2\"\n",
		path, in_folder("%s", ""));

	put_file(path, script, (size_t)n);
	must_run("chmod 755 ssh");
	setenv("GIT_SSH", path, 1);
	unsetenv("GIT_SSH_COMMAND");
}

static void mailbox__several_are_pushed_to_at_once(void **state)
{
	(void)state;
	ssh_for_two();
	world_edit("office", "李明",
		   "UPDATE mailbox SET url = 'me@there:' || url");
	world_edit("office", "李明", "UPDATE proposal SET sector = '一'");
	assert_true(is_told(world_sync("office", 0), "new address: edu"));
	must_run("test $(ls | grep -c '^ssh\\.') = 2");
	unsetenv("GIT_SSH");
	world_sync("edu", 0);
	world_sync("hr", 0);
	expect_same_state("edu", "edu");
	expect_same_state("hr", "hr");
}

static size_t changes_at(const char *name)
{
	return strtoul(world_text(name, "SELECT count(*) FROM _change"), NULL,
		       10);
}

/* A new computer of the unit begins at the checkpoint in its mailbox. */
static void mailbox__a_new_node_begins_at_its_checkpoint(void **state)
{
	(void)state;
	for (int i = 0; i < 40; i++) {
		char sql[256];

		snprintf(sql, sizeof(sql),
			 "UPDATE handling SET draft = '第%d稿。',"
			 " contact_name = '%d号'",
			 i, i);
		world_edit("edu", "王芳", sql);
	}
	world_sync("edu", 0);
	world_sync("office", 0);
	world_at_mailbox("edu2", "edu", "mail-edu");
	world_enrol("edu2", "edu");
	world_sync("office", 0);
	must_run("test $(git -C mail-edu rev-parse checkpoint/edu) = $(git -C"
		 " mail-edu rev-parse inbox/edu)");
	must_run(
		"test -z \"$(git -C hub for-each-ref refs/heads/checkpoint/edu)\"");
	world_sync("edu2", 0);
	world_sync("edu", 0);
	assert_true(changes_at("edu2") + 70 < changes_at("edu"));
	writes("edu2", "教2号");
	world_sync("edu2", 0);
	world_sync("office", 0);
	world_sync("edu", 0);
	expect_at("edu", "edu", "教2号");
	expect_same_state("edu", "edu");
	expect_verify("edu2", NULL);
	expect_verify("office", NULL);
}

static void move_gov(const char *hub)
{
	char sql[1024];

	snprintf(sql, sizeof(sql),
		 "UPDATE _meta SET value = '%s' WHERE name = 'hub'",
		 in_folder("%s", hub));
	world_edit("gov", NULL, sql);
}

/* The hub keeps what it had, and says where gov is met now: in git's words,
 * and to gov, which still asks there and loses nothing. */
static void expect_moved(void)
{
	char told[512];

	must_run(
		"git -C hub log -1 --format=%B moved/gov | grep -q 'Mailbox: .*/"
		"mail-gov$'");
	must_run("git -C hub log -1 --format=%s moved/gov | grep -q 区政务局");
	must_run("git -C hub log -1 --format=%ae moved/gov |"
		 " grep -Exq '[0-9a-f]{16}@office'");
	must_run("git -C hub show main:signers > signers && git -C hub -c"
		 " gpg.format=ssh -c gpg.ssh.allowedSignersFile=../signers"
		 " verify-commit moved/gov");
	must_run("git -C hub rev-parse -q --verify refs/heads/inbox/gov");
	snprintf(told, sizeof(told), "tian hub use %s", in_folder("mail-gov"));
	writes("gov", "政1号乙");
	assert_true(is_told(world_sync("gov", 0), told));
	assert_int_equal(world_sync("office", 0)->n_details, 0);
	expect_at("office", "gov", "政1号乙");
}

/* gov was at the hub so far. */
static void mailbox__a_unit_moves_there_from_the_hub(void **state)
{
	char sql[1024];

	(void)state;
	writes("gov", "政1号");
	world_sync("gov", 0);
	must_run("git init -q --bare mail-gov");
	snprintf(sql, sizeof(sql),
		 "INSERT INTO mailbox(site, url) VALUES ('gov', '%s')",
		 in_folder("mail-gov"));
	world_edit("office", "李明", sql);
	/* What it sent to the hub before it heard of it still counts. */
	assert_true(is_told(world_sync("office", 0), "new address: gov"));
	expect_at("office", "gov", "政1号");
	must_run("git -C mail-gov rev-parse -q --verify refs/heads/inbox/gov");
	expect_moved();
	move_gov("mail-gov");
	assert_false(is_told(world_sync("gov", 0), "hub use"));
	writes("gov", "政2号");
	world_sync("gov", 0);
	world_sync("office", 0);
	expect_at("office", "gov", "政2号");
	world_sync("gov", 0);
	expect_same_state("gov", "gov");
	expect_verify("office", NULL);
	/* A second office node comes to the same from hub and mailboxes. */
	world_stranger("office2", REPLICA_OFFICE);
	world_sync("office2", 0);
	assert_string_equal(world_state("office", NULL),
			    world_state("office2", NULL));
}

/* It was moved, and comes back: the mark says nothing any more. */
static void mailbox__a_unit_comes_back_to_the_hub(void **state)
{
	char sql[1024];

	(void)state;
	must_run("git init -q --bare mail-gov");
	snprintf(sql, sizeof(sql),
		 "INSERT INTO mailbox(site, url) VALUES ('gov', '%s')",
		 in_folder("mail-gov"));
	world_edit("office", "李明", sql);
	world_sync("office", 0);
	move_gov("mail-gov");
	writes("gov", "政1号");
	world_sync("gov", 0);
	world_edit("office", "李明",
		   "UPDATE mailbox SET void = 1, void_reason = '不用了'"
		   " WHERE site = 'gov'");
	move_gov("hub");
	writes("gov", "政2号");
	world_sync("gov", 0);
	world_sync("office", 0);
	assert_false(is_told(world_sync("gov", 0), "hub use"));
	expect_at("office", "gov", "政2号");
	expect_same_state("gov", "gov");
	expect_verify("office", NULL);
}

static void meet_gov_at(const char *mailbox, bool first)
{
	char text[1024];

	assert_int_equal(run(NULL, 0, "git init -q --bare %s", mailbox), 0);
	snprintf(text, sizeof(text), "%s '%s' %s",
		 first ? "INSERT INTO mailbox(url, site) VALUES ("
		       : "UPDATE mailbox SET url =",
		 in_folder("%s", mailbox),
		 first ? ", 'gov')" : "WHERE site = 'gov'");
	world_edit("office", "李明", text);
}

/* And back to the first: what that one said of the second counts no more. */
static void mailbox__a_unit_moves_from_one_mailbox_to_another(void **state)
{
	static const char *const boxes[] = {"mail-new", "mail-gov"};
	char told[512];

	(void)state;
	meet_gov_at("mail-gov", true);
	world_sync("office", 0);
	move_gov("mail-gov");
	world_sync("gov", 0);
	for (size_t i = 0; i < 2; i++) {
		meet_gov_at(boxes[i], false);
		assert_true(
			is_told(world_sync("office", 0), "new address: gov"));
		snprintf(told, sizeof(told), "tian hub use %s",
			 in_folder("%s", boxes[i]));
		assert_true(is_told(world_sync("gov", 0), told));
		move_gov(boxes[i]);
		assert_false(is_told(world_sync("gov", 0), "hub use"));
		writes("gov", boxes[i]);
		world_sync("gov", 0);
		assert_int_equal(world_sync("office", 0)->n_details, 0);
		expect_at("office", "gov", boxes[i]);
	}
	expect_same_state("gov", "gov");
	expect_verify("office", NULL);
}

/* Often that is why it was left. */
static void mailbox__one_that_is_gone_holds_up_no_move(void **state)
{
	(void)state;
	meet_gov_at("mail-gov", true);
	world_sync("office", 0);
	meet_gov_at("mail-new", false);
	must_run("rm -rf mail-gov");
	assert_true(is_told(world_sync("office", 0), "its mailbox so far"));
	assert_int_equal(world_sync("office", 0)->n_details, 0);
	move_gov("mail-new");
	writes("gov", "政1号");
	world_sync("gov", 0);
	world_sync("office", 0);
	expect_at("office", "gov", "政1号");
}

/* Who can write there, but is not the office, sends nobody elsewhere. */
static void mailbox__a_forged_mark_is_not_told(void **state)
{
	(void)state;
	must_run(
		"ssh-keygen -q -t ed25519 -N '' -f thief && cd hub && tree=$(git"
		" mktree < /dev/null) && printf 'x\\n\\nSite: gov\\nMailbox: evil"
		"\\nInbox: %s\\n' $(git rev-parse inbox/gov) > ../m && made=$(git"
		" -c user.name=N -c user.email=e@x -c gpg.format=ssh -c"
		" user.signingkey=../thief commit-tree -S $tree < ../m) &&"
		" git update-ref refs/heads/moved/gov $made");
	assert_int_equal(world_sync("gov", 0)->n_details, 0);
	must_run("git -C hub update-ref refs/heads/moved/gov inbox/gov");
	assert_int_equal(world_sync("gov", 0)->n_details, 0);
}

/* A mark that names what is not there is no mark: it is replaced. */
static void mailbox__a_mark_of_nothing_holds_up_no_sync(void **state)
{
	char sql[1024];

	(void)state;
	writes("gov", "政1号");
	world_sync("gov", 0);
	must_run("git init -q --bare mail-gov");
	snprintf(sql, sizeof(sql),
		 "INSERT INTO mailbox(site, url) VALUES ('gov', '%s')",
		 in_folder("mail-gov"));
	world_edit("office", "李明", sql);
	must_run("mkdir -p hub/refs/heads/moved && echo"
		 " 0123456789012345678901234567890123456789"
		 " > hub/refs/heads/moved/gov");
	assert_true(is_told(world_sync("office", 0), "new address: gov"));
	expect_at("office", "gov", "政1号");
	expect_moved();
}

static void mailbox__a_second_office_node_knows_of_it(void **state)
{
	(void)state;
	world_stranger("office2", REPLICA_OFFICE);
	world_enrol("office2", REPLICA_OFFICE);
	world_sync("office", 0);
	world_sync("edu", 0);
	world_sync("hr", 0);
	writes("edu", "教1号");
	world_sync("edu", 0);
	world_sync("office2", 0);
	expect_at("office2", "edu", "教1号");
	assert_string_equal(
		world_text("office2", "SELECT count(*) FROM mailbox"), "2");
	world_edit("office2", "周全", "UPDATE proposal SET sector = '二'");
	world_sync("office2", 0);
	world_sync("edu", 0);
	world_sync("hr", 0);
	assert_string_equal(world_text("hr", "SELECT sector FROM proposal"),
			    "二");
	world_sync("office", 0);
	expect_same_state("edu", "edu");
	expect_same_state("hr", "hr");
	assert_string_equal(world_state("office", NULL),
			    world_state("office2", NULL));
	/* No inbox of theirs was ever put at the hub. */
	must_print("refs/heads/inbox/gov\n",
		   "git -C hub for-each-ref --format='%(refname)'"
		   " refs/heads/inbox");
	expect_verify("office2", NULL);
}

/* (D3) What one office node could not bring, another does. */
static void mailbox__another_office_node_brings_what_one_could_not(void **state)
{
	(void)state;
	world_stranger("office2", REPLICA_OFFICE);
	world_enrol("office2", REPLICA_OFFICE);
	world_sync("office", 0);
	world_sync("edu", 0);
	must_run("mv mail-edu stick");
	world_edit("office", "李明", "UPDATE proposal SET sector = '一'");
	expect_away("edu");
	world_edit("office", "李明", "UPDATE proposal SET category = '二'");
	expect_away("edu");
	must_run("rm -rf office && mv stick mail-edu");
	world_sync("office2", 0);
	world_sync("edu", 0);
	assert_string_equal(
		world_text("edu", "SELECT sector || category FROM proposal"),
		"一二");
	assert_string_equal(world_state("office2", "edu"),
			    world_state("edu", "edu"));
}

/* (U1) Its owner can write what he likes there. */
static void mailbox__other_refs_in_it_are_not_looked_at(void **state)
{
	(void)state;
	must_run(
		"cd mail-edu && o=$(git rev-parse --symbolic --branches=outbox) &&"
		" t=$(git rev-parse refs/heads/inbox/edu) &&"
		" git update-ref refs/heads/main $t &&"
		" git update-ref refs/heads/inbox/hr $t &&"
		" git update-ref refs/heads/outbox/hr/00000000000000aa $t &&"
		" git update-ref refs/heads/outbox/office/00000000000000aa $t");
	writes("hr", "人1号");
	world_sync("hr", 0);
	assert_int_equal(world_sync("office", 0)->n_details, 0);
	world_sync("hr", 0);
	expect_same_state("hr", "hr");
	expect_verify("office", "mailbox of edu: it holds refs/heads/main");
	must_run("cd mail-edu && git update-ref -d refs/heads/main && git"
		 " update-ref -d refs/heads/inbox/hr && git update-ref -d"
		 " refs/heads/outbox/hr/00000000000000aa && git update-ref -d"
		 " refs/heads/outbox/office/00000000000000aa");
	expect_verify("office", NULL);
}

/* A forged inbox is set aside at the unit, and put right by the office. */
static void mailbox__an_inbox_its_owner_forged_is_put_right(void **state)
{
	(void)state;
	must_run(
		"cd mail-edu && git update-ref refs/heads/inbox/edu $(git -c"
		" user.name=N -c user.email=e@x commit-tree -p"
		" refs/heads/inbox/edu -m forged refs/heads/inbox/edu^{tree})");
	assert_int_equal(world_sync("edu", 0)->refused, 1);
	expect_verify("office", "inbox/edu");
	world_edit("office", "李明", "UPDATE proposal SET sector = '一'");
	world_sync("office", 0);
	assert_int_equal(world_sync("edu", 0)->refused, 0);
	expect_same_state("edu", "edu");
	expect_verify("office", NULL);
}

static void mailbox__a_damaged_one_is_told_and_holds_up_nobody(void **state)
{
	const struct sync_report *report;

	(void)state;
	writes("edu", "教1号");
	world_sync("edu", 0);
	must_run(
		"cd mail-edu && for p in $(ls -t objects/pack/*.pack | head -1);"
		" do chmod u+w $p && printf xxxxxxxx | dd of=$p bs=1 seek=40"
		" conv=notrunc 2>/dev/null; done");
	writes("hr", "人1号");
	world_sync("hr", 0);
	report = world_sync("office", 0);
	assert_true(report->n_details > 0);
	assert_non_null(strstr(report->details[0].text, "outbox/edu"));
	world_sync("hr", 0);
	expect_at("office", "hr", "人1号");
	expect_same_state("hr", "hr");
}

static void mailbox__a_file_may_stand_for_it(void **state)
{
	const struct bundle_options there = {"edu", false};
	const struct bundle_options back = {NULL, false};
	struct bundle_report made;
	struct sync_report report = {0};
	struct node *node = NULL;
	struct err err = {0};

	(void)state;
	must_run("mv mail-edu stick");
	writes("edu", "教1号");
	assert_int_equal(node_open(&node, in_folder("edu"), &err), 0);
	assert_int_equal(node_bundle_create(&made, node, in_folder("a.bundle"),
					    &back, &err),
			 0);
	node_close(node);
	assert_int_equal(node_open(&node, in_folder("office"), &err), 0);
	assert_int_equal(node_bundle_apply(&report, node, in_folder("a.bundle"),
					   NULL, &err),
			 0);
	assert_int_equal(report.merged, 1);
	assert_int_equal(report.details[report.n_details - 1].kind, SYNC_AWAY);
	sync_report_release(&report);
	node_close(node);
	expect_at("office", "edu", "教1号");
	must_run("mv stick mail-edu");
	world_sync("office", 0);
	must_run(
		"test $(git -C mail-edu log --oneline --branches=outbox | wc -l)"
		" -ge 1");
	assert_int_equal(node_open(&node, in_folder("office"), &err), 0);
	assert_int_equal(node_bundle_create(&made, node, in_folder("b.bundle"),
					    &there, &err),
			 0);
	node_close(node);
	assert_int_equal(node_open(&node, in_folder("edu"), &err), 0);
	assert_int_equal(node_bundle_apply(&report, node, in_folder("b.bundle"),
					   NULL, &err),
			 0);
	sync_report_release(&report);
	node_close(node);
	expect_same_state("edu", "edu");
	world_sync("edu", 0);
	world_sync("office", 0);
	expect_verify("office", NULL);
}

#define MAILBOX_TEST(f) cmocka_unit_test_setup_teardown(f, setup, world_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		MAILBOX_TEST(mailbox__is_all_a_unit_needs),
		MAILBOX_TEST(mailbox__holds_nothing_of_others),
		MAILBOX_TEST(mailbox__addresses_are_sent_to_no_unit),
		MAILBOX_TEST(mailbox__one_that_is_away_holds_up_nobody),
		MAILBOX_TEST(mailbox__one_that_takes_nothing_holds_up_nobody),
		MAILBOX_TEST(mailbox__one_that_was_lost_is_filled_again),
		MAILBOX_TEST(mailbox__one_restored_from_a_backup_is_brought_up),
		MAILBOX_TEST(mailbox__several_are_pushed_to_at_once),
		MAILBOX_TEST(mailbox__a_new_node_begins_at_its_checkpoint),
		MAILBOX_TEST(mailbox__a_unit_moves_there_from_the_hub),
		MAILBOX_TEST(mailbox__a_unit_moves_from_one_mailbox_to_another),
		MAILBOX_TEST(mailbox__one_that_is_gone_holds_up_no_move),
		MAILBOX_TEST(mailbox__a_unit_comes_back_to_the_hub),
		MAILBOX_TEST(mailbox__a_forged_mark_is_not_told),
		MAILBOX_TEST(mailbox__a_mark_of_nothing_holds_up_no_sync),
		MAILBOX_TEST(mailbox__a_second_office_node_knows_of_it),
		MAILBOX_TEST(
			mailbox__another_office_node_brings_what_one_could_not),
		MAILBOX_TEST(mailbox__other_refs_in_it_are_not_looked_at),
		MAILBOX_TEST(mailbox__an_inbox_its_owner_forged_is_put_right),
		MAILBOX_TEST(
			mailbox__a_damaged_one_is_told_and_holds_up_nobody),
		MAILBOX_TEST(mailbox__a_file_may_stand_for_it),
	};

	/* As the program has it. */
	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
