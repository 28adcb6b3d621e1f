/* value.h - a field's value as people type and read it.
 * Knows types, code lists and dates; knows no row. */
#ifndef TIAN_CLI_VALUE_H
#define TIAN_CLI_VALUE_H

#include "core/base/buf.h"
#include "core/log/change.h"
#include "core/replica/replica.h"

enum { VALUE_DATE_SIZE = 11, VALUE_TIME_SIZE = 32 };

/* A value as typed, checked and made what the field holds (codes by code,
 * label or alias; dates of any usual form; units by name). Empty is NULL.
 * *out points into `made`. ERR_INPUT says what is wrong. */
int value_read(struct value *out, struct buf *made, struct replica *replica,
	       const struct field *field, const char *text, struct err *err);
/* 2022-06-30, 2022年6月30日, 2022/6/30, 2022.6.30 to 2022-06-30; ERR_INPUT
 * for what is no date or no day of the calendar. */
int value_read_date(char out[VALUE_DATE_SIZE], const char *text,
		    struct err *err);
/* Text of a letter: checked UTF-8, without BOM, CRLF or line ends behind it.
 */
int value_read_long(struct buf *out, const char *text, size_t len,
		    struct err *err);
/* Appends a field's value for people: labels for codes, yes/no, names for
 * units, local time. Nothing for NULL. field NULL: as it is. */
int value_show(struct buf *out, struct replica *replica,
	       const struct field *field, const struct value *value,
	       struct err *err);
/* Appends a code's label in the user's language, the code if unknown. */
int value_show_code(struct buf *out, struct replica *replica, const char *list,
		    const char *code, struct err *err);
/* A hybrid clock stamp in the user's time zone, 2022-06-30 09:15. */
void value_show_clock(char out[VALUE_TIME_SIZE], uint64_t clock);
/* The same stamp for programs: 2022-06-30T01:15:00.123Z. */
void value_clock_utc(char out[VALUE_TIME_SIZE], uint64_t clock);

#endif
