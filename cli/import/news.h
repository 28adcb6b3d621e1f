/* news.h - a newspaper page of proposals and replies, read as a list.
 * A pure function of the text; knows no file, no replica.
 *
 * The shape, half- and full-width punctuation alike:
 *	headlines, a summary with the session and its figures, a legend in
 *	brackets; then for each proposal, in any order,
 *	14、教育界:《题目》(A类)
 *	区教育局、区人社局:reply, up to the next such line
 * Numbers may be 一、 or （一）, titles may stand without 《》, classes in words;
 * a page has one style, the one most of its lines fit. Lines such as
 * 承办单位：, 会办单位：, 办理结果： and 答复： may stand in an entry.
 * The unit is what stands before the FIRST colon of the first paragraph, the
 * title what stands between the first 《 and the last 》. */
#ifndef TIAN_CLI_NEWS_H
#define TIAN_CLI_NEWS_H

#include <stddef.h>

#include "cli/import/record.h"
#include "core/base/err.h"

/* Fills `out` (record_list_init before, record_list_release after, also on
 * error). Lines that cannot be taken become problems. ERR_INPUT: not UTF-8
 * (says which line). */
int news_parse(struct record_list *out, const char *text, size_t len,
	       struct err *err);
/* ERR_INPUT naming the first line that is not UTF-8. */
int news_check_utf8(const char *text, size_t len, struct err *err);

#endif
