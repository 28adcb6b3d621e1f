/* hub_union.h - the office's hub and all mailboxes, as one hub.
 * Knows which refs live where; never what they mean.
 *
 * (U1) A mailbox is asked for its own site's refs, and given no others.
 *      What else lies there is not looked at.
 * (U2) A mailbox that is not reached holds up nobody: it is left out from
 *      then on, hub_reach says so, and hub_union_away why.
 * (U3) All mailboxes are asked at once, a few at a time, and so they are pushed
 *      to; one with nothing new costs one listing of its refs.
 *
 * A site's inbox is at its mailbox alone. Its outboxes are looked for at both
 * places, as it may not have moved yet: the mailbox's counts, unless only the
 * hub has something new. */
#ifndef TIAN_SYNC_HUB_UNION_H
#define TIAN_SYNC_HUB_UNION_H

#include "sync/road/hub.h"
#include "sync/road/mailboxes.h"

/* Takes `centre`, also on errors. The rows of `mailbox` are read anew at each
 * listing of refs. `into` tells what is new; NULL: everything is. Both it and
 * `replica` are borrowed. */
int hub_union_open(struct hub **out, struct hub *centre,
		   struct replica *replica, struct repository *into,
		   struct err *err);
/* Opens the hub of a node's replica: at the office with its mailboxes.
 * ERR_INPUT: none is known. */
int hub_union_of(struct hub **out, struct replica *replica,
		 struct repository *into, struct err *err);
/* For each mailbox that was not reached so far, from *at on: its site, and
 * why; NULL at the end. Nothing on other hubs. Borrowed. */
const char *hub_union_away(const struct hub *hub, size_t *at, const char **why);
/* The office's hub itself; NULL where `hub` is not such a union. Borrowed. */
struct hub *hub_union_centre(struct hub *hub);
/* The hub that is this site's mailbox; NULL where it has none, or is not
 * reached. Borrowed. */
struct hub *hub_union_member(struct hub *hub, const char *site);

#endif
