/* access.c - who may write which field of which row. */
#include "core/merge/access.h"

#include <string.h>

#include "core/merge/late_room.h"
#include "core/merge/normal.h"

bool access_writer(unsigned writers, const struct entity *entity,
		   const char *row, size_t row_len, const char *site)
{
	const char *owner;
	size_t len;

	if ((writers & WRITER_OFFICE) && strcmp(site, REPLICA_OFFICE) == 0)
		return true;
	return (writers & WRITER_OWNER) &&
	       entity_owner(entity, row, row_len, &owner, &len) &&
	       strlen(site) == len && memcmp(site, owner, len) == 0;
}

/* The office has every case; a unit those it is assigned. */
static int has_case(bool *out, struct replica *replica, const char *site,
		    const char *key, size_t key_len, struct err *err)
{
	sqlite3_stmt *stmt;
	int rc;

	*out = true;
	if (strcmp(site, REPLICA_OFFICE) == 0)
		return 0;
	rc = db_stmt(&stmt, replica->db, replica->assigned_sql, err);
	if (rc < 0)
		return rc;
	db_bind_bytes(stmt, 1, key, key_len);
	db_bind_text(stmt, 2, site);
	rc = db_step(replica->db, stmt, err);
	*out = rc > 0;
	sqlite3_reset(stmt);
	return rc < 0 ? rc : 0;
}

static const char *may_write(const struct access_change *asked)
{
	const struct cell *cell = asked->cell;
	const struct entity *entity = cell->entity;
	unsigned writers;

	if (!asked->row_known &&
	    !access_writer(entity->creators, entity, cell->row, cell->row_len,
			   asked->site))
		return "this site may not add such a row";
	if (cell->field_id == 0) /* the row itself */
		return NULL;
	/* Of a field that is not known (yet), as much as any field allows. */
	writers = cell->field != NULL ? cell->field->writers
				      : WRITER_OFFICE | WRITER_OWNER;
	if (access_writer(writers, entity, cell->row, cell->row_len,
			  asked->site))
		return NULL;
	return (writers & WRITER_OWNER) && entity->owner_key >= 0
		       ? "the row belongs to another unit"
		       : "only the office may write this field";
}

int access_check(const char **why, struct replica *replica,
		 const struct access_change *asked, struct err *err)
{
	const struct cell *cell = asked->cell;
	const char *key;
	size_t len;
	bool yes = true;
	int rc = 0;

	*why = NULL;
	if (cell->entity == NULL)
		return 0; /* a newer schema's: kept, passed on */
	if (!asked->assigned &&
	    entity_case(cell->entity, cell->row, cell->row_len, &key, &len))
		rc = has_case(&yes, replica, asked->site, key, len, err);
	if (rc < 0)
		return rc;
	if (!yes) {
		*why = ACCESS_NOT_ASSIGNED;
		return 0;
	}
	*why = may_write(asked);
	if (*why != NULL && cell->field != NULL &&
	    strcmp(asked->site, REPLICA_OFFICE) == 0) {
		rc = late_answers(&yes, replica, cell, asked->change, err);
		if (rc < 0)
			return rc;
		if (yes)
			*why = NULL;
	}
	if (*why != NULL || cell->field == NULL)
		return 0;
	rc = normal_allowed(&yes, replica, cell->field, &asked->change->value,
			    err);
	if (rc == 0 && !yes && asked->newer_schema &&
	    cell->field->type == FIELD_CODE)
		yes = normal_fits(cell->field, &asked->change->value);
	if (rc == 0 && !yes)
		*why = "the field cannot hold this value";
	return rc;
}
