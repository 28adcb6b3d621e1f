/* deadline.c - telling dates and the rules that made them.
 * Knows the view; sets no date. */
#include "cli/case/deadline.h"

#include <string.h>

#include "cli/case/case.h"
#include "cli/terminal/message.h"
#include "core/base/db.h"

static const char SQL_DEADLINES[] =
	"SELECT unit, kind, due, rule, start, amount, done, done IS NULL AND"
	" due < date('now', 'localtime') AND (SELECT status FROM"
	" proposal_status WHERE key = ?1) IN ('交办', '办理中', '审核驳回',"
	" '重新办理') FROM deadline WHERE proposal = ?1"
	" ORDER BY kind = 'opinion', unit, kind = 'reply', rule";

enum column {
	COLUMN_UNIT,
	COLUMN_KIND,
	COLUMN_DUE,
	COLUMN_RULE,
	COLUMN_START,
	COLUMN_AMOUNT,
	COLUMN_DONE,
	COLUMN_LATE
};

/* The rules by number, as lifecycle.md has them. */
enum rule {
	RULE_RECEIPT = 1,
	RULE_RETURN,
	RULE_MONTHS,
	RULE_DAYS,
	RULE_OPINION,
	RULE_ROUND,
	RULE_EXTENSION,
	RULE_GIVEN
};

static const char *kind_text(const char *kind)
{
	if (strcmp(kind, "receipt") == 0)
		return _("receive it");
	if (strcmp(kind, "return") == 0)
		return _("ask for release");
	if (strcmp(kind, "opinion") == 0)
		return _("opinion");
	return _("reply");
}

void deadline_rule(struct buf *out, int rule, const char *start,
		   long long amount)
{
	switch ((enum rule)rule) {
	case RULE_MONTHS:
		buf_addf(out, _("%lld months from assignment on %s"), amount,
			 start);
		break;
	case RULE_RECEIPT:
	case RULE_RETURN:
	case RULE_DAYS:
	case RULE_OPINION:
		buf_addf(out, _("%lld working days from assignment on %s"),
			 amount, start);
		break;
	case RULE_ROUND:
		buf_addf(out, _("%lld working days from the new round on %s"),
			 amount, start);
		break;
	case RULE_EXTENSION:
		buf_addf(out, _("extension granted on %s"), start);
		break;
	case RULE_GIVEN:
		buf_addf(out, _("given by the office"));
		break;
	}
	buf_addf(out, _(" (rule %d)"), rule);
}

/* One line; the buffer is the caller's. */
static int add_line(struct buf *out, struct replica *replica,
		    sqlite3_stmt *stmt, struct err *err)
{
	int rc = case_unit_name(out, replica, db_text(stmt, COLUMN_UNIT), err);

	buf_addf(out, _(", %s: due %s, "),
		 kind_text(db_text(stmt, COLUMN_KIND)),
		 db_text(stmt, COLUMN_DUE));
	deadline_rule(out, (int)db_int(stmt, COLUMN_RULE),
		      db_text(stmt, COLUMN_START),
		      (long long)db_int(stmt, COLUMN_AMOUNT));
	if (!db_is_null(stmt, COLUMN_DONE))
		buf_addf(out, _("; done on %s"), db_text(stmt, COLUMN_DONE));
	else if (db_int(stmt, COLUMN_LATE))
		buf_adds(out, _("; late"));
	return rc < 0 ? rc : buf_check(out, err);
}

int deadline_text(FILE *out, struct replica *replica, const char *key,
		  struct err *err)
{
	struct db *db = replica_db(replica);
	sqlite3_stmt *stmt;
	size_t n = 0;
	int rc = db_stmt(&stmt, db, SQL_DEADLINES, err);

	if (rc < 0)
		return rc;
	db_bind_text(stmt, 1, key);
	while ((rc = db_step(db, stmt, err)) == 1) {
		struct buf line = BUF_INIT;

		rc = add_line(&line, replica, stmt, err);
		if (rc == 0 && n++ == 0)
			fprintf(out, "\n%s\n", _("dates"));
		if (rc == 0)
			fprintf(out, "  %s\n", buf_text(&line));
		buf_release(&line);
		if (rc < 0)
			break;
	}
	sqlite3_reset(stmt);
	return rc;
}

static void add_text(struct json_out *json, sqlite3_stmt *stmt,
		     const char *name, enum column column)
{
	json_out_text(json, name,
		      db_is_null(stmt, (int)column)
			      ? NULL
			      : db_text(stmt, (int)column));
}

static int add_json(struct json_out *json, struct replica *replica,
		    sqlite3_stmt *stmt, struct err *err)
{
	struct buf line = BUF_INIT;
	int rc = add_line(&line, replica, stmt, err);

	json_out_object(json, NULL);
	add_text(json, stmt, "unit", COLUMN_UNIT);
	add_text(json, stmt, "kind", COLUMN_KIND);
	add_text(json, stmt, "due", COLUMN_DUE);
	json_out_int(json, "rule", db_int(stmt, COLUMN_RULE));
	add_text(json, stmt, "start", COLUMN_START);
	if (db_is_null(stmt, COLUMN_AMOUNT))
		json_out_null(json, "amount");
	else
		json_out_int(json, "amount", db_int(stmt, COLUMN_AMOUNT));
	add_text(json, stmt, "done", COLUMN_DONE);
	json_out_bool(json, "late", db_int(stmt, COLUMN_LATE));
	json_out_text(json, "text", buf_text(&line));
	json_out_end(json);
	buf_release(&line);
	return rc;
}

int deadline_json(struct json_out *json, struct replica *replica,
		  const char *key, struct err *err)
{
	struct db *db = replica_db(replica);
	sqlite3_stmt *stmt;
	int rc = db_stmt(&stmt, db, SQL_DEADLINES, err);

	if (rc < 0)
		return rc;
	db_bind_text(stmt, 1, key);
	json_out_array(json, "deadlines");
	while ((rc = db_step(db, stmt, err)) == 1) {
		rc = add_json(json, replica, stmt, err);
		if (rc < 0)
			break;
	}
	sqlite3_reset(stmt);
	json_out_end(json);
	return rc;
}
