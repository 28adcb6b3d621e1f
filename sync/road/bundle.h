/* bundle.h - refs and their objects in one file, in git's own format
 * (gitformat-bundle(5), version 2): `git bundle verify` and `git fetch FILE`
 * take it, and we take what `git bundle create` makes.
 * Knows the file; never what its refs mean. */
#ifndef TIAN_SYNC_BUNDLE_H
#define TIAN_SYNC_BUNDLE_H

#include "sync/road/hub.h"

/* Writes path, whole or not at all: these refs, and all they name but what
 * `before` (commits, may be none) name. */
int bundle_write(const char *path, struct repository *from,
		 const struct ref *refs, size_t n,
		 const struct oid_list *before, struct err *err);

/* The file as a hub that can only be fetched from. ERR_INPUT: it is no
 * bundle, or cannot be read; from hub_fetch also: it continues from what is
 * not here. */
int hub_bundle_open(struct hub **out, const char *path, struct err *err);

#endif
