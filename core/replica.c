/* replica.c - one node's SQLite file: who it is, and its life cycle. */
#include "core/replica.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/buf.h"
#include "core/capture.h"
#include "core/crypto.h"
#include "core/replica_room.h"
#include "core/utf8.h"
#include "schemas/schemas.h"

enum { APPLICATION_ID = 0x5449414e /* "TIAN" */, USER_VERSION = 1 };

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

/* Tables first, then code lists, then triggers: what is part of the schema
 * is not logged. */
static int create_domain(struct db *db, const char *site, struct err *err)
{
	struct schema *schema = NULL;
	int rc = schema_load(&schema, db, err);

	for (size_t i = 0; rc == 0 && i < schema->n_entities; i++)
		rc = capture_create_table(db, &schema->entities[i], site, err);
	if (rc == 0)
		rc = db_exec(db, schemas_codes_sql, err);
	for (size_t i = 0; rc == 0 && i < schema->n_entities; i++)
		rc = capture_create_triggers(db, schema, &schema->entities[i],
					     site, err);
	if (rc == 0)
		rc = db_exec(db, schemas_lifecycle_sql, err);
	if (rc == 0)
		rc = db_exec(db, schemas_views_sql, err);
	schema_free(schema);
	return rc;
}

static int create_all(struct db *db, const struct replica_identity *id,
		      struct err *err)
{
	char pragmas[128];
	int rc = db_begin(db, err);

	if (rc == 0)
		rc = db_exec(db, schemas_engine_sql, err);
	if (rc == 0)
		rc = db_exec(db, schemas_domain_sql, err);
	if (rc == 0)
		rc = set_identity(db, id, err);
	if (rc == 0)
		rc = create_domain(db, id->site, err);
	snprintf(pragmas, sizeof(pragmas),
		 "PRAGMA application_id = %d; PRAGMA user_version = %d;",
		 APPLICATION_ID, USER_VERSION);
	if (rc == 0)
		rc = db_exec(db, pragmas, err);
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
		rc = create_all(db, id, err);
	/* Closing checkpoints the WAL away, so one file is renamed. */
	db_close(db);
	if (rc == 0 && rename(buf_text(&tmp), path) != 0)
		rc = err_errno(err, "%s", path);
	if (rc < 0)
		remove_with_journal(buf_text(&tmp));
	buf_release(&tmp);
	return rc;
}

static int pragma_int(int64_t *out, struct db *db, const char *sql,
		      struct err *err)
{
	sqlite3_stmt *stmt = NULL;
	int rc = db_prepare(&stmt, db, sql, err);

	if (rc < 0)
		return rc;
	rc = db_step(db, stmt, err);
	if (rc > 0)
		*out = db_int(stmt, 0);
	sqlite3_finalize(stmt);
	return rc < 0 ? rc : 0;
}

static int check_version(struct db *db, const char *path, struct err *err)
{
	int64_t id = 0;
	int64_t version = 0;
	int rc = pragma_int(&id, db, "PRAGMA application_id", err);

	if (rc == 0)
		rc = pragma_int(&version, db, "PRAGMA user_version", err);
	if (rc < 0)
		return rc;
	if (id != APPLICATION_ID)
		return err_set(err, ERR_INPUT, "%s is not a replica", path);
	if (version > USER_VERSION)
		return err_set(err, ERR_INPUT,
			       "%s was written by a newer program (version "
			       "%lld, this one knows %d)",
			       path, (long long)version, USER_VERSION);
	return 0;
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

static int make_updates(struct replica *replica, struct err *err)
{
	const struct schema *schema = replica->schema;

	for (size_t i = 0; i < schema->n_entities; i++)
		if (schema->entities[i].n_fields > FIELD_SLOTS)
			return err_set(err, ERR_CORRUPT,
				       "%s has more than %d fields",
				       schema->entities[i].name, FIELD_SLOTS);
	replica->n_updates = schema->n_entities * UPDATE_SLOTS;
	replica->updates =
		calloc(replica->n_updates, sizeof(*replica->updates));
	return replica->updates != NULL ? 0 : err_nomem(err);
}

static int adopt(struct replica **out, struct db *db, struct err *err)
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
	if (rc == 0)
		rc = schema_load(&replica->schema, db, err);
	if (rc == 0)
		rc = make_assigned_sql(replica, err);
	if (rc == 0)
		rc = make_updates(replica, err);
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
	int rc;

	if (access(path, F_OK) != 0)
		return err_set(err, ERR_MISSING, "%s: no replica here", path);
	rc = db_open(&db, path, DB_WRITE, err);
	if (rc == 0)
		rc = check_version(db, path, err);
	if (rc < 0) {
		db_close(db);
		return rc;
	}
	return adopt(out, db, err);
}

int replica_open_scratch(struct replica **out, const char *path,
			 struct err *err)
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
		rc = create_all(db, &id, err);
	if (rc < 0) {
		db_close(db);
		return rc;
	}
	return adopt(out, db, err);
}

void replica_close(struct replica *replica)
{
	if (replica == NULL)
		return;
	for (size_t i = 0; replica->updates && i < replica->n_updates; i++)
		sqlite3_finalize(replica->updates[i]);
	free(replica->updates);
	schema_free(replica->schema);
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
