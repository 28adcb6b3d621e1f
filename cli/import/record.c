/* record.c - a list of proposals as read, and what could not be read of it.
 * Values only; knows no file format and no replica. */
#include "cli/import/record.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/import/scan.h"
#include "core/base/buf.h"

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
	free(record->kind);
	free(record->leaders);
	free(record->split_units);
	for (size_t i = 0; i < record->n_answers; i++) {
		struct record_answer *answer = &record->answers[i];

		free(answer->unit);
		free(answer->class_text);
		free(answer->reply);
		free(answer->doc_no);
		free(answer->replied_on);
	}
	free(record->answers);
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
	free(list->slots);
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
	if (list->n_indexed > list->n) { /* it had a slot: begin anew */
		free(list->slots);
		list->slots = NULL;
		list->n_slots = list->n_indexed = 0;
	}
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

static bool later(const struct record_problem *a,
		  const struct record_problem *b)
{
	return a->line != b->line ? a->line > b->line : a->column > b->column;
}

/* Merges two runs that stand one behind the other. */
static void merge(struct record_problem *to, const struct record_problem *a,
		  size_t n, const struct record_problem *b, size_t m)
{
	while (n > 0 && m > 0) {
		if (later(a, b)) {
			*to++ = *b++;
			m--;
		} else {
			*to++ = *a++;
			n--;
		}
	}
	memcpy(to, n > 0 ? a : b, (n > 0 ? n : m) * sizeof(*to));
}

/* A merge sort, which keeps the order of equals. Without memory for it the
 * order stays as it is: nothing is lost. */
void record_list_sort(struct record_list *list)
{
	size_t n = list->n_problems;
	struct record_problem *from = list->problems;
	struct record_problem *to = calloc(n + 1, sizeof(*to));

	for (size_t run = 1; to != NULL && run < n; run *= 2) {
		struct record_problem *swap = from;

		for (size_t at = 0; at < n; at += 2 * run) {
			size_t left = n - at < run ? n - at : run;
			size_t right = n - at - left < run ? n - at - left
							   : run;

			merge(to + at, from + at, left, from + at + left,
			      right);
		}
		from = to;
		to = swap;
	}
	if (from != list->problems) {
		memcpy(list->problems, from, n * sizeof(*from));
		to = from;
	}
	free(to);
}

static bool number_char(int code)
{
	return (code >= '0' && code <= '9') || (code >= 'A' && code <= 'Z') ||
	       (code >= 'a' && code <= 'z') || code == '-';
}

/* "一、", "（十四）", "14.": what numbers the lines of a list. */
static bool ordinal(char out[RECORD_NUMBER_MAX], struct scan scan)
{
	unsigned number;

	scan_if(&scan, '(');
	if (!scan_ordinal(&scan, &number) || number == 0)
		return false;
	scan_if(&scan, ')');
	if (!scan_word(&scan, "、") && !scan_word(&scan, "．"))
		scan_if(&scan, '.');
	if (scan.at != scan.end)
		return false;
	snprintf(out, RECORD_NUMBER_MAX, "%03u", number);
	return true;
}

bool record_number(char out[RECORD_NUMBER_MAX], const char *printed)
{
	struct scan scan = scan_trim(scan_text(printed));
	char plain[RECORD_NUMBER_MAX];
	size_t n = 0;
	bool digits = true;
	const char *from;

	if (ordinal(out, scan))
		return true;
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
	       scan_if(scan, ';') || scan_if(scan, '/') || scan_if(scan, ' ');
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

static int add_units(struct record *record, const char *text, size_t len,
		     bool first_is_main, struct err *err)
{
	struct buf co = BUF_INIT;
	char *copy = strndup(text, len);
	const char *at = copy;
	const char *member;
	int rc = 0;

	if (record->co_units != NULL)
		buf_adds(&co, record->co_units);
	while (copy != NULL && record_next_member(&at, &member, &len)) {
		if (first_is_main && record->main_unit == NULL) {
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

int record_set_units(struct record *record, const char *text, size_t len,
		     struct err *err)
{
	return add_units(record, text, len, true, err);
}

int record_set_co(struct record *record, const char *text, size_t len,
		  struct err *err)
{
	return add_units(record, text, len, false, err);
}

/* One more separate unit, unless it is one already. */
static int add_split(struct record *record, const char *name, size_t len,
		     struct err *err)
{
	struct record_answer *more;

	for (size_t i = 0; i < record->n_answers; i++)
		if (strlen(record->answers[i].unit) == len &&
		    memcmp(record->answers[i].unit, name, len) == 0)
			return 0;
	more = reallocarray(record->answers, record->n_answers + 1,
			    sizeof(*more));
	if (more == NULL)
		return err_nomem(err);
	record->answers = more;
	more += record->n_answers;
	memset(more, 0, sizeof(*more));
	more->unit = strndup(name, len);
	if (more->unit == NULL)
		return err_nomem(err);
	record->n_answers++;
	return 0;
}

int record_set_split(struct record *record, const char *text, size_t len,
		     struct err *err)
{
	struct buf names = BUF_INIT;
	char *copy = strndup(text, len);
	const char *at = copy;
	const char *member;
	int rc = copy != NULL ? 0 : err_nomem(err);

	while (rc == 0 && record_next_member(&at, &member, &len))
		rc = add_split(record, member, len, err);
	for (size_t i = 0; i < record->n_answers; i++)
		buf_addf(&names, "%s%s", i > 0 ? "、" : "",
			 record->answers[i].unit);
	if (rc == 0)
		rc = buf_check(&names, err);
	free(record->split_units);
	record->split_units = names.len > 0 ? buf_take(&names) : NULL;
	buf_release(&names);
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

/* The slot of a number: its record's, or the free one it would take. */
static size_t slot_of(const struct record_list *list, const char *plain)
{
	size_t hash = 5381;

	for (const char *at = plain; *at != '\0'; at++)
		hash = hash * 33 + (unsigned char)*at;
	hash &= list->n_slots - 1;
	while (list->slots[hash] != 0 &&
	       strcmp(list->items[list->slots[hash] - 1].plain, plain) != 0)
		hash = (hash + 1) & (list->n_slots - 1);
	return hash;
}

/* Takes up the records added since the last look; false without memory. */
static bool take_up(struct record_list *list)
{
	if (list->n * 2 >= list->n_slots) {
		size_t n_slots = list->n_slots == 0 ? 64 : list->n_slots * 2;
		size_t *slots;

		while (list->n * 2 >= n_slots)
			n_slots *= 2;
		slots = calloc(n_slots, sizeof(*slots));
		if (slots == NULL)
			return false;
		free(list->slots);
		list->slots = slots;
		list->n_slots = n_slots;
		list->n_indexed = 0;
	}
	for (; list->n_indexed < list->n; list->n_indexed++) {
		const char *plain = list->items[list->n_indexed].plain;
		size_t slot = slot_of(list, plain);

		if (plain[0] != '\0' && list->slots[slot] == 0)
			list->slots[slot] = list->n_indexed + 1;
	}
	return true;
}

size_t record_list_line_of(struct record_list *list, const char *number)
{
	char plain[RECORD_NUMBER_MAX];
	size_t slot;

	if (!record_number(plain, number))
		return 0;
	if (take_up(list)) {
		slot = list->slots[slot_of(list, plain)];
		return slot == 0 ? 0 : list->items[slot - 1].line;
	}
	for (size_t i = 0; i < list->n; i++) {
		if (strcmp(plain, list->items[i].plain) == 0)
			return list->items[i].line;
	}
	return 0;
}
