/* cmd_forward.c - tian forward: a proposal goes on as an opinion (转意见建议). */
#include "cli/commands.h"

#include "cli/terminal/message.h"
#include "cli/case/outcome.h"

static const char help[] = N_(
	"usage: tian forward CASE --reason TEXT\n"
	"\n"
	"The office passes a proposal on as an opinion rather than filing it.\n"
	"\n"
	"  --reason TEXT  why\n"
	"\n"
	"example: tian forward 1-1-017 --reason 内容属日常事务\n");

struct forward {
	const char *reason;
};

static int check(void *ctx, struct err *err)
{
	const struct forward *forward = ctx;

	return step_need(forward->reason, N_("--reason TEXT"), err);
}

static int write(struct step *step, void *ctx, struct err *err)
{
	const struct forward *forward = ctx;
	const struct outcome outcome = {.step = "forwarded",
					.reason = forward->reason};

	return outcome_write(step, &outcome, err);
}

int cmd_forward(struct cli *cli, int argc, char **argv)
{
	struct forward forward = {0};
	const struct arg_option options[] = {
		{"--reason", ARG_ONE, &forward.reason},
	};
	const struct arg_spec spec = {help, options, 1, 1, 1};
	const struct step_plan plan = {.spec = &spec,
				       .reason = &forward.reason,
				       .check = check,
				       .write = write,
				       .ctx = &forward};

	return step_command(cli, &plan, argc, argv);
}
