/* ssh_wire.h - the strings of SSH's wire format (RFC 4251, section 5), and
 * the one key type we use (RFC 8709: ssh-ed25519).
 * Knows shapes of bytes; no file, no armour, no cryptography. */
#ifndef TIAN_SYNC_SSH_WIRE_H
#define TIAN_SYNC_SSH_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "core/base/crypto.h"

#define SSH_KEY_TYPE "ssh-ed25519"

void ssh_wire_add_u32(struct buf *out, uint32_t value);
void ssh_wire_add_string(struct buf *out, const void *bytes, size_t len);
/* The public key blob: string "ssh-ed25519", string of 32 bytes. */
void ssh_wire_add_public(struct buf *out,
			 const uint8_t public_key[CRYPTO_PUBLIC_SIZE]);

struct ssh_wire {
	const uint8_t *at; /* borrowed */
	size_t left;
};

/* Each reads one item; false (and nothing read) if it is not there. */
bool ssh_wire_u32(struct ssh_wire *in, uint32_t *value);
bool ssh_wire_bytes(struct ssh_wire *in, const uint8_t **bytes, size_t len);
bool ssh_wire_string(struct ssh_wire *in, const uint8_t **bytes, size_t *len);
/* A string that must be exactly `text`. */
bool ssh_wire_expect(struct ssh_wire *in, const char *text);
/* A whole public key blob, no bytes behind it. */
bool ssh_wire_public(uint8_t public_key[CRYPTO_PUBLIC_SIZE],
		     const uint8_t *blob, size_t len);

#endif
