/* late_view.c - telling what a unit wrote after a case was taken from it. */
#include "cli/conflict/late_view.h"

#include "cli/case/case.h"
#include "cli/terminal/message.h"
#include "cli/case/row.h"
#include "cli/case/value.h"
#include "cli/terminal/table.h"

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
		fprintf(out, "  * %s\n", _("as it stands"));
		table_wrap(out, buf_text(&now), 6, 0);
		fprintf(out, "    %s %s  (%s)\n", buf_text(&unit),
			entry->author, at);
		table_wrap(out, buf_text(&said), 6, 0);
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

/* --- at the unit --------------------------------------------------------- */

/* What the office said, and who of it. */
struct said {
	struct buf reason, author;
	char at[VALUE_TIME_SIZE];
};

static int keep_said(const struct change_log_entry *entry, void *ctx,
		     struct err *err)
{
	struct said *said = ctx;

	if (entry->change->reason_len > 0)
		buf_add(&said->reason, entry->change->reason,
			entry->change->reason_len);
	buf_adds(&said->author, entry->author);
	value_clock_utc(said->at, entry->change->clock);
	return buf_check(&said->reason, err);
}

static int load_said(struct said *said, struct replica *replica,
		     const struct late_word *word, struct err *err)
{
	return word->state == LATE_WAITS
		       ? 0
		       : change_log_find(replica, word->decision, keep_said,
					 said, err);
}

static void said_release(struct said *said)
{
	buf_release(&said->reason);
	buf_release(&said->author);
}

static const char *state_text(enum late_state state)
{
	switch (state) {
	case LATE_ACCEPTED:
		return _("written after it was taken back; accepted");
	case LATE_DECLINED:
		return _("written after it was taken back; not accepted");
	default:
		return _("written after it was taken back; the office has yet "
			 "to decide");
	}
}

int late_view_word_text(FILE *out, struct replica *replica,
			const struct late_word *word, struct err *err)
{
	const struct change *change = word->entry->change;
	struct said said = {.reason = BUF_INIT, .author = BUF_INIT};
	struct late late = LATE_INIT;
	struct buf label = BUF_INIT;
	int rc = late_load(&late, replica, change, err);

	if (rc == 0)
		rc = load_said(&said, replica, word, err);
	if (rc == 0)
		rc = case_cell_label(&label, replica, late.entity,
				     buf_text(&late.row), late.field, err);
	if (rc == 0)
		fprintf(out, "  × %s%s%s%s%s\n", buf_text(&label),
			message_colon(), state_text(word->state),
			said.reason.len ? message_colon() : "",
			buf_text(&said.reason));
	buf_release(&label);
	said_release(&said);
	late_release(&late);
	return rc;
}

const char *late_view_state(enum late_state state)
{
	static const char *const names[] = {"waiting", "accepted", "refused"};

	return names[state];
}

int late_view_word_json(struct json_out *json, struct replica *replica,
			const struct late_word *word, struct err *err)
{
	const struct change *change = word->entry->change;
	struct said said = {.reason = BUF_INIT, .author = BUF_INIT};
	struct late late = LATE_INIT;
	char at[VALUE_TIME_SIZE], id[CHANGE_ID_TEXT];
	bool waits = word->state == LATE_WAITS;
	int rc = late_load(&late, replica, change, err);

	if (rc == 0)
		rc = load_said(&said, replica, word, err);
	value_clock_utc(at, change->clock);
	change_id_format(id, change->id);
	json_out_object(json, NULL);
	json_out_text(json, "path", buf_text(&late.path));
	json_out_value(json, "value", late.field, &change->value);
	json_out_text(json, "change", id);
	json_out_text(json, "author", word->entry->author);
	json_out_text(json, "at", at);
	json_out_text(json, "state", late_view_state(word->state));
	json_out_text(json, "decided_by",
		      waits ? NULL : buf_text(&said.author));
	json_out_text(json, "decided_at", waits ? NULL : said.at);
	json_out_text(json, "reason", waits ? NULL : buf_text(&said.reason));
	json_out_end(json);
	said_release(&said);
	late_release(&late);
	return rc;
}
