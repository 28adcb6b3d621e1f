/* cmd_archive.c - tian archive: the office closes a case for good (归档). */
#include "cli/commands.h"

#include <string.h>

#include "cli/terminal/message.h"
#include "cli/case/step.h"

static const char help[] = N_(
	"usage: tian archive CASE [--reason TEXT]\n"
	"\n"
	"The office closes a proposal for good. Where the sponsor's form never\n"
	"came back, it says why.\n"
	"\n"
	"  --reason TEXT  why it is closed without the sponsor's form\n"
	"\n"
	"example: tian archive 1-1-014\n");

struct archive {
	const char *reason;
};

static int write(struct step *step, void *ctx, struct err *err)
{
	const struct archive *archive = ctx;
	const struct event event = {.kind = "archived",
				    .detail = archive->reason};
	int rc = step_mine(step, "archived", err);

	if (rc == 0 && strcmp(buf_text(&step->before), "已答复") == 0 &&
	    !archive->reason)
		return err_set(err, ERR_INPUT,
			       _("%s: the sponsor's form has not come; say "
				 "why it is closed all the same: --reason "
				 "TEXT"),
			       step->key);
	return rc < 0 ? rc : step_event(step, &event, err);
}

int cmd_archive(struct cli *cli, int argc, char **argv)
{
	struct archive archive = {0};
	const struct arg_option options[] = {
		{"--reason", ARG_ONE, &archive.reason},
	};
	const struct arg_spec spec = {help, options, 1, 1, 1};
	const struct step_plan plan = {.spec = &spec,
				       .reason = &archive.reason,
				       .write = write,
				       .ctx = &archive};

	return step_command(cli, &plan, argc, argv);
}
