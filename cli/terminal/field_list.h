/* field_list.h - the fields of the schema as a table, or in JSON.
 * Knows definitions and what became of them; changes nothing. */
#ifndef TIAN_CLI_FIELD_LIST_H
#define TIAN_CLI_FIELD_LIST_H

#include "cli/cli.h"
#include "core/schema/schema.h"

/* Every field of `entity`; NULL: what the office has added or relabelled, also
 * definitions that are not in use, and why they are not. */
int field_list(struct cli *cli, const struct entity *entity, struct err *err);

#endif
