/* ledger_merge.c - main as it is made: outboxes are taken in, judged, and
 * rendered. Knows main and outboxes; never inboxes, never the hub. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/merge/judge.h"
#include "sync/office/aside.h"
#include "sync/office/ledger.h"
#include "sync/git/refs.h"
#include "sync/register/register.h"
#include "sync/register/register_conflicts.h"
#include "sync/wire/verdicts.h"

enum { SUBJECT_SITES = 4, BODY_LINES = 200 };

static const char CLOCK_AHEAD[] = "the clock was ahead";

/* --- judging ------------------------------------------------------------- */

/* Whether `change` is among the intake's verdicts from *at on, which are in
 * the order of its batch. */
static bool judged(const struct intake *intake, size_t *at,
		   const struct change *change)
{
	const struct verdict *verdicts = intake->verdicts;

	while (*at < intake->n_verdicts &&
	       verdicts[*at].id.seq < change->id.seq)
		++*at;
	return *at < intake->n_verdicts &&
	       verdicts[*at].id.seq == change->id.seq;
}

/* One change that was known before. As apply.c judges: refused, or ahead. */
static int judge_one(struct intake *intake, struct judge *judge,
		     struct apply_result *result, const struct change *change,
		     uint64_t limit, struct err *err)
{
	struct verdict verdict = {.id = change->id, .kind = VERDICT_REFUSED};
	const char *why;
	int rc;

	rc = judge_change(&why, judge, change, err);
	if (why == NULL && change->clock > limit) {
		verdict.kind = VERDICT_CLOCK_AHEAD;
		why = CLOCK_AHEAD;
	}
	if (rc < 0 || why == NULL)
		return rc;
	snprintf(verdict.reason, sizeof(verdict.reason), "%s", why);
	rc = apply_verdicts(judge->replica, &verdict, 1, result, err);
	return rc < 0 ? rc : intake_judged(intake, &verdict, 1, err);
}

/* The replica that made a change has applied it long ago, unjudged. */
static int judge_known(struct intake *intake, struct apply_result *result,
		       struct replica *replica, const struct batch *batch,
		       uint64_t now, struct err *err)
{
	uint64_t limit = now + clock_stamp(CLOCK_TOLERANCE_MS);
	size_t at = intake->n_verdicts - result->n_verdicts;
	struct judge judge;
	int rc = judge_init(&judge, replica, batch, err);

	for (size_t i = 0; rc == 0 && i < batch->n_changes; i++)
		if (!judged(intake, &at, &batch->changes[i])) /* else new */
			rc = judge_one(intake, &judge, result,
				       &batch->changes[i], limit, err);
	return rc;
}

int ledger_apply(struct intake *intake, struct replica *replica,
		 const struct batch *batch, int64_t time, size_t *applied,
		 struct err *err)
{
	const struct apply_options options = {
		.authorise = true,
		.gapless = true,
		.now = clock_stamp((uint64_t)time * 1000),
	};
	struct apply_result result = {0};
	int rc = apply_batch(replica, batch, &options, &result, err);

	if (rc == 0)
		rc = intake_judged(intake, result.verdicts, result.n_verdicts,
				   err);
	if (rc == 0 && result.duplicate > 0)
		rc = judge_known(intake, &result, replica, batch, options.now,
				 err);
	*applied = result.applied;
	apply_result_release(&result);
	return rc;
}

/* --- taking in ----------------------------------------------------------- */

struct taking {
	struct intake *intake;
	struct node *node;
	struct signers signers;
	const struct run *run;
};

/* Takes one good commit in: savepoint, so that a bad one leaves no trace.
 * ERR_CORRUPT, ERR_INPUT: it is bad. */
static int take_commit(struct taking *taking, struct outbox_entry *entry,
		       struct err *err)
{
	struct replica *replica = taking->node->replica;
	struct db *db = replica_db(replica);
	size_t n_verdicts = taking->intake->n_verdicts;
	size_t applied = 0;
	int rc = db_exec(db, "SAVEPOINT take", err);

	if (rc < 0)
		return rc;
	rc = ledger_apply(taking->intake, replica, entry->batch,
			  taking->intake->time, &applied, err);
	/* This node's own, too: its repository may have been changed. */
	if (rc == 0)
		rc = outbox_check_register(taking->node->repository, replica,
					   entry, err);
	if (rc < 0) {
		struct err ignored;

		taking->intake->n_verdicts = n_verdicts;
		db_exec(db, "ROLLBACK TO take; RELEASE take", &ignored);
		replica_refresh(taking->node->replica, &ignored);
		return rc;
	}
	taking->run->report->received += applied;
	taking->run->report->merged += entry->batch->n_changes;
	return db_exec(db, "RELEASE take", err);
}

static int reload_signers(struct taking *taking, struct err *err)
{
	signers_release(&taking->signers);
	return signers_load(&taking->signers, taking->node->replica, err);
}

/* What a ref's next commit must be. */
struct expected {
	char site[REF_SITE_MAX + 1];
	uint64_t origin;
	uint64_t next; /* seq */
	uint64_t last; /* seq its outbox claims to end with; 0: not known */
};

/* A key that ended is told apart from one that never was. */
static int check_signer(const struct taking *taking,
			const struct expected *expected,
			const struct outbox_entry *entry, struct err *err)
{
	int64_t time = taking->intake->time;
	const struct signer *signer =
		signers_find(&taking->signers, expected->site, entry->signer);
	char fingerprint[KEY_FINGERPRINT];
	char until[SIGNER_TIME];

	if (signers_allow(&taking->signers, expected->site, entry->signer,
			  time))
		return 0;
	if (signer == NULL || !signer_ended(signer, time))
		return err_set(err, ERR_CORRUPT,
			       "signed with a key that is not enrolled for "
			       "%s",
			       expected->site);
	key_fingerprint(fingerprint, entry->signer);
	signer_show_time(until, signer->until);
	return err_set(err, ERR_CORRUPT,
		       LEDGER_ENDED "%s: " LEDGER_ENDED_KEY "%.16s", until,
		       fingerprint);
}

static int check_entry(struct taking *taking, const struct expected *expected,
		       const struct outbox_entry *entry, struct err *err)
{
	if (strcmp(entry->batch->site, expected->site) != 0 ||
	    entry->batch->origin != expected->origin)
		return err_set(err, ERR_CORRUPT,
			       "a batch of %s in an outbox of %s",
			       entry->batch->site, expected->site);
	if (outbox_first(entry) != expected->next)
		return err_set(err, ERR_CORRUPT,
			       "changes %" PRIu64 " follow where %" PRIu64
			       " should",
			       outbox_first(entry), expected->next);
	return check_signer(taking, expected, entry, err);
}

/* How much waits is what the outbox itself says. Its site is told. */
static int say_set_aside(const struct taking *taking,
			 const struct expected *expected, const char *ref,
			 const struct oid *stops, struct err *err)
{
	struct err why = *err;
	int rc = aside_note(taking->node->replica, expected->site,
			    expected->origin, stops, why.text, err);

	if (rc < 0)
		return rc;
	*err = why;
	if (expected->last < expected->next)
		return run_detail(taking->run, SYNC_QUARANTINED, err, "%s: %s",
				  ref, err->text);
	return run_detail(taking->run, SYNC_QUARANTINED, err,
			  "%s: %s (%" PRIu64 " changes wait)", ref, err->text,
			  expected->last - expected->next + 1);
}

/* Enters a commit that was applied, in facts. */
static int enter(struct taking *taking, const struct outbox_entry *entry,
		 struct err *err)
{
	const struct schema *schema = replica_schema(taking->node->replica);
	const struct commit *commit = &entry->commit;
	struct intake *intake = taking->intake;
	const struct intake_commit facts = {.id = commit->id,
					    .site = entry->batch->site,
					    .origin = entry->batch->origin,
					    .first = outbox_first(entry),
					    .last = outbox_last(entry)};
	bool before = intake->signers;
	int rc;

	if (intake->n < BODY_LINES)
		buf_addf(&intake->lines, "%s: %.*s\n", commit->author,
			 (int)strcspn(commit->message, "\n"), commit->message);
	intake->signers = false;
	rc = intake_add(intake, &facts, err);
	if (rc == 0)
		rc = intake_note(intake, intake->n - 1, entry, schema, err);
	if (rc == 0 && intake->signers)
		rc = reload_signers(taking, err);
	intake->signers |= before;
	return rc;
}

/* 1 taken, 0 bad: said and quarantined. */
static int take_one(struct taking *taking, struct expected *expected,
		    const struct oid *oid, const char *ref, struct err *err)
{
	struct outbox_entry entry;
	int rc = outbox_read(&entry, taking->node->repository, oid, err);

	if (rc < 0)
		entry.batch = NULL;
	if (rc == 0)
		rc = check_entry(taking, expected, &entry, err);
	if (rc == 0)
		rc = take_commit(taking, &entry, err);
	if (rc == ERR_CORRUPT || rc == ERR_INPUT || rc == ERR_MISSING) {
		rc = say_set_aside(taking, expected, ref, oid, err);
	} else if (rc == 0) {
		expected->next = outbox_last(&entry) + 1;
		rc = enter(taking, &entry, err);
		rc = rc < 0 ? rc : 1;
	}
	outbox_entry_release(&entry);
	return rc;
}

static int load_taken(struct oid *tip, struct expected *expected,
		      struct node *node, struct err *err)
{
	struct commit commit;
	int rc = ledger_taken(tip, node->replica, expected->site,
			      expected->origin, err);

	expected->next = 1;
	if (rc < 0 || oid_is_zero(tip))
		return rc;
	rc = commit_read(&commit, node->repository, tip, err);
	if (rc == 0)
		expected->next = outbox_trailer_last(&commit) + 1;
	commit_release(&commit);
	return rc;
}

/* Whether a ref's tip is signed with a key of its site. */
static bool is_own_hand(struct taking *taking, const char *site,
			const struct oid *tip)
{
	uint8_t signer[CRYPTO_PUBLIC_SIZE];
	struct commit commit;
	struct err ignored;
	bool own;

	if (commit_read(&commit, taking->node->repository, tip, &ignored) < 0)
		return false;
	own = commit_signer(signer, &commit, &ignored) == 0 &&
	      signers_allow(&taking->signers, site, signer, commit.time);
	commit_release(&commit);
	return own;
}

/* A ref that does not hold what was taken from it: 0 if it is only behind
 * (the hub was restored; its node pushes again), else quarantined. */
static int not_ahead(struct taking *taking, const struct ref *ref,
		     const char *site, const struct oid *taken, struct err *err)
{
	struct oid_list list = {NULL, 0, 0};
	int rc = outbox_chain(&list, taking->node->repository, taken, &ref->oid,
			      err);

	oid_list_release(&list);
	if (rc != ERR_MISSING)
		return rc;
	if (!is_own_hand(taking, site, &ref->oid))
		return run_detail(taking->run, SYNC_QUARANTINED, err,
				  "%s: its history was rewritten", ref->name);
	return run_detail(taking->run, SYNC_QUARANTINED, err,
			  "%s: its history was rewritten: by a copy of that "
			  "computer, or by itself after it was restored from "
			  "a backup; it keeps what it wrote, and sends it "
			  "under a new name once it has synced, or read a "
			  "whole file of the office's (bundle create --full "
			  "--for %s)",
			  ref->name, site);
}

static int end_section(struct intake *intake, const struct expected *expected,
		       uint64_t first, const struct oid *tip, struct err *err)
{
	char origin[17];

	change_origin_format(origin, expected->origin);
	buf_addf(&intake->trailers, "Outbox: %s/%s %" PRIu64 "-%" PRIu64 "\n",
		 expected->site, origin, first, expected->next - 1);
	if (!oid_list_add(&intake->tips, tip))
		return err_nomem(err);
	return buf_check(&intake->trailers, err);
}

static int take_chain(struct taking *taking, struct expected *expected,
		      const struct oid_list *chain, const char *ref,
		      struct err *err)
{
	uint64_t first = expected->next;
	struct commit tip;
	size_t good = 0;
	int rc = 1;

	expected->last = 0;
	if (chain->n > 0 &&
	    commit_read(&tip, taking->node->repository,
			&chain->items[chain->n - 1], err) == 0) {
		expected->last = outbox_trailer_last(&tip);
		commit_release(&tip);
	}
	while (rc > 0 && good < chain->n) {
		rc = take_one(taking, expected, &chain->items[good], ref, err);
		good += rc > 0;
	}
	if (rc >= 0 && good == chain->n)
		rc = aside_forget(taking->node->replica, expected->site,
				  expected->origin, err);
	if (rc >= 0 && good > 0)
		rc = end_section(taking->intake, expected, first,
				 &chain->items[good - 1], err);
	return rc < 0 ? rc : 0;
}

static int take_ref(struct taking *taking, const struct ref *ref,
		    struct err *err)
{
	struct expected expected;
	struct oid_list chain = {NULL, 0, 0};
	struct oid taken;
	int rc;

	expected.last = 0;
	if (!refs_parse_outbox(expected.site, &expected.origin, ref->name))
		return 0;
	rc = load_taken(&taken, &expected, taking->node, err);
	if (rc < 0 || oid_equal(&taken, &ref->oid))
		return rc;
	if (!signers_know(&taking->signers, expected.site))
		return run_detail(taking->run, SYNC_WAITING, err,
				  "%s: %s is not enrolled; what it sent "
				  "waits",
				  ref->name, expected.site);
	rc = outbox_chain(&chain, taking->node->repository, &ref->oid, &taken,
			  err);
	if (rc == 0)
		rc = take_chain(taking, &expected, &chain, ref->name, err);
	else if (rc == ERR_MISSING && !oid_is_zero(&taken))
		rc = not_ahead(taking, ref, expected.site, &taken, err);
	if (rc == ERR_CORRUPT || rc == ERR_MISSING)
		rc = say_set_aside(taking, &expected, ref->name, &ref->oid,
				   err);
	oid_list_release(&chain);
	return rc;
}

/* Main is recomputed by whoever verifies it, with the schema it names: what
 * this program would make of a newer one is something else. */
static int check_schema(struct node *node, struct err *err)
{
	uint32_t last = 1;
	uint32_t layout = 1;
	uint32_t own = replica_schema(node->replica)->version;
	int rc = ledger_schema(&last, node->replica, err);

	if (rc == 0)
		rc = ledger_layout(&layout, node->replica, err);
	if (rc == 0 && (last > own || layout > REGISTER_LAYOUT))
		own = 0;
	if (rc == 0 && (own == 0 || replica_newer(node->replica)))
		rc = err_set(err, ERR_INPUT,
			     "another node of the office merges with a newer "
			     "program; install it here too, then sync again");
	return rc;
}

int ledger_take(struct intake *intake, struct node *node,
		const struct ref_list *refs, const struct run *run,
		struct err *err)
{
	static const char office[] = REF_OUTBOX REPLICA_OFFICE "/";
	struct taking taking = {.intake = intake, .node = node, .run = run};
	size_t done = 0;
	int rc = signers_load(&taking.signers, node->replica, err);

	if (intake->time == 0)
		intake->time = (int64_t)(clock_now_ms() / 1000);
	intake->schema = replica_schema(node->replica)->version;
	intake->layout = REGISTER_LAYOUT;
	if (rc == 0)
		rc = check_schema(node, err);
	/* (L1) The office's first: it enrols, assigns, decides. */
	for (int pass = 0; pass < 2; pass++)
		for (size_t i = 0; rc == 0 && i < refs->n; i++) {
			const struct ref *ref = &refs->items[i];
			bool first =
				strncmp(ref->name, office, strlen(office)) == 0;

			if (first != (pass == 0))
				continue;
			run_progress(run, SYNC_STAGE_MERGE, done++, refs->n);
			rc = take_ref(&taking, ref, err);
		}
	signers_release(&taking.signers);
	if (rc == 0 && intake->n > 0)
		rc = ledger_touch(intake, node->replica, err);
	return rc;
}

/* --- the tree ------------------------------------------------------------ */

static int touch_case(const char *key, size_t len, void *ctx, struct err *err)
{
	struct intake *intake = ctx;

	return names_add(NULL, &intake->cases, key, len, err);
}

int ledger_touch(struct intake *intake, struct replica *replica,
		 struct err *err)
{
	const struct names *renamed = &intake->renamed;
	uint32_t before = 1;
	uint32_t layout = 1;
	bool all;
	int rc = ledger_schema(&before, replica, err);

	if (rc == 0)
		rc = ledger_layout(&layout, replica, err);
	/* Rules and labels of a newer schema may show in any document, and so
	 * does another layout. */
	all = intake->codes || intake->schema > before ||
	      intake->layout > layout;
	for (size_t i = 0; rc == 0 && !all && i < renamed->n; i++)
		rc = apply_cases_of(replica, renamed->items[i],
				    strlen(renamed->items[i]), touch_case,
				    intake, err);
	if (rc == 0 && all)
		rc = apply_cases_of(replica, NULL, 0, touch_case, intake, err);
	if (rc == 0 && all)
		rc = names_add(NULL, &intake->cases, REGISTER_SCHEMA,
			       strlen(REGISTER_SCHEMA), err);
	return rc < 0 ? rc : intake_sort_verdicts(intake, err);
}

struct edits {
	struct tree_edit *items;
	struct buf *paths;
	size_t n;
};

static int add_file(struct edits *edits, struct repository *repository,
		    const char *path, const struct buf *text, struct err *err)
{
	struct tree_edit *edit = &edits->items[edits->n];

	buf_adds(&edits->paths[edits->n], path);
	edit->path = buf_text(&edits->paths[edits->n]);
	edit->oid = (struct oid){{0}};
	edits->n++;
	if (text == NULL)
		return 0;
	return repository_write(&edit->oid, repository, OBJECT_BLOB,
				buf_text(text), text->len, err);
}

static int add_register(struct edits *edits, struct repository *repository,
			struct replica *replica, uint32_t layout,
			const char *key, struct err *err)
{
	struct buf path = BUF_INIT;
	struct buf text = BUF_INIT;
	int rc = register_path(&path, key, err);

	if (rc == 0)
		rc = register_render_as(&text, replica, layout, key, err);
	if (rc == 0)
		rc = add_file(edits, repository, buf_text(&path), &text, err);
	else if (rc == ERR_MISSING) /* all that was written was refused */
		rc = add_file(edits, repository, buf_text(&path), NULL, err);
	buf_release(&text);
	buf_release(&path);
	return rc;
}

static int add_signers(struct edits *edits, struct repository *repository,
		       struct replica *replica, struct err *err)
{
	struct signers signers = {NULL, 0};
	struct buf text = BUF_INIT;
	int rc = signers_load(&signers, replica, err);

	signers_render(&text, &signers, NULL);
	if (rc == 0)
		rc = add_file(edits, repository, LEDGER_SIGNERS, &text, err);
	buf_release(&text);
	signers_release(&signers);
	return rc;
}

static int add_verdict_file(struct edits *edits, struct repository *repository,
			    const struct intake *intake, struct err *err)
{
	struct buf bytes = BUF_INIT;
	int rc;

	if (intake->n_verdicts == 0)
		return add_file(edits, repository, LEDGER_VERDICTS, NULL, err);
	rc = verdicts_encode(&bytes, intake->verdicts, intake->n_verdicts, err);
	if (rc == 0)
		rc = add_file(edits, repository, LEDGER_VERDICTS, &bytes, err);
	buf_release(&bytes);
	return rc;
}

/* Documents that are to be written: of the cases that were touched, and of
 * those that contradict them. */
static int documents_of(struct keys *out, struct replica *replica,
			const struct names *touched, struct err *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < touched->n; i++)
		rc = keys_add(out, touched->items[i], strlen(touched->items[i]),
			      err);
	return rc < 0 ? rc : register_conflicts_reach(out, replica, err);
}

int ledger_tree(struct oid *out, struct repository *repository,
		struct replica *replica, const struct oid *base,
		const struct intake *intake, struct err *err)
{
	struct keys cases = {NULL, 0, 0};
	struct edits edits = {NULL, NULL, 0};
	int rc = documents_of(&cases, replica, &intake->cases, err);

	edits.items = calloc(cases.n + 2, sizeof(*edits.items));
	edits.paths = calloc(cases.n + 2, sizeof(*edits.paths));
	if (rc == 0 && (edits.items == NULL || edits.paths == NULL))
		rc = err_nomem(err);
	for (size_t i = 0; rc == 0 && i < cases.n; i++)
		rc = add_register(&edits, repository, replica, intake->layout,
				  cases.items[i], err);
	if (rc == 0 && intake->signers)
		rc = add_signers(&edits, repository, replica, err);
	if (rc == 0)
		rc = add_verdict_file(&edits, repository, intake, err);
	if (rc == 0)
		rc = repository_edit_tree(out, repository, base, edits.items,
					  edits.n, err);
	for (size_t i = 0; edits.paths != NULL && i < edits.n; i++)
		buf_release(&edits.paths[i]);
	free(edits.paths);
	free(edits.items);
	keys_release(&cases);
	return rc;
}

/* --- the commit ---------------------------------------------------------- */

static size_t count_changes(const struct intake *intake, const char *site)
{
	size_t n = 0;

	for (size_t i = 0; i < intake->n; i++)
		if (site == NULL || intake->commits[i].site == site)
			n += (size_t)(intake->commits[i].last + 1 -
				      intake->commits[i].first);
	return n;
}

/* `合并: 区教育局 3 项, 区人社局 2 项`. */
static int add_subject(struct buf *out, struct replica *replica,
		       const struct intake *intake, struct err *err)
{
	const char *sites[SUBJECT_SITES];
	size_t n = intake->sites.n;
	int rc = 0;

	buf_adds(out, "合并: ");
	if (n > SUBJECT_SITES) {
		buf_addf(out, "%zu 个单位 %zu 项\n\n", n,
			 count_changes(intake, NULL));
		return 0;
	}
	for (size_t i = 0; i < n; i++) {
		size_t at = i;

		for (; at > 0 &&
		       strcmp(sites[at - 1], intake->sites.items[i]) > 0;
		     at--)
			sites[at] = sites[at - 1];
		sites[at] = intake->sites.items[i];
	}
	for (size_t i = 0; rc == 0 && i < n; i++) {
		buf_adds(out, i > 0 ? ", " : "");
		rc = node_site_name(out, replica, sites[i], err);
		buf_addf(out, " %zu 项", count_changes(intake, sites[i]));
	}
	buf_adds(out, "\n\n");
	return rc;
}

static void add_body(struct buf *out, const struct intake *intake)
{
	char id[CHANGE_ID_TEXT];

	buf_add(out, buf_text(&intake->lines), intake->lines.len);
	if (intake->n > BODY_LINES)
		buf_addf(out, "… 另 %zu 次提交\n", intake->n - BODY_LINES);
	for (size_t i = 0; i < intake->n_verdicts && i < BODY_LINES; i++) {
		change_id_format(id, intake->verdicts[i].id);
		buf_addf(out, "%s %s: %s\n",
			 intake->verdicts[i].kind == VERDICT_REFUSED
				 ? "不予采纳"
				 : "时钟超前",
			 id, intake->verdicts[i].reason);
	}
	buf_addc(out, '\n');
}

/* Said where it is not simply the commit before. */
static void add_delivered(struct buf *out, const struct oid *previous,
			  const struct oid *delivered)
{
	char hex[OID_TEXT] = "-";

	if (oid_equal(delivered, previous))
		return;
	if (!oid_is_zero(delivered))
		oid_format(hex, delivered);
	commit_add_trailer(out, "Delivered", hex);
}

static int add_trailers(struct buf *out, struct replica *replica,
			const struct oid *previous, const struct intake *intake,
			struct err *err)
{
	struct oid delivered;
	int rc = node_get_oid(&delivered, replica, NODE_LAST_DELIVERED, err);

	if (rc == 0 && oid_is_zero(&delivered))
		rc = node_get_oid(&delivered, replica, NODE_DELIVERED, err);
	buf_adds(out, buf_text(&intake->trailers));
	if (rc == 0)
		add_delivered(out, previous, &delivered);
	buf_addf(out, "Schema: %" PRIu32 "\n", intake->schema);
	if (intake->layout > 1)
		buf_addf(out, "Layout: %" PRIu32 "\n", intake->layout);
	return rc;
}

static int write_main(struct intake *intake, struct node *node,
		      const struct oid *previous, const struct oid *tree,
		      struct err *err)
{
	struct replica *replica = node->replica;
	struct oid_list parents = {NULL, 0, 0};
	struct buf names = BUF_INIT;
	struct buf message = BUF_INIT;
	struct commit_draft draft = {.tree = *tree};
	int rc = node_sign_as_office(&draft, &names, node,
				     replica_author(replica), intake->time,
				     err);

	if (rc == 0)
		rc = add_subject(&message, replica, intake, err);
	add_body(&message, intake);
	if (rc == 0)
		rc = add_trailers(&message, replica, previous, intake, err);
	if (rc == 0 && !oid_is_zero(previous) &&
	    !oid_list_add(&parents, previous))
		rc = err_nomem(err);
	for (size_t i = 0; rc == 0 && i < intake->tips.n; i++)
		if (!oid_list_add(&parents, &intake->tips.items[i]))
			rc = err_nomem(err);
	draft.parents = parents.items;
	draft.n_parents = parents.n;
	draft.message = buf_text(&message);
	if (rc == 0)
		rc = buf_check(&message, err);
	if (rc == 0)
		rc = commit_write(&intake->id, node->repository, &draft,
				  &node->key, err);
	buf_release(&message);
	buf_release(&names);
	oid_list_release(&parents);
	return rc;
}

int ledger_commit(struct intake *intake, struct node *node, struct err *err)
{
	struct oid previous;
	struct oid tree = {{0}};
	struct commit before = {.n_parents = 0};
	int rc = node_get_oid(&previous, node->replica, NODE_MAIN, err);

	if (rc == 0 && !oid_is_zero(&previous))
		rc = commit_read(&before, node->repository, &previous, err);
	if (rc == 0)
		rc = ledger_tree(&tree, node->repository, node->replica,
				 &before.tree, intake, err);
	if (rc == 0)
		rc = write_main(intake, node, &previous, &tree, err);
	if (rc == 0)
		rc = ledger_note(node->replica, intake, err);
	commit_release(&before);
	return rc < 0 ? err_wrap(err, "merge") : 0;
}
