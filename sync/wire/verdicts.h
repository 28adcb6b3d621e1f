/* verdicts.h - what a merge refused or flagged, as bytes: `verdicts.msgpack`,
 * specified in schemas/changes.md.
 * Knows that format; never what a verdict does to a change. */
#ifndef TIAN_SYNC_VERDICTS_H
#define TIAN_SYNC_VERDICTS_H

#include <stddef.h>

#include "core/merge/apply.h"
#include "core/base/buf.h"

enum { VERDICTS_BYTES_MAX = 16 << 20, VERDICTS_MAX = 1 << 18 };

/* Appends them in the order given. n = 0 is allowed.
 * ERR_INPUT: a limit is exceeded; *out is as before. */
int verdicts_encode(struct buf *out, const struct verdict *verdicts, size_t n,
		    struct err *err);
/* *out (free it; NULL where *n is 0) borrows nothing. A kind that this
 * program does not know is handed on as its number.
 * ERR_CORRUPT: not well-formed; ERR_INPUT: needs a newer program. */
int verdicts_decode(struct verdict **out, size_t *n, const void *bytes,
		    size_t len, struct err *err);

#endif
