/* world_helper.c - an office, its units and a hub in one folder. */
#include "tests/sync/world_helper.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/log/edit.h"
#include "core/merge/late.h"
#include "core/replica/state.h"
#include "sync/git/commit.h"
#include "sync/road/hub.h"
#include "sync/identity/key.h"
#include "tests/sync/git_helper.h"

static struct sync_report report;
static struct err last;

static void must(int rc, const struct err *err)
{
	if (rc < 0)
		print_error("%d: %s\n", rc, err->text);
	assert_true(rc >= 0);
}

void world_begin(void (*make)(void))
{
	folder_make();
	if (folder_is_kept())
		return;
	make();
	folder_keep();
}

int world_end(void **state)
{
	(void)state;
	world_forget();
	folder_remove();
	return 0;
}

static void init_at(const char *name, const char *site, const char *hub)
{
	struct node_options options = {
		.dir = in_folder("%s", name),
		.hub = in_folder("%s", hub),
		.site = site,
	};
	struct err err;

	must(strcmp(site, REPLICA_OFFICE) == 0
		     ? node_init_office(&options, &err)
		     : node_init_unit(&options, &err),
	     &err);
}

static void init(const char *name, const char *site)
{
	init_at(name, site, "hub");
}

void world_office(void)
{
	init("office", REPLICA_OFFICE);
}

void world_stranger(const char *name, const char *site)
{
	init(name, site);
}

void world_at_mailbox(const char *name, const char *site, const char *mailbox)
{
	char sql[1024];
	struct err err;

	must(hub_create(in_folder("%s", mailbox), &err), &err);
	init_at(name, site, mailbox);
	snprintf(sql, sizeof(sql),
		 "INSERT INTO mailbox(site, url) SELECT '%s', '%s' WHERE NOT"
		 " EXISTS (SELECT 1 FROM mailbox WHERE site = '%s')",
		 site, in_folder("%s", mailbox), site);
	world_edit("office", "李明", sql);
}

static struct node *open_node(const char *name)
{
	struct node *node = NULL;
	struct err err;

	must(node_open(&node, in_folder("%s", name), &err), &err);
	return node;
}

void world_edit(const char *name, const char *author, const char *sql)
{
	struct node *node = open_node(name);
	struct replica *replica = node_replica(node);
	struct err err;

	must(edit_begin(replica, &err), &err);
	must(db_exec(replica_db(replica), sql, &err), &err);
	must(edit_commit(replica, author, NULL, NULL, &err), &err);
	node_close(node);
}

void world_decide(const char *name, const char *entity, const char *row,
		  const char *field, const char *value, const char *reason)
{
	const struct edit_cell cell = {entity, row, field};
	struct node *node = open_node(name);
	struct replica *replica = node_replica(node);
	struct value wanted = value_text(value);
	struct err err;

	must(edit_begin(replica, &err), &err);
	must(edit_decide(replica, &cell, &wanted, &err), &err);
	must(edit_commit(replica, NULL, reason, NULL, &err), &err);
	node_close(node);
}

void world_enrol(const char *name, const char *site)
{
	world_enrol_at("office", name, site);
}

void world_enrol_at(const char *office, const char *name, const char *site)
{
	char fingerprint[KEY_FINGERPRINT];
	struct buf line = BUF_INIT;
	struct buf sql = BUF_INIT;
	struct key key;
	struct err err;

	must(key_load(&key, in_folder("%s/key", name), &err), &err);
	key_fingerprint(fingerprint, key.public_key);
	key_public_line(&line, key.public_key);
	buf_addf(&sql,
		 "INSERT INTO signer(site, fingerprint, public_key)"
		 " VALUES ('%s', '%s', '%s')",
		 site, fingerprint, buf_text(&line));
	world_edit(office, "李明", buf_text(&sql));
	buf_release(&sql);
	buf_release(&line);
}

void world_welcome(const char *name, const char *site, const char *title)
{
	char sql[512];

	world_enrol(name, site);
	snprintf(sql, sizeof(sql),
		 "INSERT INTO unit(code, name) SELECT '%s', '%s' WHERE NOT"
		 " EXISTS (SELECT 1 FROM unit WHERE code = '%s')",
		 site, title, site);
	world_edit("office", "李明", sql);
}

void world_unit(const char *name, const char *site, const char *title)
{
	init(name, site);
	world_welcome(name, site, title);
}

void world_case(const char *key, const char *title, const char *site)
{
	char sql[1024];

	snprintf(sql, sizeof(sql),
		 "INSERT INTO proposal(key, title, review) VALUES ('%s',"
		 " '%s', 'filed')",
		 key, title);
	world_edit("office", "李明", sql);
	if (site == NULL)
		return;
	snprintf(sql, sizeof(sql),
		 "INSERT INTO handling(proposal, unit, role) VALUES ('%s',"
		 " '%s', 'main')",
		 key, site);
	world_edit("office", "李明", sql);
}

const char *world_text(const char *name, const char *sql)
{
	static char text[4096];
	struct node *node = open_node(name);
	struct db *db = replica_db(node_replica(node));
	sqlite3_stmt *stmt = NULL;
	struct err err;
	int rc;

	must(db_prepare(&stmt, db, sql, &err), &err);
	rc = db_step(db, stmt, &err);
	must(rc, &err);
	snprintf(text, sizeof(text), "%s", rc > 0 ? db_text(stmt, 0) : "");
	sqlite3_finalize(stmt);
	node_close(node);
	return text;
}

static const struct sync_report *
sync_with(const char *name, const struct sync_options *options, int rc)
{
	struct node *node = open_node(name);
	int got;

	world_forget();
	last = (struct err){0};
	got = node_sync(&report, node, options, &last);
	if (got != rc)
		print_error("sync %s: %d: %s\n", name, got, last.text);
	for (size_t i = 0; got != rc && i < report.n_details; i++)
		print_error("%s\n", report.details[i].text);
	assert_int_equal(got, rc);
	node_close(node);
	return &report;
}

const struct sync_report *world_sync(const char *name, int rc)
{
	return sync_with(name, NULL, rc);
}

void world_office_and_edu(void)
{
	world_office();
	world_unit("edu", "edu", "区教育局");
	world_case("1-1-001", "教育", "edu");
	world_sync("office", 0);
	world_sync("edu", 0);
}

const struct sync_report *world_history(const char *name)
{
	const struct sync_options options = {.history = true};

	return sync_with(name, &options, 0);
}

size_t world_late(const char *name)
{
	struct node *node = open_node(name);
	struct err err = {0};
	size_t n = 0;

	must(late_count(&n, node_replica(node), &err), &err);
	node_close(node);
	return n;
}

void world_verify(const char *name)
{
	static const enum verify_source sources[] = {VERIFY_OWN, VERIFY_HUB};

	for (size_t s = 0; s < 2; s++) {
		struct verify_report proof = {.ok = false};
		struct node *node = open_node(name);
		struct err err = {0};

		must(node_verify(&proof, node, sources[s], NULL, &err), &err);
		for (size_t i = 0; i < proof.n_findings; i++)
			print_error("%s: %s\n", name, proof.findings[i]);
		assert_true(proof.ok);
		verify_report_release(&proof);
		node_close(node);
	}
}

void world_whole(const char *path)
{
	struct repository *repository = NULL;
	struct ref_list refs = {NULL, 0};
	struct err err;

	assert_int_equal(repository_open(&repository, in_folder("%s", path),
					 REPOSITORY_READ, &err),
			 0);
	assert_int_equal(repository_refs(&refs, repository, "refs/", &err), 0);
	for (size_t i = 0; i < refs.n; i++) {
		struct commit commit;
		struct buf tree = BUF_INIT;

		if (commit_read(&commit, repository, &refs.items[i].oid, &err) <
			    0 ||
		    repository_read(&tree, repository, &commit.tree,
				    OBJECT_TREE, &err) < 0)
			fail_msg("%s: %s: %s", path, refs.items[i].name,
				 err.text);
		commit_release(&commit);
		buf_release(&tree);
	}
	ref_list_release(&refs);
	repository_close(repository);
}

void world_forget(void)
{
	sync_report_release(&report);
}

const char *world_error(void)
{
	return last.text;
}

const char *world_state(const char *name, const char *site)
{
	static char texts[4][2 * CRYPTO_SHA256_SIZE + 1];
	static unsigned turn;
	char *text = texts[turn++ % 4];
	uint8_t hash[CRYPTO_SHA256_SIZE];
	struct node *node = open_node(name);
	struct err err;

	must(state_hash(hash, node_replica(node), site, &err), &err);
	for (size_t i = 0; i < sizeof(hash); i++)
		snprintf(text + 2 * i, 3, "%02x", hash[i]);
	node_close(node);
	return text;
}
