/* desk_helper.h - a replica in a folder of its own, for tests of cli/.
 * Knows replicas; knows no command. */
#ifndef TIAN_TESTS_CLI_DESK_HELPER_H
#define TIAN_TESTS_CLI_DESK_HELPER_H

#include "core/replica/replica.h"

struct desk {
	char dir[256];
	struct replica *replica;
};

/* A replica of `site`, with no rows but the code lists. Fails the test if it
 * cannot be made. */
void desk_open(struct desk *desk, const char *site);
void desk_close(struct desk *desk); /* removes the folder */
/* Plain SQL, as anybody's program would run it; logged at once. */
void desk_sql(struct desk *desk, const char *sql);
/* The first column of the first row; "" if there is none. Valid until the
 * next call. */
const char *desk_ask(struct desk *desk, const char *sql);
/* Two sessions with cases 1-1-014, 1-1-002, 1-2-014, units edu, hr and
 * 区民政局 (not enrolled), handlings of 1-1-014 by edu (main) and hr. The
 * desk must be the office's. */
void desk_fill(struct desk *desk);
/* The path of a file with this text, which goes with the desk. */
const char *desk_letter(const struct desk *desk, const char *text);
/* Brings every change of `from` (its own ones) to `to`, in one batch. */
void desk_carry(struct desk *to, struct desk *from);

#endif
