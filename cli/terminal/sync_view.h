/* sync_view.h - telling what an exchange brought, by the hub or by a file.
 * Knows a report; exchanges nothing. */
#ifndef TIAN_CLI_SYNC_VIEW_H
#define TIAN_CLI_SYNC_VIEW_H

#include <stdbool.h>

#include "core/base/buf.h"
#include "sync/sync.h"

/* One JSON document on stdout. */
int sync_view_json(const struct sync_report *report, struct err *err);
/* Lines on stdout. */
void sync_view_text(const struct sync_report *report, bool office);
/* How many details of a kind there are. */
size_t sync_view_count(const struct sync_report *report,
		       enum sync_detail_kind kind);
/* What a person should look at, on stderr: what was refused, what waits, and
 * what to do about it. */
void sync_view_details(const struct sync_report *report,
		       struct replica *replica);
/* The hub was not reached: why, and what that means for the work done here. */
void sync_view_away(struct replica *replica, const struct err *why);
/* Is the hub a folder that is not there? Its name is appended then. */
bool sync_view_gone(struct buf *folder, struct replica *replica);

#endif
