/* assignment.h - one unit's part in a case: given, changed, taken back.
 * Knows handling rows and the session's terms; knows no event. */
#ifndef TIAN_CLI_ASSIGNMENT_H
#define TIAN_CLI_ASSIGNMENT_H

#include <stdbool.h>

#include "core/replica/replica.h"

struct assignment {
	const char *key;   /* the case */
	const char *unit;  /* its code */
	const char *role;  /* a code of list `role` */
	const char *due;   /* NULL: by the session's rule, where none is set */
	const char *today; /* 2022-06-30 */
};

/* Gives it, or changes what differs; *changed is only ever set to true. A
 * unit that was released starts anew. Between edit_begin and edit_commit. */
int assignment_give(struct replica *replica, const struct assignment *given,
		    bool *changed, struct err *err);
/* Takes it back: the row is voided, what the unit wrote is kept. */
int assignment_release(struct replica *replica, const char *key,
		       const char *unit, const char *reason, bool *changed,
		       struct err *err);

#endif
