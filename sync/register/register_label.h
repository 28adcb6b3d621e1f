/* register_label.h - values as people read them: codes by their label, units
 * by their name. Inside sync/, for the register.
 * Knows unit and code rows; no line and no YAML. All append to *out. */
#ifndef TIAN_SYNC_REGISTER_LABEL_H
#define TIAN_SYNC_REGISTER_LABEL_H

#include "core/base/buf.h"
#include "core/replica/replica.h"

/* Runs a query of one or two (b not NULL) values that gives at most one row
 * of one text; *found is false where it gives none, or an empty one. */
int register_label_found(struct buf *out, bool *found, struct db *db,
			 const char *sql, const struct value *a,
			 const struct value *b, struct err *err);
/* `区教育局`, or the code of a unit that has no name here. */
int register_label_site(struct buf *out, struct replica *replica,
			const char *code, size_t len, struct err *err);
/* `区教育局 (edu)`. */
int register_label_unit(struct buf *out, struct replica *replica,
			const char *code, size_t len, struct err *err);
/* Yes or no where the field holds that, else digits; `field` may be NULL. */
void register_label_number(struct buf *out, const struct field *field,
			   int64_t number);
/* A VALUE_TEXT; `field` may be NULL. */
int register_label_text(struct buf *out, struct replica *replica,
			const struct field *field, const struct value *value,
			struct err *err);

#endif
