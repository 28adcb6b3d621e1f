/* tree.c - git's tree objects as bytes. */
#include "sync/git/tree.h"

#include <string.h>

static const char MODE_FILE[] = "100644 ";
static const char MODE_TREE[] = "40000 ";

void tree_cursor_init(struct tree_cursor *cursor, const struct buf *raw)
{
	*cursor = (struct tree_cursor){.at = buf_text(raw)};
	cursor->end = cursor->at + raw->len;
}

int tree_compare(const struct tree_entry *a, const struct tree_entry *b)
{
	size_t len = a->name_len < b->name_len ? a->name_len : b->name_len;
	int order = memcmp(a->name, b->name, len);
	unsigned char ca;
	unsigned char cb;

	if (order != 0)
		return order;
	ca = a->name_len > len ? (unsigned char)a->name[len]
			       : (a->is_tree ? '/' : 0);
	cb = b->name_len > len ? (unsigned char)b->name[len]
			       : (b->is_tree ? '/' : 0);
	return (ca > cb) - (ca < cb);
}

static bool name_allowed(const struct tree_entry *entry)
{
	if (entry->name_len == 0 ||
	    memchr(entry->name, '/', entry->name_len) != NULL)
		return false;
	return entry->name[0] != '.' || (strcmp(entry->name, ".") != 0 &&
					 strcmp(entry->name, "..") != 0 &&
					 strcasecmp(entry->name, ".git") != 0);
}

static bool starts(const struct tree_cursor *cursor, const char *mode)
{
	size_t len = strlen(mode);

	return (size_t)(cursor->end - cursor->at) > len &&
	       memcmp(cursor->at, mode, len) == 0;
}

int tree_next(struct tree_entry *entry, struct tree_cursor *cursor,
	      struct err *err)
{
	const char *nul;

	if (cursor->at == cursor->end)
		return 0;
	entry->is_tree = starts(cursor, MODE_TREE);
	if (!entry->is_tree && !starts(cursor, MODE_FILE))
		return err_set(err, ERR_CORRUPT,
			       "tree holds what is neither file nor folder");
	cursor->at += strlen(entry->is_tree ? MODE_TREE : MODE_FILE);
	nul = memchr(cursor->at, '\0', (size_t)(cursor->end - cursor->at));
	if (nul == NULL || cursor->end - nul < 1 + OID_SIZE)
		return err_set(err, ERR_CORRUPT, "tree is cut off");
	entry->name = cursor->at;
	entry->name_len = (size_t)(nul - cursor->at);
	memcpy(entry->oid.bytes, nul + 1, OID_SIZE);
	cursor->at = nul + 1 + OID_SIZE;
	if (!name_allowed(entry) || (cursor->last.name != NULL &&
				     tree_compare(&cursor->last, entry) >= 0))
		return err_set(err, ERR_CORRUPT,
			       "tree is not in order at '%.64s'", entry->name);
	cursor->last = *entry;
	return 1;
}

void tree_skip_same(struct tree_cursor *a, struct tree_cursor *b)
{
	for (;;) {
		size_t left = (size_t)(a->end - a->at);
		const char *nul = memchr(a->at, '\0', left);
		size_t len;

		if (nul == NULL)
			return;
		len = (size_t)(nul - a->at) + 1 + OID_SIZE;
		if (len > left || len > (size_t)(b->end - b->at) ||
		    memcmp(a->at, b->at, len) != 0)
			return;
		a->at += len;
		b->at += len;
	}
}

bool tree_seek(struct tree_entry *at, bool *more, struct tree_cursor *cursor,
	       const struct tree_entry *entry)
{
	struct err ignored;

	while (*more && tree_compare(at, entry) < 0)
		*more = tree_next(at, cursor, &ignored) > 0;
	return *more && tree_compare(at, entry) == 0;
}

int tree_find(struct tree_entry *entry, const struct buf *raw, const char *name,
	      size_t len, struct err *err)
{
	struct tree_cursor cursor;
	int rc;

	tree_cursor_init(&cursor, raw);
	while ((rc = tree_next(entry, &cursor, err)) > 0)
		if (entry->name_len == len &&
		    memcmp(entry->name, name, len) == 0)
			return 0;
	return rc < 0 ? rc
		      : err_set(err, ERR_MISSING, "no '%.*s' in the tree",
				(int)len, name);
}

static void add_entry(struct buf *out, const struct tree_entry *entry)
{
	if (oid_is_zero(&entry->oid))
		return;
	buf_adds(out, entry->is_tree ? MODE_TREE : MODE_FILE);
	buf_add(out, entry->name, entry->name_len);
	buf_addc(out, '\0');
	buf_add(out, entry->oid.bytes, OID_SIZE);
}

int tree_write(struct buf *out, const struct buf *base,
	       const struct tree_entry *changes, size_t n, struct err *err)
{
	static const struct buf nothing = BUF_INIT;
	struct tree_cursor cursor;
	struct tree_entry entry;
	size_t next = 0;
	int rc;

	tree_cursor_init(&cursor, base != NULL ? base : &nothing);
	while ((rc = tree_next(&entry, &cursor, err)) > 0) {
		int order = -1;

		while (next < n &&
		       (order = tree_compare(&changes[next], &entry)) < 0)
			add_entry(out, &changes[next++]);
		if (next < n && order == 0)
			add_entry(out, &changes[next++]);
		else
			add_entry(out, &entry);
	}
	if (rc < 0)
		return rc;
	while (next < n)
		add_entry(out, &changes[next++]);
	return buf_check(out, err);
}
