/* table_record.c - one row of a table as a record.
 * Knows how cells are written; knows no heading and no file format. */
#include "cli/import/table_room.h"

#include <stdlib.h>
#include <string.h>

#include "cli/check/doc_no.h"
#include "cli/terminal/message.h"
#include "cli/import/separate.h"
#include "cli/import/unit_cell.h"
#include "cli/case/value.h"

/* Line ends within a cell become plain ones. */
static void plain_ends(char *text)
{
	char *to = text;

	for (; *text != '\0'; text++) {
		if (text[0] != '\r' || text[1] != '\n')
			*to++ = *text;
	}
	*to = '\0';
}

static bool copy_cell(char **out, struct table_list *table,
		      enum table_list_column which)
{
	struct scan scan = table_column(table, which);

	if (table_empty(scan))
		return true;
	*out = scan_dup(scan);
	if (*out)
		plain_ends(*out);
	return *out;
}

/* A title within its own 《》, and nothing beside, is what they hold. */
struct scan table_title(struct scan title)
{
	struct scan inner = title;
	const char *close;

	if (!scan_word(&inner, "《") || !scan_past(&title, "》"))
		return title;
	close = title.at - strlen("》");
	if (title.at != title.end)
		return scan_slice(inner.at - strlen("《"), title.end);
	return scan_trim(scan_slice(inner.at, close));
}

static bool copy_title(char **out, struct table_list *table)
{
	struct scan title = table_title(table_column(table, TABLE_TITLE));

	if (table_empty(title))
		return true;
	*out = scan_dup(title);
	return *out;
}

static bool is_yes(struct scan scan)
{
	return scan_word(&scan, "是") || scan_word(&scan, "√") ||
	       scan_word(&scan, "重点") || scan_peek(&scan) == '1' ||
	       scan_peek(&scan) == 'Y' || scan_peek(&scan) == 'y';
}

static int fill_units(struct table_list *table, struct record *record,
		      struct err *err)
{
	struct scan units = table_column(table, TABLE_MAIN);
	struct scan split = table_column(table, TABLE_SPLIT);
	struct scan co = table_column(table, TABLE_CO);
	bool aside = table->at[TABLE_MAIN] >= 0 &&
		     (strstr(table->names[TABLE_MAIN], "会办") ||
		      strstr(table->names[TABLE_MAIN], "协办"));
	int rc = unit_cell_read(record, units, aside, err);

	if (rc == 0 && !table_empty(split))
		rc = record_set_split(record, split.at, scan_len(&split), err);
	/* Without anybody who replies nobody assists. */
	if (rc == 0 && !table_empty(co) &&
	    (record->main_unit || record->n_answers))
		rc = record_set_co(record, co.at, scan_len(&co), err);
	return rc;
}

/* Where one leader ends: at ';' or a line end, and where a column holds
 * names alone, at '、' and ',' too. */
static const char *leaders_end(struct scan names, bool names_alone)
{
	for (; names.at < names.end; scan_take(&names)) {
		struct scan here = names;

		if (scan_if(&here, ';') || *names.at == '\n' ||
		    (names_alone &&
		     (scan_word(&here, "、") || scan_if(&here, ','))))
			break;
	}
	return names.at;
}

/* Leaders of both kinds, each with its word before it. */
static int fill_leaders(struct table_list *table, struct record *record,
			struct err *err)
{
	static const struct {
		enum table_list_column column;
		const char *mode;
	} kinds[] = {{TABLE_LEADERS, ""},
		     {TABLE_LED, "领办 "},
		     {TABLE_SUPERVISED, "督办 "}};
	struct buf all = BUF_INIT;
	int rc;

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		struct scan names = table_column(table, kinds[i].column);

		while (!table_empty(names)) {
			const char *end =
				leaders_end(names, kinds[i].mode[0] != '\0');
			struct scan one = scan_slice(names.at, end);

			if (!table_empty(scan_trim(one))) {
				buf_addf(&all, "%s%s", all.len ? "；" : "",
					 kinds[i].mode);
				buf_add(&all, one.at, scan_len(&one));
			}
			names.at = end;
			scan_take(&names);
		}
	}
	rc = buf_check(&all, err);
	if (rc == 0 && all.len > 0)
		record->leaders = buf_take(&all);
	buf_release(&all);
	return rc;
}

/* Copies a part of a cell, without \r; an empty part stays NULL. */
static int keep_part(char **out, struct scan part, struct err *err)
{
	if (table_empty(part))
		return 0;
	*out = scan_dup(part);
	if (!*out)
		return err_nomem(err);
	plain_ends(*out);
	return 0;
}

/* A date, or what is wrong with it. */
static int fill_date(char **out, struct table_list *table,
		     enum table_list_column which, struct scan part,
		     unsigned about_part, struct err *err)
{
	char date[VALUE_DATE_SIZE];
	struct err why = {0};
	char *text = NULL;
	int rc = keep_part(&text, part, err);

	if (rc != 0 || !text)
		return rc;
	if (value_read_date(date, text, &why) == 0) {
		*out = strdup(date);
		rc = *out ? 0 : err_nomem(err);
	} else {
		rc = record_list_problem(
			table->list,
			table_about_column(table, which, about_part), err,
			_("column '%s': %s; the date is not taken"),
			table->names[which], why.text);
	}
	free(text);
	return rc;
}

/* Taken as it stands; what is odd about it is named. */
static int fill_doc_no(char **out, struct table_list *table, struct scan part,
		       struct err *err)
{
	struct record_about where =
		table_about_column(table, TABLE_DOC_NO, RECORD_REPLY);
	int rc = keep_part(out, part, err);

	if (rc != 0 || !*out)
		return rc;
	switch (doc_no_read(NULL, *out)) {
	case DOC_NO_GOOD:
		return 0;
	case DOC_NO_VARIANT:
		where.note = true;
		return record_list_problem(
			table->list, where, err,
			_("document number “%s” is not written as "
			  "钱教〔2022〕15号; it is taken as it stands"),
			*out);
	case DOC_NO_BARE:
		return record_list_problem(
			table->list, where, err,
			_("document number “%s” lacks the body's mark and the "
			  "year; it is taken as it stands"),
			*out);
	case DOC_NO_MALFORMED:
		break;
	}
	return record_list_problem(table->list, where, err,
				   _("“%s” is no document number; it is taken "
				     "as it stands"),
				   *out);
}

/* What a cell says of one separate unit. A class that names none is that of
 * all of them; anything else could be anybody's, which is said. */
static int find_part(struct scan *part, struct table_list *table,
		     enum table_list_column which, const struct record *record,
		     size_t at, struct err *err)
{
	struct scan whole = table_column(table, which);
	const char *unit = record->answers[at].unit;
	bool named =
		which == TABLE_REPLY
			? separate_text(part, whole, record->split_units, unit)
			: separate_words(part, whole, record->split_units,
					 unit);

	if (named || table_empty(whole))
		return 0;
	if (which == TABLE_CLASS || record->n_answers == 1) {
		*part = whole;
		return 0;
	}
	if (at > 0)
		return 0; /* said for the first one */
	return record_list_problem(
		table->list, table_about_column(table, which, RECORD_REPLY),
		err,
		_("column '%s' does not say which of %s it is of; write "
		  "“%s：…” for each. It is not taken"),
		table->names[which], record->split_units, unit);
}

static int fill_answer(struct table_list *table, struct record *record,
		       size_t at, struct err *err)
{
	struct record_answer *answer = &record->answers[at];
	struct scan part;
	int rc = find_part(&part, table, TABLE_CLASS, record, at, err);

	if (rc == 0)
		rc = keep_part(&answer->class_text, part, err);
	if (rc == 0)
		rc = find_part(&part, table, TABLE_REPLY, record, at, err);
	if (rc == 0)
		rc = keep_part(&answer->reply, part, err);
	if (rc == 0)
		rc = find_part(&part, table, TABLE_DOC_NO, record, at, err);
	if (rc == 0)
		rc = fill_doc_no(&answer->doc_no, table, part, err);
	if (rc == 0)
		rc = find_part(&part, table, TABLE_REPLIED_ON, record, at, err);
	if (rc == 0)
		rc = fill_date(&answer->replied_on, table, TABLE_REPLIED_ON,
			       part, RECORD_REPLY, err);
	return rc;
}

/* Of the main unit, or of each separate one. */
static int fill_replies(struct table_list *table, struct record *record,
			struct err *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < record->n_answers; i++)
		rc = fill_answer(table, record, i, err);
	if (record->n_answers > 0)
		return rc;
	if (!copy_cell(&record->class_text, table, TABLE_CLASS) ||
	    !copy_cell(&record->reply, table, TABLE_REPLY))
		return err_nomem(err);
	rc = fill_doc_no(&record->doc_no, table,
			 table_column(table, TABLE_DOC_NO), err);
	if (rc == 0)
		rc = fill_date(&record->replied_on, table, TABLE_REPLIED_ON,
			       table_column(table, TABLE_REPLIED_ON),
			       RECORD_REPLY, err);
	return rc;
}

/* Where what stands, for doubts that only show when it is taken in. */
static void keep_places(struct record *record, const struct table_list *table)
{
	static const int places[TABLE_COLUMNS] = {
		[TABLE_NUMBER] = RECORD_PLACES,
		[TABLE_TITLE] = RECORD_AT_TITLE,
		[TABLE_SECTOR] = RECORD_AT_SECTOR,
		[TABLE_BODY] = RECORD_PLACES,
		[TABLE_SPONSORS] = RECORD_AT_SPONSORS,
		[TABLE_CATEGORY] = RECORD_AT_CATEGORY,
		[TABLE_KIND] = RECORD_AT_KIND,
		[TABLE_KEY] = RECORD_PLACES,
		[TABLE_DUE] = RECORD_AT_DUE,
		[TABLE_LEADERS] = RECORD_AT_LEADERS,
		[TABLE_LED] = RECORD_AT_LEADERS,
		[TABLE_SUPERVISED] = RECORD_AT_LEADERS,
		[TABLE_MAIN] = RECORD_AT_MAIN,
		[TABLE_SPLIT] = RECORD_AT_SPLIT,
		[TABLE_CO] = RECORD_AT_CO,
		[TABLE_CLASS] = RECORD_AT_CLASS,
		[TABLE_REPLY] = RECORD_AT_REPLY,
		[TABLE_DOC_NO] = RECORD_AT_DOC_NO,
		[TABLE_REPLIED_ON] = RECORD_AT_REPLIED_ON,
	};

	for (int which = 0; which < TABLE_COLUMNS; which++)
		if (table->at[which] >= 0 && places[which] < RECORD_PLACES)
			record->columns[places[which]] =
				(size_t)table->at[which] + 1;
	/* Co-units of one cell with the main one. */
	if (record->columns[RECORD_AT_CO] == 0)
		record->columns[RECORD_AT_CO] = record->columns[RECORD_AT_MAIN];
}

int table_record_fill(struct table_list *table, struct record *record,
		      struct err *err)
{
	struct scan number = table_column(table, TABLE_NUMBER);
	int rc = record_set_number(record, number.at, scan_len(&number), err);

	if (rc != 0)
		return rc;
	keep_places(record, table);
	if (!copy_cell(&record->sector, table, TABLE_SECTOR) ||
	    !copy_title(&record->title, table) ||
	    !copy_cell(&record->body, table, TABLE_BODY) ||
	    !copy_cell(&record->category, table, TABLE_CATEGORY) ||
	    !copy_cell(&record->kind, table, TABLE_KIND) ||
	    !copy_cell(&record->sponsors, table, TABLE_SPONSORS))
		return err_nomem(err);
	record->is_key = is_yes(table_column(table, TABLE_KEY));
	rc = fill_units(table, record, err);
	if (rc == 0)
		rc = fill_replies(table, record, err);
	if (rc == 0)
		rc = fill_leaders(table, record, err);
	if (rc == 0)
		rc = fill_date(&record->due, table, TABLE_DUE,
			       table_column(table, TABLE_DUE), RECORD_PROPOSAL,
			       err);
	return rc;
}
