/* cmd_assign.c - tian assign: which units handle a case, until when.
 * Knows handling rows; each site's scope follows from them in sync. */
#include "cli/commands.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli/terminal/args.h"
#include "cli/case/assignment.h"
#include "cli/case/case.h"
#include "cli/case/event.h"
#include "cli/terminal/message.h"
#include "cli/case/row.h"
#include "cli/terminal/show_text.h"
#include "cli/case/step.h"
#include "cli/case/value.h"
#include "core/base/db.h"
#include "core/log/edit.h"

static const char help[] = N_(
	"usage: tian assign CASE --main UNIT [--co UNIT]… [--due DATE]\n"
	"       tian assign CASE --split UNIT [--split UNIT]… [--due DATE]\n"
	"\n"
	"Assigns a proposal to one main unit and any number of co-units, or to\n"
	"several units that each reply separately. What is named is what\n"
	"counts: a unit no longer named is released. UNIT is a code or a name.\n"
	"\n"
	"  --due DATE     when the reply is due; else the session's months\n"
	"  --reason TEXT  why, when it is assigned anew\n"
	"\n"
	"example: tian assign 1-1-014 --main edu --co hr --due 2022-09-30\n");

static const char SQL_OTHERS[] =
	"SELECT unit FROM handling WHERE proposal = ?1 AND void IS NOT 1"
	" ORDER BY unit";
/* Rules from 7 on are dates that a person gave (view `deadline`). */
static const char SQL_DUE[] =
	"SELECT due, rule < 7 FROM deadline WHERE proposal = ?1 AND kind = 'reply'"
	" AND due IS NOT NULL ORDER BY due LIMIT 1";

struct assigned {
	struct buf code;
	const char *role;
};

struct assign {
	struct cli *cli;
	struct replica *replica;
	struct arg_list main, co, split;
	const char *due_word;
	const char *reason;
	char due[VALUE_DATE_SIZE]; /* "": none given */
	char was_due[VALUE_DATE_SIZE];
	bool by_rule; /* `due` is */
	char today[VALUE_DATE_SIZE];
	struct buf key;
	struct assigned *units;
	size_t n;
	bool changed;
};

static int check(const struct assign *assign, struct err *err)
{
	if (assign->main.n > 1)
		return err_set(err, ERR_USAGE,
			       _("a proposal has one main unit; several that "
				 "reply separately are named with --split"));
	if (assign->main.n + assign->split.n == 0)
		return err_set(err, ERR_USAGE,
			       _("say who handles it: --main UNIT, or --split "
				 "UNIT for each of several"));
	if (assign->main.n > 0 && assign->split.n > 0)
		return err_set(err, ERR_USAGE,
			       _("either one --main, or only --split units"));
	return 0;
}

static int add_unit(struct assign *assign, const char *word, const char *role,
		    struct err *err)
{
	struct assigned *unit = &assign->units[assign->n];
	int rc = case_unit(&unit->code, assign->replica, word, err);

	if (rc < 0)
		return rc;
	unit->role = role;
	assign->n++;
	for (size_t i = 0; i + 1 < assign->n; i++)
		if (strcmp(buf_text(&assign->units[i].code),
			   buf_text(&unit->code)) == 0)
			return err_set(err, ERR_USAGE, _("%s is named twice"),
				       word);
	if (strcmp(buf_text(&unit->code), REPLICA_OFFICE) == 0)
		return err_set(err, ERR_INPUT,
			       _("the office assigns; it does not handle"));
	return 0;
}

static int add_units(struct assign *assign, const struct arg_list *list,
		     const char *role, struct err *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < list->n; i++)
		rc = add_unit(assign, list->items[i], role, err);
	return rc;
}

static int find_units(struct assign *assign, struct err *err)
{
	int rc;

	assign->units = calloc(assign->main.n + assign->co.n + assign->split.n,
			       sizeof(*assign->units));
	if (!assign->units)
		return err_nomem(err);
	rc = add_units(assign, &assign->main, "main", err);
	if (rc == 0)
		rc = add_units(assign, &assign->split, "split", err);
	if (rc == 0)
		rc = add_units(assign, &assign->co, "co", err);
	return rc;
}

static void find_today(struct assign *assign)
{
	time_t now = time(NULL);
	struct tm tm;

	localtime_r(&now, &tm);
	strftime(assign->today, sizeof(assign->today), "%Y-%m-%d", &tm);
}

static int assign_unit(struct assign *assign, const struct assigned *unit,
		       struct err *err)
{
	const struct assignment given = {
		.key = buf_text(&assign->key),
		.unit = buf_text(&unit->code),
		.role = unit->role,
		.due = assign->due_word ? assign->due : NULL,
		.today = assign->today,
	};

	return assignment_give(assign->replica, &given, &assign->changed, err);
}

static bool is_named(const struct assign *assign, const char *code)
{
	for (size_t i = 0; i < assign->n; i++)
		if (strcmp(buf_text(&assign->units[i].code), code) == 0)
			return true;
	return false;
}

static int release_unit(struct assign *assign, const char *code,
			struct err *err)
{
	return assignment_release(assign->replica, buf_text(&assign->key), code,
				  assign->reason ? assign->reason : "改派",
				  &assign->changed, err);
}

static int release_others(struct assign *assign, struct err *err)
{
	struct db *db = replica_db(assign->replica);
	struct buf codes = BUF_INIT;
	sqlite3_stmt *stmt;
	int rc = db_stmt(&stmt, db, SQL_OTHERS, err);

	if (rc < 0)
		return rc;
	db_bind_text(stmt, 1, buf_text(&assign->key));
	while ((rc = db_step(db, stmt, err)) == 1)
		if (!is_named(assign, db_text(stmt, 0)))
			buf_add(&codes, db_text(stmt, 0),
				strlen(db_text(stmt, 0)) + 1);
	sqlite3_reset(stmt);
	if (rc == 0)
		rc = buf_check(&codes, err);
	for (size_t at = 0; rc == 0 && at < codes.len;
	     at += strlen(codes.data + at) + 1)
		rc = release_unit(assign, codes.data + at, err);
	buf_release(&codes);
	return rc;
}

/* "主办 区教育局，会办 区人社局，期限 2022-09-30", data in the register's
 * own language. */
static int describe(struct buf *out, struct assign *assign, struct err *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < assign->n; i++) {
		const char *role = assign->units[i].role;

		buf_addf(out, "%s%s ", i ? "，" : "",
			 strcmp(role, "main") == 0 ? "主办"
			 : strcmp(role, "co") == 0 ? "会办"
						   : "分办");
		rc = case_unit_name(out, assign->replica,
				    buf_text(&assign->units[i].code), err);
	}
	if (*assign->due)
		buf_addf(out, "，期限 %s", assign->due);
	return rc < 0 ? rc : buf_check(out, err);
}

/* The first reply's date, given or made by the session's rule. */
static int find_due(char due[VALUE_DATE_SIZE], struct assign *assign,
		    struct err *err)
{
	struct db *db = replica_db(assign->replica);
	sqlite3_stmt *stmt;
	int rc = db_stmt(&stmt, db, SQL_DUE, err);

	if (rc < 0)
		return rc;
	db_bind_text(stmt, 1, buf_text(&assign->key));
	rc = db_step(db, stmt, err);
	*due = '\0';
	assign->by_rule = false;
	if (rc == 1) {
		snprintf(due, VALUE_DATE_SIZE, "%s", db_text(stmt, 0));
		assign->by_rule = db_int(stmt, 1) != 0;
	}
	sqlite3_reset(stmt);
	return rc < 0 ? rc : 0;
}

static int write_event(struct assign *assign, struct buf *detail,
		       struct err *err)
{
	struct event event = {.key = buf_text(&assign->key),
			      .kind = "assigned"};
	int rc = find_due(assign->due, assign, err);

	event.until = *assign->due ? assign->due : NULL;
	if (rc == 0)
		rc = describe(detail, assign, err);
	event.detail = buf_text(detail);
	return rc < 0 ? rc : event_add(assign->replica, &event, err);
}

/* Refused where it would change something at the wrong time. */
static int check_state(struct assign *assign, const struct buf *before,
		       struct err *err)
{
	const struct step step = {.cli = assign->cli,
				  .replica = assign->replica,
				  .site = REPLICA_OFFICE,
				  .key = buf_text(&assign->key),
				  .role = "office",
				  .before = *before};

	return step_allow(&step, "assigned", err);
}

static int write_all(struct assign *assign, struct buf *detail, struct err *err)
{
	struct buf before = BUF_INIT;
	int rc = show_status(&before, assign->replica, buf_text(&assign->key),
			     err);

	if (rc == 0)
		rc = find_due(assign->was_due, assign, err);
	for (size_t i = 0; rc == 0 && i < assign->n; i++)
		rc = assign_unit(assign, &assign->units[i], err);
	if (rc == 0)
		rc = release_others(assign, err);
	if (rc == 0 && assign->changed)
		rc = check_state(assign, &before, err);
	if (rc == 0 && assign->changed)
		rc = write_event(assign, detail, err);
	buf_release(&before);
	return rc;
}

static int prepare(struct assign *assign, const char *word, struct err *err)
{
	int rc = check(assign, err);

	if (rc == 0 && assign->due_word)
		rc = value_read_date(assign->due, assign->due_word, err);
	if (rc == 0)
		rc = cli_open(assign->cli, err);
	if (rc < 0)
		return rc;
	assign->replica = assign->cli->replica;
	if (!replica_is_office(assign->replica))
		return err_set(err, ERR_INPUT,
			       _("only the office assigns proposals"));
	find_today(assign);
	rc = case_find(&assign->key, assign->replica, word, err);
	if (rc == 0)
		rc = find_units(assign, err);
	return rc;
}

/* Where no date was given, which one holds and how to have another. */
static void say_due(const struct assign *assign)
{
	if (assign->due_word)
		return;
	if (*assign->due &&
	    (!assign->by_rule || strcmp(assign->due, assign->was_due) == 0))
		cli_note(_("The reply is due on %s, as before; --due DATE "
			   "sets another date."),
			 assign->due);
	else if (*assign->due)
		cli_note(_("The reply is due on %s, by the session's rule; "
			   "--due DATE sets another date."),
			 assign->due);
	else
		cli_note(_("No date is set for the reply; --due DATE sets "
			   "one."));
}

static int run(struct assign *assign, const char *word, struct err *err)
{
	struct buf detail = BUF_INIT;
	int rc = prepare(assign, word, err);

	if (rc == 0)
		rc = edit_begin(assign->replica, err);
	if (rc < 0)
		return rc;
	rc = write_all(assign, &detail, err);
	if (rc == 0)
		rc = edit_commit(assign->replica, assign->cli->author,
				 assign->reason, NULL, err);
	else
		edit_rollback(assign->replica);
	if (rc == 0 && assign->changed) {
		cli_note("%s%s%s", buf_text(&assign->key), message_colon(),
			 buf_text(&detail));
		say_due(assign);
	} else if (rc == 0)
		cli_note(_("%s: nothing to change."), buf_text(&assign->key));
	buf_release(&detail);
	return rc;
}

static void assign_release(struct assign *assign)
{
	for (size_t i = 0; assign->units &&
			   i < assign->main.n + assign->co.n + assign->split.n;
	     i++)
		buf_release(&assign->units[i].code);
	free(assign->units);
	args_list_release(&assign->main);
	args_list_release(&assign->co);
	args_list_release(&assign->split);
	buf_release(&assign->key);
}

int cmd_assign(struct cli *cli, int argc, char **argv)
{
	struct assign assign = {.cli = cli};
	const struct arg_option options[] = {
		{"--main", ARG_MANY, &assign.main},
		{"--co", ARG_MANY, &assign.co},
		{"--split", ARG_MANY, &assign.split},
		{"--due", ARG_ONE, &assign.due_word},
		{"--reason", ARG_ONE, &assign.reason},
	};
	const struct arg_spec spec = {help, options, 5, 1, 1};
	struct arg_list words = {0};
	struct err err = {0};
	int rc = args_parse(&words, cli, &spec, argc, argv, &err);

	if (rc == 0)
		rc = run(&assign, words.items[0], &err);
	assign_release(&assign);
	args_list_release(&words);
	return rc < 0 ? cli_fail(cli, &err) : CLI_DONE;
}
