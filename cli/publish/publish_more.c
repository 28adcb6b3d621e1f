/* publish_more.c - fields that the office has added, as far as it publishes
 * them. Knows the schema's flags and the rows of a case; no output format. */
#include "cli/publish/publish_more.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/case/row.h"
#include "core/base/db.h"

static const char SQL_LABEL[] =
	"SELECT coalesce(zh, code) FROM code WHERE list = ? AND code = ?";

struct more {
	struct publication *out;
	struct publish_case *one;
	struct replica *replica;
};

static bool is_public(const struct field *field)
{
	return field_defined(field) && field->publish;
}

static int add_label(struct buf *text, struct replica *replica,
		     const struct field *field, struct err *err)
{
	struct db *db = replica_db(replica);
	sqlite3_stmt *stmt;
	int rc = db_stmt(&stmt, db, SQL_LABEL, err);

	if (rc < 0)
		return rc;
	db_bind_text(stmt, 1, field->list);
	db_bind_text(stmt, 2, buf_text(text));
	rc = db_step(db, stmt, err);
	if (rc > 0) {
		buf_clear(text);
		buf_adds(text, db_text(stmt, 0));
	}
	sqlite3_reset(stmt);
	return rc < 0 ? rc : 0;
}

/* A publication is in Chinese, whoever makes it. */
static int add_value(struct buf *text, struct replica *replica,
		     const struct field *field, const struct value *value,
		     struct err *err)
{
	if (value->type == VALUE_INT && field->type == FIELD_BOOL)
		buf_adds(text, value->integer != 0 ? "是" : "否");
	else if (value->type == VALUE_INT)
		buf_addf(text, "%" PRId64, value->integer);
	else if (value->type == VALUE_TEXT)
		buf_add(text, value->bytes, value->len);
	return field->type == FIELD_CODE ? add_label(text, replica, field, err)
					 : 0;
}

static const char *unit_name(const struct publish_case *one, const char *code)
{
	for (size_t i = 0; i < one->n_units; i++)
		if (strcmp(one->units[i].code, code) == 0)
			return one->units[i].name;
	return NULL;
}

static int list_fields(struct publication *out, const struct entity *entity,
		       struct err *err)
{
	for (size_t i = 0; i < entity->n_fields; i++) {
		const struct field *field = &entity->fields[i];
		struct publish_field *at;

		if (!is_public(field))
			continue;
		at = publish_grow(out, out->fields, out->n_fields, sizeof(*at));
		if (at == NULL)
			return err_nomem(err);
		out->fields = at;
		at = &at[out->n_fields];
		at->name = publish_keep(out, field->name);
		at->label = publish_keep(out, field->zh);
		at->of_unit = entity->owner_key >= 0;
		at->shown = !field->retired;
		if (!at->name || !at->label)
			return err_nomem(err);
		out->n_fields++;
	}
	return 0;
}

int publish_more_fields(struct publication *out, const struct schema *schema,
			struct err *err)
{
	int rc = list_fields(out, schema->cases, err);

	return rc < 0 ? rc : list_fields(out, schema->assignment, err);
}

static struct publish_field *find_field(const struct publication *out,
					const struct entity *entity,
					const struct field *field)
{
	for (size_t i = 0; is_public(field) && i < out->n_fields; i++)
		if (out->fields[i].of_unit == (entity->owner_key >= 0) &&
		    strcmp(out->fields[i].name, field->name) == 0)
			return &out->fields[i];
	return NULL;
}

static int add_field(struct more *more, const struct field *field,
		     struct publish_field *as, const char *unit,
		     const struct value *value, struct err *err)
{
	struct publish_case *one = more->one;
	struct publish_more *at;
	struct buf text = BUF_INIT;
	int rc = add_value(&text, more->replica, field, value, err);

	if (rc == 0)
		rc = buf_check(&text, err);
	if (rc < 0 || text.len == 0)
		goto done;
	at = publish_grow(more->out, one->more, one->n_more, sizeof(*at));
	if (at == NULL) {
		rc = err_nomem(err);
		goto done;
	}
	one->more = at;
	at = &at[one->n_more];
	as->shown = true;
	at->field = as;
	at->unit = publish_keep(more->out, unit);
	at->value = publish_keep(more->out, buf_text(&text));
	if (!at->unit || !at->value)
		rc = err_nomem(err);
	else
		one->n_more++;
done:
	buf_release(&text);
	return rc;
}

static int add_row(const struct row_values *row, void *ctx, struct err *err)
{
	struct more *more = ctx;
	const struct entity *entity = row->entity;
	const char *unit = "";
	int rc = 0;

	if (row_is_void(row))
		return 0;
	if (entity->owner_key >= 0)
		unit = unit_name(more->one, row->keys[entity->owner_key]);
	for (size_t i = 0; unit && rc == 0 && i < entity->n_fields; i++) {
		struct publish_field *as =
			find_field(more->out, entity, &entity->fields[i]);

		if (as != NULL)
			rc = add_field(more, &entity->fields[i], as, unit,
				       &row->values[i], err);
	}
	return rc;
}

int publish_more(struct publish_case *one, struct publication *out,
		 struct replica *replica, struct err *err)
{
	const struct schema *schema = replica_schema(replica);
	const struct entity *const entities[] = {schema->cases,
						 schema->assignment};
	struct more more = {out, one, replica};
	int rc = 0;

	for (size_t i = 0; out->n_fields > 0 && rc == 0 && i < 2; i++)
		rc = row_each(replica, entities[i], one->key, add_row, &more,
			      err);
	return rc;
}
