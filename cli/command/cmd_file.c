/* cmd_file.c - tian file: the office files a proposal and issues its number
 * (立案、案号). */
#include "cli/commands.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "cli/terminal/message.h"
#include "cli/case/outcome.h"

static const char help[] = N_(
	"usage: tian file CASE [--case-no NO] [--reason TEXT]\n"
	"\n"
	"The office files a proposal and issues its case number. One that was\n"
	"merged, not filed or forwarded is filed after all, with a reason.\n"
	"\n"
	"  --case-no NO   its number; else the one it has, or the next one of\n"
	"                 the session, written as the last one is\n"
	"  --reason TEXT  why\n"
	"\n"
	"example: tian file 1-1-014\n");

static const char SQL_CASE_NO[] = "SELECT case_no FROM proposal WHERE key = ?1";
/* Numbers are strings of any form: the one with the highest digits. */
static const char SQL_LAST[] =
	"SELECT case_no FROM proposal WHERE case_no IS NOT NULL AND"
	" rtrim(key, replace(key, '-', '')) = rtrim(?1, replace(?1, '-', '')) AND case_no GLOB"
	" '*[0-9]*' ORDER BY CAST(ltrim(case_no, '第ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	"abcdefghijklmnopqrstuvwxyz-. ') AS INTEGER) DESC, case_no DESC";
static const char SQL_TAKEN[] =
	"SELECT key FROM proposal WHERE case_no = ?2 AND key <> ?1 AND"
	" rtrim(key, replace(key, '-', '')) = rtrim(?1, replace(?1, '-', '')) AND void IS NOT 1";

struct file {
	const char *case_no, *reason;
	struct buf issued;
};

/* "第007号" to "第008号", "B099" to "B100": the last run of digits. */
static int after(struct buf *out, const char *last, struct err *err)
{
	const char *end = last + strlen(last);
	const char *start;

	while (end > last && !isdigit((unsigned char)end[-1]))
		end--;
	start = end;
	while (start > last && end - start < 15 &&
	       isdigit((unsigned char)start[-1]))
		start--;
	buf_add(out, last, (size_t)(start - last));
	buf_addf(out, "%0*lld%s", (int)(end - start),
		 strtoll(start, NULL, 10) + 1, end);
	return buf_check(out, err);
}

static int issue(struct file *file, const struct step *step, struct err *err)
{
	struct buf now = BUF_INIT;
	int rc = step_ask(&now, NULL, step, SQL_CASE_NO, NULL, err);

	if (rc < 0 || now.len > 0)
		goto done;
	rc = step_ask(&now, NULL, step, SQL_LAST, NULL, err);
	if (rc == 0)
		rc = after(&file->issued, now.len ? buf_text(&now) : "第000号",
			   err);
done:
	buf_release(&now);
	return rc;
}

static int check_taken(const struct step *step, const char *case_no,
		       struct err *err)
{
	struct buf other = BUF_INIT;
	int rc = step_ask(&other, NULL, step, SQL_TAKEN, case_no, err);

	if (rc == 0 && other.len > 0)
		rc = err_set(err, ERR_INPUT, _("%s: %s is the number of %s"),
			     step->key, case_no, buf_text(&other));
	buf_release(&other);
	return rc;
}

static bool needs_reason(const struct step *step)
{
	static const char *const out[] = {"并案", "不立案", "转意见建议"};

	for (size_t i = 0; i < 3; i++)
		if (strcmp(buf_text(&step->before), out[i]) == 0)
			return true;
	return false;
}

static int write(struct step *step, void *ctx, struct err *err)
{
	struct file *file = ctx;
	struct outcome outcome = {.step = "filed",
				  .reason = file->reason,
				  .case_no = file->case_no};
	int rc = step_mine(step, "filed", err);

	if (rc == 0 && needs_reason(step))
		rc = step_need(file->reason, N_("--reason TEXT"), err);
	if (rc == 0 && !file->case_no) {
		rc = issue(file, step, err);
		if (file->issued.len > 0)
			outcome.case_no = buf_text(&file->issued);
	}
	if (rc == 0 && outcome.case_no)
		rc = check_taken(step, outcome.case_no, err);
	if (rc == 0)
		rc = outcome_write(step, &outcome, err);
	if (rc == 0 && step->changed && outcome.case_no)
		cli_note(_("%s: the case number is %s."), step->key,
			 outcome.case_no);
	return rc;
}

int cmd_file(struct cli *cli, int argc, char **argv)
{
	struct file file = {.issued = BUF_INIT};
	const struct arg_option options[] = {
		{"--case-no", ARG_ONE, &file.case_no},
		{"--reason", ARG_ONE, &file.reason},
	};
	const struct arg_spec spec = {help, options, 2, 1, 1};
	const struct step_plan plan = {.spec = &spec,
				       .reason = &file.reason,
				       .write = write,
				       .ctx = &file};
	int status = step_command(cli, &plan, argc, argv);

	buf_release(&file.issued);
	return status;
}
