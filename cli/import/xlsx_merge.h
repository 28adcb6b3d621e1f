/* xlsx_merge.h - cells of a sheet that are merged downwards: the first one's
 * text stands for those below it.
 * Knows references of cells; knows no workbook. */
#ifndef TIAN_CLI_XLSX_MERGE_H
#define TIAN_CLI_XLSX_MERGE_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/buf.h"

enum { XLSX_COLUMNS_MAX = 256 }; /* further cells are beyond any list */

struct xlsx_range {
	size_t column, top, bottom; /* the first row is 1 */
};

struct xlsx_merge {
	struct xlsx_range *items; /* owned */
	size_t n, cap;
	bool failed; /* out of memory */
	struct {
		size_t bottom; /* 0: none */
		struct buf text;
	} held[XLSX_COLUMNS_MAX]; /* what goes on below, by column */
};

void xlsx_merge_release(struct xlsx_merge *merge);
/* The column of "BC12": 54; the row goes to *row. */
size_t xlsx_place(const char *reference, size_t *row);
/* One merged range, "B3:B5"; those of one row are of no interest. */
void xlsx_merge_add(struct xlsx_merge *merge, const char *range);
/* When all are known, before the first cell. */
void xlsx_merge_ready(struct xlsx_merge *merge);
/* The text of a cell, which may be that of one above it. Rows must come from
 * top to bottom. */
const char *xlsx_merge_text(struct xlsx_merge *merge, size_t row, size_t column,
			    const char *text);
/* Whether a cell of this or a later column of the row has one above it. */
bool xlsx_merge_goes_on(const struct xlsx_merge *merge, size_t row,
			size_t column);

#endif
