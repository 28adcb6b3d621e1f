/* fresh.c - new objects that wait in memory to be written as one pack. */
#include "sync/git/fresh.h"

#include <stdlib.h>
#include <string.h>

void fresh_release(struct fresh *fresh)
{
	for (size_t i = 0; i < fresh->oids.n; i++)
		buf_release(&fresh->objects[i].bytes);
	oid_list_release(&fresh->oids);
	free(fresh->objects);
	free(fresh->slots);
	*fresh = (struct fresh){.n_slots = 0};
}

/* The slot that has it, or the free one where it would go. */
static uint32_t *slot_of(const struct fresh *fresh, const struct oid *oid)
{
	uint32_t hash;
	size_t at;

	memcpy(&hash, oid->bytes, sizeof(hash));
	for (at = hash;; at++) {
		uint32_t *slot = &fresh->slots[at & (fresh->n_slots - 1)];

		if (*slot == 0 || oid_equal(&fresh->oids.items[*slot - 1], oid))
			return slot;
	}
}

const struct fresh_object *fresh_find(const struct fresh *fresh,
				      const struct oid *oid)
{
	const uint32_t *slot = fresh->n_slots > 0 ? slot_of(fresh, oid) : NULL;

	return slot == NULL || *slot == 0 ? NULL : &fresh->objects[*slot - 1];
}

/* Half of the slots stay free. */
static int grow(struct fresh *fresh, struct err *err)
{
	size_t cap = fresh->cap > 0 ? fresh->cap * 2 : 16;
	struct fresh_object *objects =
		realloc(fresh->objects, cap * sizeof(*objects));
	uint32_t *slots = calloc(2 * cap, sizeof(*slots));

	if (objects != NULL)
		fresh->objects = objects;
	if (objects == NULL || slots == NULL) {
		free(slots);
		return err_nomem(err);
	}
	free(fresh->slots);
	fresh->slots = slots;
	fresh->n_slots = 2 * cap;
	fresh->cap = cap;
	for (size_t i = 0; i < fresh->oids.n; i++)
		*slot_of(fresh, &fresh->oids.items[i]) = (uint32_t)i + 1;
	return 0;
}

int fresh_add(struct fresh *fresh, const struct oid *oid, enum object_kind kind,
	      const void *bytes, size_t len, struct err *err)
{
	struct buf copy = BUF_INIT;
	int rc = fresh->oids.n == fresh->cap ? grow(fresh, err) : 0;

	buf_add(&copy, bytes, len);
	if (rc == 0)
		rc = buf_check(&copy, err);
	if (rc == 0 && !oid_list_add(&fresh->oids, oid))
		rc = err_nomem(err);
	if (rc < 0) {
		buf_release(&copy);
		return rc;
	}
	fresh->objects[fresh->oids.n - 1] = (struct fresh_object){kind, copy};
	*slot_of(fresh, oid) = (uint32_t)fresh->oids.n;
	return 0;
}
