/* inbox.c - a unit takes in what the office sent.
 * Never makes an inbox, never writes an outbox. */
#include "sync/node/inbox.h"

#include <stdlib.h>
#include <string.h>

#include "core/log/change_log.h"
#include "core/merge/late.h"
#include "sync/wire/batch.h"
#include "sync/node/copies.h"
#include "sync/node/outbox.h"
#include "sync/office/aside.h"
#include "sync/office/parcel.h"
#include "sync/git/refs.h"
#include "sync/office/sheet.h"
#include "sync/git/tree.h"
#include "sync/wire/verdicts.h"

/* --- reading ------------------------------------------------------------- */

static int read_signers(struct inbox_entry *out, struct repository *repository,
			struct err *err)
{
	struct buf text = BUF_INIT;
	struct oid blob;
	int rc = parcel_signers(&blob, repository, &out->commit, err);

	if (rc == 0)
		rc = repository_read(&text, repository, &blob, OBJECT_BLOB,
				     err);
	if (rc == 0)
		rc = signers_parse(&out->signers, &text, err);
	buf_release(&text);
	return rc == ERR_MISSING ? (err->code = ERR_CORRUPT) : rc;
}

static int read_time(struct inbox_entry *out, struct repository *repository,
		     struct err *err)
{
	struct commit before;
	int rc;

	out->time = out->commit.time;
	if (out->commit.n_parents == 0)
		return 0;
	rc = commit_read(&before, repository, &out->commit.parents[0], err);
	if (rc == 0 && before.time > out->time)
		out->time = before.time;
	commit_release(&before);
	return rc;
}

int inbox_read(struct inbox_entry *out, struct repository *repository,
	       const struct oid *oid, const char *site, struct err *err)
{
	char hex[OID_TEXT];
	const char *named;
	size_t len;
	int rc = commit_read(&out->commit, repository, oid, err);

	out->signers = (struct signers){NULL, 0};
	if (rc == 0 && out->commit.n_parents > 1)
		rc = err_set(err, ERR_CORRUPT, "more than one parent");
	if (rc == 0)
		rc = commit_signer(out->signer, &out->commit, err);
	if (rc == 0) {
		named = commit_trailer(&len, &out->commit, "Site");
		if (named == NULL || len != strlen(site) ||
		    memcmp(named, site, len) != 0)
			rc = err_set(err, ERR_CORRUPT, "made for another site");
	}
	if (rc == 0)
		rc = read_time(out, repository, err);
	if (rc == 0)
		rc = read_signers(out, repository, err);
	if (rc < 0) {
		inbox_entry_release(out);
		oid_format(hex, oid);
		err_wrap(err, "inbox commit %.12s", hex);
	}
	return rc;
}

void inbox_entry_release(struct inbox_entry *entry)
{
	commit_release(&entry->commit);
	signers_release(&entry->signers);
}

static int not_vouched(struct err *err)
{
	struct err why = *err;

	return err_set(err, ERR_CORRUPT,
		       "%s: that one has signed nothing here that names it; "
		       "ask the office for the key that began this unit's "
		       "inbox",
		       why.text);
}

int inbox_check(bool *first, struct replica *replica,
		const struct inbox_entry *entry, const struct signers *before,
		struct err *err)
{
	int rc;

	*first = false;
	if (before != NULL)
		return signers_allow(before, REPLICA_OFFICE, entry->signer,
				     entry->time)
			       ? 0
			       : err_set(err, ERR_CORRUPT,
					 "signed with a key that is not the "
					 "office's");
	if (!signers_allow(&entry->signers, REPLICA_OFFICE, entry->signer,
			   entry->time))
		return err_set(err, ERR_CORRUPT,
			       "signed with a key that it does not name as "
			       "the office's");
	rc = node_check_pin(first, replica, entry->signer, err);
	return rc == ERR_CORRUPT ? not_vouched(err) : rc;
}

/* On first use the office's key is believed; a person can compare it. */
static int tell_key(const struct inbox_entry *entry, bool vouched,
		    const struct run *run, struct err *err)
{
	struct buf fingerprint = BUF_INIT;
	int rc;

	key_print_fingerprint(&fingerprint, entry->signer);
	rc = buf_check(&fingerprint, err);
	if (rc == 0)
		rc = run_detail(run, SYNC_NOTICE, err,
				vouched ? "the office's key that was told here "
					  "vouches for %s, which is believed "
					  "as the office's"
					: "the office's key is %s, and from "
					  "now on no other is believed unless "
					  "this one names it: compare it with "
					  "what the office tells",
				buf_text(&fingerprint));
	buf_release(&fingerprint);
	return rc;
}

int inbox_vouched(struct node *node, const struct inbox_entry *entry,
		  const struct vouch *vouch, const struct run *run,
		  struct err *err)
{
	char *pinned = NULL;
	bool holds = false;
	int rc = replica_get(&pinned, node->replica, NODE_OFFICE_KEY, err);

	if (rc == 0 && *pinned != '\0' && !vouch_is_pin(pinned, entry->signer))
		rc = vouch_holds(&holds, vouch, node->repository, pinned,
				 entry->signer, entry->time, err);
	if (rc == 0 && holds)
		rc = node_pin(node->replica, entry->signer, err);
	if (rc == 0 && holds)
		rc = tell_key(entry, true, run, err);
	free(pinned);
	return rc;
}

/* --- applying ------------------------------------------------------------ */

/* A receipt must be of what this node has: changes under its name that it
 * does not know are another copy's, and would hide its own. */
static int not_here(int code, struct err *err)
{
	return err_set(err, code,
		       "the office has changes under this node's name that "
		       "this replica does not have");
}

static int check_receipt(struct replica *replica, const struct batch *batch,
			 struct err *err)
{
	bool logged = true;
	int rc = 0;

	if (batch->origin == replica_origin(replica) && batch->n_changes > 0)
		rc = outbox_logged(&logged, replica,
				   &batch->changes[batch->n_changes - 1], err);
	return rc == 0 && !logged ? not_here(ERR_STALE, err) : rc;
}

/* So must be what a snapshot accounts for: one that goes further would
 * supersede what is written here next. Whoever has read the chain has had the
 * receipts before it; who begins with it has not. */
static int check_snapshot(struct replica *replica,
			  const struct snapshot *snapshot, bool begins,
			  struct err *err)
{
	uint64_t last = 0;
	int rc = change_log_last(&last, replica, err);

	for (size_t i = 0; rc == 0 && i < snapshot->n; i++)
		if (snapshot->parts[i].origin == replica_origin(replica) &&
		    snapshot->parts[i].last > last)
			rc = not_here(begins ? ERR_STALE : ERR_CORRUPT, err);
	return rc;
}

/* A late word of this site, and what the office made of it. */
struct answer {
	const struct change *change;
	bool taken;
};

static int compare_answer(const struct change_log_entry *entry, void *ctx,
			  struct err *err)
{
	struct answer *answer = ctx;

	(void)err;
	answer->taken |=
		value_equal(&entry->change->value, &answer->change->value);
	return 0;
}

/* The cell as tian show and tian resolve name it: "1-1-014 edu.draft". */
static void add_path(struct buf *out, const struct replica *replica,
		     const struct change *change)
{
	const struct schema *schema = replica_schema(replica);
	const struct entity *entity = schema_entity(schema, change->entity);
	const struct field *field = entity ? entity_field(entity, change->field)
					   : NULL;
	const char *key = change->row;
	size_t len = change->row_len;

	if (entity)
		entity_case(entity, change->row, change->row_len, &key, &len);
	buf_add(out, key, len);
	if (!field)
		return;
	buf_adds(out, " ");
	if (entity != schema->assignment)
		buf_addf(out, "%s:", entity->name);
	if (len < change->row_len)
		buf_add(out, change->row + len + 1, change->row_len - len - 1);
	buf_addf(out, ".%s", field->name);
}

/* The receipt for what came late: accepted as it was, or not. */
static int tell_answer(struct replica *replica, const struct change *change,
		       const struct run *run, struct err *err)
{
	struct answer answer = {change, false};
	struct buf path = BUF_INIT;
	char site[CHANGE_NAME_MAX + 1];
	bool found = false;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < change->n_bases; i++) {
		bool late = false;

		rc = late_is(&late, site, replica, change->bases[i], err);
		if (rc < 0 || !late || strcmp(site, replica_site(replica)) != 0)
			continue;
		found = true;
		rc = change_log_find(replica, change->bases[i], compare_answer,
				     &answer, err);
	}
	if (rc < 0 || !found)
		return rc;
	add_path(&path, replica, change);
	rc = buf_check(&path, err);
	if (rc == 0)
		rc = run_detail(run, SYNC_NOTICE, err,
				"%s: what this unit wrote after the proposal "
				"was taken back was %s by the office: %.*s",
				buf_text(&path),
				answer.taken ? "accepted" : "not accepted",
				(int)change->reason_len,
				change->reason != NULL ? change->reason : "");
	buf_release(&path);
	return rc;
}

static int tell_answers(struct replica *replica, const struct batch *batch,
			const struct run *run, struct err *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < batch->n_changes; i++)
		if (batch->changes[i].n_bases > 0)
			rc = tell_answer(replica, &batch->changes[i], run, err);
	return rc;
}

static int apply_file(struct replica *replica, struct repository *repository,
		      const struct tree_entry *file,
		      const struct inbox_entry *entry,
		      struct apply_result *result, const struct run *run,
		      struct err *err)
{
	size_t applied = result->applied;
	const struct apply_options options = {.authorise = false};
	struct buf bytes = BUF_INIT;
	struct batch *batch = NULL;
	int rc = repository_read(&bytes, repository, &file->oid, OBJECT_BLOB,
				 err);

	if (rc == 0)
		rc = batch_decode(&batch, buf_text(&bytes), bytes.len, err);
	if (rc == 0)
		rc = check_receipt(replica, batch, err);
	if (rc == 0)
		rc = apply_batch(replica, batch, &options, result, err);
	if (rc == 0 && batch->origin == replica_origin(replica))
		rc = aside_heal(replica, err);
	if (rc == 0)
		rc = node_note_commit(replica, &entry->commit.id, batch, err);
	if (rc == 0 && result->applied > applied &&
	    strcmp(batch->site, REPLICA_OFFICE) == 0)
		rc = tell_answers(replica, batch, run, err);
	batch_free(batch);
	buf_release(&bytes);
	return rc < 0 ? err_wrap(err, "%s", file->name) : 0;
}

static int apply_files(struct replica *replica, struct repository *repository,
		       const struct oid *sheet, const struct inbox_entry *entry,
		       struct apply_result *result, const struct run *run,
		       struct err *err)
{
	struct buf raw = BUF_INIT;
	struct tree_cursor cursor;
	struct tree_entry file;
	int rc = sheet_files(&raw, repository, sheet, err);

	tree_cursor_init(&cursor, &raw);
	while (rc == 0 && (rc = tree_next(&file, &cursor, err)) > 0)
		rc = sheet_is_batch(&file)
			     ? apply_file(replica, repository, &file, entry,
					  result, run, err)
			     : 0;
	buf_release(&raw);
	return rc;
}

/* A file of a sheet; 0 where there is none. */
static int read_file(struct buf *out, struct repository *repository,
		     const struct oid *sheet, const char *name, struct err *err)
{
	struct oid blob;
	int rc = repository_find(&blob, repository, sheet, name, err);

	if (rc == ERR_MISSING)
		return 0;
	if (rc == 0)
		rc = repository_read(out, repository, &blob, OBJECT_BLOB, err);
	return rc < 0 ? rc : 1;
}

static int apply_snapshots(struct replica *replica,
			   struct repository *repository,
			   const struct oid *sheet, bool begins,
			   struct err *err)
{
	struct snapshots snapshots = {NULL, 0};
	struct buf bytes = BUF_INIT;
	int rc = read_file(&bytes, repository, sheet, SHEET_SNAPSHOT, err);

	if (rc > 0)
		rc = snapshots_decode(&snapshots, buf_text(&bytes), bytes.len,
				      err);
	for (size_t i = 0; rc == 0 && i < snapshots.n; i++) {
		rc = check_snapshot(replica, &snapshots.items[i], begins, err);
		if (rc == 0)
			rc = snapshot_apply(replica, &snapshots.items[i], err);
	}
	snapshots_release(&snapshots);
	buf_release(&bytes);
	return rc < 0 ? err_wrap(err, SHEET_SNAPSHOT) : 0;
}

static int apply_verdict_file(struct replica *replica,
			      struct repository *repository,
			      const struct oid *sheet,
			      struct apply_result *result,
			      const struct run *run, struct err *err)
{
	struct buf bytes = BUF_INIT;
	struct verdict *verdicts = NULL;
	size_t n = 0;
	int rc = read_file(&bytes, repository, sheet, SHEET_VERDICTS, err);

	if (rc > 0)
		rc = verdicts_decode(&verdicts, &n, buf_text(&bytes), bytes.len,
				     err);
	if (rc == 0)
		rc = apply_verdicts(replica, verdicts, n, result, err);
	if (rc == 0)
		rc = run_verdicts(run, replica_site(replica), verdicts, n, err);
	free(verdicts);
	buf_release(&bytes);
	return rc < 0 ? err_wrap(err, SHEET_VERDICTS) : 0;
}

/* A node that begins here takes what stands, and not what was new to those
 * that had the rest. */
static int find_sheet(struct oid *out, struct repository *repository,
		      const struct commit *commit, struct err *err)
{
	int rc;

	*out = commit->tree;
	if (!commit->begins)
		return 0;
	rc = repository_find(out, repository, &commit->tree, PARCEL_CHECKPOINT,
			     err);
	return rc == ERR_MISSING ? err_set(err, ERR_CORRUPT, "no checkpoint")
				 : rc;
}

/* What stands comes before the snapshots that say so: no row is taken out
 * and put back. */
int inbox_apply(struct replica *replica, struct repository *repository,
		const struct inbox_entry *entry, const struct run *run,
		struct err *err)
{
	struct apply_result result = {0};
	struct oid sheet;
	int rc = find_sheet(&sheet, repository, &entry->commit, err);

	if (rc == 0)
		rc = apply_files(replica, repository, &sheet, entry, &result,
				 run, err);
	if (rc == 0)
		rc = apply_snapshots(replica, repository, &sheet,
				     entry->commit.begins, err);
	if (rc == 0)
		rc = apply_verdict_file(replica, repository, &sheet, &result,
					run, err);
	run->report->received += result.applied;
	apply_result_release(&result);
	return rc;
}

/* --- receiving ----------------------------------------------------------- */

/* Signers of the commit before; *before NULL for the first. */
static int signers_before(struct signers **before, struct signers *storage,
			  struct node *node, const struct commit *commit,
			  struct err *err)
{
	struct inbox_entry parent;
	int rc;

	*before = NULL;
	if (commit->n_parents == 0)
		return 0;
	rc = inbox_read(&parent, node->repository, &commit->parents[0],
			replica_site(node->replica), err);
	if (rc < 0)
		return rc;
	*storage = parent.signers; /* the caller's now */
	parent.signers = (struct signers){NULL, 0};
	*before = storage;
	inbox_entry_release(&parent);
	return 0;
}

static int receive_in_transaction(struct node *node,
				  const struct inbox_entry *entry,
				  const struct signers *before,
				  const struct run *run, struct err *err)
{
	struct db *db = replica_db(node->replica);
	struct sync_report *report = run->report;
	size_t received = report->received;
	bool first;
	int rc = db_begin(db, err);

	if (rc < 0)
		return rc;
	rc = change_log_drain(node->replica, NULL, err);
	if (rc == 0)
		rc = inbox_check(&first, node->replica, entry, before, err);
	if (rc == 0 && first)
		rc = tell_key(entry, false, run, err);
	if (rc == 0)
		rc = inbox_apply(node->replica, node->repository, entry, run,
				 err);
	if (rc == 0)
		rc = aside_hear(node->replica, &entry->commit, run, err);
	if (rc == 0)
		rc = node_set_oid(node->replica, NODE_INBOX, &entry->commit.id,
				  err);
	if (rc == 0)
		rc = db_commit(db, err);
	if (rc < 0) {
		report->received = received;
		db_rollback(db);
	}
	return rc;
}

static int receive_one(struct node *node, const struct oid *oid,
		       const struct run *run, struct err *err)
{
	struct signers storage = {NULL, 0};
	struct signers *before;
	struct inbox_entry entry;
	int rc = inbox_read(&entry, node->repository, oid,
			    replica_site(node->replica), err);

	if (rc == 0)
		rc = signers_before(&before, &storage, node, &entry.commit,
				    err);
	if (rc == 0)
		rc = receive_in_transaction(node, &entry, before, run, err);
	inbox_entry_release(&entry);
	signers_release(&storage);
	return rc;
}

/* --- what the office has under this node's name -------------------------- */

/* Lowers *base below the first change of a batch that is not logged alike. */
static int compare_batch(uint64_t *base, struct replica *replica,
			 struct repository *repository,
			 const struct tree_entry *file, struct err *err)
{
	struct buf bytes = BUF_INIT;
	struct batch *batch = NULL;
	bool alike = true;
	int rc = repository_read(&bytes, repository, &file->oid, OBJECT_BLOB,
				 err);

	if (rc == 0)
		rc = batch_decode(&batch, buf_text(&bytes), bytes.len, err);
	for (size_t i = 0; rc == 0 && alike && i < batch->n_changes &&
			   batch->origin == replica_origin(replica);
	     i++) {
		const struct change *change = &batch->changes[i];

		rc = outbox_logged(&alike, replica, change, err);
		if (rc == 0 && !alike && change->id.seq <= *base)
			*base = change->id.seq - 1;
	}
	batch_free(batch);
	buf_release(&bytes);
	return rc;
}

/* Up to which own seq this replica and the office have the same. What stands
 * at a checkpoint is not all that was written: it shows nothing alike. */
static int find_common(uint64_t *base, struct node *node, const struct oid *oid,
		       struct err *err)
{
	struct buf raw = BUF_INIT;
	struct tree_cursor cursor;
	struct tree_entry file;
	struct commit commit;
	int rc = change_log_last(base, node->replica, err);

	if (rc == 0)
		rc = commit_read(&commit, node->repository, oid, err);
	if (rc < 0)
		return rc;
	if (commit.begins)
		*base = 0;
	else
		rc = sheet_files(&raw, node->repository, &commit.tree, err);
	tree_cursor_init(&cursor, &raw);
	while (rc == 0 && raw.len > 0 &&
	       (rc = tree_next(&file, &cursor, err)) > 0)
		rc = sheet_is_batch(&file)
			     ? compare_batch(base, node->replica,
					     node->repository, &file, err)
			     : 0;
	commit_release(&commit);
	buf_release(&raw);
	return rc;
}

/* A replica that is older than what the office has of it, or a copy of the one
 * that wrote it, goes on under a name of its own. */
static int receive_or_part(struct node *node, const struct oid *oid,
			   const struct run *run, struct err *err)
{
	uint64_t base = 0;
	int rc = receive_one(node, oid, run, err);

	if (rc != ERR_STALE)
		return rc;
	rc = find_common(&base, node, oid, err);
	if (rc == 0)
		rc = copies_part(node, base, run, err);
	return rc < 0 ? rc : receive_one(node, oid, run, err);
}

/* The inbox at the hub is not a descendant of what we have: only behind, or
 * another history? */
static int check_behind(struct node *node, const struct oid *tip,
			const struct oid *here, const struct run *run,
			struct err *err)
{
	struct oid_list list = {NULL, 0, 0};
	int rc = outbox_chain(&list, node->repository, here, tip, err);

	oid_list_release(&list);
	if (rc == ERR_MISSING)
		return err_set(err, ERR_CORRUPT,
			       "the inbox at the hub is another history than "
			       "the one received so far");
	return rc < 0 ? rc
		      : run_detail(run, SYNC_NOTICE, err,
				   "the inbox at the hub is older than what "
				   "was received (was the hub restored from a "
				   "backup, or the ref set back?); the "
				   "office's next sync puts it right");
}

/* The ref follows the replica's cursor, whatever came in between. */
static int move_ref(struct node *node, struct err *err)
{
	struct buf name = BUF_INIT;
	struct oid here;
	struct oid now = {{0}};
	int rc = node_get_oid(&here, node->replica, NODE_INBOX, err);

	refs_inbox(&name, replica_site(node->replica));
	if (rc == 0)
		rc = repository_ref(&now, node->repository, buf_text(&name),
				    err);
	if (rc == ERR_MISSING)
		rc = 0;
	if (rc == 0 && !oid_is_zero(&here) && !oid_equal(&here, &now)) {
		struct ref_move move = {.name = buf_text(&name),
					.new_oid = &here,
					.follows = true};

		rc = repository_move_refs(node->repository, &move, 1, err);
	}
	buf_release(&name);
	return rc;
}

/* The first one is signed with a key that the pinned one may vouch for. */
static int check_first(struct node *node, const struct oid_list *chain,
		       const struct run *run, struct err *err)
{
	const char *site = replica_site(node->replica);
	struct vouch vouch = {NULL, 0};
	struct inbox_entry entry;
	int rc = inbox_read(&entry, node->repository, &chain->items[0], site,
			    err);

	if (rc < 0)
		return rc;
	rc = vouch_of_chain(&vouch, node->repository,
			    &chain->items[chain->n - 1], site, err);
	if (rc == 0)
		rc = inbox_vouched(node, &entry, &vouch, run, err);
	vouch_release(&vouch);
	inbox_entry_release(&entry);
	return rc;
}

static bool is_pinned(const struct node *node)
{
	struct err ignored;
	char *pinned = NULL;
	bool is = replica_get(&pinned, node->replica, NODE_OFFICE_KEY,
			      &ignored) == 0 &&
		  *pinned != '\0';

	free(pinned);
	return is;
}

int inbox_receive(struct node *node, const struct oid *tip,
		  const struct run *run, struct err *err)
{
	struct oid_list chain = {NULL, 0, 0};
	struct oid here;
	int rc = node_get_oid(&here, node->replica, NODE_INBOX, err);

	if (rc == 0)
		rc = outbox_chain(&chain, node->repository, tip, &here, err);
	if (rc == ERR_MISSING && !oid_is_zero(&here)) {
		rc = check_behind(node, tip, &here, run, err);
		chain.n = 0;
	}
	if (rc == 0 && chain.n > 0 && oid_is_zero(&here) && is_pinned(node))
		rc = check_first(node, &chain, run, err);
	for (size_t i = 0; rc == 0 && i < chain.n; i++) {
		run_progress(run, SYNC_STAGE_APPLY, i, chain.n);
		rc = receive_or_part(node, &chain.items[i], run, err);
	}
	oid_list_release(&chain);
	if (rc == ERR_CORRUPT || rc == ERR_INPUT || rc == ERR_MISSING)
		rc = run_detail(run, SYNC_QUARANTINED, err, "inbox: %s",
				err->text);
	if (rc == 0)
		rc = move_ref(node, err);
	return rc < 0 ? rc
		      : aside_repeat(node->replica, node->repository, run, err);
}
