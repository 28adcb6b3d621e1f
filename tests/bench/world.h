/* world.h - an office, its units and their hub in a folder, all real: SQLite,
 * signed commits, local hub. Knows how to make one grow; measures nothing. */
#ifndef TIAN_TESTS_BENCH_WORLD_H
#define TIAN_TESTS_BENCH_WORLD_H

#include <stddef.h>

#include "sync/sync.h"
#include "tests/bench/corpus.h"

enum { WORLD_PATH = 400, WORLD_UNITS = 64 };

struct world {
	char dir[WORLD_PATH];
	char hub[WORLD_PATH];
	size_t units;
	size_t proposals;
	size_t written; /* counts edits, so that each says something new */
};

/* Proposal k is handled by unit k mod units, and by unit (k + 1) mod units
 * as the second one. Everybody is enrolled and has everything. */
void world_make(struct world *world, const char *name, size_t units,
		size_t proposals);
/* The folder of a node: "office", or "u00" …; valid until the end. */
const char *world_dir(const struct world *world, const char *node);
const char *world_unit_dir(const struct world *world, size_t unit);
/* A further node of a site, enrolled by the office, which has synced. */
void world_add_node(const struct world *world, const char *node,
		    const char *site);
/* Enrols several at once: one sync of the office for all. */
void world_add_nodes(const struct world *world, const char *const *nodes,
		     const char *const *sites, size_t n);

/* One sync in this process; the node is opened and closed. Gives the seconds
 * it took. *report may be NULL. */
double world_sync(struct sync_report *report, const char *dir);
/* n edits of a unit to handlings of its own, pending: a commit takes up
 * `each` of them. Every `long_each`th is a text, 0 none. */
void world_edit(struct world *world, size_t unit, size_t n, size_t each,
		size_t long_each);
/* The same in steps, synced by the unit, taken in by the office. */
void world_grow(struct world *world, size_t unit, size_t n, size_t each);

/* Runs a program to its end, its output thrown away; argv ends with NULL.
 * Seconds from start to end; *status and *peak_mib may be NULL, otherwise a
 * status other than 0 ends the bench. */
double run_program(int *status, double *peak_mib, const char *const *argv);
/* The program under test. */
const char *world_program(void);

#endif
