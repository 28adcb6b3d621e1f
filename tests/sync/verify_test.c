/* verify_test.c - the proof holds where all is well, and says where not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/schema/domain.h"
#include "tests/sync/git_helper.h"
#include "tests/sync/world_helper.h"

static struct verify_report report;

/* Two units, replies, a conflict, a decision, a refusal. */
static void make_world(void)
{
	world_office();
	world_unit("edu", "edu", "区教育局");
	world_unit("edu2", "edu", "区教育局");
	world_unit("hr", "hr", "区人社局");
	world_case("1-1-001", "教育", "edu");
	world_case("1-1-002", "人社", "hr");
	world_sync("office", 0);
	world_sync("edu", 0);
	world_sync("edu2", 0);
	world_sync("hr", 0);
	world_edit("edu", "王芳",
		   "UPDATE handling SET class_proposed = 'A',"
		   " draft = '一。二。'");
	world_edit("edu2", "周全", "UPDATE handling SET class_proposed = 'B'");
	world_edit("hr", "赵强",
		   "INSERT INTO _pending(entity, field, row, value, at)"
		   " VALUES (10, 4, '1-1-002', '改了题目', 1754567890000)");
	world_sync("edu", 0);
	world_sync("edu2", 0);
	world_sync("hr", 0);
	world_sync("office", 0);
	world_decide("office", "handling", "1-1-001/edu", "class_proposed", "B",
		     "已列入计划");
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

static int teardown(void **state)
{
	verify_report_release(&report);
	return world_end(state);
}

static const struct verify_report *verify(const char *name,
					  enum verify_source source)
{
	struct node *node = NULL;
	struct err err = {0};
	int rc;

	verify_report_release(&report);
	assert_int_equal(node_open(&node, in_folder("%s", name), &err), 0);
	rc = node_verify(&report, node, source, NULL, &err);
	if (rc < 0)
		print_error("verify %s: %s\n", name, err.text);
	assert_int_equal(rc, 0);
	node_close(node);
	return &report;
}

static void must_be_good(const char *name, enum verify_source source)
{
	verify(name, source);
	for (size_t i = 0; i < report.n_findings; i++)
		print_error("%s: %s\n", name, report.findings[i]);
	assert_true(report.ok);
	assert_int_equal(report.n_findings, 0);
}

static bool found(const char *what)
{
	for (size_t i = 0; i < report.n_findings; i++)
		if (strstr(report.findings[i], what) != NULL)
			return true;
	for (size_t i = 0; i < report.n_findings; i++)
		print_error("%s\n", report.findings[i]);
	return false;
}

static void must_find(const char *name, enum verify_source source,
		      const char *what)
{
	verify(name, source);
	assert_true(found(what));
}

static void verify__all_is_well_everywhere(void **state)
{
	char office[SYNC_COMMIT_TEXT];

	(void)state;
	must_be_good("office", VERIFY_OWN);
	strcpy(office, report.state);
	assert_string_equal(office, world_state("office", NULL));
	assert_int_equal(report.refused, 1);
	assert_true(report.commits > 10);
	must_be_good("office", VERIFY_HUB);
	assert_string_equal(office, report.state);
	must_be_good("edu", VERIFY_OWN);
	assert_string_equal(report.state, world_state("edu", "edu"));
	must_be_good("edu", VERIFY_HUB);
	must_be_good("edu2", VERIFY_OWN);
	must_be_good("hr", VERIFY_OWN);
	assert_int_equal(report.refused, 1);
}

/* The schema named by each main commit, the latest first, joined. */
static const char *schemas_of_main(void)
{
	static char out[256];
	FILE *pipe;
	char command[512];
	size_t n;

	snprintf(
		command, sizeof(command),
		"git -C '%s' log --first-parent --format="
		"'%%(trailers:key=Schema,valueonly,separator=)' main | grep . | uniq |"
		" tr '\\n' ' '",
		in_folder("hub"));
	pipe = popen(command, "r");
	assert_non_null(pipe);
	n = fread(out, 1, sizeof(out) - 1, pipe);
	out[n] = '\0';
	pclose(pipe);
	return out;
}

/* The same world, but its first half by programs of schema 1; then they are
 * replaced, at the office first, and it goes on with what schema 2 brings. */
static void
verify__what_an_older_program_merged_follows_from_its_schema(void **state)
{
	teardown(state);
	domain_pretend(1);
	make_world();
	domain_pretend(0);
	must_be_good("office", VERIFY_HUB);
	world_edit("office", "王芳",
		   "INSERT INTO field(entity, name, type, zh, writers, policy)"
		   " VALUES ('handling', 'remark', 'text', '备注', 'owner',"
		   " 'owner')");
	world_sync("office", 0);
	assert_string_equal(schemas_of_main(), "2 1 ");
	must_be_good("office", VERIFY_HUB);
	domain_pretend(1);
	world_sync("edu", 0); /* keeps what it does not know */
	must_be_good("edu", VERIFY_OWN);
	domain_pretend(0);
	world_edit("edu", "王芳", "UPDATE handling SET remark = '好'");
	world_sync("edu", 0);
	world_sync("office", 0);
	assert_string_equal(world_text("office", "SELECT remark FROM handling"
						 " WHERE remark IS NOT NULL"),
			    "好");
	must_be_good("office", VERIFY_HUB);
	must_be_good("edu", VERIFY_OWN);
}

static size_t unread_at(const char *name)
{
	must_be_good(name, VERIFY_HUB);
	return report.unread;
}

/* A unit's program is newer than the office's: what it wrote is merged, and
 * compared by whoever knows its labels. */
static void verify__a_batch_of_a_newer_schema_is_compared_later(void **state)
{
	teardown(state);
	domain_pretend(1);
	make_world();
	domain_pretend(0);
	world_edit("edu", "王芳", "UPDATE handling SET draft = '新的。'");
	world_sync("edu", 0);
	domain_pretend(1);
	world_sync("office", 0);
	assert_string_equal(schemas_of_main(), "1 ");
	assert_int_equal(unread_at("office"), 1);
	domain_pretend(0);
	assert_int_equal(unread_at("office"), 0);
}

/* Its register says what it did not change. */
static void verify__a_forged_line_of_a_newer_schema_is_found_later(void **state)
{
	teardown(state);
	domain_pretend(1);
	make_world();
	domain_pretend(0);
	world_edit("edu", "王芳", "UPDATE handling SET draft = '新的。'");
	world_sync("edu", 0);
	assert_int_equal(
		run(NULL, 0,
		    "cd hub && ref=$(git -C ../edu/tian.git for-each-ref --format='%%(refname)'"
		    " refs/heads/outbox/edu) && export GIT_INDEX_FILE=x"
		    " GIT_AUTHOR_NAME=N GIT_AUTHOR_EMAIL=e@x"
		    " GIT_COMMITTER_NAME=N GIT_COMMITTER_EMAIL=e@x &&"
		    " git read-tree $ref && path=$(git ls-tree -r --name-only"
		    " $ref register | head -n 1) && git show $ref:$path | sed"
		    " 's/新的/假的/' > ../y && grep -q 假的 ../y && git"
		    " update-index --cacheinfo 100644,$(git hash-object -w"
		    " ../y),$path && tree=$(git write-tree) && git log -1"
		    " --format=%%B $ref > ../m && made=$(git -c gpg.format=ssh"
		    " -c user.signingkey=../edu/key commit-tree -S -p $ref~1"
		    " $tree < ../m) && git update-ref $ref $made"),
		0);
	domain_pretend(1);
	world_sync("office", 0);
	assert_int_equal(unread_at("office"), 1);
	domain_pretend(0);
	must_find("office", VERIFY_HUB, "does not follow");
}

/* --- how registers are laid out ------------------------------------------- */

/* The newest main commit again, with another last trailer. */
static void lay_out_anew(const char *trailer)
{
	assert_int_equal(
		run(NULL, 0,
		    "cd hub && export GIT_AUTHOR_NAME=N GIT_AUTHOR_EMAIL=e@x"
		    " GIT_COMMITTER_NAME=N GIT_COMMITTER_EMAIL=e@x && (git log"
		    " -1 --format=%%B main | sed -e :a -e '/^\\n*$/{$d;N;ba' -e"
		    " '}'; echo '%s') > ../m && made=$(git -c gpg.format=ssh -c"
		    " user.signingkey=../office/key commit-tree -S $(git log -1"
		    " --format=%%P main | sed 's/[^ ]*/-p &/g')"
		    " main^{tree} < ../m) && git update-ref refs/heads/main"
		    " $made",
		    trailer),
		0);
}

static void verify__a_newer_layout_is_named(void **state)
{
	(void)state;
	lay_out_anew("Layout: 2");
	must_find("office", VERIFY_HUB, "newer program does (layout 2)");
}

static void verify__a_layout_never_falls(void **state)
{
	(void)state;
	lay_out_anew("Layout: 0");
	must_find("office", VERIFY_HUB, "layout is older");
}

static void verify__an_office_does_not_merge_behind_a_newer_layout(void **state)
{
	(void)state;
	world_edit(
		"office", "王芳",
		"INSERT INTO _meta(name, value) VALUES ('main_layout', '2')");
	world_edit("office", "王芳", "UPDATE proposal SET title = '更新'");
	world_sync("office", ERR_INPUT);
	assert_non_null(strstr(world_error(), "newer program"));
}

static void verify__an_office_does_not_merge_behind_its_main(void **state)
{
	(void)state;
	world_edit("office", "王芳", "UPDATE proposal SET title = '新'");
	world_sync("office", 0);
	/* An older program finds a main that a newer one has merged. */
	world_edit("office", "王芳",
		   "UPDATE _meta SET value = '3' WHERE name = 'main_schema'");
	world_edit("office", "王芳", "UPDATE proposal SET title = '更新'");
	world_sync("office", ERR_INPUT);
	assert_non_null(strstr(world_error(), "newer program"));
}

static void verify__edits_not_sent_yet_are_no_finding(void **state)
{
	(void)state;
	world_edit("edu", "王芳", "UPDATE handling SET draft = '三。'");
	must_be_good("edu", VERIFY_OWN);
	world_edit("office", "李明", "UPDATE proposal SET sector = '教育'");
	must_be_good("office", VERIFY_OWN);
	world_sync("edu", 0);
	must_be_good("edu", VERIFY_HUB);
	must_be_good("office", VERIFY_HUB);
}

/* How often a case's document on main says that something must be decided. */
static int disputes(const char *path)
{
	char out[64];

	run(out, sizeof(out),
	    "git -C hub show main:register/1-1/%s.yaml |"
	    " grep -c '须人工裁定'",
	    path);
	return atoi(out);
}

/* Both documents are written again though only one case was touched. */
static void
verify__a_contradiction_stands_in_every_case_it_reaches(void **state)
{
	(void)state;
	world_case("1-1-003", "体育", NULL);
	world_edit("office", "李明",
		   "UPDATE proposal SET case_no = '第1号' WHERE key ="
		   " '1-1-001'");
	world_sync("office", 0);
	world_edit("office", "李明",
		   "UPDATE proposal SET case_no = '第1号' WHERE key ="
		   " '1-1-002'");
	world_sync("office", 0);
	assert_int_equal(disputes("001") + disputes("002"), 2);
	world_edit("office", "李明",
		   "UPDATE proposal SET case_no = '第2号' WHERE key ="
		   " '1-1-002'");
	world_sync("office", 0);
	assert_int_equal(disputes("001") + disputes("002"), 0);
	world_edit("office", "李明",
		   "UPDATE proposal SET merged_into = CASE key WHEN '1-1-001'"
		   " THEN '1-1-002' WHEN '1-1-002' THEN '1-1-003' END");
	world_sync("office", 0);
	world_edit("office", "李明",
		   "UPDATE proposal SET merged_into = '1-1-001' WHERE key ="
		   " '1-1-003'");
	world_sync("office", 0);
	assert_int_equal(disputes("001") + disputes("002") + disputes("003"),
			 3);
	world_edit("office", "李明",
		   "UPDATE proposal SET merged_into = NULL WHERE key ="
		   " '1-1-002'");
	world_sync("office", 0);
	assert_int_equal(disputes("001") + disputes("002") + disputes("003"),
			 0);
	must_be_good("office", VERIFY_HUB);
}

/* What is told of one case alone: two main units, steps that exclude each
 * other. */
static void verify__a_contradiction_within_a_case_is_told(void **state)
{
	(void)state;
	world_case("1-1-004", "环保", "edu");
	world_edit("office", "李明",
		   "INSERT INTO handling(proposal, unit, role) VALUES"
		   " ('1-1-004', 'hr', 'main')");
	world_sync("office", 0);
	assert_int_equal(disputes("004"), 1);
	world_edit("office", "李明",
		   "UPDATE handling SET role = 'co' WHERE proposal = '1-1-004'"
		   " AND unit = 'hr'; INSERT INTO event(proposal, unit, id,"
		   " kind, at) VALUES ('1-1-004', 'office', 'a', 'archived',"
		   " '2022-06-01T08:00:00Z'), ('1-1-004', 'office', 'b',"
		   " 'redo', '2022-06-01T09:00:00Z')");
	world_sync("office", 0);
	assert_int_equal(disputes("004"), 1);
	must_be_good("office", VERIFY_HUB);
}

static void verify__a_value_changed_behind_our_back_is_found(void **state)
{
	(void)state;
	assert_int_equal(run(NULL, 0,
			     "sqlite3 office/tian.db \"DROP TRIGGER"
			     " _proposal_title; UPDATE proposal SET title ="
			     " '另一个' WHERE key = '1-1-001'\""),
			 0);
	assert_false(verify("office", VERIFY_OWN)->ok);
	assert_true(found("tian.db"));
}

/* One byte of one object, wherever it is: each loose, so that each can be
 * damaged by itself. */
static void verify__one_byte_of_any_object_is_found(void **state)
{
	char list[65536];
	char *next = list;
	char *line;
	int n = 0;

	(void)state;
	assert_int_equal(
		run(list, sizeof(list),
		    "cd hub && mv objects/pack ../packs && mkdir objects/pack"
		    " && for p in ../packs/*.pack; do git unpack-objects -q"
		    " < $p; done && git rev-list --objects main inbox/edu |"
		    " cut -c1-40 | sort -u"),
		0);
	while ((line = strsep(&next, "\n")) != NULL && strlen(line) == 40) {
		const char *path =
			in_folder("hub/objects/%.2s/%s", line, line + 2);

		/* Every third is enough for one run. */
		if (n++ % (is_sanitized() ? 9 : 3) != 0)
			continue;
		assert_int_equal(run(NULL, 0, "cp %s saved", path), 0);
		damage_file(path);
		if (verify("office", VERIFY_HUB)->ok)
			print_error("%s\n", line);
		assert_false(report.ok);
		assert_true(report.n_findings > 0);
		assert_int_equal(run(NULL, 0, "chmod u+w %s; cp saved %s", path,
				     path),
				 0);
	}
	assert_true(n > 30);
	must_be_good("office", VERIFY_HUB);
}

/* So many that they are read on a thread ahead. */
static void verify__one_damaged_of_many_in_a_merge_is_named(void **state)
{
	static const char *const persons[] = {"王芳", "周全"};
	char hex[64];

	(void)state;
	for (size_t i = 0; i < 100; i++) {
		char sql[96];

		snprintf(sql, sizeof(sql),
			 "UPDATE handling SET contact_name = '第%zu人'", i);
		world_edit("edu", persons[i % 2], sql);
	}
	world_sync("edu", 0);
	world_sync("office", 0);
	must_be_good("office", VERIFY_HUB);
	assert_true(report.commits > 100);
	assert_int_equal(
		run(hex, sizeof(hex),
		    "cd hub && mv objects/pack ../packs && mkdir objects/pack"
		    " && for p in ../packs/*.pack; do git unpack-objects -q"
		    " < $p; done && git rev-parse main^2~50"),
		0);
	hex[40] = '\0';
	damage_file(in_folder("hub/objects/%.2s/%s", hex, hex + 2));
	hex[12] = '\0';
	must_find("office", VERIFY_HUB, hex);
}

/* A main commit made anew by somebody with git, on another tree. */
static void rewrite_main(const char *command)
{
	assert_int_equal(
		run(NULL, 0,
		    "export GIT_INDEX_FILE=$PWD/index && cd hub && git"
		    " read-tree main && %s && t=${t:-$(git write-tree)} && git log"
		    " -1 --format=%%B main > ../message && p=$(git log -1"
		    " --format=%%P main | sed 's/[0-9a-f]*/-p &/g') && git"
		    " update-ref refs/heads/main $(git -c user.name=N -c"
		    " user.email=e@x -c gpg.format=ssh -c"
		    " user.signingkey=../office/key commit-tree -S $p -F"
		    " ../message $t)",
		    command),
		0);
}

/* Even with the office's own key. */
static void verify__a_register_that_does_not_follow_is_named(void **state)
{
	(void)state;
	rewrite_main("b=$(git show main:register/1-1/001.yaml | sed"
		     " s/教育局/体育局/ | git hash-object -w --stdin) && git"
		     " update-index --cacheinfo"
		     " 100644,$b,register/1-1/001.yaml");
	assert_false(verify("office", VERIFY_HUB)->ok);
	assert_true(found("register/1-1/001.yaml does not follow"));
}

static void verify__a_file_too_many_is_named(void **state)
{
	(void)state;
	rewrite_main("git update-index --add --cacheinfo 100644,$(echo x |"
		     " git hash-object -w --stdin),register/1-1/999.yaml");
	assert_false(verify("office", VERIFY_HUB)->ok);
	assert_true(found("register/1-1/999.yaml should not be there"));
}

static void verify__a_file_that_is_gone_is_named(void **state)
{
	(void)state;
	rewrite_main("printf '0 %040d\\tregister/1-1/002.yaml\\n' 0 |"
		     " git update-index --index-info");
	assert_false(verify("office", VERIFY_HUB)->ok);
	assert_true(found("register/1-1/002.yaml is missing"));
}

/* A folder in a folder …, each forty times in the one above. */
static void verify__folders_without_end_are_named(void **state)
{
	static const struct {
		int depth;
		const char *found;
	} cases[] = {{7, "more than 65536 folders"}, {30, "nest too deep"}};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		char command[512];

		snprintf(command, sizeof(command),
			 "x=$(git mktree </dev/null) && for i in $(seq %d); do"
			 " x=$(for k in $(seq 40); do printf '040000 tree"
			 " %%s\\t%%02d\\n' $x $k; done | git mktree) || exit 1;"
			 " done && t=$( (git ls-tree main; printf '040000 tree"
			 " %%s\\tz\\n' $x) | git mktree)",
			 cases[i].depth);
		rewrite_main(command);
		assert_false(verify("office", VERIFY_HUB)->ok);
		assert_true(found(cases[i].found));
		assert_int_equal(run(NULL, 0,
				     "git -C hub update-ref refs/heads/main"
				     " $(git -C office/tian.git rev-parse"
				     " main)"),
				 0);
	}
}

static void verify__a_main_signed_by_another_is_named(void **state)
{
	(void)state;
	assert_int_equal(
		run(NULL, 0,
		    "cd hub && git log -1 --format=%%B main > ../message &&"
		    " p=$(git log -1 --format=%%P main | sed"
		    " 's/[0-9a-f]*/-p &/g') && git update-ref refs/heads/main"
		    " $(git -c user.name=N -c user.email=e@x -c"
		    " gpg.format=ssh -c user.signingkey=../edu/key"
		    " commit-tree -S $p -F ../message main^{tree})"),
		0);
	assert_false(verify("office", VERIFY_HUB)->ok);
	assert_true(found("not the office's"));
}

static void verify__a_main_rolled_back_is_named(void **state)
{
	(void)state;
	assert_int_equal(run(NULL, 0,
			     "git -C hub update-ref refs/heads/main main~1"),
			 0);
	assert_false(verify("office", VERIFY_HUB)->ok);
	assert_true(found("not in its history"));
}

static void verify__an_inbox_that_withholds_is_named(void **state)
{
	(void)state;
	assert_int_equal(run(NULL, 0,
			     "git -C hub update-ref refs/heads/inbox/edu"
			     " inbox/edu~1"),
			 0);
	assert_false(verify("office", VERIFY_HUB)->ok);
	assert_true(found("inbox/edu"));
}

/* Inboxes are replayed at the same time, whoever is first. */
static void verify__inboxes_that_withhold_are_named_in_order(void **state)
{
	(void)state;
	world_edit("office", "王芳", "UPDATE proposal SET sector = '农工党'");
	world_sync("office", 0);
	assert_int_equal(run(NULL, 0,
			     "for site in hr edu; do git -C hub update-ref"
			     " refs/heads/inbox/$site inbox/$site~1 || exit 1;"
			     " done"),
			 0);
	verify("office", VERIFY_HUB);
	assert_int_equal(report.n_findings, 4);
	assert_non_null(strstr(report.findings[0], "inbox/edu: what it holds"));
	assert_non_null(strstr(report.findings[1], "inbox/hr: what it holds"));
	assert_non_null(strstr(report.findings[2], "inbox/edu: what it held"));
	assert_non_null(strstr(report.findings[3], "inbox/hr: what it held"));
}

/* The last that hr was sent says only what was refused. */
static void verify__an_inbox_that_withholds_a_verdict_is_named(void **state)
{
	(void)state;
	assert_int_equal(run(NULL, 0,
			     "git -C hub update-ref refs/heads/inbox/hr"
			     " inbox/hr~1"),
			 0);
	verify("office", VERIFY_HUB);
	assert_int_equal(report.n_findings, 1);
	assert_true(found("inbox/hr: what it held once is not in its history"));
}

#define VERIFY_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		VERIFY_TEST(verify__all_is_well_everywhere),
		VERIFY_TEST(
			verify__what_an_older_program_merged_follows_from_its_schema),
		VERIFY_TEST(
			verify__a_batch_of_a_newer_schema_is_compared_later),
		VERIFY_TEST(
			verify__a_forged_line_of_a_newer_schema_is_found_later),
		VERIFY_TEST(verify__a_newer_layout_is_named),
		VERIFY_TEST(verify__a_layout_never_falls),
		VERIFY_TEST(
			verify__an_office_does_not_merge_behind_a_newer_layout),
		VERIFY_TEST(verify__an_office_does_not_merge_behind_its_main),
		VERIFY_TEST(verify__edits_not_sent_yet_are_no_finding),
		VERIFY_TEST(
			verify__a_contradiction_stands_in_every_case_it_reaches),
		VERIFY_TEST(verify__a_contradiction_within_a_case_is_told),
		VERIFY_TEST(verify__a_value_changed_behind_our_back_is_found),
		VERIFY_TEST(verify__one_byte_of_any_object_is_found),
		VERIFY_TEST(verify__one_damaged_of_many_in_a_merge_is_named),
		VERIFY_TEST(verify__a_register_that_does_not_follow_is_named),
		VERIFY_TEST(verify__a_file_too_many_is_named),
		VERIFY_TEST(verify__a_file_that_is_gone_is_named),
		VERIFY_TEST(verify__folders_without_end_are_named),
		VERIFY_TEST(verify__a_main_signed_by_another_is_named),
		VERIFY_TEST(verify__a_main_rolled_back_is_named),
		VERIFY_TEST(verify__an_inbox_that_withholds_is_named),
		VERIFY_TEST(verify__inboxes_that_withhold_are_named_in_order),
		VERIFY_TEST(verify__an_inbox_that_withholds_a_verdict_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
