/* base64.h - RFC 4648 base64 with padding, strict on what it reads.
 * Knows bytes only. */
#ifndef TIAN_SYNC_BASE64_H
#define TIAN_SYNC_BASE64_H

#include <stddef.h>

#include "core/base/buf.h"

/* Appends the encoding; a line break after every `wrap` characters (and at
 * the end), none if 0. */
void base64_encode(struct buf *out, const void *bytes, size_t len, size_t wrap);
/* Appends the bytes of `len` characters; line breaks are passed over.
 * ERR_INPUT: a character, padding or left-over bits that do not belong. */
int base64_decode(struct buf *out, const char *text, size_t len,
		  struct err *err);

#endif
