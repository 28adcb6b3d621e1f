/* cmd_decline.c - tian decline: a proposal is not filed (不立案). */
#include "cli/commands.h"

#include "cli/terminal/message.h"
#include "cli/case/outcome.h"

static const char help[] =
	N_("usage: tian decline CASE --reason TEXT\n"
	   "\n"
	   "The office does not file a proposal. tian file does so after all.\n"
	   "\n"
	   "  --reason TEXT  why\n"
	   "\n"
	   "example: tian decline 1-1-016 --reason 超出职权范围\n");

struct decline {
	const char *reason;
};

static int check(void *ctx, struct err *err)
{
	const struct decline *decline = ctx;

	return step_need(decline->reason, N_("--reason TEXT"), err);
}

static int write(struct step *step, void *ctx, struct err *err)
{
	const struct decline *decline = ctx;
	const struct outcome outcome = {.step = "rejected",
					.reason = decline->reason};

	return outcome_write(step, &outcome, err);
}

int cmd_decline(struct cli *cli, int argc, char **argv)
{
	struct decline decline = {0};
	const struct arg_option options[] = {
		{"--reason", ARG_ONE, &decline.reason},
	};
	const struct arg_spec spec = {help, options, 1, 1, 1};
	const struct step_plan plan = {.spec = &spec,
				       .reason = &decline.reason,
				       .check = check,
				       .write = write,
				       .ctx = &decline};

	return step_command(cli, &plan, argc, argv);
}
