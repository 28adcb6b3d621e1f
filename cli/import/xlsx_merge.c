/* xlsx_merge.c - cells of a sheet that are merged downwards.
 * Knows references of cells; knows no workbook. */
#include "cli/import/xlsx_merge.h"

#include <stdlib.h>
#include <string.h>

enum { RANGES_MAX = 1 << 20 }; /* more are passed over: their cells are empty */

void xlsx_merge_release(struct xlsx_merge *merge)
{
	for (size_t i = 0; i < XLSX_COLUMNS_MAX; i++)
		buf_release(&merge->held[i].text);
	free(merge->items);
	memset(merge, 0, sizeof(*merge));
}

size_t xlsx_place(const char *reference, size_t *row)
{
	size_t column = 0;

	for (; *reference >= 'A' && *reference <= 'Z' && column < 65536;
	     reference++)
		column = column * 26 + (size_t)(*reference - 'A') + 1;
	if (*reference >= '0' && *reference <= '9')
		*row = (size_t)strtoul(reference, NULL, 10);
	return column > 0 ? column - 1 : 0;
}

void xlsx_merge_add(struct xlsx_merge *merge, const char *text)
{
	const char *colon = text ? strchr(text, ':') : NULL;
	struct xlsx_range range = {0, 0, 0};

	if (!colon || merge->n == RANGES_MAX)
		return;
	range.column = xlsx_place(text, &range.top);
	xlsx_place(colon + 1, &range.bottom);
	if (range.top == 0 || range.bottom <= range.top ||
	    range.column >= XLSX_COLUMNS_MAX)
		return;
	if (merge->n == merge->cap) {
		size_t cap = merge->cap ? merge->cap * 2 : 64;
		struct xlsx_range *more =
			reallocarray(merge->items, cap, sizeof(*more));

		merge->failed = merge->failed || !more;
		if (!more)
			return;
		merge->items = more;
		merge->cap = cap;
	}
	merge->items[merge->n++] = range;
}

static int compare(const void *a, const void *b)
{
	const struct xlsx_range *x = a;
	const struct xlsx_range *y = b;

	if (x->top != y->top)
		return x->top < y->top ? -1 : 1;
	return x->column < y->column ? -1 : x->column > y->column;
}

void xlsx_merge_ready(struct xlsx_merge *merge)
{
	if (merge->n > 0)
		qsort(merge->items, merge->n, sizeof(*merge->items), compare);
}

const char *xlsx_merge_text(struct xlsx_merge *merge, size_t row, size_t column,
			    const char *text)
{
	const struct xlsx_range key = {column, row, 0};
	const struct xlsx_range *range = NULL;

	if (merge->n == 0 || column >= XLSX_COLUMNS_MAX)
		return text;
	range = bsearch(&key, merge->items, merge->n, sizeof(key), compare);
	if (range) {
		merge->held[column].bottom = range->bottom;
		buf_clear(&merge->held[column].text);
		buf_adds(&merge->held[column].text, text);
		merge->failed = merge->failed ||
				merge->held[column].text.failed;
		return text;
	}
	if (*text == '\0' && row <= merge->held[column].bottom)
		return buf_text(&merge->held[column].text);
	return text;
}

bool xlsx_merge_goes_on(const struct xlsx_merge *merge, size_t row,
			size_t column)
{
	for (; column < XLSX_COLUMNS_MAX; column++)
		if (row <= merge->held[column].bottom)
			return true;
	return false;
}
