/* passage.h - passages that stand in the texts of two different units.
 * A pure function of texts; knows no proposal and no replica.
 *
 * Texts are compared by their runs of 8 characters, white space left out and
 * full width folded to half: a copy in which a character was dropped or
 * changed still shares nearly all of them, where an exact match sees two
 * short pieces. Containment is the share of the shorter text's runs that the
 * other text has (Broder, "On the resemblance and containment of documents",
 * 1997).
 *
 * Runs that stand in many texts are a form of words, not a passage, and do
 * not count. The cost follows the length of all texts together, not the
 * number of pairs; of texts that were not asked about, each is read once and
 * only what it shares with one that was is kept. */
#ifndef TIAN_CLI_PASSAGE_H
#define TIAN_CLI_PASSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/err.h"

enum {
	PASSAGE_GRAM = 8,      /* characters of a run */
	PASSAGE_COMMON = 50,   /* texts with a run that makes it a form */
	PASSAGE_RARE = 5,      /* texts with a run that is nobody's form */
	PASSAGE_RARE_MIN = 60, /* such runs that are a passage in any text */
	PASSAGE_RUNS_MIN = 16  /* runs that two short texts must share */
};
#define PASSAGE_CONTAINED 0.2 /* containment from which a pair is told */

/* One text. All borrowed. Texts of one unit, or of one case, are never
 * compared with each other. */
struct passage_text {
	const char *text;
	const char *unit;
	const char *key; /* of the case */
	bool asked;	 /* pairs without such a text are not looked for */
};

struct passage_pair {
	size_t one, other;  /* indexes of the texts, one < other */
	size_t shared;	    /* runs in both */
	double containment; /* of the shorter in the longer, 0 to 1 */
};

/* The pairs that share passages, ordered by one, other; free(*out). */
int passage_find(struct passage_pair **out, size_t *n,
		 const struct passage_text *texts, size_t n_texts,
		 struct err *err);
/* The longest piece of `a` that stands in `b` too: its place in `a` and bytes;
 * 0 bytes where there is none of 8 characters. Compared as above. */
int passage_longest(const char **at, size_t *len, const char *a, const char *b,
		    struct err *err);

#endif
