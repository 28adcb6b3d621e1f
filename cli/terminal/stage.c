/* stage.c - words for the stages of an exchange.
 * Knows sync's stages by name; knows no command. */
#include "cli/terminal/stage.h"

#include "cli/terminal/message.h"
#include "cli/terminal/progress.h"

void stage_show(enum sync_stage stage, size_t done, size_t total, void *ctx)
{
	static const char *const words[] = {
		[SYNC_STAGE_COMMIT] = N_("committing"),
		[SYNC_STAGE_PUSH] = N_("sending"),
		[SYNC_STAGE_FETCH] = N_("fetching"),
		[SYNC_STAGE_APPLY] = N_("taking in"),
		[SYNC_STAGE_MERGE] = N_("merging"),
		[SYNC_STAGE_DELIVER] = N_("delivering"),
	};

	progress_show(ctx, _(words[stage]), done, total);
}
