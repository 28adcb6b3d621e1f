/* late_view.c - telling what a unit wrote after a case was taken from it. */
#include "cli/conflict/late_view.h"

#include "cli/case/case.h"
#include "cli/terminal/message.h"
#include "cli/case/row.h"
#include "cli/case/value.h"

/* One late change with all that is told of it. */
struct late {
	const struct entity *entity;
	const struct field *field;
	struct buf row, key, path, held;
	struct value shown;
};

#define LATE_INIT                                                   \
	{                                                           \
		.row = BUF_INIT, .key = BUF_INIT, .path = BUF_INIT, \
		.held = BUF_INIT                                    \
	}

static void late_release(struct late *late)
{
	buf_release(&late->row);
	buf_release(&late->key);
	buf_release(&late->path);
	buf_release(&late->held);
}

static int late_load(struct late *late, struct replica *replica,
		     const struct change *change, struct err *err)
{
	const char *key = "";
	size_t len = 0;
	int rc;

	late->entity = schema_entity(replica_schema(replica), change->entity);
	late->field = entity_field(late->entity, change->field);
	buf_add(&late->row, change->row, change->row_len);
	entity_case(late->entity, change->row, change->row_len, &key, &len);
	buf_add(&late->key, key, len);
	case_cell_path(&late->path, replica, late->entity, buf_text(&late->row),
		       late->field);
	rc = row_get(&late->shown, &late->held, NULL, replica, late->entity,
		     buf_text(&late->row), late->field, err);
	if (rc == 0)
		rc = buf_check(&late->path, err);
	return rc;
}

int late_view_json(struct json_out *json, struct replica *replica,
		   const struct change_log_entry *entry, struct err *err)
{
	const struct change *change = entry->change;
	struct value none = value_text(NULL);
	struct late late = LATE_INIT;
	char at[VALUE_TIME_SIZE], id[CHANGE_ID_TEXT];
	int rc = late_load(&late, replica, change, err);

	value_clock_utc(at, change->clock);
	change_id_format(id, change->id);
	json_out_object(json, NULL);
	json_out_text(json, "case", buf_text(&late.key));
	json_out_text(json, "entity", late.entity->name);
	json_out_text(json, "row", buf_text(&late.row));
	json_out_text(json, "field", late.field->name);
	json_out_text(json, "path", buf_text(&late.path));
	json_out_text(json, "severity", "hard");
	json_out_bool(json, "late", true);
	json_out_value(json, "shown", late.field, &late.shown);
	json_out_array(json, "heads");
	json_out_object(json, NULL);
	json_out_text(json, "site", entry->site);
	json_out_text(json, "author", entry->author);
	json_out_text(json, "at", at);
	json_out_value(json, "value", late.field, &change->value);
	json_out_text(json, "change", id);
	json_out_bool(json, "shown", false);
	json_out_end(json);
	json_out_end(json);
	json_out_value(json, "base", late.field, &none);
	json_out_end(json);
	late_release(&late);
	return rc;
}

static int add_value(struct buf *out, struct replica *replica,
		     const struct field *field, const struct value *value,
		     struct err *err)
{
	size_t before = out->len;
	int rc = value_show(out, replica, field, value, err);

	if (rc == 0 && out->len == before)
		buf_adds(out, "—");
	return rc;
}

int late_view_text(FILE *out, struct replica *replica,
		   const struct change_log_entry *entry, struct err *err)
{
	const struct change *change = entry->change;
	struct late late = LATE_INIT;
	struct buf unit = BUF_INIT, now = BUF_INIT, said = BUF_INIT;
	char at[VALUE_TIME_SIZE];
	int rc = late_load(&late, replica, change, err);

	value_show_clock(at, change->clock);
	if (rc == 0)
		rc = case_unit_name(&unit, replica, entry->site, err);
	if (rc == 0)
		rc = add_value(&now, replica, late.field, &late.shown, err);
	if (rc == 0)
		rc = add_value(&said, replica, late.field, &change->value, err);
	if (rc == 0) {
		fprintf(out,
			_("%s %s: written after the proposal was taken back\n"),
			buf_text(&late.key), buf_text(&late.path));
		fprintf(out, "  * %s\n", buf_text(&now));
		fprintf(out, "    %s  (%s %s, %s)\n", buf_text(&said),
			buf_text(&unit), entry->author, at);
		fprintf(out,
			_("  tian resolve %s %s --accept (or --refuse) "
			  "--reason TEXT\n"),
			buf_text(&late.key), buf_text(&late.path));
	}
	buf_release(&unit);
	buf_release(&now);
	buf_release(&said);
	late_release(&late);
	return rc;
}
