/* cmd_import.c - tian import: a list of proposals or replies from a file.
 * Chooses the format and says what was and was not taken; knows no row. */
#include "cli/commands.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "cli/terminal/args.h"
#include "cli/import/csv_list.h"
#include "cli/import/encoding.h"
#include "cli/import/import.h"
#include "cli/import/json_list.h"
#include "cli/terminal/json_out.h"
#include "cli/terminal/message.h"
#include "cli/import/news.h"
#include "cli/terminal/progress.h"
#include "cli/terminal/table.h"
#include "cli/import/xlsx_list.h"
#include "core/base/buf.h"

enum { FILE_MAX = 128 << 20 }; /* bytes; 10,000 replies have 8 MiB */

static const char help[] = N_(
	"usage: tian import FILE [--format news|csv|xlsx|json]\n"
	"                   [--only proposals|replies] [--session 1-1]\n"
	"                   [--map HEADING=FIELD]... [--strict] [--dry-run]\n"
	"\n"
	"Takes in proposals and replies: a newspaper page as text, a CSV or XLSX\n"
	"table, or what publish --format json wrote. Text may be UTF-8, UTF-16 or\n"
	"GB18030. The office takes proposals and replies, a unit the replies of\n"
	"its own. What is known already stays; a line that cannot be taken is\n"
	"named with its line, column and reason, the rest is taken (status 1).\n"
	"The same file twice changes nothing.\n"
	"\n"
	"  --format   instead of guessing by the file's name and beginning\n"
	"  --only     proposals: number, sector, title, units; replies: class\n"
	"             and text\n"
	"  --session  term and meeting, where the file does not say: 1-1\n"
	"  --map      what a table's heading means: 事由=title; FIELD is number,\n"
	"             title, body, sponsors, sector, category, main, co, due, key,\n"
	"             class, doc_no, replied_on, reply, or - for nothing\n"
	"  --strict   take nothing if anything cannot be taken (status 3)\n"
	"  --dry-run  show what would be taken, take nothing\n"
	"\n"
	"example: tian import page.txt --only proposals\n"
	"         tian import list.xlsx --map 事由=title --dry-run\n");

struct run {
	struct cli *cli;
	const char *path;
	const char *format;   /* as given, then as found */
	const char *encoding; /* of a text, as found */
	struct arg_list maps;
	struct table_map map;
	const char *only;
	struct import_options options;
	struct record_list list;
	struct import_report report;
	struct progress progress;
};

static bool ends_with(const char *path, const char *ending)
{
	size_t len = strlen(path);
	size_t n = strlen(ending);

	return len >= n && strcasecmp(path + len - n, ending) == 0;
}

static void guess_format(struct run *run, const struct buf *text)
{
	if (run->format != NULL)
		return;
	if (text->len >= 4 && memcmp(text->data, "PK\x03\x04", 4) == 0)
		run->format = "xlsx";
	else if (ends_with(run->path, ".csv") || ends_with(run->path, ".tsv"))
		run->format = "csv";
	else if (ends_with(run->path, ".json"))
		run->format = "json";
	else
		run->format = "news";
}

static int check_format(const struct run *run, struct err *err)
{
	static const char *const formats[] = {"news", "csv", "xlsx", "json"};
	bool table = run->format && (strcmp(run->format, "csv") == 0 ||
				     strcmp(run->format, "xlsx") == 0);

	if (run->format && run->map.n > 0 && !table)
		return err_set(err, ERR_USAGE,
			       _("--map is for tables: csv or xlsx"));
	for (size_t i = 0; run->format && i < 4; i++) {
		if (strcmp(run->format, formats[i]) == 0)
			return 0;
	}
	if (!run->format)
		return 0;
	return err_set(err, ERR_USAGE,
		       _("--format: '%s' is none of news, csv, xlsx, json"),
		       run->format);
}

static int parse(struct run *run, struct buf *text, struct err *err)
{
	int rc = 0;

	guess_format(run, text);
	rc = check_format(run, err);
	if (rc != 0)
		return rc;
	if (strcmp(run->format, "xlsx") == 0)
		return xlsx_list_parse(&run->list, buf_text(text), text->len,
				       &run->map, err);
	rc = encoding_read(text, &run->encoding, err);
	if (rc != 0)
		return rc;
	if (strcmp(run->format, "csv") == 0)
		return csv_list_parse(&run->list, buf_text(text), text->len,
				      &run->map, err);
	if (strcmp(run->format, "json") == 0)
		return json_list_parse(&run->list, buf_text(text), text->len,
				       err);
	return news_parse(&run->list, buf_text(text), text->len, err);
}

static int read_parts(struct run *run, struct err *err)
{
	if (run->only == NULL)
		return 0;
	if (strcmp(run->only, "proposals") == 0)
		run->options.parts = RECORD_PROPOSAL;
	else if (strcmp(run->only, "replies") == 0)
		run->options.parts = RECORD_REPLY;
	else
		return err_set(err, ERR_USAGE,
			       _("--only: '%s' is none of proposals, replies"),
			       run->only);
	return 0;
}

static int read_list(struct run *run, struct err *err)
{
	struct buf text = BUF_INIT;
	int rc = buf_read_file(&text, run->path, FILE_MAX, err);

	if (rc == 0) {
		rc = parse(run, &text, err);
		if (rc != 0 && rc != ERR_USAGE)
			err_wrap(err, "%s", run->path);
	}
	if (rc == 0 && run->list.n == 0 && run->list.n_problems == 0)
		rc = err_set(err, ERR_INPUT,
			     _("%s: no proposal found; an entry looks like "
			       "14、教育界:《题目》(A类)"),
			     run->path);
	buf_release(&text);
	return rc;
}

static void show_progress(size_t done, size_t total, void *ctx)
{
	struct run *run = ctx;

	progress_show(&run->progress, _("importing"), done, total);
}

static void name_problems(const struct run *run)
{
	for (size_t i = 0; i < run->list.n_problems; i++) {
		const struct record_problem *problem = &run->list.problems[i];

		if (problem->column > 0)
			cli_note("%s:%zu:%zu: %s%s", run->path, problem->line,
				 problem->column,
				 problem->note ? _("note: ") : "",
				 problem->text);
		else
			cli_note("%s:%zu: %s%s", run->path, problem->line,
				 problem->note ? _("note: ") : "",
				 problem->text);
	}
}

static size_t characters(const char *text)
{
	size_t n = 0;

	for (; *text; text++)
		n += ((unsigned char)*text & 0xc0) != 0x80;
	return n;
}

/* What a dry run would take, as it was understood. */
static int print_records(const struct run *run, struct err *err)
{
	const struct table_column columns[] = {
		{_("line"), TABLE_RIGHT, false},
		{_("case"), TABLE_LEFT, false},
		{_("title"), TABLE_LEFT, true},
		{_("sector"), TABLE_LEFT, true},
		{_("main unit"), TABLE_LEFT, true},
		{_("co-units"), TABLE_LEFT, true},
		{_("class"), TABLE_LEFT, true},
		{_("reply (characters)"), TABLE_RIGHT, false},
	};
	struct table *table = table_new(columns, 8);
	int rc;

	for (size_t i = 0; i < run->list.n; i++) {
		const struct record *record = &run->list.items[i];
		char line[24], length[24] = "";
		const char *cells[] = {line,
				       record->number,
				       record->title,
				       record->sector,
				       record->main_unit,
				       record->co_units,
				       record->class_text,
				       length};

		snprintf(line, sizeof(line), "%zu", record->line);
		if (record->reply)
			snprintf(length, sizeof(length), "%zu",
				 characters(record->reply));
		table_add(table, cells);
	}
	rc = table_show(table, stdout, err);
	table_free(table);
	return rc;
}

static void print_counts(const struct run *run)
{
	const struct import_report *report = &run->report;

	if (run->options.dry_run)
		printf(_("would take: "));
	if ((report->parts & RECORD_PROPOSAL) != 0)
		printf(_("proposals %zu new, units named %zu, units not "
			 "enrolled yet %zu\n"),
		       report->proposals, report->handlings, report->units);
	if ((report->parts & RECORD_REPLY) != 0)
		printf(_("replies %zu, classes %zu, entries of others passed "
			 "over %zu\n"),
		       report->replies, report->classes, report->others);
	if (report->changes == 0 && !run->options.dry_run)
		printf(_("nothing new: %zu entries read\n"), run->list.n);
	if (report->problems > 0)
		printf(_("not taken, or to be looked at: %zu\n"),
		       report->problems);
}

static int print_json(const struct run *run, struct err *err)
{
	const struct import_report *report = &run->report;
	struct json_out json;

	json_out_init(&json);
	json_out_object(&json, NULL);
	json_out_text(&json, "format", run->format);
	json_out_text(&json, "encoding", run->encoding);
	json_out_bool(&json, "dry_run", run->options.dry_run);
	json_out_int(&json, "read", (int64_t)run->list.n);
	json_out_int(&json, "proposals", (int64_t)report->proposals);
	json_out_int(&json, "handlings", (int64_t)report->handlings);
	json_out_int(&json, "units", (int64_t)report->units);
	json_out_int(&json, "replies", (int64_t)report->replies);
	json_out_int(&json, "classes", (int64_t)report->classes);
	json_out_int(&json, "others", (int64_t)report->others);
	json_out_int(&json, "changes", (int64_t)report->changes);
	json_out_array(&json, "problems");
	for (size_t i = 0; i < run->list.n_problems; i++) {
		const struct record_problem *problem = &run->list.problems[i];

		json_out_object(&json, NULL);
		json_out_int(&json, "line", (int64_t)problem->line);
		if (problem->column > 0)
			json_out_int(&json, "column", (int64_t)problem->column);
		else
			json_out_null(&json, "column");
		json_out_text(&json, "message", problem->text);
		json_out_bool(&json, "note", problem->note);
		json_out_end(&json);
	}
	json_out_end(&json);
	json_out_end(&json);
	return json_out_print(&json, stdout, err);
}

static int take(struct run *run, struct err *err)
{
	int rc = read_parts(run, err);

	run->map = (struct table_map){run->maps.items, run->maps.n};
	if (rc == 0)
		rc = table_map_check(&run->map, err);
	if (rc == 0)
		rc = check_format(run, err);
	if (rc == 0)
		rc = cli_open(run->cli, err);
	if (rc == 0)
		rc = read_list(run, err);
	if (rc != 0)
		return rc;
	run->options.author = run->cli->author;
	run->options.progress = show_progress;
	run->options.ctx = run;
	progress_init(&run->progress);
	rc = import_list(&run->report, run->cli->replica, &run->list,
			 &run->options, err);
	progress_end(&run->progress);
	name_problems(run);
	if (rc != 0)
		return rc;
	if (run->cli->json)
		return print_json(run, err);
	if (run->options.dry_run)
		rc = print_records(run, err);
	print_counts(run);
	return rc;
}

int cmd_import(struct cli *cli, int argc, char **argv)
{
	struct run run = {.cli = cli};
	const struct arg_option options[] = {
		{"--format", ARG_ONE, &run.format},
		{"--only", ARG_ONE, &run.only},
		{"--session", ARG_ONE, &run.options.session},
		{"--strict", ARG_FLAG, &run.options.strict},
		{"--dry-run", ARG_FLAG, &run.options.dry_run},
		{"--map", ARG_MANY, &run.maps},
	};
	const struct arg_spec spec = {help, options, 6, 1, 1};
	struct arg_list words = {0};
	struct err err = {0};
	int status = CLI_DONE;
	int rc;

	record_list_init(&run.list);
	rc = args_parse(&words, cli, &spec, argc, argv, &err);
	if (rc == 0) {
		run.path = words.items[0];
		rc = take(&run, &err);
	}
	if (rc < 0)
		status = cli_fail(cli, &err);
	else if (run.report.problems > 0)
		status = CLI_ATTENTION;
	args_list_release(&words);
	args_list_release(&run.maps);
	record_list_release(&run.list);
	return status;
}
