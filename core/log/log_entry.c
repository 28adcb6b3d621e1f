/* log_entry.c - reading rows of the change log. */
#include "core/log/log_entry.h"

#include <stdlib.h>

static int read_bases(struct log_entry *entry, struct replica *replica,
		      sqlite3_stmt *stmt, struct err *err)
{
	const void *blob = sqlite3_column_blob(stmt, 7);
	size_t n = (size_t)sqlite3_column_bytes(stmt, 7) / 8;
	int rc = 0;

	if (n > entry->cap_bases) {
		struct change_id *bases =
			realloc(entry->bases, n * sizeof(*bases));

		if (bases == NULL)
			return err_nomem(err);
		entry->bases = bases;
		entry->cap_bases = n;
	}
	for (size_t i = 0; rc == 0 && i < n; i++)
		rc = store_change_id(&entry->bases[i], replica,
				     store_base_at(blob, i), err);
	entry->change.bases = entry->bases;
	entry->change.n_bases = n;
	return rc;
}

static void read_extra(struct change *change, sqlite3_stmt *stmt)
{
	const unsigned char *raw = sqlite3_column_blob(stmt, 9);
	size_t len = (size_t)sqlite3_column_bytes(stmt, 9);

	change->extra = NULL;
	change->extra_len = 0;
	change->n_extra = 0;
	if (len < 4)
		return;
	for (int k = 0; k < 4; k++)
		change->n_extra = change->n_extra << 8 | raw[k];
	change->extra = (const char *)raw + 4;
	change->extra_len = len - 4;
}

int log_entry_read(struct log_entry *entry, struct replica *replica,
		   sqlite3_stmt *stmt, struct err *err)
{
	struct change *change = &entry->change;
	int64_t flags = db_int(stmt, 6);

	change->id.origin = (uint64_t)db_int(stmt, 10);
	change->id.seq = (uint64_t)db_int(stmt, 0) &
			 ((1ULL << STORE_SEQ_BITS) - 1);
	change->entity = (uint32_t)db_int(stmt, 1);
	change->row = db_text(stmt, 2);
	change->row_len = (size_t)sqlite3_column_bytes(stmt, 2);
	change->field = (uint32_t)db_int(stmt, 3);
	change->clock = (uint64_t)db_int(stmt, 4);
	change->reason = db_is_null(stmt, 8) ? NULL : db_text(stmt, 8);
	change->reason_len = (size_t)sqlite3_column_bytes(stmt, 8);
	read_extra(change, stmt);
	entry->face = (struct change_log_entry){
		.change = change,
		.site = db_text(stmt, 11),
		.author = db_text(stmt, 12),
		.refused = (flags & STORE_REFUSED) != 0,
		.clock_ahead = (flags & STORE_CLOCK_AHEAD) != 0};
	if (store_column_value(&change->value, &entry->value, stmt, 5, 6, err) <
	    0)
		return err->code;
	return read_bases(entry, replica, stmt, err);
}

void log_entry_release(struct log_entry *entry)
{
	buf_release(&entry->value);
	free(entry->bases);
	*entry = (struct log_entry){0};
}

int log_entry_each(struct replica *replica, sqlite3_stmt *stmt,
		   change_log_fn *fn, void *ctx, struct err *err)
{
	struct log_entry entry = {0};
	int rc;

	while ((rc = db_step(replica->db, stmt, err)) > 0) {
		rc = log_entry_read(&entry, replica, stmt, err);
		if (rc < 0)
			break;
		entry.face.head = db_int(stmt, LOG_COLUMN_COUNT) != 0;
		entry.face.shown = db_int(stmt, LOG_COLUMN_COUNT + 1) != 0;
		rc = fn(&entry.face, ctx, err);
		if (rc != 0)
			break;
	}
	sqlite3_reset(stmt);
	log_entry_release(&entry);
	return rc;
}
