/* news_line.c - what one line of a newspaper page is.
 * Knows how an entry's first line is printed; knows no neighbouring line. */
#include "cli/import/news_line.h"

#include <stdlib.h>
#include <string.h>

#include "cli/terminal/message.h"
#include "cli/import/record.h"

enum {
	SECTOR_MAX = 90, /* bytes: a sponsor group, not a sentence */
	CLASS_MAX = 60,	 /* bytes of a class in words */
	TITLE_MAX = 300, /* bytes of a title without its marks */
	UNITS_MAX = 400, /* bytes of all units of one proposal */
	UNIT_MAX = 64	 /* bytes of one unit's name: it may become a code */
};

static bool class_letter(struct scan text)
{
	return record_class_letter(text.at, scan_len(&text)) != 0;
}

/* A class by letter, or in the words lists use for it. */
static bool class_like(struct scan text)
{
	static const char *const words[] = {"解决", "采纳",   "计划", "参考",
					    "落实", "不可行", "办复"};

	if (class_letter(text))
		return true;
	if (scan_len(&text) > CLASS_MAX || news_line_sentence(text))
		return false;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (scan_holds(text, words[i]))
			return true;
	}
	return false;
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

/* A number in Chinese numerals, not in digits. */
static bool read_chinese(struct news_line *entry, struct scan *scan)
{
	int code = scan_peek(scan);

	return !(code >= '0' && code <= '9') &&
	       scan_ordinal(scan, &entry->ordinal) && entry->ordinal > 0;
}

/* `14、`, `一、`, `（一）` or `第14号` at the beginning; the separator is not
 * part of the number. */
static bool read_number(struct news_line *entry, struct scan *line,
			struct news_style style)
{
	struct scan ahead = *line;
	char digits[RECORD_NUMBER_MAX];
	bool named = !style.bracket && scan_word(&ahead, "第");

	if (style.bracket && !scan_if(&ahead, '('))
		return false;
	entry->number.at = ahead.at;
	if (style.chinese ? !read_chinese(entry, &ahead)
			  : !scan_digits(&ahead, digits, sizeof(digits)))
		return false;
	entry->number.end = ahead.at;
	if (style.bracket && !scan_if(&ahead, ')'))
		return false;
	if (named && !scan_word(&ahead, "号"))
		return false;
	if (named)
		scan_word(&ahead, "提案");
	scan_spaces(&ahead);
	if (!scan_word(&ahead, "、") && !scan_if(&ahead, '.') &&
	    !scan_if(&ahead, ',') && !(named && scan_if(&ahead, ':')) &&
	    !named && !style.bracket)
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
static enum news_kind read_entry(struct news_line *entry, struct scan line,
				 struct news_style style)
{
	struct scan rest = line;
	bool numbered = read_number(entry, &rest, style);
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
	if (!numbered || (!colon && !class_like(entry->class_text)))
		return NEWS_TEXT;
	if (scan_len(&entry->title) == 0)
		return broken(entry, N_("its title is empty"));
	return NEWS_ENTRY;
}

static bool ends_like_title(struct scan title)
{
	static const char *const kinds[] = {"建议", "提案", "议案"};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		size_t len = strlen(kinds[i]);

		if (scan_len(&title) > len &&
		    memcmp(title.end - len, kinds[i], len) == 0)
			return true;
	}
	return false;
}

/* An entry of a page that prints no 《》: numbered, and either 关于……的建议
 * or a class in brackets at its end. */
static enum news_kind read_bare(struct news_line *entry, struct scan line,
				struct news_style style)
{
	struct scan before, about;
	const char *colon;

	if (!read_number(entry, &line, style) || scan_holds(line, "《"))
		return NEWS_TEXT;
	before = line;
	entry->class_text = scan_slice(line.end, line.end);
	if (ending_bracket(&before, &entry->class_text) &&
	    class_like(entry->class_text))
		line = before;
	else
		entry->class_text = scan_slice(line.end, line.end);
	colon = scan_find_any(line, ":");
	if (colon && (size_t)(colon - line.at) <= SECTOR_MAX) {
		entry->sector = scan_trim(scan_slice(line.at, colon));
		line.at = colon;
		scan_take(&line);
	}
	entry->title = scan_trim(line);
	about = entry->title;
	if (scan_len(&entry->title) == 0 ||
	    scan_len(&entry->title) > TITLE_MAX ||
	    news_line_sentence(entry->title) ||
	    news_line_sentence(entry->sector))
		return NEWS_TEXT;
	if (scan_word(&about, "关于") && ends_like_title(entry->title))
		return NEWS_ENTRY;
	return scan_len(&entry->class_text) > 0 ? NEWS_ENTRY : NEWS_TEXT;
}

enum news_label news_line_label(struct scan *line)
{
	static const struct {
		const char *word;
		enum news_label label;
	} labels[] = {
		{"承办单位", NEWS_MAIN},   {"主办单位", NEWS_MAIN},
		{"办理单位", NEWS_MAIN},   {"主办", NEWS_MAIN},
		{"承办", NEWS_MAIN},	   {"会办单位", NEWS_CO},
		{"协办单位", NEWS_CO},	   {"会办", NEWS_CO},
		{"协办", NEWS_CO},	   {"办理结果", NEWS_CLASS},
		{"答复类别", NEWS_CLASS},  {"办理类别", NEWS_CLASS},
		{"类别", NEWS_CLASS},	   {"界别", NEWS_SECTOR},
		{"提案人", NEWS_SPONSORS}, {"提案者", NEWS_SPONSORS},
		{"答复意见", NEWS_REPLY},  {"答复内容", NEWS_REPLY},
		{"办理情况", NEWS_REPLY},  {"答复正文", NEWS_REPLY},
		{"答复", NEWS_REPLY},
	};

	for (size_t i = 0; i < sizeof(labels) / sizeof(labels[0]); i++) {
		struct scan ahead = *line;

		if (!scan_word(&ahead, labels[i].word))
			continue;
		scan_spaces(&ahead);
		if (!scan_if(&ahead, ':'))
			continue;
		*line = scan_trim(ahead);
		return labels[i].label;
	}
	return NEWS_UNLABELLED;
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

void news_line_read(struct news_line *out, struct scan line,
		    struct news_style style)
{
	struct scan mark = line;

	memset(out, 0, sizeof(*out));
	if (is_legend(line))
		out->kind = NEWS_LEGEND;
	else if (scan_word(&mark, "■") || scan_word(&mark, "□"))
		out->kind = NEWS_CREDIT;
	else
		out->kind = style.bare ? read_bare(out, line, style)
				       : read_entry(out, line, style);
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
