/* step.h - one step in the life of a case, from the command line to the word
 * of what comes next. Knows the table _lifecycle and transactions; knows no
 * single step: those are the commands'.
 *
 * A step asks three things before it writes: may this site take it at all,
 * may it now (schemas/lifecycle.md), and is nothing contradicted that a
 * person must settle first. The same step taken twice changes nothing. */
#ifndef TIAN_CLI_STEP_H
#define TIAN_CLI_STEP_H

#include <stdbool.h>

#include "cli/terminal/args.h"
#include "cli/cli.h"
#include "cli/case/event.h"
#include "cli/case/value.h"

struct step {
	struct cli *cli;
	struct replica *replica;
	const char *site;	  /* this replica's */
	const char *key;	  /* the case's, borrowed from held */
	const char *role;	  /* office, main, co; "" for no part in it */
	const char *const *words; /* those after CASE */
	size_t n_words;
	char today[VALUE_DATE_SIZE]; /* of this machine's calendar */
	bool changed;		     /* set by what writes */
	struct buf held, before;     /* before: the status at first */
};

typedef int step_fn(struct step *step, void *ctx, struct err *err);

/* A command that takes a step. */
struct step_plan {
	const struct arg_spec *spec;
	const char *const *reason; /* where --reason is kept; NULL: none */
	/* Checks options before anything is opened; NULL: nothing to check. */
	int (*check)(void *ctx, struct err *err);
	/* Writes, between edit_begin and edit_commit. */
	step_fn *write;
	void *ctx; /* of both */
};

/* Parses, opens, writes in one transaction, says what became of the case and
 * what comes next; the command's exit status. */
int step_command(struct cli *cli, const struct step_plan *plan, int argc,
		 char **argv);

/* Parts of step_command for a command of another shape. */

/* Opens the replica: fills replica, site and today. */
int step_open(struct step *step, struct err *err);
/* Says what became of the case and what comes next. */
int step_say(const struct step *step, struct err *err);
/* Who this site is in the case, and how the case stands: fills role and
 * before. */
int step_look(struct step *step, struct err *err);
/* May this site take this step at all? ERR_INPUT says who may. */
int step_mine(const struct step *step, const char *what, struct err *err);
/* May it now? ERR_INPUT says who may, or when. */
int step_allow(const struct step *step, const char *what, struct err *err);
/* Adds an event, if it is allowed and not what this site did last. */
int step_event(struct step *step, const struct event *event, struct err *err);
/* Adds a row of an entity keyed (case, site, id); its key goes to `row`. */
int step_add(struct step *step, struct buf *row, const char *entity,
	     struct err *err);
/* Writes one field of a row from what was typed; NULL leaves it. */
int step_set(struct step *step, const char *entity, const char *row,
	     const char *field, const char *typed, struct err *err);
/* "" with ERR_USAGE where an option that is needed is not given. */
int step_need(const char *value, const char *option, struct err *err);

/* The first column of the first row of a query on the case (?1) and word
 * (?2, may be NULL), "" where there is none; *n (may be NULL) rows in all. */
int step_ask(struct buf *out, size_t *n, const struct step *step,
	     const char *sql, const char *word, struct err *err);
/* Who replies in this case: `word` (may be NULL) or the only main or separate
 * unit; at a unit its own. Its row key is key/unit. */
int step_replier(struct buf *unit, const struct step *step, const char *word,
		 struct err *err);
/* The unit's text as it stands and its hash; *out empty and hash "" where
 * there is none. */
int step_text(struct buf *out, char hash[EVENT_HASH_SIZE],
	      const struct step *step, const char *unit, struct err *err);

#endif
