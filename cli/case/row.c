/* row.c - one field of one row of a domain table.
 * Knows tables as data; knows no proposal. */
#include "cli/case/row.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/db.h"

/* Names come from the schema, which is the replica's own; quoted all the
 * same, so that a column may bear any name. */
static void add_name(struct buf *sql, const char *name)
{
	buf_addc(sql, '"');
	for (; *name; name++) {
		if (*name == '"')
			buf_addc(sql, '"');
		buf_addc(sql, *name);
	}
	buf_addc(sql, '"');
}

static void add_where(struct buf *sql, const struct entity *entity)
{
	for (size_t i = 0; i < entity->n_keys; i++) {
		buf_adds(sql, i ? " AND " : " WHERE ");
		add_name(sql, entity->keys[i]);
		buf_addf(sql, " = ?%zu", i + 1);
	}
}

static int bind_keys(sqlite3_stmt *stmt, const struct entity *entity,
		     const char *row, struct err *err)
{
	size_t len = strlen(row);

	for (size_t i = 0; i < entity->n_keys; i++) {
		const char *part;
		size_t n;

		if (!entity_key_part(row, len, i, &part, &n))
			return err_set(err, ERR_INPUT,
				       "'%s' is not a key of %s", row,
				       entity->name);
		/* The last key column takes the rest of the key. */
		if (i + 1 == entity->n_keys)
			n = (size_t)(row + len - part);
		db_bind_bytes(stmt, (int)i + 1, part, n);
	}
	return 0;
}

static int prepare(sqlite3_stmt **out, struct replica *replica, struct buf *sql,
		   const struct entity *entity, const char *row,
		   struct err *err)
{
	int rc = buf_check(sql, err);

	if (rc == 0)
		rc = db_stmt_made(out, replica_db(replica), sql->data, err);
	if (rc == 0)
		rc = bind_keys(*out, entity, row, err);
	return rc;
}

int row_get(struct value *out, struct buf *held, bool *exists,
	    struct replica *replica, const struct entity *entity,
	    const char *row, const struct field *field, struct err *err)
{
	struct buf sql = BUF_INIT;
	sqlite3_stmt *stmt = NULL;
	int rc;

	buf_clear(held);
	*out = value_text(NULL);
	buf_adds(&sql, "SELECT ");
	add_name(&sql, field->name);
	buf_adds(&sql, " FROM ");
	add_name(&sql, entity->name);
	add_where(&sql, entity);
	rc = prepare(&stmt, replica, &sql, entity, row, err);
	if (rc < 0)
		goto done;
	rc = db_step(replica_db(replica), stmt, err);
	if (rc < 0)
		goto done;
	if (exists)
		*exists = rc == 1;
	if (rc == 1) {
		*out = db_value(stmt, 0);
		buf_add(held, out->bytes, out->len);
		out->bytes = buf_text(held);
	}
	rc = buf_check(held, err);
done:
	sqlite3_reset(stmt);
	buf_release(&sql);
	return rc;
}

/* A table that this site may write nothing in refuses for all its fields at
 * once; here it is known which one. */
static void name_field(struct err *err, const struct entity *entity,
		       const struct field *field)
{
	struct err said = *err;
	size_t len = strlen(entity->name);

	if (strncmp(said.text, entity->name, len) == 0 &&
	    strncmp(said.text + len, ": ", 2) == 0)
		err_set(err, said.code, "%s.%s (%s)%s", entity->name,
			field->name, field->zh, said.text + len);
}

static int update(struct replica *replica, const struct entity *entity,
		  const char *row, const struct field *field,
		  const struct value *value, struct err *err)
{
	struct buf sql = BUF_INIT;
	sqlite3_stmt *stmt = NULL;
	int rc;

	buf_adds(&sql, "UPDATE ");
	add_name(&sql, entity->name);
	buf_adds(&sql, " SET ");
	add_name(&sql, field->name);
	buf_addf(&sql, " = ?%zu", entity->n_keys + 1);
	add_where(&sql, entity);
	rc = prepare(&stmt, replica, &sql, entity, row, err);
	if (rc == 0) {
		db_bind_value(stmt, (int)entity->n_keys + 1, value);
		rc = db_step(replica_db(replica), stmt, err);
		if (rc == ERR_INPUT)
			name_field(err, entity, field);
	}
	sqlite3_reset(stmt);
	buf_release(&sql);
	return rc < 0 ? rc : 0;
}

int row_set(struct replica *replica, const struct entity *entity,
	    const char *row, const struct field *field,
	    const struct value *value, bool *changed, struct err *err)
{
	struct buf held = BUF_INIT;
	struct value now;
	bool exists = false;
	int rc;

	rc = row_get(&now, &held, &exists, replica, entity, row, field, err);
	if (rc == 0 && !exists)
		rc = err_set(err, ERR_MISSING, "there is no %s %s",
			     entity->name, row);
	if (rc == 0 && !value_equal(&now, value)) {
		rc = update(replica, entity, row, field, value, err);
		if (rc == 0 && changed)
			*changed = true;
	}
	buf_release(&held);
	return rc;
}

static int set_named(struct replica *replica, const char *entity_name,
		     const char *row, const char *field_name,
		     const struct value *value, bool *changed, struct err *err)
{
	const struct entity *entity =
		schema_entity_named(replica_schema(replica), entity_name);
	const struct field *field =
		entity ? entity_field_named(entity, field_name) : NULL;

	assert(field);
	return row_set(replica, entity, row, field, value, changed, err);
}

int row_set_text(struct replica *replica, const char *entity, const char *row,
		 const char *field, const char *text, bool *changed,
		 struct err *err)
{
	struct value value = value_text(text);

	return set_named(replica, entity, row, field, &value, changed, err);
}

int row_set_int(struct replica *replica, const char *entity, const char *row,
		const char *field, int64_t number, bool *changed,
		struct err *err)
{
	struct value value = value_int(number);

	return set_named(replica, entity, row, field, &value, changed, err);
}

static int insert(struct replica *replica, const struct entity *entity,
		  const char *row, struct err *err)
{
	struct buf sql = BUF_INIT;
	sqlite3_stmt *stmt = NULL;
	int rc;

	buf_adds(&sql, "INSERT INTO ");
	add_name(&sql, entity->name);
	for (size_t i = 0; i < entity->n_keys; i++) {
		buf_addc(&sql, i ? ',' : '(');
		add_name(&sql, entity->keys[i]);
	}
	for (size_t i = 0; i < entity->n_keys; i++)
		buf_addf(&sql, "%s?%zu", i ? "," : ") VALUES (", i + 1);
	buf_addc(&sql, ')');
	rc = prepare(&stmt, replica, &sql, entity, row, err);
	if (rc == 0)
		rc = db_step(replica_db(replica), stmt, err);
	sqlite3_reset(stmt);
	buf_release(&sql);
	return rc < 0 ? rc : 0;
}

int row_add(struct replica *replica, const struct entity *entity,
	    const char *row, bool *added, struct err *err)
{
	struct buf held = BUF_INIT;
	struct value now;
	bool exists = false;
	int rc;

	assert(entity->n_fields > 0);
	rc = row_get(&now, &held, &exists, replica, entity, row,
		     &entity->fields[0], err);
	if (rc == 0 && !exists) {
		rc = insert(replica, entity, row, err);
		if (rc == 0 && added)
			*added = true;
	}
	buf_release(&held);
	return rc;
}

const struct value *row_value(const struct row_values *row, const char *name)
{
	const struct field *field = entity_field_named(row->entity, name);

	return field ? &row->values[field - row->entity->fields] : NULL;
}

const char *row_text(const struct row_values *row, const char *name)
{
	const struct value *value = row_value(row, name);

	return value && value->type == VALUE_TEXT ? value->bytes : "";
}

bool row_is_void(const struct row_values *row)
{
	const struct value *value = row_value(row, "void");

	return value && value->type == VALUE_INT && value->integer == 1;
}

/* Steps are told cause before effect, as view `flow` has them: an id that
 * tian made begins with a time later than all that its maker saw. */
static void add_order(struct buf *sql, const char *id)
{
	buf_addf(sql,
		 "CASE WHEN \"%s\" GLOB '[0-9][0-9][0-9][0-9][01][0-9][0-3]"
		 "[0-9]T[0-2][0-9]*' THEN \"%s\" ELSE"
		 " coalesce(strftime('%%Y%%m%%dT%%H%%M%%S', \"at\"), '') END, ",
		 id, id);
}

/* SELECT keys, fields of all rows whose first key is the case. */
static int prepare_each(sqlite3_stmt **out, struct replica *replica,
			const struct entity *entity, const char *key,
			struct err *err)
{
	struct buf sql = BUF_INIT;
	int rc;

	for (size_t i = 0; i < entity->n_keys; i++) {
		buf_adds(&sql, i ? ", " : "SELECT ");
		add_name(&sql, entity->keys[i]);
	}
	for (size_t i = 0; i < entity->n_fields; i++) {
		buf_adds(&sql, ", ");
		add_name(&sql, entity->fields[i].name);
	}
	buf_adds(&sql, " FROM ");
	add_name(&sql, entity->name);
	buf_adds(&sql, " WHERE ");
	add_name(&sql, entity->keys[0]);
	buf_adds(&sql, " = ?1 ORDER BY ");
	if (entity_field_named(entity, "at"))
		add_order(&sql, entity->keys[entity->n_keys - 1]);
	for (size_t i = 0; i < entity->n_keys; i++) {
		buf_adds(&sql, i ? ", " : "");
		add_name(&sql, entity->keys[i]);
	}
	rc = buf_check(&sql, err);
	if (rc == 0)
		rc = db_prepare(out, replica_db(replica), sql.data, err);
	if (rc == 0)
		db_bind_text(*out, 1, key);
	buf_release(&sql);
	return rc;
}

static int tell_row(sqlite3_stmt *stmt, const struct entity *entity,
		    struct value *values, struct buf *key, row_fn *fn,
		    void *ctx, struct err *err)
{
	struct row_values row = {.entity = entity, .values = values};
	int rc;

	buf_clear(key);
	for (size_t i = 0; i < entity->n_keys; i++) {
		row.keys[i] = db_text(stmt, (int)i);
		buf_addf(key, "%s%s", i ? "/" : "", row.keys[i]);
	}
	for (size_t i = 0; i < entity->n_fields; i++)
		values[i] = db_value(stmt, (int)(entity->n_keys + i));
	rc = buf_check(key, err);
	row.row = buf_text(key);
	return rc < 0 ? rc : fn(&row, ctx, err);
}

int row_each(struct replica *replica, const struct entity *entity,
	     const char *key, row_fn *fn, void *ctx, struct err *err)
{
	struct value *values = calloc(entity->n_fields, sizeof(*values));
	struct buf row = BUF_INIT;
	sqlite3_stmt *stmt = NULL;
	int rc;

	if (!values)
		return err_nomem(err);
	rc = prepare_each(&stmt, replica, entity, key, err);
	while (rc == 0) {
		rc = db_step(replica_db(replica), stmt, err);
		if (rc <= 0)
			break;
		rc = tell_row(stmt, entity, values, &row, fn, ctx, err);
	}
	sqlite3_finalize(stmt);
	buf_release(&row);
	free(values);
	return rc;
}
