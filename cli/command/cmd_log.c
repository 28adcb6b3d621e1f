/* cmd_log.c - tian log: who changed what, when, and why.
 * Knows layout; reading the log is history.c's. */
#include "cli/commands.h"

#include <stdio.h>
#include <string.h>

#include "cli/terminal/args.h"
#include "cli/case/case.h"
#include "cli/conflict/history.h"
#include "cli/terminal/json_out.h"
#include "cli/terminal/message.h"
#include "cli/terminal/table.h"
#include "cli/case/value.h"
#include "core/replica/snapshot.h"
#include "core/base/utf8.h"
#include "sync/sync.h"

static const char help[] = N_(
	"usage: tian log CASE [FIELD]\n"
	"\n"
	"Lists the changes of a case, oldest first: when, who, which field,\n"
	"from what to what, its id (tian revert takes it), in which commit, and\n"
	"why. FIELD is named as in tian set. Long texts are cut; --json has them\n"
	"whole.\n"
	"\n"
	"example: tian log 1-1-014 edu.class_proposed\n");

enum {
	COMMIT_SHORT = 10,
	VALUE_WIDTH = 36,
	BLOCK_VALUE_WIDTH = 120, /* where a change has lines of its own */
	TABLE_NEEDS = 170	 /* a terminal narrower than that has them */
};

struct log {
	struct cli *cli;
	struct history history;
	struct case_cell cell; /* field NULL: all */
	struct table *table;
	struct json_out json;
	size_t width; /* of the terminal, where it is too narrow for a table */
};

/* People need not be told that a row is there: its fields say so. */
static bool is_asked(const struct log *log, const struct history_item *item)
{
	if (!log->cli->json && item->field_id == 0)
		return false;
	if (!log->cell.field)
		return true;
	return item->entity == log->cell.entity &&
	       item->field == log->cell.field &&
	       strcmp(item->row, buf_text(&log->cell.row)) == 0;
}

static const char *field_name(const struct history_item *item, char number[32])
{
	if (item->field)
		return item->field->name;
	snprintf(number, 32, "%u", (unsigned)item->field_id);
	return item->field_id == 0 ? "" : number;
}

static void item_json(struct log *log, const struct history_item *item,
		      const char *commit)
{
	struct json_out *json = &log->json;
	char at[VALUE_TIME_SIZE], id[CHANGE_ID_TEXT], number[32];
	struct value none = value_text(NULL);
	struct buf path = BUF_INIT;

	value_clock_utc(at, item->clock);
	change_id_format(id, item->id);
	json_out_object(json, NULL);
	json_out_text(json, "at", at);
	json_out_text(json, "site", item->site);
	json_out_text(json, "author", item->author);
	json_out_text(json, "field", field_name(item, number));
	json_out_value(json, "old", item->field,
		       item->old ? &item->old->value : &none);
	json_out_value(json, "new", item->field, &item->value);
	json_out_text(json, "change", id);
	json_out_text(json, "commit", *commit ? commit : NULL);
	json_out_text(json, "reason", item->reason);
	if (item->field) {
		case_cell_path(&path, log->history.replica, item->entity,
			       item->row, item->field);
		json_out_text(json, "path", buf_text(&path));
	}
	json_out_text(json, "entity", item->entity ? item->entity->name : "");
	json_out_text(json, "row", item->row);
	json_out_bool(json, "shown", item->shown);
	json_out_bool(json, "refused", item->refused);
	json_out_end(json);
	buf_release(&path);
}

/* A value in few columns: its beginning, or a dash where there is none. */
static int short_value(struct buf *out, const struct log *log,
		       const struct history_item *item, struct err *err)
{
	struct buf whole = BUF_INIT;
	int rc = 0;
	size_t fit;

	if (item)
		rc = value_show(&whole, log->history.replica, item->field,
				&item->value, err);
	fit = utf8_fit(buf_text(&whole), whole.len,
		       log->width ? BLOCK_VALUE_WIDTH : VALUE_WIDTH);
	if (fit == 0)
		buf_adds(out, "—");
	buf_add(out, buf_text(&whole), fit);
	if (fit < whole.len)
		buf_adds(out, "…");
	buf_release(&whole);
	return rc < 0 ? rc : buf_check(out, err);
}

static int who(struct buf *out, const struct log *log,
	       const struct history_item *item, struct err *err)
{
	int rc = case_unit_name(out, log->history.replica, item->site, err);

	if (rc == 0 && *item->author &&
	    strcmp(item->author, buf_text(out)) != 0)
		buf_addf(out, " %s", item->author);
	return rc;
}

static int what(struct buf *out, const struct log *log,
		const struct history_item *item, struct err *err)
{
	if (item->field)
		return case_cell_label(out, log->history.replica, item->entity,
				       item->row, item->field, err);
	/* Of a newer schema: only the numbers are known. */
	buf_addf(out, "%u.%u %s", (unsigned)item->entity_id,
		 (unsigned)item->field_id, item->row);
	return buf_check(out, err);
}

static void why(struct buf *out, const struct history_item *item)
{
	if (item->refused)
		buf_adds(out, _("(refused) "));
	if (item->clock_ahead)
		buf_adds(out, _("(clock ahead) "));
	buf_adds(out, item->reason ? item->reason : "");
}

/* A change in lines of its own: when, who and what; from and to; why. */
static int print_block(const struct log *log, const char *const texts[8],
		       struct err *err)
{
	struct buf line = BUF_INIT;
	int rc;

	buf_addf(&line, "%s  %s  %s  [%s]  %s", texts[0], texts[1], texts[2],
		 texts[6], texts[5]);
	table_wrap(stdout, buf_text(&line), 0, log->width);
	buf_clear(&line);
	buf_addf(&line, "%s → %s", texts[3], texts[4]);
	table_wrap(stdout, buf_text(&line), 4, log->width);
	if (*texts[7]) {
		buf_clear(&line);
		buf_addf(&line, "%s%s%s", _("why"), message_colon(), texts[7]);
		table_wrap(stdout, buf_text(&line), 4, log->width);
	}
	rc = buf_check(&line, err);
	buf_release(&line);
	return rc;
}

static int item_row(struct log *log, const struct history_item *item,
		    const char *commit, struct err *err)
{
	struct buf cells[5] = {BUF_INIT, BUF_INIT, BUF_INIT, BUF_INIT,
			       BUF_INIT};
	char at[VALUE_TIME_SIZE], id[CHANGE_ID_TEXT];
	char shorter[COMMIT_SHORT + 1];
	int rc = who(&cells[0], log, item, err);

	if (rc == 0)
		rc = what(&cells[1], log, item, err);
	if (rc == 0)
		rc = short_value(&cells[2], log, item->old, err);
	if (rc == 0)
		rc = short_value(&cells[3], log, item, err);
	why(&cells[4], item);
	value_show_clock(at, item->clock);
	change_id_format(id, item->id);
	snprintf(shorter, sizeof(shorter), "%.*s", COMMIT_SHORT, commit);
	const char *texts[] = {at,
			       buf_text(&cells[0]),
			       buf_text(&cells[1]),
			       buf_text(&cells[2]),
			       buf_text(&cells[3]),
			       id,
			       *shorter ? shorter : _("not synced"),
			       buf_text(&cells[4])};
	if (rc == 0 && log->width)
		rc = print_block(log, texts, err);
	else if (rc == 0)
		table_add(log->table, texts);
	for (size_t i = 0; i < 5; i++)
		buf_release(&cells[i]);
	return rc;
}

static int list_items(struct log *log, struct err *err)
{
	int rc = 0;

	log->width = table_terminal_width();
	if (log->width >= TABLE_NEEDS)
		log->width = 0;
	json_out_array(&log->json, NULL);
	for (size_t i = 0; rc == 0 && i < log->history.n; i++) {
		const struct history_item *item = &log->history.items[i];
		char commit[65] = "";

		if (!is_asked(log, item))
			continue;
		rc = node_commit_of(commit, log->cli->node, item->id, err);
		if (rc == 0 && log->cli->json)
			item_json(log, item, commit);
		else if (rc == 0)
			rc = item_row(log, item, commit, err);
	}
	json_out_end(&log->json);
	if (rc < 0)
		return rc;
	if (log->cli->json)
		return json_out_print(&log->json, stdout, err);
	return table_show(log->table, stdout, err);
}

/* A unit is given cases as they stand: what came before is not here. */
static int tell_beginning(struct log *log, const char *key, struct err *err)
{
	bool partial = false;
	bool late = false;
	int rc = snapshot_is_partial(&partial, log->cli->replica, key, err);

	if (rc == 0 && partial)
		rc = node_began_late(&late, log->cli->node, err);
	if (rc < 0 || !partial)
		return rc;
	fprintf(stderr, "%s\n",
		_("The history begins here with what stood when the proposal "
		  "came to this computer; the office has all of it."));
	if (late)
		fprintf(stderr, "%s\n",
			_("tian sync --history fetches what was sent to this "
			  "unit before."));
	return 0;
}

static int run(struct log *log, const struct arg_list *words, struct err *err)
{
	struct buf key = BUF_INIT;
	int rc = cli_open_node(log->cli, err);

	if (rc == 0)
		rc = case_find(&key, log->cli->replica, words->items[0], err);
	if (rc == 0 && words->n > 1)
		rc = case_cell_find(&log->cell, log->cli->replica,
				    buf_text(&key), words->items[1], err);
	if (rc == 0)
		rc = history_read(&log->history, log->cli->replica,
				  buf_text(&key), err);
	if (rc == 0)
		rc = list_items(log, err);
	if (rc == 0)
		rc = tell_beginning(log, buf_text(&key), err);
	buf_release(&key);
	return rc;
}

int cmd_log(struct cli *cli, int argc, char **argv)
{
	struct log log = {.cli = cli, .cell = CASE_CELL_INIT};
	const struct table_column columns[] = {
		{_("when"), TABLE_LEFT, false},
		{_("who"), TABLE_LEFT, false},
		{_("what"), TABLE_LEFT, false},
		{_("from"), TABLE_LEFT, true},
		{_("to"), TABLE_LEFT, true},
		{_("change"), TABLE_LEFT, false},
		{_("commit"), TABLE_LEFT, false},
		{_("why"), TABLE_LEFT, true},
	};
	const struct arg_spec spec = {help, NULL, 0, 1, 2};
	struct arg_list words = {0};
	struct err err = {0};
	int rc = args_parse(&words, cli, &spec, argc, argv, &err);

	json_out_init(&log.json);
	log.table = table_new(columns, 8);
	if (rc == 0)
		rc = run(&log, &words, &err);
	table_free(log.table);
	json_out_release(&log.json);
	history_release(&log.history);
	case_cell_release(&log.cell);
	args_list_release(&words);
	return rc < 0 ? cli_fail(cli, &err) : CLI_DONE;
}
