/* bundle_content.c - what goes into a node's file, and from where on. */
#include "sync/node/bundle_content.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/clock.h"
#include "sync/git/refs.h"
#include "sync/git/tree.h"
#include "sync/identity/signers.h"
#include "sync/node/outbox.h"
#include "sync/office/parcel.h"
#include "sync/office/sheet.h"
#include "sync/road/wrapped.h"

static const struct oid none;

static const char SQL_TAKEN_OF[] =
	"SELECT commit_id FROM _taken WHERE ref >= ?1 || '/' AND"
	" ref < ?1 || '0'";

/* --- what the office has of a unit's outbox ------------------------------ */

/* The first seq of this node's own batch in an inbox commit, 0 if none is. */
static int own_batch(uint64_t *first, struct node *node,
		     const struct commit *commit, struct err *err)
{
	struct buf raw = BUF_INIT;
	struct tree_cursor cursor;
	struct tree_entry file;
	char origin[18];
	int rc = sheet_files(&raw, node->repository, &commit->tree, err);

	*first = 0;
	change_origin_format(origin, replica_origin(node->replica));
	strcat(origin, "-");
	tree_cursor_init(&cursor, &raw);
	while (rc == 0 && (rc = tree_next(&file, &cursor, err)) > 0) {
		uint64_t seq = 0;

		rc = 0;
		if (strncmp(file.name, origin, strlen(origin)) == 0)
			seq = strtoull(file.name + strlen(origin), NULL, 10);
		if (seq > *first)
			*first = seq;
	}
	buf_release(&raw);
	return rc;
}

/* The last own change that came back in the inbox: a receipt. */
static int find_receipt(uint64_t *seq, struct node *node, struct err *err)
{
	struct buf name = BUF_INIT;
	struct oid at;
	int rc;

	*seq = 0;
	refs_inbox(&name, replica_site(node->replica));
	rc = repository_ref(&at, node->repository, buf_text(&name), err);
	buf_release(&name);
	if (rc == ERR_MISSING)
		return 0;
	while (rc == 0 && *seq == 0 && !oid_is_zero(&at)) {
		struct commit commit;

		rc = commit_read(&commit, node->repository, &at, err);
		if (rc == 0)
			rc = own_batch(seq, node, &commit, err);
		at = rc == 0 && commit.n_parents > 0 ? commit.parents[0]
						     : (struct oid){{0}};
		commit_release(&commit);
	}
	return rc;
}

/* The last outbox commit that begins at or before that change. */
static int find_sent(struct oid *out, struct node *node, const struct oid *tip,
		     uint64_t seq, struct err *err)
{
	struct oid at = *tip;
	int rc = 0;

	*out = (struct oid){{0}};
	while (rc == 0 && seq > 0 && !oid_is_zero(&at)) {
		struct commit commit;
		uint64_t last;

		rc = commit_read(&commit, node->repository, &at, err);
		if (rc < 0)
			break;
		last = outbox_trailer_last(&commit);
		if (last != 0 && last < seq)
			at = (struct oid){{0}};
		else
			*out = at;
		if (!oid_is_zero(&at))
			at = commit.n_parents > 0 ? commit.parents[0]
						  : (struct oid){{0}};
		commit_release(&commit);
	}
	return rc;
}

static int unit_content(struct bundle_content *content, struct node *node,
			bool full, struct err *err)
{
	struct ref *ref = &content->ref;
	struct oid *since = &content->since;
	uint64_t seq = 0;
	int rc = outbox_commit(NULL, node, err);

	if (rc == 0)
		rc = repository_ref(&ref->oid, node->repository, ref->name,
				    err);
	if (rc == ERR_MISSING)
		return 0; /* nothing was ever written here */
	if (rc == 0 && !full)
		rc = find_receipt(&seq, node, err);
	if (rc == 0)
		rc = find_sent(since, node, &ref->oid, seq, err);
	return rc;
}

/* --- what a unit has of its inbox ---------------------------------------- */

/* What the site's nodes have shown to have. */
struct readers {
	struct oid_list seen; /* trailer `Seen` of the last commit of each */
	size_t nodes;	      /* that wrote, and may still sign */
	size_t keys;	      /* that may sign now */
};

/* All of them have said where they are. */
static bool is_known(const struct readers *readers)
{
	return readers->seen.n > 0 && readers->seen.n == readers->nodes &&
	       readers->nodes >= readers->keys;
}

/* A node whose key has ended reads no more. */
static int add_reader(struct readers *readers, struct node *node,
		      const struct signers *signers, const char *site,
		      const char *tip, struct err *err)
{
	uint8_t signer[CRYPTO_PUBLIC_SIZE];
	int64_t now = (int64_t)(clock_now_ms() / 1000);
	struct commit commit;
	struct oid oid;
	int rc;

	if (!oid_parse(&oid, tip, strlen(tip)))
		return 0;
	rc = commit_read(&commit, node->repository, &oid, err);
	if (rc < 0)
		return rc;
	rc = commit_signer(signer, &commit, err);
	if (rc == 0 && signers_allow(signers, site, signer, now)) {
		readers->nodes++;
		if (commit_trailer_oid(&oid, &commit, "Seen") &&
		    !oid_list_add(&readers->seen, &oid))
			rc = err_nomem(err);
	}
	commit_release(&commit);
	return rc;
}

static size_t count_keys(const struct signers *signers, const char *site)
{
	int64_t now = (int64_t)(clock_now_ms() / 1000);
	size_t n = 0;

	for (size_t i = 0; i < signers->n; i++)
		n += strcmp(signers->items[i].site, site) == 0 &&
		     signers_allow(signers, site, signers->items[i].public_key,
				   now);
	return n;
}

static int find_readers(struct readers *out, struct node *node,
			const char *site, struct err *err)
{
	struct db *db = replica_db(node->replica);
	struct signers signers = {NULL, 0};
	struct buf prefix = BUF_INIT;
	sqlite3_stmt *stmt;
	int rc = db_stmt(&stmt, db, SQL_TAKEN_OF, err);

	if (rc < 0)
		return rc;
	rc = signers_load(&signers, node->replica, err);
	out->keys = count_keys(&signers, site);
	buf_addf(&prefix, REF_OUTBOX "%s", site);
	db_bind_text(stmt, 1, buf_text(&prefix));
	while (rc == 0 && (rc = db_step(db, stmt, err)) > 0)
		rc = add_reader(out, node, &signers, site, db_text(stmt, 0),
				err);
	sqlite3_reset(stmt);
	signers_release(&signers);
	buf_release(&prefix);
	return rc;
}

/* An inbox, walked back from its tip: to what its nodes have shown to have,
 * or to where a new one can begin. */
struct walk {
	const struct readers *readers;
	struct oid_list chain;	/* newest first */
	size_t found;		/* of what they have seen */
	struct oid oldest_seen; /* zero: none was found */
	size_t at_oldest;	/* commits after it */
	size_t checkpoints;	/* passed */
	struct oid checkpoint;	/* the newest; zero: none */
	size_t at_checkpoint;	/* commits from it on */
};

static int step(struct walk *walk, struct oid *at, struct node *node,
		struct err *err)
{
	const struct oid_list *seen = &walk->readers->seen;
	struct commit commit;
	int rc = commit_read(&commit, node->repository, at, err);

	if (rc < 0)
		return rc;
	for (size_t i = 0; i < seen->n; i++)
		if (oid_equal(at, &seen->items[i])) {
			walk->found++;
			walk->oldest_seen = *at;
			walk->at_oldest = walk->chain.n;
		}
	if (!oid_list_add(&walk->chain, at))
		rc = err_nomem(err);
	if (parcel_is_checkpoint(node->repository, &commit) &&
	    walk->checkpoints++ == 0) {
		walk->checkpoint = *at;
		walk->at_checkpoint = walk->chain.n;
	}
	*at = commit.n_parents > 0 ? commit.parents[0] : none;
	commit_release(&commit);
	return rc;
}

static bool is_enough(const struct walk *walk)
{
	bool all = walk->found == walk->readers->seen.n;

	return is_known(walk->readers)
		       ? all
		       : walk->checkpoints > 1 ||
				 (walk->checkpoints == 1 && all);
}

/* Where all nodes have shown where they are, cost follows what the farthest
 * one lacks. Where one has not, what was sent since the last checkpoint but
 * one: it holds as much as that one did, by the rule they are made by. */
static int walk_back(struct walk *walk, struct node *node,
		     const struct oid *tip, struct err *err)
{
	struct oid at = *tip;
	int rc = 0;

	while (rc == 0 && !oid_is_zero(&at) && !is_enough(walk))
		rc = step(walk, &at, node, err);
	return rc;
}

/* The first n commits of the walk, oldest first. */
static int take_newest(struct oid_list *out, const struct walk *walk, size_t n,
		       struct err *err)
{
	for (size_t i = n; i-- > 0;)
		if (!oid_list_add(out, &walk->chain.items[i]))
			return err_nomem(err);
	return 0;
}

static int make_message(struct buf *out, struct node *node, const char *site,
			const struct walk *walk, struct err *err)
{
	char hex[OID_TEXT];
	int rc;

	buf_adds(out, "送达 ");
	rc = node_site_name(out, node->replica, site, err);
	buf_adds(out, ": 新电脑由此开始\n\n");
	commit_add_trailer(out, "Site", site);
	oid_format(hex, &walk->checkpoint);
	commit_add_trailer(out, "Begin", hex);
	return rc < 0 ? rc : buf_check(out, err);
}

static int wrap(struct bundle_content *content, struct node *node,
		const char *site, const struct walk *walk,
		const struct oid_list *chain, struct err *err)
{
	struct commit_draft draft = {.n_parents = 0};
	struct buf names = BUF_INIT;
	struct buf message = BUF_INIT;
	struct buf ref = BUF_INIT;
	int rc = node_sign_as_office(&draft, &names, node, "",
				     (int64_t)(clock_now_ms() / 1000), err);

	if (rc == 0)
		rc = make_message(&message, node, site, walk, err);
	draft.message = buf_text(&message);
	if (rc == 0)
		rc = wrapped_make(&content->ref.oid, node->repository, chain,
				  &draft, &node->key, err);
	buf_addf(&ref, REF_WRAPPED "%s", site);
	if (rc == 0)
		rc = buf_check(&ref, err);
	free(content->ref.name);
	content->ref.name = buf_take(&ref);
	buf_release(&message);
	buf_release(&names);
	return rc;
}

/* From the checkpoint, or from before it where a node has shown to be there,
 * as it reads the same file. */
static int begin_late(struct bundle_content *content, struct node *node,
		      const char *site, const struct walk *walk,
		      struct err *err)
{
	struct oid_list chain = {NULL, 0, 0};
	size_t n = walk->at_checkpoint;
	int rc;

	if (walk->found > 0 && walk->at_oldest > n)
		n = walk->at_oldest;
	rc = take_newest(&chain, walk, n, err);
	content->begin = walk->checkpoint;
	content->commits = n;
	if (rc == 0)
		rc = wrap(content, node, site, walk, &chain, err);
	oid_list_release(&chain);
	return rc;
}

static int office_content(struct bundle_content *content, struct node *node,
			  const struct bundle_options *options, struct err *err)
{
	struct readers readers = {.nodes = 0};
	struct walk walk = {.readers = &readers};
	int rc = repository_ref(&content->ref.oid, node->repository,
				content->ref.name, err);

	if (rc == ERR_MISSING)
		return err_set(err, ERR_INPUT,
			       "nothing has been delivered to %s yet: enrol "
			       "it, then sync",
			       options->site);
	if (rc < 0 || options->full)
		return rc;
	rc = find_readers(&readers, node, options->site, err);
	if (rc == 0)
		rc = walk_back(&walk, node, &content->ref.oid, err);
	if (rc == 0 && is_known(&readers) && walk.found == readers.seen.n)
		content->since = walk.oldest_seen;
	else if (rc == 0 && walk.checkpoints > 0)
		rc = begin_late(content, node, options->site, &walk, err);
	oid_list_release(&walk.chain);
	oid_list_release(&readers.seen);
	return rc;
}

/* --- either -------------------------------------------------------------- */

static int make_name(struct buf *out, struct node *node,
		     const struct bundle_options *options, struct err *err)
{
	bool office = replica_is_office(node->replica);

	if (office != (options->site != NULL))
		return err_set(err, ERR_INPUT,
			       office ? "say for which unit the file shall be"
				      : "a unit's file is for the office");
	if (!office)
		refs_outbox(out, replica_site(node->replica),
			    replica_origin(node->replica));
	else if (refs_site_ok(options->site))
		refs_inbox(out, options->site);
	else
		return err_set(err, ERR_INPUT, "'%s' is no unit's code",
			       options->site);
	return buf_check(out, err);
}

static int count_commits(struct bundle_content *content, struct node *node,
			 struct err *err)
{
	struct oid_list chain = {NULL, 0, 0};
	int rc = outbox_chain(&chain, node->repository, &content->ref.oid,
			      &content->since, err);

	content->commits = chain.n;
	oid_list_release(&chain);
	return rc;
}

int bundle_content_find(struct bundle_content *out, struct node *node,
			const struct bundle_options *options, struct err *err)
{
	struct buf name = BUF_INIT;
	int rc = make_name(&name, node, options, err);

	*out = (struct bundle_content){.ref.name = buf_take(&name)};
	if (rc == 0)
		rc = options->site != NULL
			     ? office_content(out, node, options, err)
			     : unit_content(out, node, options->full, err);
	if (rc == 0 && !oid_is_zero(&out->ref.oid) && oid_is_zero(&out->begin))
		rc = count_commits(out, node, err);
	return rc;
}

void bundle_content_release(struct bundle_content *content)
{
	free(content->ref.name);
	*content = (struct bundle_content){.commits = 0};
}
