/* register_cells.h - what the register shows of a case, cell by cell, in the
 * order in which it shows it.
 * Knows rows, fields and values; no label, no line. */
#ifndef TIAN_SYNC_REGISTER_CELLS_H
#define TIAN_SYNC_REGISTER_CELLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "core/replica/replica.h"

/* A field that is shown. Its row and value lie in register_cells.bytes. */
struct register_cell {
	const struct entity *entity; /* NULL: unknown to this schema */
	const struct field *field;   /* NULL: unknown to this schema */
	uint32_t entity_id;
	uint32_t field_id; /* 0: nothing but that the row exists */
	uint32_t nth;	   /* of several for one cell */
	bool refused;
	size_t row_at, row_len;
	struct value value; /* its bytes are at value_at, not borrowed */
	size_t value_at;
};

struct register_cells {
	struct register_cell *cells; /* by entity, row key, field */
	size_t n;
	size_t cap;
	bool conflicts; /* some cell of the case has heads that differ */
	struct buf bytes;
};

#define REGISTER_CELLS_INIT                 \
	{                                   \
		NULL, 0, 0, false, BUF_INIT \
	}

void register_cells_release(struct register_cells *cells);
/* What the replica shows of a case; it has drained its log. */
int register_cells_shown(struct register_cells *out, struct replica *replica,
			 const char *key, struct err *err);
/* What upto.origin itself last wrote there up to upto.seq. */
int register_cells_own(struct register_cells *out, struct replica *replica,
		       const char *key, struct change_id upto, struct err *err);

/* What its lines there may say at most: as before, but of one cell, the newest
 * first, every change down to the first that was not refused: it may not have
 * known yet. */
int register_cells_claimed(struct register_cells *out, struct replica *replica,
			   const char *key, struct change_id upto,
			   struct err *err);

/* Slices, valid until the cells are released; a NULL value gives len 0. */
const char *register_cell_row(const struct register_cells *cells,
			      const struct register_cell *cell);
struct value register_cell_value(const struct register_cells *cells,
				 const struct register_cell *cell);
/* Whether two cells stand in one row. */
bool register_cell_same_row(const struct register_cells *cells,
			    const struct register_cell *a,
			    const struct register_cell *b);

#endif
