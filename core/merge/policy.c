/* policy.c - the fold: from the heads of a cell to what it shows.
 * Knows heads, roles and policies (core/merge/policies.md says the same in words).
 * Never learns in which order heads came; opens no storage, asks no clock. */
#include "core/merge/policy.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "core/merge/policy_set.h"

typedef int fold_fn(struct policy_outcome *out,
		    const struct policy_input *input, struct err *err);
typedef bool role_fn(const struct policy_head *head);

static bool from_anyone(const struct policy_head *head)
{
	(void)head;
	return true;
}

static bool from_office(const struct policy_head *head)
{
	return head->from_office;
}

static bool from_owner(const struct policy_head *head)
{
	return head->from_owner;
}

/* The order of (I6): total, because no two changes share an id. */
static int head_compare(const void *left, const void *right)
{
	const struct policy_head *a = left;
	const struct policy_head *b = right;

	if (a->clock_ahead != b->clock_ahead)
		return a->clock_ahead ? 1 : -1;
	if (a->clock != b->clock)
		return a->clock < b->clock ? -1 : 1;
	return change_id_compare(a->id, b->id);
}

static void sort_heads(struct policy_head *heads, size_t n)
{
	size_t i;

	for (i = 1; i < n; i++) {
		if (head_compare(&heads[i - 1], &heads[i]) > 0) {
			qsort(heads, n, sizeof(*heads), head_compare);
			return;
		}
	}
}

/* The newest of the heads in a role: the last in order, but a flagged one
 * only where there is no other. NULL where nobody is in the role. */
static const struct policy_head *newest(const struct policy_input *input,
					role_fn *in_role)
{
	const struct policy_head *found = NULL;
	size_t i;

	for (i = 0; i < input->n; i++) {
		const struct policy_head *head = &input->heads[i];

		if (!in_role(head))
			continue;
		if (found && head->clock_ahead && !found->clock_ahead)
			break; /* sorted: only flagged ones follow */
		found = head;
	}
	return found;
}

/* Whether the heads in a role have two or more different values. */
static bool differ(const struct policy_input *input, role_fn *in_role)
{
	const struct value *first = NULL;
	size_t i;

	for (i = 0; i < input->n; i++) {
		const struct policy_head *head = &input->heads[i];

		if (!in_role(head))
			continue;
		if (first && !value_equal(first, &head->value))
			return true;
		first = &head->value;
	}
	return false;
}

static int show(struct policy_outcome *out, const struct policy_input *input,
		const struct policy_head *winner, enum severity severity)
{
	size_t i;

	out->severity = severity;
	out->shown = winner->value;
	for (i = 0; i < input->n; i++) {
		struct policy_head *head = &input->heads[i];

		head->shown = value_equal(&head->value, &winner->value);
	}
	return 0;
}

static void show_all(const struct policy_input *input)
{
	size_t i;

	for (i = 0; i < input->n; i++)
		input->heads[i].shown = true;
}

/* One value of the role settles it; two are for a person to choose from, and
 * the later one stands only until then. */
static int fold_role(struct policy_outcome *out,
		     const struct policy_input *input, role_fn *in_role)
{
	return show(out, input, newest(input, in_role),
		    differ(input, in_role) ? SEVERITY_HARD : SEVERITY_SOFT);
}

static int fold_newest(struct policy_outcome *out,
		       const struct policy_input *input, struct err *err)
{
	(void)err;
	return show(out, input, newest(input, from_anyone), SEVERITY_SOFT);
}

static int fold_review(struct policy_outcome *out,
		       const struct policy_input *input, struct err *err)
{
	(void)err;
	return show(out, input, newest(input, from_anyone), SEVERITY_HARD);
}

static int fold_office(struct policy_outcome *out,
		       const struct policy_input *input, struct err *err)
{
	if (newest(input, from_office))
		return fold_role(out, input, from_office);
	return fold_newest(out, input, err);
}

static int fold_owner(struct policy_outcome *out,
		      const struct policy_input *input, struct err *err)
{
	if (newest(input, from_owner))
		return fold_role(out, input, from_owner);
	return fold_office(out, input, err);
}

static bool is_text(const struct value *value)
{
	return value->type == VALUE_TEXT || value->type == VALUE_NULL;
}

static bool all_text(const struct policy_input *input)
{
	size_t i;

	for (i = 0; i < input->n; i++) {
		if (!is_text(&input->heads[i].value))
			return false;
	}
	return true;
}

/* NULL and "" are different values, but the same text: none. */
static bool same_text(const struct value *a, const struct value *b)
{
	size_t a_len = a->type == VALUE_TEXT ? a->len : 0;
	size_t b_len = b->type == VALUE_TEXT ? b->len : 0;

	return a_len == b_len &&
	       (a_len == 0 || memcmp(a->bytes, b->bytes, a_len) == 0);
}

/* Shows what was made of the heads: out->made, or the newest head that says
 * just that. Nothing left is a cleared field. */
static int show_made(struct policy_outcome *out,
		     const struct policy_input *input, struct err *err)
{
	struct value made = {.type = VALUE_NULL};
	size_t i;

	if (buf_check(&out->made, err) < 0)
		return err->code;
	if (out->made.len > 0) {
		made.type = VALUE_TEXT;
		made.bytes = out->made.data;
		made.len = out->made.len;
	}
	out->severity = SEVERITY_SOFT;
	out->shown = made;
	for (i = input->n; i > 0; i--) {
		if (!same_text(&input->heads[i - 1].value, &made))
			continue;
		out->shown = input->heads[i - 1].value;
		buf_release(&out->made);
		break;
	}
	show_all(input);
	return 0;
}

static int fold_set(struct policy_outcome *out,
		    const struct policy_input *input, struct err *err)
{
	if (!all_text(input))
		return fold_review(out, input, err);
	if (policy_set_merge_base(&out->made, &input->base, input->heads,
				  input->n, err) < 0)
		return err_wrap(err, "unite sets");
	return show_made(out, input, err);
}

/* Ranks of all heads: the winner and whether it stands alone. NULL where a
 * code is unknown: it might be the strictest. */
static const struct policy_head *strictest(const struct policy_input *input,
					   bool *tied)
{
	const struct policy_head *top = NULL;
	int64_t top_rank = -1;
	size_t i;

	*tied = false;
	for (i = 0; i < input->n; i++) {
		const struct policy_head *head = &input->heads[i];
		int64_t rank = -1;

		if (input->rank && head->value.type != VALUE_NULL)
			rank = input->rank(&head->value, input->ctx);
		if (rank < 0)
			return NULL;
		if (top && rank < top_rank)
			continue;
		if (top && rank == top_rank) {
			if (!value_equal(&top->value, &head->value))
				*tied = true;
			if (head->clock_ahead && !top->clock_ahead)
				continue;
		} else {
			*tied = false;
		}
		top = head;
		top_rank = rank;
	}
	return top;
}

static int fold_strictest(struct policy_outcome *out,
			  const struct policy_input *input, struct err *err)
{
	bool tied;
	const struct policy_head *top = strictest(input, &tied);

	if (!top)
		return fold_review(out, input, err);
	return show(out, input, top, tied ? SEVERITY_HARD : SEVERITY_SOFT);
}

/* Whether the text of heads[at] is taken in already: it is the base's, or
 * an earlier head's. */
static bool text_contained(const struct policy_input *input, size_t at)
{
	const struct value *value = &input->heads[at].value;
	size_t i;

	if (same_text(value, &input->base))
		return true;
	for (i = 0; i < at; i++) {
		if (same_text(value, &input->heads[i].value))
			return true;
	}
	return false;
}

/* Takes one more text into *made, which holds those taken in before. */
static int text_take(struct buf *made, bool *clean, const struct value *base,
		     const struct value *value, struct err *err)
{
	struct value ours = {.type = VALUE_TEXT};
	struct buf merged = BUF_INIT;
	int rc;

	ours.bytes = buf_text(made);
	ours.len = made->len;
	rc = policy_text_merge(&merged, clean, base, &ours, value, err);
	buf_release(made);
	*made = merged;
	return rc;
}

/* Folds all heads over the base into *made, empty before. */
static int text_fold(struct buf *made, bool *clean,
		     const struct policy_input *input, struct err *err)
{
	bool first = true;
	size_t i;

	*clean = true;
	for (i = 0; i < input->n && *clean; i++) {
		const struct value *value = &input->heads[i].value;

		if (text_contained(input, i))
			continue;
		if (first && value->type == VALUE_TEXT)
			buf_add(made, value->bytes, value->len);
		else if (!first &&
			 text_take(made, clean, &input->base, value, err) < 0)
			return err->code;
		first = false;
	}
	return buf_check(made, err);
}

/* Sentences of two authors are never joined unseen: even a clean merge asks
 * for confirming. */
static int fold_text(struct policy_outcome *out,
		     const struct policy_input *input, struct err *err)
{
	bool clean = false;

	if (all_text(input) && is_text(&input->base) &&
	    text_fold(&out->made, &clean, input, err) < 0)
		return err_wrap(err, "merge texts");
	if (clean) {
		out->confirm = true;
		return show_made(out, input, err);
	}
	buf_release(&out->made);
	if (newest(input, from_owner))
		return show(out, input, newest(input, from_owner),
			    SEVERITY_HARD);
	return fold_review(out, input, err);
}

static const struct {
	const char *name;
	fold_fn *fold;
} policies[] = {
	[POLICY_OFFICE] = {"office", fold_office},
	[POLICY_OWNER] = {"owner", fold_owner},
	[POLICY_NEWEST] = {"newest", fold_newest},
	[POLICY_TEXT] = {"text", fold_text},
	[POLICY_SET] = {"set", fold_set},
	[POLICY_STRICTEST] = {"strictest", fold_strictest},
	[POLICY_APPEND] = {"append", fold_review},
	[POLICY_REVIEW] = {"review", fold_review},
	[POLICY_UNKNOWN] = {"unknown", fold_review},
};

static enum policy known(enum policy policy)
{
	return (unsigned)policy < POLICY_UNKNOWN ? policy : POLICY_UNKNOWN;
}

int policy_fold(struct policy_outcome *out, const struct policy_input *input,
		struct err *err)
{
	int rc;

	assert(input->n >= 1);
	memset(out, 0, sizeof(*out));
	sort_heads(input->heads, input->n);
	if (!differ(input, from_anyone))
		return show(out, input, &input->heads[0], SEVERITY_NONE);
	rc = policies[known(input->policy)].fold(out, input, err);
	if (rc < 0)
		policy_outcome_release(out);
	return rc;
}

void policy_outcome_release(struct policy_outcome *outcome)
{
	buf_release(&outcome->made);
	memset(outcome, 0, sizeof(*outcome));
}

const char *policy_name(enum policy policy)
{
	return policies[known(policy)].name;
}

enum policy policy_parse(const char *name)
{
	int i;

	for (i = 0; name && i < POLICY_UNKNOWN; i++) {
		if (strcmp(name, policies[i].name) == 0)
			return (enum policy)i;
	}
	return POLICY_UNKNOWN;
}
