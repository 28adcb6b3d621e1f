/* measure.h - stopwatch, memory, and rows of figures as JSON.
 * Knows figures; never what is measured. Medians are for report.py: here
 * every single run is written down.
 *
 * A bench has nobody to hand an error to: must_* says it and ends. */
#ifndef TIAN_TESTS_BENCH_MEASURE_H
#define TIAN_TESTS_BENCH_MEASURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/err.h"

enum { RUNS = 5, RUNS_MAX = 16 };

/* Seconds, monotonic; with $TIAN_BENCH_CPU those of this process's own work,
 * for looking for what costs most on a machine that is busy otherwise. */
double seconds(void);
/* Peak resident memory of this process in MiB. */
double peak_mib(void);
/* Before the clock starts: what was written until now is on disk. */
void settle(void);
/* Calls of malloc, calloc and realloc so far (linked with --wrap). */
size_t allocations(void);

enum target_kind {
	TARGET_NONE,	  /* noted only */
	TARGET_RATIO_MAX, /* ours / floor at most */
	TARGET_RATIO_MIN, /* ours / floor at least */
	TARGET_MAX,	  /* ours at most */
	TARGET_MIN	  /* ours at least */
};

struct row {
	const char *id;	  /* stable, e.g. "capture.one_transaction" */
	const char *what; /* ASCII, for people */
	const char *unit;
	const char *floor_what; /* NULL: there is no floor */
	double x;		/* place on the axis of growth, or 0 */
	enum target_kind kind;
	double target;
	double ours[RUNS_MAX];
	double floor[RUNS_MAX];
	size_t n;
};

/* Notes one run; `floor` 0 where there is none. */
void row_add(struct row *row, double ours, double floor);
/* Appends the row to $TIAN_BENCH_OUT (one JSON object a line) and says it on
 * stderr. */
void row_write(const struct row *row);

/* Ends the program where rc < 0. */
void must(int rc, const struct err *err, const char *task);
void must_true(bool ok, const char *task);

/* Files. The folder is the bench's own, removed at the end. */
const char *scratch_folder(void);
/* A path in it, valid until the end. */
const char *scratch(const char *name);
void scratch_remove(const char *path); /* with all it holds */
/* A replica at rest (no -wal) as another file. */
void copy_file(const char *from, const char *to);
/* Bytes of a file, or of all in a folder. */
double bytes_of(const char *path);

#endif
