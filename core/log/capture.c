/* capture.c - fills the templates of schemas/capture.sql. */
#include "core/log/capture.h"

#include <stdio.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/schema/definition.h"
#include "core/replica/replica.h"
#include "schemas/schemas.h"

/* Of one key column; core/merge/apply.c asks the same of other nodes' keys. */
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

/* A column that was defined at run time takes any value: its type may change,
 * and with it which of the values that are logged already it can hold. The
 * triggers are strict in its place. */
static const char *sql_type(const struct field *field)
{
	if (field_defined(field) || field->type == FIELD_UNKNOWN)
		return "ANY";
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

int capture_add_column(struct db *db, const struct entity *entity,
		       const struct field *field, struct err *err)
{
	struct buf sql = BUF_INIT;
	int rc;

	buf_addf(&sql, "ALTER TABLE \"%s\" ADD COLUMN \"%s\" %s", entity->name,
		 field->name, sql_type(field));
	rc = run(db, &sql, err);
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
static void add_denied(struct buf *out, const struct entity *entity,
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

/* True of a value that a column of any type takes and the field cannot hold. */
static void add_wrong_type(struct buf *out, const struct field *field)
{
	bool number = field->type == FIELD_INT || field->type == FIELD_BOOL;

	if (field_defined(field) && field->type != FIELD_UNKNOWN)
		buf_addf(out, "typeof(NEW._value) NOT IN ('%s', 'null') OR ",
			 number ? "integer" : "text");
}

/* NEW._value as SQL that is true where the field cannot hold it. */
static bool add_invalid(struct buf *out, const struct field *field)
{
	add_wrong_type(out, field);
	switch (field->type) {
	case FIELD_BOOL:
		buf_adds(out, "NEW._value NOT IN (0, 1)");
		return true;
	case FIELD_DATE:
		/* The modifier makes SQLite count: 2022-09-31 differs then. */
		buf_adds(out, "NEW._value IS NOT date(NEW._value, '+0 days')");
		return true;
	case FIELD_TIME:
		buf_adds(out, "NEW._value IS NOT strftime('%Y-%m-%dT%H:%M:%SZ',"
			      " NEW._value, '+0 days')");
		return true;
	case FIELD_CODE:
		buf_adds(out, "NEW._value IS NOT NULL AND NOT EXISTS (SELECT 1"
			      " FROM code WHERE list = ");
		add_quoted(out, field->list != NULL ? field->list : "");
		buf_adds(out, " AND code = NEW._value)");
		return true;
	case FIELD_INT:
		buf_adds(out, "0");
		return field_defined(field);
	default:
		buf_addf(out, "length(CAST(NEW._value AS BLOB)) > %d",
			 CHANGE_VALUE_MAX);
		return true;
	}
}

static const char *what_is_wrong(const struct field *field)
{
	switch (field->type) {
	case FIELD_INT:
		return "is not a whole number";
	case FIELD_BOOL:
		return "is not 0 or 1";
	case FIELD_DATE:
		return "is not a date like 2022-06-30";
	case FIELD_TIME:
		return "is not a time like 2022-06-30T09:15:00Z";
	case FIELD_CODE:
		return "is not a code of its list (table code)";
	default:
		return field_defined(field) ? "is no text of at most 4 MiB"
					    : "is larger than 4 MiB";
	}
}

/* `WHEN condition THEN RAISE`, one line of a CASE. */
static int add_check(struct buf *checks, const char *condition,
		     const char *message, struct err *err)
{
	const struct word words[] = {{"condition", condition},
				     {"message", message}};

	return fill(checks, "check", words, 2, err);
}

/* What stands against writing a field: its writer first, then the value.
 * What this site may never write needs no look at the value. */
static int add_field_checks(struct buf *checks, const struct entity *entity,
			    const struct field *field, const char *site,
			    struct err *err)
{
	struct buf denied = BUF_INIT;
	struct buf invalid = BUF_INIT;
	struct buf lines = BUF_INIT;
	struct buf message = BUF_INIT;
	size_t named;
	int rc = 0;

	if (field->retired)
		buf_adds(&denied, "1");
	else
		add_denied(&denied, entity, field->writers, site);
	buf_addf(&message, "%s.%s (%s): ", entity->name, field->name,
		 field->zh);
	named = message.len;
	if (strcmp(buf_text(&denied), "0") != 0) {
		buf_adds(&message, field->retired ? "it is not used any more"
						  : who_may(field->writers));
		rc = add_check(&lines, buf_text(&denied), buf_text(&message),
			       err);
		buf_truncate(&message, named);
	}
	if (rc == 0 && strcmp(buf_text(&denied), "1") != 0 &&
	    add_invalid(&invalid, field)) {
		buf_adds(&message, what_is_wrong(field));
		rc = add_check(&lines, buf_text(&invalid), buf_text(&message),
			       err);
	}
	if (rc == 0 && lines.len > 0)
		buf_addf(checks, "  WHEN %u THEN CASE\n%s  END\n", field->id,
			 buf_text(&lines));
	buf_release(&message);
	buf_release(&lines);
	buf_release(&invalid);
	buf_release(&denied);
	return rc < 0 ? rc : buf_check(checks, err);
}

/* What no key may hold, over `k`. A key is compared by its bytes on every
 * machine, so white space around it, decomposed letters and ill-formed UTF-8
 * (a console in another encoding) would make two rows of one: a character
 * must come out of its code point as it went in. */
static void add_bad_key(struct buf *out)
{
	buf_adds(out, "k = '' OR instr(k, '/') OR instr(k, char(0))");
	buf_addf(out, " OR length(k) > %d OR length(CAST(k AS BLOB)) > %d",
		 KEY_CHARS, KEY_BYTES);
	buf_adds(out, " OR k GLOB '*[' || char(1) || '-' || char(31) ||"
		      " char(127) || char(768) || '-' || char(879) || ']*'"
		      " OR k <> trim(k, ' ' || char(160, 12288))"
		      " OR (k GLOB '*[^ -~]*' AND EXISTS (SELECT 1 FROM"
		      " (SELECT substr(k, a.n * 10 + b.n + 1, 1) AS c"
		      " FROM _digit AS a, _digit AS b)"
		      " WHERE c <> '' AND c IS NOT char(unicode(c))))");
}

/* The first key column that holds what it may not, and a message for each. */
static int add_key_checks(struct buf *bad, struct buf *checks,
			  const struct entity *entity, struct err *err)
{
	struct buf message = BUF_INIT;
	struct buf name = BUF_INIT;
	int rc = 0;

	buf_adds(bad, "SELECT n FROM (");
	for (size_t i = 0; rc == 0 && i < entity->n_keys; i++) {
		const char *key = entity->keys[i];

		buf_addf(bad, "%sSELECT %zu AS n, NEW.\"%s\" AS k",
			 i > 0 ? " UNION ALL " : "", i, key);
		buf_clear(&name);
		buf_clear(&message);
		buf_addf(&name, "%zu", i);
		buf_addf(&message, "%s: %s cannot be used as a key",
			 entity->name, key);
		rc = add_check(checks, buf_text(&name), buf_text(&message),
			       err);
	}
	buf_adds(bad, ") WHERE ");
	add_bad_key(bad);
	buf_release(&name);
	buf_release(&message);
	return rc;
}

static void add_case_key(struct buf *bad, const char *key)
{
	buf_addf(bad,
		 " OR NEW.\"%s\" GLOB '*[^0-9A-Za-z.-]*' OR"
		 " NEW.\"%s\" NOT GLOB '[0-9]*-?*-?*'"
		 " OR '-' || NEW.\"%s\" || '-' GLOB"
		 " '*[.-][.-]*' OR length(NEW.\"%s\") > %d",
		 key, key, key, key, CHANGE_CASE_MAX);
}

/* What definition_fault says, where plain SQL can ask it. */
static int add_definition_check(struct buf *checks, struct err *err)
{
	struct buf condition = BUF_INIT;
	int rc;

	buf_addf(&condition,
		 "NEW.name NOT GLOB '[a-z]*' OR NEW.name GLOB '*[^a-z0-9_]*'"
		 " OR length(NEW.name) > %d OR NEW.name IN (" DEFINITION_WORDS
		 ") OR NOT EXISTS (SELECT 1 FROM _entity e WHERE e.name ="
		 " NEW.entity AND NOT instr(' ' || e.keys || ' ', ' ' ||"
		 " NEW.name || ' '))",
		 DEFINITION_NAME_MAX);
	rc = buf_check(&condition, err);
	if (rc == 0)
		rc = add_check(checks, buf_text(&condition),
			       "field: no such entity, or the name is not"
			       " a-z, then a-z 0-9 _",
			       err);
	buf_release(&condition);
	return rc;
}

/* The row's key as a whole, and the case it belongs to. */
static int add_whole_key_checks(struct buf *checks, const struct schema *schema,
				const struct entity *entity, struct err *err)
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
	if (rc == 0 && entity == schema->fields)
		rc = add_definition_check(checks, err);
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
	add_denied(&condition, entity, entity->creators, site);
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

/* A unit writes nothing to a case that was taken back from it. The merge asks
 * the same (access.h), of units that do not know yet. */
static int add_released(struct buf *out, const struct schema *schema,
			const struct entity *entity, const char *site,
			struct err *err)
{
	const struct entity *assignment = schema->assignment;
	struct buf quoted = BUF_INIT;
	int rc;

	if (entity->scope != SCOPE_CASE || strcmp(site, REPLICA_OFFICE) == 0)
		return 0;
	add_quoted(&quoted, site);
	const struct word words[] = {{"table", entity->name},
				     {"key", entity->keys[0]},
				     {"assignment", assignment->name},
				     {"case", assignment->keys[0]},
				     {"unit",
				      assignment->keys[assignment->owner_key]},
				     {"site", buf_text(&quoted)}};
	rc = fill(out, "released", words, 6, err);
	buf_release(&quoted);
	return rc;
}

/* Each field of NEW as (f, v); the first row names the columns. */
static void add_values(struct buf *out, const struct entity *entity)
{
	for (size_t i = 0; i < entity->n_fields; i++)
		buf_addf(out,
			 i == 0 ? "SELECT %u AS f, NEW.\"%s\" AS v"
				: " UNION ALL SELECT %u, NEW.\"%s\"",
			 entity->fields[i].id, entity->fields[i].name);
}

/* Is every field of NEW empty? */
static void add_empty(struct buf *out, const struct entity *entity)
{
	buf_adds(out, "coalesce(");
	for (size_t i = 0; i < entity->n_fields; i++)
		buf_addf(out, "%sNEW.\"%s\"", i > 0 ? ", " : "",
			 entity->fields[i].name);
	buf_adds(out, ") IS NULL");
}

/* The words of the templates, as SQL. */
struct texts {
	struct buf row;	     /* key, over NEW */
	struct buf columns;  /* of the key */
	struct buf keys;     /* their values, over NEW */
	struct buf nulls;    /* none for each */
	struct buf released; /* is the case a unit's archive */
	struct buf row_checks;
	struct buf bad_key; /* the number of a key column that is bad */
	struct buf key_checks;
	struct buf whole_checks;
	struct buf field_checks;
	struct buf values; /* each field of a new row, as (f, v) */
	struct buf empty;  /* does a new row hold nothing */
	struct buf key_changed;
};

static int make_texts(struct texts *texts, const struct schema *schema,
		      const struct entity *entity, const char *site,
		      struct err *err)
{
	int rc;

	add_row_key(&texts->row, entity);
	add_values(&texts->values, entity);
	add_empty(&texts->empty, entity);
	buf_adds(&texts->key_changed, "OLD.rowid IS NOT NEW.rowid");
	for (size_t i = 0; i < entity->n_keys; i++) {
		const char *key = entity->keys[i];

		buf_addf(&texts->columns, "\"%s\", ", key);
		buf_addf(&texts->keys, "NEW.\"%s\", ", key);
		buf_adds(&texts->nulls, "NULL, ");
		buf_addf(&texts->key_changed,
			 " OR OLD.\"%s\" IS NOT NEW.\"%s\"", key, key);
	}
	rc = add_released(&texts->released, schema, entity, site, err);
	if (rc == 0)
		rc = add_row_checks(&texts->row_checks, entity, site, err);
	if (rc == 0)
		rc = add_key_checks(&texts->bad_key, &texts->key_checks, entity,
				    err);
	if (rc == 0 && entity == schema->cases)
		add_case_key(&texts->bad_key, entity->keys[0]);
	if (rc == 0)
		rc = add_whole_key_checks(&texts->whole_checks, schema, entity,
					  err);
	for (size_t i = 0; rc == 0 && i < entity->n_fields; i++)
		rc = add_field_checks(&texts->field_checks, entity,
				      &entity->fields[i], site, err);
	return rc;
}

static void release_texts(struct texts *texts)
{
	buf_release(&texts->row);
	buf_release(&texts->columns);
	buf_release(&texts->keys);
	buf_release(&texts->nulls);
	buf_release(&texts->released);
	buf_release(&texts->row_checks);
	buf_release(&texts->bad_key);
	buf_release(&texts->key_checks);
	buf_release(&texts->whole_checks);
	buf_release(&texts->field_checks);
	buf_release(&texts->values);
	buf_release(&texts->empty);
	buf_release(&texts->key_changed);
}

static int add_update_triggers(struct buf *sql, const struct entity *entity,
			       const struct texts *texts, struct err *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < entity->n_fields; i++) {
		char fid[16];
		const struct word words[] = {{"table", entity->name},
					     {"keys", buf_text(&texts->keys)},
					     {"f", entity->fields[i].name},
					     {"fid", fid}};

		snprintf(fid, sizeof(fid), "%u", entity->fields[i].id);
		rc = fill(sql, "update", words, 4, err);
	}
	return rc;
}

int capture_create_triggers(struct db *db, const struct schema *schema,
			    const struct entity *entity, const char *site,
			    struct err *err)
{
	struct texts texts = {.row = BUF_INIT};
	struct buf sql = BUF_INIT;
	char eid[16];
	int rc = make_texts(&texts, schema, entity, site, err);

	snprintf(eid, sizeof(eid), "%u", entity->id);
	const struct word words[] = {
		{"table", entity->name},
		{"eid", eid},
		{"now", NOW},
		{"row", buf_text(&texts.row)},
		{"columns", buf_text(&texts.columns)},
		{"keys", buf_text(&texts.keys)},
		{"nulls", buf_text(&texts.nulls)},
		{"released", buf_text(&texts.released)},
		{"row_checks", buf_text(&texts.row_checks)},
		{"bad_key", buf_text(&texts.bad_key)},
		{"key_checks", buf_text(&texts.key_checks)},
		{"whole_checks", buf_text(&texts.whole_checks)},
		{"field_checks", buf_text(&texts.field_checks)},
		{"values", buf_text(&texts.values)},
		{"empty", buf_text(&texts.empty)},
		{"key_changed", buf_text(&texts.key_changed)}};
	if (rc == 0)
		rc = fill(&sql, "table_triggers", words,
			  sizeof(words) / sizeof(words[0]), err);
	if (rc == 0)
		rc = add_update_triggers(&sql, entity, &texts, err);
	if (rc == 0)
		rc = run(db, &sql, err);
	if (rc < 0)
		err_wrap(err, "triggers of %s", entity->name);
	buf_release(&sql);
	release_texts(&texts);
	return rc;
}
