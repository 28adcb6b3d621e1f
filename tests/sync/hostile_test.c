/* hostile_test.c - outboxes and packs made to do harm: each ends in a named
 * verdict or in quarantine, with everybody else's work going on.
 * ledger_test.c has those that only break the shape of a history. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include <cmocka.h>

#include "sync/git/oid.h"
#include "sync/wire/snapshots.h"
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
}

static int setup(void **state)
{
	(void)state;
	world_begin(make_world);
	return 0;
}

/* In the hub, as edu: $R its outbox; `make` turns its tip into another. */
static void as_edu(const char *make)
{
	char command[4096];

	snprintf(command, sizeof(command),
		 "cd hub && R=$(git for-each-ref --format='%%(refname)'"
		 " refs/heads/outbox/edu) && sign() { git -c user.name=N -c"
		 " user.email=e@x -c gpg.format=ssh -c"
		 " user.signingkey=../edu/key commit-tree -S \"$@\"; } && %s",
		 make);
	must_run(command);
}

/* Edu's batch, not merged yet, with its bytes changed; signed all the same. */
static void change_batch(const char *sed)
{
	char make[1024];

	snprintf(
		make, sizeof(make),
		"b=$(git cat-file blob $R:changes.msgpack | LC_ALL=C sed '%s' |"
		" git hash-object -w --stdin) && test $b != $(git rev-parse"
		" $R:changes.msgpack) && t=$(printf '100644 blob"
		" %%s\\tchanges.msgpack\\n' $b | git mktree) && git update-ref"
		" $R $(git log -1 --format=%%B $R | sign $t)",
		sed);
	as_edu(make);
}

/* One thing is amiss, of that kind, and its text has `what`. */
static void expect(enum sync_detail_kind kind, const char *what)
{
	const struct sync_report *report = world_sync("office", 0);

	assert_int_equal(report->n_details, 1);
	if (strstr(report->details[0].text, what) == NULL)
		fail_msg("%s", report->details[0].text);
	assert_int_equal(report->details[0].kind, kind);
	assert_int_equal(report->refused, 1);
}

/* hr's edit arrives, nothing of edu's did, and the proof holds. */
static void expect_unharmed(void)
{
	struct verify_report report = {.ok = false};
	struct node *node = NULL;
	struct err err = {0};

	world_edit("hr", "赵强", "UPDATE handling SET doc_no = '他号'");
	world_sync("hr", 0);
	world_sync("office", 0);
	assert_string_equal(world_text("office",
				       "SELECT group_concat(doc_no) FROM"
				       " handling"),
			    "他号");
	must_run(
		"git -C hub ls-tree -r --name-only main | grep -vE '^(signers|"
		"verdicts.msgpack|register/1-1/00[12].yaml)$' | wc -l | grep -qx"
		" 0");
	must_run("git -C hub fsck --strict");
	assert_int_equal(node_open(&node, in_folder("office"), &err), 0);
	assert_int_equal(node_verify(&report, node, VERIFY_HUB, NULL, &err), 0);
	for (size_t i = 0; i < report.n_findings; i++)
		print_error("%s\n", report.findings[i]);
	assert_true(report.ok);
	verify_report_release(&report);
	node_close(node);
}

static void hostile__bad_utf8_stops_its_ref(void **state)
{
	(void)state;
	change_batch("s/教1号/\\xff\\xfe\\xfd1号/");
	expect(SYNC_QUARANTINED, "changes.msgpack");
	expect_unharmed();
}

static void hostile__another_units_row_is_refused(void **state)
{
	(void)state;
	change_batch("s/1-1-001\\/edu/1-1-002\\/hr\\x20/");
	expect(SYNC_REFUSED, "not assigned to this unit");
	expect_unharmed();
}

static void hostile__paths_in_keys_reach_no_file(void **state)
{
	static const char *const keys[] = {
		"..\\/..\\/x",	       ".git\\/ab", "1-1-\\/..", "a\\x00b-1-1",
		"1-1-\\x0a\\x0a\\x0a", "-rf-1-1",   "x.lock-",	 "1-1-\\x7f01"};

	(void)state;
	as_edu("git update-ref refs/keep $R");
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		const struct sync_report *report;
		char sed[128];

		snprintf(sed, sizeof(sed), "s/1-1-001\\/edu/%s\\/edu/",
			 keys[i]);
		as_edu("git update-ref $R refs/keep");
		change_batch(sed);
		report = world_sync("office", 0);
		if (report->refused == 0)
			fail_msg("%s was taken", keys[i]);
	}
	must_run("git -C hub update-ref -d refs/keep");
	expect_unharmed();
}

static void hostile__another_sites_name_in_a_batch_stops_its_ref(void **state)
{
	(void)state;
	as_edu("b=$(git cat-file blob $R:changes.msgpack | LC_ALL=C sed"
	       " 's/\\xa3edu/\\xa3off/' | git hash-object -w --stdin) &&"
	       " t=$(printf '100644 blob %s\\tchanges.msgpack\\n' $b | git"
	       " mktree) && git update-ref $R $(git log -1 --format=%B $R |"
	       " sed 's/^Site: edu/Site: off/' | sign $t)");
	expect(SYNC_QUARANTINED, "in an outbox of edu");
	expect_unharmed();
}

static void hostile__an_unsigned_commit_stops_its_ref(void **state)
{
	(void)state;
	as_edu("git update-ref $R $(git log -1 --format=%B $R | git -c"
	       " user.name=N -c user.email=e@x commit-tree $R^{tree})");
	expect(SYNC_QUARANTINED, "sign");
	expect_unharmed();
}

static void hostile__a_signature_over_something_else_stops_its_ref(void **state)
{
	(void)state;
	as_edu("git update-ref $R $(git cat-file commit $R | sed"
	       " 's/^committer .*/committer X <x@x> 1 +0000/' | git"
	       " hash-object -t commit -w --stdin)");
	expect(SYNC_QUARANTINED, "sign");
	expect_unharmed();
}

/* Cut off, and some bytes turned, in the pack that holds edu's commit. */
static void hostile__a_damaged_pack_is_told_and_heals(void **state)
{
	static const char *const how[] = {
		"truncate -s -200 \"$f\"",
		"head -c 20 /dev/zero | tr '\\0' '\\377' | dd of=\"$f\" bs=1"
		" seek=60 conv=notrunc status=none"};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		const struct sync_report *report;
		char command[512];

		must_run("rm -rf whole && cp -a hub whole");
		snprintf(command, sizeof(command),
			 "cd hub/objects/pack && t=$(git -C ../.. for-each-ref"
			 " --format='%%(objectname)' refs/heads/outbox/edu) &&"
			 " for i in *.idx; do git show-index < $i | grep -q $t"
			 " && f=${i%%.idx}.pack; done; chmod u+w \"$f\" && %s",
			 how[i]);
		must_run(command);
		report = world_sync("office", 0);
		assert_true(report->n_details > 0);
		for (size_t k = 0; k < report->n_details; k++)
			assert_int_equal(report->details[k].kind,
					 SYNC_QUARANTINED);
		assert_string_equal(world_text("office",
					       "SELECT count(doc_no) FROM"
					       " handling"),
				    "0");
		must_run("rm -rf hub && mv whole hub");
	}
	assert_int_equal(world_sync("office", 0)->merged, 1);
	must_run("git -C hub fsck --strict");
}

/* --- a pack that is read without end ------------------------------------- */

static void add_number(struct buf *out, uint32_t value)
{
	for (int shift = 24; shift >= 0; shift -= 8)
		buf_addc(out, (char)(value >> shift & 255));
}

/* A difference of four bytes to the object called `base`. */
static void add_difference(struct buf *pack, const struct oid *base)
{
	unsigned char packed[64];
	uLongf len = sizeof(packed);

	assert_int_equal(compress(packed, &len,
				  (const unsigned char *)"\4\4\x90\4", 4),
			 Z_OK);
	buf_addc(pack, 0x74);
	buf_add(pack, base->bytes, OID_SIZE);
	buf_add(pack, packed, len);
}

/* Two objects, 11… and 22…, each made from the other. */
static void put_ring(const char *folder)
{
	struct oid names[2];
	uint32_t offsets[2];
	struct buf pack = BUF_INIT;
	struct buf index = BUF_INIT;

	buf_add(&pack, "PACK\0\0\0\2\0\0\0\2", 12);
	for (size_t i = 0; i < 2; i++)
		memset(names[i].bytes, i == 0 ? 0x11 : 0x22, OID_SIZE);
	for (size_t i = 0; i < 2; i++) {
		offsets[i] = (uint32_t)pack.len;
		add_difference(&pack, &names[1 - i]);
	}
	buf_add(&pack, "twenty bytes of hash", 20);
	buf_add(&index, "\377tOc\0\0\0\2", 8);
	for (unsigned byte = 0; byte < 256; byte++)
		add_number(&index, byte < 0x11 ? 0 : byte < 0x22 ? 1 : 2);
	for (size_t i = 0; i < 2; i++)
		buf_add(&index, names[i].bytes, OID_SIZE);
	for (size_t i = 0; i < 2; i++)
		add_number(&index, 0);
	for (size_t i = 0; i < 2; i++)
		add_number(&index, offsets[i]);
	buf_add(&index, "twenty bytes of hash, and twenty of more", 40);
	put_file(in_folder("%s/pack-ring.pack", folder), pack.data, pack.len);
	put_file(in_folder("%s/pack-ring.idx", folder), index.data, index.len);
	buf_release(&index);
	buf_release(&pack);
}

static void hostile__objects_made_from_each_other_stop_their_ref(void **state)
{
	const struct sync_report *report;

	(void)state;
	put_ring("hub/objects/pack");
	must_run(
		"cd hub && R=$(git for-each-ref --format='%(refname)'"
		" refs/heads/outbox/edu) && printf '%s\n'"
		" 1111111111111111111111111111111111111111 > $R && printf '%s\n'"
		" 2222222222222222222222222222222222222222 >"
		" refs/heads/outbox/edu/00000000000000aa");
	report = world_sync("office", 0);
	assert_int_equal(report->n_details, 2);
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(report->details[i].kind, SYNC_QUARANTINED);
		assert_non_null(
			strstr(report->details[i].text, "or from itself"));
	}
	/* Its node is told, puts its own in its place, and is not held up. */
	report = world_sync("edu", 0);
	assert_int_equal(report->refused, 1);
	must_run("cd hub && rm refs/heads/outbox/edu/00000000000000aa"
		 " objects/pack/pack-ring.*");
	assert_int_equal(world_sync("office", 0)->merged, 1);
	must_run("git -C hub fsck --strict");
	world_verify("office");
}

/* What a stranger leaves beside is not even read. */
static void hostile__an_object_of_64_mib_is_refused_unread(void **state)
{
	(void)state;
	as_edu("b=$(head -c 70000000 /dev/zero | git hash-object -w --stdin) &&"
	       " t=$(printf '100644 blob %s\\tchanges.msgpack\\n' $b | git"
	       " mktree) && git update-ref $R $(git log -1 --format=%B $R |"
	       " sign $t)");
	expect(SYNC_QUARANTINED, "outbox/edu");
	expect_unharmed();
}

/* A snapshot in edu's inbox, signed by the office, that accounts for more of
 * the node's own changes than it has made: its next ones would be no more. */
static void forge_snapshot(uint64_t last)
{
	uint64_t none = 0;
	struct snapshot_part part = {.seqs = &none};
	struct snapshot item = {"1-1-001", &part, 1};
	const struct snapshots snapshots = {&item, 1};
	struct buf bytes = BUF_INIT;
	struct err err = {0};

	part.origin = strtoull(world_text("edu", "SELECT value FROM _meta"
						 " WHERE name = 'origin'"),
			       NULL, 16);
	part.last = last;
	assert_int_equal(snapshots_encode(&bytes, &snapshots, &err), 0);
	assert_int_equal(
		buf_write_file(&bytes, in_folder("forged"), 0644, &err), 0);
	buf_release(&bytes);
	must_run(
		"cd hub && R=refs/heads/inbox/edu && b=$(git hash-object -w"
		" ../forged) && t=$( (git ls-tree $R | grep -v snapshot; printf"
		" '100644 blob %s\\tsnapshot.msgpack\\n' $b) | git mktree) &&"
		" git update-ref $R $(git log -1 --format=%B $R | git -c"
		" user.name=N -c user.email=e@x -c gpg.format=ssh -c"
		" user.signingkey=../office/key commit-tree -S -p $R $t)");
}

static void hostile__a_snapshot_silences_nobodys_next_change(void **state)
{
	const struct sync_report *report;

	(void)state;
	world_sync("office", 0);
	world_sync("edu", 0);
	must_run("git -C hub update-ref refs/keep refs/heads/inbox/edu");
	forge_snapshot(1 << 20);
	report = world_sync("edu", 0);
	assert_int_equal(report->n_details, 1);
	assert_int_equal(report->details[0].kind, SYNC_QUARANTINED);
	assert_non_null(strstr(report->details[0].text, "this node's name"));
	must_run("git -C hub update-ref refs/heads/inbox/edu refs/keep &&"
		 " git -C hub update-ref -d refs/keep");
	world_edit("edu", "王芳", "UPDATE handling SET doc_no = '教2号'");
	assert_string_equal(world_text("edu", "SELECT doc_no FROM handling"),
			    "教2号");
	world_sync("edu", 0);
	world_sync("office", 0);
	assert_string_equal(world_text("office",
				       "SELECT doc_no FROM handling WHERE unit"
				       " = 'edu'"),
			    "教2号");
}

#define HOSTILE_TEST(f) cmocka_unit_test_setup_teardown(f, setup, world_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		HOSTILE_TEST(hostile__bad_utf8_stops_its_ref),
		HOSTILE_TEST(hostile__another_units_row_is_refused),
		HOSTILE_TEST(hostile__paths_in_keys_reach_no_file),
		HOSTILE_TEST(
			hostile__another_sites_name_in_a_batch_stops_its_ref),
		HOSTILE_TEST(hostile__an_unsigned_commit_stops_its_ref),
		HOSTILE_TEST(
			hostile__a_signature_over_something_else_stops_its_ref),
		HOSTILE_TEST(hostile__a_damaged_pack_is_told_and_heals),
		HOSTILE_TEST(
			hostile__objects_made_from_each_other_stop_their_ref),
		HOSTILE_TEST(hostile__an_object_of_64_mib_is_refused_unread),
		HOSTILE_TEST(hostile__a_snapshot_silences_nobodys_next_change),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
