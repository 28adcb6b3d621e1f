/* tree.h - git's tree objects as bytes: read entry by entry, checked, and
 * written with some entries changed.
 * Knows the format (mode SP name NUL oid, in git's order); no repository. */
#ifndef TIAN_SYNC_TREE_H
#define TIAN_SYNC_TREE_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/buf.h"
#include "sync/git/oid.h"

struct tree_entry {
	const char *name; /* borrowed, terminated */
	size_t name_len;
	bool is_tree; /* otherwise a plain file */
	struct oid oid;
};

struct tree_cursor {
	const char *at; /* borrowed */
	const char *end;
	struct tree_entry last; /* to check the order */
};

void tree_cursor_init(struct tree_cursor *cursor, const struct buf *raw);
/* 1 an entry, 0 the end. ERR_CORRUPT: not a tree that git would accept, or
 * entries other than plain files and folders. */
int tree_next(struct tree_entry *entry, struct tree_cursor *cursor,
	      struct err *err);
/* Passes over the entries that both hold next, byte by byte the same; unread,
 * so of trees that need not be checked here. */
void tree_skip_same(struct tree_cursor *a, struct tree_cursor *b);
/* Reads on to where `entry` stands or would: *at is what was read last, *more
 * whether there is any; true if it is there. Damage ends it. */
bool tree_seek(struct tree_entry *at, bool *more, struct tree_cursor *cursor,
	       const struct tree_entry *entry);
/* git's order: a folder sorts as if its name ended in '/'. */
int tree_compare(const struct tree_entry *a, const struct tree_entry *b);
/* The entry of that name in `raw`; ERR_MISSING if there is none. */
int tree_find(struct tree_entry *entry, const struct buf *raw, const char *name,
	      size_t len, struct err *err);

/* Appends a tree: `base` (may be NULL) with the changes, which are sorted by
 * name and name each entry once; a zero oid takes an entry out. Names must
 * not change between file and folder. */
int tree_write(struct buf *out, const struct buf *base,
	       const struct tree_entry *changes, size_t n, struct err *err);

#endif
