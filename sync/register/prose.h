/* prose.h - long text as lines that a diff can follow: one sentence each.
 * Knows the ends of Chinese sentences; no field, no file. */
#ifndef TIAN_SYNC_PROSE_H
#define TIAN_SYNC_PROSE_H

#include <stddef.h>

#include "core/base/buf.h"

/* Appends the text with a line break after each sentence (。！？； with the
 * quotation marks and brackets that close after it) where more follows on the
 * line. A line break of the text itself becomes two. `text` is valid UTF-8. */
void prose_wrap(struct buf *out, const char *text, size_t len);
/* The exact inverse of prose_wrap: a single line break goes, of n in a row n/2
 * stay. Appends. */
void prose_unwrap(struct buf *out, const char *text, size_t len);

#endif
