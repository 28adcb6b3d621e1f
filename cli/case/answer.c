/* answer.c - finding the request that the office answers.
 * Knows open requests; grants none. */
#include "cli/case/answer.h"

#include <string.h>

#include "cli/case/case.h"
#include "cli/terminal/message.h"

static const char SQL_RETURN[] =
	"SELECT unit FROM open_request WHERE proposal = ?1 AND kind ="
	" 'return_asked' AND (?2 IS NULL OR unit = ?2) GROUP BY unit";
static const char SQL_EXTENSION[] =
	"SELECT unit FROM open_request WHERE proposal = ?1 AND kind ="
	" 'extension_asked' AND (?2 IS NULL OR unit = ?2) GROUP BY unit";
static const char SQL_UNTIL[] =
	"SELECT until FROM open_request WHERE proposal = ?1 AND unit = ?2 AND"
	" kind = 'extension_asked' ORDER BY seq DESC";

static int answer_check(const struct answer *answer, struct err *err)
{
	if (answer->grant && answer->refuse)
		return err_set(err, ERR_USAGE, _("either --grant or --refuse"));
	if (answer->unit_word && !answer->grant && !answer->refuse)
		return err_set(err, ERR_USAGE,
			       _("--unit says whose request is answered: with "
				 "--grant or --refuse"));
	return 0;
}

static int none_or_several(const struct step *step, size_t n, struct err *err)
{
	if (n == 0)
		return err_set(err, ERR_INPUT,
			       _("%s: no such request waits for an answer"),
			       step->key);
	return err_set(err, ERR_INPUT,
		       _("%s: several units ask; say which: --unit UNIT"),
		       step->key);
}

int answer_find(struct answer *answer, const struct step *step,
		const char *kind, struct err *err)
{
	bool returning = strcmp(kind, "return_asked") == 0;
	struct buf code = BUF_INIT;
	size_t n = 0;
	int rc = 0;

	if (answer->unit_word)
		rc = case_unit(&code, step->replica, answer->unit_word, err);
	if (rc == 0)
		rc = step_ask(&answer->unit, &n, step,
			      returning ? SQL_RETURN : SQL_EXTENSION,
			      code.len > 0 ? buf_text(&code) : NULL, err);
	if (rc == 0 && n != 1)
		rc = none_or_several(step, n, err);
	if (rc == 0 && !returning)
		rc = step_ask(&answer->until, NULL, step, SQL_UNTIL,
			      buf_text(&answer->unit), err);
	buf_release(&code);
	return rc;
}

static void answer_release(struct answer *answer)
{
	buf_release(&answer->unit);
	buf_release(&answer->until);
}

static int check(void *ctx, struct err *err)
{
	const struct answer_plan *plan = ctx;
	int rc = answer_check(plan->answer, err);

	return rc < 0 ? rc : plan->check(plan->ctx, err);
}

static int write(struct step *step, void *ctx, struct err *err)
{
	const struct answer_plan *plan = ctx;

	if (plan->answer->grant || plan->answer->refuse)
		return plan->decide(step, plan->ctx, err);
	return plan->ask(step, plan->ctx, err);
}

int answer_command(struct cli *cli, struct answer_plan *plan, int argc,
		   char **argv)
{
	struct answer *answer = plan->answer;
	const struct arg_option options[] = {
		plan->own,
		{"--grant", ARG_FLAG, &answer->grant},
		{"--refuse", ARG_FLAG, &answer->refuse},
		{"--unit", ARG_ONE, &answer->unit_word},
		{"--reason", ARG_ONE, &answer->reason},
	};
	const struct arg_spec spec = {plan->help, options, 5, 1, 1};
	const struct step_plan step = {.spec = &spec,
				       .reason = &answer->reason,
				       .check = check,
				       .write = write,
				       .ctx = plan};
	int status = step_command(cli, &step, argc, argv);

	answer_release(answer);
	return status;
}
