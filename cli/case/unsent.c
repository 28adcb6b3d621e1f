/* unsent.c - counting what waits here. */
#include "cli/case/unsent.h"

#include "core/log/change_log.h"
#include "core/base/db.h"

/* _meta.sent is the outbox commit last seen to arrive (sync/node/copies.h). */
static const char SQL_SENT[] =
	"SELECT max(last) FROM _commit WHERE origin = ?1 AND commit_id ="
	" (SELECT value FROM _meta WHERE name = 'sent')";

int unsent_count(size_t *n, struct replica *replica, struct err *err)
{
	struct db *db = replica_db(replica);
	uint64_t last = 0, sent = 0;
	sqlite3_stmt *stmt;
	int rc = change_log_last(&last, replica, err);

	*n = 0;
	if (rc == 0)
		rc = db_stmt(&stmt, db, SQL_SENT, err);
	if (rc < 0)
		return rc;
	db_bind_int(stmt, 1, (int64_t)replica_origin(replica));
	rc = db_step(db, stmt, err);
	if (rc == 1)
		sent = (uint64_t)db_int(stmt, 0);
	sqlite3_reset(stmt);
	*n = last > sent ? (size_t)(last - sent) : 0;
	return rc < 0 ? rc : 0;
}
