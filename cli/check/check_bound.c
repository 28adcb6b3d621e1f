/* check_bound.c - what was bound to a text that has changed since.
 * Knows the view `signature`; binds nothing. */
#include "cli/check/check_room.h"

#include <string.h>

#include "cli/case/event.h"
#include "cli/terminal/message.h"
#include "core/base/db.h"

static const char SQL_BOUND[] =
	"SELECT c.key, g.kind, g.unit, coalesce(u.name, g.unit), g.hash,"
	" g.text FROM temp.checked c JOIN signature g ON g.proposal = c.key"
	" LEFT JOIN unit u ON u.code = g.unit WHERE g.proposal BETWEEN ?1 AND"
	" ?2 ORDER BY c.key, g.kind, g.unit";

static const struct bound {
	const char *kind, *check, *message;
} kinds[] = {
	{"signed", "stale_signature",
	 N_("the reply of {unit} was changed after it was signed")},
	{"countersigned", "stale_signature",
	 N_("the reply was changed after {unit} countersigned it")},
	{"submitted", "text_changed",
	 N_("the reply of {unit} was changed after it was submitted")},
	{"passed", "text_changed",
	 N_("the reply of {unit} was changed after it was approved")},
};

static const struct bound *find_kind(const char *name)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (strcmp(kinds[i].kind, name) == 0)
			return &kinds[i];
	}
	return NULL;
}

static int say(struct check *check, sqlite3_stmt *stmt)
{
	const struct bound *kind = find_kind(db_text(stmt, 1));
	const char *text = db_text(stmt, 5);
	char hash[EVENT_HASH_SIZE] = "";

	event_text_hash(hash, text, strlen(text));
	if (!kind || strcmp(hash, db_text(stmt, 4)) == 0)
		return 0;
	return check_say(check, &(struct check_said){
					.key = db_text(stmt, 0),
					.check = kind->check,
					.severity = CHECK_WARNING,
					.message = _(kind->message),
					.unit = db_text(stmt, 2),
					.unit_name = db_text(stmt, 3),
				});
}

int check_bound(struct check *check)
{
	struct db *db = replica_db(check->replica);
	sqlite3_stmt *stmt;
	int rc = db_stmt(&stmt, db, SQL_BOUND, check->err);

	if (rc < 0)
		return rc;
	check_bind_keys(stmt, 1, check);
	while ((rc = db_step(db, stmt, check->err)) == 1) {
		rc = say(check, stmt);
		if (rc < 0)
			break;
	}
	sqlite3_reset(stmt);
	return rc;
}
