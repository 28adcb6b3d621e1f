/* sheet.h - what a site is sent in one go, as a folder of an inbox commit:
 *
 *   <origin>-<first seq>.msgpack   a batch each
 *   snapshot.msgpack               of cases sent without history
 *   verdicts.msgpack               on changes among these
 *
 * Knows that folder; not whom it is for, nor what it may hold. */
#ifndef TIAN_SYNC_SHEET_H
#define TIAN_SYNC_SHEET_H

#include "core/merge/apply.h"
#include "core/log/change_log.h"
#include "sync/identity/keys.h"
#include "sync/node/node.h"
#include "sync/wire/snapshots.h"
#include "sync/git/tree.h"

#define SHEET_SNAPSHOT "snapshot.msgpack"
#define SHEET_VERDICTS "verdicts.msgpack"

/* --- reading ------------------------------------------------------------- */

/* Its batches are files of its tree (before the layout was flattened: of the
 * folder `changes` in it). Replaces *raw with the tree that lists them. */
int sheet_files(struct buf *raw, struct repository *repository,
		const struct oid *tree, struct err *err);
/* Whether an entry of that tree is a batch: `<origin>-<first seq>…`. */
bool sheet_is_batch(const struct tree_entry *entry);

/* --- making one ---------------------------------------------------------- */

struct sheet {
	struct node *node;  /* borrowed */
	const char *folder; /* "", or ending in '/' */
	struct tree_edit *edits;
	char **paths; /* owned; edits point into them */
	size_t n;
	size_t cap;
	struct oid_set blobs; /* batches that are in it */
	struct oid_set names; /* of files and verdicts that are in it */
	struct verdict *verdicts;
	size_t n_verdicts;
	struct snapshots snapshots;
	size_t changes;
};

void sheet_init(struct sheet *sheet, struct node *node, const char *folder);
void sheet_release(struct sheet *sheet);
/* A file beside what is made here. */
int sheet_add_file(struct sheet *sheet, const char *path,
		   const struct oid *blob, struct err *err);
/* A batch's blob under its first change's name; `-2` and so on where that is
 * taken. The same bytes are there once. */
int sheet_add_blob(struct sheet *sheet, struct change_id first,
		   const struct oid *blob, size_t changes, struct err *err);
/* On a change; the first one stays. */
int sheet_add_verdict(struct sheet *sheet, const struct verdict *verdict,
		      struct err *err);
/* Cases ("": the rows that all sites have) as they stand, with what their
 * changes were flagged with. */
int sheet_add_cases(struct sheet *sheet, const struct keys *keys,
		    struct err *err);
/* All there is to know of what is disputed in a case. */
int sheet_add_disputed(struct sheet *sheet, const char *key, struct err *err);
/* The same of the rows that all sites have: looked for once for many sheets,
 * as they grow with the sites. Begins as zeros; release it. */
struct sheet_common {
	struct batch **batches;
	size_t n;
	bool known;
};
int sheet_add_common(struct sheet *sheet, struct sheet_common *common,
		     struct err *err);
void sheet_common_release(struct sheet_common *common);
/* The files of snapshots and verdicts; nothing is added after that. */
int sheet_finish(struct sheet *sheet, struct err *err);

#endif
