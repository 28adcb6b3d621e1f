/* release.c - when, why and to whom a case was handed over. */
#include "cli/case/release.h"

#include "cli/case/row.h"
#include "cli/terminal/message.h"
#include "core/base/db.h"
#include "core/log/change_log.h"

static const char SQL_TO[] =
	"SELECT group_concat(h.unit, char(31)),"
	" group_concat(coalesce(u.name, h.unit), '、')"
	" FROM handling h LEFT JOIN unit u ON u.code = h.unit"
	" WHERE h.proposal = ?1 AND h.unit <> ?2 AND h.void IS NOT 1"
	" AND h.role IN ('main', 'split')";

static int keep_time(const struct change_log_entry *entry, void *ctx,
		     struct err *err)
{
	struct release *release = ctx;

	(void)err;
	if (!entry->shown)
		return 0;
	value_show_clock(release->at, entry->change->clock);
	value_clock_utc(release->at_utc, entry->change->clock);
	return 0;
}

static int load_to(struct release *out, struct replica *replica,
		   const char *key, const char *unit, struct err *err)
{
	struct db *db = replica_db(replica);
	sqlite3_stmt *stmt;
	int rc = db_stmt(&stmt, db, SQL_TO, err);

	if (rc < 0)
		return rc;
	db_bind_text(stmt, 1, key);
	db_bind_text(stmt, 2, unit);
	rc = db_step(db, stmt, err);
	if (rc == 1 && !db_is_null(stmt, 0)) {
		buf_adds(&out->to, db_text(stmt, 0));
		buf_adds(&out->to_names, db_text(stmt, 1));
	}
	sqlite3_reset(stmt);
	return rc < 0 ? rc : buf_check(&out->to_names, err);
}

static int load_void(struct release *out, struct replica *replica,
		     const struct entity *entity, const char *row,
		     struct err *err)
{
	struct buf held = BUF_INIT;
	struct value value;
	int rc = row_get(&value, &held, NULL, replica, entity, row,
			 entity_field_named(entity, "void"), err);

	out->released = rc == 0 && value.type == VALUE_INT &&
			value.integer == 1;
	if (out->released)
		rc = row_get(&value, &held, NULL, replica, entity, row,
			     entity_field_named(entity, "void_reason"), err);
	if (rc == 0 && out->released && value.type == VALUE_TEXT)
		buf_adds(&out->reason, value.bytes);
	buf_release(&held);
	return rc < 0 ? rc : buf_check(&out->reason, err);
}

int release_load(struct release *out, struct replica *replica, const char *key,
		 const char *unit, struct err *err)
{
	const struct entity *entity = replica_schema(replica)->assignment;
	struct buf row = BUF_INIT;
	int rc;

	buf_addf(&row, "%s/%s", key, unit);
	rc = buf_check(&row, err);
	if (rc == 0)
		rc = load_void(out, replica, entity, buf_text(&row), err);
	if (rc == 0 && out->released) {
		const struct edit_cell cell = {entity->name, buf_text(&row),
					       "void"};

		rc = change_log_heads(replica, &cell, keep_time, out, err);
	}
	if (rc == 0 && out->released)
		rc = load_to(out, replica, key, unit, err);
	buf_release(&row);
	return rc;
}

void release_release(struct release *release)
{
	buf_release(&release->reason);
	buf_release(&release->to);
	buf_release(&release->to_names);
}

void release_tell(struct buf *out, const struct release *release)
{
	buf_adds(out, _("handed over, read only"));
	if (release->reason.len > 0)
		buf_addf(out, message_chinese() ? "（%s）" : " (%s)",
			 buf_text(&release->reason));
	buf_addf(out, "%s%s", message_colon(), release->at);
	if (release->to.len > 0)
		buf_addf(out, _(", to %s"), buf_text(&release->to_names));
}
