/* merge_draft.h - the texts of a conflict as one text that a person finishes,
 * and what they made of it.
 * Knows marks and comments; knows no editor, no file and no decision. */
#ifndef TIAN_CLI_MERGE_DRAFT_H
#define TIAN_CLI_MERGE_DRAFT_H

#include <stdbool.h>

#include "core/base/buf.h"
#include "core/merge/conflict.h"

struct merge_draft {
	struct buf text;       /* to be edited: comments, the texts joined */
	struct change_id *ids; /* the heads in it */
	size_t n;
	bool clean;	      /* nothing overlaps */
	bool asks;	      /* for the reason, in a comment */
	bool abandoned;	      /* nothing was left of it */
	char comment;	      /* begins a line that is left out */
	unsigned short marks; /* that make a line of marks, at least */
};

void merge_draft_release(struct merge_draft *draft);
/* From a conflict in a field of text, whose label is given; asks for a reason
 * where `asks`. ERR_INPUT: a head is no text. */
int merge_draft_make(struct merge_draft *draft, struct replica *replica,
		     const struct conflict *conflict, const char *label,
		     bool asks, struct err *err);
/* What came back, less the comments, and the reason where it was asked for.
 * ERR_INPUT: a line of marks is left (it says which), no reason was given, or
 * nothing is left at all (`abandoned`). */
int merge_draft_read(struct buf *text, struct buf *reason,
		     struct merge_draft *draft, const struct buf *file,
		     struct err *err);

#endif
