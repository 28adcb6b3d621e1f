/* node.c - one node: its folder, replica, repository and key. */
#include "sync/node/node.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "sync/git/commit.h"

static const char SQL_UNIT_NAME[] =
	"SELECT name FROM unit WHERE code = ? AND name IS NOT NULL";
static const char SQL_NOTE[] =
	"INSERT OR IGNORE INTO _commit(origin, first, last, commit_id)"
	" VALUES (?, ?, ?, ?)";
static const char SQL_COMMIT_OF[] =
	"SELECT commit_id FROM _commit WHERE origin = ?1 AND last >= ?2"
	" AND first <= ?2 ORDER BY last, first LIMIT 1";

void node_path(struct buf *out, const char *dir, const char *name)
{
	buf_addf(out, "%s/%s", dir, name);
}

int node_open(struct node **out, const char *dir, struct err *err)
{
	struct buf path = BUF_INIT;
	struct node *node = calloc(1, sizeof(*node));
	int rc = crypto_init(err);

	if (node == NULL || (node->dir = strdup(dir)) == NULL) {
		free(node);
		return err_nomem(err);
	}
	node_path(&path, dir, "tian.db");
	if (rc == 0)
		rc = buf_check(&path, err);
	if (rc == 0)
		rc = replica_open(&node->replica, buf_text(&path), err);
	buf_release(&path);
	if (rc < 0) {
		node_close(node);
		return rc;
	}
	*out = node;
	return 0;
}

void node_close(struct node *node)
{
	if (node == NULL)
		return;
	repository_close(node->repository);
	replica_close(node->replica);
	key_release(&node->key);
	free(node->dir);
	free(node);
}

struct replica *node_replica(struct node *node)
{
	return node->replica;
}

/* What init makes before the replica, so one of them missing is damage. */
static int incomplete(int rc, struct err *err)
{
	if (rc == ERR_MISSING)
		rc = err->code = ERR_INPUT;
	return rc;
}

int node_need(struct node *node, struct err *err)
{
	struct buf path = BUF_INIT;
	int rc = 0;

	if (!node->has_key) {
		node_path(&path, node->dir, "key");
		rc = key_load(&node->key, buf_text(&path), err);
		node->has_key = rc == 0;
	}
	buf_clear(&path);
	if (rc == 0 && node->repository == NULL) {
		node_path(&path, node->dir, "tian.git");
		rc = repository_open(&node->repository, buf_text(&path),
				     REPOSITORY_WRITE, err);
		if (rc == 0) {
			repository_trust(node->repository);
			rc = repository_load_begin(node->repository, err);
		}
	}
	buf_release(&path);
	return incomplete(rc, err);
}

int node_get_oid(struct oid *out, struct replica *replica, const char *name,
		 struct err *err)
{
	char *text = NULL;
	int rc = replica_get(&text, replica, name, err);

	*out = (struct oid){{0}};
	if (rc == 0 && *text != '\0' && !oid_parse(out, text, strlen(text)))
		rc = err_set(err, ERR_CORRUPT, "_meta.%s is no commit", name);
	free(text);
	return rc;
}

int node_note_oid(struct replica *replica, const char *name,
		  const struct oid *oid, struct err *err)
{
	struct db *db = replica_db(replica);
	struct err ignored;
	int rc = db_wait(db, false, err);
	int back;

	if (rc == 0)
		rc = node_set_oid(replica, name, oid, err);
	back = db_wait(db, true, rc == 0 ? err : &ignored);
	return rc < 0 ? rc : back;
}

int node_set_oid(struct replica *replica, const char *name,
		 const struct oid *oid, struct err *err)
{
	char hex[OID_TEXT];

	oid_format(hex, oid);
	return replica_set(replica, name, hex, err);
}

int node_check_pin(bool *first, struct replica *replica,
		   const uint8_t public_key[CRYPTO_PUBLIC_SIZE],
		   struct err *err)
{
	char fingerprint[KEY_FINGERPRINT];
	struct buf line = BUF_INIT;
	char *pinned = NULL;
	int rc = replica_get(&pinned, replica, NODE_OFFICE_KEY, err);

	key_fingerprint(fingerprint, public_key);
	key_public_line(&line, public_key);
	if (rc == 0)
		rc = buf_check(&line, err);
	*first = rc == 0 && *pinned == '\0';
	if (rc == 0 && !*first && strcmp(pinned, buf_text(&line)) != 0 &&
	    strcmp(pinned, fingerprint) != 0)
		rc = err_set(err, ERR_CORRUPT,
			     "signed with another key than the office's, "
			     "which is %s here",
			     pinned);
	if (rc == 0 && strcmp(pinned, buf_text(&line)) != 0)
		rc = replica_set(replica, NODE_OFFICE_KEY, buf_text(&line),
				 err);
	free(pinned);
	buf_release(&line);
	return rc;
}

int node_pin(struct replica *replica,
	     const uint8_t public_key[CRYPTO_PUBLIC_SIZE], struct err *err)
{
	struct buf line = BUF_INIT;
	char *pinned = NULL;
	char *told = NULL;
	int rc = replica_get(&pinned, replica, NODE_OFFICE_KEY, err);

	key_public_line(&line, public_key);
	if (rc == 0)
		rc = buf_check(&line, err);
	if (rc == 0 && strcmp(pinned, buf_text(&line)) != 0)
		rc = replica_get(&told, replica, NODE_OFFICE_TOLD, err);
	if (rc == 0 && told != NULL && *told == '\0')
		rc = replica_set(replica, NODE_OFFICE_TOLD, pinned, err);
	if (rc == 0)
		rc = replica_set(replica, NODE_OFFICE_KEY, buf_text(&line),
				 err);
	free(told);
	free(pinned);
	buf_release(&line);
	return rc;
}

int node_site_name(struct buf *out, struct replica *replica, const char *site,
		   struct err *err)
{
	struct db *db = replica_db(replica);
	char *told = NULL;
	sqlite3_stmt *stmt;
	bool found = false;
	int rc = db_stmt(&stmt, db, SQL_UNIT_NAME, err);

	if (rc < 0)
		return rc;
	db_bind_text(stmt, 1, site);
	rc = db_step(db, stmt, err);
	if (rc > 0) {
		buf_adds(out, db_text(stmt, 0));
		found = true;
	}
	sqlite3_reset(stmt);
	if (rc < 0 || found)
		return rc < 0 ? rc : buf_check(out, err);
	rc = 0;
	if (strcmp(site, replica_site(replica)) == 0)
		rc = replica_get(&told, replica, NODE_NAME, err);
	buf_adds(out, told != NULL && *told != '\0' ? told : site);
	free(told);
	return rc < 0 ? rc : buf_check(out, err);
}

int node_sign_as_office(struct commit_draft *draft, struct buf *texts,
			struct node *node, const char *person, int64_t time,
			struct err *err)
{
	char origin[17];
	size_t email;
	int rc = node_site_name(texts, node->replica, REPLICA_OFFICE, err);

	if (rc < 0)
		return rc;
	change_origin_format(origin, replica_origin(node->replica));
	buf_addf(texts, "%s%s", *person != '\0' ? " " : "", person);
	buf_addc(texts, '\0');
	email = texts->len;
	buf_addf(texts, "%s@%s", origin, REPLICA_OFFICE);
	draft->author = (struct commit_ident){buf_text(texts),
					      buf_text(texts) + email, time};
	draft->committer = draft->author;
	return buf_check(texts, err);
}

static int note_run(struct replica *replica, uint64_t origin, uint64_t first,
		    uint64_t last, const char *commit, struct err *err)
{
	struct db *db = replica_db(replica);
	sqlite3_stmt *stmt;
	int rc = db_stmt(&stmt, db, SQL_NOTE, err);

	if (rc < 0)
		return rc;
	db_bind_int(stmt, 1, (int64_t)origin);
	db_bind_int(stmt, 2, (int64_t)first);
	db_bind_int(stmt, 3, (int64_t)last);
	db_bind_text(stmt, 4, commit);
	return db_run(db, stmt, err);
}

/* A row for each run of seqs without a gap; the first commit that brought a
 * run keeps it. */
int node_note_run(struct replica *replica, const struct oid *commit,
		  uint64_t origin, uint64_t first, uint64_t last,
		  struct err *err)
{
	char hex[OID_TEXT];

	oid_format(hex, commit);
	return note_run(replica, origin, first, last, hex, err);
}

int node_note_commit(struct replica *replica, const struct oid *commit,
		     const struct batch *batch, struct err *err)
{
	char hex[OID_TEXT];
	size_t start = 0;
	int rc = 0;

	oid_format(hex, commit);
	for (size_t i = 1; rc == 0 && i <= batch->n_changes; i++) {
		if (i < batch->n_changes &&
		    batch->changes[i].id.seq ==
			    batch->changes[i - 1].id.seq + 1)
			continue;
		rc = note_run(replica, batch->origin,
			      batch->changes[start].id.seq,
			      batch->changes[i - 1].id.seq, hex, err);
		start = i;
	}
	return rc;
}

int node_commit_of(char out[SYNC_COMMIT_TEXT], struct node *node,
		   struct change_id id, struct err *err)
{
	struct db *db = replica_db(node->replica);
	sqlite3_stmt *stmt;
	int rc = db_stmt(&stmt, db, SQL_COMMIT_OF, err);

	out[0] = '\0';
	if (rc < 0)
		return rc;
	db_bind_int(stmt, 1, (int64_t)id.origin);
	db_bind_int(stmt, 2, (int64_t)id.seq);
	rc = db_step(db, stmt, err);
	if (rc > 0 && strlen(db_text(stmt, 0)) < SYNC_COMMIT_TEXT)
		strcpy(out, db_text(stmt, 0));
	sqlite3_reset(stmt);
	return rc < 0 ? rc : 0;
}

int node_began_late(bool *out, struct node *node, struct err *err)
{
	int rc = node_need(node, err);

	*out = rc == 0 && repository_begins(node->repository, NULL);
	return rc;
}
