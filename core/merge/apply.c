/* apply.c - take in a batch from elsewhere: once, in any order, by the rules.
 */
#include "core/merge/apply.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/merge/access.h"
#include "core/merge/apply_cells.h"
#include "core/base/clock.h"
#include "core/schema/domain.h"
#include "core/merge/normal.h"
#include "core/replica/snapshot_room.h"
#include "core/base/utf8.h"

static const char SQL_LAST[] = "SELECT id, last FROM _origin WHERE origin = ?";
static const char SQL_SET_LAST[] = "UPDATE _origin SET last = ? WHERE id = ?";
static const char SQL_VERDICT_ADD[] =
	"INSERT OR IGNORE INTO _verdict(change, kind, reason)"
	" VALUES (?, ?, ?)";
static const char SQL_VERDICT_OF[] =
	"SELECT kind FROM _verdict WHERE change = ?";
static const char SQL_KNOWN_IN[] =
	"SELECT EXISTS (SELECT 1 FROM _change WHERE id BETWEEN ?1 AND ?2),"
	" EXISTS (SELECT 1 FROM _verdict WHERE change BETWEEN ?1 AND ?2),"
	" EXISTS (SELECT 1 FROM _named WHERE change BETWEEN ?1 AND ?2)";
static const char SQL_CELL_OF[] =
	"SELECT cell, flags FROM _change WHERE id = ?";

/* One batch being taken in. */
struct taking {
	struct replica *replica;
	const struct batch *batch;
	const struct apply_options *options;
	struct apply_result *result;
	int64_t origin;
	int64_t author;
	uint64_t last;	  /* of the origin, without a gap */
	uint64_t snapped; /* of the origin, the last a snapshot speaks of */
	uint64_t clock;	  /* the latest stamp that is not ahead */
	int64_t *bases;
	size_t cap_bases;
	bool codes;	  /* a code list was touched */
	bool fields;	  /* a field was defined */
	bool fresh;	  /* no change of the batch is known */
	bool judged;	  /* some have a verdict already */
	bool *superseded; /* [i]: a later change of the batch replaces it */
	struct apply_cells cells;
};

void apply_result_release(struct apply_result *result)
{
	for (size_t i = 0; i < result->n_cases; i++)
		free(result->cases[i]);
	free(result->cases);
	free(result->verdicts);
	*result = (struct apply_result){0};
}

static int add_case(struct apply_result *result, const char *key, size_t len,
		    struct err *err)
{
	size_t low = 0;
	size_t high = result->n_cases;
	char **grown;

	while (low < high) {
		size_t middle = (low + high) / 2;
		const char *at = result->cases[middle];
		int order = strncmp(at, key, len);

		if (order == 0)
			order = at[len] != '\0';
		if (order == 0)
			return 0;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if ((result->n_cases & (result->n_cases + 1)) == 0) {
		grown = realloc(result->cases,
				(result->n_cases + 1) * 2 * sizeof(*grown));
		if (grown == NULL)
			return err_nomem(err);
		result->cases = grown;
	}
	memmove(result->cases + low + 1, result->cases + low,
		(result->n_cases - low) * sizeof(*result->cases));
	result->cases[low] = strndup(key, len);
	if (result->cases[low] == NULL) {
		memmove(result->cases + low, result->cases + low + 1,
			(result->n_cases - low) * sizeof(*result->cases));
		return err_nomem(err);
	}
	result->n_cases++;
	return 0;
}

int apply_cases_of(struct replica *replica, const char *site, size_t site_len,
		   apply_case_fn *fn, void *ctx, struct err *err)
{
	const struct schema *schema = replica->schema;
	const struct entity *assignment = schema->assignment;
	struct buf sql = BUF_INIT;
	sqlite3_stmt *stmt = NULL;
	int rc;

	if (site != NULL)
		buf_addf(&sql, "SELECT \"%s\" FROM \"%s\" WHERE \"%s\" = ?1",
			 assignment->keys[0], assignment->name,
			 assignment->keys[assignment->owner_key]);
	else
		buf_addf(&sql, "SELECT \"%s\" FROM \"%s\"",
			 schema->cases->keys[0], schema->cases->name);
	rc = buf_check(&sql, err);
	if (rc == 0)
		rc = db_prepare(&stmt, replica->db, buf_text(&sql), err);
	if (rc == 0 && site != NULL)
		db_bind_bytes(stmt, 1, site, site_len);
	while (rc == 0 && (rc = db_step(replica->db, stmt, err)) > 0)
		rc = fn(db_text(stmt, 0), (size_t)sqlite3_column_bytes(stmt, 0),
			ctx, err);
	sqlite3_finalize(stmt);
	buf_release(&sql);
	return rc;
}

static int take_case(const char *key, size_t len, void *ctx, struct err *err)
{
	return add_case(ctx, key, len, err);
}

/* Whether a cell is part of what defines a field. */
static bool defines(const struct replica *replica, const struct cell *cell)
{
	return cell->entity != NULL && cell->entity == replica->schema->fields;
}

static int touch(struct apply_result *result, struct replica *replica,
		 const struct cell *cell, struct err *err)
{
	const char *key;
	size_t len;

	if (cell->entity == NULL)
		return 0;
	if (entity_case(cell->entity, cell->row, cell->row_len, &key, &len))
		return add_case(result, key, len, err);
	if (cell->entity->scope == SCOPE_OFFICE)
		result->touched_office = true;
	else
		result->touched_all = true;
	if (cell->entity == replica->schema->sites)
		return apply_cases_of(replica, cell->row, cell->row_len,
				      take_case, result, err);
	if (cell->entity == replica->schema->codes || defines(replica, cell))
		return apply_cases_of(replica, NULL, 0, take_case, result, err);
	return 0;
}

static int note_verdict(struct taking *taking, const struct change *change,
			enum verdict_kind kind, const char *reason,
			struct err *err)
{
	struct apply_result *result = taking->result;
	struct verdict *grown;
	struct verdict *verdict;

	if ((result->n_verdicts & (result->n_verdicts + 1)) == 0) {
		grown = realloc(result->verdicts,
				(result->n_verdicts + 1) * 2 * sizeof(*grown));
		if (grown == NULL)
			return err_nomem(err);
		result->verdicts = grown;
	}
	verdict = &result->verdicts[result->n_verdicts++];
	verdict->id = change->id;
	verdict->kind = kind;
	snprintf(verdict->reason, sizeof(verdict->reason), "%s", reason);
	return 0;
}

static int keep_verdict(struct replica *replica, int64_t id,
			enum verdict_kind kind, const char *reason,
			struct err *err)
{
	sqlite3_stmt *stmt;
	int rc = db_stmt(&stmt, replica->db, SQL_VERDICT_ADD, err);

	if (rc < 0)
		return rc;
	db_bind_int(stmt, 1, id);
	db_bind_int(stmt, 2, kind);
	db_bind_text(stmt, 3, reason);
	return db_run(replica->db, stmt, err);
}

/* What a verdict that came before its change says: 0 where there is none. */
static int known_verdict(int *kind, struct replica *replica, int64_t id,
			 struct err *err)
{
	sqlite3_stmt *stmt;
	int rc = db_stmt(&stmt, replica->db, SQL_VERDICT_OF, err);

	*kind = 0;
	if (rc < 0)
		return rc;
	db_bind_int(stmt, 1, id);
	rc = db_step(replica->db, stmt, err);
	if (rc > 0)
		*kind = (int)db_int(stmt, 0);
	sqlite3_reset(stmt);
	return rc < 0 ? rc : 0;
}

/* A key part becomes part of paths and tables: no slash (split there
 * already), nothing empty, no control characters. */
static bool key_part_ok(const char *part, size_t len)
{
	if (len == 0 || len > 300)
		return false;
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)part[i] < 0x20 || part[i] == 0x7f)
			return false;
	return true;
}

/* A case's key is the name of its register file too (sync/register/register.h), so
 * what is taken here must be good there: parts of `0-9 A-Z a-z .` joined by
 * at least two dashes, none empty, none beginning or ending with a dot. */
static bool case_key_ok(const char *part, size_t len)
{
	char before = '-';
	int dashes = 0;

	if (len > CHANGE_CASE_MAX)
		return false;
	for (size_t i = 0; i < len; i++) {
		bool plain = (part[i] >= '0' && part[i] <= '9') ||
			     (part[i] >= 'A' && part[i] <= 'Z') ||
			     (part[i] >= 'a' && part[i] <= 'z');
		bool mark = part[i] == '.' || part[i] == '-';

		dashes += part[i] == '-';
		if (!plain && (!mark || before == '.' || before == '-'))
			return false;
		before = part[i];
	}
	return dashes >= 2 && before != '.' && before != '-' &&
	       part[0] >= '0' && part[0] <= '9';
}

static int check_row(const struct schema *schema, const struct entity *entity,
		     const char *row, size_t len, struct err *err)
{
	const char *part;
	size_t part_len;
	size_t n = 0;

	if (len == 0 || len > CHANGE_ROW_MAX || !utf8_valid(row, len))
		return err_set(err, ERR_CORRUPT, "bad row key");
	while (entity_key_part(row, len, n, &part, &part_len)) {
		bool ok = key_part_ok(part, part_len);

		if (ok && n == 0 && entity != NULL &&
		    entity->scope == SCOPE_CASE)
			ok = case_key_ok(part, part_len);
		if (!ok)
			return err_set(err, ERR_CORRUPT, "bad row key '%.*s'",
				       (int)len, row);
		n++;
	}
	if (entity != NULL && n != entity->n_keys)
		return err_set(err, ERR_CORRUPT,
			       "row key '%.*s' does not fit %s", (int)len, row,
			       entity->name);
	(void)schema;
	return 0;
}

static int check_shape(struct taking *taking, const struct change *change,
		       uint64_t previous, struct err *err)
{
	const struct schema *schema = taking->replica->schema;
	const struct entity *entity = schema_entity(schema, change->entity);

	if (change->id.origin != taking->batch->origin)
		return err_set(err, ERR_CORRUPT, "a change of another origin");
	if (change->id.seq <= previous || change->id.seq >> STORE_SEQ_BITS != 0)
		return err_set(err, ERR_CORRUPT, "seq out of order");
	if (taking->options->gapless && change->id.seq != previous + 1)
		return err_set(err, ERR_CORRUPT, "a gap: seq %llu after %llu",
			       (unsigned long long)change->id.seq,
			       (unsigned long long)previous);
	if (change->field > STORE_FIELD_MASK ||
	    change->entity > STORE_FIELD_MASK)
		return err_set(err, ERR_CORRUPT, "no such field");
	if (change->clock >> 63 != 0)
		return err_set(err, ERR_CORRUPT, "clock out of range");
	for (size_t i = 0; i < change->n_bases; i++)
		if (change->bases[i].seq >> STORE_SEQ_BITS != 0 ||
		    change->bases[i].seq == 0 ||
		    (change->bases[i].origin == change->id.origin &&
		     change->bases[i].seq >= change->id.seq))
			return err_set(err, ERR_CORRUPT,
				       "a base that is not earlier");
	return check_row(schema, entity, change->row, change->row_len, err);
}

static int number_bases(struct taking *taking, struct stored *stored,
			const struct change *change, struct err *err)
{
	uint64_t origin = taking->batch->origin;
	int64_t number = taking->origin;
	int rc = 0;

	if (change->n_bases > taking->cap_bases) {
		int64_t *grown = realloc(taking->bases,
					 change->n_bases * sizeof(*grown));

		if (grown == NULL)
			return err_nomem(err);
		taking->bases = grown;
		taking->cap_bases = change->n_bases;
	}
	for (size_t i = 0; rc == 0 && i < change->n_bases; i++) {
		if (change->bases[i].origin != origin) {
			origin = change->bases[i].origin;
			rc = store_origin(&number, taking->replica, origin,
					  NULL, err);
		}
		taking->bases[i] = store_id(number, change->bases[i].seq);
	}
	stored->bases = taking->bases;
	stored->n_bases = change->n_bases;
	return rc;
}

/* What another node writes reaches a site by way of the merging side only:
 * a base unknown there was never seen, but made up, and would silence a
 * change that is still to come. */
static int check_bases(const char **why, struct taking *taking,
		       const struct stored *stored, struct err *err)
{
	bool known = true;
	int rc = 0;

	/* Its own earlier changes are all here: (I1). */
	for (size_t i = 0; rc == 0 && known && i < stored->n_bases; i++)
		if (stored->bases[i] >> STORE_SEQ_BITS != taking->origin)
			rc = store_exists(&known, taking->replica,
					  stored->bases[i], err);
	if (rc == 0 && !known)
		*why = "it names a change that does not exist";
	return rc;
}

/* Flags and verdict of a change: by authority here, or by another's word. */
static int judge(struct taking *taking, const struct cell *cell,
		 struct apply_row *row, const struct change *change,
		 struct stored *stored, struct err *err)
{
	const struct apply_options *options = taking->options;
	const struct access_change asked = {
		.site = taking->batch->site,
		.cell = cell,
		.change = change,
		.row_known = row->known,
		.assigned = row->granted == taking->cells.grants,
		.newer_schema = taking->batch->schema >
				taking->replica->schema->version};
	const char *why = NULL;
	int kind = 0;
	int rc = 0;

	if (taking->judged)
		rc = known_verdict(&kind, taking->replica, stored->id, err);
	if (rc == 0 && options->authorise)
		rc = access_check(&why, taking->replica, &asked, err);
	if (rc == 0 && why == NULL)
		row->granted = taking->cells.grants;
	if (rc == 0 && why == NULL && options->authorise && options->gapless)
		rc = check_bases(&why, taking, stored, err);
	if (rc == 0 && why != NULL) {
		stored->flags |= STORE_REFUSED;
		rc = note_verdict(taking, change, VERDICT_REFUSED, why, err);
		if (rc == 0)
			rc = keep_verdict(taking->replica, stored->id,
					  VERDICT_REFUSED, why, err);
	} else if (rc == 0 && options->now != 0 &&
		   change->clock >
			   options->now + clock_stamp(CLOCK_TOLERANCE_MS)) {
		why = "the clock was ahead";
		stored->flags |= STORE_CLOCK_AHEAD;
		rc = note_verdict(taking, change, VERDICT_CLOCK_AHEAD, why,
				  err);
		if (rc == 0)
			rc = keep_verdict(taking->replica, stored->id,
					  VERDICT_CLOCK_AHEAD, why, err);
	}
	if (kind == VERDICT_REFUSED)
		stored->flags |= STORE_REFUSED;
	else if (kind == VERDICT_CLOCK_AHEAD)
		stored->flags |= STORE_CLOCK_AHEAD;
	return rc;
}

/* (S1) A snapshot may know more of an accepted change than its batch says. */
static int ask_snapshot(struct taking *taking, const struct cell *cell,
			struct stored *stored, struct err *err)
{
	uint64_t seq = (uint64_t)stored->id & ((1ULL << STORE_SEQ_BITS) - 1);
	bool superseded = false;
	int rc;

	if (seq > taking->snapped || (stored->flags & STORE_REFUSED))
		return 0;
	rc = snapshot_supersedes(&superseded, taking->replica, cell, stored->id,
				 err);
	if (superseded) {
		stored->flags |= STORE_SUPERSEDED;
		stored->superseded = true;
	}
	return rc;
}

static int take_change(struct taking *taking, const struct change *change,
		       struct err *err)
{
	struct stored stored = {.id = store_id(taking->origin, change->id.seq),
				.clock = change->clock,
				.author = taking->author,
				.value = change->value,
				.reason = change->reason,
				.reason_len = change->reason_len,
				.extra = change->extra,
				.extra_len = change->extra_len,
				.n_extra = change->n_extra};
	struct apply_row *row;
	struct cell cell;
	bool known = false;
	int rc = 0;

	stored.superseded = taking->superseded[change - taking->batch->changes];
	if (!taking->fresh)
		rc = store_exists(&known, taking->replica, stored.id, err);
	if (rc < 0)
		return rc;
	if (known) {
		taking->result->duplicate++;
		return 0;
	}
	rc = apply_cells_open(&cell, &row, &taking->cells, change, err);
	stored.cell = cell.id;
	if (rc == 0)
		rc = number_bases(taking, &stored, change, err);
	if (rc == 0)
		rc = judge(taking, &cell, row, change, &stored, err);
	if (rc == 0)
		rc = ask_snapshot(taking, &cell, &stored, err);
	if (rc == 0)
		rc = store_insert(taking->replica, &stored, err);
	if (rc < 0)
		return rc;
	if (stored.flags & STORE_REFUSED) {
		taking->result->refused++;
		return 0;
	}
	taking->result->applied++;
	if (!(stored.flags & STORE_CLOCK_AHEAD) &&
	    change->clock > taking->clock)
		taking->clock = change->clock;
	taking->codes |= cell.entity == taking->replica->schema->codes;
	taking->fields |= defines(taking->replica, &cell);
	rc = apply_cells_take(&taking->cells, &cell, row, &stored, err);
	if (rc < 0 || row->touched)
		return rc;
	row->touched = true;
	return touch(taking->result, taking->replica, &cell, err);
}

/* What need not be asked change by change. */
static int survey(struct taking *taking, struct err *err)
{
	const struct batch *batch = taking->batch;
	struct db *db = taking->replica->db;
	struct cell_heads_context *context = &taking->cells.context;
	sqlite3_stmt *stmt;
	int64_t first;
	int64_t last;
	int rc = db_stmt(&stmt, db, SQL_KNOWN_IN, err);

	if (rc < 0 || batch->n_changes == 0)
		return rc;
	first = store_id(taking->origin, batch->changes[0].id.seq);
	last = store_id(taking->origin,
			batch->changes[batch->n_changes - 1].id.seq);
	db_bind_int(stmt, 1, first);
	db_bind_int(stmt, 2, last);
	rc = db_step(db, stmt, err);
	if (rc > 0) {
		taking->fresh = db_int(stmt, 0) == 0;
		taking->judged = db_int(stmt, 1) != 0;
		context->may_be_named = db_int(stmt, 2) != 0;
	}
	if (taking->fresh) { /* mark_superseded has had its say on them */
		context->marked_from = first;
		context->marked_to = last;
	}
	sqlite3_reset(stmt);
	return rc < 0 ? rc : 0;
}

/* The place in the batch of a change of its origin, or n_changes. */
static size_t place_of(const struct batch *batch, uint64_t seq)
{
	size_t low = 0;
	size_t high = batch->n_changes;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (batch->changes[middle].id.seq < seq)
			low = middle + 1;
		else
			high = middle;
	}
	return low < batch->n_changes && batch->changes[low].id.seq == seq
		       ? low
		       : batch->n_changes;
}

/* Marks those that need not be stored at full length first. */
static void mark_superseded(struct taking *taking)
{
	const struct batch *batch = taking->batch;

	for (size_t i = 0; i < batch->n_changes; i++) {
		const struct change *change = &batch->changes[i];

		for (size_t k = 0; k < change->n_bases; k++)
			if (change->bases[k].origin == batch->origin)
				taking->superseded[place_of(
					batch, change->bases[k].seq)] = true;
	}
}

static int load_last(struct taking *taking, struct err *err)
{
	int rc = apply_last_seq(&taking->last, taking->replica,
				taking->batch->origin, err);

	return rc < 0 ? rc
		      : snapshot_last(&taking->snapped, taking->replica,
				      taking->origin, err);
}

/* Goes on over what had come before its turn. */
static int save_last(struct taking *taking, uint64_t before, struct err *err)
{
	struct db *db = taking->replica->db;
	const struct batch *batch = taking->batch;
	bool known = true;
	sqlite3_stmt *stmt;
	int rc = 0;

	if (taking->options->gapless && batch->n_changes > 0 &&
	    batch->changes[batch->n_changes - 1].id.seq > taking->last)
		taking->last = batch->changes[batch->n_changes - 1].id.seq;
	while (rc == 0 && known) {
		rc = store_exists(&known, taking->replica,
				  store_id(taking->origin, taking->last + 1),
				  err);
		taking->last += known;
	}
	if (rc < 0 || taking->last == before)
		return rc;
	rc = db_stmt(&stmt, db, SQL_SET_LAST, err);
	if (rc < 0)
		return rc;
	db_bind_int(stmt, 1, (int64_t)taking->last);
	db_bind_int(stmt, 2, taking->origin);
	return db_run(db, stmt, err);
}

/* Our own next stamp will be later than what we have seen, unless that is
 * later than our own time allows. */
static int save_clock(struct taking *taking, struct err *err)
{
	uint64_t limit = clock_stamp(clock_now_ms() + CLOCK_TOLERANCE_MS);
	char *kept = NULL;
	char text[24];
	int rc;

	if (taking->clock == 0 || taking->clock > limit)
		return 0;
	rc = replica_get(&kept, taking->replica, "clock", err);
	if (rc == 0 && strtoull(kept, NULL, 10) < taking->clock) {
		snprintf(text, sizeof(text), "%llu",
			 (unsigned long long)taking->clock);
		rc = replica_set(taking->replica, "clock", text, err);
	}
	free(kept);
	return rc;
}

static int take_changes(struct taking *taking, struct err *err)
{
	const struct batch *batch = taking->batch;
	uint64_t previous = 0;
	int rc = 0;

	if (taking->options->gapless && batch->n_changes > 0) {
		previous = batch->changes[0].id.seq - 1;
		if (previous > taking->last)
			return err_set(err, ERR_CORRUPT,
				       "a gap: seq %llu after %llu",
				       (unsigned long long)previous + 1,
				       (unsigned long long)taking->last);
	}
	for (size_t i = 0; rc == 0 && i < batch->n_changes; i++) {
		const struct change *change = &batch->changes[i];

		rc = check_shape(taking, change, previous, err);
		if (rc == 0)
			rc = take_change(taking, change, err);
		if (rc < 0)
			return err_wrap(err, "change %llu",
					(unsigned long long)change->id.seq);
		previous = change->id.seq;
	}
	return rc;
}

int apply_batch(struct replica *replica, const struct batch *batch,
		const struct apply_options *options,
		struct apply_result *result, struct err *err)
{
	struct taking taking = {.replica = replica,
				.batch = batch,
				.options = options,
				.result = result};
	bool capture = db_capturing(replica->db);
	uint64_t before;
	int rc;

	if (batch->origin == 0 || batch->origin >> 63 != 0)
		return err_set(err, ERR_CORRUPT, "origin out of range");
	if (capture)
		db_capture(replica->db, false);
	rc = replica_refresh(replica, err);
	if (rc == 0)
		rc = store_origin(&taking.origin, replica, batch->origin,
				  batch->site, err);
	if (rc == 0)
		rc = store_author(&taking.author, replica, batch->author, err);
	if (rc == 0)
		rc = load_last(&taking, err);
	before = taking.last;
	if (rc == 0)
		rc = apply_cells_init(&taking.cells, replica, batch->n_changes,
				      err);
	taking.superseded = calloc(batch->n_changes + 1, sizeof(bool));
	if (rc == 0 && taking.superseded == NULL)
		rc = err_nomem(err);
	if (rc == 0)
		rc = survey(&taking, err);
	if (rc == 0) {
		mark_superseded(&taking);
		rc = take_changes(&taking, err);
	}
	if (rc == 0)
		rc = apply_cells_settle(&taking.cells, err);
	if (rc == 0 && taking.codes)
		rc = cell_refresh_disputed(replica, err);
	if (rc == 0)
		rc = save_last(&taking, before, err);
	if (rc == 0)
		rc = save_clock(&taking, err);
	if (rc == 0 && taking.fields)
		rc = domain_follow(replica, err);
	if (capture)
		db_capture(replica->db, true);
	apply_cells_release(&taking.cells);
	free(taking.superseded);
	free(taking.bases);
	if (rc < 0)
		err_wrap(err, "apply batch %s/%016llx", batch->site,
			 (unsigned long long)batch->origin);
	return rc;
}

int apply_tidy(size_t *n, struct replica *replica, size_t limit,
	       struct err *err)
{
	return store_tidy(n, replica, limit, err);
}

/* A clock that was told it is ahead starts again from the wall. */
static int reset_clock(struct replica *replica, const struct verdict *verdict,
		       struct err *err)
{
	if (verdict->kind != VERDICT_CLOCK_AHEAD ||
	    verdict->id.origin != replica->origin)
		return 0;
	return replica_set(replica, "clock", "0", err);
}

/* 0 for a kind of verdict that a newer program makes. */
static unsigned flag_of(enum verdict_kind kind)
{
	switch (kind) {
	case VERDICT_REFUSED:
		return STORE_REFUSED;
	case VERDICT_CLOCK_AHEAD:
		return STORE_CLOCK_AHEAD;
	}
	return 0;
}

/* *fields: it was about what defines a field. */
static int apply_verdict(bool *fields, struct replica *replica,
			 const struct verdict *verdict,
			 struct apply_result *result, struct err *err)
{
	unsigned flag = flag_of(verdict->kind);
	struct buf row = BUF_INIT;
	struct cell cell;
	int64_t origin = 0;
	int64_t id;
	int64_t number = 0;
	unsigned flags = 0;
	sqlite3_stmt *stmt;
	int rc = store_origin(&origin, replica, verdict->id.origin, NULL, err);

	id = store_id(origin, verdict->id.seq);
	if (rc == 0)
		rc = keep_verdict(replica, id, verdict->kind, verdict->reason,
				  err);
	if (rc == 0)
		rc = db_stmt(&stmt, replica->db, SQL_CELL_OF, err);
	if (rc < 0)
		return rc;
	db_bind_int(stmt, 1, id);
	rc = db_step(replica->db, stmt, err);
	if (rc > 0) {
		number = db_int(stmt, 0);
		flags = (unsigned)db_int(stmt, 1);
	}
	sqlite3_reset(stmt);
	if (rc <= 0 || (flags & flag) == flag)
		return rc < 0 ? rc : 0;
	rc = store_set_flags(replica, id, flags | flag, err);
	if (rc == 0)
		rc = cell_load(&cell, &row, replica, number, err);
	if (rc == 0)
		rc = cell_reconsider(replica, &cell, err);
	if (rc == 0)
		rc = touch(result, replica, &cell, err);
	if (rc == 0)
		*fields |= defines(replica, &cell);
	if (rc == 0)
		rc = reset_clock(replica, verdict, err);
	if (rc == 0 && flag == STORE_REFUSED)
		result->refused++;
	buf_release(&row);
	return rc;
}

int apply_verdicts(struct replica *replica, const struct verdict *verdicts,
		   size_t n, struct apply_result *result, struct err *err)
{
	bool fields = false;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < n; i++) {
		if (verdicts[i].id.origin == 0 ||
		    verdicts[i].id.origin >> 63 != 0 ||
		    verdicts[i].id.seq >> STORE_SEQ_BITS != 0)
			return err_set(err, ERR_CORRUPT, "verdict %zu: bad id",
				       i);
		rc = apply_verdict(&fields, replica, &verdicts[i], result, err);
	}
	return rc == 0 && fields ? domain_follow(replica, err) : rc;
}

int apply_last_seq(uint64_t *seq, struct replica *replica, uint64_t origin,
		   struct err *err)
{
	sqlite3_stmt *stmt;
	int rc = db_stmt(&stmt, replica->db, SQL_LAST, err);

	*seq = 0;
	if (rc < 0)
		return rc;
	db_bind_int(stmt, 1, (int64_t)origin);
	rc = db_step(replica->db, stmt, err);
	if (rc > 0)
		*seq = (uint64_t)db_int(stmt, 1);
	sqlite3_reset(stmt);
	return rc < 0 ? rc : 0;
}
