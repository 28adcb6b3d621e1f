/* replica_room.h - the replica as core/ itself sees it. Not for others. */
#ifndef TIAN_CORE_REPLICA_ROOM_H
#define TIAN_CORE_REPLICA_ROOM_H

#include "core/replica/replica.h"

/* Fields of an entity at most; one more slot is for several at once. */
enum { FIELD_SLOTS = 63, UPDATE_SLOTS = FIELD_SLOTS + 1 };
enum { REPLICA_APPLICATION = 0x5449414e /* "TIAN" */ };

struct replica {
	struct db *db;
	struct schema *schema;
	struct schema **past; /* all that were read, callers may hold them */
	size_t n_past;
	char *stamp; /* `schema` of _meta when it was read */
	char *site;
	char *author;
	uint64_t origin;
	bool office;
	/* UPDATE statements of domain fields, [entity index][UPDATE_SLOTS],
	 * made when first used. */
	sqlite3_stmt **updates;
	size_t n_updates;
	char *assigned_sql; /* is case ?1 assigned to site ?2 */
};

/* Reads the schema anew; keeps the one before. */
int replica_load_schema(struct replica *replica, struct err *err);

#endif
