/* cmd_sync.c - tian sync: exchange with the hub, once or again and again.
 * Knows how a report is told; the exchange itself is sync's. */
#include "cli/commands.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli/terminal/args.h"
#include "cli/conflict/contradiction.h"
#include "cli/terminal/message.h"
#include "cli/terminal/progress.h"
#include "cli/terminal/stage.h"
#include "cli/terminal/sync_view.h"
#include "core/merge/late.h"
#include "sync/sync.h"

static const char help[] = N_(
	"usage: tian sync [--watch SECONDS | --history]\n"
	"\n"
	"Commits what was changed here, sends it to the hub and takes in what\n"
	"came; at the office also merges what the units sent. Ends with status\n"
	"1 if a person must decide something, 4 if the hub was not reached:\n"
	"all work is kept and the next sync sends it. At the office also 4 if\n"
	"a unit's mailbox was not reached: all else was done.\n"
	"\n"
	"  --watch SECONDS  again every so many seconds, until interrupted\n"
	"  --history        also all that was ever sent to this unit: a new\n"
	"                   computer of it begins with what stands\n"
	"\n"
	"example: tian sync\n");

static volatile sig_atomic_t interrupted;

static void on_signal(int number)
{
	(void)number;
	interrupted = 1;
}

/* One exchange; the exit status, or <0. An office's node that is not enrolled
 * receives, but nothing of its own is taken: its work waits. */
static int exchange(struct cli *cli, bool history, bool *away, struct err *err)
{
	struct sync_report report = {0};
	struct progress progress;
	struct sync_options options = {
		.progress = stage_show, .ctx = &progress, .history = history};
	size_t pairs = 0;
	size_t late = 0;
	int rc;

	progress_init(&progress);
	rc = node_sync(&report, cli->node, &options, err);
	progress_end(&progress);
	sync_view_details(&report, cli->replica);
	if (rc == ERR_HUB && !report.not_enrolled) {
		*away = true;
		goto done;
	}
	if (rc == 0)
		rc = contradiction_count(&pairs, cli->replica, err);
	if (rc == 0 && replica_is_office(cli->replica))
		rc = late_count(&late, cli->replica, err);
	if (rc < 0)
		goto done;
	report.hard += pairs + late;
	if (cli->json)
		rc = sync_view_json(&report, err);
	else
		sync_view_text(&report, replica_is_office(cli->replica));
	if (rc == 0 && report.not_enrolled)
		rc = CLI_HUB;
	else if (rc == 0 && report.hard + report.refused > 0)
		rc = CLI_ATTENTION;
	else if (rc == 0 && sync_view_count(&report, SYNC_AWAY) > 0)
		rc = CLI_HUB;
done:
	sync_report_release(&report);
	return rc;
}

static void pause_for(long seconds)
{
	struct timespec rest = {.tv_sec = seconds};

	while (!interrupted && nanosleep(&rest, &rest) < 0 && errno == EINTR)
		;
}

/* Why it did not go through, and what becomes of the work. */
static int tell(struct cli *cli, bool away, const struct err *err)
{
	if (!away)
		return cli_fail(cli, err);
	sync_view_away(cli->replica, err);
	return CLI_HUB;
}

/* Goes on where the hub is away: that is what waiting is for. */
static int watch(struct cli *cli, long seconds, struct err *err)
{
	struct sigaction action = {.sa_handler = on_signal};
	int rc = 0;

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	while (!interrupted) {
		bool away = false;

		rc = exchange(cli, false, &away, err);
		if (rc == ERR_HUB || rc == ERR_STALE || rc == ERR_BUSY)
			tell(cli, away, err);
		else if (rc < 0)
			return rc;
		err_clear(err);
		fflush(stdout);
		pause_for(seconds);
	}
	return rc == ERR_HUB || rc == ERR_STALE ? CLI_HUB : rc > 0 ? rc : 0;
}

static int run(struct cli *cli, const char *every, bool history, bool *away,
	       struct err *err)
{
	char *end = NULL;
	long seconds = every ? strtol(every, &end, 10) : 0;
	int rc;

	if (every && (*end || end == every || seconds < 1 || seconds > 86400))
		return err_set(err, ERR_USAGE,
			       _("--watch takes seconds, 1 to 86400, not "
				 "'%s'"),
			       every);
	if (every && history)
		return err_set(err, ERR_USAGE,
			       _("--history is done once: without --watch"));
	rc = cli_open_node(cli, err);
	if (rc == 0 && history && replica_is_office(cli->replica))
		return err_set(err, ERR_INPUT,
			       _("the office has the whole history already"));
	if (rc < 0)
		return rc;
	return every ? watch(cli, seconds, err)
		     : exchange(cli, history, away, err);
}

int cmd_sync(struct cli *cli, int argc, char **argv)
{
	const char *every = NULL;
	bool history = false;
	const struct arg_option options[] = {{"--watch", ARG_ONE, &every},
					     {"--history", ARG_FLAG, &history}};
	const struct arg_spec spec = {help, options, 2, 0, 0};
	struct arg_list words = {0};
	struct err err = {0};
	int rc = args_parse(&words, cli, &spec, argc, argv, &err);
	bool helped = rc == ARGS_HELP;
	bool away = false;

	if (rc == 0)
		rc = run(cli, every, history, &away, &err);
	args_list_release(&words);
	if (rc < 0)
		return tell(cli, away, &err);
	return helped ? CLI_DONE : rc;
}
