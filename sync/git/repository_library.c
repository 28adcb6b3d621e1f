/* repository_library.c - a repository as libgit2 sees it: a view of its
 * objects, made when libgit2 is needed to pack many objects. Knows no folder: libgit2 opens none of ours.
 *
 * Its own object database would read packs and loose objects carelessly
 * (packs.h, loose.h), follow alternates, and hash a whole commit-graph. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sync/git/repository_room.h"

int repository_git_error(struct err *err, const char *fmt, ...)
{
	char task[512];
	va_list args;

	va_start(args, fmt);
	vsnprintf(task, sizeof(task), fmt, args);
	va_end(args);
	return git_library_error(err, task);
}

int repository_damage(struct err *err, const char *fmt, ...)
{
	const git_error *last = libgit.error_last();
	bool system = last != NULL && (last->klass == GIT_ERROR_OS ||
				       last->klass == GIT_ERROR_NOMEMORY);
	char task[512];
	va_list args;

	va_start(args, fmt);
	vsnprintf(task, sizeof(task), fmt, args);
	va_end(args);
	git_library_error(err, task);
	return err->code = system ? ERR_FAIL : ERR_CORRUPT;
}

struct view {
	git_odb_backend parent; /* first: libgit2 knows this one */
	struct repository *repository;
};

static struct repository *repository_of(git_odb_backend *backend)
{
	return ((struct view *)backend)->repository;
}

static struct oid to_oid(const git_oid *id)
{
	struct oid oid;

	memcpy(oid.bytes, id->id, OID_SIZE);
	return oid;
}

static int failed(const struct err *err)
{
	if (err->code == ERR_MISSING)
		return GIT_ENOTFOUND;
	libgit.error_set_str(err->code == ERR_FAIL ? GIT_ERROR_OS
						   : GIT_ERROR_ODB,
			     err->text);
	return GIT_ERROR;
}

static int view_read(void **data, size_t *len, git_object_t *type,
		     git_odb_backend *backend, const git_oid *id)
{
	struct oid oid = to_oid(id);
	struct buf body = BUF_INIT;
	enum object_kind kind = OBJECT_BLOB;
	struct err err = {0};
	int rc = repository_read_any(&body, &kind, repository_of(backend), &oid,
				     &err);

	if (rc == 0) {
		*data = libgit.odb_backend_data_alloc(backend, body.len + 1);
		rc = *data == NULL ? err_nomem(&err) : 0;
	}
	if (rc == 0) {
		memcpy(*data, buf_text(&body), body.len + 1);
		*len = body.len;
		*type = (git_object_t)kind;
	}
	buf_release(&body);
	return rc < 0 ? failed(&err) : 0;
}

static int view_head(size_t *len, git_object_t *type, git_odb_backend *backend,
		     const git_oid *id)
{
	struct oid oid = to_oid(id);
	enum object_kind kind = OBJECT_BLOB;
	struct err err = {0};
	int rc =
		repository_head(&kind, len, repository_of(backend), &oid, &err);

	*type = (git_object_t)kind;
	return rc < 0 ? failed(&err) : 0;
}

static int view_exists(git_odb_backend *backend, const git_oid *id)
{
	struct oid oid = to_oid(id);

	return repository_has(repository_of(backend), &oid);
}

static void view_free(git_odb_backend *backend)
{
	free(backend);
}

static int add_view(struct repository *repository, struct err *err)
{
	struct view *view = calloc(1, sizeof(*view));

	if (view == NULL)
		return err_nomem(err);
	view->repository = repository;
	view->parent.version = GIT_ODB_BACKEND_VERSION;
	view->parent.read = view_read;
	view->parent.read_header = view_head;
	view->parent.exists = view_exists;
	view->parent.free = view_free;
	if (libgit.odb_add_backend(repository->odb, &view->parent, 1) == 0)
		return 0; /* the database's now */
	free(view);
	return repository_git_error(err, "objects");
}

int repository_need_library(struct repository *repository, struct err *err)
{
	int rc = git_library_start(err);

	if (rc < 0 || repository->git != NULL)
		return rc;
	if (libgit.odb_new(&repository->odb) < 0)
		return repository_git_error(err, "open %s", repository->path);
	rc = add_view(repository, err);
	if (rc == 0 &&
	    libgit.repository_wrap_odb(&repository->git, repository->odb) < 0)
		rc = repository_git_error(err, "open %s", repository->path);
	if (rc < 0)
		repository_close_library(repository);
	return rc;
}

void repository_close_library(struct repository *repository)
{
	if (repository->odb != NULL)
		libgit.odb_free(repository->odb);
	if (repository->git != NULL)
		libgit.repository_free(repository->git);
	repository->odb = NULL;
	repository->git = NULL;
}
