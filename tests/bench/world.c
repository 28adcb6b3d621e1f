/* world.c - an office, its units and their hub in a folder. */
#include "tests/bench/world.h"

#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/log/edit.h"
#include "sync/identity/key.h"
#include "tests/bench/measure.h"

extern char **environ;

enum { PATHS = 256 };

const char *world_dir(const struct world *world, const char *node)
{
	static char paths[PATHS][2 * WORLD_PATH];
	static size_t n;
	char path[2 * WORLD_PATH];
	size_t at = 0;

	snprintf(path, sizeof(path), "%s/%s", world->dir, node);
	while (at < n && strcmp(paths[at], path) != 0)
		at++;
	must_true(at < PATHS, "name another node");
	if (at == n)
		memcpy(paths[n++], path, sizeof(path));
	return paths[at];
}

const char *world_unit_dir(const struct world *world, size_t unit)
{
	char code[CORPUS_KEY];

	corpus_unit(code, unit);
	return world_dir(world, code);
}

double world_sync(struct sync_report *report, const char *dir)
{
	struct sync_report own = {0};
	struct sync_options options = {0};
	struct node *node = NULL;
	struct err err = {0};
	double time = seconds();

	must(node_open(&node, dir, &err), &err, dir);
	must(node_sync(&own, node, &options, &err), &err, dir);
	node_close(node);
	time = seconds() - time;
	if (own.refused > 0 && own.n_details > 0)
		fprintf(stderr, "bench: %s\n", own.details[0].text);
	must_true(own.refused == 0, "sync without a refusal");
	if (report != NULL)
		*report = own;
	else
		sync_report_release(&own);
	return time;
}

static void init_node(const struct world *world, const char *node,
		      const char *site)
{
	struct node_options options = {.dir = world_dir(world, node),
				       .hub = world->hub,
				       .site = site,
				       .name = site,
				       .author = "李明"};
	struct err err = {0};

	if (strcmp(site, REPLICA_OFFICE) == 0)
		must(node_init_office(&options, &err), &err, node);
	else
		must(node_init_unit(&options, &err), &err, node);
}

/* A signer row, as `tian unit add` writes it. */
static void enrol(sqlite3 *conn, const struct world *world, const char *node,
		  const char *site)
{
	sqlite3_stmt *stmt = plain_prepare(
		conn, "INSERT INTO signer(site, fingerprint, public_key)"
		      " VALUES (?1, ?2, ?3)");
	uint8_t key[CRYPTO_PUBLIC_SIZE];
	char fingerprint[KEY_FINGERPRINT];
	char path[3 * WORLD_PATH];
	struct buf line = BUF_INIT;
	struct err err = {0};

	snprintf(path, sizeof(path), "%s/key.pub", world_dir(world, node));
	must(buf_read_file(&line, path, 4096, &err), &err, path);
	must(key_public_parse(key, buf_text(&line), &err), &err, path);
	key_fingerprint(fingerprint, key);
	buf_clear(&line);
	key_public_line(&line, key);
	sqlite3_bind_text(stmt, 1, site, -1, SQLITE_TRANSIENT);
	sqlite3_bind_text(stmt, 2, fingerprint, -1, SQLITE_TRANSIENT);
	sqlite3_bind_text(stmt, 3, buf_text(&line), -1, SQLITE_TRANSIENT);
	plain_run(stmt);
	sqlite3_finalize(stmt);
	buf_release(&line);
}

static void add_case(sqlite3_stmt *proposal, sqlite3_stmt *handling,
		     const struct world *world, size_t k, struct buf *text,
		     struct random *random)
{
	char key[CORPUS_KEY];
	char unit[CORPUS_KEY];

	corpus_case(key, k);
	random_text(text, random, 20);
	sqlite3_bind_text(proposal, 1, key, -1, SQLITE_TRANSIENT);
	sqlite3_bind_text(proposal, 2, buf_text(text), -1, SQLITE_TRANSIENT);
	plain_run(proposal);
	for (size_t i = 0; i < 2 && i < world->units; i++) {
		corpus_unit(unit, (k + i) % world->units);
		sqlite3_bind_text(handling, 1, key, -1, SQLITE_TRANSIENT);
		sqlite3_bind_text(handling, 2, unit, -1, SQLITE_TRANSIENT);
		sqlite3_bind_text(handling, 3, i == 0 ? "main" : "co", -1,
				  SQLITE_STATIC);
		plain_run(handling);
	}
}

static void add_cases(sqlite3 *conn, const struct world *world)
{
	sqlite3_stmt *proposal = plain_prepare(
		conn, "INSERT INTO proposal(key, title, sector, review)"
		      " VALUES (?1, ?2, '教育界', 'filed')");
	sqlite3_stmt *handling = plain_prepare(
		conn, "INSERT INTO handling(proposal, unit, role, assigned_on)"
		      " VALUES (?1, ?2, ?3, '2022-03-01')");
	struct random random = {3};
	struct buf text = BUF_INIT;

	for (size_t k = 0; k < world->proposals; k++)
		add_case(proposal, handling, world, k, &text, &random);
	buf_release(&text);
	sqlite3_finalize(proposal);
	sqlite3_finalize(handling);
}

static sqlite3 *open_replica(const char *dir)
{
	char path[3 * WORLD_PATH];

	snprintf(path, sizeof(path), "%s/tian.db", dir);
	return plain_open(path);
}

void world_make(struct world *world, const char *name, size_t units,
		size_t proposals)
{
	char code[CORPUS_KEY];
	sqlite3 *conn;

	must_true(units <= WORLD_UNITS, "make so many units");
	*world = (struct world){.units = units, .proposals = proposals};
	snprintf(world->dir, sizeof(world->dir), "%s/%s", scratch_folder(),
		 name);
	snprintf(world->hub, sizeof(world->hub), "%s/%s-hub.git",
		 scratch_folder(), name);
	must_true(mkdir(world->dir, 0777) == 0, "make a world");
	init_node(world, "office", REPLICA_OFFICE);
	for (size_t i = 0; i < units; i++) {
		corpus_unit(code, i);
		init_node(world, code, code);
	}
	conn = open_replica(world_dir(world, "office"));
	plain_exec(conn, "BEGIN IMMEDIATE");
	for (size_t i = 0; i < units; i++) {
		char sql[256];

		corpus_unit(code, i);
		snprintf(sql, sizeof(sql),
			 "INSERT INTO unit(code, name) VALUES ('%s',"
			 " '单位%s')",
			 code, code);
		plain_exec(conn, sql);
		enrol(conn, world, code, code);
	}
	add_cases(conn, world);
	plain_exec(conn, "COMMIT");
	plain_close(conn);
	world_sync(NULL, world_dir(world, "office"));
	for (size_t i = 0; i < units; i++)
		world_sync(NULL, world_unit_dir(world, i));
}

void world_add_nodes(const struct world *world, const char *const *nodes,
		     const char *const *sites, size_t n)
{
	sqlite3 *conn = open_replica(world_dir(world, "office"));

	plain_exec(conn, "BEGIN IMMEDIATE");
	for (size_t i = 0; i < n; i++) {
		init_node(world, nodes[i], sites[i]);
		enrol(conn, world, nodes[i], sites[i]);
	}
	plain_exec(conn, "COMMIT");
	plain_close(conn);
	world_sync(NULL, world_dir(world, "office"));
}

void world_add_node(const struct world *world, const char *node,
		    const char *site)
{
	world_add_nodes(world, &node, &site, 1);
}

/* Persons take turns: a commit carries one person's changes. */
static void sign_in_turns(sqlite3 *conn, size_t each)
{
	char sql[256];

	snprintf(sql, sizeof(sql),
		 "UPDATE _pending SET author = CASE WHEN"
		 " (id - (SELECT min(id) FROM _pending)) / %zu %% 2"
		 " THEN '李明' ELSE '王芳' END",
		 each);
	plain_exec(conn, sql);
}

void world_edit(struct world *world, size_t unit, size_t n, size_t each,
		size_t long_each)
{
	sqlite3 *conn = open_replica(world_unit_dir(world, unit));
	sqlite3_stmt *text_stmt = plain_prepare(
		conn, "UPDATE handling SET draft = ?1 WHERE proposal = ?2 AND"
		      " unit = ?3");
	sqlite3_stmt *name_stmt = plain_prepare(
		conn, "UPDATE handling SET contact_name = ?1 WHERE"
		      " proposal = ?2 AND unit = ?3");
	size_t own = world->proposals / world->units;
	struct random random = {world->written + 17};
	struct buf text = BUF_INIT;
	char key[CORPUS_KEY];
	char code[CORPUS_KEY];

	corpus_unit(code, unit);
	plain_exec(conn, "BEGIN IMMEDIATE");
	for (size_t i = 0; i < n; i++) {
		bool is_long = long_each > 0 && i % long_each == 0;
		sqlite3_stmt *stmt = is_long ? text_stmt : name_stmt;
		size_t k = world->written++ % own;

		corpus_case(key, unit + k * world->units);
		if (is_long)
			random_text(&text, &random, 400);
		else
			buf_clear(&text);
		buf_addf(&text, "第%zu稿", world->written);
		sqlite3_bind_text(stmt, 1, buf_text(&text), -1,
				  SQLITE_TRANSIENT);
		sqlite3_bind_text(stmt, 2, key, -1, SQLITE_TRANSIENT);
		sqlite3_bind_text(stmt, 3, code, -1, SQLITE_TRANSIENT);
		plain_run(stmt);
	}
	sign_in_turns(conn, each);
	plain_exec(conn, "COMMIT");
	buf_release(&text);
	sqlite3_finalize(text_stmt);
	sqlite3_finalize(name_stmt);
	plain_close(conn);
}

void world_grow(struct world *world, size_t unit, size_t n, size_t each)
{
	enum { STEP = 10000 };

	while (n > 0) {
		size_t now = n < STEP ? n : STEP;

		world_edit(world, unit, now, each, 0);
		world_sync(NULL, world_unit_dir(world, unit));
		world_sync(NULL, world_dir(world, "office"));
		n -= now;
	}
}

const char *world_program(void)
{
	const char *program = getenv("TIAN_PROGRAM");

	must_true(program != NULL, "find the program: say $TIAN_PROGRAM");
	return program;
}

double run_program(int *status, double *peak, const char *const *argv)
{
	posix_spawn_file_actions_t actions;
	struct rusage usage;
	double time;
	pid_t pid;
	int code = 0;
	union {
		const char *const *borrowed;
		char *const *taken;
	} words = {.borrowed = argv};

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
	time = seconds();
	must_true(posix_spawnp(&pid, argv[0], &actions, NULL, words.taken,
			       environ) == 0,
		  "start a program");
	must_true(wait4(pid, &code, 0, &usage) == pid, "wait for it");
	time = seconds() - time;
	posix_spawn_file_actions_destroy(&actions);
	code = WIFEXITED(code) ? WEXITSTATUS(code) : 128;
	if (status != NULL)
		*status = code;
	else
		must_true(code == 0, argv[0]);
	if (peak != NULL)
		*peak = (double)usage.ru_maxrss / 1024.0;
	return time;
}
