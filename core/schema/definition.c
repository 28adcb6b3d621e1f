/* definition.c - fields that the office adds while everything runs. */
#include "core/schema/definition.h"

#include <stdio.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/crypto.h"

/* Those in use first: see definitions_make. */
static const char SQL_DEFINED[] =
	"SELECT f.entity, f.name, f.type, f.list, f.zh, f.en, f.writers,"
	" f.policy, f.publish, f.void FROM field f"
	" ORDER BY f.void IS 1, f.entity, f.name";
static const char SQL_ADD[] =
	"INSERT OR IGNORE INTO _field(entity, id, name, type, list, zh, en,"
	" writers, policy, publish, retired) SELECT ?1, ?2, ?3, ?4, ?5, ?6,"
	" ?7, ?8, ?9, ?10, ?11 WHERE (SELECT count(*) FROM _field WHERE"
	" entity = ?1 AND id >= 1024) < ?12";
static const char SQL_LABEL[] =
	"UPDATE _field SET zh = coalesce(?3, zh), en = coalesce(?4, en)"
	" WHERE entity = ?1 AND id = ?2";

static const char SQL_HAS_TABLE[] =
	"SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'field'";

enum column {
	COLUMN_ENTITY,
	COLUMN_NAME,
	COLUMN_TYPE,
	COLUMN_LIST,
	COLUMN_ZH,
	COLUMN_EN,
	COLUMN_WRITERS,
	COLUMN_POLICY,
	COLUMN_PUBLISH,
	COLUMN_VOID
};

uint32_t definition_number(const char *entity, const char *name)
{
	const uint64_t room = FIELD_DEFINED_LAST - FIELD_DEFINED_FIRST + 1;
	struct crypto_sha256 hash;
	uint8_t digest[CRYPTO_SHA256_SIZE];
	uint64_t number = 0;

	crypto_sha256_init(&hash);
	crypto_sha256_update(&hash, entity, strlen(entity));
	crypto_sha256_update(&hash, "/", 1);
	crypto_sha256_update(&hash, name, strlen(name));
	crypto_sha256_final(&hash, digest);
	for (size_t i = 0; i < 8; i++)
		number = number << 8 | digest[i];
	return FIELD_DEFINED_FIRST + (uint32_t)(number % room);
}

static bool is_name(const char *name)
{
	size_t len = strlen(name);

	return len > 0 && len <= DEFINITION_NAME_MAX &&
	       strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") == len &&
	       name[0] >= 'a' && name[0] <= 'z';
}

static bool is_taken(const struct entity *entity, const char *name)
{
	char quoted[DEFINITION_NAME_MAX + 3];

	for (size_t i = 0; i < entity->n_keys; i++)
		if (strcmp(entity->keys[i], name) == 0)
			return true;
	snprintf(quoted, sizeof(quoted), "'%s'", name);
	return strstr(DEFINITION_WORDS, quoted) != NULL;
}

bool definition_open(const struct schema *schema, const struct entity *entity)
{
	return entity->scope != SCOPE_OFFICE && entity != schema->fields &&
	       entity != schema->codes;
}

static enum definition_fault name_fault(const struct schema *schema,
					const struct entity *entity,
					const char *name)
{
	if (entity == NULL)
		return DEFINITION_NO_ENTITY;
	if (!is_name(name))
		return DEFINITION_NAME;
	if (is_taken(entity, name))
		return DEFINITION_TAKEN;
	if (entity_field_named(entity, name) == NULL &&
	    !definition_open(schema, entity))
		return DEFINITION_CLOSED;
	return DEFINITION_GOOD;
}

enum definition_fault definition_fault(const struct schema *schema,
				       const char *entity_name,
				       const char *name)
{
	const struct entity *entity = schema_entity_named(schema, entity_name);
	enum definition_fault fault = name_fault(schema, entity, name);
	size_t n = 0;

	if (fault != DEFINITION_GOOD ||
	    entity_field_named(entity, name) != NULL)
		return fault;
	if (entity_field(entity, definition_number(entity_name, name)) != NULL)
		return DEFINITION_NUMBER;
	for (size_t i = 0; i < entity->n_fields; i++)
		n += field_defined(&entity->fields[i]);
	return n < DEFINITION_MAX ? DEFINITION_GOOD : DEFINITION_TOO_MANY;
}

bool definition_label(const char *text)
{
	static const char marks[] = " ()-./_";
	size_t len = strlen(text);

	if (len == 0 || len > DEFINITION_LABEL_MAX || text[len - 1] == ' ' ||
	    strchr(marks, text[0]) != NULL)
		return false;
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];
		bool word = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
			    (c >= 'a' && c <= 'z') || c >= 0x80;

		if (!word && strchr(marks, c) == NULL)
			return false;
	}
	return true;
}

/* NULL for what can be no label. */
static const char *label(sqlite3_stmt *stmt, int column)
{
	const char *text = db_text(stmt, column);

	return definition_label(text) ? text : NULL;
}

static int relabel(struct db *db, const struct entity *entity,
		   const struct field *field, sqlite3_stmt *row,
		   struct err *err)
{
	sqlite3_stmt *stmt;
	int rc = db_stmt(&stmt, db, SQL_LABEL, err);

	if (rc < 0 || db_int(row, COLUMN_VOID) == 1)
		return rc;
	db_bind_int(stmt, 1, entity->id);
	db_bind_int(stmt, 2, field->id);
	db_bind_text(stmt, 3, label(row, COLUMN_ZH));
	db_bind_text(stmt, 4, label(row, COLUMN_EN));
	return db_run(db, stmt, err);
}

static int add(struct db *db, const struct entity *entity, sqlite3_stmt *row,
	       struct err *err)
{
	const char *name = db_text(row, COLUMN_NAME);
	const char *zh = label(row, COLUMN_ZH);
	const char *en = label(row, COLUMN_EN);
	const char *writers = db_text(row, COLUMN_WRITERS);
	sqlite3_stmt *stmt;
	int rc = db_stmt(&stmt, db, SQL_ADD, err);

	if (rc < 0 || db_is_null(row, COLUMN_TYPE) ||
	    db_is_null(row, COLUMN_WRITERS) || db_is_null(row, COLUMN_POLICY))
		return rc;
	db_bind_int(stmt, 1, entity->id);
	db_bind_int(stmt, 2, definition_number(entity->name, name));
	db_bind_text(stmt, 3, name);
	db_bind_text(stmt, 4, db_text(row, COLUMN_TYPE));
	if (!db_is_null(row, COLUMN_LIST))
		db_bind_text(stmt, 5, db_text(row, COLUMN_LIST));
	db_bind_text(stmt, 6, zh != NULL ? zh : name);
	db_bind_text(stmt, 7, en != NULL ? en : name);
	db_bind_text(stmt, 8,
		     strcmp(writers, "both") == 0 ? "office owner" : writers);
	db_bind_text(stmt, 9, db_text(row, COLUMN_POLICY));
	db_bind_int(stmt, 10, db_int(row, COLUMN_PUBLISH) == 1);
	db_bind_int(stmt, 11, db_int(row, COLUMN_VOID) == 1);
	db_bind_int(stmt, 12, DEFINITION_MAX);
	return db_run(db, stmt, err);
}

static int make_one(struct db *db, const struct schema *built_in,
		    sqlite3_stmt *row, struct err *err)
{
	const char *name = db_text(row, COLUMN_NAME);
	const struct entity *entity =
		schema_entity_named(built_in, db_text(row, COLUMN_ENTITY));
	const struct field *field;

	if (name_fault(built_in, entity, name) != DEFINITION_GOOD)
		return 0; /* (S2) */
	field = entity_field_named(entity, name);
	return field != NULL ? relabel(db, entity, field, row, err)
			     : add(db, entity, row, err);
}

/* 0 while an upgrade has not come to it. */
static int has_table(struct db *db, struct err *err)
{
	sqlite3_stmt *stmt;
	int rc = db_stmt(&stmt, db, SQL_HAS_TABLE, err);

	if (rc == 0)
		rc = db_step(db, stmt, err);
	if (rc > 0)
		sqlite3_reset(stmt);
	return rc;
}

int definitions_make(struct db *db, struct err *err)
{
	struct schema *built_in = NULL;
	sqlite3_stmt *stmt = NULL;
	int rc = schema_load(&built_in, db, err);

	if (rc < 0 || built_in->fields == NULL)
		goto done;
	rc = has_table(db, err);
	if (rc <= 0)
		goto done;
	rc = db_prepare(&stmt, db, SQL_DEFINED, err);
	while (rc >= 0 && (rc = db_step(db, stmt, err)) > 0) {
		rc = make_one(db, built_in, stmt, err);
		if (rc < 0)
			break;
	}
done:
	sqlite3_finalize(stmt);
	schema_free(built_in);
	return rc < 0 ? err_wrap(err, "fields added at run time") : 0;
}
