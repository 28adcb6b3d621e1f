/* cmd_measure.c - tian measure: what is done about one suggestion (逐条办理).
 * One row for each suggestion; the same one again changes its row. */
#include "cli/commands.h"

#include <string.h>

#include "cli/terminal/message.h"
#include "cli/case/step.h"

static const char help[] = N_(
	"usage: tian measure CASE --suggestion TEXT --state STATE\n"
	"                    [--deadline DATE] [--reason TEXT]\n"
	"\n"
	"Says what becomes of one suggestion of the proposal: done (已落实),\n"
	"planned (计划落实, with its deadline) or not (未采纳, with the reason).\n"
	"The same suggestion again changes what was said of it.\n"
	"\n"
	"  --suggestion TEXT  the suggestion, in few words\n"
	"  --state STATE      done, planned or not\n"
	"  --deadline DATE    until when, of what is planned\n"
	"  --reason TEXT      why not, or how\n"
	"\n"
	"example: tian measure 1-1-014 --suggestion 增设课后服务点 --state planned \\\n"
	"             --deadline 2099-12-31\n");

static const char SQL_ROW[] =
	"SELECT proposal || '/' || unit || '/' || id FROM measure WHERE"
	" proposal = ?1 AND suggestion = ?2 AND void IS NOT 1 AND unit ="
	" (SELECT value FROM _meta WHERE name = 'site') ORDER BY id";
static const char SQL_STATE[] =
	"SELECT state FROM measure WHERE proposal = ?1 AND proposal || '/' ||"
	" unit || '/' || id = ?2";
static const char SQL_DEADLINE[] =
	"SELECT deadline FROM measure WHERE proposal = ?1 AND proposal || '/'"
	" || unit || '/' || id = ?2";
static const char SQL_REASON[] =
	"SELECT reason FROM measure WHERE proposal = ?1 AND proposal || '/' ||"
	" unit || '/' || id = ?2";

struct measure {
	const char *suggestion, *state, *deadline, *reason;
};

static int check(void *ctx, struct err *err)
{
	const struct measure *measure = ctx;
	int rc = step_need(measure->suggestion, N_("--suggestion TEXT"), err);

	if (rc == 0)
		rc = step_need(measure->state, "--state done", err);
	return rc;
}

/* A plan has a date, a refusal a reason. */
static int check_whole(const struct step *step, const char *row,
		       struct err *err)
{
	struct buf state = BUF_INIT, more = BUF_INIT;
	int rc = step_ask(&state, NULL, step, SQL_STATE, row, err);

	if (rc == 0 && strcmp(buf_text(&state), "planned") == 0) {
		rc = step_ask(&more, NULL, step, SQL_DEADLINE, row, err);
		if (rc == 0 && more.len == 0)
			rc = err_set(err, ERR_INPUT,
				     _("say until when: --deadline DATE"));
	} else if (rc == 0 && strcmp(buf_text(&state), "not") == 0) {
		rc = step_ask(&more, NULL, step, SQL_REASON, row, err);
		if (rc == 0 && more.len == 0)
			rc = err_set(err, ERR_INPUT,
				     _("say why not: --reason TEXT"));
	}
	buf_release(&state);
	buf_release(&more);
	return rc;
}

static int write(struct step *step, void *ctx, struct err *err)
{
	const struct measure *measure = ctx;
	const char *fields[][2] = {
		{"suggestion", measure->suggestion},
		{"state", measure->state},
		{"deadline", measure->deadline},
		{"reason", measure->reason},
	};
	struct buf row = BUF_INIT;
	int rc = step_allow(step, "measure", err);

	if (rc == 0)
		rc = step_ask(&row, NULL, step, SQL_ROW, measure->suggestion,
			      err);
	if (rc == 0 && row.len == 0)
		rc = step_add(step, &row, "measure", err);
	for (size_t i = 0; rc == 0 && i < 4; i++)
		rc = step_set(step, "measure", buf_text(&row), fields[i][0],
			      fields[i][1], err);
	if (rc == 0)
		rc = check_whole(step, buf_text(&row), err);
	buf_release(&row);
	return rc;
}

int cmd_measure(struct cli *cli, int argc, char **argv)
{
	struct measure measure = {0};
	const struct arg_option options[] = {
		{"--suggestion", ARG_ONE, &measure.suggestion},
		{"--state", ARG_ONE, &measure.state},
		{"--deadline", ARG_ONE, &measure.deadline},
		{"--reason", ARG_ONE, &measure.reason},
	};
	const struct arg_spec spec = {help, options, 4, 1, 1};
	const struct step_plan plan = {
		.spec = &spec, .check = check, .write = write, .ctx = &measure};

	return step_command(cli, &plan, argc, argv);
}
