/* verify_main.c - main recomputed from the signed outbox commits.
 * Knows what a merge must be; trusts no merge. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "sync/office/ledger.h"
#include "sync/git/refs.h"
#include "sync/node/outbox.h"
#include "sync/proof/verify.h"
#include "sync/register/register.h"

/* --- one outbox commit --------------------------------------------------- */

/* It follows the commit of its outbox taken in before: earlier in this very
 * merge, or by another. */
static int check_parent(struct proof *proof, const struct outbox_entry *entry,
			const struct intake *recorded, size_t at,
			struct err *err)
{
	const struct intake_commit *last = at > 0 ? &recorded->commits[at - 1]
						  : NULL;
	struct oid before;
	struct oid parent = {{0}};
	int rc = 0;

	if (last != NULL && last->origin == entry->batch->origin)
		before = last->id;
	else
		rc = ledger_taken(&before, proof->scratch, entry->batch->site,
				  entry->batch->origin, err);
	if (entry->commit.n_parents > 0)
		parent = entry->commit.parents[0];
	if (rc == 0 && !oid_equal(&before, &parent))
		rc = err_set(err, ERR_CORRUPT,
			     "its parent is not the commit taken in before "
			     "it");
	return rc;
}

static int check_signer(struct proof *proof, const struct outbox_entry *entry,
			int64_t time, struct err *err)
{
	struct signers signers = {NULL, 0};
	const char *site = entry->batch->site;
	int rc;

	if (strcmp(site, REPLICA_OFFICE) == 0)
		return ledger_check_office(proof->scratch, entry->signer, time,
					   err);
	rc = signers_load_of(&signers, proof->scratch, site, err);
	if (rc == 0 && !signers_allow(&signers, site, entry->signer, time))
		rc = err_set(err, ERR_CORRUPT,
			     "signed with a key that was not enrolled for %s",
			     site);
	signers_release(&signers);
	return rc;
}

/* A main commit being judged again. */
struct judging {
	struct proof *proof;
	struct intake *recorded;
	struct intake computed; /* verdicts of our own */
};

static int judge_entry(struct judging *judging,
		       const struct outbox_entry *entry, size_t at,
		       struct err *err)
{
	struct proof *proof = judging->proof;
	int64_t time = judging->recorded->time;
	size_t applied = 0;
	int rc = check_signer(proof, entry, time, err);

	if (rc == 0)
		rc = check_parent(proof, entry, judging->recorded, at, err);
	if (rc == 0)
		rc = proof_commit(proof->repository, &entry->commit, err);
	if (rc == 0)
		rc = ledger_apply(&judging->computed, proof->scratch,
				  entry->batch, time, &applied, err);
	if (rc == 0)
		rc = outbox_check_register(proof->repository, proof->scratch,
					   entry, err);
	if (rc == 0 && !outbox_comparable(proof->scratch, entry) &&
	    !oid_list_add(&proof->later, &entry->commit.id))
		rc = err_nomem(err);
	proof->report->commits++;
	proof->report->changes += entry->batch->n_changes;
	return rc;
}

static int check_entry(const struct outbox_entry *entry, size_t at, void *ctx,
		       struct err *err)
{
	char hex[OID_TEXT];
	int rc = judge_entry(ctx, entry, at, err);

	oid_format(hex, &entry->commit.id);
	return rc < 0 ? err_wrap(err, "outbox/%s/%016" PRIx64 " %.12s",
				 entry->batch->site, entry->batch->origin, hex)
		      : 0;
}

static int check_entries(struct judging *judging, struct err *err)
{
	const struct ledger_visit visit = {
		.repository = judging->proof->repository,
		.schema = replica_schema(judging->proof->scratch),
		.fn = check_entry,
		.ctx = judging,
		.ahead = true};

	return ledger_each(judging->recorded, &visit, err);
}

/* A unit's program may be newer than the office's was: its lines follow from
 * its own changes, whatever came after. */
static int check_later(struct proof *proof, const struct oid *oid,
		       struct err *err)
{
	struct outbox_entry entry;
	char where[OID_TEXT + 16];
	char hex[OID_TEXT];
	int rc = outbox_read(&entry, proof->repository, oid, err);

	if (rc < 0)
		return rc;
	oid_format(hex, oid);
	snprintf(where, sizeof(where), "outbox %.12s", hex);
	if (outbox_comparable(proof->scratch, &entry))
		rc = outbox_check_register(proof->repository, proof->scratch,
					   &entry, err);
	else
		proof->report->unread++;
	outbox_entry_release(&entry);
	return proof_damage(proof, rc, where, err);
}

int proof_later(struct proof *proof, struct err *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < proof->later.n; i++)
		rc = check_later(proof, &proof->later.items[i], err);
	return rc;
}

/* --- one main commit ----------------------------------------------------- */

/* (L1) Parents stand in the order of their refs, the office's first. */
static bool in_order(const struct intake *intake)
{
	struct buf last = BUF_INIT;
	struct buf ref = BUF_INIT;
	bool was_office = true;
	bool good = true;

	for (size_t i = 0; i < intake->n; i++) {
		const struct intake_commit *commit = &intake->commits[i];
		bool office = strcmp(commit->site, REPLICA_OFFICE) == 0;

		if (i > 0 && commit->origin == intake->commits[i - 1].origin &&
		    commit->site == intake->commits[i - 1].site)
			continue;

		buf_clear(&ref);
		refs_outbox(&ref, commit->site, commit->origin);
		good = good && !(office && !was_office) &&
		       (office != was_office ||
			strcmp(buf_text(&last), buf_text(&ref)) < 0);
		buf_clear(&last);
		buf_adds(&last, buf_text(&ref));
		was_office = office;
	}
	buf_release(&last);
	buf_release(&ref);
	return good;
}

static int check_tree(struct proof *proof, const struct commit *commit,
		      const struct oid *base, const struct intake *computed,
		      struct err *err)
{
	struct oid should = {{0}};
	int rc = ledger_tree(&should, proof->repository, proof->scratch, base,
			     computed, err);

	if (rc == 0 && !oid_equal(&should, &commit->tree))
		rc = proof_compare(proof, commit, &should, err);
	if (rc == 0)
		rc = proof_objects(proof->repository, &commit->tree, base, err);
	return rc;
}

/* Rules of the commit's day: see (L1) of ledger.h. */
static int raise_schema(struct proof *proof, const struct intake *recorded,
			struct err *err)
{
	uint32_t layout;
	int rc;

	if (recorded->schema < replica_schema(proof->scratch)->version)
		return err_set(err, ERR_CORRUPT,
			       "its schema is older than that of the commit "
			       "before");
	rc = ledger_layout(&layout, proof->scratch, err);
	if (rc == 0 && recorded->layout > REGISTER_LAYOUT)
		rc = err_set(err, ERR_CORRUPT,
			     "its registers are laid out as a newer program "
			     "does (layout %" PRIu32 "): verify it with that "
			     "one",
			     recorded->layout);
	else if (rc == 0 && recorded->layout < layout)
		rc = err_set(err, ERR_CORRUPT,
			     "its layout is older than that of the commit "
			     "before");
	return rc < 0 ? rc
		      : replica_raise(proof->scratch, recorded->schema, err);
}

static int check_main(struct proof *proof, const struct commit *commit,
		      const struct oid *base, struct err *err)
{
	struct intake recorded = {.n = 0};
	struct judging judging = {.proof = proof, .recorded = &recorded};
	struct intake *computed = &judging.computed;
	uint8_t signer[CRYPTO_PUBLIC_SIZE];
	int64_t time = 0;
	int rc = commit_signer(signer, commit, err);

	if (rc == 0)
		rc = ledger_time(&time, proof->repository, commit, err);
	if (rc == 0)
		rc = ledger_check_office(proof->scratch, signer, time, err);
	if (rc == 0)
		rc = ledger_read(&recorded, proof->repository, commit, err);
	if (rc == 0)
		rc = raise_schema(proof, &recorded, err);
	if (rc == 0 && !in_order(&recorded))
		rc = err_set(err, ERR_CORRUPT, "parents are out of order");
	if (rc == 0)
		rc = check_entries(&judging, err);
	if (rc == 0)
		rc = ledger_touch(&recorded, proof->scratch, err);
	if (rc == 0) {
		/* Lent for rendering: same batches, verdicts of our own. */
		computed->cases = recorded.cases;
		computed->signers = recorded.signers;
		computed->layout = recorded.layout;
		rc = check_tree(proof, commit, base, computed, err);
		computed->cases = (struct names){.n = 0};
	}
	for (size_t i = 0; i < computed->n_verdicts; i++)
		proof->report->refused += computed->verdicts[i].kind ==
					  VERDICT_REFUSED;
	if (rc == 0)
		rc = ledger_note(proof->scratch, &recorded, err);
	proof->report->commits++;
	intake_release(computed);
	intake_release(&recorded);
	return rc;
}

/* What was proven before is only replayed. */
static int trust_main(struct proof *proof, const struct commit *commit,
		      struct err *err)
{
	struct intake recorded = {.n = 0};
	uint8_t signer[CRYPTO_PUBLIC_SIZE];
	int64_t time = 0;
	size_t applied;
	int rc = commit_signer(signer, commit, err);

	if (rc == 0)
		rc = ledger_time(&time, proof->repository, commit, err);
	if (rc == 0)
		rc = ledger_check_office(proof->scratch, signer, time, err);
	if (rc == 0)
		rc = ledger_read(&recorded, proof->repository, commit, err);
	if (rc == 0)
		rc = raise_schema(proof, &recorded, err);
	if (rc == 0)
		rc = ledger_apply_recorded(&applied, &recorded,
					   proof->repository, proof->scratch,
					   err);
	if (rc == 0)
		rc = ledger_note(proof->scratch, &recorded, err);
	intake_release(&recorded);
	return rc;
}

static int check_one(struct proof *proof, const struct oid *oid, bool trusted,
		     struct oid *base, bool *stop, struct err *err)
{
	struct db *db = replica_db(proof->scratch);
	struct commit commit;
	char where[OID_TEXT + 16];
	char hex[OID_TEXT];
	int rc = commit_read(&commit, proof->repository, oid, err);

	if (rc == 0)
		rc = db_begin(db, err);
	if (rc == 0)
		rc = trusted ? trust_main(proof, &commit, err)
			     : check_main(proof, &commit, base, err);
	if (rc == 0) {
		rc = db_commit(db, err);
	} else {
		struct err ignored = {0};

		db_rollback(db);
		replica_refresh(proof->scratch, &ignored);
	}
	*base = commit.tree;
	commit_release(&commit);
	if (rc == 0)
		return 0;
	/* What follows a commit that cannot be checked cannot be either. */
	*stop = true;
	oid_format(hex, oid);
	snprintf(where, sizeof(where), "main %.12s", hex);
	return proof_damage(proof, rc, where, err);
}

/* How many commits of main were proven before: up to options->from. */
static int count_trusted(size_t *n, const struct proof *proof,
			 const struct oid_list *chain, struct err *err)
{
	const struct sync_options *options = proof->run.options;
	const char *from = options != NULL ? options->from : NULL;
	char hex[OID_TEXT];

	*n = 0;
	for (size_t i = 0; from != NULL && i < chain->n; i++) {
		oid_format(hex, &chain->items[i]);
		if (strncmp(hex, from, strlen(from)) == 0)
			*n = i + 1;
	}
	if (from == NULL || (*n > 0 && strlen(from) >= 4))
		return 0;
	return err_set(err, ERR_INPUT, "%.64s is no commit of main", from);
}

int proof_main(struct proof *proof, struct err *err)
{
	static const struct oid none;
	struct oid_list chain = {NULL, 0, 0};
	struct oid base = {{0}};
	struct oid known = {{0}};
	struct oid tip;
	size_t trusted = 0;
	bool stop = false;
	bool found;
	int rc = node_get_oid(&known, proof->node->replica, NODE_MAIN, err);

	if (rc == 0)
		rc = repository_ref(&tip, proof->repository, REF_MAIN, err);
	proof->comparable = oid_is_zero(&known);
	if (rc == ERR_MISSING)
		return proof->comparable
			       ? 0
			       : proof_finding(proof, err, "main is missing");
	if (rc == 0)
		rc = ledger_chain(&chain, &found, proof->repository, &tip,
				  &none, err);
	rc = proof_damage(proof, rc, "main", err);
	if (rc == 0)
		rc = count_trusted(&trusted, proof, &chain, err);
	found = oid_is_zero(&known);
	for (size_t i = 0; rc == 0 && !stop && i < chain.n; i++) {
		run_progress(&proof->run, SYNC_STAGE_APPLY, i, chain.n);
		rc = check_one(proof, &chain.items[i], i < trusted, &base,
			       &stop, err);
		found |= oid_equal(&known, &chain.items[i]);
	}
	proof->comparable = oid_equal(&known, &tip);
	if (rc == 0 && !found && !stop)
		rc = proof_finding(proof, err,
				   "main: the commit this office merged last "
				   "is not in its history");
	oid_list_release(&chain);
	return rc;
}
