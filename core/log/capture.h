/* capture.h - makes the domain's tables and the plain-SQL triggers that log
 * every edit, from the schema and schemas/capture.sql.
 * Knows SQL text; never reads or writes a domain row. */
#ifndef TIAN_CORE_CAPTURE_H
#define TIAN_CORE_CAPTURE_H

#include "core/base/db.h"
#include "core/schema/schema.h"

/* Table of one entity. `site` becomes the default of its owner key. */
int capture_create_table(struct db *db, const struct entity *entity,
			 const char *site, struct err *err);
/* The column of a field that came later. */
int capture_add_column(struct db *db, const struct entity *entity,
		       const struct field *field, struct err *err);
/* All triggers of one entity, for a node of `site`; the two views that they
 * write to are made apart. */
int capture_create_triggers(struct db *db, const struct schema *schema,
			    const struct entity *entity, const char *site,
			    struct err *err);
/* The views _log and _new, in place of those there are. */
int capture_create_checks(struct db *db, const struct schema *schema,
			  const char *site, struct err *err);

#endif
