/* library.h - a shared library that is loaded when it is first needed.
 * Knows the dynamic linker; knows no library.
 *
 * Most commands need neither libgit2 nor libcurl, nor what reads and writes
 * workbooks, and to link with those and what they link with takes longer than all else that
 * such a command does. */
#ifndef TIAN_CORE_LIBRARY_H
#define TIAN_CORE_LIBRARY_H

#include <stddef.h>

#include "core/base/err.h"

struct library_symbol {
	const char *name;
	size_t offset; /* in the table: where the address goes */
};

/* Loads `name`, the library's own name for the interface we were compiled
 * with (as in `libgit2.so.1.5`), and fills a struct of function pointers. It
 * stays loaded. ERR_FAIL: it is not installed. */
int library_load(void *table, const char *name,
		 const struct library_symbol *symbols, size_t n,
		 struct err *err);

#endif
