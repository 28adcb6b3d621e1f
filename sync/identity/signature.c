/* signature.c - SSH signatures over commits.
 *
 * Armoured:  "SSHSIG", u32 1, string public blob, string namespace,
 *            string reserved "", string hash, string of: string type,
 *            string 64 bytes.
 * Signed:    "SSHSIG", string namespace, string reserved, string hash,
 *            string H(data). */
#include "sync/identity/signature.h"

#include <string.h>

#include "sync/identity/base64.h"
#include "sync/identity/ssh_wire.h"

#define BEGIN "-----BEGIN SSH SIGNATURE-----\n"
#define END "-----END SSH SIGNATURE-----"
#define MAGIC "SSHSIG" /* without its NUL */

enum { MAGIC_LEN = 6, SIGNATURE_LINE = 70, SIGNATURE_VERSION = 1 };

/* OpenSSH verifies both hashes; we make sha512 and read both. */
static bool hash_data(struct buf *out, const char *name, const void *data,
		      size_t len)
{
	uint8_t hash[CRYPTO_SHA512_SIZE];

	if (strcmp(name, "sha512") == 0) {
		crypto_sha512(hash, data, len);
		ssh_wire_add_string(out, hash, CRYPTO_SHA512_SIZE);
	} else if (strcmp(name, "sha256") == 0) {
		crypto_sha256(hash, data, len);
		ssh_wire_add_string(out, hash, CRYPTO_SHA256_SIZE);
	} else {
		return false;
	}
	return true;
}

/* What is really signed. */
static bool add_signed(struct buf *out, const char *hash, const void *data,
		       size_t len)
{
	buf_add(out, MAGIC, MAGIC_LEN);
	ssh_wire_add_string(out, SIGNATURE_NAMESPACE,
			    strlen(SIGNATURE_NAMESPACE));
	ssh_wire_add_string(out, "", 0);
	ssh_wire_add_string(out, hash, strlen(hash));
	return hash_data(out, hash, data, len);
}

static void add_blob(struct buf *out, const struct key *key,
		     const uint8_t signature[CRYPTO_SIGNATURE_SIZE])
{
	struct buf part = BUF_INIT;

	buf_add(out, MAGIC, MAGIC_LEN);
	ssh_wire_add_u32(out, SIGNATURE_VERSION);
	ssh_wire_add_public(&part, key->public_key);
	ssh_wire_add_string(out, part.data, part.len);
	ssh_wire_add_string(out, SIGNATURE_NAMESPACE,
			    strlen(SIGNATURE_NAMESPACE));
	ssh_wire_add_string(out, "", 0);
	ssh_wire_add_string(out, "sha512", 6);
	buf_clear(&part);
	ssh_wire_add_string(&part, SSH_KEY_TYPE, strlen(SSH_KEY_TYPE));
	ssh_wire_add_string(&part, signature, CRYPTO_SIGNATURE_SIZE);
	ssh_wire_add_string(out, part.data, part.len);
	out->failed = out->failed || part.failed;
	buf_release(&part);
}

int signature_make(struct buf *out, const void *data, size_t len,
		   const struct key *key, struct err *err)
{
	uint8_t signature[CRYPTO_SIGNATURE_SIZE];
	struct buf bytes = BUF_INIT;
	int rc;

	add_signed(&bytes, "sha512", data, len);
	rc = buf_check(&bytes, err);
	if (rc < 0)
		goto done;
	crypto_make_signature(signature, bytes.data, bytes.len, key->secret);
	buf_clear(&bytes);
	add_blob(&bytes, key, signature);
	rc = buf_check(&bytes, err);
	if (rc < 0)
		goto done;
	buf_adds(out, BEGIN);
	base64_encode(out, bytes.data, bytes.len, SIGNATURE_LINE);
	buf_adds(out, END);
	rc = buf_check(out, err);
done:
	buf_release(&bytes);
	return rc;
}

struct parts {
	uint8_t public_key[CRYPTO_PUBLIC_SIZE];
	const uint8_t *signature;
	char hash[8];
};

static bool parse_hash(struct parts *parts, struct ssh_wire *in)
{
	const uint8_t *bytes;
	size_t len;

	if (!ssh_wire_string(in, &bytes, &len) || len >= sizeof(parts->hash) ||
	    memchr(bytes, '\0', len) != NULL)
		return false;
	memcpy(parts->hash, bytes, len);
	parts->hash[len] = '\0';
	return true;
}

static bool parse_blob(struct parts *parts, const struct buf *blob)
{
	struct ssh_wire in = {(const uint8_t *)buf_text(blob), blob->len};
	const uint8_t *bytes;
	size_t len;
	uint32_t version;

	if (!ssh_wire_bytes(&in, &bytes, MAGIC_LEN) ||
	    memcmp(bytes, MAGIC, MAGIC_LEN) != 0 ||
	    !ssh_wire_u32(&in, &version) || version != SIGNATURE_VERSION ||
	    !ssh_wire_string(&in, &bytes, &len) ||
	    !ssh_wire_public(parts->public_key, bytes, len) ||
	    !ssh_wire_expect(&in, SIGNATURE_NAMESPACE) ||
	    !ssh_wire_string(&in, &bytes, &len) || /* reserved: any */
	    len != 0 || !parse_hash(parts, &in) ||
	    !ssh_wire_string(&in, &bytes, &len) || in.left != 0)
		return false;
	in = (struct ssh_wire){bytes, len};
	return ssh_wire_expect(&in, SSH_KEY_TYPE) &&
	       ssh_wire_string(&in, &parts->signature, &len) &&
	       len == CRYPTO_SIGNATURE_SIZE && in.left == 0;
}

static int unarmour(struct buf *blob, const char *armour, size_t len,
		    struct err *err)
{
	size_t begin = strlen(BEGIN);
	size_t end = strlen(END);

	while (len > 0 && armour[len - 1] == '\n')
		len--;
	if (len < begin + end || memcmp(armour, BEGIN, begin) != 0 ||
	    memcmp(armour + len - end, END, end) != 0)
		return err_set(err, ERR_CORRUPT, "not an SSH signature");
	if (base64_decode(blob, armour + begin, len - begin - end, err) < 0)
		return err_set(err, ERR_CORRUPT, "SSH signature is damaged");
	return 0;
}

/* --- what was found to hold ------------------------------------------------ */

/* A run comes back to the same few commits, and to verify is dear. What was
 * verified is kept whole, so that nothing else is ever taken for it. */
enum { HELD = 8, HELD_BYTES = 160 /* hash and what frames it */ };

struct held {
	uint8_t public_key[CRYPTO_PUBLIC_SIZE];
	uint8_t signature[CRYPTO_SIGNATURE_SIZE];
	uint8_t bytes[HELD_BYTES];
	size_t len; /* 0: none */
};

static _Thread_local struct held held[HELD];
static _Thread_local size_t next_held;

static bool is_held(const struct parts *parts, const struct buf *bytes)
{
	for (size_t i = 0; i < HELD; i++)
		if (held[i].len == bytes->len && bytes->len > 0 &&
		    memcmp(held[i].bytes, bytes->data, bytes->len) == 0 &&
		    memcmp(held[i].signature, parts->signature,
			   CRYPTO_SIGNATURE_SIZE) == 0 &&
		    memcmp(held[i].public_key, parts->public_key,
			   CRYPTO_PUBLIC_SIZE) == 0)
			return true;
	return false;
}

static void hold(const struct parts *parts, const struct buf *bytes)
{
	struct held *slot = &held[next_held++ % HELD];

	if (bytes->len > HELD_BYTES)
		return;
	memcpy(slot->public_key, parts->public_key, CRYPTO_PUBLIC_SIZE);
	memcpy(slot->signature, parts->signature, CRYPTO_SIGNATURE_SIZE);
	memcpy(slot->bytes, bytes->data, bytes->len);
	slot->len = bytes->len;
}

static int verify(const struct parts *parts, const struct buf *bytes,
		  struct err *err)
{
	if (is_held(parts, bytes))
		return 0;
	if (crypto_verify(parts->signature, bytes->data, bytes->len,
			  parts->public_key) != 0)
		return err_set(err, ERR_CORRUPT, "signature does not hold");
	hold(parts, bytes);
	return 0;
}

int signature_check(uint8_t public_key[CRYPTO_PUBLIC_SIZE], const void *data,
		    size_t len, const char *armour, size_t armour_len,
		    struct err *err)
{
	struct buf blob = BUF_INIT;
	struct buf bytes = BUF_INIT;
	struct parts parts;
	int rc = unarmour(&blob, armour, armour_len, err);

	if (rc < 0)
		goto done;
	if (!parse_blob(&parts, &blob) ||
	    !add_signed(&bytes, parts.hash, data, len)) {
		rc = err_set(err, ERR_CORRUPT,
			     "SSH signature is not one of Ed25519 for git");
		goto done;
	}
	rc = buf_check(&bytes, err);
	if (rc == 0)
		rc = verify(&parts, &bytes, err);
	if (rc < 0)
		goto done;
	memcpy(public_key, parts.public_key, CRYPTO_PUBLIC_SIZE);
done:
	buf_release(&bytes);
	buf_release(&blob);
	return rc;
}
