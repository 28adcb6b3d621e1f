/* fold.c - what a cell's heads make it show, written down. */
#include "core/merge/fold.h"

#include <stdlib.h>
#include <string.h>

#include "core/merge/policy.h"
#include "core/merge/voiding.h"

static const char SQL_HEAD_SHOWN[] =
	"UPDATE _head SET shown = ? WHERE cell = ? AND change = ?";
static const char SQL_CONFLICT_SET[] =
	"INSERT INTO _conflict(cell, severity, confirm) VALUES (?, ?, ?)"
	" ON CONFLICT(cell) DO UPDATE SET severity = excluded.severity,"
	" confirm = excluded.confirm";
static const char SQL_CONFLICT_DROP[] = "DELETE FROM _conflict WHERE cell = ?";
static const char SQL_HEAD_FACTS[] =
	"SELECT c.clock, c.flags, c.value, o.origin, o.site, c.bases"
	" FROM _change c JOIN _origin o ON o.id = c.id >> 40 WHERE c.id = ?";
/* Refused changes count as unknown, and so do those of another cell. */
static const char SQL_CLOCK_OF[] =
	"SELECT c.clock, o.origin FROM _change c JOIN _origin o"
	" ON o.id = c.id >> 40"
	" WHERE c.id = ? AND c.cell = ? AND c.flags & 1 = 0";
static const char SQL_RANK[] =
	"SELECT rank FROM code WHERE list = ? AND code = ?";

struct rank_ctx {
	struct replica *replica;
	const char *list;
};

static int64_t rank_of(const struct value *code, void *ctx)
{
	struct rank_ctx *rank = ctx;
	struct err ignored = {0};
	sqlite3_stmt *stmt;
	int64_t out = -1;

	if (db_stmt(&stmt, rank->replica->db, SQL_RANK, &ignored) < 0)
		return -1;
	db_bind_text(stmt, 1, rank->list != NULL ? rank->list : "");
	db_bind_value(stmt, 2, code);
	if (db_step(rank->replica->db, stmt, &ignored) > 0 &&
	    !db_is_null(stmt, 0))
		out = db_int(stmt, 0);
	sqlite3_reset(stmt);
	return out;
}

/* A change's clock and origin for choosing among several bases. */
static int newer_base(int64_t *best, uint64_t *clock, uint64_t *origin,
		      struct replica *replica, int64_t cell, int64_t id,
		      struct err *err)
{
	sqlite3_stmt *stmt;
	uint64_t c;
	uint64_t o;
	int rc = db_stmt(&stmt, replica->db, SQL_CLOCK_OF, err);

	if (rc < 0)
		return rc;
	db_bind_int(stmt, 1, id);
	db_bind_int(stmt, 2, cell);
	rc = db_step(replica->db, stmt, err);
	if (rc <= 0)
		return rc;
	c = (uint64_t)db_int(stmt, 0);
	o = (uint64_t)db_int(stmt, 1);
	sqlite3_reset(stmt);
	if (*best < 0 || c > *clock ||
	    (c == *clock && (o > *origin || (o == *origin && id > *best)))) {
		*best = id;
		*clock = c;
		*origin = o;
	}
	return 0;
}

/* One head with everything a policy asks about it. */
struct fold_head {
	struct buf value;
	struct buf base;
	struct change_id name;
	int64_t id;
};

static int load_head(struct policy_head *out, struct fold_head *memory,
		     struct replica *replica, const struct cell *cell,
		     struct err *err)
{
	const char *owner = NULL;
	size_t owner_len = 0;
	uint64_t clock = 0;
	uint64_t origin = 0;
	int64_t base = -1;
	struct value value;
	bool found = false;
	unsigned char *bases = NULL;
	size_t n_bases;
	sqlite3_stmt *stmt;
	const char *site;
	int rc = db_stmt(&stmt, replica->db, SQL_HEAD_FACTS, err);

	if (rc < 0)
		return rc;
	db_bind_int(stmt, 1, memory->id);
	rc = db_step(replica->db, stmt, err);
	if (rc <= 0)
		return rc < 0 ? rc
			      : err_set(err, ERR_CORRUPT, "a head is missing");
	out->clock = (uint64_t)db_int(stmt, 0);
	out->clock_ahead = (db_int(stmt, 1) & STORE_CLOCK_AHEAD) != 0;
	out->id.origin = (uint64_t)db_int(stmt, 3);
	out->id.seq = (uint64_t)memory->id & ((1ULL << STORE_SEQ_BITS) - 1);
	site = db_text(stmt, 4);
	out->from_office = strcmp(site, REPLICA_OFFICE) == 0;
	if (cell->entity != NULL)
		entity_owner(cell->entity, cell->row, cell->row_len, &owner,
			     &owner_len);
	out->from_owner = owner != NULL && strlen(site) == owner_len &&
			  memcmp(site, owner, owner_len) == 0;
	rc = store_column_value(&value, &memory->value, stmt, 2, 1, err);
	if (rc == 0 && value.bytes != buf_text(&memory->value)) {
		buf_add(&memory->value, value.bytes, value.len);
		rc = buf_check(&memory->value, err);
		value.bytes = buf_text(&memory->value);
	}
	out->value = value;
	n_bases = (size_t)sqlite3_column_bytes(stmt, 5) / 8;
	if (rc == 0 && n_bases > 0) {
		bases = malloc(n_bases * 8);
		if (bases == NULL)
			rc = err_nomem(err);
		else
			memcpy(bases, sqlite3_column_blob(stmt, 5),
			       n_bases * 8);
	}
	sqlite3_reset(stmt);
	for (size_t i = 0; rc == 0 && i < n_bases; i++)
		rc = newer_base(&base, &clock, &origin, replica, cell->id,
				store_base_at(bases, i), err);
	free(bases);
	if (rc == 0 && base >= 0)
		rc = store_value(&out->base, &memory->base, &found, replica,
				 base, err);
	return rc;
}

/* The place of a head that the policy has sorted elsewhere. */
static size_t place_of(const struct fold_head *memory, size_t n,
		       struct change_id id)
{
	size_t i = 0;

	while (i + 1 < n && !change_id_equal(memory[i].name, id))
		i++;
	return i;
}

/* A cell with several heads, folded. */
struct folding {
	struct policy_head *heads;
	struct fold_head *memory;
	size_t n;
	struct policy_outcome outcome;
	struct buf base;
};

static void folding_release(struct folding *folding)
{
	for (size_t i = 0; folding->memory != NULL && i < folding->n; i++) {
		buf_release(&folding->memory[i].value);
		buf_release(&folding->memory[i].base);
	}
	policy_outcome_release(&folding->outcome);
	buf_release(&folding->base);
	free(folding->memory);
	free(folding->heads);
}

/* Fills *folding, which folding_release frees, also after an error. */
static int fold_values(struct folding *folding, struct replica *replica,
		       const struct cell *cell, const struct cell_heads *ids,
		       struct err *err)
{
	struct rank_ctx rank = {.replica = replica};
	struct policy_input input = {.policy = POLICY_UNKNOWN,
				     .n = ids->n,
				     .rank = rank_of,
				     .ctx = &rank};
	bool found = false;
	int rc = 0;

	*folding = (struct folding){.n = ids->n};
	folding->heads = calloc(ids->n, sizeof(*folding->heads));
	folding->memory = calloc(ids->n, sizeof(*folding->memory));
	if (folding->heads == NULL || folding->memory == NULL)
		return err_nomem(err);
	for (size_t i = 0; rc == 0 && i < ids->n; i++) {
		folding->memory[i].id = ids->ids[i];
		rc = load_head(&folding->heads[i], &folding->memory[i], replica,
			       cell, err);
		folding->memory[i].name = folding->heads[i].id;
	}
	if (rc == 0)
		rc = cell_base(&input.base, &folding->base, &found, replica,
			       ids, err);
	if (cell->field != NULL) {
		input.policy = cell->field->policy;
		rank.list = cell->field->list;
	}
	input.heads = folding->heads;
	return rc < 0 ? rc : policy_fold(&folding->outcome, &input, err);
}

static int show_head(struct replica *replica, struct cell_heads *heads,
		     size_t at, bool shown, struct err *err)
{
	if (heads->shown[at] == shown)
		return 0;
	heads->shown[at] = shown;
	return db_run_ints(replica->db, SQL_HEAD_SHOWN,
			   (int64_t[]){shown, heads->cell, heads->ids[at]}, 3,
			   err);
}

static int drop_conflict(struct replica *replica, const struct cell *cell,
			 const struct fold_known *known, struct err *err)
{
	return known->undisputed ? 0
				 : db_run_ints(replica->db, SQL_CONFLICT_DROP,
					       &cell->id, 1, err);
}

/* Writes down what the policy said: shown heads, conflict, table. */
static int record_outcome(struct replica *replica, const struct cell *cell,
			  const struct folding *folding,
			  struct cell_heads *heads,
			  const struct fold_known *known, struct err *err)
{
	const struct policy_outcome *outcome = &folding->outcome;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < folding->n; i++) {
		const struct policy_head *head = &folding->heads[i];

		rc = show_head(replica, heads,
			       place_of(folding->memory, folding->n, head->id),
			       head->shown, err);
	}
	if (rc == 0 && outcome->severity == SEVERITY_NONE)
		rc = drop_conflict(replica, cell, known, err);
	else if (rc == 0)
		rc = db_run_ints(replica->db, SQL_CONFLICT_SET,
				 (int64_t[]){cell->id, outcome->severity,
					     outcome->confirm},
				 3, err);
	return rc < 0 ? rc : cell_write(replica, cell, &outcome->shown, err);
}

static int fold_many(struct replica *replica, const struct cell *cell,
		     struct cell_heads *heads, const struct fold_known *known,
		     struct err *err)
{
	struct folding folding;
	int rc = fold_values(&folding, replica, cell, heads, err);

	if (rc == 0)
		rc = record_outcome(replica, cell, &folding, heads, known, err);
	folding_release(&folding);
	return rc;
}

/* The usual cell: one head, whose value is what the table shows. */
static int fold_one(struct replica *replica, const struct cell *cell,
		    struct cell_heads *heads, const struct fold_known *known,
		    struct err *err)
{
	const struct stored *change = known->change;
	struct cell_values *together = known->together;
	struct buf bytes = BUF_INIT;
	struct value value;
	bool found = true;
	bool mine = change != NULL && heads->ids[0] == change->id;
	int rc = drop_conflict(replica, cell, known, err);

	if (rc == 0)
		rc = show_head(replica, heads, 0, true, err);
	if (rc < 0 || (mine && known->in_table))
		return rc;
	if (mine && together != NULL && cell->field != NULL) {
		together->cells[together->n] = cell;
		together->values[together->n++] = &change->value;
		return 0;
	}
	if (mine)
		value = change->value;
	else
		rc = store_value(&value, &bytes, &found, replica, heads->ids[0],
				 err);
	if (rc == 0)
		rc = cell_write(replica, cell, &value, err);
	buf_release(&bytes);
	return rc;
}

/* No head: an empty field, if its row is there at all. The codes that come
 * with the schema are in no log and stay. */
static int fold_none(struct replica *replica, const struct cell *cell,
		     const struct fold_known *known, struct err *err)
{
	const struct value nothing = {.type = VALUE_NULL};
	int rc = drop_conflict(replica, cell, known, err);

	if (rc < 0 || cell->entity == replica->schema->codes)
		return rc;
	if (!cell_row_known(replica, cell))
		return cell_drop_row(replica, cell, err);
	return cell_write(replica, cell, &nothing, err);
}

/* The rule of the row comes on top of the policy. (I7) */
static int judge_void(struct replica *replica, const struct cell *cell,
		      struct err *err)
{
	struct cell_heads unseen;
	int rc = voiding_unseen(&unseen, replica, cell, err);

	if (rc == 0 && unseen.n > 0)
		rc = db_run_ints(replica->db, SQL_CONFLICT_SET,
				 (int64_t[]){cell->id, SEVERITY_HARD, 0}, 3,
				 err);
	cell_heads_release(&unseen);
	return rc;
}

int fold_heads(struct replica *replica, const struct cell *cell,
	       struct cell_heads *heads, const struct fold_known *known,
	       struct err *err)
{
	int rc;

	if (heads->n == 0)
		rc = fold_none(replica, cell, known, err);
	else if (heads->n == 1)
		rc = fold_one(replica, cell, heads, known, err);
	else
		rc = fold_many(replica, cell, heads, known, err);
	if (rc == 0 && cell->field_id == VOIDING_FIELD)
		rc = judge_void(replica, cell, err);
	return rc;
}

int fold_cell(struct replica *replica, const struct cell *cell, struct err *err)
{
	const struct fold_known nothing = {.change = NULL};
	struct cell_heads heads;
	int rc = cell_heads(&heads, replica, cell->id, err);

	if (rc == 0)
		rc = fold_heads(replica, cell, &heads, &nothing, err);
	cell_heads_release(&heads);
	return rc;
}

int fold_value(struct value *out, struct buf *bytes, struct replica *replica,
	       const struct cell *cell, const struct cell_heads *heads,
	       struct err *err)
{
	struct folding folding;
	bool found = false;
	int rc;

	*out = (struct value){.type = VALUE_NULL};
	if (heads->n == 0)
		return 0;
	if (heads->n == 1)
		return store_value(out, bytes, &found, replica, heads->ids[0],
				   err);
	rc = fold_values(&folding, replica, cell, heads, err);
	if (rc == 0) {
		*out = folding.outcome.shown;
		buf_clear(bytes);
		if (out->len > 0)
			buf_add(bytes, out->bytes, out->len);
		out->bytes = buf_text(bytes);
		rc = buf_check(bytes, err);
	}
	folding_release(&folding);
	return rc;
}

/* One head: only the severity can change, and the table may hold an edit
 * that is not logged yet. */
int fold_void_of(struct replica *replica, const struct cell *cell,
		 struct err *err)
{
	struct cell voids = *cell;
	struct cell_heads heads;
	int rc;

	if (cell->field_id < VOIDING_FIRST_FIELD)
		return 0;
	voids.id = voiding_cell(cell);
	voids.field_id = VOIDING_FIELD;
	voids.field = cell->entity != NULL
			      ? entity_field(cell->entity, VOIDING_FIELD)
			      : NULL;
	rc = cell_heads(&heads, replica, voids.id, err);
	if (rc == 0 && heads.n == 1) {
		rc = db_run_ints(replica->db, SQL_CONFLICT_DROP, &voids.id, 1,
				 err);
		if (rc == 0)
			rc = judge_void(replica, &voids, err);
	} else if (rc == 0 && heads.n > 1) {
		rc = fold_cell(replica, &voids, err);
	}
	cell_heads_release(&heads);
	return rc;
}
