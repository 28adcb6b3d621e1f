/* stats_view.h - figures told: as JSON and as tables with bars.
 * Knows words and layout; counts nothing. */
#ifndef TIAN_CLI_STATS_VIEW_H
#define TIAN_CLI_STATS_VIEW_H

#include <stdio.h>

#include "cli/stats/stats.h"

/* {session, received, filed, key, led, supervised, replied, by_class,
 * by_sector, by_unit, on_time, satisfied: {process, result}, …}; by_… are
 * objects of numbers, counted by proposals but by_unit, which counts main and
 * separate handlings by the unit's code. */
int stats_json(FILE *out, const struct stats *stats, struct err *err);
int stats_text(FILE *out, const struct stats *stats, struct err *err);

#endif
