/* sync_test.c - whole exchanges: office, units, hub. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/sync/git_helper.h"
#include "tests/sync/world_helper.h"

static void make_world(void)
{
	world_office();
}

static int setup(void **state)
{
	(void)state;
	world_begin(make_world);
	return 0;
}

static void sync__an_edit_goes_the_whole_road(void **state)
{
	(void)state;
	world_unit("edu", "edu", "区教育局");
	world_case("1-1-014", "关于课后服务的提案", "edu");
	world_sync("office", 0);
	world_sync("edu", 0);
	assert_string_equal(world_text("edu", "SELECT title FROM proposal"),
			    "关于课后服务的提案");
	world_edit("edu", "王芳",
		   "UPDATE handling SET draft = '一。二。',"
		   " class_proposed = 'A'");
	assert_int_equal(world_sync("edu", 0)->pushed, 2);
	assert_int_equal(world_sync("office", 0)->merged, 2);
	assert_string_equal(world_text("office", "SELECT draft FROM handling"),
			    "一。二。");
	world_sync("edu", 0);
	assert_string_equal(world_state("office", "edu"),
			    world_state("edu", "edu"));
}

static void sync__what_was_sent_is_not_sent_again(void **state)
{
	char before[4096];
	char after[4096];

	(void)state;
	world_unit("edu", "edu", "区教育局");
	world_case("1-1-014", "课后服务", "edu");
	world_sync("office", 0);
	world_sync("edu", 0);
	world_edit("edu", "王芳", "UPDATE handling SET class_proposed = 'A'");
	world_sync("edu", 0);
	world_sync("office", 0);
	world_sync("edu", 0);
	run(before, sizeof(before),
	    "git -C hub for-each-ref;"
	    " ls hub/objects/pack | sort");
	assert_int_equal(world_sync("edu", 0)->pushed, 0);
	assert_int_equal(world_sync("office", 0)->merged, 0);
	assert_int_equal(world_sync("edu", 0)->received, 0);
	run(after, sizeof(after),
	    "git -C hub for-each-ref;"
	    " ls hub/objects/pack | sort");
	assert_string_equal(before, after);
}

static void sync__with_the_hub_away_everything_is_kept(void **state)
{
	(void)state;
	world_unit("edu", "edu", "区教育局");
	world_case("1-1-014", "课后服务", "edu");
	world_sync("office", 0);
	world_sync("edu", 0);
	assert_int_equal(run(NULL, 0, "mv hub away"), 0);
	world_edit("edu", "王芳", "UPDATE handling SET class_proposed = 'B'");
	world_sync("edu", ERR_HUB);
	assert_int_equal(run(NULL, 0,
			     "git -C edu/tian.git log -1"
			     " --format=%%s outbox/edu/* |"
			     " grep -q B类 ||"
			     " git -C edu/tian.git for-each-ref |"
			     " grep -q outbox/edu"),
			 0);
	world_edit("office", "李明", "UPDATE proposal SET sector = '教育'");
	world_sync("office", ERR_HUB);
	assert_int_equal(run(NULL, 0, "mv away hub"), 0);
	assert_int_equal(world_sync("edu", 0)->pushed, 1);
	assert_int_equal(world_sync("office", 0)->merged, 2);
	world_sync("edu", 0);
	assert_string_equal(world_text("edu", "SELECT sector FROM proposal"),
			    "教育");
	assert_string_equal(world_state("office", "edu"),
			    world_state("edu", "edu"));
}

static void sync__a_unit_that_is_not_enrolled_is_told_and_waits(void **state)
{
	const struct sync_report *report;

	(void)state;
	world_sync("office", 0);
	world_stranger("edu", "edu");
	report = world_sync("edu", ERR_HUB);
	assert_true(report->not_enrolled);
	assert_non_null(strstr(world_error(), "enrolled"));
	world_edit("edu", "王芳",
		   "INSERT INTO _pending(entity, field, row, value, at)"
		   " VALUES (11, 9, '1-1-014/edu', 'A', 1754567890000)");
	assert_int_equal(world_sync("edu", ERR_HUB)->pushed, 1);
	report = world_sync("office", 0);
	assert_int_equal(report->merged, 0);
	assert_int_equal(report->refused, 0);
	assert_int_equal(report->n_details, 1);
	assert_int_equal(report->details[0].kind, SYNC_WAITING);
	world_case("1-1-014", "课后服务", "edu");
	world_enrol("edu", "edu");
	world_sync("office", 0);
	assert_string_equal(world_text("office",
				       "SELECT class_proposed FROM handling"),
			    "A");
	world_sync("edu", 0);
	assert_string_equal(world_text("edu", "SELECT title FROM proposal"),
			    "课后服务");
}

static void sync__a_unit_holds_its_own_proposals_only(void **state)
{
	(void)state;
	world_unit("edu", "edu", "区教育局");
	world_unit("hr", "hr", "区人社局");
	world_case("1-1-001", "教育", "edu");
	world_case("1-1-002", "秘密甲乙丙", "hr");
	world_case("1-1-003", "无人", NULL);
	world_sync("office", 0);
	world_sync("edu", 0);
	world_sync("hr", 0);
	assert_string_equal(
		world_text("edu", "SELECT group_concat(key) FROM proposal"),
		"1-1-001");
	assert_string_equal(
		world_text("hr", "SELECT group_concat(key) FROM proposal"),
		"1-1-002");
	assert_string_equal(world_text("edu", "SELECT count(*) FROM unit"),
			    "3");
	/* The bytes are not there either. */
	assert_int_equal(run(NULL, 0,
			     "git -C edu/tian.git cat-file --batch-all-objects"
			     " --batch | grep -qa 秘密甲乙丙 ||"
			     " cat edu/tian.db* | grep -qa 秘密甲乙丙"),
			 1);
	/* A signing key of another unit is no business of its database. */
	assert_string_equal(world_text("edu", "SELECT count(*) FROM signer"),
			    "0");
}

static void sync__a_new_assignment_brings_the_case(void **state)
{
	(void)state;
	world_unit("edu", "edu", "区教育局");
	world_unit("hr", "hr", "区人社局");
	world_case("1-1-001", "教育", "edu");
	world_sync("office", 0);
	world_sync("edu", 0);
	world_sync("hr", 0);
	world_edit("edu", "王芳",
		   "UPDATE handling SET draft = '一。', class_proposed = 'A'");
	world_sync("edu", 0);
	world_sync("office", 0);
	world_edit("office", "李明",
		   "INSERT INTO handling(proposal, unit, role)"
		   " VALUES ('1-1-001', 'hr', 'co')");
	world_sync("office", 0);
	world_sync("hr", 0);
	world_sync("edu", 0);
	assert_string_equal(world_text("hr",
				       "SELECT draft FROM handling WHERE unit ="
				       " 'edu'"),
			    "一。");
	assert_string_equal(world_state("office", "hr"),
			    world_state("hr", "hr"));
	assert_string_equal(world_state("office", "edu"),
			    world_state("edu", "edu"));
}

static void sync__a_released_unit_is_told_and_gets_no_more(void **state)
{
	(void)state;
	world_unit("edu", "edu", "区教育局");
	world_unit("hr", "hr", "区人社局");
	world_case("1-1-001", "教育", "edu");
	world_sync("office", 0);
	world_sync("edu", 0);
	world_edit("office", "李明",
		   "UPDATE handling SET void = 1, void_reason = '改办';"
		   "INSERT INTO handling(proposal, unit, role)"
		   " VALUES ('1-1-001', 'hr', 'main')");
	world_sync("office", 0);
	world_sync("edu", 0);
	world_sync("hr", 0);
	assert_string_equal(world_text("edu",
				       "SELECT void_reason FROM handling WHERE"
				       " unit = 'edu'"),
			    "改办");
	world_edit("hr", "赵强",
		   "UPDATE handling SET draft = '后来的话。'"
		   " WHERE unit = 'hr'");
	world_sync("hr", 0);
	world_sync("office", 0);
	world_sync("edu", 0);
	assert_string_equal(
		world_text("edu", "SELECT count(*) FROM handling WHERE draft"
				  " IS NOT NULL"),
		"0");
	/* Assigned again: all of it comes. */
	world_edit("office", "李明",
		   "UPDATE handling SET void = 0, void_reason = NULL WHERE"
		   " unit = 'edu'");
	world_sync("office", 0);
	world_sync("edu", 0);
	assert_string_equal(world_state("office", "edu"),
			    world_state("edu", "edu"));
	assert_string_equal(world_text("edu",
				       "SELECT draft FROM handling WHERE unit ="
				       " 'hr'"),
			    "后来的话。");
}

static void
sync__two_nodes_of_a_unit_conflict_and_a_decision_ends_it(void **state)
{
	(void)state;
	world_unit("edu", "edu", "区教育局");
	world_unit("edu2", "edu", "区教育局");
	world_case("1-1-014", "课后服务", "edu");
	world_sync("office", 0);
	world_sync("edu", 0);
	world_sync("edu2", 0);
	world_edit("edu", "王芳", "UPDATE handling SET class_proposed = 'A'");
	world_edit("edu2", "周全", "UPDATE handling SET class_proposed = 'B'");
	world_sync("edu", 0);
	world_sync("edu2", 0);
	assert_true(world_sync("office", 0)->hard +
			    world_sync("office", 0)->soft >
		    0);
	world_sync("edu", 0);
	world_sync("edu2", 0);
	assert_string_equal(world_state("office", "edu"),
			    world_state("edu", "edu"));
	assert_string_equal(world_state("edu", "edu"),
			    world_state("edu2", "edu"));
	world_decide("office", "handling", "1-1-014/edu", "class_proposed", "B",
		     "已列入计划");
	world_sync("office", 0);
	world_sync("edu", 0);
	world_sync("edu2", 0);
	assert_string_equal(
		world_text("edu", "SELECT class_proposed FROM handling"), "B");
	assert_string_equal(world_state("office", "edu"),
			    world_state("edu2", "edu"));
	assert_int_equal(run(NULL, 0,
			     "git -C hub log --format=%%B main^2 | grep -q"
			     " 'Reason: 已列入计划'"),
			 0);
}

static void sync__a_change_its_writer_may_not_make_is_refused(void **state)
{
	const struct sync_report *report;

	(void)state;
	world_unit("edu", "edu", "区教育局");
	world_unit("hr", "hr", "区人社局");
	world_case("1-1-014", "课后服务", "edu");
	world_edit("office", "李明",
		   "INSERT INTO handling(proposal, unit, role)"
		   " VALUES ('1-1-014', 'hr', 'co')");
	world_sync("office", 0);
	world_sync("edu", 0);
	/* A program that went round the triggers. */
	world_edit("edu", "王芳",
		   "INSERT INTO _pending(entity, field, row, value, at)"
		   " VALUES (10, 4, '1-1-014', '改了题目', 1754567890000)");
	world_edit("edu", "王芳",
		   "UPDATE handling SET class_proposed = 'A'"
		   " WHERE unit = 'edu'");
	world_sync("edu", 0);
	report = world_sync("office", 0);
	assert_int_equal(report->refused, 1);
	assert_int_equal(report->details[0].kind, SYNC_REFUSED);
	assert_string_equal(world_text("office", "SELECT title FROM proposal"),
			    "课后服务");
	assert_string_equal(world_text("office",
				       "SELECT class_proposed FROM handling"
				       " WHERE unit = 'edu'"),
			    "A");
	report = world_sync("edu", 0);
	assert_int_equal(report->refused, 1);
	assert_string_equal(world_text("edu", "SELECT title FROM proposal"),
			    "课后服务");
	assert_string_equal(world_state("office", "edu"),
			    world_state("edu", "edu"));
	/* The refused value goes to nobody else. */
	world_sync("hr", 0);
	assert_string_equal(world_state("office", "hr"),
			    world_state("hr", "hr"));
	assert_int_equal(run(NULL, 0,
			     "git -C hr/tian.git cat-file --batch-all-objects"
			     " --batch | grep -qa 改了题目"),
			 1);
}

static void sync__a_bad_commit_stops_its_own_ref_only(void **state)
{
	const struct sync_report *report;

	(void)state;
	world_unit("edu", "edu", "区教育局");
	world_unit("hr", "hr", "区人社局");
	world_case("1-1-001", "教育", "edu");
	world_case("1-1-002", "人社", "hr");
	world_sync("office", 0);
	world_sync("edu", 0);
	world_sync("hr", 0);
	world_edit("edu", "王芳", "UPDATE handling SET class_proposed = 'A'");
	world_edit("hr", "赵强", "UPDATE handling SET class_proposed = 'B'");
	world_sync("edu", 0);
	world_sync("hr", 0);
	assert_int_equal(
		run(NULL, 0,
		    "cd hub && r=$(git for-each-ref --format='%%(refname)'"
		    " refs/heads/outbox/edu) && c=$(git -c user.name=N -c"
		    " user.email=e@x commit-tree -p $r -m x $r^{tree}) &&"
		    " git update-ref $r $c"),
		0);
	report = world_sync("office", 0);
	assert_int_equal(report->merged, 2);
	assert_int_equal(report->refused, 1);
	assert_int_equal(report->details[0].kind, SYNC_QUARANTINED);
	assert_non_null(strstr(report->details[0].text, "not signed"));
	assert_string_equal(world_text("office",
				       "SELECT group_concat(class_proposed, '')"
				       " FROM handling"),
			    "AB");
	world_sync("hr", 0);
	assert_string_equal(world_state("office", "hr"),
			    world_state("hr", "hr"));
}

static void sync__an_outbox_in_another_sites_name_is_refused(void **state)
{
	const struct sync_report *report;

	(void)state;
	world_unit("edu", "edu", "区教育局");
	world_unit("hr", "hr", "区人社局");
	world_case("1-1-001", "教育", "edu");
	world_sync("office", 0);
	world_sync("edu", 0);
	world_edit("edu", "王芳", "UPDATE handling SET class_proposed = 'A'");
	world_sync("edu", 0);
	assert_int_equal(
		run(NULL, 0,
		    "cd hub && r=$(git for-each-ref --format='%%(refname)'"
		    " refs/heads/outbox/edu) && git update-ref"
		    " refs/heads/outbox/hr/${r##*/} $r && git update-ref -d"
		    " $r"),
		0);
	report = world_sync("office", 0);
	assert_int_equal(report->merged, 0);
	assert_int_equal(report->refused, 1);
	assert_int_equal(report->details[0].kind, SYNC_QUARANTINED);
}

/* That the unit's other computer is enrolled says nothing of this one. */
static void sync__a_second_node_that_is_not_enrolled_is_told(void **state)
{
	(void)state;
	world_unit("edu", "edu", "区教育局");
	world_case("1-1-014", "课后服务", "edu");
	world_sync("office", 0);
	world_stranger("edu2", "edu");
	assert_true(world_sync("edu2", ERR_HUB)->not_enrolled);
	assert_non_null(strstr(world_error(), "this computer's key"));
	world_edit("edu2", "周全", "UPDATE handling SET class_proposed = 'B'");
	world_sync("edu2", ERR_HUB);
	world_sync("office", 0);
	assert_string_equal(world_text("office",
				       "SELECT coalesce(class_proposed, '-')"
				       " FROM handling"),
			    "-");
	world_enrol("edu2", "edu");
	world_sync("office", 0);
	assert_false(world_sync("edu2", 0)->not_enrolled);
	assert_string_equal(world_text("office",
				       "SELECT class_proposed FROM handling"),
			    "B");
}

static void sync__another_key_than_the_enrolled_is_refused(void **state)
{
	const struct sync_report *report;

	(void)state;
	world_unit("edu", "edu", "区教育局");
	world_case("1-1-001", "教育", "edu");
	world_sync("office", 0);
	world_sync("edu", 0);
	assert_int_equal(run(NULL, 0,
			     "ssh-keygen -q -t ed25519 -N '' -f other && mv"
			     " other edu/key && mv other.pub edu/key.pub"),
			 0);
	world_edit("edu", "王芳", "UPDATE handling SET class_proposed = 'A'");
	assert_true(world_sync("edu", ERR_HUB)->not_enrolled);
	report = world_sync("office", 0);
	assert_int_equal(report->merged, 0);
	assert_int_equal(report->refused, 1);
	/* Enrolling it lets what waits in. */
	world_enrol("edu", "edu");
	assert_int_equal(world_sync("office", 0)->refused, 0);
	assert_string_equal(world_text("office",
				       "SELECT class_proposed FROM handling"),
			    "A");
}

static void sync__an_inbox_not_signed_by_the_office_is_refused(void **state)
{
	const struct sync_report *report;

	(void)state;
	world_unit("edu", "edu", "区教育局");
	world_case("1-1-001", "教育", "edu");
	world_sync("office", 0);
	world_sync("edu", 0);
	assert_int_equal(
		run(NULL, 0,
		    "cd hub && r=refs/heads/inbox/edu && c=$(git log -1"
		    " --format=%%B $r | git -c user.name=N -c user.email=e@x"
		    " -c gpg.format=ssh -c user.signingkey=../edu/key"
		    " commit-tree -S -p $r $r^{tree}) && git update-ref $r"
		    " $c"),
		0);
	report = world_sync("edu", 0);
	assert_int_equal(report->refused, 1);
	assert_non_null(strstr(report->details[0].text, "office's"));
}

static void sync__two_office_nodes_merge_in_turn(void **state)
{
	(void)state;
	world_unit("edu", "edu", "区教育局");
	world_case("1-1-001", "教育", "edu");
	world_sync("office", 0);
	world_stranger("office2", "office");
	world_enrol("office2", "office");
	world_sync("office", 0);
	world_sync("office2", 0);
	assert_string_equal(world_state("office", NULL),
			    world_state("office2", NULL));
	world_edit("office2", "陈静",
		   "INSERT INTO proposal(key, title) VALUES ('1-1-002',"
		   " '第二件');"
		   "INSERT INTO handling(proposal, unit, role) VALUES"
		   " ('1-1-002', 'edu', 'main')");
	world_edit("office", "李明",
		   "UPDATE proposal SET sector = '教育'"
		   " WHERE key = '1-1-001'");
	world_sync("edu", 0);
	world_edit("edu", "王芳",
		   "UPDATE handling SET class_proposed = 'A'"
		   " WHERE proposal = '1-1-001'");
	world_sync("edu", 0);
	world_sync("office2", 0);
	world_sync("office", 0);
	world_sync("office2", 0);
	world_sync("edu", 0);
	assert_string_equal(world_state("office", NULL),
			    world_state("office2", NULL));
	assert_string_equal(world_state("office", "edu"),
			    world_state("edu", "edu"));
	assert_string_equal(world_text("edu", "SELECT count(*) FROM proposal"),
			    "2");
}

/* (E1) The push arrived; the process died before its replica committed. */
/* Both were made before the first sync: who comes second is told what to do,
 * and so done, it works. */
static void sync__a_second_first_office_is_told_what_to_do(void **state)
{
	(void)state;
	world_stranger("office2", "office");
	world_sync("office", 0);
	world_sync("office2", ERR_INPUT);
	assert_non_null(strstr(world_error(), "run tian init --office"));
	world_stranger("office3", "office");
	world_enrol("office3", "office");
	world_sync("office", 0);
	world_sync("office3", 0);
	world_sync("office", 0);
	assert_string_equal(world_state("office3", NULL),
			    world_state("office", NULL));
}

static void sync__a_merge_cut_off_after_its_push_is_replayed(void **state)
{
	char before[256];
	char after[256];

	(void)state;
	world_unit("edu", "edu", "区教育局");
	world_unit("hr", "hr", "区人社局");
	world_case("1-1-001", "教育", "edu");
	world_sync("office", 0);
	world_sync("edu", 0);
	world_edit("edu", "王芳", "UPDATE handling SET class_proposed = 'A'");
	world_sync("edu", 0);
	assert_int_equal(run(NULL, 0, "cp -a office copy"), 0);
	world_sync("office", 0);
	run(before, sizeof(before), "git -C hub rev-parse main inbox/edu");
	assert_int_equal(run(NULL, 0, "rm -rf office && mv copy office"), 0);
	world_sync("office", 0);
	run(after, sizeof(after), "git -C hub rev-parse main inbox/edu");
	assert_string_equal(before, after);
	world_sync("edu", 0);
	world_sync("hr", 0);
	assert_string_equal(world_state("office", "edu"),
			    world_state("edu", "edu"));
}

/* The same, and the inboxes had not been moved either. */
static void sync__inboxes_that_a_cut_left_behind_are_filled(void **state)
{
	(void)state;
	world_unit("edu", "edu", "区教育局");
	world_case("1-1-001", "教育", "edu");
	world_sync("office", 0);
	world_sync("edu", 0);
	world_edit("office", "李明", "UPDATE proposal SET sector = '教育'");
	/* Own changes are committed here before anything leaves. */
	assert_int_equal(run(NULL, 0, "mv hub away"), 0);
	world_sync("office", ERR_HUB);
	assert_int_equal(run(NULL, 0, "mv away hub"), 0);
	assert_int_equal(run(NULL, 0,
			     "cp -a office copy && git -C hub"
			     " rev-parse inbox/edu > inbox"),
			 0);
	world_sync("office", 0);
	assert_int_equal(run(NULL, 0,
			     "rm -rf office && mv copy office && git"
			     " -C hub update-ref refs/heads/inbox/edu"
			     " $(cat inbox)"),
			 0);
	world_sync("office", 0);
	world_sync("edu", 0);
	assert_string_equal(world_text("edu", "SELECT sector FROM proposal"),
			    "教育");
	assert_string_equal(world_state("office", "edu"),
			    world_state("edu", "edu"));
}

static void sync__a_lost_hub_is_made_anew_by_those_who_met_there(void **state)
{
	char before[512];
	char after[512];
	struct node_options options = {.site = REPLICA_OFFICE};
	struct err err;

	(void)state;
	world_unit("edu", "edu", "区教育局");
	world_case("1-1-001", "教育", "edu");
	world_sync("office", 0);
	world_sync("edu", 0);
	world_edit("edu", "王芳", "UPDATE handling SET class_proposed = 'A'");
	world_sync("edu", 0);
	world_sync("office", 0);
	world_sync("edu", 0);
	run(before, sizeof(before), "git -C hub for-each-ref");
	assert_int_equal(run(NULL, 0, "rm -rf hub"), 0);
	options.dir = in_folder("office");
	options.hub = in_folder("hub");
	assert_int_equal(node_init_office(&options, &err), 0);
	world_sync("office", 0);
	world_sync("edu", 0);
	run(after, sizeof(after), "git -C hub for-each-ref");
	assert_string_equal(before, after);
	assert_int_equal(run(NULL, 0, "git -C hub fsck --strict"), 0);
}

static void sync__a_change_finds_its_commit(void **state)
{
	char commit[SYNC_COMMIT_TEXT];
	char hex[128];
	struct node *node = NULL;
	struct change_id id = {0, 1};
	struct err err;

	(void)state;
	world_unit("edu", "edu", "区教育局");
	world_case("1-1-001", "教育", "edu");
	world_sync("office", 0);
	world_sync("edu", 0);
	world_edit("edu", "王芳", "UPDATE handling SET class_proposed = 'A'");
	assert_int_equal(node_open(&node, in_folder("edu"), &err), 0);
	id.origin = replica_origin(node_replica(node));
	assert_int_equal(node_commit_of(commit, node, id, &err), 0);
	assert_string_equal(commit, "");
	node_close(node);
	world_sync("edu", 0);
	world_sync("office", 0);
	run(hex, sizeof(hex), "git -C hub rev-parse main^2 | tr -d '\\n'");
	for (int i = 0; i < 2; i++) {
		assert_int_equal(
			node_open(&node, in_folder(i ? "edu" : "office"), &err),
			0);
		assert_int_equal(node_commit_of(commit, node, id, &err), 0);
		assert_string_equal(commit, hex);
		node_close(node);
	}
}

static int take_value(const struct change_log_entry *entry, void *ctx,
		      struct err *err)
{
	struct buf *out = ctx;

	buf_addf(out, "%s %s %.*s", entry->site, entry->author,
		 (int)entry->change->value.len, entry->change->value.bytes);
	return buf_check(out, err);
}

/* A replica that has let go of what is superseded. */
static void sync__a_change_is_read_from_its_commit(void **state)
{
	struct change_id id = {0, 1};
	struct node *node = NULL;
	struct buf told = BUF_INIT;
	struct err err;

	(void)state;
	world_unit("edu", "edu", "区教育局");
	world_case("1-1-001", "教育", "edu");
	world_sync("office", 0);
	world_sync("edu", 0);
	world_edit("edu", "王芳", "UPDATE handling SET class_proposed = 'A'");
	world_sync("edu", 0);
	world_edit("edu", "王芳", "UPDATE handling SET class_proposed = 'B'");
	world_sync("edu", 0);
	world_sync("office", 0);
	assert_int_equal(node_open(&node, in_folder("edu"), &err), 0);
	id.origin = replica_origin(node_replica(node));
	node_close(node);
	assert_int_equal(run(NULL, 0,
			     "sqlite3 office/tian.db \"DELETE FROM _change"
			     " WHERE value = 'A' AND typeof(bases) = 'null'\""),
			 0);
	assert_int_equal(node_open(&node, in_folder("office"), &err), 0);
	assert_int_equal(change_log_find(node_replica(node), id, take_value,
					 &told, &err),
			 ERR_MISSING);
	assert_int_equal(node_change(node, id, take_value, &told, &err), 0);
	assert_string_equal(buf_text(&told), "edu 王芳 A");
	id.seq = 99;
	assert_int_equal(node_change(node, id, take_value, &told, &err),
			 ERR_MISSING);
	node_close(node);
	buf_release(&told);
}

static void init__repeating_it_changes_nothing(void **state)
{
	struct node_options options = {.site = REPLICA_OFFICE};
	char before[1024];
	char after[1024];
	struct err err;

	(void)state;
	options.dir = in_folder("office");
	options.hub = in_folder("hub");
	world_sync("office", 0);
	run(before, sizeof(before),
	    "sha256sum office/key* ; git -C hub"
	    " for-each-ref; sqlite3 office/tian.db"
	    " 'SELECT * FROM _change'");
	assert_int_equal(node_init_office(&options, &err), 0);
	world_sync("office", 0);
	run(after, sizeof(after),
	    "sha256sum office/key* ; git -C hub"
	    " for-each-ref; sqlite3 office/tian.db"
	    " 'SELECT * FROM _change'");
	assert_string_equal(before, after);
}

static void init__another_site_in_the_same_folder_is_refused(void **state)
{
	struct node_options options = {.site = "edu"};
	struct err err;

	(void)state;
	options.dir = in_folder("office");
	options.hub = in_folder("hub");
	assert_int_equal(node_init_unit(&options, &err), ERR_INPUT);
	options.site = "../x";
	options.dir = in_folder("x");
	assert_int_equal(node_init_unit(&options, &err), ERR_INPUT);
}

static void init__a_key_of_ones_own_is_used(void **state)
{
	struct node_options options = {.site = "edu"};
	struct err err;

	(void)state;
	assert_int_equal(run(NULL, 0, "ssh-keygen -q -t ed25519 -N '' -f mine"),
			 0);
	options.dir = in_folder("edu");
	options.hub = in_folder("hub");
	options.key_file = in_folder("mine");
	assert_int_equal(node_init_unit(&options, &err), 0);
	assert_int_equal(run(NULL, 0,
			     "test \"$(cut -d' ' -f2 mine.pub)\" ="
			     " \"$(cut -d' ' -f2 edu/key.pub)\""),
			 0);
}

#define WORLD_TEST(f) cmocka_unit_test_setup_teardown(f, setup, world_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(sync__an_edit_goes_the_whole_road),
		WORLD_TEST(sync__what_was_sent_is_not_sent_again),
		WORLD_TEST(sync__with_the_hub_away_everything_is_kept),
		WORLD_TEST(sync__a_unit_that_is_not_enrolled_is_told_and_waits),
		WORLD_TEST(sync__a_unit_holds_its_own_proposals_only),
		WORLD_TEST(sync__a_new_assignment_brings_the_case),
		WORLD_TEST(sync__a_released_unit_is_told_and_gets_no_more),
		WORLD_TEST(
			sync__two_nodes_of_a_unit_conflict_and_a_decision_ends_it),
		WORLD_TEST(sync__a_change_its_writer_may_not_make_is_refused),
		WORLD_TEST(sync__a_bad_commit_stops_its_own_ref_only),
		WORLD_TEST(sync__an_outbox_in_another_sites_name_is_refused),
		WORLD_TEST(sync__a_second_node_that_is_not_enrolled_is_told),
		WORLD_TEST(sync__another_key_than_the_enrolled_is_refused),
		WORLD_TEST(sync__an_inbox_not_signed_by_the_office_is_refused),
		WORLD_TEST(sync__two_office_nodes_merge_in_turn),
		WORLD_TEST(sync__a_second_first_office_is_told_what_to_do),
		WORLD_TEST(sync__a_merge_cut_off_after_its_push_is_replayed),
		WORLD_TEST(sync__inboxes_that_a_cut_left_behind_are_filled),
		WORLD_TEST(
			sync__a_lost_hub_is_made_anew_by_those_who_met_there),
		WORLD_TEST(sync__a_change_finds_its_commit),
		WORLD_TEST(sync__a_change_is_read_from_its_commit),
		WORLD_TEST(init__repeating_it_changes_nothing),
		WORLD_TEST(init__another_site_in_the_same_folder_is_refused),
		WORLD_TEST(init__a_key_of_ones_own_is_used),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
