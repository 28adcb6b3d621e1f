/* main.c - the program: options before the command, the table of commands.
 * Knows names; knows nothing of what a command does. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "cli/terminal/args.h"
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/terminal/message.h"
#include "cli/terminal/screen.h"

#ifndef TIAN_VERSION
#define TIAN_VERSION "0"
#endif

static const struct command {
	const char *name;
	cli_command *run;
	const char *summary;
} commands[] = {
	{"init", cmd_init, N_("make a replica and its key")},
	{"unit", cmd_unit, N_("enrol units and their keys; list them")},
	{"field", cmd_field, N_("add fields while everything runs; list them")},
	{"code", cmd_code, N_("add codes to the lists; list them")},
	{"import", cmd_import, N_("take in a newspaper page or a table")},
	{"new", cmd_new, N_("enter one proposal")},
	{"file", cmd_file, N_("file a proposal, issue its number")},
	{"merge", cmd_merge, N_("have it handled as part of another")},
	{"decline", cmd_decline, N_("do not file it")},
	{"forward", cmd_forward, N_("pass it on as an opinion")},
	{"withdraw", cmd_withdraw, N_("the sponsors take it back")},
	{"assign", cmd_assign, N_("assign a proposal to its units")},
	{"lead", cmd_lead, N_("a leader leads or supervises it")},
	{"receive", cmd_receive, N_("take a proposal on")},
	{"return", cmd_return, N_("ask to be released; answer that")},
	{"extend", cmd_extend, N_("ask for more time; answer that")},
	{"contact", cmd_contact, N_("record a talk with the sponsor")},
	{"measure", cmd_measure, N_("what becomes of one suggestion")},
	{"list", cmd_list, N_("list proposals")},
	{"show", cmd_show, N_("show one proposal")},
	{"set", cmd_set, N_("change fields")},
	{"reply", cmd_reply, N_("write a reply and its class")},
	{"countersign", cmd_countersign, N_("agree to the main unit's reply")},
	{"sign", cmd_sign, N_("who signed the reply, its number")},
	{"submit", cmd_submit, N_("hand the reply over for review")},
	{"review", cmd_review, N_("pass a reply or send it back")},
	{"send", cmd_send, N_("the letter went to the sponsor")},
	{"feedback", cmd_feedback, N_("enter the sponsor's form")},
	{"redo", cmd_redo, N_("have it handled once more")},
	{"track", cmd_track, N_("how what was promised goes on")},
	{"archive", cmd_archive, N_("close it for good")},
	{"void", cmd_void, N_("take a row back, with a reason")},
	{"sync", cmd_sync, N_("exchange changes with the hub")},
	{"conflicts", cmd_conflicts, N_("list what has several values")},
	{"resolve", cmd_resolve, N_("decide a conflict, with a reason")},
	{"revert", cmd_revert,
	 N_("give a field the value again that a change wrote")},
	{"log", cmd_log, N_("who changed what, when and why")},
	{"blame", cmd_blame, N_("who wrote what a proposal shows")},
	{"verify", cmd_verify, N_("prove the register by the signed changes")},
	{"check", cmd_check, N_("look replies over before they go out")},
	{"stats", cmd_stats, N_("the figures of a session")},
	{"publish", cmd_publish, N_("write the page that is published")},
	{"bundle", cmd_bundle, N_("exchange changes by one file")},
	{"hub", cmd_hub, N_("print rules for the hub's server")},
	{"doctor", cmd_doctor, N_("look over replica, repository and key")},
};

enum { N_COMMANDS = sizeof(commands) / sizeof(commands[0]) };

static void print_help(FILE *out)
{
	fputs(_("usage: tian [-C DIR] [--as NAME] [--json] COMMAND …\n"
		"\n"
		"Proposals, handled by an office and its units, with or "
		"without a network.\n\n"),
	      out);
	for (size_t i = 0; i < N_COMMANDS; i++)
		fprintf(out, "  %-12s %s\n", commands[i].name,
			_(commands[i].summary));
	fputs(_("\n"
		"  -C DIR     the replica's folder; else $TIAN_DIR, else the "
		"nearest one above\n"
		"  --as NAME  who makes the change, if not the replica's own "
		"person\n"
		"  --json     answer in JSON\n"
		"\n"
		"tian COMMAND --help tells more about each; man tian tells "
		"all.\n"),
	      out);
}

static const struct command *find_command(const char *name)
{
	for (size_t i = 0; i < N_COMMANDS; i++)
		if (strcmp(commands[i].name, name) == 0)
			return &commands[i];
	return NULL;
}

static int unknown_command(const char *name)
{
	const char *near = NULL;
	/* Near is what differs in one letter of three, two at most. */
	size_t least = strlen(name) < 6 ? 2 : 3;

	for (size_t i = 0; i < N_COMMANDS; i++) {
		size_t d = args_distance(commands[i].name, name);

		if (d < least && 3 * d <= strlen(commands[i].name) + 2) {
			least = d;
			near = commands[i].name;
		}
	}
	if (near)
		cli_say(_("'%s' is no command; is '%s' meant?"), name, near);
	else
		cli_say(_("'%s' is no command; tian --help lists them"), name);
	return CLI_USAGE;
}

static int bad_option(const char *option)
{
	cli_say(_("%s: no such option before a command (see tian --help)"),
		option);
	return CLI_USAGE;
}

/* Runs the command at argv[at], or what is asked instead of one. */
static int dispatch(struct cli *cli, int argc, char **argv)
{
	const struct command *command;
	int at = 1;

	for (; at < argc && argv[at][0] == '-'; at++) {
		const char *option = argv[at];

		if (strcmp(option, "--help") == 0 ||
		    strcmp(option, "-h") == 0) {
			print_help(stdout);
			return CLI_DONE;
		} else if (strcmp(option, "--version") == 0) {
			puts("tian " TIAN_VERSION);
			return CLI_DONE;
		} else if (strcmp(option, "--json") == 0) {
			cli->json = true;
		} else if (strcmp(option, "-C") == 0 && at + 1 < argc) {
			cli->directory = argv[++at];
		} else if (strcmp(option, "--as") == 0 && at + 1 < argc) {
			cli->author = argv[++at];
		} else {
			return bad_option(option);
		}
	}
	if (at == argc) {
		print_help(stderr);
		return CLI_USAGE;
	}
	if (strcmp(argv[at], "help") == 0) {
		print_help(stdout);
		return CLI_DONE;
	}
	command = find_command(argv[at]);
	if (!command)
		return unknown_command(argv[at]);
	return command->run(cli, argc - at, argv + at);
}

int main(int argc, char **argv)
{
	struct cli cli;
	int status;

	/* A hub that goes away mid-write is an error, not a death. */
	signal(SIGPIPE, SIG_IGN);
	screen_guard();
	message_init();
	cli_init(&cli);
	status = dispatch(&cli, argc, argv);
	cli_release(&cli);
	/* Output that did not arrive was not done, unless the reader has read
	 * all it wanted (tian list | head). */
	errno = 0;
	if ((fflush(stdout) != 0 || ferror(stdout)) && errno != EPIPE) {
		cli_say(_("the output could not be written"));
		if (status == CLI_DONE)
			status = CLI_INPUT;
	}
	return status;
}
