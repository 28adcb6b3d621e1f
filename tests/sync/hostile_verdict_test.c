/* hostile_verdict_test.c - what does harm, what it is called at the office, and
 * what its sender can read of it: one row each. After each row the office's
 * state of that unit and the unit's own are what they were, another unit's edit
 * has arrived, the proof holds, and what the unit really wrote is taken in. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/sync/git_helper.h"
#include "tests/sync/world_helper.h"

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
	world_edit("edu", "王芳", "UPDATE handling SET doc_no = '教1号'");
	world_sync("edu", 0);
	world_edit("edu", "王芳", "UPDATE handling SET draft = '初稿。'");
	world_sync("edu", 0);
}

static int teardown(void **state)
{
	(void)state;
	world_forget();
	folder_remove();
	return 0;
}

/* A commit of edu's hand in the hub; $R is its outbox of two commits. */
#define SIGN                                                        \
	"cd hub && R=$(git for-each-ref --format='%(refname)'"      \
	" refs/heads/outbox/edu) && sign() { git -c user.name=N -c" \
	" user.email=e@x -c gpg.format=ssh -c"                      \
	" user.signingkey=../edu/key commit-tree -S \"$@\"; } && "
/* The outbox's first commit again, with the batch that stdout makes of $R~'s
 * (stdin); its message changed by sed. */
#define PUT(sed)                                                       \
	" | git hash-object -w --stdin) && t=$(printf '100644 blob"    \
	" %s\\tchanges.msgpack\\n' $b | git mktree) && git update-ref" \
	" $R $(git log -1 --format=%B $R~ | sed '" sed "' | sign $t)"
#define BATCH(command)                                                       \
	SIGN "b=$(git cat-file blob $R~:changes.msgpack | LC_ALL=C " command \
		PUT("")

static const struct row {
	const char *name;
	const char *make; /* in the test's folder */
	const char *why;
	const char *taken; /* of edu's two fields: what stood before it */
} rows[] = {
	{"forged site",
	 SIGN "b=$(git cat-file blob $R~:changes.msgpack | LC_ALL=C sed"
	      " 's/\\xa3edu/\\xa3off/'" PUT("s/^Site: edu/Site: off/"),
	 "in an outbox of edu", "0"},
	{"replayed batch",
	 SIGN "git update-ref $R $(git log -1 --format=%B $R | sign -p $R"
	      " $R^{tree})",
	 "follow where 3 should", "2"},
	{"reordered batches",
	 SIGN "a=$(git log -1 --format=%B $R | sign $R^{tree}) && git"
	      " update-ref $R $(git log -1 --format=%B $R~ | sign -p $a"
	      " $R~^{tree})",
	 "follow where 1 should", "0"},
	{"gap",
	 SIGN "git update-ref $R $(git log -1 --format=%B $R | sign"
	      " $R^{tree})",
	 "follow where 1 should", "0"},
	{"batch of 16 MiB + 1", SIGN "b=$(head -c 16777217 /dev/zero" PUT(""),
	 "changes.msgpack", "0"},
	{"zip bomb in a blob", SIGN "b=$(head -c 70000000 /dev/zero" PUT(""),
	 "70000000 bytes, more than 67108864", "0"},
	{"bytes that are no batch", BATCH("tr a b"), "changes.msgpack", "0"},
	{"bad UTF-8", BATCH("sed 's/教1号/\\xff\\xfe\\xfd1号/'"),
	 "changes.msgpack", "0"},
	{"a file beside its own",
	 SIGN "git update-ref $R $( git log -1 --format=%B $R~ | sign $( (git"
	      " ls-tree $R~; printf '100644 blob %s\\tz\\n' $(echo | git"
	      " hash-object -w --stdin)) | git mktree))",
	 "its tree holds other files", "0"},
	{"unsigned commit",
	 SIGN "git update-ref $R $(git log -1 --format=%B $R~ | git -c"
	      " user.name=N -c user.email=e@x commit-tree $R~^{tree})",
	 "not signed", "0"},
	{"signature over something else",
	 SIGN "git update-ref $R $(git cat-file commit $R~ | sed"
	      " 's/^committer .*/committer X <x@x> 1 +0000/' | git"
	      " hash-object -t commit -w --stdin)",
	 "signature does not hold", "0"},
	{"another unit's key",
	 SIGN "git update-ref $R $(git log -1 --format=%B $R~ | git -c"
	      " user.name=N -c user.email=e@x -c gpg.format=ssh -c"
	      " user.signingkey=../hr/key commit-tree -S $R~^{tree})",
	 "not enrolled for edu", "0"},
	{"folders without end",
	 SIGN "x=$R~^{tree} && for i in $(seq 20); do x=$(printf '040000 tree"
	      " %s\\td\\n' $(git rev-parse $x) | git mktree); done && git"
	      " update-ref $R $(git log -1 --format=%B $R~ | sign $x)",
	 "nest too deep", "0"},
	{"an object that is missing",
	 SIGN "git update-ref $R $(git log -1 --format=%B $R~ | sign $(printf"
	      " '100644 blob %040d\\tchanges.msgpack\\n' 7 | git mktree"
	      " --missing))",
	 "is missing", "0"},
};

/* What a report says, of that kind or worse, with that text. */
static bool says(const struct sync_report *report, const char *text)
{
	for (size_t i = 0; i < report->n_details; i++)
		if (strstr(report->details[i].text, text) != NULL)
			return true;
	return false;
}

static void show(const char *name, const struct sync_report *report)
{
	for (size_t i = 0; i < report->n_details; i++)
		print_message("%s: %d %s\n", name, report->details[i].kind,
			      report->details[i].text);
}

static void office_names_it(const char *name, enum sync_detail_kind kind,
			    const char *why)
{
	const struct sync_report *report = world_sync("office", 0);

	show(name, report);
	assert_int_equal(report->refused, 1);
	assert_int_equal(report->details[0].kind, kind);
	assert_true(says(report, why));
}

static void sender_reads_it(const char *name, const char *why)
{
	const struct sync_report *report = world_sync("edu", 0);

	show(name, report);
	assert_true(report->n_details > 0);
	assert_true(says(report, why));
	/* No file of the office's machine. */
	assert_false(says(report, in_folder("%s", "")));
}

static void play(const struct row *row)
{
	char before[2][65];
	char out[2048];

	world_begin(make_world);
	snprintf(before[0], 65, "%s", world_state("office", "hr"));
	snprintf(before[1], 65, "%s", world_state("edu", "edu"));
	if (run(out, sizeof(out), "%s", row->make) != 0)
		fail_msg("%s: %s", row->name, out);
	print_message("%s\n", row->name);
	office_names_it(row->name, SYNC_QUARANTINED, row->why);
	assert_string_equal(world_text("office",
				       "SELECT count(doc_no) + count(draft)"
				       " FROM handling"),
			    row->taken);
	assert_string_equal(world_state("office", "hr"), before[0]);
	/* Others go on. */
	world_edit("hr", "赵强", "UPDATE handling SET doc_no = '他号'");
	world_sync("hr", 0);
	world_sync("office", 0);
	assert_string_equal(world_text("office",
				       "SELECT doc_no FROM handling WHERE unit"
				       " = 'hr'"),
			    "他号");
	sender_reads_it(row->name, row->why);
	/* The node puts its own in the place of what was forged, or sends it
	 * under another name. */
	world_sync("edu", 0);
	world_sync("office", 0);
	world_sync("edu", 0);
	assert_string_equal(world_text("office",
				       "SELECT doc_no || draft FROM handling"
				       " WHERE unit = 'edu'"),
			    "教1号初稿。");
	assert_int_equal(world_sync("edu", 0)->n_details, 0);
	world_verify("office");
	world_verify("edu");
	teardown(NULL);
}

static void hostile_verdict__each_has_a_name_at_both_ends(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		play(&rows[i]);
}

/* --- changes that a program of the unit let through ----------------------- */

/* Logged past the triggers: handling, field 11 of a row. */
#define PAST_TRIGGERS(row)                                    \
	"INSERT INTO _pending(entity, field, row, value, at)" \
	" SELECT 11, 11, '" row "', '伪', 1 + max(clock) / 65536 FROM _change"

static const struct refusal {
	const char *name;
	const char *edit;
	const char *why;
} refusals[] = {
	{"other unit's row", PAST_TRIGGERS("1-1-002/hr"),
	 "not assigned to this unit"},
	{"other unit's row of the own case", PAST_TRIGGERS("1-1-001/hr"),
	 "this site may not add such a row"},
};

static void refuse(const struct refusal *refusal)
{
	char before[65];

	print_message("%s\n", refusal->name);
	world_begin(make_world);
	snprintf(before, 65, "%s", world_state("office", "hr"));
	world_edit("edu", "王芳", refusal->edit);
	world_sync("edu", 0);
	office_names_it(refusal->name, SYNC_REFUSED, refusal->why);
	assert_string_equal(world_state("office", "hr"), before);
	sender_reads_it(refusal->name, refusal->why);
	assert_string_equal(world_state("office", "edu"),
			    world_state("edu", "edu"));
	/* What came with it is taken in, and what others wrote. */
	world_edit("hr", "赵强", "UPDATE handling SET doc_no = '他号'");
	world_sync("hr", 0);
	world_sync("office", 0);
	assert_string_equal(world_text("office",
				       "SELECT group_concat(doc_no, ' ') FROM"
				       " (SELECT doc_no FROM handling ORDER BY"
				       " unit)"),
			    "教1号 他号");
	assert_string_equal(world_text("office",
				       "SELECT count(*) || count(signer) FROM"
				       " handling"),
			    "20");
	world_verify("office");
	world_verify("edu");
	teardown(NULL);
}

static void
hostile_verdict__a_refused_change_is_read_by_its_writer(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++)
		refuse(&refusals[i]);
}

/* --- what the sender wrote well, and the hub damaged ---------------------- */

/* In the pack that holds edu's last commit. */
static const char *const damages[] = {
	"truncate -s -200 \"$f\"",
	"head -c 20 /dev/zero | tr '\\0' '\\377' | dd of=\"$f\" bs=1 seek=60"
	" conv=notrunc status=none",
};

static void damage(const char *how)
{
	static const char told[] = "the office has set aside what this "
				   "computer sent, from commit";

	world_begin(make_world);
	assert_int_equal(
		run(NULL, 0,
		    "cp -a hub whole && cd hub/objects/pack && t=$(git -C ../.."
		    " for-each-ref --format='%%(objectname)'"
		    " refs/heads/outbox/edu) && for i in *.idx; do git"
		    " show-index < $i | grep -q $t && f=${i%%.idx}.pack; done;"
		    " chmod u+w \"$f\" && %s",
		    how),
		0);
	office_names_it(how, SYNC_QUARANTINED, "refs/heads/outbox/edu");
	sender_reads_it(how, told);
	/* Until it is put right, at each sync. */
	assert_int_equal(world_sync("office", 0)->refused, 1);
	sender_reads_it(how, told);
	assert_int_equal(
		run(NULL, 0, "cp whole/objects/pack/* hub/objects/pack/"), 0);
	assert_true(world_sync("office", 0)->merged > 0);
	assert_int_equal(world_sync("edu", 0)->n_details, 0);
	assert_int_equal(world_sync("edu", 0)->n_details, 0);
	assert_string_equal(world_state("office", "edu"),
			    world_state("edu", "edu"));
	world_verify("office");
	world_verify("edu");
	teardown(NULL);
}

static void
hostile_verdict__a_damaged_pack_is_told_until_it_is_whole(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(damages) / sizeof(damages[0]); i++)
		damage(damages[i]);
}

/* --- a signer that was revoked -------------------------------------------- */

static void hostile_verdict__a_revoked_signer_is_told_so(void **state)
{
	(void)state;
	world_begin(make_world);
	world_sync("office", 0);
	world_edit("office", "李明",
		   "UPDATE signer SET valid_until = '2022-06-30T00:00:00Z'"
		   " WHERE site = 'edu'");
	world_sync("office", 0);
	world_edit("edu", "王芳", "UPDATE handling SET doc_no = '教2号'");
	assert_true(world_sync("edu", ERR_HUB)->not_enrolled);
	assert_non_null(strstr(world_error(),
			       "ended this computer's key on 2022-06-30"));
	office_names_it("signer revoked", SYNC_QUARANTINED,
			"a key that ended on 2022-06-30T00:00:00Z");
	world_sync("edu", ERR_HUB);
	assert_string_equal(world_text("office",
				       "SELECT doc_no FROM handling WHERE unit"
				       " = 'edu'"),
			    "教1号");
	world_verify("office");
}

#define VERDICT_TEST(f) cmocka_unit_test_teardown(f, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		VERDICT_TEST(hostile_verdict__each_has_a_name_at_both_ends),
		VERDICT_TEST(
			hostile_verdict__a_refused_change_is_read_by_its_writer),
		VERDICT_TEST(
			hostile_verdict__a_damaged_pack_is_told_until_it_is_whole),
		VERDICT_TEST(hostile_verdict__a_revoked_signer_is_told_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
