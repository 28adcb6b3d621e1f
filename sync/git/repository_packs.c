/* repository_packs.c - packs for libgit2's object database, read by our own
 * reader. Knows which of its words mean what; never writes one. */
#include <stdlib.h>
#include <string.h>

#include "sync/git/packs.h"
#include "sync/git/repository_room.h"

struct packs_backend {
	git_odb_backend parent; /* first: libgit2 knows this one */
	struct packs *packs;
};

static struct packs *packs_of(git_odb_backend *backend)
{
	return ((struct packs_backend *)backend)->packs;
}

static struct oid to_oid(const git_oid *id)
{
	struct oid oid;

	memcpy(oid.bytes, id->id, OID_SIZE);
	return oid;
}

int repository_backend_failed(const struct err *err)
{
	if (err->code == ERR_MISSING)
		return GIT_ENOTFOUND;
	libgit.error_set_str(err->code == ERR_FAIL ? GIT_ERROR_OS
						   : GIT_ERROR_ODB,
			     err->text);
	return GIT_ERROR;
}

static int packs_backend_read(void **data, size_t *len, git_object_t *type,
			      git_odb_backend *backend, const git_oid *id)
{
	struct oid oid = to_oid(id);
	struct buf body = BUF_INIT;
	enum pack_type is = PACK_BLOB;
	struct err err = {0};
	int rc = packs_read(&body, &is, packs_of(backend), &oid, &err);

	if (rc == 0) {
		*data = libgit.odb_backend_data_alloc(backend, body.len + 1);
		rc = *data == NULL ? err_nomem(&err) : 0;
	}
	if (rc == 0) {
		memcpy(*data, buf_text(&body), body.len + 1);
		*len = body.len;
		*type = (git_object_t)is;
	}
	buf_release(&body);
	return rc < 0 ? repository_backend_failed(&err) : 0;
}

static int packs_backend_head(size_t *len, git_object_t *type,
			      git_odb_backend *backend, const git_oid *id)
{
	struct oid oid = to_oid(id);
	enum pack_type is = PACK_BLOB;
	struct err err = {0};
	int rc = packs_head(&is, len, packs_of(backend), &oid, &err);

	*type = (git_object_t)is;
	return rc < 0 ? repository_backend_failed(&err) : 0;
}

static int packs_backend_exists(git_odb_backend *backend, const git_oid *id)
{
	struct oid oid = to_oid(id);
	struct err ignored = {0};

	return packs_find(packs_of(backend), &oid, &ignored) == 0;
}

static int packs_backend_refresh(git_odb_backend *backend)
{
	struct err err = {0};
	int rc = packs_refresh(packs_of(backend), &err);

	return rc < 0 ? repository_backend_failed(&err) : 0;
}

static void packs_backend_free(git_odb_backend *backend)
{
	packs_close(packs_of(backend));
	free(backend);
}

int repository_packs_backend(git_odb_backend **out, const char *folder,
			     struct err *err)
{
	struct packs_backend *made = calloc(1, sizeof(*made));
	int rc = made == NULL ? err_nomem(err)
			      : packs_open(&made->packs, folder, err);

	if (rc < 0) {
		free(made);
		return rc;
	}
	made->parent.version = GIT_ODB_BACKEND_VERSION;
	made->parent.read = packs_backend_read;
	made->parent.read_header = packs_backend_head;
	made->parent.exists = packs_backend_exists;
	made->parent.refresh = packs_backend_refresh;
	made->parent.free = packs_backend_free;
	*out = &made->parent;
	return 0;
}
