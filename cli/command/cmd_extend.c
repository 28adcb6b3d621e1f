/* cmd_extend.c - tian extend: a unit asks for more time (延期), the office
 * answers. Knows that request, its answer, and the dates that follow. */
#include "cli/commands.h"

#include <string.h>

#include "cli/case/answer.h"
#include "cli/terminal/message.h"
#include "cli/case/row.h"

static const char help[] = N_(
	"usage: tian extend CASE --until DATE --reason TEXT\n"
	"       tian extend CASE --grant [--until DATE] [--reason TEXT]\n"
	"       tian extend CASE --refuse --reason TEXT\n"
	"\n"
	"At a unit: asks for more time. At the office: grants that, until the\n"
	"date asked for or another, or refuses it.\n"
	"\n"
	"  --until DATE   the new date\n"
	"  --unit UNIT    whose request, where several units ask\n"
	"  --reason TEXT  why\n"
	"\n"
	"example: tian extend 1-1-014 --until 2099-09-30 --reason 需与省厅协商\n");

static const char SQL_DUE[] =
	"SELECT due FROM handling WHERE proposal = ?1 AND unit = ?2 AND void"
	" IS NOT 1";
static const char SQL_CASE_DUE[] = "SELECT due FROM proposal WHERE key = ?1";

struct extend {
	struct answer answer;
	const char *until_word;
	char until[VALUE_DATE_SIZE];
};

static int check(void *ctx, struct err *err)
{
	struct extend *extend = ctx;
	const struct answer *answer = &extend->answer;
	int rc = 0;

	if (!answer->grant && !answer->refuse)
		rc = step_need(extend->until_word, N_("--until DATE"), err);
	if (rc == 0 && !answer->grant)
		rc = step_need(answer->reason, N_("--reason TEXT"), err);
	if (rc == 0 && extend->until_word && answer->refuse)
		rc = err_set(err, ERR_USAGE,
			     _("--until does not go with --refuse"));
	if (rc == 0 && extend->until_word)
		rc = value_read_date(extend->until, extend->until_word, err);
	return rc;
}

static int check_later(const struct step *step, const char *unit,
		       const char *until, struct err *err)
{
	struct buf due = BUF_INIT;
	int rc = step_ask(&due, NULL, step, SQL_DUE, unit, err);

	if (rc == 0 && due.len > 0 && strcmp(until, buf_text(&due)) <= 0)
		rc = err_set(err, ERR_INPUT,
			     _("%s: %s is no later than the date there is, "
			       "%s"),
			     step->key, until, buf_text(&due));
	buf_release(&due);
	return rc;
}

static int ask(struct step *step, void *ctx, struct err *err)
{
	const struct extend *extend = ctx;
	const struct event event = {.kind = "extension_asked",
				    .until = extend->until,
				    .detail = extend->answer.reason};
	int rc = step_allow(step, event.kind, err);

	if (rc == 0)
		rc = check_later(step, step->site, extend->until, err);
	return rc < 0 ? rc : step_event(step, &event, err);
}

/* The unit's date, and the case's own where it has one. */
static int set_dates(struct step *step, const char *unit, const char *until,
		     struct err *err)
{
	struct buf row = BUF_INIT, due = BUF_INIT;
	int rc;

	buf_addf(&row, "%s/%s", step->key, unit);
	rc = buf_check(&row, err);
	if (rc == 0)
		rc = row_set_text(step->replica, "handling", buf_text(&row),
				  "due", until, &step->changed, err);
	if (rc == 0)
		rc = step_ask(&due, NULL, step, SQL_CASE_DUE, NULL, err);
	if (rc == 0 && due.len > 0 && strcmp(buf_text(&due), until) < 0)
		rc = row_set_text(step->replica, "proposal", step->key, "due",
				  until, &step->changed, err);
	buf_release(&row);
	buf_release(&due);
	return rc;
}

static int decide(struct step *step, void *ctx, struct err *err)
{
	struct extend *extend = ctx;
	struct answer *answer = &extend->answer;
	struct event event = {.kind = answer->grant ? "extension_granted"
						    : "extension_refused",
			      .detail = answer->reason};
	int rc = step_allow(step, event.kind, err);

	if (rc == 0)
		rc = answer_find(answer, step, "extension_asked", err);
	event.target = buf_text(&answer->unit);
	if (answer->grant)
		event.until = extend->until_word ? extend->until
						 : buf_text(&answer->until);
	if (rc == 0 && answer->grant)
		rc = check_later(step, event.target, event.until, err);
	if (rc == 0)
		rc = step_event(step, &event, err);
	if (rc == 0 && answer->grant)
		rc = set_dates(step, event.target, event.until, err);
	return rc;
}

int cmd_extend(struct cli *cli, int argc, char **argv)
{
	struct extend extend = {0};
	struct answer_plan plan = {.help = help,
				   .own = {"--until", ARG_ONE,
					   &extend.until_word},
				   .check = check,
				   .ask = ask,
				   .decide = decide,
				   .answer = &extend.answer,
				   .ctx = &extend};

	return answer_command(cli, &plan, argc, argv);
}
