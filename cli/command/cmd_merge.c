/* cmd_merge.c - tian merge: a proposal is handled as part of another one
 * (并案). Refuses a circle. */
#include "cli/commands.h"

#include <string.h>

#include "cli/case/case.h"
#include "cli/terminal/message.h"
#include "cli/case/outcome.h"

static const char help[] =
	N_("usage: tian merge CASE --into CASE [--reason TEXT]\n"
	   "\n"
	   "The office has a proposal handled as part of another one. Its\n"
	   "sponsors stay its own, and are answered with the other's reply.\n"
	   "\n"
	   "  --into CASE    the proposal that is handled\n"
	   "  --reason TEXT  why\n"
	   "\n"
	   "example: tian merge 1-1-015 --into 1-1-014\n");

/* Where following merged_into from ?2 comes by ?1. */
static const char SQL_CIRCLE[] =
	"WITH RECURSIVE m(key) AS (SELECT ?2 UNION SELECT p.merged_into FROM m"
	" JOIN proposal p ON p.key = m.key WHERE p.merged_into IS NOT NULL)"
	" SELECT key FROM m WHERE key = ?1";
static const char SQL_OTHER[] =
	"SELECT status FROM proposal_status WHERE key = ?2 AND status IN"
	" ('不立案', '转意见建议', '撤案', '作废') AND ?1 <> ''";

struct merge {
	const char *into, *reason;
};

static int check(void *ctx, struct err *err)
{
	const struct merge *merge = ctx;

	return step_need(merge->into, N_("--into CASE"), err);
}

static int check_other(const struct step *step, const char *other,
		       struct err *err)
{
	struct buf found = BUF_INIT;
	int rc = 0;

	if (strcmp(other, step->key) == 0)
		return err_set(err, ERR_INPUT,
			       _("%s cannot be merged into itself"), other);
	rc = step_ask(&found, NULL, step, SQL_CIRCLE, other, err);
	if (rc == 0 && found.len > 0)
		rc = err_set(err, ERR_INPUT,
			     _("%s: %s is merged into it itself"), step->key,
			     other);
	if (rc == 0)
		rc = step_ask(&found, NULL, step, SQL_OTHER, other, err);
	if (rc == 0 && found.len > 0)
		rc = err_set(err, ERR_INPUT,
			     _("%s cannot be merged into %s, which is %s"),
			     step->key, other, buf_text(&found));
	buf_release(&found);
	return rc;
}

static int write(struct step *step, void *ctx, struct err *err)
{
	const struct merge *merge = ctx;
	struct outcome outcome = {.step = "merged", .reason = merge->reason};
	struct buf other = BUF_INIT;
	int rc = step_mine(step, "merged", err);

	if (rc == 0)
		rc = case_find(&other, step->replica, merge->into, err);

	if (rc == 0)
		rc = check_other(step, buf_text(&other), err);
	outcome.merged_into = buf_text(&other);
	if (rc == 0)
		rc = outcome_write(step, &outcome, err);
	buf_release(&other);
	return rc;
}

int cmd_merge(struct cli *cli, int argc, char **argv)
{
	struct merge merge = {0};
	const struct arg_option options[] = {
		{"--into", ARG_ONE, &merge.into},
		{"--reason", ARG_ONE, &merge.reason},
	};
	const struct arg_spec spec = {help, options, 2, 1, 1};
	const struct step_plan plan = {.spec = &spec,
				       .reason = &merge.reason,
				       .check = check,
				       .write = write,
				       .ctx = &merge};

	return step_command(cli, &plan, argc, argv);
}
