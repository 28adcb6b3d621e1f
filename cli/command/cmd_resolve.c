/* cmd_resolve.c - tian resolve: a person decides, with a reason, on record.
 * Knows how to name one of the values, or to have them joined in an editor;
 * the decision itself is decision.c's. */
#include "cli/commands.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/terminal/args.h"
#include "cli/conflict/decision.h"
#include "cli/conflict/editor.h"
#include "cli/conflict/merge_draft.h"
#include "cli/terminal/message.h"
#include "cli/case/row.h"
#include "cli/case/value.h"
#include "core/merge/conflict.h"
#include "core/merge/late.h"

static const char help[] = N_(
	"usage: tian resolve CASE FIELD [--take SITE | --value V | --edit |\n"
	"                    --text-file F] [--reason TEXT]\n"
	"       tian resolve CASE FIELD (--accept | --refuse) --reason TEXT\n"
	"\n"
	"Decides what a field in conflict shall hold. FIELD is named as tian\n"
	"conflicts names it. Every value stays on record, with the reason.\n"
	"\n"
	"  --take SITE    the value that SITE wrote (code or name), or a person's\n"
	"                 name; where that leaves two, the change's id as tian\n"
	"                 conflicts shows it\n"
	"  --value V      this value\n"
	"  --edit         the texts, joined paragraph by paragraph, in your editor\n"
	"                 ($VISUAL, $EDITOR or vi); what overlaps is marked. Asks\n"
	"                 for the reason if it is not given. So it is for a text\n"
	"                 where nothing else is said\n"
	"  --text-file F  the same, finished in a file\n"
	"  --accept       what a unit wrote after the proposal was taken back\n"
	"                 from it; --take with that unit does the same\n"
	"  --refuse       not that: what stands, stands; a row that was only\n"
	"                 made then is answered as a whole\n"
	"\n"
	"example: tian resolve 1-1-014 edu.class_proposed --take edu \\\n"
	"             --reason 以盖章文本为准\n");

struct resolve {
	struct decision decision;
	const char *take;
	const char *value_word;
	const char *text_file;
	const char *reason;
	bool edit;
	bool accept, refuse;
	struct decision_value late; /* the last that came late, and waits */
	bool waits;
	struct merge_draft draft;
	struct buf made;	 /* the text or value decided */
	struct buf typed_reason; /* in the editor */
};

/* --- one of the heads ---------------------------------------------------- */

static bool is_author(const struct decision *decision, const char *take)
{
	for (size_t i = 0; i < decision->n; i++)
		if (strcmp(buf_text(&decision->heads[i].author), take) == 0)
			return true;
	return false;
}

/* The choice named by change id, or the only one of a person or a site. */
static int pick(const struct decision_value **out, struct decision *decision,
		const char *take, struct err *err)
{
	struct change_id id;
	bool by_id = change_id_parse(&id, take);
	bool by_author = !by_id && is_author(decision, take);
	struct buf site = BUF_INIT;
	struct buf list = BUF_INIT;
	size_t found = 0;
	bool differ = false;
	int rc = by_id || by_author
			 ? 0
			 : case_unit(&site, decision->replica, take, err);

	*out = NULL;
	/* A person whose value was taken before: was_taken looks for it. */
	if (rc == ERR_INPUT && decision->n == 1) {
		err_clear(err);
		buf_release(&site);
		return 0;
	}
	for (size_t i = 0; rc == 0 && i < decision->n; i++) {
		const struct decision_value *choice = &decision->heads[i];
		char text[CHANGE_ID_TEXT];

		if (by_id ? !change_id_equal(id, choice->id)
		    : by_author
			    ? strcmp(take, buf_text(&choice->author))
			    : strcmp(buf_text(&site), buf_text(&choice->site)))
			continue;
		differ = differ ||
			 (*out && !value_equal(&(*out)->value, &choice->value));
		*out = choice;
		change_id_format(text, choice->id);
		buf_addf(&list, "%s%s (%s)", found++ ? ", " : "", text,
			 buf_text(&choice->author));
	}
	if (rc == 0 && differ)
		rc = err_set(err, ERR_INPUT,
			     _("%s has several values here; give --take the "
			       "id of one change: %s"),
			     take, buf_text(&list));
	buf_release(&site);
	buf_release(&list);
	return rc;
}

struct wanted {
	const char *take;
	const char *site;
	struct change_id id;
	bool by_id;
	bool found;
	const struct value *value;
};

static int is_wanted(const struct change_log_entry *entry, void *ctx,
		     struct err *err)
{
	struct wanted *wanted = ctx;

	(void)err;
	if (wanted->by_id ? change_id_equal(entry->change->id, wanted->id)
			  : strcmp(entry->site, wanted->site) == 0 ||
				    strcmp(entry->author, wanted->take) == 0)
		wanted->found =
			wanted->found ||
			value_equal(&entry->change->value, wanted->value);
	return 0;
}

/* The cell's one value is a decision that took what is asked for: the same
 * command was run before. */
static int was_taken(bool *yes, struct decision *decision, const char *take,
		     struct err *err)
{
	const struct decision_value *head = &decision->heads[0];
	struct wanted wanted = {.take = take, .value = &head->value};
	struct buf site = BUF_INIT;
	int rc = 0;

	wanted.by_id = change_id_parse(&wanted.id, take);
	/* A word that is no unit's may have been a person's. */
	if (!wanted.by_id &&
	    case_unit(&site, decision->replica, take, err) < 0) {
		if (err->code != ERR_INPUT)
			return err->code;
		err_clear(err);
	}
	wanted.site = buf_text(&site);
	for (size_t i = 0; rc == 0 && head->n_bases > 1 && i < head->n_bases;
	     i++) {
		rc = change_log_find(decision->replica, head->bases[i],
				     is_wanted, &wanted, err);
		if (rc == ERR_MISSING) {
			err_clear(err);
			rc = 0;
		}
	}
	*yes = wanted.found;
	buf_release(&site);
	return rc;
}

/* --- by name or value ---------------------------------------------------- */

/* The word names one of the heads, or what an earlier decision took. */
static int choose_taken(struct value *out, bool *settled,
			struct decision *decision, const char *take,
			struct err *err)
{
	const struct decision_value *choice = NULL;
	int rc = pick(&choice, decision, take, err);

	if (rc == 0 && choice) {
		*out = choice->value;
		*settled = decision->n == 1;
	} else if (rc == 0 && decision->n == 1) {
		rc = was_taken(settled, decision, take, err);
	}
	if (rc == 0 && decision->n > 1 && !choice)
		rc = err_set(err, ERR_INPUT,
			     _("%s has no value here (tian conflicts shows "
			       "those there are)"),
			     take);
	return rc;
}

/* --- what came late ------------------------------------------------------ */

static bool in_row(const struct decision *decision, const struct change *change)
{
	const struct buf *row = &decision->cell.row;

	return change->entity == decision->cell.entity->id &&
	       change->row_len == row->len &&
	       memcmp(change->row, buf_text(row), row->len) == 0;
}

static bool is_of(const struct decision *decision,
		  const struct change_log_entry *entry, const char *take)
{
	const struct change *change = entry->change;
	char id[CHANGE_ID_TEXT];

	change_id_format(id, change->id);
	if (!in_row(decision, change) ||
	    change->field != decision->cell.field->id)
		return false;
	return !take || strcmp(take, entry->site) == 0 ||
	       strcmp(take, entry->author) == 0 || strcmp(take, id) == 0;
}

static int keep_late(const struct change_log_entry *entry, void *ctx,
		     struct err *err)
{
	struct resolve *resolve = ctx;

	if (!is_of(&resolve->decision, entry, resolve->take))
		return 0;
	decision_value_release(&resolve->late);
	memset(&resolve->late, 0, sizeof(resolve->late));
	resolve->waits = true;
	return decision_value_copy(&resolve->late, entry, err);
}

/* Another field of a row that only late changes made. */
struct other {
	const struct field *field;
	struct decision_value late;
};

struct others {
	struct resolve *resolve;
	struct other *items;
	size_t n;
};

static int add_other(const struct change_log_entry *entry, void *ctx,
		     struct err *err)
{
	struct others *others = ctx;
	struct decision *decision = &others->resolve->decision;
	const struct field *field =
		entity_field(decision->cell.entity, entry->change->field);
	struct other *items;
	size_t n = others->n;

	if (!in_row(decision, entry->change) || !field ||
	    field == decision->cell.field)
		return 0;
	/* Of several words in one field the last. */
	if (n > 0 && others->items[n - 1].field == field) {
		decision_value_release(&others->items[--n].late);
	} else {
		items = realloc(others->items, (n + 1) * sizeof(*items));
		if (!items)
			return err_nomem(err);
		others->items = items;
	}
	others->n = n + 1;
	others->items[n] = (struct other){.field = field};
	return decision_value_copy(&others->items[n].late, entry, err);
}

static int decide_field(struct decision *decision, const char *field,
			const struct value *value, struct err *err)
{
	const struct edit_cell cell = {.entity = decision->cell.entity->name,
				       .row = buf_text(&decision->cell.row),
				       .field = field};

	return edit_decide(decision->replica, &cell, value, err);
}

/* Not accepted, it is on record as void. */
static int void_row(const struct resolve *resolve, struct decision *decision,
		    struct err *err)
{
	const struct value yes = value_int(1);
	const struct value why = value_text(resolve->reason);
	int rc = decide_field(decision, "void", &yes, err);

	return rc < 0 ? rc : decide_field(decision, "void_reason", &why, err);
}

/* The rest of a row that only late changes made: it is answered whole. */
static int decide_row(struct decision *decision, void *ctx, struct err *err)
{
	struct resolve *resolve = ctx;
	struct others others = {.resolve = resolve};
	const struct value none = value_text(NULL);
	int rc = late_each_field(decision->replica, buf_text(&decision->key),
				 add_other, &others, err);

	for (size_t i = 0; rc == 0 && i < others.n; i++)
		rc = decide_field(decision, others.items[i].field->name,
				  resolve->refuse ? &none
						  : &others.items[i].late.value,
				  err);
	if (rc == 0 && resolve->refuse)
		rc = void_row(resolve, decision, err);
	for (size_t i = 0; i < others.n; i++)
		decision_value_release(&others.items[i].late);
	free(others.items);
	return rc;
}

/* What is decided with a field that came late: where the row is no more than
 * that, all of it. */
static int find_row(struct resolve *resolve, struct err *err)
{
	struct decision *decision = &resolve->decision;
	const struct buf *row = &decision->cell.row;
	struct buf held = BUF_INIT;
	struct value value;
	bool exists = false;
	int rc = row_get(&value, &held, &exists, decision->replica,
			 decision->cell.entity, buf_text(row),
			 decision->cell.field, err);

	buf_release(&held);
	if (rc == 0 && !exists) {
		decision->also = decide_row;
		decision->done = _("Decided, for all of its fields; tian sync "
				   "tells everybody.");
	}
	return rc;
}

/* *taken: what is asked for waits here. A unit may be called by its name. */
static int choose_late(bool *taken, struct value *out, struct resolve *resolve,
		       struct err *err)
{
	struct decision *decision = &resolve->decision;
	const char *asked = resolve->take;
	struct buf site = BUF_INIT;
	struct err ignored;
	int rc;

	if (asked && case_unit(&site, decision->replica, asked, &ignored) == 0)
		resolve->take = buf_text(&site);
	resolve->waits = false;
	rc = decision->key.len == 0 ? 0
				    : late_each_field(decision->replica,
						      buf_text(&decision->key),
						      keep_late, resolve, err);
	resolve->take = asked;
	buf_release(&site);
	*taken = rc == 0 && resolve->waits;
	if (*taken)
		rc = find_row(resolve, err);
	if (rc < 0)
		return rc;
	if (*taken && !resolve->refuse)
		*out = resolve->late.value;
	else if (*taken)
		rc = row_get(out, &resolve->made, NULL, decision->replica,
			     decision->cell.entity,
			     buf_text(&decision->cell.row),
			     decision->cell.field, err);
	return rc;
}

static int choose(struct value *out, bool *settled, struct decision *decision,
		  void *ctx, struct err *err)
{
	struct resolve *resolve = ctx;
	bool late = false;
	int rc = 0;

	if (resolve->take || resolve->accept || resolve->refuse)
		rc = choose_late(&late, out, resolve, err);
	if (rc < 0 || late)
		return rc;
	if (resolve->accept || resolve->refuse)
		return err_set(err, ERR_INPUT,
			       _("nothing came late here (tian conflicts "
				 "shows what waits)"));
	if (resolve->take) {
		rc = choose_taken(out, settled, decision, resolve->take, err);
	} else {
		rc = value_read(out, &resolve->made, decision->replica,
				decision->cell.field, resolve->value_word, err);
		if (rc == 0 && decision->n == 1)
			*settled = value_equal(out, &decision->heads[0].value);
	}
	if (rc == 0 && decision->n < 2 && !*settled && !decision->disputed)
		rc = err_set(err, ERR_INPUT,
			     _("there is nothing to decide here; tian set "
			       "changes a field"));
	return rc;
}

/* --- in an editor -------------------------------------------------------- */

static int draft_of(const struct conflict *conflict, void *ctx, struct err *err)
{
	struct resolve *resolve = ctx;
	const struct case_cell *cell = &resolve->decision.cell;
	struct buf label = BUF_INIT;
	int rc;

	if (conflict->field != cell->field ||
	    strcmp(conflict->row, buf_text(&cell->row)) != 0)
		return 0;
	rc = case_cell_label(&label, resolve->decision.replica, cell->entity,
			     conflict->row, cell->field, err);
	if (rc == 0)
		rc = merge_draft_make(&resolve->draft,
				      resolve->decision.replica, conflict,
				      buf_text(&label), !resolve->reason, err);
	buf_release(&label);
	return rc < 0 ? rc : 1;
}

static int make_draft(struct resolve *resolve, struct err *err)
{
	struct decision *decision = &resolve->decision;
	int rc = conflict_each(decision->replica,
			       decision->key.len ? buf_text(&decision->key)
						 : NULL,
			       draft_of, resolve, err);

	if (rc == 0)
		rc = err_set(err, ERR_INPUT,
			     _("there is nothing to decide here; tian set "
			       "changes a field"));
	return rc < 0 ? rc : 0;
}

/* Meanwhile another program may have synced. */
static bool same_heads(const struct decision *decision,
		       const struct merge_draft *draft)
{
	size_t found = 0;

	for (size_t i = 0; i < decision->n; i++)
		for (size_t k = 0; k < draft->n; k++)
			found += change_id_equal(decision->heads[i].id,
						 draft->ids[k]);
	return found == decision->n && found == draft->n;
}

static int choose_edited(struct value *out, bool *settled,
			 struct decision *decision, void *ctx, struct err *err)
{
	struct resolve *resolve = ctx;

	*settled = false;
	if (!same_heads(decision, &resolve->draft))
		return err_set(err, ERR_INPUT,
			       _("its values have changed meanwhile; look at "
				 "them again: tian conflicts"));
	return value_read(out, &resolve->made, decision->replica,
			  decision->cell.field, buf_text(&resolve->draft.text),
			  err);
}

/* Takes what a person made of the draft, and decides. */
static int take_file(struct resolve *resolve, const char *path, struct err *err)
{
	struct merge_draft *draft = &resolve->draft;
	struct buf file = BUF_INIT;
	struct buf text = BUF_INIT;
	int rc = buf_read_file(&file, path, 2 * CHANGE_VALUE_MAX, err);

	if (rc == 0)
		rc = merge_draft_read(&text, &resolve->typed_reason, draft,
				      &file, err);
	buf_release(&draft->text);
	draft->text = text;
	if (rc == 0)
		rc = decision_make(&resolve->decision, choose_edited, resolve,
				   resolve->reason
					   ? resolve->reason
					   : buf_text(&resolve->typed_reason),
				   err);
	buf_release(&file);
	return rc;
}

static bool holds(const char *path, const struct buf *text)
{
	struct buf file = BUF_INIT;
	struct err err;
	bool same = buf_read_file(&file, path, 2 * CHANGE_VALUE_MAX, &err) ==
			    0 &&
		    file.len == text->len &&
		    memcmp(buf_text(&file), buf_text(text), text->len) == 0;

	buf_release(&file);
	return same;
}

/* The file goes when the decision stands, or where nobody typed anything in
 * it; otherwise it holds what somebody typed. */
static int edit(struct resolve *resolve, struct err *err)
{
	struct merge_draft *draft = &resolve->draft;
	struct buf path = BUF_INIT, name = BUF_INIT, given = BUF_INIT;
	int rc;

	buf_add(&given, draft->text.data, draft->text.len);
	buf_addf(&name, "resolve-%s", buf_text(&resolve->decision.key));
	rc = editor_create(&path, resolve->decision.cli->path, buf_text(&name),
			   &draft->text, err);
	if (rc < 0)
		goto done;
	rc = editor_run(buf_text(&path), err);
	if (rc == 0)
		rc = take_file(resolve, buf_text(&path), err);
	if (rc == 0 || draft->abandoned || holds(buf_text(&path), &given))
		unlink(buf_text(&path));
	else
		cli_note(_("What was written is kept in %s (--text-file takes "
			   "it)."),
			 buf_text(&path));
done:
	buf_release(&given);
	buf_release(&name);
	buf_release(&path);
	return rc;
}

static bool is_text(const struct field *field)
{
	return field->type == FIELD_LONG || field->type == FIELD_TEXT;
}

static int decide(struct resolve *resolve, struct err *err)
{
	struct decision *decision = &resolve->decision;
	int rc;

	if (resolve->take || resolve->value_word || resolve->accept ||
	    resolve->refuse)
		return decision_make(decision, choose, resolve, resolve->reason,
				     err);
	if (!is_text(decision->cell.field))
		return err_set(err, ERR_USAGE,
			       _("say what shall stand: --take SITE or "
				 "--value V; of what came late --accept or "
				 "--refuse"));
	rc = make_draft(resolve, err);
	if (rc == 0 && resolve->text_file) {
		rc = take_file(resolve, resolve->text_file, err);
		return rc < 0 ? cli_wrap_file(err, resolve->text_file) : 0;
	}
	return rc < 0 ? rc : edit(resolve, err);
}

static int check(const struct resolve *resolve, struct err *err)
{
	int ways = (resolve->take != NULL) + (resolve->value_word != NULL) +
		   resolve->edit + (resolve->text_file != NULL) +
		   resolve->accept + resolve->refuse;

	if (ways > 1)
		return err_set(err, ERR_USAGE,
			       _("say what shall stand: --take SITE or "
				 "--value V; of what came late --accept or "
				 "--refuse"));
	if (resolve->reason ? !*resolve->reason
			    : resolve->take || resolve->value_word ||
				      resolve->accept || resolve->refuse)
		return err_set(err, ERR_USAGE,
			       _("a decision needs its reason: --reason "
				 "TEXT"));
	if (resolve->reason && strlen(resolve->reason) > CHANGE_REASON_MAX)
		return err_set(err, ERR_USAGE,
			       _("the reason is longer than %d bytes"),
			       CHANGE_REASON_MAX);
	return 0;
}

int cmd_resolve(struct cli *cli, int argc, char **argv)
{
	struct resolve resolve = {.decision = DECISION_INIT(cli)};
	const struct arg_option options[] = {
		{"--take", ARG_ONE, &resolve.take},
		{"--value", ARG_ONE, &resolve.value_word},
		{"--edit", ARG_FLAG, &resolve.edit},
		{"--text-file", ARG_ONE, &resolve.text_file},
		{"--reason", ARG_ONE, &resolve.reason},
		{"--accept", ARG_FLAG, &resolve.accept},
		{"--refuse", ARG_FLAG, &resolve.refuse},
	};
	const struct arg_spec spec = {help, options, 7, 2, 2};
	struct arg_list words = {0};
	struct err err = {0};
	int rc = args_parse(&words, cli, &spec, argc, argv, &err);

	if (rc == 0)
		rc = check(&resolve, &err);
	if (rc == 0)
		rc = decision_find(&resolve.decision, words.items[0],
				   words.items[1], &err);
	if (rc == 0)
		rc = decide(&resolve, &err);
	merge_draft_release(&resolve.draft);
	buf_release(&resolve.made);
	buf_release(&resolve.typed_reason);
	decision_value_release(&resolve.late);
	decision_release(&resolve.decision);
	args_list_release(&words);
	return rc < 0 ? cli_fail(cli, &err) : CLI_DONE;
}
