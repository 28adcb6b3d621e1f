/* unit_key.h - the keys of a site: listed, and ended with a date.
 * Knows rows of signer; enrols none (enrol.h). */
#ifndef TIAN_CLI_UNIT_KEY_H
#define TIAN_CLI_UNIT_KEY_H

#include "cli/cli.h"

struct unit_key {
	const char *code;   /* to list at the office, a name does, too */
	const char *revoke; /* first digits of a fingerprint, or `SHA256:…` as
			       ssh-keygen -l prints it; NULL: list */
	const char *from;   /* a date or an ISO time; NULL: now */
};

/* Prints the keys, or ends one; what it signed before stays valid.
 * ERR_INPUT: no such unit or key, several, a bad date, the office's last key. */
int unit_key_run(const struct unit_key *asked, struct cli *cli,
		 struct err *err);

#endif
