/* domain.h - the domain's tables as the schema says, and kept so while it
 * changes: a field is defined, a program is replaced by a newer one.
 * Inside core/. Knows tables, columns and triggers; decides no value.
 *
 * (S3) A replica has, for its site, exactly the tables, columns and triggers
 *      that follow from _entity and _field, however it came by them.
 * (S4) A value that came before its field was known is kept as a head and
 *      takes its place in the table, by the field's policy, once it is. */
#ifndef TIAN_CORE_DOMAIN_H
#define TIAN_CORE_DOMAIN_H

#include "core/replica/replica_room.h"

/* The version of the schema that this program brings along. */
uint32_t domain_version(void);
/* For tests: be the program of an earlier version; 0: be what it is. */
void domain_pretend(uint32_t version);
/* Makes _entity and _field as of `version`, definitions included. */
int domain_rows(struct db *db, uint32_t version, struct err *err);
/* Everything of a new replica but _meta: user_version is set already. */
int domain_create(struct db *db, const char *site, uint32_t version,
		  struct err *err);
/* Brings a replica up to `version`: tables of the engine, built-in rows and
 * codes, triggers, views; then as domain_follow. In the caller's transaction.
 */
int domain_upgrade(struct replica *replica, uint32_t version, struct err *err);
/* After the table `field` has changed: columns, triggers, the schema in
 * memory, and the cells that it makes show something else. In the caller's
 * transaction. Schemas that were handed out stay readable. */
int domain_follow(struct replica *replica, struct err *err);

#endif
