/* sheet.c - what a site is sent in one go, as a folder of an inbox commit. */
#include "sync/office/sheet.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sync/wire/batch.h"
#include "sync/wire/verdicts.h"

/* Where batches lay before the tree was flat. */
#define SHEET_FOLDER "changes"

enum { ORIGIN_DIGITS = 16 };

static const char SQL_FLAGGED[] =
	"SELECT v.reason FROM _verdict v JOIN _origin o"
	" ON v.change = (o.id << 40 | ?2) WHERE o.origin = ?1 AND v.kind = 2";

int sheet_files(struct buf *raw, struct repository *repository,
		const struct oid *tree, struct err *err)
{
	struct oid folder;
	int rc = repository_find(&folder, repository, tree, SHEET_FOLDER, err);

	if (rc < 0 && rc != ERR_MISSING)
		return rc;
	return repository_read(raw, repository, rc == 0 ? &folder : tree,
			       OBJECT_TREE, err);
}

bool sheet_is_batch(const struct tree_entry *entry)
{
	return !entry->is_tree && entry->name_len > ORIGIN_DIGITS &&
	       strspn(entry->name, "0123456789abcdef") == ORIGIN_DIGITS &&
	       entry->name[ORIGIN_DIGITS] == '-';
}

void sheet_init(struct sheet *sheet, struct node *node, const char *folder)
{
	*sheet = (struct sheet){.node = node, .folder = folder};
}

void sheet_release(struct sheet *sheet)
{
	for (size_t i = 0; i < sheet->n; i++)
		free(sheet->paths[i]);
	free(sheet->paths);
	free(sheet->edits);
	free(sheet->verdicts);
	oid_set_release(&sheet->blobs);
	oid_set_release(&sheet->names);
	snapshots_release(&sheet->snapshots);
}

static int grow(struct sheet *sheet, struct err *err)
{
	size_t cap = sheet->cap * 2 + 8;
	struct tree_edit *edits;
	char **paths;

	if (sheet->n < sheet->cap)
		return 0;
	edits = realloc(sheet->edits, cap * sizeof(*edits));
	if (edits != NULL)
		sheet->edits = edits;
	paths = realloc(sheet->paths, cap * sizeof(*paths));
	if (paths != NULL)
		sheet->paths = paths;
	if (edits == NULL || paths == NULL)
		return err_nomem(err);
	sheet->cap = cap;
	return 0;
}

int sheet_add_file(struct sheet *sheet, const char *path,
		   const struct oid *blob, struct err *err)
{
	struct buf full = BUF_INIT;
	int rc = grow(sheet, err);

	buf_addf(&full, "%s%s", sheet->folder, path);
	if (rc == 0)
		rc = buf_check(&full, err);
	if (rc < 0) {
		buf_release(&full);
		return rc;
	}
	sheet->paths[sheet->n] = buf_take(&full);
	sheet->edits[sheet->n].path = sheet->paths[sheet->n];
	sheet->edits[sheet->n].oid = *blob;
	sheet->n++;
	return 0;
}

static int add_bytes(struct sheet *sheet, const char *path,
		     const struct buf *bytes, struct err *err)
{
	struct oid blob;
	int rc = repository_write(&blob, sheet->node->repository, OBJECT_BLOB,
				  buf_text(bytes), bytes->len, err);

	return rc < 0 ? rc : sheet_add_file(sheet, path, &blob, err);
}

/* A change's number and a small one as a name; copy 0 is that of verdicts.
 * Its first bytes are spread by seq, as a set of oids finds its slots by them:
 * by origin alone all changes of one node would queue at one slot. */
static struct oid name_of(struct change_id id, unsigned copy)
{
	const uint64_t golden = 0x9e3779b97f4a7c15; /* 2^64 / phi, odd */
	const uint64_t parts[2] = {id.origin ^ id.seq * golden, id.seq};
	struct oid name;

	for (size_t i = 0; i < 16; i++)
		name.bytes[i] = (uint8_t)(parts[i / 8] >> (56 - i % 8 * 8));
	for (size_t i = 0; i < 4; i++)
		name.bytes[16 + i] = (uint8_t)(copy >> (24 - 8 * i));
	return name;
}

/* --- batches ------------------------------------------------------------- */

int sheet_add_blob(struct sheet *sheet, struct change_id first,
		   const struct oid *blob, size_t changes, struct err *err)
{
	char origin[17];
	char path[96];
	unsigned copy = 0;
	int added = oid_set_add(&sheet->blobs, blob);

	sheet->changes += changes;
	if (added == 0)
		return 0;
	if (added > 0)
		do {
			struct oid name = name_of(first, ++copy);

			added = oid_set_add(&sheet->names, &name);
		} while (added == 0);
	if (added < 0)
		return err_nomem(err);
	change_origin_format(origin, first.origin);
	if (copy == 1)
		snprintf(path, sizeof(path), "%s-%" PRIu64 ".msgpack", origin,
			 first.seq);
	else
		snprintf(path, sizeof(path), "%s-%" PRIu64 "-%u.msgpack",
			 origin, first.seq, copy);
	return sheet_add_file(sheet, path, blob, err);
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
static int add_part(struct sheet *sheet, const struct batch *batch, size_t from,
		    size_t to, struct err *err)
{
	struct half half = {batch->changes + from, batch->changes + to};
	struct buf bytes = BUF_INIT;
	struct oid blob;
	int rc = batch_encode_some(&bytes, batch, in_half, &half, NULL, err);

	if (rc == ERR_INPUT && to - from > 1) {
		size_t middle = from + (to - from) / 2;

		buf_release(&bytes);
		rc = add_part(sheet, batch, from, middle, err);
		return rc < 0 ? rc : add_part(sheet, batch, middle, to, err);
	}
	if (rc == 0)
		rc = repository_write(&blob, sheet->node->repository,
				      OBJECT_BLOB, buf_text(&bytes), bytes.len,
				      err);
	if (rc == 0)
		rc = sheet_add_blob(sheet, half.from->id, &blob, to - from,
				    err);
	buf_release(&bytes);
	return rc;
}

/* What was logged keeps the flags it got when it was merged. */
static int add_flags(struct sheet *sheet, const struct batch *batch,
		     struct err *err)
{
	struct db *db = replica_db(sheet->node->replica);
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
			rc = sheet_add_verdict(sheet, &verdict, err);
		}
		sqlite3_reset(stmt);
	}
	return rc < 0 ? rc : 0;
}

static int add_batches(struct sheet *sheet, struct batch *const *batches,
		       size_t n, struct err *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < n; i++) {
		rc = add_flags(sheet, batches[i], err);
		if (rc == 0)
			rc = add_part(sheet, batches[i], 0,
				      batches[i]->n_changes, err);
	}
	return rc;
}

static void free_batches(struct batch **batches, size_t n)
{
	for (size_t i = 0; i < n; i++)
		batch_free(batches[i]);
	free(batches);
}

int sheet_add_cases(struct sheet *sheet, const struct keys *keys,
		    struct err *err)
{
	struct replica *replica = sheet->node->replica;
	struct batch **batches = NULL;
	size_t n = 0;
	int rc = change_log_snapshot(&batches, &n, replica,
				     (const char *const *)keys->items, keys->n,
				     err);

	if (rc == 0)
		rc = add_batches(sheet, batches, n, err);
	free_batches(batches, n);
	for (size_t i = 0; rc == 0 && i < keys->n; i++)
		rc = snapshots_add(&sheet->snapshots, replica, keys->items[i],
				   err);
	return rc;
}

int sheet_add_disputed(struct sheet *sheet, const char *key, struct err *err)
{
	struct batch **batches = NULL;
	size_t n = 0;
	int rc = change_log_disputed(&batches, &n, sheet->node->replica, key,
				     err);

	if (rc == 0)
		rc = add_batches(sheet, batches, n, err);
	free_batches(batches, n);
	return rc;
}

int sheet_add_common(struct sheet *sheet, struct sheet_common *common,
		     struct err *err)
{
	int rc = 0;

	if (!common->known)
		rc = change_log_disputed(&common->batches, &common->n,
					 sheet->node->replica, "", err);
	if (rc < 0)
		return rc;
	common->known = true;
	return add_batches(sheet, common->batches, common->n, err);
}

void sheet_common_release(struct sheet_common *common)
{
	free_batches(common->batches, common->n);
	*common = (struct sheet_common){NULL, 0, false};
}

/* --- what is said of them ------------------------------------------------ */

int sheet_add_verdict(struct sheet *sheet, const struct verdict *verdict,
		      struct err *err)
{
	struct oid name = name_of(verdict->id, 0);
	struct verdict *grown;
	int added = oid_set_add(&sheet->names, &name);

	if (added <= 0)
		return added < 0 ? err_nomem(err) : 0;
	if ((sheet->n_verdicts & (sheet->n_verdicts + 1)) == 0) {
		grown = realloc(sheet->verdicts,
				(sheet->n_verdicts + 1) * 2 * sizeof(*grown));
		if (grown == NULL)
			return err_nomem(err);
		sheet->verdicts = grown;
	}
	sheet->verdicts[sheet->n_verdicts++] = *verdict;
	return 0;
}

int sheet_finish(struct sheet *sheet, struct err *err)
{
	struct buf verdicts = BUF_INIT;
	struct buf snapshots = BUF_INIT;
	int rc = 0;

	if (sheet->n_verdicts > 0) {
		rc = verdicts_encode(&verdicts, sheet->verdicts,
				     sheet->n_verdicts, err);
		if (rc == 0)
			rc = add_bytes(sheet, SHEET_VERDICTS, &verdicts, err);
	}
	if (rc == 0 && sheet->snapshots.n > 0) {
		rc = snapshots_encode(&snapshots, &sheet->snapshots, err);
		if (rc == 0)
			rc = add_bytes(sheet, SHEET_SNAPSHOT, &snapshots, err);
	}
	buf_release(&verdicts);
	buf_release(&snapshots);
	return rc;
}
