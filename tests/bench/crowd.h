/* crowd.h - an office with many units, which are keys and outboxes at the hub
 * and no replicas, so that a thousand of them fit into one machine.
 * Knows how to make them write; measures nothing. */
#ifndef TIAN_TESTS_BENCH_CROWD_H
#define TIAN_TESTS_BENCH_CROWD_H

#include "tests/bench/world.h"

struct crowd {
	struct world world;
	struct crowd_unit *units; /* owned */
	size_t n;
};

/* Unit k has proposal k, and the office has enrolled it; all is at the hub. */
void crowd_make(struct crowd *crowd, const char *name, size_t units);
void crowd_release(struct crowd *crowd);
/* A change of one handling from each of the units from `first` on, pushed in
 * one pack. */
void crowd_write(struct crowd *crowd, size_t first, size_t units);

#endif
