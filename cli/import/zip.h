/* zip.h - members of a ZIP archive held in memory; the one door to minizip.
 * Knows archives and their limits; knows no member. */
#ifndef TIAN_CLI_ZIP_H
#define TIAN_CLI_ZIP_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/err.h"

enum {
	ZIP_MEMBERS_MAX = 4096,
	ZIP_BYTES_MAX = 512 << 20, /* unpacked, of all members read together */
	ZIP_RATIO_MAX = 400,	   /* unpacked to packed, above 1 MiB */
};

struct zip;

/* Opens `len` bytes, borrowed until zip_close. ERR_INPUT: no archive, or too
 * many members. */
int zip_open(struct zip **out, const char *bytes, size_t len, struct err *err);
void zip_close(struct zip *zip); /* NULL is fine */
bool zip_has(struct zip *zip, const char *name);
/* Unpacks a member piece by piece; a piece of 0 bytes ends it. fn's non-zero
 * result ends it and is returned. What the directory says of the size is not
 * believed. ERR_MISSING: no such member; ERR_INPUT: damaged, encrypted, or
 * larger than the limits. */
typedef int zip_fn(const char *bytes, size_t len, void *ctx, struct err *err);
int zip_read(struct zip *zip, const char *name, zip_fn *fn, void *ctx,
	     struct err *err);

#endif
