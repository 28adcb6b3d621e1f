/* progress.c - the line on the terminal.
 * Knows stderr and the time; knows nothing of what is counted. */
#include "cli/terminal/progress.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

static uint64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000 + (uint64_t)ts.tv_nsec / 1000000;
}

void progress_init(struct progress *progress)
{
	progress->active = isatty(STDERR_FILENO) == 1;
	progress->drawn = false;
	progress->drawn_at = 0;
	progress->what = NULL;
}

void progress_show(struct progress *progress, const char *what, size_t done,
		   size_t total)
{
	uint64_t now;

	if (!progress->active)
		return;
	now = now_ms();
	if (progress->drawn && progress->what == what &&
	    now - progress->drawn_at < 100)
		return;
	/* Past the guard of screen.h: no text of others is in it. */
	fflush(stderr);
	if (total > 0)
		dprintf(STDERR_FILENO, "\r\033[K%s %zu/%zu", what, done, total);
	else if (done > 0)
		dprintf(STDERR_FILENO, "\r\033[K%s %zu", what, done);
	else
		dprintf(STDERR_FILENO, "\r\033[K%s", what);
	progress->drawn = true;
	progress->drawn_at = now;
	progress->what = what;
}

void progress_end(struct progress *progress)
{
	fflush(stderr);
	if (progress->drawn)
		dprintf(STDERR_FILENO, "\r\033[K");
	progress->drawn = false;
}
