/* ledger.c - main as it is read and replayed.
 * Knows main and outboxes; never inboxes, never the road to the hub. */
#include "sync/office/ledger.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sync/node/outbox_ahead.h"
#include "sync/git/refs.h"
#include "sync/wire/verdicts.h"

static const char SQL_TAKEN[] = "SELECT commit_id FROM _taken WHERE ref = ?";
static const char SQL_TAKEN_ALL[] =
	"SELECT ref, commit_id FROM _taken ORDER BY ref";
static const char SQL_SET_TAKEN[] =
	"INSERT INTO _taken(ref, commit_id) VALUES (?, ?)"
	" ON CONFLICT(ref) DO UPDATE SET commit_id = excluded.commit_id";

/* --- reading ------------------------------------------------------------- */

/* `site/origin first-last`, as the trailer `Outbox` says it. */
struct section {
	char site[REF_SITE_MAX + 1];
	uint64_t origin;
	uint64_t first;
	uint64_t last;
};

static bool parse_section(struct section *out, const char *text, size_t len)
{
	char name[256];
	char ref[256 + sizeof(REF_OUTBOX)];

	if (len >= sizeof(name) || memchr(text, ' ', len) == NULL)
		return false;
	memcpy(name, text, len);
	name[len] = '\0';
	*strchr(name, ' ') = '\0';
	snprintf(ref, sizeof(ref), "%s%s", REF_OUTBOX, name);
	return refs_parse_outbox(out->site, &out->origin, ref) &&
	       sscanf(name + strlen(name) + 1, "%" SCNu64 "-%" SCNu64,
		      &out->first, &out->last) == 2 &&
	       out->first > 0 && out->first <= out->last;
}

static const char NOT_AS_SAID[] = "an outbox is not what main says of it";

static void reverse_from(struct intake *intake, size_t start)
{
	for (size_t i = start, j = intake->n; i + 1 < j; i++, j--) {
		struct intake_commit swap = intake->commits[i];

		intake->commits[i] = intake->commits[j - 1];
		intake->commits[j - 1] = swap;
	}
}

/* One commit of a section, walking back: it must end at *last. */
static int read_one(struct intake *out, uint64_t *last, struct oid *at,
		    struct repository *repository,
		    const struct section *section, struct err *err)
{
	struct intake_commit entry = {.id = *at,
				      .site = section->site,
				      .origin = section->origin,
				      .last = *last};
	struct commit commit;
	int rc = commit_read(&commit, repository, at, err);

	if (rc < 0)
		return rc;
	if (!outbox_trailer_seqs(&entry.first, last, &commit) ||
	    *last != entry.last || entry.first > *last ||
	    entry.first < section->first) {
		commit_release(&commit);
		return err_set(err, ERR_CORRUPT, NOT_AS_SAID);
	}
	*last = entry.first - 1;
	*at = commit.n_parents > 0 ? commit.parents[0] : (struct oid){{0}};
	commit_release(&commit);
	return intake_add(out, &entry, err);
}

static int read_section(struct intake *out, struct repository *repository,
			const struct oid *tip, const struct section *section,
			struct err *err)
{
	size_t start = out->n;
	uint64_t last = section->last;
	struct oid at = *tip;
	int rc = 0;

	while (rc == 0 && last >= section->first) {
		if (oid_is_zero(&at))
			return err_set(err, ERR_CORRUPT, "an outbox has a gap");
		rc = read_one(out, &last, &at, repository, section, err);
	}
	reverse_from(out, start);
	return rc;
}

static int visit_one(struct intake *intake, size_t at,
		     const struct ledger_visit *visit,
		     struct outbox_ahead *ahead, struct err *err)
{
	const struct intake_commit *said = &intake->commits[at];
	struct outbox_entry entry;
	int rc = 0;

	if (!outbox_ahead_take(&entry, ahead, &said->id))
		rc = outbox_read(&entry, visit->repository, &said->id, err);
	if (rc < 0)
		return rc;
	if (strcmp(entry.batch->site, said->site) != 0 ||
	    entry.batch->origin != said->origin ||
	    outbox_first(&entry) != said->first ||
	    outbox_last(&entry) != said->last)
		rc = err_set(err, ERR_CORRUPT, NOT_AS_SAID);
	if (rc == 0)
		rc = intake_note(intake, at, &entry, visit->schema, err);
	if (rc == 0 && visit->fn != NULL)
		rc = visit->fn(&entry, at, visit->ctx, err);
	outbox_entry_release(&entry);
	return rc;
}

int ledger_each(struct intake *intake, const struct ledger_visit *visit,
		struct err *err)
{
	struct oid_list list = {NULL, 0, 0};
	struct outbox_ahead *ahead = NULL;
	int rc = 0;

	for (size_t i = 0; rc == 0 && visit->ahead && i < intake->n; i++)
		if (!oid_list_add(&list, &intake->commits[i].id))
			rc = err_nomem(err);
	if (rc == 0)
		ahead = outbox_ahead_begin(visit->repository, &list);
	for (size_t i = 0; rc >= 0 && i < intake->n; i++)
		rc = visit_one(intake, i, visit, ahead, err);
	outbox_ahead_end(ahead);
	oid_list_release(&list);
	return rc;
}

static int read_verdicts(struct intake *out, struct repository *repository,
			 const struct oid *tree, struct err *err)
{
	struct buf bytes = BUF_INIT;
	struct oid blob;
	int rc = repository_find(&blob, repository, tree, LEDGER_VERDICTS, err);

	if (rc == ERR_MISSING)
		return 0;
	if (rc == 0)
		rc = repository_read(&bytes, repository, &blob, OBJECT_BLOB,
				     err);
	if (rc == 0)
		rc = verdicts_decode(&out->verdicts, &out->n_verdicts,
				     buf_text(&bytes), bytes.len, err);
	buf_release(&bytes);
	return rc < 0 ? err_wrap(err, LEDGER_VERDICTS) : 0;
}

const struct oid *ledger_previous(const struct commit *main_commit)
{
	const char *at = NULL;
	size_t tips = 0;
	size_t len;

	while (commit_trailer_next(&len, &at, main_commit, "Outbox") != NULL)
		tips++;
	return main_commit->n_parents > tips ? main_commit->parents : NULL;
}

int ledger_read(struct intake *out, struct repository *repository,
		const struct commit *main_commit, struct err *err)
{
	const char *at = NULL;
	const char *text;
	struct section section;
	size_t len;
	size_t parent = ledger_previous(main_commit) != NULL ? 1 : 0;
	int rc = 0;

	out->id = main_commit->id;
	out->time = main_commit->time;
	text = commit_trailer(&len, main_commit, "Schema");
	out->schema = text != NULL ? (uint32_t)strtoul(text, NULL, 10) : 1;
	text = commit_trailer(&len, main_commit, "Layout");
	out->layout = text != NULL ? (uint32_t)strtoul(text, NULL, 10) : 1;
	while (rc == 0 && (text = commit_trailer_next(&len, &at, main_commit,
						      "Outbox")) != NULL) {
		if (parent >= main_commit->n_parents ||
		    !parse_section(&section, text, len))
			return err_set(err, ERR_CORRUPT,
				       "trailers do not fit the parents");
		buf_addf(&out->trailers, "Outbox: %.*s\n", (int)len, text);
		if (!oid_list_add(&out->tips, &main_commit->parents[parent]))
			return err_nomem(err);
		rc = read_section(out, repository,
				  &main_commit->parents[parent++], &section,
				  err);
	}
	if (rc == 0 && (parent != main_commit->n_parents || out->n == 0))
		rc = err_set(err, ERR_CORRUPT, "parents that no trailer names");
	if (rc == 0)
		rc = read_verdicts(out, repository, &main_commit->tree, err);
	return rc;
}

/* --- who may sign -------------------------------------------------------- */

int ledger_check_office(struct replica *replica,
			const uint8_t public_key[CRYPTO_PUBLIC_SIZE],
			int64_t time, struct err *err)
{
	struct signers signers = {NULL, 0};
	bool first;
	int rc = signers_load_of(&signers, replica, REPLICA_OFFICE, err);

	/* The very first commit of main. */
	if (rc == 0 && !signers_know(&signers, REPLICA_OFFICE))
		rc = node_check_pin(&first, replica, public_key, err);
	else if (rc == 0 &&
		 !signers_allow(&signers, REPLICA_OFFICE, public_key, time))
		rc = err_set(err, ERR_CORRUPT,
			     "signed with a key that is not the office's");
	signers_release(&signers);
	return rc;
}

int ledger_time(int64_t *out, struct repository *repository,
		const struct commit *main_commit, struct err *err)
{
	const struct oid *previous = ledger_previous(main_commit);
	struct commit before;
	int rc;

	*out = main_commit->time;
	if (previous == NULL)
		return 0;
	rc = commit_read(&before, repository, previous, err);
	if (rc == 0 && before.time > *out)
		*out = before.time;
	commit_release(&before);
	return rc;
}

/* --- replaying ----------------------------------------------------------- */

int ledger_taken(struct oid *out, struct replica *replica, const char *site,
		 uint64_t origin, struct err *err)
{
	struct db *db = replica_db(replica);
	struct buf ref = BUF_INIT;
	sqlite3_stmt *stmt;
	int rc = db_stmt(&stmt, db, SQL_TAKEN, err);

	*out = (struct oid){{0}};
	if (rc < 0)
		return rc;
	refs_outbox(&ref, site, origin);
	db_bind_text(stmt, 1, buf_text(&ref));
	rc = db_step(db, stmt, err);
	if (rc > 0)
		oid_parse(out, db_text(stmt, 0), strlen(db_text(stmt, 0)));
	sqlite3_reset(stmt);
	buf_release(&ref);
	return rc < 0 ? rc : 0;
}

static int add_taken(struct ref_list *out, sqlite3_stmt *stmt, struct err *err)
{
	struct ref *items = realloc(out->items, (out->n + 1) * sizeof(*items));
	const char *hex = db_text(stmt, 1);

	if (items == NULL)
		return err_nomem(err);
	out->items = items;
	items[out->n].name = strdup(db_text(stmt, 0));
	if (items[out->n].name == NULL)
		return err_nomem(err);
	if (!oid_parse(&items[out->n++].oid, hex, strlen(hex)))
		return err_set(err, ERR_CORRUPT, "_taken holds no commit");
	return 0;
}

int ledger_taken_refs(struct ref_list *out, struct replica *replica,
		      struct err *err)
{
	struct db *db = replica_db(replica);
	sqlite3_stmt *stmt;
	int rc = db_stmt(&stmt, db, SQL_TAKEN_ALL, err);

	if (rc < 0)
		return rc;
	while ((rc = db_step(db, stmt, err)) > 0) {
		rc = add_taken(out, stmt, err);
		if (rc < 0)
			break;
	}
	sqlite3_reset(stmt);
	return rc;
}

/* Seqs first: a ref that is ahead, as one in quarantine is, costs no walk. */
int ledger_behind(bool *out, struct node *node, const struct oid *there,
		  const struct oid *taken, struct err *err)
{
	struct oid_list chain = {NULL, 0, 0};
	struct commit commits[2] = {{.n_parents = 0}, {.n_parents = 0}};
	bool shorter = false;
	int rc;

	*out = there == NULL;
	if (there == NULL || oid_equal(there, taken))
		return 0;
	rc = commit_read(&commits[0], node->repository, there, err);
	if (rc == 0)
		rc = commit_read(&commits[1], node->repository, taken, err);
	if (rc == 0)
		shorter = outbox_trailer_last(&commits[0]) <
			  outbox_trailer_last(&commits[1]);
	if (rc == 0 && shorter) {
		rc = outbox_chain(&chain, node->repository, taken, there, err);
		*out = rc == 0;
	}
	oid_list_release(&chain);
	commit_release(&commits[0]);
	commit_release(&commits[1]);
	return rc == ERR_MISSING || rc == ERR_CORRUPT ? 0 : rc;
}

static int set_taken(struct replica *replica, const char *site, uint64_t origin,
		     const struct oid *tip, struct err *err)
{
	struct db *db = replica_db(replica);
	struct buf ref = BUF_INIT;
	char hex[OID_TEXT];
	sqlite3_stmt *stmt;
	int rc = db_stmt(&stmt, db, SQL_SET_TAKEN, err);

	if (rc < 0)
		return rc;
	refs_outbox(&ref, site, origin);
	oid_format(hex, tip);
	db_bind_text(stmt, 1, buf_text(&ref));
	db_bind_text(stmt, 2, hex);
	rc = db_run(db, stmt, err);
	buf_release(&ref);
	return rc;
}

static int get_version(uint32_t *out, struct replica *replica, const char *fact,
		       struct err *err)
{
	char *text = NULL;
	int rc = replica_get(&text, replica, fact, err);

	*out = rc == 0 && *text != '\0' ? (uint32_t)strtoul(text, NULL, 10) : 1;
	free(text);
	return rc;
}

int ledger_schema(uint32_t *out, struct replica *replica, struct err *err)
{
	return get_version(out, replica, NODE_SCHEMA, err);
}

int ledger_layout(uint32_t *out, struct replica *replica, struct err *err)
{
	return get_version(out, replica, NODE_LAYOUT, err);
}

static int set_version(struct replica *replica, const char *fact,
		       uint32_t version, struct err *err)
{
	char text[16];

	snprintf(text, sizeof(text), "%" PRIu32, version);
	return replica_set(replica, fact, text, err);
}

static bool ends_its_outbox(const struct intake *intake, size_t at)
{
	return at + 1 == intake->n ||
	       intake->commits[at + 1].origin != intake->commits[at].origin;
}

int ledger_note(struct replica *replica, const struct intake *intake,
		struct err *err)
{
	uint32_t layout;
	int rc = node_set_oid(replica, NODE_MAIN, &intake->id, err);

	if (rc == 0)
		rc = set_version(replica, NODE_SCHEMA, intake->schema, err);
	if (rc == 0)
		rc = ledger_layout(&layout, replica, err);
	if (rc == 0 && layout != intake->layout)
		rc = set_version(replica, NODE_LAYOUT, intake->layout, err);

	for (size_t i = 0; rc == 0 && i < intake->n; i++) {
		const struct intake_commit *commit = &intake->commits[i];

		rc = node_note_run(replica, &commit->id, commit->origin,
				   commit->first, commit->last, err);
		if (rc == 0 && ends_its_outbox(intake, i))
			rc = set_taken(replica, commit->site, commit->origin,
				       &commit->id, err);
	}
	return rc;
}

struct replaying {
	struct replica *replica;
	struct apply_result result;
};

static int apply_one(const struct outbox_entry *entry, size_t at, void *ctx,
		     struct err *err)
{
	static const struct apply_options options = {.gapless = true};
	struct replaying *replaying = ctx;

	(void)at;
	return apply_batch(replaying->replica, entry->batch, &options,
			   &replaying->result, err);
}

int ledger_apply_recorded(size_t *applied, struct intake *intake,
			  struct repository *repository,
			  struct replica *replica, struct err *err)
{
	struct replaying replaying = {.replica = replica};
	const struct ledger_visit visit = {.repository = repository,
					   .schema = replica_schema(replica),
					   .fn = apply_one,
					   .ctx = &replaying};
	int rc = ledger_each(intake, &visit, err);

	/* The record decides, not this program's opinion of it: that is what
	 * verify compares. */
	if (rc == 0)
		rc = apply_verdicts(replica, intake->verdicts,
				    intake->n_verdicts, &replaying.result, err);
	*applied = replaying.result.applied;
	apply_result_release(&replaying.result);
	return rc;
}

/* Up to where a merge knew every inbox to be filled: mostly up to the commit
 * before it, which then goes without saying. */
static bool told_delivered(struct oid *out, const struct commit *commit)
{
	const struct oid *previous = ledger_previous(commit);
	size_t len;

	if (commit_trailer(&len, commit, "Delivered") != NULL)
		return commit_trailer_oid(out, commit, "Delivered");
	if (previous != NULL)
		*out = *previous;
	return previous != NULL;
}

/* What the merging node knew to be delivered, this one need not look at
 * again: unless it knows of more itself. */
static int learn_delivered(struct replica *replica, const struct commit *commit,
			   const struct oid_list *replayed, struct err *err)
{
	struct oid told;
	struct oid known;
	int rc = node_get_oid(&known, replica, NODE_DELIVERED, err);

	if (rc < 0 || !told_delivered(&told, commit))
		return rc;
	for (size_t i = 0; !oid_is_zero(&known) && i < replayed->n; i++)
		if (oid_equal(&replayed->items[i], &told))
			known = (struct oid){{0}};
	return oid_is_zero(&known)
		       ? node_set_oid(replica, NODE_DELIVERED, &told, err)
		       : 0;
}

static int replay_one(struct node *node, const struct oid *oid,
		      const struct oid_list *replayed, const struct run *run,
		      struct err *err)
{
	uint8_t signer[CRYPTO_PUBLIC_SIZE];
	struct intake intake = {.n = 0};
	struct db *db = replica_db(node->replica);
	struct commit commit;
	size_t applied = 0;
	int64_t time;
	int rc = commit_read(&commit, node->repository, oid, err);

	if (rc < 0)
		return rc;
	rc = commit_signer(signer, &commit, err);
	if (rc == 0)
		rc = ledger_time(&time, node->repository, &commit, err);
	if (rc == 0)
		rc = ledger_read(&intake, node->repository, &commit, err);
	if (rc == 0)
		rc = db_begin(db, err);
	if (rc < 0)
		goto done;
	rc = change_log_drain(node->replica, NULL, err);
	if (rc == 0)
		rc = ledger_check_office(node->replica, signer, time, err);
	if (rc == 0)
		rc = ledger_apply_recorded(&applied, &intake, node->repository,
					   node->replica, err);
	run->report->received += applied;
	if (rc == 0)
		rc = ledger_note(node->replica, &intake, err);
	if (rc == 0)
		rc = learn_delivered(node->replica, &commit, replayed, err);
	if (rc == 0)
		rc = db_commit(db, err);
	if (rc < 0)
		db_rollback(db);
done:
	intake_release(&intake);
	commit_release(&commit);
	return rc;
}

int ledger_chain(struct oid_list *out, bool *found,
		 struct repository *repository, const struct oid *tip,
		 const struct oid *since, struct err *err)
{
	struct commit commit;
	const struct oid *previous;
	struct oid at = *tip;
	int rc = 0;

	while (rc == 0 && !oid_is_zero(&at) && !oid_equal(&at, since)) {
		rc = commit_read(&commit, repository, &at, err);
		if (rc == 0 && !oid_list_add(out, &at))
			rc = err_nomem(err);
		previous = rc == 0 ? ledger_previous(&commit) : NULL;
		at = previous != NULL ? *previous : (struct oid){{0}};
		commit_release(&commit);
	}
	*found = oid_equal(&at, since);
	for (size_t i = 0, j = out->n; i + 1 < j; i++, j--) {
		struct oid swap = out->items[i];

		out->items[i] = out->items[j - 1];
		out->items[j - 1] = swap;
	}
	return rc;
}

/* The hub's main is not a descendant of ours: is it an ancestor? */
static int check_ahead(bool *ahead, struct node *node, const struct oid *tip,
		       const struct oid *here, struct err *err)
{
	struct oid_list list = {NULL, 0, 0};
	int rc = ledger_chain(&list, ahead, node->repository, here, tip, err);

	oid_list_release(&list);
	if (rc == 0 && !*ahead)
		rc = err_set(err, ERR_CORRUPT,
			     "main at the hub is another history than the "
			     "one this office has");
	return rc;
}

int ledger_replay(bool *ahead, struct node *node, const struct oid *tip,
		  const struct run *run, struct err *err)
{
	struct oid_list list = {NULL, 0, 0};
	struct oid here;
	bool found = false;
	int rc = node_get_oid(&here, node->replica, NODE_MAIN, err);

	*ahead = false;
	if (rc == 0 && oid_is_zero(tip)) {
		*ahead = !oid_is_zero(&here);
		return 0;
	}
	if (rc == 0)
		rc = ledger_chain(&list, &found, node->repository, tip, &here,
				  err);
	if (rc == 0 && !found)
		rc = check_ahead(ahead, node, tip, &here, err);
	for (size_t i = 0; rc == 0 && found && i < list.n; i++) {
		char hex[OID_TEXT];

		run_progress(run, SYNC_STAGE_APPLY, i, list.n);
		rc = replay_one(node, &list.items[i], &list, run, err);
		oid_format(hex, &list.items[i]);
		if (rc < 0)
			err_wrap(err, "main %.12s", hex);
	}
	oid_list_release(&list);
	return rc;
}
