/* round_bench.c - one change on its way from unit to unit, beside stock git
 * carrying a file of that size on the same hub.
 *
 * Ours: edit, sync at the unit, at the office, at the other unit: signed,
 * verified, authorised, merged, rendered, delivered, applied, fsynced. As
 * four processes, and as calls of the library, each opening its node anew:
 * the difference is what it takes to start a program and nothing else.
 * git: `git add`, `git commit`, `git push`, `git fetch`, four processes.
 * Both again over ssh, the same hub behind a real sshd. */
#include "tests/bench/groups.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/log/edit.h"
#include "tests/bench/measure.h"
#include "tests/bench/sshd.h"
#include "tests/bench/world.h"

enum { UNITS = 2, PROPOSALS = 2000, FILE_SIZE = 230 };

struct round_times {
	double all;
	double unit; /* its sync alone */
	double office;
	double other;
};

static double tian(const char *dir, const char *a, const char *b, const char *c)
{
	const char *argv[] = {world_program(), "-C", dir, a, b, c, NULL};

	return run_program(NULL, NULL, argv);
}

/* The other unit has it, or the bench ends. */
static void check_arrival(const struct world *world, const char *key,
			  const char *value)
{
	char path[3 * WORLD_PATH];
	sqlite3 *conn;
	sqlite3_stmt *stmt;

	snprintf(path, sizeof(path), "%s/tian.db", world_unit_dir(world, 1));
	conn = plain_open(path);
	stmt = plain_prepare(conn, "SELECT 1 FROM handling WHERE proposal = ?1"
				   " AND unit = 'u00' AND contact_name = ?2");
	sqlite3_bind_text(stmt, 1, key, -1, SQLITE_STATIC);
	sqlite3_bind_text(stmt, 2, value, -1, SQLITE_STATIC);
	must_true(sqlite3_step(stmt) == SQLITE_ROW,
		  "bring the change to the other unit");
	sqlite3_finalize(stmt);
	plain_close(conn);
}

static void next_edit(char key[CORPUS_KEY], char *value, size_t size,
		      struct world *world)
{
	world->written++;
	corpus_case(key, world->written * UNITS % PROPOSALS);
	snprintf(value, size, "承办人%zu", world->written);
}

static struct round_times round_processes(struct world *world)
{
	struct round_times times;
	const char *unit = world_unit_dir(world, 0);
	char key[CORPUS_KEY];
	char value[64];
	char field[128];
	double start;

	next_edit(key, value, sizeof(value), world);
	snprintf(field, sizeof(field), "contact_name=%s", value);
	start = seconds();
	tian(unit, "set", key, field);
	times.unit = tian(unit, "sync", NULL, NULL);
	times.office = tian(world_dir(world, "office"), "sync", NULL, NULL);
	times.other = tian(world_unit_dir(world, 1), "sync", NULL, NULL);
	times.all = seconds() - start;
	check_arrival(world, key, value);
	return times;
}

static void edit(const char *dir, const char *key, const char *value)
{
	struct node *node = NULL;
	struct err err = {0};
	sqlite3_stmt *stmt;

	must(node_open(&node, dir, &err), &err, dir);
	must(edit_begin(node_replica(node), &err), &err, "edit");
	stmt = plain_prepare(db_handle(replica_db(node_replica(node))),
			     "UPDATE handling SET contact_name = ?1 WHERE"
			     " proposal = ?2 AND unit = 'u00'");
	sqlite3_bind_text(stmt, 1, value, -1, SQLITE_STATIC);
	sqlite3_bind_text(stmt, 2, key, -1, SQLITE_STATIC);
	plain_run(stmt);
	sqlite3_finalize(stmt);
	must(edit_commit(node_replica(node), NULL, NULL, NULL, &err), &err,
	     "edit");
	node_close(node);
}

static struct round_times round_calls(struct world *world)
{
	struct round_times times;
	char key[CORPUS_KEY];
	char value[64];
	double start;

	next_edit(key, value, sizeof(value), world);
	start = seconds();
	edit(world_unit_dir(world, 0), key, value);
	times.unit = world_sync(NULL, world_unit_dir(world, 0));
	times.office = world_sync(NULL, world_dir(world, "office"));
	times.other = world_sync(NULL, world_unit_dir(world, 1));
	times.all = seconds() - start;
	check_arrival(world, key, value);
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
	char url[2 * WORLD_PATH];

	run_program(NULL, NULL, argv);
	GIT(dir, "config", "user.name", "bench");
	GIT(dir, "config", "user.email", "bench@example.org");
	GIT(dir, "remote", "add", "hub", hub);
	snprintf(url, sizeof(url), "ssh://hub%s", hub);
	GIT(dir, "remote", "add", "ssh", url);
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

static double round_git(const char *from, const char *to, const char *hub,
			size_t n)
{
	double start;

	write_file(from, n);
	start = seconds();
	GIT(from, "add", "file");
	GIT(from, "commit", "-q", "-m", "one change");
	GIT(from, "push", "-q", hub, "HEAD:refs/heads/floor");
	GIT(to, "fetch", "-q", hub, "refs/heads/floor");
	return seconds() - start;
}

enum { PROCESSES, CALLS, UNIT, OFFICE, OTHER, ROWS };

static void measure(struct world *world, const char *from, const char *to,
		    double history)
{
	struct row rows[ROWS] = {
		[PROCESSES] = {.id = "round.processes",
			       .what = "one change from unit to unit",
			       .floor_what = "git add, commit, push, fetch",
			       .kind = TARGET_RATIO_MAX,
			       .target = 0.5},
		[CALLS] = {.id = "round.calls",
			   .what = "the same without starting programs",
			   .floor_what = "git add, commit, push, fetch",
			   .kind = TARGET_RATIO_MAX,
			   .target = 0.5},
		[UNIT] = {.id = "round.unit", .what = "of it: its sync"},
		[OFFICE] = {.id = "round.office",
			    .what = "of it: the office's sync"},
		[OTHER] = {.id = "round.other",
			   .what = "of it: the other unit's sync"}};

	round_calls(world); /* what the first one after growing opens anew */
	round_git(from, to, "hub", (size_t)history);
	settle();
	for (size_t i = 0; i < RUNS; i++) {
		double floor = round_git(from, to, "hub", world->written) * 1e3;
		struct round_times calls = round_calls(world);

		row_add(&rows[PROCESSES], round_processes(world).all * 1e3,
			floor);
		row_add(&rows[CALLS], calls.all * 1e3, floor);
		row_add(&rows[UNIT], calls.unit * 1e3, 0);
		row_add(&rows[OFFICE], calls.office * 1e3, 0);
		row_add(&rows[OTHER], calls.other * 1e3, 0);
	}
	for (size_t i = 0; i < ROWS; i++) {
		rows[i].unit = "ms";
		rows[i].x = history;
		row_write(&rows[i]);
	}
}

/* By which road everybody goes from now on. */
static void use_hub(const struct world *world, const char *prefix)
{
	const char *const dirs[] = {world_dir(world, "office"),
				    world_unit_dir(world, 0),
				    world_unit_dir(world, 1)};

	for (size_t i = 0; i < 3; i++) {
		char text[4 * WORLD_PATH];
		sqlite3 *conn;

		snprintf(text, sizeof(text), "%s/tian.db", dirs[i]);
		conn = plain_open(text);
		snprintf(text, sizeof(text),
			 "UPDATE _meta SET value = '%s%s' WHERE name = 'hub'",
			 prefix, world->hub);
		plain_exec(conn, text);
		plain_close(conn);
	}
}

static void measure_ssh(struct world *world, const char *from, const char *to,
			double history)
{
	struct row row = {.id = "round.ssh",
			  .what = "one change from unit to unit, over ssh",
			  .unit = "ms",
			  .floor_what = "git add, commit, push, fetch over ssh",
			  .x = history};

	use_hub(world, "ssh://hub");
	round_processes(world);
	round_git(from, to, "ssh", (size_t)history);
	settle();
	for (size_t i = 0; i < RUNS; i++) {
		double floor = round_git(from, to, "ssh", world->written) * 1e3;

		row_add(&row, round_processes(world).all * 1e3, floor);
	}
	use_hub(world, "");
	row_write(&row);
}

void bench_round(void)
{
	static const size_t histories[] = {1000, 10000, 100000};
	const char *from = scratch("git-from");
	const char *to = scratch("git-to");
	bool ssh = sshd_start();
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
		if (ssh)
			measure_ssh(&world, from, to, (double)histories[i]);
	}
}
