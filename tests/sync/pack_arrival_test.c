/* pack_arrival_test.c - packs from elsewhere: named and indexed as stock git
 * does it, byte for byte, and refused where they ask for more than they may. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <zlib.h>

#include <cmocka.h>

#include "core/base/deflate.h"
#include "core/base/sha1.h"
#include "sync/git/pack_arrival.h"
#include "sync/git/pack_resolve.h"
#include "sync/git/packs.h"
#include "tests/sync/git_helper.h"

static int setup(void **state)
{
	(void)state;
	folder_make();
	return run(NULL, 0, "git init -q --bare r && mkdir p");
}

static int teardown(void **state)
{
	(void)state;
	folder_remove();
	return 0;
}

/* --- making packs ---------------------------------------------------------- */

static void begin(struct buf *pack, uint32_t n)
{
	char head[PACK_HEAD] = "PACK\0\0\0\2";

	pack_put_number(head + 8, n);
	buf_clear(pack);
	buf_add(pack, head, sizeof(head));
}

static void add_stream(struct buf *pack, const void *bytes, size_t len)
{
	struct deflater *deflater = NULL;
	struct err err;

	assert_int_equal(deflater_open(&deflater, &err), 0);
	assert_int_equal(deflater_add(pack, deflater, bytes, len, &err), 0);
	deflater_close(deflater);
}

/* All of these return where the entry begins. */
static size_t add_whole(struct buf *pack, enum pack_type type,
			const void *bytes, size_t len)
{
	size_t at = pack->len;

	pack_add_head(pack, type, len);
	add_stream(pack, bytes, len);
	return at;
}

static size_t add_far(struct buf *pack, uint64_t distance, const void *delta,
		      size_t len)
{
	size_t at = pack->len;

	pack_add_head(pack, PACK_OFFSET_DELTA, len);
	pack_add_distance(pack, distance);
	add_stream(pack, delta, len);
	return at;
}

static size_t add_named(struct buf *pack, const struct oid *base,
			const void *delta, size_t len)
{
	size_t at = pack->len;

	pack_add_head(pack, PACK_NAME_DELTA, len);
	buf_add(pack, base->bytes, OID_SIZE);
	add_stream(pack, delta, len);
	return at;
}

static void add_size(struct buf *out, size_t size)
{
	for (; size > 127; size >>= 7)
		buf_addc(out, (char)((size & 127) | 128));
	buf_addc(out, (char)size);
}

/* Another last byte. */
static struct buf last_byte(size_t len, char byte)
{
	struct buf delta = BUF_INIT;
	size_t left = len - 1;

	add_size(&delta, len);
	add_size(&delta, len);
	while (left > 0) {
		size_t n = left < 0xffffff ? left : 0xffffff;
		size_t from = len - 1 - left;

		buf_addc(&delta, (char)0xff);
		for (unsigned i = 0; i < 4; i++)
			buf_addc(&delta, (char)(from >> 8 * i & 255));
		for (unsigned i = 0; i < 3; i++)
			buf_addc(&delta, (char)(n >> 8 * i & 255));
		left -= n;
	}
	buf_addc(&delta, 1);
	buf_addc(&delta, byte);
	return delta;
}

/* A stream that begins with `n` blocks of nothing. */
static void add_padded(struct buf *pack, const struct buf *body, size_t n)
{
	uLong sum = adler32(1, (const Bytef *)body->data, (uInt)body->len);
	char number[4];

	buf_add(pack, "\x78\x01", 2);
	for (size_t i = 0; i < n; i++)
		buf_add(pack, "\0\0\0\377\377", 5);
	buf_addc(pack, 1);
	for (unsigned i = 0; i < 4; i++)
		buf_addc(pack, (char)((i < 2 ? body->len : ~body->len) >>
				      8 * (i % 2)));
	buf_add(pack, body->data, body->len);
	pack_put_number(number, (uint32_t)sum);
	buf_add(pack, number, sizeof(number));
}

static void end(struct buf *pack)
{
	uint8_t digest[SHA1_SIZE];
	struct sha1 sha1;

	sha1_init(&sha1);
	sha1_update(&sha1, pack->data, pack->len);
	sha1_final(&sha1, digest);
	buf_add(pack, digest, sizeof(digest));
}

/* --- taking them ----------------------------------------------------------- */

static int nowhere(struct buf *out, enum object_kind *kind,
		   const struct oid *oid, void *ctx, struct err *err)
{
	(void)out;
	(void)kind;
	(void)oid;
	(void)ctx;
	return err_set(err, ERR_MISSING, "not here");
}

/* Leaves p/pack-x.pack and .idx, so that packs.h finds them. */
static int take(const struct buf *pack, pack_arrival_base *base, void *ctx,
		struct err *err)
{
	struct pack_arrival *arrival = NULL;
	struct buf index = BUF_INIT;
	char name[OID_TEXT];
	uint32_t completed = 0;
	int rc;

	unlink(in_folder("p/pack-x.pack"));
	unlink(in_folder("p/pack-x.idx"));
	rc = pack_arrival_open(&arrival, in_folder("p/pack-x.pack"), err);
	for (size_t at = 0; rc == 0 && at < pack->len; at += 10007)
		rc = pack_arrival_add(
			arrival, pack->data + at,
			pack->len - at < 10007 ? pack->len - at : 10007, err);
	if (rc == 0)
		rc = pack_arrival_finish(name, &index, &completed, arrival,
					 base, ctx, err);
	if (rc == 0)
		put_file(in_folder("p/pack-x.idx"), index.data, index.len);
	pack_arrival_close(arrival);
	buf_release(&index);
	return rc;
}

static void check_index(void)
{
	assert_int_equal(run(NULL, 0,
			     "cd r && git index-pack -o ../x.idx"
			     " ../p/pack-x.pack && cmp ../x.idx"
			     " ../p/pack-x.idx"),
			 0);
}

static void refused(const struct buf *pack, const char *why)
{
	struct err err = {0};

	assert_int_equal(take(pack, nowhere, NULL, &err), ERR_CORRUPT);
	if (strstr(err.text, why) == NULL)
		fail_msg("%s", err.text);
}

/* --- what stock git makes -------------------------------------------------- */

#define HISTORY                                                               \
	"git init -q w && cd w && git config user.name a &&"                  \
	" git config user.email a@a && seq 1 3000 > f && git add f &&"        \
	" git commit -q -m 0 && for i in 1 2 3 4 5 6 7 8 9; do"               \
	"  sed -i \"${i}00s/.*/x$i/\" f; seq $i 900 > g$i; : > empty$i;"      \
	"  mkdir -p d/d$i; echo $i > d/d$i/e; git add . && git commit -q -m " \
	"$i;"                                                                 \
	" done; git tag -a -m tag t && "

static struct buf made_by_git(const char *command)
{
	struct buf pack = BUF_INIT;
	struct err err;

	assert_int_equal(run(NULL, 0, "%s%s", HISTORY, command), 0);
	assert_int_equal(buf_read_file(&pack, in_folder("made"), 1 << 24, &err),
			 0);
	return pack;
}

static void
pack_arrival__packs_of_stock_git_get_the_index_it_makes(void **state)
{
	static const char *const options[] = {"--delta-base-offset", "",
					      "--window=0", "--depth=4000"};
	struct err err;

	(void)state;
	for (size_t i = 0; i < sizeof(options) / sizeof(*options); i++) {
		struct buf pack;
		char command[200];

		snprintf(command, sizeof(command),
			 "git pack-objects -q --all --no-reuse-delta %s "
			 "--stdout </dev/null >../made",
			 options[i]);
		assert_int_equal(run(NULL, 0, "rm -rf w"), 0);
		pack = made_by_git(command);
		assert_int_equal(take(&pack, nowhere, NULL, &err), 0);
		check_index();
		buf_release(&pack);
	}
}

static int read_from(struct buf *out, enum object_kind *kind,
		     const struct oid *oid, void *packs, struct err *err)
{
	enum pack_type type;
	int rc = packs_read(out, &type, packs, oid, err);

	*kind = (enum object_kind)type;
	return rc;
}

static void pack_arrival__a_thin_pack_is_completed(void **state)
{
	struct buf pack = made_by_git(
		"git repack -q -a -d && printf 'HEAD\\n^HEAD~5\\n' |"
		" git pack-objects -q --thin --revs --no-reuse-delta --stdout"
		" >../made");
	struct packs *packs = NULL;
	struct err err;

	(void)state;
	assert_int_equal(
		packs_open(&packs, in_folder("w/.git/objects/pack"), &err), 0);
	refused(&pack, "neither in the pack nor here");
	assert_int_equal(take(&pack, read_from, packs, &err), 0);
	check_index();
	packs_close(packs);
	buf_release(&pack);
}

static const char *const outside[] = {"aaaaaaaaaa", "bbbbbbbbbb"};

static struct oid name_of(const char *text)
{
	struct oid oid;
	struct err err;

	assert_int_equal(object_name(&oid, OBJECT_BLOB, text, strlen(text),
				     OBJECT_FROM_US, &err),
			 0);
	return oid;
}

static int read_outside(struct buf *out, enum object_kind *kind,
			const struct oid *oid, void *ctx, struct err *err)
{
	(void)ctx;
	*kind = OBJECT_BLOB;
	for (size_t i = 0; i < 2; i++) {
		struct oid name = name_of(outside[i]);

		if (!oid_equal(&name, oid))
			continue;
		buf_clear(out);
		buf_add(out, outside[i], 10);
		return 0;
	}
	return err_set(err, ERR_MISSING, "not here");
}

static void add_made(struct buf *pack, const char *base, const char *text)
{
	struct oid name = name_of(base);
	char delta[13] = "\x0a\x0a\x0a";

	memcpy(delta + 3, text, 10);
	add_named(pack, &name, delta, sizeof(delta));
}

static void can_be_read(const char *text)
{
	struct buf body = BUF_INIT;
	struct packs *packs = NULL;
	struct oid name = name_of(text);
	enum pack_type type;
	struct err err;

	assert_int_equal(packs_open(&packs, in_folder("p"), &err), 0);
	assert_int_equal(packs_read(&body, &type, packs, &name, &err), 0);
	assert_string_equal(buf_text(&body), text);
	packs_close(packs);
	buf_release(&body);
}

/* One base is here, and is made in the pack, too: the order in which they are
 * looked for, that of their names, is by chance; `i` tries both. */
static void
pack_arrival__a_thin_pack_may_make_what_it_is_completed_with(void **state)
{
	struct buf pack = BUF_INIT;
	struct err err;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		const char *one = outside[i % 2];
		const char *other = outside[1 - i % 2];

		begin(&pack, i == 2 ? 3 : 2);
		add_made(&pack, one, "cccccccccc");
		add_made(&pack, other, one);
		if (i == 2) /* in a ring, but for what is here */
			add_made(&pack, one, other);
		end(&pack);
		assert_int_equal(take(&pack, read_outside, NULL, &err), 0);
		can_be_read("cccccccccc");
		can_be_read(one);
	}
	buf_release(&pack);
}

static void pack_arrival__cut_or_damaged_anywhere_it_is_refused(void **state)
{
	struct buf pack = BUF_INIT;
	struct buf delta = last_byte(100, 'b');
	char text[100];
	struct err err;
	size_t one;

	(void)state;
	memset(text, 'a', sizeof(text));
	begin(&pack, 2);
	one = add_whole(&pack, PACK_BLOB, text, sizeof(text));
	add_far(&pack, pack.len - one, delta.data, delta.len);
	end(&pack);
	assert_int_equal(take(&pack, nowhere, NULL, &err), 0);
	check_index();
	for (size_t i = 0; i < pack.len; i++)
		for (unsigned bit = 0; bit < 8; bit++) {
			pack.data[i] ^= (char)(1U << bit);
			assert_int_equal(take(&pack, nowhere, NULL, &err),
					 ERR_CORRUPT);
			pack.data[i] ^= (char)(1U << bit);
		}
	while (pack.len > 0) {
		buf_truncate(&pack, pack.len - 1);
		assert_int_equal(take(&pack, nowhere, NULL, &err), ERR_CORRUPT);
	}
	buf_release(&delta);
	buf_release(&pack);
}

/* --- what is made to harm -------------------------------------------------- */

static void pack_arrival__names_in_a_ring_are_refused(void **state)
{
	struct oid one = {{1}};
	struct oid two = {{2}};
	struct buf pack = BUF_INIT;
	struct buf delta = last_byte(10, 'x');

	(void)state;
	begin(&pack, 3);
	add_named(&pack, &two, delta.data, delta.len);
	add_named(&pack, &one, delta.data, delta.len);
	add_whole(&pack, PACK_BLOB, "0123456789", 10);
	end(&pack);
	refused(&pack, "neither in the pack nor here");
	buf_release(&delta);
	buf_release(&pack);
}

/* A whole one and `n` more, each made from the one before. */
static struct buf chain_of(uint32_t n)
{
	struct buf pack = BUF_INIT;
	struct buf delta = BUF_INIT;
	char text[4] = "0000";
	size_t before;

	begin(&pack, n + 1);
	before = add_whole(&pack, PACK_BLOB, text, sizeof(text));
	for (uint32_t i = 1; i <= n; i++) {
		buf_clear(&delta);
		buf_add(&delta, "\4\4\4", 3);
		pack_put_number(text, i);
		buf_add(&delta, text, sizeof(text));
		before = add_far(&pack, pack.len - before, delta.data,
				 delta.len);
	}
	end(&pack);
	buf_release(&delta);
	return pack;
}

static void pack_arrival__a_chain_is_as_long_as_we_can_read_it(void **state)
{
	struct buf pack = chain_of(PACKS_DEPTH_MAX);
	struct buf body = BUF_INIT;
	struct packs *packs = NULL;
	enum pack_type type;
	struct oid last;
	char text[4];
	struct err err;

	(void)state;
	assert_int_equal(take(&pack, nowhere, NULL, &err), 0);
	check_index();
	assert_int_equal(packs_open(&packs, in_folder("p"), &err), 0);
	pack_put_number(text, PACKS_DEPTH_MAX);
	assert_int_equal(object_name(&last, OBJECT_BLOB, text, 4,
				     OBJECT_FROM_US, &err),
			 0);
	assert_int_equal(packs_read(&body, &type, packs, &last, &err), 0);
	packs_close(packs);
	buf_release(&body);
	buf_release(&pack);
	pack = chain_of(PACKS_DEPTH_MAX + 1);
	refused(&pack, "from more than 512 others");
	buf_release(&pack);
	pack = chain_of(100000);
	refused(&pack, "from more than 512 others");
	buf_release(&pack);
}

static void pack_arrival__a_stream_longer_than_we_read_is_refused(void **state)
{
	enum { MOST = (1024 - 11) / 5 }; /* blocks of 5, the frame takes 11 */
	struct buf body = BUF_INIT;
	struct buf pack = BUF_INIT;
	struct packs *packs = NULL;
	enum pack_type type;
	struct oid oid;
	struct err err;

	(void)state;
	buf_add(&body, "hello", 5);
	for (size_t more = 0; more < 2; more++) {
		begin(&pack, 1);
		pack_add_head(&pack, PACK_BLOB, body.len);
		add_padded(&pack, &body, MOST + more);
		end(&pack);
		if (more == 0)
			assert_int_equal(take(&pack, nowhere, NULL, &err), 0);
	}
	assert_int_equal(packs_open(&packs, in_folder("p"), &err), 0);
	assert_int_equal(object_name(&oid, OBJECT_BLOB, "hello", 5,
				     OBJECT_FROM_US, &err),
			 0);
	assert_int_equal(packs_read(&body, &type, packs, &oid, &err), 0);
	packs_close(packs);
	refused(&pack, "more bytes than it has");
	buf_release(&body);
	buf_release(&pack);
}

/* What makes `n` times 127 bytes. */
static struct buf inserted(size_t base, size_t n)
{
	struct buf delta = BUF_INIT;
	char text[127];

	memset(text, 'x', sizeof(text));
	add_size(&delta, base);
	add_size(&delta, n * sizeof(text));
	for (size_t i = 0; i < n; i++) {
		buf_addc(&delta, sizeof(text));
		buf_add(&delta, text, sizeof(text));
	}
	return delta;
}

/* The base is looked at between, and shows but the beginning of the other. */
static void pack_arrival__a_size_behind_much_of_nothing_is_found(void **state)
{
	enum { TIMES = 120, MADE = TIMES * 127 };
	struct buf delta = inserted(10, TIMES);
	struct buf filler = BUF_INIT;
	struct buf pack = BUF_INIT;
	struct packs *packs = NULL;
	enum pack_type type;
	struct oid oid;
	struct err err;
	size_t size;
	size_t at;

	(void)state;
	while (filler.len < 6000)
		buf_addc(&filler, (char)filler.len);
	begin(&pack, 3);
	at = add_whole(&pack, PACK_BLOB, "0123456789", 10);
	pack_add_head(&pack, PACK_BLOB, filler.len);
	add_padded(&pack, &filler, 0);
	at = pack.len - at;
	pack_add_head(&pack, PACK_OFFSET_DELTA, delta.len);
	pack_add_distance(&pack, at);
	add_padded(&pack, &delta, 560);
	end(&pack);
	assert_int_equal(take(&pack, nowhere, NULL, &err), 0);
	memset(buf_extend(&filler, MADE), 'x', MADE);
	assert_int_equal(object_name(&oid, OBJECT_BLOB, filler.data + 6000,
				     MADE, OBJECT_FROM_US, &err),
			 0);
	assert_int_equal(packs_open(&packs, in_folder("p"), &err), 0);
	assert_int_equal(packs_head(&type, &size, packs, &oid, &err), 0);
	assert_int_equal(size, MADE);
	packs_close(packs);
	buf_release(&delta);
	buf_release(&filler);
	buf_release(&pack);
}

static void pack_arrival__an_object_twice_is_refused(void **state)
{
	struct buf pack = BUF_INIT;

	(void)state;
	begin(&pack, 2);
	add_whole(&pack, PACK_BLOB, "a", 1);
	add_whole(&pack, PACK_BLOB, "a", 1);
	end(&pack);
	refused(&pack, "in the pack twice");
	buf_release(&pack);
}

static void pack_arrival__a_count_that_is_wrong_is_refused(void **state)
{
	struct buf pack = BUF_INIT;

	(void)state;
	for (uint32_t n = 0; n < 4; n++) {
		if (n == 2)
			continue;
		begin(&pack, n);
		add_whole(&pack, PACK_BLOB, "a", 1);
		add_whole(&pack, PACK_BLOB, "b", 1);
		end(&pack);
		refused(&pack, n == 3 ? "" : "trailer");
	}
	begin(&pack, UINT32_MAX);
	add_whole(&pack, PACK_BLOB, "a", 1);
	end(&pack);
	refused(&pack, "");
	buf_release(&pack);
}

static void pack_arrival__a_base_that_is_none_is_refused(void **state)
{
	struct buf pack = BUF_INIT;
	struct buf delta = last_byte(10, 'x');
	static const struct {
		size_t from; /* the entry, by distance */
		const char *why;
	} cases[] = {{0, "not in front of it"},
		     {1, "where no object begins"},
		     {1000, "not in front of it"},
		     {UINT64_MAX, "not in front of it"}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		begin(&pack, 2);
		add_whole(&pack, PACK_BLOB, "0123456789", 10);
		add_far(&pack, cases[i].from, delta.data, delta.len);
		end(&pack);
		refused(&pack, cases[i].why);
	}
	buf_release(&delta);
	buf_release(&pack);
}

static void pack_arrival__a_delta_that_does_not_fit_is_refused(void **state)
{
	static const struct {
		const char *delta;
		size_t len;
		const char *why;
	} cases[] = {
		{"\x0b\x01\x01x", 4, "another base"},
		{"\x0a\x01\x02xy", 5, "out of bounds"},
		{"\x0a\x02\x01x", 4, "less than it says"},
		{"\x0a\x0b\x90\x0b", 4, "out of bounds"},
		{"\x0a\x01\x91\xff\x01", 5, "out of bounds"},
		{"\x0a\x01\x80\x80", 4, "out of bounds"},
		{"\x0a\x81\x80\x00", 4, "less than it says"},
		{"\x8a\x80\x80\x80", 4, "too short"},
		{"\x0a\x00", 2, "too short"},
		{"\x0a", 1, "too short"},
		{"\x0a\x01\x80", 3, "too short"},
		{"\x0a\x01\x00\x00", 4, "out of bounds"},
		{"\x0a\xff\xff\xff\xff\x7f\x01x", 8, "more than"},
	};
	struct buf pack = BUF_INIT;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		size_t one;

		begin(&pack, 2);
		one = add_whole(&pack, PACK_BLOB, "0123456789", 10);
		add_far(&pack, pack.len - one, cases[i].delta, cases[i].len);
		end(&pack);
		refused(&pack, cases[i].why);
	}
	buf_release(&pack);
}

static void pack_arrival__a_type_that_is_none_is_refused(void **state)
{
	struct buf pack = BUF_INIT;

	(void)state;
	for (unsigned type = 0; type < 6; type += 5) {
		begin(&pack, 1);
		add_whole(&pack, (enum pack_type)type, "a", 1);
		end(&pack);
		refused(&pack, "unknown type");
	}
	buf_release(&pack);
}

/* --- more than is kept in memory -------------------------------------------- */

enum { LARGE = 18 << 20, LEVELS = 4 };

/* On each level, one that is made after all that is below it. */
static struct buf large_family(void)
{
	struct buf pack = BUF_INIT;
	char *zeros = calloc(1, LARGE);
	size_t before;

	assert_non_null(zeros);
	begin(&pack, 1 + 2 * LEVELS);
	before = add_whole(&pack, PACK_BLOB, zeros, LARGE);
	for (int i = 0; i < LEVELS; i++) {
		struct buf leaf = last_byte(LARGE, (char)(100 + i));
		struct buf way = last_byte(LARGE, (char)(1 + i));

		add_far(&pack, pack.len - before, leaf.data, leaf.len);
		before = add_far(&pack, pack.len - before, way.data, way.len);
		buf_release(&leaf);
		buf_release(&way);
	}
	end(&pack);
	free(zeros);
	return pack;
}

static void pack_arrival__what_was_let_go_is_made_again(void **state)
{
	struct buf pack = large_family();
	struct err err;

	(void)state;
	assert_true(PACK_RESOLVE_KEPT < (uint64_t)LEVELS * LARGE);
	assert_int_equal(take(&pack, nowhere, NULL, &err), 0);
	check_index();
	buf_release(&pack);
}

static int resolve(struct pack_objects *objects, const struct buf *pack,
		   struct err *err)
{
	struct pack_scan *scan = NULL;
	int rc = pack_scan_open(&scan, pack_objects_add, objects, err);

	if (rc == 0)
		rc = pack_scan_add(scan, pack->data, pack->len, err);
	if (rc == 0) {
		objects->end = pack->len - PACK_TRAILER;
		rc = pack_objects_resolve(objects, err);
	}
	pack_scan_close(scan);
	return rc;
}

static void pack_arrival__work_done_again_is_bounded(void **state)
{
	struct pack_objects objects = {.fd = -1};
	struct buf pack = large_family();
	struct err err;

	(void)state;
	put_file(in_folder("p/pack-x.pack"), pack.data, pack.len);
	objects.fd = open(in_folder("p/pack-x.pack"), O_RDONLY | O_CLOEXEC);
	objects.again = PACK_RESOLVE_AGAIN - LARGE / 2;
	assert_int_equal(resolve(&objects, &pack, &err), ERR_CORRUPT);
	assert_non_null(strstr(err.text, "more work"));
	close(objects.fd);
	pack_objects_release(&objects);
	buf_release(&pack);
}

/* Those of 9 bytes, which is what an empty one takes, and those of 50. */
static void pack_arrival__what_came_bounds_how_many_there_are(void **state)
{
	enum { MANY = 3 * PACK_OBJECTS_FREE };
	static const struct buf empty = BUF_INIT;
	struct pack_scan_entry entry = {.head = 1, .type = PACK_BLOB};
	struct err err = {0};

	(void)state;
	for (uint64_t each = 9; each <= 50; each += 41) {
		struct pack_objects objects = {.fd = -1};
		int rc = 0;

		for (uint64_t i = 0; rc == 0 && i < MANY; i++) {
			entry.offset = PACK_HEAD + each * i;
			rc = pack_objects_add(&entry, &empty, &objects, &err);
		}
		assert_int_equal(rc, each == 9 ? ERR_CORRUPT : 0);
		assert_true(each == 50 ||
			    objects.n < PACK_OBJECTS_FREE * 16 / 7 + 9);
		pack_objects_release(&objects);
	}
}

/* Each 64 MiB, made from the one before: no other would be read back. */
static void pack_arrival__a_chain_takes_no_more_work_than_we_do(void **state)
{
	enum { SIZE = 64 << 20, N = PACKS_WORK_MAX / SIZE - 1 };
	struct buf pack = BUF_INIT;
	char *zeros = calloc(1, SIZE);
	size_t before;

	(void)state;
	assert_non_null(zeros);
	begin(&pack, 1 + N);
	before = add_whole(&pack, PACK_BLOB, zeros, SIZE);
	for (int i = 0; i < N; i++) {
		struct buf delta = last_byte(SIZE, (char)(1 + i));

		before = add_far(&pack, pack.len - before, delta.data,
				 delta.len);
		buf_release(&delta);
	}
	end(&pack);
	free(zeros);
	refused(&pack, "more work");
	buf_release(&pack);
}

#define PACK_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		PACK_TEST(
			pack_arrival__packs_of_stock_git_get_the_index_it_makes),
		PACK_TEST(pack_arrival__a_thin_pack_is_completed),
		PACK_TEST(
			pack_arrival__a_thin_pack_may_make_what_it_is_completed_with),
		PACK_TEST(pack_arrival__cut_or_damaged_anywhere_it_is_refused),
		PACK_TEST(pack_arrival__names_in_a_ring_are_refused),
		PACK_TEST(pack_arrival__a_chain_is_as_long_as_we_can_read_it),
		PACK_TEST(
			pack_arrival__a_stream_longer_than_we_read_is_refused),
		PACK_TEST(pack_arrival__a_size_behind_much_of_nothing_is_found),
		PACK_TEST(pack_arrival__an_object_twice_is_refused),
		PACK_TEST(pack_arrival__a_count_that_is_wrong_is_refused),
		PACK_TEST(pack_arrival__a_base_that_is_none_is_refused),
		PACK_TEST(pack_arrival__a_delta_that_does_not_fit_is_refused),
		PACK_TEST(pack_arrival__a_type_that_is_none_is_refused),
		PACK_TEST(pack_arrival__what_was_let_go_is_made_again),
		PACK_TEST(pack_arrival__work_done_again_is_bounded),
		PACK_TEST(pack_arrival__what_came_bounds_how_many_there_are),
		PACK_TEST(pack_arrival__a_chain_takes_no_more_work_than_we_do),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
