/* log_entry.h - reading rows of the change log, inside core/.
 * Knows the columns every query of the log selects, in this order. */
#ifndef TIAN_CORE_LOG_ENTRY_H
#define TIAN_CORE_LOG_ENTRY_H

#include "core/log/change_log.h"
#include "core/log/change_store.h"

#define LOG_COLUMNS                                                        \
	"c.id, r.entity, r.key, c.cell & 4095, c.clock, c.value, c.flags," \
	" c.bases, c.reason, c.extra, o.origin, o.site, a.name"
#define LOG_JOINS                              \
	" JOIN _origin o ON o.id = c.id >> 40" \
	" JOIN _author a ON a.id = c.author"
enum { LOG_COLUMN_COUNT = 13 };

struct log_entry {
	struct change change;
	struct change_log_entry face;
	struct buf value;
	struct change_id *bases;
	size_t cap_bases;
};

/* Fills *entry from the row at hand; borrowed until the next step. head and
 * shown are left false. */
int log_entry_read(struct log_entry *entry, struct replica *replica,
		   sqlite3_stmt *stmt, struct err *err);
void log_entry_release(struct log_entry *entry);
/* Steps through a bound statement calling `fn`; a row's head and shown come
 * from columns LOG_COLUMN_COUNT and the next. */
int log_entry_each(struct replica *replica, sqlite3_stmt *stmt,
		   change_log_fn *fn, void *ctx, struct err *err);
/* The heads of a cell by its number. */
int log_cell_heads(struct replica *replica, int64_t cell, change_log_fn *fn,
		   void *ctx, struct err *err);

#endif
