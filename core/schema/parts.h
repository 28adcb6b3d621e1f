/* parts.h - SQL text in parts, one for each version of the schema.
 *
 * What stands above the first line `--@ version n` is version 1; each such
 * line begins what version n adds. Knows no table. */
#ifndef TIAN_CORE_PARTS_H
#define TIAN_CORE_PARTS_H

#include <stdint.h>

#include "core/base/db.h"

/* The highest version that `sql` has a part for, 1 at least. */
uint32_t parts_latest(const char *sql);
/* Runs the parts of the versions up to `version`, in order. */
int parts_run(struct db *db, const char *sql, uint32_t version,
	      struct err *err);

#endif
