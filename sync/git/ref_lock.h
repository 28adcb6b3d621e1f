/* ref_lock.h - the file NAME.lock beside a ref's, as git takes it: who makes it
 * may move the ref.
 *
 * Stock git holds one for milliseconds (a fetch, `git pack-refs`), and waits
 * for another's a moment with growing pauses (core.filesRefLockTimeout); so is
 * it done here. One older than a minute has lost its holder, by a power cut,
 * and is removed. Knows that file; no ref's value. */
#ifndef TIAN_SYNC_REF_LOCK_H
#define TIAN_SYNC_REF_LOCK_H

#include <stddef.h>

#include "core/base/err.h"

/* Makes `lock` and the folders above it that are missing from its first `root`
 * bytes on: a descriptor, to be closed. `lock` is the same at the end.
 * ERR_BUSY: another program holds it; the text says which file, how old it is,
 * and what to do. */
int ref_lock_open(char *lock, size_t root, struct err *err);

#endif
