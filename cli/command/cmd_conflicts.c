/* cmd_conflicts.c - tian conflicts: what holds more than one value.
 * Lists; settles nothing. */
#include "cli/commands.h"

#include "cli/terminal/args.h"
#include "cli/case/case.h"
#include "cli/conflict/conflict_view.h"
#include "cli/conflict/contradiction.h"
#include "cli/conflict/late_view.h"
#include "cli/terminal/message.h"
#include "core/merge/late.h"

static const char help[] = N_(
	"usage: tian conflicts [CASE] [--hard]\n"
	"\n"
	"Lists fields that hold more than one value, each value with who wrote\n"
	"it and when; * marks the one that is shown. Then rows that cannot\n"
	"both stand: steps that contradict each other, two main units; and at\n"
	"the office what a unit wrote after a proposal was taken back from it.\n"
	"Ends with status 1 if there is any.\n"
	"\n"
	"  --hard   only those that a person must decide (tian resolve)\n"
	"  --json   an array, as in the manual\n"
	"\n"
	"example: tian conflicts --hard\n");

struct listing {
	struct cli *cli;
	struct json_out json;
	bool only_hard;
	size_t n;
};

static int list_one(const struct conflict *conflict, void *ctx, struct err *err)
{
	struct listing *listing = ctx;

	if (listing->only_hard && conflict->severity != SEVERITY_HARD)
		return 0;
	if (listing->cli->json) {
		conflict_view_json(&listing->json, listing->cli->replica,
				   conflict);
		listing->n++;
		return 0;
	}
	if (listing->n++ > 0)
		fputc('\n', stdout);
	return conflict_view_text(stdout, listing->cli->replica, conflict, err);
}

static int list_pair(const struct contradiction *found, void *ctx,
		     struct err *err)
{
	struct listing *listing = ctx;
	struct replica *replica = listing->cli->replica;

	if (listing->n++ > 0 && !listing->cli->json)
		fputc('\n', stdout);
	return listing->cli->json
		       ? contradiction_json(&listing->json, replica, found, err)
		       : contradiction_text(stdout, replica, found, err);
}

static int list_late(const struct change_log_entry *entry, void *ctx,
		     struct err *err)
{
	struct listing *listing = ctx;
	struct replica *replica = listing->cli->replica;

	if (listing->n++ > 0 && !listing->cli->json)
		fputc('\n', stdout);
	return listing->cli->json
		       ? late_view_json(&listing->json, replica, entry, err)
		       : late_view_text(stdout, replica, entry, err);
}

static int list_all(struct listing *listing, const char *word, struct err *err)
{
	struct buf key = BUF_INIT;
	int rc = cli_open(listing->cli, err);

	if (rc == 0 && word)
		rc = case_find(&key, listing->cli->replica, word, err);
	json_out_array(&listing->json, NULL);
	if (rc == 0)
		rc = conflict_each(listing->cli->replica,
				   word ? buf_text(&key) : NULL, list_one,
				   listing, err);
	if (rc == 0)
		rc = contradiction_each(listing->cli->replica,
					word ? buf_text(&key) : NULL, list_pair,
					listing, err);
	if (rc == 0 && replica_is_office(listing->cli->replica))
		rc = late_each(listing->cli->replica,
			       word ? buf_text(&key) : NULL, list_late, listing,
			       err);
	json_out_end(&listing->json);
	if (rc == 0 && listing->cli->json)
		rc = json_out_print(&listing->json, stdout, err);
	buf_release(&key);
	return rc;
}

int cmd_conflicts(struct cli *cli, int argc, char **argv)
{
	struct listing listing = {.cli = cli};
	const struct arg_option options[] = {
		{"--hard", ARG_FLAG, &listing.only_hard},
	};
	const struct arg_spec spec = {help, options, 1, 0, 1};
	struct arg_list words = {0};
	struct err err = {0};
	int rc = args_parse(&words, cli, &spec, argc, argv, &err);

	if (rc != 0)
		goto done;
	json_out_init(&listing.json);
	rc = list_all(&listing, words.n ? words.items[0] : NULL, &err);
	if (rc == 0 && listing.n == 0 && !cli->json)
		cli_note(_("No conflicts."));
	json_out_release(&listing.json);
done:
	args_list_release(&words);
	if (rc < 0)
		return cli_fail(cli, &err);
	return listing.n > 0 ? CLI_ATTENTION : CLI_DONE;
}
