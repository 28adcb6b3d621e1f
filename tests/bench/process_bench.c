/* process_bench.c - what a person waits for: reading commands as whole
 * processes, at 10,000 proposals, with a short and a long history. */
#include "tests/bench/groups.h"

#include <stdio.h>
#include <string.h>

#include "tests/bench/measure.h"
#include "tests/bench/world.h"

enum { UNITS = 50, PROPOSALS = 10000 };

static const struct command {
	const char *id;
	const char *what;
	const char *words[4];
} commands[] = {
	{"process.log", "tian log CASE", {"log", "1-1-00008"}},
	{"process.list", "tian list --unit", {"list", "--unit", "u07"}},
	{"process.list_all", "tian list", {"list"}},
	{"process.search",
	 "tian list --search",
	 {"list", "--search", "养老服务"}},
	{"process.show", "tian show CASE", {"show", "1-1-00008"}},
	{"process.check", "tian check CASE", {"check", "1-1-00008"}},
	{"process.check_unit", "tian check at a unit", {"check"}},
};
enum { COMMANDS = sizeof(commands) / sizeof(commands[0]) };

static double run(const struct command *command, const char *dir, int *status)
{
	const char *argv[8] = {world_program(), "-C", dir};

	for (size_t i = 0; i < 4; i++)
		argv[3 + i] = command->words[i];
	return run_program(status, NULL, argv) * 1e3;
}

/* The plainest process there is on this machine. */
static double run_nothing(void)
{
	const char *argv[] = {"true", NULL};

	return run_program(NULL, NULL, argv) * 1e3;
}

static void measure(const struct world *world, double history)
{
	settle();
	for (size_t i = 0; i < COMMANDS; i++) {
		const struct command *command = &commands[i];
		bool at_unit = command->words[1] == NULL &&
			       strcmp(command->words[0], "check") == 0;
		const char *dir = at_unit ? world_unit_dir(world, 7)
					  : world_dir(world, "office");
		struct row row = {.id = command->id,
				  .what = command->what,
				  .unit = "ms",
				  .x = history,
				  .floor_what = "a process that does nothing",
				  .kind = strstr(command->id, "_all") != NULL
						  ? TARGET_NONE
						  : TARGET_MAX,
				  .target = 20};
		int status = 0;

		run(command, dir, &status);
		if (status == 2) {
			fprintf(stderr, "  (%s: no such command yet)\n",
				command->what);
			continue;
		}
		for (size_t k = 0; k < RUNS; k++)
			row_add(&row, run(command, dir, NULL), run_nothing());
		row_write(&row);
	}
}

void bench_process(void)
{
	struct world world;
	size_t made = quick() ? 1000 : PROPOSALS;

	/* Making the cases is 8 changes each: the first history. */
	world_make(&world, "process", UNITS, made);
	measure(&world, (double)made * 8);
	for (size_t i = 0; i < UNITS; i++) {
		world_edit(&world, i, made / 5, 200, 10);
		world_sync(NULL, world_unit_dir(&world, i));
	}
	world_sync(NULL, world_dir(&world, "office"));
	measure(&world, (double)made * 18);
}
