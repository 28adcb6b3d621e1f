/* crowd.c - an office with many units that are keys and outboxes. */
#include "tests/bench/crowd.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/clock.h"
#include "sync/wire/batch.h"
#include "sync/git/commit.h"
#include "sync/node/outbox.h"
#include "sync/git/refs.h"
#include "tests/bench/measure.h"

/* Of domain.sql: handling, and its field contact_name. */
enum { HANDLING = 11, CONTACT_NAME = 6 };

struct crowd_unit {
	char code[CORPUS_KEY];
	char key_of_case[CORPUS_KEY];
	struct key key;
	uint64_t seq;
	struct oid tip;
};

/* --- the office's side --------------------------------------------------- */

static void enter(sqlite3 *conn, const struct crowd_unit *unit)
{
	char fingerprint[KEY_FINGERPRINT];
	struct buf line = BUF_INIT;
	struct buf sql = BUF_INIT;

	key_fingerprint(fingerprint, unit->key.public_key);
	key_public_line(&line, unit->key.public_key);
	buf_addf(&sql,
		 "INSERT INTO unit(code, name) VALUES ('%s', '单位%s');"
		 "INSERT INTO signer(site, fingerprint, public_key)"
		 " VALUES ('%s', '%s', '%s');"
		 "INSERT INTO proposal(key, title, review)"
		 " VALUES ('%s', '关于%s的建议', 'filed');"
		 "INSERT INTO handling(proposal, unit, role)"
		 " VALUES ('%s', '%s', 'main')",
		 unit->code, unit->code, unit->code, fingerprint,
		 buf_text(&line), unit->key_of_case, unit->code,
		 unit->key_of_case, unit->code);
	plain_exec(conn, buf_text(&sql));
	buf_release(&sql);
	buf_release(&line);
}

void crowd_make(struct crowd *crowd, const char *name, size_t units)
{
	char path[3 * WORLD_PATH];
	sqlite3 *conn;

	*crowd = (struct crowd){.n = units};
	world_make(&crowd->world, name, 0, 0);
	crowd->units = calloc(units, sizeof(*crowd->units));
	must_true(crowd->units != NULL, "make so many units");
	snprintf(path, sizeof(path), "%s/tian.db",
		 world_dir(&crowd->world, "office"));
	conn = plain_open(path);
	plain_exec(conn, "BEGIN IMMEDIATE");
	for (size_t i = 0; i < units; i++) {
		struct crowd_unit *unit = &crowd->units[i];

		corpus_unit(unit->code, i);
		corpus_case(unit->key_of_case, i);
		key_generate(&unit->key);
		enter(conn, unit);
	}
	plain_exec(conn, "COMMIT");
	plain_close(conn);
	world_sync(NULL, world_dir(&crowd->world, "office"));
}

void crowd_release(struct crowd *crowd)
{
	for (size_t i = 0; i < crowd->n; i++)
		key_release(&crowd->units[i].key);
	free(crowd->units);
	*crowd = (struct crowd){.n = 0};
}

/* --- a unit's side ------------------------------------------------------- */

/* The next change of a unit as its batch in bytes. */
static void next_batch(struct buf *out, struct crowd_unit *unit,
		       uint64_t origin)
{
	char row[2 * CORPUS_KEY];
	char text[32];
	struct change_id base = {origin, unit->seq};
	struct change change = {.id = {origin, ++unit->seq},
				.clock = clock_stamp(clock_now_ms()),
				.entity = HANDLING,
				.field = CONTACT_NAME,
				.row = row,
				.bases = &base,
				.n_bases = unit->seq > 1};
	struct batch batch = {.origin = origin,
			      .site = unit->code,
			      .author = "李明",
			      .schema = 1,
			      .changes = &change,
			      .n_changes = 1};
	struct err err = {0};

	change.row_len = (size_t)snprintf(row, sizeof(row), "%s/%s",
					  unit->key_of_case, unit->code);
	snprintf(text, sizeof(text), "第%llu稿", (unsigned long long)unit->seq);
	change.value = value_text(text);
	must(batch_encode(out, &batch, &err), &err, "encode a batch");
}

static void message_of(char out[256], const struct crowd_unit *unit,
		       uint64_t origin)
{
	char hex[17];

	change_origin_format(hex, origin);
	snprintf(out, 256,
		 "%s 承办: 承办人 第%llu稿\n\nSite: %s\nOrigin: %s\n"
		 "Seq: %llu-%llu\n",
		 unit->key_of_case, (unsigned long long)unit->seq, unit->code,
		 hex, (unsigned long long)unit->seq,
		 (unsigned long long)unit->seq);
}

/* Its own lines of the register, as schemas/register.md has them. */
static void own_lines(struct buf *out, const struct crowd_unit *unit)
{
	buf_addf(out,
		 "提案: %s\n承办:\n  - 单位: 单位%s (%s)\n    承办人: "
		 "第%llu稿\n",
		 unit->key_of_case, unit->code, unit->code,
		 (unsigned long long)unit->seq);
}

static void make_tree(struct oid *out, struct crowd_unit *unit, uint64_t origin,
		      struct repository *hub)
{
	struct tree_edit edits[2] = {{.path = OUTBOX_CHANGES}};
	struct buf bytes = BUF_INIT;
	struct err err = {0};
	char path[64];

	next_batch(&bytes, unit, origin);
	must(repository_write(&edits[0].oid, hub, OBJECT_BLOB, bytes.data,
			      bytes.len, &err),
	     &err, "write a batch");
	buf_clear(&bytes);
	own_lines(&bytes, unit);
	must(repository_write(&edits[1].oid, hub, OBJECT_BLOB, bytes.data,
			      bytes.len, &err),
	     &err, "write a register file");
	snprintf(path, sizeof(path), "register/1-1/%s.yaml",
		 unit->key_of_case + strlen("1-1-"));
	edits[1].path = path;
	must(repository_edit_tree(out, hub, NULL, edits, 2, &err), &err,
	     "make a tree");
	buf_release(&bytes);
}

static void commit_change(struct crowd_unit *unit, uint64_t origin,
			  struct repository *hub)
{
	struct commit_draft draft = {.parents = &unit->tip,
				     .n_parents = unit->seq > 0};
	struct err err = {0};
	char message[256];

	make_tree(&draft.tree, unit, origin, hub);
	message_of(message, unit, origin);
	draft.author = (struct commit_ident){unit->code, "n@example.org",
					     (int64_t)clock_now_ms() / 1000};
	draft.committer = draft.author;
	draft.message = message;
	must(commit_write(&unit->tip, hub, &draft, &unit->key, &err), &err,
	     "commit");
}

void crowd_write(struct crowd *crowd, size_t first, size_t units)
{
	struct repository *hub = NULL;
	struct buf ref = BUF_INIT;
	struct err err = {0};

	must(repository_open(&hub, crowd->world.hub, REPOSITORY_WRITE, &err),
	     &err, "open the hub");
	must(repository_lock(hub, &err), &err, "lock the hub");
	for (size_t i = first; i < first + units; i++)
		commit_change(&crowd->units[i], corpus_origin(i), hub);
	must(repository_flush(hub, &err), &err, "write a pack");
	for (size_t i = first; i < first + units; i++) {
		buf_clear(&ref);
		refs_outbox(&ref, crowd->units[i].code, corpus_origin(i));
		must(repository_set_ref(hub, buf_text(&ref),
					&crowd->units[i].tip, NULL, &err),
		     &err, "move a ref");
	}
	repository_unlock(hub);
	repository_close(hub);
	buf_release(&ref);
}
