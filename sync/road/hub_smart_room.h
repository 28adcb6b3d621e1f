/* hub_smart_room.h - the smart road as its own files see it. */
#ifndef TIAN_SYNC_HUB_SMART_ROOM_H
#define TIAN_SYNC_HUB_SMART_ROOM_H

#include "sync/road/hub_smart.h"
#include "sync/road/pkt_line.h"

/* What a git program says first: its refs, and what it can. */
struct advert {
	struct ref_list refs; /* sorted */
	struct buf can;	      /* " word word " */
};

struct hub_smart {
	struct hub hub;
	struct stream_host *host;
	struct stream *session; /* upload-pack that has said its refs, or
				   NULL */
	struct advert advert;	/* what it said; empty before */
	bool told;		/* advert is what the hub has, as we know */
	struct oid_set known;	/* all tips it has ever shown us */
	char *scratch;		/* folder of the reader, or NULL */
};

/* Reads what the program at the other end says first. */
int advert_read(struct advert *out, struct pkt_reader *reader, struct err *err);
void advert_release(struct advert *advert);
bool advert_can(const struct advert *advert, const char *word);

/* Reads the hub's refs unless they are known. */
int hub_smart_refs(struct hub_smart *smart, struct err *err);
/* Forgets them: they may have moved. */
void hub_smart_forget(struct hub_smart *smart);
/* The tips of an advert are known to be there, with all they name. */
int hub_smart_learn(struct hub_smart *smart, const struct advert *advert,
		    struct err *err);
/* The verb push. */
int hub_smart_push(struct hub *hub, struct repository *from,
		   struct hub_push *push, struct err *err);

/* One frame of a multiplexed answer: appends what band 1 says to `data`, if
 * it is not NULL, and the last of band 2 to `words`. 1 a frame, 0 the end.
 * ERR_HUB: cut. ERR_CORRUPT: the other side gave up, with its words. */
int smart_band(struct buf *data, struct buf *words, struct pkt_reader *reader,
	       struct err *err);

#endif
