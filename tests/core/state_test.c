/* state_test.c - the hash differs exactly where what is held differs. */
#include "core/replica/state.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/core/replica_helper.h"

struct desk {
	char *folder;
	struct node office;
	struct node too;
	uint8_t hash[32];
};

static int setup(void **state)
{
	struct desk *desk = calloc(1, sizeof(*desk));

	desk->folder = helper_folder();
	node_open(&desk->office, desk->folder, "office", "office", 0x11);
	node_open(&desk->too, desk->folder, "too", "office", 0x12);
	plain(&desk->office,
	      "INSERT INTO proposal(key, title) VALUES ('1-1-001', '校门'),"
	      " ('1-1-002', '就业');"
	      "INSERT INTO handling(proposal, unit) VALUES"
	      " ('1-1-001', 'edu')");
	carry_all(&desk->too, &desk->office);
	state_of(desk->hash, &desk->office, NULL);
	*state = desk;
	return 0;
}

static int teardown(void **state)
{
	struct desk *desk = *state;

	node_close(&desk->office);
	node_close(&desk->too);
	helper_remove(desk->folder);
	free(desk);
	return 0;
}

static bool changes(struct desk *desk, const char *sql, const char *site)
{
	uint8_t before[32];
	uint8_t after[32];

	state_of(before, &desk->office, site);
	plain(&desk->office, "%s", sql);
	drain(&desk->office);
	state_of(after, &desk->office, site);
	return memcmp(before, after, 32) != 0;
}

static void state__two_replicas_that_agree_hash_the_same(void **state)
{
	struct desk *desk = *state;

	assert_same_state(&desk->office, &desk->too, NULL);
	assert_same_state(&desk->office, &desk->too, "edu");
	node_reopen(&desk->too);
	assert_same_state(&desk->office, &desk->too, NULL);
}

static void state__every_value_counts(void **state)
{
	struct desk *desk = *state;

	assert_true(changes(desk,
			    "UPDATE proposal SET title = '门' WHERE"
			    " key = '1-1-001'",
			    NULL));
	assert_true(changes(desk, "UPDATE handling SET role = 'co'", NULL));
	assert_true(changes(desk, "INSERT INTO unit(code) VALUES ('x')", NULL));
	assert_true(changes(desk, "UPDATE code SET rank = 8 WHERE code = 'A'",
			    NULL));
}

static void state__the_same_value_by_another_change_counts(void **state)
{
	struct desk *desk = *state;

	assert_true(changes(desk,
			    "UPDATE proposal SET title = '乙';"
			    "UPDATE proposal SET title = '校门' WHERE"
			    " key = '1-1-001'",
			    "edu"));
}

static void state__of_a_site_only_its_own_counts(void **state)
{
	struct desk *desk = *state;

	assert_false(changes(desk,
			     "UPDATE proposal SET title = '门' WHERE"
			     " key = '1-1-002'",
			     "edu"));
	assert_true(changes(desk,
			    "UPDATE proposal SET title = '门' WHERE"
			    " key = '1-1-001'",
			    "edu"));
	assert_true(changes(desk, "INSERT INTO session(key) VALUES ('1-1')",
			    "edu"));
	assert_true(changes(desk, "UPDATE handling SET void = 1", "edu"));
	assert_false(
		changes(desk, "UPDATE proposal SET title = '后门'", "edu"));
}

static void state__what_stays_at_the_office_never_counts(void **state)
{
	struct desk *desk = *state;

	assert_false(changes(desk,
			     "INSERT INTO signer(site, fingerprint)"
			     " VALUES ('edu', 'x')",
			     NULL));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(state__two_replicas_that_agree_hash_the_same),
		TEST(state__every_value_counts),
		TEST(state__the_same_value_by_another_change_counts),
		TEST(state__of_a_site_only_its_own_counts),
		TEST(state__what_stays_at_the_office_never_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
