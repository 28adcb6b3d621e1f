/* fan_bench.c - fifty units at once into the office; a unit's beginning
 * beside that of a whole replica. */
#include "tests/bench/groups.h"

#include <stdio.h>
#include <string.h>

#include "tests/bench/measure.h"
#include "tests/bench/world.h"

enum { UNITS = 50, PROPOSALS = 5000 };

/* Every unit writes and pushes `each` changes; the office takes them in. */
static double fan_in(struct world *world, size_t each)
{
	struct sync_report report = {0};
	double time;

	for (size_t i = 0; i < UNITS; i++) {
		world_edit(world, i, each, each, 10);
		world_sync(NULL, world_unit_dir(world, i));
	}
	settle();
	time = world_sync(&report, world_dir(world, "office"));
	must_true(report.merged == each * UNITS, "merge every change");
	sync_report_release(&report);
	return time;
}

static void bench_fan_in(struct world *world)
{
	static const size_t each[] = {20, 200};
	struct row rows[2] = {{.id = "fan_in.sync",
			       .what = "office's sync, 50 units at once",
			       .unit = "us/change",
			       .x = 20 * UNITS},
			      {.id = "fan_in.sync",
			       .what = "office's sync, 50 units at once",
			       .unit = "us/change",
			       .x = 200 * UNITS}};

	for (size_t run = 0; run < RUNS; run++)
		for (size_t i = 0; i < 2; i++)
			row_add(&rows[i],
				fan_in(world, each[i]) * 1e6 /
					(double)(each[i] * UNITS),
				0);
	row_write(&rows[0]);
	row_write(&rows[1]);
}

/* A new node's first sync, and what it then takes up on disk. */
static double begin(const struct world *world, const char *node, double *bytes)
{
	const char *dir = world_dir(world, node);
	double time = world_sync(NULL, dir);

	*bytes = bytes_of(dir);
	return time;
}

static void bench_bootstrap(const struct world *world)
{
	static char names[2 * RUNS][16];
	const char *nodes[2 * RUNS];
	const char *sites[2 * RUNS];
	struct row time = {.id = "bootstrap.time",
			   .what = "first sync with 1/50 of 5,000 proposals",
			   .unit = "ms",
			   .floor_what = "that of the whole replica",
			   .kind = TARGET_RATIO_MAX,
			   .target = 1.0 / 25};
	struct row bytes = {.id = "bootstrap.bytes",
			    .what = "what a new unit takes up on disk",
			    .unit = "KiB",
			    .floor_what = "the whole replica",
			    .kind = TARGET_RATIO_MAX,
			    .target = 1.0 / 25};

	for (size_t i = 0; i < 2 * RUNS; i++) {
		snprintf(names[i], sizeof(names[i]), "%s%zu",
			 i % 2 ? "office" : "unit", i);
		nodes[i] = names[i];
		sites[i] = i % 2 ? "office" : "u07";
	}
	world_add_nodes(world, nodes, sites, 2 * RUNS);
	settle();
	for (size_t i = 0; i < RUNS; i++) {
		double here;
		double whole;
		double ours = begin(world, names[2 * i], &here);
		double floor = begin(world, names[2 * i + 1], &whole);

		row_add(&time, ours * 1e3, floor * 1e3);
		row_add(&bytes, here / 1024, whole / 1024);
	}
	row_write(&time);
	row_write(&bytes);
}

void bench_fan(void)
{
	struct world world;

	world_make(&world, "fan", UNITS, quick() ? 500 : PROPOSALS);
	bench_fan_in(&world);
	bench_bootstrap(&world); /* of an office that has a history */
}
