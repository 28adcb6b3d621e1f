/* cmd_show.c - tian show: one case with all its rows.
 * Knows the shape of the JSON; the text for people is show_text.c's. */
#include "cli/commands.h"

#include <stdio.h>
#include <string.h>

#include "cli/terminal/args.h"
#include "cli/case/case.h"
#include "cli/conflict/conflict_view.h"
#include "cli/conflict/contradiction.h"
#include "cli/conflict/late_view.h"
#include "cli/case/deadline.h"
#include "cli/terminal/json_out.h"
#include "cli/terminal/message.h"
#include "cli/case/next.h"
#include "cli/case/release.h"
#include "cli/case/row.h"
#include "cli/terminal/show_text.h"
#include "sync/sync.h"

static const char help[] = N_(
	"usage: tian show CASE [--all]\n"
	"       tian show CASE --at COMMIT|DATE\n"
	"\n"
	"Shows a proposal: its fields, handlings, flow, conflicts, its dates\n"
	"with the rule that made each, and what comes next.\n"
	"\n"
	"  --all   voided rows too\n"
	"  --at    the register as main held it at a commit, or at the end\n"
	"          of a day; at the office\n"
	"  --json  one object, as in the manual\n"
	"\n"
	"example: tian show 1-1-014\n");

/* What an entity's rows are called in the JSON; its own name otherwise. */
static const char *const plurals[][2] = {
	{"handling", "handlings"},     {"leader", "leaders"},
	{"contact", "contacts"},       {"measure", "measures"},
	{"attachment", "attachments"}, {"event", "events"},
};

static const char *plural(const char *name)
{
	for (size_t i = 0; i < sizeof(plurals) / sizeof(plurals[0]); i++)
		if (strcmp(plurals[i][0], name) == 0)
			return plurals[i][1];
	return name;
}

struct document {
	struct json_out json;
	struct replica *replica;
	bool all;
};

static void fields_json(struct json_out *json, const struct row_values *row)
{
	for (size_t i = 0; i < row->entity->n_fields; i++) {
		const struct field *field = &row->entity->fields[i];

		json_out_value(json, field->name, field, &row->values[i]);
	}
}

static int case_json(const struct row_values *row, void *ctx, struct err *err)
{
	struct document *document = ctx;

	(void)err;
	json_out_object(&document->json, "fields");
	fields_json(&document->json, row);
	json_out_end(&document->json);
	return 0;
}

static int row_json(const struct row_values *row, void *ctx, struct err *err)
{
	struct document *document = ctx;

	(void)err;
	if (row_is_void(row) && !document->all)
		return 0;
	json_out_object(&document->json, NULL);
	for (size_t i = 1; i < row->entity->n_keys; i++)
		json_out_text(&document->json, row->entity->keys[i],
			      row->keys[i]);
	fields_json(&document->json, row);
	json_out_end(&document->json);
	return 0;
}

static int conflict_json(const struct conflict *conflict, void *ctx,
			 struct err *err)
{
	struct document *document = ctx;

	(void)err;
	conflict_view_json(&document->json, document->replica, conflict);
	return 0;
}

static int pair_json(const struct contradiction *found, void *ctx,
		     struct err *err)
{
	struct document *document = ctx;

	return contradiction_json(&document->json, document->replica, found,
				  err);
}

static int rows_json(struct document *document, struct replica *replica,
		     const char *key, struct err *err)
{
	const struct schema *schema = replica_schema(replica);
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < schema->n_entities; i++) {
		const struct entity *entity = &schema->entities[i];

		if (entity->scope != SCOPE_CASE || entity == schema->cases)
			continue;
		json_out_array(&document->json, plural(entity->name));
		rc = row_each(replica, entity, key, row_json, document, err);
		json_out_end(&document->json);
	}
	return rc;
}

/* At a unit that had the case and has it no more; null otherwise. */
static int release_json(struct json_out *json, struct replica *replica,
			const char *key, struct err *err)
{
	struct release release = RELEASE_INIT;
	int rc = release_load(&release, replica, key, replica_site(replica),
			      err);

	if (rc == 0 && !release.released) {
		json_out_text(json, "released", NULL);
	} else if (rc == 0) {
		json_out_object(json, "released");
		json_out_text(json, "at", release.at_utc);
		json_out_text(json, "reason", buf_text(&release.reason));
		json_out_codes(json, "to", buf_text(&release.to));
		json_out_end(json);
	}
	release_release(&release);
	return rc;
}

static int late_json(const struct late_word *word, void *ctx, struct err *err)
{
	struct document *document = ctx;

	return late_view_word_json(&document->json, document->replica, word,
				   err);
}

static int show_json(struct replica *replica, const char *key, bool all,
		     struct err *err)
{
	struct document document = {.replica = replica, .all = all};
	struct buf status = BUF_INIT;
	int rc = show_status(&status, replica, key, err);

	json_out_init(&document.json);
	json_out_object(&document.json, NULL);
	json_out_text(&document.json, "key", key);
	json_out_text(&document.json, "status", buf_text(&status));
	if (rc == 0)
		rc = release_json(&document.json, replica, key, err);
	json_out_array(&document.json, "late");
	if (rc == 0)
		rc = late_each_word(replica, key, late_json, &document, err);
	json_out_end(&document.json);
	if (rc == 0)
		rc = row_each(replica, replica_schema(replica)->cases, key,
			      case_json, &document, err);
	if (rc == 0)
		rc = rows_json(&document, replica, key, err);
	json_out_array(&document.json, "conflicts");
	if (rc == 0)
		rc = conflict_each(replica, key, conflict_json, &document, err);
	if (rc == 0)
		rc = contradiction_each(replica, key, pair_json, &document,
					err);
	json_out_end(&document.json);
	if (rc == 0)
		rc = deadline_json(&document.json, replica, key, err);
	if (rc == 0)
		rc = next_json(&document.json, replica, key, err);
	json_out_end(&document.json);
	if (rc == 0)
		rc = json_out_print(&document.json, stdout, err);
	json_out_release(&document.json);
	buf_release(&status);
	return rc;
}

static int past_json(const char *key, const char *commit, const char *text,
		     struct err *err)
{
	struct json_out json;
	int rc;

	json_out_init(&json);
	json_out_object(&json, NULL);
	json_out_text(&json, "key", key);
	json_out_text(&json, "commit", commit);
	json_out_text(&json, "register", text);
	json_out_end(&json);
	rc = json_out_print(&json, stdout, err);
	json_out_release(&json);
	return rc;
}

/* The register's text: it is what was published and signed then. */
static int show_past(struct cli *cli, const char *word, const char *at,
		     struct err *err)
{
	struct buf key = BUF_INIT;
	struct buf text = BUF_INIT;
	char commit[SYNC_COMMIT_TEXT] = "";
	int rc = cli_open_node(cli, err);

	if (rc == 0)
		rc = case_find(&key, cli->replica, word, err);
	if (rc == 0)
		rc = node_register_at(&text, commit, cli->node, buf_text(&key),
				      at, err);
	if (rc == 0 && cli->json)
		rc = past_json(buf_text(&key), commit, buf_text(&text), err);
	else if (rc == 0 &&
		 (fwrite(text.data, 1, text.len, stdout) != text.len ||
		  fflush(stdout) != 0))
		rc = err_set(err, ERR_FAIL,
			     _("the output could not be written"));
	if (rc == 0 && !cli->json)
		cli_note(_("As of main %s."), commit);
	buf_release(&text);
	buf_release(&key);
	return rc;
}

static int run(struct cli *cli, const char *word, bool all, struct err *err)
{
	struct buf key = BUF_INIT;
	int rc = cli_open(cli, err);

	if (rc == 0)
		rc = case_find(&key, cli->replica, word, err);
	if (rc == 0 && cli->json)
		rc = show_json(cli->replica, buf_text(&key), all, err);
	else if (rc == 0)
		rc = show_text(stdout, cli->replica, buf_text(&key), all, err);
	buf_release(&key);
	return rc;
}

int cmd_show(struct cli *cli, int argc, char **argv)
{
	bool all = false;
	const char *at = NULL;
	const struct arg_option options[] = {{"--all", ARG_FLAG, &all},
					     {"--at", ARG_ONE, &at}};
	const struct arg_spec spec = {help, options, 2, 1, 1};
	struct arg_list words = {0};
	struct err err = {0};
	int rc = args_parse(&words, cli, &spec, argc, argv, &err);

	if (rc == 0)
		rc = at != NULL ? show_past(cli, words.items[0], at, &err)
				: run(cli, words.items[0], all, &err);
	args_list_release(&words);
	return rc < 0 ? cli_fail(cli, &err) : CLI_DONE;
}
