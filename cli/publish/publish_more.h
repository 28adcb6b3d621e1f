/* publish_more.h - fields that the office has added, as far as it publishes
 * them. Inside the publication; publish.c calls it for each case that is
 * published whole. */
#ifndef TIAN_CLI_PUBLISH_MORE_H
#define TIAN_CLI_PUBLISH_MORE_H

#include "cli/publish/publish.h"

/* Fills out->fields. Before any case. */
int publish_more_fields(struct publication *out, const struct schema *schema,
			struct err *err);
/* Fills one->more; its units are loaded already. */
int publish_more(struct publish_case *one, struct publication *out,
		 struct replica *replica, struct err *err);
/* Memory of the publication's own: a copy of a text, NULL when there is no
 * more; room for n + 1 elements of `size` bytes, doubled as n grows. */
const char *publish_keep(struct publication *out, const char *text);
void *publish_grow(struct publication *out, void *items, size_t n, size_t size);

#endif
