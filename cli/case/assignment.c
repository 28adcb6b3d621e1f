/* assignment.c - one unit's part in a case.
 * Knows handling rows and the session's terms; knows no event. */
#include "cli/case/assignment.h"

#include "cli/case/row.h"
#include "core/base/buf.h"
#include "core/base/db.h"

/* Months before days; a co-unit's own rule alone applies to it. */
static const char SQL_TERM[] =
	"SELECT due FROM term WHERE proposal = ?1 AND unit = ?2 AND rule IN"
	" (3, 4, 5) ORDER BY rule LIMIT 1";

static int set_if_empty(struct replica *replica, const char *row,
			const char *name, const char *text, bool *changed,
			struct err *err)
{
	const struct entity *entity = replica_schema(replica)->assignment;
	struct buf held = BUF_INIT;
	struct value now;
	int rc = row_get(&now, &held, NULL, replica, entity, row,
			 entity_field_named(entity, name), err);

	if (rc == 0 && now.type == VALUE_NULL)
		rc = row_set_text(replica, entity->name, row, name, text,
				  changed, err);
	buf_release(&held);
	return rc;
}

static int reinstate(struct replica *replica, const char *row,
		     const char *today, bool *changed, struct err *err)
{
	const struct entity *entity = replica_schema(replica)->assignment;
	const char *fields[][2] = {
		{"void_reason", NULL}, {"due", NULL}, {"assigned_on", today}};
	struct buf held = BUF_INIT;
	struct value gone;
	int rc = row_get(&gone, &held, NULL, replica, entity, row,
			 entity_field_named(entity, "void"), err);

	buf_release(&held);
	if (rc < 0 || gone.type != VALUE_INT || gone.integer != 1)
		return rc;
	rc = row_set_int(replica, entity->name, row, "void", 0, changed, err);
	for (size_t i = 0; rc == 0 && i < 3; i++)
		rc = row_set_text(replica, entity->name, row, fields[i][0],
				  fields[i][1], NULL, err);
	return rc;
}

static int find_term(struct buf *due, struct replica *replica,
		     const struct assignment *given, struct err *err)
{
	struct db *db = replica_db(replica);
	sqlite3_stmt *stmt;
	int rc = db_stmt(&stmt, db, SQL_TERM, err);

	if (rc < 0)
		return rc;
	db_bind_text(stmt, 1, given->key);
	db_bind_text(stmt, 2, given->unit);
	rc = db_step(db, stmt, err);
	if (rc == 1)
		buf_adds(due, db_text(stmt, 0));
	sqlite3_reset(stmt);
	return rc < 0 ? rc : buf_check(due, err);
}

static int set_due(struct replica *replica, const char *row,
		   const struct assignment *given, bool *changed,
		   struct err *err)
{
	struct buf due = BUF_INIT;
	int rc;

	if (given->due)
		return row_set_text(replica, "handling", row, "due", given->due,
				    changed, err);
	rc = find_term(&due, replica, given, err);
	if (rc == 0 && due.len > 0)
		rc = set_if_empty(replica, row, "due", buf_text(&due), changed,
				  err);
	buf_release(&due);
	return rc;
}

int assignment_give(struct replica *replica, const struct assignment *given,
		    bool *changed, struct err *err)
{
	const struct entity *entity = replica_schema(replica)->assignment;
	struct buf row = BUF_INIT;
	int rc;

	buf_addf(&row, "%s/%s", given->key, given->unit);
	rc = buf_check(&row, err);
	if (rc == 0)
		rc = row_add(replica, entity, buf_text(&row), changed, err);
	if (rc == 0)
		rc = reinstate(replica, buf_text(&row), given->today, changed,
			       err);
	if (rc == 0)
		rc = row_set_text(replica, entity->name, buf_text(&row), "role",
				  given->role, changed, err);
	if (rc == 0)
		rc = set_if_empty(replica, buf_text(&row), "assigned_on",
				  given->today, changed, err);
	if (rc == 0)
		rc = set_due(replica, buf_text(&row), given, changed, err);
	buf_release(&row);
	return rc;
}

int assignment_release(struct replica *replica, const char *key,
		       const char *unit, const char *reason, bool *changed,
		       struct err *err)
{
	struct buf row = BUF_INIT;
	int rc;

	buf_addf(&row, "%s/%s", key, unit);
	rc = buf_check(&row, err);
	if (rc == 0)
		rc = row_set_text(replica, "handling", buf_text(&row),
				  "void_reason", reason, NULL, err);
	if (rc == 0)
		rc = row_set_int(replica, "handling", buf_text(&row), "void", 1,
				 changed, err);
	buf_release(&row);
	return rc;
}
