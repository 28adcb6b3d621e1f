/* correction.c - what is fixed once a proposal is filed. */
#include "cli/case/correction.h"

#include <string.h>

#include "cli/case/event.h"
#include "cli/terminal/message.h"
#include "cli/case/row.h"
#include "core/base/db.h"

static const char SQL_FILED[] =
	"SELECT 1 FROM proposal WHERE key = ?1 AND review = 'filed'";

static bool may_be_fixed(const struct case_cell *cell, struct replica *replica)
{
	return cell->entity == replica_schema(replica)->cases &&
	       (strcmp(cell->field->name, "title") == 0 ||
		strcmp(cell->field->name, "body") == 0);
}

/* A title says in the flow what it was; a text is too long for that. */
static int add_step(struct replica *replica, const char *key,
		    const struct field *field, const struct value *before,
		    struct err *err)
{
	struct event event = {.key = key, .kind = "corrected"};
	struct buf detail = BUF_INIT;
	int rc;

	buf_adds(&detail, field->zh);
	if (field->type == FIELD_TEXT)
		buf_addf(&detail, "，原为“%.*s”", (int)before->len,
			 before->bytes);
	rc = buf_check(&detail, err);
	event.detail = buf_text(&detail);
	if (rc == 0)
		rc = event_add(replica, &event, err);
	buf_release(&detail);
	return rc;
}

int correction_note(struct replica *replica, const char *key,
		    const struct case_cell *cell, const struct value *value,
		    const char *reason, struct err *err)
{
	struct value before = {.type = VALUE_NULL};
	struct buf held = BUF_INIT;
	bool filed = false;
	int rc;

	/* Who may not write it at all is told so by the write. */
	if (!may_be_fixed(cell, replica) || !replica_is_office(replica))
		return 0;
	rc = db_exists(&filed, replica_db(replica), SQL_FILED, &key, 1, err);
	if (rc == 0 && filed)
		rc = row_get(&before, &held, NULL, replica, cell->entity, key,
			     cell->field, err);
	/* What was empty is added, not corrected. */
	if (rc < 0 || before.type != VALUE_TEXT || value_equal(&before, value))
		goto done;
	if (!reason || !*reason)
		rc = err_set(err, ERR_USAGE,
			     _("%s is filed: a correction of %s needs its "
			       "reason: --reason TEXT"),
			     key,
			     message_label(cell->field->zh, cell->field->en));
	else
		rc = add_step(replica, key, cell->field, &before, err);
done:
	buf_release(&held);
	return rc;
}
