/* next.h - what comes next in a case, for the site that looks at it.
 * Knows the commands by name and what each state asks for; takes no step. */
#ifndef TIAN_CLI_NEXT_H
#define TIAN_CLI_NEXT_H

#include <stdio.h>

#include "cli/terminal/json_out.h"
#include "core/replica/replica.h"

/* "  next: tian receive 1-1-014   take it on", one line each; what is waited
 * for where there is nothing to do here. Nothing for a case that is closed. */
int next_text(FILE *out, struct replica *replica, const char *key,
	      struct err *err);
/* The same as "next": [{command, text}], command null where one waits. */
int next_json(struct json_out *json, struct replica *replica, const char *key,
	      struct err *err);

#endif
