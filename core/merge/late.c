/* late.c - what a unit wrote to a case that had been taken from it. */
#include "core/merge/late.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/merge/access.h"
#include "core/merge/late_room.h"
#include "core/log/log_entry.h"
#include "core/merge/voiding.h"

/* Refused changes are few, and have an index of their own. */
#define LATE                                                      \
	" JOIN _verdict v ON v.change = c.id AND v.kind = 1 AND " \
	"v.reason = '" ACCESS_NOT_ASSIGNED "'"
static const char SQL_LATE[] =
	"SELECT " LOG_COLUMNS ", 0, 0 FROM _change c" LATE
	" JOIN _row r ON r.id = c.cell >> 12" LOG_JOINS
	" WHERE c.flags & 1 AND (?1 IS NULL OR r.scope = ?1)"
	" ORDER BY r.scope, r.entity, r.key, c.cell, c.clock, c.id";
static const char SQL_STANDS[] =
	"SELECT 1 FROM _change WHERE cell BETWEEN ?1 AND ?1 | 4095"
	" AND flags & 1 = 0 LIMIT 1";
/* What the office answered in it does not count. */
static const char SQL_MADE[] =
	"SELECT 1 FROM _change c" LATE
	" WHERE c.cell BETWEEN ?1 AND ?1 | 4095 AND c.flags & 1"
	" AND NOT EXISTS (SELECT 1 FROM _change k JOIN _origin o"
	" ON o.id = k.id >> 40 WHERE k.cell BETWEEN ?1 AND ?1 | 4095"
	" AND k.flags & 1 = 0 AND o.site <> '" REPLICA_OFFICE "') LIMIT 1";
static const char SQL_IN_CELL[] = "SELECT c.id FROM _change c" LATE
				  " WHERE c.cell = ? AND c.flags & 1";
static const char SQL_NAMES[] =
	"SELECT bases, flags, id FROM _change WHERE cell = ? AND"
	" bases IS NOT NULL";
static const char SQL_SITES[] =
	"SELECT DISTINCT o.site FROM _row r CROSS JOIN _change c ON c.cell"
	" BETWEEN r.id << 12 AND (r.id << 12 | 4095)" LATE
	" JOIN _origin o ON o.id = c.id >> 40"
	" WHERE r.scope = ? AND c.flags & 1";
static const char SQL_IS[] = "SELECT o.site FROM _origin o JOIN _change c"
			     " ON c.id = (o.id << 40 | ?2)" LATE
			     " WHERE o.origin = ?1 AND c.flags & 1";
static const char SQL_CELL_OF[] =
	"SELECT c.id, c.cell FROM _change c JOIN _origin o ON o.id = c.id >> 40"
	" WHERE o.origin = ?1 AND c.id = (o.id << 40 | ?2)";

/* Who names a change: an accepted one of its cell, or a later late one. */
struct naming {
	bool decided;
	bool said_again;
	int64_t by; /* the accepted one */
};

static int ask_names(struct naming *out, struct replica *replica, int64_t cell,
		     int64_t id, struct err *err)
{
	sqlite3_stmt *stmt;
	int rc = db_stmt(&stmt, replica->db, SQL_NAMES, err);

	*out = (struct naming){false, false, 0};
	if (rc < 0)
		return rc;
	db_bind_int(stmt, 1, cell);
	while ((rc = db_step(replica->db, stmt, err)) > 0) {
		const void *blob = sqlite3_column_blob(stmt, 0);
		size_t n = (size_t)sqlite3_column_bytes(stmt, 0) / 8;
		bool refused = (db_int(stmt, 1) & STORE_REFUSED) != 0;

		for (size_t i = 0; i < n; i++) {
			if (store_base_at(blob, i) != id)
				continue;
			if (!refused && !out->decided)
				out->by = db_int(stmt, 2);
			out->decided |= !refused;
			out->said_again |= refused;
		}
	}
	sqlite3_reset(stmt);
	return rc < 0 ? rc : 0;
}

static int find_stored(int64_t *id, int64_t *cell, struct replica *replica,
		       struct change_id name, struct err *err)
{
	sqlite3_stmt *stmt;
	int rc = db_stmt(&stmt, replica->db, SQL_CELL_OF, err);

	if (rc < 0)
		return rc;
	db_bind_int(stmt, 1, (int64_t)name.origin);
	db_bind_int(stmt, 2, (int64_t)name.seq);
	rc = db_step(replica->db, stmt, err);
	if (rc > 0) {
		*id = db_int(stmt, 0);
		*cell = db_int(stmt, 1);
	}
	sqlite3_reset(stmt);
	return rc < 0 ? rc : 0;
}

static int ask_row(bool *out, struct replica *replica, const char *sql,
		   int64_t cell, struct err *err)
{
	sqlite3_stmt *stmt;
	int rc = db_stmt(&stmt, replica->db, sql, err);

	*out = false;
	if (rc < 0)
		return rc;
	db_bind_int(stmt, 1, cell & ~(int64_t)STORE_FIELD_MASK);
	rc = db_step(replica->db, stmt, err);
	*out = rc > 0;
	sqlite3_reset(stmt);
	return rc < 0 ? rc : 0;
}

/* (L2) */
static bool may_be_answered(const struct replica *replica,
			    const struct change *change)
{
	const struct entity *entity =
		schema_entity(replica->schema, change->entity);

	return entity != NULL && entity_field(entity, change->field) != NULL;
}

struct passing {
	struct replica *replica;
	late_word_fn *fn;
	void *ctx;
	bool each;   /* field of a row that only late changes made */
	int64_t row; /* of the last one that was passed on, its first cell */
};

/* (L2) Such a row is one word, told by its first field. */
static int is_told(bool *out, const struct passing *passing, int64_t cell,
		   struct err *err)
{
	bool stands = true;
	int rc = 0;

	*out = false;
	if (!passing->each &&
	    passing->row == (cell & ~(int64_t)STORE_FIELD_MASK))
		rc = ask_row(&stands, passing->replica, SQL_STANDS, cell, err);
	*out = !stands;
	return rc;
}

struct comparing {
	const struct value *value;
	bool equal;
};

static int compare(const struct change_log_entry *entry, void *ctx,
		   struct err *err)
{
	struct comparing *comparing = ctx;

	(void)err;
	comparing->equal = value_equal(&entry->change->value, comparing->value);
	return 0;
}

static int find_answer(struct late_word *word, struct replica *replica,
		       int64_t decision, struct err *err)
{
	struct comparing comparing = {&word->entry->change->value, false};
	int rc = store_change_id(&word->decision, replica, decision, err);

	if (rc == 0)
		rc = change_log_find(replica, word->decision, compare,
				     &comparing, err);
	word->state = comparing.equal ? LATE_ACCEPTED : LATE_DECLINED;
	return rc;
}

static int pass_on(const struct change_log_entry *entry, void *ctx,
		   struct err *err)
{
	struct passing *passing = ctx;
	struct late_word word = {.entry = entry, .state = LATE_WAITS};
	struct naming naming;
	int64_t cell = 0;
	int64_t id = 0;
	bool told = false;
	int rc;

	if (!may_be_answered(passing->replica, entry->change))
		return 0;
	rc = find_stored(&id, &cell, passing->replica, entry->change->id, err);
	if (rc == 0)
		rc = ask_names(&naming, passing->replica, cell, id, err);
	if (rc == 0 && !naming.said_again)
		rc = is_told(&told, passing, cell, err);
	if (rc < 0 || naming.said_again || told)
		return rc;
	passing->row = cell & ~(int64_t)STORE_FIELD_MASK;
	if (naming.decided)
		rc = find_answer(&word, passing->replica, naming.by, err);
	return rc < 0 ? rc : passing->fn(&word, passing->ctx, err);
}

static int each_word(struct passing *passing, const char *key, struct err *err)
{
	struct replica *replica = passing->replica;
	sqlite3_stmt *stmt;
	int rc = db_stmt(&stmt, replica->db, SQL_LATE, err);

	if (rc < 0)
		return rc;
	db_bind_text(stmt, 1, key);
	return log_entry_each(replica, stmt, pass_on, passing, err);
}

int late_each_word(struct replica *replica, const char *key, late_word_fn *fn,
		   void *ctx, struct err *err)
{
	struct passing passing = {replica, fn, ctx, false, 0};

	return each_word(&passing, key, err);
}

struct waiting {
	change_log_fn *fn;
	void *ctx;
};

static int pass_waiting(const struct late_word *word, void *ctx,
			struct err *err)
{
	const struct waiting *waiting = ctx;

	return word->state != LATE_WAITS
		       ? 0
		       : waiting->fn(word->entry, waiting->ctx, err);
}

int late_each(struct replica *replica, const char *key, change_log_fn *fn,
	      void *ctx, struct err *err)
{
	struct waiting waiting = {fn, ctx};

	return late_each_word(replica, key, pass_waiting, &waiting, err);
}

int late_each_field(struct replica *replica, const char *key, change_log_fn *fn,
		    void *ctx, struct err *err)
{
	struct waiting waiting = {fn, ctx};
	struct passing passing = {replica, pass_waiting, &waiting, true, 0};

	return each_word(&passing, key, err);
}

int late_made(bool *out, struct replica *replica, const struct change *change,
	      struct err *err)
{
	int64_t cell;
	int rc = cell_find(&cell, replica, change, err);

	*out = false;
	return rc < 0 || cell == 0 ? rc
				   : ask_row(out, replica, SQL_MADE, cell, err);
}

static int count_one(const struct change_log_entry *entry, void *ctx,
		     struct err *err)
{
	(void)entry;
	(void)err;
	++*(size_t *)ctx;
	return 0;
}

int late_count(size_t *n, struct replica *replica, struct err *err)
{
	*n = 0;
	return late_each(replica, NULL, count_one, n, err);
}

int late_sites(struct replica *replica, const char *key, late_site_fn *fn,
	       void *ctx, struct err *err)
{
	sqlite3_stmt *stmt;
	int rc = db_stmt(&stmt, replica->db, SQL_SITES, err);

	if (rc < 0)
		return rc;
	db_bind_text(stmt, 1, key);
	while ((rc = db_step(replica->db, stmt, err)) > 0)
		if ((rc = fn(db_text(stmt, 0), ctx, err)) != 0)
			break;
	sqlite3_reset(stmt);
	return rc;
}

int late_is(bool *out, char *site, struct replica *replica, struct change_id id,
	    struct err *err)
{
	sqlite3_stmt *stmt;
	int rc = db_stmt(&stmt, replica->db, SQL_IS, err);

	*out = false;
	if (rc < 0)
		return rc;
	db_bind_int(stmt, 1, (int64_t)id.origin);
	db_bind_int(stmt, 2, (int64_t)id.seq);
	rc = db_step(replica->db, stmt, err);
	*out = rc > 0;
	if (*out)
		snprintf(site, CHANGE_NAME_MAX + 1, "%s", db_text(stmt, 0));
	sqlite3_reset(stmt);
	return rc < 0 ? rc : 0;
}

int late_bases(struct cell_heads *bases, struct replica *replica,
	       const struct cell *cell, struct err *err)
{
	sqlite3_stmt *stmt;
	int rc = db_stmt(&stmt, replica->db, SQL_IN_CELL, err);

	if (rc < 0)
		return rc;
	db_bind_int(stmt, 1, cell->id);
	while ((rc = db_step(replica->db, stmt, err)) > 0) {
		struct naming naming;
		int64_t *ids;

		rc = ask_names(&naming, replica, cell->id, db_int(stmt, 0),
			       err);
		if (rc < 0)
			break;
		if (naming.decided)
			continue;
		ids = realloc(bases->ids, (bases->n + 1) * sizeof(*ids));
		if (ids == NULL) {
			rc = err_nomem(err);
			break;
		}
		bases->ids = ids;
		ids[bases->n++] = db_int(stmt, 0);
	}
	sqlite3_reset(stmt);
	return rc < 0 ? rc : 0;
}

bool late_is_voiding(const struct change *change)
{
	return change->field == VOIDING_REASON_FIELD ||
	       (change->field == VOIDING_FIELD &&
		change->value.type == VALUE_INT && change->value.integer == 1);
}

/* What an answer does with one of its bases. */
struct answering {
	bool late;     /* there is one that came late */
	bool standing; /* and one that was accepted */
	bool repeats;  /* and one that holds the same value */
};

static int weigh_base(struct answering *out, struct replica *replica,
		      const struct cell *cell, const struct change *change,
		      struct change_id base, struct err *err)
{
	char site[CHANGE_NAME_MAX + 1];
	struct buf bytes = BUF_INIT;
	struct value value;
	int64_t at = 0;
	int64_t id = 0;
	bool late = false;
	bool found = false;
	int rc = find_stored(&id, &at, replica, base, err);

	if (rc < 0 || id == 0 || at != cell->id)
		return rc;
	rc = late_is(&late, site, replica, base, err);
	if (rc == 0)
		rc = store_value(&value, &bytes, &found, replica, id, err);
	if (rc == 0 && found) {
		out->late |= late;
		out->standing |= !late;
		out->repeats |= value_equal(&value, &change->value);
	}
	buf_release(&bytes);
	return rc;
}

int late_answers(bool *out, struct replica *replica, const struct cell *cell,
		 const struct change *change, struct err *err)
{
	struct answering answering = {false, false, false};
	int rc = 0;

	*out = false;
	if (late_is_voiding(change)) /* (L4) */
		rc = ask_row(out, replica, SQL_MADE, cell->id, err);
	if (rc < 0 || *out)
		return rc;

	for (size_t i = 0; rc == 0 && i < change->n_bases; i++)
		rc = weigh_base(&answering, replica, cell, change,
				change->bases[i], err);
	*out = rc == 0 && answering.late &&
	       (answering.repeats ||
		(!answering.standing && change->value.type == VALUE_NULL));
	return rc;
}

int late_may_decide(bool *out, struct replica *replica, const struct cell *cell,
		    const struct value *value, struct err *err)
{
	struct cell_heads heads = {0};
	struct change change = {.value = *value, .field = cell->field->id};
	struct change_id *bases = NULL;
	int rc = cell_heads(&heads, replica, cell->id, err);

	*out = false;
	if (rc == 0)
		rc = late_bases(&heads, replica, cell, err);
	if (rc < 0)
		goto done;
	bases = calloc(heads.n + 1, sizeof(*bases));
	if (bases == NULL)
		rc = err_nomem(err);
	for (size_t i = 0; rc == 0 && i < heads.n; i++)
		rc = store_change_id(&bases[i], replica, heads.ids[i], err);
	change.bases = bases;
	change.n_bases = heads.n;
	if (rc == 0)
		rc = late_answers(out, replica, cell, &change, err);
done:
	free(bases);
	cell_heads_release(&heads);
	return rc;
}
