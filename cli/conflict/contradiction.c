/* contradiction.c - telling rows that contradict each other.
 * Knows the view; settles none. */
#include "cli/conflict/contradiction.h"

#include <string.h>

#include "cli/case/case.h"
#include "cli/terminal/message.h"
#include "cli/case/row.h"
#include "cli/case/value.h"
#include "core/log/change_log.h"
#include "core/base/db.h"

static const char SQL_ALL[] =
	"SELECT case_key, rule, entity, field, one, other FROM contradiction"
	" ORDER BY case_key, rule, one, other";
static const char SQL_CASE[] =
	"SELECT case_key, rule, entity, field, one, other FROM contradiction_of"
	" WHERE case_key = ?1 ORDER BY rule, one, other";
/* Of each rule: what must be there before it can find anything, which costs
 * next to nothing to ask, and what it finds, which to prepare alone takes longer
 * than all else that a sync does with a replica. */
static const struct {
	const char *hint; /* in order, where it must be there twice */
	bool twice;
	const char *count;
} rules[] = {
	{"SELECT 1 FROM _step_conflict_kind k CROSS JOIN event e"
	 " ON e.kind = k.kind AND e.void IS NOT 1",
	 false, "SELECT count(*) FROM event_conflict"},
	{"SELECT proposal FROM handling WHERE role = 'main' AND void IS NOT 1"
	 " ORDER BY proposal",
	 true, "SELECT count(*) FROM _row_conflict WHERE rule = 'two_mains'"},
	{"SELECT case_no FROM proposal WHERE case_no IS NOT NULL AND void IS"
	 " NOT 1 ORDER BY case_no",
	 true, "SELECT count(*) FROM _row_conflict WHERE rule = 'case_no'"},
	{"SELECT 1 FROM proposal WHERE merged_into IS NOT NULL", false,
	 "SELECT count(*) FROM _row_conflict WHERE rule = 'merge_cycle'"},
};

int contradiction_each(struct replica *replica, const char *key,
		       contradiction_fn *fn, void *ctx, struct err *err)
{
	struct db *db = replica_db(replica);
	sqlite3_stmt *stmt = NULL;
	int rc = db_prepare(&stmt, db, key ? SQL_CASE : SQL_ALL, err);

	if (rc == 0 && key)
		db_bind_text(stmt, 1, key);
	while (rc == 0) {
		struct contradiction found;

		rc = db_step(db, stmt, err);
		if (rc <= 0)
			break;
		found.key = db_text(stmt, 0);
		found.rule = db_text(stmt, 1);
		found.entity = db_text(stmt, 2);
		found.field = db_text(stmt, 3);
		found.rows[0] = db_text(stmt, 4);
		found.rows[1] = db_text(stmt, 5);
		rc = fn(&found, ctx, err);
	}
	sqlite3_finalize(stmt);
	return rc;
}

static int ask_number(size_t *n, struct db *db, const char *sql,
		      struct err *err)
{
	sqlite3_stmt *stmt;
	int rc = db_stmt(&stmt, db, sql, err);

	if (rc < 0)
		return rc;
	rc = db_step(db, stmt, err);
	*n = rc == 1 ? (size_t)db_int(stmt, 0) : 0;
	sqlite3_reset(stmt);
	return rc < 0 ? rc : 0;
}

/* Whether a rule may find something: there is a row, or two that are equal. */
static int may_apply(bool *may, struct db *db, const char *hint, bool twice,
		     struct err *err)
{
	struct buf last = BUF_INIT;
	sqlite3_stmt *stmt;
	int rc = db_stmt(&stmt, db, hint, err);

	*may = false;
	if (rc < 0)
		return rc;
	while (!*may && (rc = db_step(db, stmt, err)) > 0) {
		const char *now = db_text(stmt, 0);

		*may = !twice ||
		       (last.len > 0 && strcmp(now, buf_text(&last)) == 0);
		buf_clear(&last);
		buf_adds(&last, now);
	}
	sqlite3_reset(stmt);
	rc = rc < 0 ? rc : buf_check(&last, err);
	buf_release(&last);
	return rc;
}

int contradiction_count(size_t *n, struct replica *replica, struct err *err)
{
	struct db *db = replica_db(replica);
	int rc = 0;

	*n = 0;
	for (size_t i = 0; rc == 0 && i < sizeof(rules) / sizeof(*rules); i++) {
		size_t found = 0;
		bool may;

		rc = may_apply(&may, db, rules[i].hint, rules[i].twice, err);
		if (rc == 0 && may)
			rc = ask_number(&found, db, rules[i].count, err);
		*n += found;
	}
	return rc;
}

/* What a line of either form is made with. */
struct teller {
	struct replica *replica;
	const struct contradiction *contradiction;
	const struct entity *entity;
	const struct field *field;
	const char *row; /* the one told */
	struct json_out *json;
	FILE *out;
};

static struct teller teller_of(struct replica *replica,
			       const struct contradiction *contradiction)
{
	struct teller teller = {.replica = replica,
				.contradiction = contradiction};

	teller.entity = schema_entity_named(replica_schema(replica),
					    contradiction->entity);
	if (teller.entity)
		teller.field =
			entity_field_named(teller.entity, contradiction->field);
	return teller;
}

static int each_head(struct teller *teller, change_log_fn *fn, struct err *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < 2; i++) {
		const struct edit_cell cell = {
			.entity = teller->contradiction->entity,
			.row = teller->contradiction->rows[i],
			.field = teller->contradiction->field,
		};

		teller->row = cell.row;
		rc = change_log_heads(teller->replica, &cell, fn, teller, err);
	}
	return rc;
}

static int head_json(const struct change_log_entry *head, void *ctx,
		     struct err *err)
{
	const struct teller *teller = ctx;
	char at[VALUE_TIME_SIZE], id[CHANGE_ID_TEXT];

	(void)err;
	value_clock_utc(at, head->change->clock);
	change_id_format(id, head->change->id);
	json_out_object(teller->json, NULL);
	json_out_text(teller->json, "site", head->site);
	json_out_text(teller->json, "author", head->author);
	json_out_text(teller->json, "at", at);
	json_out_value(teller->json, "value", teller->field,
		       &head->change->value);
	json_out_text(teller->json, "change", id);
	json_out_bool(teller->json, "shown", head->shown);
	json_out_text(teller->json, "row", teller->row);
	json_out_end(teller->json);
	return 0;
}

int contradiction_json(struct json_out *json, struct replica *replica,
		       const struct contradiction *contradiction,
		       struct err *err)
{
	struct teller teller = teller_of(replica, contradiction);
	struct buf path = BUF_INIT;
	int rc;

	teller.json = json;
	if (teller.entity && teller.field)
		case_cell_path(&path, replica, teller.entity,
			       contradiction->rows[0], teller.field);
	json_out_object(json, NULL);
	json_out_text(json, "case", contradiction->key);
	json_out_text(json, "entity", contradiction->entity);
	json_out_text(json, "row", contradiction->rows[0]);
	json_out_text(json, "field", contradiction->field);
	json_out_text(json, "path", buf_text(&path));
	json_out_text(json, "severity", "hard");
	json_out_text(json, "rule", contradiction->rule);
	json_out_null(json, "shown");
	json_out_array(json, "heads");
	rc = each_head(&teller, head_json, err);
	json_out_end(json);
	json_out_null(json, "base");
	json_out_end(json);
	buf_release(&path);
	return rc;
}

/* "    区教育局 陈立  提交答复  (2022-06-30 09:15)" */
static int head_text(const struct change_log_entry *head, void *ctx,
		     struct err *err)
{
	const struct teller *teller = ctx;
	char at[VALUE_TIME_SIZE];
	struct buf who = BUF_INIT, what = BUF_INIT;
	int rc = case_unit_name(&who, teller->replica, head->site, err);

	if (rc == 0)
		rc = value_show(&what, teller->replica, teller->field,
				&head->change->value, err);
	value_show_clock(at, head->change->clock);
	if (rc == 0)
		fprintf(teller->out, "    %s%s%s  %s  (%s, %s)\n",
			buf_text(&who), *head->author ? " " : "", head->author,
			buf_text(&what), at, teller->row);
	buf_release(&who);
	buf_release(&what);
	return rc;
}

/* Steps are taken back; other rows are written again as they shall be. */
static void print_way_out(FILE *out, const struct contradiction *c)
{
	if (strcmp(c->entity, "event") == 0) {
		for (size_t i = 0; i < 2; i++)
			fprintf(out, "  → tian void %s event:%s --reason %s\n",
				c->key, strchr(c->rows[i], '/') + 1, _("TEXT"));
	} else if (strcmp(c->rule, "two_mains") == 0) {
		fprintf(out, "  → tian assign %s --main %s --reason %s\n",
			c->key, _("UNIT"), _("TEXT"));
	} else if (strcmp(c->rule, "case_no") == 0) {
		for (size_t i = 0; i < 2; i++)
			fprintf(out, "  → tian file %s --case-no NO\n",
				c->rows[i]);
	} else {
		for (size_t i = 0; i < 2; i++)
			fprintf(out, "  → tian file %s --reason %s\n",
				c->rows[i], _("TEXT"));
	}
}

int contradiction_text(FILE *out, struct replica *replica,
		       const struct contradiction *contradiction,
		       struct err *err)
{
	struct teller teller = teller_of(replica, contradiction);
	struct buf rule = BUF_INIT;
	int rc = value_show_code(&rule, replica, "contradiction",
				 contradiction->rule, err);

	teller.out = out;
	fprintf(out, "%s  %s  [%s]\n", contradiction->key, buf_text(&rule),
		_("a person must decide"));
	if (rc == 0)
		rc = each_head(&teller, head_text, err);
	print_way_out(out, contradiction);
	buf_release(&rule);
	return rc;
}
