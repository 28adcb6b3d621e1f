/* schema.h - entities, fields and code lists as the replica holds them.
 * Knows names, ids, types, writers and policies; no proposal, no SQL table
 * contents. Read from the tables _entity and _field, which schemas/domain.sql
 * and the rows of `field` fill (definition.h). */
#ifndef TIAN_CORE_SCHEMA_H
#define TIAN_CORE_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/err.h"

struct db;

enum policy {
	POLICY_OFFICE,
	POLICY_OWNER,
	POLICY_NEWEST,
	POLICY_TEXT,
	POLICY_SET,
	POLICY_STRICTEST,
	POLICY_APPEND,
	POLICY_REVIEW,
	POLICY_UNKNOWN /* from a newer schema: keep all, a person decides */
};

enum field_type {
	FIELD_TEXT, /* one line, trimmed */
	FIELD_LONG, /* paragraphs */
	FIELD_INT,
	FIELD_BOOL, /* 0 or 1 */
	FIELD_DATE, /* 2022-06-30 */
	FIELD_TIME, /* 2022-06-30T09:15:00Z */
	FIELD_CODE, /* a code of list `list` */
	FIELD_SET,  /* members joined by '、' */
	FIELD_UNIT, /* a site code */
	FIELD_UNKNOWN
};

enum entity_scope {
	SCOPE_CASE,  /* travels with its proposal: key begins with it */
	SCOPE_ALL,   /* every site has it */
	SCOPE_OFFICE /* stays at the office */
};

enum writer { WRITER_OFFICE = 1, WRITER_OWNER = 2 }; /* flags */

/* Ids of fields that were defined at run time; below are those built in. */
enum { FIELD_DEFINED_FIRST = 1024, FIELD_DEFINED_LAST = 4095 };

struct field {
	uint32_t id; /* stable for ever; unique in its entity */
	const char *name;
	const char *zh, *en; /* labels */
	enum field_type type;
	const char *list; /* FIELD_CODE: its code list, else NULL */
	unsigned writers; /* enum writer flags */
	enum policy policy;
	bool publish; /* may leave in a publication */
	bool retired; /* voided: shown and merged, but written no more */
};

struct entity {
	uint32_t id;
	const char *name; /* its table */
	const char *zh, *en;
	enum entity_scope scope;
	const char *keys[4]; /* key columns, NULL-terminated list */
	size_t n_keys;
	int owner_key;	   /* index of the key naming the owner, or -1 */
	unsigned creators; /* who may add a row */
	const struct field *fields;
	size_t n_fields;
};

struct schema {
	uint32_t version; /* of what is built in, as of this replica */
	const struct entity *entities;
	size_t n_entities;
	const struct entity *cases;	 /* the entity everything hangs on */
	const struct entity *assignment; /* whose rows give a site a case */
	const struct entity *sites;	 /* names of sites */
	const struct entity *codes;	 /* code lists */
	const struct entity *fields;	 /* definitions; NULL in version 1 */
};

/* Names as in schemas/domain.sql; unknown ones give POLICY_UNKNOWN. */
enum policy policy_parse(const char *name);

/* As the tables of `db` have it now. ERR_CORRUPT: entities are missing. */
int schema_load(struct schema **out, struct db *db, struct err *err);
void schema_free(struct schema *schema);
/* Whether it was defined at run time. */
bool field_defined(const struct field *field);
/* Whether two versions of a field are captured, merged and shown alike. */
bool field_same(const struct field *a, const struct field *b);
/* NULL where unknown. */
const struct entity *schema_entity(const struct schema *, uint32_t id);
const struct entity *schema_entity_named(const struct schema *, const char *);
const struct field *entity_field(const struct entity *, uint32_t id);
const struct field *entity_field_named(const struct entity *, const char *);
/* The row's owner site, a slice of `row`; false where the entity has none. */
bool entity_owner(const struct entity *, const char *row, size_t row_len,
		  const char **site, size_t *site_len);
/* The case a row belongs to, a slice of `row`; false for other scopes. */
bool entity_case(const struct entity *, const char *row, size_t row_len,
		 const char **key, size_t *key_len);
/* Key part `index` of a row key, a slice; false if it has too few parts. */
bool entity_key_part(const char *row, size_t row_len, size_t index,
		     const char **part, size_t *part_len);

#endif
