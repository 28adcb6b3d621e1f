/* json_list.c - a JSON document of proposals, read as a list.
 * Knows the document's shape; knows no file, no replica. */
#include "cli/import/json_list.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/terminal/message.h"
#include "cli/import/scan.h"
#include "cli/case/value.h"
#include "core/base/buf.h"

struct reader {
	struct record_list *list;
	size_t *lines; /* at which each proposal begins */
	size_t n_lines, cap_lines;
	size_t line; /* of the one being read */
	struct err *err;
};

/* Where the objects of the proposals' array begin: jansson keeps no places.
 * `depth` counts brackets outside of strings; the text is valid JSON. */
static int find_lines(struct reader *reader, const char *text, size_t len,
		      bool whole)
{
	int wanted = whole ? 1 : 2;
	int depth = 0;
	size_t line = 1;
	bool quoted = false, inside = whole, key = false;

	for (size_t i = 0; i < len; i++) {
		char c = text[i];

		line += c == '\n';
		if (c == '"' && !quoted && depth == 1 && !whole)
			key = strncmp(text + i, "\"proposals\"", 11) == 0;
		if (c == '"')
			quoted = !quoted;
		if (quoted) {
			i += c == '\\';
			continue;
		}
		if (c == '[' && depth == wanted - 1 && !whole)
			inside = key;
		if (c == '{' && depth == wanted && inside) {
			if (reader->n_lines == reader->cap_lines) {
				size_t cap = reader->cap_lines
						     ? reader->cap_lines * 2
						     : 64;
				size_t *more = reallocarray(reader->lines, cap,
							    sizeof(*more));

				if (!more)
					return err_nomem(reader->err);
				reader->lines = more;
				reader->cap_lines = cap;
			}
			reader->lines[reader->n_lines++] = line;
		}
		if (c == ']' && depth == wanted && !whole)
			inside = false;
		depth += c == '{' || c == '[';
		depth -= c == '}' || c == ']';
	}
	return 0;
}

static struct record_about about(const struct reader *reader, unsigned parts,
				 bool known)
{
	return (struct record_about){.line = reader->line,
				     .record = known ? (long)reader->list->n - 1
						     : RECORD_NONE,
				     .parts = parts};
}

/* A member as trimmed text, appended: strings, numbers, and arrays of both
 * joined by '、'. */
static void add_text(struct buf *out, const json_t *value)
{
	if (json_is_string(value)) {
		struct scan scan = scan_trim(scan_slice(
			json_string_value(value),
			json_string_value(value) + json_string_length(value)));

		buf_add(out, scan.at, scan_len(&scan));
	} else if (json_is_integer(value)) {
		buf_addf(out, "%lld", (long long)json_integer_value(value));
	} else if (json_is_array(value)) {
		for (size_t i = 0; i < json_array_size(value); i++) {
			if (i > 0)
				buf_adds(out, "、");
			add_text(out, json_array_get(value, i));
		}
	}
}

/* NULL where there is none; *failed when out of memory. */
static char *member(const json_t *object, const char *name, bool *failed)
{
	struct buf text = BUF_INIT;

	add_text(&text, json_object_get(object, name));
	*failed = *failed || text.failed;
	if (text.len > 0)
		return buf_take(&text);
	buf_release(&text);
	return NULL;
}

static int read_dates(struct reader *reader, char **date, const char *name)
{
	char made[VALUE_DATE_SIZE];
	struct err why = {0};
	int rc;

	if (!*date || value_read_date(made, *date, &why) == 0)
		return 0;
	rc = record_list_problem(reader->list,
				 about(reader, RECORD_REPLY, true), reader->err,
				 _("column '%s': %s; the date is not taken"),
				 name, why.text);
	free(*date);
	*date = NULL;
	return rc;
}

static const char *role_of(const json_t *unit)
{
	const char *role = json_string_value(json_object_get(unit, "role"));

	return role ? role : "main";
}

/* The only unit that replies gives its number and text; the class is that of
 * the proposal. */
static int read_reply(struct reader *reader, struct record *record,
		      const json_t *unit)
{
	bool failed = false;

	record->reply = member(unit, "reply", &failed);
	record->doc_no = member(unit, "doc_no", &failed);
	record->replied_on = member(unit, "signed_at", &failed);
	if (failed)
		return err_nomem(reader->err);
	return read_dates(reader, &record->replied_on, "signed_at");
}

/* A unit's name, else its code; NULL and a problem where it has none. */
static int read_name(char **name, struct reader *reader, const json_t *unit)
{
	bool failed = false;

	*name = member(unit, "name", &failed);
	if (!*name)
		*name = member(unit, "unit", &failed);
	if (failed)
		return err_nomem(reader->err);
	if (*name)
		return 0;
	return record_list_problem(
		reader->list,
		about(reader, RECORD_PROPOSAL | RECORD_REPLY, true),
		reader->err, _("a unit without a name is not taken"));
}

/* One of several separate units, with its own class. */
static int read_answer(struct reader *reader, struct record *record,
		       const json_t *unit)
{
	struct record_answer *answer;
	size_t n = record->n_answers;
	bool failed = false;
	char *name = NULL;
	int rc = read_name(&name, reader, unit);

	if (rc == 0 && name)
		rc = record_set_split(record, name, strlen(name), reader->err);
	free(name);
	if (rc != 0 || record->n_answers == n)
		return rc;
	answer = &record->answers[n];
	answer->class_text = member(unit, "class", &failed);
	answer->reply = member(unit, "reply", &failed);
	answer->doc_no = member(unit, "doc_no", &failed);
	answer->replied_on = member(unit, "signed_at", &failed);
	if (!answer->class_text && record->class_text) {
		answer->class_text = strdup(record->class_text);
		failed = failed || !answer->class_text;
	}
	if (failed)
		return err_nomem(reader->err);
	return read_dates(reader, &answer->replied_on, "signed_at");
}

static int add_unit(struct reader *reader, struct record *record,
		    const json_t *unit)
{
	bool co = strcmp(role_of(unit), "co") == 0;
	char *name = NULL;
	int rc = read_name(&name, reader, unit);

	if (rc == 0 && name && co)
		rc = record_set_co(record, name, strlen(name), reader->err);
	else if (rc == 0 && name)
		rc = record_set_units(record, name, strlen(name), reader->err);
	free(name);
	return rc;
}

/* The main unit before its co-units, whatever the order. */
static int read_units(struct reader *reader, struct record *record,
		      const json_t *units)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < json_array_size(units); i++) {
		const json_t *unit = json_array_get(units, i);
		const char *role = role_of(unit);

		if (strcmp(role, "split") == 0) {
			rc = read_answer(reader, record, unit);
		} else if (strcmp(role, "co") != 0 && !record->main_unit) {
			rc = add_unit(reader, record, unit);
			if (rc == 0 && record->main_unit)
				rc = read_reply(reader, record, unit);
		}
	}
	for (size_t i = 0; rc == 0 && i < json_array_size(units); i++) {
		const json_t *unit = json_array_get(units, i);

		if (strcmp(role_of(unit), "co") == 0)
			rc = add_unit(reader, record, unit);
	}
	return rc;
}

/* The number printed, else that of the key: 1-1-014 gives 014. */
static int read_number(struct reader *reader, struct record *record,
		       const json_t *object)
{
	bool failed = false;
	char *number = member(object, "case_no", &failed);
	char *key = member(object, "key", &failed);
	const char *dash = key ? strrchr(key, '-') : NULL;
	int rc = 0;

	if (!number)
		number = member(object, "number", &failed);
	if (!number && dash)
		number = strdup(dash + 1);
	if (number)
		rc = record_set_number(record, number, strlen(number),
				       reader->err);
	free(number);
	free(key);
	return failed ? err_nomem(reader->err) : rc;
}

static int fill(struct reader *reader, struct record *record,
		const json_t *object)
{
	bool failed = false;
	char *main_unit = member(object, "main", &failed);
	char *co = member(object, "co", &failed);
	int rc = read_number(reader, record, object);

	record->title = member(object, "title", &failed);
	record->body = member(object, "body", &failed);
	record->sector = member(object, "sector", &failed);
	record->sponsors = member(object, "sponsors", &failed);
	record->category = member(object, "category", &failed);
	record->class_text = member(object, "class", &failed);
	record->due = member(object, "due", &failed);
	record->kind = member(object, "kind", &failed);
	record->leaders = member(object, "leaders", &failed);
	record->is_key = json_is_true(json_object_get(object, "is_key"));
	if (rc == 0)
		rc = read_dates(reader, &record->due, "due");
	if (rc == 0)
		rc = read_units(reader, record,
				json_object_get(object, "units"));
	if (rc == 0 && !record->reply)
		record->reply = member(object, "reply", &failed);
	if (rc == 0 && !record->main_unit && main_unit)
		rc = record_set_units(record, main_unit, strlen(main_unit),
				      reader->err);
	if (rc == 0 && record->main_unit && co)
		rc = record_set_units(record, co, strlen(co), reader->err);
	free(main_unit);
	free(co);
	return rc == 0 && failed ? err_nomem(reader->err) : rc;
}

static int refuse(struct reader *reader, const char *why)
{
	return record_list_problem(
		reader->list,
		about(reader, RECORD_PROPOSAL | RECORD_REPLY, false),
		reader->err, _("this entry is not taken: %s"), why);
}

/* A record that cannot stand is taken out again and named. */
static int judge(struct reader *reader, struct record *record)
{
	char why[128];
	size_t line = 0;

	why[0] = '\0';
	if (!record->number || record->plain[0] == '\0') {
		snprintf(why, sizeof(why), "%s", _("it has no number"));
	} else if (!record->title) {
		snprintf(why, sizeof(why), "%s", _("its title is empty"));
	} else {
		reader->list->n--;
		line = record_list_line_of(reader->list, record->number);
		reader->list->n++;
		if (line != 0)
			snprintf(why, sizeof(why),
				 _("its number stands already in line %zu"),
				 line);
	}
	if (why[0] == '\0')
		return 0;
	record_list_drop(reader->list);
	return refuse(reader, why);
}

static int read_one(struct reader *reader, const json_t *object)
{
	struct record *record;
	int rc;

	if (!json_is_object(object))
		return refuse(reader, _("it is no object"));
	record = record_list_add(reader->list, reader->line);
	if (!record)
		return err_nomem(reader->err);
	rc = fill(reader, record, object);
	return rc == 0 ? judge(reader, record) : rc;
}

static int64_t figure(const json_t *figures, const char *name)
{
	const json_t *value = json_object_get(figures, name);

	return json_is_integer(value) ? (int64_t)json_integer_value(value)
				      : RECORD_NONE;
}

/* "1-1" of the session's key. */
static void read_key(struct record_facts *facts, const json_t *session)
{
	const char *key = json_string_value(json_object_get(session, "key"));

	if (!key || sscanf(key, "%u-%u", &facts->term, &facts->meeting) != 2)
		facts->term = facts->meeting = 0;
}

static int read_facts(struct reader *reader, const json_t *root)
{
	struct record_facts *facts = &reader->list->facts;
	const json_t *session = json_object_get(root, "session");
	const json_t *figures = json_object_get(root, "figures");
	bool failed = false;

	facts->headline = member(session, "headline", &failed);
	facts->committee = member(session, "committee", &failed);
	facts->session = member(session, "name", &failed);
	read_key(facts, session);
	facts->received = figure(figures, "received");
	facts->filed = figure(figures, "filed");
	facts->led = figure(figures, "led");
	facts->supervised = figure(figures, "supervised");
	return failed ? err_nomem(reader->err) : 0;
}

static int read_root(struct reader *reader, const json_t *root,
		     const char *text, size_t len)
{
	const json_t *proposals =
		json_is_array(root) ? root : json_object_get(root, "proposals");
	int rc;

	if (!json_is_array(proposals))
		return err_set(reader->err, ERR_INPUT,
			       _("no array \"proposals\" is in it"));
	rc = find_lines(reader, text, len, proposals == root);
	if (rc == 0 && proposals != root)
		rc = read_facts(reader, root);
	for (size_t i = 0, object = 0;
	     rc == 0 && i < json_array_size(proposals); i++) {
		const json_t *one = json_array_get(proposals, i);

		if (json_is_object(one) && object < reader->n_lines)
			reader->line = reader->lines[object++];
		rc = read_one(reader, one);
	}
	return rc;
}

int json_list_parse(struct record_list *out, const char *text, size_t len,
		    struct err *err)
{
	struct reader reader = {.list = out, .line = 1, .err = err};
	json_error_t why;
	json_t *root = json_loadb(text, len, JSON_REJECT_DUPLICATES, &why);
	int rc;

	if (!root)
		return err_set(err, ERR_INPUT,
			       _("no JSON: line %d, column %d: %s"), why.line,
			       why.column, why.text);
	rc = read_root(&reader, root, text, len);
	record_list_sort(out);
	free(reader.lines);
	json_decref(root);
	return rc;
}
