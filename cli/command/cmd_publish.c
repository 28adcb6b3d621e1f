/* cmd_publish.c - tian publish: proposals and replies for the public.
 * Chooses the format and writes the file; knows no layout. */
#include "cli/commands.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "cli/terminal/args.h"
#include "cli/case/case.h"
#include "cli/terminal/message.h"
#include "cli/publish/paper.h"
#include "cli/publish/publish.h"
#include "core/merge/conflict.h"

static const char help[] = N_(
	"usage: tian publish --format html|md|csv|xlsx|json --out PATH\n"
	"                    [--session 1-1]\n"
	"       tian publish --paper PAPER --out PATH [--unit U] [--session 1-1]\n"
	"                    [CASE]\n"
	"\n"
	"Writes the filed proposals of a session with their replies, classes and\n"
	"units, ready for the public: html is one page that needs nothing else.\n"
	"Contacts and phone numbers never go out, nor does a reply that is not\n"
	"submitted as it stands; withheld proposals are left out and counted.\n"
	"Where a field that is published still holds a conflict the value shown\n"
	"here goes out, and the status is 1.\n"
	"\n"
	"Or writes one of the office's papers, to be printed from the browser:\n"
	"assignment (a list for each unit), reminder (what is late or nearly\n"
	"so), letter (the reply to the sponsor), feedback (the sponsor's form),\n"
	"results (a table of all units).\n"
	"\n"
	"  --out      the file; - is the standard output\n"
	"  --session  term and meeting; without it the last one\n"
	"  --unit     the paper of one unit, or its replies only\n"
	"\n"
	"example: tian publish --format html --out page.html\n"
	"         tian publish --paper letter 14 --out letter.html\n");

typedef int write_fn(struct buf *out, const struct publication *publication,
		     struct err *err);

struct run {
	struct cli *cli;
	const char *format;
	const char *path;
	const char *session;
	const char *paper, *unit; /* as given */
	const char *case_word;
	struct buf unit_code, key;
	char date[16]; /* today */
	struct publication publication;
	size_t unsettled; /* hard conflicts in what goes out */
};

static int choose_writer(write_fn **write, const struct run *run,
			 struct err *err)
{
	if (run->unit != NULL || run->case_word != NULL)
		return err_set(err, ERR_USAGE,
			       _("--unit and CASE go with --paper"));
	if (run->format == NULL || run->path == NULL)
		return err_set(err, ERR_USAGE,
			       _("publish needs --format and --out, as in: "
				 "tian publish --format html --out page.html"));
	if (strcmp(run->format, "html") == 0)
		*write = publish_html;
	else if (strcmp(run->format, "md") == 0)
		*write = publish_md;
	else if (strcmp(run->format, "json") == 0)
		*write = publish_json;
	else if (strcmp(run->format, "csv") == 0)
		*write = publish_csv;
	else if (strcmp(run->format, "xlsx") == 0)
		*write = publish_xlsx;
	else
		return err_set(
			err, ERR_USAGE,
			_("--format: '%s' is none of html, md, csv, xlsx, "
			  "json"),
			run->format);
	return 0;
}

static bool goes_out(const struct publication *publication, const char *key)
{
	for (size_t i = 0; i < publication->n; i++) {
		if (strcmp(publication->cases[i].key, key) == 0)
			return true;
	}
	return false;
}

static int see_conflict(const struct conflict *conflict, void *ctx,
			struct err *err)
{
	struct run *run = ctx;

	(void)err;
	if (conflict->severity != SEVERITY_HARD || conflict->field == NULL ||
	    !conflict->field->publish ||
	    !goes_out(&run->publication, conflict->key))
		return 0;
	run->unsettled++;
	cli_say(_("%s: %s of %s is not settled; the value shown here goes "
		  "out"),
		conflict->key,
		message_label(conflict->field->zh, conflict->field->en),
		conflict->row);
	return 0;
}

static int write_out(const struct run *run, const struct buf *text,
		     struct err *err)
{
	if (strcmp(run->path, "-") != 0)
		return buf_write_file(text, run->path, 0644, err);
	if (fwrite(buf_text(text), 1, text->len, stdout) != text->len ||
	    fflush(stdout) != 0)
		return err_errno(err, "%s", _("standard output"));
	return 0;
}

static void print_counts(const struct run *run)
{
	const struct publication *publication = &run->publication;

	if (strcmp(run->path, "-") == 0)
		return;
	printf(_("%s: %zu proposals, %zu with a reply, %zu left out\n"),
	       run->path, publication->n, publication->replied,
	       publication->withheld);
}

static void say_unsubmitted(size_t n)
{
	if (n > 0)
		cli_note(_("%zu replies are not submitted as they stand, and "
			   "stay in the house (tian submit)"),
			 n);
}

static int publish(struct run *run, struct err *err)
{
	struct buf text = BUF_INIT;
	write_fn *write = NULL;
	int rc = choose_writer(&write, run, err);

	if (rc == 0)
		rc = cli_open(run->cli, err);
	if (rc == 0)
		rc = publish_load(&run->publication, run->cli->replica,
				  run->session, run->date, err);
	if (rc == 0)
		rc = conflict_each(run->cli->replica, NULL, see_conflict, run,
				   err);
	if (rc == 0)
		rc = write(&text, &run->publication, err);
	if (rc == 0)
		rc = write_out(run, &text, err);
	if (rc == 0)
		print_counts(run);
	if (rc == 0)
		say_unsubmitted(run->publication.unsubmitted);
	buf_release(&text);
	return rc;
}

/* Turns --paper, --unit and CASE into what they mean. */
static int choose_paper(struct paper_options *options, struct run *run,
			struct err *err)
{
	struct replica *replica;
	int rc;

	options->kind = paper_kind_named(run->paper);
	options->session = run->session;
	options->date = run->date;
	if (options->kind == N_PAPERS)
		return err_set(err, ERR_USAGE,
			       _("--paper: '%s' is none of assignment, "
				 "reminder, letter, feedback, results"),
			       run->paper);
	if (run->path == NULL ||
	    (run->format != NULL && strcmp(run->format, "html") != 0))
		return err_set(err, ERR_USAGE,
			       _("a paper is written as html, to --out PATH"));
	rc = cli_open(run->cli, err);
	replica = run->cli->replica;
	if (rc == 0 && run->unit != NULL) {
		rc = case_unit(&run->unit_code, replica, run->unit, err);
		options->unit = buf_text(&run->unit_code);
	}
	if (rc == 0 && run->case_word != NULL) {
		rc = case_find(&run->key, replica, run->case_word, err);
		options->key = buf_text(&run->key);
	}
	return rc;
}

static int print_paper(struct run *run, struct err *err)
{
	struct paper_options options = {0};
	struct paper paper = {0};
	struct buf text = BUF_INIT;
	int rc = choose_paper(&options, run, err);

	if (rc == 0)
		rc = paper_load(&paper, run->cli->replica, &options, err);
	if (rc == 0)
		rc = paper_html(&text, &paper, run->cli->replica, err);
	if (rc == 0)
		rc = write_out(run, &text, err);
	if (rc == 0 && strcmp(run->path, "-") != 0)
		printf(_("%s: %zu sheets\n"), run->path, paper.pages);
	if (rc == 0)
		say_unsubmitted(paper.unsubmitted);
	paper_release(&paper);
	buf_release(&text);
	return rc;
}

static void set_date(struct run *run)
{
	time_t now = time(NULL);
	struct tm tm;

	localtime_r(&now, &tm);
	strftime(run->date, sizeof(run->date), "%Y-%m-%d", &tm);
}

int cmd_publish(struct cli *cli, int argc, char **argv)
{
	struct run run = {.cli = cli};
	const struct arg_option options[] = {
		{"--format", ARG_ONE, &run.format},
		{"--out", ARG_ONE, &run.path},
		{"--session", ARG_ONE, &run.session},
		{"--paper", ARG_ONE, &run.paper},
		{"--unit", ARG_ONE, &run.unit},
	};
	const struct arg_spec spec = {help, options, 5, 0, 1};
	struct arg_list words = {0};
	struct err err = {0};
	int status = CLI_DONE;
	int rc = args_parse(&words, cli, &spec, argc, argv, &err);

	run.case_word = words.n > 0 ? words.items[0] : NULL;
	set_date(&run);
	if (rc == 0)
		rc = run.paper ? print_paper(&run, &err) : publish(&run, &err);
	if (rc < 0)
		status = cli_fail(cli, &err);
	else if (run.unsettled > 0)
		status = CLI_ATTENTION;
	args_list_release(&words);
	publish_release(&run.publication);
	buf_release(&run.unit_code);
	buf_release(&run.key);
	return status;
}
