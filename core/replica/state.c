/* state.c - a hash of what a replica holds.
 *
 * SHA-256 over, in this order: each table of the schema that is not
 * SCOPE_OFFICE, by id, its rows by key, each column as type and bytes; then
 * each cell's heads by entity, row, field, the heads by origin and seq. A
 * length stands before everything of variable length, so no two states give
 * the same bytes. */
#include "core/replica/state.h"

#include <stdlib.h>
#include <string.h>

#include "core/log/log_entry.h"

static const char SQL_STATE_HEADS[] =
	"SELECT r.entity, r.key, h.cell & 4095, o.origin, c.id,"
	" d.severity FROM _row r"
	" CROSS JOIN _head h ON h.cell BETWEEN r.id << 12 AND"
	" (r.id << 12 | 4095)"
	" JOIN _change c ON c.id = h.change"
	" JOIN _origin o ON o.id = c.id >> 40"
	" LEFT JOIN _conflict d ON d.cell = h.cell"
	" WHERE NOT EXISTS (SELECT 1 FROM _entity e WHERE e.id = r.entity AND"
	" e.scope = 'office') AND (?1 IS NULL OR r.scope IN (SELECT key FROM"
	" temp.state_scope) OR (r.scope = '' AND r.entity IN (SELECT id FROM"
	" _entity WHERE scope = 'all')))"
	" ORDER BY r.entity, r.key, h.cell & 4095, o.origin, c.id";
static const char SQL_SCOPE_MAKE[] =
	"CREATE TEMP TABLE IF NOT EXISTS state_scope(key TEXT PRIMARY KEY);"
	"DELETE FROM temp.state_scope;";

static void hash_int(struct crypto_sha256 *hash, uint64_t value)
{
	uint8_t bytes[8];

	for (int i = 0; i < 8; i++)
		bytes[i] = (uint8_t)(value >> (56 - 8 * i));
	crypto_sha256_update(hash, bytes, sizeof(bytes));
}

static void hash_bytes(struct crypto_sha256 *hash, const void *bytes,
		       size_t len)
{
	hash_int(hash, len);
	crypto_sha256_update(hash, bytes, len);
}

static void hash_value(struct crypto_sha256 *hash, const struct value *value)
{
	uint64_t real = 0;

	hash_int(hash, value->type);
	switch (value->type) {
	case VALUE_INT:
		hash_int(hash, (uint64_t)value->integer);
		break;
	case VALUE_REAL:
		memcpy(&real, &value->real, sizeof(real));
		hash_int(hash, real);
		break;
	case VALUE_TEXT:
	case VALUE_BLOB:
		hash_bytes(hash, value->bytes, value->len);
		break;
	case VALUE_NULL:
		break;
	}
}

static void add_table_query(struct buf *sql, const struct entity *entity,
			    bool limited)
{
	buf_adds(sql, "SELECT ");
	for (size_t i = 0; i < entity->n_keys; i++)
		buf_addf(sql, "%s\"%s\"", i > 0 ? ", " : "", entity->keys[i]);
	for (size_t i = 0; i < entity->n_fields; i++)
		buf_addf(sql, ", \"%s\"", entity->fields[i].name);
	buf_addf(sql, " FROM \"%s\"", entity->name);
	if (limited && entity->scope == SCOPE_CASE)
		buf_addf(sql,
			 " WHERE \"%s\" IN (SELECT key FROM temp.state_scope)",
			 entity->keys[0]);
	buf_adds(sql, " ORDER BY ");
	for (size_t i = 0; i < entity->n_keys; i++)
		buf_addf(sql, "%s\"%s\"", i > 0 ? ", " : "", entity->keys[i]);
}

static int hash_table(struct crypto_sha256 *hash, struct replica *replica,
		      const struct entity *entity, bool limited,
		      struct err *err)
{
	size_t columns = entity->n_keys + entity->n_fields;
	struct buf sql = BUF_INIT;
	sqlite3_stmt *stmt = NULL;
	int rc;

	if (entity->scope == SCOPE_OFFICE)
		return 0;
	add_table_query(&sql, entity, limited);
	rc = buf_check(&sql, err);
	if (rc == 0)
		rc = db_prepare(&stmt, replica_db(replica), buf_text(&sql),
				err);
	hash_int(hash, entity->id);
	while (rc == 0 && (rc = db_step(replica_db(replica), stmt, err)) > 0) {
		for (size_t i = 0; i < columns; i++) {
			struct value value = db_value(stmt, (int)i);

			hash_value(hash, &value);
		}
		rc = 0;
	}
	sqlite3_finalize(stmt);
	buf_release(&sql);
	return rc;
}

static int hash_heads(struct crypto_sha256 *hash, struct replica *replica,
		      const char *site, struct err *err)
{
	sqlite3_stmt *stmt = NULL;
	int rc = db_prepare(&stmt, replica_db(replica), SQL_STATE_HEADS, err);

	if (rc < 0)
		return rc;
	db_bind_text(stmt, 1, site);
	while ((rc = db_step(replica_db(replica), stmt, err)) > 0) {
		hash_int(hash, (uint64_t)db_int(stmt, 0));
		hash_bytes(hash, db_text(stmt, 1),
			   (size_t)sqlite3_column_bytes(stmt, 1));
		hash_int(hash, (uint64_t)db_int(stmt, 2));
		hash_int(hash, (uint64_t)db_int(stmt, 3));
		hash_int(hash, (uint64_t)db_int(stmt, 4) &
				       ((1ULL << STORE_SEQ_BITS) - 1));
		hash_int(hash, (uint64_t)db_int(stmt, 5));
	}
	sqlite3_finalize(stmt);
	return rc;
}

/* Cases of one site into temp.state_scope. */
static int fill_scope(struct replica *replica, const char *site,
		      struct err *err)
{
	const struct entity *assignment = replica_schema(replica)->assignment;
	struct buf sql = BUF_INIT;
	sqlite3_stmt *stmt = NULL;
	int rc = db_exec(replica_db(replica), SQL_SCOPE_MAKE, err);

	buf_addf(&sql,
		 "INSERT INTO temp.state_scope SELECT \"%s\" FROM \"%s\""
		 " WHERE \"%s\" = ? AND coalesce(void, 0) = 0",
		 assignment->keys[0], assignment->name,
		 assignment->keys[assignment->owner_key]);
	if (rc == 0)
		rc = buf_check(&sql, err);
	if (rc == 0)
		rc = db_prepare(&stmt, replica_db(replica), buf_text(&sql),
				err);
	if (rc == 0) {
		db_bind_text(stmt, 1, site);
		rc = db_run(replica_db(replica), stmt, err);
	}
	sqlite3_finalize(stmt);
	buf_release(&sql);
	return rc;
}

int state_hash(uint8_t out[CRYPTO_SHA256_SIZE], struct replica *replica,
	       const char *site, struct err *err)
{
	const struct schema *schema = replica_schema(replica);
	struct crypto_sha256 hash;
	int rc = fill_scope(replica, site != NULL ? site : "", err);

	crypto_sha256_init(&hash);
	for (size_t i = 0; rc == 0 && i < schema->n_entities; i++)
		rc = hash_table(&hash, replica, &schema->entities[i],
				site != NULL, err);
	if (rc == 0)
		rc = hash_heads(&hash, replica, site, err);
	if (rc < 0)
		return err_wrap(err, "state");
	crypto_sha256_final(&hash, out);
	return 0;
}
