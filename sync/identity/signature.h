/* signature.h - SSH signatures over commits (openssh-portable,
 * PROTOCOL.sshsig): namespace `git`, SHA-512, Ed25519.
 * Knows armour and cryptography; never who may sign what. */
#ifndef TIAN_SYNC_SIGNATURE_H
#define TIAN_SYNC_SIGNATURE_H

#include "sync/identity/key.h"

#define SIGNATURE_NAMESPACE "git"

/* Appends the armoured signature of `data`, ending without a line break, as
 * git puts it into the header `gpgsig`. */
int signature_make(struct buf *out, const void *data, size_t len,
		   const struct key *key, struct err *err);
/* The key that made `armour` over `data`.
 * ERR_CORRUPT: malformed, another kind of key, or it does not hold. */
int signature_check(uint8_t public_key[CRYPTO_PUBLIC_SIZE], const void *data,
		    size_t len, const char *armour, size_t armour_len,
		    struct err *err);

#endif
