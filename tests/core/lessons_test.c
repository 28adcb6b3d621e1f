/* lessons_test.c - the cases that other systems of this kind got wrong, each
 * by its name. Two office nodes and two nodes of a unit; what the office
 * merges, it judges. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/clock.h"
#include "core/merge/conflict.h"
#include "tests/core/replica_helper.h"

enum { OFFICE = 0x11, OFFICE_TOO = 0x12, EDU = 0x21, EDU_TOO = 0x22 };

#define YEAR_MS (365ULL * 24 * 3600 * 1000)
#define CASE "1-1-014"
#define OURS "1-1-014/edu"

struct desk {
	char *folder;
	struct node office;
	struct node too;
	struct node edu;
	struct node edu_too;
};

static uint64_t now;

static uint64_t now_ms(void)
{
	return now;
}

static int setup(void **state)
{
	struct desk *desk = calloc(1, sizeof(*desk));

	now = 1656547200000ULL; /* 2022-06-30 */
	clock_set_source(now_ms);
	desk->folder = helper_folder();
	node_open(&desk->office, desk->folder, "office", "office", OFFICE);
	node_open(&desk->too, desk->folder, "too", "office", OFFICE_TOO);
	node_open(&desk->edu, desk->folder, "edu", "edu", EDU);
	node_open(&desk->edu_too, desk->folder, "edu-too", "edu", EDU_TOO);
	plain(&desk->office,
	      "INSERT INTO proposal(key, title, due, sponsors) VALUES"
	      " (%Q, '校门', '2022-06-30', '张三');"
	      "INSERT INTO handling(proposal, unit, role)"
	      " VALUES (%Q, 'edu', 'main')",
	      CASE, CASE);
	plain(&desk->office, "UPDATE _pending SET at = %lld", (long long)now);
	carry_all(&desk->too, &desk->office);
	carry_all(&desk->edu, &desk->office);
	carry_all(&desk->edu_too, &desk->office);
	*state = desk;
	return 0;
}

static int teardown(void **state)
{
	struct desk *desk = *state;

	assert_invariants(&desk->office);
	assert_invariants(&desk->edu);
	node_close(&desk->office);
	node_close(&desk->too);
	node_close(&desk->edu);
	node_close(&desk->edu_too);
	helper_remove(desk->folder);
	clock_set_source(NULL);
	free(desk);
	return 0;
}

/* Plain SQL at a time of its own, logged. */
static void at(struct node *node, uint64_t ms, const char *sql)
{
	plain(node, "%s", sql);
	plain(node, "UPDATE _pending SET at = %lld", (long long)ms);
	drain(node);
}

static void both_ways(struct node *a, struct node *b)
{
	carry_all(a, b);
	carry_all(b, a);
}

/* The office merges what a unit's node wrote from `seq` on. */
static void merge(struct apply_result *result, struct node *office,
		  struct node *from, uint64_t origin, uint64_t seq)
{
	*result = (struct apply_result){0};
	carry(office, from,
	      &(struct carrying){.origin = origin,
				 .seq = seq,
				 .authorise = true,
				 .gapless = true,
				 .now = clock_stamp(now)},
	      result);
}

static void lessons__replace_under_triggers_is_refused(void **state)
{
	struct desk *desk = *state;

	assert_non_null(strstr(
		plain_error(&desk->office,
			    "REPLACE INTO proposal(key) VALUES ('1-1-014')"),
		"this row exists"));
	assert_int_equal(drain(&desk->office), 0);
	assert_string_equal(ask(&desk->office, "SELECT title || due FROM"
					       " proposal"),
			    "校门2022-06-30");
}

static void lessons__a_b_a_is_told_as_two_changes(void **state)
{
	struct desk *desk = *state;

	at(&desk->office, now + 1,
	   "UPDATE proposal SET title = '乙';"
	   "UPDATE proposal SET title = '校门'");
	assert_int_equal(count(&desk->office,
			       "SELECT count(*) FROM _change WHERE value IN"
			       " ('校门', '乙')"),
			 3);
	/* Whoever changed it in between is not silently overruled. */
	at(&desk->too, now, "UPDATE proposal SET title = '丙'");
	both_ways(&desk->office, &desk->too);
	assert_string_equal(
		severity_of(&desk->office, "proposal", CASE, "title"), "hard");
	assert_same_state(&desk->office, &desk->too, NULL);
}

static void lessons__two_edits_do_not_beat_one_later_edit(void **state)
{
	struct desk *desk = *state;

	at(&desk->office, now + 1000, "UPDATE handling SET void_reason = '甲'");
	at(&desk->office, now + 2000, "UPDATE handling SET void_reason = '乙'");
	at(&desk->too, now + 3000, "UPDATE handling SET void_reason = '丙'");
	both_ways(&desk->office, &desk->too);
	assert_string_equal(
		ask(&desk->office, "SELECT void_reason FROM handling"), "丙");
	assert_string_equal(severity_of(&desk->office, "handling", OURS,
					"void_reason"),
			    "soft");
	assert_same_state(&desk->office, &desk->too, NULL);
}

static void
lessons__a_clock_a_year_ahead_is_flagged_and_does_not_win(void **state)
{
	struct desk *desk = *state;
	struct apply_result result;

	at(&desk->too, now + YEAR_MS, "UPDATE proposal SET due = '2023-06-30'");
	at(&desk->office, now + 1000, "UPDATE proposal SET due = '2022-09-30'");
	merge(&result, &desk->office, &desk->too, OFFICE_TOO, 1);
	assert_int_equal(result.refused, 0);
	assert_int_equal(result.applied, 1);
	assert_int_equal(result.n_verdicts, 1);
	assert_int_equal(result.verdicts[0].kind, VERDICT_CLOCK_AHEAD);
	assert_string_equal(ask(&desk->office, "SELECT due FROM proposal"),
			    "2022-09-30");
	assert_string_equal(severity_of(&desk->office, "proposal", CASE, "due"),
			    "hard");
	/* By time alone it would have won, and still does where the verdict
	 * has not come yet. */
	carry_all(&desk->too, &desk->office);
	assert_string_equal(ask(&desk->too, "SELECT due FROM proposal"),
			    "2023-06-30");
	carry_verdicts(&desk->too, result.verdicts, result.n_verdicts);
	assert_string_equal(ask(&desk->too, "SELECT due FROM proposal"),
			    "2022-09-30");
	assert_same_state(&desk->office, &desk->too, NULL);
	apply_result_release(&result);
}

static void
lessons__a_clock_set_right_again_recovers_by_the_verdict(void **state)
{
	struct desk *desk = *state;
	struct apply_result result;

	at(&desk->too, now + YEAR_MS, "UPDATE proposal SET due = '2023-06-30'");
	/* Set right, the stamps still follow the last one. */
	at(&desk->too, now + 1, "UPDATE proposal SET sector = '教育'");
	assert_int_equal(count(&desk->too, "SELECT max(clock) >> 16 FROM"
					   " _change"),
			 (long long)(now + YEAR_MS));
	merge(&result, &desk->office, &desk->too, OFFICE_TOO, 1);
	assert_int_equal(result.n_verdicts, 2);
	carry_verdicts(&desk->too, result.verdicts, result.n_verdicts);
	apply_result_release(&result);
	at(&desk->too, now + 2, "UPDATE proposal SET sector = '科技'");
	merge(&result, &desk->office, &desk->too, OFFICE_TOO, 3);
	assert_int_equal(result.n_verdicts, 0);
	assert_int_equal(count(&desk->office,
			       "SELECT c.clock >> 16 FROM _change c JOIN"
			       " _head h ON h.change = c.id WHERE c.value ="
			       " '科技'"),
			 (long long)(now + 2));
	assert_same_state(&desk->office, &desk->too, NULL);
	apply_result_release(&result);
}

static void lessons__a_far_stamp_does_not_drag_other_clocks_along(void **state)
{
	struct desk *desk = *state;
	struct apply_result result;

	at(&desk->too, now + YEAR_MS, "UPDATE proposal SET due = '2023-06-30'");
	merge(&result, &desk->office, &desk->too, OFFICE_TOO, 1);
	apply_result_release(&result);
	at(&desk->office, now + 5, "UPDATE proposal SET sector = '教育'");
	assert_int_equal(count(&desk->office,
			       "SELECT clock >> 16 FROM _change WHERE value ="
			       " '教育'"),
			 (long long)(now + 5));
}

static int note_reason(const struct change_log_entry *entry, void *ctx,
		       struct err *err)
{
	char *out = ctx;

	(void)err;
	if (entry->change->reason != NULL)
		snprintf(out, 64, "%.*s", (int)entry->change->reason_len,
			 entry->change->reason);
	return 0;
}

static void lessons__a_late_change_after_a_decision_reopens_it(void **state)
{
	struct desk *desk = *state;
	const struct edit_cell due = {"proposal", CASE, "due"};
	struct err err = {0};
	char reason[64] = "";

	at(&desk->office, now + 1, "UPDATE proposal SET due = '2022-08-31'");
	at(&desk->too, now + 2, "UPDATE proposal SET due = '2022-09-30'");
	carry_all(&desk->office, &desk->too);
	decide(&desk->office, "proposal", CASE, "due", "2022-08-31", "会议定");
	assert_string_equal(severity_of(&desk->office, "proposal", CASE, "due"),
			    "none");
	/* Written before the decision was known there. */
	at(&desk->too, now + 3, "UPDATE proposal SET due = '2022-10-31'");
	carry_all(&desk->office, &desk->too);
	assert_string_equal(severity_of(&desk->office, "proposal", CASE, "due"),
			    "hard");
	/* The decision is one of the heads, with its reason. */
	assert_int_equal(change_log_heads(desk->office.replica, &due,
					  note_reason, reason, &err),
			 0);
	assert_string_equal(reason, "会议定");
	carry_all(&desk->too, &desk->office);
	assert_same_state(&desk->office, &desk->too, NULL);
}

static void lessons__a_decision_for_what_is_shown_is_a_decision(void **state)
{
	struct desk *desk = *state;

	at(&desk->office, now + 1, "UPDATE proposal SET title = '甲'");
	at(&desk->too, now + 2, "UPDATE proposal SET title = '乙'");
	both_ways(&desk->office, &desk->too);
	decide(&desk->office, "proposal", CASE, "title",
	       ask(&desk->office, "SELECT title FROM proposal"), "照此");
	carry_all(&desk->too, &desk->office);
	assert_string_equal(severity_of(&desk->too, "proposal", CASE, "title"),
			    "none");
	assert_int_equal(count(&desk->too, "SELECT count(*) FROM _head h JOIN"
					   " _row r ON r.id = h.cell >> 12"
					   " WHERE r.entity = 10 AND"
					   " h.cell & 4095 = 4"),
			 1);
}

/* ---- void against edit ------------------------------------------------- */

static void void_and_edit(struct desk *desk)
{
	at(&desk->office, now + 1,
	   "UPDATE handling SET void = 1, void_reason = '重复'");
	at(&desk->edu, now + 2, "UPDATE handling SET draft = '已办'");
}

static void lessons__edit_against_void_is_hard(void **state)
{
	struct desk *desk = *state;

	void_and_edit(desk);
	carry_all(&desk->office, &desk->edu); /* the edit comes after */
	assert_string_equal(
		severity_of(&desk->office, "handling", OURS, "void"), "hard");
	carry_all(&desk->edu, &desk->office); /* the void comes after */
	assert_string_equal(severity_of(&desk->edu, "handling", OURS, "void"),
			    "hard");
	assert_string_equal(ask(&desk->edu, "SELECT draft || void FROM"
					    " handling"),
			    "已办1");
	carry_all(&desk->too, &desk->edu);
	assert_same_state(&desk->office, &desk->edu, NULL);
	assert_same_state(&desk->office, &desk->too, NULL);
}

static void lessons__void_of_what_was_seen_is_no_conflict(void **state)
{
	struct desk *desk = *state;

	at(&desk->edu, now + 1, "UPDATE handling SET draft = '已办'");
	carry_all(&desk->office, &desk->edu);
	at(&desk->office, now + 2,
	   "UPDATE handling SET void = 1, void_reason = '重复'");
	carry_all(&desk->edu, &desk->office);
	assert_string_equal(severity_of(&desk->edu, "handling", OURS, "void"),
			    "none");
	/* Nor is an edit by somebody who knows of it (the unit's is refused by
	 * the triggers: its rows are an archive). */
	at(&desk->office, now + 3, "UPDATE handling SET draft = '已并'");
	both_ways(&desk->office, &desk->edu);
	assert_string_equal(
		severity_of(&desk->office, "handling", OURS, "void"), "none");
	assert_same_state(&desk->office, &desk->edu, NULL);
}

static void
lessons__void_twice_with_two_reasons_is_no_hard_conflict(void **state)
{
	struct desk *desk = *state;

	at(&desk->office, now + 1,
	   "UPDATE handling SET void = 1, void_reason = '重复'");
	at(&desk->too, now + 2,
	   "UPDATE handling SET void_reason = '误', void = 1");
	both_ways(&desk->office, &desk->too);
	assert_string_equal(
		severity_of(&desk->office, "handling", OURS, "void"), "none");
	assert_string_equal(severity_of(&desk->office, "handling", OURS,
					"void_reason"),
			    "soft");
}

static void lessons__a_decision_settles_void_against_edit(void **state)
{
	struct desk *desk = *state;

	void_and_edit(desk);
	carry_all(&desk->office, &desk->edu);
	decide_int(&desk->office, "handling", OURS, "void", 1, "确系重复");
	assert_string_equal(
		severity_of(&desk->office, "handling", OURS, "void"), "none");
	carry_all(&desk->edu, &desk->office);
	assert_same_state(&desk->office, &desk->edu, NULL);
	/* And a later unseen edit opens it again. */
	at(&desk->edu_too, now + 9, "UPDATE handling SET signer = '李'");
	carry_all(&desk->office, &desk->edu_too);
	assert_string_equal(
		severity_of(&desk->office, "handling", OURS, "void"), "hard");
	decide_int(&desk->office, "handling", OURS, "void", 0, "还是要办");
	assert_string_equal(
		severity_of(&desk->office, "handling", OURS, "void"), "none");
	carry_all(&desk->edu, &desk->office);
	carry_all(&desk->edu_too, &desk->office);
	carry_all(&desk->edu_too, &desk->edu);
	carry_all(&desk->edu, &desk->edu_too);
	assert_same_state(&desk->office, &desk->edu_too, NULL);
	assert_same_state(&desk->office, &desk->edu, NULL);
}

struct told {
	size_t n;
	size_t n_heads;
	size_t n_unseen;
	char unseen[64];
};

static int tell(const struct conflict *conflict, void *ctx, struct err *err)
{
	struct told *told = ctx;

	(void)err;
	told->n++;
	told->n_heads = conflict->n_heads;
	told->n_unseen = conflict->n_unseen;
	if (conflict->n_unseen > 0)
		snprintf(told->unseen, sizeof(told->unseen), "%u=%.*s",
			 conflict->unseen[0].change->field,
			 (int)conflict->unseen[0].change->value.len,
			 conflict->unseen[0].change->value.bytes);
	return 0;
}

static void lessons__void_against_edit_names_the_edit(void **state)
{
	struct desk *desk = *state;
	struct told told = {0};
	struct err err = {0};

	void_and_edit(desk);
	carry_all(&desk->office, &desk->edu);
	assert_int_equal(conflict_each(desk->office.replica, CASE, tell, &told,
				       &err),
			 0);
	assert_int_equal(told.n, 1);
	assert_int_equal(told.n_heads, 1);
	assert_int_equal(told.n_unseen, 1);
	assert_string_equal(told.unseen, "8=已办");
}

/* ---- access ------------------------------------------------------------ */

static void
lessons__a_case_taken_away_refuses_late_edits_and_keeps_them(void **state)
{
	struct desk *desk = *state;
	struct apply_result result;

	at(&desk->edu, now + 1, "UPDATE handling SET draft = '初稿'");
	merge(&result, &desk->office, &desk->edu, EDU, 1);
	assert_int_equal(result.applied, 1);
	apply_result_release(&result);
	/* Reassigned, while the unit is on the road. */
	at(&desk->office, now + 2,
	   "UPDATE handling SET void = 1, void_reason = '改派';"
	   "INSERT INTO handling(proposal, unit, role) VALUES"
	   " ('1-1-014', 'hr', 'main')");
	at(&desk->edu, now + 3, "UPDATE handling SET draft = '二稿'");
	merge(&result, &desk->office, &desk->edu, EDU, 2);
	assert_int_equal(result.refused, 1);
	assert_int_equal(result.n_verdicts, 1);
	assert_int_equal(result.verdicts[0].id.seq, 2);
	assert_string_equal(result.verdicts[0].reason,
			    "the proposal is not assigned to this unit");
	/* The office keeps the value, and shows the one before. */
	assert_string_equal(ask(&desk->office, "SELECT draft FROM handling"
					       " WHERE unit = 'edu'"),
			    "初稿");
	assert_int_equal(count(&desk->office, "SELECT count(*) FROM _change c"
					      " JOIN _verdict v ON v.change ="
					      " c.id WHERE c.value = '二稿'"),
			 1);
	/* So does the unit, when the verdict comes, before or after the
	 * release itself. */
	carry_verdicts(&desk->edu, result.verdicts, result.n_verdicts);
	assert_string_equal(ask(&desk->edu, "SELECT draft FROM handling"
					    " WHERE unit = 'edu'"),
			    "初稿");
	assert_int_equal(count(&desk->edu, "SELECT count(*) FROM _change c"
					   " JOIN _verdict v ON v.change ="
					   " c.id WHERE c.value = '二稿'"),
			 1);
	carry_all(&desk->edu, &desk->office);
	assert_same_state(&desk->office, &desk->edu, NULL);
	apply_result_release(&result);
}

static void lessons__a_row_of_refused_changes_only_is_gone(void **state)
{
	struct desk *desk = *state;
	struct apply_result result;

	at(&desk->office, now + 1, "UPDATE handling SET void = 1");
	at(&desk->edu, now + 2,
	   "INSERT INTO contact(proposal, id, result)"
	   " VALUES ('1-1-014', 'x', '好')");
	merge(&result, &desk->office, &desk->edu, EDU, 1);
	assert_int_equal(result.refused, 1);
	carry_verdicts(&desk->edu, result.verdicts, result.n_verdicts);
	carry_all(&desk->edu, &desk->office);
	assert_int_equal(count(&desk->edu, "SELECT count(*) FROM contact"), 0);
	assert_same_state(&desk->office, &desk->edu, NULL);
	apply_result_release(&result);
}

static void lessons__verdicts_after_a_known_one_count_too(void **state)
{
	struct desk *desk = *state;
	struct verdict verdicts[2] = {
		{.id = {EDU, 1}, .kind = VERDICT_REFUSED, .reason = "不行"},
		{.id = {EDU, 2}, .kind = VERDICT_REFUSED, .reason = "不行"}};

	at(&desk->edu, now + 1, "UPDATE handling SET draft = '甲'");
	at(&desk->edu, now + 2, "UPDATE handling SET phone = '1'");
	carry_verdicts(&desk->edu, verdicts, 1);
	carry_verdicts(&desk->edu, verdicts, 2);
	assert_string_equal(ask(&desk->edu, "SELECT phone FROM handling"),
			    "NULL");
}

/* ---- arrival ----------------------------------------------------------- */

static void lessons__a_change_before_its_base_ends_the_same(void **state)
{
	struct desk *desk = *state;

	at(&desk->office, now + 1,
	   "UPDATE proposal SET sponsors ="
	   " '张三、李四'");
	at(&desk->office, now + 2, "UPDATE proposal SET sponsors = '李四'");
	at(&desk->too, now + 3, "UPDATE proposal SET sponsors = '张三、王五'");
	/* The last of the office first. */
	carry(&desk->too, &desk->office,
	      &(struct carrying){.origin = OFFICE, .seq = 6}, NULL);
	carry(&desk->too, &desk->office,
	      &(struct carrying){.origin = OFFICE, .seq = 5}, NULL);
	carry_all(&desk->office, &desk->too);
	assert_string_equal(ask(&desk->too, "SELECT sponsors FROM proposal"),
			    "李四、王五");
	assert_same_state(&desk->office, &desk->too, NULL);
	assert_invariants(&desk->too);
}

static void lessons__the_same_twice_is_the_same(void **state)
{
	struct desk *desk = *state;
	struct apply_result result = {0};

	at(&desk->office, now + 1, "UPDATE proposal SET title = '甲'");
	at(&desk->too, now + 2, "UPDATE proposal SET title = '乙'");
	both_ways(&desk->office, &desk->too);
	carry(&desk->too, &desk->office, &(struct carrying){.origin = OFFICE},
	      &result);
	assert_int_equal(result.applied, 0);
	assert_int_equal(result.duplicate, 5);
	assert_same_state(&desk->office, &desk->too, NULL);
	apply_result_release(&result);
}

static void
lessons__a_change_after_it_was_superseded_changes_nothing(void **state)
{
	struct desk *desk = *state;

	at(&desk->office, now + 1, "UPDATE proposal SET title = '甲'");
	at(&desk->office, now + 2, "UPDATE proposal SET title = '乙'");
	carry(&desk->too, &desk->office,
	      &(struct carrying){.origin = OFFICE, .seq = 6}, NULL);
	assert_string_equal(ask(&desk->too, "SELECT title FROM proposal"),
			    "乙");
	carry_all(&desk->too, &desk->office);
	assert_string_equal(ask(&desk->too, "SELECT title FROM proposal"),
			    "乙");
	assert_string_equal(severity_of(&desk->too, "proposal", CASE, "title"),
			    "none");
	assert_same_state(&desk->office, &desk->too, NULL);
}

static void lessons__edits_of_different_fields_never_meet(void **state)
{
	struct desk *desk = *state;

	at(&desk->office, now + 1, "UPDATE proposal SET title = '甲'");
	at(&desk->too, now + 1, "UPDATE proposal SET sector = '教育'");
	both_ways(&desk->office, &desk->too);
	assert_string_equal(ask(&desk->too, "SELECT title || sector FROM"
					    " proposal"),
			    "甲教育");
	assert_int_equal(count(&desk->too, "SELECT count(*) FROM conflict"), 0);
}

static void lessons__a_new_rank_weighs_old_conflicts_again(void **state)
{
	struct desk *desk = *state;

	at(&desk->office, now + 1, "UPDATE proposal SET publicity = 'public'");
	at(&desk->too, now + 2, "UPDATE proposal SET publicity = 'extract'");
	carry_all(&desk->office, &desk->too);
	assert_string_equal(ask(&desk->office,
				"SELECT publicity FROM proposal"),
			    "extract");
	at(&desk->office, now + 3,
	   "UPDATE code SET rank = 9 WHERE list ="
	   " 'publicity' AND code = 'public'");
	assert_string_equal(
		ask(&desk->office, "SELECT publicity FROM proposal"), "public");
	carry_all(&desk->too, &desk->office);
	assert_same_state(&desk->office, &desk->too, NULL);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(lessons__replace_under_triggers_is_refused),
		TEST(lessons__a_b_a_is_told_as_two_changes),
		TEST(lessons__two_edits_do_not_beat_one_later_edit),
		TEST(lessons__a_clock_a_year_ahead_is_flagged_and_does_not_win),
		TEST(lessons__a_clock_set_right_again_recovers_by_the_verdict),
		TEST(lessons__a_far_stamp_does_not_drag_other_clocks_along),
		TEST(lessons__a_late_change_after_a_decision_reopens_it),
		TEST(lessons__a_decision_for_what_is_shown_is_a_decision),
		TEST(lessons__edit_against_void_is_hard),
		TEST(lessons__void_of_what_was_seen_is_no_conflict),
		TEST(lessons__void_twice_with_two_reasons_is_no_hard_conflict),
		TEST(lessons__a_decision_settles_void_against_edit),
		TEST(lessons__void_against_edit_names_the_edit),
		TEST(lessons__a_case_taken_away_refuses_late_edits_and_keeps_them),
		TEST(lessons__a_row_of_refused_changes_only_is_gone),
		TEST(lessons__verdicts_after_a_known_one_count_too),
		TEST(lessons__a_change_before_its_base_ends_the_same),
		TEST(lessons__the_same_twice_is_the_same),
		TEST(lessons__a_change_after_it_was_superseded_changes_nothing),
		TEST(lessons__edits_of_different_fields_never_meet),
		TEST(lessons__a_new_rank_weighs_old_conflicts_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
