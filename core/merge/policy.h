/* policy.h - what a cell shows, as a pure function of its heads and base.
 * Knows no storage and no time of arrival.
 *
 * (I6) the outcome depends on the set of heads only, never on their order:
 *      heads are sorted by (clock_ahead last, clock, origin, seq) first.
 * Heads whose values are equal agree: no conflict, whatever the policy. */
#ifndef TIAN_CORE_POLICY_H
#define TIAN_CORE_POLICY_H

#include "core/base/buf.h"
#include "core/log/change.h"
#include "core/schema/schema.h"

/* soft: the policy settled it, recorded. hard: a person must. */
enum severity { SEVERITY_NONE, SEVERITY_SOFT, SEVERITY_HARD };

struct policy_head {
	struct change_id id;
	uint64_t clock;
	bool clock_ahead;   /* flagged: loses against any that is not */
	bool from_office;   /* written by the office's site */
	bool from_owner;    /* written by the row's owner site */
	struct value value; /* borrowed */
	struct value base;  /* value of what it replaced, NULL if nothing */
	bool shown;	    /* out: its value is in what is shown */
};

struct policy_input {
	enum policy policy;
	struct policy_head *heads; /* sorted in place; n >= 1 */
	size_t n;
	struct value base; /* nearest common ancestor's value, or NULL */
	/* Rank of a code in the field's list, higher is stricter; -1 unknown.
	 * Only `strictest` calls it. */
	int64_t (*rank)(const struct value *code, void *ctx);
	void *ctx;
};

struct policy_outcome {
	enum severity severity;
	struct value shown; /* borrowed from a head or from `made` */
	struct buf made;    /* owned: a value no head has (set, text) */
	bool confirm;	    /* clean text merge: a person should look */
};

int policy_fold(struct policy_outcome *out, const struct policy_input *input,
		struct err *err);
void policy_outcome_release(struct policy_outcome *outcome);
const char *policy_name(enum policy policy);
enum policy policy_parse(const char *name); /* POLICY_UNKNOWN otherwise */

/* The parts, exposed for their tests. */
/* Members of '、'-joined sets: what any head has, less what a head saw and
 * took out, unless another added it anew. Sorted by first appearance in
 * base, then code point order. */
int policy_set_merge(struct buf *out, const struct policy_head *heads, size_t n,
		     struct err *err);
/* Three-way by paragraph with libgit2. *clean false on overlap (out empty).
 */
int policy_text_merge(struct buf *out, bool *clean, const struct value *base,
		      const struct value *ours, const struct value *theirs,
		      struct err *err);
/* The same for a person to finish: where the two overlap, both stand between
 * lines of `size` marks (< | = >, as git writes them) with the base between.
 * Ends with a line end, unless it is empty. */
struct policy_marks {
	unsigned short size;
	const char *base, *ours, *theirs; /* who wrote it, behind the marks */
};
int policy_text_merge_marked(struct buf *out, bool *clean,
			     const struct value *base, const struct value *ours,
			     const struct value *theirs,
			     const struct policy_marks *marks, struct err *err);

#endif
