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

/* Its heading, and how wide it is best shown, in columns of half width. */
const char *publish_column_name(enum publish_column column);
int publish_column_width(enum publish_column column);
/* Replaces *out with what stands in that column. Where several units reply,
 * each text stands under a line `name：`, and classes, numbers and dates are
 * written `name：A；name：B`. */
void publish_cell(struct buf *out, const struct publication *publication,
		  const struct publish_case *one, enum publish_column column);

#endif
