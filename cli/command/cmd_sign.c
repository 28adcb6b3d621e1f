/* cmd_sign.c - tian sign: the unit's leader signs the reply, it gets its
 * document number (签发、文号). Binds the text by its hash. */
#include "cli/commands.h"

#include "cli/terminal/message.h"
#include "cli/case/step.h"

static const char help[] = N_(
	"usage: tian sign CASE --doc-no NO --signer NAME [--date DATE]\n"
	"\n"
	"Records who signed this unit's reply, under which document number.\n"
	"The signature is of the text as it stands: a changed text needs it\n"
	"again. (Not the key's signature, which every change has.)\n"
	"\n"
	"  --doc-no NO    the document number\n"
	"  --signer NAME  who signed\n"
	"  --date DATE    when; else today\n"
	"\n"
	"example: tian sign 1-1-014 --doc-no 区教〔2022〕18号 --signer 李明\n");

struct sign {
	const char *doc_no, *signer, *date;
};

static int check(void *ctx, struct err *err)
{
	const struct sign *sign = ctx;
	int rc = step_need(sign->doc_no, N_("--doc-no NO"), err);

	return rc < 0 ? rc : step_need(sign->signer, N_("--signer NAME"), err);
}

static int write_fields(struct step *step, const struct sign *sign,
			const char *hash, struct err *err)
{
	const char *fields[][2] = {
		{"doc_no", sign->doc_no},
		{"signer", sign->signer},
		{"signed_hash", hash},
		{"signed_at", sign->date},
	};
	struct buf row = BUF_INIT;
	int rc;

	buf_addf(&row, "%s/%s", step->key, step->site);
	rc = buf_check(&row, err);
	for (size_t i = 0; rc == 0 && i < 4; i++) {
		/* Signed today, unless it was signed just so before. */
		if (i == 3 && step->changed && !fields[i][1])
			fields[i][1] = step->today;
		rc = step_set(step, "handling", buf_text(&row), fields[i][0],
			      fields[i][1], err);
	}
	buf_release(&row);
	return rc;
}

static int write(struct step *step, void *ctx, struct err *err)
{
	char hash[EVENT_HASH_SIZE];
	struct buf text = BUF_INIT;
	int rc = step_allow(step, "signed", err);

	if (rc == 0)
		rc = step_text(&text, hash, step, step->site, err);
	if (rc == 0 && !*hash)
		rc = err_set(err, ERR_INPUT,
			     _("%s: there is no text yet (tian reply writes "
			       "it)"),
			     step->key);
	if (rc == 0)
		rc = write_fields(step, ctx, hash, err);
	buf_release(&text);
	return rc;
}

int cmd_sign(struct cli *cli, int argc, char **argv)
{
	struct sign sign = {0};
	const struct arg_option options[] = {
		{"--doc-no", ARG_ONE, &sign.doc_no},
		{"--signer", ARG_ONE, &sign.signer},
		{"--date", ARG_ONE, &sign.date},
	};
	const struct arg_spec spec = {help, options, 3, 1, 1};
	const struct step_plan plan = {
		.spec = &spec, .check = check, .write = write, .ctx = &sign};

	return step_command(cli, &plan, argc, argv);
}
