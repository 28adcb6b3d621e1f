/* credential.h - names and passwords from the user's own git credential
 * helpers; we keep none.
 * Source: git-credential(1). Knows its lines; no network. */
#ifndef TIAN_SYNC_CREDENTIAL_H
#define TIAN_SYNC_CREDENTIAL_H

#include <stdbool.h>

#include "core/base/err.h"

struct credential {
	char *protocol; /* "https" */
	char *host;	/* with :port where one is stated */
	char *path;	/* or NULL */
	char *username; /* or NULL */
	char *password; /* or NULL */
};

void credential_release(struct credential *credential);
/* Asks the helpers, and the person only where a terminal is there. ERR_HUB:
 * nobody knows. */
int credential_fill(struct credential *credential, struct err *err);
/* Tells the helpers that it was right, or wrong (and forgets it). */
void credential_approve(const struct credential *credential);
void credential_reject(struct credential *credential);

#endif
