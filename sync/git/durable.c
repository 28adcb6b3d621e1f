/* durable.c - files and folders that are on the disk when we say so. */
#include "sync/git/durable.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

int durable_write(int fd, const void *bytes, size_t len, const char *path,
		  struct err *err)
{
	const char *at = bytes;

	while (len > 0) {
		ssize_t n = write(fd, at, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_errno(err, "%s", path);
		at += n;
		len -= (size_t)n;
	}
	return 0;
}

int durable_files(const char *const *paths, size_t n, struct err *err)
{
	int *files = calloc(n + 1, sizeof(*files));
	size_t opened = 0;
	int rc = files == NULL ? err_nomem(err) : 0;

	for (; rc == 0 && opened < n; opened++) {
		files[opened] = open(paths[opened], O_RDONLY | O_CLOEXEC);
		if (files[opened] < 0) {
			rc = err_errno(err, "%s", paths[opened]);
			break;
		}
		/* A hint; fsync below is what counts. */
		sync_file_range(files[opened], 0, 0, SYNC_FILE_RANGE_WRITE);
	}
	for (size_t i = 0; i < opened; i++) {
		if (rc == 0 && fsync(files[i]) != 0)
			rc = err_errno(err, "%s", paths[i]);
		close(files[i]);
	}
	free(files);
	return rc;
}

int durable_folder(const char *path, struct err *err)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int rc = 0;

	if (fd < 0 || fsync(fd) != 0)
		rc = err_errno(err, "%s", path);
	if (fd >= 0)
		close(fd);
	return rc;
}
