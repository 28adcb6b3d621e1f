/* key_test.c - keys are OpenSSH's, and nothing else passes for one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "sync/identity/base64.h"
#include "sync/identity/key.h"
#include "tests/sync/git_helper.h"

static int setup(void **state)
{
	struct err err;

	(void)state;
	folder_make();
	return crypto_init(&err);
}

static int teardown(void **state)
{
	(void)state;
	folder_remove();
	return 0;
}

static void key__what_was_saved_is_loaded(void **state)
{
	struct key key;
	struct key again;
	struct stat st;
	struct err err;

	(void)state;
	key_generate(&key);
	assert_int_equal(key_save(&key, in_folder("key"), "edu", &err), 0);
	assert_int_equal(key_load(&again, in_folder("key"), &err), 0);
	assert_memory_equal(&key, &again, sizeof(key));
	assert_int_equal(stat(in_folder("key"), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
}

static void key__ssh_keygen_reads_ours(void **state)
{
	char line[512];
	struct buf own = BUF_INIT;
	struct key key;
	struct err err;

	(void)state;
	key_generate(&key);
	assert_int_equal(key_save(&key, in_folder("key"), "edu", &err), 0);
	assert_int_equal(run(line, sizeof(line), "ssh-keygen -y -f key"), 0);
	key_public_line(&own, key.public_key);
	buf_adds(&own, " edu\n");
	assert_string_equal(line, buf_text(&own));
	assert_int_equal(run(line, sizeof(line), "cat key.pub"), 0);
	assert_string_equal(line, buf_text(&own));
	buf_release(&own);
}

static void key__we_read_what_ssh_keygen_made(void **state)
{
	char line[512];
	char sum[128];
	char fingerprint[KEY_FINGERPRINT];
	uint8_t public_key[CRYPTO_PUBLIC_SIZE];
	struct key key;
	struct err err;

	(void)state;
	assert_int_equal(
		run(NULL, 0, "ssh-keygen -q -t ed25519 -N '' -f theirs"), 0);
	assert_int_equal(key_load(&key, in_folder("theirs"), &err), 0);
	assert_int_equal(run(line, sizeof(line), "cat theirs.pub"), 0);
	assert_int_equal(key_public_parse(public_key, line, &err), 0);
	assert_memory_equal(public_key, key.public_key, sizeof(public_key));
	assert_int_equal(run(sum, sizeof(sum),
			     "cut -d' ' -f2 theirs.pub | base64 -d |"
			     " sha256sum | cut -c1-64 | tr -d '\\n'"),
			 0);
	key_fingerprint(fingerprint, public_key);
	assert_string_equal(fingerprint, sum);
}

static void key__a_passphrase_is_told_as_such(void **state)
{
	struct key key;
	struct err err;

	(void)state;
	assert_int_equal(run(NULL, 0,
			     "ssh-keygen -q -t ed25519 -N secret -f locked"),
			 0);
	assert_int_equal(key_load(&key, in_folder("locked"), &err), ERR_INPUT);
	assert_non_null(strstr(err.text, "passphrase"));
}

static void key__another_type_of_key_is_refused(void **state)
{
	uint8_t public_key[CRYPTO_PUBLIC_SIZE];
	char line[1024];
	struct key key;
	struct err err;

	(void)state;
	assert_int_equal(run(NULL, 0, "ssh-keygen -q -t ecdsa -N '' -f ec"), 0);
	assert_int_equal(key_load(&key, in_folder("ec"), &err), ERR_INPUT);
	assert_int_equal(run(line, sizeof(line), "cat ec.pub"), 0);
	assert_int_equal(key_public_parse(public_key, line, &err), ERR_INPUT);
}

static void key__every_cut_of_a_key_file_is_refused(void **state)
{
	struct buf text = BUF_INIT;
	struct key key;
	struct key cut;
	struct err err;

	(void)state;
	key_generate(&key);
	assert_int_equal(key_save(&key, in_folder("key"), "edu", &err), 0);
	assert_int_equal(buf_read_file(&text, in_folder("key"), 4096, &err), 0);
	for (size_t len = 0; len + 2 < text.len; len++) {
		put_file(in_folder("cut"), text.data, len);
		assert_int_equal(key_load(&cut, in_folder("cut"), &err),
				 ERR_INPUT);
	}
	buf_release(&text);
}

static void key__a_missing_file_is_said_to_be_missing(void **state)
{
	struct key key;
	struct err err;

	(void)state;
	assert_int_equal(key_load(&key, in_folder("none"), &err), ERR_MISSING);
}

static void key__damaged_public_lines_are_refused(void **state)
{
	static const char *const lines[] = {
		"",
		"ssh-ed25519",
		"ssh-ed25519 ",
		"ssh-ed25519AAAA",
		"ssh-ed25519 AAAA",
		"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA!",
		"ssh-rsa AAAAB3NzaC1yc2E=",
	};
	uint8_t public_key[CRYPTO_PUBLIC_SIZE];
	struct err err;

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		assert_int_equal(key_public_parse(public_key, lines[i], &err),
				 ERR_INPUT);
}

static void base64__round_trips_at_every_length(void **state)
{
	uint8_t bytes[80];
	struct err err;

	(void)state;
	crypto_random(bytes, sizeof(bytes));
	for (size_t len = 0; len <= sizeof(bytes); len++) {
		struct buf text = BUF_INIT;
		struct buf back = BUF_INIT;

		base64_encode(&text, bytes, len, len % 3 == 0 ? 7 : 0);
		assert_int_equal(base64_decode(&back, buf_text(&text), text.len,
					       &err),
				 0);
		assert_int_equal(back.len, len);
		assert_memory_equal(buf_text(&back), bytes, len);
		buf_release(&text);
		buf_release(&back);
	}
}

static void base64__what_does_not_belong_is_refused(void **state)
{
	static const char *const texts[] = {"A",     "AA",   "AAA",  "AA=A",
					    "A===",  "AB==", "AAB=", "AA==AAAA",
					    "AA AA", "=AAA"};
	struct err err;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct buf out = BUF_INIT;

		assert_int_equal(base64_decode(&out, texts[i], strlen(texts[i]),
					       &err),
				 ERR_INPUT);
		buf_release(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(key__what_was_saved_is_loaded),
		cmocka_unit_test(key__ssh_keygen_reads_ours),
		cmocka_unit_test(key__we_read_what_ssh_keygen_made),
		cmocka_unit_test(key__a_passphrase_is_told_as_such),
		cmocka_unit_test(key__another_type_of_key_is_refused),
		cmocka_unit_test(key__every_cut_of_a_key_file_is_refused),
		cmocka_unit_test(key__a_missing_file_is_said_to_be_missing),
		cmocka_unit_test(key__damaged_public_lines_are_refused),
		cmocka_unit_test(base64__round_trips_at_every_length),
		cmocka_unit_test(base64__what_does_not_belong_is_refused),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
