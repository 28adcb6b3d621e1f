/* judge.c - changes that are here already, judged as if they came now. */
#include "core/merge/judge.h"

#include <string.h>

#include "core/merge/access.h"

/* An accepted change of the row, from others or earlier in this origin. */
static const char SQL_MADE_BEFORE[] =
	"SELECT 1 FROM _change WHERE cell BETWEEN ?1 AND ?2 AND flags & 1 = 0"
	" AND id NOT BETWEEN ?3 AND ?4 LIMIT 1";

int judge_init(struct judge *judge, struct replica *replica,
	       const struct batch *batch, struct err *err)
{
	*judge = (struct judge){.replica = replica, .batch = batch};
	return store_origin(&judge->origin, replica, batch->origin, batch->site,
			    err);
}

static int made_before(bool *out, const struct judge *judge,
		       const struct cell *cell, int64_t id, struct err *err)
{
	const int64_t field = STORE_FIELD_MASK;
	struct db *db = judge->replica->db;
	sqlite3_stmt *stmt;
	int rc = db_stmt(&stmt, db, SQL_MADE_BEFORE, err);

	if (rc < 0)
		return rc;
	db_bind_int(stmt, 1, cell->id & ~field);
	db_bind_int(stmt, 2, cell->id | field);
	db_bind_int(stmt, 3, id);
	db_bind_int(stmt, 4, store_id(judge->origin + 1, 0) - 1);
	rc = db_step(db, stmt, err);
	*out = rc > 0;
	sqlite3_reset(stmt);
	return rc < 0 ? rc : 0;
}

/* Changes of one row mostly follow each other; once known it stays so. */
static int know_row(struct judge *judge, const struct cell *cell,
		    const struct change *change, int64_t id, struct err *err)
{
	const struct change *last = judge->last;

	if (last != NULL && judge->row_known &&
	    last->entity == change->entity &&
	    last->row_len == change->row_len &&
	    memcmp(last->row, change->row, last->row_len) == 0)
		return 0;
	judge->last = change;
	return made_before(&judge->row_known, judge, cell, id, err);
}

/* What was never seen was made up (apply.c). */
static int check_bases(const char **why, const struct judge *judge,
		       const struct change *change, struct err *err)
{
	bool known = true;
	int rc = 0;

	for (size_t i = 0; rc == 0 && known && i < change->n_bases; i++) {
		int64_t origin;

		if (change->bases[i].origin == judge->batch->origin)
			continue;
		rc = store_origin(&origin, judge->replica,
				  change->bases[i].origin, NULL, err);
		if (rc == 0)
			rc = store_exists(
				&known, judge->replica,
				store_id(origin, change->bases[i].seq), err);
	}
	if (rc == 0 && !known)
		*why = "it names a change that does not exist";
	return rc;
}

int judge_change(const char **why, struct judge *judge,
		 const struct change *change, struct err *err)
{
	struct access_change asked = {
		.site = judge->batch->site,
		.change = change,
		.newer_schema = judge->batch->schema >
				judge->replica->schema->version,
	};
	struct cell cell;
	int rc = cell_open(&cell, judge->replica, change, err);

	*why = NULL;
	if (rc == 0)
		rc = know_row(judge, &cell, change,
			      store_id(judge->origin, change->id.seq), err);
	asked.cell = &cell;
	asked.row_known = judge->row_known;
	if (rc == 0)
		rc = access_check(why, judge->replica, &asked, err);
	if (rc == 0 && *why == NULL)
		rc = check_bases(why, judge, change, err);
	return rc;
}
