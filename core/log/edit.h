/* edit.h - a person's edit as one transaction: plain INSERT and UPDATE on the
 * domain tables, captured by the triggers, signed off with author and reason.
 * Knows transactions and capture; knows no policy. */
#ifndef TIAN_CORE_EDIT_H
#define TIAN_CORE_EDIT_H

#include <stddef.h>

#include "core/replica/replica.h"

struct edit_cell {
	const char *entity; /* table name */
	const char *row;    /* row key */
	const char *field;  /* column name */
};

/* Takes the write lock and logs what plain SQL left pending. From here to
 * edit_commit or edit_rollback the triggers are on for this connection, and
 * only then: an edit outside would not be logged. */
int edit_begin(struct replica *replica, struct err *err);
/* Signs what was captured since edit_begin with author (NULL: the replica's)
 * and reason (NULL: none), logs it, commits. *n_changes may be NULL. On error
 * everything is rolled back. */
int edit_commit(struct replica *replica, const char *author, const char *reason,
		size_t *n_changes, struct err *err);
void edit_rollback(struct replica *replica);
/* A decision: writes `value` naming all heads of the cell as bases, even
 * where the shown value stays the same. Between edit_begin and edit_commit.
 * ERR_MISSING: no such row; ERR_INPUT: this site may not write it. */
int edit_decide(struct replica *replica, const struct edit_cell *cell,
		const struct value *value, struct err *err);

#endif
