/* unit_mailbox.h - where a unit meets the office, if not at the hub.
 * Knows rows of mailbox; exchanges nothing (sync/road/hub_union.h). */
#ifndef TIAN_CLI_UNIT_MAILBOX_H
#define TIAN_CLI_UNIT_MAILBOX_H

#include "cli/cli.h"

struct unit_mailbox {
	const char *unit; /* code or name */
	const char *url;  /* NULL: tell it */
	bool none;	  /* the unit meets at the hub again */
};

/* Tells a unit's mailbox, or sets it; a folder is made where there is none.
 * ERR_INPUT: not the office, an address of no road or with a password in it,
 * the hub itself, or another unit's. */
int unit_mailbox_run(const struct unit_mailbox *asked, struct cli *cli,
		     struct err *err);

#endif
