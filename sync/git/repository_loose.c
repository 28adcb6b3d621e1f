/* repository_loose.c - a repository's loose objects. Knows where the files are;
 * never writes one. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sync/git/loose.h"
#include "sync/git/repository_room.h"

static void file_of(char out[PATH_MAX], const struct repository *repository,
		    const struct oid *oid)
{
	char hex[OID_TEXT];

	oid_format(hex, oid);
	snprintf(out, PATH_MAX, "%s/objects/%.2s/%s", repository->path, hex,
		 hex + 2);
}

static int read_head(struct buf *out, int fd, const char *path, struct err *err)
{
	char head[LOOSE_HEAD_FILE];
	ssize_t n = read(fd, head, sizeof(head));

	if (n < 0)
		return err_errno(err, "read %s", path);
	buf_add(out, head, (size_t)n);
	return buf_check(out, err);
}

/* Regular files only: a pipe would never end, and waits to be opened. */
static int read_file(struct buf *out, const struct repository *repository,
		     const struct oid *oid, bool head, struct err *err)
{
	char path[PATH_MAX];
	struct stat st;
	int fd;
	int rc;

	file_of(path, repository, oid);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);
	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
		return err_set(err, ERR_MISSING, "no %s", path);
	if (fd < 0 && (errno == ELOOP || errno == ENXIO))
		return err_set(err, ERR_CORRUPT, "%s is no file", path);
	if (fd < 0)
		return err_errno(err, "open %s", path);
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
		rc = err_set(err, ERR_CORRUPT, "%s is no file", path);
	else
		rc = head ? read_head(out, fd, path, err)
			  : buf_read_fd(out, fd, LOOSE_FILE_MAX, path, err);
	close(fd);
	return rc;
}

int repository_loose_read(struct buf *out, enum object_kind *kind,
			  const struct repository *repository,
			  const struct oid *oid, struct err *err)
{
	struct buf file = BUF_INIT;
	int rc = read_file(&file, repository, oid, false, err);

	if (rc == 0)
		rc = loose_read(out, kind, buf_text(&file), file.len, err);
	buf_release(&file);
	return rc;
}

int repository_loose_head(enum object_kind *kind, size_t *size,
			  const struct repository *repository,
			  const struct oid *oid, struct err *err)
{
	struct buf file = BUF_INIT;
	int rc = read_file(&file, repository, oid, true, err);

	if (rc == 0)
		rc = loose_head(kind, size, buf_text(&file), file.len, err);
	buf_release(&file);
	return rc;
}

bool repository_loose_has(const struct repository *repository,
			  const struct oid *oid)
{
	char path[PATH_MAX];

	file_of(path, repository, oid);
	return access(path, F_OK) == 0;
}
