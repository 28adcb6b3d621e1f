/* replica.h - one node's SQLite file: who it is, and its life cycle.
 * Knows identity and migration; edits, log and merge live next door. */
#ifndef TIAN_CORE_REPLICA_H
#define TIAN_CORE_REPLICA_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/db.h"
#include "core/schema/schema.h"

#define REPLICA_OFFICE "office" /* the office's site code */

struct replica;

struct replica_identity {
	const char *site;   /* REPLICA_OFFICE or a unit's code */
	const char *author; /* default author of edits; may be "" */
	uint64_t origin;    /* 0: a new random one is made */
};

/* Makes path.tmp and renames it, so path is whole or absent. ERR_INPUT if it
 * exists already. ":memory:" is allowed for replica_open_scratch only. */
int replica_create(const char *path, const struct replica_identity *id,
		   struct err *err);
/* Opens; a replica that an older program made is upgraded first, in one
 * transaction. ERR_MISSING: no file; ERR_INPUT: not a replica, or one of a
 * newer program that this one must not write to. */
int replica_open(struct replica **out, const char *path, struct err *err);
/* A new empty replica of the office in `path` without durability, for
 * recomputing: ":memory:", or "" for a file that has no name and is gone at
 * the end, for what may be large. */
int replica_open_scratch(struct replica **out, const char *path,
			 struct err *err);
/* The same as of an earlier version of the schema, and on to a later one, in
 * the caller's transaction. ERR_CORRUPT: a version this program does not know.
 */
int replica_open_scratch_of(struct replica **out, const char *path,
			    uint32_t version, struct err *err);
int replica_raise(struct replica *replica, uint32_t version, struct err *err);
/* Looks whether the file's schema is another than the one in memory: another
 * process has added a field, or a rollback has undone one. */
int replica_refresh(struct replica *replica, struct err *err);
/* Whether a newer program made the file: to be read and edited, but what it
 * adds is unknown here. */
bool replica_newer(const struct replica *replica);
void replica_close(struct replica *replica);

struct db *replica_db(struct replica *replica);
/* As it is now: a field may be added when changes are logged or applied. What
 * was handed out before stays readable until replica_close. */
const struct schema *replica_schema(const struct replica *replica);
const char *replica_site(const struct replica *replica);
const char *replica_author(const struct replica *replica);
bool replica_is_office(const struct replica *replica);
uint64_t replica_origin(const struct replica *replica);

/* Small facts of the node (table _meta): hub URL, cursors, pinned key … `get`
 * gives "" for an absent name; caller frees *out. Joins an open
 * transaction. */
int replica_get(char **out, struct replica *replica, const char *name,
		struct err *err);
int replica_set(struct replica *replica, const char *name, const char *value,
		struct err *err);

#endif
