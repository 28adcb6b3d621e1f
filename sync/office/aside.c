/* aside.c - the office tells a site what of its outboxes it has set aside. */
#include "sync/office/aside.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/utf8.h"
#include "sync/git/refs.h"
#include "sync/node/outbox.h"

#define TRAILER "Set-Aside"
#define HEARD "set_aside"

enum { ORIGIN_TEXT = 17 };

static const char SQL_COUNT[] =
	"SELECT count(*) FROM _meta WHERE name >= 'aside:' || ?1 || '/'"
	" AND name < 'aside:' || ?1 || '0'";
static const char SQL_FORGET[] =
	"DELETE FROM _meta WHERE name IN ('aside:' || ?1, 'tell:' || ?1)";
static const char SQL_SITES[] =
	"SELECT DISTINCT substr(name, 6, instr(name, '/') - 6) FROM _meta"
	" WHERE name >= 'tell:' AND name < 'tell;'";
static const char SQL_TELL[] =
	"SELECT substr(name, instr(name, '/') + 1) || ' ' || value FROM _meta"
	" WHERE name >= 'tell:' || ?1 || '/' AND name < 'tell:' || ?1 || '0'"
	" ORDER BY name";
static const char SQL_TOLD[] =
	"DELETE FROM _meta WHERE name >= 'tell:' || ?1 || '/'"
	" AND name < 'tell:' || ?1 || '0'";

/* --- at the office ------------------------------------------------------- */

static int run_on(struct replica *replica, const char *sql, const char *text,
		  struct err *err)
{
	struct db *db = replica_db(replica);
	sqlite3_stmt *stmt;
	int rc = db_stmt(&stmt, db, sql, err);

	if (rc < 0)
		return rc;
	db_bind_text(stmt, 1, text);
	return db_run(db, stmt, err);
}

/* Whoever writes to the hub may make up any number of origins. */
static int count(int64_t *n, struct replica *replica, const char *site,
		 struct err *err)
{
	struct db *db = replica_db(replica);
	sqlite3_stmt *stmt;
	int rc = db_stmt(&stmt, db, SQL_COUNT, err);

	if (rc < 0)
		return rc;
	db_bind_text(stmt, 1, site);
	rc = db_step(db, stmt, err);
	*n = rc > 0 ? sqlite3_column_int64(stmt, 0) : 0;
	sqlite3_reset(stmt);
	return rc < 0 ? rc : 0;
}

static void add_name(struct buf *out, const char *what, const char *site,
		     uint64_t origin)
{
	char hex[ORIGIN_TEXT];

	change_origin_format(hex, origin);
	buf_addf(out, "%s%s/%s", what, site, hex);
}

/* What is told elsewhere names no file of this machine: what stands behind the
 * last path. */
static const char *without_paths(const char *why)
{
	const char *at = *why == '/' ? why : strstr(why, " /");

	while (at != NULL) {
		const char *colon = strstr(at, ": ");

		if (colon == NULL)
			return "what is there is damaged";
		why = colon + 2;
		at = *why == '/' ? why : strstr(why, " /");
	}
	return why;
}

/* One line, cut at a character. */
static void add_why(struct buf *out, const char *text)
{
	const char *why = without_paths(text);
	size_t len = strlen(why);
	size_t end = 0;
	int code;

	while (end < len) {
		size_t n = utf8_next(why + end, len - end, &code);

		if (end + n > ASIDE_WHY_MAX)
			break;
		end += n;
	}
	for (size_t i = 0; i < end; i++)
		buf_addc(out, (unsigned char)why[i] < 0x20 || why[i] == 0x7f
				      ? ' '
				      : why[i]);
}

static int say(struct replica *replica, const char *site, uint64_t origin,
	       const char *value, struct err *err)
{
	struct buf aside = BUF_INIT;
	struct buf tell = BUF_INIT;
	char *before = NULL;
	int64_t n = 0;
	int rc;

	add_name(&aside, "aside:", site, origin);
	add_name(&tell, "tell:", site, origin);
	rc = buf_check(&aside, err);
	if (rc == 0)
		rc = buf_check(&tell, err);
	if (rc == 0)
		rc = replica_get(&before, replica, buf_text(&aside), err);
	if (rc == 0 && *before == '\0')
		rc = count(&n, replica, site, err);
	if (rc == 0 && n < ASIDE_SITE_MAX && strcmp(before, value) != 0) {
		rc = replica_set(replica, buf_text(&aside), value, err);
		if (rc == 0)
			rc = replica_set(replica, buf_text(&tell), value, err);
	}
	free(before);
	buf_release(&tell);
	buf_release(&aside);
	return rc;
}

int aside_note(struct replica *replica, const char *site, uint64_t origin,
	       const struct oid *commit, const char *why, struct err *err)
{
	struct buf value = BUF_INIT;
	char hex[OID_TEXT];
	int rc;

	oid_format(hex, commit);
	buf_addf(&value, "%s ", hex);
	add_why(&value, why);
	rc = buf_check(&value, err);
	if (rc == 0)
		rc = say(replica, site, origin, buf_text(&value), err);
	buf_release(&value);
	return rc;
}

int aside_forget(struct replica *replica, const char *site, uint64_t origin,
		 struct err *err)
{
	struct buf name = BUF_INIT;
	int rc;

	add_name(&name, "", site, origin);
	rc = buf_check(&name, err);
	if (rc == 0)
		rc = run_on(replica, SQL_FORGET, buf_text(&name), err);
	buf_release(&name);
	return rc;
}

int aside_sites(struct keys *out, struct replica *replica, struct err *err)
{
	struct db *db = replica_db(replica);
	sqlite3_stmt *stmt;
	int rc = db_stmt(&stmt, db, SQL_SITES, err);

	if (rc < 0)
		return rc;
	while ((rc = db_step(db, stmt, err)) > 0) {
		const char *site = db_text(stmt, 0);

		rc = keys_add(out, site, strlen(site), err);
		if (rc < 0)
			break;
	}
	sqlite3_reset(stmt);
	return rc;
}

int aside_trailers(struct buf *out, struct replica *replica, const char *site,
		   struct err *err)
{
	struct db *db = replica_db(replica);
	sqlite3_stmt *stmt;
	int rc = db_stmt(&stmt, db, SQL_TELL, err);

	if (rc < 0)
		return rc;
	db_bind_text(stmt, 1, site);
	while ((rc = db_step(db, stmt, err)) > 0)
		commit_add_trailer(out, TRAILER, db_text(stmt, 0));
	sqlite3_reset(stmt);
	return rc < 0 ? rc : buf_check(out, err);
}

int aside_told(struct replica *replica, const char *site, struct err *err)
{
	return run_on(replica, SQL_TOLD, site, err);
}

/* --- reading ------------------------------------------------------------- */

struct told {
	uint64_t origin;
	char value[OID_TEXT + ASIDE_WHY_MAX + 1]; /* commit and why */
};

/* The next trailer that is as it should be; false: no more. */
static bool next_told(struct told *out, const char **at,
		      const struct commit *commit)
{
	const char *text;
	size_t len;

	while ((text = commit_trailer_next(&len, at, commit, TRAILER)) !=
	       NULL) {
		char hex[ORIGIN_TEXT] = "";
		struct oid oid;

		if (len < ORIGIN_TEXT + OID_TEXT ||
		    len - ORIGIN_TEXT >= sizeof(out->value) ||
		    text[ORIGIN_TEXT - 1] != ' ' ||
		    !oid_parse(&oid, text + ORIGIN_TEXT, len - ORIGIN_TEXT) ||
		    text[ORIGIN_TEXT + OID_TEXT - 1] != ' ')
			continue;
		memcpy(hex, text, ORIGIN_TEXT - 1);
		if (!change_origin_parse(&out->origin, hex))
			continue;
		memcpy(out->value, text + ORIGIN_TEXT, len - ORIGIN_TEXT);
		out->value[len - ORIGIN_TEXT] = '\0';
		return true;
	}
	return false;
}

int aside_learn(struct replica *replica, const char *site,
		const struct commit *commit, struct err *err)
{
	const char *at = NULL;
	bool any = false;
	struct told told;
	int rc = 0;

	while (rc == 0 && next_told(&told, &at, commit)) {
		rc = say(replica, site, told.origin, told.value, err);
		any = true;
	}
	return rc == 0 && any ? aside_told(replica, site, err) : rc;
}

/* --- at a unit ----------------------------------------------------------- */

/* "<origin> <commit> <why>", so that a node of another name is not meant. */
int aside_hear(struct replica *replica, const struct commit *commit,
	       const struct run *run, struct err *err)
{
	const char *at = NULL;
	char hex[ORIGIN_TEXT];
	struct told told;
	int rc = 0;

	while (rc == 0 && next_told(&told, &at, commit)) {
		struct buf heard = BUF_INIT;

		change_origin_format(hex, told.origin);
		if (told.origin != replica_origin(replica)) {
			rc = run_detail(run, SYNC_NOTICE, err,
					"the office has set aside what node "
					"%s of this unit sent: %s",
					hex, told.value + OID_TEXT);
			continue;
		}
		buf_addf(&heard, "%s %s", hex, told.value);
		rc = buf_check(&heard, err);
		if (rc == 0)
			rc = replica_set(replica, HEARD, buf_text(&heard), err);
		buf_release(&heard);
	}
	return rc;
}

int aside_heal(struct replica *replica, struct err *err)
{
	char *heard = NULL;
	int rc = replica_get(&heard, replica, HEARD, err);

	if (rc == 0 && *heard != '\0')
		rc = replica_set(replica, HEARD, "", err);
	free(heard);
	return rc;
}

/* Whether a commit is in the history of this node's own outbox. */
static int is_own(bool *own, struct replica *replica,
		  struct repository *repository, const struct oid *commit,
		  struct err *err)
{
	struct oid_list chain = {NULL, 0, 0};
	struct buf name = BUF_INIT;
	struct oid tip;
	int rc;

	refs_outbox(&name, replica_site(replica), replica_origin(replica));
	rc = buf_check(&name, err);
	if (rc == 0)
		rc = repository_ref(&tip, repository, buf_text(&name), err);
	if (rc == 0)
		rc = outbox_chain(&chain, repository, &tip, commit, err);
	*own = rc == 0;
	oid_list_release(&chain);
	buf_release(&name);
	return rc == ERR_MISSING ? 0 : rc;
}

static int repeat(struct replica *replica, struct repository *repository,
		  const char *value, const struct run *run, struct err *err)
{
	struct oid commit;
	bool own = false;
	int rc = 0;

	if (oid_parse(&commit, value, strlen(value)))
		rc = is_own(&own, replica, repository, &commit, err);
	if (rc == 0 && own)
		return run_detail(run, SYNC_QUARANTINED, err,
				  "the office has set aside what this "
				  "computer sent, from commit %.12s on: %s",
				  value, value + OID_TEXT);
	if (rc == 0)
		rc = run_detail(run, SYNC_NOTICE, err,
				"the office has set aside commit %.12s, which "
				"somebody else sent under this computer's "
				"name: %s",
				value, value + OID_TEXT);
	return rc < 0 ? rc : replica_set(replica, HEARD, "", err);
}

int aside_repeat(struct replica *replica, struct repository *repository,
		 const struct run *run, struct err *err)
{
	char hex[ORIGIN_TEXT];
	char *heard = NULL;
	int rc = replica_get(&heard, replica, HEARD, err);

	change_origin_format(hex, replica_origin(replica));
	if (rc == 0 && strlen(heard) > ORIGIN_TEXT + OID_TEXT &&
	    strncmp(heard, hex, ORIGIN_TEXT - 1) == 0)
		rc = repeat(replica, repository, heard + ORIGIN_TEXT, run, err);
	free(heard);
	return rc;
}
