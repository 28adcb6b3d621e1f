/* cmd_stats.c - tian stats: the figures of a session.
 * Knows the command line; counting is stats.h's. */
#include "cli/commands.h"

#include <stdio.h>

#include "cli/terminal/args.h"
#include "cli/terminal/message.h"
#include "cli/stats/stats.h"
#include "cli/stats/stats_view.h"

static const char help[] = N_(
	"usage: tian stats [--session 1-1]\n"
	"\n"
	"Counts the proposals of a session: received, filed, key ones, replied\n"
	"and replied on time, classes, sectors, and a table of the units. What a\n"
	"source states is told beside what is counted here, and where the two,\n"
	"or parts and their whole, do not agree, that is told too.\n"
	"\n"
	"Proposals are counted once each; the table of units counts handlings.\n"
	"\n"
	"  --session  term and meeting; without it the last one\n"
	"\n"
	"example: tian stats --json\n");

int cmd_stats(struct cli *cli, int argc, char **argv)
{
	const char *session = NULL;
	const struct arg_option options[] = {
		{"--session", ARG_ONE, &session},
	};
	const struct arg_spec spec = {help, options, 1, 0, 0};
	struct arg_list words = {0};
	struct stats stats = {0};
	struct err err = {0};
	int rc = args_parse(&words, cli, &spec, argc, argv, &err);

	if (rc == 0)
		rc = cli_open(cli, &err);
	if (rc == 0 && cli->replica)
		rc = stats_load(&stats, cli->replica, session, &err);
	if (rc == 0 && cli->replica)
		rc = cli->json ? stats_json(stdout, &stats, &err)
			       : stats_text(stdout, &stats, &err);
	stats_release(&stats);
	args_list_release(&words);
	return rc < 0 ? cli_fail(cli, &err) : CLI_DONE;
}
