/* schema.c - entities and fields, read once from _entity and _field. */
#include "core/schema/schema.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/db.h"

enum { FIELDS_STEP = 16 };

struct room {
	struct schema face; /* first: the public struct is the address */
	struct entity *entities;
	struct field **fields; /* of each of them */
	char **strings;
	size_t n_strings;
	size_t cap_strings;
	bool failed;
};

static const char *keep(struct room *room, const char *text)
{
	char *copy = strdup(text);
	char **grown;

	if (room->n_strings == room->cap_strings) {
		size_t cap = room->cap_strings * 2 + 64;

		grown = realloc(room->strings, cap * sizeof(*grown));
		if (grown == NULL) {
			free(copy);
			copy = NULL;
		} else {
			room->strings = grown;
			room->cap_strings = cap;
		}
	}
	if (copy == NULL) {
		room->failed = true;
		return "";
	}
	room->strings[room->n_strings++] = copy;
	return copy;
}

static bool has_word(const char *words, const char *word)
{
	size_t len = strlen(word);

	for (const char *at = words; (at = strstr(at, word)) != NULL; at++) {
		bool left = at == words || at[-1] == ' ';
		bool right = at[len] == '\0' || at[len] == ' ';

		if (left && right)
			return true;
	}
	return false;
}

static unsigned parse_writers(const char *words)
{
	unsigned writers = 0;

	if (has_word(words, "office"))
		writers |= WRITER_OFFICE;
	if (has_word(words, "owner"))
		writers |= WRITER_OWNER;
	return writers;
}

static enum field_type parse_type(const char *name)
{
	static const char *const names[] = {
		[FIELD_TEXT] = "text", [FIELD_LONG] = "long",
		[FIELD_INT] = "int",   [FIELD_BOOL] = "bool",
		[FIELD_DATE] = "date", [FIELD_TIME] = "time",
		[FIELD_CODE] = "code", [FIELD_SET] = "set",
		[FIELD_UNIT] = "unit"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(names[i], name) == 0)
			return (enum field_type)i;
	return FIELD_UNKNOWN;
}

static enum entity_scope parse_scope(const char *name)
{
	if (strcmp(name, "case") == 0)
		return SCOPE_CASE;
	return strcmp(name, "all") == 0 ? SCOPE_ALL : SCOPE_OFFICE;
}

static void parse_keys(struct room *room, struct entity *entity,
		       const char *words, const char *owner)
{
	char copy[256];
	char *rest = copy;
	char *word;

	snprintf(copy, sizeof(copy), "%s", words);
	entity->owner_key = -1;
	while ((word = strtok_r(rest, " ", &rest)) != NULL &&
	       entity->n_keys < 4) {
		if (owner[0] != '\0' && strcmp(owner, word) == 0)
			entity->owner_key = (int)entity->n_keys;
		entity->keys[entity->n_keys++] = keep(room, word);
	}
}

static const char SQL_ENTITIES[] =
	"SELECT id, name, zh, en, scope, keys, owner, creators, (SELECT"
	" count(*) FROM _entity) FROM _entity ORDER BY id";

static int load_entities(struct room *room, struct db *db, struct err *err)
{
	sqlite3_stmt *stmt;
	struct entity *entity;
	int rc = db_stmt(&stmt, db, SQL_ENTITIES, err);

	if (rc < 0)
		return rc;
	while ((rc = db_step(db, stmt, err)) > 0) {
		size_t n = (size_t)db_int(stmt, 8);
		size_t at = room->face.n_entities;

		if (at == 0) {
			room->entities = calloc(n, sizeof(*room->entities));
			room->fields = calloc(n, sizeof(*room->fields));
		}
		if (room->entities == NULL || room->fields == NULL)
			return err_nomem(err);
		entity = &room->entities[at];
		room->face.n_entities++;
		entity->id = (uint32_t)db_int(stmt, 0);
		entity->name = keep(room, db_text(stmt, 1));
		entity->zh = keep(room, db_text(stmt, 2));
		entity->en = keep(room, db_text(stmt, 3));
		entity->scope = parse_scope(db_text(stmt, 4));
		parse_keys(room, entity, db_text(stmt, 5), db_text(stmt, 6));
		entity->creators = parse_writers(db_text(stmt, 7));
	}
	sqlite3_reset(stmt);
	return rc;
}

static const char SQL_FIELDS[] =
	"SELECT entity, id, name, type, list, zh, en, writers, policy,"
	" publish, retired FROM _field ORDER BY entity, id";

static void load_field(struct room *room, struct field *field,
		       sqlite3_stmt *stmt)
{
	field->id = (uint32_t)db_int(stmt, 1);
	field->name = keep(room, db_text(stmt, 2));
	field->type = parse_type(db_text(stmt, 3));
	field->list = db_is_null(stmt, 4) ? NULL : keep(room, db_text(stmt, 4));
	field->zh = keep(room, db_text(stmt, 5));
	field->en = keep(room, db_text(stmt, 6));
	field->writers = parse_writers(db_text(stmt, 7));
	field->policy = policy_parse(db_text(stmt, 8));
	field->publish = db_int(stmt, 9) != 0;
	field->retired = db_int(stmt, 10) != 0;
}

/* void and void_reason, which come first by their ids, are shown last. */
static void put_void_last(struct field *fields, size_t n)
{
	struct field first[2];
	size_t k = 0;

	while (k < n && k < 2 && fields[k].id < 3)
		k++;
	memcpy(first, fields, k * sizeof(*first));
	memmove(fields, fields + k, (n - k) * sizeof(*fields));
	memcpy(fields + n - k, first, k * sizeof(*first));
}

/* Room for one more field of entity `at`; NULL when out of memory. */
static struct field *next_field(struct room *room, size_t at)
{
	struct entity *entity = &room->entities[at];
	struct field *more = room->fields[at];

	if (entity->n_fields % FIELDS_STEP == 0) {
		more = reallocarray(more, entity->n_fields + FIELDS_STEP,
				    sizeof(*more));
		if (more == NULL)
			return NULL;
		entity->fields = room->fields[at] = more;
	}
	more += entity->n_fields++;
	*more = (struct field){0};
	return more;
}

static int load_fields(struct room *room, struct db *db, struct err *err)
{
	size_t at = 0;
	sqlite3_stmt *stmt;
	int rc = db_stmt(&stmt, db, SQL_FIELDS, err);

	if (rc < 0)
		return rc;
	while ((rc = db_step(db, stmt, err)) > 0) {
		uint32_t id = (uint32_t)db_int(stmt, 0);
		struct field *field;

		while (at < room->face.n_entities && room->entities[at].id < id)
			at++;
		if (at == room->face.n_entities || room->entities[at].id != id)
			continue;
		field = next_field(room, at);
		if (field == NULL)
			return err_nomem(err);
		load_field(room, field, stmt);
	}
	sqlite3_reset(stmt);
	for (size_t i = 0; i < room->face.n_entities; i++)
		if (room->fields[i] != NULL)
			put_void_last(room->fields[i],
				      room->entities[i].n_fields);
	return rc;
}

static const char SQL_VERSION[] = "PRAGMA user_version";

static int load_version(struct room *room, struct db *db, struct err *err)
{
	sqlite3_stmt *stmt;
	int rc = db_stmt(&stmt, db, SQL_VERSION, err);

	if (rc == 0)
		rc = db_step(db, stmt, err);
	if (rc <= 0)
		return rc;
	room->face.version = (uint32_t)db_int(stmt, 0);
	sqlite3_reset(stmt);
	return 0;
}

int schema_load(struct schema **out, struct db *db, struct err *err)
{
	struct room *room = calloc(1, sizeof(*room));
	int rc;

	if (room == NULL)
		return err_nomem(err);
	rc = load_version(room, db, err);
	if (rc == 0)
		rc = load_entities(room, db, err);
	room->face.entities = room->entities;
	if (rc == 0)
		rc = load_fields(room, db, err);
	if (rc == 0 && room->failed)
		rc = err_nomem(err);
	if (rc < 0)
		goto done;
	room->face.cases = schema_entity_named(&room->face, "proposal");
	room->face.assignment = schema_entity_named(&room->face, "handling");
	room->face.sites = schema_entity_named(&room->face, "unit");
	room->face.codes = schema_entity_named(&room->face, "code");
	room->face.fields = schema_entity_named(&room->face, "field");
	if (room->face.cases == NULL || room->face.assignment == NULL ||
	    room->face.sites == NULL || room->face.codes == NULL) {
		rc = err_set(err, ERR_CORRUPT, "schema: entities are missing");
		goto done;
	}
	*out = &room->face; /* the caller's now: schema_free */
	room = NULL;
done:
	if (room != NULL)
		schema_free(&room->face);
	return rc;
}

void schema_free(struct schema *schema)
{
	struct room *room = (struct room *)schema;

	if (room == NULL)
		return;
	for (size_t i = 0; i < room->face.n_entities; i++)
		free(room->fields[i]);
	free(room->fields);
	for (size_t i = 0; i < room->n_strings; i++)
		free(room->strings[i]);
	free(room->strings);
	free(room->entities);
	free(room);
}

const struct entity *schema_entity(const struct schema *schema, uint32_t id)
{
	for (size_t i = 0; i < schema->n_entities; i++)
		if (schema->entities[i].id == id)
			return &schema->entities[i];
	return NULL;
}

const struct entity *schema_entity_named(const struct schema *schema,
					 const char *name)
{
	for (size_t i = 0; i < schema->n_entities; i++)
		if (strcmp(schema->entities[i].name, name) == 0)
			return &schema->entities[i];
	return NULL;
}

const struct field *entity_field(const struct entity *entity, uint32_t id)
{
	for (size_t i = 0; i < entity->n_fields; i++)
		if (entity->fields[i].id == id)
			return &entity->fields[i];
	return NULL;
}

const struct field *entity_field_named(const struct entity *entity,
				       const char *name)
{
	for (size_t i = 0; i < entity->n_fields; i++)
		if (strcmp(entity->fields[i].name, name) == 0)
			return &entity->fields[i];
	return NULL;
}

bool field_defined(const struct field *field)
{
	return field->id >= FIELD_DEFINED_FIRST;
}

static bool same_text(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

bool field_same(const struct field *a, const struct field *b)
{
	return a->id == b->id && same_text(a->name, b->name) &&
	       same_text(a->zh, b->zh) && same_text(a->en, b->en) &&
	       a->type == b->type && same_text(a->list, b->list) &&
	       a->writers == b->writers && a->policy == b->policy &&
	       a->publish == b->publish && a->retired == b->retired;
}

bool entity_key_part(const char *row, size_t row_len, size_t index,
		     const char **part, size_t *part_len)
{
	const char *end = row + row_len;

	for (;;) {
		const char *slash = memchr(row, '/', (size_t)(end - row));
		const char *stop = slash != NULL ? slash : end;

		if (index-- == 0) {
			*part = row;
			*part_len = (size_t)(stop - row);
			return true;
		}
		if (slash == NULL)
			return false;
		row = slash + 1;
	}
}

bool entity_owner(const struct entity *entity, const char *row, size_t row_len,
		  const char **site, size_t *site_len)
{
	return entity->owner_key >= 0 &&
	       entity_key_part(row, row_len, (size_t)entity->owner_key, site,
			       site_len);
}

bool entity_case(const struct entity *entity, const char *row, size_t row_len,
		 const char **key, size_t *key_len)
{
	return entity->scope == SCOPE_CASE &&
	       entity_key_part(row, row_len, 0, key, key_len);
}
