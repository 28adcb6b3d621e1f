/* hub.h - the bare repository where all sites meet, by whatever road.
 * Knows addresses, and which road goes there; never what the refs mean.
 *
 * A road is a file hub_*.c with a table of these verbs. */
#ifndef TIAN_SYNC_HUB_H
#define TIAN_SYNC_HUB_H

#include <pthread.h>
#include <stdbool.h>

#include "sync/git/repository.h"

struct hub;

struct hub_update {
	const char *name;   /* full name of the ref, borrowed */
	struct oid old;	    /* what it must be now; zero: absent */
	struct oid new_oid; /* what it becomes */
	bool gate;	    /* if it is stale, no later one is made */
	int result;	    /* out: 0, or ERR_STALE: it was not `old` */
};

struct hub_push {
	struct hub_update *updates; /* made in this order */
	size_t n;
	const struct oid *also; /* further tips whose objects travel along */
	size_t n_also;
	struct hub_turn *turn; /* NULL: nobody else pushes from there now */
};

/* Where several threads push from one repository, each reads it in turn; what
 * goes over the wire goes at once. */
struct hub_turn {
	pthread_mutex_t mutex;
};
void hub_turn_take(struct hub_push *push);
void hub_turn_leave(struct hub_push *push);

/* The address as it can be kept: local paths made absolute. ERR_INPUT: not an
 * address of a road we have. */
int hub_address(struct buf *out, const char *url, struct err *err);
/* Makes the hub where there is none and the road can (behind a server it
 * cannot, and does nothing). */
int hub_create(const char *url, struct err *err);

/* For all that follow, ERR_HUB: not reached; local work is kept. */
int hub_open(struct hub **out, const char *url, struct err *err);
void hub_close(struct hub *hub); /* NULL is fine */

/* ERR_MISSING: no such ref. */
int hub_ref(struct oid *out, struct hub *hub, const char *name,
	    struct err *err);
/* Appends all refs whose name begins with `prefix`. */
int hub_refs(struct ref_list *out, struct hub *hub, const char *prefix,
	     struct err *err);
/* Brings what `into` (locked by the caller) lacks of these tips.
 * ERR_CORRUPT, ERR_MISSING: what the hub has there is damaged. */
int hub_fetch(struct hub *hub, struct repository *into, const struct oid *tips,
	      size_t n, struct err *err);
/* Takes there what the hub lacks, then moves the refs. 0 even where single
 * updates were stale: see each result. */
int hub_push(struct hub *hub, struct repository *from, struct hub_push *push,
	     struct err *err);
/* Whether what a site writes and reads can be relied upon in this run. Only
 * of a hub that is made of several (hub_union.h) it cannot always. */
enum hub_reach {
	HUB_REACHED,
	HUB_AWAY,    /* where it meets the office was not reached */
	HUB_UNLISTED /* it meets elsewhere since the refs were listed */
};
int hub_reach(enum hub_reach *out, struct hub *hub, const char *site,
	      struct err *err);
/* The hub's content for reading afresh (and adding to in memory, which is
 * never flushed); repository_close it before the hub. */
int hub_reader(struct repository **out, struct hub *hub, struct err *err);

/* --- for the roads ------------------------------------------------------ */

struct hub_road {
	int (*ref)(struct oid *out, struct hub *hub, const char *name,
		   struct err *err);
	int (*refs)(struct ref_list *out, struct hub *hub, const char *prefix,
		    struct err *err);
	int (*fetch)(struct hub *hub, struct repository *into,
		     const struct oid *tips, size_t n, struct err *err);
	int (*push)(struct hub *hub, struct repository *from,
		    struct hub_push *push, struct err *err);
	int (*reader)(struct repository **out, struct hub *hub,
		      struct err *err);
	int (*reach)(enum hub_reach *out, struct hub *hub, const char *site,
		     struct err *err); /* NULL: all are reached */
	void (*close)(struct hub *hub);
};

/* First member of each road's own struct. */
struct hub {
	const struct hub_road *road;
};

int hub_local_open(struct hub **out, const char *path, struct err *err);
int hub_local_create(const char *path, struct err *err);

#endif
