/* sync_test.c - whole exchanges: office, units, hub. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/sync/git_helper.h"
#include "tests/sync/world_helper.h"

static int setup(void **state)
{
	(void)state;
	folder_make();
	world_office();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	world_forget();
	folder_remove();
	return 0;
}

static void sync__an_edit_goes_the_whole_road(void **state)
{
	(void)state;
	world_unit("edu", "edu", "区教育局");
	world_case("1-1-014", "关于课后服务的提案", "edu");
	world_sync("office", 0);
	world_sync("edu", 0);
	assert_string_equal(
		world_text("edu", "SELECT title FROM proposal"),
		"关于课后服务的提案");
	world_edit("edu", "王芳",
		   "UPDATE handling SET draft = '一。二。',"
		   " class_proposed = 'A'");
	assert_int_equal(world_sync("edu", 0)->pushed, 2);
	assert_int_equal(world_sync("office", 0)->merged, 2);
	assert_string_equal(world_text("office",
				       "SELECT draft FROM handling"),
			    "一。二。");
	world_sync("edu", 0);
	assert_string_equal(world_state("office", "edu"),
			    world_state("edu", "edu"));
}

#define WORLD_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(sync__an_edit_goes_the_whole_road),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
