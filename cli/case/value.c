/* value.c - reading and showing values.
 * Knows types, code lists and dates; knows no row. */
#include "cli/case/value.h"

#include <ctype.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "cli/case/case.h"
#include "cli/terminal/message.h"
#include "cli/import/scan.h"
#include "core/base/db.h"
#include "core/base/utf8.h"

static const char SQL_CODE[] =
	"SELECT code FROM code WHERE list = ?1 AND void IS NOT 1 AND"
	" (code = ?2 COLLATE NOCASE OR zh = ?2 OR en = ?2 COLLATE NOCASE OR"
	"  instr('、' || aliases || '、', '、' || ?2 || '、') > 0)"
	" ORDER BY code = ?2 DESC, rank LIMIT 1";
static const char SQL_CODES[] =
	"SELECT group_concat(c, '、') FROM (SELECT code || ' (' || zh || ')'"
	" AS c FROM code WHERE list = ?1 AND void IS NOT 1 ORDER BY rank)";
static const char SQL_LABEL[] =
	"SELECT zh, en FROM code WHERE list = ?1 AND code = ?2";

/* White space of both scripts at the ends is never meant. */
static void trim(const char **text, size_t *len)
{
	static const char wide[] = "\xe3\x80\x80"; /* U+3000 */
	const char *at = *text;
	size_t n = *len;

	for (;;) {
		if (n > 0 && isspace((unsigned char)*at)) {
			at++;
			n--;
		} else if (n >= 3 && memcmp(at, wide, 3) == 0) {
			at += 3;
			n -= 3;
		} else {
			break;
		}
	}
	for (;;) {
		if (n > 0 && isspace((unsigned char)at[n - 1]))
			n--;
		else if (n >= 3 && memcmp(at + n - 3, wide, 3) == 0)
			n -= 3;
		else
			break;
	}
	*text = at;
	*len = n;
}

int value_read_long(struct buf *out, const char *text, size_t len,
		    struct err *err)
{
	if (!utf8_valid(text, len))
		return err_set(err, ERR_INPUT,
			       _("the text is not UTF-8; save it as UTF-8 and "
				 "try again"));
	if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
		text += 3;
		len -= 3;
	}
	for (size_t i = 0; i < len; i++) {
		if (text[i] != '\r')
			buf_addc(out, text[i]);
		else if (i + 1 == len || text[i + 1] != '\n')
			buf_addc(out, '\n');
	}
	while (out->len > 0 && out->data[out->len - 1] == '\n')
		out->data[--out->len] = '\0';
	if (out->len > CHANGE_VALUE_MAX)
		return err_set(err, ERR_INPUT,
			       _("the text is larger than %d MiB"),
			       CHANGE_VALUE_MAX >> 20);
	return buf_check(out, err);
}

static bool days_exist(int year, int month, int day)
{
	static const int days[] = {31, 29, 31, 30, 31, 30,
				   31, 31, 30, 31, 30, 31};

	if (month < 1 || month > 12 || day < 1 || day > days[month - 1])
		return false;
	return month != 2 || day < 29 ||
	       (year % 4 == 0 && (year % 100 != 0 || year % 400 == 0));
}

/* Reads a number of at most `digits` digits; the place behind it, or NULL. */
static const char *read_number(int *out, const char *at, int digits)
{
	int n = 0;

	*out = 0;
	while (*at == ' ')
		at++;
	for (; n < digits && isdigit((unsigned char)*at); n++)
		*out = *out * 10 + (*at++ - '0');
	return n > 0 ? at : NULL;
}

static const char *skip_one_of(const char *at, const char *const *marks)
{
	while (*at == ' ')
		at++;
	for (; *marks; marks++)
		if (strncmp(at, *marks, strlen(*marks)) == 0)
			return at + strlen(*marks);
	return NULL;
}

enum { DATE_TYPED = 64 };

/* A run of Chinese numerals as digits: 二〇二三 is 2023, 二十一 is 21. */
static bool numeral(char *out, size_t size, struct scan *scan)
{
	static const char *const words[] = {"〇", "一", "二", "三", "四", "五",
					    "六", "七", "八", "九", "零", "○"};
	const size_t n_words = sizeof(words) / sizeof(words[0]);
	struct scan ahead = *scan;
	unsigned number;
	size_t n = 0;

	for (size_t i = 0; i < n_words && n + 1 < size; i++) {
		if (!scan_word(&ahead, words[i]))
			continue;
		out[n++] = (char)('0' + i % 10);
		i = SIZE_MAX; /* the next one, from the first word on */
	}
	out[n] = '\0';
	if (scan_word(&ahead, "十")) {
		if (!scan_ordinal(scan, &number))
			return false;
		snprintf(out, size, "%u", number);
		return true;
	}
	if (n > 0)
		*scan = ahead;
	return n > 0;
}

/* As people type it, in half width and in digits. */
static bool plain_date(char out[DATE_TYPED], const char *typed)
{
	struct scan scan = scan_trim(scan_text(typed));
	size_t n = 0;

	while (scan.at < scan.end && n + 16 < DATE_TYPED) {
		const char *from = scan.at;
		int code;

		if (numeral(out + n, DATE_TYPED - n, &scan)) {
			n += strlen(out + n);
			continue;
		}
		code = scan_take(&scan);
		if (code > 0 && code < 0x80) {
			out[n++] = (char)code;
		} else {
			memcpy(out + n, from, (size_t)(scan.at - from));
			n += (size_t)(scan.at - from);
		}
	}
	out[n] = '\0';
	return scan.at == scan.end;
}

static bool split_date(const char *typed, int *year, int *month, int *day)
{
	static const char *const years[] = {"年", "-", "/", ".", NULL};
	static const char *const months[] = {"月", "-", "/", ".", NULL};
	char text[DATE_TYPED];
	const char *at;

	if (!plain_date(text, typed))
		return false;
	at = read_number(year, text, 4);
	if (at && isdigit((unsigned char)*at) && at - text == 4) {
		/* 20220630 */
		at = read_number(month, at, 2);
		at = at ? read_number(day, at, 2) : NULL;
		return at && !*at;
	}
	at = at ? skip_one_of(at, years) : NULL;
	at = at ? read_number(month, at, 2) : NULL;
	at = at ? skip_one_of(at, months) : NULL;
	at = at ? read_number(day, at, 2) : NULL;
	if (!at)
		return false;
	while (*at == ' ')
		at++;
	return *at == '\0' || strcmp(at, "日") == 0 || strcmp(at, "号") == 0;
}

int value_read_date(char out[VALUE_DATE_SIZE], const char *text,
		    struct err *err)
{
	int year, month, day;

	if (!split_date(text, &year, &month, &day) || year < 1000)
		return err_set(err, ERR_INPUT,
			       _("'%s' is no date; write it like 2022-06-30 "
				 "or 2022年6月30日"),
			       text);
	if (!days_exist(year, month, day))
		return err_set(err, ERR_INPUT,
			       _("'%s' is no day of the calendar"), text);
	/* The remainders only tell the compiler how wide they are. */
	snprintf(out, VALUE_DATE_SIZE, "%04u-%02u-%02u", (unsigned)year % 10000,
		 (unsigned)month % 100, (unsigned)day % 100);
	return 0;
}

/* "2022-06-30T09:15:00Z" as it is; "2022-06-30 09:15" is local time. */
static int read_time(struct buf *made, const char *text, struct err *err)
{
	struct tm tm = {0};
	const char *end = strptime(text, "%Y-%m-%dT%H:%M:%SZ", &tm);
	char utc[VALUE_TIME_SIZE], date[VALUE_DATE_SIZE];
	time_t at;

	if (end && !*end) {
		buf_adds(made, text);
		return buf_check(made, err);
	}
	memset(&tm, 0, sizeof(tm));
	end = strptime(text, "%Y-%m-%d %H:%M", &tm);
	if (!end || *end) {
		int rc = value_read_date(date, text, err);

		if (rc < 0)
			return rc;
		memset(&tm, 0, sizeof(tm));
		strptime(date, "%Y-%m-%d", &tm);
	}
	tm.tm_isdst = -1;
	at = mktime(&tm);
	gmtime_r(&at, &tm);
	strftime(utc, sizeof(utc), "%Y-%m-%dT%H:%M:%SZ", &tm);
	buf_adds(made, utc);
	return buf_check(made, err);
}

static int list_codes(struct replica *replica, const struct field *field,
		      const char *text, struct err *err)
{
	struct db *db = replica_db(replica);
	sqlite3_stmt *stmt;
	int rc = db_stmt(&stmt, db, SQL_CODES, err);

	if (rc < 0)
		return rc;
	db_bind_text(stmt, 1, field->list);
	rc = db_step(db, stmt, err);
	if (rc >= 0)
		rc = err_set(err, ERR_INPUT, _("%s: '%s' is none of %s"),
			     message_label(field->zh, field->en), text,
			     rc == 1 ? db_text(stmt, 0) : "");
	sqlite3_reset(stmt);
	return rc;
}

static int read_code(struct buf *made, struct replica *replica,
		     const struct field *field, const char *text,
		     struct err *err)
{
	struct db *db = replica_db(replica);
	sqlite3_stmt *stmt;
	int rc = db_stmt(&stmt, db, SQL_CODE, err);

	if (rc < 0)
		return rc;
	db_bind_text(stmt, 1, field->list);
	db_bind_text(stmt, 2, text);
	rc = db_step(db, stmt, err);
	if (rc == 1)
		buf_adds(made, db_text(stmt, 0));
	sqlite3_reset(stmt);
	if (rc == 0)
		return list_codes(replica, field, text, err);
	return rc < 0 ? rc : buf_check(made, err);
}

static int read_int(struct value *out, const struct field *field,
		    const char *text, struct err *err)
{
	char *end;
	long long number;

	errno = 0;
	number = strtoll(text, &end, 10);
	if (errno || end == text || *end)
		return err_set(err, ERR_INPUT, _("%s: '%s' is no number"),
			       message_label(field->zh, field->en), text);
	*out = value_int(number);
	return 0;
}

static int read_bool(struct value *out, const struct field *field,
		     const char *text, struct err *err)
{
	static const char *const yes[] = {"1", "是", "yes", "true"};
	static const char *const no[] = {"0", "否", "no", "false"};

	for (size_t i = 0; i < 4; i++) {
		if (strcasecmp(text, yes[i]) == 0 ||
		    strcasecmp(text, no[i]) == 0) {
			*out = value_int(strcasecmp(text, yes[i]) == 0);
			return 0;
		}
	}
	return err_set(err, ERR_INPUT, _("%s: '%s' is neither 是 nor 否"),
		       message_label(field->zh, field->en), text);
}

static bool is_member(const struct buf *set, const char *text, size_t len)
{
	const char *at = buf_text(set);

	while (*at) {
		const char *end = strstr(at, "、");
		size_t n = end ? (size_t)(end - at) : strlen(at);

		if (n == len && memcmp(at, text, n) == 0)
			return true;
		at += end ? n + strlen("、") : n;
	}
	return false;
}

/* Members joined by 、 , or ，; each once. */
static void read_set(struct buf *made, const char *text)
{
	static const char *const marks[] = {"、", "，", ",", NULL};
	const char *start = text;
	const char *at = text;

	for (;;) {
		const char *next = *at ? skip_one_of(at, marks) : at;

		if (next) {
			const char *member = start;
			size_t len = (size_t)(at - start);

			trim(&member, &len);
			if (len > 0 && !is_member(made, member, len)) {
				buf_adds(made, made->len ? "、" : "");
				buf_add(made, member, len);
			}
			start = next;
		}
		if (!*at)
			return;
		at = next ? next : at + 1;
	}
}

static int read_line(struct buf *made, const struct field *field,
		     const char *text, size_t len, struct err *err)
{
	trim(&text, &len);
	if (memchr(text, '\n', len))
		return err_set(err, ERR_INPUT, _("%s: must be one line"),
			       message_label(field->zh, field->en));
	if (len > CHANGE_VALUE_MAX)
		return err_set(err, ERR_INPUT,
			       _("the text is larger than %d MiB"),
			       CHANGE_VALUE_MAX >> 20);
	buf_add(made, text, len);
	return buf_check(made, err);
}

static int read_text(struct buf *made, struct replica *replica,
		     const struct field *field, const char *text,
		     struct err *err)
{
	char date[VALUE_DATE_SIZE];
	int rc;

	switch (field->type) {
	case FIELD_LONG:
		return value_read_long(made, text, strlen(text), err);
	case FIELD_DATE:
		rc = value_read_date(date, text, err);
		if (rc < 0)
			return err_wrap(err, "%s",
					message_label(field->zh, field->en));
		buf_adds(made, date);
		break;
	case FIELD_TIME:
		rc = read_time(made, text, err);
		if (rc < 0)
			return err_wrap(err, "%s",
					message_label(field->zh, field->en));
		break;
	case FIELD_CODE:
		return read_code(made, replica, field, text, err);
	case FIELD_SET:
		read_set(made, text);
		break;
	case FIELD_UNIT:
		return case_unit(made, replica, text, err);
	default:
		return read_line(made, field, text, strlen(text), err);
	}
	return buf_check(made, err);
}

int value_read(struct value *out, struct buf *made, struct replica *replica,
	       const struct field *field, const char *text, struct err *err)
{
	int rc;

	buf_clear(made);
	*out = value_text(NULL);
	if (!utf8_valid(text, strlen(text)))
		return err_set(err, ERR_INPUT, _("%s: is not UTF-8"),
			       message_label(field->zh, field->en));
	if (!*text)
		return 0;
	if (field->type == FIELD_INT)
		return read_int(out, field, text, err);
	if (field->type == FIELD_BOOL)
		return read_bool(out, field, text, err);
	rc = read_text(made, replica, field, text, err);
	if (rc == 0 && made->len > 0)
		*out = value_text(made->data);
	return rc;
}

int value_show_code(struct buf *out, struct replica *replica, const char *list,
		    const char *code, struct err *err)
{
	struct db *db = replica_db(replica);
	sqlite3_stmt *stmt;
	int rc = db_stmt(&stmt, db, SQL_LABEL, err);

	if (rc < 0)
		return rc;
	db_bind_text(stmt, 1, list);
	db_bind_text(stmt, 2, code);
	rc = db_step(db, stmt, err);
	if (rc == 1)
		buf_adds(out,
			 message_label(db_text(stmt, 0), db_text(stmt, 1)));
	else if (rc == 0)
		buf_adds(out, code);
	sqlite3_reset(stmt);
	return rc < 0 ? rc : buf_check(out, err);
}

static void show_local(char out[VALUE_TIME_SIZE], time_t at)
{
	struct tm tm;

	localtime_r(&at, &tm);
	strftime(out, VALUE_TIME_SIZE, "%Y-%m-%d %H:%M", &tm);
}

static void show_time(struct buf *out, const char *utc)
{
	char local[VALUE_TIME_SIZE];
	struct tm tm = {0};
	const char *end = strptime(utc, "%Y-%m-%dT%H:%M:%SZ", &tm);

	if (!end || *end) {
		buf_adds(out, utc);
		return;
	}
	show_local(local, timegm(&tm));
	buf_adds(out, local);
}

static int show_text(struct buf *out, struct replica *replica,
		     const struct field *field, const char *text, size_t len,
		     struct err *err)
{
	enum field_type type = field ? field->type : FIELD_UNKNOWN;
	struct buf copy = BUF_INIT;
	int rc = 0;

	buf_add(&copy, text, len);
	if (type == FIELD_CODE)
		rc = value_show_code(out, replica, field->list, buf_text(&copy),
				     err);
	else if (type == FIELD_UNIT)
		rc = case_unit_name(out, replica, buf_text(&copy), err);
	else if (type == FIELD_TIME)
		show_time(out, buf_text(&copy));
	else
		buf_add(out, text, len);
	if (rc == 0)
		rc = buf_check(&copy, err);
	buf_release(&copy);
	return rc;
}

int value_show(struct buf *out, struct replica *replica,
	       const struct field *field, const struct value *value,
	       struct err *err)
{
	switch (value->type) {
	case VALUE_NULL:
		return 0;
	case VALUE_INT:
		if (field && field->type == FIELD_BOOL)
			buf_adds(out, value->integer
					      ? message_label("是", "yes")
					      : message_label("否", "no"));
		else
			buf_addf(out, "%lld", (long long)value->integer);
		break;
	case VALUE_REAL:
		buf_addf(out, "%g", value->real);
		break;
	case VALUE_TEXT:
		return show_text(out, replica, field, value->bytes, value->len,
				 err);
	case VALUE_BLOB:
		buf_addf(out, _("(%zu bytes)"), value->len);
		break;
	}
	return buf_check(out, err);
}

void value_show_clock(char out[VALUE_TIME_SIZE], uint64_t clock)
{
	show_local(out, (time_t)((clock >> 16) / 1000));
}

void value_clock_utc(char out[VALUE_TIME_SIZE], uint64_t clock)
{
	uint64_t ms = clock >> 16;
	time_t at = (time_t)(ms / 1000);
	struct tm tm;
	size_t n;

	gmtime_r(&at, &tm);
	n = strftime(out, VALUE_TIME_SIZE, "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(out + n, VALUE_TIME_SIZE - n, ".%03uZ", (unsigned)(ms % 1000));
}
