/* cmd_new.c - tian new: one proposal is entered by hand (草稿), and given its
 * key. Knows what a proposal begins with; reviews nothing. */
#include "cli/commands.h"

#include <stdio.h>

#include "cli/terminal/message.h"
#include "cli/case/new_key.h"
#include "cli/case/row.h"
#include "cli/case/session.h"
#include "cli/case/step.h"
#include "cli/terminal/text_file.h"
#include "core/log/edit.h"

static const char help[] = N_(
	"usage: tian new --title TEXT --sponsor NAME… [--sector TEXT]\n"
	"                [--kind KIND] [--category TEXT] [--body-file F]\n"
	"                [--case-no NO] [--received DATE] [--session SESSION]\n"
	"\n"
	"The office enters one proposal and gives it its key, the next number of\n"
	"the session; on a second computer of the office, with letters of that\n"
	"computer behind it. It is a draft until it is registered as received:\n"
	"tian receive. The same title by the same sponsors is entered once.\n"
	"\n"
	"  --sponsor NAME     who proposes it; the first is the first sponsor\n"
	"  --sector TEXT      界别\n"
	"  --kind KIND        个人 联名 党派团体 界别\n"
	"  --category TEXT    its subject\n"
	"  --body-file F      the text of the proposal; - is standard input\n"
	"  --case-no NO       the number it came with (案号)\n"
	"  --received DATE    came in on that day: no draft any more\n"
	"  --session SESSION  term and meeting, 1-1, where there are several\n"
	"\n"
	"example: tian new --title 关于增设社区食堂的建议 --sponsor 张三 "
	"--sector 经济界\n");

static const char SQL_SAME_TITLE[] =
	"SELECT key, sponsors IS ?3 FROM proposal WHERE title = ?1 AND"
	" substr(key, 1, length(?2) + 1) = ?2 || '-' AND void IS NOT 1"
	" ORDER BY sponsors IS ?3 DESC, key";
static const char SQL_NUMBER_TAKEN[] =
	"SELECT key FROM proposal WHERE case_no = ?1 AND substr(key, 1,"
	" length(?2) + 1) = ?2 || '-' AND void IS NOT 1";

struct entry {
	struct step step;
	const char *title, *sector, *kind, *category, *file, *case_no;
	const char *received, *session_word;
	struct arg_list sponsors;
	char session[SESSION_SIZE];
	struct buf names; /* of the sponsors, joined */
	struct buf body;
	struct buf like; /* another one of the same title */
};

static int check(struct entry *entry, struct err *err)
{
	int rc = step_need(entry->title, N_("--title TEXT"), err);

	if (rc == 0)
		rc = step_need(entry->sponsors.n ? entry->sponsors.items[0]
						 : NULL,
			       N_("--sponsor NAME"), err);
	for (size_t i = 0; i < entry->sponsors.n; i++)
		buf_addf(&entry->names, "%s%s", i ? "、" : "",
			 entry->sponsors.items[i]);
	if (rc == 0 && entry->file)
		rc = text_file_read(&entry->body, entry->file, err);
	return rc < 0 ? rc : buf_check(&entry->names, err);
}

/* The first row of a query on two or three words; *same its second column. */
static int find(struct buf *out, bool *same, const struct entry *entry,
		const char *sql, const char *const words[3], struct err *err)
{
	struct db *db = replica_db(entry->step.replica);
	sqlite3_stmt *stmt;
	int rc = db_stmt(&stmt, db, sql, err);

	if (rc < 0)
		return rc;
	for (int i = 0; i < 3 && words[i]; i++)
		db_bind_text(stmt, i + 1, words[i]);
	rc = db_step(db, stmt, err);
	if (rc == 1)
		buf_adds(out, db_text(stmt, 0));
	if (rc == 1 && same)
		*same = sqlite3_column_int(stmt, 1) == 1;
	sqlite3_reset(stmt);
	return rc < 0 ? rc : buf_check(out, err);
}

static int check_number(const struct entry *entry, struct err *err)
{
	const char *words[] = {entry->case_no, entry->session, NULL};
	struct buf other = BUF_INIT;
	int rc = 0;

	if (entry->case_no)
		rc = find(&other, NULL, entry, SQL_NUMBER_TAKEN, words, err);
	if (rc == 0 && other.len > 0)
		rc = err_set(err, ERR_INPUT, _("%s is the number of %s"),
			     entry->case_no, buf_text(&other));
	buf_release(&other);
	return rc;
}

/* Values as the log keeps them, to be compared with what stands. */
static int normal(struct buf *out, const struct entry *entry, const char *name,
		  const char *typed, struct err *err)
{
	const struct schema *schema = replica_schema(entry->step.replica);
	const struct field *field = entity_field_named(
		schema_entity_named(schema, "proposal"), name);
	struct value value;
	int rc =
		value_read(&value, out, entry->step.replica, field, typed, err);

	if (rc == 0 && value.type == VALUE_NULL)
		rc = err_set(err, ERR_INPUT, _("'%s' is empty"),
			     message_label(field->zh, field->en));
	return rc;
}

/* The key of the same proposal, entered before: nothing to do. */
static int find_same(struct entry *entry, struct err *err)
{
	struct buf title = BUF_INIT, names = BUF_INIT, key = BUF_INIT;
	const char *words[] = {NULL, entry->session, NULL};
	bool same = false;
	int rc = normal(&title, entry, "title", entry->title, err);

	if (rc == 0)
		rc = normal(&names, entry, "sponsors", buf_text(&entry->names),
			    err);
	words[0] = buf_text(&title);
	words[2] = buf_text(&names);
	if (rc == 0)
		rc = find(&key, &same, entry, SQL_SAME_TITLE, words, err);
	if (rc == 0 && key.len > 0) {
		struct buf *to = same ? &entry->step.held : &entry->like;

		buf_adds(to, buf_text(&key));
		rc = buf_check(to, err);
	}
	buf_release(&key);
	buf_release(&names);
	buf_release(&title);
	return rc;
}

static int fill(struct entry *entry, struct err *err)
{
	const char *fields[][2] = {
		{"title", entry->title},
		{"sponsors", buf_text(&entry->names)},
		{"sector", entry->sector},
		{"kind", entry->kind},
		{"category", entry->category},
		{"case_no", entry->case_no},
		{"received_on", entry->received},
		{"body", entry->file ? buf_text(&entry->body) : NULL},
	};
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < sizeof(fields) / sizeof(fields[0]);
	     i++)
		rc = step_set(&entry->step, "proposal", entry->step.key,
			      fields[i][0], fields[i][1], err);
	return rc;
}

static int add(struct entry *entry, struct err *err)
{
	struct step *step = &entry->step;
	const struct schema *schema = replica_schema(step->replica);
	int rc = check_number(entry, err);

	if (rc == 0)
		rc = row_add(step->replica,
			     schema_entity_named(schema, "session"),
			     entry->session, NULL, err);
	if (rc == 0)
		rc = new_key(&step->held, step->replica, entry->session, err);
	step->key = buf_text(&step->held);
	if (rc == 0)
		rc = row_add(step->replica,
			     schema_entity_named(schema, "proposal"), step->key,
			     NULL, err);
	return rc < 0 ? rc : fill(entry, err);
}

static int write_entry(struct entry *entry, struct err *err)
{
	struct replica *replica = entry->step.replica;
	int rc = edit_begin(replica, err);

	if (rc < 0)
		return rc;
	rc = find_same(entry, err);
	entry->step.key = buf_text(&entry->step.held);
	if (rc == 0 && entry->step.held.len == 0)
		rc = add(entry, err);
	else if (rc == 0)
		rc = step_look(&entry->step, err);
	if (rc == 0)
		rc = edit_commit(replica, entry->step.cli->author, NULL, NULL,
				 err);
	else
		edit_rollback(replica);
	return rc;
}

/* The key alone on stdout, for scripts; the rest is for people. */
static int say(const struct entry *entry, struct err *err)
{
	const struct step *step = &entry->step;

	if (!step->cli->json)
		puts(step->key);
	if (entry->like.len > 0)
		cli_note(_("%s: %s has the same title."), step->key,
			 buf_text(&entry->like));
	return step_say(step, err);
}

static int run(struct entry *entry, struct err *err)
{
	struct step *step = &entry->step;
	int rc = check(entry, err);

	if (rc == 0)
		rc = step_open(step, err);
	if (rc == 0 && !replica_is_office(step->replica))
		rc = err_set(err, ERR_INPUT,
			     _("proposals are entered at the office"));
	if (rc == 0)
		rc = session_choose(entry->session, step->replica,
				    entry->session_word, err);
	if (rc == 0)
		rc = write_entry(entry, err);
	return rc < 0 ? rc : say(entry, err);
}

int cmd_new(struct cli *cli, int argc, char **argv)
{
	struct entry entry = {.step.cli = cli};
	const struct arg_option options[] = {
		{"--title", ARG_ONE, &entry.title},
		{"--sponsor", ARG_MANY, &entry.sponsors},
		{"--sector", ARG_ONE, &entry.sector},
		{"--kind", ARG_ONE, &entry.kind},
		{"--category", ARG_ONE, &entry.category},
		{"--body-file", ARG_ONE, &entry.file},
		{"--case-no", ARG_ONE, &entry.case_no},
		{"--received", ARG_ONE, &entry.received},
		{"--session", ARG_ONE, &entry.session_word},
	};
	const struct arg_spec spec = {
		help, options, sizeof(options) / sizeof(options[0]), 0, 0};
	struct arg_list words = {0};
	struct err err = {0};
	int rc = args_parse(&words, cli, &spec, argc, argv, &err);

	if (rc == 0)
		rc = run(&entry, &err);
	buf_release(&entry.like);
	buf_release(&entry.body);
	buf_release(&entry.names);
	buf_release(&entry.step.before);
	buf_release(&entry.step.held);
	args_list_release(&entry.sponsors);
	args_list_release(&words);
	return rc < 0 ? cli_fail(cli, &err) : CLI_DONE;
}
