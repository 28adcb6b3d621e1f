/* deadline.h - the dates of a case, each with the rule that made it.
 * Knows the view `deadline` and the rules of schemas/lifecycle.md; sets no
 * date. */
#ifndef TIAN_CLI_DEADLINE_H
#define TIAN_CLI_DEADLINE_H

#include <stdio.h>

#include "cli/terminal/json_out.h"
#include "core/replica/replica.h"

/* A heading and one line for each date: "区教育局 reply due 2022-06-30: 3
 * months from assignment on 2022-03-30 (rule 3)". Nothing where none is. */
int deadline_text(FILE *out, struct replica *replica, const char *key,
		  struct err *err);
/* "deadlines": [{unit, kind, due, rule, start, amount, done, late, text}];
 * late where the date is past and the thing not done. */
int deadline_json(struct json_out *json, struct replica *replica,
		  const char *key, struct err *err);

/* What made a date, by its rule in the view: "3 months from assignment on
 * 2022-03-30 (rule 3)". */
void deadline_rule(struct buf *out, int rule, const char *start,
		   long long amount);

#endif
