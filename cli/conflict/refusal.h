/* refusal.h - a change that was refused, in words people know.
 * Knows the log; refuses nothing. */
#ifndef TIAN_CLI_REFUSAL_H
#define TIAN_CLI_REFUSAL_H

#include <stddef.h>

#include "core/base/buf.h"
#include "core/replica/replica.h"

/* `text` is a report's: "[site] ORIGIN:SEQ: why". Appends
 * "1-1-014 拟定类别 (区教育局 陈立): 'A': why"; nothing where it is no
 * field's. The case's key goes to `key` (cleared first; "" for none). A text
 * that names no change known here is appended as it is. */
int refusal_tell(struct buf *out, struct buf *key, struct replica *replica,
		 const char *text, struct err *err);
/* Refused changes of fields that this replica holds. */
int refusal_count(size_t *n, struct replica *replica, struct err *err);

#endif
