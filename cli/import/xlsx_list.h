/* xlsx_list.h - a workbook (ECMA-376, .xlsx) of proposals, read as a list.
 * A pure function of the bytes; knows no file, no replica.
 *
 * The first visible sheet that has a header row (table_list.h) is taken, the
 * others are named. Formulas give the value last computed, dates the day,
 * numbers without a fraction their digits. Lines are the sheet's rows. */
#ifndef TIAN_CLI_XLSX_LIST_H
#define TIAN_CLI_XLSX_LIST_H

#include <stddef.h>

#include "cli/import/record.h"
#include "cli/import/table_list.h"
#include "core/base/err.h"

/* As csv_list_parse. ERR_INPUT: no workbook, a damaged one, one that unpacks
 * to more than a list has, or no header row in it. */
int xlsx_list_parse(struct record_list *out, const char *bytes, size_t len,
		    const struct table_map *map, struct err *err);

#endif
