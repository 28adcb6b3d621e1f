/* parcel.c - one inbox commit: what a site is sent.
 *
 * tree: a sheet (sheet.h) of what is new to the site, and where they are other
 * than before `signers`, so that sites which are sent the same share the tree.
 * Now and then a commit after it with a sheet in `checkpoint/`, of all that the
 * site has now, as it stands, for nodes that begin there. */
#include "sync/office/parcel.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/merge/late.h"
#include "sync/wire/batch.h"
#include "sync/office/aside.h"
#include "sync/office/sheet.h"
#include "sync/office/vouch.h"

/* A checkpoint costs what the site has now. It is made when as much was sent
 * since the last one, so that all of them cost no more than what was sent; or
 * when a key is new, and somebody is about to begin. */
enum { CHECKPOINT_MIN = 512, CHECKPOINT_MIN_NEW_KEY = 64 };

static const char SQL_SENT[] = "SELECT key FROM _scope WHERE site = ?";
static const char SQL_WAS_SENT[] =
	"SELECT 1 FROM _scope WHERE site = ?1 AND key = ?2";

enum { FEW_CASES = 256 /* asked for one by one */ };

/* What the inbox says so far. */
struct standing {
	struct signers signers;
	struct oid signers_blob;
	struct oid main_oid;
	uint64_t since; /* changes sent after the last checkpoint */
	uint64_t size;	/* changes of that one */
};

struct packing {
	struct parcel *parcel;
	struct node *node;
	const struct parcel_order *order;
	struct standing before;
	struct sheet news;
	struct sheet checkpoint;
	struct keys assigned; /* cases the site has now, see load_scope */
	struct keys had;      /* cases it has been sent, likewise */
	size_t from;	      /* first intake that is owed */
	bool *sent;	   /* cases of the intake at hand that the site has */
	bool *late;	   /* those it has no more, but wrote to late */
	struct buf asides; /* trailers: what of its outboxes is set aside */
	bool new_key;
	bool lasting_key; /* this node's key signs what comes after, too */
};

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

static bool is_first(const struct packing *packing)
{
	return oid_is_zero(&packing->order->base);
}

static void packing_release(struct packing *packing)
{
	signers_release(&packing->before.signers);
	sheet_release(&packing->news);
	sheet_release(&packing->checkpoint);
	keys_release(&packing->assigned);
	keys_release(&packing->had);
	buf_release(&packing->asides);
	free(packing->sent);
	free(packing->late);
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
		rc = db_stmt_made(&stmt, replica_db(replica), buf_text(&sql),
				  err);
	if (rc == 0)
		db_bind_text(stmt, 1, key != NULL ? key : site);
	while (rc == 0 && (rc = db_step(replica_db(replica), stmt, err)) > 0)
		rc = keys_add(out, db_text(stmt, 0), strlen(db_text(stmt, 0)),
			      err);
	sqlite3_reset(stmt);
	buf_release(&sql);
	return rc;
}

static int is_assigned(bool *out, struct replica *replica, const char *key,
		       const char *site, struct err *err)
{
	const struct entity *assignment = replica_schema(replica)->assignment;
	struct buf sql = BUF_INIT;
	sqlite3_stmt *stmt = NULL;
	int rc;

	buf_addf(&sql,
		 "SELECT 1 FROM \"%s\" WHERE \"%s\" = ?1 AND \"%s\" = ?2"
		 " AND void IS NOT 1",
		 assignment->name, assignment->keys[0],
		 assignment->keys[assignment->owner_key]);
	rc = buf_check(&sql, err);
	if (rc == 0)
		rc = db_stmt_made(&stmt, replica_db(replica), buf_text(&sql),
				  err);
	if (rc == 0) {
		db_bind_text(stmt, 1, key);
		db_bind_text(stmt, 2, site);
		rc = db_step(replica_db(replica), stmt, err);
		*out = rc > 0;
	}
	sqlite3_reset(stmt);
	buf_release(&sql);
	return rc < 0 ? rc : 0;
}

/* One case, in `had` and in `assigned`. */
static int load_case(struct packing *packing, const char *key, struct err *err)
{
	struct replica *replica = packing->node->replica;
	const char *site = packing->order->site;
	sqlite3_stmt *stmt;
	bool assigned = false;
	int rc = db_stmt(&stmt, replica_db(replica), SQL_WAS_SENT, err);

	if (rc < 0)
		return rc;
	db_bind_text(stmt, 1, site);
	db_bind_text(stmt, 2, key);
	rc = db_step(replica_db(replica), stmt, err);
	sqlite3_reset(stmt);
	if (rc > 0)
		rc = keys_add(&packing->had, key, strlen(key), err);
	if (rc == 0)
		rc = is_assigned(&assigned, replica, key, site, err);
	if (rc == 0 && assigned)
		rc = keys_add(&packing->assigned, key, strlen(key), err);
	return rc;
}

static int load_all(struct packing *packing, struct err *err)
{
	struct replica *replica = packing->node->replica;
	struct db *db = replica_db(replica);
	sqlite3_stmt *stmt;
	int rc = db_stmt(&stmt, db, SQL_SENT, err);

	if (rc < 0)
		return rc;
	db_bind_text(stmt, 1, packing->order->site);
	while ((rc = db_step(db, stmt, err)) > 0) {
		rc = keys_add(&packing->had, db_text(stmt, 0),
			      strlen(db_text(stmt, 0)), err);
		if (rc < 0)
			break;
	}
	sqlite3_reset(stmt);
	return rc < 0 ? rc
		      : parcel_assigned(&packing->assigned, replica, NULL,
					packing->order->site, err);
}

/* Read once: it is asked for each case and each change that was taken in, and
 * for no other case, unless the site is sent something for the first time. */
static int load_scope(struct packing *packing, struct err *err)
{
	const struct parcel_order *order = packing->order;
	size_t n = 0;
	int rc = 0;

	for (size_t i = 0; i < order->n_intakes; i++)
		n += order->intakes[i]->cases.n;
	if (is_first(packing) || n > FEW_CASES)
		return load_all(packing, err);
	for (size_t i = 0; i < order->n_intakes; i++)
		for (size_t k = 0; rc == 0 && k < order->intakes[i]->cases.n;
		     k++)
			rc = load_case(packing,
				       order->intakes[i]->cases.items[k], err);
	return rc;
}

/* --- what is new to a site that has seen the rest ------------------------ */

struct sieve {
	struct packing *packing;
	const struct intake *intake;
	int rc;
	struct err *err;
};

/* What the office says to a late word of the site, in a row of its own: the
 * one thing that follows it after the case was taken away. */
static bool is_answer(const struct packing *packing,
		      const struct entity *entity, const struct change *change)
{
	const char *site = packing->order->site;
	char of[CHANGE_NAME_MAX + 1];
	struct err ignored;
	const char *owner;
	bool late = false;
	size_t len;

	if (!entity_owner(entity, change->row, change->row_len, &owner, &len) ||
	    strlen(site) != len || memcmp(site, owner, len) != 0)
		return false;
	if (late_is_voiding(change) &&
	    late_made(&late, packing->node->replica, change, &ignored) < 0)
		late = false;
	for (size_t i = 0; !late && i < change->n_bases; i++)
		late = late_is(&late, of, packing->node->replica,
			       change->bases[i], &ignored) == 0 &&
		       late && strcmp(of, site) == 0;
	return late;
}

/* (D2) Refused values go back to their writer only. */
static bool may_see(const struct change *change, void *ctx)
{
	struct sieve *sieve = ctx;
	struct packing *packing = sieve->packing;
	const struct entity *entity = schema_entity(
		replica_schema(packing->node->replica), change->entity);
	const struct verdict *verdict =
		intake_verdict(sieve->intake, change->id);
	const char *key;
	size_t len;
	bool see;

	if (entity == NULL ||
	    (verdict != NULL && verdict->kind == VERDICT_REFUSED))
		see = false;
	else if (entity->scope == SCOPE_ALL)
		see = !is_first(packing);
	else
		see = entity_case(entity, change->row, change->row_len, &key,
				  &len) &&
		      (keys_has(&packing->had, key, len) ||
		       is_answer(packing, entity, change));
	if (see && verdict != NULL && sieve->rc == 0)
		sieve->rc =
			sheet_add_verdict(&packing->news, verdict, sieve->err);
	return see;
}

/* A case that nobody wrote to late need not be asked about for each site. */
static bool may_be_late(const struct parcel_order *order, const char *key)
{
	return order->late == NULL || keys_has(order->late, key, strlen(key));
}

struct wanted_site {
	const char *site;
	bool found;
};

static int is_wanted(const char *site, void *ctx, struct err *err)
{
	struct wanted_site *wanted = ctx;

	(void)err;
	wanted->found |= strcmp(site, wanted->site) == 0;
	return 0;
}

/* Which cases of the intake the site has been sent, or wrote to late. */
static int ask_sent(struct packing *packing, const struct intake *intake,
		    struct err *err)
{
	int rc = 0;

	free(packing->sent);
	free(packing->late);
	packing->sent = calloc(intake->cases.n + 1, sizeof(bool));
	packing->late = calloc(intake->cases.n + 1, sizeof(bool));
	if (packing->sent == NULL || packing->late == NULL)
		return err_nomem(err);
	for (size_t i = 0; i < packing->had.n; i++) {
		const char *key = packing->had.items[i];
		size_t at = names_at(&intake->cases, key, strlen(key));

		if (at < intake->cases.n)
			packing->sent[at] = true;
	}
	for (size_t i = 0; rc == 0 && i < intake->cases.n; i++) {
		struct wanted_site wanted = {packing->order->site, false};

		if (packing->sent[i] ||
		    !may_be_late(packing->order, intake->cases.items[i]))
			continue;
		rc = late_sites(packing->node->replica, intake->cases.items[i],
				is_wanted, &wanted, err);
		packing->late[i] = wanted.found;
	}
	return rc;
}

enum part { PART_NONE, PART_SOME, PART_ALL };

/* How much of a commit the site sees, by the facts about it. */
static enum part part_of(const struct packing *packing,
			 const struct intake *intake,
			 const struct intake_commit *commit)
{
	bool first = is_first(packing);
	bool some = commit->everybody && !first;
	bool all = !commit->withheld && !(commit->everybody && first);
	size_t n = 0;
	struct verdict *const *verdicts;

	if (strcmp(commit->site, packing->order->site) == 0)
		return PART_ALL;
	for (size_t i = 0; i < commit->n_cases; i++) {
		size_t at = intake->of_commits[commit->cases + i];
		bool sent = packing->sent[at];

		some |= sent || packing->late[at];
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
	int rc = sheet_add_blob(&packing->news, first, &commit->blob,
				(size_t)(commit->last + 1 - commit->first),
				err);

	for (size_t i = 0; rc == 0 && i < n; i++)
		rc = sheet_add_verdict(&packing->news, verdicts[i], err);
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
		rc = sheet_add_blob(&packing->news, first->id, &blob, kept,
				    err);
	batch_free(batch);
	buf_release(&bytes);
	buf_release(&whole);
	return rc;
}

/* Intakes before `from` are in the inbox already, as its tip says. */
static void find_start(struct packing *packing)
{
	const struct parcel_order *order = packing->order;

	for (size_t i = 0; i < order->n_intakes; i++)
		if (oid_equal(&order->intakes[i]->id,
			      &packing->before.main_oid))
			packing->from = i + 1;
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

/* A case that the intakes touched: new to the site, its still, or no more. */
static int add_case(struct packing *packing, struct keys *as_new,
		    const char *key, struct err *err)
{
	size_t len = strlen(key);
	bool is_assigned = keys_has(&packing->assigned, key, len);
	int rc;

	if (!keys_has(&packing->had, key, len))
		return is_assigned ? keys_add(as_new, key, len, err) : 0;
	/* A late change may dispute what this site was never sent. */
	rc = sheet_add_disputed(&packing->news, key, err);
	if (rc == 0 && !is_assigned)
		rc = keys_add(&packing->parcel->end, key, len, err);
	return rc;
}

static bool is_touched(const struct packing *packing, const char *key)
{
	const struct parcel_order *order = packing->order;
	size_t len = strlen(key);
	bool touched = is_first(packing) &&
		       keys_has(&packing->assigned, key, len);

	for (size_t i = packing->from; !touched && i < order->n_intakes; i++)
		touched = names_at(&order->intakes[i]->cases, key, len) <
			  order->intakes[i]->cases.n;
	return touched;
}

/* Of the site's cases those that were touched, not the other way round: a
 * merge may touch the cases of a thousand sites. */
static int add_touched(const struct packing *packing, struct keys *touched,
		       bool *touched_all, struct err *err)
{
	const struct parcel_order *order = packing->order;
	const struct keys *own[] = {&packing->had, &packing->assigned};
	int rc = 0;

	for (size_t s = 0; s < 2; s++)
		for (size_t i = 0; rc == 0 && i < own[s]->n; i++)
			if (is_touched(packing, own[s]->items[i]))
				rc = keys_add(touched, own[s]->items[i],
					      strlen(own[s]->items[i]), err);
	*touched_all = false;
	for (size_t i = packing->from; i < order->n_intakes; i++)
		for (size_t j = 0; j < order->intakes[i]->n; j++)
			*touched_all |= order->intakes[i]->commits[j].everybody;
	return rc;
}

static int add_cases(struct packing *packing, struct err *err)
{
	struct keys touched = {NULL, 0, 0};
	struct keys as_new = {NULL, 0, 0};
	struct keys *add = &packing->parcel->add;
	bool touched_all;
	int rc = add_touched(packing, &touched, &touched_all, err);

	for (size_t i = 0; rc == 0 && i < touched.n; i++)
		rc = add_case(packing, &as_new, touched.items[i], err);
	for (size_t i = 0; rc == 0 && i < as_new.n; i++)
		rc = keys_add(add, as_new.items[i], strlen(as_new.items[i]),
			      err);
	if (rc == 0 && is_first(packing))
		rc = keys_add(&as_new, "", 0, err);
	else if (rc == 0 && touched_all)
		rc = sheet_add_common(&packing->news, packing->order->common,
				      err);
	if (rc == 0 && as_new.n > 0)
		rc = sheet_add_cases(&packing->news, &as_new, err);
	keys_release(&as_new);
	keys_release(&touched);
	return rc;
}

/* --- checkpoints --------------------------------------------------------- */

static bool is_checkpoint_due(const struct packing *packing)
{
	uint64_t since = packing->before.since + packing->news.changes;

	if (is_first(packing) || !packing->lasting_key)
		return false; /* it is one by itself */
	if (packing->new_key && since >= CHECKPOINT_MIN_NEW_KEY)
		return true;
	return since >= CHECKPOINT_MIN && since >= packing->before.size;
}

/* For a node that was told the key of another machine of the office. */
static int add_vouch(struct packing *packing, struct err *err)
{
	struct node *node = packing->node;
	struct vouch vouch = {NULL, 0};
	int rc = vouch_of_chain(&vouch, node->repository, &packing->order->base,
				packing->order->site, err);

	if (rc == 0)
		rc = vouch_write(&packing->checkpoint, &vouch,
				 node->key.public_key, err);
	vouch_release(&vouch);
	return rc;
}

static int add_checkpoint(struct packing *packing, struct err *err)
{
	struct keys all = {NULL, 0, 0};
	int rc = keys_add(&all, "", 0, err);

	if (rc == 0)
		rc = parcel_assigned(&all, packing->node->replica, NULL,
				     packing->order->site, err);
	if (rc == 0)
		rc = sheet_add_cases(&packing->checkpoint, &all, err);
	if (rc == 0)
		rc = add_vouch(packing, err);
	if (rc == 0)
		rc = sheet_finish(&packing->checkpoint, err);
	keys_release(&all);
	return rc;
}

/* --- the commit ---------------------------------------------------------- */

/* The office's keys as they are now, to check inboxes by, and the site's own,
 * so that each of its nodes sees whether it is enrolled. */
static int site_signers(struct oid *blob, struct packing *packing,
			struct err *err)
{
	const struct signers *signers = packing->order->signers;
	const char *site = packing->order->site;
	struct buf text = BUF_INIT;
	int rc;

	signers_render(&text, signers, REPLICA_OFFICE);
	signers_render(&text, signers, site);
	rc = buf_check(&text, err);
	if (rc == 0)
		rc = repository_write(blob, packing->node->repository,
				      OBJECT_BLOB, buf_text(&text), text.len,
				      err);
	packing->lasting_key = signers_allow(signers, REPLICA_OFFICE,
					     packing->node->key.public_key,
					     (int64_t)(clock_now_ms() / 1000));
	packing->new_key = signers_count(signers, site) >
			   signers_count(&packing->before.signers, site);
	buf_release(&text);
	return rc;
}

static void read_since(struct standing *out, const struct commit *commit)
{
	size_t len;
	const char *text = commit_trailer(&len, commit, PARCEL_SINCE);
	char word[64];

	if (text == NULL || len >= sizeof(word))
		return;
	memcpy(word, text, len);
	word[len] = '\0';
	if (sscanf(word, "%" SCNu64 " %" SCNu64, &out->since, &out->size) != 2)
		out->since = out->size = 0;
}

/* The trailer first: few trees need be read. */
bool parcel_is_checkpoint(struct repository *repository,
			  const struct commit *commit)
{
	size_t len;
	const char *since = commit_trailer(&len, commit, PARCEL_SINCE);
	struct err ignored;
	struct oid sheet;

	return since != NULL && len >= 2 && memcmp(since, "0 ", 2) == 0 &&
	       repository_find(&sheet, repository, &commit->tree,
			       PARCEL_CHECKPOINT, &ignored) == 0;
}

/* What the site goes by, as the inbox states it. */
static int read_base(struct standing *out, struct node *node,
		     const struct oid *base, struct err *err)
{
	struct buf text = BUF_INIT;
	struct commit commit;
	int rc;

	if (oid_is_zero(base))
		return 0;
	rc = commit_read(&commit, node->repository, base, err);
	if (rc < 0)
		return rc;
	if (!commit_trailer_oid(&out->main_oid, &commit, "Main"))
		out->main_oid = (struct oid){{0}};
	read_since(out, &commit);
	rc = parcel_signers(&out->signers_blob, node->repository, &commit, err);
	if (rc == 0)
		rc = repository_read(&text, node->repository,
				     &out->signers_blob, OBJECT_BLOB, err);
	if (rc == 0)
		rc = signers_parse(&out->signers, &text, err);
	buf_release(&text);
	commit_release(&commit);
	return rc;
}

/* One commit of a parcel. */
struct letter {
	const struct sheet *sheet;
	const struct oid *parent; /* NULL: the first */
	const struct oid *main_oid;
	const struct oid *signers;
	bool holds_signers;
};

static void add_since(struct buf *out, const struct packing *packing,
		      const struct letter *letter)
{
	bool whole = is_first(packing) || letter->sheet == &packing->checkpoint;
	char text[64];

	if (whole)
		snprintf(text, sizeof(text), "0 %zu", letter->sheet->changes);
	else
		snprintf(text, sizeof(text), "%" PRIu64 " %" PRIu64,
			 packing->before.since + letter->sheet->changes,
			 packing->before.size);
	commit_add_trailer(out, PARCEL_SINCE, text);
}

static void add_cases_of(struct buf *out, const struct parcel *parcel)
{
	for (size_t i = 0; i < parcel->add.n; i++)
		commit_add_trailer(out, "Case", parcel->add.items[i]);
	for (size_t i = 0; i < parcel->end.n; i++)
		commit_add_trailer(out, "Release", parcel->end.items[i]);
}

static int make_message(struct buf *out, const struct packing *packing,
			const struct letter *letter, struct err *err)
{
	const struct parcel *parcel = packing->parcel;
	bool news = letter->sheet == &packing->news;
	char hex[OID_TEXT];
	int rc;

	buf_adds(out, "送达 ");
	rc = node_site_name(out, packing->node->replica, parcel->site, err);
	buf_addf(out, news ? ": %zu 项" : ": 现状 %zu 项",
		 letter->sheet->changes);
	if (news && parcel->add.n > 0)
		buf_addf(out, ", 新交办 %zu 件", parcel->add.n);
	if (news && parcel->end.n > 0)
		buf_addf(out, ", 撤回 %zu 件", parcel->end.n);
	buf_adds(out, "\n\n");
	commit_add_trailer(out, "Site", parcel->site);
	oid_format(hex, letter->main_oid);
	commit_add_trailer(out, "Main", hex);
	oid_format(hex, letter->signers);
	commit_add_trailer(out, "Signers", hex);
	add_since(out, packing, letter);
	if (news) {
		add_cases_of(out, parcel);
		buf_adds(out, buf_text(&packing->asides));
	}
	return rc < 0 ? rc : buf_check(out, err);
}

static int make_tree(struct oid *out, struct node *node,
		     const struct letter *letter, struct err *err)
{
	const struct sheet *sheet = letter->sheet;
	struct tree_edit *edits = calloc(sheet->n + 1, sizeof(*edits));
	size_t n = sheet->n;
	int rc;

	if (edits == NULL)
		return err_nomem(err);
	for (size_t i = 0; i < n; i++)
		edits[i] = sheet->edits[i];
	if (letter->holds_signers)
		edits[n++] =
			(struct tree_edit){LEDGER_SIGNERS, *letter->signers};
	rc = repository_edit_tree(out, node->repository, NULL, edits, n, err);
	free(edits);
	return rc;
}

static int write_letter(struct oid *out, struct packing *packing,
			const struct letter *letter, struct err *err)
{
	struct node *node = packing->node;
	struct buf names = BUF_INIT;
	struct buf message = BUF_INIT;
	struct commit_draft draft = {
		.parents = letter->parent,
		.n_parents = letter->parent != NULL,
	};
	int rc = make_tree(&draft.tree, node, letter, err);

	if (rc == 0)
		rc = node_sign_as_office(&draft, &names, node, "",
					 (int64_t)(clock_now_ms() / 1000), err);
	if (rc == 0)
		rc = make_message(&message, packing, letter, err);
	draft.message = buf_text(&message);
	if (rc == 0)
		rc = commit_write(out, node->repository, &draft, &node->key,
				  err);
	buf_release(&message);
	buf_release(&names);
	return rc;
}

/* Whether there is anything to tell: content, a release, other keys of the
 * office; and a new inbox is made even where there is nothing to put into it:
 * it tells the site that it is enrolled. */
static bool is_owed(const struct packing *packing, const struct oid *signers)
{
	return packing->news.n > 0 || packing->news.n_verdicts > 0 ||
	       packing->parcel->end.n > 0 || packing->asides.len > 0 ||
	       !oid_equal(&packing->before.signers_blob, signers);
}

/* A commit of its own after the news, so that a node that begins with it does
 * not fetch those; and with the keys, which an earlier tree holds. */
static int write_checkpoint(struct packing *packing, struct letter *letter,
			    struct err *err)
{
	struct parcel *parcel = packing->parcel;
	struct oid news = parcel->tip;
	int rc = add_checkpoint(packing, err);

	letter->sheet = &packing->checkpoint;
	letter->parent = &news;
	letter->holds_signers = true;
	parcel->checkpoint = true;
	return rc < 0 ? rc : write_letter(&parcel->tip, packing, letter, err);
}

static int finish(struct packing *packing, const struct oid *main_oid,
		  struct err *err)
{
	struct oid signers;
	struct letter letter = {
		.sheet = &packing->news,
		.parent = is_first(packing) ? NULL : &packing->order->base,
		.main_oid = main_oid,
		.signers = &signers};
	int rc = site_signers(&signers, packing, err);

	if (rc < 0 || !is_owed(packing, &signers))
		return rc;
	letter.holds_signers =
		!oid_equal(&packing->before.signers_blob, &signers);
	packing->parcel->checkpoint = is_first(packing);
	rc = sheet_finish(&packing->news, err);
	if (rc == 0)
		rc = write_letter(&packing->parcel->tip, packing, &letter, err);
	if (rc == 0 && is_checkpoint_due(packing))
		rc = write_checkpoint(packing, &letter, err);
	return rc;
}

int parcel_make(struct parcel *parcel, bool *left, struct node *node,
		const struct parcel_order *order, struct err *err)
{
	struct packing packing = {
		.parcel = parcel, .node = node, .order = order};
	struct oid main_oid;
	int rc = node_get_oid(&main_oid, node->replica, NODE_MAIN, err);

	if (rc < 0 || oid_is_zero(&main_oid))
		return rc;
	sheet_init(&packing.news, node, "");
	sheet_init(&packing.checkpoint, node, PARCEL_CHECKPOINT "/");
	rc = read_base(&packing.before, node, &order->base, err);
	/* Another key the site would not believe. */
	if (rc == 0 && !is_first(&packing) &&
	    !signers_allow(&packing.before.signers, REPLICA_OFFICE,
			   node->key.public_key,
			   (int64_t)(clock_now_ms() / 1000))) {
		*left = true;
		goto done;
	}
	find_start(&packing);
	if (rc == 0)
		rc = aside_trailers(&packing.asides, node->replica, order->site,
				    err);
	if (rc == 0)
		rc = load_scope(&packing, err);
	if (rc == 0)
		rc = add_news(&packing, err);
	if (rc == 0)
		rc = add_cases(&packing, err);
	if (rc == 0)
		rc = finish(&packing, &main_oid, err);
done:
	packing_release(&packing);
	return rc;
}
