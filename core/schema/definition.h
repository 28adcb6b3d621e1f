/* definition.h - fields that the office adds while everything runs.
 *
 * A definition is a row of the entity `field`, with key entity/name: logged,
 * signed, merged and carried to every site like any other row, and written by
 * the office alone. From these rows follow rows of _field, and from those
 * columns, triggers, register and lists. Knows those two tables; makes no
 * column (domain.h).
 *
 * (S1) What is in use follows from the set of definitions alone, not from the
 *      order in which they came: so replicas agree.
 * (S2) A definition that cannot be used stays in the log and does nothing.
 *
 * A row that names a built-in field gives it other labels and nothing else. */
#ifndef TIAN_CORE_DEFINITION_H
#define TIAN_CORE_DEFINITION_H

#include "core/base/db.h"
#include "core/schema/schema.h"

/* Names that no field may have: SQLite's own, and those by which triggers of a
 * table are called (capture.sql). As an SQL list. */
#define DEFINITION_WORDS                                                   \
	"'rowid', 'oid', 'insert', 'inserted', 'write', 'written', 'key'," \
	" 'delete'"

enum {
	DEFINITION_MAX = 32,	  /* fields added to one entity */
	DEFINITION_NAME_MAX = 40, /* bytes of a field's name */
	DEFINITION_LABEL_MAX = 80 /* bytes of a label */
};

enum definition_fault {
	DEFINITION_GOOD,
	DEFINITION_NO_ENTITY,
	DEFINITION_CLOSED,  /* the entity takes no further fields */
	DEFINITION_NAME,    /* not a-z, then a-z 0-9 _, at most 40 bytes */
	DEFINITION_TAKEN,   /* a key column, or a word of SQLite's own */
	DEFINITION_NUMBER,  /* another field has its number already */
	DEFINITION_TOO_MANY /* DEFINITION_MAX are in use */
};

/* The id of a field defined at run time: 1024 + (the first 8 bytes of
 * SHA-256("entity/name"), big-endian, mod 3072). It follows from the names, so
 * that two nodes who define one field unknown to each other agree. */
uint32_t definition_number(const char *entity, const char *name);
/* Whether such a field can be added to `schema`, or is there. */
enum definition_fault definition_fault(const struct schema *schema,
				       const char *entity, const char *name);
/* Whether a text may be a label: at most DEFINITION_LABEL_MAX bytes, of ASCII
 * only letters, digits and ` ()-./_`, the latter not in front. So it needs no
 * quotes in the register, in a message or in SQL. */
bool definition_label(const char *text);
/* Whether fields may be added to an entity. */
bool definition_open(const struct schema *schema, const struct entity *entity);
/* Fills _field up with what table `field` defines; what a definition says of a
 * built-in field's labels too. _field holds what is built in, nothing else.
 * Of two with one number, and of more than DEFINITION_MAX, those not voided
 * come first, then those whose name is the smaller. */
int definitions_make(struct db *db, struct err *err);

#endif
