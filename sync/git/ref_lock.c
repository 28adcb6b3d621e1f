/* ref_lock.c - the file NAME.lock beside a ref's, as git takes it. */
#include "sync/git/ref_lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "sync/git/durable.h"

enum {
	STALE_SECONDS = 60,
	TRIES = 16, /* pauses of 1, 4, 9, … ms: 1.2 s in all */
	FOLDER_TRIES = 8
};

static int64_t age_of(const struct stat *st)
{
	return (int64_t)time(NULL) - (int64_t)st->st_mtim.tv_sec;
}

static bool remove_stale(const char *lock)
{
	struct stat st;

	return stat(lock, &st) == 0 && age_of(&st) > STALE_SECONDS &&
	       unlink(lock) == 0;
}

static int held(const char *lock, struct err *err)
{
	struct stat st;
	int64_t age = stat(lock, &st) == 0 ? age_of(&st) : 0;

	return err_set(err, ERR_BUSY,
		       "%s: another program has held this ref for %lld "
		       "seconds; try again, or remove the file if no git is "
		       "at work there",
		       lock, (long long)(age > 0 ? age : 0));
}

/* Makes one folder, whose entry in the one above is then on the disk. */
static int make_folder(char *path, struct err *err)
{
	char *above;
	int rc;

	if (mkdir(path, 0777) != 0)
		return errno == EEXIST || errno == ENOENT
			       ? 0
			       : err_errno(err, "%s", path);
	above = strrchr(path, '/');
	*above = '\0';
	rc = durable_folder(path, err);
	*above = '/';
	return rc;
}

/* `git pack-refs` removes those that it has emptied, at any time. */
static int make_folders(char *path, size_t root, struct err *err)
{
	int rc = 0;

	for (char *at = strchr(path + root, '/'); rc == 0 && at != NULL;
	     at = strchr(at + 1, '/')) {
		*at = '\0';
		rc = make_folder(path, err);
		*at = '/';
	}
	return rc;
}

int ref_lock_open(char *lock, size_t root, struct err *err)
{
	int folders = 0;
	unsigned tries = 0;
	int rc = 0;

	while (rc == 0) {
		int fd = open(lock, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
			      0666);

		if (fd >= 0)
			return fd;
		if (errno == ENOENT && folders++ < FOLDER_TRIES)
			rc = make_folders(lock, root, err);
		else if (errno != EEXIST)
			rc = err_errno(err, "%s", lock);
		else if (remove_stale(lock))
			continue;
		else if (++tries < TRIES)
			clock_pause_ms(tries * tries);
		else
			rc = held(lock, err);
	}
	return rc;
}
