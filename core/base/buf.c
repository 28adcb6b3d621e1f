/* buf.c - a growable byte string, and whole files in and out of it.
 * Refuses to know what the bytes mean. */
#include "core/base/buf.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

enum { BUF_FIRST = 64, BUF_READ_STEP = 65536 };

/* Room for `more` bytes and the NUL after them. */
static bool buf_grow(struct buf *buf, size_t more)
{
	size_t need;
	size_t cap = buf->cap ? buf->cap : BUF_FIRST;
	char *data;

	if (buf->failed)
		return false;
	if (more > SIZE_MAX / 4 || buf->len > SIZE_MAX / 4) {
		buf->failed = true;
		return false;
	}
	need = buf->len + more + 1;
	if (need <= buf->cap)
		return true;
	while (cap < need)
		cap += cap / 2;
	data = realloc(buf->data, cap);
	if (!data) {
		buf->failed = true;
		return false;
	}
	buf->data = data;
	buf->cap = cap;
	return true;
}

void buf_release(struct buf *buf)
{
	free(buf->data);
	*buf = (struct buf)BUF_INIT;
}

void buf_clear(struct buf *buf)
{
	buf->len = 0;
	buf->failed = false;
	if (buf->data)
		buf->data[0] = '\0';
}

/* Does not forget a failure. */
void buf_truncate(struct buf *buf, size_t len)
{
	assert(len <= buf->len);
	buf->len = len;
	if (buf->data)
		buf->data[len] = '\0';
}

void buf_add(struct buf *buf, const void *bytes, size_t len)
{
	if (!buf_grow(buf, len))
		return;
	if (len > 0)
		memcpy(buf->data + buf->len, bytes, len);
	buf->len += len;
	buf->data[buf->len] = '\0';
}

char *buf_extend(struct buf *buf, size_t len)
{
	char *added;

	if (!buf_grow(buf, len))
		return NULL;
	added = buf->data + buf->len;
	buf->len += len;
	buf->data[buf->len] = '\0';
	return added;
}

void buf_adds(struct buf *buf, const char *text)
{
	buf_add(buf, text, strlen(text));
}

void buf_addc(struct buf *buf, char c)
{
	buf_add(buf, &c, 1);
}

void buf_addf(struct buf *buf, const char *fmt, ...)
{
	va_list args;
	va_list again;
	int len;

	va_start(args, fmt);
	va_copy(again, args);
	len = vsnprintf(NULL, 0, fmt, args);
	if (len < 0)
		buf->failed = true;
	else if (buf_grow(buf, (size_t)len)) {
		(void)vsnprintf(buf->data + buf->len, (size_t)len + 1, fmt,
				again);
		buf->len += (size_t)len;
	}
	va_end(again);
	va_end(args);
}

int buf_check(const struct buf *buf, struct err *err)
{
	return buf->failed ? err_nomem(err) : 0;
}

const char *buf_text(const struct buf *buf)
{
	return buf->data ? buf->data : "";
}

char *buf_take(struct buf *buf)
{
	char *data;

	buf_add(buf, "", 0);
	if (buf->failed) {
		buf_release(buf);
		return NULL;
	}
	data = buf->data; /* the caller's now: free */
	*buf = (struct buf)BUF_INIT;
	return data;
}

/* Reads until the end or one byte more than `limit`, which tells the two
 * apart. */
int buf_read_fd(struct buf *buf, int fd, size_t limit, const char *path,
		struct err *err)
{
	size_t begin = buf->len;

	for (;;) {
		size_t want = limit - (buf->len - begin);
		ssize_t got;

		want = want < BUF_READ_STEP ? want + 1 : BUF_READ_STEP;
		if (!buf_grow(buf, want))
			return err_nomem(err);
		got = read(fd, buf->data + buf->len, want);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return err_errno(err, "read %s", path);
		buf->len += (size_t)got;
		buf->data[buf->len] = '\0';
		if (got == 0)
			return 0;
		if (buf->len - begin > limit)
			return err_set(err, ERR_INPUT,
				       "%s is larger than %zu bytes", path,
				       limit);
	}
}

int buf_read_file(struct buf *buf, const char *path, size_t limit,
		  struct err *err)
{
	size_t begin = buf->len;
	int fd;
	int rc = 0;

	do
		fd = open(path, O_RDONLY | O_CLOEXEC);
	while (fd < 0 && errno == EINTR);
	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
		return err_set(err, ERR_MISSING, "no file %s", path);
	if (fd < 0)
		return err_errno(err, "open %s", path);
	rc = buf_read_fd(buf, fd, limit, path, err);
	if (rc)
		buf_truncate(buf, begin);
	(void)close(fd);
	return rc;
}

static int buf_write_fd(const struct buf *buf, int fd, const char *path,
			struct err *err)
{
	size_t at = 0;

	while (at < buf->len) {
		ssize_t put = write(fd, buf->data + at, buf->len - at);

		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return err_errno(err, "write %s", path);
		at += (size_t)put;
	}
	if (fsync(fd) < 0)
		return err_errno(err, "fsync %s", path);
	return 0;
}

/* A rename is durable only once its folder is. */
static int buf_sync_folder(const char *path, struct err *err)
{
	const char *slash = strrchr(path, '/');
	struct buf folder = BUF_INIT;
	int fd = -1;
	int rc = 0;

	if (!slash)
		buf_adds(&folder, ".");
	else
		buf_add(&folder, path,
			slash == path ? 1 : (size_t)(slash - path));
	if ((rc = buf_check(&folder, err)) < 0)
		goto done;
	fd = open(folder.data, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0) {
		rc = err_errno(err, "open %s", folder.data);
		goto done;
	}
	/* Some file systems cannot sync a folder, and need not. */
	if (fsync(fd) < 0 && errno != EINVAL && errno != ENOTSUP)
		rc = err_errno(err, "fsync %s", folder.data);
done:
	if (fd >= 0)
		(void)close(fd);
	buf_release(&folder);
	return rc;
}

int buf_write_file(const struct buf *buf, const char *path, int mode,
		   struct err *err)
{
	struct buf temp = BUF_INIT;
	int fd = -1;
	int rc = 0;

	buf_addf(&temp, "%s.tmp", path);
	if ((rc = buf_check(&temp, err)) < 0 || (rc = buf_check(buf, err)) < 0)
		goto done;
	/* One left by a killed process may have another mode or owner. */
	(void)unlink(temp.data);
	fd = open(temp.data, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
		  (mode_t)mode);
	if (fd < 0) {
		rc = err_errno(err, "%s cannot be written", path);
		goto done;
	}
	rc = buf_write_fd(buf, fd, temp.data, err);
	if (close(fd) < 0 && !rc)
		rc = err_errno(err, "close %s", temp.data);
	if (!rc && rename(temp.data, path) < 0)
		rc = err_errno(err, "rename %s", temp.data);
	if (rc < 0)
		(void)unlink(temp.data);
	else
		rc = buf_sync_folder(path, err);
done:
	buf_release(&temp);
	return rc;
}
