/* register_follow.h - whether a node's own file of the register says what
 * follows from its changes: an auditor reads its lines as that node's.
 * Knows lines and what they may say; never git.
 *
 * (F1) A line is one of the node's own cells, in the register's order, with
 *      the value it last wrote there. No other line, and none left out.
 * (F2) A node may not know yet what the office does: that a change was
 *      refused, or that a unit, a code or a field has got another name. So a
 *      refused value may stand where nothing later was taken, and a name may
 *      be any that it ever had. */
#ifndef TIAN_SYNC_REGISTER_FOLLOW_H
#define TIAN_SYNC_REGISTER_FOLLOW_H

#include <stdbool.h>

#include "core/base/buf.h"
#include "core/replica/replica.h"

/* `text` is the file, empty where the node has none of this case; upto as in
 * register_render_own, whose text always follows. *line is the first that
 * does not, from 1. */
int register_follow(bool *out, size_t *line, struct replica *replica,
		    const char *key, struct change_id upto,
		    const struct buf *text, struct err *err);

#endif
