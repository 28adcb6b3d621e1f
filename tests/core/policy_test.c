/* policy_test.c - the fold, policy by policy, and that order never matters.
 * TIAN_SEED=N repeats a random run. */
#include "core/merge/policy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/merge/policy_set.h"
#include "tests/core/replica_helper.h"

enum { HEADS_MAX = 16 };

static struct value text(const char *terminated)
{
	return value_text(terminated);
}

/* Origins of heads tell their role where a test does not say otherwise. */
static struct policy_head head(uint64_t origin, uint64_t clock,
			       const char *value)
{
	struct policy_head head = {.clock = clock};

	head.id.origin = origin;
	head.id.seq = 1;
	head.value = text(value);
	head.base = text(NULL);
	return head;
}

static struct policy_head by_office(uint64_t origin, uint64_t clock,
				    const char *value)
{
	struct policy_head made = head(origin, clock, value);

	made.from_office = true;
	return made;
}

static struct policy_head by_owner(uint64_t origin, uint64_t clock,
				   const char *value)
{
	struct policy_head made = head(origin, clock, value);

	made.from_owner = true;
	return made;
}

static struct policy_head over(struct policy_head head, const char *base)
{
	head.base = text(base);
	return head;
}

static struct policy_head ahead(struct policy_head head)
{
	head.clock_ahead = true;
	return head;
}

/* public 1 < extract 2 = summary 2 < withheld 4 */
static int64_t rank_of(const struct value *code, void *ctx)
{
	static const struct {
		const char *code;
		int64_t rank;
	} ranks[] = {
		{"public", 1}, {"extract", 2}, {"summary", 2}, {"withheld", 4}};
	size_t i;

	(void)ctx;
	for (i = 0; i < sizeof(ranks) / sizeof(*ranks); i++) {
		struct value known = text(ranks[i].code);

		if (value_equal(&known, code))
			return ranks[i].rank;
	}
	return -1;
}

static void fold_input(struct policy_outcome *out, struct policy_input *input)
{
	struct err err = {0};

	if (policy_fold(out, input, &err) != 0)
		fail_msg("fold: %s", err.text);
}

/* What a fold is compared by, order taken out. */
struct result {
	enum severity severity;
	bool confirm;
	struct value shown; /* bytes owned */
	struct change_id heads_shown[HEADS_MAX];
	size_t n_shown;
};

static int by_id(const void *a, const void *b)
{
	return change_id_compare(*(const struct change_id *)a,
				 *(const struct change_id *)b);
}

static struct result result_of(enum policy policy, const char *base,
			       const struct policy_head *heads, size_t n)
{
	struct policy_head copy[HEADS_MAX];
	struct policy_input input = {.policy = policy, .heads = copy, .n = n};
	struct policy_outcome out;
	struct result result = {0};
	char *bytes;
	size_t i;

	memcpy(copy, heads, n * sizeof(*heads));
	input.base = text(base);
	input.rank = rank_of;
	fold_input(&out, &input);
	result.severity = out.severity;
	result.confirm = out.confirm;
	result.shown = out.shown;
	bytes = malloc(out.shown.len + 1);
	assert_non_null(bytes);
	if (out.shown.len > 0)
		memcpy(bytes, out.shown.bytes, out.shown.len);
	bytes[out.shown.len] = '\0';
	result.shown.bytes = bytes;
	for (i = 0; i < n; i++) {
		if (copy[i].shown)
			result.heads_shown[result.n_shown++] = copy[i].id;
	}
	qsort(result.heads_shown, result.n_shown, sizeof(struct change_id),
	      by_id);
	policy_outcome_release(&out);
	return result;
}

static void result_release(struct result *result)
{
	free((char *)result->shown.bytes);
}

static void assert_same(const struct result *a, const struct result *b)
{
	size_t i;

	assert_int_equal(a->severity, b->severity);
	assert_int_equal(a->confirm, b->confirm);
	assert_true(value_equal(&a->shown, &b->shown));
	assert_int_equal(a->n_shown, b->n_shown);
	for (i = 0; i < a->n_shown; i++)
		assert_true(
			change_id_equal(a->heads_shown[i], b->heads_shown[i]));
}

struct permuted {
	enum policy policy;
	const char *base;
	struct policy_head heads[HEADS_MAX];
	size_t n;
	const struct result *expected;
};

static void swap_heads(struct policy_head *a, struct policy_head *b)
{
	struct policy_head tmp = *a;

	*a = *b;
	*b = tmp;
}

static void check_order(const struct permuted *p)
{
	struct result result = result_of(p->policy, p->base, p->heads, p->n);

	assert_same(&result, p->expected);
	result_release(&result);
}

/* Every order of heads[from..n). */
static void permute(struct permuted *p, size_t from)
{
	size_t i;

	if (from + 1 >= p->n) {
		check_order(p);
		return;
	}
	for (i = from; i < p->n; i++) {
		swap_heads(&p->heads[from], &p->heads[i]);
		permute(p, from + 1);
		swap_heads(&p->heads[from], &p->heads[i]);
	}
}

/* Folds in every order, asserts that all agree, and compares with what is
 * expected. `shown_by`: origins of the heads shown, ascending, 0-ended. */
struct expectation {
	enum severity severity;
	const char *shown;
	uint64_t shown_by[HEADS_MAX];
};

static void expect(enum policy policy, const char *base,
		   const struct policy_head *heads, size_t n,
		   const struct expectation *expected)
{
	struct result result = result_of(policy, base, heads, n);
	struct permuted p = {.policy = policy, .base = base, .n = n};
	struct value shown = text(expected->shown);
	size_t i;

	assert_int_equal(result.severity, expected->severity);
	if (!value_equal(&result.shown, &shown))
		fail_msg("shown '%s', not '%s'", result.shown.bytes,
			 expected->shown ? expected->shown : "(null)");
	assert_int_equal(result.confirm,
			 policy == POLICY_TEXT &&
				 expected->severity == SEVERITY_SOFT);
	for (i = 0; expected->shown_by[i]; i++) {
		assert_true(i < result.n_shown);
		assert_int_equal(result.heads_shown[i].origin,
				 expected->shown_by[i]);
	}
	assert_int_equal(result.n_shown, i);
	memcpy(p.heads, heads, n * sizeof(*heads));
	p.expected = &result;
	permute(&p, 0);
	result_release(&result);
}

#define EXPECT(policy, base, heads, ...)                              \
	expect(policy, base, heads, sizeof(heads) / sizeof(*(heads)), \
	       &(const struct expectation){__VA_ARGS__})

/* Names */

static void policy__names_are_parsed_back(void **state)
{
	int i;

	(void)state;
	for (i = 0; i <= POLICY_UNKNOWN; i++) {
		enum policy policy = (enum policy)i;

		assert_int_equal(policy_parse(policy_name(policy)), policy);
	}
	assert_string_equal(policy_name(POLICY_STRICTEST), "strictest");
}

static void policy__a_name_from_a_newer_schema_is_unknown(void **state)
{
	(void)state;
	assert_int_equal(policy_parse("majority"), POLICY_UNKNOWN);
	assert_int_equal(policy_parse(""), POLICY_UNKNOWN);
	assert_int_equal(policy_parse(NULL), POLICY_UNKNOWN);
	assert_string_equal(policy_name((enum policy)99), "unknown");
}

/* What holds for every policy */

static void policy__one_head_is_shown_without_conflict(void **state)
{
	int policy;

	(void)state;
	for (policy = 0; policy <= POLICY_UNKNOWN; policy++) {
		struct policy_head heads[] = {ahead(head(1, 5, "x"))};

		EXPECT((enum policy)policy, "w", heads, SEVERITY_NONE, "x",
		       {1});
	}
}

static void policy__heads_that_agree_are_no_conflict(void **state)
{
	int policy;

	(void)state;
	for (policy = 0; policy <= POLICY_UNKNOWN; policy++) {
		struct policy_head heads[] = {by_office(1, 5, "public"),
					      head(2, 9, "public"),
					      ahead(by_owner(3, 7, "public"))};

		EXPECT((enum policy)policy, NULL, heads, SEVERITY_NONE,
		       "public", {1, 2, 3});
	}
}

static void policy__a_cleared_field_is_a_value_like_any_other(void **state)
{
	struct policy_head heads[] = {head(1, 5, "x"), head(2, 6, NULL)};
	struct policy_head cleared[] = {head(1, 5, NULL), head(2, 6, NULL)};
	struct policy_head empty[] = {head(1, 5, ""), head(2, 6, NULL)};

	(void)state;
	EXPECT(POLICY_NEWEST, NULL, heads, SEVERITY_SOFT, NULL, {2});
	EXPECT(POLICY_REVIEW, NULL, cleared, SEVERITY_NONE, NULL, {1, 2});
	EXPECT(POLICY_REVIEW, NULL, empty, SEVERITY_HARD, NULL, {2});
}

static void policy__ties_of_clock_go_by_origin_then_seq(void **state)
{
	struct policy_head heads[] = {head(2, 5, "b"), head(1, 5, "a")};
	struct policy_head same[] = {head(1, 5, "a"), head(1, 5, "b")};

	(void)state;
	EXPECT(POLICY_NEWEST, NULL, heads, SEVERITY_SOFT, "b", {2});
	same[1].id.seq = 2;
	EXPECT(POLICY_NEWEST, NULL, same, SEVERITY_SOFT, "b", {1});
}

static void policy__a_flagged_clock_loses_against_any_other(void **state)
{
	struct policy_head heads[] = {ahead(head(9, 900, "far")),
				      head(1, 5, "a"), head(2, 4, "b")};
	struct policy_head only[] = {ahead(head(1, 900, "far")),
				     ahead(head(2, 950, "farther"))};

	(void)state;
	EXPECT(POLICY_NEWEST, NULL, heads, SEVERITY_SOFT, "a", {1});
	EXPECT(POLICY_REVIEW, NULL, heads, SEVERITY_HARD, "a", {1});
	EXPECT(POLICY_NEWEST, NULL, only, SEVERITY_SOFT, "farther", {2});
}

/* What was far ahead once is overtaken some day, and loses still. */
static void policy__a_flagged_clock_loses_on_both_sides_of_it(void **state)
{
	struct policy_head heads[] = {head(1, 50, "before"),
				      ahead(head(2, 100, "far")),
				      head(3, 200, "after")};
	struct policy_head sets[] = {ahead(over(head(1, 100, "甲"), "丁、丙")),
				     over(head(2, 200, "乙"), "戊、丙、甲")};

	(void)state;
	EXPECT(POLICY_NEWEST, NULL, heads, SEVERITY_SOFT, "after", {3});
	EXPECT(POLICY_REVIEW, NULL, heads, SEVERITY_HARD, "after", {3});
	heads[0].from_office = heads[1].from_office = true;
	EXPECT(POLICY_OFFICE, NULL, heads, SEVERITY_HARD, "before", {1});
	heads[2].from_office = true;
	EXPECT(POLICY_OFFICE, NULL, heads, SEVERITY_HARD, "after", {3});
	/* Nor does it say in which order members stand. */
	EXPECT(POLICY_SET, NULL, sets, SEVERITY_SOFT, "甲、乙", {1, 2});
}

static void policy__every_head_with_the_shown_value_is_shown(void **state)
{
	struct policy_head heads[] = {head(1, 1, "b"), head(2, 2, "a"),
				      head(3, 3, "b")};

	(void)state;
	EXPECT(POLICY_NEWEST, NULL, heads, SEVERITY_SOFT, "b", {1, 3});
	EXPECT(POLICY_APPEND, NULL, heads, SEVERITY_HARD, "b", {1, 3});
}

/* office */

static void office__its_value_stands_against_later_ones(void **state)
{
	struct policy_head heads[] = {by_office(1, 1, "2022-06-30"),
				      head(2, 9, "2022-09-30")};

	(void)state;
	EXPECT(POLICY_OFFICE, NULL, heads, SEVERITY_SOFT, "2022-06-30", {1});
}

static void office__its_value_stands_even_with_a_flagged_clock(void **state)
{
	struct policy_head heads[] = {ahead(by_office(1, 900, "o")),
				      head(2, 9, "u")};

	(void)state;
	EXPECT(POLICY_OFFICE, NULL, heads, SEVERITY_SOFT, "o", {1});
}

static void office__two_of_its_values_are_for_a_person(void **state)
{
	struct policy_head heads[] = {by_office(1, 1, "2022-09-30"),
				      by_office(2, 2, "2022-06-30"),
				      head(3, 3, "2022-12-31")};

	(void)state;
	EXPECT(POLICY_OFFICE, NULL, heads, SEVERITY_HARD, "2022-06-30", {2});
}

static void office__two_of_its_heads_may_agree(void **state)
{
	struct policy_head heads[] = {by_office(1, 1, "x"),
				      by_office(2, 2, "x"), head(3, 3, "u")};

	(void)state;
	EXPECT(POLICY_OFFICE, NULL, heads, SEVERITY_SOFT, "x", {1, 2});
}

static void office__without_its_word_the_newest_proposal_is_shown(void **state)
{
	struct policy_head heads[] = {head(1, 1, "x"), head(2, 2, "y")};

	(void)state;
	EXPECT(POLICY_OFFICE, NULL, heads, SEVERITY_SOFT, "y", {2});
}

/* owner */

static void owner__its_value_wins_over_the_office(void **state)
{
	struct policy_head heads[] = {by_owner(1, 1, "A"), by_office(2, 9, "B"),
				      head(3, 8, "C")};

	(void)state;
	EXPECT(POLICY_OWNER, NULL, heads, SEVERITY_SOFT, "A", {1});
}

static void owner__two_values_of_its_own_nodes_are_for_a_person(void **state)
{
	struct policy_head heads[] = {by_owner(1, 1, "A"), by_owner(2, 2, "B"),
				      by_office(3, 9, "C")};

	(void)state;
	EXPECT(POLICY_OWNER, NULL, heads, SEVERITY_HARD, "B", {2});
}

static void owner__a_flagged_node_does_not_win_among_its_own(void **state)
{
	struct policy_head heads[] = {by_owner(1, 1, "A"),
				      ahead(by_owner(2, 900, "B"))};

	(void)state;
	EXPECT(POLICY_OWNER, NULL, heads, SEVERITY_HARD, "A", {1});
}

static void owner__without_its_word_the_office_decides(void **state)
{
	struct policy_head heads[] = {by_office(1, 1, "A"), head(2, 9, "B")};
	struct policy_head two[] = {by_office(1, 1, "A"), by_office(2, 2, "B"),
				    head(3, 9, "C")};

	(void)state;
	EXPECT(POLICY_OWNER, NULL, heads, SEVERITY_SOFT, "A", {1});
	EXPECT(POLICY_OWNER, NULL, two, SEVERITY_HARD, "B", {2});
}

/* strictest */

static void strictest__the_highest_rank_is_shown(void **state)
{
	struct policy_head heads[] = {head(1, 1, "withheld"),
				      head(2, 9, "public"),
				      head(3, 5, "extract")};

	(void)state;
	EXPECT(POLICY_STRICTEST, NULL, heads, SEVERITY_SOFT, "withheld", {1});
}

static void strictest__an_unknown_code_is_for_a_person(void **state)
{
	struct policy_head heads[] = {head(1, 1, "withheld"),
				      head(2, 9, "secret")};
	struct policy_head cleared[] = {head(1, 9, "withheld"),
					head(2, 1, NULL)};

	(void)state;
	EXPECT(POLICY_STRICTEST, NULL, heads, SEVERITY_HARD, "secret", {2});
	EXPECT(POLICY_STRICTEST, NULL, cleared, SEVERITY_HARD, "withheld", {1});
}

static void strictest__two_codes_of_the_top_rank_are_for_a_person(void **state)
{
	struct policy_head heads[] = {head(1, 2, "extract"),
				      head(2, 1, "summary"),
				      head(3, 9, "public")};
	struct policy_head below[] = {head(1, 2, "extract"),
				      head(2, 3, "summary"),
				      head(3, 9, "withheld")};
	struct policy_head flagged[] = {ahead(head(1, 900, "extract")),
					head(2, 3, "summary")};

	(void)state;
	EXPECT(POLICY_STRICTEST, NULL, heads, SEVERITY_HARD, "extract", {1});
	EXPECT(POLICY_STRICTEST, NULL, below, SEVERITY_SOFT, "withheld", {3});
	EXPECT(POLICY_STRICTEST, NULL, flagged, SEVERITY_HARD, "summary", {2});
}

static void strictest__without_a_list_every_code_is_unknown(void **state)
{
	struct policy_head heads[] = {head(1, 1, "public"),
				      head(2, 2, "withheld")};
	struct policy_input input = {
		.policy = POLICY_STRICTEST, .heads = heads, .n = 2};
	struct policy_outcome out;

	(void)state;
	fold_input(&out, &input);
	assert_int_equal(out.severity, SEVERITY_HARD);
	policy_outcome_release(&out);
}

/* append, review, unknown */

static void review__different_values_are_for_a_person(void **state)
{
	static const enum policy policies[] = {POLICY_APPEND, POLICY_REVIEW,
					       POLICY_UNKNOWN, (enum policy)77};
	struct policy_head heads[] = {by_office(1, 1, "main"),
				      by_owner(2, 2, "co")};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(policies) / sizeof(*policies); i++)
		EXPECT(policies[i], "x", heads, SEVERITY_HARD, "co", {2});
}

static void review__a_void_against_an_edit_is_for_a_person(void **state)
{
	struct policy_head heads[] = {head(1, 1, NULL), head(2, 2, NULL)};
	struct result result;

	(void)state;
	heads[0].value = value_int(1);
	heads[1].value = value_int(0);
	result = result_of(POLICY_REVIEW, NULL, heads, 2);
	assert_int_equal(result.severity, SEVERITY_HARD);
	assert_true(value_equal(&result.shown, &heads[1].value));
	result_release(&result);
}

/* set */

static void set__members_of_all_heads_are_united(void **state)
{
	struct policy_head heads[] = {over(head(1, 1, "张三、李四"), "张三"),
				      over(head(2, 2, "张三、王五"), "张三")};

	(void)state;
	EXPECT(POLICY_SET, "张三", heads, SEVERITY_SOFT, "张三、李四、王五",
	       {1, 2});
}

static void set__the_first_sponsor_stays_first(void **state)
{
	struct policy_head heads[] = {
		over(head(1, 1, "阿明、李四、张三、丁一"), "李四、张三"),
		over(head(2, 2, "张三、李四"), "李四、张三")};

	(void)state;
	EXPECT(POLICY_SET, "李四、张三", heads, SEVERITY_SOFT,
	       "李四、张三、丁一、阿明", {1, 2});
	EXPECT(POLICY_SET, NULL, heads, SEVERITY_SOFT, "李四、张三、丁一、阿明",
	       {1, 2});
}

static void set__bases_give_their_order_head_by_head(void **state)
{
	struct policy_head heads[] = {
		ahead(over(head(1, 1, "x、y、z"), "x、y、z")),
		over(head(2, 2, "y、x、m"), "y、x")};

	(void)state;
	EXPECT(POLICY_SET, NULL, heads, SEVERITY_SOFT, "y、x、z、m", {1, 2});
	EXPECT(POLICY_SET, "z", heads, SEVERITY_SOFT, "y、x、m", {1, 2});
}

static void set__what_one_saw_and_took_out_is_gone(void **state)
{
	struct policy_head heads[] = {over(head(1, 1, "a、c"), "a、b、c"),
				      over(head(2, 2, "a、b、c、d"),
					   "a、b、c")};

	(void)state;
	EXPECT(POLICY_SET, "a、b、c", heads, SEVERITY_SOFT, "a、c、d", {1, 2});
}

static void set__what_another_added_anew_stays(void **state)
{
	struct policy_head heads[] = {over(head(1, 1, "a"), "a、b"),
				      over(head(2, 2, "a、b"), "a")};

	(void)state;
	EXPECT(POLICY_SET, "a", heads, SEVERITY_SOFT, "a、b", {1, 2});
}

static void set__a_second_edit_does_not_undo_a_removal(void **state)
{
	/* a、b -> a -> a、c on one machine; a、b -> a、b、d on another */
	struct policy_head heads[] = {over(head(1, 3, "a、c"), "a"),
				      over(head(2, 2, "a、b、d"), "a、b")};

	(void)state;
	EXPECT(POLICY_SET, "a、b", heads, SEVERITY_SOFT, "a、c、d", {1, 2});
}

static void set__clearing_takes_out_what_was_seen(void **state)
{
	struct policy_head heads[] = {over(head(1, 1, NULL), "a、b"),
				      over(head(2, 2, "a、b、c"), "a、b")};
	struct policy_head gone[] = {over(head(1, 1, NULL), "a、b"),
				     over(head(2, 2, "b"), "a、b")};
	struct policy_head parted[] = {over(head(1, 1, "a"), "a、b"),
				       over(head(2, 2, "b"), "a、b")};

	(void)state;
	EXPECT(POLICY_SET, "a、b", heads, SEVERITY_SOFT, "c", {1, 2});
	EXPECT(POLICY_SET, "a、b", gone, SEVERITY_SOFT, NULL, {1, 2});
	EXPECT(POLICY_SET, "a、b", parted, SEVERITY_SOFT, NULL, {1, 2});
}

static void set__members_are_named_once_and_trimmed(void **state)
{
	struct policy_head heads[] = {
		head(1, 1, "a、 b　、、a"),
		head(2, 2, "、　c、\tb"),
	};

	(void)state;
	EXPECT(POLICY_SET, NULL, heads, SEVERITY_SOFT, "a、b、c", {1, 2});
}

static void set__new_members_stand_in_code_point_order(void **state)
{
	/* U+5F20 张, U+674E 李, U+FF21 Ａ, U+20000 𠀀: UTF-16 would differ */
	struct policy_head heads[] = {head(1, 1, "𠀀、李"),
				      head(2, 2, "Ａ、张")};

	(void)state;
	EXPECT(POLICY_SET, NULL, heads, SEVERITY_SOFT, "张、李、Ａ、𠀀",
	       {1, 2});
}

static void set__a_union_that_a_head_already_says_is_borrowed(void **state)
{
	struct policy_head heads[] = {head(1, 1, "a"), head(2, 2, "a、b")};
	struct policy_input input = {
		.policy = POLICY_SET, .heads = heads, .n = 2};
	struct policy_outcome out;

	(void)state;
	fold_input(&out, &input);
	assert_ptr_equal(out.shown.bytes, heads[1].value.bytes);
	assert_null(out.made.data);
	policy_outcome_release(&out);
}

static void set__a_value_that_is_no_text_is_for_a_person(void **state)
{
	struct policy_head heads[] = {head(1, 1, "a"), head(2, 2, "b"),
				      head(3, 0, NULL)};

	(void)state;
	heads[2].value = value_int(7);
	EXPECT(POLICY_SET, NULL, heads, SEVERITY_HARD, "b", {2});
	EXPECT(POLICY_TEXT, NULL, heads, SEVERITY_HARD, "b", {2});
}

static void set__the_plain_merge_goes_by_heads_alone(void **state)
{
	struct policy_head heads[] = {over(head(1, 3, "a、c"), "a"),
				      over(head(2, 2, "a、b、d"), "a、b")};
	struct buf out = BUF_INIT;
	struct err err = {0};

	(void)state;
	assert_int_equal(policy_set_merge(&out, heads, 2, &err), 0);
	assert_string_equal(buf_text(&out), "a、b、c、d");
	buf_release(&out);
}

static void set__very_large_sets_are_united(void **state)
{
	enum { MEMBERS = 100000 };
	struct buf left = BUF_INIT, right = BUF_INIT, out = BUF_INIT;
	struct policy_head heads[] = {head(1, 1, NULL), head(2, 2, NULL)};
	struct err err = {0};
	int i;

	(void)state;
	for (i = 0; i < MEMBERS; i++) {
		buf_addf(i % 2 ? &left : &right, "m%06d、", i);
		buf_addf(i % 3 ? &left : &right, "m%06d、", i);
	}
	heads[0].value = text(buf_text(&left));
	heads[1].value = text(buf_text(&right));
	assert_int_equal(policy_set_merge(&out, heads, 2, &err), 0);
	assert_int_equal(out.len, MEMBERS * 7 + (MEMBERS - 1) * 3);
	buf_release(&left);
	buf_release(&right);
	buf_release(&out);
}

/* text */

static const char base_text[] = "一。\n二。\n三。\n四。\n五。";

static void text__edits_of_different_paragraphs_are_merged(void **state)
{
	struct policy_head heads[] = {
		by_owner(1, 1, "甲。\n二。\n三。\n四。\n五。"),
		by_owner(2, 2, "一。\n二。\n三。\n四。\n乙。"),
		by_owner(3, 3, "一。\n二。\n丙。\n四。\n五。")};

	(void)state;
	EXPECT(POLICY_TEXT, base_text, heads, SEVERITY_SOFT,
	       "甲。\n二。\n丙。\n四。\n乙。", {1, 2, 3});
}

static void text__a_paragraph_added_at_the_end_touches_none(void **state)
{
	struct policy_head heads[] = {
		head(1, 1, "一。\n二。\n三。\n四。\n五。\n六。"),
		head(2, 2, "〇。\n一。\n二。\n三。\n丁。\n五。")};

	(void)state;
	EXPECT(POLICY_TEXT, base_text, heads, SEVERITY_SOFT,
	       "〇。\n一。\n二。\n三。\n丁。\n五。\n六。", {1, 2});
}

static void text__line_breaks_at_the_end_are_kept(void **state)
{
	struct policy_head heads[] = {head(1, 1, "甲\nb\nc\nd\n\n"),
				      head(2, 2, "a\nb\n丙\nd\n\n")};
	struct policy_head cut[] = {head(1, 1, "甲\nb\nc\nd"),
				    head(2, 2, "a\nb\nc\nd\n\n\n")};

	(void)state;
	EXPECT(POLICY_TEXT, "a\nb\nc\nd\n\n", heads, SEVERITY_SOFT,
	       "甲\nb\n丙\nd\n\n", {1, 2});
	EXPECT(POLICY_TEXT, "a\nb\nc\nd", cut, SEVERITY_SOFT,
	       "甲\nb\nc\nd\n\n\n", {1, 2});
}

static void text__two_edits_of_one_paragraph_are_for_a_person(void **state)
{
	struct policy_head heads[] = {
		by_owner(1, 1, "甲。\n二。\n三。\n四。\n五。"),
		by_owner(2, 2, "乙。\n二。\n三。\n四。\n五。"),
		by_office(3, 9, "丙。\n二。\n三。\n四。\n五。")};

	(void)state;
	EXPECT(POLICY_TEXT, base_text, heads, SEVERITY_HARD,
	       "乙。\n二。\n三。\n四。\n五。", {2});
}

static void text__an_overlap_without_the_owner_shows_the_newest(void **state)
{
	struct policy_head heads[] = {head(1, 2, "甲"), by_office(2, 1, "乙"),
				      ahead(head(3, 9, "丙"))};

	(void)state;
	EXPECT(POLICY_TEXT, "一", heads, SEVERITY_HARD, "甲", {1});
}

static void text__neighbouring_paragraphs_touch(void **state)
{
	struct policy_head heads[] = {
		head(1, 1, "一。\n甲。\n三。\n四。\n五。"),
		head(2, 2, "一。\n二。\n乙。\n四。\n五。")};

	(void)state;
	EXPECT(POLICY_TEXT, base_text, heads, SEVERITY_HARD,
	       "一。\n二。\n乙。\n四。\n五。", {2});
}

static void text__one_overlap_of_three_is_for_a_person(void **state)
{
	struct policy_head heads[] = {
		head(1, 1, "甲。\n二。\n三。\n四。\n五。"),
		head(2, 2, "一。\n二。\n三。\n四。\n乙。"),
		head(3, 3, "丙。\n二。\n三。\n四。\n五。")};

	(void)state;
	EXPECT(POLICY_TEXT, base_text, heads, SEVERITY_HARD,
	       "丙。\n二。\n三。\n四。\n五。", {3});
}

static void text__two_first_drafts_are_for_a_person(void **state)
{
	struct policy_head heads[] = {by_owner(1, 1, "甲。"),
				      by_owner(2, 2, "乙。")};

	(void)state;
	EXPECT(POLICY_TEXT, NULL, heads, SEVERITY_HARD, "乙。", {2});
}

static void text__a_head_that_says_the_base_adds_nothing(void **state)
{
	struct policy_head heads[] = {head(1, 1, "甲。"), head(2, 9, "一。")};

	(void)state;
	EXPECT(POLICY_TEXT, "一。", heads, SEVERITY_SOFT, "甲。", {1, 2});
}

static void text__the_same_text_twice_is_taken_once(void **state)
{
	struct policy_head heads[] = {
		head(1, 1, "甲。\n二。\n三。\n四。\n五。"),
		head(2, 2, "一。\n二。\n三。\n四。\n乙。"),
		head(3, 3, "甲。\n二。\n三。\n四。\n五。")};

	(void)state;
	EXPECT(POLICY_TEXT, base_text, heads, SEVERITY_SOFT,
	       "甲。\n二。\n三。\n四。\n乙。", {1, 2, 3});
}

static void text__clearing_against_an_edit_is_for_a_person(void **state)
{
	struct policy_head heads[] = {head(1, 2, NULL), head(2, 1, "甲。")};
	struct policy_head alone[] = {head(1, 1, NULL), head(2, 2, "一。")};
	struct policy_head both[] = {head(1, 1, NULL), head(2, 2, "")};

	(void)state;
	EXPECT(POLICY_TEXT, "一。", heads, SEVERITY_HARD, NULL, {1});
	EXPECT(POLICY_TEXT, "一。", alone, SEVERITY_SOFT, NULL, {1, 2});
	EXPECT(POLICY_TEXT, "一。", both, SEVERITY_SOFT, "", {1, 2});
}

static void text__conflict_markers_in_a_text_are_just_text(void **state)
{
	struct policy_head heads[] = {
		head(1, 1, "<<<<<<< 甲\nb\nc\n=======\n>>>>>>> e"),
		head(2, 2, "a\nb\n丙\n=======\n>>>>>>> e")};

	(void)state;
	EXPECT(POLICY_TEXT, "a\nb\nc\n=======\n>>>>>>> e", heads, SEVERITY_SOFT,
	       "<<<<<<< 甲\nb\n丙\n=======\n>>>>>>> e", {1, 2});
}

static void text__a_merge_takes_either_side_first(void **state)
{
	struct value base = text(base_text);
	struct value ours = text("甲。\n二。\n三。\n四。\n五。");
	struct value theirs = text("一。\n二。\n三。\n五。\n六。");
	struct buf one = BUF_INIT, other = BUF_INIT;
	struct err err = {0};
	bool clean;

	(void)state;
	assert_int_equal(policy_text_merge(&one, &clean, &base, &ours, &theirs,
					   &err),
			 0);
	assert_true(clean);
	assert_int_equal(policy_text_merge(&other, &clean, &base, &theirs,
					   &ours, &err),
			 0);
	assert_true(clean);
	assert_string_equal(buf_text(&one), buf_text(&other));
	assert_string_equal(buf_text(&one), "甲。\n二。\n三。\n五。\n六。");
	buf_release(&one);
	buf_release(&other);
}

static void text__an_overlap_leaves_nothing_in_the_output(void **state)
{
	struct value base = text("a"), ours = text("b"), theirs = text("c");
	struct buf out = BUF_INIT;
	struct err err = {0};
	bool clean = true;

	(void)state;
	assert_int_equal(policy_text_merge(&out, &clean, &base, &ours, &theirs,
					   &err),
			 0);
	assert_false(clean);
	assert_int_equal(out.len, 0);
	buf_release(&out);
}

static void text__bytes_that_are_no_text_are_not_merged(void **state)
{
	struct policy_head heads[] = {head(1, 1, ""), head(2, 2, "x")};
	struct policy_input input = {
		.policy = POLICY_TEXT, .heads = heads, .n = 2};
	struct value base = text(base_text), ours = base, theirs;
	struct policy_outcome outcome;
	struct buf long_text = BUF_INIT, out = BUF_INIT;
	struct err err = {0};
	bool clean = true;
	int i;

	(void)state;
	for (i = 0; i < 9000; i++)
		buf_adds(&long_text, "一");
	buf_addc(&long_text, '\0');
	theirs = text("");
	theirs.bytes = long_text.data;
	theirs.len = long_text.len;
	assert_int_equal(policy_text_merge(&out, &clean, &base, &ours, &theirs,
					   &err),
			 0);
	assert_false(clean);
	input.base = value_int(7);
	fold_input(&outcome, &input);
	assert_int_equal(outcome.severity, SEVERITY_HARD);
	policy_outcome_release(&outcome);
	buf_release(&long_text);
	buf_release(&out);
}

/* Random folds */

static uint64_t seed;

static uint64_t next_random(void)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return seed;
}

static size_t below(size_t n)
{
	return (size_t)(next_random() % n);
}

static void seed_init(void)
{
	seed = helper_seed(20221014);
	if (seed == 0)
		seed = 1;
}

static const char *random_value(enum policy policy)
{
	static const char *const words[] = {NULL, "", "A", "B", "C"};
	static const char *const codes[] = {"public",	"extract", "summary",
					    "withheld", "secret",  NULL};
	static const char *const sets[] = {NULL,      "a",	 "a、b",
					   "b、a",    "a、b、c", "c、d",
					   "a、b、d", "e",	 "d、a"};
	static const char *const texts[] = {NULL,
					    "",
					    "一\n二\n三\n四\n五",
					    "甲\n二\n三\n四\n五",
					    "一\n二\n丙\n四\n五",
					    "一\n二\n三\n四\n戊",
					    "一\n二\n三\n四",
					    "一\n乙\n三\n四\n五",
					    "〇\n一\n二\n三\n四\n五"};

	switch (policy) {
	case POLICY_STRICTEST:
		return codes[below(sizeof(codes) / sizeof(*codes))];
	case POLICY_SET:
		return sets[below(sizeof(sets) / sizeof(*sets))];
	case POLICY_TEXT:
		return texts[below(sizeof(texts) / sizeof(*texts))];
	default:
		return words[below(sizeof(words) / sizeof(*words))];
	}
}

static struct policy_head random_head(enum policy policy, size_t at)
{
	struct policy_head made =
		head(1 + below(3), below(4), random_value(policy));

	made.id.seq = at + 1; /* ids differ */
	made.clock_ahead = below(4) == 0;
	made.from_office = below(3) == 0;
	made.from_owner = below(3) == 0;
	made.base = text(random_value(policy));
	return made;
}

static void shuffle(struct policy_head *heads, size_t n)
{
	size_t i;

	for (i = n; i > 1; i--)
		swap_heads(&heads[i - 1], &heads[below(i)]);
}

/* Laws of every outcome, whatever the policy. */
static void check_laws(const struct permuted *p, const struct result *result)
{
	bool one_value = true, from_a_head = false;
	size_t i;

	for (i = 0; i < p->n; i++) {
		if (!value_equal(&p->heads[i].value, &p->heads[0].value))
			one_value = false;
		if (value_equal(&p->heads[i].value, &result->shown))
			from_a_head = true;
	}
	assert_int_equal(result->severity == SEVERITY_NONE, one_value);
	assert_true(result->n_shown >= 1);
	if (result->severity != SEVERITY_SOFT ||
	    (p->policy != POLICY_SET && p->policy != POLICY_TEXT))
		assert_true(from_a_head);
	else
		assert_int_equal(result->n_shown, p->n);
	if (p->policy == POLICY_NEWEST || p->policy == POLICY_SET)
		assert_int_not_equal(result->severity, SEVERITY_HARD);
	if (p->policy >= POLICY_APPEND)
		assert_int_not_equal(result->severity, SEVERITY_SOFT);
}

static void random_folds(enum policy policy, size_t max, int rounds)
{
	int round, again;

	for (round = 0; round < rounds; round++) {
		struct permuted p = {.policy = policy};
		struct result result;
		size_t i;

		p.n = 1 + below(max);
		p.base = random_value(policy);
		for (i = 0; i < p.n; i++)
			p.heads[i] = random_head(policy, i);
		result = result_of(policy, p.base, p.heads, p.n);
		p.expected = &result;
		check_laws(&p, &result);
		if (p.n <= 5)
			permute(&p, 0);
		for (again = 0; p.n > 5 && again < 40; again++) {
			shuffle(p.heads, p.n);
			check_order(&p);
		}
		result_release(&result);
	}
}

/* (I6) */
static void policy__every_order_of_up_to_five_heads_agrees(void **state)
{
	int policy;

	(void)state;
	seed_init();
	for (policy = 0; policy <= POLICY_UNKNOWN; policy++)
		random_folds((enum policy)policy, 5,
			     policy == POLICY_TEXT ? 20 : 60);
}

static void policy__shuffles_of_many_heads_agree(void **state)
{
	int policy;

	(void)state;
	seed_init();
	for (policy = 0; policy <= POLICY_UNKNOWN; policy++)
		random_folds((enum policy)policy, HEADS_MAX,
			     policy == POLICY_TEXT ? 20 : 100);
}

/* The rule of policy.h word for word, member by member. */
static bool member_stays(char member, const char *base,
			 const struct policy_head *heads, size_t n)
{
	bool present = false, taken = false, added = false;
	size_t i;

	for (i = 0; i < n; i++) {
		const char *value = heads[i].value.bytes;
		const char *before = heads[i].base.bytes;
		bool has = value && strchr(value, member);
		bool had = before && strchr(before, member);

		present = present || has;
		added = added || (has && !had);
		taken = taken || (had && !has);
		if (base && strchr(base, member) && !has && !had)
			taken = true;
	}
	return present && (!taken || added);
}

static void set__random_unions_follow_the_rule(void **state)
{
	int round;

	(void)state;
	seed_init();
	for (round = 0; round < 3000; round++) {
		struct policy_head heads[6];
		const char *base = random_value(POLICY_SET);
		struct value base_value = text(base);
		size_t i, n = 1 + below(6);
		struct buf out = BUF_INIT;
		struct err err = {0};
		char member;

		for (i = 0; i < n; i++)
			heads[i] = random_head(POLICY_SET, i);
		assert_int_equal(policy_set_merge_base(&out, &base_value, heads,
						       n, &err),
				 0);
		for (member = 'a'; member <= 'e'; member++)
			assert_int_equal(strchr(buf_text(&out), member) != NULL,
					 member_stays(member, base, heads, n));
		buf_release(&out);
	}
}

/* n authors each change their own paragraphs, none beside another's: all
 * edits must be in the merge, whoever was the later. */
static void text__random_edits_apart_are_all_taken(void **state)
{
	enum { AUTHORS = 5, PARAGRAPHS = 40 };
	int round, a, i;

	(void)state;
	seed_init();
	for (round = 0; round < 20; round++) {
		struct policy_head heads[AUTHORS];
		struct buf texts[AUTHORS + 2]; /* heads', base, expected */
		int by[PARAGRAPHS];

		for (a = 0; a < AUTHORS + 2; a++)
			texts[a] = (struct buf)BUF_INIT;
		for (i = 0; i < PARAGRAPHS; i++)
			by[i] = i % 2 ? -1 : (int)below(AUTHORS + 2) - 2;
		for (a = 0; a < AUTHORS; a++)
			by[a * 2] = a; /* everybody has one */
		for (i = 0; i < PARAGRAPHS; i++) {
			for (a = 0; a < AUTHORS + 2; a++) {
				bool edited = by[i] >= 0 &&
					      (by[i] == a || a > AUTHORS);

				buf_addf(&texts[a], "%s段落%d%s。",
					 i ? "\n" : "", i, edited ? "改" : "");
			}
		}
		for (a = 0; a < AUTHORS; a++)
			heads[a] = head((uint64_t)a + 1, below(9),
					buf_text(&texts[a]));
		EXPECT(POLICY_TEXT, buf_text(&texts[AUTHORS]), heads,
		       SEVERITY_SOFT, buf_text(&texts[AUTHORS + 1]),
		       {1, 2, 3, 4, 5});
		for (a = 0; a < AUTHORS + 2; a++)
			buf_release(&texts[a]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(policy__names_are_parsed_back),
		cmocka_unit_test(policy__a_name_from_a_newer_schema_is_unknown),
		cmocka_unit_test(policy__one_head_is_shown_without_conflict),
		cmocka_unit_test(policy__heads_that_agree_are_no_conflict),
		cmocka_unit_test(
			policy__a_cleared_field_is_a_value_like_any_other),
		cmocka_unit_test(policy__ties_of_clock_go_by_origin_then_seq),
		cmocka_unit_test(
			policy__a_flagged_clock_loses_against_any_other),
		cmocka_unit_test(
			policy__a_flagged_clock_loses_on_both_sides_of_it),
		cmocka_unit_test(
			policy__every_head_with_the_shown_value_is_shown),
		cmocka_unit_test(office__its_value_stands_against_later_ones),
		cmocka_unit_test(
			office__its_value_stands_even_with_a_flagged_clock),
		cmocka_unit_test(office__two_of_its_values_are_for_a_person),
		cmocka_unit_test(office__two_of_its_heads_may_agree),
		cmocka_unit_test(
			office__without_its_word_the_newest_proposal_is_shown),
		cmocka_unit_test(owner__its_value_wins_over_the_office),
		cmocka_unit_test(
			owner__two_values_of_its_own_nodes_are_for_a_person),
		cmocka_unit_test(
			owner__a_flagged_node_does_not_win_among_its_own),
		cmocka_unit_test(owner__without_its_word_the_office_decides),
		cmocka_unit_test(strictest__the_highest_rank_is_shown),
		cmocka_unit_test(strictest__an_unknown_code_is_for_a_person),
		cmocka_unit_test(
			strictest__two_codes_of_the_top_rank_are_for_a_person),
		cmocka_unit_test(
			strictest__without_a_list_every_code_is_unknown),
		cmocka_unit_test(review__different_values_are_for_a_person),
		cmocka_unit_test(
			review__a_void_against_an_edit_is_for_a_person),
		cmocka_unit_test(set__members_of_all_heads_are_united),
		cmocka_unit_test(set__the_first_sponsor_stays_first),
		cmocka_unit_test(set__bases_give_their_order_head_by_head),
		cmocka_unit_test(set__what_one_saw_and_took_out_is_gone),
		cmocka_unit_test(set__what_another_added_anew_stays),
		cmocka_unit_test(set__a_second_edit_does_not_undo_a_removal),
		cmocka_unit_test(set__clearing_takes_out_what_was_seen),
		cmocka_unit_test(set__members_are_named_once_and_trimmed),
		cmocka_unit_test(set__new_members_stand_in_code_point_order),
		cmocka_unit_test(
			set__a_union_that_a_head_already_says_is_borrowed),
		cmocka_unit_test(set__a_value_that_is_no_text_is_for_a_person),
		cmocka_unit_test(set__the_plain_merge_goes_by_heads_alone),
		cmocka_unit_test(set__very_large_sets_are_united),
		cmocka_unit_test(
			text__edits_of_different_paragraphs_are_merged),
		cmocka_unit_test(
			text__a_paragraph_added_at_the_end_touches_none),
		cmocka_unit_test(text__line_breaks_at_the_end_are_kept),
		cmocka_unit_test(
			text__two_edits_of_one_paragraph_are_for_a_person),
		cmocka_unit_test(
			text__an_overlap_without_the_owner_shows_the_newest),
		cmocka_unit_test(text__neighbouring_paragraphs_touch),
		cmocka_unit_test(text__one_overlap_of_three_is_for_a_person),
		cmocka_unit_test(text__two_first_drafts_are_for_a_person),
		cmocka_unit_test(text__a_head_that_says_the_base_adds_nothing),
		cmocka_unit_test(text__the_same_text_twice_is_taken_once),
		cmocka_unit_test(
			text__clearing_against_an_edit_is_for_a_person),
		cmocka_unit_test(
			text__conflict_markers_in_a_text_are_just_text),
		cmocka_unit_test(text__a_merge_takes_either_side_first),
		cmocka_unit_test(text__an_overlap_leaves_nothing_in_the_output),
		cmocka_unit_test(text__bytes_that_are_no_text_are_not_merged),
		cmocka_unit_test(
			policy__every_order_of_up_to_five_heads_agrees),
		cmocka_unit_test(policy__shuffles_of_many_heads_agree),
		cmocka_unit_test(set__random_unions_follow_the_rule),
		cmocka_unit_test(text__random_edits_apart_are_all_taken),
	};

	return cmocka_run_group_tests_name("core/policy", tests, NULL, NULL);
}
