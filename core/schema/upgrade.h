/* upgrade.h - a replica that an older program made becomes one of this
 * program's: once, whole, when it is opened. Inside core/.
 * Knows versions and who made the file last; the tables are domain.c's. */
#ifndef TIAN_CORE_UPGRADE_H
#define TIAN_CORE_UPGRADE_H

#include "core/replica/replica_room.h"

/* Whether `db` is a replica this program may open, and whether it has to be
 * upgraded first. ERR_INPUT: neither; says what to do. */
int upgrade_check(bool *needed, struct db *db, const char *path,
		  struct err *err);
/* Makes what every program needs to read the old schema and log what plain
 * SQL left pending; then the upgrade itself. One transaction: a process that
 * dies in it leaves the old replica, two that begin at once upgrade once. */
int upgrade_run(struct replica *replica, struct err *err);
/* Notes in _meta that this program has made the tables. */
int upgrade_sign(struct db *db, struct err *err);

#endif
