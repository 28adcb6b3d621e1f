/* csv_list.c - the one door to libcsv: a table of proposals, read as a list.
 * A pure function of the text; knows no file, no replica. */
#include "cli/import/csv_list.h"

#include <csv.h>
#include <string.h>

#include "cli/terminal/message.h"
#include "cli/import/news.h"
#include "cli/import/scan.h"
#include "core/base/buf.h"

enum { RESTARTS_MAX = 100 };

struct reader {
	struct table_list *table;
	struct csv_parser csv;
	unsigned char separator;
	size_t line;	    /* physical line being fed */
	size_t row_line;    /* at which the row began */
	const char *row_at; /* where it began */
	bool between;	    /* no row is open */
	int rc;
	struct err *err;
};

/* libcsv: one cell is complete. */
static void on_cell(void *text, size_t len, void *ctx)
{
	struct reader *reader = ctx;

	table_list_cell(reader->table, text ? text : "", text ? len : 0);
}

/* libcsv: a row is complete. */
static void on_row(int end, void *ctx)
{
	struct reader *reader = ctx;

	(void)end;
	reader->between = true;
	if (reader->rc == 0)
		reader->rc = table_list_row(reader->table, reader->row_line,
					    reader->err);
	table_list_drop(reader->table);
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
		struct scan blank = scan_trim(line);

		reader->line++;
		if (reader->between)
			reader->row_at = line.at;
		if (!reader->between || scan_len(&blank) > 0)
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
	table_list_drop(reader->table);
	return 0;
}

/* A quote that is never closed swallows all that follows: the row is named,
 * and reading starts anew on the line after its first. */
static int read_all(struct reader *reader, struct scan text)
{
	int rc = read_lines(reader, text);

	for (int tries = 0; rc == 0 && !reader->between; tries++) {
		rc = table_list_refuse(
			reader->table, reader->row_line,
			tries < RESTARTS_MAX
				? _("a quotation mark is not closed")
				: _("a quotation mark is not closed; nothing "
				    "below it is read"),
			reader->err);
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

int csv_list_parse(struct record_list *out, const char *text, size_t len,
		   const struct table_map *map, struct err *err)
{
	struct reader reader = {.between = true, .err = err};
	struct scan scan = scan_slice(text, text + len);
	int rc = news_check_utf8(text, len, err);

	if (rc == 0)
		rc = table_list_new(&reader.table, out, map, err);
	if (rc != 0)
		return rc;
	scan_word(&scan, "\xef\xbb\xbf");
	reader.separator = find_separator(scan);
	rc = start_parser(&reader);
	if (rc == 0) {
		rc = read_all(&reader, scan);
		csv_free(&reader.csv);
	}
	if (rc == 0)
		rc = table_list_end(reader.table, err);
	record_list_sort(out);
	table_list_free(reader.table);
	return rc;
}
