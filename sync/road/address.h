/* address.h - the bytes that an address writes as %xx.
 * Knows RFC 3986's escapes; no road. */
#ifndef TIAN_SYNC_ADDRESS_H
#define TIAN_SYNC_ADDRESS_H

#include "core/base/buf.h"

/* Appends text with %20 and the like made the bytes they stand for. What is
 * no escape, or stands for NUL, stays as it is. */
void address_decode(struct buf *out, const char *text, size_t len);

#endif
