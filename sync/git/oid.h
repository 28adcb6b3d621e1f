/* oid.h - names of git objects (SHA-1), and sets of them.
 * A bare value; knows no repository. */
#ifndef TIAN_SYNC_OID_H
#define TIAN_SYNC_OID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { OID_SIZE = 20, OID_TEXT = 2 * OID_SIZE + 1 };

struct oid {
	uint8_t bytes[OID_SIZE];
};

/* All zero: no object, in refs "absent". */
bool oid_is_zero(const struct oid *oid);
bool oid_equal(const struct oid *a, const struct oid *b);
void oid_format(char out[OID_TEXT], const struct oid *oid);
/* Exactly 40 lower-case hexadecimal digits from `text`, whatever follows;
 * false otherwise. */
bool oid_parse(struct oid *out, const char *text, size_t len);

/* A growing set; start with {0}. */
struct oid_set {
	struct oid *slots; /* owned; zero slots are free */
	size_t cap;	   /* a power of two, or 0 */
	size_t n;
};

void oid_set_release(struct oid_set *set);
bool oid_set_has(const struct oid_set *set, const struct oid *oid);
/* 1 if it is new, 0 if it was there, -1 out of memory. */
int oid_set_add(struct oid_set *set, const struct oid *oid);

/* A growing list; start with {0}. */
struct oid_list {
	struct oid *items; /* owned */
	size_t n;
	size_t cap;
};

void oid_list_release(struct oid_list *list);
/* False: out of memory. */
bool oid_list_add(struct oid_list *list, const struct oid *oid);

#endif
