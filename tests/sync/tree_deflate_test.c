/* tree_deflate_test.c - zlib reads the streams that are made of trees. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/deflate.h"
#include "sync/git/oid.h"
#include "sync/git/tree_deflate.h"

static uint64_t seed;

static size_t below(size_t n)
{
	seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
	return (size_t)(seed >> 33) % n;
}

static void add_hash(struct buf *out)
{
	for (size_t i = 0; i < OID_SIZE; i++)
		buf_addc(out, (char)below(256));
}

static void must_inflate(const struct buf *stream, const struct buf *tree)
{
	struct buf plain = BUF_INIT;
	struct err err;
	bool whole = false;

	assert_int_equal(deflate_inflate(&plain, &whole, stream->data,
					 stream->len, tree->len, &err),
			 0);
	assert_true(whole);
	assert_int_equal(plain.len, tree->len);
	assert_memory_equal(buf_text(&plain), buf_text(tree), tree->len);
	buf_release(&plain);
}

static void must_go_round(const struct buf *tree)
{
	struct buf stream = BUF_INIT;

	assert_true(tree_deflate(&stream, tree));
	must_inflate(&stream, tree);
	buf_release(&stream);
}

/* Like the register's: names that count up. */
static void add_session(struct buf *tree, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		buf_addf(tree, "100644 %03zu.yaml", i);
		buf_addc(tree, '\0');
		add_hash(tree);
	}
}

static void tree_deflate__a_session_of_any_size_goes_round(void **state)
{
	(void)state;
	seed = 1;
	for (size_t n = 0; n < 1200; n += n < 20 ? 1 : 97) {
		struct buf tree = BUF_INIT;

		add_session(&tree, n);
		must_go_round(&tree);
		buf_release(&tree);
	}
}

/* Names of every length that is taken, alike at their beginning, their end,
 * both, or throughout. */
static void tree_deflate__names_of_any_shape_go_round(void **state)
{
	(void)state;
	for (seed = 1; seed < 60; seed++) {
		struct buf tree = BUF_INIT;
		uint64_t start = seed;

		for (size_t i = 0; i < 300; i++) {
			size_t first = below(4) == 0 ? below(250) : below(12);
			size_t last = below(4) == 0 ? below(250) : below(12);

			buf_adds(&tree, below(8) == 0 ? "40000 " : "100644 ");
			for (size_t k = 0; k < first; k++)
				buf_addc(&tree, 'a');
			for (size_t k = below(4); k > 0; k--)
				buf_addc(&tree, (char)(1 + below(255)));
			for (size_t k = 0; k < last; k++)
				buf_addc(&tree, 'z');
			buf_addc(&tree, '\0');
			add_hash(&tree);
		}
		must_go_round(&tree);
		buf_release(&tree);
		seed = start;
	}
}

static void tree_deflate__the_longest_matches_go_round(void **state)
{
	(void)state;
	seed = 7;
	for (size_t len = 1; len <= 500; len++) {
		struct buf tree = BUF_INIT;

		for (size_t i = 0; i < 3; i++) {
			buf_adds(&tree, "100644 ");
			for (size_t k = 0; k < len; k++)
				buf_addc(&tree, (char)('a' + k % 26));
			buf_addc(&tree, '\0');
			add_hash(&tree);
		}
		must_go_round(&tree);
		buf_release(&tree);
	}
}

static void
tree_deflate__a_large_tree_is_about_as_short_as_by_zlib(void **state)
{
	struct deflater *deflater = NULL;
	struct buf tree = BUF_INIT;
	struct buf ours = BUF_INIT;
	struct buf zlibs = BUF_INIT;
	struct err err;

	(void)state;
	seed = 3;
	add_session(&tree, 900);
	assert_int_equal(deflater_open(&deflater, &err), 0);
	assert_int_equal(
		deflater_add(&zlibs, deflater, tree.data, tree.len, &err), 0);
	assert_true(tree_deflate(&ours, &tree));
	assert_true(ours.len < zlibs.len * 104 / 100);
	deflater_close(deflater);
	buf_release(&zlibs);
	buf_release(&ours);
	buf_release(&tree);
}

/* What stands before it stays as it is. */
static void tree_deflate__what_is_no_tree_is_left_alone(void **state)
{
	struct buf tree = BUF_INIT;
	struct buf out = BUF_INIT;
	size_t each;

	(void)state;
	seed = 5;
	add_session(&tree, 10);
	each = tree.len / 10;
	for (size_t len = 0; len <= tree.len; len++) {
		struct buf cut = {.data = tree.data, .len = len};

		buf_clear(&out);
		buf_adds(&out, "before");
		assert_int_equal(tree_deflate(&out, &cut), len % each == 0);
		assert_true(len % each == 0 || out.len == 6);
		assert_memory_equal(out.data, "before", 6);
	}
	buf_clear(&tree);
	for (size_t i = 0; i < 600; i++)
		buf_addc(&tree, 'x');
	buf_addc(&tree, '\0');
	add_hash(&tree);
	assert_false(tree_deflate(&out, &tree));
	buf_release(&out);
	buf_release(&tree);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			tree_deflate__a_session_of_any_size_goes_round),
		cmocka_unit_test(tree_deflate__names_of_any_shape_go_round),
		cmocka_unit_test(tree_deflate__the_longest_matches_go_round),
		cmocka_unit_test(
			tree_deflate__a_large_tree_is_about_as_short_as_by_zlib),
		cmocka_unit_test(tree_deflate__what_is_no_tree_is_left_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
