/* utf8.h - the one door to utf8proc: validity, NFC, display width.
 * Knows nothing of fields or languages. */
#ifndef TIAN_CORE_UTF8_H
#define TIAN_CORE_UTF8_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/buf.h"

/* Well-formed UTF-8 without NUL: no surrogates, no overlong forms. */
bool utf8_valid(const char *text, size_t len);
/* Appends the NFC form; with `trim`, white space (ASCII, U+00A0, U+3000) at
 * both ends is left out. ERR_INPUT on ill-formed text. */
int utf8_normalize(struct buf *out, const char *text, size_t len, bool trim,
		   struct err *err);
/* Columns on a terminal: wide East Asian characters count 2, combining ones
 * 0. Ill-formed bytes count 1 each. */
size_t utf8_width(const char *text, size_t len);
/* Bytes of the longest prefix no wider than `columns`. */
size_t utf8_fit(const char *text, size_t len, size_t columns);
/* Bytes of the first character, 1 for an ill-formed byte, 0 at the end; its
 * code point into *code (may be NULL), -1 for an ill-formed byte. */
size_t utf8_next(const char *text, size_t len, int *code);

#endif
