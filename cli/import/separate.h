/* separate.h - what each of several separate units (分办) says, in one cell:
 * `甲局：A；乙局：B`, or texts each under a line `甲局：`.
 * Knows how such a cell is written; knows no column. */
#ifndef TIAN_CLI_SEPARATE_H
#define TIAN_CLI_SEPARATE_H

#include "cli/import/scan.h"

/* `units` is joined by '、', `unit` one of them. What the cell says of it into
 * *part, empty where it says nothing of this one. false: it names none of the
 * units, so nobody can tell whose it is. */
bool separate_words(struct scan *part, struct scan cell, const char *units,
		    const char *unit);
bool separate_text(struct scan *part, struct scan cell, const char *units,
		   const char *unit);

#endif
