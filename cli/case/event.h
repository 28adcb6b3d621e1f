/* event.h - adding a row to the flow of a case (流程).
 * Knows how an event's key is made; knows no state machine: status is
 * derived from these rows by the view proposal_status.
 *
 * (E1) an id made here sorts after that of every event of the case that this
 *      replica knows, whatever its clock says: cause before effect. */
#ifndef TIAN_CLI_EVENT_H
#define TIAN_CLI_EVENT_H

#include "core/base/buf.h"
#include "core/replica/replica.h"

struct event {
	const char *key;       /* the case */
	const char *kind;      /* a code of list `event` */
	const char *detail;    /* NULL: none */
	const char *text_hash; /* NULL: none; hex SHA-256 of the text meant */
	const char *until;     /* NULL: none; 2022-06-30 */
	const char *target;    /* NULL: none; the unit it is about */
	const char *when;      /* NULL: now; 2022-06-30T09:15:00Z */
};

enum {
	EVENT_TIME_SIZE = 21, /* 2022-06-30T09:15:00Z and its NUL */
	EVENT_HASH_SIZE = 65  /* hex SHA-256 and its NUL */
};

/* Adds it under this replica's own site, with the time of now. Its id is the
 * time (E1) and this node's origin, so two nodes never make the same one.
 * Between edit_begin and edit_commit. */
int event_add(struct replica *replica, const struct event *event,
	      struct err *err);
/* An id as event_add makes it, for other rows of the case whose key ends with
 * one, appended to `id`. */
int event_id(struct buf *id, struct replica *replica, const char *key,
	     struct err *err);
/* The present time as a field of type time holds it. */
void event_time(char out[EVENT_TIME_SIZE]);
/* Hex SHA-256 of a text, as text_hash holds it. */
void event_text_hash(char out[EVENT_HASH_SIZE], const char *text, size_t len);

#endif
