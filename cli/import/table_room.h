/* table_room.h - a table being read as its own files see it. Not for others. */
#ifndef TIAN_CLI_TABLE_ROOM_H
#define TIAN_CLI_TABLE_ROOM_H

#include "cli/import/scan.h"
#include "cli/import/table_list.h"
#include "core/base/buf.h"

enum { TABLE_CELLS_MAX = 128 };

/* Texts of one row, each terminated. */
struct table_row {
	struct buf text;
	size_t start[TABLE_CELLS_MAX]; /* where each begins in `text` */
	size_t n;		       /* cells, perhaps more than are kept */
};

struct table_list {
	struct record_list *list;
	const struct table_map *map;
	struct table_row row;  /* the one that is open */
	size_t line;	       /* at which it began */
	struct table_row head; /* the header row; none yet: has_header */
	size_t head_line;
	bool has_header;
	bool head_open;		    /* no row came after it: a second one may */
	int at[TABLE_COLUMNS];	    /* cell index of each column, or -1 */
	char *names[TABLE_COLUMNS]; /* as the header prints them, owned */
	size_t rows_before;	    /* title rows above the header */
};

/* table_list.c: cells and places. */

void table_row_add(struct table_row *row, struct scan cell);
struct scan table_row_cell(const struct table_row *row, size_t index);
/* Of the open row. */
struct scan table_cell(const struct table_list *table, size_t index);
/* The cell of a column, empty where the table has none. */
struct scan table_column(const struct table_list *table,
			 enum table_list_column which);
bool table_empty(struct scan scan);
struct record_about table_about(const struct table_list *table, long record,
				unsigned parts);
/* The same of a column: where in the row it stands. */
struct record_about table_about_column(const struct table_list *table,
				       enum table_list_column which,
				       unsigned parts);

/* table_header.c: what each column is. */

/* Looks whether the open row is the header row, and takes it. ERR_INPUT: too
 * many rows that are not. */
int table_header_read(struct table_list *table, struct err *err);
/* At the row behind the header: *taken where that is a second row of it, with
 * 主办 and 会办 below 承办单位. Names columns that are not taken. */
int table_header_close(bool *taken, struct table_list *table, struct err *err);

/* table_record.c: the open row as a record. */

int table_record_fill(struct table_list *table, struct record *record,
		      struct err *err);
/* A title within its own 《》, and nothing beside, is what they hold. */
struct scan table_title(struct scan title);

#endif
