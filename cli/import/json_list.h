/* json_list.h - a JSON document of proposals, read as a list: what our own
 * `publish --format json` writes, or an array of such proposals.
 * A pure function of the text; knows no file, no replica. */
#ifndef TIAN_CLI_JSON_LIST_H
#define TIAN_CLI_JSON_LIST_H

#include <stddef.h>

#include "cli/import/record.h"
#include "core/base/err.h"

/* Fills `out` (record_list_init before, record_list_release after, also on
 * error). What cannot be taken becomes a problem, with the line at which the
 * proposal begins. ERR_INPUT: no JSON (says line and column), or no array of
 * proposals in it. */
int json_list_parse(struct record_list *out, const char *text, size_t len,
		    struct err *err);

#endif
