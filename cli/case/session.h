/* session.h - which session of the committee is meant.
 * Knows keys of sessions ("1-1": term and meeting); knows no proposal. */
#ifndef TIAN_CLI_SESSION_H
#define TIAN_CLI_SESSION_H

#include "core/replica/replica.h"

enum { SESSION_SIZE = 32 };

/* The session as typed, or where `word` is NULL the only one of the replica.
 * ERR_INPUT: it is not written as term and meeting; none or several are
 * there, and one must be said. */
int session_choose(char out[SESSION_SIZE], struct replica *replica,
		   const char *word, struct err *err);

#endif
