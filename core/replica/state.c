/* state.c - a hash of what a replica holds.
 *
 * SHA-256 over, in this order: each table of the schema that is not
 * SCOPE_OFFICE, by id, its rows by key, each column as type and bytes; then
 * each cell's heads by entity, row, field, the heads by origin and seq. A
 * length stands before everything of variable length, so no two states give
 * the same bytes. */
#include "core/replica/state.h"

#include <string.h>

#include "core/log/log_entry.h"

#define HEADS                                                    \
	"SELECT r.entity, r.key, h.cell & 4095, o.origin, c.id," \
	" d.severity FROM _row r"                                \
	" CROSS JOIN _head h ON h.cell BETWEEN r.id << 12 AND"   \
	" (r.id << 12 | 4095)"                                   \
	" JOIN _change c ON c.id = h.change"                     \
	" JOIN _origin o ON o.id = c.id >> 40"                   \
	" LEFT JOIN _conflict d ON d.cell = h.cell"              \
	" WHERE r.entity NOT IN (SELECT id FROM _entity"         \
	" WHERE scope = 'office')"
#define HEADS_ORDER " ORDER BY r.entity, r.key, h.cell & 4095, o.origin, c.id"

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

/* The cases that the site ?1 has. */
static void add_scope(struct buf *sql, const struct schema *schema)
{
	const struct entity *assignment = schema->assignment;

	buf_addf(sql,
		 "SELECT \"%s\" FROM \"%s\" WHERE \"%s\" = ?1"
		 " AND coalesce(void, 0) = 0",
		 assignment->keys[0], assignment->name,
		 assignment->keys[assignment->owner_key]);
}

static void add_table_query(struct buf *sql, const struct schema *schema,
			    const struct entity *entity, bool limited)
{
	buf_adds(sql, "SELECT ");
	for (size_t i = 0; i < entity->n_keys; i++)
		buf_addf(sql, "%s\"%s\"", i > 0 ? ", " : "", entity->keys[i]);
	for (size_t i = 0; i < entity->n_fields; i++)
		buf_addf(sql, ", \"%s\"", entity->fields[i].name);
	buf_addf(sql, " FROM \"%s\"", entity->name);
	if (limited && entity->scope == SCOPE_CASE) {
		buf_addf(sql, " WHERE \"%s\" IN (", entity->keys[0]);
		add_scope(sql, schema);
		buf_adds(sql, ")");
	}
	buf_adds(sql, " ORDER BY ");
	for (size_t i = 0; i < entity->n_keys; i++)
		buf_addf(sql, "%s\"%s\"", i > 0 ? ", " : "", entity->keys[i]);
}

static int prepare(sqlite3_stmt **out, struct replica *replica,
		   const struct buf *sql, const char *site, struct err *err)
{
	int rc = buf_check(sql, err);

	if (rc == 0)
		rc = db_stmt_made(out, replica_db(replica), buf_text(sql), err);
	if (rc == 0 && sqlite3_bind_parameter_count(*out) > 0)
		db_bind_text(*out, 1, site);
	return rc;
}

static int hash_table(struct crypto_sha256 *hash, struct replica *replica,
		      const struct entity *entity, const char *site,
		      struct err *err)
{
	size_t columns = entity->n_keys + entity->n_fields;
	struct buf sql = BUF_INIT;
	sqlite3_stmt *stmt = NULL;
	int rc;

	if (entity->scope == SCOPE_OFFICE)
		return 0;
	add_table_query(&sql, replica_schema(replica), entity, site != NULL);
	rc = prepare(&stmt, replica, &sql, site, err);
	hash_int(hash, entity->id);
	while (rc == 0 && (rc = db_step(replica_db(replica), stmt, err)) > 0) {
		for (size_t i = 0; i < columns; i++) {
			struct value value = db_value(stmt, (int)i);

			hash_value(hash, &value);
		}
		rc = 0;
	}
	sqlite3_reset(stmt);
	buf_release(&sql);
	return rc;
}

static void add_heads_query(struct buf *sql, const struct schema *schema,
			    bool limited)
{
	buf_adds(sql, HEADS);
	if (limited) {
		buf_adds(sql, " AND r.scope IN (SELECT '' UNION ALL ");
		add_scope(sql, schema);
		buf_adds(sql, ") AND (r.scope <> '' OR r.entity IN (SELECT id"
			      " FROM _entity WHERE scope = 'all'))");
	}
	buf_adds(sql, HEADS_ORDER);
}

static int hash_heads(struct crypto_sha256 *hash, struct replica *replica,
		      const char *site, struct err *err)
{
	struct buf sql = BUF_INIT;
	sqlite3_stmt *stmt = NULL;
	int rc;

	add_heads_query(&sql, replica_schema(replica), site != NULL);
	rc = prepare(&stmt, replica, &sql, site, err);
	while (rc == 0 && (rc = db_step(replica_db(replica), stmt, err)) > 0) {
		hash_int(hash, (uint64_t)db_int(stmt, 0));
		hash_bytes(hash, db_text(stmt, 1),
			   (size_t)sqlite3_column_bytes(stmt, 1));
		hash_int(hash, (uint64_t)db_int(stmt, 2));
		hash_int(hash, (uint64_t)db_int(stmt, 3));
		hash_int(hash, (uint64_t)db_int(stmt, 4) &
				       ((1ULL << STORE_SEQ_BITS) - 1));
		hash_int(hash, (uint64_t)db_int(stmt, 5));
		rc = 0;
	}
	sqlite3_reset(stmt);
	buf_release(&sql);
	return rc;
}

int state_hash(uint8_t out[CRYPTO_SHA256_SIZE], struct replica *replica,
	       const char *site, struct err *err)
{
	const struct schema *schema = replica_schema(replica);
	struct crypto_sha256 hash;
	int rc = 0;

	crypto_sha256_init(&hash);
	for (size_t i = 0; rc == 0 && i < schema->n_entities; i++)
		rc = hash_table(&hash, replica, &schema->entities[i], site,
				err);
	if (rc == 0)
		rc = hash_heads(&hash, replica, site, err);
	if (rc < 0)
		return err_wrap(err, "state");
	crypto_sha256_final(&hash, out);
	return 0;
}
