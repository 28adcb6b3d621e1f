/* unit_cell.h - who handles a proposal, as one cell of a list says it:
 * `甲局、乙局`, `主办：甲局；会办：乙局、丙局`, `甲局（会办：乙局）`.
 * Knows how lists write it; knows no column and no unit. */
#ifndef TIAN_CLI_UNIT_CELL_H
#define TIAN_CLI_UNIT_CELL_H

#include "cli/import/record.h"
#include "cli/import/scan.h"

/* Units into the record. `aside`: the heading says that co-units stand in
 * brackets, 主办（会办）单位; elsewhere brackets are part of a name, unless
 * they begin with a label. */
int unit_cell_read(struct record *record, struct scan cell, bool aside,
		   struct err *err);

#endif
