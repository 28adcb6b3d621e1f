/* xlsx_list.c - a workbook of proposals, read as a list.
 * Knows sheets, cells and their types; knows no heading. */
#include "cli/import/xlsx_list.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli/terminal/message.h"
#include "cli/import/xlsx_merge.h"
#include "cli/import/xml.h"
#include "cli/import/zip.h"
#include "core/base/buf.h"

enum { SHEETS_MAX = 64, STRINGS_MAX = 4 << 20, STYLES_MAX = 65536 };

struct sheet {
	char *name, *relation, *path; /* owned */
	bool hidden;
};

struct book {
	struct zip *zip;
	struct sheet sheets[SHEETS_MAX];
	size_t n_sheets;
	bool from_1904; /* days are counted from 1904 */
	struct buf strings;
	size_t *string_at; /* where each shared string begins */
	size_t n_strings, cap_strings;
	bool *dates; /* by style: a number is a day */
	size_t n_styles, cap_styles;
	unsigned custom[256]; /* number formats that are dates */
	size_t n_custom;
	bool failed; /* out of memory, or beyond a limit */
};

/* One part of the workbook being parsed. */
struct part {
	struct book *book;
	struct xml *xml;
	bool in_formats; /* cellXfs of styles.xml */
	bool in_string, in_phonetic, in_text;
};

static int feed(const char *bytes, size_t len, void *ctx, struct err *err)
{
	struct part *part = ctx;

	return xml_feed(part->xml, bytes, len, err);
}

/* Parses a member; one that is not there is empty. */
static int read_part(struct book *book, const char *name,
		     const struct xml_handlers *handlers, struct err *err)
{
	struct part part = {.book = book};
	int rc = xml_new(&part.xml, handlers, &part, err);

	if (rc == 0)
		rc = zip_read(book->zip, name, feed, &part, err);
	if (rc == ERR_MISSING) {
		err_clear(err);
		rc = 0;
	} else if (rc == ERR_INPUT) {
		err_wrap(err, "%s", name);
	}
	xml_free(part.xml);
	if (rc == 0 && book->failed)
		rc = err_nomem(err);
	return rc;
}

static void ignore_end(void *ctx, const char *name)
{
	(void)ctx;
	(void)name;
}

static char *copy(struct book *book, const char *text)
{
	char *made = strdup(text ? text : "");

	book->failed = book->failed || !made;
	return made;
}

static void on_workbook(void *ctx, const char *name, const char **attributes)
{
	struct book *book = ((struct part *)ctx)->book;
	const char *state = xml_attribute(attributes, "state");
	const char *from = xml_attribute(attributes, "date1904");
	struct sheet *sheet;

	if (strcmp(name, "workbookPr") == 0 && from)
		book->from_1904 = strcmp(from, "1") == 0 ||
				  strcmp(from, "true") == 0;
	if (strcmp(name, "sheet") != 0 || book->n_sheets == SHEETS_MAX)
		return;
	sheet = &book->sheets[book->n_sheets++];
	sheet->name = copy(book, xml_attribute(attributes, "name"));
	sheet->relation = copy(book, xml_attribute(attributes, "id"));
	sheet->hidden = state && strcmp(state, "visible") != 0;
}

/* Targets are beside the workbook's own part, or from the top. */
static void on_relation(void *ctx, const char *name, const char **attributes)
{
	struct book *book = ((struct part *)ctx)->book;
	const char *id = xml_attribute(attributes, "Id");
	const char *target = xml_attribute(attributes, "Target");

	if (strcmp(name, "Relationship") != 0 || !id || !target)
		return;
	for (size_t i = 0; i < book->n_sheets; i++) {
		struct sheet *sheet = &book->sheets[i];
		struct buf path = BUF_INIT;

		if (strcmp(sheet->relation, id) != 0 || sheet->path)
			continue;
		buf_addf(&path, "%s%s", target[0] == '/' ? "" : "xl/",
			 target[0] == '/' ? target + 1 : target);
		sheet->path = buf_take(&path);
		book->failed = book->failed || !sheet->path;
	}
}

/* Does a number format show a day? Quoted text, colours and escapes do not
 * count. */
static bool shows_day(const char *code)
{
	for (; *code; code++) {
		if (*code == '"' || *code == '[') {
			code = strchr(code + 1, *code == '"' ? '"' : ']');
			if (!code)
				return false;
		} else if (*code == '\\' && code[1]) {
			code++;
		} else if (strchr("yYdD", *code)) {
			return true;
		}
	}
	return false;
}

/* Built-in formats, those of Chinese Office among them (ECMA-376-1,
 * 18.8.30). */
static bool is_date_format(const struct book *book, unsigned id)
{
	for (size_t i = 0; i < book->n_custom; i++) {
		if (book->custom[i] == id)
			return true;
	}
	return (id >= 14 && id <= 17) || id == 22 || (id >= 27 && id <= 31) ||
	       id == 36 || (id >= 50 && id <= 54) || id == 57 || id == 58;
}

static bool grow(void **items, size_t n, size_t *cap, size_t size)
{
	void *more;
	size_t wanted = *cap ? *cap * 2 : 256;

	if (n < *cap)
		return true;
	more = reallocarray(*items, wanted, size);
	if (!more)
		return false;
	*items = more;
	*cap = wanted;
	return true;
}

static unsigned number(const char *text)
{
	return text ? (unsigned)strtoul(text, NULL, 10) : 0;
}

static void on_style(void *ctx, const char *name, const char **attributes)
{
	struct part *part = ctx;
	struct book *book = part->book;
	const char *code = xml_attribute(attributes, "formatCode");
	unsigned id = number(xml_attribute(attributes, "numFmtId"));
	void *dates = book->dates;

	if (strcmp(name, "numFmt") == 0 && code && shows_day(code) &&
	    book->n_custom < sizeof(book->custom) / sizeof(book->custom[0]))
		book->custom[book->n_custom++] = id;
	if (strcmp(name, "cellXfs") == 0)
		part->in_formats = true;
	if (strcmp(name, "xf") != 0 || !part->in_formats)
		return;
	if (book->n_styles == STYLES_MAX ||
	    !grow(&dates, book->n_styles, &book->cap_styles,
		  sizeof(*book->dates))) {
		book->failed = true;
		return;
	}
	book->dates = dates;
	book->dates[book->n_styles++] = is_date_format(book, id);
}

static void on_style_end(void *ctx, const char *name)
{
	if (strcmp(name, "cellXfs") == 0)
		((struct part *)ctx)->in_formats = false;
}

static void on_string(void *ctx, const char *name, const char **attributes)
{
	struct part *part = ctx;
	struct book *book = part->book;
	void *at = book->string_at;

	(void)attributes;
	if (strcmp(name, "si") == 0) {
		if (book->n_strings == STRINGS_MAX ||
		    !grow(&at, book->n_strings, &book->cap_strings,
			  sizeof(*book->string_at))) {
			book->failed = true;
			return;
		}
		book->string_at = at;
		book->string_at[book->n_strings++] = book->strings.len;
		part->in_string = true;
	} else if (strcmp(name, "rPh") == 0) {
		part->in_phonetic = true;
	} else if (strcmp(name, "t") == 0) {
		part->in_text = part->in_string && !part->in_phonetic;
	}
}

static void on_string_end(void *ctx, const char *name)
{
	struct part *part = ctx;

	if (strcmp(name, "si") == 0) {
		part->in_string = false;
		buf_addc(&part->book->strings, '\0');
	} else if (strcmp(name, "rPh") == 0) {
		part->in_phonetic = false;
	} else if (strcmp(name, "t") == 0) {
		part->in_text = false;
	}
}

static void on_string_text(void *ctx, const char *text, size_t len)
{
	struct part *part = ctx;

	if (part->in_text)
		buf_add(&part->book->strings, text, len);
}

static int read_book(struct book *book, struct err *err)
{
	static const struct xml_handlers workbook = {on_workbook, ignore_end,
						     NULL};
	static const struct xml_handlers relations = {on_relation, ignore_end,
						      NULL};
	static const struct xml_handlers styles = {on_style, on_style_end,
						   NULL};
	static const struct xml_handlers strings = {on_string, on_string_end,
						    on_string_text};
	int rc = read_part(book, "xl/workbook.xml", &workbook, err);

	if (rc == 0 && book->n_sheets == 0)
		rc = err_set(err, ERR_INPUT,
			     _("it is no workbook, or a damaged one"));
	if (rc == 0)
		rc = read_part(book, "xl/_rels/workbook.xml.rels", &relations,
			       err);
	if (rc == 0)
		rc = read_part(book, "xl/styles.xml", &styles, err);
	if (rc == 0)
		rc = read_part(book, "xl/sharedStrings.xml", &strings, err);
	return rc == 0 ? buf_check(&book->strings, err) : rc;
}

/* A sheet being read into a table. */
struct reading {
	struct book *book;
	struct xml *xml;
	struct table_list *table;
	size_t row, column; /* of the cell; the first are 1 and 0 */
	size_t filled;	    /* cells of the row given to the table */
	struct xlsx_merge merge;
	char type[16];
	size_t style;
	struct buf text;
	bool in_value, in_phonetic;
	int rc;
	struct err *err;
};

static void begin_cell(struct reading *reading, const char **attributes)
{
	const char *reference = xml_attribute(attributes, "r");
	const char *type = xml_attribute(attributes, "t");

	if (reference)
		reading->column = xlsx_place(reference, &reading->row);
	reading->style = number(xml_attribute(attributes, "s"));
	snprintf(reading->type, sizeof(reading->type), "%s", type ? type : "n");
	buf_clear(&reading->text);
}

static void on_cell(void *ctx, const char *name, const char **attributes)
{
	struct reading *reading = ctx;
	const char *row;

	if (strcmp(name, "row") == 0) {
		row = xml_attribute(attributes, "r");
		reading->row = row ? (size_t)strtoul(row, NULL, 10)
				   : reading->row + 1;
		reading->column = 0;
		reading->filled = 0;
	} else if (strcmp(name, "c") == 0) {
		begin_cell(reading, attributes);
	} else if (strcmp(name, "rPh") == 0) {
		reading->in_phonetic = true;
	} else if (strcmp(name, "v") == 0 || strcmp(name, "t") == 0) {
		reading->in_value = !reading->in_phonetic;
	}
}

static void on_cell_text(void *ctx, const char *text, size_t len)
{
	struct reading *reading = ctx;

	if (reading->in_value)
		buf_add(&reading->text, text, len);
}

/* Days since 1899-12-30, or 1904-01-01 (ECMA-376-1, 18.17.4.1). */
static void day_text(char out[40], double days, bool from_1904)
{
	time_t at = ((time_t)days - (from_1904 ? 24107 : 25569)) * 86400;
	struct tm tm;

	gmtime_r(&at, &tm);
	strftime(out, 40, "%Y-%m-%d", &tm);
}

/* A number as its digits; the day it is where its format says so. */
static void number_text(struct reading *reading, char out[40])
{
	const struct book *book = reading->book;
	char *end;
	double value = strtod(buf_text(&reading->text), &end);

	out[0] = '\0';
	if (*end != '\0' || end == buf_text(&reading->text))
		return;
	if (reading->style < book->n_styles && book->dates[reading->style] &&
	    value >= 1 && value < 2958466)
		day_text(out, value, book->from_1904);
	else if (value == floor(value) && fabs(value) < 1e15)
		snprintf(out, 40, "%.0f", value);
}

static const char *cell_text(struct reading *reading, char made[40])
{
	const struct book *book = reading->book;
	const char *text = buf_text(&reading->text);

	if (strcmp(reading->type, "s") == 0) {
		unsigned index = number(text);

		if (text[0] == '\0' || index >= book->n_strings)
			return "";
		return buf_text(&book->strings) + book->string_at[index];
	}
	if (strcmp(reading->type, "b") == 0)
		return text[0] == '1' ? "是" : "";
	if (strcmp(reading->type, "e") == 0) /* #N/A and the like */
		return "";
	if (strcmp(reading->type, "d") == 0) {
		snprintf(made, 40, "%.10s", text);
		return made;
	}
	if (strcmp(reading->type, "n") != 0)
		return text;
	number_text(reading, made);
	return made[0] != '\0' ? made : text;
}

/* Gives the next cell of the row to the table. */
static void give(struct reading *reading, const char *text)
{
	text = xlsx_merge_text(&reading->merge, reading->row, reading->filled,
			       text);
	table_list_cell(reading->table, text, strlen(text));
	reading->filled++;
}

/* Gives the cell to the table, those that are not there before it first. */
static void end_cell(struct reading *reading)
{
	char made[40];
	const char *text = cell_text(reading, made);

	if (reading->column < XLSX_COLUMNS_MAX &&
	    reading->column >= reading->filled) {
		while (reading->filled < reading->column)
			give(reading, "");
		give(reading, text);
	}
	reading->column++;
}

static void end_row(struct reading *reading)
{
	while (xlsx_merge_goes_on(&reading->merge, reading->row,
				  reading->filled))
		give(reading, "");
	if (reading->merge.failed)
		reading->rc = err_nomem(reading->err);
	if (reading->rc == 0)
		reading->rc = table_list_row(reading->table, reading->row,
					     reading->err);
	table_list_drop(reading->table);
}

static void on_cell_end(void *ctx, const char *name)
{
	struct reading *reading = ctx;

	if (strcmp(name, "c") == 0) {
		end_cell(reading);
	} else if (strcmp(name, "row") == 0) {
		end_row(reading);
	} else if (strcmp(name, "rPh") == 0) {
		reading->in_phonetic = false;
	} else if (strcmp(name, "v") == 0 || strcmp(name, "t") == 0) {
		reading->in_value = false;
	}
}

static int feed_sheet(const char *bytes, size_t len, void *ctx, struct err *err)
{
	struct reading *reading = ctx;
	int rc = xml_feed(reading->xml, bytes, len, err);

	if (rc == 0 && reading->text.failed)
		rc = err_nomem(err);
	return rc == 0 ? reading->rc : rc;
}

static void on_merge(void *ctx, const char *name, const char **attributes)
{
	struct reading *reading = ctx;

	if (strcmp(name, "mergeCell") == 0)
		xlsx_merge_add(&reading->merge,
			       xml_attribute(attributes, "ref"));
}

static void ignore_text(void *ctx, const char *text, size_t len)
{
	(void)ctx;
	(void)text;
	(void)len;
}

/* Which cells are merged stands behind them: the sheet is read once more. */
static int read_merges(struct reading *reading, const char *path)
{
	static const struct xml_handlers handlers = {on_merge, ignore_end,
						     ignore_text};
	int rc = xml_new(&reading->xml, &handlers, reading, reading->err);

	if (rc == 0)
		rc = zip_read(reading->book->zip, path, feed_sheet, reading,
			      reading->err);
	xml_free(reading->xml);
	reading->xml = NULL;
	xlsx_merge_ready(&reading->merge);
	return rc == 0 && reading->merge.failed ? err_nomem(reading->err) : rc;
}

static int read_sheet(struct book *book, const struct sheet *sheet,
		      struct table_list *table, struct err *err)
{
	static const struct xml_handlers handlers = {on_cell, on_cell_end,
						     on_cell_text};
	struct reading reading = {.book = book, .table = table, .err = err};
	int rc = read_merges(&reading, sheet->path);

	if (rc == 0)
		rc = xml_new(&reading.xml, &handlers, &reading, err);
	if (rc == 0)
		rc = zip_read(book->zip, sheet->path, feed_sheet, &reading,
			      err);
	if (rc == ERR_MISSING) /* the workbook names it */
		err->code = rc = ERR_INPUT;
	xml_free(reading.xml);
	xlsx_merge_release(&reading.merge);
	buf_release(&reading.text);
	return rc;
}

static int name_sheet(struct record_list *list, const struct sheet *sheet,
		      struct err *err)
{
	struct record_about where = {.line = 1,
				     .record = RECORD_NONE,
				     .parts = RECORD_PROPOSAL | RECORD_REPLY,
				     .note = true};

	return record_list_problem(list, where, err,
				   _("sheet '%s' is not taken"), sheet->name);
}

/* One sheet: *taken if it has a header row. */
static int try_sheet(struct book *book, const struct sheet *sheet,
		     struct record_list *list, const struct table_map *map,
		     bool *taken, struct err *err)
{
	struct table_list *table = NULL;
	int rc = table_list_new(&table, list, map, err);

	if (rc == 0)
		rc = read_sheet(book, sheet, table, err);
	*taken = rc == 0 && table_list_has_header(table);
	if (*taken)
		rc = table_list_end(table, err);
	/* No header among the first rows: perhaps it is another sheet. */
	if (rc == ERR_INPUT && !table_list_has_header(table) &&
	    zip_has(book->zip, sheet->path)) {
		rc = 0;
	} else if (rc < 0) {
		err_wrap(err, "%s", sheet->name);
	}
	table_list_free(table);
	return rc;
}

static int read_sheets(struct book *book, struct record_list *list,
		       const struct table_map *map, struct err *err)
{
	struct err why = {0};
	bool taken = false;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < book->n_sheets; i++) {
		const struct sheet *sheet = &book->sheets[i];
		bool here = false;

		if (!taken && !sheet->hidden && sheet->path)
			rc = try_sheet(book, sheet, list, map, &here, &why);
		taken = taken || here;
		if (rc == 0 && !here)
			rc = name_sheet(list, sheet, err);
	}
	if (rc < 0)
		*err = why.code ? why : *err;
	else if (!taken)
		rc = why.code ? (*err = why, why.code)
			      : err_set(err, ERR_INPUT,
					_("no header row found: no row names "
					  "案号 and 案由"));
	return rc;
}

static void book_release(struct book *book)
{
	for (size_t i = 0; i < book->n_sheets; i++) {
		free(book->sheets[i].name);
		free(book->sheets[i].relation);
		free(book->sheets[i].path);
	}
	buf_release(&book->strings);
	free(book->string_at);
	free(book->dates);
	zip_close(book->zip);
}

int xlsx_list_parse(struct record_list *out, const char *bytes, size_t len,
		    const struct table_map *map, struct err *err)
{
	struct book *book = calloc(1, sizeof(*book));
	int rc;

	if (!book)
		return err_nomem(err);
	rc = zip_open(&book->zip, bytes, len, err);
	if (rc == 0)
		rc = read_book(book, err);
	if (rc == 0)
		rc = read_sheets(book, out, map, err);
	record_list_sort(out);
	book_release(book);
	free(book);
	return rc;
}
