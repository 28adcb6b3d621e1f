/* convergence_test.c - replicas that hold the same changes show the same
 * state, whatever the order, the number of times or the road they came by;
 * and no value is lost.
 *
 * Each schedule has its own seed, printed when it fails: TIAN_SEED=N
 * TIAN_SCHEDULES=1 repeats it. TIAN_SCHEDULES=N runs N of each kind. */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/core/schedule_helper.h"

enum { SCHEDULES = 1000, SHUFFLED_OFTEN = 4 };

static size_t schedules(void)
{
	const char *text = getenv("TIAN_SCHEDULES");

	return text != NULL ? strtoul(text, NULL, 10) : SCHEDULES;
}

static void tell(const struct world_figures *f, size_t n)
{
	print_message("%zu schedules: %zu edits, %zu decisions, %zu refused at"
		      " once, %zu changes, %zu refused, %zu clocks ahead,"
		      " %zu soft and %zu hard conflicts, %zu rows voided"
		      " unseen, %zu restarts\n",
		      n, f->edits, f->decisions, f->refused_at_once,
		      f->changes, f->verdicts, f->flagged, f->soft, f->hard,
		      f->voided_unseen, f->restarts);
}

static struct world_figures run(enum schedule_kind kind)
{
	struct world *world = world_open();
	uint64_t seed = helper_seed(20221014);
	struct world_figures figures;
	size_t n = schedules();

	for (size_t i = 0; i < n; i++)
		world_run(world, kind, seed + i, 1);
	figures = world_figures(world);
	tell(&figures, n);
	world_close(world);
	return figures;
}

static void convergence__everybody_with_everybody_ends_in_one_state(void **state)
{
	struct world_figures figures = run(SCHEDULE_MESH);

	(void)state;
	if (schedules() < SCHEDULES)
		return;
	/* The schedules are worth something only if all of it happened. */
	assert_true(figures.soft > 0 && figures.hard > 0);
	assert_true(figures.voided_unseen > 0);
	assert_true(figures.refused_at_once > 0 && figures.restarts > 0);
}

static void convergence__by_way_of_the_office_ends_in_one_state(void **state)
{
	struct world_figures figures = run(SCHEDULE_HUB);

	(void)state;
	if (schedules() < SCHEDULES)
		return;
	assert_true(figures.verdicts > 0 && figures.flagged > 0);
	assert_true(figures.soft > 0 && figures.hard > 0);
}

static void convergence__a_hundred_orders_end_in_one_state(void **state)
{
	struct world *world = world_open();
	uint64_t seed = helper_seed(7);

	(void)state;
	for (uint64_t i = 0; i < SHUFFLED_OFTEN; i++)
		world_run(world, i % 2 ? SCHEDULE_HUB : SCHEDULE_MESH,
			  seed + i, 100);
	world_close(world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			convergence__everybody_with_everybody_ends_in_one_state),
		cmocka_unit_test(
			convergence__by_way_of_the_office_ends_in_one_state),
		cmocka_unit_test(
			convergence__a_hundred_orders_end_in_one_state),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
