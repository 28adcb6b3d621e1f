/* outbox.c - turn logged changes into signed batches and commit them.
 * Knows batches and the repository. Never merges, never touches inbox refs. */
#include "sync/node/outbox.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/clock.h"
#include "sync/wire/batch.h"
#include "sync/git/refs.h"
#include "sync/register/register.h"
#include "sync/register/wording.h"

enum { BATCH_LIMIT = 50000, BATCH_BYTES = 8 << 20 };

/* --- making -------------------------------------------------------------- */

/* What committing goes on with from batch to batch. */
struct making {
	struct node *node;
	struct oid tip; /* zero while there is none */
	struct oid tree;
	uint64_t last; /* seq */
	size_t made;
};

static int drain(struct replica *replica, struct err *err)
{
	struct db *db = replica_db(replica);
	int rc = db_begin(db, err);

	if (rc < 0)
		return rc;
	rc = change_log_drain(replica, NULL, err);
	if (rc == 0)
		rc = db_commit(db, err);
	if (rc < 0)
		db_rollback(db);
	return rc;
}

/* The cases of a batch, each once, in order of first appearance. */
struct case_list {
	char **keys; /* owned */
	size_t n;
};

static void case_list_release(struct case_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		free(list->keys[i]);
	free(list->keys);
}

static int key_compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static int batch_cases(struct case_list *out, const struct schema *schema,
		       const struct batch *batch, struct err *err)
{
	size_t n = 0;

	out->keys = calloc(batch->n_changes, sizeof(*out->keys));
	if (out->keys == NULL)
		return err_nomem(err);
	for (size_t i = 0; i < batch->n_changes; i++) {
		const struct change *change = &batch->changes[i];
		const struct entity *entity =
			schema_entity(schema, change->entity);
		const char *key = REGISTER_SCHEMA;
		size_t len = strlen(key);

		if (entity == NULL ||
		    (!entity_case(entity, change->row, change->row_len, &key,
				  &len) &&
		     !register_has_schema(schema, entity)))
			continue;
		out->keys[out->n] = strndup(key, len);
		if (out->keys[out->n] == NULL)
			return err_nomem(err);
		out->n++;
	}
	qsort(out->keys, out->n, sizeof(*out->keys), key_compare);
	for (size_t i = 0; i < out->n; i++)
		if (n > 0 && strcmp(out->keys[i], out->keys[n - 1]) == 0)
			free(out->keys[i]);
		else
			out->keys[n++] = out->keys[i];
	out->n = n;
	return 0;
}

/* The own register file of one case as a tree edit; *path is its text. */
static int own_file(struct tree_edit *edit, struct buf *path, struct node *node,
		    const char *key, struct change_id upto, struct err *err)
{
	struct buf text = BUF_INIT;
	int rc = register_path(path, key, err);

	*edit = (struct tree_edit){.oid = {{0}}};
	if (rc == 0)
		rc = register_render_own(&text, node->replica, key, upto, err);
	if (rc == 0)
		rc = repository_write(&edit->oid, node->repository, OBJECT_BLOB,
				      buf_text(&text), text.len, err);
	else if (rc == ERR_MISSING)
		rc = 0; /* nothing of ours is left in it */
	edit->path = buf_text(path);
	buf_release(&text);
	return rc;
}

static int make_tree(struct making *making, const struct batch *batch,
		     const struct buf *bytes, struct err *err)
{
	const struct change_id last = batch->changes[batch->n_changes - 1].id;
	struct node *node = making->node;
	struct case_list cases = {NULL, 0};
	struct tree_edit *edits = NULL;
	struct buf *paths = NULL;
	int rc = batch_cases(&cases, replica_schema(node->replica), batch, err);

	if (rc == 0) {
		edits = calloc(cases.n + 1, sizeof(*edits));
		paths = calloc(cases.n + 1, sizeof(*paths));
		if (edits == NULL || paths == NULL)
			rc = err_nomem(err);
	}
	for (size_t i = 0; rc == 0 && i < cases.n; i++)
		rc = own_file(&edits[i], &paths[i], node, cases.keys[i], last,
			      err);
	if (rc == 0) {
		edits[cases.n].path = OUTBOX_CHANGES;
		rc = repository_write(&edits[cases.n].oid, node->repository,
				      OBJECT_BLOB, bytes->data, bytes->len,
				      err);
	}
	if (rc == 0)
		rc = repository_edit_tree(&making->tree, node->repository,
					  &making->tree, edits, cases.n + 1,
					  err);
	for (size_t i = 0; paths != NULL && i < cases.n; i++)
		buf_release(&paths[i]);
	free(paths);
	free(edits);
	case_list_release(&cases);
	return rc;
}

static int add_seen(struct buf *out, struct replica *replica, struct err *err)
{
	struct oid seen;
	char hex[OID_TEXT];
	int rc = node_get_oid(
		&seen, replica,
		replica_is_office(replica) ? NODE_MAIN : NODE_INBOX, err);

	if (rc == 0 && !oid_is_zero(&seen)) {
		oid_format(hex, &seen);
		commit_add_trailer(out, "Seen", hex);
	}
	return rc;
}

static int make_message(struct buf *out, struct replica *replica,
			const struct batch *batch, struct err *err)
{
	char text[48];
	int rc = wording_batch(out, replica, batch, err);

	buf_addc(out, '\n');
	wording_reasons(out, batch);
	commit_add_trailer(out, "Site", batch->site);
	change_origin_format(text, batch->origin);
	commit_add_trailer(out, "Origin", text);
	snprintf(text, sizeof(text), "%" PRIu64 "-%" PRIu64,
		 batch->changes[0].id.seq,
		 batch->changes[batch->n_changes - 1].id.seq);
	commit_add_trailer(out, "Seq", text);
	if (rc == 0)
		rc = add_seen(out, replica, err);
	return rc < 0 ? rc : buf_check(out, err);
}

/* `区教育局 王芳`; the site alone where the person is not told. */
static int author_name(struct buf *out, struct replica *replica,
		       const struct batch *batch, struct err *err)
{
	int rc = node_site_name(out, replica, batch->site, err);

	if (rc == 0 && *batch->author != '\0' &&
	    strcmp(batch->author, buf_text(out)) != 0)
		buf_addf(out, " %s", batch->author);
	return rc < 0 ? rc : buf_check(out, err);
}

static int write_commit(struct making *making, const struct batch *batch,
			struct err *err)
{
	const struct change *newest = &batch->changes[batch->n_changes - 1];
	struct buf name = BUF_INIT;
	struct buf email = BUF_INIT;
	struct buf message = BUF_INIT;
	struct commit_draft draft = {
		.tree = making->tree,
		.parents = &making->tip,
		.n_parents = !oid_is_zero(&making->tip),
	};
	char origin[17];
	int rc = author_name(&name, making->node->replica, batch, err);

	if (rc == 0)
		rc = make_message(&message, making->node->replica, batch, err);
	change_origin_format(origin, batch->origin);
	buf_addf(&email, "%s@%s", origin, batch->site);
	draft.author.name = buf_text(&name);
	draft.author.email = buf_text(&email);
	draft.author.time = (int64_t)(clock_ms(newest->clock) / 1000);
	draft.committer = draft.author;
	draft.committer.time = (int64_t)(clock_now_ms() / 1000);
	draft.message = buf_text(&message);
	if (rc == 0)
		rc = commit_write(&making->tip, making->node->repository,
				  &draft, &making->node->key, err);
	buf_release(&message);
	buf_release(&email);
	buf_release(&name);
	return rc;
}

/* The next batch in its bytes: fewer changes where so many do not fit. */
static int next_batch(struct batch **batch, struct buf *bytes,
		      const struct making *making, struct err *err)
{
	struct change_log_range range = {
		.origin = replica_origin(making->node->replica),
		.from = making->last + 1,
		.limit = BATCH_LIMIT,
		.limit_bytes = BATCH_BYTES,
	};
	int rc;

	for (;;) {
		rc = change_log_batch(batch, making->node->replica, &range,
				      err);
		if (rc < 0 || *batch == NULL)
			return rc;
		rc = batch_encode(bytes, *batch, err);
		if (rc != ERR_INPUT || (*batch)->n_changes < 2)
			return rc;
		range.limit = (*batch)->n_changes / 2;
		batch_free(*batch);
		*batch = NULL;
	}
}

/* 1 a commit was made, 0 nothing is left to commit. */
static int make_one(struct making *making, struct err *err)
{
	struct batch *batch = NULL;
	struct buf bytes = BUF_INIT;
	int rc = next_batch(&batch, &bytes, making, err);

	if (rc == 0 && batch != NULL)
		rc = make_tree(making, batch, &bytes, err);
	if (rc == 0 && batch != NULL)
		rc = write_commit(making, batch, err);
	if (rc == 0 && batch != NULL) {
		making->last = batch->changes[batch->n_changes - 1].id.seq;
		making->made += batch->n_changes;
		rc = 1;
	}
	buf_release(&bytes);
	batch_free(batch);
	return rc;
}

/* --- where log and repository stand -------------------------------------- */

struct wanted {
	const struct change *change;
	bool same;
};

static int is_same(const struct change_log_entry *entry, void *ctx,
		   struct err *err)
{
	struct wanted *wanted = ctx;
	const struct change *a = entry->change;
	const struct change *b = wanted->change;

	(void)err;
	wanted->same = a->clock == b->clock && a->entity == b->entity &&
		       a->field == b->field && a->row_len == b->row_len &&
		       memcmp(a->row, b->row, a->row_len) == 0;
	return 0;
}

int outbox_logged(bool *out, struct replica *replica,
		  const struct change *change, struct err *err)
{
	struct wanted wanted = {change, false};
	int rc = change_log_find(replica, change->id, is_same, &wanted, err);

	*out = wanted.same;
	return rc == ERR_MISSING ? 0 : rc;
}

int outbox_stands(bool *alike, struct node *node, const struct oid *tip,
		  struct err *err)
{
	struct change_id id = {replica_origin(node->replica), 0};
	char known[SYNC_COMMIT_TEXT];
	char hex[OID_TEXT];
	struct outbox_entry entry;
	struct commit commit;
	int rc = commit_read(&commit, node->repository, tip, err);

	if (rc < 0)
		return rc;
	id.seq = outbox_trailer_last(&commit);
	commit_release(&commit);
	oid_format(hex, tip);
	rc = node_commit_of(known, node, id, err);
	*alike = strcmp(known, hex) == 0;
	if (rc < 0 || *alike)
		return rc;
	rc = outbox_read(&entry, node->repository, tip, err);
	if (rc < 0)
		return rc;
	rc = outbox_logged(alike, node->replica,
			   &entry.batch->changes[entry.batch->n_changes - 1],
			   err);
	outbox_entry_release(&entry);
	return rc;
}

/* Where the last run ended: the tip of the own ref is the truth. */
static int start(struct making *making, const char *ref, struct err *err)
{
	struct replica *replica = making->node->replica;
	struct commit commit;
	uint64_t logged;
	bool alike = true;
	int rc = repository_ref(&making->tip, making->node->repository, ref,
				err);

	if (rc == ERR_MISSING)
		return 0;
	if (rc == 0)
		rc = commit_read(&commit, making->node->repository,
				 &making->tip, err);
	if (rc < 0)
		return rc;
	making->last = outbox_trailer_last(&commit);
	making->tree = commit.tree;
	commit_release(&commit);
	rc = change_log_last(&logged, replica, err);
	if (rc == 0 && logged < making->last)
		rc = err_set(err, ERR_CORRUPT,
			     "this replica ends at change %" PRIu64
			     ", but its repository has committed %" PRIu64
			     " already: tian.db is older than tian.git",
			     logged, making->last);
	if (rc == 0)
		rc = outbox_stands(&alike, making->node, &making->tip, err);
	if (rc == 0 && !alike)
		rc = err_set(err, ERR_CORRUPT,
			     "tian.db and tian.git hold different changes "
			     "under this node's name: sync with the hub "
			     "first");
	return rc;
}

static int note_commit(struct node *node, const struct oid *oid,
		       struct err *err)
{
	struct outbox_entry entry;
	int rc = outbox_read(&entry, node->repository, oid, err);

	if (rc < 0)
		return rc;
	rc = node_note_commit(node->replica, oid, entry.batch, err);
	outbox_entry_release(&entry);
	return rc;
}

/* Enters commits into _commit, from the newest back to the first one that is
 * there: what a killed run did not come to is made up. */
static int note_commits(struct making *making, struct err *err)
{
	struct node *node = making->node;
	struct oid at = making->tip;
	int rc = 0;

	while (rc == 0 && !oid_is_zero(&at)) {
		struct change_id id = {replica_origin(node->replica), 0};
		char known[SYNC_COMMIT_TEXT];
		struct commit commit;

		rc = commit_read(&commit, node->repository, &at, err);
		if (rc < 0)
			break;
		id.seq = outbox_trailer_last(&commit);
		rc = node_commit_of(known, node, id, err);
		if (rc == 0 && *known == '\0')
			rc = note_commit(node, &at, err);
		at = *known == '\0' && commit.n_parents > 0 ? commit.parents[0]
							    : (struct oid){{0}};
		commit_release(&commit);
	}
	return rc;
}

/* Not waited for: what a power cut undoes is made up by the next run. */
static int note_unwaited(struct making *making, struct db *db, struct err *err)
{
	struct err ignored;
	int rc = db_wait(db, false, err);
	int back;

	if (rc == 0)
		rc = db_begin(db, err);
	if (rc == 0)
		rc = note_commits(making, err);
	if (rc == 0)
		rc = db_commit(db, err);
	if (rc < 0)
		db_rollback(db);
	back = db_wait(db, true, rc == 0 ? err : &ignored);
	return rc < 0 ? rc : back;
}

static int note_own(struct making *making, struct err *err)
{
	struct db *db = replica_db(making->node->replica);
	char known[SYNC_COMMIT_TEXT];
	struct change_id id = {replica_origin(making->node->replica),
			       making->last};
	int rc;

	if (making->last == 0)
		return 0;
	rc = node_commit_of(known, making->node, id, err);
	return rc < 0 || *known != '\0' ? rc : note_unwaited(making, db, err);
}

int outbox_commit(size_t *made, struct node *node, struct err *err)
{
	struct making making = {.node = node};
	struct buf ref = BUF_INIT;
	struct oid before;
	int rc = drain(node->replica, err);

	refs_outbox(&ref, replica_site(node->replica),
		    replica_origin(node->replica));
	if (rc == 0)
		rc = start(&making, buf_text(&ref), err);
	before = making.tip;
	while (rc == 0 && (rc = make_one(&making, err)) > 0)
		rc = 0;
	if (rc == 0 && making.made > 0) {
		struct ref_move move = {.name = buf_text(&ref),
					.new_oid = &making.tip,
					.old = &before};

		rc = repository_flush_refs(node->repository, &move, 1, err);
		if (rc == 0 && move.result < 0)
			rc = err_set(err, ERR_STALE, "ref %s has moved",
				     buf_text(&ref));
	}
	if (rc == 0)
		rc = note_own(&making, err);
	if (made != NULL)
		*made = making.made;
	buf_release(&ref);
	return rc < 0 ? err_wrap(err, "commit own changes") : 0;
}

/* --- reading ------------------------------------------------------------- */

uint64_t outbox_first(const struct outbox_entry *entry)
{
	return entry->batch->changes[0].id.seq;
}

uint64_t outbox_last(const struct outbox_entry *entry)
{
	return entry->batch->changes[entry->batch->n_changes - 1].id.seq;
}

bool outbox_trailer_seqs(uint64_t *first, uint64_t *last,
			 const struct commit *commit)
{
	size_t len;
	const char *text = commit_trailer(&len, commit, "Seq");

	return text != NULL &&
	       sscanf(text, "%" SCNu64 "-%" SCNu64, first, last) == 2;
}

uint64_t outbox_trailer_last(const struct commit *commit)
{
	uint64_t first;
	uint64_t last;

	return outbox_trailer_seqs(&first, &last, commit) ? last : 0;
}

static bool trailer_is(const struct commit *commit, const char *name,
		       const char *value)
{
	size_t len;
	const char *text = commit_trailer(&len, commit, name);

	return text != NULL && len == strlen(value) &&
	       memcmp(text, value, len) == 0;
}

/* What people read in the message must be what the batch says. */
static int check_trailers(const struct outbox_entry *entry, struct err *err)
{
	char origin[17];
	char seq[48];

	change_origin_format(origin, entry->batch->origin);
	snprintf(seq, sizeof(seq), "%" PRIu64 "-%" PRIu64, outbox_first(entry),
		 outbox_last(entry));
	if (!trailer_is(&entry->commit, "Site", entry->batch->site) ||
	    !trailer_is(&entry->commit, "Origin", origin) ||
	    !trailer_is(&entry->commit, "Seq", seq))
		return err_set(err, ERR_CORRUPT,
			       "the commit's trailers are not those of its "
			       "batch");
	return 0;
}

static int read_batch(struct outbox_entry *out, struct repository *repository,
		      struct err *err)
{
	int rc = repository_find(&out->blob, repository, &out->commit.tree,
				 OUTBOX_CHANGES, err);

	if (rc == 0)
		rc = repository_read(&out->bytes, repository, &out->blob,
				     OBJECT_BLOB, err);
	if (rc == ERR_MISSING)
		rc = err->code = ERR_CORRUPT;
	if (rc == 0)
		rc = batch_decode(&out->batch, buf_text(&out->bytes),
				  out->bytes.len, err);
	if (rc == 0 &&
	    (out->batch->n_changes == 0 || !refs_site_ok(out->batch->site)))
		rc = err_set(err, ERR_CORRUPT, "a batch of nobody");
	return rc < 0 ? err_wrap(err, OUTBOX_CHANGES) : 0;
}

int outbox_read(struct outbox_entry *out, struct repository *repository,
		const struct oid *oid, struct err *err)
{
	char hex[OID_TEXT];
	int rc = commit_read(&out->commit, repository, oid, err);

	out->bytes = (struct buf)BUF_INIT;
	out->batch = NULL;
	if (rc == 0 && out->commit.n_parents > 1)
		rc = err_set(err, ERR_CORRUPT, "more than one parent");
	if (rc == 0)
		rc = commit_signer(out->signer, &out->commit, err);
	if (rc == 0)
		rc = read_batch(out, repository, err);
	if (rc == 0)
		rc = check_trailers(out, err);
	if (rc < 0) {
		outbox_entry_release(out);
		oid_format(hex, oid);
		err_wrap(err, "commit %.12s", hex);
	}
	return rc;
}

void outbox_entry_release(struct outbox_entry *entry)
{
	batch_free(entry->batch);
	buf_release(&entry->bytes);
	commit_release(&entry->commit);
	entry->batch = NULL;
}

int outbox_chain(struct oid_list *out, struct repository *repository,
		 const struct oid *tip, const struct oid *since,
		 struct err *err)
{
	struct commit commit;
	struct oid at = *tip;
	size_t start = out->n;
	int rc = 0;

	while (rc == 0 && !oid_is_zero(&at) && !oid_equal(&at, since)) {
		rc = commit_read(&commit, repository, &at, err);
		if (rc == 0 && !oid_list_add(out, &at))
			rc = err_nomem(err);
		at = rc == 0 && commit.n_parents > 0 ? commit.parents[0]
						     : (struct oid){{0}};
		commit_release(&commit);
	}
	if (rc == 0 && oid_is_zero(&at) && !oid_is_zero(since))
		rc = err_set(err, ERR_MISSING, "history was rewritten");
	for (size_t i = start, j = out->n; i + 1 < j; i++, j--) {
		struct oid swap = out->items[i];

		out->items[i] = out->items[j - 1];
		out->items[j - 1] = swap;
	}
	return rc;
}
