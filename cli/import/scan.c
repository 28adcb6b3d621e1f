/* scan.c - a cursor over UTF-8 text that takes half and full width alike.
 * Knows characters, digits and Chinese numerals; knows no list, no field. */
#include "cli/import/scan.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/utf8.h"

struct scan scan_slice(const char *at, const char *end)
{
	struct scan scan = {at, end};

	return scan;
}

struct scan scan_text(const char *terminated)
{
	return scan_slice(terminated, terminated + strlen(terminated));
}

size_t scan_len(const struct scan *scan)
{
	return (size_t)(scan->end - scan->at);
}

/* Brackets of all kinds lists use: （）［］【】〔〕﹝﹞〈〉 and []. */
static int fold_bracket(int code)
{
	switch (code) {
	case '[':
	case 0x3010:
	case 0x3014:
	case 0xfe5d:
	case 0xfe59:
		return '(';
	case ']':
	case 0x3011:
	case 0x3015:
	case 0xfe5e:
	case 0xfe5a:
		return ')';
	default:
		return code;
	}
}

static int fold(int code)
{
	if (code > 0x3015 && code < 0xfe30) /* Han, nearly always */
		return code;
	if (code >= 0xff01 && code <= 0xff5e)
		code -= 0xfee0;
	switch (code) {
	case '\t':
	case '\r':
	case '\n':
	case 0xa0:
	case 0x3000:
	case 0xfeff:
		return ' ';
	case 0xfe30: /* presentation forms that come out of PDF files */
	case 0xfe55:
	case 0x2236: /* the ratio sign, typed for a colon */
		return ':';
	default:
		return fold_bracket(code);
	}
}

/* Folded code point at `scan`, its bytes into *len; -1 at the end. */
static int peek(const struct scan *scan, size_t *len)
{
	int code = -1;

	*len = utf8_next(scan->at, scan_len(scan), &code);
	return *len == 0 ? -1 : fold(code);
}

int scan_peek(const struct scan *scan)
{
	size_t len;

	return peek(scan, &len);
}

/* A Han character, of which there is nothing to fold; 0: something else. */
static int take_han(struct scan *scan)
{
	const unsigned char *at = (const unsigned char *)scan->at;

	if (scan_len(scan) < 3 || at[0] < 0xe4 || at[0] > 0xe9 ||
	    (at[1] & 0xc0) != 0x80 || (at[2] & 0xc0) != 0x80)
		return 0;
	scan->at += 3;
	return (at[0] & 0xf) << 12 | (at[1] & 0x3f) << 6 | (at[2] & 0x3f);
}

int scan_take(struct scan *scan)
{
	size_t len;
	int code = take_han(scan);

	if (code > 0)
		return code;
	code = peek(scan, &len);
	scan->at += len;
	return code;
}

bool scan_if(struct scan *scan, int folded)
{
	size_t len;

	if (peek(scan, &len) != folded)
		return false;
	scan->at += len;
	return true;
}

void scan_spaces(struct scan *scan)
{
	while (scan_if(scan, ' '))
		;
}

const char *scan_last(struct scan scan)
{
	const char *last = scan.end;

	if (scan.at == scan.end)
		return NULL;
	do
		last--;
	while (last > scan.at && ((unsigned char)*last & 0xc0) == 0x80);
	return last;
}

struct scan scan_trim(struct scan scan)
{
	const char *last;

	scan_spaces(&scan);
	while ((last = scan_last(scan)) != NULL) {
		struct scan one = scan_slice(last, scan.end);

		if (scan_peek(&one) != ' ')
			break;
		scan.end = last;
	}
	return scan;
}

bool scan_word(struct scan *scan, const char *word)
{
	size_t len = strlen(word);

	if (scan_len(scan) < len || memcmp(scan->at, word, len) != 0)
		return false;
	scan->at += len;
	return true;
}

bool scan_digits(struct scan *scan, char *out, size_t size)
{
	struct scan ahead = *scan;
	size_t n = 0;
	int code;

	while ((code = scan_peek(&ahead)) >= '0' && code <= '9') {
		if (n + 1 >= size)
			return false;
		out[n++] = (char)code;
		scan_take(&ahead);
	}
	if (n == 0)
		return false;
	out[n] = '\0';
	*scan = ahead;
	return true;
}

/* 0-10 and 100 for a Chinese numeral, -1 for any other character. */
static int numeral(struct scan *scan)
{
	static const struct {
		const char *word;
		int value;
	} numerals[] = {{"〇", 0}, {"零", 0}, {"一", 1},  {"二", 2},  {"两", 2},
			{"三", 3}, {"四", 4}, {"五", 5},  {"六", 6},  {"七", 7},
			{"八", 8}, {"九", 9}, {"十", 10}, {"百", 100}};

	for (size_t i = 0; i < sizeof(numerals) / sizeof(numerals[0]); i++) {
		if (scan_word(scan, numerals[i].word))
			return numerals[i].value;
	}
	return -1;
}

static bool chinese_number(struct scan *scan, unsigned *out)
{
	struct scan ahead = *scan;
	unsigned sum = 0;
	unsigned digit = 0;
	bool any = false;
	int value;

	while ((value = numeral(&ahead)) >= 0) {
		any = true;
		if (value >= 10) { /* 十 alone is 一十 */
			sum += (digit == 0 ? 1 : digit) * (unsigned)value;
			digit = 0;
		} else {
			digit = digit * 10 + (unsigned)value;
		}
		if (sum > 9999 || digit > 9999)
			return false;
	}
	if (!any)
		return false;
	*out = sum + digit;
	*scan = ahead;
	return true;
}

bool scan_ordinal(struct scan *scan, unsigned *out)
{
	char digits[5];

	if (scan_digits(scan, digits, sizeof(digits))) {
		*out = (unsigned)strtoul(digits, NULL, 10);
		return true;
	}
	return chinese_number(scan, out);
}

bool scan_past(struct scan *scan, const char *word)
{
	size_t len = strlen(word);
	const char *found = NULL;

	if (scan_len(scan) > 0) /* an empty slice may be NULL */
		found = memmem(scan->at, scan_len(scan), word, len);
	if (found == NULL)
		return false;
	scan->at = found + len;
	return true;
}

bool scan_holds(struct scan scan, const char *word)
{
	return scan_past(&scan, word);
}

const char *scan_find_any(struct scan scan, const char *chars)
{
	int code;

	while ((code = scan_peek(&scan)) >= 0) {
		if (code > 0 && code < 0x80 && strchr(chars, code) != NULL)
			return scan.at;
		scan_take(&scan);
	}
	return NULL;
}

char *scan_dup(struct scan scan)
{
	return strndup(scan.at, scan_len(&scan));
}
