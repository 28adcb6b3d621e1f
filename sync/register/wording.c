/* wording.c - a commit's message: what changed, in words. */
#include "sync/register/wording.h"

#include <inttypes.h>
#include <string.h>

#include "core/base/utf8.h"
#include "sync/git/commit.h"
#include "sync/node/node.h"
#include "sync/wire/names.h"

enum { SUBJECT_COLUMNS = 72, SHORT_COLUMNS = 12 };

static const char SQL_CODE_LABEL[] =
	"SELECT zh FROM code WHERE list = ? AND code = ? AND zh IS NOT NULL";

/* --- names --------------------------------------------------------------- */

static int add_unit(struct buf *out, struct replica *replica, const char *code,
		    size_t len, struct err *err)
{
	char site[CHANGE_ROW_MAX + 1];

	if (len >= sizeof(site))
		len = sizeof(site) - 1;
	memcpy(site, code, len);
	site[len] = '\0';
	return node_site_name(out, replica, site, err);
}

/* `承办·区教育局`: the entity, and what tells its rows apart within a case,
 * random ids left out. */
static int add_row(struct buf *out, struct replica *replica,
		   const struct change *change, char between, struct err *err)
{
	const struct schema *schema = replica_schema(replica);
	const struct entity *entity = schema_entity(schema, change->entity);
	const char *part;
	size_t len;
	int rc = 0;

	if (entity == NULL) {
		buf_addf(out, "(%" PRIu32 ")", change->entity);
		return 0;
	}
	buf_adds(out, entity->zh);
	for (size_t i = entity->scope == SCOPE_CASE ? 1 : 0;
	     rc == 0 && i < entity->n_keys; i++) {
		if (strcmp(entity->keys[i], "id") == 0 ||
		    strcmp(entity->keys[i], "fingerprint") == 0 ||
		    !entity_key_part(change->row, change->row_len, i, &part,
				     &len))
			continue;
		buf_adds(out, between == ' ' ? " " : "·");
		if ((int)i == entity->owner_key || entity == schema->sites ||
		    strcmp(entity->keys[i], "site") == 0)
			rc = add_unit(out, replica, part, len, err);
		else
			buf_add(out, part, len);
	}
	return rc;
}

static void add_field(struct buf *out, struct replica *replica,
		      const struct change *change)
{
	const struct entity *entity =
		schema_entity(replica_schema(replica), change->entity);
	const struct field *field =
		entity != NULL ? entity_field(entity, change->field) : NULL;

	if (field != NULL)
		buf_adds(out, field->zh);
	else if (change->field == 0)
		buf_adds(out, "登记");
	else
		buf_addf(out, "(%" PRIu32 ")", change->field);
}

/* --- values -------------------------------------------------------------- */

/* One line of at most `columns`; control characters become spaces. */
static void add_cut(struct buf *out, const char *text, size_t len,
		    size_t columns)
{
	size_t fit = utf8_fit(text, len, columns);

	for (size_t i = 0; i < fit; i++)
		buf_addc(out, (unsigned char)text[i] < 0x20 ? ' ' : text[i]);
	if (fit < len)
		buf_adds(out, "…");
}

static int add_code(struct buf *out, bool *found, struct replica *replica,
		    const char *list, const struct value *value,
		    struct err *err)
{
	struct db *db = replica_db(replica);
	sqlite3_stmt *stmt;
	int rc = db_stmt(&stmt, db, SQL_CODE_LABEL, err);

	*found = false;
	if (rc < 0)
		return rc;
	db_bind_text(stmt, 1, list);
	db_bind_bytes(stmt, 2, value->bytes, value->len);
	rc = db_step(db, stmt, err);
	if (rc > 0) {
		buf_adds(out, db_text(stmt, 0));
		*found = true;
	}
	sqlite3_reset(stmt);
	return rc < 0 ? rc : 0;
}

static int add_value(struct buf *out, struct replica *replica,
		     const struct change *change, size_t columns,
		     struct err *err)
{
	const struct entity *entity =
		schema_entity(replica_schema(replica), change->entity);
	const struct field *field =
		entity != NULL ? entity_field(entity, change->field) : NULL;
	const struct value *value = &change->value;
	bool found = false;
	int rc = 0;

	switch (value->type) {
	case VALUE_NULL:
		buf_adds(out, "(空)");
		break;
	case VALUE_INT:
		if (field != NULL && field->type == FIELD_BOOL)
			buf_adds(out, value->integer ? "是" : "否");
		else
			buf_addf(out, "%" PRId64, value->integer);
		break;
	case VALUE_REAL:
		buf_addf(out, "%.15g", value->real);
		break;
	case VALUE_BLOB:
		buf_addf(out, "(%zu B)", value->len);
		break;
	case VALUE_TEXT:
		if (field != NULL && field->type == FIELD_CODE)
			rc = add_code(out, &found, replica, field->list, value,
				      err);
		if (rc == 0 && !found)
			add_cut(out, value->bytes, value->len, columns);
		break;
	}
	return rc;
}

/* Whether a value is short enough to stand in a subject. */
static bool is_short(const struct value *value)
{
	return value->type == VALUE_INT ||
	       (value->type == VALUE_TEXT &&
		utf8_width(value->bytes, value->len) <= SHORT_COLUMNS &&
		memchr(value->bytes, '\n', value->len) == NULL);
}

/* --- what a batch is about ----------------------------------------------- */

static bool same_row(const struct change *a, const struct change *b)
{
	return a->entity == b->entity && a->row_len == b->row_len &&
	       memcmp(a->row, b->row, a->row_len) == 0;
}

/* The case of a change; len 0 for rows of no case. */
static const char *case_of(size_t *len, const struct schema *schema,
			   const struct change *change)
{
	const struct entity *entity = schema_entity(schema, change->entity);
	const char *key = "";

	*len = 0;
	if (entity != NULL)
		entity_case(entity, change->row, change->row_len, &key, len);
	return key;
}

static size_t count_rows(const struct batch *batch)
{
	size_t n = 0;

	for (size_t i = 0; i < batch->n_changes; i++)
		if (i == 0 ||
		    !same_row(&batch->changes[i], &batch->changes[i - 1]))
			n++;
	return n;
}

/* Each case once, in the order they come: an import that assigns, too, comes
 * to some of them again. */
static int list_cases(struct names *out, const struct schema *schema,
		      const struct batch *batch, struct err *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < batch->n_changes; i++) {
		size_t len;
		const char *key = case_of(&len, schema, &batch->changes[i]);

		if (len > 0)
			rc = names_add(NULL, out, key, len, err);
	}
	return rc;
}

/* --- subject ------------------------------------------------------------- */

static int add_fields(struct buf *out, struct replica *replica,
		      const struct batch *batch, struct err *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < batch->n_changes; i++) {
		const struct change *change = &batch->changes[i];

		if (i > 0)
			buf_adds(out, "、");
		add_field(out, replica, change);
		if (change->field != 0 && is_short(&change->value)) {
			buf_addc(out, ' ');
			rc = add_value(out, replica, change, SHORT_COLUMNS,
				       err);
		}
	}
	return rc;
}

/* Kinds of rows, each once: `提案、承办`. */
static void add_kinds(struct buf *out, const struct schema *schema,
		      const struct batch *batch)
{
	bool first = true;

	for (size_t e = 0; e < schema->n_entities; e++) {
		const struct entity *entity = &schema->entities[e];
		bool found = false;

		for (size_t i = 0; !found && i < batch->n_changes; i++)
			found = batch->changes[i].entity == entity->id;
		if (!found)
			continue;
		buf_addf(out, "%s%s", first ? "" : "、", entity->zh);
		first = false;
	}
}

/* `: ` and the fields of the one row, which is named unless the case is it. */
static int add_one_row(struct buf *out, struct replica *replica,
		       const struct batch *batch, struct err *err)
{
	const struct schema *schema = replica_schema(replica);
	const struct entity *entity =
		schema_entity(schema, batch->changes[0].entity);
	int rc = 0;

	if (entity != schema->cases || entity == NULL) {
		buf_adds(out, out->len > 0 ? " " : "");
		rc = add_row(out, replica, batch->changes, 0, err);
	}
	buf_adds(out, ": ");
	return rc < 0 ? rc : add_fields(out, replica, batch, err);
}

/* `out` is empty. */
static int add_subject(struct buf *out, struct replica *replica,
		       const struct batch *batch, struct err *err)
{
	const struct schema *schema = replica_schema(replica);
	struct names cases = {0};
	int rc = list_cases(&cases, schema, batch, err);

	if (rc < 0)
		goto done;
	if (cases.n > 0)
		buf_adds(out, cases.items[0]);
	if (cases.n > 1)
		buf_addf(out, " 等 %zu 件", cases.n);
	if (count_rows(batch) == 1) {
		rc = add_one_row(out, replica, batch, err);
		goto done;
	}
	buf_adds(out, out->len > 0 ? " " : "");
	add_kinds(out, schema, batch);
	buf_addf(out, ": %zu 项", batch->n_changes);
done:
	names_release(&cases);
	return rc;
}

/* --- body ---------------------------------------------------------------- */

static int add_line(struct buf *out, struct replica *replica,
		    const struct change *change, struct err *err)
{
	size_t len;
	const char *key = case_of(&len, replica_schema(replica), change);
	int rc;

	if (len > 0) {
		buf_add(out, key, len);
		buf_addc(out, ' ');
	}
	rc = add_row(out, replica, change, ' ', err);
	buf_addc(out, ' ');
	add_field(out, replica, change);
	if (rc == 0 && change->field != 0) {
		buf_adds(out, ": ");
		rc = add_value(out, replica, change, WORDING_VALUE_MAX, err);
	}
	buf_addc(out, '\n');
	return rc;
}

static int add_body(struct buf *out, struct replica *replica,
		    const struct batch *batch, struct err *err)
{
	int rc = 0;

	for (size_t i = 0;
	     rc == 0 && i < batch->n_changes && i < WORDING_LINES_MAX; i++)
		rc = add_line(out, replica, &batch->changes[i], err);
	if (batch->n_changes > WORDING_LINES_MAX)
		buf_addf(out, "… 另 %zu 项\n",
			 batch->n_changes - WORDING_LINES_MAX);
	return rc;
}

/* A subject that names one row and every value leaves a body nothing to say.
 */
static bool says_all(const struct batch *batch, const struct buf *subject)
{
	bool all = count_rows(batch) == 1 &&
		   utf8_fit(subject->data, subject->len, SUBJECT_COLUMNS) ==
			   subject->len;

	for (size_t i = 0; all && i < batch->n_changes; i++)
		all = batch->changes[i].field == 0 ||
		      is_short(&batch->changes[i].value);
	return all;
}

int wording_batch(struct buf *out, struct replica *replica,
		  const struct batch *batch, struct err *err)
{
	struct buf subject = BUF_INIT;
	int rc = add_subject(&subject, replica, batch, err);

	if (rc == 0)
		rc = buf_check(&subject, err);
	if (rc < 0)
		goto done;
	add_cut(out, buf_text(&subject), subject.len, SUBJECT_COLUMNS);
	buf_addc(out, '\n');
	if (!says_all(batch, &subject)) {
		buf_addc(out, '\n');
		rc = add_body(out, replica, batch, err);
	}
	if (rc == 0)
		rc = buf_check(out, err);
done:
	buf_release(&subject);
	return rc;
}

/* Whether an earlier change gave the same reason. */
static bool said_before(const struct batch *batch, size_t at)
{
	const struct change *change = &batch->changes[at];

	for (size_t i = 0; i < at; i++)
		if (batch->changes[i].reason_len == change->reason_len &&
		    batch->changes[i].reason != NULL &&
		    memcmp(batch->changes[i].reason, change->reason,
			   change->reason_len) == 0)
			return true;
	return false;
}

void wording_reasons(struct buf *out, const struct batch *batch)
{
	struct buf reason = BUF_INIT;
	size_t said = 0;

	for (size_t i = 0; i < batch->n_changes && said < 16; i++) {
		const struct change *change = &batch->changes[i];

		if (change->reason == NULL || change->reason_len == 0 ||
		    said_before(batch, i))
			continue;
		buf_clear(&reason);
		buf_add(&reason, change->reason, change->reason_len);
		commit_add_trailer(out, "Reason", buf_text(&reason));
		said++;
	}
	buf_release(&reason);
}
