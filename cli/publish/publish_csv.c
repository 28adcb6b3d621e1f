/* publish_csv.c - the publication as CSV (RFC 4180): UTF-8 with a byte order
 * mark, which spreadsheets need to see, lines ended by CR LF.
 * Knows CSV; reads no replica.
 *
 * (P4) A cell that a spreadsheet would run as a formula gets an apostrophe
 *      before it, which a spreadsheet shows as text. */
#include "cli/publish/publish.h"

#include <string.h>

#include "cli/publish/publish_table.h"

/* Some spreadsheets pass over white space in front, and take the full-width
 * signs that an input method writes for the others. */
static bool is_formula(const char *text)
{
	static const char *const signs[] = {"=",  "+",	"-",  "@",
					    "＝", "＋", "－", "＠"};
	const char *at = text + strspn(text, " \t\r\n");

	for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++)
		if (strncmp(at, signs[i], strlen(signs[i])) == 0)
			return true;
	return *text == '\t' || *text == '\r' || *text == '\n';
}

static void add_cell(struct buf *out, const char *text, bool last)
{
	buf_adds(out, is_formula(text) ? "\"'" : "\"");
	for (; *text != '\0'; text++) {
		if (*text == '"')
			buf_addc(out, '"');
		buf_addc(out, *text);
	}
	buf_adds(out, last ? "\"\r\n" : "\",");
}

int publish_csv(struct buf *out, const struct publication *publication,
		struct err *err)
{
	size_t columns = publish_columns(publication);
	struct buf cell = BUF_INIT;

	buf_adds(out, "\xef\xbb\xbf");
	for (size_t at = 0; at < columns; at++) {
		publish_heading(&cell, publication, at);
		add_cell(out, buf_text(&cell), at + 1 == columns);
	}
	for (size_t i = 0; i < publication->n; i++) {
		for (size_t at = 0; at < columns; at++) {
			publish_cell(&cell, publication, &publication->cases[i],
				     at);
			add_cell(out, buf_text(&cell), at + 1 == columns);
		}
	}
	out->failed = out->failed || cell.failed;
	buf_release(&cell);
	return buf_check(out, err);
}
