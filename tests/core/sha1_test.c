/* sha1_test.c - libmd gives what the standard says, in whatever pieces. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/sha1.h"

static void check(const char *text, size_t times, const char *expected)
{
	uint8_t digest[SHA1_SIZE];
	char hex[2 * SHA1_SIZE + 1];
	struct sha1 sha1;

	sha1_init(&sha1);
	for (size_t i = 0; i < times; i++)
		sha1_update(&sha1, text, strlen(text));
	sha1_final(&sha1, digest);
	for (size_t i = 0; i < SHA1_SIZE; i++)
		snprintf(hex + 2 * i, 3, "%02x", digest[i]);
	assert_string_equal(hex, expected);
}

static void sha1__gives_what_the_standard_says(void **state)
{
	(void)state;
	check("", 1, "da39a3ee5e6b4b0d3255bfef95601890afd80709");
	check("abc", 1, "a9993e364706816aba3e25717850c26c9cd0d89d");
	check("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1,
	      "84983e441c3bd26ebaae4aa1f95129e5e54670f1");
	check("a", 1000000, "34aa973cd4c4daa4f61eeb2bdbad27316534016f");
}

static void sha1__does_not_see_in_which_pieces_bytes_come(void **state)
{
	uint8_t bytes[300];

	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(i * 7);
	for (size_t len = 0; len <= sizeof(bytes); len++) {
		uint8_t whole[SHA1_SIZE];
		uint8_t parts[SHA1_SIZE];
		size_t cut = len * 5 / 7;
		struct sha1 sha1;

		sha1_init(&sha1);
		sha1_update(&sha1, bytes, len);
		sha1_final(&sha1, whole);
		sha1_init(&sha1);
		sha1_update(&sha1, bytes, cut);
		sha1_update(&sha1, bytes + cut, len - cut);
		sha1_final(&sha1, parts);
		assert_memory_equal(whole, parts, SHA1_SIZE);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sha1__gives_what_the_standard_says),
		cmocka_unit_test(sha1__does_not_see_in_which_pieces_bytes_come),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
