/* conflict_view.c - telling one conflict.
 * Knows how values, sites and times are told; settles nothing. */
#include "cli/conflict/conflict_view.h"

#include <string.h>
#include <unistd.h>

#include "cli/case/case.h"
#include "cli/conflict/diff.h"
#include "cli/terminal/message.h"
#include "cli/terminal/screen.h"
#include "cli/terminal/table.h"
#include "cli/case/value.h"
#include "core/base/utf8.h"

enum { SETTLED_WIDTH = 48 };

static const char *severity_name(enum severity severity)
{
	return severity == SEVERITY_HARD ? "hard" : "soft";
}

/* Site, author, time, value and id, in the object that is open. */
static void change_json(struct json_out *json, const struct field *field,
			const struct change_log_entry *entry)
{
	const struct change *change = entry->change;
	char at[VALUE_TIME_SIZE], id[CHANGE_ID_TEXT];

	value_clock_utc(at, change->clock);
	change_id_format(id, change->id);
	json_out_text(json, "site", entry->site);
	json_out_text(json, "author", entry->author);
	json_out_text(json, "at", at);
	json_out_value(json, "value", field, &change->value);
	json_out_text(json, "change", id);
	json_out_text(json, "reason", change->reason);
}

static void head_json(struct json_out *json, const struct conflict *conflict,
		      size_t index)
{
	const struct conflict_settled *settled = &conflict->settled[index];

	json_out_object(json, NULL);
	change_json(json, conflict->field, &conflict->heads[index]);
	json_out_bool(json, "shown", conflict->heads[index].shown);
	json_out_array(json, "settled");
	for (size_t i = 0; i < settled->n; i++) {
		json_out_object(json, NULL);
		change_json(json, conflict->field, &settled->changes[i]);
		json_out_end(json);
	}
	json_out_end(json);
	json_out_end(json);
}

static void unseen_json(struct json_out *json, const struct conflict *conflict)
{
	json_out_array(json, "unseen");
	for (size_t i = 0; i < conflict->n_unseen; i++) {
		const struct change_log_entry *entry = &conflict->unseen[i];
		const struct field *field =
			conflict->entity ? entity_field(conflict->entity,
							entry->change->field)
					 : NULL;

		json_out_object(json, NULL);
		json_out_text(json, "field", field ? field->name : NULL);
		change_json(json, field, entry);
		json_out_end(json);
	}
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
		head_json(json, conflict, i);
	json_out_end(json);
	json_out_value(json, "base", conflict->field, &conflict->base);
	json_out_bool(json, "confirm", conflict->confirm);
	json_out_bool(json, "reopened", conflict_reopened(conflict));
	unseen_json(json, conflict);
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
					       {"", SCREEN_GONE, SCREEN_NEW}};
	static const char *const close[2][3] = {
		{"", "-]", "+}"}, {"", SCREEN_PLAIN, SCREEN_PLAIN}};
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

static int add_value(struct buf *text, struct replica *replica,
		     const struct field *field, const struct value *value,
		     struct err *err)
{
	if (value->type != VALUE_NULL)
		return value_show(text, replica, field, value, err);
	buf_adds(text, _("(empty)"));
	return buf_check(text, err);
}

/* "区教育局 李明", the person only where another word than the site's. */
static int add_who(struct buf *who, struct replica *replica,
		   const struct change_log_entry *head, struct err *err)
{
	size_t begin = who->len;
	int rc = case_unit_name(who, replica, head->site, err);

	if (rc == 0 && *head->author &&
	    strcmp(head->author, buf_text(who) + begin) != 0)
		buf_addf(who, " %s", head->author);
	return rc < 0 ? rc : buf_check(who, err);
}

/* "区教育局 李明 A类, 区教育局 王芳 B类": what a decision was made on. */
static int add_settled(struct buf *out, struct replica *replica,
		       const struct conflict *conflict, size_t index,
		       struct err *err)
{
	const struct conflict_settled *settled = &conflict->settled[index];
	struct buf text = BUF_INIT;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < settled->n; i++) {
		const struct change_log_entry *entry = &settled->changes[i];
		size_t fit;

		buf_clear(&text);
		rc = add_value(&text, replica, conflict->field,
			       &entry->change->value, err);
		fit = utf8_fit(buf_text(&text), text.len, SETTLED_WIDTH);
		buf_adds(out, i ? ", " : "");
		if (rc == 0)
			rc = add_who(out, replica, entry, err);
		buf_addf(out, " %.*s%s", (int)fit, buf_text(&text),
			 fit < text.len ? "…" : "");
	}
	buf_release(&text);
	return rc;
}

/* Why it was written; and where a decision was reopened, what that was made
 * on, or that it did not see this. */
static int print_standing(FILE *out, struct replica *replica,
			  const struct conflict *conflict, size_t index,
			  struct err *err)
{
	const struct change *change = conflict->heads[index].change;
	struct buf line = BUF_INIT;
	int rc = 0;

	if (conflict->settled[index].n > 0) {
		buf_addf(&line, "%s%s", _("a decision on"), message_colon());
		rc = add_settled(&line, replica, conflict, index, err);
	} else if (conflict_reopened(conflict)) {
		buf_adds(&line, _("came later: the decision did not see it"));
	}
	if (line.len > 0)
		table_wrap(out, buf_text(&line), 8, 0);
	if (change->reason_len > 0) {
		buf_clear(&line);
		buf_addf(&line, "%s%s%.*s", _("why"), message_colon(),
			 (int)change->reason_len, change->reason);
		table_wrap(out, buf_text(&line), 8, 0);
	}
	if (rc == 0)
		rc = buf_check(&line, err);
	buf_release(&line);
	return rc;
}

/* A value whole and unmarked, one line a paragraph: it can be copied. */
static int print_head(FILE *out, struct replica *replica,
		      const struct conflict *conflict, size_t index,
		      struct err *err)
{
	const struct change_log_entry *head = &conflict->heads[index];
	char at[VALUE_TIME_SIZE], id[CHANGE_ID_TEXT];
	struct buf who = BUF_INIT, text = BUF_INIT;
	int rc = add_who(&who, replica, head, err);

	if (rc == 0)
		rc = add_value(&text, replica, conflict->field,
			       &head->change->value, err);
	if (rc < 0)
		goto done;
	value_show_clock(at, head->change->clock);
	change_id_format(id, head->change->id);
	fprintf(out, "  %s %s  (%s, %s)%s\n", head->shown ? "*" : " ",
		buf_text(&who), at, id,
		head->clock_ahead ? _("  clock ahead: no vote by time") : "");
	table_wrap(out, buf_text(&text), 6, 0);
	rc = print_standing(out, replica, conflict, index, err);
done:
	buf_release(&who);
	buf_release(&text);
	return rc;
}

/* What was written into a row that was voided elsewhere. */
static int print_unseen(FILE *out, struct replica *replica,
			const struct conflict *conflict, struct err *err)
{
	struct buf line = BUF_INIT;
	int rc = 0;

	if (conflict->n_unseen > 0)
		fprintf(out, "    %s\n",
			_("written there without knowing of that:"));
	for (size_t i = 0; rc == 0 && i < conflict->n_unseen; i++) {
		const struct change_log_entry *entry = &conflict->unseen[i];
		const struct field *field =
			entity_field(conflict->entity, entry->change->field);

		if (!field)
			continue;
		buf_clear(&line);
		rc = add_who(&line, replica, entry, err);
		buf_addf(&line, "%s%s%s", message_colon(),
			 message_label(field->zh, field->en), message_colon());
		if (rc == 0)
			rc = add_value(&line, replica, field,
				       &entry->change->value, err);
		if (rc == 0)
			table_wrap(out, buf_text(&line), 6, 0);
	}
	buf_release(&line);
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
		table_wrap(out, buf_text(&text), 6, 0);
	}
	buf_release(&text);
	return rc;
}

/* Where a long text differs from what it is compared with. */
static int print_difference(FILE *out, struct replica *replica,
			    const struct conflict *conflict, size_t index,
			    struct err *err)
{
	const struct change_log_entry *head = &conflict->heads[index];
	const struct value *value = &head->change->value;
	const struct value *other = reference(conflict);
	struct buf who = BUF_INIT, text = BUF_INIT;
	struct marks marks = {&text, isatty(STDOUT_FILENO) == 1};
	int rc = 0;

	if (other == value || !is_text(conflict, value))
		return 0;
	rc = add_who(&who, replica, head, err);
	if (rc == 0)
		rc = diff_characters(other->bytes, other->len, value->bytes,
				     value->len, add_marked, &marks, err);
	if (rc == 0) {
		fprintf(out, "    %s%s\n", buf_text(&who), message_colon());
		table_wrap(out, buf_text(&text), 6, 0);
	}
	buf_release(&who);
	buf_release(&text);
	return rc;
}

static int print_differences(FILE *out, struct replica *replica,
			     const struct conflict *conflict, struct err *err)
{
	bool colour = isatty(STDOUT_FILENO) == 1;
	const struct value *other = reference(conflict);
	int rc = 0;

	if (!conflict->field || conflict->field->type != FIELD_LONG ||
	    !is_text(conflict, other))
		return 0;
	fprintf(out, "    %s %s\n",
		other == &conflict->base
			? _("Differences from the text before:")
			: _("Differences from the first of them:"),
		colour ? _("struck out in red is left out, green is new")
		       : _("[-left out-] {+new+}"));
	for (size_t i = 0; rc == 0 && i < conflict->n_heads; i++)
		rc = print_difference(out, replica, conflict, i, err);
	return rc;
}

/* --- the way out --------------------------------------------------------- */

static bool is_only(const struct conflict *conflict, size_t index, bool author)
{
	const struct change_log_entry *heads = conflict->heads;
	size_t n = 0;

	for (size_t i = 0; i < conflict->n_heads; i++)
		n += strcmp(author ? heads[i].author : heads[i].site,
			    author ? heads[index].author : heads[index].site) ==
		     0;
	return n == 1;
}

/* What --take names it by: its site, else its person, else its id. */
static void add_taken(struct buf *out, const struct conflict *conflict,
		      size_t index)
{
	const struct change_log_entry *head = &conflict->heads[index];
	char id[CHANGE_ID_TEXT];

	change_id_format(id, head->change->id);
	if (is_only(conflict, index, false))
		buf_adds(out, head->site);
	else if (*head->author && is_only(conflict, index, true) &&
		 !strpbrk(head->author, " '\"\\$&|;<>()*?`"))
		buf_adds(out, head->author);
	else
		buf_adds(out, id);
}

/* May this replica's site decide? Else who may goes to `who`. */
static int may_decide(bool *yes, struct buf *who, struct replica *replica,
		      const struct conflict *conflict, struct err *err)
{
	const struct field *field = conflict->field;
	struct buf owner = BUF_INIT;
	const char *site = "";
	size_t len = 0;
	int rc = 0;

	if (entity_owner(conflict->entity, conflict->row, strlen(conflict->row),
			 &site, &len))
		buf_add(&owner, site, len);
	*yes = ((field->writers & WRITER_OFFICE) &&
		replica_is_office(replica)) ||
	       ((field->writers & WRITER_OWNER) &&
		strcmp(buf_text(&owner), replica_site(replica)) == 0);
	rc = case_unit_name(who, replica,
			    (field->writers & WRITER_OFFICE) || owner.len == 0
				    ? REPLICA_OFFICE
				    : buf_text(&owner),
			    err);
	buf_release(&owner);
	return rc;
}

static void print_commands(FILE *out, const struct conflict *conflict,
			   const char *where, const char *path)
{
	struct buf taken = BUF_INIT;
	bool text = conflict->field->type == FIELD_LONG ||
		    conflict->field->type == FIELD_TEXT;

	if (text)
		fprintf(out, "  → tian resolve %s %s   %s\n", where, path,
			conflict->confirm ? _("(confirms it, in your editor)")
					  : _("(joins them in your editor)"));
	if (conflict->severity != SEVERITY_HARD)
		goto done;
	for (size_t i = 0; conflict->n_heads > 1 && i < conflict->n_heads;
	     i++) {
		buf_clear(&taken);
		add_taken(&taken, conflict, i);
		fprintf(out, "  → tian resolve %s %s --take %s --reason %s\n",
			where, path, buf_text(&taken), _("TEXT"));
	}
	if (conflict->n_unseen > 0)
		fprintf(out,
			"  → tian resolve %s %s --value 1 --reason %s   %s\n"
			"  → tian resolve %s %s --value 0 --reason %s   %s\n",
			where, path, _("TEXT"), _("(it stays void)"), where,
			path, _("TEXT"), _("(it counts again)"));
	else
		fprintf(out, "  → tian resolve %s %s --value %s --reason %s\n",
			where, path, _("VALUE"), _("TEXT"));
done:
	buf_release(&taken);
}

static int print_way_out(FILE *out, struct replica *replica,
			 const struct conflict *conflict, struct err *err)
{
	struct buf path = BUF_INIT, where = BUF_INIT, who = BUF_INIT;
	bool yes = false;
	int rc;

	if (!conflict->entity || !conflict->field) {
		fprintf(out, "  → %s\n",
			_("needs a newer program to be settled"));
		return 0;
	}
	rc = may_decide(&yes, &who, replica, conflict, err);
	add_path(&path, replica, conflict);
	if (*conflict->key)
		buf_adds(&where, conflict->key);
	else
		buf_addf(&where, "%s/%s", conflict->entity->name,
			 conflict->row);
	if (rc == 0 && !yes) {
		fputs("  → ", out);
		fprintf(out, _("%s decides this, on its own computer:"),
			buf_text(&who));
		fputc('\n', out);
	}
	if (rc == 0)
		print_commands(out, conflict, buf_text(&where),
			       buf_text(&path));
	buf_release(&path);
	buf_release(&where);
	buf_release(&who);
	return rc;
}

static const char *state_of(const struct conflict *conflict)
{
	if (conflict->severity == SEVERITY_HARD)
		return conflict_reopened(conflict)
			       ? _("decided, then reopened; a person must "
				   "decide again")
			       : _("a person must decide");
	if (conflict->confirm)
		return _("joined from both, to be read and confirmed");
	return conflict_reopened(conflict)
		       ? _("decided, then reopened; settled by rule")
		       : _("settled by rule, for your attention");
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
		state_of(conflict));
	rc = print_base(out, replica, conflict, err);
	for (size_t i = 0; rc == 0 && i < conflict->n_heads; i++)
		rc = print_head(out, replica, conflict, i, err);
	if (rc == 0)
		rc = print_unseen(out, replica, conflict, err);
	if (rc == 0)
		rc = print_differences(out, replica, conflict, err);
	if (rc == 0 &&
	    (conflict->severity == SEVERITY_HARD || conflict->confirm))
		rc = print_way_out(out, replica, conflict, err);
done:
	buf_release(&label);
	return rc;
}
