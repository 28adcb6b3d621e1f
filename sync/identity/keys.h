/* keys.h - a sorted set of short texts: case keys, site codes.
 * A bare value; knows nothing of what they name. */
#ifndef TIAN_SYNC_KEYS_H
#define TIAN_SYNC_KEYS_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/err.h"

/* Start with {0}. */
struct keys {
	char **items; /* owned, sorted, each once */
	size_t n;
	size_t cap;
};

void keys_release(struct keys *keys);
int keys_add(struct keys *keys, const char *text, size_t len, struct err *err);
bool keys_has(const struct keys *keys, const char *text, size_t len);

#endif
