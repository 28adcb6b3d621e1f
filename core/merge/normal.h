/* normal.h - the form in which values are kept and compared, and whether a
 * field may hold one. Knows types; knows no writer and no policy. */
#ifndef TIAN_CORE_NORMAL_H
#define TIAN_CORE_NORMAL_H

#include "core/base/buf.h"
#include "core/log/change.h"
#include "core/replica/replica.h"

/* Text in NFC, trimmed unless it is long; set members trimmed, each once;
 * empty text is no value. Ill-formed bytes become U+FFFD: plain SQL can write
 * them and nothing may be lost for it. *out borrows `bytes` or `in`. `field`
 * may be NULL. */
int normal_value(struct value *out, struct buf *bytes,
		 const struct field *field, const struct value *in,
		 struct err *err);
/* Whether the value has the storage type of the field. */
bool normal_fits(const struct field *field, const struct value *value);
/* Whether the value is one the field may hold: type, calendar, code list. */
int normal_allowed(bool *out, struct replica *replica,
		   const struct field *field, const struct value *value,
		   struct err *err);
/* A calendar date `2022-06-30`. */
bool normal_date(const char *text, size_t len);

#endif
