/* case.c - naming cases, units and fields.
 * Knows how people name them; edits nothing. */
#include "cli/case/case.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "cli/terminal/args.h"
#include "cli/terminal/message.h"
#include "core/merge/late.h"
#include "cli/case/release.h"
#include "cli/case/row.h"
#include "core/base/db.h"
#include "core/base/utf8.h"

enum { LISTED = 8 };

static const char SQL_KEY[] = "SELECT key, title FROM proposal WHERE key = ?1";
static const char SQL_CASE_NO[] =
	"SELECT key, title FROM proposal WHERE case_no = ?1 ORDER BY key";
/* What follows the last '-' of the key, without letters before and behind:
 * 55 is 1-1-055, 1-1-B055 and 1-1-055kdm. */
#define SQL_SESSION "rtrim(key, replace(key, '-', ''))"
#define SQL_LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
static const char SQL_NUMBER[] =
	"SELECT key, title FROM proposal WHERE CAST(ltrim(substr(key,"
	" length(" SQL_SESSION ") + 1), '" SQL_LETTERS "') AS INTEGER) = ?1"
	" AND (?2 = '' OR ?2 IN (rtrim(key, '0123456789'), " SQL_SESSION "))"
	" ORDER BY key";

static const char SQL_UNIT_CODE[] = "SELECT code, name FROM unit WHERE"
				    " code = ?1 AND void IS NOT 1";
static const char SQL_UNIT_NAME[] =
	"SELECT code, name FROM unit WHERE void IS NOT 1 AND (name = ?1 OR"
	" instr('、' || aliases || '、', '、' || ?1 || '、') > 0)"
	" ORDER BY code";
static const char SQL_UNIT_LIKE[] =
	"SELECT code, name FROM unit WHERE void IS NOT 1 AND"
	" (instr(name, ?1) > 0 OR instr(?1, name) > 0 OR"
	"  instr(lower(code), lower(?1)) > 0) ORDER BY code";
static const char SQL_UNIT_LABEL[] = "SELECT name FROM unit WHERE code = ?1";

/* What a search found: the first key, and a list of all for people. */
struct found {
	struct buf first;
	struct buf list; /* "1-1-014 (title), …", the first LISTED */
	size_t n;
};

static void found_release(struct found *found)
{
	buf_release(&found->first);
	buf_release(&found->list);
}

/* Runs a bound query giving (key, description). */
static int collect(struct found *found, struct db *db, sqlite3_stmt *stmt,
		   struct err *err)
{
	int rc;

	while ((rc = db_step(db, stmt, err)) == 1) {
		if (found->n == 0)
			buf_adds(&found->first, db_text(stmt, 0));
		if (found->n < LISTED)
			buf_addf(&found->list, "%s%s (%s)",
				 found->n ? ", " : "", db_text(stmt, 0),
				 db_text(stmt, 1));
		else if (found->n == LISTED)
			buf_adds(&found->list, ", …");
		found->n++;
	}
	sqlite3_reset(stmt);
	if (rc == 0)
		rc = buf_check(&found->list, err);
	return rc < 0 ? rc : buf_check(&found->first, err);
}

static int search(struct found *found, struct replica *replica, const char *sql,
		  const char *word, struct err *err)
{
	struct db *db = replica_db(replica);
	sqlite3_stmt *stmt;
	int rc = db_stmt(&stmt, db, sql, err);

	if (rc < 0)
		return rc;
	db_bind_text(stmt, 1, word);
	return collect(found, db, stmt, err);
}

/* "１４" and "第 14 号" as they are meant: half width, no spaces, no 第 and
 * no 号. */
static void plain_number(struct buf *out, const char *word)
{
	static const char *const dashes[] = {"－", "–", "—", "﹣"};
	size_t len;

	for (const char *at = word; *at; at += len) {
		const unsigned char *u = (const unsigned char *)at;
		bool done = false;

		len = utf8_next(at, strlen(at), NULL);
		if (len == 3 && u[0] == 0xef && u[1] == 0xbc && u[2] >= 0x90 &&
		    u[2] <= 0x99) { /* U+FF10 to U+FF19 */
			buf_addc(out, (char)('0' + u[2] - 0x90));
			continue;
		}
		for (size_t i = 0; i < sizeof(dashes) / sizeof(dashes[0]); i++)
			if (len == strlen(dashes[i]) &&
			    memcmp(at, dashes[i], len) == 0) {
				buf_addc(out, '-');
				done = true;
			}
		done = done || *at == ' ' ||
		       (len == 3 &&
			(memcmp(at, "第", 3) == 0 || memcmp(at, "号", 3) == 0 ||
			 memcmp(at, "　", 3) == 0));
		if (!done)
			buf_add(out, at, len);
	}
}

/* "14", "1-1-14", "第14号": the digits behind, and what stands before. */
static int search_number(struct found *found, struct replica *replica,
			 const char *word, struct err *err)
{
	struct db *db = replica_db(replica);
	const char *end = word + strlen(word);
	const char *prefix_end = end;
	sqlite3_stmt *stmt;
	int rc;

	while (prefix_end > word && isdigit((unsigned char)prefix_end[-1]))
		prefix_end--;
	if (prefix_end == end || end - prefix_end > 15)
		return 0;
	rc = db_stmt(&stmt, db, SQL_NUMBER, err);
	if (rc < 0)
		return rc;
	db_bind_int(stmt, 1, strtoll(prefix_end, NULL, 10));
	db_bind_bytes(stmt, 2, word, (size_t)(prefix_end - word));
	return collect(found, db, stmt, err);
}

int case_find(struct buf *key, struct replica *replica, const char *word,
	      struct err *err)
{
	struct found found = {BUF_INIT, BUF_INIT, 0};
	struct buf plain = BUF_INIT;
	int rc = search(&found, replica, SQL_KEY, word, err);

	if (rc == 0 && found.n == 0)
		rc = search(&found, replica, SQL_CASE_NO, word, err);
	plain_number(&plain, word);
	if (rc == 0 && found.n == 0)
		rc = search_number(&found, replica, buf_text(&plain), err);
	buf_release(&plain);
	if (rc == 0 && found.n == 0)
		rc = err_set(err, ERR_INPUT,
			     _("there is no case '%s' here (tian list shows "
			       "those there are)"),
			     word);
	if (rc == 0 && found.n > 1)
		rc = err_set(err, ERR_INPUT,
			     _("'%s' could be several cases; give the full "
			       "key of one: %s"),
			     word, buf_text(&found.list));
	if (rc == 0) {
		buf_add(key, found.first.data, found.first.len);
		rc = buf_check(key, err);
	}
	found_release(&found);
	return rc;
}

static int unit_missing(struct replica *replica, const char *word,
			struct err *err)
{
	struct found found = {BUF_INIT, BUF_INIT, 0};
	int rc = search(&found, replica, SQL_UNIT_LIKE, word, err);

	if (rc == 0 && found.n > 0)
		rc = err_set(err, ERR_INPUT,
			     _("there is no unit '%s'; is one of these "
			       "meant: %s?"),
			     word, buf_text(&found.list));
	else if (rc == 0)
		rc = err_set(err, ERR_INPUT,
			     _("there is no unit '%s' (tian unit list shows "
			       "those there are)"),
			     word);
	found_release(&found);
	return rc;
}

int case_unit(struct buf *code, struct replica *replica, const char *word,
	      struct err *err)
{
	struct found found = {BUF_INIT, BUF_INIT, 0};
	int rc = search(&found, replica, SQL_UNIT_CODE, word, err);

	if (rc == 0 && found.n == 0)
		rc = search(&found, replica, SQL_UNIT_NAME, word, err);
	if (rc == 0 && found.n == 0)
		rc = unit_missing(replica, word, err);
	if (rc == 0 && found.n > 1)
		rc = err_set(err, ERR_INPUT,
			     _("'%s' is the name of several units; give the "
			       "code of one: %s"),
			     word, buf_text(&found.list));
	if (rc == 0) {
		buf_add(code, found.first.data, found.first.len);
		rc = buf_check(code, err);
	}
	found_release(&found);
	return rc;
}

int case_unit_name(struct buf *name, struct replica *replica, const char *code,
		   struct err *err)
{
	struct db *db = replica_db(replica);
	sqlite3_stmt *stmt;
	int rc = db_stmt(&stmt, db, SQL_UNIT_LABEL, err);

	if (rc < 0)
		return rc;
	db_bind_text(stmt, 1, code);
	rc = db_step(db, stmt, err);
	if (rc == 1 && *db_text(stmt, 0))
		buf_adds(name, db_text(stmt, 0));
	else
		buf_adds(name, code);
	sqlite3_reset(stmt);
	return rc < 0 ? rc : buf_check(name, err);
}

static const struct field *field_called(const struct entity *entity,
					const char *word)
{
	for (size_t i = 0; entity && i < entity->n_fields; i++) {
		const struct field *field = &entity->fields[i];

		if (strcasecmp(field->name, word) == 0 ||
		    strcmp(field->zh, word) == 0 ||
		    strcasecmp(field->en, word) == 0)
			return field;
	}
	return NULL;
}

static const struct entity *entity_called(const struct replica *replica,
					  const char *word, size_t len)
{
	const struct schema *schema = replica_schema(replica);

	for (size_t i = 0; i < schema->n_entities; i++) {
		const struct entity *entity = &schema->entities[i];

		if ((strlen(entity->name) == len &&
		     strncasecmp(entity->name, word, len) == 0) ||
		    (strlen(entity->zh) == len &&
		     memcmp(entity->zh, word, len) == 0))
			return entity;
	}
	return NULL;
}

/* At a unit a handling's fields are those it may write itself. */
static bool is_offered(const struct replica *replica,
		       const struct entity *entity, const struct field *field)
{
	return entity != replica_schema(replica)->assignment ||
	       replica_is_office(replica) || (field->writers & WRITER_OWNER);
}

/* The field whose name is nearly the word, or whose label holds it. */
static const struct field *near_field(const struct replica *replica,
				      const struct entity *entity,
				      const char *word)
{
	const struct field *near = NULL;
	size_t least = strlen(word) < 4 ? 2 : 3;

	for (size_t i = 0; i < entity->n_fields; i++) {
		const struct field *field = &entity->fields[i];
		size_t d = args_distance(field->name, word);

		if (!is_offered(replica, entity, field))
			continue;
		if (strlen(word) >= 6 &&
		    (strstr(field->zh, word) || strstr(word, field->zh)))
			return field;
		if (strlen(word) >= 4 && strstr(field->name, word))
			d = 1;
		if (d < least) {
			least = d;
			near = field;
		}
	}
	return near;
}

static int no_field(const struct replica *replica, const struct entity *entity,
		    const char *word, struct err *err)
{
	const struct field *near = near_field(replica, entity, word);
	struct buf names = BUF_INIT;
	const char *between = message_chinese() ? "、" : ", ";
	int rc;

	for (size_t i = 0; i < entity->n_fields; i++) {
		const struct field *field = &entity->fields[i];

		if (is_offered(replica, entity, field))
			buf_addf(&names, "%s%s %s", names.len ? between : "",
				 field->name,
				 message_label(field->zh, field->en));
	}
	if (near)
		rc = err_set(err, ERR_INPUT,
			     _("'%s' is no field of %s; is '%s' (%s) meant? "
			       "Its fields are %s"),
			     word, message_label(entity->zh, entity->en),
			     near->name, message_label(near->zh, near->en),
			     buf_text(&names));
	else
		rc = err_set(err, ERR_INPUT,
			     _("'%s' is no field of %s; its fields are %s"),
			     word, message_label(entity->zh, entity->en),
			     buf_text(&names));
	buf_release(&names);
	return rc;
}

void case_cell_release(struct case_cell *cell)
{
	buf_release(&cell->row);
	cell->entity = NULL;
	cell->field = NULL;
}

static int require_row(struct replica *replica, const struct case_cell *cell,
		       const char *name, struct err *err)
{
	struct buf held = BUF_INIT;
	struct value value;
	bool exists = false;
	int rc = buf_check(&cell->row, err);

	if (rc == 0)
		rc = row_get(&value, &held, &exists, replica, cell->entity,
			     buf_text(&cell->row), cell->field, err);
	if (rc == 0 && !exists && cell->late_too)
		rc = late_made(&exists, replica,
			       &(struct change){.entity = cell->entity->id,
						.row = buf_text(&cell->row),
						.row_len = cell->row.len},
			       err);
	if (rc == 0 && !exists)
		rc = err_set(err, ERR_INPUT, _("there is no %s %s here"),
			     message_label(cell->entity->zh, cell->entity->en),
			     name);
	buf_release(&held);
	return rc;
}

/* UNIT.FIELD: a field of the unit's handling of the case. */
static int find_in_handling(struct case_cell *cell, struct replica *replica,
			    const char *key, const char *unit, const char *name,
			    struct err *err)
{
	struct buf code = BUF_INIT;
	int rc;

	cell->entity = replica_schema(replica)->assignment;
	cell->field = field_called(cell->entity, name);
	if (!cell->field)
		return no_field(replica, cell->entity, name, err);
	rc = case_unit(&code, replica, unit, err);
	if (rc == 0) {
		buf_addf(&cell->row, "%s/%s", key, buf_text(&code));
		rc = require_row(replica, cell, buf_text(&cell->row), err);
	}
	buf_release(&code);
	return rc;
}

/* A handling field alone: at a unit its own row, at the office the only one.
 */
static int find_only_handling(struct case_cell *cell, struct replica *replica,
			      const char *key, struct err *err)
{
	static const char sql[] = "SELECT unit, unit || '.…' FROM handling"
				  " WHERE proposal = ?1 AND void IS NOT 1"
				  " ORDER BY unit";
	struct found found = {BUF_INIT, BUF_INIT, 0};
	int rc;

	if (!replica_is_office(replica)) {
		buf_addf(&cell->row, "%s/%s", key, replica_site(replica));
		return require_row(replica, cell, buf_text(&cell->row), err);
	}
	rc = search(&found, replica, sql, key, err);
	if (rc == 0 && found.n == 0)
		rc = err_set(err, ERR_INPUT, _("%s is not assigned yet"), key);
	if (rc == 0 && found.n > 1)
		rc = err_set(err, ERR_INPUT,
			     _("%s is of several units: write UNIT.%s, UNIT "
			       "being one of %s"),
			     message_label(cell->field->zh, cell->field->en),
			     cell->field->name, buf_text(&found.list));
	if (rc == 0) {
		buf_addf(&cell->row, "%s/%s", key, buf_text(&found.first));
		rc = buf_check(&cell->row, err);
	}
	found_release(&found);
	return rc;
}

/* ENTITY:REST.FIELD: a field of any other row of the case. */
static int find_in_row(struct case_cell *cell, struct replica *replica,
		       const char *key, const char *word, const char *colon,
		       struct err *err)
{
	const char *dot = strrchr(colon, '.');

	cell->entity = entity_called(replica, word, (size_t)(colon - word));
	if (!cell->entity || !dot)
		return err_set(err, ERR_INPUT,
			       _("'%s' names no row; write ENTITY:ROW.FIELD, "
				 "as tian conflicts shows it"),
			       word);
	cell->field = field_called(cell->entity, dot + 1);
	if (!cell->field)
		return no_field(replica, cell->entity, dot + 1, err);
	buf_addf(&cell->row, "%s/%.*s", key, (int)(dot - colon - 1), colon + 1);
	return require_row(replica, cell, buf_text(&cell->row), err);
}

/* A field that both have is at a unit its own handling's, where it has one.
 * 1 found, 0 not. */
static int find_own(struct case_cell *cell, struct replica *replica,
		    const char *key, const char *word, struct err *err)
{
	struct buf held = BUF_INIT;
	struct value value;
	bool exists = false;
	int rc;

	cell->entity = replica_schema(replica)->assignment;
	cell->field = field_called(cell->entity, word);
	buf_addf(&cell->row, "%s/%s", key, replica_site(replica));
	rc = buf_check(&cell->row, err);
	if (rc == 0)
		rc = row_get(&value, &held, &exists, replica, cell->entity,
			     buf_text(&cell->row), cell->field, err);
	buf_release(&held);
	if (!exists)
		buf_clear(&cell->row);
	return rc < 0 ? rc : exists;
}

int case_cell_find(struct case_cell *cell, struct replica *replica,
		   const char *key, const char *word, struct err *err)
{
	const struct schema *schema = replica_schema(replica);
	const char *colon = strchr(word, ':');
	const char *dot = strrchr(word, '.');
	char *unit;
	int rc;

	case_cell_release(cell);
	if (colon)
		return find_in_row(cell, replica, key, word, colon, err);
	if (dot && entity_called(replica, word, (size_t)(dot - word)) !=
			   schema->cases) {
		unit = strndup(word, (size_t)(dot - word));
		if (!unit)
			return err_nomem(err);
		rc = find_in_handling(cell, replica, key, unit, dot + 1, err);
		free(unit);
		return rc;
	}
	if (!dot && !replica_is_office(replica) &&
	    field_called(schema->assignment, word)) {
		rc = find_own(cell, replica, key, word, err);
		if (rc != 0)
			return rc < 0 ? rc : 0;
	}
	word = dot ? dot + 1 : word;
	cell->entity = schema->cases;
	cell->field = field_called(schema->cases, word);
	if (cell->field) {
		buf_adds(&cell->row, key);
		return buf_check(&cell->row, err);
	}
	cell->field = field_called(schema->assignment, word);
	if (!cell->field)
		return no_field(replica,
				replica_is_office(replica) ? schema->cases
							   : schema->assignment,
				word, err);
	cell->entity = schema->assignment;
	return find_only_handling(cell, replica, key, err);
}

int case_cell_of_row(struct case_cell *cell, struct replica *replica,
		     const char *entity_row, const char *word, struct err *err)
{
	const char *slash = strchr(entity_row, '/');

	case_cell_release(cell);
	if (slash)
		cell->entity = entity_called(replica, entity_row,
					     (size_t)(slash - entity_row));
	if (!cell->entity)
		return err_set(err, ERR_INPUT,
			       _("'%s' names neither a case nor a row"),
			       entity_row);
	cell->field = field_called(cell->entity, word);
	if (!cell->field)
		return no_field(replica, cell->entity, word, err);
	buf_adds(&cell->row, slash + 1);
	return require_row(replica, cell, slash + 1, err);
}

void case_cell_path(struct buf *path, const struct replica *replica,
		    const struct entity *entity, const char *row,
		    const struct field *field)
{
	const struct schema *schema = replica_schema(replica);
	const char *rest = strchr(row, '/');

	if (entity == schema->assignment && rest)
		buf_addf(path, "%s.", rest + 1);
	else if (entity->scope == SCOPE_CASE && rest)
		buf_addf(path, "%s:%s.", entity->name, rest + 1);
	else if (entity == schema->cases && !replica_is_office(replica) &&
		 entity_field_named(schema->assignment, field->name))
		buf_addf(path, "%s.", entity->name);
	buf_adds(path, field->name);
}

int case_cell_live(const struct case_cell *cell, struct replica *replica,
		   struct err *err)
{
	const struct schema *schema = replica_schema(replica);
	const char *row = buf_text(&cell->row);
	const char *slash = strchr(row, '/');
	struct release release = RELEASE_INIT;
	struct buf key = BUF_INIT, name = BUF_INIT, said = BUF_INIT;
	int rc = 0;

	if (cell->entity != schema->assignment || !slash)
		return 0;
	buf_add(&key, row, (size_t)(slash - row));
	rc = release_load(&release, replica, buf_text(&key), slash + 1, err);
	if (rc == 0 && release.released)
		rc = case_unit_name(&name, replica, slash + 1, err);
	if (rc == 0 && release.released) {
		release_tell(&said, &release);
		rc = err_set(err, ERR_INPUT,
			     _("%s: %s does not handle it any more; %s"),
			     buf_text(&key), buf_text(&name), buf_text(&said));
	}
	release_release(&release);
	buf_release(&key);
	buf_release(&name);
	buf_release(&said);
	return rc;
}

/* The key parts behind the case, units by name. */
static int add_row_label(struct buf *label, struct replica *replica,
			 const struct entity *entity, const char *row,
			 struct err *err)
{
	size_t first = entity->scope == SCOPE_CASE ? 1 : 0;
	int rc = 0;

	for (size_t i = first; rc == 0 && i < entity->n_keys; i++) {
		struct buf text = BUF_INIT;
		const char *part;
		size_t n;

		/* An id made by a machine tells people nothing. */
		if (strcmp(entity->keys[i], "id") == 0)
			continue;
		if (!entity_key_part(row, strlen(row), i, &part, &n))
			break;
		buf_add(&text, part, n);
		buf_addc(label, ' ');
		if ((int)i == entity->owner_key)
			rc = case_unit_name(label, replica, buf_text(&text),
					    err);
		else
			buf_adds(label, buf_text(&text));
		buf_release(&text);
	}
	return rc;
}

int case_cell_label(struct buf *label, struct replica *replica,
		    const struct entity *entity, const char *row,
		    const struct field *field, struct err *err)
{
	int rc;

	if (entity != replica_schema(replica)->cases) {
		buf_adds(label, message_label(entity->zh, entity->en));
		rc = add_row_label(label, replica, entity, row, err);
		if (rc < 0)
			return rc;
		buf_addc(label, ' ');
	}
	buf_adds(label, message_label(field->zh, field->en));
	return buf_check(label, err);
}
