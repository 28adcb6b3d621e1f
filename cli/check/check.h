/* check.h - what an office looks for before a reply goes out.
 * Each check has a stable name; all but totals and the calendar are functions
 * of the rows as they stand. Knows severities and order; prints nothing and
 * changes nothing.
 *
 * A check that asks for something an office may not keep at all (contacts,
 * measures, opinions of co-units) is a hint until the session has one such
 * row: a list taken from a newspaper says nothing of them. */
#ifndef TIAN_CLI_CHECK_H
#define TIAN_CLI_CHECK_H

#include <stdbool.h>
#include <stddef.h>

#include "core/replica/replica.h"

enum check_severity {
	CHECK_HINT,    /* worth a look, often fine */
	CHECK_WARNING, /* somebody should decide */
	CHECK_ERROR    /* must not go out like this */
};

struct check_finding {
	char *key;	   /* of the case; of the session for totals */
	const char *check; /* stable name */
	enum check_severity severity;
	char *message; /* in the user's language, no full stop */
	char *unit;    /* code of whom it concerns, or NULL */
	char *other;   /* the other case, or NULL */
};

struct check_list {
	struct check_finding *items; /* all owned */
	size_t n, cap;
	size_t count[CHECK_ERROR + 1]; /* by severity */
};

/* Runs every check over one case, or all with key NULL; by case, the gravest
 * first. check_list_release, also on error. */
int check_run(struct check_list *out, struct replica *replica, const char *key,
	      struct err *err);
void check_list_release(struct check_list *list);
/* "error", "warning", "hint": for programs. */
const char *check_severity_name(enum check_severity severity);

#endif
