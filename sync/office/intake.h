/* intake.h - what one main commit takes in: which outbox commits, and of each
 * what later steps ask for. Holds facts about batches, never the batches, so
 * that it grows with the number of commits and cases, not of changes.
 * Knows outbox commits; no ref, no main, nobody's inbox. */
#ifndef TIAN_SYNC_INTAKE_H
#define TIAN_SYNC_INTAKE_H

#include "core/merge/apply.h"
#include "sync/wire/names.h"
#include "sync/node/outbox.h"

/* One outbox commit. The last four are known once its batch was noted. */
struct intake_commit {
	struct oid id;
	const char *site; /* borrowed from the intake */
	uint64_t origin;
	uint64_t first; /* seq, without gaps up to `last` */
	uint64_t last;
	struct oid blob; /* its batch */
	bool everybody;	 /* holds changes of rows that every site has */
	bool withheld;	 /* holds changes of rows that only the office has, or
			    of a newer schema's */
	size_t cases;	 /* where its cases begin in intake->of_commits */
	size_t n_cases;
};

/* Start with {0}. */
struct intake {
	struct oid id; /* the main commit; zero until it is made */
	int64_t time;  /* its committer's */
	struct intake_commit *commits; /* in the order they are applied */
	size_t n;
	size_t cap;
	struct oid_list tips; /* parents but the first */
	struct buf trailers;  /* `Outbox:` lines, one for each tip */
	struct buf lines;     /* what its message says of the first commits */
	struct verdict *verdicts; /* owned */
	size_t n_verdicts;
	struct verdict **by_id; /* the same, sorted: intake_sort_verdicts */
	struct names sites;	/* who wrote */
	struct names cases;	/* whose register may differ */
	size_t *of_commits;	/* cases of each commit: indexes into `cases` */
	size_t n_of_commits;
	size_t cap_of_commits;
	size_t *last_commit; /* that has a case, by its number: index + 1 */
	size_t cap_last_commit;
	struct names renamed; /* sites whose own row changed */
	bool codes;	      /* a code or a field changed: all registers may */
	bool signers;	      /* rows of `signer` changed */
	uint32_t schema;      /* the version it is merged with */
	uint32_t layout;      /* of its registers (register.h) */
};

void intake_release(struct intake *intake);
/* Adds a commit; nothing of its batch is noted yet. *site is copied. */
int intake_add(struct intake *intake, const struct intake_commit *commit,
	       struct err *err);
/* Notes what the batch of commit `at` says. Commits are noted in order. */
int intake_note(struct intake *intake, size_t at,
		const struct outbox_entry *entry, const struct schema *schema,
		struct err *err);

/* Appends verdicts. */
int intake_judged(struct intake *intake, const struct verdict *verdicts,
		  size_t n, struct err *err);
/* Puts verdicts in order, for the two queries below; none may follow. */
int intake_sort_verdicts(struct intake *intake, struct err *err);
/* The verdict on a change, NULL if there is none. */
const struct verdict *intake_verdict(const struct intake *intake,
				     struct change_id id);
/* Those on a commit's changes, by seq: *n from the one returned on. */
struct verdict *const *intake_verdicts_on(size_t *n,
					  const struct intake *intake,
					  const struct intake_commit *commit);

#endif
