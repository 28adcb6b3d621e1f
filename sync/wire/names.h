/* names.h - short texts, numbered in the order they first came: case keys,
 * site codes. A bare value; knows nothing of what they name. */
#ifndef TIAN_SYNC_NAMES_H
#define TIAN_SYNC_NAMES_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/err.h"

/* Start with {0}. A text stays where it is as long as the names live. */
struct names {
	char **items; /* owned, each once */
	size_t n;
	size_t *slots; /* open addressing: index + 1, or 0 */
	size_t mask;   /* slots - 1; 0 while there are none */
};

void names_release(struct names *names);
/* *at (may be NULL) is its number, whether it is new or not. */
int names_add(size_t *at, struct names *names, const char *text, size_t len,
	      struct err *err);

/* Its number, n where it is none of them. */
size_t names_at(const struct names *names, const char *text, size_t len);

#endif
