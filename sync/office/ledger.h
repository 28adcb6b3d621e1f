/* ledger.h - main: merge commits that take in outboxes. What a merge makes is
 * a pure function of the changes it accepts, so anybody can run it again.
 * Knows main and outboxes; never inboxes, never the road to the hub.
 *
 * (L1) Parents of a main commit: the main before it, then each outbox tip it
 *      takes in, the office's first, then by ref name; a trailer `Outbox:
 *      site/origin first-last` for each of these, in that order. So the
 *      first main commit has as many trailers as parents, others one less.
 * (L2) Its tree: `register/` whole, `signers`, `schema.yaml` where the office
 *      has added fields or codes, and `verdicts.msgpack` where it refused or
 *      flagged something.
 *      It is made, and made again, with the schema that the trailer `Schema:
 *      n` names: rules, code lists and labels of its day; what the office has
 *      added since is in the changes. n never falls; 1 where there is none.
 *      In the same way `Layout: n` names how its registers are laid out
 *      (register.h); 1 where there is none.
 * (L3) A bad commit stops its own ref, at that commit, and nothing else. */
#ifndef TIAN_SYNC_LEDGER_H
#define TIAN_SYNC_LEDGER_H

#include "sync/office/intake.h"
#include "sync/node/report.h"
#include "sync/identity/signers.h"

/* Why an outbox is set aside, where its key ended: that and an ISO time, `: `,
 * this and the first 16 digits of its fingerprint. */
#define LEDGER_ENDED "signed with a key that ended on "
#define LEDGER_ENDED_KEY "the key is "
#define LEDGER_SIGNERS "signers"
#define LEDGER_VERDICTS "verdicts.msgpack"

/* --- reading main -------------------------------------------------------- */

/* Fills *out with the commits that a main commit took in, by what they and it
 * say of themselves, and its verdicts; no batch is read. ERR_CORRUPT: parents
 * and trailers do not agree. */
int ledger_read(struct intake *out, struct repository *repository,
		const struct commit *main_commit, struct err *err);
/* The main commit before it, or NULL: it is the first one. */
const struct oid *ledger_previous(const struct commit *main_commit);
/* Reads those commits with their batches, checked in themselves and against
 * what ledger_read was told, one at a time; notes what each says, and gives
 * it to `fn`, unless that is NULL. Stops where fn gives less than 0. */
struct ledger_visit {
	struct repository *repository;
	const struct schema *schema;
	int (*fn)(const struct outbox_entry *entry, size_t at, void *ctx,
		  struct err *err);
	void *ctx;
	bool ahead; /* on a thread beside fn: all lies in the repository */
};
int ledger_each(struct intake *intake, const struct ledger_visit *visit,
		struct err *err);
/* Applies what a main commit took in as it was recorded, verdicts included, in
 * the caller's transaction: nothing is judged anew. */
int ledger_apply_recorded(size_t *applied, struct intake *intake,
			  struct repository *repository,
			  struct replica *replica, struct err *err);
/* First parents from `tip` back to, and without, `since` (zero: the first
 * commit too), appended oldest first. *found: `since` was met. */
int ledger_chain(struct oid_list *out, bool *found,
		 struct repository *repository, const struct oid *tip,
		 const struct oid *since, struct err *err);
/* Brings the replica from the main commit it stands at to `tip`, each commit
 * in a transaction of its own. *ahead: the replica stands at a descendant of
 * `tip` (the hub was restored from a backup), nothing is done.
 * ERR_CORRUPT: a commit that the office did not sign, or another history. */
int ledger_replay(bool *ahead, struct node *node, const struct oid *tip,
		  const struct run *run, struct err *err);

/* --- merging ------------------------------------------------------------- */

/* Takes in what the refs hold beyond what main has, in the caller's
 * transaction, replica drained and all of its own changes committed. `refs`
 * are outbox refs whose objects are here. Adds to *intake; n = 0 where there
 * was nothing. */
int ledger_take(struct intake *intake, struct node *node,
		const struct ref_list *refs, const struct run *run,
		struct err *err);
/* Judges and applies one batch: access, and stamps that are ahead of `time`.
 * Pure: the same in a replica that knows the changes already. Verdicts are
 * appended to the intake. */
int ledger_apply(struct intake *intake, struct replica *replica,
		 const struct batch *batch, int64_t time, size_t *applied,
		 struct err *err);
/* Adds to intake->cases those that name what changed elsewhere, and sorts the
 * verdicts; after all batches are applied and noted. */
int ledger_touch(struct intake *intake, struct replica *replica,
		 struct err *err);
/* The tree that follows from the replica's state; `base`: of the main commit
 * before, or zero. */
int ledger_tree(struct oid *out, struct repository *repository,
		struct replica *replica, const struct oid *base,
		const struct intake *intake, struct err *err);
/* Makes the main commit in memory and enters it into the replica. */
int ledger_commit(struct intake *intake, struct node *node, struct err *err);
/* The last commit of an outbox that main has taken in; zero for none. */
int ledger_taken(struct oid *out, struct replica *replica, const char *site,
		 uint64_t origin, struct err *err);
/* All of them: refs with the last commit taken in from each. */
int ledger_taken_refs(struct ref_list *out, struct replica *replica,
		      struct err *err);
/* Whether a ref that is `there` at the hub (NULL: it is gone) lacks commits up
 * to `taken`; false also for one that is another history. */
int ledger_behind(bool *out, struct node *node, const struct oid *there,
		  const struct oid *taken, struct err *err);
/* Moves the replica's cursors over an intake: main, outboxes, commits. */
int ledger_note(struct replica *replica, const struct intake *intake,
		struct err *err);
/* The schema that the last main commit noted was merged with; 1 before. */
int ledger_schema(uint32_t *out, struct replica *replica, struct err *err);
/* Likewise how its registers are laid out. */
int ledger_layout(uint32_t *out, struct replica *replica, struct err *err);
/* When a main commit counts as signed: never before the one it follows, so
 * that an ended key cannot write itself an earlier date. */
int ledger_time(int64_t *out, struct repository *repository,
		const struct commit *main_commit, struct err *err);
/* May this key sign main at that time? In a replica without any signer of the
 * office (the first commit) it is the pinned key, or it is pinned now. */
int ledger_check_office(struct replica *replica,
			const uint8_t public_key[CRYPTO_PUBLIC_SIZE],
			int64_t time, struct err *err);

#endif
