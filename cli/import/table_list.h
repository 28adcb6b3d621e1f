/* table_list.h - a table of proposals, row by row, read as a list.
 * Knows headings and what each column fills in; knows no file format.
 *
 * The header row is the first that names at least two known columns, in any
 * order and by any usual name (案号, 案由, 界别, 主办单位, 会办单位, 办理结果,
 * 答复正文 …); rows above it are titles, and a second row of headings below it
 * goes on with it. Totals and remarks below the table are passed over. */
#ifndef TIAN_CLI_TABLE_LIST_H
#define TIAN_CLI_TABLE_LIST_H

#include <stdbool.h>
#include <stddef.h>

#include "cli/import/record.h"
#include "core/base/err.h"

enum table_list_column {
	TABLE_NUMBER,
	TABLE_SECTOR,
	TABLE_TITLE,
	TABLE_BODY,
	TABLE_SPONSORS,
	TABLE_MAIN,
	TABLE_SPLIT,
	TABLE_CO,
	TABLE_CLASS,
	TABLE_REPLY,
	TABLE_KEY,
	TABLE_DOC_NO,
	TABLE_REPLIED_ON,
	TABLE_DUE,
	TABLE_CATEGORY,
	TABLE_KIND,
	TABLE_LEADERS,
	TABLE_LED,
	TABLE_SUPERVISED,
	TABLE_COLUMNS
};

/* What a heading means, where the usual names do not fit: "标题=title". The
 * field is one of the names table_list_fields gives; "-" is none. Borrowed. */
struct table_map {
	const char *const *items;
	size_t n;
};
/* ERR_USAGE for an item that is not HEADING=FIELD. */
int table_map_check(const struct table_map *map, struct err *err);
/* The fields there are: "number, title, …". */
const char *table_list_fields(void);

struct table_list;

/* `map` may be NULL. *out is freed with table_list_free. */
int table_list_new(struct table_list **out, struct record_list *list,
		   const struct table_map *map, struct err *err);
void table_list_free(struct table_list *table); /* NULL is fine */
/* The next cell of the row that is open. */
void table_list_cell(struct table_list *table, const char *text, size_t len);
/* The row is complete; it began at `line`. ERR_INPUT: no header row among
 * the first ones. */
int table_list_row(struct table_list *table, size_t line, struct err *err);
/* Forgets the cells of the row that is open. */
void table_list_drop(struct table_list *table);
bool table_list_has_header(const struct table_list *table);
/* ERR_INPUT where no header row came at all. */
int table_list_end(struct table_list *table, struct err *err);
/* Names a line that is not taken, and why. */
int table_list_refuse(struct table_list *table, size_t line, const char *why,
		      struct err *err);

#endif
