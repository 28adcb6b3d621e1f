/* normal.c - the form in which values are kept and compared. */
#include "core/merge/normal.h"

#include <string.h>

#include "core/base/utf8.h"

#define SET_MARK "\xe3\x80\x81" /* 、 */

static const char SQL_CODE[] = "SELECT 1 FROM code WHERE list = ? AND code = ?";

/* Ill-formed bytes and NULs become U+FFFD. */
static int mend(struct buf *out, const char *text, size_t len, struct err *err)
{
	while (len > 0) {
		int code = 0;
		size_t n = utf8_next(text, len, &code);

		if (utf8_valid(text, n))
			buf_add(out, text, n);
		else
			buf_adds(out, "\xef\xbf\xbd");
		text += n;
		len -= n;
	}
	return buf_check(out, err);
}

static bool has_member(const char *set, size_t len, const char *member,
		       size_t member_len)
{
	size_t mark = strlen(SET_MARK);

	while (len > 0) {
		const char *stop = memmem(set, len, SET_MARK, mark);
		size_t n = stop != NULL ? (size_t)(stop - set) : len;

		if (n == member_len && memcmp(set, member, n) == 0)
			return true;
		if (stop == NULL)
			return false;
		set += n + mark;
		len -= n + mark;
	}
	return false;
}

static int normal_set(struct buf *out, const char *text, size_t len,
		      struct err *err)
{
	size_t mark = strlen(SET_MARK);
	struct buf member = BUF_INIT;
	int rc = 0;

	for (;;) {
		const char *stop = memmem(text, len, SET_MARK, mark);
		size_t n = stop != NULL ? (size_t)(stop - text) : len;

		buf_clear(&member);
		rc = utf8_normalize(&member, text, n, true, err);
		if (rc < 0)
			break;
		if (member.len > 0 && !has_member(buf_text(out), out->len,
						  member.data, member.len)) {
			if (out->len > 0)
				buf_adds(out, SET_MARK);
			buf_add(out, member.data, member.len);
		}
		if (stop == NULL)
			break;
		text += n + mark;
		len -= n + mark;
	}
	buf_release(&member);
	return rc < 0 ? rc : buf_check(out, err);
}

int normal_value(struct value *out, struct buf *bytes,
		 const struct field *field, const struct value *in,
		 struct err *err)
{
	struct buf mended = BUF_INIT;
	const char *text = in->bytes;
	size_t len = in->len;
	int rc = 0;

	*out = *in;
	if (in->type != VALUE_TEXT)
		return 0;
	if (!utf8_valid(text, len)) {
		rc = mend(&mended, text, len, err);
		text = buf_text(&mended);
		len = mended.len;
	}
	buf_clear(bytes);
	if (rc == 0 && field != NULL && field->type == FIELD_SET)
		rc = normal_set(bytes, text, len, err);
	else if (rc == 0)
		rc = utf8_normalize(bytes, text, len,
				    field == NULL || field->type != FIELD_LONG,
				    err);
	buf_release(&mended);
	if (rc < 0)
		return rc;
	out->bytes = buf_text(bytes);
	out->len = bytes->len;
	if (out->len == 0)
		*out = (struct value){.type = VALUE_NULL};
	return buf_check(bytes, err);
}

bool normal_fits(const struct field *field, const struct value *value)
{
	if (value->type == VALUE_NULL || field->type == FIELD_UNKNOWN)
		return true;
	if (field->type == FIELD_INT || field->type == FIELD_BOOL)
		return value->type == VALUE_INT;
	return value->type == VALUE_TEXT;
}

static bool digits(const char *text, size_t n, int *out)
{
	*out = 0;
	for (size_t i = 0; i < n; i++) {
		if (text[i] < '0' || text[i] > '9')
			return false;
		*out = *out * 10 + (text[i] - '0');
	}
	return true;
}

bool normal_date(const char *text, size_t len)
{
	static const int days[] = {31, 29, 31, 30, 31, 30,
				   31, 31, 30, 31, 30, 31};
	int year;
	int month;
	int day;

	if (len != 10 || text[4] != '-' || text[7] != '-' ||
	    !digits(text, 4, &year) || !digits(text + 5, 2, &month) ||
	    !digits(text + 8, 2, &day))
		return false;
	if (month < 1 || month > 12 || day < 1 || day > days[month - 1])
		return false;
	return month != 2 || day < 29 || (year % 4 == 0 && year % 100 != 0) ||
	       year % 400 == 0;
}

static bool normal_time(const char *text, size_t len)
{
	int hour;
	int minute;
	int second;

	return len == 20 && text[10] == 'T' && text[13] == ':' &&
	       text[16] == ':' && text[19] == 'Z' && normal_date(text, 10) &&
	       digits(text + 11, 2, &hour) && digits(text + 14, 2, &minute) &&
	       digits(text + 17, 2, &second) && hour < 24 && minute < 60 &&
	       second < 60;
}

static int code_known(bool *out, struct replica *replica, const char *list,
		      const struct value *value, struct err *err)
{
	sqlite3_stmt *stmt;
	int rc = db_stmt(&stmt, replica_db(replica), SQL_CODE, err);

	if (rc < 0)
		return rc;
	db_bind_text(stmt, 1, list != NULL ? list : "");
	db_bind_value(stmt, 2, value);
	rc = db_step(replica_db(replica), stmt, err);
	*out = rc > 0;
	sqlite3_reset(stmt);
	return rc < 0 ? rc : 0;
}

int normal_allowed(bool *out, struct replica *replica,
		   const struct field *field, const struct value *value,
		   struct err *err)
{
	*out = normal_fits(field, value);
	if (!*out || value->type == VALUE_NULL)
		return 0;
	switch (field->type) {
	case FIELD_BOOL:
		*out = value->integer == 0 || value->integer == 1;
		return 0;
	case FIELD_DATE:
		*out = normal_date(value->bytes, value->len);
		return 0;
	case FIELD_TIME:
		*out = normal_time(value->bytes, value->len);
		return 0;
	case FIELD_CODE:
		return code_known(out, replica, field->list, value, err);
	default:
		return 0;
	}
}
