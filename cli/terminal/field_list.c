/* field_list.c - the fields of the schema as a table, or in JSON. */
#include "cli/terminal/field_list.h"

#include <stdio.h>
#include <string.h>

#include "cli/terminal/json_out.h"
#include "cli/terminal/message.h"
#include "cli/terminal/table.h"
#include "cli/case/value.h"
#include "core/base/db.h"
#include "core/schema/definition.h"
#include "core/replica/replica.h"

/* ?1: of one entity all, of NULL what is defined; a definition of which no
 * field came is there with a number that none can have. */
static const char SQL_FIELDS[] =
	"SELECT e.name, f.name, f.id, f.type, f.list, f.zh, f.en, f.writers,"
	" f.policy, f.publish, f.retired FROM _field f JOIN _entity e"
	" ON e.id = f.entity WHERE e.name = ?1 OR (?1 IS NULL AND"
	" EXISTS (SELECT 1 FROM field d WHERE d.entity = e.name AND"
	" d.name = f.name))"
	" UNION ALL SELECT d.entity, d.name, 5000, d.type, d.list, d.zh, d.en,"
	" d.writers, d.policy, d.publish, d.void FROM field d"
	" WHERE (?1 IS NULL OR d.entity = ?1) AND NOT EXISTS (SELECT 1 FROM"
	" _field f JOIN _entity e ON e.id = f.entity WHERE e.name = d.entity"
	" AND f.name = d.name)"
	" ORDER BY 1, 3";

enum column {
	COLUMN_ENTITY,
	COLUMN_NAME,
	COLUMN_NUMBER,
	COLUMN_TYPE,
	COLUMN_LIST,
	COLUMN_ZH,
	COLUMN_EN,
	COLUMN_WRITERS,
	COLUMN_POLICY,
	COLUMN_PUBLISH,
	COLUMN_RETIRED
};

static bool has_field(sqlite3_stmt *stmt)
{
	return db_int(stmt, COLUMN_NUMBER) <= FIELD_DEFINED_LAST;
}

/* Why a definition is not in use; "" for one that is. */
static const char *not_in_use(const struct schema *schema, sqlite3_stmt *stmt)
{
	if (has_field(stmt))
		return db_int(stmt, COLUMN_RETIRED) == 1
			       ? _("not used any more")
			       : "";
	switch (definition_fault(schema, db_text(stmt, COLUMN_ENTITY),
				 db_text(stmt, COLUMN_NAME))) {
	case DEFINITION_GOOD:
		return _("not in use: type, writers or rule is missing");
	case DEFINITION_NUMBER:
		return _("not in use: its number is that of another field");
	case DEFINITION_TOO_MANY:
		return _("not in use: too many fields");
	default:
		return _("not in use: no such table, or a name that cannot be");
	}
}

/* The label of a code; writers are kept as words in _field. */
static int label(struct buf *out, struct cli *cli, const char *list,
		 const char *code, struct err *err)
{
	buf_clear(out);
	if (strcmp(code, "office owner") == 0)
		code = "both";
	return value_show_code(out, cli->replica, list, code, err);
}

static int add_row(struct table *table, struct cli *cli, sqlite3_stmt *stmt,
		   struct err *err)
{
	struct buf words[4] = {BUF_INIT, BUF_INIT, BUF_INIT, BUF_INIT};
	int rc = label(&words[1], cli, "field_type", db_text(stmt, COLUMN_TYPE),
		       err);

	if (rc == 0)
		rc = label(&words[2], cli, "field_writers",
			   db_text(stmt, COLUMN_WRITERS), err);
	if (rc == 0)
		rc = label(&words[3], cli, "field_policy",
			   db_text(stmt, COLUMN_POLICY), err);
	buf_addf(&words[0], "%s.%s", db_text(stmt, COLUMN_ENTITY),
		 db_text(stmt, COLUMN_NAME));
	if (!db_is_null(stmt, COLUMN_LIST))
		buf_addf(&words[1], " %s", db_text(stmt, COLUMN_LIST));
	const char *cells[7] = {buf_text(&words[0]),
				message_label(db_text(stmt, COLUMN_ZH),
					      db_text(stmt, COLUMN_EN)),
				buf_text(&words[1]),
				buf_text(&words[2]),
				buf_text(&words[3]),
				db_int(stmt, COLUMN_PUBLISH) == 1 ? _("yes")
								  : NULL,
				not_in_use(replica_schema(cli->replica), stmt)};
	if (rc == 0)
		table_add(table, cells);
	for (size_t i = 0; i < 4; i++)
		buf_release(&words[i]);
	return rc;
}

static void add_json(struct json_out *json, struct cli *cli, sqlite3_stmt *stmt)
{
	const char *why = not_in_use(replica_schema(cli->replica), stmt);
	const char *writers = db_text(stmt, COLUMN_WRITERS);
	bool known = has_field(stmt);

	json_out_object(json, NULL);
	json_out_text(json, "table", db_text(stmt, COLUMN_ENTITY));
	json_out_text(json, "name", db_text(stmt, COLUMN_NAME));
	if (known)
		json_out_int(json, "number", db_int(stmt, COLUMN_NUMBER));
	else
		json_out_null(json, "number");
	json_out_text(json, "type", db_text(stmt, COLUMN_TYPE));
	if (db_is_null(stmt, COLUMN_LIST))
		json_out_null(json, "list");
	else
		json_out_text(json, "list", db_text(stmt, COLUMN_LIST));
	json_out_text(json, "zh", db_text(stmt, COLUMN_ZH));
	json_out_text(json, "en", db_text(stmt, COLUMN_EN));
	json_out_text(json, "writers",
		      strcmp(writers, "office owner") == 0 ? "both" : writers);
	json_out_text(json, "policy", db_text(stmt, COLUMN_POLICY));
	json_out_bool(json, "publish", db_int(stmt, COLUMN_PUBLISH) == 1);
	json_out_bool(json, "added",
		      !known || db_int(stmt, COLUMN_NUMBER) >=
					FIELD_DEFINED_FIRST);
	json_out_bool(json, "in_use", *why == '\0');
	json_out_end(json);
}

static int print(struct cli *cli, struct json_out *json, struct table *table,
		 struct err *err)
{
	if (cli->json)
		return json_out_print(json, stdout, err);
	if (table_rows(table) == 0)
		cli_note(_("No field has been added."));
	return table_show(table, stdout, err);
}

int field_list(struct cli *cli, const struct entity *entity, struct err *err)
{
	const struct table_column columns[] = {
		{_("field"), TABLE_LEFT, false},
		{_("label"), TABLE_LEFT, true},
		{_("type"), TABLE_LEFT, false},
		{_("written by"), TABLE_LEFT, true},
		{_("rule"), TABLE_LEFT, true},
		{_("public"), TABLE_LEFT, false},
		{_("note"), TABLE_LEFT, true},
	};
	struct db *db = replica_db(cli->replica);
	struct table *table = table_new(columns, 7);
	struct json_out json;
	sqlite3_stmt *stmt;
	int rc = db_stmt(&stmt, db, SQL_FIELDS, err);

	json_out_init(&json);
	json_out_array(&json, NULL);
	if (rc == 0)
		db_bind_text(stmt, 1, entity != NULL ? entity->name : NULL);
	while (rc >= 0 && (rc = db_step(db, stmt, err)) > 0) {
		if (cli->json)
			add_json(&json, cli, stmt);
		else
			rc = add_row(table, cli, stmt, err);
	}
	json_out_end(&json);
	if (rc == 0)
		rc = print(cli, &json, table, err);
	table_free(table);
	json_out_release(&json);
	return rc;
}
