/* domain.c - the domain's tables as the schema says, and kept so while it
 * changes. */
#include "core/schema/domain.h"

#include <stdio.h>
#include <string.h>

#include "core/log/capture.h"
#include "core/merge/cell.h"
#include "core/base/crypto.h"
#include "core/schema/definition.h"
#include "core/schema/parts.h"
#include "schemas/schemas.h"

static const char SQL_ROWS_CLEAR[] = "DELETE FROM _field; DELETE FROM _entity;";
/* Of a schema newer than this program only what was defined is its own. */
static const char SQL_DEFINED_CLEAR[] = "DELETE FROM _field WHERE id >= 1024;";
static const char SQL_COLUMNS[] = "SELECT name FROM pragma_table_info(?)";
static const char SQL_TRIGGERS[] =
	"SELECT name FROM sqlite_schema WHERE type = 'trigger' AND"
	" tbl_name = ? AND substr(name, 1, 1) = '_'";
/* What the program makes from its own text, by its naming: user's views and
 * indexes are left alone. */
static const char SQL_VIEWS[] =
	"SELECT name FROM sqlite_schema WHERE type = 'view' AND"
	" instr(?, 'CREATE VIEW ' || name || '(') > 0";
/* Of programs before _log. */
static const char SQL_WRITERS[] =
	"SELECT name FROM sqlite_schema WHERE type = 'view' AND"
	" (name GLOB '_*_write' OR name = '_digit')";
static const char SQL_INDEXES[] =
	"SELECT name FROM sqlite_schema WHERE type = 'index' AND"
	" substr(name, 1, 1) = '_' AND substr(tbl_name, 1, 1) <> '_'";
static const char SQL_SCOPES[] =
	"UPDATE _row SET scope = substr(key, 1, instr(key || '/', '/') - 1)"
	" WHERE entity = ?";
/* A key of another shape was written by nobody who knew the entity. */
static const char SQL_ENTITY_CELLS[] =
	"SELECT h.cell FROM _row r CROSS JOIN _head h ON h.cell BETWEEN"
	" r.id << 12 AND (r.id << 12 | 4095) WHERE r.entity = ?1 AND"
	" length(r.key) - length(replace(r.key, '/', '')) + 1 = ?2";
static const char SQL_FIELD_CELLS[] =
	"SELECT h.cell FROM _row r CROSS JOIN _head h ON"
	" h.cell = r.id << 12 | ?2 WHERE r.entity = ?1";
static const char SQL_SHADOW[] =
	"CREATE TEMP TABLE code(list TEXT, code TEXT, zh TEXT, en TEXT,"
	" rank INTEGER, aliases TEXT, PRIMARY KEY(list, code));";
static const char SQL_CODES[] = "INSERT OR IGNORE INTO main.code(list, code)"
				" SELECT list, code FROM temp.code;";
static const char SQL_SHADOW_DROP[] = "DROP TABLE temp.code;";

static uint32_t pretended;

void domain_pretend(uint32_t version)
{
	pretended = version;
}

uint32_t domain_version(void)
{
	const char *const texts[] = {schemas_engine_sql, schemas_domain_sql,
				     schemas_codes_sql, schemas_lifecycle_sql,
				     schemas_views_sql};
	uint32_t version = 1;

	if (pretended != 0)
		return pretended;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		uint32_t latest = parts_latest(texts[i]);

		version = latest > version ? latest : version;
	}
	return version;
}

int domain_rows(struct db *db, uint32_t version, struct err *err)
{
	int rc;

	if (version > domain_version()) {
		rc = db_exec(db, SQL_DEFINED_CLEAR, err);
		return rc < 0 ? rc : definitions_make(db, err);
	}
	rc = db_exec(db, SQL_ROWS_CLEAR, err);
	if (rc == 0)
		rc = parts_run(db, schemas_domain_sql, version, err);
	return rc < 0 ? rc : definitions_make(db, err);
}

/* --- tables and triggers ------------------------------------------------- */

/* `DROP <what> "<name>"` for each name that the query gives. */
static int drop_all(struct db *db, const char *what, const char *query,
		    const char *of, struct err *err)
{
	struct buf sql = BUF_INIT;
	sqlite3_stmt *stmt = NULL;
	int rc = db_prepare(&stmt, db, query, err);

	if (rc < 0)
		return rc;
	if (of != NULL)
		db_bind_text(stmt, 1, of);
	while ((rc = db_step(db, stmt, err)) > 0) {
		buf_addf(&sql, "DROP %s \"", what);
		for (const char *c = db_text(stmt, 0); *c != '\0'; c++) {
			buf_addc(&sql, *c);
			if (*c == '"')
				buf_addc(&sql, *c);
		}
		buf_adds(&sql, "\";");
	}
	sqlite3_finalize(stmt);
	if (rc == 0)
		rc = buf_check(&sql, err);
	if (rc == 0)
		rc = db_exec(db, buf_text(&sql), err);
	buf_release(&sql);
	return rc;
}

static bool has_line(const struct buf *lines, const char *line)
{
	size_t len = strlen(line);
	const char *at = buf_text(lines);

	for (; (at = strstr(at, line)) != NULL; at++)
		if (at[-1] == '\n' && at[len] == '\n')
			return true;
	return false;
}

/* The columns that a table has, a line each; none where there is no table. */
static int list_columns(struct buf *out, struct db *db, const char *table,
			struct err *err)
{
	sqlite3_stmt *stmt;
	int rc = db_stmt(&stmt, db, SQL_COLUMNS, err);

	if (rc < 0)
		return rc;
	buf_adds(out, "\n");
	db_bind_text(stmt, 1, table);
	while ((rc = db_step(db, stmt, err)) > 0)
		buf_addf(out, "%s\n", db_text(stmt, 0));
	sqlite3_reset(stmt);
	return rc < 0 ? rc : buf_check(out, err);
}

static int fit_table(struct db *db, const struct entity *entity,
		     const char *site, struct err *err)
{
	struct buf columns = BUF_INIT;
	int rc = list_columns(&columns, db, entity->name, err);

	if (rc == 0 && columns.len == 1)
		rc = capture_create_table(db, entity, site, err);
	else
		for (size_t i = 0; rc == 0 && i < entity->n_fields; i++)
			if (!has_line(&columns, entity->fields[i].name))
				rc = capture_add_column(
					db, entity, &entity->fields[i], err);
	buf_release(&columns);
	return rc;
}

static int fit_triggers(struct db *db, const struct schema *schema,
			const struct entity *entity, const char *site,
			struct err *err)
{
	int rc = drop_all(db, "TRIGGER", SQL_TRIGGERS, entity->name, err);

	return rc < 0 ? rc
		      : capture_create_triggers(db, schema, entity, site, err);
}

int domain_create(struct db *db, const char *site, uint32_t version,
		  struct err *err)
{
	struct schema *schema = NULL;
	int rc = parts_run(db, schemas_engine_sql, version, err);

	if (rc == 0)
		rc = parts_run(db, schemas_domain_sql, version, err);
	if (rc == 0)
		rc = schema_load(&schema, db, err);
	for (size_t i = 0; rc == 0 && i < schema->n_entities; i++)
		rc = capture_create_table(db, &schema->entities[i], site, err);
	/* Before the triggers: what is part of the schema is not logged. */
	if (rc == 0)
		rc = parts_run(db, schemas_codes_sql, version, err);
	for (size_t i = 0; rc == 0 && i < schema->n_entities; i++)
		rc = capture_create_triggers(db, schema, &schema->entities[i],
					     site, err);
	if (rc == 0)
		rc = capture_create_checks(db, schema, site, err);
	if (rc == 0)
		rc = parts_run(db, schemas_lifecycle_sql, version, err);
	if (rc == 0)
		rc = parts_run(db, schemas_views_sql, version, err);
	schema_free(schema);
	return rc;
}

/* --- what the change of a schema makes cells show ------------------------- */

static int refold(struct replica *replica, const char *query, int64_t entity,
		  int64_t second, struct err *err)
{
	struct buf cells = BUF_INIT;
	struct buf row = BUF_INIT;
	sqlite3_stmt *stmt;
	int64_t last = -1;
	int rc = db_stmt(&stmt, replica->db, query, err);

	if (rc < 0)
		return rc;
	db_bind_int(stmt, 1, entity);
	db_bind_int(stmt, 2, second);
	while ((rc = db_step(replica->db, stmt, err)) > 0) {
		int64_t id = db_int(stmt, 0);

		if (id != last) /* heads of one cell follow each other */
			buf_add(&cells, &id, sizeof(id));
		last = id;
	}
	if (rc == 0)
		rc = buf_check(&cells, err);
	for (size_t at = 0; rc == 0 && at < cells.len; at += sizeof(last)) {
		struct cell cell;

		memcpy(&last, cells.data + at, sizeof(last));
		rc = cell_load(&cell, &row, replica, last, err);
		if (rc == 0)
			rc = cell_refresh(replica, &cell, err);
	}
	buf_release(&cells);
	buf_release(&row);
	return rc;
}

/* Whether the same heads may show something else under `now`. */
static bool folds_alike(const struct field *was, const struct field *now)
{
	const char *a = was->list != NULL ? was->list : "";
	const char *b = now->list != NULL ? now->list : "";

	return was->policy == now->policy && was->type == now->type &&
	       strcmp(was->name, now->name) == 0 && strcmp(a, b) == 0;
}

/* Its column stays, empty: a view of the user's own may name it. */
static int forget_field(struct replica *replica, const struct entity *entity,
			const struct field *field, struct err *err)
{
	struct buf sql = BUF_INIT;
	int rc;

	buf_addf(&sql, "UPDATE \"%s\" SET \"%s\" = NULL", entity->name,
		 field->name);
	rc = buf_check(&sql, err);
	if (rc == 0)
		rc = db_exec(replica->db, buf_text(&sql), err);
	buf_release(&sql);
	return rc < 0 ? rc
		      : refold(replica, SQL_FIELD_CELLS, entity->id, field->id,
			       err);
}

static int refold_entity(struct replica *replica, const struct entity *was,
			 const struct entity *now, struct err *err)
{
	int64_t id = now->id;
	int rc = 0;

	if (was == NULL && now->scope == SCOPE_CASE)
		rc = db_run_ints(replica->db, SQL_SCOPES, &id, 1, err);
	if (rc < 0 || was == NULL)
		return rc < 0 ? rc
			      : refold(replica, SQL_ENTITY_CELLS, id,
				       (int64_t)now->n_keys, err);
	/* What is no longer known is kept like what is not known yet. */
	for (size_t i = 0; rc == 0 && i < was->n_fields; i++)
		if (entity_field(now, was->fields[i].id) == NULL)
			rc = forget_field(replica, now, &was->fields[i], err);
	for (size_t i = 0; rc == 0 && i < now->n_fields; i++) {
		const struct field *field = &now->fields[i];
		const struct field *before = entity_field(was, field->id);

		if (before == NULL || !folds_alike(before, field))
			rc = refold(replica, SQL_FIELD_CELLS, id, field->id,
				    err);
	}
	return rc;
}

/* --- following ----------------------------------------------------------- */

static bool same_fields(const struct entity *a, const struct entity *b)
{
	if (a == NULL || a->n_fields != b->n_fields)
		return false;
	for (size_t i = 0; i < a->n_fields; i++)
		if (!field_same(&a->fields[i], &b->fields[i]))
			return false;
	return true;
}

static int stamp_schema(struct replica *replica, struct err *err)
{
	char text[17];

	change_origin_format(text, crypto_random_u64());
	return replica_set(replica, "schema", text, err);
}

/* From the rows of _entity and _field to tables, triggers and cells. */
static int fit(struct replica *replica, bool all, struct err *err)
{
	const struct schema *was = replica->schema;
	const struct schema *now;
	struct db *db = replica->db;
	bool changed = false;
	int rc = stamp_schema(replica, err);

	if (rc == 0)
		rc = replica_load_schema(replica, err);
	if (rc < 0)
		return rc;
	now = replica->schema;
	for (size_t i = 0; rc == 0 && i < now->n_entities; i++) {
		const struct entity *entity = &now->entities[i];

		if (!all && same_fields(schema_entity(was, entity->id), entity))
			continue;
		rc = fit_table(db, entity, replica->site, err);
		if (rc == 0)
			rc = fit_triggers(db, now, entity, replica->site, err);
		changed = true;
	}
	if (rc == 0 && changed)
		rc = capture_create_checks(db, now, replica->site, err);
	for (size_t i = 0; rc == 0 && i < now->n_entities; i++) {
		const struct entity *entity = &now->entities[i];

		rc = refold_entity(replica, schema_entity(was, entity->id),
				   entity, err);
	}
	return rc;
}

int domain_follow(struct replica *replica, struct err *err)
{
	bool capture = db_capturing(replica->db);
	int rc;

	if (replica->schema->fields == NULL)
		return 0;
	if (capture)
		db_capture(replica->db, false);
	rc = domain_rows(replica->db, replica->schema->version, err);
	if (rc == 0)
		rc = fit(replica, false, err);
	if (capture)
		db_capture(replica->db, true);
	return rc < 0 ? err_wrap(err, "follow the schema") : 0;
}

/* --- upgrading ----------------------------------------------------------- */

/* Codes that are in no log follow the program; what the office wrote stays. */
static int fit_codes(struct replica *replica, uint32_t version, struct err *err)
{
	const struct entity *codes = replica->schema->codes;
	struct buf sql = BUF_INIT;
	int rc = db_exec(replica->db, SQL_SHADOW, err);

	if (rc == 0)
		rc = parts_run(replica->db, schemas_codes_sql, version, err);
	buf_adds(&sql, SQL_CODES);
	for (size_t i = 0; i < codes->n_fields; i++) {
		const struct field *field = &codes->fields[i];

		if (field->id < 3 || field_defined(field))
			continue;
		buf_addf(&sql,
			 "UPDATE main.code SET \"%s\" = t.\"%s\" FROM temp.code"
			 " t WHERE t.list = main.code.list AND t.code ="
			 " main.code.code AND NOT EXISTS (SELECT 1 FROM _row r"
			 " JOIN _head h ON h.cell = r.id << 12 | %u WHERE"
			 " r.entity = %u AND r.key = t.list || '/' || t.code);",
			 field->name, field->name, field->id, codes->id);
	}
	buf_adds(&sql, SQL_SHADOW_DROP);
	if (rc == 0)
		rc = buf_check(&sql, err);
	if (rc == 0)
		rc = db_exec(replica->db, buf_text(&sql), err);
	buf_release(&sql);
	return rc;
}

/* Views and the table of moves hang on nothing: gone, and made anew. */
static int drop_derived(struct db *db, struct err *err)
{
	int rc = drop_all(db, "VIEW", SQL_VIEWS, schemas_views_sql, err);

	if (rc == 0)
		rc = drop_all(db, "VIEW", SQL_WRITERS, NULL, err);
	if (rc == 0)
		rc = drop_all(db, "INDEX", SQL_INDEXES, NULL, err);
	return rc < 0 ? rc
		      : db_exec(db,
				"DROP TABLE IF EXISTS _lifecycle;"
				"DROP TABLE _field; DROP TABLE _entity;",
				err);
}

int domain_upgrade(struct replica *replica, uint32_t version, struct err *err)
{
	struct db *db = replica->db;
	char pragma[64];
	int rc = drop_derived(db, err);

	snprintf(pragma, sizeof(pragma), "PRAGMA user_version = %u;",
		 (unsigned)version);
	if (rc == 0)
		rc = db_exec(db, pragma, err);
	if (rc == 0)
		rc = parts_run(db, schemas_engine_sql, version, err);
	if (rc == 0)
		rc = domain_rows(db, version, err);
	if (rc == 0)
		rc = fit(replica, true, err);
	if (rc == 0)
		rc = fit_codes(replica, version, err);
	if (rc == 0)
		rc = cell_refresh_disputed(replica, err);
	if (rc == 0) /* definitions may have waited for their table */
		rc = domain_follow(replica, err);
	if (rc == 0)
		rc = parts_run(db, schemas_lifecycle_sql, version, err);
	if (rc == 0)
		rc = parts_run(db, schemas_views_sql, version, err);
	return rc < 0 ? err_wrap(err, "upgrade to schema %u", (unsigned)version)
		      : 0;
}
