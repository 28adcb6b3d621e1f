/* import.h - a list of proposals taken into the replica, in one transaction.
 * Knows what a list may fill in; knows no file format and prints nothing.
 *
 * A list fills in what is not known yet. Where the replica holds something
 * else, that stands, and the difference is named as a problem: so the same
 * list twice changes nothing, and no list undoes an edit. */
#ifndef TIAN_CLI_IMPORT_H
#define TIAN_CLI_IMPORT_H

#include <stdbool.h>
#include <stddef.h>

#include "cli/import/record.h"
#include "core/replica/replica.h"

struct import_options {
	const char *session; /* "1-1"; NULL: the list's own, else the only
				session of the replica */
	unsigned parts;	     /* enum record_part flags; 0: all this site may */
	bool strict;	     /* any problem: take nothing */
	bool dry_run;	     /* say what would be taken, take nothing */
	const char *author;  /* NULL: the replica's */
	void (*progress)(size_t done, size_t total, void *ctx); /* or NULL */
	void *ctx;
};

struct import_report {
	unsigned parts;	  /* what was asked for in the end */
	size_t proposals; /* added */
	size_t handlings; /* units newly named for a proposal */
	size_t units;	  /* added, to be enrolled later */
	size_t replies;	  /* texts taken */
	size_t classes;	  /* proposed classes taken */
	size_t others;	  /* entries of other units, passed over */
	size_t changes;	  /* field writes logged; 0 for a list taken before */
	size_t problems;  /* that somebody should look at (notes do not
			      count) */
};

/* Problems met here join list->problems; those that do not concern what was
 * asked for, or other units' entries, are taken out; sorted by line. On
 * ERR_INPUT (strict and problems; no session; not this site's to do) nothing
 * is changed. */
int import_list(struct import_report *report, struct replica *replica,
		struct record_list *list, const struct import_options *options,
		struct err *err);

#endif
