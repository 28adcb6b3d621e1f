/* driver.c - runs a fuzzer's corpus where libFuzzer is not linked in.
 * Usage: NAME_fuzz FOLDER-OR-FILE...: each file is fed to the fuzzer once, and
 * each of its truncations. Knows files; knows no format. */
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum {
	FILE_MAX_SIZE = 32 << 20,
	/* A longer file is cut at this many places, evenly spread. */
	CUTS = 4096
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t n_files;

/* A copy of exactly that size, so that ASan sees one byte too many. */
static int feed(const uint8_t *data, size_t size)
{
	uint8_t *copy = malloc(size ? size : 1);

	if (!copy)
		return -1;
	memcpy(copy, data, size);
	LLVMFuzzerTestOneInput(copy, size);
	free(copy);
	return 0;
}

static int run_bytes(const uint8_t *data, size_t size)
{
	size_t step = size / CUTS + 1;
	size_t cut;

	for (cut = 0; cut < size; cut += step) {
		if (feed(data, cut))
			return -1;
	}
	return feed(data, size);
}

static int run_file(const char *path, size_t size)
{
	uint8_t *data = NULL;
	FILE *file = NULL;
	int rc = -1;

	if (size > FILE_MAX_SIZE)
		goto done;
	data = malloc(size ? size : 1);
	file = fopen(path, "rb");
	if (!data || !file || fread(data, 1, size, file) != size)
		goto done;
	n_files++;
	rc = run_bytes(data, size);
done:
	if (rc)
		fprintf(stderr, "%s: %s\n", path, strerror(errno));
	if (file)
		fclose(file);
	free(data);
	return rc;
}

static int run_path(const char *path)
{
	char below[PATH_MAX];
	struct dirent *entry;
	struct stat st;
	DIR *dir;
	int rc = 0;

	if (stat(path, &st)) {
		fprintf(stderr, "%s: %s\n", path, strerror(errno));
		return -1;
	}
	if (!S_ISDIR(st.st_mode))
		return run_file(path, (size_t)st.st_size);
	dir = opendir(path);
	if (!dir)
		return -1;
	while (!rc && (entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(below, sizeof(below), "%s/%s", path, entry->d_name);
		rc = run_path(below);
	}
	closedir(dir);
	return rc;
}

int main(int argc, char **argv)
{
	int i;

	for (i = 1; i < argc; i++) {
		if (run_path(argv[i]))
			return 1;
	}
	printf("%zu files\n", n_files);
	/* A corpus that is not found must not pass for a clean one. */
	return n_files == 0;
}
