/* new_key.c - the key of a proposal that is entered here.
 * Knows what other computers may be giving at the same time; writes none. */
#include "cli/case/new_key.h"

#include "core/base/db.h"

enum { LETTERS = 3 };

/* Voided ones too: a number is not given twice. B078 and 2017009 are numbers
 * of a list, which go their own way: only those of four digits at most, and
 * what stands behind them, are counted on. */
static const char SQL_LAST[] =
	"SELECT max(CAST(number AS INTEGER)) FROM (SELECT substr(key,"
	" length(?1) + 2) AS number FROM proposal WHERE substr(key, 1,"
	" length(?1) + 1) = ?1 || '-') WHERE number GLOB '[0-9]*' AND"
	" CAST(number AS INTEGER) < 10000";
/* This is the computer that made the hub and it has enrolled no other one: no
 * key but its own, nothing by another node of the office. */
static const char SQL_ALONE[] =
	"SELECT (SELECT count(*) FROM signer WHERE site = 'office') = 1 AND"
	" NOT EXISTS (SELECT 1 FROM _origin WHERE site = 'office' AND origin"
	" <> ?1)";

static int ask(int64_t *out, struct replica *replica, sqlite3_stmt *stmt,
	       struct err *err)
{
	int rc = db_step(replica_db(replica), stmt, err);

	if (rc == 1)
		*out = sqlite3_column_int64(stmt, 0);
	sqlite3_reset(stmt);
	return rc < 0 ? rc : 0;
}

int new_key(struct buf *key, struct replica *replica, const char *session,
	    struct err *err)
{
	uint64_t origin = replica_origin(replica);
	int64_t last = 0, alone = 0;
	sqlite3_stmt *stmt;
	int rc = db_stmt(&stmt, replica_db(replica), SQL_LAST, err);

	if (rc == 0) {
		db_bind_text(stmt, 1, session);
		rc = ask(&last, replica, stmt, err);
	}
	if (rc == 0)
		rc = db_stmt(&stmt, replica_db(replica), SQL_ALONE, err);
	if (rc == 0) {
		db_bind_int(stmt, 1, (int64_t)origin);
		rc = ask(&alone, replica, stmt, err);
	}
	if (rc < 0)
		return rc;
	buf_addf(key, "%s-%03lld", session, (long long)last + 1);
	for (int i = 0; !alone && i < LETTERS; i++, origin >>= 4)
		buf_addc(key, (char)('a' + (origin & 15)));
	return buf_check(key, err);
}
