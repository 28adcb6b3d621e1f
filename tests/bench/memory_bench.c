/* memory_bench.c - peak memory of the two that see everything: the office
 * merging, and verify. Whole processes; the kernel says their peak. */
#include "tests/bench/groups.h"

#include <stdio.h>

#include "tests/bench/measure.h"
#include "tests/bench/world.h"

enum { UNITS = 50, PROPOSALS = 5000, STEP = 20000 };

static void measure(const char *id, const char *what, const char *dir,
		    const char *command, double changes)
{
	const char *argv[] = {world_program(), "-C", dir, command, NULL};
	char speed_id[64];
	struct row memory = {.id = id,
			     .what = what,
			     .unit = "MiB",
			     .x = changes,
			     .kind = TARGET_MAX,
			     .target = 200};
	struct row speed = {.what = what, .unit = "changes/s", .x = changes};
	double peak = 0;
	double time = run_program(NULL, &peak, argv);

	snprintf(speed_id, sizeof(speed_id), "%s_speed", id);
	speed.id = speed_id;
	row_add(&memory, peak, 0);
	row_add(&speed, changes / time, 0);
	row_write(&memory);
	row_write(&speed);
}

/* All units write; the office has not taken in anything of it. */
static void write_all(struct world *world, size_t changes)
{
	size_t each = changes / UNITS;

	for (size_t i = 0; i < UNITS; i++) {
		for (size_t done = 0; done < each; done += STEP) {
			size_t n = each - done < STEP ? each - done : STEP;

			world_edit(world, i, n, 2000, 0);
			world_sync(NULL, world_unit_dir(world, i));
		}
	}
}

void bench_memory(void)
{
	static const size_t sizes[] = {10000, 100000, 1000000};
	struct world world;
	size_t n = quick() ? 1 : large() ? 3 : 2;
	size_t total = 0;

	world_make(&world, "memory", UNITS, quick() ? 500 : PROPOSALS);
	for (size_t i = 0; i < n; i++) {
		const char *office = world_dir(&world, "office");

		write_all(&world, sizes[i]);
		total += sizes[i];
		measure("memory.merge", "office merging so many changes",
			office, "sync", (double)sizes[i]);
		measure("memory.verify", "verify over so many changes", office,
			"verify", (double)total);
	}
}
