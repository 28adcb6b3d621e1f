/* scale_bench.c - slopes for the plan in sync/README.md: what an office's
 * merge, a hub and a register cost by units, refs, proposals and offices. */
#include "tests/bench/groups.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "tests/bench/crowd.h"
#include "tests/bench/measure.h"

enum { TURNS = 3, ACTIVE = 10 };

static const char *office_of(const struct crowd *crowd)
{
	return world_dir(&crowd->world, "office");
}

/* --- by units ------------------------------------------------------------ */

static void few_write(struct crowd *crowd)
{
	struct row idle = {.id = "scale.idle",
			   .what = "office's sync with nothing new, by units",
			   .unit = "ms",
			   .x = (double)crowd->n};
	struct row few = {.id = "scale.few",
			  .what = "office's sync, ten units wrote, by units",
			  .unit = "ms",
			  .x = (double)crowd->n};

	for (size_t i = 0; i < TURNS; i++) {
		settle();
		row_add(&idle, world_sync(NULL, office_of(crowd)) * 1e3, 0);
		crowd_write(crowd, 0, ACTIVE);
		settle();
		row_add(&few, world_sync(NULL, office_of(crowd)) * 1e3, 0);
	}
	row_write(&idle);
	row_write(&few);
}

/* The same once `git pack-refs`, which git gc runs, made one file of them. */
static void pack_refs(const struct crowd *crowd)
{
	char own[3 * WORLD_PATH];
	const char *const folders[] = {crowd->world.hub, own};
	struct row row = {.id = "scale.idle_packed",
			  .what = "the same, refs in one file",
			  .unit = "ms",
			  .x = (double)crowd->n};

	snprintf(own, sizeof(own), "%s/tian.git", office_of(crowd));
	for (size_t i = 0; i < 2; i++) {
		const char *argv[] = {"git",	   "-C",    folders[i],
				      "pack-refs", "--all", NULL};

		run_program(NULL, NULL, argv);
	}
	for (size_t i = 0; i < TURNS; i++)
		row_add(&row, world_sync(NULL, office_of(crowd)) * 1e3, 0);
	row_write(&row);
}

static void all_write(struct crowd *crowd)
{
	struct row row = {.id = "scale.all",
			  .what = "office's sync, every unit wrote, by units",
			  .unit = "us/change",
			  .x = (double)crowd->n};

	crowd_write(crowd, 0, crowd->n);
	settle();
	row_add(&row,
		world_sync(NULL, office_of(crowd)) * 1e6 / (double)crowd->n, 0);
	row_write(&row);
}

/* A row that every site has goes into every inbox. */
static void everybody_gets(struct crowd *crowd)
{
	struct row time = {.id = "scale.broadcast",
			   .what = "office's sync, something for every inbox",
			   .unit = "us/inbox",
			   .x = (double)crowd->n};
	struct row bytes = {.id = "scale.broadcast_bytes",
			    .what = "what that adds to the hub",
			    .unit = "B/inbox",
			    .x = (double)crowd->n};
	char path[3 * WORLD_PATH];
	double before = bytes_of(crowd->world.hub);
	sqlite3 *conn;

	snprintf(path, sizeof(path), "%s/tian.db", office_of(crowd));
	conn = plain_open(path);
	plain_exec(conn, "UPDATE unit SET name = '新名' WHERE code ="
			 " 'u00'");
	plain_close(conn);
	settle();
	row_add(&time,
		world_sync(NULL, office_of(crowd)) * 1e6 / (double)crowd->n, 0);
	row_add(&bytes,
		(bytes_of(crowd->world.hub) - before) / (double)crowd->n, 0);
	row_write(&time);
	row_write(&bytes);
}

static void one_writes(struct crowd *crowd)
{
	const char *dir = world_dir(&crowd->world, "real");
	char path[3 * WORLD_PATH];
	struct row row = {.id = "scale.unit",
			  .what = "a unit's sync with one change, by units",
			  .unit = "ms",
			  .x = (double)crowd->n};

	world_add_node(&crowd->world, "real", "u00");
	world_sync(NULL, dir);
	snprintf(path, sizeof(path), "%s/tian.db", dir);
	for (size_t i = 0; i < TURNS; i++) {
		char sql[96];
		sqlite3 *conn = plain_open(path);

		snprintf(sql, sizeof(sql),
			 "UPDATE handling SET phone = '8825%zu'", i);
		plain_exec(conn, sql);
		plain_close(conn);
		settle();
		row_add(&row, world_sync(NULL, dir) * 1e3, 0);
	}
	row_write(&row);
}

static void by_units(size_t units)
{
	struct row row = {.id = "scale.enrol",
			  .what = "making the office of so many units",
			  .unit = "ms/unit",
			  .x = (double)units};
	struct crowd crowd;
	char name[32];
	double time = seconds();

	snprintf(name, sizeof(name), "crowd%zu", units);
	crowd_make(&crowd, name, units);
	row_add(&row, (seconds() - time) * 1e3 / (double)units, 0);
	row_write(&row);
	all_write(&crowd);
	few_write(&crowd);
	everybody_gets(&crowd);
	one_writes(&crowd);
	pack_refs(&crowd);
	crowd_release(&crowd);
}

/* --- by refs of others --------------------------------------------------- */

/* What a connection by git's protocol begins with: every ref of the hub. */
static double advertised(const char *hub)
{
	char command[3 * WORLD_PATH];
	const char *argv[] = {"sh", "-c", command, NULL};
	const char *path = scratch("advert");

	snprintf(command, sizeof(command),
		 "git upload-pack --advertise-refs '%s' > '%s'", hub, path);
	run_program(NULL, NULL, argv);
	return bytes_of(path);
}

/* Refs that concern nobody here, all of one commit. */
static void add_refs(const char *hub, size_t n)
{
	const char *path = scratch("refs.txt");
	char command[4 * WORLD_PATH];
	const char *argv[] = {"sh", "-c", command, NULL};
	FILE *out = fopen(path, "w");

	must_true(out != NULL, "write a list of refs");
	for (size_t i = 0; i < n; i++)
		fprintf(out, "create refs/heads/other/%016zx/%zu main\n", i, i);
	fclose(out);
	snprintf(command, sizeof(command),
		 "git -C '%s' update-ref --stdin < '%s' &&"
		 " git -C '%s' pack-refs --all",
		 hub, path, hub);
	run_program(NULL, NULL, argv);
}

static void by_refs(size_t refs)
{
	struct row office = {.id = "scale.refs_office",
			     .what = "office's sync with nothing new, by refs",
			     .unit = "ms",
			     .x = (double)refs};
	struct row unit = {.id = "scale.refs_unit",
			   .what = "a unit's sync with nothing new, by refs",
			   .unit = "ms",
			   .x = (double)refs};
	struct row told = {.id = "scale.refs_told",
			   .what = "what a connection begins with, by refs",
			   .unit = "KiB",
			   .x = (double)refs};
	struct world world;
	char name[32];

	snprintf(name, sizeof(name), "refs%zu", refs);
	world_make(&world, name, 1, 10);
	add_refs(world.hub, refs);
	for (size_t i = 0; i < TURNS; i++) {
		row_add(&office,
			world_sync(NULL, world_dir(&world, "office")) * 1e3, 0);
		row_add(&unit,
			world_sync(NULL, world_unit_dir(&world, 0)) * 1e3, 0);
	}
	row_add(&told, advertised(world.hub) / 1024, 0);
	row_write(&office);
	row_write(&unit);
	row_write(&told);
}

/* --- by proposals of one session ----------------------------------------- */

/* A register's folder is one tree: it is written anew by each merge. */
static void by_proposals(size_t proposals)
{
	struct row time = {.id = "scale.register",
			   .what = "a change through the office, by proposals"
				   " of its session",
			   .unit = "ms",
			   .x = (double)proposals};
	struct row bytes = {.id = "scale.register_bytes",
			    .what = "what it adds to the hub before gc",
			    .unit = "KiB",
			    .x = (double)proposals};
	struct world world;
	char name[32];

	snprintf(name, sizeof(name), "session%zu", proposals);
	world_make(&world, name, 1, proposals);
	for (size_t i = 0; i < TURNS; i++) {
		double before;

		world_edit(&world, 0, 1, 1, 0);
		world_sync(NULL, world_unit_dir(&world, 0));
		before = bytes_of(world.hub);
		settle();
		row_add(&time,
			world_sync(NULL, world_dir(&world, "office")) * 1e3, 0);
		row_add(&bytes, (bytes_of(world.hub) - before) / 1024, 0);
	}
	row_write(&time);
	row_write(&bytes);
}

/* --- by offices that merge ----------------------------------------------- */

/* Processes of their own: always by the wall's clock. */
static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* All at once, each as often as it takes: what one merged, others replay. */
static double offices_sync(const struct world *world, size_t offices)
{
	char command[8 * WORLD_PATH] = "";
	const char *argv[] = {"sh", "-c", command, NULL};
	size_t len = 0;
	double time;

	for (size_t i = 0; i < offices; i++) {
		char node[32];

		snprintf(node, sizeof(node), "office%zu", i);
		len += (size_t)snprintf(command + len, sizeof(command) - len,
					"'%s' -C '%s' sync & ", world_program(),
					world_dir(world, i ? node : "office"));
	}
	snprintf(command + len, sizeof(command) - len, "wait");
	time = now();
	run_program(NULL, NULL, argv);
	return now() - time;
}

static void by_offices(void)
{
	static const size_t offices[] = {1, 2, 4};
	static const char *const nodes[] = {"office1", "office2", "office3"};
	static const char *const sites[] = {"office", "office", "office"};
	enum { UNITS = 10, EACH = 100 };
	struct world world;

	world_make(&world, "offices", UNITS, 100);
	world_add_nodes(&world, nodes, sites, 3);
	offices_sync(&world, 4);
	for (size_t i = 0; i < 3; i++) {
		struct row row = {.id = "scale.offices",
				  .what = "1,000 changes until each office has"
					  " them, by offices at once",
				  .unit = "ms",
				  .x = (double)offices[i]};

		for (size_t turn = 0; turn < TURNS; turn++) {
			for (size_t u = 0; u < UNITS; u++) {
				world_edit(&world, u, EACH, EACH, 10);
				world_sync(NULL, world_unit_dir(&world, u));
			}
			settle();
			row_add(&row, offices_sync(&world, offices[i]) * 1e3,
				0);
			offices_sync(&world, 4);
		}
		row_write(&row);
	}
}

void bench_scale(void)
{
	static const size_t units[] = {10, 100, 1000};
	static const size_t refs[] = {10, 1000, 10000};
	static const size_t proposals[] = {100, 1000, 10000};
	size_t n = quick() ? 2 : 3;

	for (size_t i = 0; i < n; i++)
		by_units(units[i]);
	for (size_t i = 0; i < n; i++)
		by_refs(refs[i]);
	for (size_t i = 0; i < n; i++)
		by_proposals(proposals[i]);
	by_offices();
}
