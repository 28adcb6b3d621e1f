/* sha1_wary_test.c - SHA-1 that sees when it is lied to. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/sha1_wary.h"

enum { HALF = 320 };

/* The one pair that everybody knows (shattered.io, 2017): two beginnings of a
 * PDF file, by a vector of type II. */
static const char common[] =
	"255044462d312e330a25e2e3cfd30a0a0a312030206f626a0a3c3c2f576964746820"
	"32203020522f4865696768742033203020522f547970652034203020522f53756274"
	"7970652035203020522f46696c7465722036203020522f436f6c6f72537061636520"
	"37203020522f4c656e6774682038203020522f42697473506572436f6d706f6e656e"
	"7420383e3e0a73747265616d0affd8fffe00245348412d3120697320646561642121"
	"212121852fec092339759c39b1a1c63c4c97e1fffe01";
static const char halves[2][257] = {
	"7f46dc93a6b67e013b029aaa1db2560b45ca67d688c7f84b8c4c791fe02b3df614f86d"
	"b1690901c56b45c1530afedfb76038e972722fe7ad728f0e4904e046c230570fe9d413"
	"98abe12ef5bc942be33542a4802d98b5d70f2a332ec37fac3514e74ddc0f2cc1a874cd"
	"0c78305a21566461309789606bd0bf3f98cda8044629a1",
	"7346dc9166b67e118f029ab621b2560ff9ca67cca8c7f85ba84c79030c2b3de218f86d"
	"b3a90901d5df45c14f26fedfb3dc38e96ac22fe7bd728f0e45bce046d23c570feb1413"
	"98bb552ef5a0a82be331fea48037b8b5d71f0e332edf93ac3500eb4ddc0decc1a86479"
	"0c782c76215660dd309791d06bd0af3f98cda4bc4629b1"};

static size_t unhex(uint8_t *out, const char *hex)
{
	size_t n = strlen(hex) / 2;

	for (size_t i = 0; i < n; i++) {
		unsigned byte = 0;

		assert_int_equal(sscanf(hex + 2 * i, "%2x", &byte), 1);
		out[i] = (uint8_t)byte;
	}
	return n;
}

static void make(uint8_t out[HALF], size_t half)
{
	size_t n = unhex(out, common);

	assert_int_equal(n + unhex(out + n, halves[half]), HALF);
}

static bool hash(uint8_t out[SHA1_SIZE], const void *bytes, size_t len,
		 size_t cut)
{
	struct sha1_wary wary;

	sha1_wary_init(&wary);
	sha1_wary_update(&wary, bytes, cut);
	sha1_wary_update(&wary, (const uint8_t *)bytes + cut, len - cut);
	return sha1_wary_final(&wary, out);
}

static void sha1_wary__gives_what_libmd_gives(void **state)
{
	uint8_t bytes[600];

	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(i * i >> 3);
	for (size_t len = 0; len <= sizeof(bytes); len++) {
		uint8_t expected[SHA1_SIZE];
		uint8_t got[SHA1_SIZE];
		struct sha1 sha1;

		sha1_init(&sha1);
		sha1_update(&sha1, bytes, len);
		sha1_final(&sha1, expected);
		assert_true(hash(got, bytes, len, len * 5 / 7));
		assert_memory_equal(got, expected, SHA1_SIZE);
	}
}

static void sha1_wary__each_half_of_a_collision_is_seen(void **state)
{
	uint8_t digests[2][SHA1_SIZE];
	uint8_t bytes[HALF];

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		make(bytes, i);
		assert_false(hash(digests[i], bytes, HALF, 100));
	}
	assert_memory_equal(digests[0], digests[1], SHA1_SIZE);
}

static void sha1_wary__what_follows_does_not_hide_it(void **state)
{
	uint8_t digest[SHA1_SIZE];
	uint8_t bytes[HALF + 200] = {0};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		make(bytes, i);
		for (size_t n = 0; n <= 200; n += 40)
			assert_false(hash(digest, bytes, HALF + n, HALF));
	}
}

/* With another bit it is no half of anything. */
static void sha1_wary__what_only_looks_like_one_passes(void **state)
{
	uint8_t digest[SHA1_SIZE];
	uint8_t bytes[HALF];

	(void)state;
	make(bytes, 0);
	for (size_t bit = 0; bit < HALF * 8; bit += 7) {
		bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_true(hash(digest, bytes, HALF, 0));
		bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sha1_wary__gives_what_libmd_gives),
		cmocka_unit_test(sha1_wary__each_half_of_a_collision_is_seen),
		cmocka_unit_test(sha1_wary__what_follows_does_not_hide_it),
		cmocka_unit_test(sha1_wary__what_only_looks_like_one_passes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
