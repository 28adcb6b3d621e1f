/* clock.c - wall time through one seam, and hybrid logical stamps. */
#include "core/base/clock.h"

#include <stddef.h>
#include <time.h>

static uint64_t (*source)(void);
static void (*pause_with)(unsigned ms);

uint64_t clock_now_ms(void)
{
	struct timespec ts;

	if (source != NULL)
		return source();
	clock_gettime(CLOCK_REALTIME, &ts);
	return (uint64_t)ts.tv_sec * 1000 + (uint64_t)ts.tv_nsec / 1000000;
}

void clock_set_source(uint64_t (*now_ms)(void))
{
	source = now_ms;
}

void clock_pause_ms(unsigned ms)
{
	const struct timespec rest = {ms / 1000, ms % 1000 * 1000000L};

	if (pause_with != NULL)
		pause_with(ms);
	else
		nanosleep(&rest, NULL);
}

void clock_set_pause(void (*pause_ms)(unsigned ms))
{
	pause_with = pause_ms;
}

uint64_t clock_next(uint64_t last, uint64_t ms)
{
	uint64_t stamp = clock_stamp(ms);

	return stamp > last ? stamp : last + 1;
}

uint64_t clock_ms(uint64_t stamp)
{
	return stamp >> 16;
}

uint64_t clock_stamp(uint64_t ms)
{
	/* 47 bits of milliseconds: stamps stay positive in SQLite. */
	return (ms & 0x7fffffffffffULL) << 16;
}
