/* buf.h - a growable byte string, always terminated by a NUL that does not
 * count. Knows nothing of what the bytes mean.
 *
 * Appending never fails halfway: out of memory is remembered in `failed` and
 * asked once, at the end, with buf_check. */
#ifndef TIAN_CORE_BUF_H
#define TIAN_CORE_BUF_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/err.h"

struct buf {
	char *data; /* owned; NULL while empty and never appended to */
	size_t len;
	size_t cap;
	bool failed;
};

#define BUF_INIT                  \
	{                         \
		NULL, 0, 0, false \
	}

void buf_release(struct buf *buf); /* frees; usable again as BUF_INIT */
void buf_clear(struct buf *buf);   /* length 0, keeps the memory */
void buf_truncate(struct buf *buf, size_t len); /* len <= buf->len */
void buf_add(struct buf *buf, const void *bytes, size_t len);
/* Appends `len` bytes for the caller to fill; NULL: out of memory. */
char *buf_extend(struct buf *buf, size_t len);
void buf_adds(struct buf *buf, const char *text);
void buf_addc(struct buf *buf, char c);
void buf_addf(struct buf *buf, const char *fmt, ...) ERR_PRINTF(2, 3);
/* 0, or ERR_FAIL if any append ran out of memory. */
int buf_check(const struct buf *buf, struct err *err);
/* The text, "" while empty. Borrowed until the next append. */
const char *buf_text(const struct buf *buf);
/* Hands the bytes over (free them); buf is empty afterwards. NULL on OOM. */
char *buf_take(struct buf *buf);
/* Reads a whole file, at most `limit` bytes; ERR_MISSING if there is none,
 * ERR_INPUT if it is larger. */
int buf_read_file(struct buf *buf, const char *path, size_t limit,
		  struct err *err);
/* The same from where an open file stands; `path` is for errors only. */
int buf_read_fd(struct buf *buf, int fd, size_t limit, const char *path,
		struct err *err);
/* Writes path.tmp, fsyncs, renames over path, fsyncs the folder. */
int buf_write_file(const struct buf *buf, const char *path, int mode,
		   struct err *err);

#endif
