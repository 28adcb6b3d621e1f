/* key.c - a node's Ed25519 key in OpenSSH's own file formats.
 *
 * The private file is base64 between two marker lines, of
 *   "openssh-key-v1\0", string cipher "none", string kdf "none",
 *   string kdfoptions "", u32 1, string public blob,
 *   string of: u32 check, u32 check, string type, string public,
 *              string seed||public, string comment, padding 1, 2, 3 … to 8. */
#include "sync/identity/key.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "sync/identity/base64.h"
#include "sync/identity/ssh_wire.h"

#define BEGIN "-----BEGIN OPENSSH PRIVATE KEY-----\n"
#define END "-----END OPENSSH PRIVATE KEY-----"
#define MAGIC "openssh-key-v1" /* its NUL counts */

enum { KEY_FILE_MAX = 64 << 10, KEY_LINE = 70 };

void key_generate(struct key *key)
{
	crypto_keypair(key->public_key, key->secret);
}

void key_release(struct key *key)
{
	crypto_wipe(key, sizeof(*key));
}

static void buf_wipe(struct buf *buf)
{
	if (buf->data != NULL)
		crypto_wipe(buf->data, buf->cap);
	buf_release(buf);
}

static void add_private_section(struct buf *out, const struct key *key,
				const char *comment)
{
	uint32_t check = (uint32_t)crypto_random_u64();
	size_t start = out->len;

	ssh_wire_add_u32(out, check);
	ssh_wire_add_u32(out, check);
	ssh_wire_add_public(out, key->public_key);
	ssh_wire_add_string(out, key->secret, CRYPTO_SECRET_SIZE);
	ssh_wire_add_string(out, comment, strlen(comment));
	for (char pad = 1; (out->len - start) % 8 != 0; pad++)
		buf_addc(out, pad);
}

static void add_private_file(struct buf *out, const struct key *key,
			     const char *comment)
{
	struct buf blob = BUF_INIT;
	struct buf part = BUF_INIT;

	buf_add(&blob, MAGIC, sizeof(MAGIC));
	ssh_wire_add_string(&blob, "none", 4);
	ssh_wire_add_string(&blob, "none", 4);
	ssh_wire_add_string(&blob, "", 0);
	ssh_wire_add_u32(&blob, 1);
	ssh_wire_add_public(&part, key->public_key);
	ssh_wire_add_string(&blob, buf_text(&part), part.len);
	buf_clear(&part);
	add_private_section(&part, key, comment);
	ssh_wire_add_string(&blob, buf_text(&part), part.len);
	buf_adds(out, BEGIN);
	base64_encode(out, blob.data, blob.len, KEY_LINE);
	buf_adds(out, END "\n");
	out->failed = out->failed || blob.failed || part.failed;
	buf_wipe(&part);
	buf_wipe(&blob);
}

int key_save(const struct key *key, const char *path, const char *comment,
	     struct err *err)
{
	struct buf text = BUF_INIT;
	struct buf name = BUF_INIT;
	int rc;

	add_private_file(&text, key, comment);
	rc = buf_check(&text, err);
	if (rc == 0)
		rc = buf_write_file(&text, path, 0600, err);
	if (rc < 0)
		goto done;
	buf_wipe(&text);
	key_public_line(&text, key->public_key);
	buf_addf(&text, " %s\n", comment);
	buf_addf(&name, "%s.pub", path);
	rc = buf_write_file(&text, buf_text(&name), 0644, err);
done:
	buf_wipe(&text);
	buf_release(&name);
	return rc;
}

static bool parse_private_section(struct key *key, const uint8_t *bytes,
				  size_t len)
{
	struct ssh_wire in = {bytes, len};
	const uint8_t *public_key;
	const uint8_t *secret;
	size_t n_public;
	size_t n_secret;
	uint32_t check;
	uint32_t again;

	if (!ssh_wire_u32(&in, &check) || !ssh_wire_u32(&in, &again) ||
	    check != again || !ssh_wire_expect(&in, SSH_KEY_TYPE) ||
	    !ssh_wire_string(&in, &public_key, &n_public) ||
	    !ssh_wire_string(&in, &secret, &n_secret) ||
	    n_public != CRYPTO_PUBLIC_SIZE || n_secret != CRYPTO_SECRET_SIZE ||
	    memcmp(secret + CRYPTO_SEED_SIZE, public_key, n_public) != 0)
		return false;
	memcpy(key->public_key, public_key, n_public);
	memcpy(key->secret, secret, n_secret);
	return true;
}

static int parse_private(struct key *key, const struct buf *blob,
			 const char *path, struct err *err)
{
	struct ssh_wire in = {(const uint8_t *)buf_text(blob), blob->len};
	const uint8_t *bytes;
	size_t len;
	uint32_t n;

	if (!ssh_wire_bytes(&in, &bytes, sizeof(MAGIC)) ||
	    memcmp(bytes, MAGIC, sizeof(MAGIC)) != 0)
		goto bad;
	if (!ssh_wire_expect(&in, "none"))
		return err_set(err, ERR_INPUT,
			       "%s is locked by a passphrase; a node's key "
			       "has none",
			       path);
	if (!ssh_wire_expect(&in, "none") || !ssh_wire_expect(&in, "") ||
	    !ssh_wire_u32(&in, &n) || n != 1 ||
	    !ssh_wire_string(&in, &bytes, &len) || /* public, said again */
	    !ssh_wire_string(&in, &bytes, &len) ||
	    !parse_private_section(key, bytes, len))
		goto bad;
	return 0;
bad:
	return err_set(err, ERR_INPUT, "%s is not an OpenSSH Ed25519 key",
		       path);
}

int key_load(struct key *key, const char *path, struct err *err)
{
	struct buf text = BUF_INIT;
	struct buf blob = BUF_INIT;
	const char *start;
	const char *end;
	int rc = buf_read_file(&text, path, KEY_FILE_MAX, err);

	if (rc < 0)
		goto done;
	start = strstr(buf_text(&text), BEGIN);
	end = start != NULL ? strstr(start, END) : NULL;
	if (end == NULL) {
		rc = err_set(err, ERR_INPUT, "%s is not an OpenSSH private key",
			     path);
		goto done;
	}
	start += strlen(BEGIN);
	rc = base64_decode(&blob, start, (size_t)(end - start), err);
	if (rc < 0) {
		err_wrap(err, "%s", path);
		goto done;
	}
	rc = parse_private(key, &blob, path, err);
done:
	buf_wipe(&blob);
	buf_wipe(&text);
	return rc;
}

void key_public_line(struct buf *out,
		     const uint8_t public_key[CRYPTO_PUBLIC_SIZE])
{
	struct buf blob = BUF_INIT;

	ssh_wire_add_public(&blob, public_key);
	buf_adds(out, SSH_KEY_TYPE " ");
	base64_encode(out, blob.data, blob.len, 0);
	out->failed = out->failed || blob.failed;
	buf_release(&blob);
}

int key_public_parse(uint8_t public_key[CRYPTO_PUBLIC_SIZE], const char *line,
		     struct err *err)
{
	struct buf blob = BUF_INIT;
	size_t type = strlen(SSH_KEY_TYPE);
	size_t len;
	int rc;

	line += strspn(line, " \t\r\n");
	if (strncmp(line, SSH_KEY_TYPE, type) != 0 ||
	    strspn(line + type, " \t") == 0)
		return err_set(
			err, ERR_INPUT,
			"not an OpenSSH public key of type " SSH_KEY_TYPE);
	line += type;
	line += strspn(line, " \t");
	len = strcspn(line, " \t\r\n");
	rc = base64_decode(&blob, line, len, err);
	if (rc == 0 &&
	    !ssh_wire_public(public_key, (const uint8_t *)buf_text(&blob),
			     blob.len))
		rc = err_set(err, ERR_INPUT, "the public key is damaged");
	buf_release(&blob);
	return rc;
}

void key_print_fingerprint(struct buf *out,
			   const uint8_t public_key[CRYPTO_PUBLIC_SIZE])
{
	uint8_t hash[CRYPTO_SHA256_SIZE];
	struct buf blob = BUF_INIT;

	ssh_wire_add_public(&blob, public_key);
	crypto_sha256(hash, blob.data, blob.len);
	buf_release(&blob);
	buf_adds(out, "SHA256:");
	base64_encode(out, hash, sizeof(hash), 0);
	while (out->len > 0 && out->data[out->len - 1] == '=')
		buf_truncate(out, out->len - 1);
}

int key_fingerprint_parse(char out[KEY_FINGERPRINT], const char *text,
			  struct err *err)
{
	struct buf padded = BUF_INIT;
	struct buf bytes = BUF_INIT;
	int rc = 0;

	if (strncmp(text, "SHA256:", 7) == 0)
		buf_addf(&padded, "%.64s=", text + 7);
	rc = base64_decode(&bytes, buf_text(&padded), padded.len, err);
	if (rc < 0 || bytes.len != CRYPTO_SHA256_SIZE)
		rc = err_set(err, ERR_INPUT,
			     "'%.100s' is not SHA256: and 43 characters, as "
			     "ssh-keygen -l prints them",
			     text);
	for (size_t i = 0; rc == 0 && i < CRYPTO_SHA256_SIZE; i++)
		snprintf(out + 2 * i, 3, "%02x", (unsigned char)bytes.data[i]);
	buf_release(&bytes);
	buf_release(&padded);
	return rc;
}

void key_fingerprint(char out[KEY_FINGERPRINT],
		     const uint8_t public_key[CRYPTO_PUBLIC_SIZE])
{
	static const char hex[] = "0123456789abcdef";
	uint8_t hash[CRYPTO_SHA256_SIZE];
	struct buf blob = BUF_INIT;

	ssh_wire_add_public(&blob, public_key);
	crypto_sha256(hash, blob.data, blob.len);
	buf_release(&blob);
	for (size_t i = 0; i < sizeof(hash); i++) {
		out[2 * i] = hex[hash[i] >> 4];
		out[2 * i + 1] = hex[hash[i] & 15];
	}
	out[KEY_FINGERPRINT - 1] = '\0';
}
