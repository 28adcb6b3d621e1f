/* cmd_verify.c - tian verify: does all follow from the signed changes?
 * Knows how the answer is told; the proof is sync's. */
#include "cli/commands.h"

#include <stdio.h>
#include <string.h>

#include "cli/terminal/args.h"
#include "cli/terminal/json_out.h"
#include "cli/terminal/message.h"
#include "cli/terminal/progress.h"
#include "cli/terminal/stage.h"
#include "sync/sync.h"

static const char help[] = N_(
	"usage: tian verify [--hub] [--from COMMIT]\n"
	"\n"
	"Proves register and replica against the signed changes, from the\n"
	"first commit. Says where something does not follow, and ends with\n"
	"status 1 then. Two replicas of one scope that agree have the same\n"
	"state.\n"
	"\n"
	"  --hub          reads the hub afresh rather than the local copy;\n"
	"                 a ref that was set back or rewritten is found\n"
	"  --from COMMIT  at the office: main was proven up to COMMIT before;\n"
	"                 up to there it is only replayed\n"
	"\n"
	"example: tian verify --hub\n");

static int print_json(const struct verify_report *report, struct err *err)
{
	struct json_out json;
	int rc;

	json_out_init(&json);
	json_out_object(&json, NULL);
	json_out_bool(&json, "ok", report->ok);
	json_out_int(&json, "commits", (int64_t)report->commits);
	json_out_int(&json, "changes", (int64_t)report->changes);
	json_out_int(&json, "refused", (int64_t)report->refused);
	json_out_text(&json, "state", report->state);
	json_out_array(&json, "findings");
	for (size_t i = 0; i < report->n_findings; i++)
		json_out_text(&json, NULL, report->findings[i]);
	json_out_end(&json);
	json_out_end(&json);
	rc = json_out_print(&json, stdout, err);
	json_out_release(&json);
	return rc;
}

static void print_text(const struct verify_report *report)
{
	for (size_t i = 0; i < report->n_findings; i++)
		printf("%s\n", report->findings[i]);
	printf(_("commits: %zu  changes: %zu  refused: %zu\n"), report->commits,
	       report->changes, report->refused);
	printf(_("state:   %s\n"), report->state);
	if (report->unread > 0)
		printf(_("not compared: the register files of %zu commits that "
			 "a newer program wrote; verify with that one\n"),
		       report->unread);
	puts(report->ok ? _("Everything follows from the signed changes.")
			: _("NOT proven: see above."));
}

static int run(struct cli *cli, enum verify_source source, const char *from,
	       bool *ok, struct err *err)
{
	struct verify_report report = {0};
	struct progress progress;
	struct sync_options options = {
		.progress = stage_show, .ctx = &progress, .from = from};
	int rc = cli_open_node(cli, err);

	progress_init(&progress);
	if (rc == 0)
		rc = node_verify(&report, cli->node, source, &options, err);
	progress_end(&progress);
	if (rc == 0 && cli->json)
		rc = print_json(&report, err);
	else if (rc == 0)
		print_text(&report);
	*ok = report.ok;
	verify_report_release(&report);
	return rc;
}

int cmd_verify(struct cli *cli, int argc, char **argv)
{
	bool hub = false;
	bool ok = true;
	const char *from = NULL;
	const struct arg_option options[] = {{"--hub", ARG_FLAG, &hub},
					     {"--from", ARG_ONE, &from}};
	const struct arg_spec spec = {help, options, 2, 0, 0};
	struct arg_list words = {0};
	struct err err = {0};
	int rc = args_parse(&words, cli, &spec, argc, argv, &err);

	if (rc == 0)
		rc = run(cli, hub ? VERIFY_HUB : VERIFY_OWN, from, &ok, &err);
	args_list_release(&words);
	if (rc < 0)
		return cli_fail(cli, &err);
	return ok ? CLI_DONE : CLI_ATTENTION;
}
