/* cmd_check.c - tian check: what to look at before replies go out.
 * Knows how findings are told; each check is check.h's. */
#include "cli/commands.h"

#include <stdio.h>

#include "cli/terminal/args.h"
#include "cli/case/case.h"
#include "cli/check/check.h"
#include "cli/terminal/json_out.h"
#include "cli/terminal/message.h"
#include "cli/terminal/table.h"

static const char help[] = N_(
	"usage: tian check [CASE] [--hints]\n"
	"\n"
	"Looks replies over before they go out: class, contacts, dates, plan\n"
	"and reason, titles and numbers named, co-units, signatures whose text\n"
	"has changed, document numbers, private numbers in public text,\n"
	"quotation marks, the sponsor's form, totals, and passages that stand\n"
	"in another unit's reply. Changes nothing.\n"
	"\n"
	"Errors must not go out; warnings are for somebody to decide; hints\n"
	"are often fine. Status 1 if there is any error or warning.\n"
	"\n"
	"  --hints  list the hints too, not only their number\n"
	"\n"
	"example: tian check 14\n");

struct run {
	struct cli *cli;
	bool hints;
	struct buf key; /* the case, "" for all */
	struct check_list list;
};

static const char *severity_word(enum check_severity severity)
{
	switch (severity) {
	case CHECK_ERROR:
		return _("error");
	case CHECK_WARNING:
		return _("warning");
	case CHECK_HINT:
		break;
	}
	return _("hint");
}

static int print_json(const struct run *run, struct err *err)
{
	struct json_out json;

	json_out_init(&json);
	json_out_array(&json, NULL);
	for (size_t i = 0; i < run->list.n; i++) {
		const struct check_finding *finding = &run->list.items[i];

		json_out_object(&json, NULL);
		json_out_text(&json, "case", finding->key);
		json_out_text(&json, "check", finding->check);
		json_out_text(&json, "severity",
			      check_severity_name(finding->severity));
		json_out_text(&json, "message", finding->message);
		json_out_text(&json, "unit", finding->unit);
		json_out_text(&json, "other", finding->other);
		json_out_end(&json);
	}
	json_out_end(&json);
	return json_out_print(&json, stdout, err);
}

static void print_count(const struct run *run)
{
	const size_t *count = run->list.count;

	if (run->list.n == 0)
		cli_note(_("Nothing found."));
	else
		cli_note(_("%zu errors, %zu warnings, %zu hints"),
			 count[CHECK_ERROR], count[CHECK_WARNING],
			 count[CHECK_HINT]);
	if (count[CHECK_HINT] > 0 && !run->hints)
		cli_note(_("(tian check --hints lists the hints)"));
}

static int print_text(const struct run *run, struct err *err)
{
	const struct table_column columns[] = {
		{_("case"), TABLE_LEFT, false},
		{_("severity"), TABLE_LEFT, false},
		{_("check"), TABLE_LEFT, false},
		{_("what was found"), TABLE_LEFT, false},
	};
	struct table *table = table_new(columns, 4);
	int rc;

	for (size_t i = 0; i < run->list.n; i++) {
		const struct check_finding *finding = &run->list.items[i];
		const char *cells[] = {finding->key,
				       severity_word(finding->severity),
				       finding->check, finding->message};

		if (finding->severity != CHECK_HINT || run->hints)
			table_add(table, cells);
	}
	rc = table_show(table, stdout, err);
	table_free(table);
	if (rc == 0)
		print_count(run);
	return rc;
}

static int look(struct run *run, const struct arg_list *words, struct err *err)
{
	int rc = cli_open(run->cli, err);

	if (rc == 0 && words->n > 0) {
		run->hints = true;
		rc = case_find(&run->key, run->cli->replica, words->items[0],
			       err);
	}
	if (rc == 0)
		rc = check_run(&run->list, run->cli->replica,
			       run->key.len > 0 ? run->key.data : NULL, err);
	if (rc < 0)
		return rc;
	return run->cli->json ? print_json(run, err) : print_text(run, err);
}

int cmd_check(struct cli *cli, int argc, char **argv)
{
	struct run run = {.cli = cli};
	const struct arg_option options[] = {
		{"--hints", ARG_FLAG, &run.hints},
	};
	const struct arg_spec spec = {help, options, 1, 0, 1};
	struct arg_list words = {0};
	struct err err = {0};
	int status = CLI_DONE;
	int rc = args_parse(&words, cli, &spec, argc, argv, &err);

	if (rc == 0)
		rc = look(&run, &words, &err);
	if (rc < 0)
		status = cli_fail(cli, &err);
	else if (run.list.count[CHECK_ERROR] + run.list.count[CHECK_WARNING])
		status = CLI_ATTENTION;
	check_list_release(&run.list);
	buf_release(&run.key);
	args_list_release(&words);
	return status;
}
