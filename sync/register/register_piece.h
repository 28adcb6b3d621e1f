/* register_piece.h - the pieces a register's document is put together from,
 * for comparing one with what another has written. Inside sync/.
 * Knows lines; compares nothing. All append. */
#ifndef TIAN_SYNC_REGISTER_PIECE_H
#define TIAN_SYNC_REGISTER_PIECE_H

#include "sync/register/register_cells.h"

/* `提案: 1-1-014`. */
void register_piece_case(struct buf *out, struct replica *replica,
			 const char *key);
/* The lines that name a cell's row where it is another than that of `before`,
 * the cell written last (NULL: none); nothing for the case's own row. */
int register_piece_row(struct buf *out, struct replica *replica,
		       const struct register_cells *cells,
		       const struct register_cell *cell,
		       const struct register_cell *before, struct err *err);
/* A field's line or block: `    拟定类别: ` into `label`, the rest into `out`;
 * all of it into `out` where the schema does not know the field; nothing
 * where it holds nothing. */
int register_piece_field(struct buf *label, struct buf *out,
			 struct replica *replica,
			 const struct register_cells *cells,
			 const struct register_cell *cell, struct err *err);

#endif
