/* run_helper.h - a command run in this process on a desk, with what it said.
 * Knows exit statuses and streams; knows no command. */
#ifndef TIAN_TESTS_CLI_RUN_HELPER_H
#define TIAN_TESTS_CLI_RUN_HELPER_H

#include "cli/cli.h"
#include "tests/cli/desk_helper.h"

/* Of the last run: stdout and stderr, cut at 64 KiB. */
extern char run_said[65536];
extern char run_warned[65536];

/* Runs it with `words` (NULL-ended, at most 14); its exit status. */
int run_words(const struct desk *desk, cli_command *command,
	      const char *const *words);
/* The same, words given one by one and ended by NULL. */
int run_command(const struct desk *desk, cli_command *command, ...);

#endif
