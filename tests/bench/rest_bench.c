/* rest_bench.c - bytes at rest: the hub after gc beside bare msgpack blobs
 * committed by stock git; the replica beside plain SQLite rows. */
#include "tests/bench/groups.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sync/node/outbox.h"
#include "sync/git/refs.h"
#include "tests/bench/measure.h"
#include "tests/bench/world.h"

enum { UNITS = 2, PROPOSALS = 100 };

static double gc(const char *hub)
{
	const char *argv[] = {"git", "-C",	    hub, "gc",
			      "-q",  "--prune=now", NULL};
	char objects[2 * WORLD_PATH];

	run_program(NULL, NULL, argv);
	snprintf(objects, sizeof(objects), "%s/objects", hub);
	return bytes_of(objects);
}

/* How bare batches may lie: one file that each replaces, or a file each that
 * stays, in a folder of its node, told and signed off like a commit of ours.
 */
enum shape { BARE, KEPT };

static void write_commit(FILE *out, const struct buf *batch, enum shape shape,
			 size_t n)
{
	const char *who = shape == BARE ? "bench <bench@example.org>"
			  : n % 2	? "李明 <u00@example.org>"
					: "王芳 <u00@example.org>";
	char message[64] = "edit";
	char path[64] = OUTBOX_CHANGES;

	if (shape == KEPT) {
		snprintf(message, sizeof(message),
			 "edit %zu\n\nSite: u00\nSeq: %zu\n", n, n);
		snprintf(path, sizeof(path), "outbox/u00/7f3a/%06zu.msgpack",
			 n);
	}
	fprintf(out,
		"commit refs/heads/floor\ncommitter %s %zu +0800\n"
		"data %zu\n%s\nM 100644 inline %s\ndata %zu\n",
		who, 1650000000 + 61 * n, strlen(message), message, path,
		batch->len);
	fwrite(batch->data, 1, batch->len, out);
	fputc('\n', out);
}

static void read_chain(struct oid_list *chain, struct repository *repository,
		       const char *ref)
{
	static const struct oid none;
	struct err err = {0};
	struct oid tip;

	must(repository_ref(&tip, repository, ref, &err), &err,
	     "find the outbox");
	must(outbox_chain(chain, repository, &tip, &none, &err), &err,
	     "follow the outbox");
}

/* Writes the batches of a unit's outbox, oldest first, as a stream for
 * `git fast-import`; gives how many. */
static size_t export_batches(const struct world *world, enum shape shape,
			     const char *path)
{
	struct node *node = NULL;
	struct repository *repository = NULL;
	struct buf name = BUF_INIT;
	struct oid_list chain = {0};
	struct err err = {0};
	size_t n;
	char git[2 * WORLD_PATH];
	FILE *out = fopen(path, "wb");

	must_true(out != NULL, "write a stream");
	must(node_open(&node, world_unit_dir(world, 0), &err), &err, "open");
	refs_outbox(&name, "u00", replica_origin(node_replica(node)));
	snprintf(git, sizeof(git), "%s/tian.git", world_unit_dir(world, 0));
	must(repository_open(&repository, git, REPOSITORY_READ, &err), &err,
	     git);
	read_chain(&chain, repository, buf_text(&name));
	n = chain.n;
	for (size_t i = 0; i < n; i++) {
		struct outbox_entry entry;

		must(outbox_read(&entry, repository, &chain.items[i], &err),
		     &err, "read a batch");
		write_commit(out, &entry.bytes, shape, i);
		outbox_entry_release(&entry);
	}
	fclose(out);
	repository_close(repository);
	node_close(node);
	buf_release(&name);
	oid_list_release(&chain);
	return n;
}

static double floor_bytes(const char *stream, const char *hub)
{
	const char *init[] = {"git", "init", "-q", "--bare", hub, NULL};
	char command[4 * WORLD_PATH];
	const char *import[] = {"sh", "-c", command, NULL};
	double before;

	scratch_remove(hub);
	run_program(NULL, NULL, init);
	before = gc(hub);
	snprintf(command, sizeof(command), "git -C %s fast-import --quiet <%s",
		 hub, stream);
	run_program(NULL, NULL, import);
	return gc(hub) - before;
}

/* `commits` batches of `each` changes, every one on its own way to main; the
 * hub's bytes after gc. */
static double grow_hub(struct world *world, size_t commits, size_t each)
{
	char name[32];
	double before;

	snprintf(name, sizeof(name), "rest%zu", each);
	world_make(world, name, UNITS, PROPOSALS);
	before = gc(world->hub);
	for (size_t i = 0; i < commits; i++) {
		world_edit(world, 0, each, each, each < 10 ? 0 : 10);
		world_sync(NULL, world_unit_dir(world, 0));
		world_sync(NULL, world_dir(world, "office"));
	}
	return gc(world->hub) - before;
}

static double shape_bytes(const struct world *world, enum shape shape,
			  size_t commits)
{
	const char *stream = scratch("rest.stream");

	must_true(export_batches(world, shape, stream) == commits,
		  "find every batch");
	return floor_bytes(stream, scratch("rest-floor.git"));
}

/* The same bytes each time: measured once, said once. `stated`: of the
 * figures that the target was set by, whose batches are not to be had. */
static void bench_hub(size_t commits, size_t each, double stated)
{
	struct world world;
	double n = (double)(commits * each);
	double ours = grow_hub(&world, commits, each) / n;
	const struct {
		const char *id;
		const char *floor_what;
		double floor;
		enum target_kind kind;
	} floors[] = {
		{"rest.hub", "bare msgpack blobs, one file, in stock git",
		 shape_bytes(&world, BARE, commits) / n, TARGET_RATIO_MAX},
		{"rest.hub_kept", "the same, a file each that stays",
		 shape_bytes(&world, KEPT, commits) / n, TARGET_NONE},
		{"rest.hub_stated", "979, 362, 225: of other, larger batches",
		 stated, TARGET_NONE}};

	for (size_t i = 0; i < 3; i++) {
		struct row row = {.id = floors[i].id,
				  .what = "hub after gc, by changes in a batch",
				  .unit = "B/change",
				  .x = (double)each,
				  .floor_what = floors[i].floor_what,
				  .kind = floors[i].kind,
				  .target = 1.5};

		row_add(&row, ours, floors[i].floor);
		row_write(&row);
	}
}

/* Bytes of a replica's file, without free pages. */
static double file_bytes(const char *path)
{
	sqlite3 *conn = plain_open(path);
	double bytes;

	plain_exec(conn, "VACUUM; PRAGMA wal_checkpoint(TRUNCATE)");
	plain_close(conn);
	bytes = bytes_of(path);
	return bytes;
}

/* The same superseding edits as rows of a plain table. */
static double plain_rows(size_t n, size_t characters)
{
	const char *path = scratch("rest-plain.db");
	struct random random = {5};
	struct buf text = BUF_INIT;
	sqlite3_stmt *stmt;
	sqlite3 *conn = plain_open(path);
	double before;

	plain_exec(conn, "CREATE TABLE edit(id INTEGER PRIMARY KEY, proposal,"
			 " unit, field, value, at, author)");
	plain_close(conn);
	before = file_bytes(path);
	conn = plain_open(path);
	stmt = plain_prepare(conn, "INSERT INTO edit(proposal, unit, field,"
				   " value, at, author) VALUES (?1, 'u00',"
				   " 'draft', ?2, 1650000000000, '李明')");
	plain_exec(conn, "BEGIN");
	for (size_t i = 0; i < n; i++) {
		char key[CORPUS_KEY];

		corpus_case(key, i % PROPOSALS);
		random_text(&text, &random, characters);
		sqlite3_bind_text(stmt, 1, key, -1, SQLITE_STATIC);
		sqlite3_bind_text(stmt, 2, buf_text(&text), -1, SQLITE_STATIC);
		plain_run(stmt);
	}
	plain_exec(conn, "COMMIT");
	sqlite3_finalize(stmt);
	plain_close(conn);
	before = file_bytes(path) - before;
	buf_release(&text);
	scratch_remove(path);
	return before / (double)n;
}

/* What the office's replica grows by, a change superseding another. */
static double replica_rows(size_t n, size_t characters)
{
	char path[3 * WORLD_PATH];
	struct world world;
	struct random random = {5};
	struct buf text = BUF_INIT;
	double before = 0;

	snprintf(path, sizeof(path), "rest-rows%zu", characters);
	world_make(&world, path, UNITS, PROPOSALS);
	snprintf(path, sizeof(path), "%s/tian.db", world_dir(&world, "office"));
	/* The first turn fills the cells, later ones supersede. */
	for (size_t turn = 0; turn <= n / PROPOSALS * 2; turn++) {
		char unit[3 * WORLD_PATH];
		sqlite3_stmt *stmt;
		sqlite3 *conn;

		snprintf(unit, sizeof(unit), "%s/tian.db",
			 world_unit_dir(&world, 0));
		conn = plain_open(unit);
		stmt = plain_prepare(conn, "UPDATE handling SET draft = ?1"
					   " WHERE proposal = ?2 AND unit ="
					   " 'u00'");
		plain_exec(conn, "BEGIN IMMEDIATE");
		for (size_t i = 0; i < PROPOSALS / 2; i++) {
			char key[CORPUS_KEY];

			corpus_case(key, 2 * i);
			random_text(&text, &random, characters);
			sqlite3_bind_text(stmt, 1, buf_text(&text), -1,
					  SQLITE_STATIC);
			sqlite3_bind_text(stmt, 2, key, -1, SQLITE_STATIC);
			plain_run(stmt);
		}
		plain_exec(conn, "COMMIT");
		sqlite3_finalize(stmt);
		plain_close(conn);
		world_sync(NULL, world_unit_dir(&world, 0));
		world_sync(NULL, world_dir(&world, "office"));
		if (turn == 0)
			before = file_bytes(path);
	}
	buf_release(&text);
	return (file_bytes(path) - before) / (double)n;
}

static void bench_replica(const char *id, const char *what, size_t characters)
{
	struct row row = {.id = id,
			  .what = what,
			  .unit = "B/change",
			  .floor_what = "rows of a plain SQLite table",
			  .kind = TARGET_RATIO_MAX,
			  .target = 1.5};
	size_t n = quick() ? 200 : 2000;

	row_add(&row, replica_rows(n, characters), plain_rows(n, characters));
	row_write(&row);
}

void bench_rest(void)
{
	size_t commits = quick() ? 20 : 200;

	bench_hub(commits, 1, 979);
	bench_hub(commits, 10, 362);
	bench_hub(commits / 4, 200, 225);
	bench_replica("rest.replica_long",
		      "replica's growth per superseded text", 400);
	bench_replica("rest.replica_short",
		      "replica's growth per superseded word", 6);
}
