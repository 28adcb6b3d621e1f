/* definition_row.c - rows that say what others mean. */
#include "cli/case/definition_row.h"

#include <string.h>

#include "cli/terminal/message.h"
#include "cli/case/row.h"
#include "cli/case/value.h"
#include "core/log/edit.h"
#include "core/replica/replica.h"

int definition_row_office(struct cli *cli, struct err *err)
{
	int rc = cli_open(cli, err);

	if (rc == 0 && !replica_is_office(cli->replica))
		rc = err_set(err, ERR_INPUT,
			     _("only the office adds fields and codes; what it "
			       "adds comes with tian sync"));
	return rc;
}

/* Whether the row is there and not voided. */
static int is_live(bool *live, bool *exists, struct replica *replica,
		   const struct entity *entity, const char *key,
		   struct err *err)
{
	struct buf held = BUF_INIT;
	struct value value;
	int rc = row_get(&value, &held, exists, replica, entity, key,
			 entity_field_named(entity, "void"), err);

	*live = *exists && !(value.type == VALUE_INT && value.integer == 1);
	buf_release(&held);
	return rc;
}

static int check(const struct definition_row *row, struct replica *replica,
		 const struct entity *entity, struct err *err)
{
	bool live = false;
	bool exists = false;
	int rc = is_live(&live, &exists, replica, entity, row->key, err);

	if (rc < 0)
		return rc;
	if (row->verb == DEFINITION_ADD && live)
		return err_set(err, ERR_INPUT,
			       _("%s is there already; tian %s set changes it"),
			       row->key, row->entity);
	if (row->verb != DEFINITION_ADD && !live &&
	    !(row->may_be_new && !exists))
		return err_set(err, ERR_INPUT,
			       _("there is no %s; tian %s list shows what "
				 "there is"),
			       row->key, row->entity);
	if (row->verb == DEFINITION_ADD && exists) {
		rc = row_set_int(replica, row->entity, row->key, "void", 0,
				 NULL, err);
		if (rc == 0)
			rc = row_set_text(replica, row->entity, row->key,
					  "void_reason", NULL, NULL, err);
		return rc;
	}
	return exists ? 0 : row_add(replica, entity, row->key, NULL, err);
}

static int write_value(const struct definition_row *row,
		       const struct definition_value *typed,
		       struct replica *replica, const struct entity *entity,
		       struct err *err)
{
	const struct field *field = entity_field_named(entity, typed->field);
	struct buf made = BUF_INIT;
	struct value value;
	int rc = value_read(&value, &made, replica, field, typed->text, err);

	if (rc == 0)
		rc = row_set(replica, entity, row->key, field, &value, NULL,
			     err);
	buf_release(&made);
	return rc;
}

static int write_row(const struct definition_row *row, struct replica *replica,
		     struct err *err)
{
	const struct entity *entity =
		schema_entity_named(replica_schema(replica), row->entity);
	int rc;

	if (entity == NULL)
		return err_set(err, ERR_INPUT,
			       _("this replica does not know such rows yet"));
	rc = check(row, replica, entity, err);
	if (rc == 0 && row->verb == DEFINITION_DROP) {
		rc = row_set_int(replica, row->entity, row->key, "void", 1,
				 NULL, err);
		if (rc == 0)
			rc = row_set_text(replica, row->entity, row->key,
					  "void_reason", row->reason, NULL,
					  err);
	}
	for (size_t i = 0; rc == 0 && i < row->n_values; i++)
		if (row->values[i].text != NULL)
			rc = write_value(row, &row->values[i], replica, entity,
					 err);
	return rc;
}

int definition_row_commit(const struct definition_row *row, struct cli *cli,
			  size_t *n, struct err *err)
{
	int rc = edit_begin(cli->replica, err);

	if (rc < 0)
		return rc;
	rc = write_row(row, cli->replica, err);
	if (rc == 0)
		return edit_commit(cli->replica, cli->author, row->reason, n,
				   err);
	edit_rollback(cli->replica);
	return rc;
}
