/* names.c - short texts, numbered in the order they first came. */
#include "sync/wire/names.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_SLOTS = 64 };

void names_release(struct names *names)
{
	for (size_t i = 0; i < names->n; i++)
		free(names->items[i]);
	free(names->items);
	free(names->slots);
	*names = (struct names){NULL, 0, NULL, 0};
}

static size_t hash(const char *text, size_t len)
{
	uint64_t hash = 0xcbf29ce484222325ULL; /* FNV-1a */

	for (size_t i = 0; i < len; i++)
		hash = (hash ^ (unsigned char)text[i]) * 0x100000001b3ULL;
	return (size_t)(hash ^ hash >> 32);
}

/* The slot that holds a text, or the free one where it belongs. */
static size_t find(const struct names *names, const char *text, size_t len)
{
	size_t at = hash(text, len) & names->mask;

	for (; names->slots[at] != 0; at = (at + 1) & names->mask) {
		const char *item = names->items[names->slots[at] - 1];

		if (strncmp(item, text, len) == 0 && item[len] == '\0')
			break;
	}
	return at;
}

/* Room for one more: half of the slots stay free. Texts and slots grow
 * together. */
static int grow(struct names *names, struct err *err)
{
	size_t n = names->slots == NULL ? FIRST_SLOTS : names->mask + 1;
	char **items;
	size_t *slots;

	if (names->slots != NULL && names->n < n / 2)
		return 0;
	n = names->slots == NULL ? n : n * 2;
	items = realloc(names->items, n / 2 * sizeof(*items));
	if (items == NULL)
		return err_nomem(err);
	names->items = items;
	slots = calloc(n, sizeof(*slots));
	if (slots == NULL)
		return err_nomem(err);
	free(names->slots);
	names->slots = slots;
	names->mask = n - 1;
	for (size_t i = 0; i < names->n; i++)
		slots[find(names, items[i], strlen(items[i]))] = i + 1;
	return 0;
}

int names_add(size_t *at, struct names *names, const char *text, size_t len,
	      struct err *err)
{
	size_t slot;
	char *copy;
	int rc = grow(names, err);

	if (rc < 0)
		return rc;
	slot = find(names, text, len);
	if (names->slots[slot] == 0) {
		copy = strndup(text, len);
		if (copy == NULL)
			return err_nomem(err);
		names->items[names->n++] = copy;
		names->slots[slot] = names->n;
	}
	if (at != NULL)
		*at = names->slots[slot] - 1;
	return 0;
}

size_t names_at(const struct names *names, const char *text, size_t len)
{
	size_t number =
		names->slots != NULL ? names->slots[find(names, text, len)] : 0;

	return number > 0 ? number - 1 : names->n;
}
