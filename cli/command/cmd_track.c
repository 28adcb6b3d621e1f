/* cmd_track.c - tian track: how what was promised goes on (跟踪): told by the
 * unit, confirmed by the office. Only for classes B and C. */
#include "cli/commands.h"

#include <string.h>

#include "cli/terminal/message.h"
#include "cli/case/row.h"
#include "cli/case/step.h"

static const char help[] = N_(
	"usage: tian track CASE --note TEXT [--date DATE]\n"
	"       tian track CASE --confirm\n"
	"\n"
	"At a unit: tells how what a reply of class B or C promised goes on.\n"
	"At the office: confirms what the units told.\n"
	"\n"
	"  --note TEXT  what came of it\n"
	"  --date DATE  when; else today\n"
	"\n"
	"example: tian track 1-1-014 --note 二期工程已开工\n");

static const char SQL_CLASS[] =
	"SELECT coalesce(class_confirmed, (SELECT max(class_proposed) FROM"
	" handling h WHERE h.proposal = ?1 AND h.role <> 'co' AND h.void IS"
	" NOT 1)) FROM proposal WHERE key = ?1";
static const char SQL_TOLD[] =
	"SELECT 1 FROM tracking WHERE proposal = ?1 AND note = ?2 AND void IS"
	" NOT 1 AND unit = (SELECT value FROM _meta WHERE name = 'site')";
static const char SQL_OPEN[] =
	"SELECT proposal || '/' || unit || '/' || id FROM tracking WHERE"
	" proposal = ?1 AND confirmed IS NOT 1 AND void IS NOT 1 ORDER BY id";

struct track {
	const char *note, *date;
	bool confirm;
};

static int check(void *ctx, struct err *err)
{
	const struct track *track = ctx;

	if (track->confirm && (track->note || track->date))
		return err_set(err, ERR_USAGE,
			       _("--confirm stands alone: it confirms what "
				 "the units told"));
	return track->confirm ? 0
			      : step_need(track->note, N_("--note TEXT"), err);
}

static int check_class(const struct step *step, struct err *err)
{
	struct buf class_code = BUF_INIT;
	int rc = step_ask(&class_code, NULL, step, SQL_CLASS, NULL, err);

	if (rc == 0 && strcmp(buf_text(&class_code), "A") == 0)
		rc = err_set(err, ERR_INPUT,
			     _("%s is of class A: what is solved is not "
			       "tracked"),
			     step->key);
	buf_release(&class_code);
	return rc;
}

static int tell(struct step *step, const struct track *track, struct err *err)
{
	struct event event = {
		.key = step->key, .kind = "tracking", .detail = track->note};
	struct buf row = BUF_INIT;
	int rc = step_ask(&row, NULL, step, SQL_TOLD, track->note, err);

	if (rc < 0 || row.len > 0)
		goto done;
	rc = check_class(step, err);
	if (rc == 0)
		rc = step_add(step, &row, "tracking", err);
	if (rc == 0)
		rc = step_set(step, "tracking", buf_text(&row), "at",
			      track->date ? track->date : step->today, err);
	if (rc == 0)
		rc = step_set(step, "tracking", buf_text(&row), "note",
			      track->note, err);
	if (rc == 0)
		rc = event_add(step->replica, &event, err);
done:
	buf_release(&row);
	return rc;
}

static int confirm(struct step *step, struct err *err)
{
	struct buf row = BUF_INIT;
	int rc;

	while ((rc = step_ask(&row, NULL, step, SQL_OPEN, NULL, err)) == 0 &&
	       row.len > 0) {
		rc = row_set_int(step->replica, "tracking", buf_text(&row),
				 "confirmed", 1, &step->changed, err);
		if (rc < 0)
			break;
	}
	buf_release(&row);
	return rc;
}

static int write(struct step *step, void *ctx, struct err *err)
{
	const struct track *track = ctx;
	bool office = replica_is_office(step->replica);
	int rc = step_allow(step, "tracking", err);

	if (rc == 0 && office != track->confirm)
		rc = err_set(err, ERR_INPUT,
			     office ? _("the units tell it; the office "
					"confirms: --confirm")
				    : _("the office confirms; a unit tells "
					"it: --note TEXT"));
	if (rc < 0)
		return rc;
	return office ? confirm(step, err) : tell(step, track, err);
}

int cmd_track(struct cli *cli, int argc, char **argv)
{
	struct track track = {0};
	const struct arg_option options[] = {
		{"--note", ARG_ONE, &track.note},
		{"--date", ARG_ONE, &track.date},
		{"--confirm", ARG_FLAG, &track.confirm},
	};
	const struct arg_spec spec = {help, options, 3, 1, 1};
	const struct step_plan plan = {
		.spec = &spec, .check = check, .write = write, .ctx = &track};

	return step_command(cli, &plan, argc, argv);
}
