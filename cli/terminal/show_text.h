/* show_text.h - a case as people read it on a terminal.
 * Knows layout; knows no single field. */
#ifndef TIAN_CLI_SHOW_TEXT_H
#define TIAN_CLI_SHOW_TEXT_H

#include <stdbool.h>
#include <stdio.h>

#include "core/base/buf.h"
#include "core/replica/replica.h"

/* Title, status, fields that hold something, rows by kind, conflicts. */
int show_text(FILE *out, struct replica *replica, const char *key, bool all,
	      struct err *err);
/* The status of a case in words, from the view. */
int show_status(struct buf *status, struct replica *replica, const char *key,
		struct err *err);

#endif
