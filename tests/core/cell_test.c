/* cell_test.c - heads, and the nearest common ancestor of them. */
#include "core/merge/cell.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/merge/fold.h"
#include "tests/core/replica_helper.h"

enum { A = 0x11, B = 0x12, C = 0x13 };

struct desk {
	char *folder;
	struct node node;
};

static int setup(void **state)
{
	struct desk *desk = calloc(1, sizeof(*desk));

	desk->folder = helper_folder();
	node_open(&desk->node, desk->folder, "office", "office", A);
	*state = desk;
	return 0;
}

static int teardown(void **state)
{
	struct desk *desk = *state;

	assert_invariants(&desk->node);
	node_close(&desk->node);
	helper_remove(desk->folder);
	free(desk);
	return 0;
}

enum { SPONSORS = 6, BODY = 5 };

/* One write of a field of proposal 1-1-001, with up to three bases. */
struct write {
	struct change_id id;
	uint64_t clock;
	const char *value;
	struct change_id bases[3];
	size_t n_bases;
};

static void apply_to(struct node *node, uint32_t field,
		     const struct write *write)
{
	struct change change = {.id = write->id,
				.clock = write->clock,
				.entity = 10,
				.field = field,
				.row = "1-1-001",
				.row_len = 7,
				.value = value_text(write->value),
				.bases = write->bases,
				.n_bases = write->n_bases};
	struct batch batch = {.origin = write->id.origin,
			      .site = "office",
			      .author = "",
			      .changes = &change,
			      .n_changes = 1};
	const struct apply_options options = {0};
	struct apply_result result = {0};
	struct db *db = replica_db(node->replica);
	struct err err = {0};

	assert_int_equal(db_begin(db, &err), 0);
	assert_int_equal(
		apply_batch(node->replica, &batch, &options, &result, &err), 0);
	assert_int_equal(db_commit(db, &err), 0);
	apply_result_release(&result);
}

static void apply_one(struct node *node, const struct write *write)
{
	apply_to(node, BODY, write);
}

static void assert_base(struct node *node, const char *wanted)
{
	struct err err = {0};
	struct buf bytes = BUF_INIT;
	struct cell_heads heads;
	struct value base;
	struct value expected = value_text(wanted);
	bool found = false;
	int64_t cell = atoll(ask(node, "SELECT cell FROM _change WHERE cell &"
				       " 4095 = 5 LIMIT 1"));

	assert_int_equal(cell_heads(&heads, node->replica, cell, &err), 0);
	assert_int_equal(cell_base(&base, &bytes, &found, node->replica, &heads,
				   &err),
			 0);
	assert_int_equal(found, wanted != NULL);
	if (!value_equal(&base, &expected))
		fail_msg("base is '%s', not '%s'", base.bytes, wanted);
	cell_heads_release(&heads);
	buf_release(&bytes);
}

/* In the order given, then in every rotation of it. */
static void base_is(struct node *node, const struct write *writes, size_t n,
		    const char *wanted)
{
	for (size_t turn = 0; turn < n; turn++) {
		node_empty(node);
		for (size_t i = 0; i < n; i++)
			apply_one(node, &writes[(i + turn) % n]);
		assert_base(node, wanted);
	}
}

static void cell__two_edits_of_one_value_have_it_as_base(void **state)
{
	struct desk *desk = *state;
	const struct write writes[] = {{{A, 1}, 1, "一", {{0, 0}}, 0},
				       {{A, 2}, 2, "二", {{A, 1}}, 1},
				       {{B, 1}, 3, "三", {{A, 1}}, 1}};

	base_is(&desk->node, writes, 3, "一");
}

static void cell__two_first_values_have_no_base(void **state)
{
	struct desk *desk = *state;
	const struct write writes[] = {{{A, 1}, 1, "一", {{0, 0}}, 0},
				       {{B, 1}, 3, "三", {{0, 0}}, 0}};

	base_is(&desk->node, writes, 2, NULL);
}

static void cell__the_base_is_found_behind_long_chains(void **state)
{
	struct desk *desk = *state;
	struct write write = {{A, 1}, 1, "一", {{0, 0}}, 0};

	apply_one(&desk->node, &write);
	for (uint64_t seq = 2; seq < 60; seq++) {
		struct write next = {{A, seq}, seq, "二", {{A, seq - 1}}, 1};

		apply_one(&desk->node, &next);
	}
	for (uint64_t seq = 1; seq < 30; seq++) {
		struct write next = {{B, seq},
				     seq,
				     "三",
				     {seq == 1
					      ? (struct change_id){A, 1}
					      : (struct change_id){B, seq - 1}},
				     1};

		apply_one(&desk->node, &next);
	}
	assert_base(&desk->node, "一");
}

/* Two merges cross: both old values are common, neither above the other. */
static void cell__of_two_nearest_the_latest_is_the_base(void **state)
{
	struct desk *desk = *state;
	const struct write writes[] = {{{A, 1}, 5, "一", {{0, 0}}, 0},
				       {{B, 1}, 4, "二", {{0, 0}}, 0},
				       {{A, 2}, 6, "三", {{A, 1}, {B, 1}}, 2},
				       {{B, 2}, 7, "四", {{B, 1}, {A, 1}}, 2}};

	base_is(&desk->node, writes, 4, "一");
}

/* A1 <- B1 <- C1; heads A2 over C1 and A1, B2 over A1 and C1: C1 is common,
 * and A1 lies below it by way of B1, though a lying clock says otherwise. */
static void
cell__an_ancestor_below_another_is_no_base_whatever_its_clock(void **state)
{
	struct desk *desk = *state;
	const struct write writes[] = {{{A, 1}, 900, "一", {{0, 0}}, 0},
				       {{B, 1}, 2, "二", {{A, 1}}, 1},
				       {{C, 1}, 3, "三", {{B, 1}}, 1},
				       {{A, 2}, 4, "四", {{C, 1}, {A, 1}}, 2},
				       {{B, 2}, 5, "五", {{A, 1}, {C, 1}}, 2}};

	base_is(&desk->node, writes, 5, "三");
}

static void cell__a_refused_change_is_no_ancestor(void **state)
{
	struct desk *desk = *state;
	const struct write writes[] = {{{A, 1}, 1, "一", {{0, 0}}, 0},
				       {{C, 1}, 2, "错", {{A, 1}}, 1},
				       {{A, 2}, 3, "二", {{C, 1}}, 1},
				       {{B, 1}, 4, "三", {{C, 1}}, 1}};
	const struct verdict verdict = {
		.id = {C, 1}, .kind = VERDICT_REFUSED, .reason = "不行"};

	base_is(&desk->node, writes, 4, "错");
	carry_verdicts(&desk->node, &verdict, 1);
	assert_base(&desk->node, NULL);
	/* The same where the verdict was there first. */
	node_empty(&desk->node);
	carry_verdicts(&desk->node, &verdict, 1);
	for (size_t i = 0; i < 4; i++)
		apply_one(&desk->node, &writes[i]);
	assert_base(&desk->node, NULL);
}

/* Had the refused list counted, 甲 and 乙 would have been seen by both and
 * taken out by the one or the other. */
static void cell__a_refused_set_is_not_what_a_head_replaced(void **state)
{
	struct desk *desk = *state;
	const struct write writes[] = {{{A, 1}, 1, "甲、乙", {{0, 0}}, 0},
				       {{C, 1}, 2, "甲、乙、丙", {{A, 1}}, 1},
				       {{A, 2}, 3, "甲、丙", {{C, 1}}, 1},
				       {{B, 1}, 4, "乙", {{A, 1}}, 1}};
	const struct verdict verdict = {
		.id = {C, 1}, .kind = VERDICT_REFUSED, .reason = "不行"};

	for (size_t turn = 0; turn < 5; turn++) {
		node_empty(&desk->node);
		for (size_t i = 0; i < 4; i++) {
			if (i == turn)
				carry_verdicts(&desk->node, &verdict, 1);
			apply_to(&desk->node, SPONSORS,
				 &writes[(i + turn) % 4]);
		}
		if (turn == 4) {
			assert_string_equal(ask(&desk->node, "SELECT sponsors"
							     " FROM proposal"),
					    "丙");
			carry_verdicts(&desk->node, &verdict, 1);
		}
		assert_string_equal(ask(&desk->node,
					"SELECT sponsors FROM proposal"),
				    "甲、乙、丙");
	}
}

static void cell__a_base_in_another_cell_retires_nothing(void **state)
{
	struct desk *desk = *state;
	const struct write write = {{B, 1}, 4, "三", {{A, 1}}, 1};

	plain(&desk->node, "INSERT INTO proposal(key, title) VALUES"
			   " ('1-1-001', '校门')");
	drain(&desk->node);
	apply_one(&desk->node, &write);
	assert_string_equal(ask(&desk->node, "SELECT title || body FROM"
					     " proposal"),
			    "校门三");
	assert_int_equal(count(&desk->node, "SELECT count(*) FROM _head"), 2);
}

/* A long value once superseded is kept small, and still merges. */
static void cell__a_deflated_base_is_read_back(void **state)
{
	struct desk *desk = *state;
	struct node too;

	node_open(&too, desk->folder, "too", "office", B);
	plain(&desk->node,
	      "INSERT INTO proposal(key) VALUES ('1-1-001');"
	      "INSERT INTO handling(proposal, unit, draft) VALUES ('1-1-001',"
	      " 'edu', replace(hex(zeroblob(300)), '0', '长') ||"
	      " char(10) || '二' || char(10) || '三')");
	carry_all(&too, &desk->node);
	plain(&desk->node, "UPDATE handling SET draft = '甲' || char(10) ||"
			   " '二' || char(10) || '三'");
	plain(&too, "UPDATE handling SET draft = replace(draft, '三', '丙')");
	carry_all(&too, &desk->node);
	carry_all(&desk->node, &too);
	assert_int_equal(count(&too, "SELECT count(*) FROM _change WHERE"
				     " flags & 4 = 4"),
			 1);
	assert_string_equal(ask(&too, "SELECT draft FROM handling"),
			    "甲\n二\n丙");
	assert_string_equal(
		severity_of(&too, "handling", "1-1-001/edu", "draft"), "soft");
	assert_same_state(&desk->node, &too, NULL);
	node_close(&too);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(cell__two_edits_of_one_value_have_it_as_base),
		TEST(cell__two_first_values_have_no_base),
		TEST(cell__the_base_is_found_behind_long_chains),
		TEST(cell__of_two_nearest_the_latest_is_the_base),
		TEST(cell__an_ancestor_below_another_is_no_base_whatever_its_clock),
		TEST(cell__a_refused_change_is_no_ancestor),
		TEST(cell__a_refused_set_is_not_what_a_head_replaced),
		TEST(cell__a_base_in_another_cell_retires_nothing),
		TEST(cell__a_deflated_base_is_read_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
