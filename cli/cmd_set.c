/* cmd_set.c - tian set: changing fields of a case.
 * Knows FIELD=VALUE; who may write what is the replica's to say. */
#include "cli/commands.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "cli/args.h"
#include "cli/case.h"
#include "cli/message.h"
#include "cli/row.h"
#include "cli/value.h"
#include "core/edit.h"

static const char help[] = N_(
	"usage: tian set CASE FIELD=VALUE… [--reason TEXT]\n"
	"\n"
	"FIELD is a field of the proposal (title, 案由), UNIT.FIELD for one of a\n"
	"unit's handling (edu.due), or at a unit just a field of its own\n"
	"handling (contact_name, 承办人). Codes may be given by their label,\n"
	"dates as 2022-06-30 or 2022年6月30日. An empty VALUE empties the field.\n"
	"All fields are changed, or none.\n"
	"\n"
	"example: tian set 1-1-014 sector=教育界 --reason 更正界别\n");

static int set_field(struct replica *replica, const char *key, const char *name,
		     const char *text, struct err *err)
{
	struct case_cell cell = CASE_CELL_INIT;
	struct buf made = BUF_INIT;
	struct value value;
	int rc = case_cell_find(&cell, replica, key, name, err);

	if (rc == 0)
		rc = value_read(&value, &made, replica, cell.field, text, err);
	if (rc == 0)
		rc = row_set(replica, cell.entity, buf_text(&cell.row),
			     cell.field, &value, NULL, err);
	case_cell_release(&cell);
	buf_release(&made);
	return rc;
}

static int set_word(struct replica *replica, const char *key, const char *word,
		    struct err *err)
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
	rc = set_field(replica, key, name, equals + 1, err);
	free(name);
	return rc;
}

static int set_all(struct cli *cli, const struct arg_list *words,
		   const char *reason, struct err *err)
{
	struct buf key = BUF_INIT;
	size_t n = 0;
	int rc = cli_open(cli, err);

	if (rc == 0)
		rc = case_find(&key, cli->replica, words->items[0], err);
	if (rc == 0)
		rc = edit_begin(cli->replica, err);
	if (rc < 0)
		goto done;
	for (size_t i = 1; rc == 0 && i < words->n; i++)
		rc = set_word(cli->replica, buf_text(&key), words->items[i],
			      err);
	if (rc == 0)
		rc = edit_commit(cli->replica, cli->author, reason, &n, err);
	else
		edit_rollback(cli->replica);
	if (rc == 0 && n == 0)
		cli_note(_("%s: nothing to change."), buf_text(&key));
	else if (rc == 0)
		cli_note(ngettext("%s: %zu field changed.",
				  "%s: %zu fields changed.", n),
			 buf_text(&key), n);
done:
	buf_release(&key);
	return rc;
}

int cmd_set(struct cli *cli, int argc, char **argv)
{
	const char *reason = NULL;
	const struct arg_option options[] = {{"--reason", ARG_ONE, &reason}};
	const struct arg_spec spec = {help, options, 1, 2, SIZE_MAX};
	struct arg_list words = {0};
	struct err err = {0};
	int rc = args_parse(&words, cli, &spec, argc, argv, &err);

	if (rc == 0)
		rc = set_all(cli, &words, reason, &err);
	args_list_release(&words);
	return rc < 0 ? cli_fail(cli, &err) : CLI_DONE;
}
