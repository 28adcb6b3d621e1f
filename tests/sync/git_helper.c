/* git_helper.c - what the tests of this room share. */
#include "tests/sync/git_helper.h"

#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#ifndef __has_feature
#define __has_feature(x) 0
#endif

static char folder[256];
static char kept[256];
static pid_t keeper; /* children of it remove nothing */

bool is_sanitized(void)
{
#if defined(__SANITIZE_ADDRESS__) || __has_feature(address_sanitizer)
	return true;
#else
	return false;
#endif
}

static void make(char path[256])
{
	const char *base = getenv("TMPDIR");

	snprintf(path, 256, "%s/tian-test-XXXXXX",
		 base != NULL ? base : "/tmp");
	if (mkdtemp(path) == NULL)
		abort();
}

static void copy_all(const char *from, const char *to)
{
	char command[600];

	snprintf(command, sizeof(command), "cp -a '%s/.' '%s'", from, to);
	if (system(command) != 0)
		abort();
}

const char *folder_make(void)
{
	if (kept[0] != '\0')
		copy_all(kept, folder);
	else
		make(folder);
	/* Stock tools behave the same whoever runs the tests. */
	setenv("HOME", folder, 1);
	setenv("GIT_CONFIG_NOSYSTEM", "1", 1);
	unsetenv("GIT_DIR");
	return folder;
}

static int remove_one(const char *path, const struct stat *st, int type,
		      struct FTW *ftw)
{
	(void)st;
	(void)type;
	/* The path stays ours while a copy is kept for it. */
	return kept[0] != '\0' && ftw->level == 0 ? 0 : remove(path);
}

static void remove_all(const char *path)
{
	if (path[0] != '\0' && getenv("TIAN_KEEP") == NULL)
		nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

void folder_remove(void)
{
	remove_all(folder);
	if (kept[0] == '\0')
		folder[0] = '\0';
}

static void forget_kept(void)
{
	char path[256];

	if (getpid() != keeper)
		return;
	memcpy(path, kept, sizeof(path));
	kept[0] = '\0';
	remove_all(path);
	folder_remove();
}

void folder_keep(void)
{
	char path[256];

	make(path);
	copy_all(folder, path);
	memcpy(kept, path, sizeof(kept));
	keeper = getpid();
	atexit(forget_kept);
}

bool folder_is_kept(void)
{
	return kept[0] != '\0';
}

const char *in_folder(const char *fmt, ...)
{
	static char paths[16][512];
	static unsigned turn;
	char *path = paths[turn++ % 16];
	va_list args;
	int n = snprintf(path, 512, "%s/", folder);

	va_start(args, fmt);
	vsnprintf(path + n, 512 - (size_t)n, fmt, args);
	va_end(args);
	return path;
}

int run(char *out, size_t size, const char *fmt, ...)
{
	char command[4096];
	char part[4096];
	size_t len = 0;
	va_list args;
	FILE *pipe;
	size_t n;
	int status;
	int at = snprintf(command, sizeof(command), "cd '%s' && ( ", folder);

	va_start(args, fmt);
	at += vsnprintf(command + at, sizeof(command) - (size_t)at - 16, fmt,
			args);
	va_end(args);
	snprintf(command + at, sizeof(command) - (size_t)at, " ) 2>&1");
	pipe = popen(command, "r");
	if (pipe == NULL)
		abort();
	while ((n = fread(part, 1, sizeof(part), pipe)) > 0) {
		size_t room = out != NULL ? size - 1 - len : 0;
		size_t take = n < room ? n : room;

		if (out != NULL)
			memcpy(out + len, part, take);
		len += take;
	}
	if (out != NULL)
		out[len] = '\0';
	status = pclose(pipe);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 255;
}

void must_run(const char *command)
{
	char out[4096];

	if (run(out, sizeof(out), "%s", command) != 0)
		fail_msg("%s: %s", command, out);
}

void must_print(const char *expected, const char *command)
{
	char out[8192];
	int status = run(out, sizeof(out), "%s", command);

	assert_string_equal(out, expected);
	assert_int_equal(status, 0);
}

void put_file(const char *path, const void *bytes, size_t len)
{
	FILE *file = fopen(path, "wb");

	if (file == NULL || fwrite(bytes, 1, len, file) != len ||
	    fclose(file) != 0)
		abort();
}

void damage_file(const char *path)
{
	FILE *file;
	long size;
	int c;

	if (chmod(path, 0644) != 0)
		abort();
	file = fopen(path, "r+b");
	if (file == NULL || fseek(file, 0, SEEK_END) != 0)
		abort();
	size = ftell(file);
	fseek(file, size / 2, SEEK_SET);
	c = fgetc(file);
	fseek(file, size / 2, SEEK_SET);
	fputc(c ^ 1, file);
	fclose(file);
}
