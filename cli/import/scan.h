/* scan.h - a cursor over UTF-8 text that takes half and full width alike.
 * Knows characters, digits and Chinese numerals; knows no list and no field.
 *
 * Lists are typed by people: `:` and `：`, `(` and `（`, `14` and `１４` mean
 * the same. Comparing is done on folded code points; what is copied out is
 * always the text as it stands. */
#ifndef TIAN_CLI_SCAN_H
#define TIAN_CLI_SCAN_H

#include <stdbool.h>
#include <stddef.h>

/* A slice of text, borrowed; taking moves `at` towards `end`. */
struct scan {
	const char *at;
	const char *end;
};

struct scan scan_slice(const char *at, const char *end);
struct scan scan_text(const char *terminated);
size_t scan_len(const struct scan *scan);
/* Without white space (ASCII, U+00A0, U+3000, U+FEFF) at both ends. */
struct scan scan_trim(struct scan scan);
/* The next character folded: full-width forms of ASCII to ASCII, all kinds of
 * blank to ' ', all kinds of round or square opening bracket to '(', closing
 * to ')'. -1 at the end. */
int scan_peek(const struct scan *scan);
int scan_take(struct scan *scan);
/* Takes the next character if it folds to `folded`. */
bool scan_if(struct scan *scan, int folded);
void scan_spaces(struct scan *scan);
/* Takes `word`, byte for byte. */
bool scan_word(struct scan *scan, const char *word);
/* Takes digits of either width as ASCII into out[size]; false, nothing taken,
 * if there is none or they do not fit. */
bool scan_digits(struct scan *scan, char *out, size_t size);
/* Takes a number below 10,000 in digits or Chinese numerals (一, 十四,
 * 二十三); false, nothing taken, if there is none. */
bool scan_ordinal(struct scan *scan, unsigned *out);
/* Moves to just behind the first `word`; false, not moved, without it. */
bool scan_past(struct scan *scan, const char *word);
bool scan_holds(struct scan scan, const char *word);
/* The first folded character in `chars` (ASCII): its place, NULL if none. */
const char *scan_find_any(struct scan scan, const char *chars);
/* The beginning of the last character, NULL of an empty slice. */
const char *scan_last(struct scan scan);
/* A terminated copy (free it); NULL when out of memory. */
char *scan_dup(struct scan scan);

#endif
