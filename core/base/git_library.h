/* git_library.h - libgit2's functions, loaded when first needed: reading and
 * editing a replica needs none. Knows how libgit2 is started; no repository.
 *
 * libgit.odb_hash is git_odb_hash, and so on. */
#ifndef TIAN_CORE_GIT_LIBRARY_H
#define TIAN_CORE_GIT_LIBRARY_H

#include <git2.h>

#include "core/base/err.h"

#define GIT_LIBRARY(X)            \
	X(config_free)            \
	X(config_set_bool)        \
	X(error_last)             \
	X(libgit2_init)           \
	X(libgit2_opts)           \
	X(merge_file)             \
	X(merge_file_result_free) \
	X(odb_hash)               \
	X(repository_config)      \
	X(repository_free)        \
	X(repository_init_ext)    \
	X(repository_init_options_init)

struct git_library {
#define X(name) __typeof__(git_##name) *name;
	GIT_LIBRARY(X)
#undef X
};

extern struct git_library libgit; /* to be used after git_library_start */

/* Loads libgit2 and starts it with our settings, once. */
int git_library_start(struct err *err);
/* ERR_FAIL with libgit2's own words after "task: ". */
int git_library_error(struct err *err, const char *task);

#endif
