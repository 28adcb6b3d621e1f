/* verify_refs.c - refs of the hub beside what this node knows they have held:
 * a ref only ever grows. */

#include "sync/node/copies.h"
#include "sync/office/ledger.h"
#include "sync/git/refs.h"
#include "sync/proof/verify.h"

int proof_holds(struct proof *proof, const char *name, const struct oid *had,
		struct err *err)
{
	struct oid_list chain = {NULL, 0, 0};
	struct oid tip;
	int rc = repository_ref(&tip, proof->repository, name, err);

	if (rc == ERR_MISSING)
		return proof_finding(proof, err, "%s: it is gone from the hub",
				     name);
	if (rc == 0)
		rc = outbox_chain(&chain, proof->repository, &tip, had, err);
	oid_list_release(&chain);
	if (rc == ERR_MISSING)
		return proof_finding(proof, err,
				     "%s: what it held once is not in its "
				     "history: it was set back or rewritten",
				     name);
	return proof_damage(proof, rc, name, err);
}

/* What a mailbox has of it is proof_mailboxes' to see. */
static int check_taken(struct proof *proof, struct err *err)
{
	struct ref_list taken = {NULL, 0};
	int rc = ledger_taken_refs(&taken, proof->node->replica, err);

	for (size_t i = 0; rc == 0 && i < taken.n; i++) {
		char site[REF_SITE_MAX + 1] = "";
		uint64_t origin;
		bool elsewhere;

		refs_parse_outbox(site, &origin, taken.items[i].name);
		rc = proof_elsewhere(&elsewhere, proof, site, err);
		if (rc == 0 && !elsewhere)
			rc = proof_holds(proof, taken.items[i].name,
					 &taken.items[i].oid, err);
	}
	ref_list_release(&taken);
	return rc;
}

/* What this office delivered, or learnt that another one had. */
static int check_delivered(struct proof *proof, struct err *err)
{
	struct ref_list own = {NULL, 0};
	int rc = repository_refs(&own, proof->node->repository, REF_INBOX, err);

	for (size_t i = 0; rc == 0 && i < own.n; i++) {
		char site[REF_SITE_MAX + 1] = "";
		bool elsewhere;

		refs_parse_inbox(site, own.items[i].name);
		rc = proof_elsewhere(&elsewhere, proof, site, err);
		if (rc == 0 && !elsewhere)
			rc = proof_holds(proof, own.items[i].name,
					 &own.items[i].oid, err);
	}
	ref_list_release(&own);
	return rc;
}

static int check_known(struct proof *proof, const char *name, const char *fact,
		       struct err *err)
{
	struct oid had;
	int rc = node_get_oid(&had, proof->node->replica, fact, err);

	return rc < 0 || oid_is_zero(&had)
		       ? rc
		       : proof_holds(proof, name, &had, err);
}

int proof_hub_refs(struct proof *proof, struct err *err)
{
	struct replica *replica = proof->node->replica;
	bool office = replica_is_office(replica);
	struct buf name = BUF_INIT;
	int rc = office ? check_taken(proof, err) : 0;

	if (rc == 0 && office)
		rc = check_delivered(proof, err);
	refs_outbox(&name, replica_site(replica), replica_origin(replica));
	if (rc == 0 && !office)
		rc = check_known(proof, buf_text(&name), NODE_SENT, err);
	buf_clear(&name);
	refs_inbox(&name, replica_site(replica));
	if (rc == 0 && !office)
		rc = check_known(proof, buf_text(&name), NODE_INBOX, err);
	buf_release(&name);
	return rc;
}
