/* news_line.h - what one line of a newspaper page is.
 * Knows how an entry's first line is printed; knows no neighbouring line. */
#ifndef TIAN_CLI_NEWS_LINE_H
#define TIAN_CLI_NEWS_LINE_H

#include <stdbool.h>

#include "cli/import/scan.h"

enum news_kind {
	NEWS_ENTRY,  /* 14、教育界:《题目》(A类) */
	NEWS_BROKEN, /* meant to be one, but not understood: see `why` */
	NEWS_LEGEND, /* (… “A”… “B”… 类 …) */
	NEWS_CREDIT, /* ■ who edited the page */
	NEWS_TEXT,   /* anything else */
	NEWS_KINDS
};

/* How a page prints the first line of its entries; one style for all. */
struct news_style {
	bool chinese; /* 一、 rather than 1、 */
	bool bracket; /* （一） */
	bool bare; /* titles without 《》: 一、教育界：关于……的建议（A类） */
};

/* Slices of the line; empty where it does not say. */
struct news_line {
	enum news_kind kind;
	struct scan number;
	unsigned ordinal; /* the number where it is in Chinese numerals, or 0 */
	struct scan sector;
	struct scan title;
	struct scan class_text; /* "A类", "解决或采纳" */
	const char *why; /* NEWS_BROKEN: an untranslated message, not owned */
};

/* `line` is trimmed and not empty. A numbered paragraph of a reply is text:
 * it has no `group:《title》` that reaches to the line's end. */
void news_line_read(struct news_line *out, struct scan line,
		    struct news_style style);
/* Whether a slice is a list of unit names, as before the first colon of a
 * reply. */
bool news_line_units(struct scan units);
/* Whether a slice has a sentence's punctuation and so is no name. */
bool news_line_sentence(struct scan scan);

/* A line of an entry that says what it holds: 承办单位：区教育局. */
enum news_label {
	NEWS_UNLABELLED,
	NEWS_MAIN,
	NEWS_CO,
	NEWS_CLASS,
	NEWS_SECTOR,
	NEWS_SPONSORS,
	NEWS_REPLY
};
/* Takes the label and its colon. */
enum news_label news_line_label(struct scan *line);

#endif
