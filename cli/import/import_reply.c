/* import_reply.c - what a unit answers: class and text.
 * Knows handlings; knows no proposal field. */
#include "cli/import/import_room.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli/case/event.h"
#include "cli/terminal/message.h"
#include "cli/case/row.h"
#include "cli/import/scan.h"
#include "core/base/utf8.h"

static const char find_handling[] =
	"SELECT unit FROM handling WHERE proposal = ?1 AND void IS NOT 1 AND"
	" (unit = ?2 OR (?2 = '' AND role = 'main'))";
static const char all_classes[] =
	"SELECT coalesce(group_concat(code, ', '), '') FROM (SELECT code FROM"
	" code WHERE list = 'class' AND void IS NOT 1 ORDER BY rank, code)";

static int name_class(struct import *import, const char *text)
{
	struct buf classes = BUF_INIT;
	int rc = import_ask(&classes, import, all_classes, NULL, NULL);

	if (rc == 0)
		rc = import_problem(import, RECORD_REPLY,
				    _("class “%s” is not one of %s"), text,
				    buf_text(&classes));
	buf_release(&classes);
	return rc;
}

static int find_code(struct buf *code, struct import *import, const char *text)
{
	char letter[2] = {record_class_letter(text, strlen(text)), '\0'};
	int rc = import_code(code, import, "class", text);

	if (rc == 0 && code->len == 0 && letter[0] != '\0')
		rc = import_code(code, import, "class", letter);
	return rc;
}

/* What stands before a bracket, then what stands in it: A类（解决或采纳）. */
static int find_code_in(struct buf *code, struct import *import,
			const char *text)
{
	const char *open = scan_find_any(scan_text(text), "(");
	struct scan inside = scan_text(open != NULL ? open : "");
	const char *close = scan_find_any(inside, ")");
	char *part;
	int rc = 0;

	if (open == NULL || close == NULL)
		return 0;
	part = scan_dup(scan_trim(scan_slice(text, open)));
	if (part != NULL && part[0] != '\0')
		rc = find_code(code, import, part);
	free(part);
	scan_take(&inside);
	inside.end = close;
	part = scan_dup(scan_trim(inside));
	if (rc == 0 && code->len == 0 && part != NULL && part[0] != '\0')
		rc = find_code(code, import, part);
	free(part);
	return rc;
}

/* A class as printed to its code; empty, and named, where there is none. */
static int class_code(struct buf *code, struct import *import, const char *text)
{
	int rc = find_code(code, import, text);

	if (rc == 0 && code->len == 0)
		rc = find_code_in(code, import, text);
	return rc == 0 && code->len == 0 ? name_class(import, text) : rc;
}

static int take_class(struct import *import, const char *row,
		      const struct record *record)
{
	struct import_cell cell = {"handling", row, "class_proposed",
				   RECORD_REPLY};
	struct buf code = BUF_INIT;
	bool filled = false;
	int rc = 0;

	import->place = RECORD_AT_CLASS;
	if (record->class_text != NULL)
		rc = class_code(&code, import, record->class_text);
	if (rc == 0 && code.len > 0)
		rc = import_fill(import, &cell, code.data, &filled);
	import->place = RECORD_PLACES;
	import->report->classes += filled;
	buf_release(&code);
	return rc;
}

/* Noon of a day here, as a field of type time holds it. */
static void noon(char out[EVENT_TIME_SIZE], const char *date)
{
	struct tm tm = {0};
	time_t at;

	strptime(date, "%Y-%m-%d", &tm);
	tm.tm_hour = 12;
	tm.tm_isdst = -1;
	at = mktime(&tm);
	gmtime_r(&at, &tm);
	strftime(out, EVENT_TIME_SIZE, "%Y-%m-%dT%H:%M:%SZ", &tm);
}

/* The hash is of the text as the log keeps it. */
static int add_submitted(struct import *import, const char *key,
			 const char *unit, const struct record *record)
{
	char hash[EVENT_HASH_SIZE], when[EVENT_TIME_SIZE];
	struct event event = {
		.key = key, .kind = "submitted", .text_hash = hash};
	struct buf kept = BUF_INIT;
	int rc = utf8_normalize(&kept, record->reply, strlen(record->reply),
				false, import->err);

	/* The office types it in for the unit. */
	if (replica_is_office(import->replica))
		event.target = unit;
	if (record->replied_on != NULL) {
		noon(when, record->replied_on);
		event.when = when;
	}
	if (rc == 0) {
		event_text_hash(hash, buf_text(&kept), kept.len);
		rc = event_add(import->replica, &event, import->err);
	}
	buf_release(&kept);
	return rc;
}

static int take_text(struct import *import, const char *key, const char *unit,
		     const char *row, const struct record *record)
{
	struct import_cell cell = {"handling", row, "draft", RECORD_REPLY};
	bool filled = false;
	int rc = import_fill(import, &cell, record->reply, &filled);

	if (rc != 0 || !filled)
		return rc;
	import->report->replies++;
	return add_submitted(import, key, unit, record);
}

/* A field that only the unit itself writes. What a list says of it at the
 * office is the office's word, in a field of its own beside it; where the
 * unit has written, that stands, and what differs is named. */
static int fill_own(struct import *import, const char *row, const char *own,
		    const char *entered, const char *value)
{
	const struct entity *entity = schema_entity_named(
		replica_schema(import->replica), "handling");
	struct import_cell cell = {"handling", row, own, RECORD_REPLY};
	struct buf held = BUF_INIT;
	struct value here;
	int rc = 0;

	if (value != NULL && replica_is_office(import->replica)) {
		rc = row_get(&here, &held, NULL, import->replica, entity, row,
			     entity_field_named(entity, own), import->err);
		if (rc == 0 && here.type == VALUE_NULL)
			cell.field = entered;
	}
	buf_release(&held);
	return rc < 0 ? rc : import_fill(import, &cell, value, NULL);
}

static int take_reply(struct import *import, const char *key, const char *unit,
		      const struct record *record)
{
	struct buf row = BUF_INIT;
	int rc;

	buf_addf(&row, "%s/%s", key, unit);
	rc = buf_check(&row, import->err);
	if (rc == 0)
		rc = take_class(import, row.data, record);
	if (rc == 0)
		rc = take_text(import, key, unit, row.data, record);
	if (rc == 0)
		rc = fill_own(import, row.data, "doc_no", "doc_no_entered",
			      record->doc_no);
	if (rc == 0)
		rc = fill_own(import, row.data, "signed_at", "signed_entered",
			      record->replied_on);
	buf_release(&row);
	return rc;
}

/* Whose entry this is, into `code`; empty where the list does not say or
 * means nobody known. At a unit, entries of others are passed over. */
static int whose(struct buf *code, struct import *import,
		 const struct record *record, bool *ours)
{
	const char *site = replica_site(import->replica);
	size_t problems = import->list->n_problems;
	int rc = 0;

	if (record->main_unit != NULL)
		rc = import_unit_find(code, import, record->main_unit);
	*ours = true;
	if (rc != 0)
		return rc;
	if (!replica_is_office(import->replica)) {
		if (record->main_unit == NULL)
			buf_adds(code, site);
		*ours = strcmp(buf_text(code), site) == 0;
		return buf_check(code, import->err);
	}
	if (record->main_unit != NULL && code->len == 0) {
		*ours = false;
		/* Where proposals are taken as well, or a problem was
		 * named just now, why nobody was found is said. */
		if (import->list->n_problems == problems &&
		    (import->parts & RECORD_PROPOSAL) == 0)
			rc = import_problem(import, RECORD_REPLY,
					    _("unit “%s” is not known"),
					    record->main_unit);
	}
	return rc;
}

static int name_unknown(struct import *import, const char *key,
			const char *code)
{
	bool there = false;
	int rc = import_exists(import, "proposal", key, &there);

	if (rc != 0)
		return rc;
	if (!there)
		return import_problem(import, RECORD_REPLY,
				      _("%s is not known here; its reply is "
					"not taken"),
				      key);
	if (code[0] == '\0')
		return import_problem(import, RECORD_REPLY,
				      _("%s has no main unit yet; its reply "
					"is not taken"),
				      key);
	return import_problem(import, RECORD_REPLY,
			      _("%s is not assigned to %s; its reply is not "
				"taken"),
			      key, code);
}

static int find_and_take(struct import *import, const char *key,
			 const char *code, const struct record *record,
			 bool *others)
{
	struct buf unit = BUF_INIT;
	int rc = import_ask(&unit, import, find_handling, key, code);

	if (rc == 0 && unit.len > 0)
		rc = take_reply(import, key, unit.data, record);
	else if (rc == 0 && replica_is_office(import->replica))
		rc = name_unknown(import, key, code);
	else if (rc == 0 && record->main_unit != NULL)
		rc = name_unknown(import, key, code);
	else if (rc == 0) /* a list without units: not ours, most likely */
		*others = true;
	buf_release(&unit);
	return rc;
}

/* *others: it was passed over, as another unit's. */
static int take_entry(struct import *import, const struct record *record,
		      bool *others)
{
	struct buf key = BUF_INIT;
	struct buf code = BUF_INIT;
	bool ours = false;
	int rc = 0;

	*others = false;
	if (import_key(&key, import, record))
		rc = whose(&code, import, record, &ours);
	else if ((import->parts & RECORD_PROPOSAL) == 0)
		rc = import_problem(import, RECORD_REPLY,
				    _("'%s' is no number"),
				    record->number ? record->number : "");
	if (rc == 0 && !ours && !replica_is_office(import->replica))
		*others = true;
	if (rc == 0 && ours)
		rc = find_and_take(import, key.data, buf_text(&code), record,
				   others);
	buf_release(&code);
	buf_release(&key);
	return rc;
}

/* One of several separate units, as if the list held it alone. */
static struct record alone(const struct record *record,
			   const struct record_answer *answer)
{
	struct record one = {
		.line = record->line,
		.number = record->number,
		.main_unit = answer->unit,
		.class_text = answer->class_text,
		.reply = answer->reply,
		.doc_no = answer->doc_no,
		.replied_on = answer->replied_on,
	};

	memcpy(one.plain, record->plain, sizeof(one.plain));
	return one;
}

int import_reply(struct import *import, const struct record *record)
{
	bool *skipped = &import->skipped[import->index];
	size_t n = 0, passed = 0;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i <= record->n_answers; i++) {
		struct record one = i < record->n_answers
					    ? alone(record, &record->answers[i])
					    : *record;
		bool others = false;

		if (one.reply == NULL && one.class_text == NULL &&
		    one.doc_no == NULL && one.replied_on == NULL)
			continue;
		/* A class of the whole is that of each separate reply. */
		if (i > 0 && i == record->n_answers && one.main_unit == NULL)
			continue;
		rc = take_entry(import, &one, &others);
		n++;
		passed += others;
	}
	/* What is wrong with entries of others is not ours to judge. */
	*skipped = n > 0 && passed == n;
	import->report->others += *skipped;
	return rc;
}
