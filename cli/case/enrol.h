/* enrol.h - a unit's code, name and keys, at the office.
 * Knows rows of unit, signer and handling; signs nothing. */
#ifndef TIAN_CLI_ENROL_H
#define TIAN_CLI_ENROL_H

#include <stdbool.h>
#include <stddef.h>

#include "core/replica/replica.h"

struct enrol {
	const char *code;
	const char *name;
	const char *key_file; /* an OpenSSH public key file, or NULL */
	bool rename;	      /* a code that is there gets this name */
	size_t rekeyed;	      /* out: handlings that got the code */
};

/* Adds or completes the unit, adds the key. Where an import had made the unit
 * under its name for want of a code, its handlings move to the code and the
 * old rows are voided. Between edit_begin and edit_commit; repeating changes
 * nothing. ERR_INPUT: bad code or key, a key of another site, a code that
 * bears another name (unless `rename`), a name that bears another code. */
int enrol_unit(struct enrol *enrol, struct replica *replica, struct err *err);

#endif
