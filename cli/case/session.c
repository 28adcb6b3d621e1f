/* session.c - which session of the committee is meant.
 * Knows keys of sessions; knows no proposal. */
#include "cli/case/session.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "cli/terminal/message.h"
#include "core/base/db.h"

static const char SQL_SESSIONS[] =
	"SELECT key FROM session WHERE void IS NOT 1 LIMIT 2";

/* "1-1": term and meeting, plain numbers. */
static bool is_session(const char *text)
{
	size_t term = strspn(text, "0123456789");
	size_t meeting;

	if (term == 0 || term > 4 || text[term] != '-')
		return false;
	meeting = strspn(text + term + 1, "0123456789");
	return meeting > 0 && meeting <= 4 && text[term + 1 + meeting] == '\0';
}

static int find_only(char out[SESSION_SIZE], struct replica *replica,
		     struct err *err)
{
	struct db *db = replica_db(replica);
	sqlite3_stmt *stmt;
	int n = 0;
	int rc = db_stmt(&stmt, db, SQL_SESSIONS, err);

	if (rc < 0)
		return rc;
	for (; (rc = db_step(db, stmt, err)) == 1; n++)
		snprintf(out, SESSION_SIZE, "%s", db_text(stmt, 0));
	sqlite3_reset(stmt);
	if (rc == 0 && n != 1)
		rc = err_set(err, ERR_INPUT,
			     _("which session is meant? Say it: --session 1-1 "
			       "(term and meeting)"));
	return rc;
}

int session_choose(char out[SESSION_SIZE], struct replica *replica,
		   const char *word, struct err *err)
{
	if (!word)
		return find_only(out, replica, err);
	if (!is_session(word))
		return err_set(err, ERR_INPUT,
			       _("'%s' is no session; it is written as term "
				 "and meeting: 1-1"),
			       word);
	snprintf(out, SESSION_SIZE, "%s", word);
	return 0;
}
