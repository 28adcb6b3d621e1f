/* groups.h - the groups of figures, one file each; main.c runs them by name.
 */
#ifndef TIAN_TESTS_BENCH_GROUPS_H
#define TIAN_TESTS_BENCH_GROUPS_H

#include <stdbool.h>

void bench_capture(void);
void bench_merge(void);
void bench_codec(void);
void bench_round(void);
void bench_fan(void);
void bench_process(void);
void bench_rest(void);
void bench_verify(void);
void bench_memory(void);
void bench_scale(void);

/* $TIAN_BENCH_QUICK: small sizes, to see that everything runs. */
bool quick(void);
/* $TIAN_BENCH_LARGE: a million changes too, which takes long to make. */
bool large(void);

#endif
