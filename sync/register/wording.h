/* wording.h - a commit's message: what changed, in words that people of the
 * office use, then trailers for machines.
 * Knows labels; never git, and no rule. */
#ifndef TIAN_SYNC_WORDING_H
#define TIAN_SYNC_WORDING_H

#include "core/base/buf.h"
#include "core/replica/replica.h"

enum {
	WORDING_LINES_MAX = 50, /* changes a body lists */
	WORDING_VALUE_MAX = 60	/* columns of a value in it */
};

/* Appends subject and empty line, e.g.
 *   1-1-014 承办·区教育局: 答复正文、拟定类别 A类
 * or, of several rows, `1-1-001 等 20 件 提案、承办: 248 项` (cases, each once;
 * kinds of rows; changes); and, where that does not say it all, a line for each
 * change; without trailers, which follow after a further empty line. Names of
 * units and codes are those known here now. */
int wording_batch(struct buf *out, struct replica *replica,
		  const struct batch *batch, struct err *err);
/* Appends `Reason:` trailers, each reason once. */
void wording_reasons(struct buf *out, const struct batch *batch);

#endif
