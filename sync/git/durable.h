/* durable.h - files and folders that are on the disk when we say so.
 * Knows the file system; knows no git. */
#ifndef TIAN_SYNC_DURABLE_H
#define TIAN_SYNC_DURABLE_H

#include <stddef.h>

#include "core/base/err.h"

/* Writes all of it at where the file stands; `path` is for errors only. A disk
 * that is full takes a part first. */
int durable_write(int fd, const void *bytes, size_t len, const char *path,
		  struct err *err);
/* What is written in these files survives a power cut. All are given to the
 * disk before the first is waited for, so that several cost little more than
 * one. */
int durable_files(const char *const *paths, size_t n, struct err *err);
/* The names in a folder survive it. */
int durable_folder(const char *path, struct err *err);

#endif
