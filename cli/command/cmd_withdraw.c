/* cmd_withdraw.c - tian withdraw: the sponsors take a proposal back (撤案). */
#include "cli/commands.h"

#include "cli/terminal/message.h"
#include "cli/case/outcome.h"

static const char help[] = N_(
	"usage: tian withdraw CASE --reason TEXT\n"
	"\n"
	"Records that the sponsors took a proposal back, before its reply was\n"
	"sent. What was done about it is kept.\n"
	"\n"
	"  --reason TEXT  why\n"
	"\n"
	"example: tian withdraw 1-1-018 --reason 提案人来函撤回\n");

struct withdraw {
	const char *reason;
};

static int check(void *ctx, struct err *err)
{
	const struct withdraw *withdraw = ctx;

	return step_need(withdraw->reason, N_("--reason TEXT"), err);
}

static int write(struct step *step, void *ctx, struct err *err)
{
	const struct withdraw *withdraw = ctx;
	const struct outcome outcome = {.step = "withdrawn",
					.reason = withdraw->reason};

	return outcome_write(step, &outcome, err);
}

int cmd_withdraw(struct cli *cli, int argc, char **argv)
{
	struct withdraw withdraw = {0};
	const struct arg_option options[] = {
		{"--reason", ARG_ONE, &withdraw.reason},
	};
	const struct arg_spec spec = {help, options, 1, 1, 1};
	const struct step_plan plan = {.spec = &spec,
				       .reason = &withdraw.reason,
				       .check = check,
				       .write = write,
				       .ctx = &withdraw};

	return step_command(cli, &plan, argc, argv);
}
