/* cmd_contact.c - tian contact: a talk with the sponsor (沟通、面商).
 * Adds a row; judges none. */
#include "cli/commands.h"

#include "cli/terminal/message.h"
#include "cli/case/step.h"
#include "core/base/db.h"

static const char help[] = N_(
	"usage: tian contact CASE --mode MODE --result TEXT [--people TEXT]\n"
	"                    [--date DATE]\n"
	"\n"
	"Records a talk with the sponsor. Contacts are never published.\n"
	"\n"
	"  --mode MODE    走访, 座谈, 电话 or 书面\n"
	"  --result TEXT  what came of it\n"
	"  --people TEXT  who took part\n"
	"  --date DATE    when; else today\n"
	"\n"
	"example: tian contact 1-1-014 --mode 走访 --result 提案人认可办理思路\n");

/* This very talk is recorded; ?2 its id among the newest of this site. */
static const char SQL_TWIN[] =
	"SELECT 1 FROM contact n JOIN contact o ON o.proposal = n.proposal AND"
	" o.unit = n.unit AND o.id <> n.id AND o.at IS n.at AND o.mode IS"
	" n.mode AND o.people IS n.people AND o.result IS n.result AND o.void"
	" IS NOT 1 WHERE n.proposal = ?1 AND n.proposal || '/' || n.unit ||"
	" '/' || n.id = ?2";

struct contact {
	const char *mode, *result, *people, *date;
};

static int check(void *ctx, struct err *err)
{
	const struct contact *contact = ctx;
	int rc = step_need(contact->mode, "--mode 走访", err);

	return rc < 0 ? rc
		      : step_need(contact->result, N_("--result TEXT"), err);
}

static int write_fields(struct step *step, const char *row,
			const struct contact *contact, struct err *err)
{
	const char *fields[][2] = {
		{"at", contact->date ? contact->date : step->today},
		{"mode", contact->mode},
		{"people", contact->people},
		{"result", contact->result},
	};
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < 4; i++)
		rc = step_set(step, "contact", row, fields[i][0], fields[i][1],
			      err);
	return rc;
}

static int write(struct step *step, void *ctx, struct err *err)
{
	struct buf row = BUF_INIT, twin = BUF_INIT;
	struct db *db = replica_db(step->replica);
	int rc = step_allow(step, "contact", err);

	if (rc == 0)
		rc = db_exec(db, "SAVEPOINT contact", err);
	if (rc < 0)
		return rc;
	rc = step_add(step, &row, "contact", err);
	if (rc == 0)
		rc = write_fields(step, buf_text(&row), ctx, err);
	if (rc == 0)
		rc = step_ask(&twin, NULL, step, SQL_TWIN, buf_text(&row), err);
	if (rc == 0 && twin.len > 0) {
		rc = db_exec(db, "ROLLBACK TO contact", err);
		step->changed = false;
	}
	buf_release(&row);
	buf_release(&twin);
	return rc < 0 ? rc : db_exec(db, "RELEASE contact", err);
}

int cmd_contact(struct cli *cli, int argc, char **argv)
{
	struct contact contact = {0};
	const struct arg_option options[] = {
		{"--mode", ARG_ONE, &contact.mode},
		{"--result", ARG_ONE, &contact.result},
		{"--people", ARG_ONE, &contact.people},
		{"--date", ARG_ONE, &contact.date},
	};
	const struct arg_spec spec = {help, options, 4, 1, 1};
	const struct step_plan plan = {
		.spec = &spec, .check = check, .write = write, .ctx = &contact};

	return step_command(cli, &plan, argc, argv);
}
