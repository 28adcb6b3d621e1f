/* world_helper.h - an office, its units and a hub in one folder, for tests of
 * whole exchanges. Fails the running test where a step should work. */
#ifndef TIAN_TESTS_SYNC_WORLD_HELPER_H
#define TIAN_TESTS_SYNC_WORLD_HELPER_H

#include "sync/sync.h"

/* Begins a test: what `make` makes in the test's folder. It runs once; each
 * further test gets a copy of what it made, so it must be the same one. */
void world_begin(void (*make)(void));
/* Ends it, and the last report with it: a teardown. */
int world_end(void **state);

/* Makes hub and node `office` in the test's folder. */
void world_office(void);
/* A node of unit `site` in folder `name`, enrolled at the office. */
void world_unit(const char *name, const char *site, const char *title);
/* The same, not enrolled. */
void world_stranger(const char *name, const char *site);
/* The same, meeting the office at a mailbox, a bare repository in folder
 * `mailbox` that is made if absent; the office is told of it. */
void world_at_mailbox(const char *name, const char *site, const char *mailbox);
/* The unit of a node that is there is added, and its key enrolled. */
void world_welcome(const char *name, const char *site, const char *title);
/* The office enrols the key of folder `name` for a site. */
void world_enrol(const char *name, const char *site);

/* The same by any machine of the office. */
void world_enrol_at(const char *office, const char *name, const char *site);

/* Plain SQL on a node's database through a connection with triggers, as one
 * edit signed `author`. */
void world_edit(const char *name, const char *author, const char *sql);
/* A decision with a reason, at the office: `value` NULL clears. */
void world_decide(const char *name, const char *entity, const char *row,
		  const char *field, const char *value, const char *reason);
/* A proposal assigned to a site (may be NULL), by the office. */
void world_case(const char *key, const char *title, const char *site);
/* One text cell of a query; "" for NULL. Static storage. */
const char *world_text(const char *name, const char *sql);

/* world_office, a unit `edu` in folder `edu`, and a proposal `1-1-001` that is
 * assigned to it and has come to it. */
void world_office_and_edu(void);

/* Syncs, expecting `rc`. The report of the last one, until the next. */
const struct sync_report *world_sync(const char *name, int rc);
/* The same at a unit's node that gets all that was ever sent. */
const struct sync_report *world_history(const char *name);
/* How many late changes wait for a decision there. */
size_t world_late(const char *name);
/* Everything there and at the hub follows from the signed changes. */
void world_verify(const char *name);
/* Each ref of the repository at `path` names a commit that is there, with its
 * tree. */
void world_whole(const char *path);
/* Text of the last error. */
const char *world_error(void);
/* State hash of a node, limited to `site` (may be NULL). Static, in turn. */
const char *world_state(const char *name, const char *site);
void world_forget(void); /* the last report */

#endif
