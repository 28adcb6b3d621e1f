/* cmd_field.c - tian field: fields that the office adds while everything runs.
 * Knows the words and what fits together; what a field becomes is
 * core/schema/definition.h's. */
#include "cli/commands.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/terminal/args.h"
#include "cli/case/definition_row.h"
#include "cli/terminal/field_list.h"
#include "cli/terminal/message.h"
#include "core/base/db.h"
#include "core/schema/definition.h"
#include "core/log/edit.h"
#include "core/merge/policy.h"

static const char help[] = N_(
	"usage: tian field add TABLE.NAME --zh LABEL [--en LABEL] [--type TYPE]\n"
	"                      [--list LIST] [--write WHO] [--policy RULE]\n"
	"                      [--publish yes|no] [--reason TEXT]\n"
	"       tian field set TABLE.NAME [the same options]\n"
	"       tian field drop TABLE.NAME --reason TEXT\n"
	"       tian field list [TABLE]\n"
	"\n"
	"add   adds a field to all proposals, handlings (承办) … The office's\n"
	"      work; units have it after their next tian sync. NAME is a column:\n"
	"      a-z, then a-z, 0-9 and _.\n"
	"      TYPE   text (if not said), long, int, bool, date, time, set, unit,\n"
	"             or code with --list LIST\n"
	"      WHO    office (if not said), own-unit, both\n"
	"      RULE   which of several values is shown: office, owner, newest,\n"
	"             text, set, strictest, append, review; if not said, what fits\n"
	"      It is published only with --publish yes.\n"
	"set   changes that; of a field that was always there, its labels only.\n"
	"drop  ends a field: its values stay, nobody writes it any more.\n"
	"list  shows the fields that were added, or all fields of TABLE.\n"
	"\n"
	"example: tian field add handling.remark --zh 备注 --en remark --write "
	"both\n");

static const char SQL_LIST_EXISTS[] =
	"SELECT 1 FROM code WHERE list = ? AND void IS NOT 1";

static const char SQL_STANDS[] = "SELECT type, list, writers, policy FROM field"
				 " WHERE entity = ? AND name = ?";

struct asked {
	const char *type;
	const char *list;
	const char *zh;
	const char *en;
	const char *write;
	const char *policy;
	const char *publish;
	const char *reason;
};

static const struct entity *find_entity(const struct schema *schema,
					const char *word)
{
	for (size_t i = 0; i < schema->n_entities; i++) {
		const struct entity *entity = &schema->entities[i];

		if (strcmp(entity->name, word) == 0 ||
		    strcmp(entity->zh, word) == 0 ||
		    strcmp(entity->en, word) == 0)
			return entity;
	}
	return NULL;
}

static int say_fault(enum definition_fault fault, const char *word,
		     struct err *err)
{
	const char *why = NULL;

	switch (fault) {
	case DEFINITION_GOOD:
		return 0;
	case DEFINITION_NO_ENTITY:
		why = _("there is no such table; write proposal.NAME, "
			"handling.NAME …");
		break;
	case DEFINITION_CLOSED:
		why = _("this table takes no further fields");
		break;
	case DEFINITION_NAME:
		why = _("a field's name is a-z, then a-z, 0-9 and _, at most "
			"40 in all");
		break;
	case DEFINITION_TAKEN:
		why = _("this name is taken; choose another");
		break;
	case DEFINITION_NUMBER:
		why = _("its number is that of another field by chance; choose "
			"another name");
		break;
	case DEFINITION_TOO_MANY:
		why = _("32 fields have been added to this table already");
		break;
	}
	return err_set(err, ERR_INPUT, "%s: %s", word, why);
}

/* What people type must mean one field. */
static int check_label(const struct entity *entity, const char *name,
		       const char *label, struct err *err)
{
	if (label == NULL)
		return 0;
	if (!definition_label(label))
		return err_set(err, ERR_INPUT,
			       _("'%s' can be no label: at most %d bytes, of "
				 "marks only ()-./_ inside"),
			       label, DEFINITION_LABEL_MAX);
	for (size_t i = 0; i < entity->n_fields; i++) {
		const struct field *other = &entity->fields[i];

		if (strcmp(other->name, name) != 0 &&
		    (strcmp(other->zh, label) == 0 ||
		     strcmp(other->en, label) == 0 ||
		     strcmp(other->name, label) == 0))
			return err_set(err, ERR_INPUT,
				       _("%s.%s is called '%s' already"),
				       entity->name, other->name, label);
	}
	return 0;
}

static bool is(const char *text, const char *a, const char *b)
{
	return strcmp(text, a) == 0 || strcmp(text, b) == 0;
}

static int check_list(const struct asked *asked, struct replica *replica,
		      struct err *err)
{
	bool code = is(asked->type, "code", "代码");
	sqlite3_stmt *stmt;
	int rc;

	if (!code && asked->list == NULL)
		return 0;
	if (!code || asked->list == NULL)
		return err_set(err, ERR_INPUT,
			       _("--list LIST goes with --type code, and the "
				 "one needs the other"));
	rc = db_stmt(&stmt, replica_db(replica), SQL_LIST_EXISTS, err);
	if (rc < 0)
		return rc;
	db_bind_text(stmt, 1, asked->list);
	rc = db_step(replica_db(replica), stmt, err);
	sqlite3_reset(stmt);
	if (rc == 0)
		rc = err_set(err, ERR_INPUT,
			     _("there is no list '%s' yet: tian code add %s "
			       "CODE --zh LABEL"),
			     asked->list, asked->list);
	return rc < 0 ? rc : 0;
}

/* A rule that has nothing to go by settles nothing. */
static int check_policy(const struct asked *asked, const struct entity *entity,
			struct err *err)
{
	bool owner = entity->owner_key >= 0;
	const char *needs = NULL;

	if (!owner && !is(asked->write, "office", "提案办"))
		return err_set(err, ERR_INPUT,
			       _("a row of %s belongs to no unit; only the "
				 "office can write it"),
			       entity->name);
	if (is(asked->policy, "strictest", "从严") &&
	    !is(asked->type, "code", "代码"))
		needs = "code";
	else if (is(asked->policy, "set", "并集") &&
		 !is(asked->type, "set", "多值"))
		needs = "set";
	else if (is(asked->policy, "text", "按段合并") &&
		 !is(asked->type, "long", "长文"))
		needs = "long";
	if (needs != NULL)
		return err_set(err, ERR_INPUT, _("--policy %s needs --type %s"),
			       asked->policy, needs);
	if (!owner && is(asked->policy, "owner", "以本单位为准"))
		return err_set(err, ERR_INPUT,
			       _("a row of %s belongs to no unit; choose "
				 "another --policy"),
			       entity->name);
	return 0;
}

/* What fits where nothing was said. */
static void fill_in(struct asked *asked)
{
	if (asked->type == NULL)
		asked->type = asked->list != NULL ? "code" : "text";
	if (asked->write == NULL)
		asked->write = "office";
	if (asked->policy != NULL)
		return;
	if (is(asked->type, "set", "多值"))
		asked->policy = "set";
	else if (is(asked->write, "office", "提案办"))
		asked->policy = "office";
	else if (is(asked->write, "both", "提案办和本单位"))
		asked->policy = is(asked->type, "long", "长文") ? "text"
								: "newest";
	else
		asked->policy = "owner";
}

static int check_add(struct asked *asked, struct replica *replica,
		     const struct entity *entity, const char *name,
		     struct err *err)
{
	const struct field *field = entity_field_named(entity, name);
	int rc = 0;

	if (field != NULL && !field_defined(field))
		return err_set(err, ERR_INPUT,
			       _("%s.%s is a field of the program's own; tian "
				 "field set changes its labels"),
			       entity->name, name);
	if (asked->zh == NULL)
		return err_set(err, ERR_USAGE,
			       _("a field needs its label: --zh LABEL"));
	fill_in(asked);
	rc = check_list(asked, replica, err);
	return rc < 0 ? rc : check_policy(asked, entity, err);
}

/* What stays as it is has to fit what is changed. */
static int check_change(const struct asked *asked, struct replica *replica,
			const struct entity *entity, const char *name,
			struct err *err)
{
	struct asked after = *asked;
	sqlite3_stmt *stmt = NULL;
	int rc = db_prepare(&stmt, replica_db(replica), SQL_STANDS, err);

	if (rc < 0)
		return rc;
	db_bind_text(stmt, 1, entity->name);
	db_bind_text(stmt, 2, name);
	rc = db_step(replica_db(replica), stmt, err);
	if (rc > 0) {
		after.type = after.type ? after.type : db_text(stmt, 0);
		if (after.list == NULL && asked->type == NULL &&
		    !db_is_null(stmt, 1))
			after.list = db_text(stmt, 1);
		after.write = after.write ? after.write : db_text(stmt, 2);
		after.policy = after.policy ? after.policy : db_text(stmt, 3);
		rc = check_list(&after, replica, err);
		if (rc == 0)
			rc = check_policy(&after, entity, err);
	}
	sqlite3_finalize(stmt);
	return rc;
}

/* Of what is built in the labels alone; the row then says nothing else. */
static int check_set(struct definition_row *row, const struct asked *asked,
		     struct replica *replica, const struct entity *entity,
		     const char *name, struct err *err)
{
	const struct field *field = entity_field_named(entity, name);

	if (field == NULL)
		return err_set(err, ERR_INPUT,
			       _("%s has no field '%s'; tian field list %s "
				 "shows them"),
			       entity->name, name, entity->name);
	if (field_defined(field))
		return row->verb == DEFINITION_DROP
			       ? 0
			       : check_change(asked, replica, entity, name,
					      err);
	if (row->verb == DEFINITION_DROP || asked->type != NULL ||
	    asked->list != NULL || asked->write != NULL ||
	    asked->policy != NULL || asked->publish != NULL)
		return err_set(err, ERR_INPUT,
			       _("%s.%s is a field of the program's own: only "
				 "its labels can be changed"),
			       entity->name, name);
	return 0;
}

static void put(struct definition_row *row, const char *field, const char *text)
{
	row->values[row->n_values++] = (struct definition_value){field, text};
}

static int write_row(struct definition_row *row, struct asked *asked,
		     struct cli *cli, const char *word, struct err *err)
{
	const struct schema *schema = replica_schema(cli->replica);
	const char *dot = strchr(word, '.');
	char *table = dot ? strndup(word, (size_t)(dot - word)) : NULL;
	const struct entity *entity = table ? find_entity(schema, table) : NULL;
	const char *name = dot ? dot + 1 : "";
	struct buf key = BUF_INIT;
	size_t n = 0;
	int rc = say_fault(definition_fault(schema, entity ? entity->name : "",
					    name),
			   word, err);

	if (rc == 0 && row->verb == DEFINITION_ADD)
		rc = check_add(asked, cli->replica, entity, name, err);
	else if (rc == 0)
		rc = check_set(row, asked, cli->replica, entity, name, err);
	if (rc == 0)
		rc = check_label(entity, name, asked->zh, err);
	if (rc == 0)
		rc = check_label(entity, name, asked->en, err);
	if (rc < 0)
		goto done;
	buf_addf(&key, "%s/%s", entity->name, name);
	row->key = buf_text(&key);
	row->may_be_new = row->verb == DEFINITION_SET &&
			  !field_defined(entity_field_named(entity, name));
	put(row, "type", asked->type);
	put(row, "list", asked->list);
	put(row, "zh", asked->zh);
	put(row, "en", asked->en);
	put(row, "writers", asked->write);
	put(row, "policy", asked->policy);
	put(row, "publish", asked->publish);
	rc = definition_row_commit(row, cli, &n, err);
	if (rc == 0 && n == 0)
		cli_note(_("%s: nothing to change."), word);
	else if (rc == 0)
		cli_note(_("%s: done; units have it after their next tian "
			   "sync."),
			 word);
done:
	buf_release(&key);
	free(table);
	return rc;
}

static int run(struct cli *cli, const struct arg_list *words,
	       struct asked *asked, struct err *err)
{
	static const char *const verbs[] = {"add", "set", "drop"};
	struct definition_row row = {.entity = "field",
				     .reason = asked->reason};
	const char *verb = words->items[0];
	int rc;

	if (strcmp(verb, "list") == 0) {
		const struct entity *entity = NULL;

		rc = cli_open(cli, err);
		if (rc < 0)
			return rc;
		if (words->n == 2)
			entity = find_entity(replica_schema(cli->replica),
					     words->items[1]);
		if (words->n == 2 && entity == NULL)
			return say_fault(DEFINITION_NO_ENTITY, words->items[1],
					 err);
		return field_list(cli, entity, err);
	}
	for (int i = 0; words->n == 2 && i < 3; i++) {
		if (strcmp(verb, verbs[i]) != 0)
			continue;
		row.verb = (enum definition_verb)i;
		if (row.verb == DEFINITION_DROP &&
		    (asked->reason == NULL || *asked->reason == '\0'))
			return err_set(err, ERR_USAGE,
				       _("say why: --reason TEXT"));
		rc = definition_row_office(cli, err);
		return rc < 0 ? rc
			      : write_row(&row, asked, cli, words->items[1],
					  err);
	}
	return err_set(err, ERR_USAGE,
		       _("write tian field add TABLE.NAME --zh LABEL, tian "
			 "field set, drop or list (see tian field --help)"));
}

int cmd_field(struct cli *cli, int argc, char **argv)
{
	struct asked asked = {0};
	const struct arg_option options[] = {
		{"--type", ARG_ONE, &asked.type},
		{"--list", ARG_ONE, &asked.list},
		{"--zh", ARG_ONE, &asked.zh},
		{"--en", ARG_ONE, &asked.en},
		{"--write", ARG_ONE, &asked.write},
		{"--policy", ARG_ONE, &asked.policy},
		{"--publish", ARG_ONE, &asked.publish},
		{"--reason", ARG_ONE, &asked.reason},
	};
	const struct arg_spec spec = {help, options, 8, 1, 2};
	struct arg_list words = {0};
	struct err err = {0};
	int rc = args_parse(&words, cli, &spec, argc, argv, &err);

	if (rc == 0)
		rc = run(cli, &words, &asked, &err);
	args_list_release(&words);
	return rc < 0 ? cli_fail(cli, &err) : CLI_DONE;
}
