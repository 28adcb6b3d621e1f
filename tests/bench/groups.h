/* groups.h - the groups of figures, one file each; main.c runs them by name.
 */
#ifndef TIAN_TESTS_BENCH_GROUPS_H
#define TIAN_TESTS_BENCH_GROUPS_H

void bench_capture(void);
void bench_merge(void);
void bench_codec(void);

#endif
