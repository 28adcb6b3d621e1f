/* case.h - from what a person types to the key the replica uses.
 * Knows how cases, units and fields are named; edits nothing. Values are
 * value.h's. */
#ifndef TIAN_CLI_CASE_H
#define TIAN_CLI_CASE_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/buf.h"
#include "core/replica/replica.h"

/* CASE: a full key, a printed case number, or the bare number where it is
 * unique. Puts the key into *key. ERR_INPUT: none, or several (listed). */
int case_find(struct buf *key, struct replica *replica, const char *word,
	      struct err *err);
/* UNIT: a code, a name or an alias, the code into *code. ERR_INPUT: none
 * (similar ones are named) or several. */
int case_unit(struct buf *code, struct replica *replica, const char *word,
	      struct err *err);
/* The unit's name for people, its code where it has none. */
int case_unit_name(struct buf *name, struct replica *replica, const char *code,
		   struct err *err);

/* FIELD of a case: a proposal field, UNIT.FIELD, or a handling field alone
 * (at a unit: its own, before the proposal's of the same name, which is then
 * proposal.FIELD; at the office: of the only handling). Names are the
 * column's or the label's. */
struct case_cell {
	const struct entity *entity; /* borrowed from the schema */
	const struct field *field;
	struct buf row; /* row key */
	bool late_too;	/* set by the caller: a row that only late changes made
			   (core/merge/late.h) is found as well */
};
#define CASE_CELL_INIT                      \
	{                                   \
		NULL, NULL, BUF_INIT, false \
	}
int case_cell_find(struct case_cell *cell, struct replica *replica,
		   const char *key, const char *word, struct err *err);
void case_cell_release(struct case_cell *cell);
/* FIELD of any row, for conflicts outside of cases: `entity_row` is written
 * "unit/edu". ERR_INPUT if it is not. */
int case_cell_of_row(struct case_cell *cell, struct replica *replica,
		     const char *entity_row, const char *word, struct err *err);
/* ERR_INPUT where it is a field of a handling that was taken back. */
int case_cell_live(const struct case_cell *cell, struct replica *replica,
		   struct err *err);
/* FIELD as case_cell_find reads it: "title", "edu.draft",
 * "contact:edu/3f.result". */
void case_cell_path(struct buf *path, const struct replica *replica,
		    const struct entity *entity, const char *row,
		    const struct field *field);
/* The label of a cell: "承办 区教育局 拟定类别", or "案由" of the case itself.
 */
int case_cell_label(struct buf *label, struct replica *replica,
		    const struct entity *entity, const char *row,
		    const struct field *field, struct err *err);

#endif
