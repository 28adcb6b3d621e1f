/* paper.h - the papers an office prints and hands out: assignment list,
 * reminder, letter of reply, sponsor's form, table of results. Each is HTML
 * that needs nothing else and prints on A4.
 * Knows rows and what a paper is made of; writes nothing to the replica.
 *
 * (P5) Like a publication (P1), a paper holds only fields the schema marks
 *      `publish`: contact and telephone number are lines to fill in by hand.
 *      A letter goes to the sponsor, so a reply that is withheld from the
 *      public is printed too, and marked; it holds a reply only as it was
 *      submitted (P4). */
#ifndef TIAN_CLI_PAPER_H
#define TIAN_CLI_PAPER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "core/replica/replica.h"

enum paper_kind {
	PAPER_ASSIGNMENT, /* 交办清单, a page for each unit */
	PAPER_REMINDER,	  /* 催办通知, a page for each unit that is late */
	PAPER_LETTER,	  /* 答复函, a page for each reply */
	PAPER_FEEDBACK,	  /* 征询意见表, a page for each proposal */
	PAPER_RESULTS,	  /* 办理结果统计表, all units */
	N_PAPERS
};

/* "assignment", …; N_PAPERS if it is none. */
enum paper_kind paper_kind_named(const char *name);

struct paper_options {
	enum paper_kind kind;
	const char *session; /* NULL: that of the case, else the last one */
	const char *unit;    /* code, or NULL for all */
	const char *key;     /* of one case, or NULL for all */
	const char *date;    /* printed on it: 2022-06-30 */
};

/* One unit's part in one case. All owned; "" where there is none. */
struct paper_row {
	char *key, *case_no, *title, *sponsors, *sector;
	char *class_code, *publicity, *status;
	char *unit, *unit_name, *role, *role_name;
	char *main_names, *co_names;
	char *assigned_on, *due, *text, *doc_no, *signed_at;
	bool answered;
	int64_t days; /* past the date; negative: left; 0 without one */
};

struct paper {
	struct paper_options options;
	char *session, *committee, *meeting, *office; /* owned */
	struct paper_row *rows;			      /* by unit, then case */
	size_t n, cap;
	size_t unsubmitted; /* replies that a letter does not hold: (P4) */
	size_t pages;	    /* written by paper_html */
};

/* paper_release, also on error. ERR_INPUT: no such session. */
int paper_load(struct paper *out, struct replica *replica,
	       const struct paper_options *options, struct err *err);
void paper_release(struct paper *paper);
/* ERR_INPUT where there is nothing to print. PAPER_RESULTS counts afresh. */
int paper_html(struct buf *out, struct paper *paper, struct replica *replica,
	       struct err *err);

#endif
