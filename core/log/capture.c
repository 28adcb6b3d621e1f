/* capture.c - fills the templates of schemas/capture.sql: tables, and the
 * triggers of each. What the triggers have in common is in checks.c. */
#include "core/log/capture_room.h"

#include <stdio.h>
#include <string.h>

#include "core/log/capture.h"
#include "schemas/schemas.h"

int capture_fill(struct buf *out, const char *name, const struct word *words,
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

int capture_run(struct db *db, struct buf *sql, struct err *err)
{
	int rc = buf_check(sql, err);

	return rc < 0 ? rc : db_exec(db, buf_text(sql), err);
}

void capture_add_quoted(struct buf *out, const char *text)
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
		capture_add_quoted(out, site);
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
	rc = capture_fill(&sql, "table", words, 3, err);
	if (rc == 0)
		rc = capture_run(db, &sql, err);
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
	rc = capture_run(db, &sql, err);
	buf_release(&sql);
	return rc;
}

/* The three key columns that _log and _new take. */
static void add_keys(struct buf *out, const struct entity *entity)
{
	for (size_t i = 0; i < 3; i++)
		if (i < entity->n_keys)
			buf_addf(out, "%sNEW.\"%s\"", i > 0 ? ", " : "",
				 entity->keys[i]);
		else
			buf_adds(out, ", NULL");
}

/* Each field as (m, v), its mark and value now; with (o), that before. */
static void add_values(struct buf *out, const struct entity *entity,
		       const char *site, bool before)
{
	for (size_t i = 0; i < entity->n_fields; i++) {
		const struct field *field = &entity->fields[i];
		const char *name = field->name;

		if (i == 0)
			buf_adds(out, "SELECT ");
		else
			buf_adds(out, i == 1 ? " UNION ALL VALUES (" : ", (");
		buf_addf(out, "%u%s, NEW.\"%s\"%s",
			 mark_of(entity, field, site), i == 0 ? " AS m" : "",
			 name, i == 0 ? " AS v" : "");
		if (before)
			buf_addf(out, ", OLD.\"%s\"%s", name,
				 i == 0 ? " AS o" : "");
		if (i > 0)
			buf_addc(out, ')');
	}
}

/* The words of a table's templates, as SQL. */
struct texts {
	struct buf keys;      /* their values, NULL for those it has not */
	struct buf key_names; /* of the columns */
	struct buf same_key;
	struct buf key_changed;
	struct buf new_values;
	struct buf both_values;
};

static void make_texts(struct texts *texts, const struct entity *entity,
		       const char *site)
{
	add_keys(&texts->keys, entity);
	add_values(&texts->new_values, entity, site, false);
	add_values(&texts->both_values, entity, site, true);
	for (size_t i = 0; i < entity->n_keys; i++) {
		const char *key = entity->keys[i];

		buf_addf(&texts->key_names, "%s\"%s\"", i > 0 ? ", " : "", key);
		buf_addf(&texts->same_key, "%s\"%s\" = NEW.\"%s\"",
			 i > 0 ? " AND " : "", key, key);
		buf_addf(&texts->key_changed, "%sOLD.\"%s\" IS NOT NEW.\"%s\"",
			 i > 0 ? " OR " : "", key, key);
	}
}

static void release_texts(struct texts *texts)
{
	buf_release(&texts->keys);
	buf_release(&texts->key_names);
	buf_release(&texts->same_key);
	buf_release(&texts->key_changed);
	buf_release(&texts->new_values);
	buf_release(&texts->both_values);
}

/* One trigger for each field. */
static int add_field_triggers(struct buf *sql, const struct entity *entity,
			      const char *keys, const char *site,
			      struct err *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < entity->n_fields; i++) {
		const struct field *field = &entity->fields[i];
		char mark[16];
		const struct word words[] = {{"table", entity->name},
					     {"f", field->name},
					     {"mark", mark},
					     {"keys", keys}};

		snprintf(mark, sizeof(mark), "%u",
			 mark_of(entity, field, site));
		rc = capture_fill(sql, "field", words, 4, err);
	}
	return rc;
}

static int add_open(struct buf *sql, const struct schema *schema,
		    const struct entity *entity, const char *site,
		    struct err *err)
{
	/* The tables that are edited by the thousand. */
	bool bulk = entity == schema->cases || entity == schema->assignment;
	struct texts texts = {.keys = BUF_INIT};
	char number[16];
	int rc;

	make_texts(&texts, entity, site);
	snprintf(number, sizeof(number), "%u", entity->id);
	const struct word words[] = {
		{"table", entity->name},
		{"entity", number},
		{"keys", buf_text(&texts.keys)},
		{"key_names", buf_text(&texts.key_names)},
		{"same_key", buf_text(&texts.same_key)},
		{"key_changed", buf_text(&texts.key_changed)},
		{"new_values", buf_text(&texts.new_values)},
		{"both_values", buf_text(&texts.both_values)}};
	rc = capture_fill(sql, "open", words, 8, err);
	if (rc == 0 && bulk)
		rc = add_field_triggers(sql, entity, buf_text(&texts.keys),
					site, err);
	else if (rc == 0)
		rc = capture_fill(sql, "fields", words, 8, err);
	release_texts(&texts);
	return rc;
}

int capture_create_triggers(struct db *db, const struct schema *schema,
			    const struct entity *entity, const char *site,
			    struct err *err)
{
	const struct word words[] = {{"table", entity->name}};
	struct buf sql = BUF_INIT;
	int rc = capture_fill(&sql, "delete", words, 1, err);

	if (rc == 0 && mark_closed(entity, site))
		rc = capture_fill(&sql, "closed", words, 1, err);
	else if (rc == 0)
		rc = add_open(&sql, schema, entity, site, err);
	if (rc == 0)
		rc = capture_run(db, &sql, err);
	if (rc < 0)
		err_wrap(err, "triggers of %s", entity->name);
	buf_release(&sql);
	return rc;
}
