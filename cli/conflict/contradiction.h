/* contradiction.h - rows that contradict each other, told like a conflict: as
 * JSON and as text for people. Knows the view `contradiction`; settles none.
 *
 * A conflict has two values in one cell; here each cell has one, and two rows
 * cannot both stand: a reply given by who asked to be released, two reviews
 * of one reply, two main units. */
#ifndef TIAN_CLI_CONTRADICTION_H
#define TIAN_CLI_CONTRADICTION_H

#include <stdio.h>

#include "cli/terminal/json_out.h"
#include "core/replica/replica.h"

struct contradiction {
	const char *key;    /* the case */
	const char *rule;   /* as the view names it */
	const char *entity; /* of both rows */
	const char *field;  /* where they contradict each other */
	const char *rows[2];
};
typedef int contradiction_fn(const struct contradiction *contradiction,
			     void *ctx, struct err *err);

/* Of a case, or all (key NULL), by case. Borrowed for the call. */
int contradiction_each(struct replica *replica, const char *key,
		       contradiction_fn *fn, void *ctx, struct err *err);
/* How many a person must settle; they count with the hard conflicts. */
int contradiction_count(size_t *n, struct replica *replica, struct err *err);
/* {case, entity, row, field, path, severity: "hard", rule, shown, heads,
 * base}: heads are the two rows' values, each with its row. */
int contradiction_json(struct json_out *json, struct replica *replica,
		       const struct contradiction *contradiction,
		       struct err *err);
/* What contradicts what, who wrote each, and how to settle it. */
int contradiction_text(FILE *out, struct replica *replica,
		       const struct contradiction *contradiction,
		       struct err *err);

#endif
