/* publish.c - gathering what an office puts before the public.
 * Knows what may leave the house; knows no output format. */
#include "cli/publish/publish.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/terminal/message.h"
#include "cli/publish/publish_more.h"
#include "cli/publish/submitted.h"
#include "core/base/db.h"

/* Everything a publication owns, freed in one go. */
struct pool {
	struct pool *next;
	max_align_t bytes[];
};

static void *keep(struct publication *out, size_t size)
{
	struct pool *block = calloc(1, sizeof(*block) + size);

	if (block == NULL)
		return NULL;
	block->next = out->pool;
	out->pool = block;
	return block->bytes;
}

const char *publish_keep(struct publication *out, const char *text)
{
	size_t size = strlen(text) + 1;
	char *copy = keep(out, size);

	if (copy != NULL)
		memcpy(copy, text, size);
	return copy;
}

/* A column's text, "" for NULL; NULL when out of memory. */
static const char *keep_text(struct publication *out, sqlite3_stmt *stmt,
			     int column)
{
	return publish_keep(out, db_text(stmt, column));
}

/* The first column's text, the other's where that is empty. */
static const char *keep_either(struct publication *out, sqlite3_stmt *stmt,
			       int first, int other)
{
	return keep_text(out, stmt,
			 db_text(stmt, first)[0] != '\0' ? first : other);
}

void publish_release(struct publication *publication)
{
	struct pool *block = publication->pool;

	while (block != NULL) {
		struct pool *next = block->next;

		free(block);
		block = next;
	}
	memset(publication, 0, sizeof(*publication));
}

/* (P1) A column of a query, NULL where the schema keeps it in the house. */
static void add_column(struct buf *sql, const struct schema *schema,
		       const char *entity, const char *field)
{
	const struct field *column =
		entity_field_named(schema_entity_named(schema, entity), field);

	if (column != NULL && column->publish)
		buf_addf(sql, ", %s.%s", entity, field);
	else
		buf_adds(sql, ", NULL");
}

/* The same of a code: its label, the code where it has none. */
static void add_label(struct buf *sql, const struct schema *schema,
		      const char *entity, const char *name)
{
	const struct field *field =
		entity_field_named(schema_entity_named(schema, entity), name);

	if (field == NULL || !field->publish)
		buf_adds(sql, ", NULL");
	else
		buf_addf(sql,
			 ", coalesce((SELECT zh FROM code WHERE list = '%s'"
			 " AND code = %s.%s), %s.%s)",
			 field->list, entity, name, entity, name);
}

static void add_columns(struct buf *sql, const struct schema *schema,
			const char *entity, const char *const *fields)
{
	for (; *fields != NULL; fields++)
		add_column(sql, schema, entity, *fields);
}

/* `sql` with its columns put in; *stmt is finalized by the caller. */
static int prepare(sqlite3_stmt **stmt, struct replica *replica,
		   struct buf *sql, struct err *err)
{
	int rc = buf_check(sql, err);

	if (rc == 0)
		rc = db_prepare(stmt, replica_db(replica), sql->data, err);
	return rc;
}

static int64_t figure(sqlite3_stmt *stmt, int column)
{
	return db_is_null(stmt, column) ? PUBLISH_UNSTATED
					: db_int(stmt, column);
}

static int read_session(struct publication *out, sqlite3_stmt *stmt,
			struct err *err)
{
	out->session = keep_text(out, stmt, 0);
	out->committee = keep_text(out, stmt, 1);
	out->meeting = keep_text(out, stmt, 2);
	out->headline = keep_text(out, stmt, 3);
	out->received = figure(stmt, 4);
	out->filed = figure(stmt, 5);
	out->led = figure(stmt, 6);
	out->supervised = figure(stmt, 7);
	if (out->session == NULL || out->committee == NULL ||
	    out->meeting == NULL || out->headline == NULL)
		return err_nomem(err);
	return 0;
}

static int load_session(struct publication *out, struct replica *replica,
			const char *session, struct err *err)
{
	static const char *const fields[] = {"committee",  "name",  "headline",
					     "received",   "filed", "led",
					     "supervised", NULL};
	struct buf sql = BUF_INIT;
	sqlite3_stmt *stmt = NULL;
	int rc;

	buf_adds(&sql, "SELECT key");
	add_columns(&sql, replica_schema(replica), "session", fields);
	buf_adds(&sql, " FROM session WHERE void IS NOT 1 AND (?1 IS NULL OR"
		       " key = ?1) ORDER BY length(key) DESC, key DESC");
	rc = prepare(&stmt, replica, &sql, err);
	if (rc != 0)
		goto done;
	db_bind_text(stmt, 1, session);
	rc = db_step(replica_db(replica), stmt, err);
	if (rc > 0)
		rc = read_session(out, stmt, err);
	else if (rc == 0 && session != NULL)
		rc = err_set(err, ERR_INPUT, _("there is no session %s here"),
			     session);
	else if (rc == 0)
		rc = err_set(err, ERR_INPUT,
			     _("there is nothing to publish yet: no session "
			       "is known here"));
done:
	sqlite3_finalize(stmt);
	buf_release(&sql);
	return rc;
}

static int load_classes(struct publication *out, struct replica *replica,
			struct err *err)
{
	static const char *const fields[] = {"zh", "aliases", NULL};
	struct buf sql = BUF_INIT;
	sqlite3_stmt *stmt = NULL;
	int rc;

	buf_adds(&sql, "SELECT code");
	add_columns(&sql, replica_schema(replica), "code", fields);
	buf_adds(&sql, " FROM code WHERE list = 'class' AND void IS NOT 1"
		       " ORDER BY rank, code");
	rc = prepare(&stmt, replica, &sql, err);
	while (rc == 0 && out->n_classes < PUBLISH_CLASSES_MAX &&
	       (rc = db_step(replica_db(replica), stmt, err)) > 0) {
		struct publish_class *class = &out->classes[out->n_classes];

		class->code = keep_text(out, stmt, 0);
		class->label = keep_text(out, stmt, 1);
		class->meaning = keep_text(out, stmt, 2);
		out->n_classes++;
		rc = class->code == NULL || class->label == NULL ||
				     class->meaning == NULL
			     ? err_nomem(err)
			     : 0;
	}
	sqlite3_finalize(stmt);
	buf_release(&sql);
	return rc;
}

/* (P2) gates by the office's word, else by its units' strictest wish. */
static const char publicity_of_case[] =
	", coalesce(proposal.publicity, (SELECT h.publicity_proposed"
	" FROM handling h JOIN code c ON c.list = 'publicity'"
	" AND c.code = h.publicity_proposed"
	" WHERE h.proposal = proposal.key AND h.void IS NOT 1"
	" ORDER BY c.rank DESC LIMIT 1))"
	" FROM proposal WHERE proposal.key > ?1 || '-'"
	" AND proposal.key < ?1 || '.' AND void IS NOT 1"
	" AND withdrawn IS NOT 1 AND review = 'filed'"
	" ORDER BY length(proposal.key), proposal.key";

enum case_column {
	CASE_KEY,
	CASE_NUMBER,
	CASE_TITLE,
	CASE_SECTOR,
	CASE_SPONSORS,
	CASE_IS_KEY,
	CASE_CLASS,
	CASE_TEXT,
	CASE_CATEGORY,
	CASE_DUE,
	CASE_KIND,
	CASE_PUBLICITY
};

static bool is_withheld(sqlite3_stmt *stmt)
{
	const char *publicity = db_text(stmt, CASE_PUBLICITY);

	return strcmp(publicity, "withheld") == 0 ||
	       strcmp(publicity, "request") == 0 ||
	       (strcmp(publicity, "extract") == 0 &&
		db_text(stmt, CASE_TEXT)[0] == '\0');
}

static size_t class_index(const struct publication *out, const char *code)
{
	size_t at = 0;

	while (at < out->n_classes && strcmp(out->classes[at].code, code) != 0)
		at++;
	return at;
}

static int read_case(struct publish_case *one, struct publication *out,
		     sqlite3_stmt *stmt, struct err *err)
{
	memset(one, 0, sizeof(*one));
	one->key = keep_text(out, stmt, CASE_KEY);
	one->case_no = keep_text(out, stmt, CASE_NUMBER);
	one->title = keep_text(out, stmt, CASE_TITLE);
	one->sector = keep_text(out, stmt, CASE_SECTOR);
	one->sponsors = keep_text(out, stmt, CASE_SPONSORS);
	one->leaders = "";
	one->kind = keep_text(out, stmt, CASE_KIND);
	one->category = keep_text(out, stmt, CASE_CATEGORY);
	one->due = keep_text(out, stmt, CASE_DUE);
	one->is_key = db_int(stmt, CASE_IS_KEY) == 1;
	one->class_at = class_index(out, db_text(stmt, CASE_CLASS));
	if (one->key == NULL || one->case_no == NULL || one->title == NULL ||
	    one->sector == NULL || one->sponsors == NULL || one->kind == NULL ||
	    one->category == NULL || one->due == NULL)
		return err_nomem(err);
	return 0;
}

enum unit_column {
	UNIT_CODE,
	UNIT_NAME,
	UNIT_ROLE,
	UNIT_TEXT,
	UNIT_CLASS,
	UNIT_DOC_NO,
	UNIT_SIGNED,
	UNIT_DOC_NO_ENTERED,
	UNIT_SIGNED_ENTERED
};

static int prepare_units(sqlite3_stmt **stmt, struct replica *replica,
			 struct err *err)
{
	static const char *const fields[] = {"role",	       "draft",
					     "class_proposed", "doc_no",
					     "signed_at",      "doc_no_entered",
					     "signed_entered", NULL};
	const struct schema *schema = replica_schema(replica);
	struct buf sql = BUF_INIT;
	int rc;

	buf_adds(&sql, "SELECT handling.unit");
	add_column(&sql, schema, "unit", "name");
	add_columns(&sql, schema, "handling", fields);
	buf_adds(&sql, " FROM handling LEFT JOIN unit ON unit.code ="
		       " handling.unit WHERE handling.proposal = ?1"
		       " AND handling.void IS NOT 1 ORDER BY"
		       " handling.role IS 'co', handling.role IS 'split',"
		       " handling.unit");
	rc = prepare(stmt, replica, &sql, err);
	buf_release(&sql);
	return rc;
}

static bool answers(const struct publish_unit *unit)
{
	return strcmp(unit->role, "co") != 0;
}

/* The class of which all that say one are agreed; n_classes for none. */
static size_t common_class(const struct publication *out,
			   const struct publish_case *one)
{
	size_t class_at = out->n_classes;

	for (size_t i = 0; i < one->n_units; i++) {
		size_t said = one->units[i].class_at;

		if (said == out->n_classes)
			continue;
		if (class_at != out->n_classes && class_at != said)
			return out->n_classes;
		class_at = said;
	}
	return class_at;
}

/* What is still being written stays in the house, with all that belongs to it. */
static int hold_back(struct publish_unit *unit, struct publication *out,
		     struct replica *replica, const char *key, struct err *err)
{
	bool submitted = true;
	int rc = 0;

	if (unit->text[0] != '\0')
		rc = submitted_is(&submitted, replica, key, unit->code,
				  unit->text, err);
	if (rc < 0 || submitted)
		return rc;
	unit->text = unit->doc_no = unit->signed_at = "";
	unit->class_at = out->n_classes;
	out->unsubmitted++;
	return 0;
}

static int read_unit(struct publish_unit *unit, struct publication *out,
		     sqlite3_stmt *stmt, struct err *err)
{
	unit->code = keep_text(out, stmt, UNIT_CODE);
	unit->name = keep_either(out, stmt, UNIT_NAME, UNIT_CODE);
	unit->role = keep_text(out, stmt, UNIT_ROLE);
	unit->doc_no = keep_either(out, stmt, UNIT_DOC_NO, UNIT_DOC_NO_ENTERED);
	unit->signed_at =
		keep_either(out, stmt, UNIT_SIGNED, UNIT_SIGNED_ENTERED);
	unit->class_at = out->n_classes;
	if (answers(unit))
		unit->class_at = class_index(out, db_text(stmt, UNIT_CLASS));
	/* A co-unit's opinion is for the main unit, not for the public. */
	unit->text = unit->role != NULL && answers(unit)
			     ? keep_text(out, stmt, UNIT_TEXT)
			     : "";
	if (unit->code == NULL || unit->name == NULL || unit->role == NULL ||
	    unit->doc_no == NULL || unit->signed_at == NULL ||
	    unit->text == NULL)
		return err_nomem(err);
	return 0;
}

enum { UNITS_MAX = 64 }; /* of one proposal; lists have 12 at most */

static int load_units(struct publish_case *one, struct publication *out,
		      struct replica *replica, sqlite3_stmt *stmt,
		      struct err *err)
{
	struct publish_unit *units = keep(out, UNITS_MAX * sizeof(*units));
	int rc = 0;

	if (units == NULL)
		return err_nomem(err);
	one->units = units;
	sqlite3_reset(stmt);
	db_bind_text(stmt, 1, one->key);
	while (rc == 0 && one->n_units < UNITS_MAX &&
	       (rc = db_step(replica_db(replica), stmt, err)) > 0) {
		struct publish_unit *unit = &units[one->n_units++];

		rc = read_unit(unit, out, stmt, err);
		if (rc == 0)
			rc = hold_back(unit, out, replica, one->key, err);
	}
	sqlite3_reset(stmt);
	if (one->class_at == out->n_classes)
		one->class_at = common_class(out, one);
	return rc;
}

/* The office's public text stands in for the replies, under the first unit
 * that answers. */
static void put_public_text(struct publish_case *one, const char *text)
{
	bool given = false;

	for (size_t i = 0; i < one->n_units; i++) {
		struct publish_unit *unit = &one->units[i];

		if (text[0] != '\0' && answers(unit)) {
			unit->text = given ? "" : text;
			given = true;
		}
		one->replied = one->replied || unit->text[0] != '\0';
	}
}

static const char find_leaders[] =
	"SELECT coalesce(group_concat(trim(coalesce(c.zh, '') || ' ' ||"
	" coalesce(l.post, '') || ' ' || l.name), '；'), '')"
	" FROM (SELECT * FROM leader WHERE proposal = ?1 AND void IS NOT 1"
	"  ORDER BY mode, name) l"
	" LEFT JOIN code c ON c.list = 'leading' AND c.code = l.mode";

static int load_leaders(struct publish_case *one, struct publication *out,
			struct replica *replica, struct err *err)
{
	struct db *db = replica_db(replica);
	sqlite3_stmt *stmt;
	int rc = db_stmt(&stmt, db, find_leaders, err);

	if (rc != 0)
		return rc;
	db_bind_text(stmt, 1, one->key);
	rc = db_step(db, stmt, err);
	if (rc > 0)
		one->leaders = keep_text(out, stmt, 0);
	sqlite3_reset(stmt);
	if (one->leaders == NULL)
		return err_nomem(err);
	return rc < 0 ? rc : 0;
}

void *publish_grow(struct publication *out, void *items, size_t n, size_t size)
{
	void *more;

	if (n != 0 && (n & (n - 1)) != 0)
		return items;
	more = keep(out, (n == 0 ? 1 : 2 * n) * size);
	if (more != NULL && n > 0)
		memcpy(more, items, n * size);
	return more;
}

static int load_case(struct publication *out, struct replica *replica,
		     sqlite3_stmt *stmt, sqlite3_stmt *units, struct err *err)
{
	struct publish_case *cases =
		publish_grow(out, out->cases, out->n, sizeof(*cases));
	struct publish_case *one;
	const char *text = keep_text(out, stmt, CASE_TEXT);
	int rc;

	if (cases == NULL || text == NULL)
		return err_nomem(err);
	out->cases = cases;
	one = &cases[out->n];
	rc = read_case(one, out, stmt, err);
	if (rc == 0)
		rc = load_units(one, out, replica, units, err);
	if (rc == 0)
		rc = load_leaders(one, out, replica, err);
	if (rc == 0 && text[0] == '\0') /* no extract stands for the whole */
		rc = publish_more(one, out, replica, err);
	if (rc != 0)
		return rc;
	put_public_text(one, text);
	out->n++;
	out->key += one->is_key;
	out->replied += one->replied;
	if (one->class_at < out->n_classes)
		out->classes[one->class_at].count++;
	return 0;
}

static int load_cases(struct publication *out, struct replica *replica,
		      struct err *err)
{
	static const char *const fields[] = {"case_no",	    "title",
					     "sector",	    "sponsors",
					     "is_key",	    "class_confirmed",
					     "public_text", "category",
					     "due",	    NULL};
	struct buf sql = BUF_INIT;
	sqlite3_stmt *stmt = NULL;
	sqlite3_stmt *units = NULL;
	int rc;

	buf_adds(&sql, "SELECT proposal.key");
	add_columns(&sql, replica_schema(replica), "proposal", fields);
	add_label(&sql, replica_schema(replica), "proposal", "kind");
	buf_adds(&sql, publicity_of_case);
	rc = publish_more_fields(out, replica_schema(replica), err);
	if (rc == 0)
		rc = prepare(&stmt, replica, &sql, err);
	if (rc == 0)
		rc = prepare_units(&units, replica, err);
	if (rc == 0)
		db_bind_text(stmt, 1, out->session);
	while (rc == 0 && (rc = db_step(replica_db(replica), stmt, err)) > 0) {
		rc = 0;
		if (is_withheld(stmt))
			out->withheld++;
		else
			rc = load_case(out, replica, stmt, units, err);
	}
	sqlite3_finalize(units);
	sqlite3_finalize(stmt);
	buf_release(&sql);
	return rc;
}

static const char count_feedback[] =
	"SELECT count(*), coalesce(sum(process = 'satisfied' AND"
	" result = 'satisfied'), 0) FROM feedback WHERE void IS NOT 1"
	" AND proposal > ?1 || '-' AND proposal < ?1 || '.'";

static int load_feedback(struct publication *out, struct replica *replica,
			 struct err *err)
{
	struct db *db = replica_db(replica);
	sqlite3_stmt *stmt;
	int rc = db_stmt(&stmt, db, count_feedback, err);

	if (rc != 0)
		return rc;
	db_bind_text(stmt, 1, out->session);
	rc = db_step(db, stmt, err);
	if (rc > 0) {
		out->asked = (size_t)db_int(stmt, 0);
		out->satisfied = (size_t)db_int(stmt, 1);
	}
	sqlite3_reset(stmt);
	return rc < 0 ? rc : 0;
}

struct counts {
	struct publish_count **items;
	size_t *n;
};

static int count_one(struct publication *out, struct counts counts,
		     const char *code, const char *name, size_t class_at)
{
	struct publish_count *items = *counts.items;
	size_t at = 0;

	while (at < *counts.n && (strcmp(items[at].code, code) != 0 ||
				  strcmp(items[at].name, name) != 0))
		at++;
	if (at == *counts.n) {
		items = publish_grow(out, items, *counts.n, sizeof(*items));
		if (items == NULL)
			return -1;
		*counts.items = items;
		memset(&items[at], 0, sizeof(items[at]));
		items[at].code = code;
		items[at].name = name;
		++*counts.n;
	}
	items[at].total++;
	items[at].by_class[class_at]++;
	return 0;
}

static int most_first(const void *a, const void *b)
{
	const struct publish_count *x = a;
	const struct publish_count *y = b;

	if (x->total != y->total)
		return x->total > y->total ? -1 : 1;
	return strcmp(x->name, y->name);
}

static int count_cases(struct publication *out, struct err *err)
{
	struct counts units = {&out->units, &out->n_units};
	struct counts sectors = {&out->sectors, &out->n_sectors};
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < out->n; i++) {
		const struct publish_case *one = &out->cases[i];

		if (one->sector[0] != '\0')
			rc = count_one(out, sectors, "", one->sector,
				       one->class_at);
		for (size_t u = 0; rc == 0 && u < one->n_units; u++) {
			if (answers(&one->units[u]))
				rc = count_one(out, units, one->units[u].code,
					       one->units[u].name,
					       one->class_at);
		}
	}
	if (rc != 0)
		return err_nomem(err);
	if (out->n_units > 0)
		qsort(out->units, out->n_units, sizeof(*out->units),
		      most_first);
	if (out->n_sectors > 0)
		qsort(out->sectors, out->n_sectors, sizeof(*out->sectors),
		      most_first);
	return 0;
}

int publish_load(struct publication *out, struct replica *replica,
		 const char *session, const char *date, struct err *err)
{
	int rc;

	memset(out, 0, sizeof(*out));
	out->date = date != NULL ? date : "";
	rc = load_session(out, replica, session, err);
	if (rc == 0)
		rc = load_classes(out, replica, err);
	if (rc == 0)
		rc = load_cases(out, replica, err);
	if (rc == 0)
		rc = load_feedback(out, replica, err);
	if (rc == 0)
		rc = count_cases(out, err);
	if (rc != 0)
		publish_release(out);
	return rc;
}

void publish_figures(struct publish_figure out[PUBLISH_FIGURES],
		     const struct publication *publication)
{
	size_t n = 0;

	if (publication->received != PUBLISH_UNSTATED)
		out[n++] = (struct publish_figure){"收到提案",
						   publication->received};
	if (publication->filed != PUBLISH_UNSTATED)
		out[n++] =
			(struct publish_figure){"立案交办", publication->filed};
	if (publication->key > 0)
		out[n++] = (struct publish_figure){"重点提案",
						   (int64_t)publication->key};
	if (publication->led != PUBLISH_UNSTATED)
		out[n++] = (struct publish_figure){"党政领导领办",
						   publication->led};
	if (publication->supervised != PUBLISH_UNSTATED)
		out[n++] = (struct publish_figure){"政协领导督办",
						   publication->supervised};
	out[n++] = (struct publish_figure){"本页已答复",
					   (int64_t)publication->replied};
	if (publication->asked > 0)
		out[n++] = (struct publish_figure){
			"双满意", (int64_t)publication->satisfied};
	out[n] = (struct publish_figure){NULL, 0};
}

void publish_date(struct buf *out, const char *date)
{
	int year, month, day;

	if (sscanf(date, "%4d-%2d-%2d", &year, &month, &day) == 3)
		buf_addf(out, "%d年%d月%d日", year, month, day);
	else
		publish_escape(out, date);
}

const char *publish_meeting(const struct publication *publication)
{
	return publication->meeting[0] != '\0' ? publication->meeting
					       : publication->session;
}

void publish_title(struct buf *out, const struct publication *publication)
{
	buf_adds(out, publication->committee);
	buf_adds(out, publish_meeting(publication));
	buf_adds(out, "提案办理结果");
}
