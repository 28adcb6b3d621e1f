/* publish.h - what an office puts before the public: proposals and replies,
 * gathered once, written as HTML, Markdown, JSON, CSV or XLSX.
 * Knows what may leave the house; knows no conflict and no git.
 *
 * (P1) Only fields that the schema marks `publish` are read for output;
 *      contacts, phones and signers never leave.
 * (P2) A proposal that is withheld, or only on request, is left out and
 *      counted; of an extract only the public text is shown. Where the
 *      office has not decided, the strictest wish of its units holds.
 * (P3) Titles, units, classes and replies stand character for character.
 * (P4) A reply goes out as it was submitted; one that never was, or was
 *      changed since, stays in the house until it is, and is counted. */
#ifndef TIAN_CLI_PUBLISH_H
#define TIAN_CLI_PUBLISH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "core/replica/replica.h"

enum {
	PUBLISH_CLASSES_MAX = 8, /* of a code list; more share one count */
	PUBLISH_UNSTATED = -1	 /* a figure nobody entered */
};

/* All text below is owned by the publication; "" where there is none. */
struct publish_unit {
	const char *code;
	const char *name;
	const char *role; /* main, split, co */
	const char *text; /* its reply; "" for co-units */
	const char *doc_no;
	const char *signed_at;
	size_t class_at; /* of its reply; n_classes where it says none */
};

/* A field that the office has added and publishes. */
struct publish_field {
	const char *name;  /* column */
	const char *label; /* in Chinese */
	bool of_unit;	   /* each unit's own, not the proposal's */
	bool shown;	   /* in use, or has a value somewhere */
};

struct publish_more {
	const struct publish_field *field;
	const char *unit; /* whose; "" of the proposal itself */
	const char *value;
};

struct publish_case {
	const char *key;
	const char *case_no;
	const char *title;
	const char *sector;
	const char *sponsors;
	const char *leaders; /* "领办 区长 某某；督办 …" */
	const char *kind;    /* its label */
	const char *category;
	const char *due; /* 2022-06-30 */
	bool is_key;
	bool replied;	 /* a text is shown */
	size_t class_at; /* index of its class; n_classes where it has none */
	struct publish_unit *units; /* main or split first, then co-units */
	size_t n_units;
	struct publish_more *more;
	size_t n_more;
};

/* How many proposals one unit or sector has, by class. */
struct publish_count {
	const char *code; /* "" for sectors */
	const char *name;
	size_t total;
	size_t by_class[PUBLISH_CLASSES_MAX + 1]; /* [n_classes]: none yet */
};

struct publish_class {
	const char *code;
	const char *label;
	const char *meaning; /* "" unless the schema publishes it */
	size_t count;
};

struct publication {
	const char *session; /* key */
	const char *committee;
	const char *meeting; /* "一届一次会议" */
	const char *headline;
	const char *date; /* of publication, 2022-06-30 */
	int64_t received, filed, led, supervised; /* or PUBLISH_UNSTATED */
	size_t key, replied, withheld;
	size_t unsubmitted; /* replies that are not handed in as they stand */
	size_t asked, satisfied; /* sponsors' forms; satisfied with both */
	struct publish_case *cases;
	size_t n;
	struct publish_class classes[PUBLISH_CLASSES_MAX];
	size_t n_classes;
	struct publish_count *units; /* main or split; most first */
	size_t n_units;
	struct publish_count *sectors;
	size_t n_sectors;
	struct publish_field *fields; /* added ones, in the schema's order */
	size_t n_fields;
	void *pool; /* owns all of the above */
};

/* `session` NULL: the last one there is. ERR_INPUT: no such session, or
 * none at all. */
int publish_load(struct publication *out, struct replica *replica,
		 const char *session, const char *date, struct err *err);
void publish_release(struct publication *publication);

/* One self-contained page: filters, figures, prints on A4. */
int publish_html(struct buf *out, const struct publication *publication,
		 struct err *err);
int publish_md(struct buf *out, const struct publication *publication,
	       struct err *err);
int publish_json(struct buf *out, const struct publication *publication,
		 struct err *err);
/* A table: CSV, or a workbook with figures; our own import reads both. */
int publish_csv(struct buf *out, const struct publication *publication,
		struct err *err);
int publish_xlsx(struct buf *out, const struct publication *publication,
		 struct err *err);

/* The figures a page begins with, in order; NULL name at the end. */
struct publish_figure {
	const char *name;
	int64_t number;
};
enum { PUBLISH_FIGURES = 8 };
void publish_figures(struct publish_figure out[PUBLISH_FIGURES],
		     const struct publication *publication);
/* "一届一次会议", or the session's key where it has no name. */
const char *publish_meeting(const struct publication *publication);
/* Its title: "区政协一届一次会议提案办理结果". */
void publish_title(struct buf *out, const struct publication *publication);
/* Appends an inline SVG of one bar per count, split by class. */
void publish_chart(struct buf *out, const struct publication *publication,
		   const char *title, const struct publish_count *counts,
		   size_t n);
/* Appends a date as an office writes it, 2022年6月30日. */
void publish_date(struct buf *out, const char *date);
/* Appends text with &, <, >, quotes as entities; control characters that XML
 * forbids become spaces. */
void publish_escape(struct buf *out, const char *text);

#endif
