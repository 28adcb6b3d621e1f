/* verify.c - the proof, as a table of contents, and its small tools. */
#include "sync/proof/verify.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/merge/apply.h"
#include "core/log/change_log.h"
#include "core/replica/state.h"
#include "sync/road/hub.h"
#include "sync/office/ledger.h"
#include "sync/git/refs.h"

int proof_finding(struct proof *proof, struct err *err, const char *fmt, ...)
{
	struct verify_report *report = proof->report;
	char text[1024];
	va_list args;
	char **findings;

	report->ok = false;
	if (report->n_findings >= VERIFY_FINDINGS_MAX)
		return 0;
	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	findings = realloc(report->findings,
			   (report->n_findings + 1) * sizeof(*findings));
	if (findings == NULL)
		return err_nomem(err);
	report->findings = findings;
	findings[report->n_findings] = strdup(text);
	if (findings[report->n_findings] == NULL)
		return err_nomem(err);
	report->n_findings++;
	return 0;
}

int proof_damage(struct proof *proof, int rc, const char *where,
		 struct err *err)
{
	if (rc != ERR_CORRUPT && rc != ERR_MISSING && rc != ERR_INPUT)
		return rc;
	return proof_finding(proof, err, "%s: %s", where, err->text);
}

int proof_commit(struct repository *repository, const struct commit *commit,
		 struct err *err)
{
	struct commit parent = {.n_parents = 0};
	int rc = 0;

	if (commit->n_parents > 0)
		rc = commit_read(&parent, repository, &commit->parents[0], err);
	if (rc == 0)
		rc = proof_objects(repository, &commit->tree, &parent.tree,
				   err);
	commit_release(&parent);
	return rc;
}

int proof_scratch(struct replica **out, const struct proof *proof,
		  uint32_t version, struct err *err)
{
	int rc = replica_open_scratch_of(out, "", version, err);

	return rc < 0 ? rc
		      : replica_set(*out, NODE_OFFICE_KEY, proof->pinned, err);
}

int proof_lend(struct replica **out, struct proof *proof,
	       enum proof_spare which, struct err *err)
{
	struct replica **spare = &proof->spares[which];
	int rc = *spare == NULL
			 ? proof_scratch(spare, proof, proof->version, err)
			 : replica_refresh(*spare, err);

	if (rc == 0)
		rc = db_begin(replica_db(*spare), err);
	*out = rc == 0 ? *spare : NULL;
	return rc;
}

void proof_give_back(struct replica *lent)
{
	if (lent != NULL)
		db_rollback(replica_db(lent));
}

void proof_release_spares(struct proof *proof)
{
	for (int i = 0; i < PROOF_SPARES; i++) {
		replica_close(proof->spares[i]);
		proof->spares[i] = NULL;
	}
}

int proof_state(char out[SYNC_COMMIT_TEXT], struct replica *replica,
		const char *site, struct err *err)
{
	uint8_t hash[CRYPTO_SHA256_SIZE];
	int rc = state_hash(hash, replica, site, err);

	for (size_t i = 0; rc == 0 && i < sizeof(hash); i++)
		snprintf(out + 2 * i, 3, "%02x", hash[i]);
	return rc;
}

/* --- the own outbox ------------------------------------------------------ */

static int apply_own(struct proof *proof, const struct batch *batch,
		     struct err *err)
{
	const struct apply_options options = {.gapless = true};
	struct apply_result result = {0};
	int rc = apply_batch(proof->scratch, batch, &options, &result, err);

	proof->report->changes += result.applied;
	apply_result_release(&result);
	return rc;
}

static int own_commit(struct proof *proof, uint64_t *last,
		      const struct oid *oid, struct err *err)
{
	struct replica *replica = proof->node->replica;
	struct outbox_entry entry;
	int rc = outbox_read(&entry, proof->node->repository, oid, err);

	if (rc < 0)
		return rc;
	if (strcmp(entry.batch->site, replica_site(replica)) != 0 ||
	    entry.batch->origin != replica_origin(replica) ||
	    outbox_first(&entry) != *last + 1)
		rc = err_set(err, ERR_CORRUPT,
			     "the batch does not follow the one before");
	*last = outbox_last(&entry);
	if (rc == 0)
		rc = proof_commit(proof->node->repository, &entry.commit, err);
	if (rc == 0)
		rc = apply_own(proof, entry.batch, err);
	if (rc == 0)
		rc = outbox_check_register(proof->node->repository,
					   proof->scratch, &entry, err);
	proof->report->commits++;
	outbox_entry_release(&entry);
	return rc;
}

static int own_uncommitted(struct proof *proof, uint64_t last, struct err *err)
{
	struct replica *replica = proof->node->replica;
	struct change_log_range range = {.origin = replica_origin(replica),
					 .from = last + 1,
					 .limit = 10000,
					 .limit_bytes = 8 << 20};
	struct batch *batch = NULL;
	int rc = 0;

	while (rc == 0) {
		rc = change_log_batch(&batch, replica, &range, err);
		if (rc < 0 || batch == NULL)
			break;
		range.from = batch->changes[batch->n_changes - 1].id.seq + 1;
		rc = apply_own(proof, batch, err);
		batch_free(batch);
		batch = NULL;
	}
	return rc;
}

int proof_own(struct proof *proof, struct err *err)
{
	struct replica *replica = proof->node->replica;
	struct oid_list chain = {NULL, 0, 0};
	struct buf ref = BUF_INIT;
	struct oid tip;
	struct oid taken;
	uint64_t last = 0;
	int rc;

	/* At the office main has proved what it took in. */
	rc = ledger_taken(&taken, proof->scratch, replica_site(replica),
			  replica_origin(replica), err);
	if (rc == 0 && !oid_is_zero(&taken))
		rc = apply_last_seq(&last, proof->scratch,
				    replica_origin(replica), err);
	refs_outbox(&ref, replica_site(replica), replica_origin(replica));
	if (rc == 0)
		rc = repository_ref(&tip, proof->node->repository,
				    buf_text(&ref), err);
	if (rc == 0)
		rc = outbox_chain(&chain, proof->node->repository, &tip, &taken,
				  err);
	else if (rc == ERR_MISSING)
		rc = 0;
	for (size_t i = 0; rc == 0 && i < chain.n; i++) {
		char where[64 + OID_TEXT];
		char hex[OID_TEXT];

		oid_format(hex, &chain.items[i]);
		snprintf(where, sizeof(where), "own outbox %.12s", hex);
		rc = own_commit(proof, &last, &chain.items[i], err);
		rc = proof_damage(proof, rc, where, err);
	}
	if (rc == 0)
		rc = own_uncommitted(proof, last, err);
	oid_list_release(&chain);
	buf_release(&ref);
	return rc;
}

/* --- the whole ----------------------------------------------------------- */

static int drain(struct replica *replica, struct err *err)
{
	int rc = edit_begin(replica, err);

	return rc < 0 ? rc : db_commit(replica_db(replica), err);
}

static int compare_states(struct proof *proof, struct err *err)
{
	struct replica *replica = proof->node->replica;
	const char *site = replica_is_office(replica) ? NULL
						      : replica_site(replica);
	char here[SYNC_COMMIT_TEXT] = "";
	int rc = proof_state(proof->report->state, proof->scratch, site, err);

	/* Where something is damaged already, the state proves nothing; and a
	 * hub that is ahead is no fault of this replica. */
	if (rc < 0 || !proof->report->ok || !proof->comparable)
		return rc;
	rc = proof_state(here, replica, site, err);
	if (rc == 0 && strcmp(here, proof->report->state) != 0)
		rc = proof_finding(proof, err,
				   "tian.db: the replica does not hold what "
				   "follows from the signed changes");
	return rc;
}

/* The replica may have come to a newer schema since main was merged last. */
static int catch_up(struct proof *proof, struct err *err)
{
	struct db *db = replica_db(proof->scratch);
	int rc = db_begin(db, err);

	if (rc == 0)
		rc = replica_raise(
			proof->scratch,
			replica_schema(proof->node->replica)->version, err);
	if (rc == 0)
		rc = db_commit(db, err);
	else
		db_rollback(db);
	return rc;
}

/* Inboxes are replayed while main is, by the schema that this node is at. */
static int prove_office(struct proof *proof, struct err *err)
{
	struct proof_inboxes *inboxes = NULL;
	uint32_t version;
	int rc = proof_inboxes_begin(&inboxes, proof, err);

	if (rc == 0)
		rc = proof_main(proof, err);
	if (rc == 0)
		rc = catch_up(proof, err);
	if (rc == 0)
		rc = proof_later(proof, err);
	version = replica_schema(proof->scratch)->version;
	if (rc == 0 && version != proof->version) {
		/* The hub's main has come to a newer one. */
		proof_inboxes_end(inboxes);
		inboxes = NULL;
		proof->version = version;
		rc = proof_inboxes_begin(&inboxes, proof, err);
	}
	if (rc == 0 && proof->report->ok)
		rc = proof_inboxes(proof, inboxes, err);
	proof_inboxes_end(inboxes);
	return rc;
}

static int prove(struct proof *proof, struct err *err)
{
	bool office = replica_is_office(proof->node->replica);
	int rc = office ? prove_office(proof, err) : proof_inbox(proof, err);

	if (rc == 0 && proof->source == VERIFY_HUB)
		rc = proof_hub_refs(proof, err);
	if (rc == 0 && proof->source == VERIFY_HUB && office)
		rc = proof_mailboxes(proof, err);
	if (rc == 0 && proof->report->ok)
		rc = proof_own(proof, err);
	if (rc == 0)
		rc = compare_states(proof, err);
	return rc;
}

static int open_source(struct repository **out, struct hub **hub,
		       struct node *node, enum verify_source source,
		       struct err *err)
{
	char *address = NULL;
	int rc = 0;

	if (source == VERIFY_OWN) {
		rc = repository_open(out, repository_path(node->repository),
				     REPOSITORY_WRITE, err);
		return rc < 0 ? rc : repository_load_begin(*out, err);
	}
	rc = replica_get(&address, node->replica, NODE_HUB, err);
	if (rc == 0)
		rc = hub_open(hub, address, err);
	if (rc == 0)
		rc = hub_reader(out, *hub, err);
	/* What was released before it began, this node does not have. */
	if (rc == 0)
		repository_read_from(*out, repository_begin(node->repository));
	free(address);
	return rc;
}

static int verify_once(struct verify_report *report, struct node *node,
		       enum verify_source source,
		       const struct sync_options *options, struct err *err)
{
	struct sync_report thrown_away = {.pushed = 0};
	struct proof proof = {.report = report,
			      .node = node,
			      .run = {&thrown_away, options},
			      .source = source};
	struct hub *hub = NULL;
	int rc = drain(node->replica, err);

	report->ok = true;
	proof.version = replica_schema(node->replica)->version;
	if (rc == 0)
		rc = replica_get(&proof.pinned, node->replica, NODE_OFFICE_KEY,
				 err);
	if (rc == 0)
		rc = open_source(&proof.repository, &hub, node, source, err);
	if (rc == 0)
		rc = proof_scratch(
			&proof.scratch, &proof,
			replica_is_office(node->replica) ? 1 : proof.version,
			err);
	if (rc == 0)
		rc = prove(&proof, err);
	oid_list_release(&proof.later);
	proof_release_spares(&proof);
	replica_close(proof.scratch);
	repository_close(proof.repository);
	hub_close(hub);
	free(proof.pinned);
	sync_report_release(&thrown_away);
	return rc;
}

/* Alone, as nobody else moves anything of this node meanwhile. */
static int verify_again(struct verify_report *report, struct node *node,
			enum verify_source source,
			const struct sync_options *options, struct err *err)
{
	int rc = repository_lock(node->repository, err);

	if (rc < 0)
		return rc;
	verify_report_release(report);
	rc = verify_once(report, node, source, options, err);
	repository_unlock(node->repository);
	return rc;
}

int node_verify(struct verify_report *report, struct node *node,
		enum verify_source source, const struct sync_options *options,
		struct err *err)
{
	int rc = node_need(node, err);

	if (rc == 0 && options != NULL && options->from != NULL &&
	    !replica_is_office(node->replica))
		rc = err_set(err, ERR_INPUT,
			     "only the office has main, and --from is for it");
	if (rc == 0)
		rc = verify_once(report, node, source, options, err);
	/* A sync at the same time moves refs and joins packs. */
	if (rc == 0 && !report->ok)
		rc = verify_again(report, node, source, options, err);
	return rc < 0 ? err_wrap(err, "verify") : 0;
}

void verify_report_release(struct verify_report *report)
{
	for (size_t i = 0; i < report->n_findings; i++)
		free(report->findings[i]);
	free(report->findings);
	*report = (struct verify_report){.ok = false};
}
