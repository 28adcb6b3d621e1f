/* child.h - a program of the user's (ssh, git) that we run and talk with.
 * Knows processes and pipes; never what is said.
 *
 * No shell is between unless the caller names one. What the program writes
 * to its error channel is kept, the last of it, for whoever tells of a
 * failure; nothing of it reaches the terminal by us. */
#ifndef TIAN_SYNC_CHILD_H
#define TIAN_SYNC_CHILD_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/buf.h"

struct child;

/* A person can be asked: somebody sits at a terminal. */
bool child_terminal(void);

/* Starts argv[0], looked up in PATH. Its environment is ours, without what
 * ties git to one repository; where no terminal is there git will ask
 * nobody. ERR_MISSING: no such program. */
int child_start(struct child **out, const char *const *argv, struct err *err);
/* Waits at most `seconds` for some bytes; *got is 0 at their end. ERR_HUB:
 * nothing came. */
int child_read(size_t *got, struct child *child, void *bytes, size_t len,
	       int seconds, struct err *err);
/* ERR_HUB: it takes no more, or takes nothing for `seconds`. */
int child_write(struct child *child, const void *bytes, size_t len, int seconds,
		struct err *err);
/* It will be told no more. */
void child_say_end(struct child *child);
/* The last lines it wrote to its error channel, "" if none. */
const char *child_words(struct child *child);
/* Ends the conversation, waits for the program (a moment, then it is told to
 * end) and frees all. Exit status, or -1. NULL is fine. */
int child_stop(struct child *child);

/* Runs a program with that input, to its end. *status: how it ended. */
int child_run(struct buf *out, int *status, const char *const *argv,
	      const char *input, struct err *err);

#endif
