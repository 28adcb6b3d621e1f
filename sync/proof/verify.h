/* verify.h - proof that what is published follows from the signed changes:
 * everything is recomputed in a scratch replica and compared.
 * Knows how the pieces are checked; repairs nothing, writes nothing. */
#ifndef TIAN_SYNC_VERIFY_H
#define TIAN_SYNC_VERIFY_H

#include "sync/git/commit.h"
#include "sync/node/node.h"
#include "sync/node/report.h"

enum { VERIFY_FINDINGS_MAX = 200 };

/* Empty replicas that are kept: what one inbox leaves in them is rolled back
 * for the next. */
enum proof_spare {
	PROOF_SPARE_INBOX,	/* an inbox, replayed */
	PROOF_SPARE_CHECKPOINT, /* a node that begins in the midst of it */
	PROOF_SPARES
};

/* One verification at work. */
struct proof {
	struct verify_report *report;
	struct node *node;
	struct repository *repository; /* what is verified; only read */
	struct replica *scratch;       /* what follows from it */
	struct run run;		       /* progress; its report is thrown away */
	enum verify_source source;
	struct oid_list later; /* outbox commits whose register files wait for
				  the schema they were written with */
	bool comparable;       /* the source ends where the replica stands */
	char *pinned;	       /* the office's key as this node has it */
	uint32_t version; /* of the schema that inboxes are replayed with */
	struct replica
		*spares[PROOF_SPARES]; /* NULL until they are asked for */
};

/* Adds a finding; the proof goes on. */
int proof_finding(struct proof *proof, struct err *err, const char *fmt, ...)
	ERR_PRINTF(3, 4);
/* An error that is itself a finding (damage, something missing): 0 and the
 * finding `where: text`. Others stay errors. */
int proof_damage(struct proof *proof, int rc, const char *where,
		 struct err *err);
/* Reads, and so hashes, all objects of a tree that are not in `base` (zero:
 * all). ERR_CORRUPT, ERR_MISSING: which path is damaged. */
int proof_objects(struct repository *repository, const struct oid *tree,
		  const struct oid *base, struct err *err);
/* Finds where a main commit's tree is not what it should be, path by path.
 * ERR_CORRUPT, ERR_MISSING: it cannot be read, or has folders without end. */
int proof_compare(struct proof *proof, const struct commit *commit,
		  const struct oid *should, struct err *err);
/* proof_objects for a commit, against its first parent's tree. */
int proof_commit(struct repository *repository, const struct commit *commit,
		 struct err *err);
/* A new empty scratch replica as of a version of the schema, the office's key
 * pinned as the node has it. */
int proof_scratch(struct replica **out, const struct proof *proof,
		  uint32_t version, struct err *err);
/* Lends one of the spares, empty and in a transaction; proof_give_back rolls
 * it back. */
int proof_lend(struct replica **out, struct proof *proof,
	       enum proof_spare which, struct err *err);
void proof_give_back(struct replica *lent);
void proof_release_spares(struct proof *proof);
int proof_state(char out[SYNC_COMMIT_TEXT], struct replica *replica,
		const char *site, struct err *err);

/* Main from its first commit. */
int proof_main(struct proof *proof, struct err *err);
/* What waited, with the newest schema there is here. */
int proof_later(struct proof *proof, struct err *err);
/* A unit: its inbox. */
int proof_inbox(struct proof *proof, struct err *err);
/* The state that an inbox of proof->repository ends in; "" where something was
 * found in it. Of *proof, what is for inboxes alone is used. */
int proof_inbox_state(char out[SYNC_COMMIT_TEXT], struct proof *proof,
		      const char *site, const struct oid *tip, struct err *err);
/* That state beside what main, which was replayed, says. */
int proof_inbox_fits(struct proof *proof, const char *site, const char *is,
		     struct err *err);
/* All inboxes of proof->repository. From _begin on, other threads may be at
 * them; proof_inboxes waits for all, and tells what was found. In any case
 * proof_inboxes_end. */
struct proof_inboxes;
int proof_inboxes_begin(struct proof_inboxes **out, struct proof *proof,
			struct err *err);
int proof_inboxes(struct proof *proof, struct proof_inboxes *all,
		  struct err *err);
void proof_inboxes_end(struct proof_inboxes *all); /* NULL is fine */
/* At the hub: mailboxes, each beside main and beside what this node knows it
 * has had; and that no other site's refs are in it. */
int proof_mailboxes(struct proof *proof, struct err *err);
/* A ref of proof->repository must hold the commit `had`. */
int proof_holds(struct proof *proof, const char *name, const struct oid *had,
		struct err *err);
/* Whether a site's refs are at a mailbox, and not in proof->repository. */
int proof_elsewhere(bool *out, const struct proof *proof, const char *site,
		    struct err *err);
/* The hub, beside what this node knows it has had: no ref was set back or
 * rewritten. */
int proof_hub_refs(struct proof *proof, struct err *err);
/* The node's own outbox, and what is not committed yet, on top of it. */
int proof_own(struct proof *proof, struct err *err);

#endif
