/* enrol.c - enrolling a unit.
 * Knows rows of unit, signer and handling; signs nothing. */
#include "cli/case/enrol.h"

#include <string.h>
#include <time.h>

#include "cli/cli.h"
#include "cli/terminal/message.h"
#include "cli/case/row.h"
#include "core/base/db.h"
#include "core/base/utf8.h"
#include "sync/identity/key.h"
#include "sync/identity/signers.h"
#include "sync/git/refs.h"

enum { KEY_FILE_MAX = 64 << 10 };

static const char SQL_PROVISIONAL[] =
	"SELECT code FROM unit WHERE code = name AND name = ?1 AND code <> ?2"
	" AND void IS NOT 1";
static const char SQL_HANDLINGS[] =
	"SELECT proposal FROM handling WHERE unit = ?1 AND void IS NOT 1"
	" ORDER BY proposal";
static const char SQL_KEY_OWNER[] =
	"SELECT site FROM signer WHERE fingerprint = ?1 AND site <> ?2"
	" AND void IS NOT 1";

/* What the code is called, where that is not the name given. */
static const char SQL_NAME_OF[] =
	"SELECT name FROM unit WHERE code = ?1 AND name <> ?2 AND name <> ''"
	" AND name <> code AND void IS NOT 1";
/* Another code of the name; that of an import is the name itself. */
static const char SQL_CODE_OF[] =
	"SELECT code FROM unit WHERE name = ?2 AND code <> ?1 AND code <> name"
	" AND void IS NOT 1";

static int read_key(uint8_t key[CRYPTO_PUBLIC_SIZE], const char *path,
		    struct err *err)
{
	struct buf text = BUF_INIT;
	int rc = buf_read_file(&text, path, KEY_FILE_MAX, err);

	if (rc == 0 && strstr(buf_text(&text), "PRIVATE KEY"))
		rc = err_set(err, ERR_INPUT,
			     _("this is the private key; the office needs "
			       "only the public one, %s.pub"),
			     path);
	if (rc == 0)
		rc = key_public_parse(key, buf_text(&text), err);
	buf_release(&text);
	return rc < 0 ? cli_wrap_file(err, path) : 0;
}

/* One key speaks for one site, or signatures would prove nothing. */
static int check_key_owner(struct replica *replica, const char *fingerprint,
			   const char *site, struct err *err)
{
	struct db *db = replica_db(replica);
	sqlite3_stmt *stmt;
	int rc = db_stmt(&stmt, db, SQL_KEY_OWNER, err);

	if (rc < 0)
		return rc;
	db_bind_text(stmt, 1, fingerprint);
	db_bind_text(stmt, 2, site);
	rc = db_step(db, stmt, err);
	if (rc == 1)
		rc = err_set(err, ERR_INPUT,
			     _("this key is enrolled for %s already; every "
			       "unit needs its own"),
			     db_text(stmt, 0));
	sqlite3_reset(stmt);
	return rc;
}

/* To enrol an ended key once more would change nothing, and look done. */
static int check_not_ended(struct replica *replica, const uint8_t *key,
			   const char *site, struct err *err)
{
	struct signers signers = {NULL, 0};
	char fingerprint[KEY_FINGERPRINT], until[SIGNER_TIME];
	int rc = signers_load_of(&signers, replica, site, err);
	const struct signer *signer =
		rc == 0 ? signers_find(&signers, site, key) : NULL;

	if (signer != NULL && signer_ended(signer, (int64_t)time(NULL))) {
		key_fingerprint(fingerprint, key);
		signer_show_time(until, signer->until);
		rc = err_set(err, ERR_INPUT,
			     _("this key of %s ended on %s; tian unit key %s "
			       "--revoke %.16s --from DATE lets it count "
			       "until a day to come"),
			     site, until, site, fingerprint);
	}
	signers_release(&signers);
	return rc;
}

static int add_signer(struct replica *replica, const struct enrol *enrol,
		      struct err *err)
{
	const struct schema *schema = replica_schema(replica);
	uint8_t key[CRYPTO_PUBLIC_SIZE];
	char fingerprint[KEY_FINGERPRINT];
	struct buf row = BUF_INIT, line = BUF_INIT;
	int rc = read_key(key, enrol->key_file, err);

	if (rc < 0)
		return rc;
	key_fingerprint(fingerprint, key);
	key_public_line(&line, key);
	buf_addf(&row, "%s/%s", enrol->code, fingerprint);
	rc = buf_check(&row, err);
	if (rc == 0)
		rc = buf_check(&line, err);
	if (rc == 0)
		rc = check_key_owner(replica, fingerprint, enrol->code, err);
	if (rc == 0)
		rc = check_not_ended(replica, key, enrol->code, err);
	if (rc == 0)
		rc = row_add(replica, schema_entity_named(schema, "signer"),
			     buf_text(&row), NULL, err);
	if (rc == 0)
		rc = row_set_text(replica, "signer", buf_text(&row),
				  "public_key", buf_text(&line), NULL, err);
	buf_release(&row);
	buf_release(&line);
	return rc;
}

static int void_row(struct replica *replica, const char *entity,
		    const char *row, const char *code, struct err *err)
{
	struct buf reason = BUF_INIT;
	int rc;

	buf_addf(&reason, "改用正式代码 %s", code);
	rc = buf_check(&reason, err);
	if (rc == 0)
		rc = row_set_text(replica, entity, row, "void_reason",
				  buf_text(&reason), NULL, err);
	if (rc == 0)
		rc = row_set_int(replica, entity, row, "void", 1, NULL, err);
	buf_release(&reason);
	return rc;
}

/* What the office may write and the new row does not say yet. */
static int copy_field(struct replica *replica, const struct entity *entity,
		      const char *from, const char *to,
		      const struct field *field, struct err *err)
{
	struct buf held = BUF_INIT, present = BUF_INIT;
	struct value value, now;
	int rc =
		row_get(&value, &held, NULL, replica, entity, from, field, err);

	if (rc == 0)
		rc = row_get(&now, &present, NULL, replica, entity, to, field,
			     err);
	if (rc == 0 && now.type == VALUE_NULL && value.type != VALUE_NULL)
		rc = row_set(replica, entity, to, field, &value, NULL, err);
	buf_release(&held);
	buf_release(&present);
	return rc;
}

static int move_handling(struct enrol *enrol, struct replica *replica,
			 const char *key, const char *old, struct err *err)
{
	const struct entity *entity =
		schema_entity_named(replica_schema(replica), "handling");
	struct buf from = BUF_INIT, to = BUF_INIT;
	int rc;

	buf_addf(&from, "%s/%s", key, old);
	buf_addf(&to, "%s/%s", key, enrol->code);
	rc = buf_check(&from, err);
	if (rc == 0)
		rc = buf_check(&to, err);
	if (rc == 0)
		rc = row_add(replica, entity, buf_text(&to), NULL, err);
	for (size_t i = 0; rc == 0 && i < entity->n_fields; i++) {
		const struct field *field = &entity->fields[i];

		if ((field->writers & WRITER_OFFICE) && field->id > 2)
			rc = copy_field(replica, entity, buf_text(&from),
					buf_text(&to), field, err);
	}
	if (rc == 0)
		rc = void_row(replica, "handling", buf_text(&from), enrol->code,
			      err);
	if (rc == 0)
		enrol->rekeyed++;
	buf_release(&from);
	buf_release(&to);
	return rc;
}

/* The keys are gathered first: the rows change under the query. */
static int gather(struct buf *keys, struct replica *replica, const char *sql,
		  const char *first, const char *second, struct err *err)
{
	struct db *db = replica_db(replica);
	sqlite3_stmt *stmt;
	int rc = db_stmt(&stmt, db, sql, err);

	if (rc < 0)
		return rc;
	db_bind_text(stmt, 1, first);
	if (second)
		db_bind_text(stmt, 2, second);
	while ((rc = db_step(db, stmt, err)) == 1)
		buf_add(keys, db_text(stmt, 0), strlen(db_text(stmt, 0)) + 1);
	sqlite3_reset(stmt);
	return rc < 0 ? rc : buf_check(keys, err);
}

static int move_unit(struct enrol *enrol, struct replica *replica,
		     const char *old, struct err *err)
{
	struct buf keys = BUF_INIT;
	int rc = gather(&keys, replica, SQL_HANDLINGS, old, NULL, err);

	for (size_t at = 0; rc == 0 && at < keys.len;
	     at += strlen(keys.data + at) + 1)
		rc = move_handling(enrol, replica, keys.data + at, old, err);
	if (rc == 0)
		rc = void_row(replica, "unit", old, enrol->code, err);
	buf_release(&keys);
	return rc;
}

static int add_unit(struct replica *replica, const struct enrol *enrol,
		    struct err *err)
{
	const struct entity *unit =
		schema_entity_named(replica_schema(replica), "unit");
	struct buf held = BUF_INIT;
	struct value gone;
	int rc = row_add(replica, unit, enrol->code, NULL, err);

	if (rc == 0)
		rc = row_set_text(replica, "unit", enrol->code, "name",
				  enrol->name, NULL, err);
	if (rc == 0)
		rc = row_get(&gone, &held, NULL, replica, unit, enrol->code,
			     entity_field_named(unit, "void"), err);
	if (rc == 0 && gone.type == VALUE_INT && gone.integer == 1)
		rc = row_set_int(replica, "unit", enrol->code, "void", 0, NULL,
				 err);
	buf_release(&held);
	return rc;
}

/* The first column of the first row; "" where there is none. */
static int ask(struct buf *out, struct replica *replica, const char *sql,
	       const struct enrol *enrol, struct err *err)
{
	struct db *db = replica_db(replica);
	sqlite3_stmt *stmt;
	int rc = db_stmt(&stmt, db, sql, err);

	if (rc < 0)
		return rc;
	db_bind_text(stmt, 1, enrol->code);
	db_bind_text(stmt, 2, enrol->name);
	rc = db_step(db, stmt, err);
	if (rc == 1)
		buf_adds(out, db_text(stmt, 0));
	sqlite3_reset(stmt);
	return rc < 0 ? rc : buf_check(out, err);
}

/* A slip of the pen must not hand one unit's cases and keys to another, nor
 * make two units of one. */
static int check_names(const struct enrol *enrol, struct replica *replica,
		       struct err *err)
{
	struct buf name = BUF_INIT, code = BUF_INIT;
	int rc = ask(&name, replica, SQL_NAME_OF, enrol, err);

	if (rc == 0)
		rc = ask(&code, replica, SQL_CODE_OF, enrol, err);
	if (rc == 0 && code.len > 0)
		rc = err_set(err, ERR_INPUT,
			     _("%s is enrolled already, with the code %s; a "
			       "further computer of it: tian unit add %s %s "
			       "--key FILE"),
			     enrol->name, buf_text(&code), buf_text(&code),
			     enrol->name);
	else if (rc == 0 && name.len > 0 && !enrol->rename)
		rc = err_set(err, ERR_INPUT,
			     _("the code %s is that of %s already; give %s "
			       "another code, or, where %s is now called so, "
			       "add --rename"),
			     enrol->code, buf_text(&name), enrol->name,
			     buf_text(&name));
	buf_release(&name);
	buf_release(&code);
	return rc;
}

int enrol_unit(struct enrol *enrol, struct replica *replica, struct err *err)
{
	struct buf old = BUF_INIT;
	int rc;

	if (!refs_site_ok(enrol->code))
		return err_set(err, ERR_INPUT,
			       _("'%s' cannot be a code: letters, digits, _ . "
				 "- only, at most %d bytes"),
			       enrol->code, REF_SITE_MAX);
	if (!*enrol->name || !utf8_valid(enrol->name, strlen(enrol->name)))
		return err_set(err, ERR_INPUT, _("the unit needs a name"));
	rc = check_names(enrol, replica, err);
	if (rc == 0)
		rc = add_unit(replica, enrol, err);
	if (rc == 0 && enrol->key_file)
		rc = add_signer(replica, enrol, err);
	if (rc == 0)
		rc = gather(&old, replica, SQL_PROVISIONAL, enrol->name,
			    enrol->code, err);
	if (rc == 0 && old.len > 0)
		rc = move_unit(enrol, replica, old.data, err);
	buf_release(&old);
	return rc;
}
