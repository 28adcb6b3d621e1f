/* row.h - reading and writing one field of one row by names of the schema.
 * Plain SQL on the domain tables, so the triggers capture it like anybody's
 * edit. Knows tables as data; knows no proposal. */
#ifndef TIAN_CLI_ROW_H
#define TIAN_CLI_ROW_H

#include <stdbool.h>

#include "core/base/buf.h"
#include "core/log/change.h"
#include "core/replica/replica.h"

/* The value of a cell; TEXT and BLOB point into `held` (cleared first).
 * VALUE_NULL where the row or value is absent; *exists (may be NULL) says
 * whether the row is there, voided or not. */
int row_get(struct value *out, struct buf *held, bool *exists,
	    struct replica *replica, const struct entity *entity,
	    const char *row, const struct field *field, struct err *err);
/* Writes a value where it differs; ERR_MISSING: no such row. *changed may be
 * NULL; it is only ever set to true. Between edit_begin and edit_commit. */
int row_set(struct replica *replica, const struct entity *entity,
	    const char *row, const struct field *field,
	    const struct value *value, bool *changed, struct err *err);
/* By names, which must be of the schema; `text` NULL is NULL. */
int row_set_text(struct replica *replica, const char *entity, const char *row,
		 const char *field, const char *text, bool *changed,
		 struct err *err);
int row_set_int(struct replica *replica, const char *entity, const char *row,
		const char *field, int64_t number, bool *changed,
		struct err *err);
/* Adds the row where it is absent; *added may be NULL. A voided row stays
 * voided. */
int row_add(struct replica *replica, const struct entity *entity,
	    const char *row, bool *added, struct err *err);

/* A whole row as it stands. Borrowed for the call. */
struct row_values {
	const struct entity *entity;
	const char *row;	    /* its key */
	const char *keys[4];	    /* the key's columns */
	const struct value *values; /* one per field, in the schema's order */
};
typedef int row_fn(const struct row_values *row, void *ctx, struct err *err);
/* Every row of a case's entity (or of the case itself), voided ones too, by
 * time where the entity has one, and key. fn's non-zero result ends it and is returned. */
int row_each(struct replica *replica, const struct entity *entity,
	     const char *key, row_fn *fn, void *ctx, struct err *err);
/* A row's value by the field's name; NULL where the schema has no such. */
const struct value *row_value(const struct row_values *row, const char *name);
/* Its text, "" for none; borrowed, terminated. */
const char *row_text(const struct row_values *row, const char *name);
bool row_is_void(const struct row_values *row);

#endif
