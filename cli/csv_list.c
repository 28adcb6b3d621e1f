/* csv_list.c - the one door to libcsv: a table of proposals, read as a list.
 * A pure function of the text; knows no file, no replica. */
#include "cli/csv_list.h"

#include <csv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/message.h"
#include "cli/news.h"
#include "cli/scan.h"
#include "core/buf.h"

enum { CELLS_MAX = 128, ROWS_BEFORE_HEADER = 20, RESTARTS_MAX = 100 };

enum column {
	COLUMN_NUMBER,
	COLUMN_SECTOR,
	COLUMN_TITLE,
	COLUMN_SPONSORS,
	COLUMN_MAIN,
	COLUMN_CO,
	COLUMN_CLASS,
	COLUMN_REPLY,
	COLUMN_KEY,
	N_COLUMNS
};

/* Names offices give these columns, the most telling first: where a table
 * has both 案号 and 序号, the number is the 案号. */
static const char *const column_names[N_COLUMNS][12] = {
	[COLUMN_NUMBER] = {"案号", "提案号", "提案编号", "编号", "number",
			   "case_no", "序号", "no"},
	[COLUMN_SECTOR] = {"界别", "提案界别", "所属界别", "界别组", "sector"},
	[COLUMN_TITLE] = {"案由", "提案案由", "题目", "提案题目", "标题",
			  "提案标题", "提案名称", "title"},
	[COLUMN_SPONSORS] = {"提案人", "提案者", "第一提案人", "提案单位",
			     "sponsors"},
	[COLUMN_MAIN] = {"主办单位", "主办", "承办单位", "办理单位", "牵头单位",
			 "main"},
	[COLUMN_CO] = {"会办单位", "协办单位", "会办", "协办", "配合单位",
		       "co"},
	[COLUMN_CLASS] = {"办理结果", "答复类别", "办理类别", "结果类别",
			  "类别", "class"},
	[COLUMN_REPLY] = {"答复正文", "答复内容", "答复意见", "答复",
			  "办理答复", "办理情况", "reply"},
	[COLUMN_KEY] = {"重点提案", "是否重点", "重点", "key"},
};

struct reader {
	struct record_list *list;
	struct csv_parser csv;
	unsigned char separator;
	struct buf cells;	 /* texts of the row, each terminated */
	size_t start[CELLS_MAX]; /* where each begins in `cells` */
	size_t n;		 /* cells of the row so far */
	size_t line;		 /* physical line being fed */
	size_t row_line;	 /* at which the row began */
	const char *row_at;	 /* where it began */
	bool between;		 /* no row is open */
	bool header;		 /* the header row was read */
	size_t header_cells;
	int at[N_COLUMNS];	/* cell index of each column, or -1 */
	char *names[N_COLUMNS]; /* as the header prints them, owned */
	size_t rows_before;	/* title rows above the header */
	int rc;
	struct err *err;
};

static struct scan cell(const struct reader *reader, size_t index)
{
	if (index >= reader->n || index >= CELLS_MAX)
		return scan_text("");
	return scan_trim(
		scan_text(buf_text(&reader->cells) + reader->start[index]));
}

/* The cell of a column, empty where the table has none. */
static struct scan column(const struct reader *reader, enum column which)
{
	return reader->at[which] < 0 ? scan_text("")
				     : cell(reader, (size_t)reader->at[which]);
}

static bool empty(struct scan scan)
{
	return scan_len(&scan) == 0;
}

static bool row_empty(const struct reader *reader)
{
	for (size_t i = 0; i < reader->n; i++) {
		if (!empty(cell(reader, i)))
			return false;
	}
	return true;
}

static struct record_about about(const struct reader *reader, long record,
				 unsigned parts)
{
	return (struct record_about){
		.line = reader->row_line, .record = record, .parts = parts};
}

/* A header cell against a name: blanks and a bracket behind do not count. */
static bool is_named(struct scan scan, const char *name)
{
	struct scan want = scan_text(name);

	while (want.at < want.end) {
		int code = scan_take(&scan);

		if (code == ' ')
			continue;
		if (code >= 'A' && code <= 'Z')
			code += 'a' - 'A';
		if (code != scan_take(&want))
			return false;
	}
	scan_spaces(&scan);
	return scan.at == scan.end || scan_peek(&scan) == '(';
}

/* The cell of a column by its most telling name, or -1. */
static int find_column(const struct reader *reader, enum column which)
{
	for (size_t i = 0; column_names[which][i] != NULL; i++) {
		for (size_t c = 0; c < reader->n && c < CELLS_MAX; c++) {
			if (is_named(cell(reader, c), column_names[which][i]))
				return (int)c;
		}
	}
	return -1;
}

static bool is_used(const struct reader *reader, size_t index)
{
	for (int which = 0; which < N_COLUMNS; which++) {
		if (reader->at[which] == (int)index)
			return true;
	}
	return false;
}

/* Columns of the table that are not taken are named, once. */
static int name_unused(struct reader *reader)
{
	struct record_about where =
		about(reader, RECORD_NONE, RECORD_PROPOSAL | RECORD_REPLY);
	int rc = 0;

	where.note = true;
	for (size_t i = 0; rc == 0 && i < reader->n && i < CELLS_MAX; i++) {
		struct scan name = cell(reader, i);

		if (is_used(reader, i) || empty(name))
			continue;
		rc = record_list_problem(reader->list, where, reader->err,
					 _("column '%.*s' is not taken"),
					 (int)scan_len(&name), name.at);
	}
	return rc;
}

static int read_header(struct reader *reader)
{
	int known = 0;

	for (int which = 0; which < N_COLUMNS; which++) {
		reader->at[which] = find_column(reader, (enum column)which);
		known += reader->at[which] >= 0;
	}
	if (known < 2 || reader->at[COLUMN_NUMBER] < 0) {
		if (++reader->rows_before < ROWS_BEFORE_HEADER)
			return 0;
		return err_set(reader->err, ERR_INPUT,
			       _("no header row found: none of the first %d "
				 "rows names 案号 and 案由"),
			       ROWS_BEFORE_HEADER);
	}
	reader->header = true;
	reader->header_cells = reader->n;
	for (int which = 0; which < N_COLUMNS; which++) {
		if (reader->at[which] < 0)
			continue;
		reader->names[which] =
			scan_dup(cell(reader, (size_t)reader->at[which]));
		if (reader->names[which] == NULL)
			return err_nomem(reader->err);
	}
	return name_unused(reader);
}

static int refuse_row(struct reader *reader, const char *why)
{
	return record_list_problem(
		reader->list,
		about(reader, RECORD_NONE, RECORD_PROPOSAL | RECORD_REPLY),
		reader->err, _("this line is not taken: %s"), why);
}

static int refuse_cell(struct reader *reader, enum column which)
{
	char why[256];

	snprintf(why, sizeof(why), _("column '%s' is empty"),
		 reader->names[which]);
	return refuse_row(reader, why);
}

/* More cells than the header has: a stray quote or separator moved them. */
static bool too_many(const struct reader *reader)
{
	if (reader->n > CELLS_MAX)
		return true;
	for (size_t i = reader->header_cells; i < reader->n; i++) {
		if (!empty(cell(reader, i)))
			return true;
	}
	return false;
}

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

static bool copy_cell(char **out, struct reader *reader, enum column which)
{
	struct scan scan = column(reader, which);

	if (empty(scan))
		return true;
	*out = scan_dup(scan);
	if (*out != NULL)
		plain_ends(*out);
	return *out != NULL;
}

static bool is_yes(struct scan scan)
{
	return scan_word(&scan, "是") || scan_word(&scan, "√") ||
	       scan_word(&scan, "重点") || scan_peek(&scan) == '1' ||
	       scan_peek(&scan) == 'Y' || scan_peek(&scan) == 'y';
}

static int fill_row(struct reader *reader, struct record *record)
{
	struct scan units = column(reader, COLUMN_MAIN);
	struct scan co = column(reader, COLUMN_CO);
	struct scan number = column(reader, COLUMN_NUMBER);
	int rc = record_set_number(record, number.at, scan_len(&number),
				   reader->err);

	if (rc != 0)
		return rc;
	if (!copy_cell(&record->sector, reader, COLUMN_SECTOR) ||
	    !copy_cell(&record->title, reader, COLUMN_TITLE) ||
	    !copy_cell(&record->sponsors, reader, COLUMN_SPONSORS) ||
	    !copy_cell(&record->class_text, reader, COLUMN_CLASS) ||
	    !copy_cell(&record->reply, reader, COLUMN_REPLY))
		return err_nomem(reader->err);
	record->is_key = is_yes(column(reader, COLUMN_KEY));
	if (!empty(units))
		rc = record_set_units(record, units.at, scan_len(&units),
				      reader->err);
	/* Without a main unit nobody may be promoted from the co-units. */
	if (rc == 0 && !empty(co) && record->main_unit != NULL)
		rc = record_set_units(record, co.at, scan_len(&co),
				      reader->err);
	return rc;
}

static int name_cell(struct reader *reader, enum column which, unsigned parts)
{
	return record_list_problem(
		reader->list, about(reader, (long)reader->list->n - 1, parts),
		reader->err, _("column '%s' is empty"), reader->names[which]);
}

/* What the row just taken lacks, of the columns the table has. */
static int name_missing(struct reader *reader, const struct record *record)
{
	int rc = 0;

	if (reader->at[COLUMN_MAIN] >= 0 && record->main_unit == NULL)
		rc = name_cell(reader, COLUMN_MAIN, RECORD_PROPOSAL);
	if (rc == 0 && reader->at[COLUMN_CLASS] >= 0 &&
	    record->class_text == NULL && record->reply != NULL)
		rc = name_cell(reader, COLUMN_CLASS, RECORD_REPLY);
	if (rc == 0 && reader->at[COLUMN_REPLY] >= 0 && record->reply == NULL &&
	    record->class_text != NULL)
		rc = name_cell(reader, COLUMN_REPLY, RECORD_REPLY);
	return rc;
}

static int check_number(struct reader *reader, char *why, size_t size)
{
	struct scan number = column(reader, COLUMN_NUMBER);
	char *text = scan_dup(number);
	char plain[RECORD_NUMBER_MAX];
	size_t line;

	why[0] = '\0';
	if (text == NULL)
		return err_nomem(reader->err);
	line = record_list_line_of(reader->list, text);
	if (!record_number(plain, text))
		snprintf(why, size, _("'%s' in column '%s' is no number"), text,
			 reader->names[COLUMN_NUMBER]);
	else if (line != 0)
		snprintf(why, size, _("its number stands already in line %zu"),
			 line);
	free(text);
	return 0;
}

/* A short field with a line break: a stray quote ran on into the lines
 * below. Gives the column, N_COLUMNS if all is well. */
static int broken_column(const struct reader *reader)
{
	int which = 0;

	while (which < N_COLUMNS &&
	       (which == COLUMN_REPLY ||
		!scan_holds(column(reader, (enum column)which), "\n")))
		which++;
	return which;
}

static int take_row(struct reader *reader)
{
	struct record *record;
	char why[512];
	int which = broken_column(reader);
	int rc;

	if (which < N_COLUMNS) {
		snprintf(why, sizeof(why),
			 _("column '%s' has a line break; is a quotation mark "
			   "missing?"),
			 reader->names[which]);
		return refuse_row(reader, why);
	}

	if (too_many(reader)) {
		snprintf(why, sizeof(why),
			 _("it has %zu cells, the header has %zu"), reader->n,
			 reader->header_cells);
		return refuse_row(reader, why);
	}
	if (empty(column(reader, COLUMN_NUMBER)))
		return refuse_cell(reader, COLUMN_NUMBER);
	if (reader->at[COLUMN_TITLE] >= 0 &&
	    empty(column(reader, COLUMN_TITLE)))
		return refuse_cell(reader, COLUMN_TITLE);
	rc = check_number(reader, why, sizeof(why));
	if (rc != 0)
		return rc;
	if (why[0] != '\0')
		return refuse_row(reader, why);
	record = record_list_add(reader->list, reader->row_line);
	if (record == NULL)
		return err_nomem(reader->err);
	rc = fill_row(reader, record);
	return rc == 0 ? name_missing(reader, record) : rc;
}

/* libcsv: one cell is complete. */
static void on_cell(void *text, size_t len, void *ctx)
{
	struct reader *reader = ctx;

	if (reader->n < CELLS_MAX) {
		reader->start[reader->n] = reader->cells.len;
		if (text != NULL)
			buf_add(&reader->cells, text, len);
		buf_addc(&reader->cells, '\0');
	}
	reader->n++;
}

/* libcsv: a row is complete. */
static void on_row(int end, void *ctx)
{
	struct reader *reader = ctx;

	(void)end;
	reader->between = true;
	if (reader->rc == 0)
		reader->rc = buf_check(&reader->cells, reader->err);
	if (reader->rc == 0 && !row_empty(reader))
		reader->rc = reader->header ? take_row(reader)
					    : read_header(reader);
	buf_clear(&reader->cells);
	reader->n = 0;
}

/* libcsv counts no lines: it is fed one at a time, so that a row knows where
 * it began. Only a quote can leave a row open at a line's end. */
static int feed(struct reader *reader, const char *text, size_t len)
{
	size_t fed;

	if (reader->between)
		reader->row_line = reader->line;
	reader->between = false;
	fed = csv_parse(&reader->csv, text, len, on_cell, on_row, reader);
	if (reader->rc == 0 && fed != len)
		reader->rc = err_set(reader->err, ERR_FAIL, "%s",
				     csv_strerror(csv_error(&reader->csv)));
	return reader->rc;
}

/* Feeds whole lines; a row that is still open at the end stays open. */
static int read_lines(struct reader *reader, struct scan text)
{
	int rc = 0;

	while (rc == 0 && text.at < text.end) {
		const char *next = memchr(text.at, '\n', scan_len(&text));
		const char *end = next == NULL ? text.end : next + 1;
		struct scan line = scan_slice(text.at, end);

		reader->line++;
		if (reader->between)
			reader->row_at = line.at;
		if (!reader->between || !empty(scan_trim(line)))
			rc = feed(reader, line.at, scan_len(&line));
		if (rc == 0 && next == NULL && !reader->between)
			rc = feed(reader, "\n", 1);
		text.at = end;
	}
	return rc;
}

static int start_parser(struct reader *reader)
{
	if (csv_init(&reader->csv, 0) != 0)
		return err_nomem(reader->err);
	csv_set_delim(&reader->csv, reader->separator);
	reader->between = true;
	reader->n = 0;
	buf_clear(&reader->cells);
	return 0;
}

/* A quote that is never closed swallows all that follows: the row is named,
 * and reading starts anew on the line after its first. */
static int read_all(struct reader *reader, struct scan text)
{
	int rc = read_lines(reader, text);

	for (int tries = 0; rc == 0 && !reader->between; tries++) {
		rc = refuse_row(reader,
				tries < RESTARTS_MAX
					? _("a quotation mark is not closed")
					: _("a quotation mark is not closed; "
					    "nothing below it is read"));
		if (rc != 0 || tries == RESTARTS_MAX)
			return rc;
		text.at = memchr(reader->row_at, '\n',
				 (size_t)(text.end - reader->row_at));
		text.at = text.at == NULL ? text.end : text.at + 1;
		reader->line = reader->row_line;
		csv_free(&reader->csv);
		rc = start_parser(reader);
		if (rc == 0)
			rc = read_lines(reader, text);
	}
	return rc;
}

static unsigned char most_used(struct scan line)
{
	static const unsigned char separators[] = {CSV_COMMA, CSV_TAB, ';'};
	size_t count[sizeof(separators)] = {0};
	size_t best = 0;

	for (; line.at < line.end; line.at++) {
		for (size_t i = 0; i < sizeof(separators); i++)
			count[i] += (unsigned char)*line.at == separators[i];
	}
	for (size_t i = 1; i < sizeof(separators); i++) {
		if (count[i] > count[best])
			best = i;
	}
	return separators[best];
}

/* The separator that the likely header row uses most. */
static unsigned char find_separator(struct scan text)
{
	static const char *const titles[] = {"案由", "题目", "标题", "title"};

	while (text.at < text.end) {
		const char *end = memchr(text.at, '\n', scan_len(&text));
		struct scan line;

		if (end == NULL)
			end = text.end;
		line = scan_slice(text.at, end);
		for (size_t i = 0; i < sizeof(titles) / sizeof(titles[0]);
		     i++) {
			if (scan_holds(line, titles[i]))
				return most_used(line);
		}
		text.at = end < text.end ? end + 1 : end;
	}
	return CSV_COMMA;
}

static void reader_release(struct reader *reader)
{
	for (int which = 0; which < N_COLUMNS; which++)
		free(reader->names[which]);
	buf_release(&reader->cells);
	csv_free(&reader->csv);
}

int csv_list_parse(struct record_list *out, const char *text, size_t len,
		   struct err *err)
{
	struct reader reader = {
		.list = out, .cells = BUF_INIT, .between = true, .err = err};
	struct scan scan = scan_slice(text, text + len);
	int rc = news_check_utf8(text, len, err);

	if (rc != 0)
		return rc;
	scan_word(&scan, "\xef\xbb\xbf");
	reader.separator = find_separator(scan);
	rc = start_parser(&reader);
	if (rc != 0)
		return rc;
	rc = read_all(&reader, scan);
	if (rc == 0 && !reader.header)
		rc = err_set(err, ERR_INPUT,
			     _("no header row found: no row names 案号 and "
			       "案由"));
	record_list_sort(out);
	reader_release(&reader);
	return rc;
}
