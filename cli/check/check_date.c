/* check_date.c - replies that are late or nearly so, with the rule that made
 * the date. Knows views and the calendar of this machine; sets no date. */
#include "cli/check/check_room.h"

#include "cli/case/deadline.h"
#include "cli/terminal/message.h"
#include "core/base/db.h"

enum { RULE_GIVEN = 8, SOON_DAYS = 14 };

/* Cases that owe a reply by a date not more than ?1 days off, the date of the
 * case before those of its units, and what made it. */
static const char SQL_DATES[] =
	"SELECT k.key, k.due, CAST(julianday('now', 'localtime', 'start of"
	" day') - julianday(k.due) AS INTEGER), d.rule, d.start, d.amount,"
	" d.unit FROM (SELECT c.key, coalesce(p.due, (SELECT min(h.due) FROM"
	"  handling h WHERE h.proposal = c.key AND h.role IN ('main',"
	"  'split') AND h.void IS NOT 1)) AS due FROM temp.checked c"
	"  JOIN proposal p ON p.key = c.key WHERE c.status IN"
	"  (SELECT status FROM _owing)) AS k"
	" LEFT JOIN deadline d ON d.proposal = k.key AND d.kind = 'reply' AND"
	" d.due = k.due AND d.proposal BETWEEN ?2 AND ?3 WHERE k.due <= date('now', 'localtime', '+' || ?1 ||"
	" ' days') GROUP BY k.key";

static int say(struct check *check, sqlite3_stmt *stmt)
{
	int64_t days = db_int(stmt, 2);
	bool late = days > 0;
	struct buf why = BUF_INIT;
	struct check_said said = {
		.key = db_text(stmt, 0),
		.check = late ? "overdue" : "due_soon",
		.severity = late ? CHECK_WARNING : CHECK_HINT,
		.message = late ? _("the reply was due on {1}; days since: {2}")
				: _("the reply is due on {1}; days left: {2}"),
		.one = db_text(stmt, 1),
		.unit = db_is_null(stmt, 6) ? NULL : db_text(stmt, 6),
	};
	int rc;

	buf_addf(&why, "%lld; ", (long long)(late ? days : -days));
	deadline_rule(&why,
		      db_is_null(stmt, 3) ? RULE_GIVEN : (int)db_int(stmt, 3),
		      db_text(stmt, 4), (long long)db_int(stmt, 5));
	said.two = buf_text(&why);
	rc = buf_check(&why, check->err);
	if (rc == 0)
		rc = check_say(check, &said);
	buf_release(&why);
	return rc;
}

int check_dates(struct check *check)
{
	struct db *db = replica_db(check->replica);
	sqlite3_stmt *stmt;
	int rc = db_stmt(&stmt, db, SQL_DATES, check->err);

	if (rc < 0)
		return rc;
	db_bind_int(stmt, 1, SOON_DAYS);
	check_bind_keys(stmt, 2, check);
	while ((rc = db_step(db, stmt, check->err)) == 1) {
		rc = say(check, stmt);
		if (rc < 0)
			break;
	}
	sqlite3_reset(stmt);
	return rc;
}
