/* verify_inboxes.c - all inboxes at the office, replayed side by side on
 * threads of their own while main is: none needs another one.
 * Knows who does which; what an inbox must be is verify_inbox.c's. What they
 * find is told in the order of the refs, whoever was first. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#include "sync/git/refs.h"
#include "sync/proof/verify.h"

enum { HELPERS_MAX = 3 }; /* beside the caller; memory goes with them */

/* What came of one inbox. */
struct outcome {
	char site[REF_SITE_MAX + 1];
	struct oid tip;
	char state[SYNC_COMMIT_TEXT]; /* "": something was found */
	struct verify_report report;
	int rc;
	struct err err;
};

struct helper {
	struct proof_inboxes *all;
	struct proof proof; /* its own repository, replicas and report */
	struct sync_report thrown_away;
	pthread_t thread;
};

struct proof_inboxes {
	struct outcome *outcomes; /* in the order of their refs */
	size_t n;
	atomic_size_t next;
	struct helper helpers[HELPERS_MAX];
	size_t n_helpers;
};

/* Takes up one after the other, until none is left. */
static void work(struct proof_inboxes *all, struct proof *proof)
{
	struct verify_report *before = proof->report;
	size_t i;

	while ((i = atomic_fetch_add(&all->next, 1)) < all->n) {
		struct outcome *outcome = &all->outcomes[i];

		run_progress(&proof->run, SYNC_STAGE_DELIVER, i, all->n);
		proof->report = &outcome->report;
		outcome->rc = proof_inbox_state(outcome->state, proof,
						outcome->site, &outcome->tip,
						&outcome->err);
	}
	proof->report = before;
}

static void *help(void *ctx)
{
	struct helper *helper = ctx;

	work(helper->all, &helper->proof);
	proof_release_spares(&helper->proof);
	return NULL;
}

static bool start_helper(struct proof_inboxes *all, const struct proof *proof)
{
	struct helper *helper = &all->helpers[all->n_helpers];
	struct err ignored;

	helper->all = all;
	helper->proof = (struct proof){
		.run = {&helper->thrown_away, NULL},
		.pinned = proof->pinned,
		.version = proof->version,
	};
	if (repository_open_again(&helper->proof.repository, proof->repository,
				  &ignored) < 0)
		return false;
	if (pthread_create(&helper->thread, NULL, help, helper) != 0) {
		repository_close(helper->proof.repository);
		return false;
	}
	all->n_helpers++;
	return true;
}

/* Which inboxes there are to look at. */
static int list(struct proof_inboxes *all, struct proof *proof, struct err *err)
{
	struct ref_list refs = {NULL, 0};
	int rc = repository_refs(&refs, proof->repository, REF_INBOX, err);

	if (rc == 0) {
		all->outcomes = calloc(refs.n + 1, sizeof(*all->outcomes));
		rc = all->outcomes == NULL ? err_nomem(err) : 0;
	}
	for (size_t i = 0; rc == 0 && i < refs.n; i++) {
		struct outcome *outcome = &all->outcomes[all->n];
		bool elsewhere;

		if (!refs_parse_inbox(outcome->site, refs.items[i].name))
			continue;
		outcome->tip = refs.items[i].oid;
		outcome->report.ok = true;
		rc = proof_elsewhere(&elsewhere, proof, outcome->site, err);
		all->n += rc == 0 && !elsewhere;
	}
	ref_list_release(&refs);
	return rc;
}

int proof_inboxes_begin(struct proof_inboxes **out, struct proof *proof,
			struct err *err)
{
	struct proof_inboxes *all = calloc(1, sizeof(*all));
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	int rc = all == NULL ? err_nomem(err) : list(all, proof, err);

	if (rc < 0) {
		proof_inboxes_end(all);
		return rc;
	}
	while (all->n_helpers < HELPERS_MAX && all->n_helpers < all->n &&
	       (long)all->n_helpers + 1 < cores && start_helper(all, proof))
		;
	*out = all;
	return 0;
}

static void join(struct proof_inboxes *all)
{
	while (all->n_helpers > 0) {
		struct helper *helper = &all->helpers[--all->n_helpers];

		pthread_join(helper->thread, NULL);
		repository_close(helper->proof.repository);
		sync_report_release(&helper->thrown_away);
	}
}

void proof_inboxes_end(struct proof_inboxes *all)
{
	if (all == NULL)
		return;
	atomic_store(&all->next, all->n);
	join(all);
	for (size_t i = 0; i < all->n; i++)
		verify_report_release(&all->outcomes[i].report);
	free(all->outcomes);
	free(all);
}

/* What was found there is what this proof found. */
static int tell(struct proof *proof, struct outcome *outcome, struct err *err)
{
	struct verify_report *report = &outcome->report;
	int rc = outcome->rc;

	if (rc < 0) {
		*err = outcome->err;
		return rc;
	}
	proof->report->commits += report->commits;
	for (size_t i = 0; rc == 0 && i < report->n_findings; i++)
		rc = proof_finding(proof, err, "%s", report->findings[i]);
	return rc < 0 ? rc
		      : proof_inbox_fits(proof, outcome->site, outcome->state,
					 err);
}

int proof_inboxes(struct proof *proof, struct proof_inboxes *all,
		  struct err *err)
{
	int rc = 0;

	work(all, proof);
	join(all);
	for (size_t i = 0; rc == 0 && i < all->n; i++)
		rc = tell(proof, &all->outcomes[i], err);
	return rc;
}
