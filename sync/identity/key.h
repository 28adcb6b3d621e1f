/* key.h - a node's Ed25519 key in OpenSSH's own file formats, so that
 * ssh-keygen reads ours and we read its.
 * Knows the files `key` and `key.pub`; never what is signed, nor who is
 * allowed to. Format: openssh-portable, PROTOCOL.key. */
#ifndef TIAN_SYNC_KEY_H
#define TIAN_SYNC_KEY_H

#include "core/base/buf.h"
#include "core/base/crypto.h"

struct key {
	uint8_t public_key[CRYPTO_PUBLIC_SIZE];
	uint8_t secret[CRYPTO_SECRET_SIZE]; /* wiped by key_release */
};

/* hex SHA-256 of the public key blob, the name of a signer row. */
enum { KEY_FINGERPRINT = 2 * CRYPTO_SHA256_SIZE + 1 };

void key_generate(struct key *key);
void key_release(struct key *key);
/* Writes `path` (mode 0600) and `path.pub`, each by rename; `comment` ends
 * the public line. */
int key_save(const struct key *key, const char *path, const char *comment,
	     struct err *err);
/* ERR_MISSING: no such file. ERR_INPUT: not an OpenSSH Ed25519 key, or one
 * behind a passphrase. */
int key_load(struct key *key, const char *path, struct err *err);

/* Appends `ssh-ed25519 AAAA…`, without comment or line break. */
void key_public_line(struct buf *out,
		     const uint8_t public_key[CRYPTO_PUBLIC_SIZE]);
/* Reads such a line; a comment and space at the ends are passed over.
 * ERR_INPUT: another type of key, or none at all. */
int key_public_parse(uint8_t public_key[CRYPTO_PUBLIC_SIZE], const char *line,
		     struct err *err);
void key_fingerprint(char out[KEY_FINGERPRINT],
		     const uint8_t public_key[CRYPTO_PUBLIC_SIZE]);
/* Appends it as ssh-keygen -l prints it: `SHA256:` and base64. */
void key_print_fingerprint(struct buf *out,
			   const uint8_t public_key[CRYPTO_PUBLIC_SIZE]);
/* The same in hex, from that text. ERR_INPUT: another form. */
int key_fingerprint_parse(char out[KEY_FINGERPRINT], const char *text,
			  struct err *err);

#endif
