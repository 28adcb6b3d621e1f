/* stats.h - the figures an office publishes of one session.
 * Counted by proposals unless said otherwise: a proposal of two separate
 * units is one, and counts for each of them in the table of units, which is
 * counted by handlings. Knows rows and views; prints nothing.
 *
 * (S1) What a source states is kept beside what is counted here; where both
 *      are known, `received`, `filed`, `led`, `supervised` are the stated
 *      ones, and the difference is in `reconcile`.
 * (S2) Parts add up to their whole, or `reconcile` says by how much not. */
#ifndef TIAN_CLI_STATS_H
#define TIAN_CLI_STATS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/replica/replica.h"

enum {
	STATS_CLASSES_MAX = 8, /* of a code list; more share one count */
	STATS_RECONCILE_MAX = 12,
	STATS_UNSTATED = -1
};

/* Of a sector, kind, category or unit. Units count handlings: total is main
 * and separate ones, co the others. */
struct stats_tally {
	char *code; /* owned; "" where it has none */
	char *name; /* owned */
	size_t total, co, split;
	size_t replied, on_time, with_due, contacted;
	size_t asked, process, result, both;	/* sponsors' forms */
	size_t by_class[STATS_CLASSES_MAX + 1]; /* [n_classes]: none */
};

struct stats_tallies {
	struct stats_tally *items;
	size_t n, cap;
};

struct stats_class {
	char *code; /* owned */
	size_t proposals, handlings;
};

/* Two figures that should be one. */
struct stats_reconcile {
	const char *name; /* stable */
	int64_t stated, counted;
};

struct stats {
	char *session; /* key; owned, as all text here */
	char *title;   /* "区政协一届一次会议" */
	int64_t stated_received, stated_filed, stated_led, stated_supervised;
	size_t received, filed, merged, rejected, forwarded, withdrawn;
	size_t unreviewed, key, led, supervised;
	size_t replied, on_time, with_due, contacted, archived;
	size_t asked, process, result, both; /* proposals with forms, and
				where all of them are satisfied */
	size_t measures, adopted;	     /* done or planned */
	size_t handlings, main_units, split_units, co_units, opinions;
	size_t handlings_replied;
	struct stats_class classes[STATS_CLASSES_MAX];
	size_t n_classes;
	size_t unclassed; /* filed, and no class yet */
	struct stats_tallies sectors, kinds, categories, units;
	char **overdue; /* keys */
	size_t n_overdue, cap_overdue;
	struct stats_reconcile reconcile[STATS_RECONCILE_MAX];
	size_t n_reconcile;
};

/* `session` NULL: the last one there is. ERR_INPUT: no such session, or none
 * at all. stats_release, also on error. */
int stats_load(struct stats *out, struct replica *replica, const char *session,
	       struct err *err);
void stats_release(struct stats *stats);
/* The stated figure, else the counted one (S1). */
int64_t stats_figure(int64_t stated, size_t counted);

#endif
