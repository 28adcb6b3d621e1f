/* replica.c - one node's SQLite file: who it is, and its life cycle. */
#include "core/replica/replica.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/buf.h"
#include "core/base/crypto.h"
#include "core/schema/domain.h"
#include "core/schema/upgrade.h"
#include "core/base/utf8.h"

static const char SQL_GET[] = "SELECT value FROM _meta WHERE name = ?";
static const char SQL_SET[] = "INSERT INTO _meta(name, value) VALUES (?, ?)"
			      " ON CONFLICT(name) DO UPDATE SET value ="
			      " excluded.value";

static int meta_get(char **out, struct db *db, const char *name,
		    struct err *err)
{
	sqlite3_stmt *stmt;
	int rc = db_stmt(&stmt, db, SQL_GET, err);

	if (rc < 0)
		return rc;
	db_bind_text(stmt, 1, name);
	rc = db_step(db, stmt, err);
	if (rc < 0)
		return rc;
	*out = strdup(rc > 0 ? db_text(stmt, 0) : "");
	sqlite3_reset(stmt);
	return *out != NULL ? 0 : err_nomem(err);
}

static int meta_set(struct db *db, const char *name, const char *value,
		    struct err *err)
{
	sqlite3_stmt *stmt;
	int rc = db_stmt(&stmt, db, SQL_SET, err);

	if (rc < 0)
		return rc;
	db_bind_text(stmt, 1, name);
	db_bind_text(stmt, 2, value);
	return db_run(db, stmt, err);
}

int replica_get(char **out, struct replica *replica, const char *name,
		struct err *err)
{
	return meta_get(out, replica->db, name, err);
}

int replica_set(struct replica *replica, const char *name, const char *value,
		struct err *err)
{
	return meta_set(replica->db, name, value, err);
}

static int set_identity(struct db *db, const struct replica_identity *id,
			struct err *err)
{
	uint64_t origin = id->origin;
	char hex[17];
	int rc;

	while (origin == 0)
		origin = crypto_random_u64() >> 1;
	change_origin_format(hex, origin);
	rc = meta_set(db, "site", id->site, err);
	if (rc == 0)
		rc = meta_set(db, "origin", hex, err);
	if (rc == 0)
		rc = meta_set(db, "author",
			      id->author != NULL ? id->author : "", err);
	return rc;
}

static int create_all(struct db *db, const struct replica_identity *id,
		      uint32_t version, struct err *err)
{
	char pragmas[128];
	int rc = db_begin(db, err);

	snprintf(pragmas, sizeof(pragmas),
		 "PRAGMA application_id = %d; PRAGMA user_version = %u;",
		 REPLICA_APPLICATION, (unsigned)version);
	if (rc == 0)
		rc = db_exec(db, pragmas, err);
	if (rc == 0)
		rc = domain_create(db, id->site, version, err);
	if (rc == 0)
		rc = set_identity(db, id, err);
	if (rc == 0)
		rc = upgrade_sign(db, err);
	if (rc == 0)
		rc = db_commit(db, err);
	if (rc < 0) {
		db_rollback(db);
		err_wrap(err, "create replica");
	}
	return rc;
}

static void remove_with_journal(const char *path)
{
	static const char *const tails[] = {"", "-wal", "-shm", "-journal"};
	struct buf name = BUF_INIT;

	for (size_t i = 0; i < 4; i++) {
		buf_clear(&name);
		buf_addf(&name, "%s%s", path, tails[i]);
		unlink(buf_text(&name));
	}
	buf_release(&name);
}

int replica_create(const char *path, const struct replica_identity *id,
		   struct err *err)
{
	struct buf tmp = BUF_INIT;
	struct db *db = NULL;
	int rc;

	if (access(path, F_OK) == 0)
		return err_set(err, ERR_INPUT, "%s exists already", path);
	if (id->author != NULL && (strlen(id->author) > CHANGE_NAME_MAX ||
				   !utf8_valid(id->author, strlen(id->author))))
		return err_set(err, ERR_INPUT,
			       "the author is longer than %d bytes or not "
			       "UTF-8",
			       CHANGE_NAME_MAX);
	buf_addf(&tmp, "%s.tmp", path);
	remove_with_journal(buf_text(&tmp));
	rc = db_open(&db, buf_text(&tmp), DB_CREATE, err);
	if (rc == 0)
		rc = create_all(db, id, domain_version(), err);
	/* Closing checkpoints the WAL away, so one file is renamed. */
	db_close(db);
	if (rc == 0 && rename(buf_text(&tmp), path) != 0)
		rc = err_errno(err, "%s", path);
	if (rc < 0)
		remove_with_journal(buf_text(&tmp));
	buf_release(&tmp);
	return rc;
}

static int load_identity(struct replica *replica, struct err *err)
{
	char *origin = NULL;
	int rc = meta_get(&replica->site, replica->db, "site", err);

	if (rc == 0)
		rc = meta_get(&replica->author, replica->db, "author", err);
	if (rc == 0)
		rc = meta_get(&origin, replica->db, "origin", err);
	if (rc == 0 && !change_origin_parse(&replica->origin, origin))
		rc = err_set(err, ERR_CORRUPT, "replica has no origin");
	free(origin);
	if (rc == 0)
		replica->office = strcmp(replica->site, REPLICA_OFFICE) == 0;
	return rc;
}

static int make_assigned_sql(struct replica *replica, struct err *err)
{
	const struct entity *assignment = replica->schema->assignment;
	struct buf sql = BUF_INIT;
	int rc;

	buf_addf(&sql,
		 "SELECT 1 FROM \"%s\" WHERE \"%s\" = ?1 AND \"%s\" = ?2"
		 " AND coalesce(void, 0) = 0",
		 assignment->name, assignment->keys[0],
		 assignment->keys[assignment->owner_key]);
	rc = buf_check(&sql, err);
	replica->assigned_sql = buf_take(&sql);
	return rc;
}

static int check_slots(const struct schema *schema, struct err *err)
{
	for (size_t i = 0; i < schema->n_entities; i++)
		if (schema->entities[i].n_fields > FIELD_SLOTS)
			return err_set(err, ERR_CORRUPT,
				       "%s has more than %d fields",
				       schema->entities[i].name, FIELD_SLOTS);
	return 0;
}

static void forget_updates(struct replica *replica)
{
	for (size_t i = 0; replica->updates && i < replica->n_updates; i++)
		sqlite3_finalize(replica->updates[i]);
	free(replica->updates);
	replica->updates = NULL;
	replica->n_updates = 0;
}

int replica_load_schema(struct replica *replica, struct err *err)
{
	struct schema *schema = NULL;
	sqlite3_stmt **updates = NULL;
	struct schema **past;
	char *stamp = NULL;
	size_t n;
	int rc = schema_load(&schema, replica->db, err);

	if (rc == 0)
		rc = check_slots(schema, err);
	if (rc == 0)
		rc = meta_get(&stamp, replica->db, "schema", err);
	if (rc < 0)
		goto done;
	n = schema->n_entities * UPDATE_SLOTS;
	past = realloc(replica->past, (replica->n_past + 1) * sizeof(*past));
	if (past != NULL)
		replica->past = past;
	updates = calloc(n, sizeof(*updates));
	if (past == NULL || updates == NULL) {
		rc = err_nomem(err);
		goto done;
	}
	forget_updates(replica);
	replica->updates = updates;
	replica->n_updates = n;
	replica->past[replica->n_past++] = schema;
	replica->schema = schema; /* the replica's now, with those before it */
	free(replica->stamp);
	replica->stamp = stamp;
	schema = NULL;
	updates = NULL;
	stamp = NULL;
done:
	free(stamp);
	free(updates);
	schema_free(schema);
	return rc;
}

int replica_refresh(struct replica *replica, struct err *err)
{
	char *stamp = NULL;
	int rc = meta_get(&stamp, replica->db, "schema", err);

	if (rc == 0 && strcmp(stamp, replica->stamp) != 0)
		rc = replica_load_schema(replica, err);
	free(stamp);
	return rc;
}

static int adopt(struct replica **out, struct db *db, bool upgrade,
		 struct err *err)
{
	struct replica *replica = calloc(1, sizeof(*replica));
	int rc;

	if (replica == NULL) {
		db_close(db);
		return err_nomem(err);
	}
	replica->db = db;
	db_capture(db, false);
	rc = load_identity(replica, err);
	if (rc == 0 && upgrade)
		rc = upgrade_run(replica, err);
	if (rc == 0 && replica->schema == NULL)
		rc = replica_load_schema(replica, err);
	if (rc == 0)
		rc = make_assigned_sql(replica, err);
	if (rc < 0) {
		replica_close(replica);
		return rc;
	}
	*out = replica;
	return 0;
}

int replica_open(struct replica **out, const char *path, struct err *err)
{
	struct db *db = NULL;
	bool upgrade = false;
	int rc;

	if (access(path, F_OK) != 0)
		return err_set(err, ERR_MISSING, "%s: no replica here", path);
	rc = db_open(&db, path, DB_WRITE, err);
	if (rc == 0)
		rc = upgrade_check(&upgrade, db, path, err);
	if (rc < 0) {
		db_close(db);
		return rc;
	}
	return adopt(out, db, upgrade, err);
}

int replica_raise(struct replica *replica, uint32_t version, struct err *err)
{
	if (version > domain_version())
		return err_set(err, ERR_CORRUPT,
			       "schema %u needs a newer program (this one "
			       "knows %u)",
			       (unsigned)version, (unsigned)domain_version());
	return version <= replica->schema->version
		       ? 0
		       : domain_upgrade(replica, version, err);
}

int replica_open_scratch(struct replica **out, const char *path,
			 struct err *err)
{
	return replica_open_scratch_of(out, path, domain_version(), err);
}

int replica_open_scratch_of(struct replica **out, const char *path,
			    uint32_t version, struct err *err)
{
	const struct replica_identity id = {.site = REPLICA_OFFICE,
					    .author = ""};
	struct db *db = NULL;
	int rc = db_open(&db, path, DB_CREATE, err);

	if (rc == 0)
		rc = db_exec(db,
			     "PRAGMA synchronous = OFF;"
			     "PRAGMA locking_mode = EXCLUSIVE;"
			     "PRAGMA cache_size = -32768;",
			     err);
	if (rc == 0)
		rc = create_all(db, &id, version, err);
	if (rc < 0) {
		db_close(db);
		return rc;
	}
	return adopt(out, db, false, err);
}

bool replica_newer(const struct replica *replica)
{
	return replica->schema->version > domain_version();
}

void replica_close(struct replica *replica)
{
	if (replica == NULL)
		return;
	forget_updates(replica);
	for (size_t i = 0; i < replica->n_past; i++)
		schema_free(replica->past[i]);
	free(replica->past);
	free(replica->stamp);
	db_close(replica->db);
	free(replica->assigned_sql);
	free(replica->site);
	free(replica->author);
	free(replica);
}

struct db *replica_db(struct replica *replica)
{
	return replica->db;
}

const struct schema *replica_schema(const struct replica *replica)
{
	return replica->schema;
}

const char *replica_site(const struct replica *replica)
{
	return replica->site;
}

const char *replica_author(const struct replica *replica)
{
	return replica->author;
}

bool replica_is_office(const struct replica *replica)
{
	return replica->office;
}

uint64_t replica_origin(const struct replica *replica)
{
	return replica->origin;
}
