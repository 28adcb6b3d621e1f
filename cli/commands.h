/* commands.h - the commands that main.c's table lists, one file each.
 * Each is given argv[0] = its name and gives the exit status. */
#ifndef TIAN_CLI_COMMANDS_H
#define TIAN_CLI_COMMANDS_H

#include "cli/cli.h"

cli_command cmd_init;
cli_command cmd_unit;
cli_command cmd_field;
cli_command cmd_code;
cli_command cmd_import;
cli_command cmd_assign;
cli_command cmd_list;
cli_command cmd_show;
cli_command cmd_set;
cli_command cmd_reply;
cli_command cmd_sync;
cli_command cmd_conflicts;
cli_command cmd_resolve;
cli_command cmd_revert;
cli_command cmd_log;
cli_command cmd_blame;
cli_command cmd_hub;
cli_command cmd_verify;
cli_command cmd_check;
cli_command cmd_stats;
cli_command cmd_publish;
cli_command cmd_bundle;
cli_command cmd_doctor;

/* Steps in the life of a case (step.h). */
cli_command cmd_new;
cli_command cmd_file;
cli_command cmd_merge;
cli_command cmd_decline;
cli_command cmd_forward;
cli_command cmd_withdraw;
cli_command cmd_lead;
cli_command cmd_receive;
cli_command cmd_return;
cli_command cmd_extend;
cli_command cmd_contact;
cli_command cmd_measure;
cli_command cmd_countersign;
cli_command cmd_sign;
cli_command cmd_submit;
cli_command cmd_review;
cli_command cmd_send;
cli_command cmd_feedback;
cli_command cmd_redo;
cli_command cmd_track;
cli_command cmd_archive;
cli_command cmd_void;

#endif
