/* unit_key.c - the keys of a site: listed, and ended with a date.
 * Knows rows of signer; enrols none. */
#include "cli/case/unit_key.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli/case/case.h"
#include "cli/terminal/json_out.h"
#include "cli/terminal/message.h"
#include "cli/case/row.h"
#include "cli/terminal/table.h"
#include "core/log/edit.h"
#include "sync/identity/key.h"
#include "sync/node/standing.h"

enum { PREFIX_LEAST = 6, TIME_SIZE = 32 };

static const char SQL_KEYS[] =
	"SELECT fingerprint, coalesce(valid_from, ''),"
	" coalesce(valid_until, ''), coalesce(public_key, '') FROM signer"
	" WHERE site = ?1"
	" AND void IS NOT 1 ORDER BY fingerprint";
static const char SQL_FIND[] =
	"SELECT min(fingerprint), count(*) FROM signer WHERE site = ?1"
	" AND void IS NOT 1 AND substr(fingerprint, 1, length(?2)) = ?2";
static const char SQL_OTHERS[] =
	"SELECT count(*) FROM signer WHERE site = ?1 AND fingerprint <> ?2"
	" AND void IS NOT 1 AND valid_until IS NULL";

/* --- the list ------------------------------------------------------------ */

/* As a unit is told the office's (sync) and ssh-keygen -l prints it. */
static void add_openssh(struct buf *out, const char *line)
{
	uint8_t key[CRYPTO_PUBLIC_SIZE];
	struct err err;

	if (key_public_parse(key, line, &err) == 0)
		key_print_fingerprint(out, key);
}

struct listing {
	struct table *table;
	struct json_out json;
};

static void add_key(struct listing *listing, const char *const texts[4])
{
	struct json_out *json = &listing->json;
	struct buf openssh = BUF_INIT;
	const char *cells[] = {texts[0], texts[1], texts[2], NULL};

	add_openssh(&openssh, texts[3]);
	cells[3] = buf_text(&openssh);
	table_add(listing->table, cells);
	json_out_object(json, NULL);
	json_out_text(json, "fingerprint", cells[0]);
	json_out_text(json, "from", *cells[1] ? cells[1] : NULL);
	json_out_text(json, "until", *cells[2] ? cells[2] : NULL);
	json_out_text(json, "openssh", *cells[3] ? cells[3] : NULL);
	json_out_end(json);
	buf_release(&openssh);
}

/* At the office: the rows. */
static int add_rows(struct listing *listing, const char *code,
		    struct replica *replica, struct err *err)
{
	struct db *db = replica_db(replica);
	sqlite3_stmt *stmt;
	int rc = db_stmt(&stmt, db, SQL_KEYS, err);

	if (rc < 0)
		return rc;
	db_bind_text(stmt, 1, code);
	while ((rc = db_step(db, stmt, err)) > 0) {
		const char *const texts[] = {db_text(stmt, 0), db_text(stmt, 1),
					     db_text(stmt, 2),
					     db_text(stmt, 3)};

		add_key(listing, texts);
	}
	sqlite3_reset(stmt);
	return rc;
}

/* At the office; the unit by its code or name. */
static int add_known(struct listing *listing, const char *word,
		     struct replica *replica, struct err *err)
{
	struct buf code = BUF_INIT;
	int rc = 0;

	if (strcmp(word, REPLICA_OFFICE) == 0)
		buf_adds(&code, word);
	else
		rc = case_unit(&code, replica, word, err);
	if (rc == 0)
		rc = buf_check(&code, err);
	if (rc == 0)
		rc = add_rows(listing, buf_text(&code), replica, err);
	buf_release(&code);
	return rc;
}

static void add_signer(struct listing *listing, const struct signer *signer)
{
	char fingerprint[KEY_FINGERPRINT];
	char from[SIGNER_TIME] = "", until[SIGNER_TIME] = "";
	struct buf line = BUF_INIT;

	key_fingerprint(fingerprint, signer->public_key);
	key_public_line(&line, signer->public_key);
	if (signer->from != 0)
		signer_show_time(from, signer->from);
	if (signer->until != 0)
		signer_show_time(until, signer->until);
	add_key(listing, (const char *const[]){fingerprint, from, until,
					       buf_text(&line)});
	buf_release(&line);
}

/* At a unit, which has no such rows: what it was sent, the office's keys and
 * its own. */
static int add_sent(struct listing *listing, const char *code, struct cli *cli,
		    struct err *err)
{
	struct signers signers = {NULL, 0};
	int64_t now;
	int rc = 0;

	if (strcmp(code, replica_site(cli->replica)) != 0 &&
	    strcmp(code, REPLICA_OFFICE) != 0)
		rc = err_set(err, ERR_INPUT,
			     _("a unit knows its own keys and the office's; "
			       "those of %s are known at the office"),
			     code);
	if (rc == 0)
		rc = standing_signers(&signers, &now, cli->node, err);
	for (size_t i = 0; rc == 0 && i < signers.n; i++)
		if (strcmp(signers.items[i].site, code) == 0)
			add_signer(listing, &signers.items[i]);
	if (rc == 0 && !signers_know(&signers, code))
		cli_note(_("No key of %s is known here yet."), code);
	signers_release(&signers);
	return rc;
}

static int list(const struct unit_key *asked, struct cli *cli, struct err *err)
{
	const struct table_column columns[] = {
		{_("key"), TABLE_LEFT, true},
		{_("from"), TABLE_LEFT, false},
		{_("until"), TABLE_LEFT, false},
		{_("as ssh-keygen -l prints it"), TABLE_LEFT, true},
	};
	struct listing listing = {.table = table_new(columns, 4)};
	int rc;

	json_out_init(&listing.json);
	json_out_array(&listing.json, NULL);
	rc = replica_is_office(cli->replica)
		     ? add_known(&listing, asked->code, cli->replica, err)
		     : add_sent(&listing, asked->code, cli, err);
	json_out_end(&listing.json);
	if (rc == 0 && cli->json)
		rc = json_out_print(&listing.json, stdout, err);
	else if (rc == 0)
		rc = table_show(listing.table, stdout, err);
	table_free(listing.table);
	json_out_release(&listing.json);
	return rc;
}

/* --- ending one ---------------------------------------------------------- */

/* `2022-06-30` (its first moment here), `2022-06-30T09:15:00Z`, or NULL for
 * now, as the row says it. */
static int read_time(char out[TIME_SIZE], const char *text, struct err *err)
{
	struct tm tm = {.tm_mday = 0};
	time_t now = time(NULL);
	const char *end = NULL;

	if (text != NULL) {
		end = strptime(text, "%Y-%m-%dT%H:%M:%SZ", &tm);
		now = timegm(&tm);
	}
	if (text != NULL && end == NULL) {
		tm = (struct tm){.tm_isdst = -1};
		end = strptime(text, "%Y-%m-%d", &tm);
		now = mktime(&tm);
	}
	if (text != NULL && (end == NULL || *end != '\0'))
		return err_set(err, ERR_INPUT,
			       _("--from takes a date such as 2022-06-30, not "
				 "'%s'"),
			       text);
	gmtime_r(&now, &tm);
	strftime(out, TIME_SIZE, "%Y-%m-%dT%H:%M:%SZ", &tm);
	return 0;
}

/* What was asked for as the rows have it: `SHA256:…` is told in hex. */
static int read_asked(char out[KEY_FINGERPRINT], const char *asked,
		      struct err *err)
{
	if (strncmp(asked, "SHA256:", 7) == 0)
		return key_fingerprint_parse(out, asked, err);
	snprintf(out, KEY_FINGERPRINT, "%s", asked);
	return 0;
}

static int find_key(struct buf *fingerprint, const struct unit_key *asked,
		    struct db *db, struct err *err)
{
	char wanted[KEY_FINGERPRINT];
	sqlite3_stmt *stmt;
	int64_t n = 0;
	int rc = read_asked(wanted, asked->revoke, err);

	if (rc == 0)
		rc = db_stmt(&stmt, db, SQL_FIND, err);
	if (rc < 0)
		return rc;
	db_bind_text(stmt, 1, asked->code);
	db_bind_text(stmt, 2, wanted);
	rc = db_step(db, stmt, err);
	if (rc > 0) {
		n = db_int(stmt, 1);
		buf_adds(fingerprint, n > 0 ? db_text(stmt, 0) : "");
	}
	sqlite3_reset(stmt);
	if (rc >= 0 && (n != 1 || strlen(asked->revoke) < PREFIX_LEAST))
		return err_set(err, ERR_INPUT,
			       _("%s has no single key that begins with '%s' "
				 "(at least %d digits); tian unit key %s lists "
				 "them"),
			       asked->code, asked->revoke, PREFIX_LEAST,
			       asked->code);
	return rc < 0 ? rc : buf_check(fingerprint, err);
}

/* Without any key of the office nobody could merge, nor enrol another. */
static int check_last(const struct unit_key *asked, const char *fingerprint,
		      struct db *db, struct err *err)
{
	sqlite3_stmt *stmt;
	bool last;
	int rc;

	if (strcmp(asked->code, REPLICA_OFFICE) != 0)
		return 0;
	rc = db_stmt(&stmt, db, SQL_OTHERS, err);
	if (rc < 0)
		return rc;
	db_bind_text(stmt, 1, asked->code);
	db_bind_text(stmt, 2, fingerprint);
	rc = db_step(db, stmt, err);
	last = rc > 0 && db_int(stmt, 0) == 0;
	sqlite3_reset(stmt);
	if (last)
		return err_set(err, ERR_INPUT,
			       _("this is the office's last key; enrol "
				 "another first, and sync with it"));
	return rc < 0 ? rc : 0;
}

static int end_key(const struct unit_key *asked, struct replica *replica,
		   const char *until, struct err *err)
{
	struct buf fingerprint = BUF_INIT;
	struct buf row = BUF_INIT;
	int rc = find_key(&fingerprint, asked, replica_db(replica), err);

	if (rc == 0)
		rc = check_last(asked, buf_text(&fingerprint),
				replica_db(replica), err);
	buf_addf(&row, "%s/%s", asked->code, buf_text(&fingerprint));
	if (rc == 0)
		rc = row_set_text(replica, "signer", buf_text(&row),
				  "valid_until", until, NULL, err);
	buf_release(&row);
	buf_release(&fingerprint);
	return rc;
}

static int revoke(const struct unit_key *asked, struct cli *cli,
		  struct err *err)
{
	char until[TIME_SIZE];
	int rc;

	if (!replica_is_office(cli->replica))
		return err_set(err, ERR_INPUT, _("only the office ends keys"));
	rc = read_time(until, asked->from, err);
	if (rc == 0)
		rc = edit_begin(cli->replica, err);
	if (rc < 0)
		return rc;
	rc = end_key(asked, cli->replica, until, err);
	if (rc == 0)
		rc = edit_commit(cli->replica, cli->author, NULL, NULL, err);
	else
		edit_rollback(cli->replica);
	if (rc == 0)
		cli_note(_("The key %s of %s signs nothing from %s on; what it "
			   "signed before stays valid. It goes out with the "
			   "next sync."),
			 asked->revoke, asked->code, until);
	return rc;
}

int unit_key_run(const struct unit_key *asked, struct cli *cli, struct err *err)
{
	/* A unit's list is read from its inbox. */
	int rc = cli_open_node(cli, err);

	if (rc < 0)
		return rc;
	return asked->revoke != NULL ? revoke(asked, cli, err)
				     : list(asked, cli, err);
}
