/* import_room.h - one import as its own files see it. Not for others. */
#ifndef TIAN_CLI_IMPORT_ROOM_H
#define TIAN_CLI_IMPORT_ROOM_H

#include "cli/import/import.h"
#include "cli/case/session.h"
#include "core/base/buf.h"

struct import {
	struct replica *replica;
	struct record_list *list;
	const struct import_options *options;
	struct import_report *report;
	unsigned parts;
	char session[SESSION_SIZE];
	bool *skipped; /* by record: another unit's, not ours to judge */
	enum record_place place; /* in its row; RECORD_PLACES: nowhere */
	long index;		 /* of the record being taken, or RECORD_NONE */
	struct err *err;
};

/* import_cell.c: fill in what is not known, name what differs. */

/* One cell of a row that exists; `value` NULL fills nothing. *filled (may be
 * NULL) is only ever set to true. */
struct import_cell {
	const char *entity;
	const char *row;
	const char *field;
	unsigned part;
};
int import_fill(struct import *import, const struct import_cell *cell,
		const char *value, bool *filled);
int import_fill_int(struct import *import, const struct import_cell *cell,
		    int64_t value);
/* Adds a row where it is absent. */
int import_row(struct import *import, const char *entity, const char *row,
	       bool *added);
/* Whether a row is there and not voided. */
int import_exists(struct import *import, const char *entity, const char *row,
		  bool *exists);
/* The first column of a query's first row into `out`, left empty without a
 * row. a and b are bound as ?1 and ?2; NULL is not bound. */
int import_ask(struct buf *out, struct import *import, const char *sql,
	       const char *a, const char *b);
/* Names a problem of the record being taken, at the place, or of the page. */
int import_problem(struct import *import, unsigned part, const char *fmt, ...)
	ERR_PRINTF(3, 4);
/* The code of a list by code, label or alias; left empty where there is
 * none. */
int import_code(struct buf *code, struct import *import, const char *list,
		const char *text);
/* The key of the record's proposal into `key`; false if its number gives
 * none. */
bool import_key(struct buf *key, const struct import *import,
		const struct record *record);

/* import_leader.c: leaders as "领办 区长 某某；督办 某某（主席）". */

int import_leaders(struct import *import, const char *key, const char *leaders);

/* import_unit.c: units by what a list calls them. */

/* The code into `code`, left empty where no unit is called so; several of
 * one name are named as a problem, and left empty too. */
int import_unit_find(struct buf *code, struct import *import, const char *name);
/* The same, but an unknown unit is added, its name for a code. */
int import_unit_need(struct buf *code, struct import *import, const char *name);

/* One record. */
int import_proposal(struct import *import, const struct record *record);
int import_reply(struct import *import, const struct record *record);

#endif
