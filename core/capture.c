/* capture.c - fills the templates of schemas/capture.sql. */
#include "core/capture.h"

#include <stdio.h>
#include <string.h>

#include "core/buf.h"
#include "core/replica.h"
#include "schemas/schemas.h"

/* Of one key column; core/apply.c asks the same of other nodes' keys. */
enum { KEY_CHARS = 100, KEY_BYTES = 300 };

#define NOW "CAST((julianday('now') - 2440587.5) * 86400000.0 AS INTEGER)"

struct word {
	const char *name;
	const char *value;
};

/* Appends section `name` with {words} filled in; comment lines left out. */
static int fill(struct buf *out, const char *name, const struct word *words,
		size_t n, struct err *err)
{
	char mark[64];
	const char *at;

	snprintf(mark, sizeof(mark), "--@ %s\n", name);
	at = strstr(schemas_capture_sql, mark);
	if (at == NULL)
		return err_set(err, ERR_FAIL, "capture.sql has no '%s'", name);
	at += strlen(mark);
	while (*at != '\0' && strncmp(at, "--@ ", 4) != 0) {
		size_t i = n;

		if (strncmp(at, "--", 2) == 0) {
			at += strcspn(at, "\n");
			at += *at == '\n';
			continue;
		}
		for (i = 0; *at == '{' && i < n; i++) {
			size_t len = strlen(words[i].name);

			if (strncmp(at + 1, words[i].name, len) == 0 &&
			    at[1 + len] == '}')
				break;
		}
		if (*at == '{' && i < n) {
			buf_adds(out, words[i].value);
			at += strlen(words[i].name) + 2;
		} else {
			buf_addc(out, *at++);
		}
	}
	return buf_check(out, err);
}

static int run(struct db *db, struct buf *sql, struct err *err)
{
	int rc = buf_check(sql, err);

	return rc < 0 ? rc : db_exec(db, buf_text(sql), err);
}

static void add_quoted(struct buf *out, const char *text)
{
	buf_addc(out, '\'');
	for (; *text != '\0'; text++) {
		if (*text == '\'')
			buf_addc(out, '\'');
		buf_addc(out, *text);
	}
	buf_addc(out, '\'');
}

static const char *sql_type(const struct field *field)
{
	return field->type == FIELD_INT || field->type == FIELD_BOOL ? "INTEGER"
								     : "TEXT";
}

static void add_key_column(struct buf *out, const struct entity *entity,
			   size_t index, const char *site)
{
	const char *name = entity->keys[index];

	buf_addf(out, "  \"%s\" TEXT NOT NULL", name);
	if (strcmp(name, "id") == 0)
		buf_adds(out, " DEFAULT (lower(hex(randomblob(8))))");
	else if (strcmp(name, "round") == 0)
		buf_adds(out, " DEFAULT '1'");
	else if ((int)index == entity->owner_key &&
		 (entity->creators & WRITER_OWNER)) {
		buf_adds(out, " DEFAULT ");
		add_quoted(out, site);
	}
	buf_adds(out, ",\n");
}

int capture_create_table(struct db *db, const struct entity *entity,
			 const char *site, struct err *err)
{
	struct buf sql = BUF_INIT;
	struct buf columns = BUF_INIT;
	struct buf keys = BUF_INIT;
	int rc;

	for (size_t i = 0; i < entity->n_keys; i++) {
		add_key_column(&columns, entity, i, site);
		buf_addf(&keys, "%s\"%s\"", i > 0 ? ", " : "", entity->keys[i]);
	}
	for (size_t i = 0; i < entity->n_fields; i++)
		buf_addf(&columns, "  \"%s\" %s,\n", entity->fields[i].name,
			 sql_type(&entity->fields[i]));
	const struct word words[] = {{"table", entity->name},
				     {"columns", buf_text(&columns)},
				     {"keys", buf_text(&keys)}};
	rc = fill(&sql, "table", words, 3, err);
	if (rc == 0)
		rc = run(db, &sql, err);
	buf_release(&keys);
	buf_release(&columns);
	buf_release(&sql);
	return rc;
}

/* The row key as SQL over NEW. */
static void add_row_key(struct buf *out, const struct entity *entity)
{
	for (size_t i = 0; i < entity->n_keys; i++)
		buf_addf(out, "%sNEW.\"%s\"", i > 0 ? " || '/' || " : "",
			 entity->keys[i]);
}

/* When may this site not write a field: "0" never, "1" always, or a
 * condition on the row's owner. */
static void deny_condition(struct buf *out, const struct entity *entity,
			   unsigned writers, const char *site)
{
	bool office = strcmp(site, REPLICA_OFFICE) == 0;

	if (office && (writers & WRITER_OFFICE)) {
		buf_adds(out, "0");
	} else if ((writers & WRITER_OWNER) && entity->owner_key >= 0) {
		buf_addf(out, "NEW.\"%s\" IS NOT ",
			 entity->keys[entity->owner_key]);
		add_quoted(out, site);
	} else {
		buf_adds(out, "1");
	}
}

static const char *who_may(unsigned writers)
{
	switch (writers) {
	case WRITER_OFFICE:
		return "only the office may write it";
	case WRITER_OWNER:
		return "only the row''s own unit may write it";
	default:
		return "only the office and the row''s own unit may write it";
	}
}

/* A field's value as SQL that is true where the value is not allowed. */
static bool invalid_condition(struct buf *out, const struct field *field)
{
	const char *f = field->name;

	switch (field->type) {
	case FIELD_BOOL:
		buf_addf(out, "NEW.\"%s\" NOT IN (0, 1)", f);
		return true;
	case FIELD_DATE:
		/* The modifier makes SQLite count: 2022-09-31 differs then. */
		buf_addf(out, "NEW.\"%s\" IS NOT date(NEW.\"%s\", '+0 days')",
			 f, f);
		return true;
	case FIELD_TIME:
		buf_addf(out,
			 "NEW.\"%s\" IS NOT "
			 "strftime('%%Y-%%m-%%dT%%H:%%M:%%SZ', NEW.\"%s\","
			 " '+0 days')",
			 f, f);
		return true;
	case FIELD_CODE:
		buf_addf(out,
			 "NEW.\"%s\" IS NOT NULL AND NOT EXISTS (SELECT 1"
			 " FROM code WHERE list = '%s' AND code = NEW.\"%s\")",
			 f, field->list != NULL ? field->list : "", f);
		return true;
	case FIELD_INT:
	case FIELD_UNKNOWN:
		return false;
	default:
		buf_addf(out, "length(CAST(NEW.\"%s\" AS BLOB)) > %d", f,
			 CHANGE_VALUE_MAX);
		return true;
	}
}

static const char *what_is_wrong(const struct field *field)
{
	switch (field->type) {
	case FIELD_BOOL:
		return "is not 0 or 1";
	case FIELD_DATE:
		return "is not a date like 2022-06-30";
	case FIELD_TIME:
		return "is not a time like 2022-06-30T09:15:00Z";
	case FIELD_CODE:
		return "is not a code of its list (table code)";
	default:
		return "is larger than 4 MiB";
	}
}

static int add_check(struct buf *checks, const char *condition,
		     const char *message, struct err *err)
{
	const struct word words[] = {{"condition", condition},
				     {"message", message}};

	return fill(checks, "insert_check_row", words, 2, err);
}

/* WHEN lines for one field: writer first, then value. `guard` is put before
 * the writer's condition. */
static int add_field_checks(struct buf *checks, const struct entity *entity,
			    const struct field *field, const char *site,
			    bool on_insert, struct err *err)
{
	struct buf condition = BUF_INIT;
	struct buf message = BUF_INIT;
	int rc = 0;

	deny_condition(&condition, entity, field->writers, site);
	if (strcmp(buf_text(&condition), "0") != 0) {
		struct buf guarded = BUF_INIT;

		if (on_insert)
			buf_addf(&guarded, "NEW.\"%s\" IS NOT NULL AND ",
				 field->name);
		buf_adds(&guarded, buf_text(&condition));
		buf_addf(&message, "%s.%s (%s): %s", entity->name, field->name,
			 field->zh, who_may(field->writers));
		rc = add_check(checks, buf_text(&guarded), buf_text(&message),
			       err);
		buf_release(&guarded);
	}
	buf_clear(&condition);
	buf_clear(&message);
	if (rc == 0 && invalid_condition(&condition, field)) {
		buf_addf(&message, "%s.%s (%s): %s", entity->name, field->name,
			 field->zh, what_is_wrong(field));
		rc = add_check(checks, buf_text(&condition), buf_text(&message),
			       err);
	}
	buf_release(&condition);
	buf_release(&message);
	return rc;
}

/* What no key may hold; `k` is a key column of NEW. A key is compared by its
 * bytes on every machine, so white space around it, decomposed letters and
 * ill-formed UTF-8 (a console in another encoding) would make two rows of
 * one: a character must come out of its code point as it went in. */
static void add_bad_key(struct buf *out, const char *k)
{
	static const char digits[] = "(VALUES (0), (1), (2), (3), (4), (5),"
				     " (6), (7), (8), (9))";

	buf_addf(out, "NEW.\"%s\" = '' OR instr(NEW.\"%s\", '/')", k, k);
	buf_addf(out, " OR length(NEW.\"%s\") > %d", k, KEY_CHARS);
	buf_addf(out, " OR length(CAST(NEW.\"%s\" AS BLOB)) > %d", k,
		 KEY_BYTES);
	buf_addf(out, " OR instr(NEW.\"%s\", char(0))", k);
	buf_addf(out,
		 " OR NEW.\"%s\" GLOB '*[' || char(1) || '-' || char(31) ||"
		 " char(127) || char(768) || '-' || char(879) || ']*'",
		 k);
	buf_addf(out,
		 " OR NEW.\"%s\" <> trim(NEW.\"%s\", ' ' || char(160, 12288))",
		 k, k);
	buf_addf(out,
		 " OR (NEW.\"%s\" GLOB '*[^ -~]*' AND EXISTS (SELECT 1 FROM"
		 " (SELECT substr(NEW.\"%s\", a.column1 * 10 + b.column1 + 1,"
		 " 1) AS c FROM %s AS a, %s AS b)"
		 " WHERE c <> '' AND c IS NOT char(unicode(c))))",
		 k, k, digits, digits);
}

static int add_row_key_check(struct buf *checks, const struct entity *entity,
			     struct err *err)
{
	struct buf condition = BUF_INIT;
	struct buf message = BUF_INIT;
	int rc;

	buf_adds(&condition, "length(CAST(");
	add_row_key(&condition, entity);
	buf_addf(&condition, " AS BLOB)) > %d", CHANGE_ROW_MAX);
	buf_addf(&message, "%s: the key is longer than %d bytes", entity->name,
		 CHANGE_ROW_MAX);
	rc = add_check(checks, buf_text(&condition), buf_text(&message), err);
	buf_release(&condition);
	buf_release(&message);
	return rc;
}

static int add_key_checks(struct buf *checks, const struct schema *schema,
			  const struct entity *entity, struct err *err)
{
	struct buf condition = BUF_INIT;
	struct buf message = BUF_INIT;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < entity->n_keys; i++) {
		const char *key = entity->keys[i];

		buf_clear(&condition);
		buf_clear(&message);
		add_bad_key(&condition, key);
		if (entity == schema->cases)
			buf_addf(&condition,
				 " OR NEW.\"%s\" GLOB '*[^0-9A-Za-z.-]*' OR"
				 " NEW.\"%s\" NOT GLOB '[0-9]*-?*-?*'"
				 " OR '-' || NEW.\"%s\" || '-' GLOB"
				 " '*[.-][.-]*' OR length(NEW.\"%s\") > %d",
				 key, key, key, key, CHANGE_CASE_MAX);
		buf_addf(&message, "%s: %s cannot be used as a key",
			 entity->name, key);
		rc = add_check(checks, buf_text(&condition), buf_text(&message),
			       err);
	}
	if (rc == 0)
		rc = add_row_key_check(checks, entity, err);
	if (rc == 0 && entity->scope == SCOPE_CASE && entity != schema->cases) {
		buf_clear(&condition);
		buf_clear(&message);
		buf_addf(&condition,
			 "NOT EXISTS (SELECT 1 FROM \"%s\" WHERE \"%s\" ="
			 " NEW.\"%s\")",
			 schema->cases->name, schema->cases->keys[0],
			 entity->keys[0]);
		buf_addf(&message, "%s: no such %s here", entity->name,
			 schema->cases->name);
		rc = add_check(checks, buf_text(&condition), buf_text(&message),
			       err);
	}
	buf_release(&condition);
	buf_release(&message);
	return rc;
}

/* Exists already (so REPLACE and upsert are caught before they act), and may
 * this site add rows. */
static int add_row_checks(struct buf *checks, const struct entity *entity,
			  const char *site, struct err *err)
{
	struct buf condition = BUF_INIT;
	struct buf message = BUF_INIT;
	int rc;

	buf_addf(&condition, "EXISTS (SELECT 1 FROM \"%s\" WHERE",
		 entity->name);
	for (size_t i = 0; i < entity->n_keys; i++)
		buf_addf(&condition, "%s \"%s\" = NEW.\"%s\"",
			 i > 0 ? " AND" : "", entity->keys[i], entity->keys[i]);
	buf_addf(&condition,
		 ") OR EXISTS (SELECT 1 FROM \"%s\" WHERE rowid = NEW.rowid)",
		 entity->name);
	buf_addf(&message,
		 "%s: this row exists; change it with UPDATE"
		 " (REPLACE and upsert would lose what it holds)",
		 entity->name);
	rc = add_check(checks, buf_text(&condition), buf_text(&message), err);
	buf_clear(&condition);
	buf_clear(&message);
	deny_condition(&condition, entity, entity->creators, site);
	if (rc == 0 && strcmp(buf_text(&condition), "0") != 0) {
		buf_addf(&message, "%s: %s", entity->name,
			 entity->creators == WRITER_OFFICE
				 ? "only the office may add a row"
				 : "only the row''s own unit may add it");
		rc = add_check(checks, buf_text(&condition), buf_text(&message),
			       err);
	}
	buf_release(&condition);
	buf_release(&message);
	return rc;
}

static int create_insert_triggers(struct db *db, const struct schema *schema,
				  const struct entity *entity, const char *site,
				  struct err *err)
{
	struct buf sql = BUF_INIT;
	struct buf checks = BUF_INIT;
	struct buf values = BUF_INIT;
	struct buf row = BUF_INIT;
	char eid[16];
	int rc = add_row_checks(&checks, entity, site, err);

	if (rc == 0)
		rc = add_key_checks(&checks, schema, entity, err);
	for (size_t i = 0; rc == 0 && i < entity->n_fields; i++)
		rc = add_field_checks(&checks, entity, &entity->fields[i], site,
				      true, err);
	for (size_t i = 0; i < entity->n_fields; i++)
		buf_addf(&values, "%sSELECT %u%s, NEW.\"%s\"%s",
			 i > 0 ? " UNION ALL " : "", entity->fields[i].id,
			 i > 0 ? "" : " AS f", entity->fields[i].name,
			 i > 0 ? "" : " AS v");
	buf_adds(&values, " UNION ALL SELECT 0, 1 WHERE coalesce(");
	for (size_t i = 0; i < entity->n_fields; i++)
		buf_addf(&values, "%sNEW.\"%s\"", i > 0 ? ", " : "",
			 entity->fields[i].name);
	buf_adds(&values, ") IS NULL");
	add_row_key(&row, entity);
	snprintf(eid, sizeof(eid), "%u", entity->id);
	const struct word words[] = {{"table", entity->name},
				     {"checks", buf_text(&checks)},
				     {"values", buf_text(&values)},
				     {"row", buf_text(&row)},
				     {"eid", eid},
				     {"now", NOW}};
	if (rc == 0)
		rc = fill(&sql, "insert_check", words, 6, err);
	if (rc == 0)
		rc = fill(&sql, "insert", words, 6, err);
	if (rc == 0)
		rc = run(db, &sql, err);
	buf_release(&row);
	buf_release(&values);
	buf_release(&checks);
	buf_release(&sql);
	return rc;
}

static int create_update_triggers(struct db *db, const struct entity *entity,
				  const struct field *field, const char *site,
				  struct err *err)
{
	struct buf sql = BUF_INIT;
	struct buf checks = BUF_INIT;
	struct buf row = BUF_INIT;
	char eid[16];
	char fid[16];
	int rc = add_field_checks(&checks, entity, field, site, false, err);

	add_row_key(&row, entity);
	snprintf(eid, sizeof(eid), "%u", entity->id);
	snprintf(fid, sizeof(fid), "%u", field->id);
	const struct word words[] = {{"table", entity->name},
				     {"f", field->name},
				     {"checks", buf_text(&checks)},
				     {"row", buf_text(&row)},
				     {"eid", eid},
				     {"fid", fid},
				     {"now", NOW}};
	if (rc == 0 && checks.len > 0)
		rc = fill(&sql, "update_check", words, 7, err);
	if (rc == 0)
		rc = fill(&sql, "update", words, 7, err);
	if (rc == 0)
		rc = run(db, &sql, err);
	buf_release(&row);
	buf_release(&checks);
	buf_release(&sql);
	return rc;
}

static int create_row_guards(struct db *db, const struct entity *entity,
			     struct err *err)
{
	struct buf sql = BUF_INIT;
	struct buf changed = BUF_INIT;
	int rc;

	buf_adds(&changed, "OLD.rowid IS NOT NEW.rowid");
	for (size_t i = 0; i < entity->n_keys; i++)
		buf_addf(&changed, " OR OLD.\"%s\" IS NOT NEW.\"%s\"",
			 entity->keys[i], entity->keys[i]);
	const struct word words[] = {{"table", entity->name},
				     {"key_changed", buf_text(&changed)}};
	rc = fill(&sql, "key", words, 2, err);
	if (rc == 0)
		rc = fill(&sql, "delete", words, 2, err);
	if (rc == 0)
		rc = run(db, &sql, err);
	buf_release(&changed);
	buf_release(&sql);
	return rc;
}

int capture_create_triggers(struct db *db, const struct schema *schema,
			    const struct entity *entity, const char *site,
			    struct err *err)
{
	int rc = create_insert_triggers(db, schema, entity, site, err);

	for (size_t i = 0; rc == 0 && i < entity->n_fields; i++)
		rc = create_update_triggers(db, entity, &entity->fields[i],
					    site, err);
	if (rc == 0)
		rc = create_row_guards(db, entity, err);
	if (rc < 0)
		err_wrap(err, "triggers of %s", entity->name);
	return rc;
}
