/* stage.h - how far an exchange is, shown on the terminal.
 * Knows sync's stages by name; knows no command. */
#ifndef TIAN_CLI_STAGE_H
#define TIAN_CLI_STAGE_H

#include "sync/sync.h"

/* A sync_progress_fn; ctx is a struct progress. */
void stage_show(enum sync_stage stage, size_t done, size_t total, void *ctx);

#endif
