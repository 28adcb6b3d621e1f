/* outcome.h - what becomes of a proposal under review: the part that file,
 * merge, decline, forward and withdraw have in common. Knows the fields of a
 * review; each outcome is its command's. */
#ifndef TIAN_CLI_OUTCOME_H
#define TIAN_CLI_OUTCOME_H

#include "cli/case/step.h"

struct outcome {
	const char *step;   /* filed, merged, rejected, forwarded, withdrawn */
	const char *reason; /* NULL: none */
	const char *merged_into; /* a key; NULL: none */
	const char *case_no;	 /* NULL: stays */
};

/* Writes it where it differs from what stands; asks whether it may. */
int outcome_write(struct step *step, const struct outcome *outcome,
		  struct err *err);

#endif
