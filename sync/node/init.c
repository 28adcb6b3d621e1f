/* init.c - a node's beginning: key, repository, hub, replica, in that order,
 * each whole or absent, so that an interrupted init is simply run again.
 * Knows how a node is laid out; merges and sends nothing. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/log/edit.h"
#include "sync/road/hub.h"
#include "sync/node/node.h"
#include "sync/git/refs.h"

#define OFFICE_NAME "区政协提案委"

static const char SQL_HAS_UNIT[] = "SELECT 1 FROM unit WHERE code = ?";
static const char SQL_ADD_UNIT[] = "INSERT INTO unit(code, name) VALUES (?, ?)";
static const char SQL_HAS_SIGNER[] =
	"SELECT 1 FROM signer WHERE site = ? AND fingerprint = ?";
static const char SQL_ADD_SIGNER[] =
	"INSERT INTO signer(site, fingerprint, public_key) VALUES (?, ?, ?)";

static int make_folder(const char *dir, struct err *err)
{
	char *path = strdup(dir);
	int rc = 0;

	if (path == NULL)
		return err_nomem(err);
	for (char *at = path; rc == 0; at++) {
		char c = *at;

		if (c != '\0' && (c != '/' || at == path))
			continue;
		*at = '\0';
		if (mkdir(path, 0777) != 0 && errno != EEXIST)
			rc = err_errno(err, "%s", path);
		*at = c;
		if (c == '\0')
			break;
	}
	free(path);
	return rc;
}

/* The key in place, or a given one, or a new one; and key.pub beside it. */
static int make_key(struct key *key, const struct node_options *options,
		    struct err *err)
{
	struct buf path = BUF_INIT;
	struct buf public_path = BUF_INIT;
	struct key given;
	int rc;

	node_path(&path, options->dir, "key");
	node_path(&public_path, options->dir, "key.pub");
	rc = key_load(key, buf_text(&path), err);
	if (options->key_file != NULL && (rc == 0 || rc == ERR_MISSING)) {
		bool there = rc == 0;

		rc = key_load(&given, options->key_file, err);
		if (rc == 0 && there && memcmp(&given, key, sizeof(given)) != 0)
			rc = err_set(err, ERR_INPUT,
				     "%s is another key already",
				     buf_text(&path));
		if (rc == 0)
			*key = given;
		key_release(&given);
		if (rc == ERR_MISSING)
			rc = err->code = ERR_INPUT;
	} else if (rc == ERR_MISSING) {
		key_generate(key);
		rc = 0;
	}
	if (rc == 0 && (access(buf_text(&path), F_OK) != 0 ||
			access(buf_text(&public_path), F_OK) != 0))
		rc = key_save(key, buf_text(&path), options->site, err);
	buf_release(&public_path);
	buf_release(&path);
	return rc;
}

/* A replica that is there already must be the one asked for. */
static int check_same(struct replica *replica,
		      const struct node_options *options, const char *hub,
		      struct err *err)
{
	char *there = NULL;
	int rc = replica_get(&there, replica, NODE_HUB, err);

	if (rc == 0 && strcmp(replica_site(replica), options->site) != 0)
		rc = err_set(err, ERR_INPUT,
			     "this folder holds a replica of %s already",
			     replica_site(replica));
	else if (rc == 0 && *there != '\0' && strcmp(there, hub) != 0)
		rc = err_set(
			err, ERR_INPUT,
			"this folder meets at the hub %s already (tian hub "
			"use URL moves it)",
			there);
	free(there);
	return rc;
}

/* The office's key as it is pinned: its line, or its fingerprint. */
static int read_office_key(struct buf *out, const char *told, struct err *err)
{
	uint8_t public_key[CRYPTO_PUBLIC_SIZE];
	char fingerprint[KEY_FINGERPRINT];
	struct buf text = BUF_INIT;
	int rc = 0;

	if (strncmp(told, "SHA256:", 7) == 0) {
		rc = key_fingerprint_parse(fingerprint, told, err);
		buf_adds(out, rc == 0 ? fingerprint : "");
	} else if (strlen(told) == KEY_FINGERPRINT - 1 &&
		   strspn(told, "0123456789abcdef") == KEY_FINGERPRINT - 1) {
		buf_adds(out, told);
	} else {
		rc = buf_read_file(&text, told, 1 << 16, err);
		if (rc == 0)
			rc = key_public_parse(public_key, buf_text(&text), err);
		if (rc == 0)
			key_public_line(out, public_key);
	}
	buf_release(&text);
	if (rc < 0) {
		err->code = ERR_INPUT;
		return err_wrap(err, "the office's key, %.100s", told);
	}
	return buf_check(out, err);
}

/* Either is a line, or a fingerprint. */
static bool is_same_key(const char *a, const char *b)
{
	uint8_t public_key[CRYPTO_PUBLIC_SIZE];
	char fingerprints[2][KEY_FINGERPRINT];
	const char *const both[] = {a, b};
	struct err ignored;

	for (size_t i = 0; i < 2; i++)
		if (key_public_parse(public_key, both[i], &ignored) == 0)
			key_fingerprint(fingerprints[i], public_key);
		else
			snprintf(fingerprints[i], KEY_FINGERPRINT, "%s",
				 both[i]);
	return strcmp(fingerprints[0], fingerprints[1]) == 0;
}

static int pin_office(struct replica *replica, const char *told,
		      struct err *err)
{
	struct buf wanted = BUF_INIT;
	char *pinned = NULL;
	char *before = NULL;
	int rc = replica_get(&pinned, replica, NODE_OFFICE_KEY, err);

	if (rc == 0)
		rc = replica_get(&before, replica, NODE_OFFICE_TOLD, err);
	if (rc == 0)
		rc = read_office_key(&wanted, told, err);
	if (rc == 0 && *pinned == '\0')
		rc = replica_set(replica, NODE_OFFICE_KEY, buf_text(&wanted),
				 err);
	else if (rc == 0 && !is_same_key(buf_text(&wanted), pinned) &&
		 !is_same_key(buf_text(&wanted), before))
		rc = err_set(err, ERR_INPUT,
			     "another key of the office is pinned here "
			     "already");
	free(before);
	free(pinned);
	buf_release(&wanted);
	return rc;
}

static int make_replica(struct replica **out,
			const struct node_options *options, const char *hub,
			struct err *err)
{
	const struct replica_identity id = {.site = options->site,
					    .author = options->author};
	struct buf path = BUF_INIT;
	int rc;

	node_path(&path, options->dir, "tian.db");
	rc = replica_open(out, buf_text(&path), err);
	if (rc == ERR_MISSING) {
		rc = replica_create(buf_text(&path), &id, err);
		if (rc == 0)
			rc = replica_open(out, buf_text(&path), err);
	}
	if (rc == 0)
		rc = check_same(*out, options, hub, err);
	if (rc == 0 && options->name != NULL)
		rc = replica_set(*out, NODE_NAME, options->name, err);
	if (rc == 0 && options->office_key != NULL)
		rc = pin_office(*out, options->office_key, err);
	/* Last: a replica that knows its hub is complete. */
	if (rc == 0)
		rc = replica_set(*out, NODE_HUB, hub, err);
	buf_release(&path);
	return rc;
}

static int run_with(int *found, struct replica *replica, const char *sql,
		    const char *a, const char *b, const char *c,
		    struct err *err)
{
	struct db *db = replica_db(replica);
	sqlite3_stmt *stmt;
	int rc = db_stmt(&stmt, db, sql, err);

	if (rc < 0)
		return rc;
	db_bind_text(stmt, 1, a);
	if (b != NULL)
		db_bind_text(stmt, 2, b);
	if (c != NULL)
		db_bind_text(stmt, 3, c);
	rc = db_step(db, stmt, err);
	*found = rc;
	sqlite3_reset(stmt);
	return rc < 0 ? rc : 0;
}

/* The office enrols itself: its name, and its key as the first signer. */
static int enrol_office(struct replica *replica, const struct key *key,
			const char *name, struct err *err)
{
	char fingerprint[KEY_FINGERPRINT];
	struct buf line = BUF_INIT;
	int found = 0;
	int none;
	int rc = edit_begin(replica, err);

	if (rc < 0)
		return rc;
	key_fingerprint(fingerprint, key->public_key);
	key_public_line(&line, key->public_key);
	rc = run_with(&found, replica, SQL_HAS_UNIT, REPLICA_OFFICE, NULL, NULL,
		      err);
	if (rc == 0 && found == 0)
		rc = run_with(&none, replica, SQL_ADD_UNIT, REPLICA_OFFICE,
			      name, NULL, err);
	if (rc == 0)
		rc = run_with(&found, replica, SQL_HAS_SIGNER, REPLICA_OFFICE,
			      fingerprint, NULL, err);
	if (rc == 0 && found == 0)
		rc = run_with(&none, replica, SQL_ADD_SIGNER, REPLICA_OFFICE,
			      fingerprint, buf_text(&line), err);
	if (rc == 0)
		rc = edit_commit(replica, NULL, NULL, NULL, err);
	else
		edit_rollback(replica);
	buf_release(&line);
	return rc;
}

/* Whether this replica believes another key than its own, as a further node of
 * the office does: such a one begins no ledger, not even at a new hub. */
static int follows_another(bool *yes, struct replica *replica,
			   const char *own_line, struct err *err)
{
	char *pinned = NULL;
	int rc = replica_get(&pinned, replica, NODE_OFFICE_KEY, err);

	if (rc == 0)
		*yes = *pinned != '\0' && !is_same_key(pinned, own_line);
	free(pinned);
	return rc;
}

/* A further node of the office finds a ledger at the hub: the first one
 * enrols its key. Where the hub was lost, the next sync sends it again. */
static int begin_ledger(struct replica *replica, const struct key *key,
			const struct node_options *options, const char *url,
			struct err *err)
{
	const char *name = options->name != NULL ? options->name : OFFICE_NAME;
	struct hub *hub = NULL;
	struct buf line = BUF_INIT;
	struct oid main_oid;
	bool follows = false;
	int rc = hub_open(&hub, url, err);

	if (rc == 0)
		rc = hub_ref(&main_oid, hub, REF_MAIN, err);
	hub_close(hub);
	if (rc != ERR_MISSING)
		return rc;
	key_public_line(&line, key->public_key);
	rc = follows_another(&follows, replica, buf_text(&line), err);
	if (rc == 0 && !follows)
		rc = enrol_office(replica, key, name, err);
	if (rc == 0 && !follows)
		rc = replica_set(replica, NODE_OFFICE_KEY, buf_text(&line),
				 err);
	buf_release(&line);
	return rc;
}

static int init(const struct node_options *options, struct err *err)
{
	bool office = strcmp(options->site, REPLICA_OFFICE) == 0;
	struct buf hub = BUF_INIT;
	struct buf git = BUF_INIT;
	struct replica *replica = NULL;
	struct key key = {{0}, {0}};
	int rc = crypto_init(err);

	if (rc == 0 && !refs_site_ok(options->site))
		rc = err_set(err, ERR_INPUT,
			     "'%.100s' cannot be a site's code: letters, "
			     "digits, '.', '_', '-'",
			     options->site);
	if (rc == 0)
		rc = hub_address(&hub, options->hub, err);
	if (rc == 0)
		rc = make_folder(options->dir, err);
	if (rc == 0)
		rc = make_key(&key, options, err);
	node_path(&git, options->dir, "tian.git");
	if (rc == 0)
		rc = repository_create(buf_text(&git), err);
	if (rc == 0 && office)
		rc = hub_create(buf_text(&hub), err);
	if (rc == 0)
		rc = make_replica(&replica, options, buf_text(&hub), err);
	if (rc == 0 && office)
		rc = begin_ledger(replica, &key, options, buf_text(&hub), err);
	replica_close(replica);
	key_release(&key);
	buf_release(&git);
	buf_release(&hub);
	return rc;
}

int node_init_office(const struct node_options *options, struct err *err)
{
	struct node_options office = *options;

	office.site = REPLICA_OFFICE;
	return init(&office, err);
}

int node_init_unit(const struct node_options *options, struct err *err)
{
	if (strcmp(options->site, REPLICA_OFFICE) == 0)
		return err_set(err, ERR_INPUT, "'%s' is the office's own code",
			       REPLICA_OFFICE);
	return init(options, err);
}
