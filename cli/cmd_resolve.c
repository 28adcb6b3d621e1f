/* cmd_resolve.c - tian resolve: a person decides, with a reason, on record.
 * Knows heads and how to name one; the decision itself is core's. */
#include "cli/commands.h"

#include <stdlib.h>
#include <string.h>

#include "cli/args.h"
#include "cli/case.h"
#include "cli/message.h"
#include "cli/row.h"
#include "cli/value.h"
#include "core/change_log.h"
#include "core/conflict.h"
#include "core/edit.h"

static const char help[] = N_(
	"usage: tian resolve CASE FIELD (--take SITE | --value V) --reason TEXT\n"
	"\n"
	"Decides what a field in conflict shall hold. FIELD is named as tian\n"
	"conflicts names it. Every value stays on record, with the reason.\n"
	"\n"
	"  --take SITE  the value that SITE wrote (code or name), or a person's\n"
	"               name; where that leaves two, the change's id as tian\n"
	"               conflicts shows it\n"
	"  --value V    this value\n"
	"\n"
	"example: tian resolve 1-1-014 edu.class_proposed --take edu \\\n"
	"             --reason 以盖章文本为准\n");

/* One value in the cell, copied. */
struct choice {
	struct change_id id;
	struct buf site;
	struct buf author;
	struct buf bytes;
	struct value value; /* bytes in `bytes` */
	struct change_id *bases;
	size_t n_bases;
};

struct resolve {
	struct cli *cli;
	struct replica *replica;
	const char *take;
	const char *value_word;
	const char *reason;
	struct buf key;
	struct case_cell cell;
	struct choice *choices;
	size_t n;
	struct buf made;
	struct value value; /* what is decided */
};

static void choice_release(struct choice *choice)
{
	buf_release(&choice->site);
	buf_release(&choice->author);
	buf_release(&choice->bytes);
	free(choice->bases);
}

static int copy_choice(struct choice *choice,
		       const struct change_log_entry *entry, struct err *err)
{
	const struct change *change = entry->change;

	choice->id = change->id;
	buf_adds(&choice->site, entry->site);
	buf_adds(&choice->author, entry->author);
	choice->value = change->value;
	buf_add(&choice->bytes, change->value.bytes, change->value.len);
	choice->value.bytes = buf_text(&choice->bytes);
	if (change->n_bases > 0) {
		choice->bases = calloc(change->n_bases, sizeof(*choice->bases));
		if (!choice->bases)
			return err_nomem(err);
		memcpy(choice->bases, change->bases,
		       change->n_bases * sizeof(*choice->bases));
		choice->n_bases = change->n_bases;
	}
	return buf_check(&choice->bytes, err);
}

static int add_choice(const struct change_log_entry *entry, void *ctx,
		      struct err *err)
{
	struct resolve *resolve = ctx;
	struct choice *more =
		realloc(resolve->choices, (resolve->n + 1) * sizeof(*more));

	if (!more)
		return err_nomem(err);
	resolve->choices = more;
	memset(&more[resolve->n], 0, sizeof(*more));
	return copy_choice(&more[resolve->n++], entry, err);
}

static int check(const struct resolve *resolve, struct err *err)
{
	if ((resolve->take != NULL) == (resolve->value_word != NULL))
		return err_set(err, ERR_USAGE,
			       _("say what shall stand: --take SITE or "
				 "--value V"));
	if (!resolve->reason || !*resolve->reason)
		return err_set(err, ERR_USAGE,
			       _("a decision needs its reason: --reason "
				 "TEXT"));
	if (strlen(resolve->reason) > CHANGE_REASON_MAX)
		return err_set(err, ERR_USAGE,
			       _("the reason is longer than %d bytes"),
			       CHANGE_REASON_MAX);
	return 0;
}

static int find_cell(struct resolve *resolve, const char *word,
		     const char *field, struct err *err)
{
	int rc;

	if (strchr(word, '/'))
		return case_cell_of_row(&resolve->cell, resolve->replica, word,
					field, err);
	rc = case_find(&resolve->key, resolve->replica, word, err);
	if (rc == 0)
		rc = case_cell_find(&resolve->cell, resolve->replica,
				    buf_text(&resolve->key), field, err);
	return rc;
}

static struct edit_cell edit_cell_of(const struct resolve *resolve)
{
	struct edit_cell cell = {.entity = resolve->cell.entity->name,
				 .row = buf_text(&resolve->cell.row),
				 .field = resolve->cell.field->name};

	return cell;
}

static bool is_author(const struct resolve *resolve)
{
	for (size_t i = 0; i < resolve->n; i++)
		if (strcmp(buf_text(&resolve->choices[i].author),
			   resolve->take) == 0)
			return true;
	return false;
}

/* The choice named by change id, or the only one of a person or a site. */
static int pick(const struct choice **out, struct resolve *resolve,
		struct err *err)
{
	struct change_id id;
	bool by_id = change_id_parse(&id, resolve->take);
	bool by_author = !by_id && is_author(resolve);
	struct buf site = BUF_INIT;
	struct buf list = BUF_INIT;
	size_t found = 0;
	bool differ = false;
	int rc = by_id || by_author ? 0
				    : case_unit(&site, resolve->replica,
						resolve->take, err);

	*out = NULL;
	/* A person whose value was taken before: was_taken looks for it. */
	if (rc == ERR_INPUT && resolve->n == 1) {
		err_clear(err);
		buf_release(&site);
		return 0;
	}
	for (size_t i = 0; rc == 0 && i < resolve->n; i++) {
		const struct choice *choice = &resolve->choices[i];
		char text[CHANGE_ID_TEXT];

		if (by_id ? !change_id_equal(id, choice->id)
		    : by_author
			    ? strcmp(resolve->take, buf_text(&choice->author))
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
			     resolve->take, buf_text(&list));
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
static int was_taken(bool *yes, struct resolve *resolve, struct err *err)
{
	const struct choice *head = &resolve->choices[0];
	struct wanted wanted = {.take = resolve->take, .value = &head->value};
	struct buf site = BUF_INIT;
	int rc = 0;

	wanted.by_id = change_id_parse(&wanted.id, resolve->take);
	/* A word that is no unit's may have been a person's. */
	if (!wanted.by_id &&
	    case_unit(&site, resolve->replica, resolve->take, err) < 0) {
		if (err->code != ERR_INPUT)
			return err->code;
		err_clear(err);
	}
	wanted.site = buf_text(&site);
	for (size_t i = 0; rc == 0 && head->n_bases > 1 && i < head->n_bases;
	     i++) {
		rc = change_log_find(resolve->replica, head->bases[i],
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

/* What shall stand; *settled where it stands already and nobody objects. */
static int choose(bool *settled, struct resolve *resolve, struct err *err)
{
	const struct choice *choice = NULL;
	int rc;

	*settled = false;
	if (resolve->value_word) {
		rc = value_read(&resolve->value, &resolve->made,
				resolve->replica, resolve->cell.field,
				resolve->value_word, err);
		if (rc == 0 && resolve->n == 1)
			*settled = value_equal(&resolve->value,
					       &resolve->choices[0].value);
		return rc;
	}
	rc = pick(&choice, resolve, err);
	if (rc == 0 && choice) {
		resolve->value = choice->value;
		*settled = resolve->n == 1;
	} else if (rc == 0 && resolve->n == 1) {
		rc = was_taken(settled, resolve, err);
	}
	if (rc == 0 && resolve->n > 1 && !choice)
		rc = err_set(err, ERR_INPUT,
			     _("%s has no value here (tian conflicts shows "
			       "those there are)"),
			     resolve->take);
	return rc;
}

static int is_cell(const struct conflict *conflict, void *ctx, struct err *err)
{
	const struct case_cell *cell = ctx;

	(void)err;
	return conflict->severity == SEVERITY_HARD &&
	       conflict->field == cell->field &&
	       strcmp(conflict->row, buf_text(&cell->row)) == 0;
}

/* A voiding has one value and is a conflict all the same, where the row was
 * edited without knowing of it. */
static int find_disputed(bool *yes, struct resolve *resolve, struct err *err)
{
	int rc = 0;

	if (resolve->n == 1 && strcmp(resolve->cell.field->name, "void") == 0)
		rc = conflict_each(resolve->replica,
				   resolve->key.len ? buf_text(&resolve->key)
						    : NULL,
				   is_cell, &resolve->cell, err);
	*yes = rc > 0;
	return rc < 0 ? rc : 0;
}

static int decide(struct resolve *resolve, struct err *err)
{
	struct edit_cell cell = edit_cell_of(resolve);
	bool settled = false, disputed = false;
	int rc = edit_begin(resolve->replica, err);

	if (rc < 0)
		return rc;
	rc = change_log_heads(resolve->replica, &cell, add_choice, resolve,
			      err);
	if (rc == 0)
		rc = choose(&settled, resolve, err);
	if (rc == 0)
		rc = find_disputed(&disputed, resolve, err);
	settled = settled && !disputed;
	if (rc == 0 && resolve->n < 2 && !settled && !disputed)
		rc = err_set(err, ERR_INPUT,
			     _("there is nothing to decide here; tian set "
			       "changes a field"));
	if (rc == 0 && !settled)
		rc = edit_decide(resolve->replica, &cell, &resolve->value, err);
	if (rc == 0)
		rc = edit_commit(resolve->replica, resolve->cli->author,
				 settled ? NULL : resolve->reason, NULL, err);
	else
		edit_rollback(resolve->replica);
	if (rc == 0 && settled)
		cli_note(_("It stands so already; nothing changed."));
	else if (rc == 0)
		cli_note(_("Decided; tian sync tells everybody."));
	return rc;
}

static void resolve_release(struct resolve *resolve)
{
	for (size_t i = 0; i < resolve->n; i++)
		choice_release(&resolve->choices[i]);
	free(resolve->choices);
	case_cell_release(&resolve->cell);
	buf_release(&resolve->key);
	buf_release(&resolve->made);
}

int cmd_resolve(struct cli *cli, int argc, char **argv)
{
	struct resolve resolve = {.cli = cli, .cell = CASE_CELL_INIT};
	const struct arg_option options[] = {
		{"--take", ARG_ONE, &resolve.take},
		{"--value", ARG_ONE, &resolve.value_word},
		{"--reason", ARG_ONE, &resolve.reason},
	};
	const struct arg_spec spec = {help, options, 3, 2, 2};
	struct arg_list words = {0};
	struct err err = {0};
	int rc = args_parse(&words, cli, &spec, argc, argv, &err);

	if (rc == 0)
		rc = check(&resolve, &err);
	if (rc == 0)
		rc = cli_open(cli, &err);
	resolve.replica = cli->replica;
	if (rc == 0)
		rc = find_cell(&resolve, words.items[0], words.items[1], &err);
	if (rc == 0)
		rc = decide(&resolve, &err);
	resolve_release(&resolve);
	args_list_release(&words);
	return rc < 0 ? cli_fail(cli, &err) : CLI_DONE;
}
