/* utf8.c - the one file that includes utf8proc.
 * Refuses to know fields and languages. */
#include "core/base/utf8.h"

#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

/* utf8proc takes signed lengths; one character needs four bytes at most. */
static utf8proc_ssize_t next_char(const char *text, size_t len,
				  utf8proc_int32_t *code)
{
	return utf8proc_iterate((const utf8proc_uint8_t *)text,
				len > 4 ? 4 : (utf8proc_ssize_t)len, code);
}

static bool follows(unsigned char byte)
{
	return (byte & 0xc0) == 0x80;
}

/* One of three bytes, the usual one in Chinese text: no surrogates, nothing
 * that fits two. Unicode, table 3-7. */
static bool three_valid(const unsigned char *at)
{
	if (!follows(at[1]) || !follows(at[2]))
		return false;
	return !(at[0] == 0xe0 && at[1] < 0xa0) &&
	       !(at[0] == 0xed && at[1] > 0x9f);
}

/* By hand where it is the usual: utf8proc_iterate takes five times as long. */
size_t utf8_next(const char *text, size_t len, int *code)
{
	const unsigned char *at = (const unsigned char *)text;
	utf8proc_int32_t c = -1;
	utf8proc_ssize_t n;

	if (len == 0) {
		if (code)
			*code = 0;
		return 0;
	}
	if (*at < 0x80) {
		if (code)
			*code = *at;
		return 1;
	}
	if (len >= 3 && (*at & 0xf0) == 0xe0 && three_valid(at)) {
		if (code)
			*code = (at[0] & 0xf) << 12 | (at[1] & 0x3f) << 6 |
				(at[2] & 0x3f);
		return 3;
	}
	n = next_char(text, len, &c);
	if (code)
		*code = n > 0 ? c : -1;
	return n > 0 ? (size_t)n : 1;
}

/* Bytes of a character by its first byte: 0 where none begins so. */
static size_t length_by(unsigned char first)
{
	if (first < 0x80)
		return 1;
	if (first < 0xc2)
		return 0;
	if (first < 0xe0)
		return 2;
	if (first < 0xf0)
		return 3;
	return first < 0xf5 ? 4 : 0;
}

static bool four_valid(const unsigned char *at)
{
	if (!follows(at[1]) || !follows(at[2]) || !follows(at[3]))
		return false;
	return !(at[0] == 0xf0 && at[1] < 0x90) &&
	       !(at[0] == 0xf4 && at[1] > 0x8f);
}

/* Over characters of three bytes, as Chinese has them, whose first byte
 * allows any two to follow. */
static const unsigned char *skip_threes(const unsigned char *at,
					const unsigned char *end)
{
	while (end - at >= 3 && at[0] >= 0xe1 && at[0] <= 0xef &&
	       at[0] != 0xed && follows(at[1]) && follows(at[2]))
		at += 3;
	return at;
}

/* By hand, too: every text is checked at every border. */
bool utf8_valid(const char *text, size_t len)
{
	const unsigned char *at = (const unsigned char *)text;
	const unsigned char *end = at + len;

	while ((at = skip_threes(at, end)) < end) {
		size_t n = length_by(*at);

		if (n == 0 || n > (size_t)(end - at) || *at == '\0')
			return false;
		if ((n == 3 && !three_valid(at)) ||
		    (n == 2 && !follows(at[1])) || (n == 4 && !four_valid(at)))
			return false;
		at += n;
	}
	return true;
}

static bool is_ascii(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)text[i] >= 0x80)
			return false;
	return true;
}

/* Bytes of the white space that begins the text; 0 if none does. */
static size_t space_at(const char *text, size_t len)
{
	if (len >= 1 && (*text == ' ' || (*text >= '\t' && *text <= '\r')))
		return 1;
	if (len >= 2 && memcmp(text, "\xc2\xa0", 2) == 0)
		return 2;
	if (len >= 3 && memcmp(text, "\xe3\x80\x80", 3) == 0)
		return 3;
	return 0;
}

static void trim_ends(const char **text, size_t *len)
{
	size_t n;

	while ((n = space_at(*text, *len)) > 0) {
		*text += n;
		*len -= n;
	}
	for (bool more = true; more;) {
		more = false;
		for (n = 1; n <= 3 && n <= *len; n++) {
			if (space_at(*text + *len - n, n) == n) {
				*len -= n;
				more = true;
				break;
			}
		}
	}
}

int utf8_normalize(struct buf *out, const char *text, size_t len, bool trim,
		   struct err *err)
{
	utf8proc_uint8_t *made = NULL;
	utf8proc_ssize_t n;

	if (!utf8_valid(text, len))
		return err_set(err, ERR_INPUT, "text is not valid UTF-8");
	if (trim)
		trim_ends(&text, &len);
	if (is_ascii(text, len)) {
		buf_add(out, text, len);
		return buf_check(out, err);
	}
	n = utf8proc_map((const utf8proc_uint8_t *)text, (utf8proc_ssize_t)len,
			 &made, UTF8PROC_STABLE | UTF8PROC_COMPOSE);
	if (n < 0)
		return err_set(err,
			       n == UTF8PROC_ERROR_NOMEM ? ERR_FAIL : ERR_INPUT,
			       "normalize text: %s", utf8proc_errmsg(n));
	buf_add(out, made, (size_t)n);
	free(made);
	return buf_check(out, err);
}

static size_t char_width(int code)
{
	int width;

	if (code < 0 || (code >= ' ' && code < 0x7f))
		return 1;
	if (code >= 0x4e00 && code < 0xa000) /* Han */
		return 2;
	width = utf8proc_charwidth(code);
	return width > 0 ? (size_t)width : 0;
}

size_t utf8_width(const char *text, size_t len)
{
	size_t at = 0;
	size_t width = 0;

	while (at < len) {
		int code;

		at += utf8_next(text + at, len - at, &code);
		width += char_width(code);
	}
	return width;
}

size_t utf8_fit(const char *text, size_t len, size_t columns)
{
	size_t at = 0;
	size_t width = 0;

	while (at < len) {
		int code;
		size_t n = utf8_next(text + at, len - at, &code);

		width += char_width(code);
		if (width > columns)
			break;
		at += n;
	}
	return at;
}
