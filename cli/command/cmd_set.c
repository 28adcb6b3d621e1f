/* cmd_set.c - tian set: changing fields of a case.
 * Knows FIELD=VALUE; who may write what is the replica's to say. */
#include "cli/commands.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "cli/terminal/args.h"
#include "cli/case/case.h"
#include "cli/case/correction.h"
#include "cli/terminal/message.h"
#include "cli/case/row.h"
#include "cli/case/value.h"
#include "core/log/edit.h"

static const char help[] = N_(
	"usage: tian set CASE FIELD=VALUE… [--reason TEXT]\n"
	"\n"
	"FIELD is a field of the proposal (title, 案由), UNIT.FIELD for one of a\n"
	"unit's handling (edu.due), or at a unit just a field of its own\n"
	"handling (contact_name, 承办人). Codes may be given by their label,\n"
	"dates as 2022-06-30 or 2022年6月30日. An empty VALUE empties the field.\n"
	"All fields are changed, or none. What both have, at a unit is its own\n"
	"handling's; proposal.FIELD is the proposal's. void=1 needs a reason, and\n"
	"so does a correction of the title or text of a filed proposal, which is\n"
	"also noted in its flow.\n"
	"\n"
	"example: tian set 1-1-014 sector=教育界 --reason 更正界别\n");

/* One FIELD=VALUE, as it is to be written. */
struct setting {
	struct case_cell cell;
	struct buf made;
	struct value value;
};

struct settings {
	struct cli *cli;
	struct setting *items;
	size_t n;
	const char *reason;
};

static bool is_field(const struct case_cell *cell, const char *name)
{
	return strcmp(cell->field->name, name) == 0;
}

static int check_twice(const struct settings *settings, const char *name,
		       struct err *err)
{
	const struct case_cell *last = &settings->items[settings->n - 1].cell;

	for (size_t i = 0; i + 1 < settings->n; i++) {
		const struct case_cell *other = &settings->items[i].cell;

		if (other->field == last->field &&
		    strcmp(buf_text(&other->row), buf_text(&last->row)) == 0)
			return err_set(err, ERR_USAGE, _("%s is named twice"),
				       name);
	}
	return 0;
}

/* What no value of the field's type may be, but a case must have; and what
 * may not be done without saying why. */
static int check_sense(const struct settings *settings, struct err *err)
{
	struct replica *replica = settings->cli->replica;
	const struct setting *setting = &settings->items[settings->n - 1];
	const struct case_cell *cell = &setting->cell;

	if (cell->entity == replica_schema(replica)->cases &&
	    is_field(cell, "title") && setting->value.type == VALUE_NULL)
		return err_set(err, ERR_INPUT,
			       _("a proposal's title cannot be empty"));
	if (is_field(cell, "void") && setting->value.type == VALUE_INT &&
	    setting->value.integer == 1 &&
	    (!settings->reason || !*settings->reason))
		return err_set(err, ERR_USAGE,
			       _("what is voided needs its reason: --reason "
				 "TEXT"));
	if (!replica_is_office(replica))
		return case_cell_live(cell, replica, err);
	return 0;
}

static int read_setting(struct settings *settings, const char *key,
			const char *name, const char *text, struct err *err)
{
	struct setting *setting = &settings->items[settings->n++];
	struct replica *replica = settings->cli->replica;
	int rc = case_cell_find(&setting->cell, replica, key, name, err);

	if (rc == 0)
		rc = check_twice(settings, name, err);
	if (rc == 0)
		rc = value_read(&setting->value, &setting->made, replica,
				setting->cell.field, text, err);
	return rc < 0 ? rc : check_sense(settings, err);
}

static int read_word(struct settings *settings, const char *key,
		     const char *word, struct err *err)
{
	const char *equals = strchr(word, '=');
	char *name;
	int rc;

	if (!equals || equals == word)
		return err_set(err, ERR_USAGE,
			       _("'%s' is not FIELD=VALUE (see tian set "
				 "--help)"),
			       word);
	name = strndup(word, (size_t)(equals - word));
	if (!name)
		return err_nomem(err);
	rc = read_setting(settings, key, name, equals + 1, err);
	free(name);
	return rc;
}

/* The reason of a voiding stands in the row, too: it is read long after. */
static int write_setting(bool *changed, const struct settings *settings,
			 const struct setting *setting, struct err *err)
{
	struct replica *replica = settings->cli->replica;
	const struct case_cell *cell = &setting->cell;
	const char *row = buf_text(&cell->row);
	int rc = 0;

	if (is_field(cell, "void") && setting->value.type == VALUE_INT)
		rc = row_set_text(
			replica, cell->entity->name, row, "void_reason",
			setting->value.integer == 1 ? settings->reason : NULL,
			NULL, err);
	if (rc == 0 && cell->entity == replica_schema(replica)->cases)
		rc = correction_note(replica, row, cell, &setting->value,
				     settings->reason, err);
	return rc < 0 ? rc
		      : row_set(replica, cell->entity, row, cell->field,
				&setting->value, changed, err);
}

static int write_all(struct settings *settings, const char *key,
		     const struct arg_list *words, size_t *n, struct err *err)
{
	struct replica *replica = settings->cli->replica;
	int rc = edit_begin(replica, err);

	if (rc < 0)
		return rc;
	for (size_t i = 1; rc == 0 && i < words->n; i++)
		rc = read_word(settings, key, words->items[i], err);
	for (size_t i = 0; rc == 0 && i < settings->n; i++) {
		bool changed = false;

		rc = write_setting(&changed, settings, &settings->items[i],
				   err);
		*n += changed;
	}
	if (rc == 0)
		return edit_commit(replica, settings->cli->author,
				   settings->reason, NULL, err);
	edit_rollback(replica);
	return rc;
}

static int set_all(struct settings *settings, const struct arg_list *words,
		   struct err *err)
{
	struct buf key = BUF_INIT;
	size_t n = 0;
	int rc = cli_open(settings->cli, err);

	if (rc == 0)
		rc = case_find(&key, settings->cli->replica, words->items[0],
			       err);
	settings->items = calloc(words->n, sizeof(*settings->items));
	if (rc == 0 && !settings->items)
		rc = err_nomem(err);
	if (rc == 0)
		rc = write_all(settings, buf_text(&key), words, &n, err);
	if (rc == 0 && n == 0)
		cli_note(_("%s: nothing to change."), buf_text(&key));
	else if (rc == 0)
		cli_note(ngettext("%s: %zu field changed.",
				  "%s: %zu fields changed.", n),
			 buf_text(&key), n);
	buf_release(&key);
	return rc;
}

static void settings_release(struct settings *settings)
{
	for (size_t i = 0; i < settings->n; i++) {
		case_cell_release(&settings->items[i].cell);
		buf_release(&settings->items[i].made);
	}
	free(settings->items);
}

int cmd_set(struct cli *cli, int argc, char **argv)
{
	struct settings settings = {.cli = cli};
	const struct arg_option options[] = {
		{"--reason", ARG_ONE, &settings.reason},
	};
	const struct arg_spec spec = {help, options, 1, 2, SIZE_MAX};
	struct arg_list words = {0};
	struct err err = {0};
	int rc = args_parse(&words, cli, &spec, argc, argv, &err);

	if (rc == 0)
		rc = set_all(&settings, &words, &err);
	settings_release(&settings);
	args_list_release(&words);
	return rc < 0 ? cli_fail(cli, &err) : CLI_DONE;
}
