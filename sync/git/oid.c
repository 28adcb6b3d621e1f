/* oid.c - names of git objects, and sets of them. */
#include "sync/git/oid.h"

#include <stdlib.h>
#include <string.h>

bool oid_is_zero(const struct oid *oid)
{
	static const struct oid zero;

	return memcmp(oid, &zero, sizeof(zero)) == 0;
}

bool oid_equal(const struct oid *a, const struct oid *b)
{
	return memcmp(a, b, sizeof(*a)) == 0;
}

void oid_format(char out[OID_TEXT], const struct oid *oid)
{
	static const char hex[] = "0123456789abcdef";

	for (size_t i = 0; i < OID_SIZE; i++) {
		out[2 * i] = hex[oid->bytes[i] >> 4];
		out[2 * i + 1] = hex[oid->bytes[i] & 15];
	}
	out[OID_TEXT - 1] = '\0';
}

static int nibble(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool oid_parse(struct oid *out, const char *text, size_t len)
{
	if (len < OID_TEXT - 1)
		return false;
	for (size_t i = 0; i < OID_SIZE; i++) {
		int high = nibble(text[2 * i]);
		int low = high < 0 ? -1 : nibble(text[2 * i + 1]);

		if (low < 0)
			return false;
		out->bytes[i] = (uint8_t)(high << 4 | low);
	}
	return true;
}

void oid_set_release(struct oid_set *set)
{
	free(set->slots);
	*set = (struct oid_set){NULL, 0, 0};
}

/* The slot that holds it, or the free one where it would go. */
static size_t find_slot(const struct oid_set *set, const struct oid *oid)
{
	size_t at;

	memcpy(&at, oid->bytes, sizeof(at)); /* hashes are spread already */
	for (at &= set->cap - 1;; at = (at + 1) & (set->cap - 1))
		if (oid_is_zero(&set->slots[at]) ||
		    oid_equal(&set->slots[at], oid))
			return at;
}

static bool set_grow(struct oid_set *set)
{
	struct oid_set bigger = {NULL, set->cap != 0 ? set->cap * 2 : 64, 0};

	bigger.slots = calloc(bigger.cap, sizeof(*bigger.slots));
	if (bigger.slots == NULL)
		return false;
	for (size_t i = 0; i < set->cap; i++)
		if (!oid_is_zero(&set->slots[i]))
			bigger.slots[find_slot(&bigger, &set->slots[i])] =
				set->slots[i];
	bigger.n = set->n;
	free(set->slots);
	*set = bigger;
	return true;
}

bool oid_set_has(const struct oid_set *set, const struct oid *oid)
{
	return set->n > 0 && oid_equal(&set->slots[find_slot(set, oid)], oid);
}

int oid_set_add(struct oid_set *set, const struct oid *oid)
{
	size_t at;

	if ((set->n + 1) * 2 > set->cap && !set_grow(set))
		return -1;
	at = find_slot(set, oid);
	if (oid_equal(&set->slots[at], oid))
		return 0;
	set->slots[at] = *oid;
	set->n++;
	return 1;
}

void oid_list_release(struct oid_list *list)
{
	free(list->items);
	*list = (struct oid_list){NULL, 0, 0};
}

bool oid_list_add(struct oid_list *list, const struct oid *oid)
{
	if (list->n == list->cap) {
		size_t cap = list->cap != 0 ? list->cap * 2 : 16;
		struct oid *items = realloc(list->items, cap * sizeof(*items));

		if (items == NULL)
			return false;
		list->items = items;
		list->cap = cap;
	}
	list->items[list->n++] = *oid;
	return true;
}
