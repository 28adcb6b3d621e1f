/* record.h - a list of proposals as read, and what could not be read of it.
 * Values only; knows no file format and no replica.
 *
 * Text is kept character for character; only white space at both ends of a
 * field is left out. Numbers and classes stand as printed. */
#ifndef TIAN_CLI_RECORD_H
#define TIAN_CLI_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/err.h"

/* What a problem or an import is about (flags): what the office knows when
 * it assigns, and what a unit answers. */
enum record_part { RECORD_PROPOSAL = 1, RECORD_REPLY = 2 };

enum { RECORD_NUMBER_MAX = 24 };

/* Where in its row a table says something of a proposal. */
enum record_place {
	RECORD_AT_TITLE,
	RECORD_AT_SECTOR,
	RECORD_AT_SPONSORS,
	RECORD_AT_CATEGORY,
	RECORD_AT_KIND,
	RECORD_AT_DUE,
	RECORD_AT_LEADERS,
	RECORD_AT_MAIN,
	RECORD_AT_SPLIT,
	RECORD_AT_CO,
	RECORD_AT_CLASS,
	RECORD_AT_REPLY,
	RECORD_AT_DOC_NO,
	RECORD_AT_REPLIED_ON,
	RECORD_PLACES
};

/* What one of several separate units (分办) replied. Owned strings, NULL where
 * the list does not say. */
struct record_answer {
	char *unit;
	char *class_text;
	char *reply;
	char *doc_no;
	char *replied_on;
};

/* One proposal. Owned strings, NULL where the list does not say. */
struct record {
	size_t line;  /* of its first line; the file's first is 1 */
	char *number; /* "14", "第001号", "B078" */
	char plain
		[RECORD_NUMBER_MAX]; /* its part of a key, "" if it gives none */
	char *sector;		     /* "特邀界一组" */
	char *title;		     /* without its 《》 */
	char *body;		     /* paragraphs of the proposal itself */
	char *category;
	char *sponsors; /* joined by '、' */
	char *main_unit;
	char *co_units;	  /* joined by '、' */
	char *class_text; /* "A", "A类", "解决或采纳" */
	char *reply;	  /* paragraphs, joined by '\n' */
	char *doc_no;	  /* as printed */
	char *replied_on; /* 2022-06-30 */
	char *due;	  /* 2022-06-30 */
	char *kind;	  /* "联名" */
	char *leaders;	  /* "领办 区长 某某；督办 某某" */
	bool is_key;
	size_t columns[RECORD_PLACES]; /* the first is 1; 0: no table */
	char *split_units; /* joined by '、'; then `answers` has theirs */
	struct record_answer *answers;
	size_t n_answers;
};

enum { RECORD_NONE = -1 }; /* a problem of no record; a figure not stated */

struct record_problem {
	size_t line;
	size_t column;	/* of the table, the first is 1; 0: the whole line */
	char *text;	/* owned; a sentence without its full stop */
	long record;	/* index of what it is about, or RECORD_NONE */
	unsigned parts; /* who minds: enum record_part flags */
	bool note;	/* told, but nothing to correct */
};

/* What a page says of its session. */
struct record_facts {
	char *headline;
	char *committee; /* "区政协" */
	char *session;	 /* "一届一次会议" */
	unsigned term;	 /* 1; 0 where it is not said */
	unsigned meeting;
	int64_t received, filed, key, led, supervised; /* or RECORD_NONE */
};

struct record_list {
	struct record_facts facts;
	struct record *items;
	size_t n, cap;
	struct record_problem *problems;
	size_t n_problems, cap_problems;
	/* Of record_list_line_of: records by number, 1 + index; 0 is free. */
	size_t *slots;
	size_t n_slots, n_indexed;
};

void record_list_init(struct record_list *list);
void record_list_release(struct record_list *list);
/* An empty record at the end, borrowed until the next call; NULL when out of
 * memory. */
struct record *record_list_add(struct record_list *list, size_t line);
/* Takes the last record out again. */
void record_list_drop(struct record_list *list);

struct record_about {
	size_t line;
	size_t column;
	long record;
	unsigned parts;
	bool note;
};
/* Names a problem. 0, or ERR_FAIL when out of memory. */
int record_list_problem(struct record_list *list, struct record_about about,
			struct err *err, const char *fmt, ...) ERR_PRINTF(4, 5);
/* Orders problems by line and column, keeping the order within one. */
void record_list_sort(struct record_list *list);

/* Units of one cell, joined by '、': the first is the main one, unless there
 * is one already; the others are co-units. */
int record_set_units(struct record *record, const char *text, size_t len,
		     struct err *err);
/* Co-units alone: nobody becomes the main one. */
int record_set_co(struct record *record, const char *text, size_t len,
		  struct err *err);
/* Separate units: each gets an empty answer. */
int record_set_split(struct record *record, const char *text, size_t len,
		     struct err *err);
int record_set_number(struct record *record, const char *text, size_t len,
		      struct err *err);
/* The line at which an earlier record has the same number, 0 if none has. */
size_t record_list_line_of(struct record_list *list, const char *number);

/* The part of a key a printed number stands for: "14", "第014号", "十四、" give
 * "014", "2017009" and "B078" themselves. false if it is no number. */
bool record_number(char out[RECORD_NUMBER_MAX], const char *printed);
/* The letter of a class printed by letter ("A", "Ａ类"), 0 for words. */
char record_class_letter(const char *text, size_t len);
/* Members of a list joined by '、' (or ',', ';', blanks): each call gives
 * the next one, trimmed, and moves *cursor; false at the end. */
bool record_next_member(const char **cursor, const char **member, size_t *len);

#endif
