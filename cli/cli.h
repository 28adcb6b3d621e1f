/* cli.h - one run of the program: where the replica is, who edits, how to
 * answer. Knows options common to all commands and exit statuses; knows no
 * command.
 *
 * Results go to stdout, words for people to stderr. */
#ifndef TIAN_CLI_CLI_H
#define TIAN_CLI_CLI_H

#include <stdbool.h>

#include "core/base/err.h"

struct node;
struct replica;

/* Exit statuses of interface: scripts rely on them. */
enum cli_status {
	CLI_DONE = 0,
	CLI_ATTENTION = 1, /* done, and something needs a person */
	CLI_USAGE = 2,	   /* command line not understood */
	CLI_INPUT = 3,	   /* bad input, nothing changed */
	CLI_HUB = 4	   /* hub not reached, local work kept */
};

struct cli {
	const char *directory;	 /* -C DIR, borrowed; NULL: look for it */
	const char *author;	 /* --as NAME, borrowed; NULL: the replica's */
	bool json;		 /* --json: one document on stdout */
	char *path;		 /* the replica directory found, owned */
	struct replica *replica; /* NULL before cli_open */
	struct node *node;	 /* NULL before cli_open_node */
};

/* One command. argv[0] is its name as typed; gives the exit status. */
typedef int cli_command(struct cli *cli, int argc, char **argv);

void cli_init(struct cli *cli);
void cli_release(struct cli *cli); /* closes what was opened */

/* Where the replica is, or for init, where it shall be: -C, $TIAN_DIR, else
 * the nearest parent holding one (init: here). Fills cli->path; ERR_INPUT if
 * there is none. */
int cli_locate(struct cli *cli, bool for_init, struct err *err);
/* Opens the replica (cli->replica) and logs what plain SQL left pending.
 * Enough for every command that does not touch the repository. */
int cli_open(struct cli *cli, struct err *err);
/* Opens replica, repository and key (cli->node, cli->replica). */
int cli_open_node(struct cli *cli, struct err *err);

/* Prints `tian: text` on stderr in the user's language and gives the exit
 * status that belongs to the code. */
int cli_fail(const struct cli *cli, const struct err *err);
/* Puts the file's name before the text, unless it is said there already. */
int cli_wrap_file(struct err *err, const char *path);
/* A line for people on stderr: `tian: …`. */
void cli_say(const char *fmt, ...) ERR_PRINTF(1, 2);
/* A line without the name before it, on stderr. */
void cli_note(const char *fmt, ...) ERR_PRINTF(1, 2);

#endif
