/* progress.h - one line that says how far a long command is.
 * Only on a terminal (stderr); knows nothing of what is counted. */
#ifndef TIAN_CLI_PROGRESS_H
#define TIAN_CLI_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct progress {
	bool active;	   /* stderr is a terminal */
	bool drawn;	   /* a line stands there that must be wiped */
	uint64_t drawn_at; /* milliseconds, to draw ten times a second */
	const char *what;  /* that it says; another one is drawn at once */
};

void progress_init(struct progress *progress);
/* `what` is shown as it is (translated by the caller); total 0: unknown. */
void progress_show(struct progress *progress, const char *what, size_t done,
		   size_t total);
/* Wipes the line; call it before anything else is printed. */
void progress_end(struct progress *progress);

#endif
