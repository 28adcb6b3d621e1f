/* cmd_revert.c - tian revert: a field says again what an earlier change said.
 * Knows how to find that change; the decision itself is decision.c's. */
#include "cli/commands.h"

#include <string.h>

#include "cli/terminal/args.h"
#include "cli/case/correction.h"
#include "cli/conflict/decision.h"
#include "cli/terminal/message.h"
#include "cli/case/value.h"
#include "sync/sync.h"

static const char help[] = N_(
	"usage: tian revert CASE FIELD --to CHANGE [--reason TEXT]\n"
	"\n"
	"Gives a field the value again that a change of it wrote, whatever was\n"
	"written since. FIELD is named as in tian set; CHANGE is the id that\n"
	"tian log prints. It is a new change that names every value there is;\n"
	"nothing is lost, and where several stood it settles them.\n"
	"\n"
	"  --to CHANGE    the change whose value shall stand again\n"
	"  --reason TEXT  why; needed where it settles a conflict\n"
	"\n"
	"example: tian revert 1-1-014 sector --reason 误改 --to \\\n"
	"             $(tian log 1-1-014 sector | grep -om1 '[0-9a-f]\\{16\\}:[0-9]*')\n");

struct revert {
	struct decision decision;
	const char *to;
	const char *reason;
	struct change_id id;
	struct decision_value past;
	bool found; /* of this very field */
};

static int keep(const struct change_log_entry *entry, void *ctx,
		struct err *err)
{
	struct revert *revert = ctx;
	const struct case_cell *cell = &revert->decision.cell;
	const struct change *change = entry->change;

	if (change->entity != cell->entity->id ||
	    change->field != cell->field->id ||
	    change->row_len != cell->row.len ||
	    memcmp(change->row, buf_text(&cell->row), cell->row.len) != 0)
		return 0;
	revert->found = true;
	return decision_value_copy(&revert->past, entry, err);
}

static int find_past(struct revert *revert, struct err *err)
{
	int rc = node_change(revert->decision.cli->node, revert->id, keep,
			     revert, err);

	if (rc == ERR_MISSING)
		return err_set(err, ERR_INPUT,
			       _("no change %s is known here; tian log shows "
				 "those there are"),
			       revert->to);
	if (rc == 0 && !revert->found)
		rc = err_set(err, ERR_INPUT,
			     _("%s is a change of something else; tian log "
			       "CASE FIELD shows those of one field"),
			     revert->to);
	return rc;
}

/* The reason where none was given, and nothing was in dispute. */
static void default_reason(struct buf *out, const struct revert *revert)
{
	char at[VALUE_TIME_SIZE];

	value_show_clock(at, revert->past.clock);
	buf_addf(out, "恢复 %s（%s）的值", revert->to, at);
}

static int choose(struct value *out, bool *settled, struct decision *decision,
		  void *ctx, struct err *err)
{
	struct revert *revert = ctx;

	*out = revert->past.value;
	*settled = decision->n == 1 &&
		   value_equal(out, &decision->heads[0].value);
	if (*settled && !decision->disputed)
		return 0;
	if ((decision->n > 1 || decision->disputed) && !revert->reason)
		return err_set(err, ERR_USAGE,
			       _("this settles a conflict, and a decision "
				 "needs its reason: --reason TEXT"));
	if (decision->n == 1 && !decision->disputed)
		decision->done = _("Restored; tian sync tells everybody.");
	return correction_note(decision->replica, buf_text(&decision->key),
			       &decision->cell, out, revert->reason, err);
}

static int revert_field(struct revert *revert, struct err *err)
{
	struct decision *decision = &revert->decision;
	struct buf reason = BUF_INIT;
	int rc = find_past(revert, err);

	if (rc == 0 && !replica_is_office(decision->replica))
		rc = case_cell_live(&decision->cell, decision->replica, err);
	default_reason(&reason, revert);
	if (rc == 0)
		rc = buf_check(&reason, err);
	if (rc == 0)
		rc = decision_make(decision, choose, revert,
				   revert->reason ? revert->reason
						  : buf_text(&reason),
				   err);
	buf_release(&reason);
	return rc;
}

static int check(struct revert *revert, struct err *err)
{
	if (!revert->to)
		return err_set(err, ERR_USAGE,
			       _("say which change: --to CHANGE, as tian log "
				 "prints it"));
	if (!change_id_parse(&revert->id, revert->to))
		return err_set(err, ERR_USAGE,
			       _("'%s' is no change's id (tian log prints "
				 "them)"),
			       revert->to);
	if (revert->reason && !*revert->reason)
		return err_set(err, ERR_USAGE,
			       _("a decision needs its reason: --reason "
				 "TEXT"));
	return 0;
}

int cmd_revert(struct cli *cli, int argc, char **argv)
{
	struct revert revert = {.decision = DECISION_INIT(cli)};
	const struct arg_option options[] = {
		{"--to", ARG_ONE, &revert.to},
		{"--reason", ARG_ONE, &revert.reason},
	};
	const struct arg_spec spec = {help, options, 2, 2, 2};
	struct arg_list words = {0};
	struct err err = {0};
	int rc = args_parse(&words, cli, &spec, argc, argv, &err);

	if (rc == 0)
		rc = check(&revert, &err);
	if (rc == 0)
		rc = cli_open_node(cli, &err);
	if (rc == 0)
		rc = decision_find(&revert.decision, words.items[0],
				   words.items[1], &err);
	if (rc == 0)
		rc = revert_field(&revert, &err);
	decision_value_release(&revert.past);
	decision_release(&revert.decision);
	args_list_release(&words);
	return rc < 0 ? cli_fail(cli, &err) : CLI_DONE;
}
