/* cmd_reply.c - tian reply: a unit's answer and its class, as a draft.
 * Knows the handling row; judges no text and submits none. */
#include "cli/commands.h"

#include <stdio.h>
#include <string.h>

#include "cli/terminal/args.h"
#include "cli/case/case.h"
#include "cli/terminal/message.h"
#include "cli/case/row.h"
#include "cli/case/step.h"
#include "cli/terminal/text_file.h"
#include "cli/case/value.h"
#include "core/base/db.h"
#include "core/log/edit.h"

static const char help[] = N_(
	"usage: tian reply CASE --class A --text-file F [--unit UNIT]\n"
	"\n"
	"Writes the reply of this unit, a co-unit's opinion without a class. It\n"
	"stays a draft until tian submit. F is a text file in UTF-8, - is\n"
	"standard input. Where two versions of the reply are in conflict, that\n"
	"is settled first (tian conflicts).\n"
	"\n"
	"  --class A    A: solved; B: planned; C: kept for reference\n"
	"  --unit UNIT  whose reply it is, when the office types it in\n"
	"\n"
	"example: tian reply 1-1-014 --class A --text-file reply.txt\n");

static const char SQL_CONFLICT[] =
	"SELECT 1 FROM conflict WHERE entity = 'handling' AND row = ?1 AND"
	" field = 'draft' AND severity = 'hard'";
static const char SQL_CO[] =
	"SELECT 1 FROM handling WHERE role = 'co' AND proposal || '/' || unit"
	" = ?1";

struct reply {
	const char *class_word;
	const char *file;
	const char *unit; /* NULL: at a unit its own, else the only one */
	struct buf text;
	struct buf key;
	struct case_cell draft;
	struct case_cell class_cell;
	bool changed;
};

static int find_cell(struct case_cell *cell, struct reply *reply,
		     struct replica *replica, const char *field,
		     struct err *err)
{
	struct buf word = BUF_INIT;
	int rc;

	if (reply->unit)
		buf_addf(&word, "%s.", reply->unit);
	buf_adds(&word, field);
	rc = buf_check(&word, err);
	if (rc == 0)
		rc = case_cell_find(cell, replica, buf_text(&reply->key),
				    buf_text(&word), err);
	buf_release(&word);
	return rc;
}

static int check_conflict(const struct reply *reply, struct replica *replica,
			  struct err *err)
{
	const char *words[] = {buf_text(&reply->draft.row)};
	bool blocked = false;
	int rc = db_exists(&blocked, replica_db(replica), SQL_CONFLICT, words,
			   1, err);

	if (rc == 0 && blocked)
		rc = err_set(err, ERR_INPUT,
			     _("two versions of this reply are in conflict; "
			       "settle it first: tian conflicts %s"),
			     buf_text(&reply->key));
	return rc;
}

static int write_fields(struct reply *reply, struct replica *replica,
			struct err *err)
{
	struct buf made = BUF_INIT;
	struct value text = value_text(buf_text(&reply->text));
	struct value class_value;
	int rc = 0;

	if (reply->class_word)
		rc = value_read(&class_value, &made, replica,
				reply->class_cell.field, reply->class_word,
				err);
	if (rc == 0)
		rc = row_set(replica, reply->draft.entity,
			     buf_text(&reply->draft.row), reply->draft.field,
			     &text, &reply->changed, err);
	if (rc == 0 && reply->class_word)
		rc = row_set(replica, reply->class_cell.entity,
			     buf_text(&reply->class_cell.row),
			     reply->class_cell.field, &class_value,
			     &reply->changed, err);
	buf_release(&made);
	return rc;
}

/* A class is of a reply, not of an opinion. */
static int check_class(const struct reply *reply, struct replica *replica,
		       struct err *err)
{
	const char *words[] = {buf_text(&reply->draft.row)};
	bool co = false;
	int rc = db_exists(&co, replica_db(replica), SQL_CO, words, 1, err);

	if (rc == 0 && !co && !reply->class_word)
		rc = err_set(err, ERR_USAGE,
			     _("say the class: --class A, B or C"));
	if (rc == 0 && co && reply->class_word)
		rc = err_set(err, ERR_INPUT,
			     _("a co-unit's opinion has no class"));
	return rc;
}

/* Writing it is a step of its own: not while a reply is out of hands. */
static int check_step(const struct reply *reply, struct cli *cli,
		      struct err *err)
{
	struct step step = {.cli = cli,
			    .replica = cli->replica,
			    .site = replica_site(cli->replica),
			    .key = buf_text(&reply->key)};
	int rc = step_look(&step, err);

	if (rc == 0)
		rc = step_allow(&step, "reply", err);
	buf_release(&step.before);
	return rc;
}

static int write_reply(struct reply *reply, struct cli *cli, struct err *err)
{
	int rc = edit_begin(cli->replica, err);

	if (rc < 0)
		return rc;
	rc = check_class(reply, cli->replica, err);
	if (rc == 0)
		rc = check_conflict(reply, cli->replica, err);
	if (rc == 0)
		rc = write_fields(reply, cli->replica, err);
	if (rc == 0 && reply->changed)
		rc = check_step(reply, cli, err);
	if (rc == 0)
		rc = edit_commit(cli->replica, cli->author, NULL, NULL, err);
	else
		edit_rollback(cli->replica);
	return rc;
}

static int run(struct reply *reply, struct cli *cli, const char *word,
	       struct err *err)
{
	int rc = cli_open(cli, err);

	if (rc == 0)
		rc = case_find(&reply->key, cli->replica, word, err);
	if (rc == 0)
		rc = find_cell(&reply->draft, reply, cli->replica, "draft",
			       err);
	if (rc == 0)
		rc = find_cell(&reply->class_cell, reply, cli->replica,
			       "class_proposed", err);
	if (rc == 0)
		rc = case_cell_live(&reply->draft, cli->replica, err);
	if (rc == 0)
		rc = text_file_read(&reply->text, reply->file, err);
	if (rc == 0)
		rc = write_reply(reply, cli, err);
	if (rc == 0 && reply->changed)
		cli_note(_("%s: the reply is written; tian submit hands it "
			   "over."),
			 buf_text(&reply->key));
	else if (rc == 0)
		cli_note(_("%s: nothing to change."), buf_text(&reply->key));
	return rc;
}

static int check(const struct reply *reply, struct err *err)
{
	if (!reply->file)
		return err_set(err, ERR_USAGE,
			       _("say where the text is: --text-file F (- is "
				 "standard input)"));
	return 0;
}

int cmd_reply(struct cli *cli, int argc, char **argv)
{
	struct reply reply = {.draft = CASE_CELL_INIT,
			      .class_cell = CASE_CELL_INIT};
	const struct arg_option options[] = {
		{"--class", ARG_ONE, &reply.class_word},
		{"--text-file", ARG_ONE, &reply.file},
		{"--unit", ARG_ONE, &reply.unit},
	};
	const struct arg_spec spec = {help, options, 3, 1, 1};
	struct arg_list words = {0};
	struct err err = {0};
	int rc = args_parse(&words, cli, &spec, argc, argv, &err);

	if (rc == 0)
		rc = check(&reply, &err);
	if (rc == 0)
		rc = run(&reply, cli, words.items[0], &err);
	buf_release(&reply.text);
	buf_release(&reply.key);
	case_cell_release(&reply.draft);
	case_cell_release(&reply.class_cell);
	args_list_release(&words);
	return rc < 0 ? cli_fail(cli, &err) : CLI_DONE;
}
