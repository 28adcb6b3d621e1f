/* hub_smart.h - the road to a hub behind a git server: git's smart protocol,
 * version 0, which every git server speaks, over any stream.
 * Source: gitprotocol-pack(5), gitprotocol-capabilities(5), and for http
 * gitprotocol-http(5). Knows the protocol; never how bytes get there, never
 * what the refs mean.
 *
 * (H1) We say what the other side is known to have by the tips it has shown
 *      in this conversation and by our own refs; nothing is walked to find
 *      out. So cost follows what is new.
 * (H2) A push names exactly the objects the other side lacks, and moves all
 *      its refs or none where the server can; otherwise one after another.
 * (H3) When a push is not taken, the refs are read again: one that is not
 *      what it was is stale, and otherwise the server refuses. */
#ifndef TIAN_SYNC_HUB_SMART_H
#define TIAN_SYNC_HUB_SMART_H

#include "sync/road/hub.h"
#include "sync/road/stream.h"

/* Takes `host`, also on errors. Nothing is reached before it is needed. */
int hub_smart_open(struct hub **out, struct stream_host *host, struct err *err);

#endif
