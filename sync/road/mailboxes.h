/* mailboxes.h - which units meet the office elsewhere than at its hub: rows
 * of `mailbox`, the office's own and sent to no unit.
 * Knows sites and addresses; reaches none, and keeps no password. */
#ifndef TIAN_SYNC_MAILBOXES_H
#define TIAN_SYNC_MAILBOXES_H

#include "core/base/buf.h"
#include "core/replica/replica.h"

struct mailbox {
	char *site;
	char *url;
};

struct mailboxes {
	struct mailbox *items; /* sorted by site, each once */
	size_t n;
};

void mailboxes_release(struct mailboxes *mailboxes);
/* Rows that are not void and name a site and an address. *out starts as
 * {0}. */
int mailboxes_load(struct mailboxes *out, struct replica *replica,
		   struct err *err);
/* Whether there is a row at all, or ever was. */
int mailboxes_ever(bool *out, struct replica *replica, struct err *err);
/* Appends one site's address, nothing where it has no mailbox. */
int mailboxes_url(struct buf *out, struct replica *replica, const char *site,
		  struct err *err);

#endif
