/* schedule_helper.c - random weeks in the life of three sites. */
#include "tests/core/schedule_helper.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/merge/access.h"
#include "core/base/clock.h"
#include "core/replica/snapshot.h"
#include "core/merge/voiding.h"

enum { NODES = 6, OFFICES = 2, HOT = 3, BATCHES_MAX = 512, PARCELS_MAX = 2048 };
#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifdef SANITIZED
enum { SCHEDULES_USUAL = 150 };
#else
enum { SCHEDULES_USUAL = 1000 };
#endif
enum { BASE_MS_HALF = 825000000, STEP_MS = 60 * 1000 };

#define MUST(call)                                                        \
	do {                                                              \
		struct err err_ = {0};                                    \
		struct err *err = &err_;                                  \
		if ((call) < 0)                                           \
			fail_msg("seed %" PRIu64 ": %s: %s", world->seed, \
				 #call, err_.text);                       \
	} while (0)

static const struct {
	const char *name;
	const char *site;
	uint64_t origin;
} people[NODES] = {{"office-a", "office", 0x50}, {"office-b", "office", 0x20},
		   {"edu-a", "edu", 0x40},	 {"edu-b", "edu", 0x60},
		   {"hr-a", "hr", 0x10},	 {"hr-b", "hr", 0x70}};

/* Batches on their way to one node, with the verdicts that go along. */
struct parcel {
	struct batch *batch;	   /* shared: freed with world->batches */
	struct snapshot *snapshot; /* or this: freed with world->snapshots */
	struct verdict *verdicts;  /* of one entry of main: shared as well */
	size_t n_verdicts;
	const char *only_site; /* scope as it was, see in_scope */
	char cases[8];	       /* which cases that site had then */
	bool done;
};

/* One outbox batch as main has it. */
struct entry {
	struct batch *batch;
	struct verdict *verdicts;
	size_t n_verdicts;
};

struct mailbox {
	struct parcel parcels[PARCELS_MAX];
	size_t n;
	size_t pushed;	 /* own seq in outbox */
	size_t replayed; /* entries of main, at an office node */
};

struct target {
	const struct entity *entity;
	const struct field *field;
	const char *keys[4];
	char row[128];
	char where[256];
};

struct world {
	char *folder;
	uint64_t seed;
	enum schedule_kind kind;
	struct dice dice;
	size_t step;
	struct node nodes[NODES];
	struct node again; /* what main says; at the end, all folded again */
	struct mailbox boxes[NODES];
	struct batch *batches[BATCHES_MAX * 4]; /* owned */
	size_t n_batches;
	struct batch *outbox[BATCHES_MAX]; /* pushed, not in main yet */
	size_t n_outbox;
	struct entry main[BATCHES_MAX];
	size_t n_main;
	char had[OFFICES + 1][8]; /* cases of edu, hr as last sent */
	struct snapshot *snapshots[PARCELS_MAX]; /* owned */
	size_t n_snapshots;
	struct node late[OFFICES + 1]; /* of edu, hr: made halfway, from a
					  snapshot of what they have then */
	size_t late_from[OFFICES + 1]; /* its first parcel; 0: not made yet */
	int64_t skew[NODES];
	struct target hot[HOT];
	bool making_hot;
	struct world_figures figures;
};

static const char *const cases[] = {"1-1-001", "1-1-002", "1-1-003"};
enum { N_CASES = 3 };

static uint64_t fake_now;

static uint64_t now_ms(void)
{
	return fake_now;
}

static size_t below(struct world *world, size_t n)
{
	return dice_below(&world->dice, n);
}

static bool chance(struct world *world, size_t one_in)
{
	return below(world, one_in) == 0;
}

struct world *world_open(void)
{
	struct world *world = calloc(1, sizeof(*world));

	world->folder = helper_folder();
	for (size_t i = 0; i < NODES; i++)
		node_open(&world->nodes[i], world->folder, people[i].name,
			  people[i].site, people[i].origin);
	node_open(&world->again, world->folder, "again", "office", 0x99);
	node_open(&world->late[1], world->folder, "edu-late", "edu", 0x41);
	node_open(&world->late[2], world->folder, "hr-late", "hr", 0x11);
	clock_set_source(now_ms);
	return world;
}

static void forget(struct world *world)
{
	for (size_t i = 0; i < world->n_batches; i++)
		batch_free(world->batches[i]);
	for (size_t i = 0; i < world->n_main; i++)
		free(world->main[i].verdicts);
	for (size_t i = 0; i < world->n_snapshots; i++) {
		snapshot_release(world->snapshots[i]);
		free(world->snapshots[i]);
	}
	world->n_batches = 0;
	world->n_outbox = 0;
	world->n_main = 0;
	world->n_snapshots = 0;
	memset(world->late_from, 0, sizeof(world->late_from));
	memset(world->had, 0, sizeof(world->had));
	for (size_t i = 0; i < NODES; i++)
		memset(&world->boxes[i], 0, sizeof(world->boxes[i]));
}

void world_close(struct world *world)
{
	forget(world);
	for (size_t i = 0; i < NODES; i++)
		node_close(&world->nodes[i]);
	node_close(&world->again);
	node_close(&world->late[1]);
	node_close(&world->late[2]);
	helper_remove(world->folder);
	clock_set_source(NULL);
	free(world);
}

struct node *world_office(struct world *world)
{
	return &world->nodes[0];
}

/* ---- edits ------------------------------------------------------------- */

/* What plain SQL has just written happened at the node's own time, which may
 * be wrong. */
static void stamp(struct world *world, size_t at)
{
	int64_t ms = (int64_t)fake_now + world->skew[at];

	if (chance(world, 40))
		ms += 365LL * 24 * 3600 * 1000;
	plain(&world->nodes[at],
	      "UPDATE _pending SET at = %lld WHERE at > %lld", (long long)ms,
	      1700000000000LL);
}

/* A text of a few paragraphs, one of them of this moment. */
static void random_text(struct world *world, char *out, size_t size)
{
	static const char *const first[] = {"一", "甲", "乙"};
	static const char *const last[] = {"九", "丙"};

	snprintf(out, size, "%s\n二\n三%s\n四\n%s", first[below(world, 3)],
		 chance(world, 3) ? "丁" : "", last[below(world, 2)]);
	if (chance(world, 12))
		memset(out, 'x', 600 < size ? 600 : size - 1);
	if (chance(world, 12))
		out[600 < size ? 600 : size - 1] = '\0';
}

static const char *random_code(struct world *world, const char *list)
{
	return ask(&world->nodes[0],
		   "SELECT code FROM _test_code WHERE list = %Q ORDER BY code"
		   " LIMIT 1 OFFSET %d",
		   list, (int)below(world, 3));
}

static void random_set(struct world *world, char *out, size_t size)
{
	static const char *const members[] = {"张三", "李四", "王五", "赵六"};
	size_t len = 0;

	*out = '\0';
	for (size_t i = 0; i < 4; i++)
		if (chance(world, 2))
			len += (size_t)snprintf(out + len, size - len, "%s%s",
						len > 0 ? "、" : "",
						members[i]);
}

/* A value as SQL; to be sqlite3_freed. */
static char *random_value(struct world *world, const struct field *field)
{
	char text[1024] = "";

	if (chance(world, 10))
		return sqlite3_mprintf("NULL");
	switch (field->type) {
	case FIELD_INT:
		return sqlite3_mprintf("%d", (int)below(world, 4));
	case FIELD_BOOL:
		return sqlite3_mprintf("%d", (int)below(world, 2));
	case FIELD_DATE:
		return sqlite3_mprintf("'2022-0%d-1%d'",
				       (int)below(world, 3) + 4,
				       (int)below(world, 2));
	case FIELD_TIME:
		return sqlite3_mprintf("'2022-06-30T09:0%d:00Z'",
				       (int)below(world, 3));
	case FIELD_CODE:
		return sqlite3_mprintf("%Q", random_code(world, field->list));
	case FIELD_SET:
		random_set(world, text, sizeof(text));
		break;
	case FIELD_LONG:
		random_text(world, text, sizeof(text));
		break;
	default:
		snprintf(text, sizeof(text), "%s%s",
			 chance(world, 6) ? " " : "",
			 (const char *[]){"甲", "乙", "丙",
					  "é"}[below(world, 4)]);
	}
	return sqlite3_mprintf("%Q", text);
}

/* One of few rows, so that people meet. */
static const char *random_key(struct world *world, const struct entity *entity,
			      size_t part, size_t at)
{
	const char *name = entity->keys[part];
	bool office = at < OFFICES;

	if (entity->scope == SCOPE_CASE && part == 0)
		return cases[!world->making_hot && chance(world, 4)
				     ? below(world, N_CASES)
				     : 0];
	if ((int)part == entity->owner_key && !office &&
	    (world->making_hot || !chance(world, 12)))
		return people[at].site;
	if ((int)part == entity->owner_key && world->making_hot)
		return "edu";
	if ((int)part == entity->owner_key)
		return (const char *[]){"edu", "hr", "office"}[below(
			world, strcmp(entity->name, "handling") == 0 ? 2 : 3)];
	if (strcmp(name, "list") == 0)
		return "publicity";
	if (strcmp(name, "code") == 0 && entity->n_keys == 2)
		return (const char *[]){"public", "extract", "request",
					"secret"}[below(world, 4)];
	return !world->making_hot && chance(world, 4) ? "y" : "x";
}

/* Mostly a field that this site may write; not often one it may not. */
static const struct field *random_field(struct world *world,
					const struct target *target, size_t at)
{
	const struct entity *entity = target->entity;
	const struct field *field = NULL;

	if (chance(world, 8))
		return entity_field(entity, VOIDING_FIELD);
	for (size_t i = 0; i < 12; i++) {
		field = &entity->fields[below(world, entity->n_fields)];
		if (access_writer(field->writers, entity, target->row,
				  strlen(target->row), people[at].site))
			break;
	}
	return field;
}

static const struct entity *random_entity(struct world *world, size_t at)
{
	const struct schema *schema = replica_schema(world->again.replica);
	const struct entity *entity =
		&schema->entities[below(world, schema->n_entities)];

	if (chance(world, 4))
		entity = schema->assignment;
	else if (at < OFFICES && chance(world, 3))
		entity = schema->cases;
	while (at >= OFFICES &&
	       (entity->scope != SCOPE_CASE || entity == schema->cases) &&
	       !chance(world, 12))
		entity = &schema->entities[below(world, schema->n_entities)];
	return entity;
}

static void any_target(struct target *target, struct world *world, size_t at)
{
	const struct entity *entity = random_entity(world, at);
	size_t len = 0;
	size_t row = 0;

	target->entity = entity;
	for (size_t i = 0; i < entity->n_keys; i++) {
		target->keys[i] = random_key(world, entity, i, at);
		row += (size_t)snprintf(target->row + row,
					sizeof(target->row) - row, "%s%s",
					i > 0 ? "/" : "", target->keys[i]);
		len += (size_t)snprintf(target->where + len,
					sizeof(target->where) - len,
					"%s\"%s\" = '%s'", i > 0 ? " AND " : "",
					entity->keys[i], target->keys[i]);
	}
	target->field = random_field(world, target, at);
}

/* Half of the time a cell that everybody is at, if this site may. */
static void random_target(struct target *target, struct world *world, size_t at)
{
	const struct target *hot = &world->hot[below(world, HOT)];

	if (chance(world, 2) &&
	    access_writer(hot->field->writers, hot->entity, hot->row,
			  strlen(hot->row), people[at].site))
		*target = *hot;
	else
		any_target(target, world, at);
}

static void try_plain(struct world *world, size_t at, const char *sql)
{
	int rc = sqlite3_exec(world->nodes[at].plain, sql, NULL, NULL, NULL);

	if (rc == SQLITE_OK)
		world->figures.edits++;
	else if ((rc & 0xff) == SQLITE_CONSTRAINT)
		world->figures.refused_at_once++;
	else
		fail_msg("seed %" PRIu64 ": %s: %s", world->seed, sql,
			 sqlite3_errmsg(world->nodes[at].plain));
	stamp(world, at);
}

static void update_some(struct world *world, size_t at)
{
	struct target target;
	char *value;
	char *sql;
	size_t times = chance(world, 5) ? 2 : 1;

	random_target(&target, world, at);
	for (size_t i = 0; i < times; i++) {
		value = random_value(world, target.field);
		sql = sqlite3_mprintf("UPDATE \"%s\" SET \"%s\" = %s WHERE %s",
				      target.entity->name, target.field->name,
				      value, target.where);
		try_plain(world, at, sql);
		sqlite3_free(sql);
		sqlite3_free(value);
	}
}

static void insert_some(struct world *world, size_t at)
{
	struct target target;
	char *value;
	char *sql;
	char columns[200] = "";
	char values[300] = "";
	size_t a = 0;
	size_t b = 0;

	random_target(&target, world, at);
	value = random_value(world, target.field);
	for (size_t i = 0; i < target.entity->n_keys; i++) {
		a += (size_t)snprintf(columns + a, sizeof(columns) - a,
				      "\"%s\", ", target.entity->keys[i]);
		b += (size_t)snprintf(values + b, sizeof(values) - b, "'%s', ",
				      target.keys[i]);
	}
	sql = sqlite3_mprintf("INSERT INTO \"%s\"(%s\"%s\") VALUES (%s%s)",
			      target.entity->name, columns, target.field->name,
			      values, value);
	try_plain(world, at, sql);
	sqlite3_free(sql);
	sqlite3_free(value);
}

/* A decision about a cell in conflict, or about any. */
static void decide_some(struct world *world, size_t at)
{
	struct node *node = &world->nodes[at];
	struct edit_cell cell;
	struct target target;
	struct value value;
	struct err why = {0};
	char *sql;
	const char *text;

	random_target(&target, world, at);
	cell = (struct edit_cell){target.entity->name, target.row,
				  target.field->name};
	if (chance(world, 2) && *ask(node, "SELECT 1 FROM conflict")) {
		cell.entity = ask(node, "SELECT entity FROM conflict ORDER BY"
					" entity, row, field LIMIT 1");
		cell.row = ask(node, "SELECT row FROM conflict ORDER BY"
				     " entity, row, field LIMIT 1");
		cell.field = ask(node, "SELECT field FROM conflict ORDER BY"
				       " entity, row, field LIMIT 1");
	}
	MUST(edit_begin(node->replica, err));
	sql = random_value(world, target.field);
	text = ask(node, "SELECT %s", sql);
	value = strcmp(text, "NULL") == 0 ? value_text(NULL) : value_text(text);
	if (target.field->type == FIELD_BOOL || target.field->type == FIELD_INT)
		value = value_int(atoi(text));
	if (edit_decide(node->replica, &cell, &value, &why) == 0) {
		MUST(edit_commit(node->replica, "王芳", "定了", NULL, err));
		world->figures.decisions++;
	} else {
		edit_rollback(node->replica);
	}
	sqlite3_free(sql);
}

/* Somebody who reached past the triggers, or a program newer than ours. */
static void write_strangely(struct world *world, size_t at)
{
	static const char *const values[] = {"1", "2.5", "'新'", "x'00ff'",
					     "NULL"};
	struct node *node = &world->nodes[at];

	if (chance(world, 2)) {
		plain(node,
		      "INSERT INTO _pending(entity, field, row, value,"
		      " at, decides) VALUES (%d, %d, '%s/z', %s,"
		      " 1800000000000, 1)",
		      90 + (int)below(world, 2), 3 + (int)below(world, 3),
		      cases[below(world, N_CASES)], values[below(world, 5)]);
	} else if (world->kind == SCHEDULE_HUB) {
		struct target target;
		char *value;

		random_target(&target, world, at);
		/* Codes of the schema are in no log: nothing to go back to
		 * for who tampers with their own. */
		if (target.entity->scope != SCOPE_CASE)
			return;
		value = random_value(world, target.field);
		plain(node,
		      "INSERT INTO _pending(entity, field, row, value,"
		      " at, decides) VALUES (%u, %u, %Q, %s,"
		      " 1800000000000, 1)",
		      target.entity->id,
		      chance(world, 6) ? 900 : target.field->id, target.row,
		      value);
		sqlite3_free(value);
	}
	stamp(world, at);
}

static void act(struct world *world, size_t at)
{
	size_t what = below(world, 20);

	if (what < 12)
		update_some(world, at);
	else if (what < 15)
		insert_some(world, at);
	else if (what < 19)
		decide_some(world, at);
	else
		write_strangely(world, at);
}

/* ---- carrying ---------------------------------------------------------- */

/* What a node has written since, as batches of its outbox. */
static void push(struct world *world, size_t at)
{
	struct node *node = &world->nodes[at];
	struct mailbox *box = &world->boxes[at];
	struct change_log_range range = {.origin = people[at].origin,
					 .from = box->pushed + 1,
					 .limit = 1 + below(world, 24),
					 .limit_bytes = 1 << 20};
	struct batch *batch;

	drain(node);
	for (;;) {
		MUST(change_log_batch(&batch, node->replica, &range, err));
		if (batch == NULL)
			return;
		assert_true(world->n_outbox < BATCHES_MAX);
		world->batches[world->n_batches++] = batch;
		world->outbox[world->n_outbox++] = batch;
		box->pushed = batch->changes[batch->n_changes - 1].id.seq;
		range.from = box->pushed + 1;
		world->figures.changes += batch->n_changes;
	}
}

static void take(struct world *world, size_t at, const struct batch *batch,
		 const struct apply_options *options,
		 struct apply_result *result)
{
	struct apply_result ignored = {0};

	MUST(apply_batch(world->nodes[at].replica, batch, options,
			 result != NULL ? result : &ignored, err));
	apply_result_release(&ignored);
}

static void begin(struct world *world, size_t at)
{
	struct node *node = &world->nodes[at];

	MUST(db_begin(replica_db(node->replica), err));
	MUST(change_log_drain(node->replica, NULL, err));
}

static void commit(struct world *world, size_t at)
{
	MUST(db_commit(replica_db(world->nodes[at].replica), err));
}

/* Only a slice of a batch, as a broken road might bring it. */
static void mesh_take(struct world *world, size_t at, const struct batch *batch,
		      bool whole)
{
	const struct apply_options options = {0};
	struct batch slice = *batch;

	if (!whole && batch->n_changes > 1) {
		size_t from = below(world, batch->n_changes);

		slice.changes += from;
		slice.n_changes = 1 + below(world, batch->n_changes - from);
	}
	take(world, at, &slice, &options, NULL);
}

static void mesh_step(struct world *world, size_t at)
{
	size_t other = below(world, NODES);

	push(world, other);
	if (other == at || world->n_outbox == 0)
		return;
	begin(world, at);
	for (size_t i = below(world, 4); i > 0; i--)
		mesh_take(world, at,
			  world->outbox[below(world, world->n_outbox)],
			  chance(world, 2));
	commit(world, at);
}

/* Everything to everybody, in another order at each node. */
static void mesh_finish(struct world *world)
{
	for (size_t at = 0; at < NODES; at++)
		push(world, at);
	for (size_t at = 0; at < NODES; at++) {
		begin(world, at);
		for (size_t i = world->n_outbox; i > 0; i--) {
			size_t k = below(world, i);
			struct batch *batch = world->outbox[k];

			world->outbox[k] = world->outbox[i - 1];
			world->outbox[i - 1] = batch;
			mesh_take(world, at, batch, true);
		}
		commit(world, at);
	}
}

/* ---- the office merges ------------------------------------------------- */

/* The cases of a site, as main has them: an office's node has edits of its
 * own besides, which are not there yet. */
static void cases_of(char out[8], struct node *main, const char *site)
{
	for (size_t i = 0; i < N_CASES; i++)
		out[i] = *ask(main,
			      "SELECT 1 FROM handling WHERE proposal = %Q AND"
			      " unit = %Q AND coalesce(void, 0) = 0",
			      cases[i], site) != '\0';
}

/* A refused value goes back to its writer's site only. */
static bool may_see(const struct parcel *parcel, const struct change *change)
{
	if (strcmp(parcel->batch->site, parcel->only_site) == 0)
		return true;
	for (size_t i = 0; i < parcel->n_verdicts; i++)
		if (parcel->verdicts[i].kind == VERDICT_REFUSED &&
		    change_id_equal(parcel->verdicts[i].id, change->id))
			return false;
	return true;
}

static bool in_scope(const struct parcel *parcel, struct node *node,
		     const struct change *change)
{
	const struct entity *entity =
		schema_entity(replica_schema(node->replica), change->entity);
	const char *key;
	size_t len;

	if (entity == NULL || !may_see(parcel, change))
		return false;
	if (!entity_case(entity, change->row, change->row_len, &key, &len))
		return entity->scope == SCOPE_ALL;
	for (size_t i = 0; i < N_CASES; i++)
		if (strlen(cases[i]) == len && memcmp(cases[i], key, len) == 0)
			return parcel->cases[i] != 0;
	return false;
}

static void replay_verdicts(struct world *world, struct node *node,
			    const struct verdict *verdicts, size_t n)
{
	struct apply_result ignored = {0};

	MUST(apply_verdicts(node->replica, verdicts, n, &ignored, err));
	apply_result_release(&ignored);
}

/* An office node first does what main did. */
static void replay(struct world *world, size_t at)
{
	const struct apply_options options = {.gapless = true};
	struct mailbox *box = &world->boxes[at];

	for (; box->replayed < world->n_main; box->replayed++) {
		struct entry *entry = &world->main[box->replayed];

		replay_verdicts(world, &world->nodes[at], entry->verdicts,
				entry->n_verdicts);
		take(world, at, entry->batch, &options, NULL);
	}
}

static struct parcel *post(struct world *world, size_t at, struct batch *batch,
			   struct entry *entry, const char had[8])
{
	struct mailbox *box = &world->boxes[at];
	struct parcel *parcel;

	if (box->n >= PARCELS_MAX)
		fail_msg("seed %" PRIu64 ": too many parcels", world->seed);
	parcel = &box->parcels[box->n++];
	*parcel = (struct parcel){.batch = batch, .only_site = people[at].site};
	memcpy(parcel->cases, had, 8);
	if (entry != NULL) {
		parcel->verdicts = entry->verdicts;
		parcel->n_verdicts = entry->n_verdicts;
	}
	return parcel;
}

static struct snapshot *keep_snapshot(struct world *world, const char *key)
{
	struct snapshot *snapshot = calloc(1, sizeof(*snapshot));

	assert_true(world->n_snapshots < PARCELS_MAX);
	world->snapshots[world->n_snapshots++] = snapshot;
	MUST(snapshot_make(snapshot, world->again.replica, key, err));
	return snapshot;
}

static void post_log(struct world *world, size_t site, const char *key,
		     bool snapshot, const char had[8])
{
	struct replica *replica = world->again.replica;
	struct batch **batches = NULL;
	struct snapshot *all = NULL;
	size_t n = 0;

	if (snapshot) {
		MUST(change_log_snapshot(&batches, &n, replica, &key, 1, err));
		all = keep_snapshot(world, key);
	} else {
		MUST(change_log_disputed(&batches, &n, replica, key, err));
	}
	for (size_t k = 0; all != NULL && k < OFFICES; k++)
		post(world, site * OFFICES + k, NULL, NULL, had)->snapshot =
			all;
	for (size_t i = 0; i < n; i++) {
		assert_true(world->n_batches < BATCHES_MAX * 4);
		world->batches[world->n_batches++] = batches[i];
		for (size_t k = 0; k < OFFICES; k++)
			post(world, site * OFFICES + k, batches[i], NULL, had);
	}
	free(batches);
}

/* A new node of a unit starts from what stands now of all its cases. */
static void join_late(struct world *world, size_t site)
{
	const struct apply_options options = {0};
	struct node *late = &world->late[site];
	const char *keys[N_CASES + 1] = {""};
	struct apply_result result = {0};
	struct batch **batches = NULL;
	size_t n_keys = 1;
	size_t n = 0;

	for (size_t i = 0; i < N_CASES; i++)
		if (world->had[site][i])
			keys[n_keys++] = cases[i];
	MUST(change_log_snapshot(&batches, &n, world->again.replica, keys,
				 n_keys, err));
	MUST(db_begin(replica_db(late->replica), err));
	for (size_t i = 0; i < world->n_main; i++)
		replay_verdicts(world, late, world->main[i].verdicts,
				world->main[i].n_verdicts);
	for (size_t i = 0; i < n; i++) {
		MUST(apply_batch(late->replica, batches[i], &options, &result,
				 err));
		batch_free(batches[i]);
	}
	for (size_t i = 0; i < n_keys; i++)
		MUST(snapshot_apply(late->replica,
				    keep_snapshot(world, keys[i]), err));
	MUST(db_commit(replica_db(late->replica), err));
	apply_result_release(&result);
	free(batches);
	world->late_from[site] = world->boxes[site * OFFICES].n + 1;
	world->figures.late_changes +=
		(size_t)count(late, "SELECT count(*) FROM _change");
	world->figures.late_behind +=
		(size_t)count(&world->again, "SELECT count(*) FROM _change");
}

/* What a unit gets of one entry of main: what is in its scope or was until
 * now, a snapshot of cases that are new to it, and all there is to know of
 * cells in dispute. */
static void deliver(struct world *world, size_t site, struct entry *entry,
		    const struct apply_result *result)
{
	char *had = world->had[site];
	char has[8] = {0};

	char either[8] = {0};

	cases_of(has, &world->again, people[site * OFFICES].site);
	for (size_t i = 0; i < N_CASES; i++)
		either[i] = has[i] | had[i];
	for (size_t k = 0; k < OFFICES; k++)
		post(world, site * OFFICES + k, entry->batch, entry, either);
	for (size_t i = 0; i < N_CASES; i++) {
		bool touched = false;

		for (size_t k = 0; k < result->n_cases; k++)
			touched |= strcmp(result->cases[k], cases[i]) == 0;
		if (has[i] && !had[i])
			post_log(world, site, cases[i], true, either);
		else if (either[i] && touched)
			post_log(world, site, cases[i], false, either);
	}
	if (result->touched_all)
		post_log(world, site, "", false, either);
	memcpy(had, has, 8);
	if (world->late_from[site] == 0 && chance(world, 20))
		join_late(world, site);
}

/* Main as a replica of its own, and from it what each unit gets. */
static void publish(struct world *world, struct entry *entry)
{
	const struct apply_options options = {.gapless = true};
	struct replica *main = world->again.replica;
	struct apply_result result = {0};

	MUST(db_begin(replica_db(main), err));
	replay_verdicts(world, &world->again, entry->verdicts,
			entry->n_verdicts);
	MUST(apply_batch(main, entry->batch, &options, &result, err));
	MUST(db_commit(replica_db(main), err));
	for (size_t site = 1; site < 3; site++)
		deliver(world, site, entry, &result);
	apply_result_release(&result);
}

static bool merge_one(struct world *world, size_t at, size_t index)
{
	const struct apply_options options = {.authorise = true,
					      .gapless = true,
					      .now = clock_stamp(fake_now)};
	struct apply_result result = {0};
	struct batch *batch = world->outbox[index];
	struct entry *entry = &world->main[world->n_main];

	begin(world, at);
	replay(world, at);
	take(world, at, batch, &options, &result);
	if (chance(world, 8)) { /* another was quicker: all over again */
		db_rollback(replica_db(world->nodes[at].replica));
		world->boxes[at].replayed = 0;
		apply_result_release(&result);
		return false;
	}
	commit(world, at);
	*entry = (struct entry){batch, result.verdicts, result.n_verdicts};
	result.verdicts = NULL;
	world->n_main++;
	world->boxes[at].replayed = world->n_main;
	for (size_t i = 0; i < entry->n_verdicts; i++) {
		world->figures.verdicts += entry->verdicts[i].kind ==
					   VERDICT_REFUSED;
		world->figures.flagged += entry->verdicts[i].kind ==
					  VERDICT_CLOCK_AHEAD;
	}
	memmove(&world->outbox[index], &world->outbox[index + 1],
		(world->n_outbox - index - 1) * sizeof(*world->outbox));
	world->n_outbox--;
	apply_result_release(&result);
	publish(world, entry);
	return true;
}

/* The oldest waiting batch of some node; those of one node stay in order. */
static size_t pick_outbox(struct world *world)
{
	size_t index = below(world, world->n_outbox);

	for (size_t i = 0; i < index; i++)
		if (world->outbox[i]->origin == world->outbox[index]->origin)
			return i;
	return index;
}

static void take_at(struct world *world, struct node *node,
		    const struct batch *batch)
{
	const struct apply_options options = {0};
	struct apply_result ignored = {0};

	MUST(apply_batch(node->replica, batch, &options, &ignored, err));
	apply_result_release(&ignored);
}

static void open_parcel(struct world *world, struct node *node,
			const struct parcel *parcel)
{
	const struct batch *batch = parcel->batch;
	bool first = chance(world, 2);

	if (parcel->snapshot != NULL) {
		MUST(snapshot_apply(node->replica, parcel->snapshot, err));
		return;
	}
	if (first)
		replay_verdicts(world, node, parcel->verdicts,
				parcel->n_verdicts);
	for (size_t i = 0, n; i < batch->n_changes; i += n + 1) {
		struct batch run = *batch;

		for (n = 0; i + n < batch->n_changes &&
			    in_scope(parcel, node, &batch->changes[i + n]);)
			n++;
		run.changes += i;
		run.n_changes = n;
		if (n > 0)
			take_at(world, node, &run);
	}
	if (!first)
		replay_verdicts(world, node, parcel->verdicts,
				parcel->n_verdicts);
}

static void hub_step(struct world *world, size_t at)
{
	struct mailbox *box = &world->boxes[at];

	push(world, at);
	if (at < OFFICES && world->n_outbox > 0 && chance(world, 2))
		merge_one(world, at, pick_outbox(world));
	if (at < OFFICES) {
		begin(world, at);
		replay(world, at);
		commit(world, at);
	}
	/* Any of what waits, in any order, again and again. */
	if (at < OFFICES)
		return;
	begin(world, at);
	for (size_t i = below(world, 6); i > 0 && box->n > 0; i--) {
		struct parcel *parcel = &box->parcels[below(world, box->n)];

		open_parcel(world, &world->nodes[at], parcel);
		parcel->done = true;
	}
	commit(world, at);
}

static void hub_finish(struct world *world)
{
	for (size_t at = 0; at < NODES; at++)
		push(world, at);
	while (world->n_outbox > 0)
		merge_one(world, below(world, OFFICES), pick_outbox(world));
	for (size_t at = 0; at < OFFICES; at++) {
		begin(world, at);
		replay(world, at);
		commit(world, at);
	}
	for (size_t at = OFFICES; at < NODES; at++) {
		struct mailbox *box = &world->boxes[at];
		bool forward = chance(world, 2);

		begin(world, at);
		for (size_t i = 0; i < box->n; i++) {
			size_t k = forward ? i : box->n - 1 - i;

			if (!box->parcels[k].done)
				open_parcel(world, &world->nodes[at],
					    &box->parcels[k]);
			box->parcels[k].done = true;
		}
		commit(world, at);
	}
}

/* All that was posted since a late node was made, in any order. */
static void hub_finish_late(struct world *world, size_t site)
{
	const struct mailbox *box = &world->boxes[site * OFFICES];
	struct node *late = &world->late[site];
	size_t order[PARCELS_MAX];
	size_t n = 0;

	if (world->late_from[site] == 0)
		join_late(world, site);
	for (size_t i = world->late_from[site] - 1; i < box->n; i++)
		order[n++] = i;
	MUST(db_begin(replica_db(late->replica), err));
	for (; n > 0; n--) {
		size_t k = below(world, n);

		open_parcel(world, late, &box->parcels[order[k]]);
		order[k] = order[n - 1];
	}
	MUST(db_commit(replica_db(late->replica), err));
}

/* ---- what must hold ---------------------------------------------------- */

static void fold_again(struct world *world)
{
	struct node *office = &world->nodes[0];
	struct verdict *verdicts = NULL;
	size_t n = helper_verdicts(&verdicts, office);
	size_t early = below(world, n + 1);

	node_empty(&world->again);
	carry_verdicts(&world->again, verdicts, early);
	carry_shuffled(&world->again, office, dice_next(&world->dice));
	if (early < n)
		carry_verdicts(&world->again, verdicts + early, n - early);
	assert_same_state(office, &world->again, NULL);
	free(verdicts);
}

/* Each value ever written is a head, superseded by a change that names it,
 * or in a verdict: the office has every change, accepted ones are heads or
 * named (assert_invariants), and no other is refused than by a verdict. */
static void assert_nothing_lost(struct world *world)
{
	struct node *office = &world->nodes[0];

	for (size_t at = 0; at < NODES; at++)
		assert_string_equal(
			ask(office,
			    "SELECT count(*) FROM _change c JOIN _origin o ON"
			    " o.id = c.id >> 40 WHERE o.origin = %lld",
			    (long long)people[at].origin),
			ask(&world->nodes[at],
			    "SELECT coalesce(max(last), 0) FROM _origin WHERE"
			    " origin = %lld",
			    (long long)people[at].origin));
	assert_int_equal(count(office,
			       "SELECT count(*) FROM _change c WHERE"
			       " c.flags & 1 = 1 AND NOT EXISTS (SELECT 1 FROM"
			       " _verdict v WHERE v.change = c.id AND"
			       " v.kind = 1)"),
			 0);
	assert_invariants(office);
}

static void assert_agreement(struct world *world)
{
	static const char *const sites[] = {NULL, "edu", "hr"};
	uint8_t office[3][32];
	uint8_t its[32];

	for (size_t i = 0; i < 3; i++)
		state_of(office[i], &world->nodes[0], sites[i]);
	for (size_t at = 1; at < NODES; at++) {
		size_t i = world->kind == SCHEDULE_HUB ? at / OFFICES : 0;

		state_of(its, &world->nodes[at], sites[i]);
		if (memcmp(its, office[i], sizeof(its)) != 0)
			assert_same_state(&world->nodes[0], &world->nodes[at],
					  sites[i]);
	}
	for (size_t i = 1; world->kind == SCHEDULE_HUB && i < 3; i++) {
		state_of(its, &world->late[i], sites[i]);
		if (memcmp(its, office[i], sizeof(its)) != 0)
			assert_same_state(&world->nodes[0], &world->late[i],
					  sites[i]);
	}
}

static void sum_up(struct world *world)
{
	struct node *office = &world->nodes[0];

	world->figures.soft += (size_t)count(
		office, "SELECT count(*) FROM _conflict WHERE severity = 1");
	world->figures.hard += (size_t)count(
		office, "SELECT count(*) FROM _conflict WHERE severity = 2");
	world->figures.voided_unseen += (size_t)count(
		office, "SELECT count(*) FROM _conflict c WHERE"
			" c.cell & 4095 = 1 AND (SELECT count(*) FROM _head h"
			" WHERE h.cell = c.cell) = 1");
}

static void spread(struct world *world)
{
	if (world->kind == SCHEDULE_MESH)
		mesh_finish(world);
	else
		hub_finish(world);
}

/* Where everybody starts: two cases, each with its units, and a row of every
 * kind. */
static void found(struct world *world)
{
	static const char *const own[] = {"contact(proposal, id, result)",
					  "measure(proposal, id, reason)",
					  "tracking(proposal, id, note)",
					  "attachment(proposal, id, name)",
					  "event(proposal, id, detail)"};

	plain(&world->nodes[0],
	      "INSERT INTO proposal(key, title, sponsors) VALUES"
	      " ('1-1-001', '校门', '张三、李四'), ('1-1-002', '就业', '王五');"
	      "INSERT INTO handling(proposal, unit, role) VALUES"
	      " ('1-1-001', 'edu', 'main'), ('1-1-001', 'hr', 'co'),"
	      " ('1-1-002', 'hr', 'main');"
	      "INSERT INTO leader(proposal, name, post) VALUES"
	      " ('1-1-001', 'x', '主任');"
	      "INSERT INTO feedback(proposal, sponsor, round, opinion) VALUES"
	      " ('1-1-001', 'x', 'x', '好');"
	      "INSERT INTO session(key, name) VALUES ('x', '一次');"
	      "INSERT INTO unit(code, name) VALUES ('x', '区教育局');");
	stamp(world, 0);
	spread(world);
	for (size_t at = OFFICES; at < NODES; at += OFFICES)
		for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++) {
			plain(&world->nodes[at],
			      "INSERT INTO %s VALUES ('1-1-001', 'x', '初')",
			      own[i]);
			stamp(world, at);
		}
}

static void run_steps(struct world *world)
{
	size_t steps = 8 + below(world, 20);
	size_t reach = 2 + below(world, 8); /* one step in so many, online */

	for (world->step = 0; world->step < steps; world->step++) {
		size_t at = below(world, NODES);

		fake_now += STEP_MS;
		for (size_t i = 1 + below(world, 6); i > 0; i--)
			act(world, at);
		at = below(world, NODES);
		if (chance(world, 300)) {
			node_reopen(&world->nodes[at]);
			world->figures.restarts++;
		}
		if (chance(world, 2) || !chance(world, reach))
			continue;
		if (world->kind == SCHEDULE_MESH)
			mesh_step(world, at);
		else
			hub_step(world, at);
	}
}

void world_run(struct world *world, enum schedule_kind kind, uint64_t seed,
	       size_t shuffles)
{
	helper_about("seed %" PRIu64, seed);
	world->seed = seed;
	world->kind = kind;
	world->dice.state = seed;
	fake_now = (uint64_t)BASE_MS_HALF * 2000;
	forget(world);
	node_empty(&world->again);
	for (size_t i = 0; i < NODES; i++) {
		node_empty(&world->nodes[i]);
		world->skew[i] =
			(int64_t)below(world, 8 * STEP_MS) - 4 * STEP_MS;
	}
	world->making_hot = true;
	for (size_t i = 0; i < HOT; i++)
		any_target(&world->hot[i], world, i);
	world->making_hot = false;
	node_empty(&world->late[1]);
	node_empty(&world->late[2]);
	found(world);
	run_steps(world);
	spread(world);
	for (size_t site = 1; kind == SCHEDULE_HUB && site < 3; site++)
		hub_finish_late(world, site);
	assert_agreement(world);
	assert_nothing_lost(world);
	for (size_t i = 0; i < shuffles; i++)
		fold_again(world);
	sum_up(world);
}

/* 1,000 of each kind in the usual run, less under a sanitizer. */
static size_t schedules(void)
{
	const char *text = getenv("TIAN_SCHEDULES");

	return text != NULL ? strtoul(text, NULL, 10) : SCHEDULES_USUAL;
}

struct world_figures world_run_many(enum schedule_kind kind)
{
	struct world *world = world_open();
	uint64_t seed = helper_seed(20221014);
	const struct world_figures *f = &world->figures;
	struct world_figures figures;
	size_t n = schedules();

	for (size_t i = 0; i < n; i++)
		world_run(world, kind, seed + i, 1);
	print_message("%zu schedules: %zu edits, %zu decisions, %zu refused at"
		      " once, %zu changes, %zu refused, %zu clocks ahead,"
		      " %zu soft and %zu hard conflicts, %zu rows voided"
		      " unseen, %zu restarts, late nodes began with %zu changes"
		      " of %zu\n",
		      n, f->edits, f->decisions, f->refused_at_once, f->changes,
		      f->verdicts, f->flagged, f->soft, f->hard,
		      f->voided_unseen, f->restarts, f->late_changes,
		      f->late_behind);
	figures = *f;
	figures.schedules = n;
	world_close(world);
	return figures;
}
