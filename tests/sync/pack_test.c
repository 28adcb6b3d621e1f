/* pack_test.c - packs made and taken in: whole or not at all, no larger than
 * they may be, and no more than what was asked for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include <cmocka.h>

#include "core/base/sha1.h"
#include "sync/git/haul.h"
#include "sync/git/pack.h"
#include "sync/git/pack_scan.h"
#include "tests/sync/git_helper.h"
#include "tests/sync/roads_helper.h"

static struct repository *from;
static struct repository *into;

static int setup(void **state)
{
	(void)state;
	folder_make();
	from = roads_repository("from");
	into = roads_repository("into");
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	repository_close(from);
	repository_close(into);
	folder_remove();
	return 0;
}

/* All that a tip names, as a pack. */
static struct buf pack_of(const struct oid *tip)
{
	struct haul haul = {{NULL, 0, 0}, {NULL, 0, 0}};
	struct buf out = BUF_INIT;
	struct err err;

	assert_int_equal(haul_collect(&haul, from, NULL, tip, 1, &err), 0);
	assert_int_equal(pack_make(&out, from, &haul.oids, &err), 0);
	haul_release(&haul);
	return out;
}

static int take(const struct buf *pack, size_t len, const struct oid *tip,
		struct err *err)
{
	struct pack_intake *intake = NULL;
	int rc = repository_lock(into, err);

	if (rc == 0)
		rc = pack_intake_open(&intake, into, err);
	/* In pieces, as a network gives them. */
	for (size_t at = 0; rc == 0 && at < len; at += 100)
		rc = pack_intake_add(intake, pack->data + at,
				     len - at < 100 ? len - at : 100, err);
	if (rc == 0)
		rc = pack_intake_finish(intake, tip, 1, err);
	pack_intake_close(intake);
	repository_unlock(into);
	return rc;
}

static void nothing_is_left(void)
{
	assert_int_equal(run(NULL, 0,
			     "test ! -e into/quarantine &&"
			     " test -z \"$(ls into/objects/pack)\""),
			 0);
}

static void pack__what_was_made_is_taken_in_whole(void **state)
{
	struct oid one = roads_commit(from, NULL, "register/1-1/001.yaml", "1");
	struct oid two = roads_commit(from, &one, "register/1-1/002.yaml", "2");
	struct buf pack = pack_of(&two);
	struct err err;

	(void)state;
	assert_int_equal(take(&pack, pack.len, &two, &err), 0);
	assert_true(repository_has(into, &two));
	assert_int_equal(roads_objects("into"), 10);
	assert_int_equal(run(NULL, 0,
			     "test ! -e into/quarantine &&"
			     " git -C into fsck --strict"),
			 0);
	buf_release(&pack);
}

static void pack__cut_anywhere_it_leaves_nothing(void **state)
{
	struct oid one = roads_commit(from, NULL, "a/b", "some text");
	struct buf pack = pack_of(&one);
	struct err err;

	(void)state;
	for (size_t len = 0; len < pack.len; len++) {
		assert_int_equal(take(&pack, len, &one, &err), ERR_CORRUPT);
		assert_false(repository_has(into, &one));
	}
	nothing_is_left();
	buf_release(&pack);
}

static void pack__a_flipped_bit_anywhere_leaves_nothing(void **state)
{
	struct oid one = roads_commit(from, NULL, "a/b", "some text");
	struct buf pack = pack_of(&one);
	struct err err;

	(void)state;
	for (size_t i = 0; i < pack.len; i++) {
		pack.data[i] ^= (char)(1 << (i % 8));
		assert_true(take(&pack, pack.len, &one, &err) < 0);
		assert_int_not_equal(err.code, ERR_FAIL);
		pack.data[i] ^= (char)(1 << (i % 8));
	}
	nothing_is_left();
	assert_int_equal(take(&pack, pack.len, &one, &err), 0);
	buf_release(&pack);
}

static void pack__one_that_lacks_something_is_refused(void **state)
{
	struct oid one = roads_commit(from, NULL, "a/b", "1");
	struct oid two = roads_commit(from, &one, "a/b", "2");
	struct haul haul = {{NULL, 0, 0}, {NULL, 0, 0}};
	struct buf pack = BUF_INIT;
	struct err err;

	(void)state;
	/* As if `into` had the first commit. */
	assert_int_equal(oid_set_add(&haul.seen, &one), 1);
	assert_int_equal(haul_collect(&haul, from, NULL, &two, 1, &err), 0);
	assert_int_equal(pack_make(&pack, from, &haul.oids, &err), 0);
	assert_int_equal(haul.oids.n, 4);
	haul_release(&haul);
	assert_int_equal(take(&pack, pack.len, &two, &err), ERR_MISSING);
	assert_false(repository_has(into, &two));
	nothing_is_left();
	buf_release(&pack);
}

static void pack__only_what_the_tips_name_is_kept(void **state)
{
	struct oid one = roads_commit(from, NULL, "a", "1");
	struct oid other = roads_commit(from, NULL, "b", "not asked for");
	struct oid two = roads_commit(from, &other, "c", "2");
	struct haul haul = {{NULL, 0, 0}, {NULL, 0, 0}};
	const struct oid tips[] = {one, two};
	struct buf pack = BUF_INIT;
	struct err err;

	(void)state;
	assert_int_equal(haul_collect(&haul, from, NULL, tips, 2, &err), 0);
	assert_int_equal(pack_make(&pack, from, &haul.oids, &err), 0);
	haul_release(&haul);
	assert_int_equal(take(&pack, pack.len, &one, &err), 0);
	assert_true(repository_has(into, &one));
	assert_false(repository_has(into, &two));
	assert_false(repository_has(into, &other));
	assert_int_equal(roads_objects("into"), 3);
	buf_release(&pack);
}

static void pack__a_thin_pack_of_stock_git_is_taken(void **state)
{
	char text[20001];
	struct oid one;
	struct oid two;
	struct buf pack = BUF_INIT;
	struct err err;

	(void)state;
	for (size_t i = 0; i < 20000; i++)
		text[i] = (char)('a' + rand() % 26);
	text[20000] = '\0';
	one = roads_commit(from, NULL, "a", text);
	text[10000] = '-';
	two = roads_commit(from, &one, "a", text);
	pack = pack_of(&one);
	assert_int_equal(take(&pack, pack.len, &one, &err), 0);
	buf_clear(&pack);
	{
		char hex[2][OID_TEXT];

		oid_format(hex[0], &one);
		oid_format(hex[1], &two);
		assert_int_equal(
			run(NULL, 0,
			    "printf '%%s\\n^%%s\\n' %s %s | git -C from"
			    " pack-objects --thin --revs --stdout >thin",
			    hex[1], hex[0]),
			0);
	}
	assert_int_equal(buf_read_file(&pack, in_folder("thin"), 1 << 20, &err),
			 0);
	assert_true(pack.len < 10000);
	assert_int_equal(take(&pack, pack.len, &two, &err), 0);
	assert_true(repository_has(into, &two));
	assert_int_equal(run(NULL, 0, "git -C into fsck --strict"), 0);
	buf_release(&pack);
}

static void pack__what_a_killed_run_left_is_cleared(void **state)
{
	struct oid one = roads_commit(from, NULL, "a", "1");
	struct buf pack = pack_of(&one);
	struct err err;

	(void)state;
	assert_int_equal(run(NULL, 0,
			     "mkdir into/quarantine &&"
			     " echo half >into/quarantine/arriving"),
			 0);
	assert_int_equal(repository_lock(into, &err), 0);
	assert_int_equal(run(NULL, 0, "test ! -e into/quarantine"), 0);
	repository_unlock(into);
	assert_int_equal(take(&pack, pack.len, &one, &err), 0);
	assert_int_equal(run(NULL, 0, "test ! -e into/quarantine"), 0);
	buf_release(&pack);
}

/* --- bombs --------------------------------------------------------------- */

static void add_size(struct buf *out, unsigned type, uint64_t size)
{
	unsigned char byte = (unsigned char)(type << 4 | (size & 15));

	for (size >>= 4; size > 0; size >>= 7) {
		buf_addc(out, (char)(byte | 128));
		byte = size & 127;
	}
	buf_addc(out, (char)byte);
}

static void add_zeros(struct buf *out, size_t n)
{
	unsigned char *zeros = calloc(1, n);
	uLongf len = compressBound(n);
	unsigned char *small = malloc(len);

	assert_int_equal(compress(small, &len, zeros, n), Z_OK);
	buf_add(out, small, len);
	free(small);
	free(zeros);
}

static void add_trailer(struct buf *pack)
{
	uint8_t digest[SHA1_SIZE];
	struct sha1 sha1;

	sha1_init(&sha1);
	sha1_update(&sha1, pack->data, pack->len);
	sha1_final(&sha1, digest);
	buf_add(pack, digest, sizeof(digest));
}

/* A pack with one object; type, and what its head says, as given. */
static int scan_object(unsigned type, uint64_t says, size_t is, struct err *err)
{
	struct pack_scan *scan = NULL;
	struct buf pack = BUF_INIT;
	int rc;

	buf_add(&pack, "PACK\0\0\0\2\0\0\0\1", 12);
	add_size(&pack, type, says);
	add_zeros(&pack, is);
	add_trailer(&pack);
	assert_int_equal(pack_scan_open(&scan, NULL, NULL, err), 0);
	rc = pack_scan_add(scan, pack.data, pack.len, err);
	if (rc == 0)
		assert_true(pack_scan_whole(scan));
	pack_scan_close(scan);
	buf_release(&pack);
	return rc;
}

static void pack_scan__a_bomb_is_refused_by_its_head(void **state)
{
	struct err err;

	(void)state;
	assert_int_equal(scan_object(3, 1000, 1000, &err), 0);
	assert_int_equal(scan_object(3, OBJECT_BLOB_MAX + 1, 1000, &err),
			 ERR_CORRUPT);
	assert_non_null(strstr(err.text, "more than"));
	assert_int_equal(scan_object(1, OBJECT_COMMIT_MAX + 1, 10, &err),
			 ERR_CORRUPT);
	assert_int_equal(scan_object(5, 10, 10, &err), ERR_CORRUPT);
}

static void pack_scan__a_head_that_lies_is_refused(void **state)
{
	struct err err;

	(void)state;
	assert_int_equal(scan_object(3, 1000, 100000000, &err), ERR_CORRUPT);
	assert_non_null(strstr(err.text, "larger than it says"));
	assert_int_equal(scan_object(3, 1000, 999, &err), ERR_CORRUPT);
}

/* A delta of some bytes that makes an object of 1 TiB. */
static void pack_scan__a_delta_that_makes_too_much_is_refused(void **state)
{
	static const unsigned char delta[] = {1,    0x80, 0x80, 0x80, 0x80,
					      0x80, 0x20, 0x90, 1};
	unsigned char small[64];
	uLongf len = sizeof(small);
	struct pack_scan *scan = NULL;
	struct buf pack = BUF_INIT;
	struct err err;

	(void)state;
	buf_add(&pack, "PACK\0\0\0\2\0\0\0\1", 12);
	add_size(&pack, 7, sizeof(delta));
	buf_add(&pack, "01234567890123456789", 20);
	assert_int_equal(compress(small, &len, delta, sizeof(delta)), Z_OK);
	buf_add(&pack, small, len);
	assert_int_equal(pack_scan_open(&scan, NULL, NULL, &err), 0);
	assert_int_equal(pack_scan_add(scan, pack.data, pack.len, &err),
			 ERR_CORRUPT);
	assert_non_null(strstr(err.text, "more than"));
	pack_scan_close(scan);
	buf_release(&pack);
}

/* After a blob that travels as it is, `n` deltas that make 64 MiB each. */
static int scan_large(size_t blob, size_t n, struct err *err)
{
	static const unsigned char delta[] = {1,    0x80, 0x80, 0x80,
					      0x20, 0x90, 1};
	unsigned char *zeros = calloc(1, blob);
	unsigned char *bytes = malloc(compressBound(blob));
	uLongf len = compressBound(blob);
	struct pack_scan *scan = NULL;
	struct buf pack = BUF_INIT;
	int rc;

	buf_add(&pack, "PACK\0\0\0\2\0\0\0", 11);
	buf_addc(&pack, (char)(1 + n));
	add_size(&pack, 3, blob);
	assert_int_equal(compress2(bytes, &len, zeros, blob, 0), Z_OK);
	buf_add(&pack, bytes, len);
	for (size_t i = 0; i < n; i++) {
		len = compressBound(sizeof(delta));
		assert_int_equal(compress(bytes, &len, delta, sizeof(delta)),
				 Z_OK);
		add_size(&pack, 7, sizeof(delta));
		buf_add(&pack, "01234567890123456789", 20);
		buf_add(&pack, bytes, len);
	}
	add_trailer(&pack);
	assert_int_equal(pack_scan_open(&scan, NULL, NULL, err), 0);
	rc = pack_scan_add(scan, pack.data, pack.len, err);
	pack_scan_close(scan);
	buf_release(&pack);
	free(bytes);
	free(zeros);
	return rc;
}

static void pack_scan__what_came_bounds_what_it_makes(void **state)
{
	enum { MADE = 64 << 20, FREE = PACK_INFLATED_FREE / MADE };
	enum { MORE = MADE / PACK_INFLATED_TIMES };
	struct err err;

	(void)state;
	assert_int_equal(scan_large(100, FREE - 1, &err), 0);
	assert_int_equal(scan_large(100, FREE + 1, &err), ERR_CORRUPT);
	assert_non_null(strstr(err.text, "inflates to more than"));
	assert_int_equal(scan_large(MORE + MORE / 8, FREE + 1, &err), 0);
	assert_int_equal(scan_large(MORE + MORE / 8, FREE + 2, &err),
			 ERR_CORRUPT);
}

static void pack_scan__bytes_behind_the_trailer_are_refused(void **state)
{
	struct pack_scan *scan = NULL;
	struct buf pack = BUF_INIT;
	struct err err;

	(void)state;
	buf_add(&pack, "PACK\0\0\0\2\0\0\0\0", 12);
	add_trailer(&pack);
	assert_int_equal(pack_scan_open(&scan, NULL, NULL, &err), 0);
	assert_int_equal(pack_scan_add(scan, pack.data, pack.len, &err), 0);
	assert_true(pack_scan_whole(scan));
	assert_int_equal(pack_scan_add(scan, "x", 1, &err), ERR_CORRUPT);
	pack_scan_close(scan);
	buf_release(&pack);
}

#define PACK_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		PACK_TEST(pack__what_was_made_is_taken_in_whole),
		PACK_TEST(pack__cut_anywhere_it_leaves_nothing),
		PACK_TEST(pack__a_flipped_bit_anywhere_leaves_nothing),
		PACK_TEST(pack__one_that_lacks_something_is_refused),
		PACK_TEST(pack__only_what_the_tips_name_is_kept),
		PACK_TEST(pack__a_thin_pack_of_stock_git_is_taken),
		PACK_TEST(pack__what_a_killed_run_left_is_cleared),
		cmocka_unit_test(pack_scan__a_bomb_is_refused_by_its_head),
		cmocka_unit_test(pack_scan__a_head_that_lies_is_refused),
		cmocka_unit_test(
			pack_scan__a_delta_that_makes_too_much_is_refused),
		cmocka_unit_test(pack_scan__what_came_bounds_what_it_makes),
		cmocka_unit_test(
			pack_scan__bytes_behind_the_trailer_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
