/* definition_row.h - rows that say what others mean: definitions of fields,
 * codes. Written by the office, one row per command, as text per field.
 * Knows rows of the schema by name; knows neither command. */
#ifndef TIAN_CLI_DEFINITION_ROW_H
#define TIAN_CLI_DEFINITION_ROW_H

#include <stdbool.h>
#include <stddef.h>

#include "cli/cli.h"

enum { DEFINITION_ROW_FIELDS = 8 };

enum definition_verb { DEFINITION_ADD, DEFINITION_SET, DEFINITION_DROP };

struct definition_row {
	enum definition_verb verb;
	const char *entity; /* "field" or "code" */
	const char *key;    /* the row's */
	const char *reason; /* NULL: none; of a drop the row keeps it */
	bool may_be_new;    /* SET: the row is made where there is none */
	struct definition_value {
		const char *field;
		const char *text; /* as typed; NULL: left as it is */
	} values[DEFINITION_ROW_FIELDS];
	size_t n_values;
};

/* ERR_INPUT where this is no replica of the office. */
int definition_row_office(struct cli *cli, struct err *err);
/* Writes the row as one edit; *n changes were logged. A voided row that is
 * added again is there again. ERR_INPUT: added though it is there, or changed
 * though it is not; says what to do. */
int definition_row_commit(const struct definition_row *row, struct cli *cli,
			  size_t *n, struct err *err);

#endif
