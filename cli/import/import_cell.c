/* import_cell.c - fill in what is not known, name what differs.
 * Knows rows and cells; knows no proposal. */
#include "cli/import/import_room.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/terminal/message.h"
#include "cli/case/row.h"
#include "core/merge/normal.h"
#include "core/base/utf8.h"

enum { SHOWN_WIDTH = 40 }; /* columns of a value within a message */

int import_problem(struct import *import, unsigned part, const char *fmt, ...)
{
	struct record_about about = {
		.line = 1, .record = import->index, .parts = part};
	char *text = NULL;
	va_list args;
	int len;
	int rc;

	if (import->index != RECORD_NONE)
		about.line = import->list->items[import->index].line;
	if (import->index != RECORD_NONE && import->place < RECORD_PLACES)
		about.column = import->list->items[import->index]
				       .columns[import->place];
	va_start(args, fmt);
	len = vasprintf(&text, fmt, args);
	va_end(args);
	if (len < 0)
		return err_nomem(import->err);
	rc = record_list_problem(import->list, about, import->err, "%s", text);
	free(text);
	return rc;
}

int import_ask(struct buf *out, struct import *import, const char *sql,
	       const char *a, const char *b)
{
	struct db *db = replica_db(import->replica);
	sqlite3_stmt *stmt;
	int rc = db_stmt(&stmt, db, sql, import->err);

	buf_clear(out);
	if (rc != 0)
		return rc;
	if (a != NULL)
		db_bind_text(stmt, 1, a);
	if (b != NULL)
		db_bind_text(stmt, 2, b);
	rc = db_step(db, stmt, import->err);
	if (rc > 0)
		buf_adds(out, db_text(stmt, 0));
	sqlite3_reset(stmt);
	return rc < 0 ? rc : buf_check(out, import->err);
}

static const char find_code[] =
	"SELECT code FROM code WHERE list = ?1 AND void IS NOT 1 AND (code ="
	" ?2 OR zh = ?2 OR instr('、' || coalesce(aliases, '') || '、', '、' ||"
	" ?2 || '、')) LIMIT 1";

int import_code(struct buf *code, struct import *import, const char *list,
		const char *text)
{
	return import_ask(code, import, find_code, list, text);
}

bool import_key(struct buf *key, const struct import *import,
		const struct record *record)
{
	buf_clear(key);
	if (record->plain[0] == '\0')
		return false;
	buf_addf(key, "%s-%s", import->session, record->plain);
	return true;
}

/* A value within a message: its first line, cut. */
static int shown_len(const char *text)
{
	size_t len = strcspn(text, "\n");

	return (int)utf8_fit(text, len, SHOWN_WIDTH);
}

static enum record_place place_of(const char *field)
{
	static const struct {
		const char *field;
		enum record_place place;
	} places[] = {
		{"title", RECORD_AT_TITLE},
		{"sector", RECORD_AT_SECTOR},
		{"sector_raw", RECORD_AT_SECTOR},
		{"sponsors", RECORD_AT_SPONSORS},
		{"category", RECORD_AT_CATEGORY},
		{"kind", RECORD_AT_KIND},
		{"due", RECORD_AT_DUE},
		{"post", RECORD_AT_LEADERS},
		{"mode", RECORD_AT_LEADERS},
		{"class_proposed", RECORD_AT_CLASS},
		{"draft", RECORD_AT_REPLY},
		{"doc_no", RECORD_AT_DOC_NO},
		{"doc_no_entered", RECORD_AT_DOC_NO},
		{"signed_at", RECORD_AT_REPLIED_ON},
		{"signed_entered", RECORD_AT_REPLIED_ON},
	};

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		if (strcmp(places[i].field, field) == 0)
			return places[i].place;
	return RECORD_PLACES;
}

static int name_difference(struct import *import,
			   const struct import_cell *cell,
			   const struct field *field, const char *here,
			   const char *listed)
{
	const char *label = message_label(field->zh, field->en);
	enum record_place before = import->place;
	int rc;

	if (before == RECORD_PLACES)
		import->place = place_of(field->name);
	rc = import_problem(import, cell->part,
			    _("%s of %s is already “%.*s%s” here; “%.*s%s” "
			      "of the list is not taken"),
			    label, cell->row, shown_len(here), here,
			    here[shown_len(here)] != '\0' ? "…" : "",
			    shown_len(listed), listed,
			    listed[shown_len(listed)] != '\0' ? "…" : "");
	import->place = before;
	return rc;
}

/* The value for people, integers too. */
static int value_words(struct buf *out, const struct value *value,
		       struct err *err)
{
	if (value->type == VALUE_INT)
		buf_addf(out, "%lld", (long long)value->integer);
	else if (value->type == VALUE_TEXT)
		buf_add(out, value->bytes, value->len);
	return buf_check(out, err);
}

static int name_values(struct import *import, const struct import_cell *cell,
		       const struct field *field, const struct value *here,
		       const struct value *listed)
{
	struct buf ours = BUF_INIT;
	struct buf theirs = BUF_INIT;
	int rc = value_words(&ours, here, import->err);

	if (rc == 0)
		rc = value_words(&theirs, listed, import->err);
	if (rc == 0)
		rc = name_difference(import, cell, field, buf_text(&ours),
				     buf_text(&theirs));
	buf_release(&ours);
	buf_release(&theirs);
	return rc;
}

/* Compared and written in the form in which the log keeps values, so that a
 * list taken before differs in nothing. */
static int fill(struct import *import, const struct import_cell *cell,
		const struct value *listed, bool *filled)
{
	const struct entity *entity = schema_entity_named(
		replica_schema(import->replica), cell->entity);
	const struct field *field = entity_field_named(entity, cell->field);
	struct buf bytes = BUF_INIT;
	struct buf held = BUF_INIT;
	struct value value;
	struct value here;
	int rc = normal_value(&value, &bytes, field, listed, import->err);

	if (rc == 0)
		rc = row_get(&here, &held, NULL, import->replica, entity,
			     cell->row, field, import->err);
	if (rc == 0 && here.type == VALUE_NULL)
		rc = row_set(import->replica, entity, cell->row, field, &value,
			     filled, import->err);
	else if (rc == 0 && !value_equal(&here, &value))
		rc = name_values(import, cell, field, &here, &value);
	buf_release(&held);
	buf_release(&bytes);
	return rc;
}

int import_fill(struct import *import, const struct import_cell *cell,
		const char *value, bool *filled)
{
	struct value text = value_text(value);

	if (value == NULL)
		return 0;
	if (text.len > CHANGE_VALUE_MAX)
		return import_problem(import, cell->part,
				      _("the text is longer than %d bytes and "
					"is not taken"),
				      (int)CHANGE_VALUE_MAX);
	return fill(import, cell, &text, filled);
}

int import_fill_int(struct import *import, const struct import_cell *cell,
		    int64_t value)
{
	struct value number = value_int(value);

	return fill(import, cell, &number, NULL);
}

int import_row(struct import *import, const char *entity, const char *row,
	       bool *added)
{
	return row_add(import->replica,
		       schema_entity_named(replica_schema(import->replica),
					   entity),
		       row, added, import->err);
}

int import_exists(struct import *import, const char *entity_name,
		  const char *row, bool *exists)
{
	const struct entity *entity = schema_entity_named(
		replica_schema(import->replica), entity_name);
	struct buf held = BUF_INIT;
	struct value gone;
	int rc;

	rc = row_get(&gone, &held, exists, import->replica, entity, row,
		     entity_field_named(entity, "void"), import->err);
	if (rc == 0 && gone.type == VALUE_INT && gone.integer == 1)
		*exists = false;
	buf_release(&held);
	return rc;
}
