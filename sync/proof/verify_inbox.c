/* verify_inbox.c - inboxes: signed by the office, linear, and holding what
 * main says their site may see. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sync/node/inbox.h"
#include "sync/node/outbox.h"
#include "sync/office/parcel.h"
#include "sync/git/refs.h"
#include "sync/proof/verify.h"

/* One inbox being replayed into a replica of its own. */
struct replaying {
	struct proof *proof;
	struct replica *into;
	const char *site;
	struct signers before;
	bool first;
};

static int replay_entry(struct replaying *replaying,
			const struct inbox_entry *entry, struct err *err)
{
	struct proof *proof = replaying->proof;
	bool first;
	int rc = inbox_check(&first, replaying->into, entry,
			     replaying->first ? NULL : &replaying->before, err);

	if (rc == 0)
		rc = proof_commit(proof->repository, &entry->commit, err);
	if (rc == 0)
		rc = inbox_apply(replaying->into, proof->repository, entry,
				 &proof->run, err);
	return rc;
}

/* A node that began here would have what those have that saw all of it. */
static int check_checkpoint(struct replaying *replaying,
			    struct inbox_entry *entry, const char *where,
			    struct err *err)
{
	struct proof *proof = replaying->proof;
	struct replica *begun = NULL;
	char is[SYNC_COMMIT_TEXT];
	char should[SYNC_COMMIT_TEXT];
	struct sync_report counts = {0};
	const struct run run = {&counts, NULL};
	struct oid folder;
	int rc = repository_find(&folder, proof->repository,
				 &entry->commit.tree, PARCEL_CHECKPOINT, err);

	if (rc == ERR_MISSING || entry->commit.begins)
		return 0;
	if (rc == 0)
		rc = proof_lend(&begun, proof, PROOF_SPARE_CHECKPOINT, err);
	if (rc == 0) {
		entry->commit.begins = true;
		rc = inbox_apply(begun, proof->repository, entry, &run, err);
	}
	if (rc == 0)
		rc = proof_state(is, begun, replaying->site, err);
	if (rc == 0)
		rc = proof_state(should, replaying->into, replaying->site, err);
	if (rc == 0 && strcmp(is, should) != 0)
		rc = proof_finding(proof, err,
				   "%s: its checkpoint is not what was sent up "
				   "to it",
				   where);
	sync_report_release(&counts);
	proof_give_back(begun);
	return rc;
}

static int replay_commit(struct replaying *replaying, const struct oid *oid,
			 struct err *err)
{
	struct inbox_entry entry;
	char where[REF_SITE_MAX + OID_TEXT + 16];
	char hex[OID_TEXT];
	int rc = inbox_read(&entry, replaying->proof->repository, oid,
			    replaying->site, err);

	oid_format(hex, oid);
	snprintf(where, sizeof(where), "inbox/%s %.12s", replaying->site, hex);
	if (rc == 0) {
		rc = replay_entry(replaying, &entry, err);
		if (rc == 0)
			rc = check_checkpoint(replaying, &entry, where, err);
		signers_release(&replaying->before);
		replaying->before = entry.signers; /* ours now */
		entry.signers = (struct signers){NULL, 0};
		replaying->first = false;
	}
	replaying->proof->report->commits++;
	inbox_entry_release(&entry);
	return proof_damage(replaying->proof, rc, where, err);
}

/* Whoever signed a commit signed all before it, by their hashes: where the
 * pinned key did not begin the inbox but went on with it, its first commit is
 * believed. */
static int pin_first(struct proof *proof, struct replica *into,
		     const struct oid_list *chain, struct err *err)
{
	uint8_t first[CRYPTO_PUBLIC_SIZE];
	char *pinned = NULL;
	bool found = false;
	int rc = replica_get(&pinned, into, NODE_OFFICE_KEY, err);

	for (size_t i = 0; rc == 0 && *pinned != '\0' && !found && i < chain->n;
	     i++) {
		uint8_t signer[CRYPTO_PUBLIC_SIZE];
		struct commit commit;
		struct err ignored;

		if (commit_read(&commit, proof->repository, &chain->items[i],
				&ignored) < 0)
			break;
		if (commit_signer(signer, &commit, &ignored) == 0) {
			found = vouch_is_pin(pinned, signer);
			if (i == 0)
				memcpy(first, signer, sizeof(first));
		} else if (i == 0) {
			i = chain->n; /* told where it is replayed */
		}
		commit_release(&commit);
	}
	if (found)
		rc = node_pin(into, first, err);
	free(pinned);
	return rc;
}

/* In the caller's transaction. */
static int replay(struct proof *proof, struct replica *into, const char *site,
		  const struct oid *tip, struct err *err)
{
	static const struct oid none;
	struct replaying replaying = {proof, into, site, {NULL, 0}, true};
	struct oid_list chain = {NULL, 0, 0};
	int rc = outbox_chain(&chain, proof->repository, tip, &none, err);

	rc = proof_damage(proof, rc, "inbox", err);
	if (rc == 0)
		rc = pin_first(proof, into, &chain, err);
	for (size_t i = 0; rc == 0 && i < chain.n; i++)
		rc = replay_commit(&replaying, &chain.items[i], err);
	signers_release(&replaying.before);
	oid_list_release(&chain);
	return rc;
}

/* --- at the office ------------------------------------------------------- */

int proof_inbox_state(char out[SYNC_COMMIT_TEXT], struct proof *proof,
		      const char *site, const struct oid *tip, struct err *err)
{
	size_t before = proof->report->n_findings;
	struct replica *into;
	int rc = proof_lend(&into, proof, PROOF_SPARE_INBOX, err);

	*out = '\0';
	if (rc == 0)
		rc = replay(proof, into, site, tip, err);
	if (rc == 0 && before == proof->report->n_findings)
		rc = proof_state(out, into, site, err);
	proof_give_back(into);
	return rc;
}

int proof_inbox_fits(struct proof *proof, const char *site, const char *is,
		     struct err *err)
{
	char should[SYNC_COMMIT_TEXT];
	int rc;

	if (*is == '\0')
		return 0;
	rc = proof_state(should, proof->scratch, site, err);
	if (rc == 0 && strcmp(is, should) != 0)
		rc = proof_finding(proof, err,
				   "inbox/%s: what it holds is not what main "
				   "says the site may see",
				   site);
	return rc;
}

/* --- at a unit ----------------------------------------------------------- */

int proof_inbox(struct proof *proof, struct err *err)
{
	const char *site = replica_site(proof->node->replica);
	struct db *db = replica_db(proof->scratch);
	struct buf name = BUF_INIT;
	struct oid known;
	struct oid tip;
	int rc = node_get_oid(&known, proof->node->replica, NODE_INBOX, err);

	refs_inbox(&name, site);
	if (rc == 0)
		rc = repository_ref(&tip, proof->repository, buf_text(&name),
				    err);
	buf_release(&name);
	proof->comparable = oid_is_zero(&known);
	if (rc == ERR_MISSING)
		return proof->comparable
			       ? 0
			       : proof_finding(proof, err,
					       "inbox/%s is missing", site);
	if (rc == 0)
		rc = db_begin(db, err);
	if (rc == 0)
		rc = replay(proof, proof->scratch, site, &tip, err);
	if (rc == 0)
		rc = db_commit(db, err);
	else
		db_rollback(db);
	proof->comparable = oid_equal(&known, &tip);
	proof->report->changes += proof->run.report->received;
	proof->report->refused += proof->run.report->refused;
	return rc;
}
