/* cmd_unit.c - tian unit add, tian unit list.
 * Knows the words; enrolling is enrol.c's. */
#include "cli/commands.h"

#include <stdio.h>
#include <string.h>

#include "cli/terminal/args.h"
#include "cli/case/enrol.h"
#include "cli/terminal/json_out.h"
#include "cli/terminal/message.h"
#include "cli/terminal/table.h"
#include "cli/case/unit_key.h"
#include "cli/case/unit_mailbox.h"
#include "core/base/db.h"
#include "core/log/edit.h"

static const char help[] = N_(
	"usage: tian unit add CODE NAME --key FILE [--rename]\n"
	"       tian unit list\n"
	"       tian unit key CODE [--revoke KEY [--from DATE]]\n"
	"       tian unit mailbox UNIT [URL | --none]\n"
	"\n"
	"add   enrols a unit, or one more node of it: FILE is the public key\n"
	"      (key.pub) that tian init made there. The office's work. Without\n"
	"      --key the unit can be assigned proposals, but cannot sync yet.\n"
	"      --rename gives a code that is there another name.\n"
	"list  shows the units, and at the office how many keys each has, and\n"
	"      where it meets the office if not at the hub.\n"
	"key   shows a unit's keys (office: the office's own), or ends one: from\n"
	"      DATE on, or now, it signs nothing more. What was merged before\n"
	"      counts; what was not, waits. Ended again, it gets the new DATE.\n"
	"      KEY is its first digits, or SHA256:... To change a key, enrol the\n"
	"      new one, then end the old.\n"
	"mailbox  tells, or sets, the repository where the unit alone meets the\n"
	"      office: its inbox and its outboxes are there, and nothing of\n"
	"      others. The office's tian sync visits it; --none: the hub again.\n"
	"      An address holds no password (git's credential helpers do).\n"
	"\n"
	"example: tian unit add edu 区教育局 --key edu/key.pub\n");

static const char SQL_LIST[] =
	"SELECT u.code, u.name, (SELECT count(*) FROM signer s WHERE s.site ="
	" u.code AND s.void IS NOT 1), (SELECT count(*) FROM handling h WHERE"
	" h.unit = u.code AND h.void IS NOT 1), (SELECT m.url FROM mailbox m"
	" WHERE m.site = u.code AND m.void IS NOT 1)"
	" FROM unit u WHERE u.void IS NOT 1 ORDER BY u.code";

static int add(struct cli *cli, struct enrol *enrol, struct err *err)
{
	size_t n = 0;
	int rc = cli_open(cli, err);

	if (rc < 0)
		return rc;
	if (!replica_is_office(cli->replica))
		return err_set(err, ERR_INPUT,
			       _("only the office enrols units; give key.pub "
				 "to the office"));
	rc = edit_begin(cli->replica, err);
	if (rc < 0)
		return rc;
	rc = enrol_unit(enrol, cli->replica, err);
	if (rc == 0)
		rc = edit_commit(cli->replica, cli->author, NULL, &n, err);
	else
		edit_rollback(cli->replica);
	if (rc < 0)
		return rc;
	if (n == 0)
		cli_note(_("%s %s is enrolled already; nothing changed."),
			 enrol->code, enrol->name);
	else
		cli_note(_("%s %s is enrolled."), enrol->code, enrol->name);
	if (enrol->rekeyed > 0)
		cli_note(ngettext("%lu proposal assigned to %s by name now "
				  "bears its code.",
				  "%lu proposals assigned to %s by name now "
				  "bear its code.",
				  (unsigned long)enrol->rekeyed),
			 (unsigned long)enrol->rekeyed, enrol->name);
	return 0;
}

static void add_row(struct table *table, sqlite3_stmt *stmt, bool office)
{
	char keys[24], cases[24];
	const char *cells[5] = {db_text(stmt, 0), db_text(stmt, 1), cases,
				office ? keys : NULL,
				office ? db_text(stmt, 4) : NULL};

	snprintf(keys, sizeof(keys), "%lld", (long long)db_int(stmt, 2));
	snprintf(cases, sizeof(cases), "%lld", (long long)db_int(stmt, 3));
	table_add(table, cells);
}

static void add_json(struct json_out *json, sqlite3_stmt *stmt, bool office)
{
	json_out_object(json, NULL);
	json_out_text(json, "code", db_text(stmt, 0));
	json_out_text(json, "name", db_text(stmt, 1));
	json_out_int(json, "cases", db_int(stmt, 3));
	if (office) {
		const char *url = db_text(stmt, 4);

		json_out_int(json, "keys", db_int(stmt, 2));
		json_out_text(json, "mailbox", *url ? url : NULL);
	}
	json_out_end(json);
}

static int list(struct cli *cli, struct err *err)
{
	const struct table_column columns[] = {
		{_("code"), TABLE_LEFT, false},
		{_("name"), TABLE_LEFT, true},
		{_("cases"), TABLE_RIGHT, false},
		{_("keys"), TABLE_RIGHT, false},
		{_("mailbox"), TABLE_LEFT, true},
	};
	struct table *table = NULL;
	struct json_out json;
	sqlite3_stmt *stmt;
	bool office;
	int rc = cli_open(cli, err);

	json_out_init(&json);
	if (rc == 0)
		rc = db_stmt(&stmt, replica_db(cli->replica), SQL_LIST, err);
	if (rc < 0)
		return rc;
	office = replica_is_office(cli->replica);
	table = table_new(columns, office ? 5 : 3);
	json_out_array(&json, NULL);
	while ((rc = db_step(replica_db(cli->replica), stmt, err)) == 1) {
		if (cli->json)
			add_json(&json, stmt, office);
		else
			add_row(table, stmt, office);
	}
	sqlite3_reset(stmt);
	json_out_end(&json);
	if (rc == 0 && cli->json)
		rc = json_out_print(&json, stdout, err);
	else if (rc == 0)
		rc = table_show(table, stdout, err);
	table_free(table);
	json_out_release(&json);
	return rc;
}

static int run(struct cli *cli, const struct arg_list *words,
	       struct enrol enrol, struct unit_key key,
	       struct unit_mailbox mailbox, struct err *err)
{
	const char *verb = words->items[0];

	if (strcmp(verb, "mailbox") == 0 && words->n >= 2 &&
	    !(words->n == 3 && mailbox.none)) {
		mailbox.unit = words->items[1];
		mailbox.url = words->n == 3 ? words->items[2] : NULL;
		return unit_mailbox_run(&mailbox, cli, err);
	}

	if (strcmp(verb, "key") == 0 && words->n == 2 &&
	    (key.revoke != NULL || key.from == NULL)) {
		key.code = words->items[1];
		return unit_key_run(&key, cli, err);
	}

	if (strcmp(verb, "list") == 0 && words->n == 1)
		return list(cli, err);
	if (strcmp(verb, "add") == 0 && words->n == 3) {
		enrol.code = words->items[1];
		enrol.name = words->items[2];
		return add(cli, &enrol, err);
	}
	return err_set(err, ERR_USAGE,
		       _("write tian unit add CODE NAME --key FILE, tian unit "
			 "list, tian unit key CODE, or tian unit mailbox UNIT "
			 "(see tian unit --help)"));
}

int cmd_unit(struct cli *cli, int argc, char **argv)
{
	struct enrol enrol = {.code = NULL};
	struct unit_key key = {.code = NULL};
	struct unit_mailbox mailbox = {.unit = NULL};
	const struct arg_option options[] = {
		{"--key", ARG_ONE, &enrol.key_file},
		{"--rename", ARG_FLAG, &enrol.rename},
		{"--revoke", ARG_ONE, &key.revoke},
		{"--from", ARG_ONE, &key.from},
		{"--none", ARG_FLAG, &mailbox.none},
	};
	const struct arg_spec spec = {help, options, 5, 1, 3};
	struct arg_list words = {0};
	struct err err = {0};
	int rc = args_parse(&words, cli, &spec, argc, argv, &err);

	if (rc == 0)
		rc = run(cli, &words, enrol, key, mailbox, &err);
	args_list_release(&words);
	return rc < 0 ? cli_fail(cli, &err) : CLI_DONE;
}
