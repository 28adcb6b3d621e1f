/* cmd_send.c - tian send: the letter went to the sponsor (寄送答复).
 * Sends nothing itself. */
#include "cli/commands.h"

#include <string.h>

#include "cli/terminal/message.h"
#include "cli/case/signature.h"
#include "cli/case/step.h"

static const char help[] = N_(
	"usage: tian send CASE [--note TEXT]\n"
	"\n"
	"Records that the office sent the letter that passed review to the\n"
	"sponsor. A text that was changed since it was signed or passed is not\n"
	"sent.\n"
	"\n"
	"  --note TEXT  how it was sent\n"
	"\n"
	"example: tian send 1-1-014\n");

struct send {
	const char *note;
};

/* The letter is the text that passed, under its signature. */
static int refuse_stale(const struct signature_stale *stale, void *ctx,
			struct err *err)
{
	struct buf text = BUF_INIT;
	int rc = 0;

	if (strcmp(stale->kind, "countersigned") != 0)
		rc = signature_tell(&text, ctx, stale, err);
	if (rc == 0 && text.len > 0)
		rc = err_set(err, ERR_INPUT,
			     _("%s: %s; have it submitted and reviewed again"),
			     stale->key, buf_text(&text));
	buf_release(&text);
	return rc;
}

static int write(struct step *step, void *ctx, struct err *err)
{
	const struct send *send = ctx;
	const struct event event = {.kind = "sent", .detail = send->note};
	int rc = step_event(step, &event, err);

	if (rc == 0 && step->changed)
		rc = signature_each_stale(step->replica, step->key,
					  refuse_stale, step->replica, err);
	return rc;
}

int cmd_send(struct cli *cli, int argc, char **argv)
{
	struct send send = {0};
	const struct arg_option options[] = {{"--note", ARG_ONE, &send.note}};
	const struct arg_spec spec = {help, options, 1, 1, 1};
	const struct step_plan plan = {
		.spec = &spec, .write = write, .ctx = &send};

	return step_command(cli, &plan, argc, argv);
}
