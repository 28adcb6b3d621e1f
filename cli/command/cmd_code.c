/* cmd_code.c - tian code: the lists that coded fields take their values from.
 * Knows the words; a list is rows of the table `code`. */
#include "cli/commands.h"

#include <stdio.h>
#include <string.h>

#include "cli/terminal/args.h"
#include "cli/case/definition_row.h"
#include "cli/terminal/json_out.h"
#include "cli/terminal/message.h"
#include "cli/terminal/table.h"
#include "core/base/db.h"
#include "core/replica/replica.h"

static const char help[] = N_(
	"usage: tian code add LIST CODE --zh LABEL [--en LABEL] [--rank N]\n"
	"                     [--alias WORDS] [--reason TEXT]\n"
	"       tian code set LIST CODE [the same options]\n"
	"       tian code drop LIST CODE --reason TEXT\n"
	"       tian code list [LIST]\n"
	"\n"
	"A field of type code holds a code of its list. The office adds codes,\n"
	"and lists with their first code; units have them after their next tian\n"
	"sync. --rank orders a list, where the strictest counts the highest;\n"
	"--alias names other words for it, parted by 、. A code that is dropped\n"
	"stays where it is used.\n"
	"\n"
	"example: tian code add contact video --zh 视频会议 --en video --rank 5\n");

/* The fields of a code may themselves be more than these some day. */
static const char SQL_LIST[] =
	"SELECT list, code, zh, en, rank, aliases FROM code"
	" WHERE void IS NOT 1 AND (?1 IS NULL OR list = ?1)"
	" ORDER BY list, rank, code";

struct asked {
	const char *zh;
	const char *en;
	const char *rank;
	const char *alias;
	const char *reason;
};

static void add_row(struct table *table, sqlite3_stmt *stmt)
{
	const char *cells[5] = {db_text(stmt, 0), db_text(stmt, 1),
				message_label(db_text(stmt, 2),
					      db_text(stmt, 3)),
				db_text(stmt, 4), db_text(stmt, 5)};

	table_add(table, cells);
}

static void add_json(struct json_out *json, sqlite3_stmt *stmt)
{
	json_out_object(json, NULL);
	json_out_text(json, "list", db_text(stmt, 0));
	json_out_text(json, "code", db_text(stmt, 1));
	json_out_text(json, "zh", db_text(stmt, 2));
	json_out_text(json, "en", db_text(stmt, 3));
	if (db_is_null(stmt, 4))
		json_out_null(json, "rank");
	else
		json_out_int(json, "rank", db_int(stmt, 4));
	json_out_text(json, "aliases", db_text(stmt, 5));
	json_out_end(json);
}

static int list(struct cli *cli, const char *name, struct err *err)
{
	const struct table_column columns[] = {
		{_("list"), TABLE_LEFT, false},
		{_("code"), TABLE_LEFT, false},
		{_("label"), TABLE_LEFT, true},
		{_("rank"), TABLE_RIGHT, false},
		{_("aliases"), TABLE_LEFT, true},
	};
	struct db *db;
	struct table *table = table_new(columns, 5);
	struct json_out json;
	sqlite3_stmt *stmt;
	size_t n = 0;
	int rc = cli_open(cli, err);

	json_out_init(&json);
	json_out_array(&json, NULL);
	if (rc == 0)
		rc = db_stmt(&stmt, replica_db(cli->replica), SQL_LIST, err);
	if (rc < 0)
		goto done;
	db = replica_db(cli->replica);
	db_bind_text(stmt, 1, name);
	for (; (rc = db_step(db, stmt, err)) > 0; n++) {
		add_row(table, stmt);
		add_json(&json, stmt);
	}
	json_out_end(&json);
	if (rc == 0 && n == 0)
		rc = err_set(err, ERR_INPUT,
			     _("there is no list '%s'; tian code list shows "
			       "them all"),
			     name != NULL ? name : "");
	else if (rc == 0 && cli->json)
		rc = json_out_print(&json, stdout, err);
	else if (rc == 0)
		rc = table_show(table, stdout, err);
done:
	json_out_release(&json);
	table_free(table);
	return rc;
}

static int change(struct cli *cli, enum definition_verb verb, const char *list,
		  const char *code, const struct asked *asked, struct err *err)
{
	struct buf key = BUF_INIT;
	struct definition_row row = {
		.verb = verb,
		.entity = "code",
		.reason = asked->reason,
		.values = {{"zh", asked->zh},
			   {"en", asked->en},
			   {"rank", asked->rank},
			   {"aliases", asked->alias}},
		.n_values = 4,
	};
	size_t n = 0;
	int rc;

	if (verb == DEFINITION_DROP && (!asked->reason || !*asked->reason))
		return err_set(err, ERR_USAGE, _("say why: --reason TEXT"));
	if (verb == DEFINITION_ADD && asked->zh == NULL)
		return err_set(err, ERR_USAGE,
			       _("a code needs its label: --zh LABEL"));
	rc = definition_row_office(cli, err);
	if (rc < 0)
		return rc;
	if (strchr(list, '/') != NULL || strchr(code, '/') != NULL)
		return err_set(err, ERR_INPUT,
			       _("lists and codes cannot hold a '/'"));
	buf_addf(&key, "%s/%s", list, code);
	row.key = buf_text(&key);
	rc = definition_row_commit(&row, cli, &n, err);
	if (rc == 0 && n == 0)
		cli_note(_("%s: nothing to change."), row.key);
	else if (rc == 0)
		cli_note(_("%s: done; units have it after their next tian "
			   "sync."),
			 row.key);
	buf_release(&key);
	return rc;
}

static int run(struct cli *cli, const struct arg_list *words,
	       const struct asked *asked, struct err *err)
{
	static const char *const verbs[] = {"add", "set", "drop"};
	const char *const *at = words->items;

	if (strcmp(at[0], "list") == 0 && words->n <= 2)
		return list(cli, words->n == 2 ? at[1] : NULL, err);
	for (int i = 0; words->n == 3 && i < 3; i++)
		if (strcmp(at[0], verbs[i]) == 0)
			return change(cli, (enum definition_verb)i, at[1],
				      at[2], asked, err);
	return err_set(err, ERR_USAGE,
		       _("write tian code add LIST CODE --zh LABEL, tian code "
			 "set, drop or list (see tian code --help)"));
}

int cmd_code(struct cli *cli, int argc, char **argv)
{
	struct asked asked = {0};
	const struct arg_option options[] = {
		{"--zh", ARG_ONE, &asked.zh},
		{"--en", ARG_ONE, &asked.en},
		{"--rank", ARG_ONE, &asked.rank},
		{"--alias", ARG_ONE, &asked.alias},
		{"--reason", ARG_ONE, &asked.reason},
	};
	const struct arg_spec spec = {help, options, 5, 1, 3};
	struct arg_list words = {0};
	struct err err = {0};
	int rc = args_parse(&words, cli, &spec, argc, argv, &err);

	if (rc == 0)
		rc = run(cli, &words, &asked, &err);
	args_list_release(&words);
	return rc < 0 ? cli_fail(cli, &err) : CLI_DONE;
}
