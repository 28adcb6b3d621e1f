/* repository_consolidate.c - many small packs become one.
 * Knows pack files; no ref, no commit, and nobody else's packs in use.
 *
 * Each sync writes one pack, and each lookup asks every pack. When there are
 * many, those are joined that are small beside what is joined already, as
 * `git repack --geometric` does: an object is copied, as it stands, about
 * log2(n) times in its life. Packs of LARGE bytes are left as they are, so
 * that no sync ever waits long for this; `git gc` may join them. The number of
 * others stays below JOIN_ABOVE, or some less: who shares a hub begins at
 * another one. */
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "sync/git/pack_join.h"
#include "sync/git/repository_room.h"

enum { JOIN_ABOVE = 24, SPREAD = 8, GEOMETRIC = 2, LARGE = 32 << 20 };

enum {
	ORPHAN_AGE = 24 * 60 * 60, /* seconds */
	NAMES_MAX = 4 << 20	   /* bytes a list of packs ends within */
};

struct pack {
	char name[NAME_MAX + 1]; /* without `.pack` */
	off_t size;
	struct timespec made;
};

struct packs {
	struct pack *items;
	size_t n;
	size_t cap;
};

/* Whether there is the same name, of `len` bytes, with another tail. */
static bool stands_beside(int folder, const char *file, size_t len,
			  const char *tail)
{
	char name[NAME_MAX + 8];

	snprintf(name, sizeof(name), "%.*s.%s", (int)len, file, tail);
	return faccessat(folder, name, F_OK, 0) == 0;
}

static int add_pack(struct packs *packs, int folder, const char *file,
		    struct err *err)
{
	struct pack *pack;
	struct stat st;
	size_t len = strlen(file) - strlen(".pack");

	/* What is kept, others want as it is; ours was let go. Beside what git
	 * is about to drop stands when (`git gc --cruft`). */
	if (fstatat(folder, file, &st, AT_SYMLINK_NOFOLLOW) != 0 ||
	    stands_beside(folder, file, len, "keep"))
		return 0;
	/* Without its index a pack is not there (yet, or any more). */
	if (!stands_beside(folder, file, len, "idx")) {
		if (st.st_mtim.tv_sec < time(NULL) - ORPHAN_AGE)
			unlinkat(folder, file, 0);
		return 0;
	}
	if (st.st_size >= LARGE || stands_beside(folder, file, len, "mtimes"))
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
	pack->made = st.st_mtim;
	snprintf(pack->name, sizeof(pack->name), "%.*s", (int)len, file);
	return 0;
}

static bool is_pack(const char *name)
{
	size_t len = strlen(name);

	return strncmp(name, "pack-", 5) == 0 && len > 10 &&
	       strcmp(name + len - 5, ".pack") == 0;
}

/* Empty where there are not more than `many`. */
static int list_packs(struct packs *packs, const char *folder, size_t many,
		      struct err *err)
{
	struct dirent *entry;
	DIR *dir = opendir(folder);
	size_t n = 0;
	int rc = 0;

	if (dir == NULL)
		return err_errno(err, "%s", folder);
	while ((entry = readdir(dir)) != NULL)
		n += is_pack(entry->d_name);
	rewinddir(dir);
	while (n > many && rc == 0 && (entry = readdir(dir)) != NULL)
		if (is_pack(entry->d_name))
			rc = add_pack(packs, dirfd(dir), entry->d_name, err);
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

/* How many of the smallest to join, of no more than 3 LARGE together. */
static size_t choose(const struct packs *packs)
{
	off_t sum = 0;
	size_t n = 0;

	while (n < packs->n && sum < 2 * LARGE &&
	       (n < 2 || packs->items[n].size <= GEOMETRIC * sum ||
		packs->n - n > JOIN_ABOVE / 2))
		sum += packs->items[n++].size;
	return n;
}

/* An index over several packs begins with their names; without it git asks each
 * pack's own. It goes before one that it names. */
static void remove_multi_index(const char *folder, const struct packs *packs,
			       size_t n)
{
	struct buf names = BUF_INIT;
	struct buf path = BUF_INIT;
	bool named = false;
	int fd;

	buf_addf(&path, "%s/multi-pack-index", folder);
	fd = path.failed ? -1 : open(buf_text(&path), O_RDONLY | O_CLOEXEC);
	if (fd >= 0) {
		char *room = buf_extend(&names, NAMES_MAX);
		ssize_t got = room != NULL ? pread(fd, room, NAMES_MAX, 0) : 0;

		buf_truncate(&names, got > 0 ? (size_t)got : 0);
		close(fd);
	}
	for (size_t i = 0; !named && i < n; i++)
		named = memmem(buf_text(&names), names.len,
			       packs->items[i].name,
			       strlen(packs->items[i].name)) != NULL;
	if (named)
		unlink(buf_text(&path));
	buf_release(&names);
	buf_release(&path);
}

/* The index first: without it a pack is not there for anybody. */
static void remove_pack(const char *folder, const struct pack *pack)
{
	static const char *const tails[] = {"idx", "pack", "rev", "bitmap"};
	struct buf path = BUF_INIT;

	for (size_t i = 0; i < sizeof(tails) / sizeof(tails[0]); i++) {
		buf_truncate(&path, 0);
		buf_addf(&path, "%s/%s.%s", folder, pack->name, tails[i]);
		if (!path.failed)
			unlink(buf_text(&path));
	}
	buf_release(&path);
}

static int by_age(const void *a, const void *b)
{
	const struct pack *x = a;
	const struct pack *y = b;

	if (x->made.tv_sec != y->made.tv_sec)
		return x->made.tv_sec < y->made.tv_sec ? -1 : 1;
	return (x->made.tv_nsec > y->made.tv_nsec) -
	       (x->made.tv_nsec < y->made.tv_nsec);
}

/* Into the room, as pack-NAME.pack and .idx. */
static int write_joined(char name[OID_TEXT], const char *room,
			const char *const *paths, size_t n, struct err *err)
{
	struct buf index = BUF_INIT;
	char made[PATH_MAX + 16];
	int rc = 0;
	int fd;

	snprintf(made, sizeof(made), "%s/joined", room);
	fd = open(made, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0444);
	if (fd < 0)
		return err_errno(err, "%s", made);
	rc = pack_join(name, &index, fd, paths, n, err);
	if (close(fd) != 0 && rc == 0)
		rc = err_errno(err, "%s", made);
	if (rc == 0)
		rc = repository_finish_part(room, made, name, &index, err);
	buf_release(&index);
	return rc;
}

int repository_join(char name[OID_TEXT], struct repository *repository,
		    const char *const *paths, size_t n, struct err *err)
{
	char room[PATH_MAX];
	int rc = repository_open_room(room, repository, err);

	if (rc == 0)
		rc = write_joined(name, room, paths, n, err);
	if (rc == 0)
		rc = repository_move_in(repository, room, name, err);
	repository_close_room(repository, rc == 0);
	return rc;
}

/* The first n, oldest first. */
static int join(struct repository *repository, const char *folder,
		struct packs *packs, size_t n, struct err *err)
{
	char **paths = calloc(n + 1, sizeof(*paths)); /* owned */
	char name[OID_TEXT];
	int rc = paths == NULL ? err_nomem(err) : 0;

	qsort(packs->items, n, sizeof(*packs->items), by_age);
	for (size_t i = 0; rc == 0 && i < n; i++) {
		struct buf path = BUF_INIT;

		buf_addf(&path, "%s/%s", folder, packs->items[i].name);
		rc = buf_check(&path, err);
		paths[i] = buf_take(&path);
	}
	if (rc == 0)
		rc = repository_join(name, repository,
				     (const char *const *)(void *)paths, n,
				     err);
	if (rc == 0)
		remove_multi_index(folder, packs, n);
	/* The new pack is an old one if that held all. */
	for (size_t i = 0; rc == 0 && i < n; i++)
		if (strcmp(packs->items[i].name + strlen("pack-"), name) != 0)
			remove_pack(folder, &packs->items[i]);
	for (size_t i = 0; paths != NULL && i < n; i++)
		free(paths[i]);
	free(paths);
	return rc < 0 ? rc : packs_refresh(repository->packs, err);
}

int repository_consolidate(struct repository *repository, uint64_t own,
			   struct err *err)
{
	const size_t many = JOIN_ABOVE - own % SPREAD;
	char folder[PATH_MAX];
	struct packs packs = {NULL, 0, 0};
	int rc;

	snprintf(folder, sizeof(folder), "%s/objects/pack", repository->path);
	repository_let_go(repository);
	rc = list_packs(&packs, folder, many, err);
	if (rc == 0 && packs.n > many) {
		qsort(packs.items, packs.n, sizeof(*packs.items), by_size);
		rc = join(repository, folder, &packs, choose(&packs), err);
	}
	repository_let_go(repository); /* the joined one holds what was there */
	free(packs.items);
	if (rc == ERR_MISSING) /* `git gc` was faster */
		return packs_refresh(repository->packs, err);
	return rc < 0 ? err_wrap(err, "join packs of %s", repository->path) : 0;
}
