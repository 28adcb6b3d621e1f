/* repository_lock.c - one writer at a time, and what a killed one left.
 * Knows file names inside a bare repository; no object, no ref value.
 *
 * The lock is flock(2) on `tian.lock`, so the kernel drops it with its
 * holder. While something is being written the file lists it, one ref a
 * line; an empty file says that the last holder finished. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "sync/git/durable.h"
#include "sync/git/repository_room.h"

enum { LOCK_TRIES = 6000, LOCK_PAUSE_MS = 10, INTENTS_MAX = 1 << 20 };

/* --- what a killed one left ----------------------------------------------- */

static bool ends_with(const char *name, const char *tail)
{
	size_t len = strlen(name);
	size_t n = strlen(tail);

	return len >= n && strcmp(name + len - n, tail) == 0;
}

/* An index whose pack was not renamed into place yet. */
static bool orphan_index(int folder, const char *name)
{
	char pack[NAME_MAX + 8];
	size_t len = strlen(name);

	if (!ends_with(name, ".idx") || len > NAME_MAX)
		return false;
	snprintf(pack, sizeof(pack), "%.*s.pack", (int)len - 4, name);
	return faccessat(folder, pack, F_OK, 0) != 0;
}

/* Names as libgit2 made them, which once wrote here, and as we do; stock git's
 * own begin with "tmp_" and stay. */
static void tidy_packs(struct repository *repository)
{
	char path[PATH_MAX];
	struct dirent *entry;
	DIR *dir;

	snprintf(path, sizeof(path), "%s/objects/pack", repository->path);
	dir = opendir(path);
	if (dir == NULL)
		return;
	while ((entry = readdir(dir)) != NULL) {
		const char *name = entry->d_name;

		if (strncmp(name, "pack_git2_", 10) == 0 ||
		    (strncmp(name, "pack-", 5) == 0 &&
		     (ends_with(name, ".lock") ||
		      orphan_index(dirfd(dir), name))))
			unlinkat(dirfd(dir), name, 0);
	}
	closedir(dir);
}

void repository_empty_folder(const char *folder)
{
	enum { HOW = O_RDONLY | O_CLOEXEC | O_DIRECTORY | O_NOFOLLOW };
	struct dirent *entry;
	int fd = open(folder, HOW);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);

	if (dir == NULL) {
		if (fd >= 0)
			close(fd);
		return;
	}
	while ((entry = readdir(dir)) != NULL)
		unlinkat(dirfd(dir), entry->d_name, 0);
	closedir(dir);
}

/* Removes what a killed writer left: locks of the refs it named, unfinished
 * packs. */
static void tidy(struct repository *repository, const char *intents)
{
	char path[PATH_MAX];

	tidy_packs(repository);
	snprintf(path, sizeof(path), "%s/objects/" REPOSITORY_ROOM,
		 repository->path);
	repository_empty_folder(path);
	rmdir(path);
	while (*intents != '\0') {
		int len = (int)strcspn(intents, "\n");

		snprintf(path, sizeof(path), "%s/%.*s.lock", repository->path,
			 len, intents);
		/* The file may be anybody's where the hub is shared. */
		if (strncmp(intents, "refs/", 5) == 0 &&
		    memmem(intents, (size_t)len, "..", 2) == NULL)
			unlink(path);
		intents += len;
		intents += *intents == '\n';
	}
}

/* --- the lock -------------------------------------------------------------- */

static int open_lock(struct repository *repository, struct err *err)
{
	char path[PATH_MAX];
	int fd;

	snprintf(path, sizeof(path), "%s/tian.lock", repository->path);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
	return fd < 0 ? err_errno(err, "%s", path) : fd;
}

static int wait_lock(int fd, struct repository *repository, struct err *err)
{
	for (int i = 0; flock(fd, LOCK_EX | LOCK_NB) != 0; i++) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return err_errno(err, "lock %s", repository->path);
		if (i == LOCK_TRIES)
			return err_set(err, ERR_BUSY,
				       "%s is in use by another process",
				       repository->path);
		clock_pause_ms(LOCK_PAUSE_MS);
	}
	return 0;
}

int repository_lock(struct repository *repository, struct err *err)
{
	char path[PATH_MAX];
	struct buf intents = BUF_INIT;
	int fd = open_lock(repository, err);
	int rc = fd;

	if (rc < 0)
		return rc;
	rc = wait_lock(fd, repository, err);
	if (rc < 0) {
		close(fd);
		return rc;
	}
	repository->lock = fd;
	snprintf(path, sizeof(path), "%s/" REPOSITORY_QUARANTINE,
		 repository->path);
	repository_empty_folder(path);
	rmdir(path);
	snprintf(path, sizeof(path), "%s/tian.lock", repository->path);
	rc = buf_read_file(&intents, path, INTENTS_MAX, err);
	if (rc == 0 && intents.len > 0) {
		tidy(repository, buf_text(&intents));
		repository_take_over(repository);
		if (ftruncate(fd, 0) != 0)
			rc = err_errno(err, "%s", path);
	}
	buf_release(&intents);
	if (rc < 0)
		repository_unlock(repository);
	return rc;
}

void repository_unlock(struct repository *repository)
{
	struct err ignored;

	if (repository == NULL || repository->lock < 0)
		return;
	/* A failure leaves intents that the next holder finds harmless. */
	if (repository->dirty && ftruncate(repository->lock, 0) == 0)
		repository->dirty = false;
	/* What was kept, the next holder takes over. (W2) */
	if (repository->keeps.len > 0)
		repository_intend(repository, "", &ignored);
	buf_release(&repository->keeps);
	close(repository->lock);
	repository->lock = -1;
}

int repository_intend(struct repository *repository, const char *what,
		      struct err *err)
{
	char path[PATH_MAX + 16];
	char line[1024];

	if (repository->lock < 0)
		return err_set(err, ERR_FAIL, "%s is written without its lock",
			       repository->path);
	repository->dirty = true;
	snprintf(line, sizeof(line), "%s\n", what);
	snprintf(path, sizeof(path), "%s/tian.lock", repository->path);
	if (lseek(repository->lock, 0, SEEK_END) < 0)
		return err_errno(err, "%s", path);
	return durable_write(repository->lock, line, strlen(line), path, err);
}
