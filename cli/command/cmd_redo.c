/* cmd_redo.c - tian redo: the office has a case handled once more
 * (重新办理). Begins the next round; its dates follow from the session. */
#include "cli/commands.h"

#include <string.h>

#include "cli/terminal/message.h"
#include "cli/case/row.h"
#include "cli/case/step.h"

static const char help[] = N_(
	"usage: tian redo CASE --reason TEXT [--due DATE]\n"
	"\n"
	"The office has a proposal handled once more, because the sponsor was\n"
	"not satisfied or for another reason. The units receive it again.\n"
	"\n"
	"  --due DATE     when the new reply is due; else the session's days\n"
	"  --reason TEXT  why\n"
	"\n"
	"example: tian redo 1-1-014 --reason 提案人对办理结果不满意\n");

/* In the present round nothing was sent yet, and no sponsor is dissatisfied:
 * that round is under way. */
static const char SQL_UNDER_WAY[] =
	"SELECT r.detail FROM flow r WHERE r.proposal = ?1 AND r.unit = 'office' AND"
	" r.kind = 'redo' AND NOT EXISTS (SELECT 1 FROM flow l WHERE"
	" l.proposal = ?1 AND l.unit = 'office' AND l.kind IN ('redo', 'sent')"
	" AND l.seq > r.seq) AND NOT EXISTS (SELECT 1 FROM feedback b WHERE"
	" b.proposal = ?1 AND b.void IS NOT 1 AND 'dissatisfied' IN"
	" (b.process, b.result) AND b.round = 1 + (SELECT count(*) FROM flow"
	" WHERE proposal = ?1 AND unit = 'office' AND kind = 'redo'))";
static const char SQL_UNITS[] =
	"SELECT group_concat(unit, '/') FROM (SELECT unit FROM handling WHERE"
	" proposal = ?1 AND role IN ('main', 'split') AND void IS NOT 1"
	" ORDER BY unit)";
static const char SQL_TERM[] =
	"SELECT due FROM term WHERE proposal = ?1 AND unit = ?2 AND rule = 6";

struct redo {
	const char *reason, *due_word;
	char due[VALUE_DATE_SIZE];
};

static int check(void *ctx, struct err *err)
{
	struct redo *redo = ctx;
	int rc = step_need(redo->reason, N_("--reason TEXT"), err);

	if (rc == 0 && redo->due_word)
		rc = value_read_date(redo->due, redo->due_word, err);
	return rc;
}

static int set_due(struct step *step, const struct redo *redo, const char *unit,
		   struct err *err)
{
	struct buf row = BUF_INIT, due = BUF_INIT;
	int rc = 0;

	buf_addf(&row, "%s/%s", step->key, unit);
	if (redo->due_word)
		buf_adds(&due, redo->due);
	else
		rc = step_ask(&due, NULL, step, SQL_TERM, unit, err);
	if (rc == 0 && due.len > 0)
		rc = row_set_text(step->replica, "handling", buf_text(&row),
				  "due", buf_text(&due), &step->changed, err);
	buf_release(&row);
	buf_release(&due);
	return rc;
}

/* The dates of the round before do not bind this one. */
static int set_dates(struct step *step, const struct redo *redo,
		     struct err *err)
{
	struct buf units = BUF_INIT;
	char *rest, *unit;
	int rc = step_ask(&units, NULL, step, SQL_UNITS, NULL, err);

	if (rc == 0)
		rc = row_set_text(step->replica, "proposal", step->key, "due",
				  NULL, &step->changed, err);
	for (rest = units.data; rc == 0 && (unit = strsep(&rest, "/"));)
		rc = set_due(step, redo, unit, err);
	buf_release(&units);
	return rc;
}

/* The round under way is not begun twice. */
static int check_under_way(bool *same, const struct step *step,
			   const struct redo *redo, struct err *err)
{
	struct buf reason = BUF_INIT;
	size_t n = 0;
	int rc = step_ask(&reason, &n, step, SQL_UNDER_WAY, NULL, err);

	*same = n > 0 && strcmp(buf_text(&reason), redo->reason) == 0;
	if (rc == 0 && n > 0 && !*same &&
	    strcmp(buf_text(&step->before), "重新办理") == 0)
		rc = err_set(err, ERR_INPUT,
			     _("%s: this round has begun already"), step->key);
	buf_release(&reason);
	return rc;
}

static int write(struct step *step, void *ctx, struct err *err)
{
	const struct redo *redo = ctx;
	const struct event event = {.kind = "redo", .detail = redo->reason};
	bool same = false;
	int rc = step_mine(step, "redo", err);

	if (rc == 0)
		rc = check_under_way(&same, step, redo, err);
	if (rc < 0 || same)
		return rc;
	rc = step_event(step, &event, err);
	if (rc == 0 && step->changed)
		rc = set_dates(step, redo, err);
	return rc;
}

int cmd_redo(struct cli *cli, int argc, char **argv)
{
	struct redo redo = {0};
	const struct arg_option options[] = {
		{"--reason", ARG_ONE, &redo.reason},
		{"--due", ARG_ONE, &redo.due_word},
	};
	const struct arg_spec spec = {help, options, 2, 1, 1};
	const struct step_plan plan = {.spec = &spec,
				       .reason = &redo.reason,
				       .check = check,
				       .write = write,
				       .ctx = &redo};

	return step_command(cli, &plan, argc, argv);
}
