/* round_bench.c - one change on its way from unit to unit, by whole
 * processes, beside stock git carrying a file of that size on the same hub.
 *
 * Ours: `tian set`, `tian sync` at the unit, at the office, at the other
 * unit: signed, verified, authorised, merged, rendered, delivered, applied,
 * fsynced. git: `git commit`, `git push`, `git fetch`. */
#include "tests/bench/groups.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/bench/measure.h"
#include "tests/bench/world.h"

enum { UNITS = 2, PROPOSALS = 200, FILE_SIZE = 230 };

struct round_times {
	double all;
	double unit; /* its sync alone */
	double office;
	double other;
};

static double tian(const char *dir, const char *a, const char *b,
		   const char *c)
{
	const char *argv[] = {world_program(), "-C", dir, a, b, c, NULL};

	return run_program(NULL, NULL, argv);
}

static void ask(char *out, size_t size, const char *dir, const char *key)
{
	char path[3 * WORLD_PATH];
	sqlite3 *conn;
	sqlite3_stmt *stmt;

	snprintf(path, sizeof(path), "%s/tian.db", dir);
	conn = plain_open(path);
	stmt = plain_prepare(conn, "SELECT contact_name FROM handling WHERE"
				   " proposal = ?1 AND unit = 'u00'");
	sqlite3_bind_text(stmt, 1, key, -1, SQLITE_STATIC);
	must_true(sqlite3_step(stmt) == SQLITE_ROW, "find the case");
	snprintf(out, size, "%s", sqlite3_column_text(stmt, 0));
	sqlite3_finalize(stmt);
	plain_close(conn);
}

static struct round_times round_ours(struct world *world)
{
	struct round_times times;
	const char *unit = world_unit_dir(world, 0);
	const char *other = world_unit_dir(world, 1);
	const char *office = world_dir(world, "office");
	char key[CORPUS_KEY];
	char field[128];
	char there[128];
	double start = seconds();

	corpus_case(key, world->written++ % PROPOSALS & ~1UL);
	snprintf(field, sizeof(field), "contact_name=承办人%zu",
		 world->written);
	tian(unit, "set", key, field);
	times.unit = tian(unit, "sync", NULL, NULL);
	times.office = tian(office, "sync", NULL, NULL);
	times.other = tian(other, "sync", NULL, NULL);
	times.all = seconds() - start;
	ask(there, sizeof(there), other, key);
	must_true(strcmp(there, strchr(field, '=') + 1) == 0,
		  "bring the change to the other unit");
	return times;
}

static double git(const char *dir, const char *const *words)
{
	const char *argv[24] = {"git", "-C", dir};
	size_t n = 3;

	for (; *words != NULL && n < 23; words++)
		argv[n++] = *words;
	return run_program(NULL, NULL, argv);
}

#define GIT(dir, ...) git(dir, (const char *const[]){__VA_ARGS__, NULL})

static void git_make(const char *dir, const char *hub)
{
	const char *argv[] = {"git", "init", "-q", "-b", "floor", dir, NULL};

	run_program(NULL, NULL, argv);
	GIT(dir, "config", "user.name", "bench");
	GIT(dir, "config", "user.email", "bench@example.org");
	GIT(dir, "remote", "add", "hub", hub);
}

static void write_file(const char *dir, size_t n)
{
	char path[2 * WORLD_PATH];
	struct random random = {n};
	FILE *out;

	snprintf(path, sizeof(path), "%s/file", dir);
	out = fopen(path, "w");
	must_true(out != NULL, "write the file");
	for (size_t i = 0; i < FILE_SIZE; i++)
		fputc((int)('a' + random_below(&random, 26)), out);
	fclose(out);
}

static double round_git(const char *from, const char *to, size_t n)
{
	double start;

	write_file(from, n);
	start = seconds();
	GIT(from, "add", "file");
	GIT(from, "commit", "-q", "-m", "one change");
	GIT(from, "push", "-q", "hub", "HEAD:refs/heads/floor");
	GIT(to, "fetch", "-q", "hub", "refs/heads/floor");
	return seconds() - start;
}

static void measure(struct world *world, const char *from, const char *to,
		    double history)
{
	struct row all = {.id = "round.all",
			  .what = "one change from unit to unit",
			  .unit = "ms",
			  .x = history,
			  .floor_what = "git add, commit, push, fetch",
			  .kind = TARGET_RATIO_MAX,
			  .target = 0.5};
	struct row unit = {.id = "round.unit",
			   .what = "of it: the unit's sync",
			   .unit = "ms",
			   .x = history};
	struct row office = {.id = "round.office",
			     .what = "of it: the office's sync",
			     .unit = "ms",
			     .x = history};
	struct row other = {.id = "round.other",
			    .what = "of it: the other unit's sync",
			    .unit = "ms",
			    .x = history};

	round_ours(world); /* what the first one after growing opens anew */
	round_git(from, to, (size_t)history);
	for (size_t i = 0; i < RUNS; i++) {
		struct round_times ours = round_ours(world);

		row_add(&all, ours.all * 1e3,
			round_git(from, to, i + world->written) * 1e3);
		row_add(&unit, ours.unit * 1e3, 0);
		row_add(&office, ours.office * 1e3, 0);
		row_add(&other, ours.other * 1e3, 0);
	}
	row_write(&all);
	row_write(&unit);
	row_write(&office);
	row_write(&other);
}

void bench_round(void)
{
	static const size_t histories[] = {1000, 10000, 100000};
	const char *from = scratch("git-from");
	const char *to = scratch("git-to");
	struct world world;
	size_t grown = 0;

	world_make(&world, "round", UNITS, PROPOSALS);
	git_make(from, world.hub);
	git_make(to, world.hub);
	for (size_t i = 0; i < 3 - (size_t)quick(); i++) {
		world_grow(&world, 0, histories[i] - grown, 1);
		world_sync(NULL, world_unit_dir(&world, 1));
		grown = histories[i];
		measure(&world, from, to, (double)histories[i]);
	}
}
