/* repository_loose.c - loose objects for libgit2's object database, read by
 * our own reader. Knows where the files are; never writes one. */
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

struct loose_backend {
	git_odb_backend parent; /* first: libgit2 knows this one */
	char *objects;
};

static const git_object_t types[] = {
	[OBJECT_COMMIT] = GIT_OBJECT_COMMIT,
	[OBJECT_TREE] = GIT_OBJECT_TREE,
	[OBJECT_BLOB] = GIT_OBJECT_BLOB,
};

static void file_of(char out[PATH_MAX], const git_odb_backend *backend,
		    const git_oid *id)
{
	const struct loose_backend *loose =
		(const struct loose_backend *)backend;
	char hex[GIT_OID_HEXSZ + 1];

	libgit.oid_tostr(hex, sizeof(hex), id);
	snprintf(out, PATH_MAX, "%s/%.2s/%s", loose->objects, hex, hex + 2);
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
static int read_file(struct buf *out, const git_odb_backend *backend,
		     const git_oid *id, bool head, struct err *err)
{
	char path[PATH_MAX];
	struct stat st;
	int fd;
	int rc;

	file_of(path, backend, id);
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

static int loose_read_object(void **data, size_t *len, git_object_t *type,
			     git_odb_backend *backend, const git_oid *id)
{
	struct buf file = BUF_INIT;
	struct buf body = BUF_INIT;
	enum object_kind kind = OBJECT_BLOB;
	struct err err = {0};
	int rc = read_file(&file, backend, id, false, &err);

	if (rc == 0)
		rc = loose_read(&body, &kind, buf_text(&file), file.len, &err);
	if (rc == 0) {
		*data = libgit.odb_backend_data_alloc(backend, body.len + 1);
		rc = *data == NULL ? err_nomem(&err) : 0;
	}
	if (rc == 0) {
		memcpy(*data, buf_text(&body), body.len + 1);
		*len = body.len;
		*type = types[kind];
	}
	buf_release(&body);
	buf_release(&file);
	return rc < 0 ? repository_backend_failed(&err) : 0;
}

static int loose_read_head(size_t *len, git_object_t *type,
			   git_odb_backend *backend, const git_oid *id)
{
	struct buf file = BUF_INIT;
	enum object_kind kind = OBJECT_BLOB;
	struct err err = {0};
	int rc = read_file(&file, backend, id, true, &err);

	if (rc == 0)
		rc = loose_head(&kind, len, buf_text(&file), file.len, &err);
	if (rc == 0)
		*type = types[kind];
	buf_release(&file);
	return rc < 0 ? repository_backend_failed(&err) : 0;
}

static int loose_exists(git_odb_backend *backend, const git_oid *id)
{
	char path[PATH_MAX];

	file_of(path, backend, id);
	return access(path, F_OK) == 0;
}

static void loose_free(git_odb_backend *backend)
{
	free(((struct loose_backend *)backend)->objects);
	free(backend);
}

int repository_loose_backend(git_odb_backend **out, const char *objects,
			     struct err *err)
{
	struct loose_backend *loose = calloc(1, sizeof(*loose));

	if (loose == NULL || (loose->objects = strdup(objects)) == NULL) {
		free(loose);
		return err_nomem(err);
	}
	loose->parent.version = GIT_ODB_BACKEND_VERSION;
	loose->parent.read = loose_read_object;
	loose->parent.read_header = loose_read_head;
	loose->parent.exists = loose_exists;
	loose->parent.free = loose_free;
	*out = &loose->parent;
	return 0;
}
