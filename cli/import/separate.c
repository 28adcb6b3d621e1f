/* separate.c - what each of several separate units says, in one cell.
 * Knows how such a cell is written; knows no column. */
#include "cli/import/separate.h"

#include <string.h>

#include "cli/import/record.h"

/* Whether `piece` begins with the name and a colon; *rest is what follows. */
static bool begins(struct scan *rest, struct scan piece, const char *name,
		   size_t len)
{
	if (scan_len(&piece) < len || memcmp(piece.at, name, len) != 0)
		return false;
	piece.at += len;
	scan_spaces(&piece);
	if (!scan_if(&piece, ':'))
		return false;
	*rest = scan_trim(piece);
	return true;
}

/* The unit whose name the piece begins with, -1 for none. */
static int whose(struct scan *rest, struct scan piece, const char *units)
{
	const char *member;
	size_t len;
	int n = 0;

	for (; record_next_member(&units, &member, &len); n++)
		if (begins(rest, piece, member, len))
			return n;
	return -1;
}

static int index_of(const char *units, const char *unit)
{
	const char *member;
	size_t len;

	for (int n = 0; record_next_member(&units, &member, &len); n++)
		if (strlen(unit) == len && memcmp(unit, member, len) == 0)
			return n;
	return -1;
}

bool separate_words(struct scan *part, struct scan cell, const char *units,
		    const char *unit)
{
	int wanted = index_of(units, unit);
	bool named = false;

	*part = scan_text("");
	while (scan_len(&cell) > 0) {
		const char *end = scan_find_any(cell, ";");
		struct scan piece = scan_slice(cell.at, end ? end : cell.end);
		struct scan rest;
		int who = whose(&rest, scan_trim(piece), units);

		named = named || who >= 0;
		if (who >= 0 && who == wanted)
			*part = rest;
		cell.at = piece.end;
		scan_take(&cell);
	}
	return named;
}

bool separate_text(struct scan *part, struct scan cell, const char *units,
		   const char *unit)
{
	int wanted = index_of(units, unit);
	const char *from = NULL;
	bool named = false;

	*part = scan_text("");
	while (scan_len(&cell) > 0) {
		const char *end = memchr(cell.at, '\n', scan_len(&cell));
		struct scan line = scan_slice(cell.at, end ? end : cell.end);
		struct scan rest;
		int who = whose(&rest, scan_trim(line), units);

		if (who >= 0 && from)
			*part = scan_trim(scan_slice(from, line.at));
		if (who >= 0) {
			named = true;
			from = who == wanted ? rest.at : NULL;
		}
		cell.at = end ? end + 1 : cell.end;
	}
	if (from)
		*part = scan_trim(scan_slice(from, cell.end));
	return named;
}
