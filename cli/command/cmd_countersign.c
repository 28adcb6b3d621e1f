/* cmd_countersign.c - tian countersign: a co-unit agrees to the main unit's
 * text (会签). Binds that text by its hash: a changed one is not agreed to. */
#include "cli/commands.h"

#include "cli/terminal/message.h"
#include "cli/case/row.h"
#include "cli/case/step.h"

static const char help[] = N_(
	"usage: tian countersign CASE [--unit UNIT]\n"
	"\n"
	"At a co-unit: agrees to the reply of the main unit as it stands here.\n"
	"Whoever changes that text needs it countersigned again.\n"
	"\n"
	"  --unit UNIT  whose reply, where several units reply separately\n"
	"\n"
	"example: tian countersign 1-1-014\n");

static const char SQL_REPLIERS[] =
	"SELECT unit FROM handling WHERE proposal = ?1 AND role IN ('main',"
	" 'split') AND void IS NOT 1 ORDER BY unit";

struct countersign {
	const char *unit_word;
};

static int find_replier(struct buf *unit, const struct step *step,
			const char *word, struct err *err)
{
	size_t n = 0;
	int rc;

	if (word)
		return step_replier(unit, step, word, err);
	rc = step_ask(unit, &n, step, SQL_REPLIERS, NULL, err);
	if (rc == 0 && n != 1)
		rc = err_set(err, ERR_INPUT,
			     _("%s: several units reply; say which: --unit "
			       "UNIT"),
			     step->key);
	return rc;
}

static int bind(struct step *step, const char *unit, const char *hash,
		struct err *err)
{
	const struct event event = {
		.kind = "countersigned", .text_hash = hash, .target = unit};
	struct buf row = BUF_INIT;
	bool bound = false;
	int rc;

	buf_addf(&row, "%s/%s", step->key, step->site);
	rc = buf_check(&row, err);
	if (rc == 0)
		rc = row_set_text(step->replica, "handling", buf_text(&row),
				  "countersigned_hash", hash, &bound, err);
	if (rc == 0 && bound)
		rc = step_event(step, &event, err);
	buf_release(&row);
	return rc;
}

static int write(struct step *step, void *ctx, struct err *err)
{
	const struct countersign *countersign = ctx;
	struct buf unit = BUF_INIT, text = BUF_INIT;
	char hash[EVENT_HASH_SIZE];
	int rc = step_allow(step, "countersigned", err);

	if (rc == 0)
		rc = find_replier(&unit, step, countersign->unit_word, err);
	if (rc == 0)
		rc = step_text(&text, hash, step, buf_text(&unit), err);
	if (rc == 0 && !*hash)
		rc = err_set(err, ERR_INPUT,
			     _("%s: the main unit has written no reply yet"),
			     step->key);
	if (rc == 0)
		rc = bind(step, buf_text(&unit), hash, err);
	buf_release(&unit);
	buf_release(&text);
	return rc;
}

int cmd_countersign(struct cli *cli, int argc, char **argv)
{
	struct countersign countersign = {0};
	const struct arg_option options[] = {
		{"--unit", ARG_ONE, &countersign.unit_word},
	};
	const struct arg_spec spec = {help, options, 1, 1, 1};
	const struct step_plan plan = {
		.spec = &spec, .write = write, .ctx = &countersign};

	return step_command(cli, &plan, argc, argv);
}
