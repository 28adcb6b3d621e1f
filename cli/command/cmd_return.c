/* cmd_return.c - tian return: a unit asks to be released (申退), the office
 * answers. Knows that request, its answer, and who handles the case then. */
#include "cli/commands.h"

#include "cli/case/answer.h"
#include "cli/case/assignment.h"
#include "cli/case/case.h"
#include "cli/terminal/message.h"

static const char help[] = N_(
	"usage: tian return CASE --reason TEXT\n"
	"       tian return CASE --grant [--to UNIT] --reason TEXT\n"
	"       tian return CASE --refuse --reason TEXT\n"
	"\n"
	"At a unit: asks to be released from a proposal. At the office: grants\n"
	"or refuses that. What a released unit wrote is kept.\n"
	"\n"
	"  --to UNIT      who handles it instead, in the same part; else it is\n"
	"                 assigned anew later (tian assign)\n"
	"  --unit UNIT    whose request, where several units ask\n"
	"  --reason TEXT  why\n"
	"\n"
	"example: tian return 1-1-014 --reason 不属于本单位职责\n");

static const char SQL_ROLE[] =
	"SELECT role FROM handling WHERE proposal = ?1 AND unit = ?2";
static const char SQL_ASKED[] =
	"SELECT detail FROM open_request WHERE proposal = ?1 AND unit = ?2 AND"
	" kind = 'return_asked' ORDER BY seq DESC";
static const char SQL_LATE[] =
	"SELECT due FROM deadline WHERE proposal = ?1 AND unit = ?2 AND kind ="
	" 'return' AND due < date('now', 'localtime')";
static const char SQL_HANDLES[] =
	"SELECT unit FROM handling WHERE proposal = ?1 AND unit = ?2 AND void"
	" IS NOT 1";

struct release {
	struct answer answer;
	const char *to;
};

static int check(void *ctx, struct err *err)
{
	const struct release *release = ctx;
	int rc = 0;

	if (release->to && !release->answer.grant)
		rc = err_set(err, ERR_USAGE, _("--to goes with --grant"));
	if (rc == 0)
		rc = step_need(release->answer.reason, N_("--reason TEXT"),
			       err);
	return rc;
}

static int ask(struct step *step, void *ctx, struct err *err)
{
	const struct release *release = ctx;
	const struct event event = {.kind = "return_asked",
				    .detail = release->answer.reason};
	struct buf found = BUF_INIT;
	int rc = step_ask(&found, NULL, step, SQL_ASKED, step->site, err);

	/* Asked already, and not answered. */
	if (rc == 0 && found.len > 0)
		goto done;
	if (rc == 0)
		rc = step_event(step, &event, err);
	if (rc == 0)
		rc = step_ask(&found, NULL, step, SQL_LATE, step->site, err);
	if (rc == 0 && found.len > 0)
		cli_note(_("%s: the date for asking was %s; the office "
			   "decides."),
			 step->key, buf_text(&found));
done:
	buf_release(&found);
	return rc;
}

/* Another unit, in the part of the one that is released. */
static int pass_on(struct step *step, const struct release *release,
		   struct err *err)
{
	struct buf role = BUF_INIT, to = BUF_INIT, found = BUF_INIT;
	struct assignment given = {.key = step->key, .today = step->today};
	int rc = case_unit(&to, step->replica, release->to, err);

	if (rc == 0)
		rc = step_ask(&found, NULL, step, SQL_HANDLES, buf_text(&to),
			      err);
	if (rc == 0 && found.len > 0)
		rc = err_set(err, ERR_INPUT,
			     _("%s: %s handles it already; tian assign names "
			       "all units anew"),
			     step->key, buf_text(&to));
	if (rc == 0)
		rc = step_ask(&role, NULL, step, SQL_ROLE,
			      buf_text(&release->answer.unit), err);
	given.unit = buf_text(&to);
	given.role = buf_text(&role);
	if (rc == 0)
		rc = assignment_give(step->replica, &given, &step->changed,
				     err);
	buf_release(&role);
	buf_release(&to);
	buf_release(&found);
	return rc;
}

static int decide(struct step *step, void *ctx, struct err *err)
{
	struct release *release = ctx;
	struct answer *answer = &release->answer;
	struct event event = {.kind = answer->grant ? "return_granted"
						    : "return_refused",
			      .detail = answer->reason};
	int rc = step_allow(step, event.kind, err);

	if (rc == 0)
		rc = answer_find(answer, step, "return_asked", err);
	event.target = buf_text(&answer->unit);
	if (rc == 0)
		rc = step_event(step, &event, err);
	if (rc == 0 && answer->grant)
		rc = assignment_release(step->replica, step->key, event.target,
					answer->reason, &step->changed, err);
	if (rc == 0 && release->to)
		rc = pass_on(step, release, err);
	return rc;
}

int cmd_return(struct cli *cli, int argc, char **argv)
{
	struct release release = {0};
	struct answer_plan plan = {.help = help,
				   .own = {"--to", ARG_ONE, &release.to},
				   .check = check,
				   .ask = ask,
				   .decide = decide,
				   .answer = &release.answer,
				   .ctx = &release};

	return answer_command(cli, &plan, argc, argv);
}
