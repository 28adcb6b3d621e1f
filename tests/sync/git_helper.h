/* git_helper.h - what the tests of this room share: a folder of their own,
 * commands of stock tools in it, and files. */
#ifndef TIAN_TESTS_SYNC_GIT_HELPER_H
#define TIAN_TESTS_SYNC_GIT_HELPER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Built with AddressSanitizer: loops that only add confidence are shortened. */
bool is_sanitized(void);

/* Makes a new empty folder; the same path until folder_remove,
 * which leaves it in place where TIAN_KEEP is set. */
const char *folder_make(void);
void folder_remove(void);
/* Keeps the folder as it is: from now on folder_make gives a copy of that, at
 * the same path. Both go when the program ends. */
void folder_keep(void);
bool folder_is_kept(void);
/* `folder/fmt…`; one of 16 static buffers, used in turn. */
const char *in_folder(const char *fmt, ...)
	__attribute__((format(printf, 1, 2)));

/* Runs a shell command in the folder; its exit status. What it prints goes to
 * `out` (cut to size; may be NULL). */
int run(char *out, size_t size, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* The same; the test fails unless it ends well, and, for must_print, prints
 * `expected` and no more. */
void must_run(const char *command);
void must_print(const char *expected, const char *command);
/* Writes bytes to a path. */
void put_file(const char *path, const void *bytes, size_t len);
/* Flips one bit of a file at `offset` from its middle. */
void damage_file(const char *path);

#endif
