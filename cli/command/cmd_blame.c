/* cmd_blame.c - tian blame: who wrote what a case shows, field by field.
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
#include "core/base/utf8.h"
#include "sync/sync.h"

static const char help[] =
	N_("usage: tian blame CASE\n"
	   "\n"
	   "Says of each value that a case shows who wrote it, when, in which\n"
	   "commit and why; git blame says the same of each line of the\n"
	   "register. tian log tells what was there before.\n"
	   "\n"
	   "example: tian blame 1-1-014\n");

enum { COMMIT_SHORT = 10, VALUE_WIDTH = 36 };

struct blame {
	struct cli *cli;
	struct history history;
	struct table *table;
	struct json_out json;
};

static int value_text_of(struct buf *out, const struct blame *blame,
			 const struct history_item *item, struct err *err)
{
	struct buf whole = BUF_INIT;
	int rc = value_show(&whole, blame->history.replica, item->field,
			    &item->value, err);
	size_t fit = utf8_fit(buf_text(&whole), whole.len, VALUE_WIDTH);

	buf_add(out, buf_text(&whole), fit);
	if (fit < whole.len)
		buf_adds(out, "…");
	buf_release(&whole);
	return rc < 0 ? rc : buf_check(out, err);
}

static int add_row(struct blame *blame, const struct history_item *item,
		   const char *commit, struct err *err)
{
	struct replica *replica = blame->history.replica;
	struct buf cells[3] = {BUF_INIT, BUF_INIT, BUF_INIT};
	char at[VALUE_TIME_SIZE], shorter[COMMIT_SHORT + 1];
	int rc = case_cell_label(&cells[0], replica, item->entity, item->row,
				 item->field, err);

	if (rc == 0)
		rc = value_text_of(&cells[1], blame, item, err);
	if (rc == 0)
		rc = case_unit_name(&cells[2], replica, item->site, err);
	if (rc == 0 && *item->author &&
	    strcmp(item->author, buf_text(&cells[2])) != 0)
		buf_addf(&cells[2], " %s", item->author);
	value_show_clock(at, item->clock);
	snprintf(shorter, sizeof(shorter), "%.*s", COMMIT_SHORT, commit);
	const char *texts[] = {buf_text(&cells[0]),
			       buf_text(&cells[1]),
			       buf_text(&cells[2]),
			       at,
			       *shorter ? shorter : _("not synced"),
			       item->reason ? item->reason : ""};
	table_add(blame->table, texts);
	for (size_t i = 0; i < 3; i++)
		buf_release(&cells[i]);
	return rc;
}

static void add_json(struct blame *blame, const struct history_item *item,
		     const char *commit)
{
	struct json_out *json = &blame->json;
	char at[VALUE_TIME_SIZE], id[CHANGE_ID_TEXT];

	value_clock_utc(at, item->clock);
	change_id_format(id, item->id);
	json_out_object(json, NULL);
	json_out_text(json, "entity", item->entity->name);
	json_out_text(json, "row", item->row);
	json_out_text(json, "field", item->field->name);
	json_out_value(json, "value", item->field, &item->value);
	json_out_text(json, "site", item->site);
	json_out_text(json, "author", item->author);
	json_out_text(json, "at", at);
	json_out_text(json, "change", id);
	json_out_text(json, "commit", *commit ? commit : NULL);
	json_out_text(json, "reason", item->reason);
	json_out_end(json);
}

static int list_items(struct blame *blame, struct err *err)
{
	int rc = 0;

	json_out_array(&blame->json, NULL);
	for (size_t i = 0; rc == 0 && i < blame->history.n; i++) {
		const struct history_item *item = &blame->history.items[i];
		char commit[SYNC_COMMIT_TEXT] = "";

		if (!item->shown || item->field == NULL ||
		    item->value.type == VALUE_NULL)
			continue;
		rc = node_commit_of(commit, blame->cli->node, item->id, err);
		if (rc == 0 && blame->cli->json)
			add_json(blame, item, commit);
		else if (rc == 0)
			rc = add_row(blame, item, commit, err);
	}
	json_out_end(&blame->json);
	if (rc < 0)
		return rc;
	if (blame->cli->json)
		return json_out_print(&blame->json, stdout, err);
	return table_show(blame->table, stdout, err);
}

static int run(struct blame *blame, const char *word, struct err *err)
{
	struct buf key = BUF_INIT;
	int rc = cli_open_node(blame->cli, err);

	if (rc == 0)
		rc = case_find(&key, blame->cli->replica, word, err);
	if (rc == 0)
		rc = history_read(&blame->history, blame->cli->replica,
				  buf_text(&key), err);
	if (rc == 0)
		rc = list_items(blame, err);
	history_release(&blame->history);
	buf_release(&key);
	return rc;
}

int cmd_blame(struct cli *cli, int argc, char **argv)
{
	const struct table_column columns[] = {
		{_("field"), TABLE_LEFT, true},
		{_("value"), TABLE_LEFT, true},
		{_("who"), TABLE_LEFT, false},
		{_("when"), TABLE_LEFT, false},
		{_("commit"), TABLE_LEFT, false},
		{_("why"), TABLE_LEFT, true},
	};
	const struct arg_spec spec = {help, NULL, 0, 1, 1};
	struct blame blame = {.cli = cli};
	struct arg_list words = {0};
	struct err err = {0};
	int rc = args_parse(&words, cli, &spec, argc, argv, &err);

	if (rc == 0) {
		blame.table = table_new(columns, 6);
		json_out_init(&blame.json);
		rc = run(&blame, words.items[0], &err);
		table_free(blame.table);
		json_out_release(&blame.json);
	}
	args_list_release(&words);
	return rc < 0 ? cli_fail(cli, &err) : CLI_DONE;
}
