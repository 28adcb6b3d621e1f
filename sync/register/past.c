/* past.c - what was: the register as main held it at a commit or on a day,
 * and a change that only its commit still holds.
 * Knows main's chain, outboxes and the register's paths; recomputes nothing. */
#include <string.h>
#include <time.h>

#include "sync/git/commit.h"
#include "sync/office/ledger.h"
#include "sync/node/node.h"
#include "sync/node/outbox.h"
#include "sync/register/register.h"

enum { PREFIX_LEAST = 4 };

/* The end of a day here, or 0 where it is no date. */
static int64_t end_of_day(const char *text)
{
	struct tm tm = {.tm_isdst = -1};
	const char *end = strptime(text, "%Y-%m-%d", &tm);

	if (end == NULL || *end != '\0')
		return 0;
	tm.tm_mday++;
	tm.tm_isdst = -1;
	return (int64_t)mktime(&tm);
}

static bool is_wanted(const struct commit *commit, const char *at,
		      int64_t before)
{
	char hex[OID_TEXT];

	oid_format(hex, &commit->id);
	return before != 0 ? commit->time < before
			   : strncmp(hex, at, strlen(at)) == 0;
}

/* Back from the newest: the first that fits. */
static int find_commit(struct commit *out, struct node *node, const char *at,
		       struct err *err)
{
	int64_t before = end_of_day(at);
	const struct oid *previous;
	struct oid oid;
	int rc = node_get_oid(&oid, node->replica, NODE_MAIN, err);

	if (rc == 0 && before == 0 && strlen(at) < PREFIX_LEAST)
		oid = (struct oid){{0}};
	while (rc == 0 && !oid_is_zero(&oid)) {
		rc = commit_read(out, node->repository, &oid, err);
		if (rc < 0 || is_wanted(out, at, before))
			return rc;
		previous = ledger_previous(out);
		oid = previous != NULL ? *previous : (struct oid){{0}};
		commit_release(out);
		*out = (struct commit){.n_parents = 0};
	}
	return rc < 0 ? rc
		      : err_set(err, ERR_INPUT,
				"%.64s is no commit of main, nor a day since "
				"its first one",
				at);
}

int node_register_at(struct buf *text, char commit[SYNC_COMMIT_TEXT],
		     struct node *node, const char *key, const char *at,
		     struct err *err)
{
	struct commit found = {.n_parents = 0};
	struct buf path = BUF_INIT;
	struct oid blob;
	int rc = node_need(node, err);

	if (rc == 0 && !replica_is_office(node->replica))
		rc = err_set(err, ERR_INPUT,
			     "only the office has main; a unit's own past is "
			     "in tian log");
	if (rc == 0)
		rc = find_commit(&found, node, at, err);
	if (rc == 0)
		rc = register_path(&path, key, err);
	if (rc == 0)
		rc = repository_find(&blob, node->repository, &found.tree,
				     buf_text(&path), err);
	if (rc == ERR_MISSING)
		rc = err_set(err, ERR_INPUT,
			     "the register did not hold %.64s then", key);
	if (rc == 0)
		rc = repository_read(text, node->repository, &blob, OBJECT_BLOB,
				     err);
	if (rc == 0)
		oid_format(commit, &found.id);
	commit_release(&found);
	buf_release(&path);
	return rc;
}

static int tell_change(const struct outbox_entry *entry, struct change_id id,
		       change_log_fn *fn, void *ctx, struct err *err)
{
	struct change_log_entry face = {.site = entry->batch->site,
					.author = entry->batch->author};

	for (size_t i = 0; i < entry->batch->n_changes; i++) {
		face.change = &entry->batch->changes[i];
		if (change_id_equal(face.change->id, id))
			return fn(&face, ctx, err);
	}
	return err_set(err, ERR_MISSING, "its commit does not hold it");
}

int node_change(struct node *node, struct change_id id, change_log_fn *fn,
		void *ctx, struct err *err)
{
	struct outbox_entry entry;
	char hex[SYNC_COMMIT_TEXT];
	struct oid oid;
	int rc = change_log_find(node->replica, id, fn, ctx, err);

	if (rc != ERR_MISSING)
		return rc;
	rc = node_commit_of(hex, node, id, err);
	if (rc == 0 && (!*hex || !oid_parse(&oid, hex, strlen(hex))))
		rc = err_set(err, ERR_MISSING, "no such change is known");
	if (rc == 0)
		rc = node_need(node, err);
	if (rc < 0)
		return rc;
	rc = outbox_read(&entry, node->repository, &oid, err);
	if (rc == 0)
		rc = tell_change(&entry, id, fn, ctx, err);
	outbox_entry_release(&entry);
	return rc;
}
