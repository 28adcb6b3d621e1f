/* table.h - columns that line up where characters are two columns wide.
 * Knows widths and the terminal; knows no content. */
#ifndef TIAN_CLI_TABLE_H
#define TIAN_CLI_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "core/base/err.h"

struct table;

enum table_align { TABLE_LEFT, TABLE_RIGHT };

struct table_column {
	const char *title; /* translated; borrowed until the table is freed */
	enum table_align align;
	int shrinks; /* false, true: cut with … where the terminal is too
			narrow; TABLE_LAST: only when nothing else will do */
};

enum { TABLE_LAST = 2 };

/* NULL on out of memory; every call below takes NULL. */
struct table *table_new(const struct table_column *columns, size_t n);
void table_free(struct table *table);
/* One row of n cells, copied; NULL is an empty cell. Control characters are
 * shown as spaces. */
void table_add(struct table *table, const char *const *cells);
size_t table_rows(const struct table *table);
/* Nothing at all where there is no row; a column that is empty in all of them
 * is left out. 0, or -1 if memory or output failed. width 0: never cut. */
int table_print(const struct table *table, FILE *out, size_t width);

/* The same at the terminal's width; 0, or ERR_FAIL with words for people. */
int table_show(const struct table *table, FILE *out, struct err *err);
/* Columns of the terminal at stdout; 0 where it is none. */
size_t table_terminal_width(void);
/* Text wrapped at `width` columns, each line after `indent` spaces; CJK text
 * breaks between characters, but never before closing punctuation. Line
 * breaks of the text stay. width 0: not wrapped. */
void table_wrap(FILE *out, const char *text, size_t indent, size_t width);

#endif
