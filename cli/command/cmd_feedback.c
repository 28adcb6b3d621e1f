/* cmd_feedback.c - tian feedback: the sponsor's form, typed in by the office
 * (征询意见). One form for each sponsor and round; no unit may. */
#include "cli/commands.h"

#include <stdlib.h>
#include <string.h>

#include "cli/terminal/message.h"
#include "cli/case/row.h"
#include "cli/case/step.h"

static const char help[] =
	N_("usage: tian feedback CASE --process P --result R [--sponsor NAME]\n"
	   "                     [--opinion TEXT] [--round N] [--date DATE]\n"
	   "\n"
	   "The office types in what the sponsor says of how the proposal was\n"
	   "handled and of what came of it: 满意, 基本满意 or 不满意.\n"
	   "\n"
	   "  --process P     how it was handled\n"
	   "  --result R      what came of it\n"
	   "  --sponsor NAME  who says so; else the first sponsor\n"
	   "  --opinion TEXT  in the sponsor's words\n"
	   "  --round N       of which round; else the present one\n"
	   "  --date DATE     when the form was filled in; else today\n"
	   "\n"
	   "example: tian feedback 1-1-014 --process 满意 --result 基本满意\n");

static const char SQL_FIRST[] =
	"SELECT substr(sponsors, 1, instr(sponsors || '、', '、') - 1) FROM"
	" proposal WHERE key = ?1";
/* The last round whose reply was sent: a round under way has no forms yet. */
static const char SQL_ROUND[] =
	"SELECT count(*) FILTER (WHERE kind = 'redo') + (coalesce(max(seq)"
	" FILTER (WHERE kind = 'sent'), '') >= coalesce(max(seq) FILTER (WHERE"
	" kind = 'redo'), '')) FROM flow WHERE proposal = ?1 AND unit ="
	" 'office'";
static const char SQL_SENT[] =
	"SELECT date(max(at), 'localtime') FROM flow WHERE proposal = ?1 AND"
	" unit = 'office' AND kind = 'sent'";
static const char SQL_THERE[] =
	"SELECT 1 FROM feedback WHERE proposal = ?1 AND proposal || '/' ||"
	" sponsor || '/' || round = ?2 AND result IS NOT NULL AND void IS NOT"
	" 1";

static const char SQL_VOIDED[] =
	"SELECT 1 FROM feedback WHERE proposal = ?1 AND proposal || '/' ||"
	" sponsor || '/' || round = ?2 AND void = 1";

struct feedback {
	const char *process, *result, *sponsor, *opinion, *round, *date;
	char day[VALUE_DATE_SIZE];
	struct buf row;
	struct buf detail;
};

static int check(void *ctx, struct err *err)
{
	struct feedback *feedback = ctx;
	int rc = step_need(feedback->process, "--process 满意", err);

	if (rc == 0)
		rc = step_need(feedback->result, "--result 满意", err);
	if (rc == 0 && feedback->date)
		rc = value_read_date(feedback->day, feedback->date, err);
	return rc;
}

/* Sponsor and round as asked for, or as the case has them. */
static int make_row(struct feedback *feedback, const struct step *step,
		    struct err *err)
{
	struct buf sponsor = BUF_INIT, round = BUF_INIT;
	int rc = step_ask(&round, NULL, step, SQL_ROUND, NULL, err);
	long last = strtol(buf_text(&round), NULL, 10);
	char *end = NULL;
	long asked = feedback->round ? strtol(feedback->round, &end, 10) : last;

	if (rc == 0 && feedback->sponsor)
		buf_adds(&sponsor, feedback->sponsor);
	else if (rc == 0)
		rc = step_ask(&sponsor, NULL, step, SQL_FIRST, NULL, err);
	if (rc == 0 && sponsor.len == 0)
		rc = err_set(err, ERR_INPUT,
			     _("%s names no sponsor; say who: --sponsor NAME"),
			     step->key);
	if (rc == 0 && ((end && *end) || asked < 1 || asked > last))
		rc = err_set(err, ERR_INPUT,
			     _("%s: there is no round %s yet; this is round "
			       "%ld"),
			     step->key, feedback->round, last);
	if (rc == 0) {
		buf_addf(&feedback->row, "%s/%s/%ld", step->key,
			 buf_text(&sponsor), asked);
		buf_addf(&feedback->detail, "%s 第%ld轮", buf_text(&sponsor),
			 asked);
		rc = buf_check(&feedback->row, err);
	}
	buf_release(&sponsor);
	buf_release(&round);
	return rc;
}

static int check_date(const struct feedback *feedback, const struct step *step,
		      struct err *err)
{
	struct buf sent = BUF_INIT;
	int rc = step_ask(&sent, NULL, step, SQL_SENT, NULL, err);

	if (rc == 0 && *feedback->day && sent.len > 0 &&
	    strcmp(feedback->day, buf_text(&sent)) < 0)
		rc = err_set(err, ERR_INPUT,
			     _("%s: the form cannot be of %s; the reply was "
			       "sent on %s"),
			     step->key, feedback->day, buf_text(&sent));
	buf_release(&sent);
	return rc;
}

/* A form that was voided is written anew in its place. */
static int take_back_void(struct step *step, const char *row, struct err *err)
{
	struct buf voided = BUF_INIT;
	int rc = step_ask(&voided, NULL, step, SQL_VOIDED, row, err);

	if (rc == 0 && voided.len > 0) {
		rc = row_set_int(step->replica, "feedback", row, "void", 0,
				 &step->changed, err);
		if (rc == 0)
			rc = row_set_text(step->replica, "feedback", row,
					  "void_reason", NULL, NULL, err);
	}
	buf_release(&voided);
	return rc;
}

static int write_fields(struct step *step, struct feedback *feedback,
			struct err *err)
{
	const char *fields[][2] = {
		{"process", feedback->process},
		{"result", feedback->result},
		{"opinion", feedback->opinion},
		{"at", *feedback->day ? feedback->day : step->today},
	};
	const struct entity *entity =
		schema_entity_named(replica_schema(step->replica), "feedback");
	int rc = row_add(step->replica, entity, buf_text(&feedback->row), NULL,
			 err);

	if (rc == 0)
		rc = take_back_void(step, buf_text(&feedback->row), err);
	for (size_t i = 0; rc == 0 && i < 4; i++)
		rc = step_set(step, "feedback", buf_text(&feedback->row),
			      fields[i][0], fields[i][1], err);
	return rc;
}

/* A form is written once; the same one again changes nothing. */
static int check_first(const struct feedback *feedback, struct step *step,
		       struct err *err)
{
	if (!step->changed)
		return 0;
	return err_set(err, ERR_INPUT,
		       _("%s: this form is there and says otherwise; void it "
			 "with its reason first: tian void %s feedback:%s "
			 "--reason TEXT"),
		       step->key, step->key,
		       strchr(buf_text(&feedback->row), '/') + 1);
}

static int add_detail(struct feedback *feedback, struct step *step,
		      struct err *err)
{
	const struct entity *entity =
		schema_entity_named(replica_schema(step->replica), "feedback");
	const char *fields[] = {"process", "result"};
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < 2; i++) {
		struct buf held = BUF_INIT;
		struct value value;

		rc = row_get(&value, &held, NULL, step->replica, entity,
			     buf_text(&feedback->row),
			     entity_field_named(entity, fields[i]), err);
		buf_adds(&feedback->detail, i ? "/" : " ");
		if (rc == 0)
			rc = value_show_code(&feedback->detail, step->replica,
					     "satisfaction", buf_text(&held),
					     err);
		buf_release(&held);
	}
	return rc < 0 ? rc : buf_check(&feedback->detail, err);
}

static int write(struct step *step, void *ctx, struct err *err)
{
	struct feedback *feedback = ctx;
	struct event event = {.key = step->key, .kind = "feedback"};
	struct buf there = BUF_INIT;
	int rc = step_allow(step, "feedback", err);

	if (rc == 0)
		rc = make_row(feedback, step, err);
	if (rc == 0)
		rc = check_date(feedback, step, err);
	if (rc == 0)
		rc = step_ask(&there, NULL, step, SQL_THERE,
			      buf_text(&feedback->row), err);
	if (rc == 0)
		rc = write_fields(step, feedback, err);
	if (rc == 0 && there.len > 0) {
		rc = check_first(feedback, step, err);
	} else if (rc == 0) {
		rc = add_detail(feedback, step, err);
		event.detail = buf_text(&feedback->detail);
		if (rc == 0)
			rc = event_add(step->replica, &event, err);
	}
	buf_release(&there);
	return rc;
}

int cmd_feedback(struct cli *cli, int argc, char **argv)
{
	struct feedback feedback = {.row = BUF_INIT, .detail = BUF_INIT};
	const struct arg_option options[] = {
		{"--process", ARG_ONE, &feedback.process},
		{"--result", ARG_ONE, &feedback.result},
		{"--sponsor", ARG_ONE, &feedback.sponsor},
		{"--opinion", ARG_ONE, &feedback.opinion},
		{"--round", ARG_ONE, &feedback.round},
		{"--date", ARG_ONE, &feedback.date},
	};
	const struct arg_spec spec = {help, options, 6, 1, 1};
	const struct step_plan plan = {.spec = &spec,
				       .check = check,
				       .write = write,
				       .ctx = &feedback};
	int status = step_command(cli, &plan, argc, argv);

	buf_release(&feedback.row);
	buf_release(&feedback.detail);
	return status;
}
