/* schedule_helper.h - random weeks in the life of three sites with two nodes
 * each: edits by plain SQL and by decision, partitions, reorderings,
 * repetitions, losses, restarts; and what must hold when all has arrived.
 * Knows core/; carries batches by hand, without git. */
#ifndef TIAN_TESTS_CORE_SCHEDULE_HELPER_H
#define TIAN_TESTS_CORE_SCHEDULE_HELPER_H

#include <stdint.h>

#include "tests/core/replica_helper.h"

enum schedule_kind {
	/* Every node hears every other, nobody judges. */
	SCHEDULE_MESH,
	/* The office merges, judges and sends each unit what is its own. */
	SCHEDULE_HUB
};

struct world;

/* Six nodes and one to fold again with, in a folder of their own. */
struct world *world_open(void);
void world_close(struct world *world);
/* Runs one schedule from empty replicas to the end and asserts everything.
 * `shuffles` is how often all is folded again in another order. */
void world_run(struct world *world, enum schedule_kind kind, uint64_t seed,
	       size_t shuffles);
/* The office's first node, which holds everything after a run. */
struct node *world_office(struct world *world);

/* What has been tried, over all runs. */
struct world_figures {
	size_t schedules;
	size_t edits;
	size_t decisions;
	size_t refused_at_once; /* by a trigger */
	size_t changes;
	size_t verdicts;
	size_t flagged;
	size_t soft;
	size_t hard;
	size_t voided_unseen;
	size_t restarts;
	size_t late_changes; /* late nodes started with so many changes */
	size_t late_behind;  /* when main had so many */
};
/* TIAN_SCHEDULES (otherwise 1,000) schedules of a kind, from TIAN_SEED on;
 * prints what has been tried. */
struct world_figures world_run_many(enum schedule_kind kind);

#endif
