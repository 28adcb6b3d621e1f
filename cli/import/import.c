/* import.c - a list of proposals taken into the replica, in one transaction.
 * Knows what a list may fill in; knows no file format and prints nothing. */
#include "cli/import/import.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/import/import_room.h"
#include "cli/terminal/message.h"
#include "core/log/edit.h"

static const char any_unit[] = "SELECT 1 FROM unit LIMIT 1";

/* What this site may import at all, and what it does when not told. */
static int choose_parts(struct import *import)
{
	bool office = replica_is_office(import->replica);
	unsigned parts = import->options->parts;

	if (parts == 0)
		parts = office ? RECORD_PROPOSAL | RECORD_REPLY : RECORD_REPLY;
	if (!office && (parts & RECORD_PROPOSAL) != 0)
		return err_set(import->err, ERR_INPUT,
			       _("only the office imports proposals; a unit "
				 "imports replies: --only replies"));
	import->parts = parts;
	import->report->parts = parts;
	return 0;
}

static int choose_session(struct import *import)
{
	const struct record_facts *facts = &import->list->facts;
	const char *session = import->options->session;

	if (session == NULL && facts->term != 0) {
		snprintf(import->session, sizeof(import->session), "%u-%u",
			 facts->term, facts->meeting);
		return 0;
	}
	return session_choose(import->session, import->replica, session,
			      import->err);
}

/* Problems of the page itself belong to no record. */
static int fill_figure(struct import *import, const char *field, int64_t figure)
{
	struct import_cell cell = {"session", import->session, field,
				   RECORD_PROPOSAL};

	return figure == RECORD_NONE ? 0
				     : import_fill_int(import, &cell, figure);
}

static int fill_words(struct import *import, const char *field,
		      const char *words)
{
	struct import_cell cell = {"session", import->session, field,
				   RECORD_PROPOSAL};

	if (words != NULL && words[0] == '\0')
		words = NULL;
	return import_fill(import, &cell, words, NULL);
}

static int take_session(struct import *import)
{
	const struct record_facts *facts = &import->list->facts;
	int rc = import_row(import, "session", import->session, NULL);

	if (rc == 0)
		rc = fill_words(import, "committee", facts->committee);
	if (rc == 0)
		rc = fill_words(import, "name", facts->session);
	if (rc == 0)
		rc = fill_words(import, "headline", facts->headline);
	if (rc == 0)
		rc = fill_figure(import, "received", facts->received);
	if (rc == 0)
		rc = fill_figure(import, "filed", facts->filed);
	if (rc == 0)
		rc = fill_figure(import, "led", facts->led);
	if (rc == 0)
		rc = fill_figure(import, "supervised", facts->supervised);
	return rc;
}

/* A unit that never synced knows no unit's name, not even its own. */
static int check_units(struct import *import)
{
	struct buf any = BUF_INIT;
	int rc = import_ask(&any, import, any_unit, NULL, NULL);

	if (rc == 0 && any.len == 0 && !replica_is_office(import->replica))
		rc = err_set(import->err, ERR_INPUT,
			     _("this replica has received no unit and no "
			       "proposal yet; run: tian sync"));
	buf_release(&any);
	return rc;
}

static int take_records(struct import *import)
{
	const struct import_options *options = import->options;
	struct record_list *list = import->list;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < list->n; i++) {
		import->index = (long)i;
		if (options->progress != NULL)
			options->progress(i, list->n, options->ctx);
		if ((import->parts & RECORD_PROPOSAL) != 0)
			rc = import_proposal(import, &list->items[i]);
		if (rc == 0 && (import->parts & RECORD_REPLY) != 0)
			rc = import_reply(import, &list->items[i]);
		if (rc != 0)
			err_wrap(import->err, _("line %zu"),
				 list->items[i].line);
	}
	return rc;
}

/* Leaves the problems that concern what was asked for. */
static void sift_problems(struct import *import)
{
	struct record_list *list = import->list;
	size_t kept = 0;

	for (size_t i = 0; i < list->n_problems; i++) {
		struct record_problem *problem = &list->problems[i];

		if ((problem->parts & import->parts) == 0 ||
		    (problem->record >= 0 &&
		     import->skipped[problem->record])) {
			free(problem->text);
			continue;
		}
		import->report->problems += !problem->note;
		list->problems[kept++] = *problem;
	}
	list->n_problems = kept;
	record_list_sort(list);
}

static int take_all(struct import *import)
{
	int rc = choose_session(import);

	if (rc == 0)
		rc = check_units(import);
	if (rc == 0 && (import->parts & RECORD_PROPOSAL) != 0)
		rc = take_session(import);
	if (rc == 0)
		rc = take_records(import);
	if (rc != 0)
		return rc;
	sift_problems(import);
	if (import->options->strict && import->report->problems > 0)
		return err_set(import->err, ERR_INPUT,
			       _("nothing is taken: %zu problems, and "
				 "--strict was given"),
			       import->report->problems);
	return 0;
}

int import_list(struct import_report *report, struct replica *replica,
		struct record_list *list, const struct import_options *options,
		struct err *err)
{
	struct import import = {.replica = replica,
				.list = list,
				.options = options,
				.report = report,
				.index = RECORD_NONE,
				.place = RECORD_PLACES,
				.err = err};
	int rc;

	memset(report, 0, sizeof(*report));
	import.skipped = calloc(list->n + 1, sizeof(*import.skipped));
	if (import.skipped == NULL)
		return err_nomem(err);
	rc = choose_parts(&import);
	if (rc == 0)
		rc = edit_begin(replica, err);
	if (rc != 0)
		goto done;
	rc = take_all(&import);
	if (rc != 0 || options->dry_run)
		edit_rollback(replica);
	else
		rc = edit_commit(replica, options->author, NULL,
				 &report->changes, err);
done:
	free(import.skipped);
	return rc;
}
