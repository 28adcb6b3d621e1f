/* release.h - a case that was taken back from a unit: when, why, and who has
 * it. Knows the assignment's row; what it means is the commands'. */
#ifndef TIAN_CLI_RELEASE_H
#define TIAN_CLI_RELEASE_H

#include "cli/case/value.h"

struct release {
	bool released;
	char at[VALUE_TIME_SIZE];     /* 2022-06-30 09:15 */
	char at_utc[VALUE_TIME_SIZE]; /* for programs */
	struct buf reason;	      /* empty where none was given */
	struct buf to;		      /* codes, separated by U+001F */
	struct buf to_names;	      /* by 、 */
};

#define RELEASE_INIT                                                     \
	{                                                                \
		.reason = BUF_INIT, .to = BUF_INIT, .to_names = BUF_INIT \
	}

/* Whether `unit` was released from a case, as this replica knows it: who has
 * it is who had it then, where the unit's own archive is asked. */
int release_load(struct release *out, struct replica *replica, const char *key,
		 const char *unit, struct err *err);
void release_release(struct release *release);
/* "handed over, read only (改办): 2022-06-30 09:15, to 区人社局" */
void release_tell(struct buf *out, const struct release *release);

#endif
