/* import_reply.c - what a unit answers: class and text.
 * Knows handlings; knows no proposal field. */
#include "cli/import_room.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli/event.h"
#include "cli/message.h"
#include "cli/scan.h"
#include "core/utf8.h"

static const char find_handling[] =
	"SELECT unit FROM handling WHERE proposal = ?1 AND void IS NOT 1 AND"
	" (unit = ?2 OR (?2 = '' AND role = 'main'))";
static const char find_class[] =
	"SELECT code FROM code WHERE list = 'class' AND void IS NOT 1 AND"
	" (code = ?1 OR zh = ?2 OR"
	"  instr('、' || coalesce(aliases, '') || '、', '、' || ?2 || '、'))"
	" LIMIT 1";
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

	return import_ask(code, import, find_class, letter, text);
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

	if (record->class_text != NULL)
		rc = class_code(&code, import, record->class_text);
	if (rc == 0 && code.len > 0)
		rc = import_fill(import, &cell, code.data, &filled);
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

/* What the unit alone writes; at the office that is said once. */
static int take_letter(struct import *import, const char *row,
		       const struct record *record)
{
	struct import_cell number = {"handling", row, "doc_no", RECORD_REPLY};
	struct import_cell signed_at = {"handling", row, "signed_at",
					RECORD_REPLY};
	struct record_about where = {.line = record->line,
				     .record = RECORD_NONE,
				     .parts = RECORD_REPLY,
				     .note = true};
	int rc;

	if (record->doc_no == NULL && record->replied_on == NULL)
		return 0;
	if (!replica_is_office(import->replica)) {
		rc = import_fill(import, &number, record->doc_no, NULL);
		if (rc == 0)
			rc = import_fill(import, &signed_at, record->replied_on,
					 NULL);
		return rc;
	}
	if (record->doc_no == NULL || import->said_units_own)
		return 0;
	import->said_units_own = true;
	return record_list_problem(import->list, where, import->err,
				   _("document numbers are for the units to "
				     "enter; the office does not take them"));
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
		rc = take_letter(import, row.data, record);
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
			 const char *code, const struct record *record)
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
		import->skipped[import->index] = true;
	buf_release(&unit);
	return rc;
}

int import_reply(struct import *import, const struct record *record)
{
	struct buf key = BUF_INIT;
	struct buf code = BUF_INIT;
	bool ours = false;
	int rc = 0;

	if (record->reply == NULL && record->class_text == NULL)
		return 0;
	if (import_key(&key, import, record))
		rc = whose(&code, import, record, &ours);
	else if ((import->parts & RECORD_PROPOSAL) == 0)
		rc = import_problem(import, RECORD_REPLY,
				    _("'%s' is no number"),
				    record->number ? record->number : "");
	if (rc == 0 && !ours && !replica_is_office(import->replica))
		import->skipped[import->index] = true;
	if (rc == 0 && ours)
		rc = find_and_take(import, key.data, buf_text(&code), record);
	import->report->others += import->skipped[import->index];
	buf_release(&code);
	buf_release(&key);
	return rc;
}
