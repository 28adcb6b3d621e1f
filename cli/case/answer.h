/* answer.h - what a unit asked for and the office grants or refuses: the part
 * that return and extend have in common. Knows open requests; grants none. */
#ifndef TIAN_CLI_ANSWER_H
#define TIAN_CLI_ANSWER_H

#include <stdbool.h>

#include "cli/case/step.h"

struct answer {
	bool grant, refuse;
	const char *unit_word; /* --unit; NULL: the only one that asked */
	const char *reason;
	struct buf unit;  /* who asked */
	struct buf until; /* the date asked for, "" for none */
};

/* Finds the request of that kind (return_asked, extension_asked) and fills
 * unit and until. ERR_INPUT: there is none, or several. */
int answer_find(struct answer *answer, const struct step *step,
		const char *kind, struct err *err);
/* A command of that kind: options of both, and one of its own. */
struct answer_plan {
	const char *help;
	struct arg_option own;
	int (*check)(void *ctx, struct err *err); /* after answer_check */
	step_fn *ask;				  /* the unit's request */
	step_fn *decide;			  /* the office's answer */
	struct answer *answer;			  /* within ctx */
	void *ctx;
};
/* Runs it and releases the answer; the command's exit status. */
int answer_command(struct cli *cli, struct answer_plan *plan, int argc,
		   char **argv);

#endif
