/* parcel.c - one inbox commit: what a site is sent.
 *
 * tree: <origin>-<first seq>.msgpack, a batch each (the outbox's own blob where
 * all of it is in scope); verdicts.msgpack; signers where they are other than
 * before, so that sites which are sent the same share the tree. */
#include "sync/parcel.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/clock.h"
#include "sync/batch.h"
#include "sync/verdicts.h"

/* Where batches lay before the tree was flat. */
#define INBOX_FOLDER "changes"

enum { ORIGIN_DIGITS = 16 };

static const char SQL_SENT[] =
	"SELECT 1 FROM _scope WHERE site = ? AND key = ?";
static const char SQL_FLAGGED[] =
	"SELECT v.reason FROM _verdict v JOIN _origin o"
	" ON v.change = (o.id << 40 | ?2) WHERE o.origin = ?1 AND v.kind = 2";

struct packing {
	struct parcel *parcel;
	struct node *node;
	const struct parcel_order *order;
	struct tree_edit *edits;
	char **paths; /* owned; edits point into them */
	size_t n;
	struct oid_set blobs; /* in edits */
	struct names names;   /* of them */
	struct verdict *verdicts;
	size_t n_verdicts;
	size_t changes; /* packed */
	bool *sent;	/* cases of the intake at hand that the site has */
	size_t from;	/* first intake that is owed */
};

/* --- the shape of an inbox commit ---------------------------------------- */

int parcel_files(struct buf *raw, struct repository *repository,
		 const struct commit *commit, struct err *err)
{
	struct oid tree = commit->tree;
	struct oid folder;
	int rc = repository_find(&folder, repository, &tree, INBOX_FOLDER, err);

	if (rc == 0)
		tree = folder;
	if (rc == 0 || rc == ERR_MISSING)
		rc = repository_read(raw, repository, &tree, OBJECT_TREE, err);
	return rc;
}

bool parcel_is_batch(const struct tree_entry *entry)
{
	return !entry->is_tree && entry->name_len > ORIGIN_DIGITS &&
	       strspn(entry->name, "0123456789abcdef") == ORIGIN_DIGITS &&
	       entry->name[ORIGIN_DIGITS] == '-';
}

int parcel_signers(struct oid *blob, struct repository *repository,
		   const struct commit *commit, struct err *err)
{
	int rc;

	if (commit_trailer_oid(blob, commit, "Signers"))
		return 0;
	rc = repository_find(blob, repository, &commit->tree, LEDGER_SIGNERS,
			     err);
	return rc == ERR_MISSING ? (err->code = ERR_CORRUPT) : rc;
}

/* --- making one ---------------------------------------------------------- */

static void packing_release(struct packing *packing)
{
	for (size_t i = 0; i < packing->n; i++)
		free(packing->paths[i]);
	free(packing->paths);
	free(packing->edits);
	oid_set_release(&packing->blobs);
	names_release(&packing->names);
	free(packing->verdicts);
	free(packing->sent);
}

/* --- scope --------------------------------------------------------------- */

int parcel_assigned(struct keys *out, struct replica *replica, const char *key,
		    const char *site, struct err *err)
{
	const struct entity *assignment = replica_schema(replica)->assignment;
	const char *case_column = assignment->keys[0];
	const char *site_column = assignment->keys[assignment->owner_key];
	struct buf sql = BUF_INIT;
	sqlite3_stmt *stmt = NULL;
	int rc;

	buf_addf(&sql,
		 "SELECT \"%s\" FROM \"%s\" WHERE \"%s\" = ?1"
		 " AND void IS NOT 1",
		 key != NULL ? site_column : case_column, assignment->name,
		 key != NULL ? case_column : site_column);
	rc = buf_check(&sql, err);
	if (rc == 0)
		rc = db_prepare(&stmt, replica_db(replica), buf_text(&sql),
				err);
	if (rc == 0)
		db_bind_text(stmt, 1, key != NULL ? key : site);
	while (rc == 0 && (rc = db_step(replica_db(replica), stmt, err)) > 0)
		rc = keys_add(out, db_text(stmt, 0), strlen(db_text(stmt, 0)),
			      err);
	sqlite3_finalize(stmt);
	buf_release(&sql);
	return rc;
}

static bool was_sent(struct packing *packing, const char *key, size_t len)
{
	struct db *db = replica_db(packing->node->replica);
	sqlite3_stmt *stmt;
	struct err ignored;
	bool sent;

	if (db_stmt(&stmt, db, SQL_SENT, &ignored) < 0)
		return false;
	db_bind_text(stmt, 1, packing->order->site);
	db_bind_bytes(stmt, 2, key, len);
	sent = db_step(db, stmt, &ignored) > 0;
	sqlite3_reset(stmt);
	return sent;
}

/* --- batches ------------------------------------------------------------- */

static int add_edit(struct packing *packing, const char *path,
		    const struct oid *blob, struct err *err)
{
	struct tree_edit *edits =
		realloc(packing->edits, (packing->n + 1) * sizeof(*edits));
	char **paths;

	if (edits == NULL)
		return err_nomem(err);
	packing->edits = edits;
	paths = realloc(packing->paths, (packing->n + 1) * sizeof(*paths));
	if (paths == NULL)
		return err_nomem(err);
	packing->paths = paths;
	paths[packing->n] = strdup(path);
	if (paths[packing->n] == NULL)
		return err_nomem(err);
	edits[packing->n].path = paths[packing->n];
	edits[packing->n].oid = *blob;
	packing->n++;
	return 0;
}

/* A batch under its first change's name; `-2` and so on where a snapshot
 * repeats what travels anyway. The same bytes travel once. */
static int add_blob(struct packing *packing, struct change_id first,
		    const struct oid *blob, struct err *err)
{
	char origin[17];
	char path[128];
	size_t known = packing->names.n;
	int is_new = oid_set_add(&packing->blobs, blob);
	int n;
	int rc;

	if (is_new <= 0)
		return is_new < 0 ? err_nomem(err) : 0;
	change_origin_format(origin, first.origin);
	n = snprintf(path, sizeof(path), "%s-%" PRIu64, origin, first.seq);
	snprintf(path + n, sizeof(path) - (size_t)n, ".msgpack");
	rc = names_add(NULL, &packing->names, path, strlen(path), err);
	for (int i = 2; rc == 0 && packing->names.n == known; i++) {
		snprintf(path + n, sizeof(path) - (size_t)n, "-%d.msgpack", i);
		rc = names_add(NULL, &packing->names, path, strlen(path), err);
	}
	return rc < 0 ? rc : add_edit(packing, path, blob, err);
}

/* Half of a batch, by position. */
struct half {
	const struct change *from;
	const struct change *to;
};

static bool in_half(const struct change *change, void *ctx)
{
	const struct half *half = ctx;

	return change >= half->from && change < half->to;
}

/* Encodes changes [from, to) of a batch, in as many parts as limits need. */
static int add_part(struct packing *packing, const struct batch *batch,
		    size_t from, size_t to, struct err *err)
{
	struct half half = {batch->changes + from, batch->changes + to};
	struct buf bytes = BUF_INIT;
	struct oid blob;
	int rc = batch_encode_some(&bytes, batch, in_half, &half, NULL, err);

	if (rc == ERR_INPUT && to - from > 1) {
		size_t middle = from + (to - from) / 2;

		buf_release(&bytes);
		rc = add_part(packing, batch, from, middle, err);
		return rc < 0 ? rc : add_part(packing, batch, middle, to, err);
	}
	if (rc == 0)
		rc = repository_write(&blob, packing->node->repository,
				      OBJECT_BLOB, buf_text(&bytes), bytes.len,
				      err);
	if (rc == 0)
		rc = add_blob(packing, half.from->id, &blob, err);
	packing->changes += to - from;
	buf_release(&bytes);
	return rc;
}

/* --- verdicts ------------------------------------------------------------ */

static int add_verdict(struct packing *packing, const struct verdict *verdict,
		       struct err *err)
{
	struct verdict *grown;

	for (size_t i = 0; i < packing->n_verdicts; i++)
		if (change_id_equal(packing->verdicts[i].id, verdict->id))
			return 0;
	grown = realloc(packing->verdicts,
			(packing->n_verdicts + 1) * sizeof(*grown));
	if (grown == NULL)
		return err_nomem(err);
	packing->verdicts = grown;
	grown[packing->n_verdicts++] = *verdict;
	return 0;
}

/* A snapshot's changes keep the flags they got when they were merged. */
static int add_flags(struct packing *packing, const struct batch *batch,
		     struct err *err)
{
	struct db *db = replica_db(packing->node->replica);
	sqlite3_stmt *stmt;
	int rc = db_stmt(&stmt, db, SQL_FLAGGED, err);

	for (size_t i = 0; rc >= 0 && i < batch->n_changes; i++) {
		struct verdict verdict = {.id = batch->changes[i].id,
					  .kind = VERDICT_CLOCK_AHEAD};

		db_bind_int(stmt, 1, (int64_t)verdict.id.origin);
		db_bind_int(stmt, 2, (int64_t)verdict.id.seq);
		rc = db_step(db, stmt, err);
		if (rc > 0) {
			snprintf(verdict.reason, sizeof(verdict.reason), "%s",
				 db_text(stmt, 0));
			rc = add_verdict(packing, &verdict, err);
		}
		sqlite3_reset(stmt);
	}
	return rc;
}

/* --- what is new to a site that has seen the rest ------------------------ */

struct sieve {
	struct packing *packing;
	const struct intake *intake;
	int rc;
	struct err *err;
};

/* (D2) Refused values go back to their writer only. */
static bool may_see(const struct change *change, void *ctx)
{
	struct sieve *sieve = ctx;
	const struct entity *entity = schema_entity(
		replica_schema(sieve->packing->node->replica), change->entity);
	const struct verdict *verdict =
		intake_verdict(sieve->intake, change->id);
	const char *key;
	size_t len;
	bool see;

	if (entity == NULL ||
	    (verdict != NULL && verdict->kind == VERDICT_REFUSED))
		see = false;
	else if (entity->scope == SCOPE_ALL)
		see = !oid_is_zero(&sieve->packing->order->base);
	else
		see = entity_case(entity, change->row, change->row_len, &key,
				  &len) &&
		      was_sent(sieve->packing, key, len);
	if (see && verdict != NULL && sieve->rc == 0)
		sieve->rc = add_verdict(sieve->packing, verdict, sieve->err);
	return see;
}

/* Which cases of the intake the site has been sent. */
static int ask_sent(struct packing *packing, const struct intake *intake,
		    struct err *err)
{
	free(packing->sent);
	packing->sent = calloc(intake->cases.n + 1, sizeof(bool));
	if (packing->sent == NULL)
		return err_nomem(err);
	for (size_t i = 0; i < intake->cases.n; i++) {
		const char *key = intake->cases.items[i];

		packing->sent[i] = was_sent(packing, key, strlen(key));
	}
	return 0;
}

enum part { PART_NONE, PART_SOME, PART_ALL };

/* How much of a commit the site sees, by the facts about it. */
static enum part part_of(const struct packing *packing,
			 const struct intake *intake,
			 const struct intake_commit *commit)
{
	bool first = oid_is_zero(&packing->order->base);
	bool some = commit->everybody && !first;
	bool all = !commit->withheld && !(commit->everybody && first);
	size_t n = 0;
	struct verdict *const *verdicts;

	if (strcmp(commit->site, packing->order->site) == 0)
		return PART_ALL;
	for (size_t i = 0; i < commit->n_cases; i++) {
		bool sent =
			packing->sent[intake->of_commits[commit->cases + i]];

		some |= sent;
		all &= sent;
	}
	verdicts = intake_verdicts_on(&n, intake, commit);
	for (size_t i = 0; i < n; i++)
		all &= verdicts[i]->kind != VERDICT_REFUSED;
	return !some ? PART_NONE : all ? PART_ALL : PART_SOME;
}

/* The whole batch is the outbox's own blob. */
static int add_whole(struct packing *packing, const struct intake *intake,
		     const struct intake_commit *commit, struct err *err)
{
	struct change_id first = {commit->origin, commit->first};
	size_t n = 0;
	struct verdict *const *verdicts =
		intake_verdicts_on(&n, intake, commit);
	int rc = add_blob(packing, first, &commit->blob, err);

	for (size_t i = 0; rc == 0 && i < n; i++)
		rc = add_verdict(packing, verdicts[i], err);
	packing->changes += (size_t)(commit->last + 1 - commit->first);
	return rc;
}

static int read_batch(struct batch **out, struct buf *bytes,
		      struct packing *packing, const struct oid *blob,
		      struct err *err)
{
	int rc = repository_read(bytes, packing->node->repository, blob,
				 OBJECT_BLOB, err);

	return rc < 0 ? rc
		      : batch_decode(out, buf_text(bytes), bytes->len, err);
}

static int add_some(struct packing *packing, const struct intake *intake,
		    const struct intake_commit *commit, struct err *err)
{
	struct sieve sieve = {.packing = packing, .intake = intake, .err = err};
	struct buf whole = BUF_INIT;
	struct buf bytes = BUF_INIT;
	struct batch *batch = NULL;
	const struct change *first = NULL;
	struct oid blob = commit->blob;
	size_t kept = 0;
	int rc = read_batch(&batch, &whole, packing, &blob, err);

	if (rc == 0)
		rc = batch_encode_some(&bytes, batch, may_see, &sieve, &kept,
				       err);
	if (rc == 0)
		rc = sieve.rc;
	for (size_t i = 0; kept > 0 && first == NULL; i++)
		if (may_see(&batch->changes[i], &sieve))
			first = &batch->changes[i];
	if (rc == 0 && kept > 0 && kept < batch->n_changes)
		rc = repository_write(&blob, packing->node->repository,
				      OBJECT_BLOB, buf_text(&bytes), bytes.len,
				      err);
	if (rc == 0 && kept > 0)
		rc = add_blob(packing, first->id, &blob, err);
	packing->changes += kept;
	batch_free(batch);
	buf_release(&bytes);
	buf_release(&whole);
	return rc;
}

/* Intakes before `from` are in the inbox already, as its tip says. */
static int find_start(struct packing *packing, struct err *err)
{
	const struct parcel_order *order = packing->order;
	struct commit tip;
	struct oid main_oid;
	int rc;

	if (oid_is_zero(&order->base))
		return 0;
	rc = commit_read(&tip, packing->node->repository, &order->base, err);
	if (rc < 0)
		return rc;
	if (commit_trailer_oid(&main_oid, &tip, "Main"))
		for (size_t i = 0; i < order->n_intakes; i++)
			if (oid_equal(&order->intakes[i]->id, &main_oid))
				packing->from = i + 1;
	commit_release(&tip);
	return 0;
}

static int add_intake(struct packing *packing, const struct intake *intake,
		      struct err *err)
{
	int rc = ask_sent(packing, intake, err);

	for (size_t i = 0; rc == 0 && i < intake->n; i++) {
		const struct intake_commit *commit = &intake->commits[i];
		enum part part = part_of(packing, intake, commit);

		if (part == PART_ALL)
			rc = add_whole(packing, intake, commit, err);
		else if (part == PART_SOME)
			rc = add_some(packing, intake, commit, err);
	}
	return rc;
}

static int add_news(struct packing *packing, struct err *err)
{
	const struct parcel_order *order = packing->order;
	int rc = 0;

	for (size_t i = packing->from; rc == 0 && i < order->n_intakes; i++)
		rc = add_intake(packing, order->intakes[i], err);
	return rc;
}

/* --- what is new as a whole ---------------------------------------------- */

typedef int batches_fn(struct batch ***out, size_t *n, struct replica *replica,
		       const char *key, struct err *err);

static int add_batches(struct packing *packing, batches_fn *get,
		       const char *key, struct err *err)
{
	struct batch **batches = NULL;
	size_t n = 0;
	int rc = get(&batches, &n, packing->node->replica, key, err);

	for (size_t i = 0; rc == 0 && i < n; i++) {
		rc = add_flags(packing, batches[i], err);
		if (rc == 0)
			rc = add_part(packing, batches[i], 0,
				      batches[i]->n_changes, err);
	}
	for (size_t i = 0; i < n; i++)
		batch_free(batches[i]);
	free(batches);
	return rc;
}

/* A case that the intakes touched: new to the site, its still, or no more. */
static int add_case(struct packing *packing, const char *key,
		    const struct keys *assigned, struct err *err)
{
	size_t len = strlen(key);
	bool is_assigned = keys_has(assigned, key, len);
	bool sent = was_sent(packing, key, len);
	int rc = 0;

	if (is_assigned && !sent) {
		rc = keys_add(&packing->parcel->add, key, len, err);
		if (rc == 0)
			rc = add_batches(packing, change_log_snapshot, key,
					 err);
	} else if (sent) {
		/* A late change may dispute what this site was never sent. */
		rc = add_batches(packing, change_log_disputed, key, err);
		if (rc == 0 && !is_assigned)
			rc = keys_add(&packing->parcel->end, key, len, err);
	}
	return rc;
}

static int add_cases(struct packing *packing, struct err *err)
{
	const struct parcel_order *order = packing->order;
	struct keys touched = {NULL, 0, 0};
	struct keys assigned = {NULL, 0, 0};
	int rc = parcel_assigned(&assigned, packing->node->replica, NULL,
				 order->site, err);

	for (size_t i = packing->from; rc == 0 && i < order->n_intakes; i++) {
		const struct names *cases = &order->intakes[i]->cases;

		for (size_t j = 0; rc == 0 && j < cases->n; j++)
			rc = keys_add(&touched, cases->items[j],
				      strlen(cases->items[j]), err);
	}
	if (rc == 0 && oid_is_zero(&order->base)) {
		rc = add_batches(packing, change_log_snapshot, NULL, err);
		for (size_t i = 0; rc == 0 && i < assigned.n; i++)
			rc = keys_add(&touched, assigned.items[i],
				      strlen(assigned.items[i]), err);
	}
	for (size_t i = 0; rc == 0 && i < touched.n; i++)
		rc = add_case(packing, touched.items[i], &assigned, err);
	keys_release(&touched);
	keys_release(&assigned);
	return rc;
}

/* --- the commit ---------------------------------------------------------- */

/* The office's keys as they are now, to check inboxes by, and the site's own,
 * so that each of its nodes sees whether it is enrolled. */
static int site_signers(struct oid *blob, struct node *node, const char *site,
			struct err *err)
{
	struct signers signers = {NULL, 0};
	struct buf text = BUF_INIT;
	int rc = signers_load(&signers, node->replica, err);

	signers_render(&text, &signers, REPLICA_OFFICE);
	signers_render(&text, &signers, site);
	if (rc == 0)
		rc = buf_check(&text, err);
	if (rc == 0)
		rc = repository_write(blob, node->repository, OBJECT_BLOB,
				      buf_text(&text), text.len, err);
	buf_release(&text);
	signers_release(&signers);
	return rc;
}

static int add_verdict_file(struct packing *packing, struct err *err)
{
	struct buf bytes = BUF_INIT;
	struct oid blob;
	int rc;

	if (packing->n_verdicts == 0)
		return 0;
	rc = verdicts_encode(&bytes, packing->verdicts, packing->n_verdicts,
			     err);
	if (rc == 0)
		rc = repository_write(&blob, packing->node->repository,
				      OBJECT_BLOB, buf_text(&bytes), bytes.len,
				      err);
	if (rc == 0)
		rc = add_edit(packing, LEDGER_VERDICTS, &blob, err);
	buf_release(&bytes);
	return rc;
}

/* The signers that the site goes by, as the inbox states them; and whether
 * they know this node's key: another one the site would not believe. */
static int read_base(bool *known, struct oid *blob, struct node *node,
		     const struct oid *base, struct err *err)
{
	struct signers signers = {NULL, 0};
	struct buf text = BUF_INIT;
	struct commit commit;
	int rc;

	*known = true;
	*blob = (struct oid){{0}};
	if (oid_is_zero(base))
		return 0;
	rc = commit_read(&commit, node->repository, base, err);
	if (rc == 0)
		rc = parcel_signers(blob, node->repository, &commit, err);
	if (rc == 0)
		rc = repository_read(&text, node->repository, blob, OBJECT_BLOB,
				     err);
	if (rc == 0)
		rc = signers_parse(&signers, &text, err);
	*known = signers_allow(&signers, REPLICA_OFFICE, node->key.public_key,
			       (int64_t)(clock_now_ms() / 1000));
	signers_release(&signers);
	buf_release(&text);
	commit_release(&commit);
	return rc;
}

static int make_message(struct buf *out, const struct packing *packing,
			const struct oid *main_oid, const struct oid *signers,
			struct err *err)
{
	const struct parcel *parcel = packing->parcel;
	char hex[OID_TEXT];
	int rc;

	buf_adds(out, "送达 ");
	rc = node_site_name(out, packing->node->replica, parcel->site, err);
	buf_addf(out, ": %zu 项", packing->changes);
	if (parcel->add.n > 0)
		buf_addf(out, ", 新交办 %zu 件", parcel->add.n);
	if (parcel->end.n > 0)
		buf_addf(out, ", 撤回 %zu 件", parcel->end.n);
	buf_adds(out, "\n\n");
	commit_add_trailer(out, "Site", parcel->site);
	oid_format(hex, main_oid);
	commit_add_trailer(out, "Main", hex);
	oid_format(hex, signers);
	commit_add_trailer(out, "Signers", hex);
	for (size_t i = 0; i < parcel->add.n; i++)
		commit_add_trailer(out, "Case", parcel->add.items[i]);
	for (size_t i = 0; i < parcel->end.n; i++)
		commit_add_trailer(out, "Release", parcel->end.items[i]);
	return rc < 0 ? rc : buf_check(out, err);
}

static int write_commit(struct packing *packing, const struct oid *main_oid,
			const struct oid *signers, struct err *err)
{
	struct node *node = packing->node;
	struct buf name = BUF_INIT;
	struct buf email = BUF_INIT;
	struct buf message = BUF_INIT;
	struct commit_draft draft = {
		.parents = &packing->order->base,
		.n_parents = !oid_is_zero(&packing->order->base),
	};
	char origin[17];
	int rc = repository_edit_tree(&draft.tree, node->repository, NULL,
				      packing->edits, packing->n, err);

	if (rc == 0)
		rc = node_site_name(&name, node->replica, REPLICA_OFFICE, err);
	if (rc == 0)
		rc = make_message(&message, packing, main_oid, signers, err);
	change_origin_format(origin, replica_origin(node->replica));
	buf_addf(&email, "%s@%s", origin, REPLICA_OFFICE);
	draft.author = (struct commit_ident){buf_text(&name), buf_text(&email),
					     (int64_t)(clock_now_ms() / 1000)};
	draft.committer = draft.author;
	draft.message = buf_text(&message);
	if (rc == 0)
		rc = commit_write(&packing->parcel->tip, node->repository,
				  &draft, &node->key, err);
	buf_release(&message);
	buf_release(&email);
	buf_release(&name);
	return rc;
}

/* Whether there is anything to tell: content, a release, other keys of the
 * office; and a new inbox is made even where there is nothing to put into it:
 * it tells the site that it is enrolled. */
static bool is_owed(const struct packing *packing, const struct oid *before,
		    const struct oid *now)
{
	return packing->n > 0 || packing->n_verdicts > 0 ||
	       packing->parcel->end.n > 0 || !oid_equal(before, now);
}

int parcel_make(struct parcel *parcel, bool *left, struct node *node,
		const struct parcel_order *order, struct err *err)
{
	struct packing packing = {
		.parcel = parcel, .node = node, .order = order};
	struct oid main_oid;
	struct oid before;
	struct oid signers;
	bool known;
	int rc = node_get_oid(&main_oid, node->replica, NODE_MAIN, err);

	if (rc < 0 || oid_is_zero(&main_oid))
		return rc;
	rc = read_base(&known, &before, node, &order->base, err);
	if (rc == 0 && !known) {
		*left = true;
		return 0;
	}
	if (rc == 0)
		rc = find_start(&packing, err);
	if (rc == 0)
		rc = add_news(&packing, err);
	if (rc == 0)
		rc = add_cases(&packing, err);
	if (rc == 0)
		rc = site_signers(&signers, node, order->site, err);
	if (rc == 0 && is_owed(&packing, &before, &signers)) {
		if (!oid_equal(&before, &signers))
			rc = add_edit(&packing, LEDGER_SIGNERS, &signers, err);
		if (rc == 0)
			rc = add_verdict_file(&packing, err);
		if (rc == 0)
			rc = write_commit(&packing, &main_oid, &signers, err);
	}
	packing_release(&packing);
	return rc;
}
