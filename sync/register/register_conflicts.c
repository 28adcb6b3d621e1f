/* register_conflicts.c - conflicts and contradictions as lines of the register.
 * Refuses to know how they are settled. */
#include "sync/register/register_conflicts.h"

#include <string.h>
#include <time.h>

#include "core/merge/conflict.h"
#include "core/base/db.h"
#include "core/base/utf8.h"
#include "sync/register/register_label.h"
#include "sync/register/yaml_writer.h"

static const char SQL_CONTRADICTIONS[] =
	"SELECT rule, entity, field, one, other FROM contradiction_of"
	" WHERE case_key = ?1 ORDER BY rule, one, other";
/* What must be there of a case before one of the rules can find anything: to
 * prepare them takes longer than all else that a document is written from. */
static const char SQL_MAY_CONTRADICT[] =
	"SELECT EXISTS (SELECT 1 FROM _step_conflict_kind k JOIN event e"
	"  ON e.proposal = ?1 AND e.kind = k.kind)"
	" OR (SELECT count(*) FROM handling WHERE proposal = ?1 AND role ="
	"  'main' AND void IS NOT 1) > 1"
	" OR EXISTS (SELECT 1 FROM proposal p WHERE p.key = ?1 AND"
	"  (p.merged_into IS NOT NULL OR EXISTS (SELECT 1 FROM proposal o"
	"   WHERE o.case_no = p.case_no AND o.key <> p.key)))";
static const char SQL_RULE[] =
	"SELECT zh FROM code WHERE list = 'contradiction' AND code = ?1";
static const char SQL_REACH[] =
	"SELECT other FROM contradiction_reach WHERE case_key = ?1";

enum {
	CUT_CHARS = 24,	   /* of a long value */
	REASON_CHARS = 80, /* of a decision's reason */
	/* Dates of clocks are those of China, wherever they are printed:
	 * the register is the same on every machine. */
	ZONE_SECONDS = 8 * 3600
};

/* The first characters of a text, on one line. */
static void add_cut(struct buf *out, const char *text, size_t text_len,
		    int chars)
{
	size_t at = 0;

	for (int n = 0; at < text_len && n < chars; n++) {
		size_t len = utf8_next(text + at, text_len - at, NULL);

		if (text[at] == '\n')
			buf_addc(out, ' ');
		else
			buf_add(out, text + at, len);
		at += len;
	}
	if (at < text_len)
		buf_adds(out, "…");
}

static int add_value(struct buf *out, struct replica *replica,
		     const struct field *field, const struct value *value,
		     struct err *err)
{
	struct buf text = BUF_INIT;
	int rc = 0;

	if (value->type == VALUE_TEXT)
		rc = register_label_text(&text, replica, field, value, err);
	else if (value->type == VALUE_INT)
		register_label_number(&text, field, value->integer);
	else if (value->type == VALUE_REAL)
		buf_addf(&text, "%.17g", value->real);
	else
		buf_adds(&text,
			 value->type == VALUE_NULL ? "（空）" : "（字节）");
	add_cut(out, buf_text(&text), text.len, CUT_CHARS);
	if (rc == 0)
		rc = buf_check(&text, err);
	buf_release(&text);
	return rc;
}

static void add_date(struct buf *out, uint64_t clock)
{
	time_t seconds = (time_t)((clock >> 16) / 1000) + ZONE_SECONDS;
	struct tm day;
	char text[32];

	if (gmtime_r(&seconds, &day) &&
	    strftime(text, sizeof(text), "%Y-%m-%d", &day) > 0)
		buf_adds(out, text);
}

/* `区教育局 王芳 2022-05-30`. */
static int add_who(struct buf *out, struct replica *replica,
		   const struct change_log_entry *entry, struct err *err)
{
	const char *site = entry->site ? entry->site : "";
	const char *author = entry->author ? entry->author : "";
	size_t begin = out->len;
	int rc = register_label_site(out, replica, site, strlen(site), err);

	if (rc < 0)
		return rc;
	if (*author != '\0' && strcmp(buf_text(out) + begin, author) != 0)
		buf_addf(out, " %s", author);
	buf_addc(out, ' ');
	add_date(out, entry->change->clock);
	return 0;
}

/* What stands of a head where a decision was reopened: the decision with its
 * reason, or that it had not seen this one. */
static void add_standing(struct buf *out, const struct conflict *conflict,
			 size_t i)
{
	const struct change *change = conflict->heads[i].change;

	if (!conflict_reopened(conflict))
		return;
	if (conflict->settled[i].n == 0) {
		buf_adds(out, " 裁定时未见");
		return;
	}
	buf_adds(out, " 裁定");
	if (change->reason_len > 0) {
		buf_adds(out, "：");
		add_cut(out, change->reason, change->reason_len, REASON_CHARS);
	}
}

/* `A类 (区教育局 王芳 2022-05-30)`. */
static int add_head(struct buf *out, struct replica *replica,
		    const struct conflict *conflict, size_t i, struct err *err)
{
	const struct change_log_entry *head = &conflict->heads[i];
	int rc = add_value(out, replica, conflict->field, &head->change->value,
			   err);

	if (rc < 0)
		return rc;
	buf_adds(out, " (");
	rc = add_who(out, replica, head, err);
	add_standing(out, conflict, i);
	buf_addc(out, ')');
	return rc;
}

/* `答复正文 甲 (区教育局 李明 2022-05-31)`: in another cell of the row. */
static int add_unseen(struct buf *out, struct replica *replica,
		      const struct conflict *conflict, size_t i,
		      struct err *err)
{
	const struct change_log_entry *entry = &conflict->unseen[i];
	const struct field *field =
		conflict->entity
			? entity_field(conflict->entity, entry->change->field)
			: NULL;
	int rc;

	buf_adds(out, i == 0 ? " / 另有互不知晓的修改：" : "；");
	if (field)
		buf_addf(out, "%s ", field->zh);
	rc = add_value(out, replica, field, &entry->change->value, err);
	if (rc < 0)
		return rc;
	buf_adds(out, " (");
	rc = add_who(out, replica, entry, err);
	buf_addc(out, ')');
	return rc;
}

/* All heads, and what of a row was written without knowing of its voiding. */
static int add_heads(struct buf *out, struct replica *replica,
		     const struct conflict *conflict, struct err *err)
{
	int rc = 0;

	for (size_t i = 0; i < conflict->n_heads && rc == 0; i++) {
		if (i > 0)
			buf_adds(out, " / ");
		rc = add_head(out, replica, conflict, i, err);
	}
	for (size_t i = 0; i < conflict->n_unseen && rc == 0; i++)
		rc = add_unseen(out, replica, conflict, i, err);
	return rc;
}

/* `承办 edu 拟定类别 须人工裁定`: where, and whether it is settled. */
static void add_place(struct buf *out, const struct conflict *conflict)
{
	const char *rest = strchr(conflict->row, '/');

	if (conflict->entity)
		buf_adds(out, conflict->entity->zh);
	if (rest)
		buf_addf(out, " %s", rest + 1);
	if (conflict->field)
		buf_addf(out, " %s", conflict->field->zh);
	buf_adds(out, conflict->severity == SEVERITY_HARD ? " 须人工裁定"
							  : " 已按规则取值");
}

struct conflict_list {
	struct buf *out;
	struct replica *replica;
	bool begun;
};

/* `  - place: what`, both as YAML has them. */
static int write_line(struct conflict_list *list, const struct buf *place,
		      const struct buf *what, struct err *err)
{
	if (!list->begun)
		buf_adds(list->out, "冲突:\n");
	list->begun = true;
	buf_adds(list->out, "  - ");
	yaml_writer_text(list->out, buf_text(place), place->len);
	buf_adds(list->out, ": ");
	yaml_writer_text(list->out, buf_text(what), what->len);
	buf_addc(list->out, '\n');
	return buf_check(place, err) < 0 ? err->code : buf_check(what, err);
}

static int write_conflict(const struct conflict *conflict, void *ctx,
			  struct err *err)
{
	struct conflict_list *list = ctx;
	struct buf place = BUF_INIT, what = BUF_INIT;
	int rc = add_heads(&what, list->replica, conflict, err);

	add_place(&place, conflict);
	if (rc == 0)
		rc = write_line(list, &place, &what, err);
	buf_release(&place);
	buf_release(&what);
	return rc;
}

/* ---- contradictions ---------------------------------------------------- */

/* One of the two rows that cannot both stand. */
struct side {
	struct replica *replica;
	const struct field *field;
	struct buf text;
	uint64_t clock;	     /* of the head that is told: the latest shown */
	struct change_id id; /* seq 0: none yet */
};

static int tell_side(const struct change_log_entry *head, void *ctx,
		     struct err *err)
{
	struct side *side = ctx;
	const struct change *change = head->change;
	int rc;

	if (!head->shown || (side->id.seq > 0 &&
			     (change->clock < side->clock ||
			      (change->clock == side->clock &&
			       change_id_compare(change->id, side->id) < 0))))
		return 0;
	side->clock = change->clock;
	side->id = change->id;
	buf_clear(&side->text);
	rc = add_value(&side->text, side->replica, side->field, &change->value,
		       err);
	if (rc < 0)
		return rc;
	buf_adds(&side->text, " (");
	rc = add_who(&side->text, side->replica, head, err);
	buf_addc(&side->text, ')');
	return rc;
}

/* `承办 edu 分工 主办 (区政协提案委 王芳 2022-05-30)`; a case by its key. */
static int add_side(struct buf *out, struct replica *replica,
		    const struct edit_cell *cell, struct err *err)
{
	const struct entity *entity =
		schema_entity_named(replica_schema(replica), cell->entity);
	struct side side = {.replica = replica, .text = BUF_INIT};
	const char *rest = strchr(cell->row, '/');
	int rc;

	if (entity)
		side.field = entity_field_named(entity, cell->field);
	rc = change_log_heads(replica, cell, tell_side, &side, err);
	buf_addf(out, "%s %s ", entity ? entity->zh : cell->entity,
		 rest ? rest + 1 : cell->row);
	if (side.field)
		buf_addf(out, "%s ", side.field->zh);
	buf_add(out, buf_text(&side.text), side.text.len);
	if (rc == 0)
		rc = buf_check(&side.text, err);
	buf_release(&side.text);
	return rc;
}

static int write_contradiction(struct conflict_list *list, sqlite3_stmt *stmt,
			       struct err *err)
{
	struct value rule = value_text(db_text(stmt, 0));
	struct edit_cell one = {db_text(stmt, 1), db_text(stmt, 3),
				db_text(stmt, 2)};
	struct edit_cell other = {one.entity, db_text(stmt, 4), one.field};
	struct buf place = BUF_INIT, what = BUF_INIT;
	bool found = false;
	int rc = register_label_found(&place, &found, replica_db(list->replica),
				      SQL_RULE, &rule, NULL, err);

	if (!found)
		buf_adds(&place, rule.bytes);
	buf_adds(&place, " 须人工裁定");
	if (rc == 0)
		rc = add_side(&what, list->replica, &one, err);
	buf_adds(&what, " / ");
	if (rc == 0)
		rc = add_side(&what, list->replica, &other, err);
	if (rc == 0)
		rc = write_line(list, &place, &what, err);
	buf_release(&place);
	buf_release(&what);
	return rc;
}

static int may_contradict(bool *may, struct db *db, const char *key,
			  struct err *err)
{
	sqlite3_stmt *stmt;
	int rc = db_stmt(&stmt, db, SQL_MAY_CONTRADICT, err);

	if (rc < 0)
		return rc;
	db_bind_text(stmt, 1, key);
	rc = db_step(db, stmt, err);
	*may = rc > 0 && db_int(stmt, 0) != 0;
	sqlite3_reset(stmt);
	return rc < 0 ? rc : 0;
}

static int write_contradictions(struct conflict_list *list, const char *key,
				struct err *err)
{
	struct db *db = replica_db(list->replica);
	sqlite3_stmt *stmt;
	bool may = false;
	int rc = may_contradict(&may, db, key, err);

	if (rc == 0 && may)
		rc = db_stmt(&stmt, db, SQL_CONTRADICTIONS, err);
	if (rc < 0 || !may)
		return rc;
	db_bind_text(stmt, 1, key);
	while ((rc = db_step(db, stmt, err)) > 0) {
		rc = write_contradiction(list, stmt, err);
		if (rc < 0)
			break;
	}
	sqlite3_reset(stmt);
	return rc;
}

int register_conflicts(struct buf *out, struct replica *replica,
		       const char *key, bool any, struct err *err)
{
	struct conflict_list list = {out, replica, false};
	int rc = any ? conflict_each(replica, key, write_conflict, &list, err)
		     : 0;

	return rc < 0 ? rc : write_contradictions(&list, key, err);
}

/* The cases that one reaches, into the set. */
static int add_reached(struct keys *keys, struct replica *replica,
		       sqlite3_stmt *stmt, const char *key, struct err *err)
{
	struct db *db = replica_db(replica);
	int rc;

	db_bind_text(stmt, 1, key);
	while ((rc = db_step(db, stmt, err)) > 0) {
		const char *other = db_text(stmt, 0);

		rc = keys_add(keys, other, strlen(other), err);
		if (rc < 0)
			break;
	}
	sqlite3_reset(stmt);
	return rc;
}

/* Until nothing is found any more: a chain of mergers goes on. */
int register_conflicts_reach(struct keys *keys, struct replica *replica,
			     struct err *err)
{
	sqlite3_stmt *stmt;
	size_t before = 0;
	int rc = db_stmt(&stmt, replica_db(replica), SQL_REACH, err);

	while (rc == 0 && keys->n > before) {
		before = keys->n;
		for (size_t i = 0; rc == 0 && i < keys->n; i++)
			rc = add_reached(keys, replica, stmt, keys->items[i],
					 err);
	}
	return rc;
}
