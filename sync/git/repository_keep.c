/* repository_keep.c - packs whose objects no ref names yet, kept from others.
 * Knows names of packs; nothing of what they hold.
 *
 * `git repack -a -d` lists the packs there are, then looks what refs name, then
 * removes the packs of its list and with them what no ref named: at once, where
 * `git gc` waits two weeks. A pack beside which a .keep lies is not on that list
 * (gitrepository-layout(5)). So:
 *
 * (W1) A pack of ours has its .keep before it is there, until the refs that name
 *      its objects have moved. It never takes the name of a pack that is there,
 *      which may be on a list already.
 * (W2) Of a run that failed or was killed, the .keep stays, and the next holder
 *      of the lock takes it over: it may rely on those objects. So it does
 *      an empty one without a pack, as one killed between leaves it.
 *
 * What is left: objects that a run brought in which then ended well, and that
 * no ref names all the same, as an outbox that is set aside. They may go at any
 * time, and then come again from where they came. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "sync/git/durable.h"
#include "sync/git/repository_room.h"

static const char OURS[] = "tian\n";
static const char TAIL[] = ".keep";

/* Not waited for: after a power cut nobody is repacking. */
static int make(const char *path, struct err *err)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	int rc = fd < 0 ? err_errno(err, "%s", path)
			: durable_write(fd, OURS, strlen(OURS), path, err);

	if (fd >= 0 && close(fd) != 0 && rc == 0)
		rc = err_errno(err, "%s", path);
	return rc;
}

/* Another name where this one is taken: any 40 digits will do. */
static void choose_name(char name[OID_TEXT], const char *folder)
{
	static const char digits[] = "0123456789abcdef";
	char path[PATH_MAX + 128];

	for (size_t i = 0; i < 16 * 16; i++) {
		snprintf(path, sizeof(path), "%s/pack-%s.idx", folder, name);
		if (access(path, F_OK) != 0)
			return;
		name[0] = digits[i % 16];
		name[1] = digits[i / 16];
	}
}

int repository_keep_pack(char name[OID_TEXT], struct repository *repository,
			 const char *folder, struct err *err)
{
	struct buf *keeps = &repository->keeps;
	size_t at = keeps->len;
	int rc;

	choose_name(name, folder);
	buf_addf(keeps, "%s/pack-%s%s", folder, name, TAIL);
	buf_addc(keeps, '\0');
	rc = buf_check(keeps, err);
	return rc < 0 ? rc : make(keeps->data + at, err);
}

void repository_let_go(struct repository *repository)
{
	struct buf *keeps = &repository->keeps;

	for (size_t at = 0; at < keeps->len; at += strlen(keeps->data + at) + 1)
		unlink(keeps->data + at);
	buf_release(keeps);
}

static bool has_pack(int folder, const char *keep)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%.*s.pack",
		 (int)(strlen(keep) - strlen(TAIL)), keep);
	return faccessat(folder, path, F_OK, 0) == 0 || errno != ENOENT;
}

static bool is_ours(int folder, const char *file)
{
	char text[sizeof(OURS)] = "";
	size_t len = strlen(file);
	ssize_t n = -1;
	int fd;

	if (len < strlen(TAIL) || strcmp(file + len - strlen(TAIL), TAIL) != 0)
		return false;
	fd = openat(folder, file,
		    O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);
	if (fd >= 0) {
		n = read(fd, text, sizeof(text));
		close(fd);
	}
	if (n == 0)
		return !has_pack(folder, file);
	return n == (ssize_t)strlen(OURS) && strcmp(text, OURS) == 0;
}

void repository_take_over(struct repository *repository)
{
	char folder[PATH_MAX];
	struct dirent *entry;
	DIR *dir;

	snprintf(folder, sizeof(folder), "%s/objects/pack", repository->path);
	dir = opendir(folder);
	if (dir == NULL)
		return;
	while ((entry = readdir(dir)) != NULL) {
		if (!is_ours(dirfd(dir), entry->d_name))
			continue;
		buf_addf(&repository->keeps, "%s/%s", folder, entry->d_name);
		buf_addc(&repository->keeps, '\0');
	}
	closedir(dir);
}
