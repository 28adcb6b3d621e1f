/* outcome.c - writing the outcome of a review.
 * Knows the fields of a review; no command. */
#include "cli/case/outcome.h"

#include <string.h>

#include "cli/case/row.h"

static const char SQL_REVIEW[] = "SELECT review FROM proposal WHERE key = ?1";
static const char SQL_WITHDRAWN[] =
	"SELECT withdrawn FROM proposal WHERE key = ?1 AND withdrawn = 1";

static int set(struct step *step, const char *field, const char *text,
	       struct err *err)
{
	return row_set_text(step->replica, "proposal", step->key, field, text,
			    &step->changed, err);
}

/* It stands so already: then only its particulars may still differ. */
static int stands(bool *yes, const struct step *step,
		  const struct outcome *outcome, struct err *err)
{
	bool withdrawn = strcmp(outcome->step, "withdrawn") == 0;
	struct buf now = BUF_INIT;
	int rc = step_ask(&now, NULL, step,
			  withdrawn ? SQL_WITHDRAWN : SQL_REVIEW, NULL, err);

	*yes = withdrawn ? now.len > 0
			 : strcmp(buf_text(&now), outcome->step) == 0;
	buf_release(&now);
	return rc;
}

static int write_withdrawn(struct step *step, const struct outcome *outcome,
			   struct err *err)
{
	const struct event event = {.key = step->key,
				    .kind = "withdrawn",
				    .detail = outcome->reason};
	int rc = row_set_int(step->replica, "proposal", step->key, "withdrawn",
			     1, &step->changed, err);

	return rc < 0 ? rc : event_add(step->replica, &event, err);
}

static int write_review(struct step *step, const struct outcome *outcome,
			struct err *err)
{
	bool filed = strcmp(outcome->step, "filed") == 0;
	int rc = set(step, "review", outcome->step, err);

	if (rc == 0)
		rc = set(step, "merged_into", outcome->merged_into, err);
	if (rc == 0 && outcome->reason)
		rc = set(step, "review_reason", outcome->reason, err);
	if (rc == 0 && filed)
		rc = set(step, "filed_on", step->today, err);
	return rc;
}

static bool is_closed(const struct step *step)
{
	static const char *const closed[] = {"撤案", "归档", "作废"};

	for (size_t i = 0; i < sizeof(closed) / sizeof(closed[0]); i++)
		if (strcmp(buf_text(&step->before), closed[i]) == 0)
			return true;
	return false;
}

int outcome_write(struct step *step, const struct outcome *outcome,
		  struct err *err)
{
	bool there = false;
	int rc = step_mine(step, outcome->step, err);

	if (rc == 0)
		rc = stands(&there, step, outcome, err);
	if (rc == 0 && !there) {
		rc = step_allow(step, outcome->step, err);
		if (rc == 0 && strcmp(outcome->step, "withdrawn") == 0)
			rc = write_withdrawn(step, outcome, err);
		else if (rc == 0)
			rc = write_review(step, outcome, err);
	} else if (rc == 0 && is_closed(step)) {
		/* Nothing is corrected any more. */
		rc = outcome->case_no ? step_allow(step, outcome->step, err)
				      : 0;
	} else if (rc == 0 && outcome->merged_into) {
		rc = set(step, "merged_into", outcome->merged_into, err);
	}
	if (rc == 0 && outcome->case_no)
		rc = set(step, "case_no", outcome->case_no, err);
	return rc;
}
