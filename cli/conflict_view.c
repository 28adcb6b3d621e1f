/* conflict_view.c - telling one conflict.
 * Knows how values, sites and times are told; settles nothing. */
#include "cli/conflict_view.h"

#include <string.h>
#include <unistd.h>

#include "cli/case.h"
#include "cli/diff.h"
#include "cli/message.h"
#include "cli/table.h"
#include "cli/value.h"

static const char *severity_name(enum severity severity)
{
	return severity == SEVERITY_HARD ? "hard" : "soft";
}

static void head_json(struct json_out *json, const struct field *field,
		      const struct change_log_entry *head)
{
	char at[VALUE_TIME_SIZE], id[CHANGE_ID_TEXT];

	value_clock_utc(at, head->change->clock);
	change_id_format(id, head->change->id);
	json_out_object(json, NULL);
	json_out_text(json, "site", head->site);
	json_out_text(json, "author", head->author);
	json_out_text(json, "at", at);
	json_out_value(json, "value", field, &head->change->value);
	json_out_text(json, "change", id);
	json_out_bool(json, "shown", head->shown);
	json_out_end(json);
}

/* FIELD as tian resolve takes it; of a newer schema only numbers are known. */
static void add_path(struct buf *path, const struct replica *replica,
		     const struct conflict *conflict)
{
	const struct change *change = conflict->heads[0].change;

	if (conflict->entity && conflict->field)
		case_cell_path(path, replica, conflict->entity, conflict->row,
			       conflict->field);
	else
		buf_addf(path, "%u.%u", (unsigned)change->entity,
			 (unsigned)change->field);
}

void conflict_view_json(struct json_out *json, const struct replica *replica,
			const struct conflict *conflict)
{
	struct buf path = BUF_INIT;

	add_path(&path, replica, conflict);
	json_out_object(json, NULL);
	json_out_text(json, "case", conflict->key);
	json_out_text(json, "entity",
		      conflict->entity ? conflict->entity->name : NULL);
	json_out_text(json, "row", conflict->row);
	json_out_text(json, "field",
		      conflict->field ? conflict->field->name : NULL);
	json_out_text(json, "path", buf_text(&path));
	json_out_text(json, "severity", severity_name(conflict->severity));
	json_out_value(json, "shown", conflict->field, &conflict->shown);
	json_out_array(json, "heads");
	for (size_t i = 0; i < conflict->n_heads; i++)
		head_json(json, conflict->field, &conflict->heads[i]);
	json_out_end(json);
	json_out_value(json, "base", conflict->field, &conflict->base);
	json_out_end(json);
	buf_release(&path);
}

/* Where the marks of a difference go: brackets, or colour on a terminal. */
struct marks {
	struct buf *out;
	bool colour;
};

static void add_marked(enum diff_kind kind, const char *text, size_t len,
		       void *ctx)
{
	static const char *const open[2][3] = {{"", "[-", "{+"},
					       {"", "\033[31;9m", "\033[32m"}};
	static const char *const close[2][3] = {{"", "-]", "+}"},
						{"", "\033[0m", "\033[0m"}};
	const struct marks *marks = ctx;

	buf_adds(marks->out, open[marks->colour][kind]);
	buf_add(marks->out, text, len);
	buf_adds(marks->out, close[marks->colour][kind]);
}

static bool is_text(const struct conflict *conflict, const struct value *value)
{
	return conflict->field &&
	       (conflict->field->type == FIELD_LONG ||
		conflict->field->type == FIELD_TEXT) &&
	       value->type == VALUE_TEXT;
}

/* What the heads are compared with: what they both replaced, else the first
 * of them. */
static const struct value *reference(const struct conflict *conflict)
{
	if (conflict->base.type == VALUE_TEXT)
		return &conflict->base;
	return &conflict->heads[0].change->value;
}

static int add_head_value(struct buf *text, struct replica *replica,
			  const struct conflict *conflict, size_t index,
			  struct err *err)
{
	const struct value *value = &conflict->heads[index].change->value;
	const struct value *other = reference(conflict);
	struct marks marks = {text, isatty(STDOUT_FILENO) == 1};

	if (value->type == VALUE_NULL) {
		buf_adds(text, _("(empty)"));
		return buf_check(text, err);
	}
	if (other == value || !is_text(conflict, value) ||
	    !is_text(conflict, other))
		return value_show(text, replica, conflict->field, value, err);
	return diff_characters(other->bytes, other->len, value->bytes,
			       value->len, add_marked, &marks, err);
}

static int print_head(FILE *out, struct replica *replica,
		      const struct conflict *conflict, size_t index,
		      struct err *err)
{
	const struct change_log_entry *head = &conflict->heads[index];
	char at[VALUE_TIME_SIZE], id[CHANGE_ID_TEXT];
	struct buf who = BUF_INIT, text = BUF_INIT;
	int rc = case_unit_name(&who, replica, head->site, err);

	if (rc == 0)
		rc = add_head_value(&text, replica, conflict, index, err);
	if (rc < 0)
		goto done;
	value_show_clock(at, head->change->clock);
	change_id_format(id, head->change->id);
	if (*head->author && strcmp(head->author, buf_text(&who)) != 0)
		buf_addf(&who, " %s", head->author);
	fprintf(out, "  %s %s  (%s, %s)%s\n", head->shown ? "*" : " ",
		buf_text(&who), at, id,
		head->clock_ahead ? _("  clock ahead: no vote by time") : "");
	/* Escape sequences have no width, so marked text is not wrapped. */
	table_wrap(out, buf_text(&text), 6,
		   strchr(buf_text(&text), '\033') ? 0
						   : table_terminal_width());
	rc = buf_check(&who, err);
done:
	buf_release(&who);
	buf_release(&text);
	return rc;
}

static int print_base(FILE *out, struct replica *replica,
		      const struct conflict *conflict, struct err *err)
{
	struct buf text = BUF_INIT;
	int rc;

	if (conflict->base.type == VALUE_NULL)
		return 0;
	rc = value_show(&text, replica, conflict->field, &conflict->base, err);
	if (rc == 0) {
		fprintf(out, "    %s\n", _("before:"));
		table_wrap(out, buf_text(&text), 6, table_terminal_width());
	}
	buf_release(&text);
	return rc;
}

/* A site is named by its code where it has one value here, else a change is
 * named by its id. */
static const char *what_to_take(const struct conflict *conflict)
{
	for (size_t i = 1; i < conflict->n_heads; i++)
		for (size_t j = 0; j < i; j++)
			if (strcmp(conflict->heads[i].site,
				   conflict->heads[j].site) == 0)
				return "ID";
	return "SITE";
}

static void print_way_out(FILE *out, const struct replica *replica,
			  const struct conflict *conflict)
{
	struct buf path = BUF_INIT, where = BUF_INIT;

	if (!conflict->entity || !conflict->field) {
		fprintf(out, "  → %s\n",
			_("needs a newer program to be settled"));
		return;
	}
	add_path(&path, replica, conflict);
	if (*conflict->key)
		buf_adds(&where, conflict->key);
	else
		buf_addf(&where, "%s/%s", conflict->entity->name,
			 conflict->row);
	fprintf(out, "  → tian resolve %s %s --take %s --reason TEXT\n",
		buf_text(&where), buf_text(&path), what_to_take(conflict));
	buf_release(&path);
	buf_release(&where);
}

int conflict_view_text(FILE *out, struct replica *replica,
		       const struct conflict *conflict, struct err *err)
{
	struct buf label = BUF_INIT;
	int rc = 0;

	if (conflict->entity && conflict->field)
		rc = case_cell_label(&label, replica, conflict->entity,
				     conflict->row, conflict->field, err);
	else
		add_path(&label, replica, conflict);
	if (rc < 0)
		goto done;
	fprintf(out, "%s%s%s  [%s]\n", conflict->key,
		*conflict->key ? "  " : "", buf_text(&label),
		conflict->severity == SEVERITY_HARD
			? _("a person must decide")
			: _("settled by rule, for your attention"));
	rc = print_base(out, replica, conflict, err);
	for (size_t i = 0; rc == 0 && i < conflict->n_heads; i++)
		rc = print_head(out, replica, conflict, i, err);
	if (rc == 0 && conflict->severity == SEVERITY_HARD)
		print_way_out(out, replica, conflict);
done:
	buf_release(&label);
	return rc;
}
