/* table.c - column widths, cutting and wrapping of CJK text.
 * Knows widths and the terminal; knows no content. */
#include "cli/terminal/table.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/terminal/message.h"
#include "core/base/utf8.h"

enum { GAP = 2, NARROWEST = 8 };

struct table {
	const struct table_column *columns;
	size_t n;
	char **cells; /* n per row */
	size_t rows;
	size_t room; /* rows there is memory for */
	bool failed;
};

struct table *table_new(const struct table_column *columns, size_t n)
{
	struct table *table = calloc(1, sizeof(*table));

	if (table) {
		table->columns = columns;
		table->n = n;
	}
	return table;
}

void table_free(struct table *table)
{
	if (!table)
		return;
	for (size_t i = 0; i < table->rows * table->n; i++)
		free(table->cells[i]);
	free(table->cells);
	free(table);
}

size_t table_rows(const struct table *table)
{
	return table ? table->rows : 0;
}

static char *clean_copy(const char *text)
{
	char *copy = strdup(text ? text : "");

	for (char *c = copy; c && *c; c++)
		if ((unsigned char)*c < 0x20 || *c == 0x7f)
			*c = ' ';
	return copy;
}

static bool make_room(struct table *table)
{
	size_t room = table->room ? table->room * 2 : 32;
	char **cells;

	if (table->rows < table->room)
		return true;
	cells = reallocarray(table->cells, room * table->n, sizeof(*cells));
	if (!cells)
		return false;
	table->cells = cells;
	table->room = room;
	return true;
}

void table_add(struct table *table, const char *const *cells)
{
	if (!table || table->failed)
		return;
	if (!make_room(table)) {
		table->failed = true;
		return;
	}
	for (size_t i = 0; i < table->n; i++) {
		char *copy = clean_copy(cells[i]);

		table->cells[table->rows * table->n + i] = copy;
		if (!copy)
			table->failed = true;
	}
	table->rows++;
}

static size_t width_of(const char *text)
{
	return text ? utf8_width(text, strlen(text)) : 0;
}

/* 0 for a column that is empty in every row. */
static size_t natural_width(const struct table *table, size_t column)
{
	size_t widest = 0;

	for (size_t r = 0; r < table->rows; r++) {
		size_t w = width_of(table->cells[r * table->n + column]);

		if (w > widest)
			widest = w;
	}
	if (widest > 0 && width_of(table->columns[column].title) > widest)
		widest = width_of(table->columns[column].title);
	return widest;
}

static size_t natural_widths(const struct table *table, size_t *widths)
{
	size_t total = 0;

	for (size_t i = 0; i < table->n; i++) {
		widths[i] = natural_width(table, i);
		if (widths[i] > 0)
			total += widths[i] + (total ? GAP : 0);
	}
	return total;
}

/* The widest column that gives way at this turn; table->n: none. */
static size_t widest_shrinking(const struct table *table, const size_t *widths,
			       int turn)
{
	size_t widest = table->n;

	for (size_t i = 0; i < table->n; i++)
		if (table->columns[i].shrinks == turn &&
		    widths[i] > NARROWEST &&
		    (widest == table->n || widths[i] > widths[widest]))
			widest = i;
	return widest;
}

/* Takes columns from the widest that shrinks until the rest fits. */
static void shrink(const struct table *table, size_t *widths, size_t total,
		   size_t width)
{
	for (int turn = 1; turn <= TABLE_LAST; turn++)
		while (total > width) {
			size_t widest = widest_shrinking(table, widths, turn);

			if (widest == table->n)
				break;
			widths[widest]--;
			total--;
		}
}

static void put_spaces(FILE *out, size_t n)
{
	while (n-- > 0)
		fputc(' ', out);
}

static void put_cell(FILE *out, const char *text, size_t width,
		     enum table_align align, bool last)
{
	size_t len = text ? strlen(text) : 0;
	size_t columns = text ? utf8_width(text, len) : 0;
	bool cut = columns > width;

	if (cut) {
		len = utf8_fit(text, len, width - 1);
		columns = utf8_width(text, len) + 1;
	}
	if (align == TABLE_RIGHT)
		put_spaces(out, width - columns);
	if (len > 0)
		fwrite(text, 1, len, out);
	if (cut)
		fputs("…", out);
	if (align == TABLE_LEFT && !last)
		put_spaces(out, width - columns);
	if (!last)
		put_spaces(out, GAP);
}

/* The last column that is not empty: nothing is padded behind it. */
static size_t last_filled(const char *const *cells, const size_t *widths,
			  size_t n)
{
	while (n > 1 && (!widths[n - 1] || !cells[n - 1] || !*cells[n - 1]))
		n--;
	return n - 1;
}

static void put_row(const struct table *table, FILE *out, const size_t *widths,
		    const char *const *cells)
{
	size_t last = last_filled(cells, widths, table->n);

	for (size_t i = 0; i <= last; i++)
		if (widths[i] > 0)
			put_cell(out, cells[i], widths[i],
				 table->columns[i].align, i == last);
	fputc('\n', out);
}

int table_print(const struct table *table, FILE *out, size_t width)
{
	size_t widths[32];
	const char *titles[32];
	size_t total;

	if (!table || table->failed || table->n > 32)
		return -1;
	if (table->rows == 0)
		return 0;
	total = natural_widths(table, widths);
	if (width > 0)
		shrink(table, widths, total, width);
	for (size_t i = 0; i < table->n; i++)
		titles[i] = table->columns[i].title;
	put_row(table, out, widths, titles);
	for (size_t r = 0; r < table->rows; r++)
		put_row(table, out, widths,
			(const char *const *)&table->cells[r * table->n]);
	return ferror(out) ? -1 : 0;
}

int table_show(const struct table *table, FILE *out, struct err *err)
{
	if (table_print(table, out, table_terminal_width()) < 0)
		return err_set(err, ERR_FAIL,
			       _("the output could not be written"));
	return 0;
}

size_t table_terminal_width(void)
{
	struct winsize size;

	if (!isatty(STDOUT_FILENO))
		return 0;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0 || size.ws_col == 0)
		return 80;
	return size.ws_col;
}

/* Punctuation that never begins, and that never ends a line. */
static bool one_of(const char *set, const char *text, size_t len)
{
	size_t n;

	for (const char *at = set; *at; at += n) {
		n = utf8_next(at, strlen(at), NULL);
		if (n == len && memcmp(at, text, n) == 0)
			return true;
	}
	return false;
}

static bool closes(const char *text, size_t len)
{
	return one_of("，。、；：？！）》〉」』】〕”’…,.;:?!)]}%", text,
		      utf8_next(text, len, NULL));
}

static bool opens(const char *text, size_t len)
{
	return one_of("（《〈「『【〔“‘([{", text, len);
}

static size_t previous(const char *text, size_t at)
{
	do
		at--;
	while (at > 0 && ((unsigned char)text[at] & 0xc0) == 0x80);
	return at;
}

static bool in_word(const char *text, size_t at, size_t len)
{
	return at > 0 && at < len && (unsigned char)text[at - 1] < 0x80 &&
	       (unsigned char)text[at] < 0x80 && text[at - 1] != ' ' &&
	       text[at] != ' ';
}

/* Where to break a line of which `fit` bytes have room; never 0. */
static size_t break_at(const char *text, size_t len, size_t fit)
{
	size_t at = fit;

	while (at > 0 && at < len) {
		size_t before = previous(text, at);

		if (!in_word(text, at, len) && !closes(text + at, len - at) &&
		    !opens(text + before, at - before))
			return at;
		at = before;
	}
	return fit > 0 ? fit : utf8_next(text, len, NULL);
}

static void wrap_line(FILE *out, const char *text, size_t len, size_t indent,
		      size_t width)
{
	size_t room = width > indent + 4 ? width - indent : 4;

	do {
		size_t fit = width ? utf8_fit(text, len, room) : len;
		size_t shown;

		if (fit < len)
			fit = break_at(text, len, fit);
		while (fit < len && text[fit] == ' ')
			fit++;
		for (shown = fit; shown > 0 && text[shown - 1] == ' ';)
			shown--;
		if (shown > 0)
			put_spaces(out, indent);
		fwrite(text, 1, shown, out);
		fputc('\n', out);
		text += fit;
		len -= fit;
	} while (len > 0);
}

void table_wrap(FILE *out, const char *text, size_t indent, size_t width)
{
	const char *line = text;

	for (;;) {
		const char *end = strchrnul(line, '\n');

		wrap_line(out, line, (size_t)(end - line), indent, width);
		if (!*end || !end[1])
			return;
		line = end + 1;
	}
}
