/* hub_relay.h - the hub as it would be if the outboxes that somebody carries
 * here in a file had been pushed to it.
 * Knows which of two outbox refs is ahead; judges no commit.
 *
 * The office takes them in as it takes in those at the hub: the same checks,
 * the same verdicts. */
#ifndef TIAN_SYNC_HUB_RELAY_H
#define TIAN_SYNC_HUB_RELAY_H

#include "sync/road/hub.h"

/* `there` and `file` are open hubs, `into` is locked; all are borrowed. What
 * the file's outboxes name is fetched into `into` at once. ERR_INPUT: the
 * file holds no outbox, or is damaged. */
int hub_relay_open(struct hub **out, struct hub *there, struct hub *file,
		   struct repository *into, struct err *err);
/* The outbox refs of the file. Borrowed. */
const struct ref_list *hub_relay_carried(const struct hub *hub);

#endif
