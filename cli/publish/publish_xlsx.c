/* publish_xlsx.c - the publication as a workbook; the one door to
 * libxlsxwriter. Knows sheets and formats; reads no replica. Every cell is a
 * string or a number, never a formula. */
#include "cli/publish/publish.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <xlsxwriter.h>

#include "cli/terminal/message.h"
#include "cli/publish/publish_table.h"
#include "core/base/library.h"
#include "core/base/utf8.h"

enum {
	CELL_MAX = 32767,  /* characters: the format's own limit */
	BOOK_MAX = 1 << 28 /* bytes read back */
};

/* libxlsxwriter, loaded when a workbook is asked for. */
#define XLSX_LIBRARY(X)            \
	X(format_set_align)        \
	X(format_set_bg_color)     \
	X(format_set_bold)         \
	X(format_set_border)       \
	X(format_set_font_size)    \
	X(format_set_text_wrap)    \
	X(workbook_add_format)     \
	X(workbook_add_worksheet)  \
	X(workbook_close)          \
	X(workbook_new_opt)        \
	X(workbook_set_properties) \
	X(worksheet_autofilter)    \
	X(worksheet_fit_to_pages)  \
	X(worksheet_freeze_panes)  \
	X(worksheet_repeat_rows)   \
	X(worksheet_set_column)    \
	X(worksheet_set_footer)    \
	X(worksheet_set_landscape) \
	X(worksheet_set_paper)     \
	X(worksheet_write_blank)   \
	X(worksheet_write_number)  \
	X(worksheet_write_string)

static struct {
#define X(name) __typeof__(name) *name;
	XLSX_LIBRARY(X)
#undef X
} libxlsx;

static int load_xlsx(struct err *err)
{
	static const struct library_symbol symbols[] = {
#define X(name) {#name, offsetof(__typeof__(libxlsx), name)},
		XLSX_LIBRARY(X)
#undef X
	};

	return library_load(&libxlsx, TIAN_LIBXLSXWRITER, symbols,
			    sizeof(symbols) / sizeof(symbols[0]), err);
}

struct book {
	lxw_workbook *workbook;
	lxw_format *head, *wrap, *centre, *title;
	bool failed;
};

static void keep(struct book *book, lxw_error error)
{
	book->failed = book->failed || error != LXW_NO_ERROR;
}

static lxw_format *format(struct book *book, uint8_t align)
{
	lxw_format *made = libxlsx.workbook_add_format(book->workbook);

	if (!made) {
		book->failed = true;
		return NULL;
	}
	libxlsx.format_set_text_wrap(made);
	libxlsx.format_set_align(made, LXW_ALIGN_VERTICAL_TOP);
	libxlsx.format_set_align(made, align);
	libxlsx.format_set_border(made, LXW_BORDER_HAIR);
	return made;
}

static void make_formats(struct book *book)
{
	book->head = format(book, LXW_ALIGN_CENTER);
	book->wrap = format(book, LXW_ALIGN_LEFT);
	book->centre = format(book, LXW_ALIGN_CENTER);
	book->title = libxlsx.workbook_add_format(book->workbook);
	if (book->failed || !book->title)
		return;
	libxlsx.format_set_bold(book->head);
	libxlsx.format_set_bg_color(book->head, 0xF0E4E4);
	libxlsx.format_set_bold(book->title);
	libxlsx.format_set_font_size(book->title, 14);
}

/* A text too long for a cell is cut, and says so. */
static void put(struct book *book, lxw_worksheet *sheet, lxw_row_t row,
		int column, const char *text, lxw_format *how)
{
	static const char cut[] = "……（本格放不下，全文见网页版）";
	struct buf fits = BUF_INIT;
	size_t len = strlen(text);
	size_t end = 0;

	for (size_t n = 0; n < CELL_MAX && end < len; n++)
		end += utf8_next(text + end, len - end, NULL);
	if (end < len) {
		end = 0;
		for (size_t n = 0; n < CELL_MAX - 20; n++)
			end += utf8_next(text + end, len - end, NULL);
		buf_add(&fits, text, end);
		buf_adds(&fits, cut);
		text = buf_text(&fits);
	}
	if (text[0] == '\0')
		keep(book, libxlsx.worksheet_write_blank(
				   sheet, row, (lxw_col_t)column, how));
	else
		keep(book, libxlsx.worksheet_write_string(
				   sheet, row, (lxw_col_t)column, text, how));
	book->failed = book->failed || fits.failed;
	buf_release(&fits);
}

static void put_number(struct book *book, lxw_worksheet *sheet, lxw_row_t row,
		       int column, size_t number)
{
	keep(book,
	     libxlsx.worksheet_write_number(sheet, row, (lxw_col_t)column,
					    (double)number, book->centre));
}

/* One landscape page wide, the head on each. */
static lxw_worksheet *add_sheet(struct book *book, const char *name)
{
	lxw_worksheet *sheet =
		libxlsx.workbook_add_worksheet(book->workbook, name);

	if (!sheet) {
		book->failed = true;
		return NULL;
	}
	libxlsx.worksheet_set_paper(sheet, 9); /* A4 */
	libxlsx.worksheet_set_landscape(sheet);
	libxlsx.worksheet_fit_to_pages(sheet, 1, 0);
	libxlsx.worksheet_freeze_panes(sheet, 1, 0);
	keep(book, libxlsx.worksheet_repeat_rows(sheet, 0, 0));
	libxlsx.worksheet_set_footer(sheet, "&C第 &P 页，共 &N 页");
	return sheet;
}

static bool is_centred(size_t column)
{
	return column == PUBLISH_NUMBER || column == PUBLISH_KEY ||
	       column == PUBLISH_CLASS || column == PUBLISH_SIGNED;
}

static void add_cases(struct book *book, const struct publication *publication)
{
	lxw_worksheet *sheet = add_sheet(book, "办理结果");
	size_t columns = publish_columns(publication);
	struct buf cell = BUF_INIT;

	for (size_t at = 0; sheet && at < columns; at++) {
		keep(book, libxlsx.worksheet_set_column(
				   sheet, (lxw_col_t)at, (lxw_col_t)at,
				   publish_column_width(at), NULL));
		publish_heading(&cell, publication, at);
		put(book, sheet, 0, (int)at, buf_text(&cell), book->head);
	}
	for (size_t i = 0; sheet && i < publication->n; i++) {
		for (size_t at = 0; at < columns; at++) {
			publish_cell(&cell, publication, &publication->cases[i],
				     at);
			put(book, sheet, (lxw_row_t)(i + 1), (int)at,
			    buf_text(&cell),
			    is_centred(at) ? book->centre : book->wrap);
		}
	}
	if (sheet)
		keep(book, libxlsx.worksheet_autofilter(
				   sheet, 0, 0, (lxw_row_t)publication->n,
				   (lxw_col_t)(columns - 1)));
	book->failed = book->failed || cell.failed;
	buf_release(&cell);
}

static void add_counts(struct book *book, const struct publication *publication,
		       const char *name, const struct publish_count *counts,
		       size_t n)
{
	lxw_worksheet *sheet = add_sheet(book, name);
	int last = (int)publication->n_classes + 1;

	if (!sheet)
		return;
	keep(book, libxlsx.worksheet_set_column(sheet, 0, 0, 26, NULL));
	put(book, sheet, 0, 0, name, book->head);
	put(book, sheet, 0, 1, "件数", book->head);
	for (size_t c = 0; c < publication->n_classes; c++)
		put(book, sheet, 0, (int)c + 2, publication->classes[c].label,
		    book->head);
	for (size_t i = 0; i < n; i++) {
		lxw_row_t row = (lxw_row_t)(i + 1);

		put(book, sheet, row, 0, counts[i].name, book->wrap);
		put_number(book, sheet, row, 1, counts[i].total);
		for (size_t c = 0; c < publication->n_classes; c++)
			put_number(book, sheet, row, (int)c + 2,
				   counts[i].by_class[c]);
	}
	keep(book, libxlsx.worksheet_autofilter(sheet, 0, 0, (lxw_row_t)n,
						(lxw_col_t)last));
}

static void add_figures(struct book *book,
			const struct publication *publication)
{
	struct publish_figure figures[PUBLISH_FIGURES];
	struct buf title = BUF_INIT;
	lxw_worksheet *sheet =
		libxlsx.workbook_add_worksheet(book->workbook, "概况");
	lxw_row_t row = 2;

	if (!sheet) {
		book->failed = true;
		return;
	}
	publish_title(&title, publication);
	keep(book, libxlsx.worksheet_set_column(sheet, 0, 0, 30, NULL));
	keep(book, libxlsx.worksheet_write_string(sheet, 0, 0, buf_text(&title),
						  book->title));
	publish_figures(figures, publication);
	for (size_t i = 0; figures[i].name; i++, row++) {
		put(book, sheet, row, 0, figures[i].name, book->wrap);
		put_number(book, sheet, row, 1, (size_t)figures[i].number);
	}
	for (size_t c = 0; c < publication->n_classes; c++, row++) {
		put(book, sheet, row, 0, publication->classes[c].label,
		    book->wrap);
		put_number(book, sheet, row, 1, publication->classes[c].count);
	}
	if (publication->withheld > 0) {
		put(book, sheet, row, 0, "不在此表公开", book->wrap);
		put_number(book, sheet, row++, 1, publication->withheld);
	}
	put(book, sheet, row, 0, "公布日期", book->wrap);
	put(book, sheet, row, 1, publication->date, book->centre);
	book->failed = book->failed || title.failed;
	buf_release(&title);
}

/* The day of publication, so that the same publication is the same file. */
static void add_properties(struct book *book,
			   const struct publication *publication)
{
	lxw_doc_properties properties = {0};
	struct buf title = BUF_INIT;
	struct tm tm = {0};

	publish_title(&title, publication);
	if (strptime(publication->date, "%Y-%m-%d", &tm))
		properties.created = timegm(&tm);
	properties.title = title.data;
	keep(book,
	     libxlsx.workbook_set_properties(book->workbook, &properties));
	buf_release(&title);
}

static int write_book(const char *path, const char *folder,
		      const struct publication *publication, struct err *err)
{
	struct buf tmp = BUF_INIT;
	lxw_workbook_options options = {.constant_memory = LXW_FALSE};
	struct book book = {0};
	int rc = load_xlsx(err);

	if (rc < 0)
		return rc;
	buf_adds(&tmp, folder);
	options.tmpdir = tmp.data;
	book.workbook = libxlsx.workbook_new_opt(path, &options);
	if (!book.workbook) {
		buf_release(&tmp);
		return err_nomem(err);
	}
	make_formats(&book);
	if (!book.failed) {
		add_properties(&book, publication);
		add_cases(&book, publication);
		add_counts(&book, publication, "承办单位", publication->units,
			   publication->n_units);
		add_counts(&book, publication, "界别", publication->sectors,
			   publication->n_sectors);
		add_figures(&book, publication);
	}
	keep(&book, libxlsx.workbook_close(book.workbook));
	if (book.failed)
		rc = err_set(err, ERR_FAIL, "%s",
			     _("the workbook could not be made"));
	buf_release(&tmp);
	return rc;
}

/* The library writes files only: one in a folder of its own, read back. */
int publish_xlsx(struct buf *out, const struct publication *publication,
		 struct err *err)
{
	const char *tmp = getenv("TMPDIR");
	struct buf folder = BUF_INIT, path = BUF_INIT;
	int rc;

	buf_addf(&folder, "%s/tian-xlsx-XXXXXX", tmp && *tmp ? tmp : "/tmp");
	rc = buf_check(&folder, err);
	if (rc == 0 && !mkdtemp(folder.data))
		rc = err_errno(err, "%s", folder.data);
	if (rc < 0)
		goto done;
	buf_addf(&path, "%s/book.xlsx", folder.data);
	rc = buf_check(&path, err);
	if (rc == 0)
		rc = write_book(path.data, folder.data, publication, err);
	if (rc == 0)
		rc = buf_read_file(out, path.data, BOOK_MAX, err);
	unlink(buf_text(&path));
	rmdir(folder.data);
done:
	buf_release(&folder);
	buf_release(&path);
	return rc;
}
