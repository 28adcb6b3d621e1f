/* register_label.c - labels of codes, names of units.
 * Refuses to know lines and YAML. */
#include "sync/register/register_label.h"

#include <inttypes.h>
#include <string.h>

static const char SQL_UNIT[] = "SELECT name FROM unit WHERE code = ?1";
static const char SQL_CODE[] =
	"SELECT zh FROM code WHERE list = ?1 AND code = ?2";

int register_label_found(struct buf *out, bool *found, struct db *db,
			 const char *sql, const struct value *a,
			 const struct value *b, struct err *err)
{
	sqlite3_stmt *stmt;
	int rc = db_stmt(&stmt, db, sql, err);

	*found = false;
	if (rc < 0)
		return rc;
	db_bind_value(stmt, 1, a);
	if (b)
		db_bind_value(stmt, 2, b);
	rc = db_step(db, stmt, err);
	if (rc > 0 && *db_text(stmt, 0) != '\0') {
		buf_adds(out, db_text(stmt, 0));
		*found = true;
	}
	sqlite3_reset(stmt);
	return rc < 0 ? rc : 0;
}

static struct value slice(const char *text, size_t len)
{
	struct value value = {.type = VALUE_TEXT, .bytes = text, .len = len};

	return value;
}

int register_label_site(struct buf *out, struct replica *replica,
			const char *code, size_t len, struct err *err)
{
	struct value value = slice(code, len);
	bool found;
	int rc = register_label_found(out, &found, replica_db(replica),
				      SQL_UNIT, &value, NULL, err);

	if (rc == 0 && !found)
		buf_add(out, code, len);
	return rc;
}

int register_label_unit(struct buf *out, struct replica *replica,
			const char *code, size_t len, struct err *err)
{
	size_t begin = out->len;
	int rc = register_label_site(out, replica, code, len, err);

	if (rc == 0 && (out->len - begin != len ||
			memcmp(buf_text(out) + begin, code, len) != 0))
		buf_addf(out, " (%.*s)", (int)len, code);
	return rc;
}

void register_label_number(struct buf *out, const struct field *field,
			   int64_t number)
{
	if (field && field->type == FIELD_BOOL && (number == 0 || number == 1))
		buf_adds(out, number ? "是" : "否");
	else
		buf_addf(out, "%" PRId64, number);
}

int register_label_text(struct buf *out, struct replica *replica,
			const struct field *field, const struct value *value,
			struct err *err)
{
	bool found = false;
	int rc = 0;

	if (field && field->type == FIELD_UNIT)
		return register_label_unit(out, replica, value->bytes,
					   value->len, err);
	if (field && field->type == FIELD_CODE && field->list) {
		struct value list = value_text(field->list);

		rc = register_label_found(out, &found, replica_db(replica),
					  SQL_CODE, &list, value, err);
	}
	if (rc == 0 && !found)
		buf_add(out, value->bytes, value->len);
	return rc;
}
