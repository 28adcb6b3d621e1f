/* repository_consolidate.c - many small packs become one.
 * Knows pack files; no ref, no commit, and nobody else's packs in use.
 *
 * Each sync writes one pack, and each lookup asks every pack. When there are
 * many, those are joined that are small beside what is joined already, as
 * `git repack --geometric` does: an object is copied about log2(n) times in
 * its life, and the number of packs stays below PACKS_MAX. */
#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sync/git/repository_room.h"

enum { PACKS_MAX = 24, GEOMETRIC = 2 };

struct pack {
	char name[NAME_MAX + 1]; /* without `.pack` */
	off_t size;
};

struct packs {
	struct pack *items;
	size_t n;
	size_t cap;
};

static int add_pack(struct packs *packs, int folder, const char *file,
		    struct err *err)
{
	struct pack *pack;
	struct stat st;
	size_t len = strlen(file) - strlen(".pack");
	char keep[NAME_MAX + 8];

	snprintf(keep, sizeof(keep), "%.*s.keep", (int)len, file);
	if (fstatat(folder, file, &st, 0) != 0 ||
	    faccessat(folder, keep, F_OK, 0) == 0)
		return 0;
	if (packs->n == packs->cap) {
		size_t cap = packs->cap != 0 ? packs->cap * 2 : 32;
		struct pack *items =
			realloc(packs->items, cap * sizeof(*items));

		if (items == NULL)
			return err_nomem(err);
		packs->items = items;
		packs->cap = cap;
	}
	pack = &packs->items[packs->n++];
	pack->size = st.st_size;
	snprintf(pack->name, sizeof(pack->name), "%.*s", (int)len, file);
	return 0;
}

static int list_packs(struct packs *packs, const char *folder, struct err *err)
{
	struct dirent *entry;
	DIR *dir = opendir(folder);
	int rc = 0;

	if (dir == NULL)
		return err_errno(err, "%s", folder);
	while (rc == 0 && (entry = readdir(dir)) != NULL) {
		size_t len = strlen(entry->d_name);

		if (strncmp(entry->d_name, "pack-", 5) == 0 && len > 10 &&
		    strcmp(entry->d_name + len - 5, ".pack") == 0)
			rc = add_pack(packs, dirfd(dir), entry->d_name, err);
	}
	closedir(dir);
	return rc;
}

static int by_size(const void *a, const void *b)
{
	const struct pack *x = a;
	const struct pack *y = b;

	return x->size != y->size ? (x->size > y->size) - (x->size < y->size)
				  : strcmp(x->name, y->name);
}

/* How many of the smallest to join. */
static size_t choose(const struct packs *packs)
{
	off_t sum = 0;
	size_t n = 0;

	while (n < packs->n &&
	       (n < 2 || packs->items[n].size <= GEOMETRIC * sum ||
		packs->n - n > PACKS_MAX / 2))
		sum += packs->items[n++].size;
	return n;
}

static int take_oid(const git_oid *id, void *payload)
{
	struct oid oid;

	memcpy(oid.bytes, id->id, OID_SIZE);
	return oid_list_add(payload, &oid) ? 0 : -1;
}

static int list_objects(struct oid_list *out, const char *folder,
			const struct pack *pack, struct err *err)
{
	git_odb_backend *backend = NULL;
	struct buf path = BUF_INIT;
	int rc;

	buf_addf(&path, "%s/%s.idx", folder, pack->name);
	rc = buf_check(&path, err);
	if (rc < 0)
		goto done;
	if (libgit.odb_backend_one_pack(&backend, buf_text(&path)) < 0) {
		rc = repository_git_error(err, "open %s", buf_text(&path));
		goto done;
	}
	if (backend->foreach (backend, take_oid, out) < 0)
		rc = repository_git_error(err, "read %s", buf_text(&path));
	backend->free(backend);
done:
	buf_release(&path);
	return rc;
}

/* The index first: without it a pack is not there for anybody. */
static void remove_pack(const char *folder, const struct pack *pack)
{
	static const char *const tails[] = {"idx", "pack", "rev"};
	struct buf path = BUF_INIT;

	for (size_t i = 0; i < 3; i++) {
		buf_truncate(&path, 0);
		buf_addf(&path, "%s/%s.%s", folder, pack->name, tails[i]);
		if (!path.failed)
			unlink(buf_text(&path));
	}
	buf_release(&path);
}

static int join(struct repository *repository, const char *folder,
		const struct packs *packs, size_t n, struct err *err)
{
	char made[REPOSITORY_PACK_NAME];
	struct oid_list oids = {NULL, 0, 0};
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < n; i++)
		rc = list_objects(&oids, folder, &packs->items[i], err);
	if (rc == 0)
		rc = repository_pack_as(made, repository, repository, &oids,
					err);
	/* The new pack bears the name of an old one if that held all. */
	for (size_t i = 0; rc == 0 && i < n; i++)
		if (strcmp(packs->items[i].name, made) != 0)
			remove_pack(folder, &packs->items[i]);
	oid_list_release(&oids);
	return rc;
}

int repository_consolidate(struct repository *repository, struct err *err)
{
	char folder[PATH_MAX];
	struct packs packs = {NULL, 0, 0};
	int rc;

	snprintf(folder, sizeof(folder), "%s/objects/pack", repository->path);
	rc = list_packs(&packs, folder, err);
	if (rc == 0 && packs.n > PACKS_MAX) {
		qsort(packs.items, packs.n, sizeof(*packs.items), by_size);
		rc = join(repository, folder, &packs, choose(&packs), err);
	}
	free(packs.items);
	return rc < 0 ? err_wrap(err, "join packs of %s", repository->path) : 0;
}
