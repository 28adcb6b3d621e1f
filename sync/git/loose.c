/* loose.c - one object in a file of its own. */
#include "sync/git/loose.h"

#include <string.h>

#include "core/base/deflate.h"

enum { HEAD_MAX = 32, DIGITS_MAX = 9 };

static const struct {
	const char *name;
	size_t limit;
} kinds[] = {
	[OBJECT_COMMIT] = {"commit ", OBJECT_COMMIT_MAX},
	[OBJECT_TREE] = {"tree ", OBJECT_TREE_MAX},
	[OBJECT_BLOB] = {"blob ", OBJECT_BLOB_MAX},
};

/* How long the head is with its NUL, 0 where there is none. `text` ends in a
 * NUL of ours. */
static size_t parse_head(enum object_kind *kind, size_t *size, const char *text,
			 size_t len)
{
	const char *at = NULL;
	const char *digits;

	for (int i = OBJECT_COMMIT; at == NULL && i <= OBJECT_BLOB; i++)
		if (strncmp(text, kinds[i].name, strlen(kinds[i].name)) == 0) {
			*kind = (enum object_kind)i;
			at = text + strlen(kinds[i].name);
		}
	if (at == NULL)
		return 0;
	*size = 0;
	for (digits = at; *at >= '0' && *at <= '9'; at++) {
		if (at - digits == DIGITS_MAX)
			return 0;
		*size = *size * 10 + (size_t)(*at - '0');
	}
	if (at == digits || *at != '\0' || (size_t)(at - text) >= len)
		return 0;
	return (size_t)(at - text) + 1;
}

static int read_head(size_t *head, enum object_kind *kind, size_t *size,
		     const void *bytes, size_t len, struct err *err)
{
	struct buf text = BUF_INIT;
	bool whole;
	int rc = deflate_inflate(&text, &whole, bytes, len, HEAD_MAX, err);

	*head = 0;
	if (rc == 0)
		*head = parse_head(kind, size, buf_text(&text), text.len);
	if (rc == 0 && *head == 0)
		rc = err_set(err, ERR_CORRUPT, "a loose object without a head");
	else if (rc == 0 && *size > kinds[*kind].limit)
		rc = err_set(err, ERR_CORRUPT,
			     "a loose object of %zu bytes, more than %zu",
			     *size, kinds[*kind].limit);
	buf_release(&text);
	return rc;
}

int loose_head(enum object_kind *kind, size_t *size, const void *bytes,
	       size_t len, struct err *err)
{
	size_t head;

	return read_head(&head, kind, size, bytes, len, err);
}

int loose_read(struct buf *body, enum object_kind *kind, const void *bytes,
	       size_t len, struct err *err)
{
	struct buf plain = BUF_INIT;
	bool whole = false;
	size_t head;
	size_t size;
	int rc = read_head(&head, kind, &size, bytes, len, err);

	buf_clear(body);
	if (rc == 0)
		rc = deflate_inflate(&plain, &whole, bytes, len, head + size,
				     err);
	if (rc == 0 && (!whole || plain.len != head + size))
		rc = err_set(err, ERR_CORRUPT,
			     "a loose object is not as large as it says");
	if (rc == 0) {
		buf_add(body, plain.data + head, size);
		rc = buf_check(body, err);
	}
	buf_release(&plain);
	return rc;
}
