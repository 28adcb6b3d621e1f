/* upgrade.c - a replica that an older program made becomes one of this
 * program's. */
#include "core/schema/upgrade.h"

#include <stdio.h>
#include <string.h>

#include "core/log/change_log.h"
#include "core/schema/domain.h"
#include "core/schema/parts.h"
#include "schemas/schemas.h"

/* The oldest schema whose programs may open what this one has made: they find
 * every table they know, and keep what they do not. */
enum { MIN_READER = 2 };

static const char SQL_APPLICATION[] = "PRAGMA application_id";
static const char SQL_VERSION[] = "PRAGMA user_version";
static const char SQL_META[] = "SELECT value FROM _meta WHERE name = ?";
static const char SQL_SET[] =
	"INSERT INTO _meta(name, value) VALUES (?, ?) ON CONFLICT(name)"
	" DO UPDATE SET value = excluded.value";
static const char SQL_HAS_RETIRED[] =
	"SELECT 1 FROM pragma_table_info('_field') WHERE name = 'retired'";
static const char SQL_ADD_RETIRED[] =
	"ALTER TABLE _field ADD COLUMN retired INTEGER NOT NULL DEFAULT 0";

static int number(int64_t *out, struct db *db, const char *sql, struct err *err)
{
	sqlite3_stmt *stmt = NULL;
	int rc = db_prepare(&stmt, db, sql, err);

	if (rc == 0)
		rc = db_step(db, stmt, err);
	if (rc > 0)
		*out = db_int(stmt, 0);
	sqlite3_finalize(stmt);
	return rc < 0 ? rc : 0;
}

/* 1 and the value in `out`, 0 where there is none. */
static int meta(char *out, size_t size, struct db *db, const char *name,
		struct err *err)
{
	sqlite3_stmt *stmt = NULL;
	int rc = db_prepare(&stmt, db, SQL_META, err);

	if (rc < 0)
		return rc;
	db_bind_text(stmt, 1, name);
	rc = db_step(db, stmt, err);
	snprintf(out, size, "%s", rc > 0 ? db_text(stmt, 0) : "");
	sqlite3_finalize(stmt);
	return rc;
}

/* What the tables were made from: any other text is a reason to upgrade. */
static void program(char *out, size_t size)
{
	snprintf(out, size, "%u %s", (unsigned)domain_version(),
		 schemas_digest);
}

static int check_newer(struct db *db, const char *path, int64_t version,
		       struct err *err)
{
	char text[32];
	int64_t least = version;
	int rc = meta(text, sizeof(text), db, "min_reader", err);

	if (rc < 0)
		return rc;
	if (rc > 0)
		sscanf(text, "%lld", (long long *)&least);
	if (least <= domain_version())
		return 0;
	return err_set(err, ERR_INPUT,
		       "%s was written by a newer program; install that one "
		       "here too",
		       path);
}

int upgrade_check(bool *needed, struct db *db, const char *path,
		  struct err *err)
{
	char is[128];
	char should[128];
	int64_t id = 0;
	int64_t version = 0;
	int rc = number(&id, db, SQL_APPLICATION, err);

	*needed = false;
	if (rc == 0)
		rc = number(&version, db, SQL_VERSION, err);
	if (rc < 0)
		return rc;
	if (id != REPLICA_APPLICATION || version < 1)
		return err_set(err, ERR_INPUT, "%s is not a replica", path);
	if (version > domain_version())
		return check_newer(db, path, version, err);
	rc = meta(is, sizeof(is), db, "program", err);
	program(should, sizeof(should));
	*needed = strcmp(is, should) != 0;
	return rc < 0 ? rc : 0;
}

int upgrade_sign(struct db *db, struct err *err)
{
	char values[2][128];
	static const char *const names[] = {"program", "min_reader"};
	unsigned least = MIN_READER < domain_version() ? MIN_READER
						       : domain_version();
	int rc = 0;

	program(values[0], sizeof(values[0]));
	snprintf(values[1], sizeof(values[1]), "%u", least);
	for (size_t i = 0; rc == 0 && i < 2; i++) {
		sqlite3_stmt *stmt;

		rc = db_stmt(&stmt, db, SQL_SET, err);
		if (rc < 0)
			return rc;
		db_bind_text(stmt, 1, names[i]);
		db_bind_text(stmt, 2, values[i]);
		rc = db_run(db, stmt, err);
	}
	return rc;
}

/* Tables and columns that the code at large expects. */
static int prepare(struct db *db, struct err *err)
{
	int64_t has = 0;
	int rc = parts_run(db, schemas_engine_sql, domain_version(), err);

	if (rc == 0)
		rc = number(&has, db, SQL_HAS_RETIRED, err);
	return rc == 0 && has == 0 ? db_exec(db, SQL_ADD_RETIRED, err) : rc;
}

static int upgrade(struct replica *replica, struct err *err)
{
	int rc = prepare(replica->db, err);

	if (rc == 0)
		rc = replica_load_schema(replica, err);
	/* What is pending must not be overwritten by what a cell shows. */
	if (rc == 0)
		rc = change_log_drain(replica, NULL, err);
	if (rc == 0)
		rc = domain_upgrade(replica, domain_version(), err);
	return rc < 0 ? rc : upgrade_sign(replica->db, err);
}

int upgrade_run(struct replica *replica, struct err *err)
{
	bool needed = true;
	int rc = db_begin(replica->db, err);

	if (rc == 0)
		rc = upgrade_check(&needed, replica->db, "the replica", err);
	if (rc == 0 && needed)
		rc = upgrade(replica, err);
	if (rc == 0)
		rc = db_commit(replica->db, err);
	if (rc < 0)
		db_rollback(replica->db);
	return rc;
}
