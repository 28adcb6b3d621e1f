/* cmd_void.c - tian void: a row is taken back, with its reason (作废). Rows
 * are never deleted. Knows how rows are named; judges none. */
#include "cli/commands.h"

#include <string.h>
#include <strings.h>

#include "cli/terminal/message.h"
#include "cli/case/row.h"
#include "cli/case/step.h"

static const char help[] = N_(
	"usage: tian void CASE ROW --reason TEXT\n"
	"\n"
	"Takes back a row of a proposal: a step of its flow, a contact, a form.\n"
	"The row stays on record and counts no more. Of two steps that\n"
	"contradict each other one is taken back so. A unit takes back its own.\n"
	"\n"
	"ROW is written KIND:KEY, as tian conflicts shows it; any part of KEY\n"
	"that fits one row will do, and of a step its name. `proposal` is the\n"
	"proposal itself.\n"
	"\n"
	"  --reason TEXT  why\n"
	"\n"
	"example: tian void 1-1-014 event:receipt --reason 误签收\n");

struct voiding {
	const char *reason;
	const char *owner; /* whose rows; NULL: the office's, everybody's */
	const char *part;  /* of the key, as typed */
	size_t n;	   /* rows that fit */
	bool exact;
	bool done;	/* the row that is named is void already */
	struct buf row; /* the one */
	struct buf list;
};

static const struct entity *find_entity(const struct step *step,
					const char *word, size_t len)
{
	const struct schema *schema = replica_schema(step->replica);

	for (size_t i = 0; i < schema->n_entities; i++) {
		const struct entity *entity = &schema->entities[i];

		if (entity->scope == SCOPE_CASE &&
		    ((strlen(entity->name) == len &&
		      strncasecmp(entity->name, word, len) == 0) ||
		     (strlen(entity->zh) == len &&
		      memcmp(entity->zh, word, len) == 0)))
			return entity;
	}
	return NULL;
}

static int match(const struct row_values *row, void *ctx, struct err *err)
{
	struct voiding *voiding = ctx;
	const char *rest = strchr(row->row, '/') + 1;
	bool exact = strcmp(rest, voiding->part) == 0;
	bool kind = strcmp(row->entity->name, "event") == 0 &&
		    strcmp(row_text(row, "kind"), voiding->part) == 0;

	if (!exact && !kind && !strstr(rest, voiding->part))
		return 0;
	if (voiding->owner && row->entity->owner_key >= 0 &&
	    strcmp(row->keys[row->entity->owner_key], voiding->owner) != 0)
		return 0;
	if (row_is_void(row)) {
		voiding->done = voiding->done || exact;
		return 0;
	}
	if (exact || !voiding->exact) {
		buf_clear(&voiding->row);
		buf_adds(&voiding->row, row->row);
	}
	voiding->exact = voiding->exact || exact;
	voiding->n++;
	buf_addf(&voiding->list, " %s:%s", row->entity->name, rest);
	return buf_check(&voiding->list, err);
}

static int take_back(struct step *step, const struct entity *entity,
		     const struct voiding *voiding, struct err *err)
{
	const char *row = buf_text(&voiding->row);
	int rc = row_set_int(step->replica, entity->name, row, "void", 1,
			     &step->changed, err);

	return rc < 0 ? rc
		      : row_set_text(step->replica, entity->name, row,
				     "void_reason", voiding->reason, NULL, err);
}

static int find_row(struct voiding *voiding, const struct step *step,
		    const struct entity *entity, struct err *err)
{
	int rc =
		row_each(step->replica, entity, step->key, match, voiding, err);

	if (rc < 0 || voiding->exact || voiding->n == 1)
		return rc;
	if (voiding->n > 1)
		return err_set(err, ERR_INPUT,
			       _("'%s' fits several rows; name one of:%s"),
			       voiding->part, buf_text(&voiding->list));
	if (voiding->done)
		return 0;
	return err_set(err, ERR_INPUT, _("%s has no such row: %s"), step->key,
		       step->words[0]);
}

static int write(struct step *step, void *ctx, struct err *err)
{
	struct voiding *voiding = ctx;
	const char *word = step->words[0];
	const char *colon = strchr(word, ':');
	size_t len = colon ? (size_t)(colon - word) : strlen(word);
	const struct schema *schema = replica_schema(step->replica);
	const struct entity *entity = find_entity(step, word, len);
	int rc = 0;

	if (entity == schema->assignment)
		return err_set(err, ERR_INPUT,
			       _("who handles a case is changed with tian "
				 "assign"));
	if (!entity || (entity != schema->cases && (!colon || !colon[1])))
		return err_set(err, ERR_INPUT,
			       _("'%s' names no row; write KIND:KEY, as tian "
				 "conflicts shows it"),
			       word);
	if (entity == schema->cases) {
		buf_adds(&voiding->row, step->key);
	} else {
		voiding->part = colon + 1;
		if (!replica_is_office(step->replica))
			voiding->owner = step->site;
		rc = find_row(voiding, step, entity, err);
	}
	if (rc == 0 && voiding->row.len > 0)
		rc = take_back(step, entity, voiding, err);
	return rc;
}

static int check(void *ctx, struct err *err)
{
	const struct voiding *voiding = ctx;

	return step_need(voiding->reason, N_("--reason TEXT"), err);
}

int cmd_void(struct cli *cli, int argc, char **argv)
{
	struct voiding voiding = {.row = BUF_INIT, .list = BUF_INIT};
	const struct arg_option options[] = {
		{"--reason", ARG_ONE, &voiding.reason},
	};
	const struct arg_spec spec = {help, options, 1, 2, 2};
	const struct step_plan plan = {.spec = &spec,
				       .reason = &voiding.reason,
				       .check = check,
				       .write = write,
				       .ctx = &voiding};
	int status = step_command(cli, &plan, argc, argv);

	buf_release(&voiding.row);
	buf_release(&voiding.list);
	return status;
}
