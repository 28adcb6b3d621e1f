/* pack_writer_test.c - packs we write and join ourselves, against stock git:
 * `git index-pack` inflates and names each object anew, and must come to the
 * very index that we made. */
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

#include "core/base/sha1.h"
#include "sync/git/pack_delta.h"
#include "sync/git/pack_diff.h"
#include "sync/git/pack_join.h"
#include "sync/git/pack_versions.h"
#include "tests/sync/git_helper.h"

static int setup(void **state)
{
	(void)state;
	folder_make();
	return run(NULL, 0, "git init -q --bare r");
}

static int teardown(void **state)
{
	(void)state;
	folder_remove();
	return 0;
}

static uint64_t seed;

static size_t below(size_t n)
{
	seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
	return (size_t)(seed >> 33) % n;
}

/* Bytes as of a tree: names that rise, hashes. */
static void make_tree(struct buf *out, size_t entries)
{
	for (size_t i = 0; i < entries; i++) {
		buf_addf(out, "100644 %05zu.yaml", i);
		buf_addc(out, '\0');
		for (size_t k = 0; k < OID_SIZE; k++)
			buf_addc(out, (char)below(256));
	}
}

static void name_of(struct oid *out, const char *kind, const struct buf *bytes)
{
	char head[32];
	int n = snprintf(head, sizeof(head), "%s %zu", kind, bytes->len);
	struct sha1 sha1;

	sha1_init(&sha1);
	sha1_update(&sha1, head, (size_t)n + 1);
	sha1_update(&sha1, buf_text(bytes), bytes->len);
	sha1_final(&sha1, out->bytes);
}

static void add(struct pack_writer *writer, enum object_kind kind,
		const struct buf *bytes)
{
	static const char *const names[] = {[OBJECT_COMMIT] = "commit",
					    [OBJECT_TREE] = "tree",
					    [OBJECT_BLOB] = "blob"};
	struct oid oid;
	struct err err;

	name_of(&oid, names[kind], bytes);
	assert_int_equal(pack_writer_add(writer, &oid, kind, bytes, &err), 0);
}

/* Ends it: file NAME.pack (made in memory) and NAME.idx. */
static void finish(struct pack_writer *writer, const char *as)
{
	struct buf index = BUF_INIT;
	struct buf pack = BUF_INIT;
	char name[OID_TEXT];
	struct err err;

	assert_int_equal(pack_writer_finish(name, &index, writer, &err), 0);
	pack_writer_take(&pack, writer);
	put_file(in_folder("%s.pack", as), pack.data, pack.len);
	put_file(in_folder("%s.idx", as), index.data, index.len);
	pack_writer_close(writer);
	buf_release(&index);
	buf_release(&pack);
}

static void check_index(const char *as)
{
	assert_int_equal(run(NULL, 0,
			     "cd r && git index-pack -o ../again.idx ../%s.pack"
			     " && cmp ../again.idx ../%s.idx",
			     as, as),
			 0);
}

static size_t count(const char *command, const char *as)
{
	char out[32];

	assert_int_equal(run(out, sizeof(out), command, as), 0);
	return strtoul(out, NULL, 10);
}

#define DELTAS "git verify-pack -v %s.idx | awk 'NF == 7' | wc -l"

static void change(struct buf *bytes)
{
	size_t at = below(bytes->len - 40);

	switch (below(4)) {
	case 0: /* a stretch is taken out */
		memmove(bytes->data + at, bytes->data + at + 37,
			bytes->len - at - 37);
		buf_truncate(bytes, bytes->len - 37);
		break;
	case 1: /* one is put in */
		buf_add(bytes, "0123456789012345678901234567890123456", 37);
		memmove(bytes->data + at + 37, bytes->data + at,
			bytes->len - 37 - at);
		memset(bytes->data + at, 'x', 37);
		break;
	default: /* some are other ones */
		for (size_t i = 0; i < 20; i++)
			bytes->data[at + i] = (char)below(256);
	}
}

static void pack_writer__stock_git_reads_what_is_written(void **state)
{
	static const size_t sizes[] = {0,    1,	   15,	  16,	 100,
				       2047, 2048, 4096,  4097,	 70000,
				       300,  1024, 65535, 65536, 200000};
	struct pack_writer *writer = NULL;
	struct err err;

	(void)state;
	seed = 1;
	assert_int_equal(pack_writer_open(&writer, -1,
					  sizeof(sizes) / sizeof(*sizes), &err),
			 0);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		struct buf bytes = BUF_INIT;

		for (size_t k = 0; k < sizes[i]; k++)
			buf_addc(&bytes,
				 (char)(i % 2 ? below(256) : 'a' + below(3)));
		add(writer, OBJECT_BLOB, &bytes);
		buf_release(&bytes);
	}
	finish(writer, "p");
	check_index("p");
}

static void pack_writer__a_changed_tree_is_kept_as_what_changed(void **state)
{
	enum { TREES = 300 };
	struct pack_writer *writer = NULL;
	struct buf bytes = BUF_INIT;
	struct err err;

	(void)state;
	seed = 2;
	make_tree(&bytes, 1000);
	assert_int_equal(pack_writer_open(&writer, -1, TREES, &err), 0);
	for (size_t i = 0; i < TREES; i++) {
		add(writer, OBJECT_BLOB, &bytes);
		for (size_t k = below(3) + 1; k > 0; k--)
			change(&bytes);
	}
	finish(writer, "p");
	check_index("p");
	assert_true(count(DELTAS, "p") > TREES / 2);
	buf_release(&bytes);
}

static void pack_diff__what_is_not_alike_is_left_alone(void **state)
{
	struct buf out = BUF_INIT;
	struct buf a = BUF_INIT;
	struct buf b = BUF_INIT;

	(void)state;
	seed = 3;
	make_tree(&a, 100);
	for (size_t i = 0; i < a.len; i++)
		buf_addc(&b, (char)below(256));
	buf_adds(&out, "before");
	assert_false(pack_diff(&out, &a, &b, b.len / 4));
	assert_string_equal(buf_text(&out), "before");
	assert_true(pack_diff(&out, &a, &a, 16));
	buf_release(&out);
	buf_release(&a);
	buf_release(&b);
}

static void pack_match__what_moved_is_found_and_made_again(void **state)
{
	static const char text[] = "parent 0123456789 author 王芳 of u00";
	struct buf a = BUF_INIT;
	struct buf made = BUF_INIT;
	struct err err;

	(void)state;
	seed = 6;
	for (size_t i = 0; i < 12; i++) {
		buf_adds(&a, text);
		buf_addf(&a, " %zu\n", below(1000000));
	}
	for (size_t i = 0; i < 300; i++) {
		struct buf b = BUF_INIT;
		struct buf diff = BUF_INIT;

		buf_add(&b, a.data, a.len);
		for (size_t k = below(4); k > 0; k--)
			change(&b);
		assert_true(pack_match(&diff, &a, &b, b.len / 2));
		assert_int_equal(
			pack_delta_apply(&made, &a, &diff, b.len, &err), 0);
		assert_int_equal(made.len, b.len);
		assert_memory_equal(made.data, b.data, b.len);
		buf_release(&diff);
		buf_release(&b);
	}
	assert_false(pack_match(&a, &made, &made, 1));
	buf_release(&a);
	buf_release(&made);
}

/* A text in which stretches are replaced, put in, taken out and moved. */
static void pack_diff__what_moved_is_found(void **state)
{
	struct buf base = BUF_INIT;
	struct buf to = BUF_INIT;
	struct buf diff = BUF_INIT;
	struct buf made = BUF_INIT;
	struct err err;

	(void)state;
	seed = 6;
	for (size_t round = 0; round < 200; round++) {
		size_t len = 200 + below(5000);
		size_t half;

		buf_clear(&base);
		buf_clear(&to);
		buf_clear(&diff);
		for (size_t i = 0; i < len; i++)
			buf_addc(&base, (char)below(256));
		half = below(len);
		buf_add(&to, base.data + half, len - half);
		buf_addf(&to, "new %zu", round);
		buf_add(&to, base.data, half);
		for (size_t i = 0; i < 3; i++)
			change(&to);
		assert_true(pack_diff(&diff, &base, &to, to.len * 2));
		assert_int_equal(
			pack_delta_apply(&made, &base, &diff, to.len, &err), 0);
		assert_int_equal(made.len, to.len);
		assert_memory_equal(made.data, to.data, to.len);
		assert_true(diff.len < 300);
		assert_false(pack_diff(&diff, &base, &to, 8));
	}
	buf_release(&base);
	buf_release(&to);
	buf_release(&diff);
	buf_release(&made);
}

/* --- versions of one thing ------------------------------------------------- */

enum { LINES = 3, VERSIONS = 1500 };

static void add_versions(struct pack_writer *writer)
{
	struct pack_versions *versions = NULL;
	struct buf bytes[LINES] = {BUF_INIT, BUF_INIT, BUF_INIT};
	struct err err;

	assert_int_equal(pack_versions_open(&versions, writer, &err), 0);
	for (size_t i = 0; i < LINES; i++)
		make_tree(&bytes[i], 100 + i);
	for (size_t i = 0; i < VERSIONS * LINES; i++) {
		struct buf *one = &bytes[i % LINES];
		size_t at = 18 + 38 * below(90);
		struct oid oid;

		for (size_t k = 0; k < OID_SIZE; k++)
			one->data[at + k] = (char)below(256);
		name_of(&oid, "tree", one);
		assert_int_equal(pack_versions_add(versions, i % LINES, &oid,
						   OBJECT_TREE, one, &err),
				 0);
	}
	pack_versions_close(versions);
	for (size_t i = 0; i < LINES; i++)
		buf_release(&bytes[i]);
}

static void
pack_versions__a_line_is_hardly_ever_whole_and_never_deep(void **state)
{
	struct pack_writer *writer = NULL;
	struct err err;

	(void)state;
	seed = 7;
	assert_int_equal(pack_writer_open(&writer, -1, VERSIONS * LINES, &err),
			 0);
	add_versions(writer);
	finish(writer, "p");
	check_index("p");
	assert_true(count("git verify-pack -v %s.idx |"
			  " awk '$2 == \"tree\" && NF < 7' | wc -l",
			  "p") <= 2 * LINES);
	assert_true(
		count("git verify-pack -v %s.idx |"
		      " awk '$2 == \"tree\" && $6 > m { m = $6 } END { print m }'",
		      "p") <= PACK_VERSIONS_DEPTH);
	/* A version is 20 new bytes, and as much again for the way to it. */
	assert_true(count("wc -c < %s.pack", "p") < 100 * VERSIONS * LINES);
}

/* --- joining -------------------------------------------------------------- */

static int join(const char *as, const char *const *paths, size_t n,
		struct err *err)
{
	struct buf index = BUF_INIT;
	char name[OID_TEXT];
	int fd = open(in_folder("%s.pack", as),
		      O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	int rc;

	assert_true(fd >= 0);
	rc = pack_join(name, &index, fd, paths, n, err);
	close(fd);
	if (rc == 0)
		put_file(in_folder("%s.idx", as), buf_text(&index), index.len);
	buf_release(&index);
	return rc;
}

/* One version of a large tree, alone in a pack of its own. */
static void write_version(const struct buf *bytes, const char *as)
{
	struct pack_writer *writer = NULL;
	struct err err;

	assert_int_equal(pack_writer_open(&writer, -1, 1, &err), 0);
	add(writer, OBJECT_TREE, bytes);
	finish(writer, as);
}

static void pack_join__versions_in_packs_of_their_own_become_small(void **state)
{
	enum { N = 20 };
	static char kept[N][256];
	const char *paths[N];
	struct buf bytes = BUF_INIT;
	struct err err;

	(void)state;
	seed = 4;
	make_tree(&bytes, 500);
	for (size_t i = 0; i < N; i++) {
		char as[16];

		snprintf(as, sizeof(as), "p%zu", i);
		write_version(&bytes, as);
		snprintf(kept[i], sizeof(kept[i]), "%s", in_folder("%s", as));
		paths[i] = kept[i];
		bytes.data[20 + 39 * below(400)] ^= 1;
	}
	assert_int_equal(join("all", paths, N, &err), 0);
	check_index("all");
	assert_int_equal(count("git verify-pack -v %s.idx |"
			       " grep -c ' tree '",
			       "all"),
			 N);
	assert_true(count("wc -c < %s.pack", "all") <
		    2 * count("wc -c < %s.pack", "p0"));
	/* Joined again with one that it holds, it stays as it is. */
	paths[0] = in_folder("all");
	assert_int_equal(join("more", paths, 2, &err), 0);
	check_index("more");
	assert_int_equal(run(NULL, 0, "cmp all.pack more.pack"), 0);
	buf_release(&bytes);
}

/* A pack of one sync: a commit, and one of ten cases. */
static void write_sync(size_t i, const char *as)
{
	struct pack_writer *writer = NULL;
	struct buf commit = BUF_INIT;
	struct buf blob = BUF_INIT;
	struct err err;

	buf_adds(&commit, "author 单位 王芳 <278c03b5c709317a@u00>\n"
			  "gpgsig -----BEGIN SSH SIGNATURE-----\n ");
	for (size_t k = 0; k < 80; k++)
		buf_addc(&commit, (char)('A' + below(26)));
	buf_addf(&commit,
		 "\n -----END SSH SIGNATURE-----\n\n承办人 第%zu稿\n\n"
		 "Site: u00\nOrigin: 278c03b5c709317a\n",
		 i);
	buf_addf(&blob, "提案: 1-1-0%zu\n承办:\n  - 单位: 单位u00 (u00)\n",
		 i % 10);
	buf_addf(&blob, "    分工: 主办\n    承办人: 第%zu稿\n", i);
	assert_int_equal(pack_writer_open(&writer, -1, 2, &err), 0);
	add(writer, OBJECT_COMMIT, &commit);
	add(writer, OBJECT_BLOB, &blob);
	finish(writer, as);
	buf_release(&commit);
	buf_release(&blob);
}

/* Of 200 commits and 200 versions of ten cases, joined 20 at a time with what
 * was joined before, all but the first are differences. */
static void pack_join__a_chain_goes_on_from_pack_to_pack(void **state)
{
	enum { ROUNDS = 10, EACH = 20 };
	static char kept[EACH + 1][256];
	const char *paths[EACH + 1];
	struct err err;

	(void)state;
	seed = 7;
	for (size_t k = 0; k <= EACH; k++)
		paths[k] = kept[k];
	for (size_t round = 0; round < ROUNDS; round++) {
		size_t skip = round == 0;

		snprintf(kept[0], sizeof(kept[0]), "%s",
			 in_folder("all%zu", round));
		for (size_t k = 0; k < EACH; k++) {
			char as[16];

			snprintf(as, sizeof(as), "p%zu", k);
			write_sync(round * EACH + k, as);
			snprintf(kept[k + 1], sizeof(kept[k + 1]), "%s",
				 in_folder("%s", as));
		}
		assert_int_equal(join(round % 2 ? "all-1" : "all-0",
				      paths + skip, EACH + 1 - skip, &err),
				 0);
		check_index(round % 2 ? "all-1" : "all-0");
		assert_int_equal(
			run(NULL, 0,
			    "for k in pack idx; do cp all-%zu.$k all%zu.$k;"
			    " done",
			    round % 2, round + 1),
			0);
	}
	assert_true(count(DELTAS, "all-1") > 2 * ROUNDS * EACH - 20);
	assert_true(count("git verify-pack -v %s.idx |"
			  " awk 'NF == 7 && $6 > m {m = $6} END {print m}'",
			  "all-1") <= 50);
}

/* Two packs of stock git that share objects, full of differences: one names
 * bases by distance, the other by name. */
static void make_git_packs(void)
{
	assert_int_equal(
		run(NULL, 0,
		    "git init -q w && cd w && git config user.name a &&"
		    " git config user.email a@a && seq 1 2000 > f &&"
		    " git add f && git commit -q -m 0 &&"
		    " for i in 1 2 3 4 5 6 7 8 9; do"
		    "  sed -i \"${i}00s/.*/x$i/\" f; seq $i 900 > g$i;"
		    "  git add . && git commit -q -m $i; done &&"
		    " git rev-list --objects HEAD~3 |"
		    "  git pack-objects -q --delta-base-offset ../a > ../na &&"
		    " git rev-list --objects HEAD ^HEAD~7 |"
		    "  git pack-objects -q ../b > ../nb && cd .. &&"
		    " for p in a b; do for k in pack idx; do"
		    "  mv $p-$(cat n$p).$k $p.$k; done; done"),
		0);
}

static void pack_join__packs_of_stock_git_are_joined_as_they_are(void **state)
{
	const char *paths[2];
	struct err err;

	(void)state;
	make_git_packs();
	paths[0] = in_folder("a");
	paths[1] = in_folder("b");
	assert_true(count(DELTAS, "a") > 0);
	assert_true(count(DELTAS, "b") > 0);
	assert_int_equal(join("ab", paths, 2, &err), 0);
	check_index("ab");
	paths[0] = in_folder("b");
	paths[1] = in_folder("a");
	assert_int_equal(join("ba", paths, 2, &err), 0);
	check_index("ba");
	assert_int_equal(
		run(NULL, 0,
		    "cp ab.pack ab.idx w/.git/objects/pack/ && rm -rf"
		    " w/.git/objects/[0-9a-f][0-9a-f] && cd w/.git/objects/pack"
		    " && mv ab.pack pack-$(git hash-object ab.pack).pack &&"
		    " mv ab.idx $(ls pack-*.pack | sed s/pack$/idx/) && cd"
		    " ../../.. && git fsck --full --strict"),
		0);
}

static void pack_join__each_damaged_byte_is_found(void **state)
{
	static const char *const tails[] = {"pack", "idx"};
	struct buf bytes = BUF_INIT;
	char source[256];
	const char *paths[1] = {source};
	struct err err;

	(void)state;
	seed = 5;
	make_tree(&bytes, 20);
	write_version(&bytes, "p");
	snprintf(source, sizeof(source), "%s", in_folder("p"));
	for (size_t i = 0; i < 2; i++) {
		char path[300];
		struct buf file = BUF_INIT;

		snprintf(path, sizeof(path), "%s.%s", source, tails[i]);
		assert_int_equal(buf_read_file(&file, path, 1 << 20, &err), 0);
		for (size_t at = 0; at < file.len; at++) {
			file.data[at] ^= (char)(1 << at % 8);
			put_file(path, file.data, file.len);
			assert_int_equal(join("out", paths, 1, &err),
					 ERR_CORRUPT);
			file.data[at] ^= (char)(1 << at % 8);
		}
		for (size_t len = 0; len < file.len; len += 7) {
			put_file(path, file.data, len);
			assert_int_equal(join("out", paths, 1, &err),
					 ERR_CORRUPT);
		}
		put_file(path, file.data, file.len);
		buf_release(&file);
	}
	assert_int_equal(join("out", paths, 1, &err), 0);
	check_index("out");
	assert_int_equal(run(NULL, 0, "rm p.idx"), 0);
	assert_int_equal(join("out", paths, 1, &err), ERR_MISSING);
	buf_release(&bytes);
}

#define PACK_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		PACK_TEST(pack_writer__stock_git_reads_what_is_written),
		PACK_TEST(pack_writer__a_changed_tree_is_kept_as_what_changed),
		PACK_TEST(pack_match__what_moved_is_found_and_made_again),
		PACK_TEST(pack_join__a_chain_goes_on_from_pack_to_pack),
		PACK_TEST(pack_diff__what_is_not_alike_is_left_alone),
		PACK_TEST(pack_diff__what_moved_is_found),
		PACK_TEST(
			pack_versions__a_line_is_hardly_ever_whole_and_never_deep),
		PACK_TEST(
			pack_join__versions_in_packs_of_their_own_become_small),
		PACK_TEST(pack_join__packs_of_stock_git_are_joined_as_they_are),
		PACK_TEST(pack_join__each_damaged_byte_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
