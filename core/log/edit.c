/* edit.c - a person's edit as one transaction. */
#include "core/log/edit.h"

#include <string.h>

#include "core/merge/access.h"
#include "core/log/change_log.h"
#include "core/base/clock.h"
#include "core/merge/late_room.h"
#include "core/merge/normal.h"
#include "core/base/utf8.h"

static const char SQL_SIGN[] =
	"UPDATE _pending SET author = coalesce(author, ?), reason ="
	" coalesce(reason, ?)";
static const char SQL_DECIDE[] =
	"INSERT INTO _pending(entity, field, row, value, at, decides)"
	" VALUES (?, ?, ?, ?, ?, 1)";

int edit_begin(struct replica *replica, struct err *err)
{
	int rc = db_begin(replica_db(replica), err);

	if (rc < 0)
		return rc;
	rc = change_log_drain(replica, NULL, err);
	if (rc < 0)
		db_rollback(replica_db(replica));
	else
		db_capture(replica_db(replica), true);
	return rc;
}

/* What no batch could carry is refused here, where it can be corrected. */
static int check_words(const char *words, size_t limit, const char *what,
		       struct err *err)
{
	if (words == NULL)
		return 0;
	if (strlen(words) > limit)
		return err_set(err, ERR_INPUT,
			       "the %s is longer than %zu bytes", what, limit);
	if (!utf8_valid(words, strlen(words)))
		return err_set(err, ERR_INPUT, "the %s is not UTF-8", what);
	return 0;
}

int edit_commit(struct replica *replica, const char *author, const char *reason,
		size_t *n_changes, struct err *err)
{
	struct db *db = replica_db(replica);
	sqlite3_stmt *stmt;
	int rc = check_words(author, CHANGE_NAME_MAX, "author", err);

	if (rc == 0)
		rc = check_words(reason, CHANGE_REASON_MAX, "reason", err);
	if (rc < 0)
		goto done;
	rc = db_stmt(&stmt, db, SQL_SIGN, err);
	if (rc < 0)
		goto done;
	db_bind_text(stmt, 1,
		     author != NULL ? author : replica_author(replica));
	db_bind_text(stmt, 2, reason);
	rc = db_run(db, stmt, err);
	db_capture(db, false);
	if (rc == 0)
		rc = change_log_drain(replica, n_changes, err);
	if (rc == 0)
		rc = db_commit(db, err);
done:
	if (rc < 0)
		edit_rollback(replica);
	return rc;
}

void edit_rollback(struct replica *replica)
{
	struct err ignored = {0};

	db_capture(replica_db(replica), false);
	db_rollback(replica_db(replica));
	replica_refresh(replica, &ignored);
}

static int check_decision(const struct cell *cell, struct replica *replica,
			  const struct value *value, struct err *err)
{
	bool allowed = access_writer(cell->field->writers, cell->entity,
				     cell->row, cell->row_len,
				     replica_site(replica));

	if (!allowed && replica_is_office(replica) &&
	    late_may_decide(&allowed, replica, cell, value, err) < 0)
		return err->code;
	if (!allowed)
		return err_set(err, ERR_INPUT,
			       "%s.%s (%s): this site may not write it",
			       cell->entity->name, cell->field->name,
			       cell->field->zh);
	if (normal_allowed(&allowed, replica, cell->field, value, err) < 0)
		return err->code;
	if (!allowed)
		return err_set(err, ERR_INPUT,
			       "%s.%s (%s): the field cannot hold this value",
			       cell->entity->name, cell->field->name,
			       cell->field->zh);
	return 0;
}

int edit_decide(struct replica *replica, const struct edit_cell *name,
		const struct value *value, struct err *err)
{
	const struct schema *schema = replica_schema(replica);
	struct change at = {.row = name->row, .row_len = strlen(name->row)};
	struct cell cell = {.row = at.row, .row_len = at.row_len};
	sqlite3_stmt *stmt;
	int rc;

	cell.entity = schema_entity_named(schema, name->entity);
	if (cell.entity != NULL)
		cell.field = entity_field_named(cell.entity, name->field);
	if (cell.field == NULL)
		return err_set(err, ERR_INPUT, "no field %s.%s", name->entity,
			       name->field);
	at.entity = cell.entity->id;
	at.field = cell.field->id;
	rc = cell_find(&cell.id, replica, &at, err);
	if (rc < 0)
		return rc;
	if (cell.id == 0)
		return err_set(err, ERR_MISSING, "%s '%s': no such row",
			       name->entity, name->row);
	rc = check_decision(&cell, replica, value, err);
	if (rc == 0)
		rc = db_stmt(&stmt, replica_db(replica), SQL_DECIDE, err);
	if (rc < 0)
		return rc;
	db_bind_int(stmt, 1, at.entity);
	db_bind_int(stmt, 2, at.field);
	db_bind_text(stmt, 3, name->row);
	db_bind_value(stmt, 4, value);
	db_bind_int(stmt, 5, (int64_t)clock_now_ms());
	return db_run(replica_db(replica), stmt, err);
}
