/* publish_table.h - the publication as rows and columns, for CSV and XLSX.
 * Knows which cell says what; knows no file format. Our own import reads such
 * a table back. */
#ifndef TIAN_CLI_PUBLISH_TABLE_H
#define TIAN_CLI_PUBLISH_TABLE_H

#include "cli/publish/publish.h"

enum publish_column {
	PUBLISH_NUMBER,
	PUBLISH_TITLE,
	PUBLISH_SECTOR,
	PUBLISH_SPONSORS,
	PUBLISH_KIND,
	PUBLISH_CATEGORY,
	PUBLISH_KEY,
	PUBLISH_LEADERS,
	PUBLISH_MAIN,
	PUBLISH_SPLIT,
	PUBLISH_CO,
	PUBLISH_DUE,
	PUBLISH_CLASS,
	PUBLISH_DOC_NO,
	PUBLISH_SIGNED,
	PUBLISH_REPLY,
	PUBLISH_COLUMNS
};

/* How many there are: those above, then one for each field that the office
 * has added and publishes. */
size_t publish_columns(const struct publication *publication);
/* Replaces *out with a column's heading; no two are alike. */
void publish_heading(struct buf *out, const struct publication *publication,
		     size_t column);
/* How wide it is best shown, in columns of half width. */
int publish_column_width(size_t column);
/* Replaces *out with what stands in that column. Where several units reply,
 * each text stands under a line `name：`, and classes, numbers, dates and
 * added fields are written `name：A；name：B`. */
void publish_cell(struct buf *out, const struct publication *publication,
		  const struct publish_case *one, size_t column);

#endif
