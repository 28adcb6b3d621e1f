/* convergence_hub_test.c - the same by way of the office, which judges:
 * what it refuses is refused everywhere, and each unit has what is its own,
 * also when proposals are taken from it and given back, and when it was made
 * halfway from a snapshot without the history.
 *
 * Each schedule has its own seed, told when it fails: TIAN_SEED=N
 * TIAN_SCHEDULES=1 repeats it. TIAN_SCHEDULES=N runs N. */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/core/schedule_helper.h"

enum { ENOUGH = 100 };

static void convergence__by_way_of_the_office_ends_in_one_state(void **state)
{
	struct world_figures figures = world_run_many(SCHEDULE_HUB);

	(void)state;
	if (figures.schedules < ENOUGH)
		return;
	/* The schedules are worth something only if all of it happened. */
	assert_true(figures.verdicts > 0 && figures.flagged > 0);
	assert_true(figures.soft > 0 && figures.hard > 0);
	assert_true(figures.restarts > 0);
	assert_true(figures.late_changes > 0 &&
		    figures.late_changes < figures.late_behind);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			convergence__by_way_of_the_office_ends_in_one_state),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
