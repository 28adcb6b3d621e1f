/* cmd_bundle.c - tian bundle create, tian bundle apply: the exchange by one
 * file. Knows the words; what is in the file is sync's. */
#include "cli/commands.h"

#include <stdio.h>
#include <string.h>

#include "cli/terminal/args.h"
#include "cli/case/case.h"
#include "cli/conflict/contradiction.h"
#include "cli/terminal/json_out.h"
#include "cli/terminal/message.h"
#include "cli/terminal/progress.h"
#include "cli/terminal/stage.h"
#include "cli/terminal/sync_view.h"
#include "core/base/buf.h"
#include "core/replica/replica.h"
#include "core/merge/late.h"
#include "sync/node/node_bundle.h"

static const char help[] = N_(
	"usage: tian bundle create FILE [--for UNIT] [--full]\n"
	"       tian bundle apply FILE\n"
	"\n"
	"The same exchange as tian sync, by one file that is carried or sent\n"
	"by hand. It is a git bundle: git bundle verify takes it as well.\n"
	"\n"
	"create  at a unit, what the office is not known to have yet; at the\n"
	"        office, what UNIT is owed\n"
	"apply   at a unit, takes in what the office sent; at the office, takes\n"
	"        in what a unit wrote, and merges it as a sync does\n"
	"\n"
	"  --for UNIT  the unit that the office's file is for\n"
	"  --full      all from the beginning, for a reader who was away for\n"
	"              long; a new computer needs it not\n"
	"\n"
	"example: tian bundle create reply.bundle\n");

struct bundle {
	const char *verb; /* "create", "apply" */
	const char *file;
	const char *site;
	bool full;
};

static int print_json(const struct bundle *bundle,
		      const struct bundle_report *report, struct err *err)
{
	struct json_out json;
	int rc;

	json_out_init(&json);
	json_out_object(&json, NULL);
	json_out_text(&json, "file", report->commits ? bundle->file : NULL);
	json_out_text(&json, "ref", report->commits ? report->ref : NULL);
	json_out_text(&json, "commit", report->commits ? report->tip : NULL);
	json_out_text(&json, "since", *report->since ? report->since : NULL);
	json_out_int(&json, "commits", (int64_t)report->commits);
	json_out_end(&json);
	rc = json_out_print(&json, stdout, err);
	json_out_release(&json);
	return rc;
}

static void print_text(const struct bundle *bundle,
		       const struct bundle_report *report)
{
	if (report->commits == 0)
		puts(_("Nothing new; no file was written (--full writes all)."));
	else
		printf(ngettext("%s: %lu commit\n", "%s: %lu commits\n",
				(unsigned long)report->commits),
		       bundle->file, (unsigned long)report->commits);
	if (report->commits > 0 && *report->since)
		printf(_("For a reader who has commit %.10s.\n"),
		       report->since);
	if (report->commits > 0 && *report->begin)
		puts(_("A new computer begins with it at what stood at the "
		       "last checkpoint;\nfor one that has been away for "
		       "longer write all: --full."));
}

static int create(struct cli *cli, const struct bundle *bundle, struct err *err)
{
	struct bundle_options options = {.full = bundle->full};
	struct bundle_report report = {.commits = 0};
	struct buf code = BUF_INIT;
	int rc = cli_open_node(cli, err);

	if (rc == 0 && bundle->site) {
		rc = case_unit(&code, cli->replica, bundle->site, err);
		options.site = buf_text(&code);
	}
	if (rc == 0 && !bundle->site && replica_is_office(cli->replica))
		rc = err_set(err, ERR_USAGE,
			     _("say which unit the file is for: --for UNIT"));
	if (rc == 0)
		rc = node_bundle_create(&report, cli->node, bundle->file,
					&options, err);
	if (cli->replica)
		sync_view_details(&report.told, cli->replica);
	if (rc == 0 && cli->json)
		rc = print_json(bundle, &report, err);
	else if (rc == 0)
		print_text(bundle, &report);
	sync_report_release(&report.told);
	buf_release(&code);
	return rc;
}

/* The exit status, or <0. */
static int apply(struct cli *cli, const struct bundle *bundle, struct err *err)
{
	struct sync_report report = {0};
	struct progress progress;
	struct sync_options options = {.progress = stage_show,
				       .ctx = &progress};
	size_t pairs = 0;
	size_t late = 0;
	int rc = cli_open_node(cli, err);

	if (rc < 0)
		return rc;
	progress_init(&progress);
	rc = node_bundle_apply(&report, cli->node, bundle->file, &options, err);
	progress_end(&progress);
	sync_view_details(&report, cli->replica);
	if (rc == ERR_HUB) {
		sync_view_away(cli->replica, err);
		cli_note(_("The file was not taken in: tian bundle apply it "
			   "again then."));
		rc = CLI_HUB;
	}
	if (rc == 0)
		rc = contradiction_count(&pairs, cli->replica, err);
	if (rc == 0 && replica_is_office(cli->replica))
		rc = late_count(&late, cli->replica, err);
	report.hard += pairs + late;
	if (rc == 0 && cli->json)
		rc = sync_view_json(&report, err);
	else if (rc == 0)
		sync_view_text(&report, replica_is_office(cli->replica));
	if (rc == 0 && report.hard + report.refused > 0)
		rc = CLI_ATTENTION;
	sync_report_release(&report);
	return rc;
}

static int run(struct cli *cli, const struct bundle *bundle, struct err *err)
{
	bool creates = strcmp(bundle->verb, "create") == 0;

	if (!creates && strcmp(bundle->verb, "apply") != 0)
		return err_set(err, ERR_USAGE,
			       _("bundle create FILE, or bundle apply FILE; "
				 "not '%s'"),
			       bundle->verb);
	if (!creates && (bundle->site || bundle->full))
		return err_set(err, ERR_USAGE,
			       _("--for and --full go with bundle create"));
	return creates ? create(cli, bundle, err) : apply(cli, bundle, err);
}

int cmd_bundle(struct cli *cli, int argc, char **argv)
{
	struct bundle bundle = {.verb = NULL};
	const struct arg_option options[] = {
		{"--for", ARG_ONE, &bundle.site},
		{"--full", ARG_FLAG, &bundle.full},
	};
	const struct arg_spec spec = {help, options, 2, 2, 2};
	struct arg_list words = {0};
	struct err err = {0};
	int rc = args_parse(&words, cli, &spec, argc, argv, &err);
	bool helped = rc == ARGS_HELP;

	if (rc == 0) {
		bundle.verb = words.items[0];
		bundle.file = words.items[1];
		rc = run(cli, &bundle, &err);
	}
	args_list_release(&words);
	if (rc < 0)
		return cli_fail(cli, &err);
	return helped ? CLI_DONE : rc;
}
