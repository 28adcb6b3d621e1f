/* news_line.c - what one line of a newspaper page is.
 * Knows how an entry's first line is printed; knows no neighbouring line. */
#include "cli/news_line.h"

#include <stdlib.h>
#include <string.h>

#include "cli/message.h"
#include "cli/record.h"

enum {
	SECTOR_MAX = 90, /* bytes: a sponsor group, not a sentence */
	UNITS_MAX = 400, /* bytes of all units of one proposal */
	UNIT_MAX = 64	 /* bytes of one unit's name: it may become a code */
};

static bool class_letter(struct scan text)
{
	return record_class_letter(text.at, scan_len(&text)) != 0;
}

/* The bracket a line ends with: takes it off `line`, its inside to *inside.
 * A bracket that is not closed reaches to the end. */
static bool ending_bracket(struct scan *line, struct scan *inside)
{
	struct scan scan = *line;
	const char *open = NULL;
	const char *at;

	while ((at = scan_find_any(scan, "(")) != NULL) {
		open = at;
		scan.at = at;
		scan_take(&scan);
	}
	if (open == NULL)
		return false;
	at = scan_find_any(scan, ")");
	*inside = scan_slice(scan.at, at == NULL ? line->end : at);
	if (at != NULL) {
		scan.at = at;
		scan_take(&scan);
		scan = scan_trim(scan);
		scan_word(&scan, "。");
		if (scan.at != scan.end)
			return false;
	}
	line->end = open;
	return true;
}

/* What follows the title's last 》: nothing, `(A类)` or a bare `A类`. */
static bool read_tail(struct news_line *entry, struct scan tail)
{
	struct scan before;

	tail = scan_trim(tail);
	entry->class_text = scan_slice(tail.end, tail.end);
	if (tail.at == tail.end)
		return true;
	if (class_letter(tail)) {
		entry->class_text = tail;
		return true;
	}
	before = tail;
	return ending_bracket(&before, &entry->class_text) &&
	       before.at == before.end;
}

/* `14、` at the beginning; the separator is not part of the number. */
static bool read_number(struct news_line *entry, struct scan *line)
{
	struct scan ahead = *line;
	char digits[RECORD_NUMBER_MAX];

	if (!scan_digits(&ahead, digits, sizeof(digits)))
		return false;
	entry->number = scan_slice(line->at, ahead.at);
	scan_spaces(&ahead);
	if (!scan_word(&ahead, "、") && !scan_if(&ahead, '.') &&
	    !scan_if(&ahead, ','))
		return false;
	*line = ahead;
	return true;
}

/* Whether a slice reads like a sentence rather than a name. */
bool news_line_sentence(struct scan scan)
{
	return scan_holds(scan, "。") || scan_holds(scan, "；") ||
	       scan_holds(scan, ";") || scan_holds(scan, "!") ||
	       scan_holds(scan, "！");
}

/* The sponsor group before 《; *colon tells whether one stood there. */
static bool read_sector(struct news_line *entry, struct scan sector,
			bool *colon)
{
	const char *last;

	sector = scan_trim(sector);
	last = scan_last(sector);
	*colon = false;
	if (last != NULL) {
		struct scan one = scan_slice(last, sector.end);

		*colon = scan_peek(&one) == ':';
		if (*colon)
			sector = scan_trim(scan_slice(sector.at, last));
	}
	entry->sector = sector;
	return scan_len(&sector) <= SECTOR_MAX && !news_line_sentence(sector) &&
	       scan_find_any(sector, ":") == NULL;
}

/* The last 》 of a slice, NULL without one. */
static const char *last_close(struct scan scan)
{
	const char *found = NULL;

	while (scan_past(&scan, "》"))
		found = scan.at - strlen("》");
	return found;
}

static enum news_kind broken(struct news_line *entry, const char *why)
{
	entry->why = why;
	return NEWS_BROKEN;
}

/* A line without a title in 《》: an entry only if it looks like one. */
static enum news_kind without_title(struct news_line *entry, struct scan line,
				    bool numbered)
{
	struct scan inside;

	if (numbered && ending_bracket(&line, &inside) &&
	    class_letter(inside) && !news_line_sentence(line))
		return broken(entry, N_("it has no title in 《》"));
	return NEWS_TEXT;
}

/* Entry, broken entry or text. */
static enum news_kind read_entry(struct news_line *entry, struct scan line)
{
	struct scan rest = line;
	bool numbered = read_number(entry, &rest);
	struct scan title = rest;
	bool colon;
	const char *close;

	if (!scan_past(&title, "《"))
		return without_title(entry, rest, numbered);
	if (!read_sector(entry, scan_slice(rest.at, title.at - strlen("《")),
			 &colon))
		return NEWS_TEXT;
	close = last_close(title);
	if (close == NULL) {
		if (numbered && colon && !news_line_sentence(title))
			return broken(entry, N_("its title has no closing 》"));
		return NEWS_TEXT;
	}
	entry->title = scan_trim(scan_slice(title.at, close));
	if (!read_tail(entry, scan_slice(close + strlen("》"), line.end)))
		return NEWS_TEXT;
	if (!numbered && colon && class_letter(entry->class_text))
		return broken(entry, N_("it has no number"));
	if (!numbered || (!colon && !class_letter(entry->class_text)))
		return NEWS_TEXT;
	if (scan_len(&entry->title) == 0)
		return broken(entry, N_("its title is empty"));
	return NEWS_ENTRY;
}

/* The explanation of classes: `(… “A”… “B”… )` as one bracketed line. */
static bool is_legend(struct scan line)
{
	const char *last = scan_last(line);
	struct scan one;

	if (scan_peek(&line) != '(' || last == NULL)
		return false;
	one = scan_slice(last, line.end);
	return scan_peek(&one) == ')' && scan_holds(line, "类") &&
	       scan_find_any(line, "A") != NULL &&
	       scan_find_any(line, "B") != NULL;
}

void news_line_read(struct news_line *out, struct scan line)
{
	struct scan mark = line;

	memset(out, 0, sizeof(*out));
	if (is_legend(line))
		out->kind = NEWS_LEGEND;
	else if (scan_word(&mark, "■") || scan_word(&mark, "□"))
		out->kind = NEWS_CREDIT;
	else
		out->kind = read_entry(out, line);
}

/* Whether a slice is a list of unit names. */
bool news_line_units(struct scan units)
{
	bool any = false;
	const char *at;
	const char *member;
	size_t len;
	char *copy;

	if (scan_len(&units) > UNITS_MAX || news_line_sentence(units) ||
	    scan_holds(units, "《") || scan_holds(units, "“"))
		return false;
	copy = scan_dup(units);
	at = copy;
	while (copy != NULL && record_next_member(&at, &member, &len)) {
		any = len <= UNIT_MAX;
		if (!any)
			break;
	}
	free(copy);
	return any;
}
