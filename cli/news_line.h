/* news_line.h - what one line of a newspaper page is.
 * Knows how an entry's first line is printed; knows no neighbouring line. */
#ifndef TIAN_CLI_NEWS_LINE_H
#define TIAN_CLI_NEWS_LINE_H

#include <stdbool.h>

#include "cli/scan.h"

enum news_kind {
	NEWS_ENTRY,  /* 14、教育界:《题目》(A类) */
	NEWS_BROKEN, /* meant to be one, but not understood: see `why` */
	NEWS_LEGEND, /* (… “A”… “B”… 类 …) */
	NEWS_CREDIT, /* ■ who edited the page */
	NEWS_TEXT,   /* anything else */
	NEWS_KINDS
};

/* Slices of the line; empty where it does not say. */
struct news_line {
	enum news_kind kind;
	struct scan number;
	struct scan sector;
	struct scan title;
	struct scan class_text; /* "A类" */
	const char *why; /* NEWS_BROKEN: an untranslated message, not owned */
};

/* `line` is trimmed and not empty. A numbered paragraph of a reply is text:
 * it has no `group:《title》` that reaches to the line's end. */
void news_line_read(struct news_line *out, struct scan line);
/* Whether a slice is a list of unit names, as before the first colon of a
 * reply. */
bool news_line_units(struct scan units);
/* Whether a slice has a sentence's punctuation and so is no name. */
bool news_line_sentence(struct scan scan);

#endif
