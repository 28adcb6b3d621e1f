/* verify_mailboxes.c - mailboxes: each holds its site's inbox as main says,
 * its outboxes as they were taken in, and nothing of anybody else. */
#include <string.h>

#include "sync/road/hub.h"
#include "sync/office/ledger.h"
#include "sync/road/mailboxes.h"
#include "sync/git/refs.h"
#include "sync/proof/verify.h"

int proof_elsewhere(bool *out, const struct proof *proof, const char *site,
		    struct err *err)
{
	struct buf url = BUF_INIT;
	int rc = 0;

	if (proof->source == VERIFY_HUB &&
	    replica_is_office(proof->node->replica))
		rc = mailboxes_url(&url, proof->node->replica, site, err);
	*out = url.len > 0;
	buf_release(&url);
	return rc;
}

/* What is delivered by way of this node must be there. */
static int check_inbox(struct proof *proof, const char *site, struct err *err)
{
	char state[SYNC_COMMIT_TEXT] = "";
	struct buf name = BUF_INIT;
	struct oid own;
	struct oid tip;
	int rc;

	refs_inbox(&name, site);
	rc = buf_check(&name, err);
	if (rc == 0)
		rc = repository_ref(&tip, proof->repository, buf_text(&name),
				    err);
	if (rc == 0 && proof->report->ok) {
		rc = proof_inbox_state(state, proof, site, &tip, err);
		if (rc == 0)
			rc = proof_inbox_fits(proof, site, state, err);
	} else if (rc == ERR_MISSING) {
		rc = repository_ref(&own, proof->node->repository,
				    buf_text(&name), err) == 0
			     ? proof_finding(proof, err,
					     "mailbox of %s: its inbox is "
					     "gone",
					     site)
			     : 0;
	}
	buf_release(&name);
	return rc;
}

/* An outbox that has not moved to the mailbox yet is at the hub. */
static int check_outboxes(struct proof *proof, struct repository *centre,
			  const char *site, struct err *err)
{
	struct ref_list taken = {NULL, 0};
	struct repository *mailbox = proof->repository;
	int rc = ledger_taken_refs(&taken, proof->node->replica, err);

	for (size_t i = 0; rc == 0 && i < taken.n; i++) {
		const struct ref *ref = &taken.items[i];
		char of[REF_SITE_MAX + 1];
		uint64_t origin;
		struct oid tip;

		if (!refs_parse_outbox(of, &origin, ref->name) ||
		    strcmp(of, site) != 0)
			continue;
		rc = repository_ref(&tip, mailbox, ref->name, err);
		proof->repository = rc == ERR_MISSING ? centre : mailbox;
		if (rc == 0 || rc == ERR_MISSING)
			rc = proof_holds(proof, ref->name, &ref->oid, err);
		proof->repository = mailbox;
	}
	ref_list_release(&taken);
	return rc;
}

static int check_others(struct proof *proof, const char *site, struct err *err)
{
	struct ref_list refs = {NULL, 0};
	int rc = repository_refs(&refs, proof->repository, "refs/", err);

	for (size_t i = 0; rc == 0 && i < refs.n; i++) {
		char of[REF_SITE_MAX + 1];
		uint64_t origin;

		if ((!refs_parse_delivered(of, refs.items[i].name) &&
		     !refs_parse_moved(of, refs.items[i].name) &&
		     !refs_parse_outbox(of, &origin, refs.items[i].name)) ||
		    strcmp(of, site) != 0)
			rc = proof_finding(proof, err,
					   "mailbox of %s: it holds %.200s, "
					   "which is not for it",
					   site, refs.items[i].name);
	}
	ref_list_release(&refs);
	return rc;
}

static int check_one(struct proof *proof, const struct mailbox *mailbox,
		     struct err *err)
{
	struct repository *centre = proof->repository;
	struct repository *reader = NULL;
	struct hub *hub = NULL;
	int rc = hub_open(&hub, mailbox->url, err);

	if (rc == 0)
		rc = hub_reader(&reader, hub, err);
	if (rc < 0) {
		rc = rc == ERR_FAIL
			     ? rc
			     : proof_finding(proof, err,
					     "mailbox of %s: it was not "
					     "reached, and nothing in it "
					     "proven: %s",
					     mailbox->site, err->text);
		goto done;
	}
	proof->repository = reader;
	rc = check_inbox(proof, mailbox->site, err);
	if (rc == 0)
		rc = check_outboxes(proof, centre, mailbox->site, err);
	if (rc == 0)
		rc = check_others(proof, mailbox->site, err);
done:
	proof->repository = centre;
	repository_close(reader);
	hub_close(hub);
	return rc;
}

int proof_mailboxes(struct proof *proof, struct err *err)
{
	struct mailboxes mailboxes = {NULL, 0};
	int rc = mailboxes_load(&mailboxes, proof->node->replica, err);

	for (size_t i = 0; rc == 0 && i < mailboxes.n; i++) {
		run_progress(&proof->run, SYNC_STAGE_DELIVER, i, mailboxes.n);
		rc = check_one(proof, &mailboxes.items[i], err);
	}
	mailboxes_release(&mailboxes);
	return rc;
}
