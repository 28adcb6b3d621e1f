/* cmd_reply.c - tian reply: a unit's answer, its class, its submission.
 * Knows the handling row and the event; judges no text. */
#include "cli/commands.h"

#include <stdio.h>
#include <string.h>

#include "cli/args.h"
#include "cli/case.h"
#include "cli/event.h"
#include "cli/message.h"
#include "cli/row.h"
#include "cli/value.h"
#include "core/db.h"
#include "core/edit.h"

static const char help[] = N_(
	"usage: tian reply CASE --class A --text-file F [--unit UNIT]\n"
	"\n"
	"Writes the reply of this unit and submits it. F is a text file in\n"
	"UTF-8, - is standard input. Where two versions of the reply are in\n"
	"conflict, that is settled first (tian conflicts).\n"
	"\n"
	"  --class A    A: solved; B: planned; C: kept for reference\n"
	"  --unit UNIT  whose reply it is, when the office types it in\n"
	"\n"
	"example: tian reply 1-1-014 --class A --text-file reply.txt\n");

static const char SQL_CONFLICT[] =
	"SELECT 1 FROM conflict WHERE entity = 'handling' AND row = ?1 AND"
	" field = 'draft' AND severity = 'hard'";
/* Submitted already, and neither sent back nor begun anew since. */
static const char SQL_SUBMITTED[] =
	"SELECT 1 FROM event s WHERE s.proposal = ?1 AND s.unit = ?2 AND"
	" s.kind = 'submitted' AND s.text_hash = ?3 AND s.void IS NOT 1 AND"
	" NOT EXISTS (SELECT 1 FROM event l WHERE l.proposal = ?1 AND l.kind"
	" IN ('failed', 'redo') AND l.void IS NOT 1 AND l.at >= s.at)";

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

static int read_stream(struct buf *raw, FILE *in, struct err *err)
{
	char block[65536];
	size_t n;

	while ((n = fread(block, 1, sizeof(block), in)) > 0) {
		buf_add(raw, block, n);
		if (raw->len > CHANGE_VALUE_MAX + 64)
			return err_set(err, ERR_INPUT,
				       _("the text is larger than %d MiB"),
				       CHANGE_VALUE_MAX >> 20);
	}
	if (ferror(in))
		return err_errno(err, _("read standard input"));
	return buf_check(raw, err);
}

static int read_text(struct reply *reply, struct err *err)
{
	struct buf raw = BUF_INIT;
	int rc;

	if (strcmp(reply->file, "-") == 0)
		rc = read_stream(&raw, stdin, err);
	else
		rc = buf_read_file(&raw, reply->file, CHANGE_VALUE_MAX + 64,
				   err);
	if (rc == 0)
		rc = value_read_long(&reply->text, buf_text(&raw), raw.len,
				     err);
	if (rc == 0 && reply->text.len == 0)
		rc = err_set(err, ERR_INPUT, _("the text is empty"));
	buf_release(&raw);
	return rc < 0 ? err_wrap(err, "%s", reply->file) : 0;
}

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

static int ask(bool *yes, struct replica *replica, const char *sql,
	       const char *const *words, size_t n, struct err *err)
{
	struct db *db = replica_db(replica);
	sqlite3_stmt *stmt;
	int rc = db_stmt(&stmt, db, sql, err);

	if (rc < 0)
		return rc;
	for (size_t i = 0; i < n; i++)
		db_bind_text(stmt, (int)i + 1, words[i]);
	rc = db_step(db, stmt, err);
	*yes = rc == 1;
	sqlite3_reset(stmt);
	return rc < 0 ? rc : 0;
}

static int check_conflict(const struct reply *reply, struct replica *replica,
			  struct err *err)
{
	const char *words[] = {buf_text(&reply->draft.row)};
	bool blocked = false;
	int rc = ask(&blocked, replica, SQL_CONFLICT, words, 1, err);

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
	int rc = value_read(&class_value, &made, replica,
			    reply->class_cell.field, reply->class_word, err);

	if (rc == 0)
		rc = row_set(replica, reply->draft.entity,
			     buf_text(&reply->draft.row), reply->draft.field,
			     &text, &reply->changed, err);
	if (rc == 0)
		rc = row_set(replica, reply->class_cell.entity,
			     buf_text(&reply->class_cell.row),
			     reply->class_cell.field, &class_value,
			     &reply->changed, err);
	buf_release(&made);
	return rc;
}

static int submit(struct reply *reply, struct replica *replica, struct err *err)
{
	char hash[65];
	const char *words[] = {buf_text(&reply->key), replica_site(replica),
			       hash};
	struct event event = {
		.key = words[0], .kind = "submitted", .text_hash = hash};
	bool submitted = false;
	int rc;

	event_text_hash(hash, reply->text.data, reply->text.len);
	rc = ask(&submitted, replica, SQL_SUBMITTED, words, 3, err);
	if (rc == 0 && (!submitted || reply->changed)) {
		reply->changed = true;
		rc = event_add(replica, &event, err);
	}
	return rc;
}

static int write_reply(struct reply *reply, struct cli *cli, struct err *err)
{
	int rc = edit_begin(cli->replica, err);

	if (rc < 0)
		return rc;
	rc = check_conflict(reply, cli->replica, err);
	if (rc == 0)
		rc = write_fields(reply, cli->replica, err);
	if (rc == 0)
		rc = submit(reply, cli->replica, err);
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
		rc = read_text(reply, err);
	if (rc == 0)
		rc = write_reply(reply, cli, err);
	if (rc == 0 && reply->changed)
		cli_note(_("%s: the reply is submitted; tian sync sends it."),
			 buf_text(&reply->key));
	else if (rc == 0)
		cli_note(_("%s: nothing to change."), buf_text(&reply->key));
	return rc;
}

static int check(const struct reply *reply, struct err *err)
{
	if (!reply->class_word)
		return err_set(err, ERR_USAGE,
			       _("say the class: --class A, B or C"));
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
