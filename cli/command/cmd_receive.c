/* cmd_receive.c - tian receive: a unit takes a case on (签收); the office
 * registers a proposal that came in. Knows those two steps. */
#include "cli/commands.h"

#include "cli/terminal/message.h"
#include "cli/case/step.h"

static const char help[] = N_(
	"usage: tian receive CASE [--date DATE]\n"
	"\n"
	"At a unit: takes on a proposal that was assigned to it, or that is\n"
	"handled once more. At the office: registers a draft as received.\n"
	"\n"
	"  --date DATE  at the office, when it came in; else today\n"
	"\n"
	"example: tian receive 1-1-014\n");

/* Received already, in this round and since it was last released. */
static const char SQL_RECEIVED[] =
	"SELECT id FROM flow e WHERE e.proposal = ?1 AND e.unit = ?2 AND"
	" e.kind = 'receipt' AND NOT EXISTS (SELECT 1 FROM flow l WHERE"
	" l.proposal = ?1 AND l.unit = 'office' AND l.seq > e.seq AND (l.kind"
	" = 'redo' OR l.kind = 'return_granted' AND l.target = ?2))";
/* Dissatisfied, and the office has not begun the next round. */
static const char SQL_UNDECIDED[] =
	"SELECT 1 FROM feedback b WHERE b.proposal = ?1 AND b.void IS NOT 1"
	" AND 'dissatisfied' IN (b.process, b.result) AND b.round = 1 +"
	" (SELECT count(*) FROM flow WHERE proposal = ?1 AND unit = 'office'"
	" AND kind = 'redo')";

struct receive {
	const char *date;
};

static int register_case(struct step *step, const char *date, struct err *err)
{
	struct buf on = BUF_INIT;
	int rc = step_ask(&on, NULL, step,
			  "SELECT received_on FROM proposal WHERE key = ?1",
			  NULL, err);

	if (rc == 0 && (on.len == 0 || date)) {
		rc = step_allow(step, "received", err);
		if (rc == 0)
			rc = step_set(step, "proposal", step->key,
				      "received_on", date ? date : step->today,
				      err);
	}
	buf_release(&on);
	return rc;
}

static int take_on(struct step *step, struct err *err)
{
	const struct event event = {.kind = "receipt"};
	struct buf found = BUF_INIT;
	int rc = step_ask(&found, NULL, step, SQL_UNDECIDED, NULL, err);

	if (rc == 0 && found.len > 0)
		rc = err_set(err, ERR_INPUT,
			     _("%s: the office begins the next round first"),
			     step->key);
	if (rc == 0)
		rc = step_ask(&found, NULL, step, SQL_RECEIVED, step->site,
			      err);
	if (rc == 0 && found.len == 0)
		rc = step_event(step, &event, err);
	buf_release(&found);
	return rc;
}

static int write(struct step *step, void *ctx, struct err *err)
{
	const struct receive *receive = ctx;

	if (replica_is_office(step->replica))
		return register_case(step, receive->date, err);
	if (receive->date)
		return err_set(err, ERR_INPUT,
			       _("--date is for the office; a unit receives a "
				 "proposal now"));
	return take_on(step, err);
}

int cmd_receive(struct cli *cli, int argc, char **argv)
{
	struct receive receive = {0};
	const struct arg_option options[] = {
		{"--date", ARG_ONE, &receive.date},
	};
	const struct arg_spec spec = {help, options, 1, 1, 1};
	const struct step_plan plan = {
		.spec = &spec, .write = write, .ctx = &receive};

	return step_command(cli, &plan, argc, argv);
}
