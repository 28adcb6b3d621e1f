/* record.c - a list of proposals as read, and what could not be read of it.
 * Values only; knows no file format and no replica. */
#include "cli/record.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/scan.h"
#include "core/buf.h"

void record_list_init(struct record_list *list)
{
	memset(list, 0, sizeof(*list));
	list->facts.received = RECORD_NONE;
	list->facts.filed = RECORD_NONE;
	list->facts.key = RECORD_NONE;
	list->facts.led = RECORD_NONE;
	list->facts.supervised = RECORD_NONE;
}

static void record_release(struct record *record)
{
	free(record->number);
	free(record->sector);
	free(record->title);
	free(record->body);
	free(record->category);
	free(record->sponsors);
	free(record->main_unit);
	free(record->co_units);
	free(record->class_text);
	free(record->reply);
	free(record->doc_no);
	free(record->replied_on);
	free(record->due);
	memset(record, 0, sizeof(*record));
}

void record_list_release(struct record_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		record_release(&list->items[i]);
	for (size_t i = 0; i < list->n_problems; i++)
		free(list->problems[i].text);
	free(list->items);
	free(list->problems);
	free(list->facts.headline);
	free(list->facts.committee);
	free(list->facts.session);
	record_list_init(list);
}

/* Room for one more element of `size` bytes; NULL when out of memory. */
static void *grown(void *items, size_t n, size_t *cap, size_t size)
{
	void *more;
	size_t next = *cap == 0 ? 32 : *cap * 2;

	if (n < *cap)
		return items;
	more = reallocarray(items, next, size);
	if (more != NULL)
		*cap = next;
	return more;
}

struct record *record_list_add(struct record_list *list, size_t line)
{
	struct record *items =
		grown(list->items, list->n, &list->cap, sizeof(*items));

	if (items == NULL)
		return NULL;
	list->items = items;
	memset(&items[list->n], 0, sizeof(*items));
	items[list->n].line = line;
	return &items[list->n++];
}

void record_list_drop(struct record_list *list)
{
	if (list->n > 0)
		record_release(&list->items[--list->n]);
}

int record_list_problem(struct record_list *list, struct record_about about,
			struct err *err, const char *fmt, ...)
{
	struct record_problem *problems;
	char *text = NULL;
	va_list args;
	int len;

	problems = grown(list->problems, list->n_problems, &list->cap_problems,
			 sizeof(*problems));
	if (problems == NULL)
		return err_nomem(err);
	list->problems = problems;
	va_start(args, fmt);
	len = vasprintf(&text, fmt, args);
	va_end(args);
	if (len < 0)
		return err_nomem(err);
	problems[list->n_problems++] = (struct record_problem){
		.line = about.line,
		.column = about.column,
		.text = text,
		.record = about.record,
		.parts = about.parts,
		.note = about.note,
	};
	return 0;
}

/* Insertion sort: lists of problems are short and nearly sorted already. */
void record_list_sort(struct record_list *list)
{
	struct record_problem *problems = list->problems;

	for (size_t i = 1; i < list->n_problems; i++) {
		struct record_problem moved = problems[i];
		size_t at = i;

		for (; at > 0 && problems[at - 1].line > moved.line; at--)
			problems[at] = problems[at - 1];
		problems[at] = moved;
	}
}

static bool number_char(int code)
{
	return (code >= '0' && code <= '9') || (code >= 'A' && code <= 'Z') ||
	       (code >= 'a' && code <= 'z') || code == '-';
}

bool record_number(char out[RECORD_NUMBER_MAX], const char *printed)
{
	struct scan scan = scan_trim(scan_text(printed));
	char plain[RECORD_NUMBER_MAX];
	size_t n = 0;
	bool digits = true;
	const char *from;

	scan_word(&scan, "第");
	while (scan.at < scan.end && !scan_word(&scan, "号")) {
		int code = scan_take(&scan);

		if (code == ' ')
			continue;
		if (!number_char(code) || n + 1 >= sizeof(plain))
			return false;
		digits = digits && code >= '0' && code <= '9';
		plain[n++] = (char)code;
	}
	plain[n] = '\0';
	scan_spaces(&scan);
	if (n == 0 || scan.at != scan.end || plain[0] == '-')
		return false;
	from = plain;
	while (digits && n > 1 && *from == '0') {
		from++;
		n--;
	}
	memset(out, '0', 2);
	memcpy(out + (digits && n < 3 ? 3 - n : 0), from, n + 1);
	return true;
}

char record_class_letter(const char *text, size_t len)
{
	struct scan scan = scan_trim(scan_slice(text, text + len));
	int code = scan_take(&scan);

	scan_spaces(&scan);
	scan_word(&scan, "类");
	if (code < 'A' || code > 'Z' || scan.at != scan.end)
		return 0;
	return (char)code;
}

static bool separates(struct scan *scan)
{
	return scan_word(scan, "、") || scan_if(scan, ',') ||
	       scan_if(scan, ';') || scan_if(scan, ' ');
}

bool record_next_member(const char **cursor, const char **member, size_t *len)
{
	struct scan scan = scan_text(*cursor);

	while (separates(&scan))
		;
	*member = scan.at;
	while (scan.at < scan.end) {
		*len = (size_t)(scan.at - *member);
		if (separates(&scan))
			break;
		scan_take(&scan);
		*len = (size_t)(scan.at - *member);
	}
	*cursor = scan.at;
	return scan.at > *member;
}

int record_set_units(struct record *record, const char *text, size_t len,
		     struct err *err)
{
	struct buf co = BUF_INIT;
	char *copy = strndup(text, len);
	const char *at = copy;
	const char *member;
	int rc = 0;

	if (record->co_units != NULL)
		buf_adds(&co, record->co_units);
	while (copy != NULL && record_next_member(&at, &member, &len)) {
		if (record->main_unit == NULL) {
			record->main_unit = strndup(member, len);
			co.failed = co.failed || record->main_unit == NULL;
			continue;
		}
		if (co.len > 0)
			buf_adds(&co, "、");
		buf_add(&co, member, len);
	}
	free(record->co_units);
	record->co_units = co.len > 0 ? buf_take(&co) : NULL;
	if (copy == NULL || co.failed)
		rc = err_nomem(err);
	buf_release(&co);
	free(copy);
	return rc;
}

int record_set_number(struct record *record, const char *text, size_t len,
		      struct err *err)
{
	record->number = strndup(text, len);
	if (record->number == NULL)
		return err_nomem(err);
	if (!record_number(record->plain, record->number))
		record->plain[0] = '\0';
	return 0;
}

size_t record_list_line_of(const struct record_list *list, const char *number)
{
	char plain[RECORD_NUMBER_MAX];

	if (!record_number(plain, number))
		return 0;
	for (size_t i = 0; i < list->n; i++) {
		if (strcmp(plain, list->items[i].plain) == 0)
			return list->items[i].line;
	}
	return 0;
}
