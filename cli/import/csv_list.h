/* csv_list.h - the one door to libcsv: a table of proposals, read as a list.
 * A pure function of the text; knows no file, no replica.
 *
 * Headings are table_list.h's. Comma, semicolon or tab separate; a byte order
 * mark is skipped. A cell may hold line breaks within quotes. */
#ifndef TIAN_CLI_CSV_LIST_H
#define TIAN_CLI_CSV_LIST_H

#include <stddef.h>

#include "cli/import/record.h"
#include "cli/import/table_list.h"
#include "core/base/err.h"

/* Fills `out` (record_list_init before, record_list_release after, also on
 * error). Lines and cells that cannot be taken become problems. `map` may be
 * NULL. ERR_INPUT: not UTF-8, or no header row. */
int csv_list_parse(struct record_list *out, const char *text, size_t len,
		   const struct table_map *map, struct err *err);

#endif
