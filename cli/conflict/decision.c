/* decision.c - one cell that a person decides about. */
#include "cli/conflict/decision.h"

#include <stdlib.h>
#include <string.h>

#include "cli/terminal/message.h"
#include "core/merge/conflict.h"
#include "core/log/edit.h"

void decision_value_release(struct decision_value *value)
{
	buf_release(&value->site);
	buf_release(&value->author);
	buf_release(&value->bytes);
	free(value->bases);
	memset(value, 0, sizeof(*value));
}

int decision_value_copy(struct decision_value *out,
			const struct change_log_entry *entry, struct err *err)
{
	const struct change *change = entry->change;

	out->id = change->id;
	out->clock = change->clock;
	buf_adds(&out->site, entry->site);
	buf_adds(&out->author, entry->author);
	out->value = change->value;
	buf_add(&out->bytes, change->value.bytes, change->value.len);
	out->value.bytes = buf_text(&out->bytes);
	if (change->n_bases > 0) {
		out->bases = calloc(change->n_bases, sizeof(*out->bases));
		if (!out->bases)
			return err_nomem(err);
		memcpy(out->bases, change->bases,
		       change->n_bases * sizeof(*out->bases));
		out->n_bases = change->n_bases;
	}
	return buf_check(&out->bytes, err);
}

static int add_head(const struct change_log_entry *entry, void *ctx,
		    struct err *err)
{
	struct decision *decision = ctx;
	struct decision_value *more =
		realloc(decision->heads, (decision->n + 1) * sizeof(*more));

	if (!more)
		return err_nomem(err);
	decision->heads = more;
	memset(&more[decision->n], 0, sizeof(*more));
	return decision_value_copy(&more[decision->n++], entry, err);
}

static void forget_heads(struct decision *decision)
{
	for (size_t i = 0; i < decision->n; i++)
		decision_value_release(&decision->heads[i]);
	free(decision->heads);
	decision->heads = NULL;
	decision->n = 0;
}

void decision_release(struct decision *decision)
{
	forget_heads(decision);
	case_cell_release(&decision->cell);
	buf_release(&decision->key);
}

int decision_find(struct decision *decision, const char *word,
		  const char *field, struct err *err)
{
	int rc = cli_open(decision->cli, err);

	decision->replica = decision->cli->replica;
	decision->cell.late_too = true;
	if (rc < 0)
		return rc;
	if (strchr(word, '/'))
		return case_cell_of_row(&decision->cell, decision->replica,
					word, field, err);
	rc = case_find(&decision->key, decision->replica, word, err);
	if (rc == 0)
		rc = case_cell_find(&decision->cell, decision->replica,
				    buf_text(&decision->key), field, err);
	return rc;
}

static int is_cell(const struct conflict *conflict, void *ctx, struct err *err)
{
	const struct case_cell *cell = ctx;

	(void)err;
	return conflict->severity == SEVERITY_HARD &&
	       conflict->field == cell->field &&
	       strcmp(conflict->row, buf_text(&cell->row)) == 0;
}

static int find_disputed(struct decision *decision, struct err *err)
{
	int rc = 0;

	if (decision->n == 1 && strcmp(decision->cell.field->name, "void") == 0)
		rc = conflict_each(decision->replica,
				   decision->key.len ? buf_text(&decision->key)
						     : NULL,
				   is_cell, &decision->cell, err);
	decision->disputed = rc > 0;
	return rc < 0 ? rc : 0;
}

int decision_make(struct decision *decision, decision_fn *choose, void *ctx,
		  const char *reason, struct err *err)
{
	struct edit_cell cell = {.entity = decision->cell.entity->name,
				 .row = buf_text(&decision->cell.row),
				 .field = decision->cell.field->name};
	struct replica *replica = decision->replica;
	struct value value = {.type = VALUE_NULL};
	bool settled = false;
	int rc = edit_begin(replica, err);

	if (rc < 0)
		return rc;
	forget_heads(decision);
	rc = change_log_heads(replica, &cell, add_head, decision, err);
	if (rc == 0)
		rc = find_disputed(decision, err);
	if (rc == 0)
		rc = choose(&value, &settled, decision, ctx, err);
	settled = settled && !decision->disputed;
	if (rc == 0 && !settled)
		rc = edit_decide(replica, &cell, &value, err);
	if (rc == 0 && !settled && decision->also)
		rc = decision->also(decision, ctx, err);
	if (rc < 0) {
		edit_rollback(replica);
		return rc;
	}
	rc = edit_commit(replica, decision->cli->author,
			 settled ? NULL : reason, NULL, err);
	if (rc == 0)
		cli_note("%s", settled		? _("It stands so already; "
							     "nothing changed.")
			       : decision->done ? decision->done
						: _("Decided; tian sync tells "
						    "everybody."));
	return rc;
}
