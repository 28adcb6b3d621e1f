/* signature.c - texts that were changed after somebody put a name to them.
 * Knows hashes; settles nothing. */
#include "cli/case/signature.h"

#include <string.h>

#include "cli/case/case.h"
#include "cli/case/event.h"
#include "cli/terminal/message.h"
#include "core/base/db.h"

static const char SQL_ALL[] =
	"SELECT proposal, unit, kind, hash, text FROM signature"
	" ORDER BY proposal, unit, kind";
static const char SQL_CASE[] =
	"SELECT proposal, unit, kind, hash, text FROM signature WHERE proposal"
	" = ?1 ORDER BY unit, kind";

static bool holds(sqlite3_stmt *stmt)
{
	struct value text = db_value(stmt, 4);
	char hash[EVENT_HASH_SIZE];

	if (text.type != VALUE_TEXT)
		return false;
	event_text_hash(hash, text.bytes, text.len);
	return strcmp(hash, db_text(stmt, 3)) == 0;
}

int signature_each_stale(struct replica *replica, const char *key,
			 signature_fn *fn, void *ctx, struct err *err)
{
	struct db *db = replica_db(replica);
	sqlite3_stmt *stmt = NULL;
	int rc = db_prepare(&stmt, db, key ? SQL_CASE : SQL_ALL, err);

	if (rc == 0 && key)
		db_bind_text(stmt, 1, key);
	while (rc == 0) {
		struct signature_stale stale;

		rc = db_step(db, stmt, err);
		if (rc <= 0)
			break;
		rc = 0;
		stale.key = db_text(stmt, 0);
		stale.unit = db_text(stmt, 1);
		stale.kind = db_text(stmt, 2);
		if (!holds(stmt))
			rc = fn(&stale, ctx, err);
	}
	sqlite3_finalize(stmt);
	return rc;
}

static const char *what_is_stale(const char *kind)
{
	if (strcmp(kind, "signed") == 0)
		return _("the text was changed after it was signed");
	if (strcmp(kind, "countersigned") == 0)
		return _("the text was changed after it was countersigned");
	if (strcmp(kind, "submitted") == 0)
		return _("the text was changed after it was submitted");
	return _("the text was changed after it passed review");
}

int signature_tell(struct buf *out, struct replica *replica,
		   const struct signature_stale *stale, struct err *err)
{
	int rc = case_unit_name(out, replica, stale->unit, err);

	buf_addf(out, ": %s", what_is_stale(stale->kind));
	return rc < 0 ? rc : buf_check(out, err);
}
