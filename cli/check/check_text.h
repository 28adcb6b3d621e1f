/* check_text.h - what can be seen in a reply's text alone.
 * Pure functions of texts; knows no replica, no severity and no message.
 * Places point into the text given. */
#ifndef TIAN_CLI_CHECK_TEXT_H
#define TIAN_CLI_CHECK_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/* The first quotation mark or bracket without its partner: where it stands,
 * its bytes into *len; NULL if each has one. Numbering such as `1)` and `一）`
 * and an apostrophe within a word are no brackets. */
const char *check_text_unbalanced(const char *text, size_t *len);

enum check_number { CHECK_NO_NUMBER, CHECK_PHONE, CHECK_IDENTITY };
/* The first telephone number (mobile, or with area code, or behind 电话) or
 * number of an identity card (its check digit holds; GB 11643-1999). */
enum check_number check_text_private(const char *text, const char **at,
				     size_t *len);

/* Speaks of what will be done, and of nothing that was done. */
bool check_text_future_only(const char *text);
/* Names a date or a term by which something is to be done. */
bool check_text_names_date(const char *text);
/* Says why something cannot be done. */
bool check_text_gives_reason(const char *text);

/* A proposal's title the text names, 《关于…的提案》, where none it names is
 * `title`; the same with 第…号提案 and two ways to write its own number (NULL
 * for none). NULL, or where the other one stands. */
const char *check_text_other_title(const char *text, const char *title,
				   size_t *len);
const char *check_text_other_number(const char *text, const char *number,
				    const char *printed, size_t *len);

#endif
