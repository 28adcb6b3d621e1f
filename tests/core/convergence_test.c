/* convergence_test.c - replicas that hold the same changes show the same
 * state, whatever the order, the number of times or the road they came by;
 * and no value is lost.
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

static void
convergence__everybody_with_everybody_ends_in_one_state(void **state)
{
	struct world_figures figures = world_run_many(SCHEDULE_MESH);

	(void)state;
	if (figures.schedules < ENOUGH)
		return;
	/* The schedules are worth something only if all of it happened. */
	assert_true(figures.soft > 0 && figures.hard > 0);
	assert_true(figures.voided_unseen > 0 && figures.decisions > 0);
	assert_true(figures.refused_at_once > 0);
}

/* (I4) Shuffled, lossy, repeated. */
static void convergence__a_hundred_orders_end_in_one_state(void **state)
{
	struct world *world = world_open();
	uint64_t seed = helper_seed(7);

	(void)state;
	for (uint64_t i = 0; i < 2; i++)
		world_run(world, i % 2 ? SCHEDULE_HUB : SCHEDULE_MESH, seed + i,
			  100);
	world_close(world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			convergence__everybody_with_everybody_ends_in_one_state),
		cmocka_unit_test(
			convergence__a_hundred_orders_end_in_one_state),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
