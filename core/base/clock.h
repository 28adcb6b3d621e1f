/* clock.h - wall time through one seam, and hybrid logical stamps.
 * Knows no storage; the last stamp is kept by change_log.c.
 *
 * A stamp is milliseconds since 1970 (48 bits) << 16 | counter. Source:
 * Kulkarni et al., "Logical Physical Clocks", 2014. */
#ifndef TIAN_CORE_CLOCK_H
#define TIAN_CORE_CLOCK_H

#include <stdint.h>

/* Stamps later than the merge's own time by more than this are flagged. */
enum { CLOCK_TOLERANCE_MS = 10 * 60 * 1000 };

/* Milliseconds since 1970, UTC. */
uint64_t clock_now_ms(void);
/* Tests replace the source; NULL brings the real one back. */
void clock_set_source(uint64_t (*now_ms)(void));
/* Waits; tests replace that, too. */
void clock_pause_ms(unsigned ms);
void clock_set_pause(void (*pause_ms)(unsigned ms));
/* The next stamp for an event at `ms`, later than `last`. */
uint64_t clock_next(uint64_t last, uint64_t ms);
/* A stamp's milliseconds. */
uint64_t clock_ms(uint64_t stamp);
uint64_t clock_stamp(uint64_t ms);

#endif
