/* step.c - taking a step: allowed, written, told.
 * Knows the table of moves; knows no single step. */
#include "cli/case/step.h"

#include <string.h>
#include <time.h>

#include "cli/case/case.h"
#include "cli/terminal/json_out.h"
#include "cli/terminal/message.h"
#include "cli/case/next.h"
#include "cli/case/row.h"
#include "cli/terminal/show_text.h"
#include "core/base/db.h"
#include "core/log/edit.h"

static const char SQL_ROLE[] =
	"SELECT CASE role WHEN 'co' THEN 'co' ELSE 'main' END FROM handling"
	" WHERE proposal = ?1 AND unit = ?2 AND void IS NOT 1";
static const char SQL_WRITER[] =
	"SELECT 1 FROM _lifecycle WHERE step = ?1 AND writer = ?2 LIMIT 1";
static const char SQL_STATES[] =
	"SELECT group_concat(state, ' ') FROM (SELECT DISTINCT state FROM"
	" _lifecycle WHERE step = ?1 AND writer = ?2)";
static const char SQL_MOVE[] =
	"SELECT 1 FROM _lifecycle WHERE state = ?1 AND step = ?2 AND writer"
	" = ?3 LIMIT 1";
static const char SQL_CONTRADICTED[] =
	"SELECT rule FROM event_conflict WHERE case_key = ?1";
static const char SQL_RETURNING[] =
	"SELECT id FROM open_request WHERE proposal = ?1 AND unit = ?2 AND"
	" kind = 'return_asked' ORDER BY seq DESC";
/* The last step of the case is this one, by this site. */
static const char SQL_SAME[] =
	"SELECT 1 FROM flow e WHERE e.proposal = ?1 AND e.unit = ?2 AND"
	" e.kind = ?3 AND e.detail IS ?4 AND e.text_hash IS ?5 AND e.until IS"
	" ?6 AND e.target IS ?7 AND e.seq = (SELECT max(l.seq) FROM flow l"
	" WHERE l.proposal = ?1)";
static const char SQL_REPLIERS[] =
	"SELECT unit FROM handling WHERE proposal = ?1 AND role IN ('main',"
	" 'split') AND void IS NOT 1 AND (?2 IS NULL OR unit = ?2)"
	" ORDER BY unit";
static const char SQL_TEXT[] =
	"SELECT draft FROM handling WHERE proposal = ?1 AND unit = ?2 AND"
	" void IS NOT 1";

int step_ask(struct buf *out, size_t *n, const struct step *step,
	     const char *sql, const char *word, struct err *err)
{
	struct db *db = replica_db(step->replica);
	sqlite3_stmt *stmt;
	size_t rows = 0;
	int rc = db_stmt(&stmt, db, sql, err);

	if (rc < 0)
		return rc;
	buf_clear(out);
	db_bind_text(stmt, 1, step->key);
	db_bind_text(stmt, 2, word);
	while ((rc = db_step(db, stmt, err)) == 1)
		if (rows++ == 0)
			buf_adds(out, db_text(stmt, 0));
	sqlite3_reset(stmt);
	if (n)
		*n = rows;
	return rc < 0 ? rc : buf_check(out, err);
}

static int takes(bool *yes, const struct step *step, const char *what,
		 const char *writer, struct err *err)
{
	const char *words[] = {what, writer};

	return db_exists(yes, replica_db(step->replica), SQL_WRITER, words, 2,
			 err);
}

enum { BY_OFFICE = 1, BY_MAIN = 2, BY_CO = 4 };

/* Who may take a step, for somebody who may not. */
static const char *who_may(unsigned by)
{
	if (by & BY_OFFICE && !(by & BY_MAIN))
		return _("this is for the office to do");
	if (by & BY_MAIN && !(by & BY_CO))
		return _("this is for the main unit to do");
	if (by & BY_CO && !(by & BY_MAIN))
		return _("this is for a co-unit to do");
	return _("this is for the units that handle it");
}

int step_mine(const struct step *step, const char *what, struct err *err)
{
	static const char *const roles[] = {"office", "main", "co"};
	unsigned by = 0;
	bool may = false;
	int rc;

	if (!*step->role)
		return err_set(err, ERR_INPUT,
			       _("%s: this unit does not handle it"),
			       step->key);
	rc = takes(&may, step, what, step->role, err);
	if (rc < 0 || may)
		return rc;
	for (size_t i = 0; rc == 0 && i < 3; i++) {
		rc = takes(&may, step, what, roles[i], err);
		by |= (unsigned)may << i;
	}
	return rc < 0 ? rc
		      : err_set(err, ERR_INPUT, "%s: %s", step->key,
				who_may(by));
}

static int wrong_state(const struct step *step, const char *what,
		       struct err *err)
{
	struct db *db = replica_db(step->replica);
	sqlite3_stmt *stmt;
	int rc = db_stmt(&stmt, db, SQL_STATES, err);

	if (rc < 0)
		return rc;
	db_bind_text(stmt, 1, what);
	db_bind_text(stmt, 2, step->role);
	rc = db_step(db, stmt, err);
	if (rc >= 0)
		rc = err_set(err, ERR_INPUT,
			     _("%s is %s now; this can be done when it is: "
			       "%s (tian show %s says what comes next)"),
			     step->key, buf_text(&step->before),
			     db_text(stmt, 0), step->key);
	sqlite3_reset(stmt);
	return rc;
}

/* A writing that no contradiction stands in the way of: it moves nothing, or
 * it is the office's answer that settles it. */
static bool is_harmless(const char *what)
{
	static const char *const harmless[] = {
		"contact", "measure",	     "reply",
		"signed",  "return_granted", "return_refused"};

	for (size_t i = 0; i < sizeof(harmless) / sizeof(harmless[0]); i++)
		if (strcmp(harmless[i], what) == 0)
			return true;
	return false;
}

static int check_contradictions(const struct step *step, const char *what,
				struct err *err)
{
	struct buf found = BUF_INIT;
	int rc = 0;

	if (!is_harmless(what))
		rc = step_ask(&found, NULL, step, SQL_CONTRADICTED, NULL, err);
	if (rc == 0 && found.len > 0)
		rc = err_set(err, ERR_INPUT,
			     _("%s: two steps of it contradict each other; "
			       "settle that first: tian conflicts %s"),
			     step->key, step->key);
	buf_release(&found);
	return rc;
}

/* Who has asked to be released does not go on as if nothing was. */
static int check_returning(const struct step *step, const char *what,
			   struct err *err)
{
	struct buf id = BUF_INIT;
	int rc = 0;

	if (strcmp(what, "submitted") == 0 ||
	    strcmp(what, "extension_asked") == 0 ||
	    strcmp(what, "countersigned") == 0)
		rc = step_ask(&id, NULL, step, SQL_RETURNING, step->site, err);
	if (rc == 0 && id.len > 0)
		rc = err_set(err, ERR_INPUT,
			     _("%s: this unit has asked to be released; wait "
			       "for the answer, or take that back: tian void "
			       "%s event:%s/%s --reason TEXT"),
			     step->key, step->key, step->site, buf_text(&id));
	buf_release(&id);
	return rc;
}

int step_allow(const struct step *step, const char *what, struct err *err)
{
	const char *words[] = {buf_text(&step->before), what, step->role};
	bool yes = false;
	int rc = step_mine(step, what, err);

	/* A contradiction first: it makes the state itself doubtful. */
	if (rc == 0)
		rc = check_contradictions(step, what, err);
	if (rc == 0)
		rc = db_exists(&yes, replica_db(step->replica), SQL_MOVE, words,
			       3, err);
	if (rc == 0 && !yes)
		rc = wrong_state(step, what, err);
	if (rc == 0)
		rc = check_returning(step, what, err);
	return rc;
}

int step_event(struct step *step, const struct event *event, struct err *err)
{
	const char *words[] = {step->key,     step->site,	event->kind,
			       event->detail, event->text_hash, event->until,
			       event->target};
	struct event added = *event;
	bool same = false;
	int rc = db_exists(&same, replica_db(step->replica), SQL_SAME, words, 7,
			   err);

	if (rc < 0 || same)
		return rc;
	rc = step_allow(step, event->kind, err);
	added.key = step->key;
	if (rc == 0)
		rc = event_add(step->replica, &added, err);
	if (rc == 0)
		step->changed = true;
	return rc;
}

int step_add(struct step *step, struct buf *row, const char *name,
	     struct err *err)
{
	const struct entity *entity =
		schema_entity_named(replica_schema(step->replica), name);
	bool added = false;
	int rc;

	buf_clear(row);
	buf_addf(row, "%s/%s/", step->key, step->site);
	rc = event_id(row, step->replica, step->key, err);
	while (rc == 0 && !added) {
		rc = row_add(step->replica, entity, buf_text(row), &added, err);
		/* One of the same millisecond: a name beside it. */
		if (rc == 0 && !added) {
			buf_adds(row, "b");
			rc = buf_check(row, err);
		}
	}
	if (rc == 0)
		step->changed = true;
	return rc;
}

int step_set(struct step *step, const char *entity_name, const char *row,
	     const char *field_name, const char *typed, struct err *err)
{
	const struct entity *entity =
		schema_entity_named(replica_schema(step->replica), entity_name);
	const struct field *field = entity_field_named(entity, field_name);
	struct buf made = BUF_INIT;
	struct value value;
	int rc = 0;

	if (!typed)
		return 0;
	rc = value_read(&value, &made, step->replica, field, typed, err);
	if (rc == 0)
		rc = row_set(step->replica, entity, row, field, &value,
			     &step->changed, err);
	buf_release(&made);
	return rc;
}

int step_need(const char *value, const char *option, struct err *err)
{
	if (!value || !*value)
		return err_set(err, ERR_USAGE, _("say %s"), _(option));
	return 0;
}

int step_replier(struct buf *unit, const struct step *step, const char *word,
		 struct err *err)
{
	struct buf code = BUF_INIT;
	size_t n = 0;
	int rc = 0;

	if (word)
		rc = case_unit(&code, step->replica, word, err);
	else if (!replica_is_office(step->replica))
		buf_adds(&code, step->site);
	if (rc == 0)
		rc = step_ask(unit, &n, step, SQL_REPLIERS,
			      code.len ? buf_text(&code) : NULL, err);
	if (rc == 0 && n == 0 && code.len > 0)
		rc = err_set(err, ERR_INPUT,
			     _("%s: %s is not to reply in this case"),
			     step->key, buf_text(&code));
	else if (rc == 0 && n == 0)
		rc = err_set(err, ERR_INPUT, _("%s is not assigned yet"),
			     step->key);
	if (rc == 0 && n > 1)
		rc = err_set(err, ERR_INPUT,
			     _("%s: several units reply; say which: --unit "
			       "UNIT"),
			     step->key);
	buf_release(&code);
	return rc;
}

int step_text(struct buf *out, char hash[EVENT_HASH_SIZE],
	      const struct step *step, const char *unit, struct err *err)
{
	int rc = step_ask(out, NULL, step, SQL_TEXT, unit, err);

	hash[0] = '\0';
	if (rc == 0 && out->len > 0)
		event_text_hash(hash, out->data, out->len);
	return rc;
}

static void find_today(char out[VALUE_DATE_SIZE])
{
	time_t now = time(NULL);
	struct tm tm;

	localtime_r(&now, &tm);
	strftime(out, VALUE_DATE_SIZE, "%Y-%m-%d", &tm);
}

static const char *role_name(const char *role)
{
	return strcmp(role, "co") == 0	   ? "co"
	       : strcmp(role, "main") == 0 ? "main"
					   : "";
}

int step_look(struct step *step, struct err *err)
{
	struct buf role = BUF_INIT;
	int rc = step_ask(&role, NULL, step, SQL_ROLE, step->site, err);

	step->role = replica_is_office(step->replica)
			     ? "office"
			     : role_name(buf_text(&role));
	if (rc == 0)
		rc = show_status(&step->before, step->replica, step->key, err);
	buf_release(&role);
	return rc;
}

static int write_step(struct step *step, const struct step_plan *plan,
		      struct err *err)
{
	int rc = edit_begin(step->replica, err);

	if (rc < 0)
		return rc;
	rc = step_look(step, err);
	if (rc == 0)
		rc = plan->write(step, plan->ctx, err);
	if (rc == 0)
		rc = edit_commit(step->replica, step->cli->author,
				 plan->reason ? *plan->reason : NULL, NULL,
				 err);
	else
		edit_rollback(step->replica);
	return rc;
}

static int say_json(const struct step *step, const struct buf *after,
		    struct err *err)
{
	struct json_out json;
	int rc;

	json_out_init(&json);
	json_out_object(&json, NULL);
	json_out_text(&json, "key", step->key);
	json_out_text(&json, "before", buf_text(&step->before));
	json_out_text(&json, "status", buf_text(after));
	json_out_bool(&json, "changed", step->changed);
	rc = next_json(&json, step->replica, step->key, err);
	json_out_end(&json);
	if (rc == 0)
		rc = json_out_print(&json, stdout, err);
	json_out_release(&json);
	return rc;
}

int step_say(const struct step *step, struct err *err)
{
	struct buf after = BUF_INIT;
	int rc = show_status(&after, step->replica, step->key, err);

	if (rc == 0 && step->cli->json) {
		rc = say_json(step, &after, err);
	} else if (rc == 0) {
		if (!step->changed)
			cli_note(_("%s: nothing to change."), step->key);
		else if (step->before.len == 0 ||
			 strcmp(buf_text(&after), buf_text(&step->before)) == 0)
			cli_note(_("%s: done; it is %s."), step->key,
				 buf_text(&after));
		else
			cli_note("%s%s%s → %s", step->key, message_colon(),
				 buf_text(&step->before), buf_text(&after));
		rc = next_text(stderr, step->replica, step->key, err);
	}
	buf_release(&after);
	return rc;
}

int step_open(struct step *step, struct err *err)
{
	int rc = cli_open(step->cli, err);

	if (rc < 0)
		return rc;
	step->replica = step->cli->replica;
	step->site = replica_site(step->replica);
	find_today(step->today);
	return 0;
}

static int run(struct step *step, const struct step_plan *plan,
	       const char *word, struct err *err)
{
	int rc = plan->check ? plan->check(plan->ctx, err) : 0;

	if (rc == 0)
		rc = step_open(step, err);
	if (rc < 0)
		return rc;
	rc = case_find(&step->held, step->replica, word, err);
	step->key = buf_text(&step->held);
	if (rc == 0)
		rc = write_step(step, plan, err);
	return rc < 0 ? rc : step_say(step, err);
}

int step_command(struct cli *cli, const struct step_plan *plan, int argc,
		 char **argv)
{
	struct step step = {.cli = cli, .held = BUF_INIT, .before = BUF_INIT};
	struct arg_list words = {0};
	struct err err = {0};
	int rc = args_parse(&words, cli, plan->spec, argc, argv, &err);

	if (rc == 0) {
		step.words = words.items + 1;
		step.n_words = words.n - 1;
		rc = run(&step, plan, words.items[0], &err);
	}
	buf_release(&step.before);
	buf_release(&step.held);
	args_list_release(&words);
	return rc < 0 ? cli_fail(cli, &err) : CLI_DONE;
}
