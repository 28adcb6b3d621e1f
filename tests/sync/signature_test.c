/* signature_test.c - what we sign OpenSSH verifies, and the other way. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "sync/identity/signature.h"
#include "tests/sync/git_helper.h"

static const char DATA[] = "tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\n";

static struct key key;

static int setup(void **state)
{
	struct err err;

	(void)state;
	folder_make();
	if (crypto_init(&err) < 0)
		return -1;
	key_generate(&key);
	put_file(in_folder("data"), DATA, strlen(DATA));
	return key_save(&key, in_folder("key"), "edu", &err);
}

static int teardown(void **state)
{
	(void)state;
	folder_remove();
	return 0;
}

static void signature__ours_holds_for_ourselves(void **state)
{
	uint8_t public_key[CRYPTO_PUBLIC_SIZE];
	struct buf armour = BUF_INIT;
	struct err err;

	(void)state;
	assert_int_equal(
		signature_make(&armour, DATA, strlen(DATA), &key, &err), 0);
	assert_int_equal(signature_check(public_key, DATA, strlen(DATA),
					 armour.data, armour.len, &err),
			 0);
	assert_memory_equal(public_key, key.public_key, sizeof(public_key));
	buf_release(&armour);
}

static void signature__ssh_keygen_accepts_ours(void **state)
{
	char out[1024];
	struct buf armour = BUF_INIT;
	struct err err;

	(void)state;
	assert_int_equal(
		signature_make(&armour, DATA, strlen(DATA), &key, &err), 0);
	buf_addc(&armour, '\n');
	put_file(in_folder("data.sig"), armour.data, armour.len);
	buf_release(&armour);
	assert_int_equal(
		run(out, sizeof(out),
		    "sed 's/^/edu namespaces=\"git\" /' key.pub > signers &&"
		    " ssh-keygen -Y verify -f signers -I edu -n git"
		    " -s data.sig < data"),
		0);
	assert_non_null(strstr(out, "Good \"git\" signature for edu"));
}

static void check_theirs(const char *option)
{
	uint8_t public_key[CRYPTO_PUBLIC_SIZE];
	struct buf armour = BUF_INIT;
	struct err err;

	assert_int_equal(run(NULL, 0,
			     "rm -f data.sig; ssh-keygen -q -Y sign -f key"
			     " -n git %s data",
			     option),
			 0);
	assert_int_equal(
		buf_read_file(&armour, in_folder("data.sig"), 4096, &err), 0);
	assert_int_equal(signature_check(public_key, DATA, strlen(DATA),
					 armour.data, armour.len, &err),
			 0);
	assert_memory_equal(public_key, key.public_key, sizeof(public_key));
	buf_release(&armour);
}

static void signature__one_made_by_ssh_keygen_holds(void **state)
{
	(void)state;
	check_theirs("");
	check_theirs("-O hashalg=sha256");
}

static void signature__another_namespace_is_refused(void **state)
{
	uint8_t public_key[CRYPTO_PUBLIC_SIZE];
	struct buf armour = BUF_INIT;
	struct err err;

	(void)state;
	assert_int_equal(run(NULL, 0,
			     "rm -f data.sig; ssh-keygen -q -Y sign -f key"
			     " -n file data"),
			 0);
	assert_int_equal(
		buf_read_file(&armour, in_folder("data.sig"), 4096, &err), 0);
	assert_int_equal(signature_check(public_key, DATA, strlen(DATA),
					 armour.data, armour.len, &err),
			 ERR_CORRUPT);
	buf_release(&armour);
}

static void signature__other_data_is_refused(void **state)
{
	uint8_t public_key[CRYPTO_PUBLIC_SIZE];
	struct buf armour = BUF_INIT;
	char data[sizeof(DATA)];
	struct err err;

	(void)state;
	assert_int_equal(
		signature_make(&armour, DATA, strlen(DATA), &key, &err), 0);
	/* What was found to hold once does not make another one hold. */
	assert_int_equal(signature_check(public_key, DATA, strlen(DATA),
					 armour.data, armour.len, &err),
			 0);
	for (size_t i = 0; i < strlen(DATA); i++) {
		memcpy(data, DATA, sizeof(DATA));
		data[i] ^= 1;
		assert_int_equal(signature_check(public_key, data, strlen(DATA),
						 armour.data, armour.len, &err),
				 ERR_CORRUPT);
	}
	buf_release(&armour);
}

/* A flip may leave the meaning as it is only where base64 has none. */
static void signature__no_bit_flip_passes_for_another_key(void **state)
{
	uint8_t public_key[CRYPTO_PUBLIC_SIZE];
	struct buf armour = BUF_INIT;
	struct err err;

	(void)state;
	assert_int_equal(
		signature_make(&armour, DATA, strlen(DATA), &key, &err), 0);
	/* What was found to hold once does not make another one hold. */
	assert_int_equal(signature_check(public_key, DATA, strlen(DATA),
					 armour.data, armour.len, &err),
			 0);
	for (size_t bit = 0; bit < armour.len * 8; bit++) {
		armour.data[bit / 8] ^= (char)(1 << bit % 8);
		assert_int_equal(signature_check(public_key, DATA, strlen(DATA),
						 armour.data, armour.len, &err),
				 ERR_CORRUPT);
		armour.data[bit / 8] ^= (char)(1 << bit % 8);
	}
	buf_release(&armour);
}

/* More of them than are remembered, asked for again and again. */
static void signature__each_of_many_names_its_own_key(void **state)
{
	uint8_t public_key[CRYPTO_PUBLIC_SIZE];
	struct buf armour[20];
	struct key keys[20];
	struct err err;

	(void)state;
	for (size_t i = 0; i < 20; i++) {
		armour[i] = (struct buf)BUF_INIT;
		key_generate(&keys[i]);
		assert_int_equal(signature_make(&armour[i], DATA, strlen(DATA),
						&keys[i], &err),
				 0);
	}
	for (size_t i = 0; i < 200; i++) {
		const struct buf *one = &armour[i * 7 % 20];

		assert_int_equal(signature_check(public_key, DATA, strlen(DATA),
						 one->data, one->len, &err),
				 0);
		assert_memory_equal(public_key, keys[i * 7 % 20].public_key,
				    CRYPTO_PUBLIC_SIZE);
	}
	for (size_t i = 0; i < 20; i++)
		buf_release(&armour[i]);
}

static void signature__every_cut_is_refused(void **state)
{
	uint8_t public_key[CRYPTO_PUBLIC_SIZE];
	struct buf armour = BUF_INIT;
	struct err err;

	(void)state;
	assert_int_equal(
		signature_make(&armour, DATA, strlen(DATA), &key, &err), 0);
	for (size_t len = 0; len < armour.len; len++)
		assert_int_equal(signature_check(public_key, DATA, strlen(DATA),
						 armour.data, len, &err),
				 ERR_CORRUPT);
	buf_release(&armour);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(signature__ours_holds_for_ourselves),
		cmocka_unit_test(signature__ssh_keygen_accepts_ours),
		cmocka_unit_test(signature__one_made_by_ssh_keygen_holds),
		cmocka_unit_test(signature__another_namespace_is_refused),
		cmocka_unit_test(signature__other_data_is_refused),
		cmocka_unit_test(signature__no_bit_flip_passes_for_another_key),
		cmocka_unit_test(signature__each_of_many_names_its_own_key),
		cmocka_unit_test(signature__every_cut_is_refused),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
