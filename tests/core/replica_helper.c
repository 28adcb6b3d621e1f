/* replica_helper.c - replicas in a folder of the test's own. */
#include "tests/core/replica_helper.h"

#include <ftw.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/buf.h"
#include "core/merge/cell.h"
#include "core/replica/state.h"

#define MUST(call)                                            \
	do {                                                  \
		struct err err_ = {0};                        \
		struct err *err = &err_;                      \
		if ((call) < 0)                               \
			fail_msg("%s: %s", #call, err_.text); \
	} while (0)

static char about[128];

void helper_about(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(about, sizeof(about), fmt, args);
	va_end(args);
}

char *helper_folder(void)
{
	const char *tmp = getenv("TMPDIR");
	char *folder = NULL;

	if (tmp == NULL || *tmp == '\0')
		tmp = "/tmp";
	if (asprintf(&folder, "%s/tian-test-XXXXXX", tmp) < 0 ||
	    mkdtemp(folder) == NULL)
		fail_msg("no folder under %s", tmp);
	return folder;
}

static int remove_one(const char *path, const struct stat *st, int flag,
		      struct FTW *ftw)
{
	(void)st;
	(void)flag;
	(void)ftw;
	return remove(path);
}

void helper_remove(char *folder)
{
	nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	free(folder);
}

const char *helper_path(const char *folder, const char *name)
{
	static char paths[4][512];
	static unsigned at;
	char *path = paths[at++ % 4];

	snprintf(path, sizeof(paths[0]), "%s/%s", folder, name);
	return path;
}

static void copy_file(const char *to, const char *from)
{
	struct buf bytes = BUF_INIT;

	MUST(buf_read_file(&bytes, from, 64 << 20, err));
	MUST(buf_write_file(&bytes, to, 0644, err));
	buf_release(&bytes);
}

static void set_origin(const char *path, uint64_t origin)
{
	sqlite3 *db = NULL;
	char *sql = sqlite3_mprintf(
		"UPDATE _meta SET value = '%016llx' WHERE name = 'origin'",
		(unsigned long long)origin);

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
	sqlite3_free(sql);
}

static void node_connect(struct node *node)
{
	MUST(replica_open(&node->replica, node->path, err));
	MUST(db_exec(replica_db(node->replica), "PRAGMA synchronous = OFF",
		     err));
	if (sqlite3_open(node->path, &node->plain) != SQLITE_OK)
		fail_msg("%s: %s", node->path, sqlite3_errmsg(node->plain));
	sqlite3_busy_timeout(node->plain, 2000);
	sqlite3_exec(node->plain, "PRAGMA synchronous = OFF", NULL, NULL, NULL);
}

/* What node_empty brings back, kept beside the tables themselves. */
static const char SQL_KEEP[] =
	"CREATE TABLE IF NOT EXISTS _test_code AS SELECT * FROM code;";

void node_open(struct node *node, const char *folder, const char *name,
	       const char *site, uint64_t origin)
{
	struct replica_identity id = {
		.site = site, .author = "", .origin = origin};
	char blank[300];

	memset(node, 0, sizeof(*node));
	snprintf(node->path, sizeof(node->path), "%s/%s.db", folder, name);
	snprintf(blank, sizeof(blank), "%s/blank-%s.db", folder, site);
	if (access(blank, F_OK) != 0) {
		sqlite3 *db = NULL;

		MUST(replica_create(blank, &id, err));
		assert_int_equal(sqlite3_open(blank, &db), SQLITE_OK);
		sqlite3_exec(db, SQL_KEEP, NULL, NULL, NULL);
		sqlite3_close(db);
	}
	copy_file(node->path, blank);
	set_origin(node->path, origin);
	node_connect(node);
}

void node_close(struct node *node)
{
	sqlite3_close(node->plain);
	replica_close(node->replica);
	node->plain = NULL;
	node->replica = NULL;
}

void node_reopen(struct node *node)
{
	node_close(node);
	node_connect(node);
}

/* Statements by the address of their text, so that they are prepared once. */
static size_t emptying(char sql[64][64], const struct schema *schema)
{
	static const char *const tables[] = {
		"_pending", "_origin", "_author",   "_row",	"_change",
		"_head",    "_named",  "_conflict", "_verdict", "_scope",
		"_taken",   "_commit", "_snapshot"};
	size_t n = 0;

	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
		snprintf(sql[n++], 64, "DELETE FROM %s", tables[i]);
	for (size_t i = 0; i < schema->n_entities; i++)
		snprintf(sql[n++], 64, "DELETE FROM \"%s\"",
			 schema->entities[i].name);
	snprintf(sql[n++], 64, "INSERT INTO code SELECT * FROM _test_code");
	snprintf(sql[n++], 64, "DELETE FROM _meta WHERE name = 'clock'");
	return n;
}

void node_empty(struct node *node)
{
	static char sql[64][64];
	static size_t n;
	struct db *db = replica_db(node->replica);

	if (n == 0)
		n = emptying(sql, replica_schema(node->replica));
	MUST(db_begin(db, err));
	for (size_t i = 0; i < n; i++)
		MUST(db_run_ints(db, sql[i], NULL, 0, err));
	MUST(db_commit(db, err));
}

void plain(struct node *node, const char *fmt, ...)
{
	va_list args;
	char *sql;
	char *message = NULL;

	va_start(args, fmt);
	sql = sqlite3_vmprintf(fmt, args);
	va_end(args);
	if (sqlite3_exec(node->plain, sql, NULL, NULL, &message) != SQLITE_OK)
		fail_msg("%s: %s", sql, message);
	sqlite3_free(sql);
}

const char *plain_error(struct node *node, const char *sql)
{
	static char text[512];
	char *message = NULL;

	if (sqlite3_exec(node->plain, sql, NULL, NULL, &message) == SQLITE_OK)
		fail_msg("went through: %s", sql);
	snprintf(text, sizeof(text), "%s", message != NULL ? message : "");
	sqlite3_free(message);
	return text;
}

const char *ask(struct node *node, const char *fmt, ...)
{
	static char answers[8][4096];
	static unsigned at;
	char *answer = answers[at++ % 8];
	sqlite3_stmt *stmt = NULL;
	va_list args;
	char *sql;

	va_start(args, fmt);
	sql = sqlite3_vmprintf(fmt, args);
	va_end(args);
	if (sqlite3_prepare_v2(node->plain, sql, -1, &stmt, NULL) != SQLITE_OK)
		fail_msg("%s: %s", sql, sqlite3_errmsg(node->plain));
	*answer = '\0';
	if (sqlite3_step(stmt) == SQLITE_ROW) {
		const char *text = (const char *)sqlite3_column_text(stmt, 0);

		snprintf(answer, sizeof(answers[0]), "%s",
			 text != NULL ? text : "NULL");
	}
	sqlite3_finalize(stmt);
	sqlite3_free(sql);
	return answer;
}

long long count(struct node *node, const char *sql)
{
	return atoll(ask(node, "%s", sql));
}

size_t drain(struct node *node)
{
	struct db *db = replica_db(node->replica);
	size_t n = 0;

	MUST(db_begin(db, err));
	MUST(change_log_drain(node->replica, &n, err));
	MUST(db_commit(db, err));
	return n;
}

void edit(struct node *node, const char *author, const char *reason,
	  const char *sql)
{
	MUST(edit_begin(node->replica, err));
	MUST(db_exec(replica_db(node->replica), sql, err));
	MUST(edit_commit(node->replica, author, reason, NULL, err));
}

static void decide_value(struct node *node, const struct edit_cell *cell,
			 const struct value *value, const char *reason)
{
	MUST(edit_begin(node->replica, err));
	MUST(edit_decide(node->replica, cell, value, err));
	MUST(edit_commit(node->replica, "王芳", reason, NULL, err));
}

void decide(struct node *node, const char *entity, const char *row,
	    const char *field, const char *value, const char *reason)
{
	const struct edit_cell cell = {entity, row, field};
	struct value it = value_text(value);

	decide_value(node, &cell, &it, reason);
}

void decide_int(struct node *node, const char *entity, const char *row,
		const char *field, int64_t value, const char *reason)
{
	const struct edit_cell cell = {entity, row, field};
	struct value it = value_int(value);

	decide_value(node, &cell, &it, reason);
}

void carry(struct node *to, struct node *from, const struct carrying *what,
	   struct apply_result *result)
{
	struct change_log_range range = {.origin = what->origin,
					 .from = what->seq,
					 .limit = 1000000,
					 .limit_bytes = 256 << 20};
	const struct apply_options options = {.authorise = what->authorise,
					      .gapless = what->gapless,
					      .now = what->now};
	struct apply_result ignored = {0};
	struct batch *batch = NULL;
	struct db *db = replica_db(to->replica);

	drain(from);
	MUST(db_begin(db, err));
	MUST(change_log_drain(to->replica, NULL, err));
	for (;;) {
		MUST(change_log_batch(&batch, from->replica, &range, err));
		if (batch == NULL)
			break;
		MUST(apply_batch(to->replica, batch, &options,
				 result != NULL ? result : &ignored, err));
		range.from = batch->changes[batch->n_changes - 1].id.seq + 1;
		batch_free(batch);
	}
	MUST(db_commit(db, err));
	apply_result_release(&ignored);
}

static size_t origins_of(uint64_t *out, size_t limit, struct node *node)
{
	sqlite3_stmt *stmt = NULL;
	size_t n = 0;

	assert_int_equal(sqlite3_prepare_v2(node->plain,
					    "SELECT origin FROM _origin"
					    " ORDER BY origin",
					    -1, &stmt, NULL),
			 SQLITE_OK);
	while (sqlite3_step(stmt) == SQLITE_ROW && n < limit)
		out[n++] = (uint64_t)sqlite3_column_int64(stmt, 0);
	sqlite3_finalize(stmt);
	return n;
}

void carry_all(struct node *to, struct node *from)
{
	uint64_t origins[32];
	size_t n;

	drain(from);
	n = origins_of(origins, 32, from);
	for (size_t i = 0; i < n; i++)
		carry(to, from, &(struct carrying){.origin = origins[i]}, NULL);
}

void carry_verdicts(struct node *to, const struct verdict *verdicts, size_t n)
{
	struct apply_result ignored = {0};
	struct db *db = replica_db(to->replica);

	MUST(db_begin(db, err));
	MUST(change_log_drain(to->replica, NULL, err));
	MUST(apply_verdicts(to->replica, verdicts, n, &ignored, err));
	MUST(db_commit(db, err));
	apply_result_release(&ignored);
}

struct one {
	struct batch *batch;
	size_t at;
};

static size_t load_ones(struct one **out, struct batch ***batches,
			size_t *n_batches, struct node *from)
{
	uint64_t origins[32];
	size_t n_origins = origins_of(origins, 32, from);
	size_t n = 0;

	for (size_t i = 0; i < n_origins; i++) {
		struct change_log_range range = {.origin = origins[i],
						 .limit = 100000,
						 .limit_bytes = 64 << 20};
		struct batch *batch;

		for (;;) {
			MUST(change_log_batch(&batch, from->replica, &range,
					      err));
			if (batch == NULL)
				break;
			*batches = realloc(*batches,
					   (*n_batches + 1) * sizeof(batch));
			(*batches)[(*n_batches)++] = batch;
			*out = realloc(*out,
				       (n + batch->n_changes) * sizeof(**out));
			for (size_t k = 0; k < batch->n_changes; k++)
				(*out)[n++] = (struct one){batch, k};
			range.from =
				batch->changes[batch->n_changes - 1].id.seq + 1;
		}
	}
	return n;
}

void carry_shuffled(struct node *to, struct node *from, uint64_t seed)
{
	const struct apply_options options = {0};
	struct apply_result ignored = {0};
	struct dice dice = {seed};
	struct batch **batches = NULL;
	struct one *ones = NULL;
	size_t n_batches = 0;
	size_t n = load_ones(&ones, &batches, &n_batches, from);
	struct db *db = replica_db(to->replica);

	MUST(db_begin(db, err));
	for (size_t i = n; i > 0; i--) {
		size_t k = dice_below(&dice, i);
		struct one one = ones[k];
		struct batch single = *one.batch;

		ones[k] = ones[i - 1];
		single.changes = &one.batch->changes[one.at];
		single.n_changes = 1;
		MUST(apply_batch(to->replica, &single, &options, &ignored,
				 err));
	}
	MUST(db_commit(db, err));
	for (size_t i = 0; i < n_batches; i++)
		batch_free(batches[i]);
	free(batches);
	free(ones);
	apply_result_release(&ignored);
}

const char *severity_of(struct node *node, const char *entity, const char *row,
			const char *field)
{
	const char *found =
		ask(node,
		    "SELECT severity FROM conflict WHERE entity = %Q AND"
		    " row = %Q AND field = %Q",
		    entity, row, field);

	return *found != '\0' ? found : "none";
}

void state_of(uint8_t out[32], struct node *node, const char *site)
{
	MUST(state_hash(out, node->replica, site, err));
}

static void print_lines(struct node *node, char *sql)
{
	sqlite3_stmt *stmt = NULL;

	if (sqlite3_prepare_v2(node->plain, sql, -1, &stmt, NULL) != SQLITE_OK)
		print_message("  %s\n", sqlite3_errmsg(node->plain));
	while (stmt != NULL && sqlite3_step(stmt) == SQLITE_ROW)
		print_message("  %s\n", sqlite3_column_text(stmt, 0));
	sqlite3_finalize(stmt);
	sqlite3_free(sql);
}

static void print_table(struct node *node, const struct entity *entity,
			const char *here, const char *there)
{
	struct buf columns = BUF_INIT;

	for (size_t i = 0; i < entity->n_keys; i++)
		buf_addf(&columns, "||' '||quote(\"%s\")", entity->keys[i]);
	for (size_t i = 0; i < entity->n_fields; i++)
		buf_addf(&columns,
			 "||iif(\"%s\" IS NULL,'',' %s='||quote(\"%s\"))",
			 entity->fields[i].name, entity->fields[i].name,
			 entity->fields[i].name);
	print_lines(node,
		    sqlite3_mprintf("SELECT '%s.%s '%s FROM %s.\"%w\" EXCEPT"
				    " SELECT '%s.%s '%s FROM %s.\"%w\"",
				    here, entity->name, columns.data, here,
				    entity->name, here, entity->name,
				    columns.data, there, entity->name));
	buf_release(&columns);
}

/* Cells of `a` that `b` has otherwise: what a failure is understood by. */
static void print_difference(struct node *a, struct node *b)
{
	static const char lines[] =
		"SELECT r.entity || ' ' || r.key || ' ' || (h.cell & 4095) ||"
		" ' heads ' || group_concat(printf('%%x:%%d=%%s', o.origin,"
		" c.id & 1099511627775, substr(quote(c.value), 1, 60)), ' ')"
		" || ' shown ' || group_concat(h.shown, '') || ' severity '"
		" || coalesce((SELECT severity FROM %s._conflict x WHERE"
		" x.cell = h.cell), 0) AS line FROM (SELECT * FROM %s._head"
		" ORDER BY cell, change) h JOIN %s._change c ON c.id ="
		" h.change JOIN %s._row r ON r.id = h.cell >> 12 JOIN"
		" %s._origin o ON o.id = c.id >> 40 GROUP BY h.cell";
	const struct schema *schema = replica_schema(a->replica);

	sqlite3_exec(a->plain, "DETACH b", NULL, NULL, NULL);
	plain(a, "ATTACH %Q AS b", b->path);
	print_lines(a,
		    sqlite3_mprintf(
			    "WITH l(line) AS (%z), r(line) AS (%z)"
			    " SELECT 'here  ' || line FROM (SELECT * FROM l"
			    " EXCEPT SELECT * FROM r) UNION ALL"
			    " SELECT 'there ' || line FROM (SELECT * FROM r"
			    " EXCEPT SELECT * FROM l)",
			    sqlite3_mprintf(lines, "main", "main", "main",
					    "main", "main"),
			    sqlite3_mprintf(lines, "b", "b", "b", "b", "b")));
	for (size_t i = 0; i < schema->n_entities; i++) {
		print_table(a, &schema->entities[i], "main", "b");
		print_table(a, &schema->entities[i], "b", "main");
	}
}

void assert_same_state(struct node *a, struct node *b, const char *site)
{
	uint8_t first[32];
	uint8_t second[32];

	state_of(first, a, site);
	state_of(second, b, site);
	if (memcmp(first, second, 32) != 0)
		print_difference(a, b);
	if (memcmp(first, second, 32) != 0)
		fail_msg("%s: %s and %s differ for %s", about, a->path, b->path,
			 site != NULL ? site : "all");
}

/* (I1) The own log has no gap; `last` of the others stops at the first. */
static void assert_gapless(struct node *node)
{
	assert_string_equal(
		ask(node, "SELECT o.id FROM _origin o WHERE o.last <>"
			  " (SELECT count(*) FROM _change c WHERE c.id BETWEEN"
			  "  (o.id << 40) + 1 AND (o.id << 40) + o.last)"
			  " OR EXISTS (SELECT 1 FROM _change c WHERE c.id ="
			  "  (o.id << 40) + o.last + 1)"),
		"");
	assert_string_equal(
		ask(node,
		    "SELECT o.id FROM _origin o JOIN _meta m ON m.name ="
		    " 'origin' WHERE printf('%%016x', o.origin) = m.value AND"
		    " EXISTS (SELECT 1 FROM _change c WHERE c.id >"
		    " (o.id << 40) + o.last AND c.id < (o.id + 1) << 40)"),
		"");
}

/* Whether some accepted change of its cell names this one, as SQL. */
#define NAMED                                                            \
	"EXISTS (SELECT 1 FROM _change n, (SELECT value AS k FROM"       \
	" json_each('[0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19" \
	",20,21,22,23,24,25,26,27,28,29,30,31]')) WHERE n.cell = c.cell" \
	" AND n.flags & 1 = 0 AND hex(substr(n.bases, k * 8 + 1, 8)) ="  \
	" printf('%%016X', c.id))"

/* (I2) */
static void assert_heads(struct node *node)
{
	assert_string_equal(
		ask(node,
		    "SELECT printf('%%x is no head', h.change) FROM _head h"
		    " JOIN _change c ON c.id = h.change WHERE c.cell <> h.cell"
		    " OR c.flags & 1 = 1 OR " NAMED),
		"");
	assert_string_equal(
		ask(node,
		    "SELECT printf('%%x should be a head', c.id) FROM _change"
		    " c WHERE c.flags & 1 = 0 AND NOT EXISTS (SELECT 1 FROM"
		    " _head h WHERE h.cell = c.cell AND h.change = c.id)"
		    " AND NOT " NAMED),
		"");
}

/* (I3) Folding everything again changes nothing. */
static void assert_folds(struct node *node)
{
	struct db *db = replica_db(node->replica);
	sqlite3_stmt *stmt = NULL;
	struct buf row = BUF_INIT;
	struct cell cell;
	uint8_t before[32];
	uint8_t after[32];
	int rc = 1;

	drain(node);
	state_of(before, node, NULL);
	MUST(db_begin(db, err));
	assert_int_equal(sqlite3_prepare_v2(node->plain,
					    "SELECT DISTINCT cell FROM"
					    " _change WHERE flags & 1 = 0",
					    -1, &stmt, NULL),
			 SQLITE_OK);
	while ((rc = sqlite3_step(stmt)) == SQLITE_ROW) {
		MUST(cell_load(&cell, &row, node->replica,
			       sqlite3_column_int64(stmt, 0), err));
		MUST(cell_reconsider(node->replica, &cell, err));
	}
	assert_int_equal(rc, SQLITE_DONE);
	sqlite3_finalize(stmt);
	state_of(after, node, NULL);
	db_rollback(db);
	buf_release(&row);
	if (memcmp(before, after, 32) != 0)
		fail_msg("%s: %s: folded again it is another state", about,
			 node->path);
}

void assert_invariants(struct node *node)
{
	drain(node);
	assert_gapless(node);
	assert_heads(node);
	assert_folds(node);
	assert_string_equal(ask(node, "PRAGMA integrity_check"), "ok");
}

size_t helper_verdicts(struct verdict **out, struct node *node)
{
	sqlite3_stmt *stmt = NULL;
	size_t n = 0;

	sqlite3_prepare_v2(node->plain,
			   "SELECT o.origin, v.change & 1099511627775, v.kind"
			   " FROM _verdict v JOIN _origin o ON o.id ="
			   " v.change >> 40 ORDER BY 1, 2",
			   -1, &stmt, NULL);
	while (sqlite3_step(stmt) == SQLITE_ROW) {
		*out = realloc(*out, (n + 1) * sizeof(**out));
		(*out)[n++] = (struct verdict){
			.id = {(uint64_t)sqlite3_column_int64(stmt, 0),
			       (uint64_t)sqlite3_column_int64(stmt, 1)},
			.kind = (enum verdict_kind)sqlite3_column_int(stmt, 2),
			.reason = "so it was"};
	}
	sqlite3_finalize(stmt);
	return n;
}

/* Steele, Lea, Flood: "Fast splittable pseudorandom number generators". */
uint64_t dice_next(struct dice *dice)
{
	uint64_t z = dice->state += 0x9e3779b97f4a7c15ULL;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
	return z ^ (z >> 31);
}

size_t dice_below(struct dice *dice, size_t n)
{
	return (size_t)(dice_next(dice) % n);
}

uint64_t helper_seed(uint64_t otherwise)
{
	const char *text = getenv("TIAN_SEED");
	uint64_t seed = text != NULL ? strtoull(text, NULL, 0) : otherwise;

	print_message("TIAN_SEED=%" PRIu64 "\n", seed);
	return seed;
}
