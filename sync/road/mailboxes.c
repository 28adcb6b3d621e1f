/* mailboxes.c - which units meet the office elsewhere than at its hub. */
#include "sync/road/mailboxes.h"

#include <stdlib.h>
#include <string.h>

#include "sync/git/refs.h"

static const char SQL_MAILBOXES[] =
	"SELECT site, url FROM mailbox WHERE url IS NOT NULL AND"
	" void IS NOT 1 AND site <> '" REPLICA_OFFICE "' ORDER BY site";
static const char SQL_MAILBOX[] =
	"SELECT url FROM mailbox WHERE site = ?1 AND url IS NOT NULL AND"
	" void IS NOT 1 AND site <> '" REPLICA_OFFICE "'";

static const char SQL_EVER[] = "SELECT 1 FROM mailbox LIMIT 1";

void mailboxes_release(struct mailboxes *mailboxes)
{
	for (size_t i = 0; i < mailboxes->n; i++) {
		free(mailboxes->items[i].site);
		free(mailboxes->items[i].url);
	}
	free(mailboxes->items);
	*mailboxes = (struct mailboxes){NULL, 0};
}

static int add(struct mailboxes *out, const char *site, const char *url,
	       struct err *err)
{
	struct mailbox *items =
		realloc(out->items, (out->n + 1) * sizeof(*items));

	if (items == NULL)
		return err_nomem(err);
	out->items = items;
	items += out->n++;
	*items = (struct mailbox){strdup(site), strdup(url)};
	return items->site == NULL || items->url == NULL ? err_nomem(err) : 0;
}

int mailboxes_load(struct mailboxes *out, struct replica *replica,
		   struct err *err)
{
	struct db *db = replica_db(replica);
	sqlite3_stmt *stmt;
	int rc = db_stmt(&stmt, db, SQL_MAILBOXES, err);

	if (rc < 0)
		return rc;
	while ((rc = db_step(db, stmt, err)) > 0) {
		if (!refs_site_ok(db_text(stmt, 0)))
			continue;
		rc = add(out, db_text(stmt, 0), db_text(stmt, 1), err);
		if (rc < 0)
			break;
	}
	sqlite3_reset(stmt);
	return rc;
}

int mailboxes_ever(bool *out, struct replica *replica, struct err *err)
{
	struct db *db = replica_db(replica);
	sqlite3_stmt *stmt;
	int rc = db_stmt(&stmt, db, SQL_EVER, err);

	*out = false;
	if (rc < 0)
		return rc;
	rc = db_step(db, stmt, err);
	*out = rc > 0;
	sqlite3_reset(stmt);
	return rc < 0 ? rc : 0;
}

int mailboxes_url(struct buf *out, struct replica *replica, const char *site,
		  struct err *err)
{
	struct db *db = replica_db(replica);
	sqlite3_stmt *stmt;
	int rc = db_stmt(&stmt, db, SQL_MAILBOX, err);

	if (rc < 0)
		return rc;
	db_bind_text(stmt, 1, site);
	rc = db_step(db, stmt, err);
	if (rc > 0)
		buf_adds(out, db_text(stmt, 0));
	sqlite3_reset(stmt);
	return rc < 0 ? rc : buf_check(out, err);
}
