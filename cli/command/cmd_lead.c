/* cmd_lead.c - tian lead: a leader who leads or supervises a proposal (领办、
 * 督办). Knows that row; moves nothing. */
#include "cli/commands.h"

#include <string.h>

#include "cli/terminal/message.h"
#include "cli/case/row.h"
#include "cli/case/step.h"

static const char help[] =
	N_("usage: tian lead CASE --name NAME [--post POST] --mode MODE\n"
	   "\n"
	   "The office records which leader leads a proposal's handling or\n"
	   "supervises it. Once more with another post or mode changes that;\n"
	   "tian void CASE leader:NAME takes it back.\n"
	   "\n"
	   "  --name NAME  who\n"
	   "  --post POST  in what post\n"
	   "  --mode MODE  领办 督办\n"
	   "\n"
	   "example: tian lead 1-1-014 --name 张三 --post 区长 --mode 领办\n");

static const char SQL_TAKEN_BACK[] =
	"SELECT 1 FROM leader WHERE proposal = ?1 AND name = ?2 AND void = 1";

struct lead {
	const char *name, *post, *mode;
};

static int check(void *ctx, struct err *err)
{
	const struct lead *lead = ctx;
	int rc = step_need(lead->name, N_("--name NAME"), err);

	if (rc == 0)
		rc = step_need(lead->mode, N_("--mode MODE"), err);
	if (rc == 0 && strchr(lead->name, '/'))
		rc = err_set(err, ERR_INPUT, _("'%s' is no name"), lead->name);
	return rc;
}

static int write(struct step *step, void *ctx, struct err *err)
{
	const struct lead *lead = ctx;
	const struct entity *entity =
		schema_entity_named(replica_schema(step->replica), "leader");
	struct buf row = BUF_INIT, found = BUF_INIT;
	int rc;

	if (!replica_is_office(step->replica))
		return err_set(err, ERR_INPUT, "%s: %s", step->key,
			       _("this is for the office to do"));
	buf_addf(&row, "%s/%s", step->key, lead->name);
	rc = buf_check(&row, err);
	if (rc == 0)
		rc = row_add(step->replica, entity, buf_text(&row),
			     &step->changed, err);
	if (rc == 0)
		rc = step_ask(&found, NULL, step, SQL_TAKEN_BACK, lead->name,
			      err);
	if (rc == 0 && found.len > 0) /* it stands again */
		rc = row_set_int(step->replica, "leader", buf_text(&row),
				 "void", 0, &step->changed, err);
	if (rc == 0)
		rc = step_set(step, "leader", buf_text(&row), "post",
			      lead->post, err);
	if (rc == 0)
		rc = step_set(step, "leader", buf_text(&row), "mode",
			      lead->mode, err);
	buf_release(&found);
	buf_release(&row);
	return rc;
}

int cmd_lead(struct cli *cli, int argc, char **argv)
{
	struct lead lead = {0};
	const struct arg_option options[] = {
		{"--name", ARG_ONE, &lead.name},
		{"--post", ARG_ONE, &lead.post},
		{"--mode", ARG_ONE, &lead.mode},
	};
	const struct arg_spec spec = {help, options, 3, 1, 1};
	const struct step_plan plan = {
		.spec = &spec, .check = check, .write = write, .ctx = &lead};

	return step_command(cli, &plan, argc, argv);
}
