/* commands.h - the commands that main.c's table lists, one file each.
 * Each is given argv[0] = its name and gives the exit status. */
#ifndef TIAN_CLI_COMMANDS_H
#define TIAN_CLI_COMMANDS_H

#include "cli/cli.h"

cli_command cmd_init;
cli_command cmd_unit;
cli_command cmd_import;
cli_command cmd_assign;
cli_command cmd_list;
cli_command cmd_show;
cli_command cmd_set;
cli_command cmd_reply;
cli_command cmd_sync;
cli_command cmd_conflicts;
cli_command cmd_resolve;
cli_command cmd_log;
cli_command cmd_verify;
cli_command cmd_publish;
cli_command cmd_bundle;
cli_command cmd_doctor;

#endif
