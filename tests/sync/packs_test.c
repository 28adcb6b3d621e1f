/* packs_test.c - packs and indexes that are not what they say they are. The
 * hub in a folder is somebody else's: each read ends, with what git would
 * read or with a reason, and takes no more than is stated. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>
#include <zlib.h>

#include <cmocka.h>

#include "sync/git/packs.h"
#include "sync/git/repository.h"
#include "tests/sync/git_helper.h"

enum { OBJECTS = 700, INDEX_HEAD = 8 + 4 * 256 };

/* A pack being forged; object i is called name_of(i). */
static struct forged {
	struct buf pack;
	struct buf index;
	uint64_t offsets[OBJECTS];
	uint32_t n;
} forged;

static void begin(void)
{
	forged.n = 0;
	buf_clear(&forged.pack);
	buf_add(&forged.pack, "PACK\0\0\0\2\0\0\0\0", 12);
}

static int setup(void **state)
{
	(void)state;
	folder_make();
	assert_int_equal(run(NULL, 0, "mkdir p"), 0);
	begin();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	buf_release(&forged.pack);
	buf_release(&forged.index);
	folder_remove();
	return 0;
}

static struct oid name_of(uint32_t i)
{
	struct oid oid = {{(uint8_t)(i >> 8), (uint8_t)i, 1}};

	return oid;
}

static void add_number(struct buf *out, uint64_t value, int bytes)
{
	for (int i = bytes - 1; i >= 0; i--)
		buf_addc(out, (char)(value >> 8 * i & 255));
}

static void add_head(enum pack_type type, uint64_t size)
{
	unsigned byte = (unsigned)type << 4 | (unsigned)(size & 15);

	assert_true(forged.n < OBJECTS);
	forged.offsets[forged.n++] = forged.pack.len;
	for (size >>= 4; size > 0; size >>= 7) {
		buf_addc(&forged.pack, (char)(byte | 128));
		byte = (unsigned)(size & 127);
	}
	buf_addc(&forged.pack, (char)byte);
}

static void add_data(const void *bytes, size_t len)
{
	uLongf room = compressBound((uLong)len);
	unsigned char *made = malloc(room);

	assert_non_null(made);
	assert_int_equal(compress(made, &room, bytes, (uLong)len), Z_OK);
	buf_add(&forged.pack, made, room);
	free(made);
}

static void add_blob(const char *text)
{
	add_head(PACK_BLOB, strlen(text));
	add_data(text, strlen(text));
}

static void add_size(struct buf *out, uint64_t size)
{
	for (; size > 127; size >>= 7)
		buf_addc(out, (char)(size | 128));
	buf_addc(out, (char)size);
}

/* A delta that copies `size` bytes, in pieces of 16 MiB at most. */
static void add_copy(struct buf *out, uint64_t base, uint64_t size)
{
	add_size(out, base);
	add_size(out, size);
	for (uint64_t left = size; left > 0;) {
		uint64_t n = left < 0xffffff ? left : 0xffffff;

		buf_addc(out, (char)0xf0);
		for (int i = 0; i < 3; i++)
			buf_addc(out, (char)(n >> 8 * i & 255));
		left -= n;
	}
}

static void add_name_delta(uint32_t base, const struct buf *delta)
{
	struct oid name = name_of(base);

	add_head(PACK_NAME_DELTA, delta->len);
	buf_add(&forged.pack, name.bytes, OID_SIZE);
	add_data(delta->data, delta->len);
}

static void add_distance(uint64_t back)
{
	unsigned char bytes[10];
	size_t n = sizeof(bytes);

	bytes[--n] = (unsigned char)(back & 127);
	while ((back >>= 7) > 0)
		bytes[--n] = (unsigned char)(128 | (--back & 127));
	buf_add(&forged.pack, bytes + n, sizeof(bytes) - n);
}

static void add_offset_delta(uint32_t base, const struct buf *delta)
{
	uint64_t here = forged.pack.len;

	add_head(PACK_OFFSET_DELTA, delta->len);
	add_distance(here - forged.offsets[base]);
	add_data(delta->data, delta->len);
}

/* The index, with these offsets. */
static void make_index(void)
{
	struct buf *out = &forged.index;

	buf_clear(out);
	buf_add(out, "\377tOc\0\0\0\2", 8);
	for (uint32_t byte = 0; byte < 256; byte++) {
		uint32_t upto = (byte + 1) << 8;

		add_number(out, upto < forged.n ? upto : forged.n, 4);
	}
	for (uint32_t i = 0; i < forged.n; i++) {
		struct oid name = name_of(i);

		buf_add(out, name.bytes, OID_SIZE);
	}
	for (uint32_t i = 0; i < forged.n; i++)
		add_number(out, 0, 4);
	for (uint32_t i = 0; i < forged.n; i++)
		add_number(out, forged.offsets[i], 4);
	for (int i = 0; i < 5; i++)
		add_number(out, 0, 8);
	assert_false(out->failed);
}

static void put(void)
{
	put_file(in_folder("p/pack-x.pack"), forged.pack.data, forged.pack.len);
	put_file(in_folder("p/pack-x.idx"), forged.index.data,
		 forged.index.len);
}

static void finish(void)
{
	buf_add(&forged.pack, "twenty bytes of hash", 20);
	make_index();
	put();
}

static struct packs *opened(void)
{
	struct packs *packs = NULL;
	struct err err;

	assert_int_equal(packs_open(&packs, in_folder("p"), &err), 0);
	return packs;
}

/* Object `i`: its error, or 0 and its bytes in *out. Its head agrees. */
static int read_one(struct buf *out, struct packs *packs, uint32_t i,
		    struct err *err)
{
	struct oid name = name_of(i);
	enum pack_type type;
	enum pack_type said;
	struct err ignored;
	size_t size;
	int rc = packs_read(out, &type, packs, &name, err);

	if (rc == 0) {
		assert_int_equal(
			packs_head(&said, &size, packs, &name, &ignored), 0);
		assert_int_equal(said, type);
		assert_int_equal(size, out->len);
	} else {
		packs_head(&said, &size, packs, &name, &ignored);
		assert_int_equal(out->len, 0);
	}
	return rc;
}

/* Anew each time: nothing kept helps. */
static int read_anew(struct buf *out, uint32_t i, struct err *err)
{
	struct packs *packs = opened();
	int rc = read_one(out, packs, i, err);

	packs_close(packs);
	return rc;
}

static void expect_error(int rc, uint32_t i, const char *why)
{
	struct buf out = BUF_INIT;
	struct err err = {0};

	assert_int_equal(read_anew(&out, i, &err), rc);
	if (strstr(err.text, why) == NULL)
		fail_msg("%s", err.text);
	buf_release(&out);
}

static void expect_refused(uint32_t i, const char *why)
{
	expect_error(ERR_CORRUPT, i, why);
}

static void expect_text(uint32_t i, const char *text)
{
	struct buf out = BUF_INIT;
	struct err err = {0};
	int rc = read_anew(&out, i, &err);

	if (rc < 0)
		fail_msg("%s", err.text);
	assert_string_equal(buf_text(&out), text);
	buf_release(&out);
}

/* --- what is lawful ------------------------------------------------------ */

static void check_all(struct repository *repository, const char *list)
{
	struct buf out = BUF_INIT;
	char line[128];
	FILE *lines = fopen(list, "r");
	int n = 0;

	assert_non_null(lines);
	while (fgets(line, sizeof(line), lines) != NULL) {
		char kind[16];
		size_t size;
		struct oid oid;
		struct err err;

		assert_true(oid_parse(&oid, line, strlen(line)));
		assert_int_equal(sscanf(line + 40, "%15s %zu", kind, &size), 2);
		if (repository_read(&out, repository, &oid,
				    *kind == 'c'   ? OBJECT_COMMIT
				    : *kind == 't' ? OBJECT_TREE
						   : OBJECT_BLOB,
				    &err) < 0)
			fail_msg("%s: %s", line, err.text);
		assert_int_equal(out.len, size);
		n++;
	}
	fclose(lines);
	assert_true(n > 180);
	buf_release(&out);
}

/* libgit2 hashes what it is given: that the names fit is proof. */
static void packs__all_that_stock_git_packed_is_read(void **state)
{
	static const char *const how[] = {
		"git repack -q -a -d -f --depth=50",
		"git repack -q -a -d -f --depth=400 --window=20",
		"git -c repack.useDeltaBaseOffset=false repack -q -a -d -f",
		("git -c pack.writeReverseIndex=true repack -q -a -d -b &&"
		 " git multi-pack-index write"),
		"git -c pack.compression=0 repack -q -a -d -F",
	};

	(void)state;
	assert_int_equal(
		run(NULL, 0,
		    "git init -q -b main w && cd w && export GIT_AUTHOR_NAME=N"
		    " GIT_AUTHOR_EMAIL=e GIT_COMMITTER_NAME=N"
		    " GIT_COMMITTER_EMAIL=e; seq 1 4000 > big;"
		    " for i in $(seq 1 60); do echo \"$i $i\" >> big; seq $i $(("
		    "i * 9)) > small; git add . && git commit -q -m $i || exit"
		    " 1; done; git clone -q --bare . ../r.git && cd ../r.git &&"
		    " git cat-file --batch-all-objects --batch-check='"
		    "%%(objectname) %%(objecttype) %%(objectsize)' > ../list"),
		0);
	for (size_t i = 0; i < sizeof(how) / sizeof(how[0]); i++) {
		struct repository *repository = NULL;
		struct err err;

		assert_int_equal(run(NULL, 0, "cd r.git && %s", how[i]), 0);
		assert_int_equal(repository_open(&repository,
						 in_folder("r.git"),
						 REPOSITORY_READ, &err),
				 0);
		check_all(repository, in_folder("list"));
		repository_close(repository);
	}
}

static void packs__differences_make_what_they_say(void **state)
{
	struct buf delta = BUF_INIT;

	(void)state;
	add_blob("hello world");
	buf_add(&delta, "\x0b\x07\x90\x05\x02, ", 7);
	add_name_delta(0, &delta);
	buf_truncate(&delta, 0);
	buf_add(&delta, "\x07\x03\x91\x04\x03", 5);
	add_offset_delta(1, &delta);
	finish();
	expect_text(0, "hello world");
	expect_text(1, "hello, ");
	expect_text(2, "o, ");
	buf_release(&delta);
}

static void expect_size(struct packs *packs, uint32_t i, size_t size)
{
	struct oid name = name_of(i);
	enum pack_type type;
	struct err err;
	size_t said;

	if (packs_head(&type, &said, packs, &name, &err) < 0)
		fail_msg("%u: %s", i, err.text);
	assert_int_equal(said, size);
}

/* The first bytes of a stream may need some hundred of it: more than are left
 * in what was read of the pack for another object. */
static void packs__a_head_at_the_end_of_what_was_read_is_seen(void **state)
{
	enum { PIECES = 300, PIECE = 100 };
	char noise[8200];
	uint32_t x = 1;

	(void)state;
	for (size_t i = 0; i < sizeof(noise); i++)
		noise[i] = (char)((x = x * 1664525 + 1013904223) >> 24);
	for (size_t len = 7900; len < sizeof(noise); len += 7) {
		struct buf delta = BUF_INIT;
		struct packs *packs;

		begin();
		add_head(PACK_BLOB, len);
		add_data(noise, len);
		add_size(&delta, len);
		add_size(&delta, PIECES * PIECE);
		for (int i = 0; i < PIECES; i++) {
			buf_addc(&delta, PIECE);
			for (int k = 0; k < PIECE; k++)
				buf_addc(&delta, (char)(noise[i * 9 + k] % 50));
		}
		add_name_delta(0, &delta);
		finish();
		packs = opened();
		expect_size(packs, 0, len);
		expect_size(packs, 1, PIECES * PIECE);
		packs_close(packs);
		buf_release(&delta);
	}
}

/* --- chains -------------------------------------------------------------- */

static void packs__differences_that_name_each_other_end(void **state)
{
	struct buf delta = BUF_INIT;

	(void)state;
	add_copy(&delta, 4, 4);
	add_name_delta(1, &delta);
	add_name_delta(2, &delta);
	add_name_delta(0, &delta);
	add_name_delta(3, &delta); /* itself */
	add_offset_delta(0, &delta);
	add_blob("fine");
	finish();
	for (uint32_t i = 0; i < 5; i++)
		expect_refused(i, "or from itself");
	expect_text(5, "fine");
	/* libgit2 would ask this one first. */
	assert_int_equal(run(NULL, 0,
			     "head -c 4000 /dev/urandom >"
			     " p/multi-pack-index"),
			 0);
	expect_refused(0, "or from itself");
	expect_text(5, "fine");
	buf_release(&delta);
}

static void packs__a_chain_is_followed_so_far_and_no_further(void **state)
{
	struct buf delta = BUF_INIT;

	(void)state;
	add_blob("base");
	add_copy(&delta, 4, 4);
	for (uint32_t i = 0; i < PACKS_DEPTH_MAX + 20; i++)
		add_offset_delta(i, &delta);
	finish();
	expect_text(PACKS_DEPTH_MAX, "base");
	expect_refused(PACKS_DEPTH_MAX + 1, "more than 512 others");
	expect_refused(PACKS_DEPTH_MAX + 20, "more than 512 others");
	buf_release(&delta);
}

static void packs__a_base_that_is_not_there_is_told(void **state)
{
	struct buf delta = BUF_INIT;

	(void)state;
	add_blob("base");
	add_copy(&delta, 4, 4);
	add_name_delta(600, &delta);
	add_head(PACK_OFFSET_DELTA, delta.len);
	add_distance(1 << 20);
	add_data(delta.data, delta.len);
	add_head(PACK_OFFSET_DELTA, delta.len);
	buf_addc(&forged.pack, 0); /* itself */
	add_data(delta.data, delta.len);
	finish();
	expect_refused(1, "is not in it");
	expect_refused(2, "is none");
	expect_refused(3, "is none");
	buf_release(&delta);
}

/* --- sizes --------------------------------------------------------------- */

static void packs__another_size_than_stated_is_refused(void **state)
{
	static const uint64_t sizes[] = {0, 1, 3, 5, 6000, 64 << 20, 40000000};

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		add_head(PACK_BLOB, sizes[i]);
		add_data("four", 4);
	}
	add_head(PACK_BLOB, (64 << 20) + 1);
	add_data("four", 4);
	add_head(PACK_COMMIT, (4 << 20) + 1);
	add_data("four", 4);
	add_head(PACK_BLOB, UINT64_MAX >> 3);
	add_data("four", 4);
	finish();
	for (uint32_t i = 0; i < 7; i++)
		expect_refused(i, "not as large as it says");
	expect_refused(7, "67108865 bytes, more than 67108864");
	expect_refused(8, "4194305 bytes, more than 4194304");
	expect_refused(9, "an object");
}

static void packs__a_difference_out_of_bounds_is_refused(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
	} lies[] = {
		{"\x05\x01\x90\x01", 4},     /* of another base */
		{"\x04\x05\x90\x05", 4},     /* copies too much */
		{"\x04\x01\x91\x04\x01", 5}, /* from behind it */
		{"\x04\x01\x9f\xff\xff\xff\xff\x01", 8},
		{"\x04\x02\x90\x01", 4},  /* makes too little */
		{"\x04\x01\x90\x02", 4},  /* too much */
		{"\x04\x01\x05xx", 5},	  /* is cut off */
		{"\x04\x01\x91\x01", 4},  /* here, too */
		{"\x04\x01\x00\x01x", 5}, /* a reserved instruction */
		{"\x04", 1},		  /* without its sizes */
		{"\x04\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f", 11},
		{"\x04\x81\x80\x80\x20", 5}, /* 64 MiB and one byte */
	};

	(void)state;
	add_blob("base");
	for (size_t i = 0; i < sizeof(lies) / sizeof(lies[0]); i++) {
		const struct buf delta = {(char *)(uintptr_t)lies[i].bytes,
					  lies[i].len, 0, false};

		add_name_delta(0, &delta);
	}
	finish();
	for (uint32_t i = 1; i < forged.n; i++)
		expect_refused(i, "");
}

/* 64 MiB again and again, of a pack of some KiB. */
static void packs__a_bomb_goes_off_unheard(void **state)
{
	const size_t size = 64 << 20;
	char *zeros = calloc(1, size);
	struct buf delta = BUF_INIT;

	(void)state;
	assert_non_null(zeros);
	add_head(PACK_BLOB, size);
	add_data(zeros, size);
	free(zeros);
	add_copy(&delta, size, size);
	for (uint32_t i = 0; i < 40; i++)
		add_name_delta(i, &delta);
	finish();
	assert_true(forged.pack.len < 100000);
	expect_refused(40, "more work");
	buf_release(&delta);
}

/* --- indexes ------------------------------------------------------------- */

static void packs__forged_offsets_are_refused(void **state)
{
	uint64_t end;

	(void)state;
	for (int i = 0; i < 8; i++)
		add_blob("one of several");
	buf_add(&forged.pack, "twenty bytes of hash", 20);
	end = forged.pack.len;
	forged.offsets[1] = 0;
	forged.offsets[2] = 11;
	forged.offsets[3] = end - 20;
	forged.offsets[4] = end + 1000;
	forged.offsets[5] = 0x80000000; /* the first of no long ones */
	forged.offsets[6] = 0xffffffff;
	forged.offsets[7]++; /* within an object */
	make_index();
	put();
	expect_text(0, "one of several");
	for (uint32_t i = 1; i < 5; i++)
		expect_error(ERR_MISSING, i, "outside of the pack");
	for (uint32_t i = 5; i < 7; i++)
		expect_error(ERR_MISSING, i, "an offset beyond its end");
	expect_refused(7, "");
	/* A long one that leads far away. */
	forged.offsets[1] = 0x80000000;
	make_index();
	buf_truncate(&forged.index, forged.index.len - 40);
	add_number(&forged.index, UINT64_MAX - 5, 8);
	for (int i = 0; i < 5; i++)
		add_number(&forged.index, 0, 8);
	put();
	expect_error(ERR_MISSING, 1, "outside of the pack");
}

static void read_all(void)
{
	struct packs *packs = opened();
	struct buf out = BUF_INIT;
	struct err err;

	for (uint32_t i = 0; i < forged.n + 1; i++)
		read_one(&out, packs, i, &err);
	buf_release(&out);
	packs_close(packs);
}

static void small_pack(void)
{
	struct buf delta = BUF_INIT;

	add_blob("base");
	add_copy(&delta, 4, 4);
	add_offset_delta(0, &delta);
	add_name_delta(1, &delta);
	finish();
	expect_text(2, "base");
	buf_release(&delta);
}

static void packs__cut_off_anywhere_ends(void **state)
{
	struct buf index;
	struct buf pack;

	(void)state;
	small_pack();
	index = forged.index;
	pack = forged.pack;
	for (size_t len = 0; len < index.len; len++) {
		/* The 256 counts are all alike. */
		len += len > 16 && len < INDEX_HEAD - 8 ? 15 : 0;
		forged.index.len = len;
		put();
		read_all();
	}
	forged.index = index;
	for (size_t len = 0; len < pack.len; len++) {
		forged.pack.len = len;
		put();
		read_all();
	}
	forged.pack = pack;
	put();
	expect_text(2, "base");
}

static void flip_each(struct buf *bytes, size_t from)
{
	for (size_t bit = from * 8; bit < bytes->len * 8; bit++) {
		bytes->data[bit / 8] ^= (char)(1 << bit % 8);
		put();
		read_all();
		bytes->data[bit / 8] ^= (char)(1 << bit % 8);
	}
}

static void packs__a_flipped_bit_anywhere_ends(void **state)
{
	(void)state;
	small_pack();
	flip_each(&forged.pack, 0);
	flip_each(&forged.index, INDEX_HEAD - 16);
	put();
	expect_text(2, "base");
}

/* Mapped memory would be a signal here. */
static void packs__cut_short_while_it_is_read_is_an_error(void **state)
{
	struct oid name = name_of(2);
	struct packs *packs;
	enum pack_type type;
	struct buf out = BUF_INIT;
	struct err err;

	(void)state;
	small_pack();
	packs = opened();
	assert_int_equal(packs_find(packs, &name, &err), 0);
	assert_int_equal(truncate(in_folder("p/pack-x.pack"), 20), 0);
	assert_int_equal(packs_read(&out, &type, packs, &name, &err),
			 ERR_CORRUPT);
	assert_non_null(strstr(err.text, "cut short"));
	packs_close(packs);
	buf_release(&out);
}

static void packs__a_pipe_and_a_link_are_no_packs(void **state)
{
	static const char *const how[] = {
		"rm p/pack-x.pack && mkfifo p/pack-x.pack",
		"rm p/pack-x.pack && ln -s /dev/zero p/pack-x.pack",
		"rm p/pack-x.pack && mkdir p/pack-x.pack",
		"rm p/pack-x.idx && mkfifo p/pack-x.idx",
		"rm p/pack-x.idx && ln -s /dev/zero p/pack-x.idx",
		"rm p/pack-x.pack",
	};
	struct buf out = BUF_INIT;
	struct err err;

	(void)state;
	small_pack();
	for (size_t i = 0; i < sizeof(how) / sizeof(how[0]); i++) {
		assert_int_equal(run(NULL, 0, "%s", how[i]), 0);
		assert_int_equal(read_anew(&out, 0, &err), ERR_MISSING);
		assert_int_equal(run(NULL, 0, "rm -rf p/*"), 0);
		put();
	}
	expect_text(0, "base");
	buf_release(&out);
}

/* What the system could not do is no answer, and is asked again. */
static void packs__a_file_that_cannot_be_opened_may_have_it(void **state)
{
	struct rlimit limit;
	struct rlimit none;
	struct packs *packs;
	struct oid oid = name_of(0);
	struct err err;

	(void)state;
	small_pack();
	packs = opened();
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
	none = limit;
	none.rlim_cur = 0;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	assert_int_equal(packs_find(packs, &oid, &err), ERR_FAIL);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
	assert_int_equal(packs_find(packs, &oid, &err), 0);
	packs_close(packs);
}

#define PACKS_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		PACKS_TEST(packs__all_that_stock_git_packed_is_read),
		PACKS_TEST(packs__differences_make_what_they_say),
		PACKS_TEST(packs__a_head_at_the_end_of_what_was_read_is_seen),
		PACKS_TEST(packs__differences_that_name_each_other_end),
		PACKS_TEST(packs__a_chain_is_followed_so_far_and_no_further),
		PACKS_TEST(packs__a_base_that_is_not_there_is_told),
		PACKS_TEST(packs__another_size_than_stated_is_refused),
		PACKS_TEST(packs__a_difference_out_of_bounds_is_refused),
		PACKS_TEST(packs__a_bomb_goes_off_unheard),
		PACKS_TEST(packs__forged_offsets_are_refused),
		PACKS_TEST(packs__cut_off_anywhere_ends),
		PACKS_TEST(packs__a_flipped_bit_anywhere_ends),
		PACKS_TEST(packs__cut_short_while_it_is_read_is_an_error),
		PACKS_TEST(packs__a_pipe_and_a_link_are_no_packs),
		PACKS_TEST(packs__a_file_that_cannot_be_opened_may_have_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
