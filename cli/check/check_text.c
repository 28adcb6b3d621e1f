/* check_text.c - what can be seen in a reply's text alone.
 * Pure functions of texts; knows no replica, no severity and no message. */
#include "cli/check/check_text.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/import/record.h"
#include "cli/import/scan.h"
#include "core/base/utf8.h"

enum { OPEN_MAX = 32, TITLE_MAX = 400, NUMBER_BYTES = 40 };

/* Marks in pairs. Of those that do not nest, a second one inside the first
 * means that the first was never closed. */
static const struct mark {
	int open, close;
	bool nests;
} marks[] = {
	{0x201c, 0x201d, false}, /* “” */
	{0x2018, 0x2019, false}, /* ‘’ */
	{0x300a, 0x300b, true},	 /* 《》 */
	{0x300c, 0x300d, true},	 /* 「」 */
	{0x300e, 0x300f, true},	 /* 『』 */
	{'(', ')', true},	 /* round and square ones, folded */
};
enum { N_MARKS = sizeof(marks) / sizeof(marks[0]), ROUND = N_MARKS - 1 };

struct open_mark {
	const char *at;
	size_t len, mark;
};

static bool latin(int code)
{
	return (code >= 'a' && code <= 'z') || (code >= 'A' && code <= 'Z');
}

/* What stands before a closing bracket that never opened: 1) a) 一）. */
static bool numbering(int before)
{
	static const char numerals[] = "一二三四五六七八九十";
	struct scan scan = scan_text(numerals);

	if ((before >= '0' && before <= '9') || latin(before))
		return true;
	while (scan.at < scan.end) {
		if (scan_take(&scan) == before)
			return true;
	}
	return false;
}

/* Closes what is open: true, or where the culprit stands in *at. */
static bool close_mark(struct open_mark *open, size_t *n, size_t mark,
		       struct open_mark *culprit)
{
	size_t depth = *n;

	while (depth > 0 && open[depth - 1].mark != mark)
		depth--;
	if (depth == *n && depth > 0) {
		--*n;
		return true;
	}
	if (depth > 0)
		*culprit = open[*n - 1];
	return false;
}

const char *check_text_unbalanced(const char *text, size_t *len)
{
	struct scan scan = scan_text(text);
	struct open_mark open[OPEN_MAX];
	size_t n = 0;
	int before = -1;

	while (scan.at < scan.end && n < OPEN_MAX) {
		struct open_mark here = {.at = scan.at};
		int code = scan_take(&scan);

		here.len = (size_t)(scan.at - here.at);
		*len = here.len;
		while (here.mark < N_MARKS && marks[here.mark].open != code &&
		       marks[here.mark].close != code)
			here.mark++;
		if (here.mark < N_MARKS && marks[here.mark].open == code) {
			if (!marks[here.mark].nests && n > 0 &&
			    open[n - 1].mark == here.mark)
				return open[n - 1].at;
			open[n++] = here;
		} else if (here.mark < N_MARKS &&
			   !close_mark(open, &n, here.mark, &here)) {
			bool fine = (code == ')' && numbering(before)) ||
				    (code == 0x2019 && latin(before));

			if (!fine) {
				*len = here.len;
				return here.at;
			}
		}
		before = code;
	}
	if (n == 0 || n == OPEN_MAX)
		return NULL;
	*len = open[n - 1].len;
	return open[n - 1].at;
}

/* Up to 24 digits from `scan`, single blanks or dashes between; gives how
 * many, their groups' lengths as decimal digits of *groups. */
static size_t take_digits(struct scan *scan, char digits[25], unsigned *groups)
{
	size_t n = 0;
	unsigned run = 0;

	*groups = 0;
	for (;;) {
		struct scan ahead = *scan;
		int code = scan_take(&ahead);

		if ((code == '-' || code == ' ') && run > 0) {
			int next = scan_peek(&ahead);

			if (next < '0' || next > '9')
				break;
			*groups = *groups * 100 + run;
			run = 0;
		} else if (code >= '0' && code <= '9' && n < 24) {
			digits[n++] = (char)code;
			run++;
		} else {
			break;
		}
		*scan = ahead;
	}
	*groups = *groups * 100 + run;
	digits[n] = '\0';
	return n;
}

/* The check digit of 18; X stands for ten. */
static bool identity(const char digits[17], int last)
{
	static const int weights[] = {7, 9, 10, 5,  8, 4, 2, 1, 6,
				      3, 7, 9,	10, 5, 8, 4, 2};
	int month = (digits[10] - '0') * 10 + digits[11] - '0';
	int sum = 0;

	for (int i = 0; i < 17; i++)
		sum += weights[i] * (digits[i] - '0');
	return month >= 1 && month <= 12 && "10X98765432"[sum % 11] == last;
}

static bool mobile(const char *digits, size_t n)
{
	if (n == 13 && strncmp(digits, "86", 2) == 0) {
		digits += 2;
		n -= 2;
	}
	return n == 11 && digits[0] == '1' && digits[1] >= '3';
}

static bool landline(const char *digits, size_t n, unsigned groups)
{
	bool parted = groups == 308 || groups == 407 || groups == 408 ||
		      groups == 307;

	return digits[0] == '0' && digits[1] != '0' &&
	       (parted || (groups == n && (n == 11 || n == 12)));
}

/* Is a number of 7 or 8 digits introduced as a telephone number? */
static bool introduced(const char *text, const char *at)
{
	struct scan before = scan_slice(at - text > 24 ? at - 24 : text, at);

	return scan_holds(before, "电话") || scan_holds(before, "手机") ||
	       scan_holds(before, "联系方式");
}

enum check_number check_text_private(const char *text, const char **at,
				     size_t *len)
{
	struct scan scan = scan_text(text);
	char digits[25];
	unsigned groups;

	while (scan.at < scan.end) {
		size_t n;
		int next;

		*at = scan.at;
		n = take_digits(&scan, digits, &groups);
		if (n == 0) {
			scan_take(&scan);
			continue;
		}
		next = scan_peek(&scan);
		*len = (size_t)(scan.at - *at);
		if ((n == 18 && groups == 18 && identity(digits, digits[17])) ||
		    (n == 17 && (next == 'X' || next == 'x') &&
		     identity(digits, 'X')))
			return CHECK_IDENTITY;
		if (next != '.' && next != '%' &&
		    (((groups == n || groups == 30404) && mobile(digits, n)) ||
		     landline(digits, n, groups) ||
		     ((n == 7 || n == 8) && groups == n &&
		      introduced(text, *at))))
			return CHECK_PHONE;
	}
	return CHECK_NO_NUMBER;
}

static bool any_of(const char *text, const char *const *words)
{
	for (; *words; words++) {
		if (strstr(text, *words))
			return true;
	}
	return false;
}

bool check_text_future_only(const char *text)
{
	static const char *const future[] = {"将",     "拟",   "计划",
					     "下一步", "力争", "进一步",
					     "预计",   "争取", NULL};
	static const char *const done[] = {
		"已",	  "目前",   "今年以来", "去年",	    "上半年", "完成了",
		"建成",	  "开展了", "落实了",	"投入使用", "印发",   "出台了",
		"引进了", "新增",   "设立了",	"开通",	    "实施了", "推进了",
		"现有",	  "至今",   "累计",	"起步",	    NULL};

	return any_of(text, future) && !any_of(text, done);
}

bool check_text_names_date(const char *text)
{
	static const char *const words[] = {"年底",   "年内", "年前", "月底",
					    "月前",   "季度", "季末", "上半年",
					    "下半年", "年初", "年中", "明年",
					    "今年",   NULL};
	struct scan scan = scan_text(text);
	char digits[25];
	unsigned groups;

	if (any_of(text, words))
		return true;
	while (scan.at < scan.end) {
		if (take_digits(&scan, digits, &groups) == 0)
			scan_take(&scan);
		else if (scan_word(&scan, "年") || scan_word(&scan, "月"))
			return true;
	}
	return false;
}

bool check_text_gives_reason(const char *text)
{
	static const char *const words[] = {
		"因",	"由于",	  "鉴于",     "限制", "条件",	"不具备",
		"无法", "难以",	  "暂不",     "不宜", "不符合", "不予",
		"权限", "上级",	  "资金",     "财力", "受到",	"尚未",
		"矛盾", "不一致", "已有规定", NULL};

	return any_of(text, words);
}

/* Characters that count in a title: no blanks, no punctuation. */
static size_t plain_title(uint32_t *out, size_t cap, struct scan scan)
{
	static const char *const kinds[] = {"的提案", "的建议", "提案", "建议"};
	size_t n = 0;

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		size_t len = strlen(kinds[i]);

		if (scan_len(&scan) > len &&
		    memcmp(scan.end - len, kinds[i], len) == 0) {
			scan.end -= len;
			break;
		}
	}
	while (scan.at < scan.end && n < cap) {
		int code = scan_take(&scan);

		if ((code >= '0' && code <= '9') || latin(code) ||
		    (code >= 0x3400 && code < 0xa000) || code >= 0x20000)
			out[n++] = (uint32_t)code;
	}
	return n;
}

static bool same_title(struct scan a, struct scan b)
{
	uint32_t x[TITLE_MAX], y[TITLE_MAX];
	size_t n = plain_title(x, TITLE_MAX, a);

	return n == plain_title(y, TITLE_MAX, b) &&
	       memcmp(x, y, n * sizeof(x[0])) == 0;
}

/* Whether what stands between 《 and 》 names a proposal. */
static bool names_proposal(struct scan title)
{
	static const size_t kind = sizeof("提案") - 1;
	struct scan last = title;

	if (scan_len(&title) <= kind || !scan_word(&title, "关于"))
		return false;
	last.at = last.end - kind;
	return scan_word(&last, "提案") || scan_word(&last, "建议");
}

const char *check_text_other_title(const char *text, const char *title,
				   size_t *len)
{
	struct scan own = scan_text(title);
	struct scan scan = scan_text(text);
	const char *other = NULL;

	while (scan_past(&scan, "《")) {
		struct scan rest = scan;
		struct scan named;

		if (!scan_past(&rest, "》"))
			break;
		named = scan_trim(scan_slice(scan.at, rest.at - strlen("》")));
		if (!names_proposal(named))
			continue;
		if (same_title(named, own))
			return NULL;
		if (!other) {
			other = named.at;
			*len = scan_len(&named);
		}
	}
	return other;
}

/* 第…号 at `scan`, behind 第: the number without brackets or blanks. */
static bool read_number(char out[RECORD_NUMBER_MAX], struct scan *scan,
			const char **end)
{
	char printed[NUMBER_BYTES + 1];
	struct scan ahead = *scan;
	size_t n;

	if (!scan_past(&ahead, "号"))
		return false;
	*end = ahead.at - strlen("号");
	n = (size_t)(*end - scan->at);
	if (n == 0 || n > NUMBER_BYTES)
		return false;
	snprintf(printed, sizeof(printed), "%.*s", (int)n, scan->at);
	if (!record_number(out, printed))
		return false;
	*scan = ahead;
	return true;
}

static bool is_number(const char *plain, const char *own)
{
	char number[RECORD_NUMBER_MAX];

	return own && record_number(number, own) && strcmp(plain, number) == 0;
}

const char *check_text_other_number(const char *text, const char *number,
				    const char *printed, size_t *len)
{
	struct scan scan = scan_text(text);
	const char *other = NULL;

	while (scan_past(&scan, "第")) {
		char plain[RECORD_NUMBER_MAX];
		const char *begin = scan.at;
		struct scan before = scan_slice(
			begin - text > 24 ? begin - 24 : text, begin);
		const char *end;

		if (!read_number(plain, &scan, &end))
			continue;
		if (!scan_word(&scan, "提案") && !scan_word(&scan, "建议") &&
		    !scan_holds(before, "提案"))
			continue;
		if (is_number(plain, number) || is_number(plain, printed))
			return NULL;
		if (!other) {
			other = begin;
			*len = (size_t)(end - begin);
		}
	}
	return other;
}
