/* ledger_test.c - main: what a merge takes in, flags, refuses and renders;
 * and what a hostile or broken outbox cannot do to it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/clock.h"
#include "tests/sync/git_helper.h"
#include "tests/sync/world_helper.h"

/* Two units, each with a case, all synced once. */
static void make_world(void)
{
	world_office();
	world_unit("edu", "edu", "区教育局");
	world_unit("hr", "hr", "区人社局");
	world_case("1-1-001", "教育", "edu");
	world_case("1-1-002", "人社", "hr");
	world_sync("office", 0);
	world_sync("edu", 0);
	world_sync("hr", 0);
}

static int setup(void **state)
{
	(void)state;
	world_begin(make_world);
	return 0;
}

static void must_verify(void)
{
	struct verify_report report = {.ok = false};
	struct node *node = NULL;
	struct err err = {0};

	assert_int_equal(node_open(&node, in_folder("office"), &err), 0);
	assert_int_equal(node_verify(&report, node, VERIFY_HUB, NULL, &err), 0);
	for (size_t i = 0; i < report.n_findings; i++)
		print_error("%s\n", report.findings[i]);
	assert_true(report.ok);
	verify_report_release(&report);
	node_close(node);
}

/* The office's sync finds one thing amiss, whose text has `what`. */
static void expect_quarantine(const char *what)
{
	const struct sync_report *report = world_sync("office", 0);

	assert_int_equal(report->n_details, 1);
	assert_int_equal(report->details[0].kind, SYNC_QUARANTINED);
	if (strstr(report->details[0].text, what) == NULL)
		fail_msg("%s", report->details[0].text);
	assert_int_equal(report->refused, 1);
}

/* The office's sync says so, and that is all. */
static void expect_named(const char *what)
{
	const struct sync_report *report = world_sync("office", 0);

	assert_int_equal(report->n_details, 1);
	assert_int_equal(report->details[0].kind, SYNC_NOTICE);
	assert_non_null(strstr(report->details[0].text, what));
	assert_int_equal(report->refused, 0);
}

/* The office's sync says once that it puts something back, and does. */
static void expect_put_back(const char *what)
{
	const struct sync_report *report = world_sync("office", 0);

	assert_int_equal(report->n_details, 1);
	assert_int_equal(report->details[0].kind, SYNC_NOTICE);
	assert_non_null(strstr(report->details[0].text, what));
	assert_int_equal(report->refused, 0);
	assert_int_equal(world_sync("office", 0)->n_details, 0);
}

/* Others are not held up: hr's edit arrives, and the proof holds. */
static void expect_others_go_on(void)
{
	world_edit("hr", "赵强", "UPDATE handling SET doc_no = '他号'");
	world_sync("hr", 0);
	world_sync("office", 0);
	assert_string_equal(world_text("office",
				       "SELECT doc_no FROM handling WHERE"
				       " unit = 'hr'"),
			    "他号");
	must_verify();
}

static void edu_writes(const char *value)
{
	char sql[256];

	snprintf(sql, sizeof(sql), "UPDATE handling SET doc_no = '%s'", value);
	world_edit("edu", "王芳", sql);
	world_sync("edu", 0);
}

/* In the hub, as edu: $R its outbox; sign ARGS makes a signed commit. */
#define AS_EDU                                                      \
	"cd hub && R=$(git for-each-ref --format='%(refname)'"      \
	" refs/heads/outbox/edu) && sign() { git -c user.name=N -c" \
	" user.email=e@x -c gpg.format=ssh -c"                      \
	" user.signingkey=../edu/key commit-tree -S \"$@\"; } && "

/* (L1) */
static void ledger__parents_are_main_and_what_it_takes_in(void **state)
{
	(void)state;
	edu_writes("教1号");
	world_edit("hr", "赵强", "UPDATE handling SET doc_no = '人1号'");
	world_sync("hr", 0);
	world_edit("office", "李明", "UPDATE proposal SET sector = '界'");
	world_sync("office", 0);
	must_print("same\n",
		   "cd hub && a=$(git rev-parse main^@) && b=$(git rev-parse"
		   " main~1; git for-each-ref --format='%(objectname)'"
		   " refs/heads/outbox/office refs/heads/outbox/edu"
		   " refs/heads/outbox/hr --sort=-refname | sed -n 1p; git"
		   " for-each-ref --format='%(objectname)'"
		   " refs/heads/outbox/edu refs/heads/outbox/hr) && test"
		   " \"$a\" = \"$b\" && echo same");
	must_print("Outbox: office Outbox: edu Outbox: hr ",
		   "git -C hub log -1 --format=%B main | sed -n"
		   " 's/^\\(Outbox: [a-z]*\\).*/\\1/p' | tr '\\n' ' '");
	must_verify();
}

static void ledger__blame_names_who_wrote_each_line(void **state)
{
	(void)state;
	world_edit("edu", "王芳",
		   "UPDATE handling SET draft = '一。二。',"
		   " class_proposed = 'A'");
	world_sync("edu", 0);
	world_sync("office", 0);
	world_edit("edu", "周全", "UPDATE handling SET draft = '一。三。'");
	world_sync("edu", 0);
	world_sync("office", 0);
	must_print("区政协提案委 李明|提案: 1-1-001\n"
		   "区政协提案委 李明|案由: 教育\n"
		   "区教育局 王芳|      一。\n"
		   "区教育局 周全|      三。\n"
		   "区教育局 王芳|    拟定类别: A类\n",
		   "git -C hub blame --line-porcelain main --"
		   " register/1-1/001.yaml | sed -n -e 's/^author //;T t;h;:t'"
		   " -e 's/^\\t//;T;H;g;s/\\n/|/p' | grep -E"
		   " '提案:|案由|。|拟定'");
}

static void ledger__a_stamp_ahead_is_flagged_and_proven(void **state)
{
	char sql[256];

	(void)state;
	snprintf(sql, sizeof(sql),
		 "INSERT INTO _pending(entity, field, row, value, at) VALUES"
		 " (11, 10, '1-1-001/edu', '未来', %llu)",
		 (unsigned long long)clock_now_ms() + 400ULL * 86400000);
	world_edit("edu", "王芳", sql);
	world_sync("edu", 0);
	assert_int_equal(world_sync("office", 0)->refused, 0);
	must_run("git -C hub cat-file -e main:verdicts.msgpack");
	world_sync("edu", 0);
	assert_string_equal(world_state("office", "edu"),
			    world_state("edu", "edu"));
	must_verify();
}

/* The office has applied its own edits long before it merges them: the
 * verdict must be the same as in a replica that sees them for the first
 * time. */
static void ledger__the_offices_own_clock_is_judged_alike(void **state)
{
	char sql[256];

	(void)state;
	snprintf(sql, sizeof(sql),
		 "INSERT INTO _pending(entity, field, row, value, at) VALUES"
		 " (10, 7, '1-1-001', '未来', %llu)",
		 (unsigned long long)clock_now_ms() + 400ULL * 86400000);
	world_edit("office", "李明", sql);
	world_sync("office", 0);
	must_run("git -C hub cat-file -e main:verdicts.msgpack");
	must_verify();
	world_sync("edu", 0);
	assert_string_equal(world_state("office", "edu"),
			    world_state("edu", "edu"));
}

/* What a program with its triggers off leaves in the log: a field that is the
 * unit's alone, a row only a unit may add, a value the field cannot hold. */
#define LATER "1 + max(clock) / 65536 FROM _change"
#define PAST_TRIGGERS                                               \
	"INSERT INTO _pending(entity, field, row, value, at)"       \
	" SELECT 11, 11, '1-1-001/edu', '伪', " LATER " UNION ALL"  \
	" SELECT 14, 0, '1-1-001/edu/x', NULL, " LATER " UNION ALL" \
	" SELECT 14, 3, '1-1-001/edu/x', '措', " LATER " UNION ALL" \
	" SELECT 11, 5, '1-1-001/edu', '2022-09-31', " LATER

static const char SQL_REFUSED[] =
	"SELECT group_concat(reason, '; ') FROM (SELECT reason FROM _verdict"
	" ORDER BY change)";
#define REASONS                                                         \
	"the row belongs to another unit; this site may not add such a" \
	" row; this site may not add such a row; the field cannot hold" \
	" this value"

static void ledger__the_offices_edit_past_its_triggers_is_refused(void **state)
{
	const struct sync_report *report;

	(void)state;
	world_edit("office", "李明", PAST_TRIGGERS);
	report = world_sync("office", 0);
	assert_int_equal(report->refused, 4);
	assert_string_equal(world_text("office", SQL_REFUSED), REASONS);
	assert_string_equal(world_text("office",
				       "SELECT coalesce(signer, '-') ||"
				       " coalesce(due, '-') || (SELECT"
				       " count(*) FROM measure) FROM"
				       " handling WHERE unit = 'edu'"),
			    "--0");
	must_run("git -C hub cat-file -e main:verdicts.msgpack");
	must_verify();
	expect_others_go_on();
	world_sync("edu", 0);
	assert_string_equal(world_state("office", "edu"),
			    world_state("edu", "edu"));
}

/* Whichever office node merges it, it is the same verdict. */
static void ledger__so_is_that_of_a_second_office_node(void **state)
{
	(void)state;
	world_stranger("office2", REPLICA_OFFICE);
	world_enrol("office2", REPLICA_OFFICE);
	world_sync("office", 0);
	world_sync("office2", 0);
	world_edit("office2", "周全", PAST_TRIGGERS);
	assert_int_equal(world_sync("office2", 0)->refused, 4);
	world_sync("office", 0);
	assert_string_equal(world_text("office", SQL_REFUSED), REASONS);
	assert_string_equal(world_state("office", NULL),
			    world_state("office2", NULL));
	must_verify();
}

/* --- an outbox's register files ------------------------------------------ */

/* In a repository, its outbox tip made again with a register file that was
 * edited by a command, signed by the key of a node. */
static void tamper(const char *repository, const char *site, const char *how)
{
	char out[4096];

	if (run(out, sizeof(out),
		"k=$PWD/%s/key && cd %s && R=$(git for-each-ref"
		" --format='%%(refname)' refs/heads/outbox/%s) && F=%s &&"
		" export GIT_INDEX_FILE=$PWD/i && git read-tree $R && b=$(git"
		" show $R:$F | %s | git hash-object -w --stdin) && git"
		" update-index --add --cacheinfo 100644,$b,$F && git log -1"
		" --format=%%B $R | git -c user.name=N -c user.email=e@x -c"
		" gpg.format=ssh -c user.signingkey=$k commit-tree -S -F -"
		" $(git rev-parse -q --verify $R^ >/dev/null && echo -p $R^)"
		" $(git write-tree) > c && git update-ref $R $(cat c); s=$?;"
		" rm -f i c; exit $s",
		site, repository, site, "register/1-1/001.yaml", how) != 0)
		fail_msg("%s", out);
}

/* git blame would show edu as the writer of the office's line. */
static void ledger__a_register_line_nobody_wrote_stops_its_ref(void **state)
{
	(void)state;
	edu_writes("教1号");
	tamper("hub", "edu", "sed '1a 案由: 教育'");
	expect_quarantine("register/1-1/001.yaml: line 2 does not follow");
	expect_others_go_on();
	/* Its node puts its own over it, and that is taken. */
	world_sync("edu", 0);
	assert_int_equal(world_sync("office", 0)->merged, 1);
	must_verify();
}

static void ledger__so_does_a_register_line_left_out(void **state)
{
	(void)state;
	edu_writes("教1号");
	tamper("hub", "edu", "sed '/文号/d'");
	expect_quarantine("register/1-1/001.yaml: line 4 does not follow");
	expect_others_go_on();
}

static void ledger__so_does_another_value_under_its_name(void **state)
{
	(void)state;
	world_edit("edu", "王芳", "UPDATE handling SET class_proposed = 'A'");
	world_sync("edu", 0);
	tamper("hub", "edu", "sed 's/A类/B类/'");
	expect_quarantine("register/1-1/001.yaml: line 4 does not follow");
	expect_others_go_on();
}

/* Written while the hub was away, then changed in the office's folder. */
static void ledger__so_does_one_in_the_merging_offices_own_outbox(void **state)
{
	(void)state;
	world_edit("office", "李明",
		   "UPDATE proposal SET sector = '甲' WHERE key = '1-1-001'");
	must_run("mv hub away");
	world_sync("office", ERR_HUB);
	tamper("office/tian.git", "office", "sed 's/教育/体育/'");
	must_run("mv away hub");
	expect_quarantine("does not follow from this node's own changes");
	must_run("git -C hub show main:register/1-1/001.yaml | grep -q 教育");
}

static void ledger__so_does_another_file_beside_its_register(void **state)
{
	(void)state;
	edu_writes("教1号");
	must_run(AS_EDU
		 "export GIT_INDEX_FILE=$PWD/i && git read-tree $R && git"
		 " update-index --add --cacheinfo 100644,$(git rev-parse"
		 " main:register/1-1/002.yaml),register/1-1/002.yaml && git"
		 " log -1 --format=%B $R | sign $(git write-tree) -F - > c"
		 " && git update-ref $R $(cat c); rm i c");
	expect_quarantine("its tree holds other files");
	expect_others_go_on();
}

/* (F2) A name that changed meanwhile is the office's doing. */
static void ledger__an_older_name_in_a_register_is_no_lie(void **state)
{
	(void)state;
	world_edit("office", "李明",
		   "UPDATE unit SET name = '区教育体育局' WHERE code = 'edu';"
		   "UPDATE code SET zh = '甲类' WHERE list = 'class' AND code ="
		   " 'A'");
	world_sync("office", 0);
	world_edit("edu", "王芳", "UPDATE handling SET class_proposed = 'A'");
	world_sync("edu", 0);
	assert_int_equal(world_sync("office", 0)->n_details, 0);
	world_edit("office", "李明",
		   "UPDATE unit SET name = '区教体局' WHERE code = 'edu'");
	world_sync("office", 0);
	edu_writes("教2号");
	assert_int_equal(world_sync("office", 0)->n_details, 0);
	must_run("git -C hub show main:register/1-1/001.yaml | grep -q"
		 " '单位: 区教体局 (edu)'");
	must_verify();
}

/* (F2) So is a refusal that its node has not heard of yet. */
static void ledger__a_line_not_known_to_be_refused_is_no_lie(void **state)
{
	(void)state;
	world_edit("edu", "王芳",
		   "INSERT INTO _pending(entity, field, row, value, at)"
		   " SELECT 10, 4, '1-1-001', '改', 1 + max(clock) / 65536"
		   " FROM _change");
	world_sync("edu", 0);
	assert_int_equal(world_sync("office", 0)->refused, 1);
	edu_writes("教1号");
	must_run("git -C hub show $(git -C hub for-each-ref"
		 " --format='%(refname)' refs/heads/outbox/edu)"
		 ":register/1-1/001.yaml | grep -q '案由: 改'");
	assert_int_equal(world_sync("office", 0)->n_details, 0);
	edu_writes("教2号");
	must_run("! git -C hub show $(git -C hub for-each-ref"
		 " --format='%(refname)' refs/heads/outbox/edu)"
		 ":register/1-1/001.yaml | grep -q '案由'");
	assert_int_equal(world_sync("office", 0)->n_details, 0);
	must_verify();
}

/* An office node does not ask itself; whoever verifies does. */
static void ledger__verify_finds_a_line_its_office_made_up(void **state)
{
	struct verify_report report = {.ok = false};
	struct node *node = NULL;
	struct err err = {0};
	bool found = false;

	(void)state;
	world_edit("office", "李明",
		   "UPDATE proposal SET sector = '界' WHERE key = '1-1-001'");
	assert_int_equal(node_open(&node, in_folder("office"), &err), 0);
	node_close(node);
	must_run("mv hub away");
	world_sync("office", ERR_HUB); /* commits */
	must_run("mv away hub");
	tamper("office/tian.git", "office", "sed '$a 备注: 无'");
	world_sync("office", 0);
	assert_int_equal(node_open(&node, in_folder("office"), &err), 0);
	assert_int_equal(node_verify(&report, node, VERIFY_HUB, NULL, &err), 0);
	for (size_t i = 0; i < report.n_findings; i++)
		found |= strstr(report.findings[i],
				"register/1-1/001.yaml: line") != NULL;
	assert_true(found);
	verify_report_release(&report);
	node_close(node);
}

static void ledger__a_merge_without_verdicts_has_no_such_file(void **state)
{
	(void)state;
	ledger__a_stamp_ahead_is_flagged_and_proven(state);
	world_edit("office", "李明", "UPDATE proposal SET category = '类'");
	world_sync("office", 0);
	assert_int_not_equal(run(NULL, 0,
				 "git -C hub cat-file -e"
				 " main:verdicts.msgpack"),
			     0);
}

static void ledger__a_unit_renamed_is_renamed_in_its_registers(void **state)
{
	(void)state;
	world_edit("office", "李明",
		   "UPDATE unit SET name = '区教育体育局' WHERE code = 'edu'");
	world_sync("office", 0);
	must_run("git -C hub show main:register/1-1/001.yaml | grep -q"
		 " '区教育体育局 (edu)'");
	must_print("register/1-1/001.yaml\n",
		   "git -C hub diff --name-only main~1 main");
	must_verify();
}

/* hr's own, signed commit under a name of edu's. */
static void ledger__a_forged_site_stops_its_ref(void **state)
{
	(void)state;
	world_edit("hr", "赵强", "UPDATE handling SET doc_no = '人1号'");
	world_sync("hr", 0);
	must_run(
		"cd hub && git update-ref refs/heads/outbox/edu/00000000000000aa"
		" $(git for-each-ref --format='%(objectname)'"
		" refs/heads/outbox/hr)");
	expect_quarantine("a batch of hr in an outbox of edu");
	assert_string_equal(world_text("office",
				       "SELECT doc_no FROM handling WHERE"
				       " unit = 'hr'"),
			    "人1号");
	must_verify();
}

static void ledger__a_gap_stops_its_ref(void **state)
{
	(void)state;
	edu_writes("1");
	edu_writes("2");
	must_run(AS_EDU "git update-ref $R $(git log -1 --format=%B $R | sign"
			" $R^{tree})");
	expect_quarantine("follow where 1 should");
	expect_others_go_on();
	/* The node pushes what it has, and all is well again. */
	must_run(AS_EDU "git update-ref -d $R");
	world_sync("edu", 0);
	assert_int_equal(world_sync("office", 0)->merged, 2);
	must_verify();
}

static void ledger__a_replayed_batch_stops_its_ref(void **state)
{
	(void)state;
	edu_writes("1");
	world_sync("office", 0);
	must_run(AS_EDU
		 "git update-ref $R $(git log -1 --format=%B $R | sign -p"
		 " $R $R^{tree})");
	expect_quarantine("changes 1 follow where 2 should");
	expect_others_go_on();
}

static void ledger__a_rewritten_history_stops_its_ref(void **state)
{
	(void)state;
	edu_writes("1");
	world_sync("office", 0);
	must_run(AS_EDU "git update-ref $R $(git log -1 --format=%B $R | sign"
			" $R^{tree})");
	expect_quarantine("rewritten");
	/* Its node puts in place again what it had sent. */
	assert_int_equal(world_sync("edu", 0)->refused, 1);
	expect_others_go_on();
}

static void ledger__a_ref_that_is_only_behind_is_no_harm(void **state)
{
	(void)state;
	edu_writes("1");
	edu_writes("2");
	world_sync("office", 0);
	must_run(AS_EDU "git update-ref $R $R~1");
	expect_put_back("older than what main has taken in");
	edu_writes("3");
	assert_int_equal(world_sync("office", 0)->merged, 1);
	must_verify();
}

static void ledger__a_ref_that_vanished_is_no_harm(void **state)
{
	(void)state;
	edu_writes("1");
	world_sync("office", 0);
	must_run(AS_EDU "git update-ref -d $R");
	expect_put_back("was gone");
	edu_writes("2");
	assert_int_equal(world_sync("office", 0)->merged, 1);
}

/* A commit on edu's outbox whose batch is what `make` prints. */
static void put_batch(const char *make)
{
	char command[2048];

	snprintf(command, sizeof(command), "%sb=$(%s%s", AS_EDU, make,
		 " | git hash-object -w --stdin) && t=$(printf '100644 blob"
		 " %s\\tchanges.msgpack\\n' $b | git mktree) && git update-ref"
		 " $R $(git log -1 --format=%B $R | sign -p $R $t)");
	must_run(command);
}

static void ledger__bytes_that_are_no_batch_stop_their_ref(void **state)
{
	(void)state;
	edu_writes("1");
	world_sync("office", 0);
	put_batch("head -c 100 /dev/zero");
	expect_quarantine("changes.msgpack");
	expect_others_go_on();
}

static void ledger__a_batch_too_large_stops_its_ref(void **state)
{
	(void)state;
	edu_writes("1");
	world_sync("office", 0);
	/* 16 MiB + 1, and a bomb that deflates to nothing. */
	put_batch("head -c 16777217 /dev/zero");
	expect_quarantine("changes.msgpack");
	put_batch("head -c 70000000 /dev/zero");
	expect_quarantine("outbox/edu");
	expect_others_go_on();
}

static void ledger__trees_with_tricks_in_them_stop_their_ref(void **state)
{
	(void)state;
	edu_writes("1");
	world_sync("office", 0);
	must_run(AS_EDU
		 "t=$(printf '120000 blob %s\\tchanges.msgpack\\n' $(echo"
		 " /etc/passwd | git hash-object -w --stdin) | git mktree)"
		 " && git update-ref $R $(git log -1 --format=%B $R | sign"
		 " -p $R $t)");
	expect_quarantine("neither file nor folder");
	expect_others_go_on();
}

static void ledger__a_merge_commit_in_an_outbox_stops_its_ref(void **state)
{
	(void)state;
	edu_writes("1");
	world_sync("office", 0);
	must_run(AS_EDU
		 "git update-ref $R $(git log -1 --format=%B $R | sign -p"
		 " $R -p main $R^{tree})");
	expect_quarantine("more than one parent");
	expect_others_go_on();
}

static void ledger__refs_out_of_the_pattern_are_named_and_left(void **state)
{
	(void)state;
	edu_writes("1");
	must_run(
		"cd hub && git update-ref refs/heads/outbox/edu/nonsense main &&"
		" git update-ref refs/heads/topic main && git update-ref"
		" refs/heads/inbox/a.lock.x/y main");
	expect_named("refs/heads/outbox/edu/nonsense: no outbox");
	must_verify();
}

static void ledger__a_key_that_ended_signs_no_more(void **state)
{
	(void)state;
	edu_writes("1");
	world_sync("office", 0);
	world_edit("office", "李明",
		   "UPDATE signer SET valid_until = '2022-06-30T00:00:00Z'"
		   " WHERE site = 'edu'");
	world_sync("office", 0);
	must_run("git -C hub show main:signers | grep -q"
		 " 'edu namespaces=\"git\",valid-before=\"20220630000000Z\"'");
	world_edit("edu", "王芳", "UPDATE handling SET doc_no = '2'");
	assert_true(world_sync("edu", ERR_HUB)->not_enrolled);
	expect_quarantine("ended on 2022-06-30T00:00:00Z");
	/* What it signed before stays proven. */
	expect_others_go_on();
}

static void ledger__a_second_genesis_is_refused(void **state)
{
	struct node_options options = {.site = REPLICA_OFFICE};
	struct err err;

	(void)state;
	/* Another office's hub in the place of ours. */
	options.dir = in_folder("foreign");
	options.hub = in_folder("hub2");
	assert_int_equal(node_init_office(&options, &err), 0);
	world_sync("foreign", 0);
	must_run("mv hub ours && mv hub2 hub");
	world_sync("office", ERR_CORRUPT);
	assert_non_null(strstr(world_error(), "another history"));
	must_run("mv hub hub2 && mv ours hub");
	world_sync("office", 0);
	must_verify();
}

#define LEDGER_TEST(f) cmocka_unit_test_setup_teardown(f, setup, world_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		LEDGER_TEST(ledger__parents_are_main_and_what_it_takes_in),
		LEDGER_TEST(ledger__blame_names_who_wrote_each_line),
		LEDGER_TEST(ledger__a_stamp_ahead_is_flagged_and_proven),
		LEDGER_TEST(ledger__the_offices_own_clock_is_judged_alike),
		LEDGER_TEST(
			ledger__the_offices_edit_past_its_triggers_is_refused),
		LEDGER_TEST(ledger__so_is_that_of_a_second_office_node),
		LEDGER_TEST(ledger__a_register_line_nobody_wrote_stops_its_ref),
		LEDGER_TEST(ledger__so_does_a_register_line_left_out),
		LEDGER_TEST(ledger__so_does_another_value_under_its_name),
		LEDGER_TEST(
			ledger__so_does_one_in_the_merging_offices_own_outbox),
		LEDGER_TEST(ledger__so_does_another_file_beside_its_register),
		LEDGER_TEST(ledger__an_older_name_in_a_register_is_no_lie),
		LEDGER_TEST(ledger__a_line_not_known_to_be_refused_is_no_lie),
		LEDGER_TEST(ledger__verify_finds_a_line_its_office_made_up),
		LEDGER_TEST(ledger__a_merge_without_verdicts_has_no_such_file),
		LEDGER_TEST(ledger__a_unit_renamed_is_renamed_in_its_registers),
		LEDGER_TEST(ledger__a_forged_site_stops_its_ref),
		LEDGER_TEST(ledger__a_gap_stops_its_ref),
		LEDGER_TEST(ledger__a_replayed_batch_stops_its_ref),
		LEDGER_TEST(ledger__a_rewritten_history_stops_its_ref),
		LEDGER_TEST(ledger__a_ref_that_is_only_behind_is_no_harm),
		LEDGER_TEST(ledger__a_ref_that_vanished_is_no_harm),
		LEDGER_TEST(ledger__bytes_that_are_no_batch_stop_their_ref),
		LEDGER_TEST(ledger__a_batch_too_large_stops_its_ref),
		LEDGER_TEST(ledger__trees_with_tricks_in_them_stop_their_ref),
		LEDGER_TEST(ledger__a_merge_commit_in_an_outbox_stops_its_ref),
		LEDGER_TEST(ledger__refs_out_of_the_pattern_are_named_and_left),
		LEDGER_TEST(ledger__a_key_that_ended_signs_no_more),
		LEDGER_TEST(ledger__a_second_genesis_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
