/* refusal.c - telling what was refused. */
#include "cli/conflict/refusal.h"

#include <string.h>

#include "cli/case/case.h"
#include "cli/terminal/message.h"
#include "cli/case/value.h"
#include "core/log/change_log.h"
#include "core/base/db.h"
#include "core/base/utf8.h"

enum { VALUE_WIDTH = 40, STORE_REFUSED_FLAG = 1, FIELD_MASK = 0xfff };

static const char SQL_COUNT[] = "SELECT count(*) FROM _change WHERE"
				" flags & ?1 AND cell & ?2";

struct telling {
	struct replica *replica;
	struct buf *out;
	struct buf *key;
	const char *why;
};

static int add_who(struct buf *out, struct replica *replica,
		   const struct change_log_entry *entry, struct err *err)
{
	struct buf name = BUF_INIT;
	int rc = case_unit_name(&name, replica, entry->site, err);

	buf_addf(out, "%s%s", message_chinese() ? "（" : " (", buf_text(&name));
	if (*entry->author && strcmp(entry->author, buf_text(&name)) != 0)
		buf_addf(out, " %s", entry->author);
	buf_adds(out, message_chinese() ? "）" : ")");
	buf_release(&name);
	return rc;
}

static int add_value(struct buf *out, struct replica *replica,
		     const struct field *field, const struct value *value,
		     struct err *err)
{
	struct buf whole = BUF_INIT;
	int rc = value_show(&whole, replica, field, value, err);
	size_t line = strcspn(buf_text(&whole), "\n");
	size_t fit = utf8_fit(buf_text(&whole), line, VALUE_WIDTH);

	buf_adds(out, message_chinese() ? "“" : "'");
	buf_add(out, buf_text(&whole), fit);
	buf_adds(out, fit < whole.len ? "…" : "");
	buf_adds(out, message_chinese() ? "”" : "'");
	buf_release(&whole);
	return rc;
}

static int tell(const struct change_log_entry *entry, void *ctx,
		struct err *err)
{
	struct telling *telling = ctx;
	const struct change *change = entry->change;
	const struct entity *entity =
		schema_entity(replica_schema(telling->replica), change->entity);
	const struct field *field = entity ? entity_field(entity, change->field)
					   : NULL;
	struct buf row = BUF_INIT;
	const char *key;
	size_t len;
	int rc = 0;

	if (!field) /* the row itself: its fields tell */
		return 0;
	buf_add(&row, change->row, change->row_len);
	if (entity_case(entity, change->row, change->row_len, &key, &len)) {
		buf_add(telling->key, key, len);
		buf_addf(telling->out, "%s ", buf_text(telling->key));
	}
	rc = case_cell_label(telling->out, telling->replica, entity,
			     buf_text(&row), field, err);
	if (rc == 0)
		rc = add_who(telling->out, telling->replica, entry, err);
	buf_adds(telling->out, message_colon());
	if (rc == 0)
		rc = add_value(telling->out, telling->replica, field,
			       &change->value, err);
	buf_adds(telling->out, message_colon());
	message_foreign(telling->out, telling->why);
	buf_release(&row);
	return rc < 0 ? rc : buf_check(telling->out, err);
}

int refusal_tell(struct buf *out, struct buf *key, struct replica *replica,
		 const char *text, struct err *err)
{
	struct telling telling = {.replica = replica, .out = out, .key = key};
	const char *space = strchr(text, ' ');
	const char *end = space ? strstr(space, ": ") : NULL;
	char token[CHANGE_ID_TEXT];
	struct change_id id;
	int rc = ERR_MISSING;

	buf_clear(key);
	if (end && (size_t)(end - space) <= sizeof(token)) {
		memcpy(token, space + 1, (size_t)(end - space - 1));
		token[end - space - 1] = '\0';
		telling.why = end + 2;
		if (change_id_parse(&id, token))
			rc = change_log_find(replica, id, tell, &telling, err);
	}
	if (rc != ERR_MISSING)
		return rc;
	err_clear(err);
	message_foreign(out, text);
	return buf_check(out, err);
}

int refusal_count(size_t *n, struct replica *replica, struct err *err)
{
	struct db *db = replica_db(replica);
	sqlite3_stmt *stmt;
	int rc = db_stmt(&stmt, db, SQL_COUNT, err);

	*n = 0;
	if (rc < 0)
		return rc;
	db_bind_int(stmt, 1, STORE_REFUSED_FLAG);
	db_bind_int(stmt, 2, FIELD_MASK);
	rc = db_step(db, stmt, err);
	if (rc == 1)
		*n = (size_t)db_int(stmt, 0);
	sqlite3_reset(stmt);
	return rc < 0 ? rc : 0;
}
