/* dump.c - random schedules, as the bytes that travel and as what the engine
 * made of them, for compare.py to fold a second time.
 * Usage: dump FOLDER SEED N. Knows core/, the wire and the tests' schedules.
 *
 * FOLDER/SEED/: one NUMBER.msgpack a batch, verdicts.msgpack, engine.jsonl
 * with a line for each cell in the form that fold.py prints. */
#include <errno.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "core/merge/cell.h"
#include "core/merge/fold.h"
#include "sync/wire/batch.h"
#include "sync/wire/verdicts.h"
#include "tests/core/schedule_helper.h"

static void must(int rc, const struct err *err)
{
	if (rc >= 0)
		return;
	fprintf(stderr, "dump: %s\n", err->text);
	exit(1);
}

static void write_bytes(const struct buf *bytes, const char *folder,
			const char *name)
{
	struct err err = {0};

	must(buf_write_file(bytes, helper_path(folder, name), 0644, &err),
	     &err);
}

static void write_batches(struct node *node, const char *folder)
{
	struct err err = {0};
	struct change_log_range range = {.limit = 7, .limit_bytes = 1 << 20};
	struct batch *batch;
	char name[32];
	int files = 0;

	for (int i = 0;; i++) {
		const char *origin = ask(node,
					 "SELECT origin FROM _origin ORDER BY"
					 " origin LIMIT 1 OFFSET %d",
					 i);

		if (*origin == '\0')
			return;
		range.origin = strtoull(origin, NULL, 10);
		range.from = 1;
		for (;;) {
			struct buf bytes = BUF_INIT;

			must(change_log_batch(&batch, node->replica, &range,
					      &err),
			     &err);
			if (batch == NULL)
				break;
			must(batch_encode(&bytes, batch, &err), &err);
			snprintf(name, sizeof(name), "%d.msgpack", files++);
			write_bytes(&bytes, folder, name);
			buf_release(&bytes);
			range.from =
				batch->changes[batch->n_changes - 1].id.seq + 1;
			batch_free(batch);
		}
	}
}

static void write_verdicts(struct node *node, const char *folder)
{
	struct err err = {0};
	struct buf bytes = BUF_INIT;
	struct verdict *verdicts = NULL;
	size_t n = helper_verdicts(&verdicts, node);

	must(verdicts_encode(&bytes, verdicts, n, &err), &err);
	write_bytes(&bytes, folder, "verdicts.msgpack");
	buf_release(&bytes);
	free(verdicts);
}

static void add_string(struct buf *out, const char *text, size_t len)
{
	buf_addc(out, '"');
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];

		if (c < 0x20 || c == '"' || c == '\\')
			buf_addf(out, "\\u%04x", c);
		else
			buf_addc(out, (char)c);
	}
	buf_addc(out, '"');
}

static void add_value(struct buf *out, const struct value *value)
{
	switch (value->type) {
	case VALUE_NULL:
		buf_adds(out, "null");
		break;
	case VALUE_INT:
		buf_addf(out, "%" PRId64, value->integer);
		break;
	case VALUE_REAL:
		buf_addf(out, "%.17g", value->real);
		break;
	case VALUE_TEXT:
		add_string(out, value->bytes, value->len);
		break;
	case VALUE_BLOB:
		buf_adds(out, "{\"hex\":\"");
		for (size_t i = 0; i < value->len; i++)
			buf_addf(out, "%02x", (unsigned char)value->bytes[i]);
		buf_adds(out, "\"}");
		break;
	}
}

static void add_heads(struct buf *out, struct node *node,
		      const struct cell_heads *heads)
{
	struct err err = {0};
	char text[CHANGE_ID_TEXT];
	struct change_id id;

	buf_adds(out, ",\"heads\":[");
	for (size_t i = 0; i < heads->n; i++) {
		must(store_change_id(&id, node->replica, heads->ids[i], &err),
		     &err);
		change_id_format(text, id);
		buf_addf(out, "%s\"%s\"", i > 0 ? "," : "", text);
	}
	buf_addc(out, ']');
}

static void add_cell(struct buf *out, struct node *node, int64_t number)
{
	static const char *const names[] = {"none", "soft", "hard"};
	struct err err = {0};
	struct buf row = BUF_INIT;
	struct buf bytes = BUF_INIT;
	struct cell_heads heads;
	struct value shown;
	struct cell cell;

	must(cell_load(&cell, &row, node->replica, number, &err), &err);
	must(cell_heads(&heads, node->replica, number, &err), &err);
	/* What the table shows; only where it has no such field, the fold. */
	if (cell.field != NULL)
		must(cell_shown(&shown, &bytes, node->replica, &cell, &err),
		     &err);
	else
		must(fold_value(&shown, &bytes, node->replica, &cell, &heads,
				&err),
		     &err);
	buf_adds(out, "{\"entity\":");
	if (cell.entity != NULL)
		buf_addf(out, "\"%s\"", cell.entity->name);
	else
		buf_addf(out, "%u", cell.entity_id);
	buf_adds(out, ",\"row\":");
	add_string(out, cell.row, cell.row_len);
	if (cell.field != NULL)
		buf_addf(out, ",\"field\":\"%s\"", cell.field->name);
	else
		buf_addf(out, ",\"field\":%u", cell.field_id);
	add_heads(out, node, &heads);
	buf_addf(out, ",\"severity\":\"%s\",\"shown\":",
		 names[atoi(ask(node,
				"SELECT severity FROM _conflict WHERE cell ="
				" %lld",
				(long long)number))]);
	add_value(out, &shown);
	buf_adds(out, "}\n");
	cell_heads_release(&heads);
	buf_release(&bytes);
	buf_release(&row);
}

static void write_cells(struct node *node, const char *folder)
{
	struct buf out = BUF_INIT;
	sqlite3_stmt *stmt = NULL;

	sqlite3_prepare_v2(node->plain, "SELECT DISTINCT cell FROM _head", -1,
			   &stmt, NULL);
	while (sqlite3_step(stmt) == SQLITE_ROW)
		add_cell(&out, node, sqlite3_column_int64(stmt, 0));
	sqlite3_finalize(stmt);
	write_bytes(&out, folder, "engine.jsonl");
	buf_release(&out);
}

int main(int argc, char **argv)
{
	struct world *world;
	uint64_t seed;
	uint64_t n;
	char name[24];

	if (argc != 4) {
		fprintf(stderr, "usage: dump FOLDER SEED N\n");
		return 2;
	}
	seed = strtoull(argv[2], NULL, 10);
	n = strtoull(argv[3], NULL, 10);
	world = world_open();
	for (uint64_t i = seed; i < seed + n; i++) {
		const char *folder;

		world_run(world, i % 2 ? SCHEDULE_HUB : SCHEDULE_MESH, i, 0);
		snprintf(name, sizeof(name), "%" PRIu64, i);
		folder = strdup(helper_path(argv[1], name));
		if (mkdir(folder, 0777) != 0 && errno != EEXIST) {
			perror(folder);
			return 1;
		}
		write_batches(world_office(world), folder);
		write_verdicts(world_office(world), folder);
		write_cells(world_office(world), folder);
		free((void *)(uintptr_t)folder);
	}
	world_close(world);
	return 0;
}
