/* check_room.h - one run of the checks as its own files see it. Not for
 * others. */
#ifndef TIAN_CLI_CHECK_ROOM_H
#define TIAN_CLI_CHECK_ROOM_H

#include "cli/check/check.h"
#include "core/base/buf.h"
#include "core/base/db.h"

/* A unit's reply, with what its checks ask of the case. All owned. */
struct check_reply {
	char *key, *title, *case_no;
	char *unit, *unit_name;
	char *text, *class_code, *doc_no;
	bool answered;	     /* submitted, not only drafted */
	bool goes_out;	     /* not withheld from publication */
	bool has_plan;	     /* a measure with a date */
	bool has_reason;     /* a measure not adopted, with a reason */
	bool keeps_measures; /* the session has measures at all */
};

struct check {
	struct check_list *list;
	struct replica *replica;
	const char *key; /* the only case, or NULL */
	struct check_reply *replies;
	size_t n_replies, cap_replies;
	struct err *err;
};

/* One thing found. `message` is a translated text in which {unit}, {1} and
 * {2} are replaced. Strings are borrowed; NULL is none. */
struct check_said {
	const char *key;
	const char *check;
	enum check_severity severity;
	const char *message;
	const char *unit; /* code */
	const char *unit_name;
	const char *one, *two;
	const char *other;
};
int check_say(struct check *check, const struct check_said *said);

/* check_rules.c: checks that are queries. Needs the temporary table
 * `checked`, which check_begin makes. */
int check_begin(struct check *check);
int check_rules(struct check *check);
/* The first and the last key that this run asks about, into parameters `at`
 * and at + 1. */
void check_bind_keys(sqlite3_stmt *stmt, int at, const struct check *check);
/* check_reply.c: checks of a reply's text. */
int check_replies(struct check *check);
/* check_date.c: late and nearly late, with the rule that made the date. */
int check_dates(struct check *check);
/* check_bound.c: signatures whose text has changed. */
int check_bound(struct check *check);

#endif
