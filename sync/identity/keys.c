/* keys.c - a sorted set of short texts. */
#include "sync/identity/keys.h"

#include <stdlib.h>
#include <string.h>

void keys_release(struct keys *keys)
{
	for (size_t i = 0; i < keys->n; i++)
		free(keys->items[i]);
	free(keys->items);
	*keys = (struct keys){NULL, 0, 0};
}

static int compare(const char *item, const char *text, size_t len)
{
	int order = strncmp(item, text, len);

	return order != 0 ? order : item[len] != '\0';
}

/* Where it stands, or would stand. */
static size_t find(const struct keys *keys, const char *text, size_t len)
{
	size_t low = 0;
	size_t high = keys->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare(keys->items[middle], text, len) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

bool keys_has(const struct keys *keys, const char *text, size_t len)
{
	size_t at = find(keys, text, len);

	return at < keys->n && compare(keys->items[at], text, len) == 0;
}

int keys_add(struct keys *keys, const char *text, size_t len, struct err *err)
{
	size_t at = find(keys, text, len);
	char *copy;

	if (at < keys->n && compare(keys->items[at], text, len) == 0)
		return 0;
	if (keys->n == keys->cap) {
		size_t cap = keys->cap != 0 ? keys->cap * 2 : 16;
		char **items = realloc(keys->items, cap * sizeof(*items));

		if (items == NULL)
			return err_nomem(err);
		keys->items = items;
		keys->cap = cap;
	}
	copy = strndup(text, len);
	if (copy == NULL)
		return err_nomem(err);
	memmove(keys->items + at + 1, keys->items + at,
		(keys->n - at) * sizeof(*keys->items));
	keys->items[at] = copy;
	keys->n++;
	return 0;
}
