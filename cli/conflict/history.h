/* history.h - the changes of a case, each with what it replaced.
 * Knows the log; knows no layout and no repository. */
#ifndef TIAN_CLI_HISTORY_H
#define TIAN_CLI_HISTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "core/log/change.h"
#include "core/replica/replica.h"

struct history_item {
	struct change_id id;
	uint64_t clock;
	uint32_t entity_id;
	uint32_t field_id;
	const struct entity *entity; /* NULL: of a newer schema */
	const struct field *field;   /* NULL: the row itself, or newer */
	char *row;
	char *site;
	char *author;
	char *reason; /* NULL: none */
	struct buf bytes;
	struct value value;    /* bytes in `bytes` */
	struct change_id base; /* the latest it replaced; seq 0: none */
	const struct history_item *old; /* the base, where it is known */
	bool shown;
	bool refused;
	bool clock_ahead;
};

struct history {
	struct replica *replica;    /* borrowed */
	struct history_item *items; /* oldest first */
	size_t n;
	size_t room;
};

/* ERR_FAIL: no memory. history_release in any case. */
int history_read(struct history *history, struct replica *replica,
		 const char *key, struct err *err);
void history_release(struct history *history);

#endif
