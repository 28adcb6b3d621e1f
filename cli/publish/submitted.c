/* submitted.c - whether a reply was handed in as it stands. */
#include "cli/publish/submitted.h"

#include <string.h>

#include "cli/case/event.h"
#include "core/base/db.h"

static const char SQL_SUBMITTED[] =
	"SELECT text_hash FROM flow WHERE proposal = ?1 AND kind = 'submitted'"
	" AND (unit = ?2 OR unit = 'office' AND coalesce(target, ?2) = ?2)";

int submitted_is(bool *out, struct replica *replica, const char *key,
		 const char *unit, const char *text, struct err *err)
{
	struct db *db = replica_db(replica);
	char hash[EVENT_HASH_SIZE];
	sqlite3_stmt *stmt;
	int rc = db_stmt(&stmt, db, SQL_SUBMITTED, err);

	*out = false;
	if (rc < 0)
		return rc;
	event_text_hash(hash, text, strlen(text));
	db_bind_text(stmt, 1, key);
	db_bind_text(stmt, 2, unit);
	while (!*out && (rc = db_step(db, stmt, err)) > 0)
		*out = db_is_null(stmt, 0) ||
		       strcmp(db_text(stmt, 0), hash) == 0;
	sqlite3_reset(stmt);
	return rc < 0 ? rc : 0;
}
