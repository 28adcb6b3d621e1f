/* answer.h - what a unit asked for and the office grants or refuses: the part
 * that return and extend have in common. Knows open requests; grants none. */
#ifndef TIAN_CLI_ANSWER_H
#define TIAN_CLI_ANSWER_H

#include <stdbool.h>

#include "cli/step.h"

struct answer {
	bool grant, refuse;
	const char *unit_word; /* --unit; NULL: the only one that asked */
	const char *reason;
	struct buf unit;  /* who asked */
	struct buf until; /* the date asked for, "" for none */
};

/* Neither both, nor a request of one's own that is also an answer. */
int answer_check(const struct answer *answer, struct err *err);
/* Finds the request of that kind (return_asked, extension_asked) and fills
 * unit and until. ERR_INPUT: there is none, or several. */
int answer_find(struct answer *answer, const struct step *step,
		const char *kind, struct err *err);
void answer_release(struct answer *answer);

#endif
