/* decision.h - one cell that a person decides about: named by its words, its
 * heads, and the change that names them all. Knows cells and heads; never
 * what is chosen, nor why. */
#ifndef TIAN_CLI_DECISION_H
#define TIAN_CLI_DECISION_H

#include <stdbool.h>
#include <stddef.h>

#include "cli/case/case.h"
#include "cli/cli.h"
#include "core/log/change_log.h"

/* A change of the cell, copied. */
struct decision_value {
	struct change_id id;
	struct buf site;
	struct buf author;
	struct buf bytes;
	struct value value; /* bytes in `bytes` */
	struct change_id *bases;
	size_t n_bases;
	uint64_t clock;
};

struct decision {
	struct cli *cli; /* borrowed */
	struct replica *replica;
	struct buf key; /* of the case, empty for other rows */
	struct case_cell cell;
	struct decision_value *heads;
	size_t n;
	/* A voiding has one value and is a conflict all the same, where the
	 * row was edited without knowing of it. */
	bool disputed;
	const char *done; /* what is said once it stands, translated */
	/* NULL, or called in the same transaction once the change is written,
	 * with the same ctx as decision_fn: what else is decided with it. */
	int (*also)(struct decision *decision, void *ctx, struct err *err);
};
#define DECISION_INIT(cli)                                                   \
	{                                                                    \
		(cli), NULL, BUF_INIT, CASE_CELL_INIT, NULL, 0, false, NULL, \
			NULL                                                 \
	}

/* Opens the replica and finds CASE (or ENTITY/ROW) and FIELD. */
int decision_find(struct decision *decision, const char *word,
		  const char *field, struct err *err);
void decision_release(struct decision *decision);
/* Copies a change; decision_value_release, also after an error. */
int decision_value_copy(struct decision_value *out,
			const struct change_log_entry *entry, struct err *err);
void decision_value_release(struct decision_value *value);

/* What shall stand, from the heads as they are now; *settled where it stands
 * so already and nothing is to be written. */
typedef int decision_fn(struct value *out, bool *settled,
			struct decision *decision, void *ctx, struct err *err);
/* In one transaction: reads the heads, lets `choose` choose, writes a change
 * that names all of them; says what became of it. */
int decision_make(struct decision *decision, decision_fn *choose, void *ctx,
		  const char *reason, struct err *err);

#endif
