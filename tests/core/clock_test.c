/* clock_test.c - stamps only ever rise, follow the wall where they can, and
 * stay positive in SQLite. */
#include "core/base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static uint64_t noon(void)
{
	return 1656547200000ULL;
}

static void clock__the_source_can_be_replaced(void **state)
{
	(void)state;
	clock_set_source(noon);
	assert_int_equal(clock_now_ms(), 1656547200000ULL);
	clock_set_source(NULL);
	assert_true(clock_now_ms() > 1656547200000ULL);
}

static void clock__a_later_event_takes_the_wall_time(void **state)
{
	(void)state;
	assert_int_equal(clock_next(clock_stamp(1000), 1001),
			 clock_stamp(1001));
	assert_int_equal(clock_ms(clock_next(0, 5)), 5);
}

static void clock__a_wall_that_stands_or_goes_back_only_counts(void **state)
{
	uint64_t last = clock_stamp(1000);

	(void)state;
	assert_int_equal(clock_next(last, 1000), last + 1);
	assert_int_equal(clock_next(last, 1), last + 1);
	assert_int_equal(clock_ms(clock_next(last, 1)), 1000);
}

static void clock__a_full_counter_runs_into_the_next_millisecond(void **state)
{
	uint64_t last = clock_stamp(1000) + 0xffff;

	(void)state;
	assert_int_equal(clock_next(last, 1000), clock_stamp(1001));
}

static void clock__no_time_makes_a_negative_stamp(void **state)
{
	(void)state;
	assert_int_equal(clock_stamp(UINT64_MAX) >> 63, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(clock__the_source_can_be_replaced),
		cmocka_unit_test(clock__a_later_event_takes_the_wall_time),
		cmocka_unit_test(
			clock__a_wall_that_stands_or_goes_back_only_counts),
		cmocka_unit_test(
			clock__a_full_counter_runs_into_the_next_millisecond),
		cmocka_unit_test(clock__no_time_makes_a_negative_stamp),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
