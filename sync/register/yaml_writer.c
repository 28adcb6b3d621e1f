/* yaml_writer.c - scalars of YAML 1.2, chapters 5.7 and 7 to 8.1.
 * Refuses to know labels and fields. */
#include "sync/register/yaml_writer.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "core/base/utf8.h"

/* What may stand unescaped: c-printable of YAML 1.2, less what YAML 1.1 took
 * for line breaks and less the byte order mark. */
static bool is_printable(int code)
{
	if (code < 0x20 || code == 0x7f)
		return false;
	if (code >= 0x80 && code < 0xa0)
		return false;
	return code != 0x2028 && code != 0x2029 && code != 0xfeff &&
	       code != 0xfffe && code != 0xffff;
}

static bool all_printable(const char *text, size_t len, bool lines)
{
	size_t at = 0;

	while (at < len) {
		int code;

		at += utf8_next(text + at, len - at, &code);
		if (!is_printable(code) &&
		    !(lines && (code == '\n' || code == '\t')))
			return false;
	}
	return true;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* What begins with a digit is text to every reader if it holds something no
 * number or time has, or is digits joined by '-' (a key, a date). */
static bool is_number_like(const char *text, size_t len)
{
	bool dash = false;
	bool only = true;

	if (!is_digit(*text))
		return false;
	for (size_t i = 0; i < len; i++) {
		if ((unsigned char)text[i] >= 0x80 ||
		    !strchr("0123456789abcdefABCDEFxXoO_+-.:", text[i]))
			return false;
		dash = dash || text[i] == '-';
		only = only && (is_digit(text[i]) || text[i] == '-');
	}
	return !(only && dash);
}

static bool is_word_of_yaml(const char *text, size_t len)
{
	static const char *const words[] = {
		"null", "true", "false", "yes", "no", "on", "off", "y", "n"};

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (strlen(words[i]) == len &&
		    strncasecmp(words[i], text, len) == 0)
			return true;
	return false;
}

/* Chapter 7.3.3, and a little stricter: indicators and signs never begin. */
static bool is_plain(const char *text, size_t len)
{
	if (len == 0 || text[len - 1] == ' ' || text[len - 1] == ':')
		return false;
	if (strchr(" -?:,[]{}#&*!|>'\"%@`~=<+.", *text))
		return false;
	for (size_t i = 0; i + 1 < len; i++)
		if ((text[i] == ':' && text[i + 1] == ' ') ||
		    (text[i] == ' ' && text[i + 1] == '#'))
			return false;
	return !is_word_of_yaml(text, len) && !is_number_like(text, len) &&
	       all_printable(text, len, false);
}

static void add_escaped(struct buf *out, int code)
{
	switch (code) {
	case '\n':
		buf_adds(out, "\\n");
		break;
	case '\t':
		buf_adds(out, "\\t");
		break;
	case '\r':
		buf_adds(out, "\\r");
		break;
	default:
		buf_addf(out, code < 0x100 ? "\\x%02X" : "\\u%04X",
			 (unsigned)code);
	}
}

static void add_quoted(struct buf *out, const char *text, size_t len)
{
	size_t at = 0;

	buf_addc(out, '"');
	while (at < len) {
		int code;
		size_t n = utf8_next(text + at, len - at, &code);

		if (!is_printable(code)) {
			add_escaped(out, code);
		} else {
			if (code == '"' || code == '\\')
				buf_addc(out, '\\');
			buf_add(out, text + at, n);
		}
		at += n;
	}
	buf_addc(out, '"');
}

void yaml_writer_text(struct buf *out, const char *text, size_t len)
{
	if (is_plain(text, len))
		buf_add(out, text, len);
	else
		add_quoted(out, text, len);
}

static bool only_breaks(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (text[i] != '\n')
			return false;
	return true;
}

/* Chapter 8.1: a reader finds the depth by itself unless the first line
 * begins with white space; '-' and '+' say whether breaks end the text. */
static void add_block_header(struct buf *out, const char *text, size_t len)
{
	buf_addc(out, '|');
	if (*text == ' ' || *text == '\t' || *text == '\n')
		buf_addc(out, '2');
	buf_addc(out, text[len - 1] == '\n' ? '+' : '-');
	buf_addc(out, '\n');
}

void yaml_writer_block(struct buf *out, const char *text, size_t len,
		       int indent)
{
	size_t at = 0;

	if (only_breaks(text, len) || !all_printable(text, len, true)) {
		add_quoted(out, text, len);
		buf_addc(out, '\n');
		return;
	}
	add_block_header(out, text, len);
	while (at < len) {
		const char *stop = memchr(text + at, '\n', len - at);
		size_t end = stop ? (size_t)(stop - text) : len;

		if (end > at)
			buf_addf(out, "%*s", indent, "");
		buf_add(out, text + at, end - at);
		buf_addc(out, '\n');
		at = end + 1;
	}
}
