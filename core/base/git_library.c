/* git_library.c - libgit2, loaded when first needed. */
#include "core/base/git_library.h"

#include <pthread.h>
#include <stddef.h>

#include "core/base/library.h"

struct git_library libgit;

static const struct library_symbol symbols[] = {
#define X(name) {"git_" #name, offsetof(struct git_library, name)},
	GIT_LIBRARY(X)
#undef X
};

/* libgit2 reads the certificates of the whole world at its start, which takes
 * longer than a sync. It opens no connection for us (roads are sync/stream_*),
 * so where it is built with mbed TLS it gets none. */
int mbedtls_x509_crt_parse_file(void *chain, const char *path);
int mbedtls_x509_crt_parse_file(void *chain, const char *path)
{
	(void)chain;
	(void)path;
	return 0;
}

static void set_up(void)
{
	/* Power cut: objects and refs are on the disk when we say so. */
	libgit.libgit2_opts(GIT_OPT_ENABLE_FSYNC_GITDIR, 1);
	libgit.libgit2_opts(GIT_OPT_ENABLE_STRICT_HASH_VERIFICATION, 1);
	/* A hub on a stick or a share belongs to somebody else. Nothing that
	 * its configuration could name is ever run by libgit2, and what it
	 * holds is believed by signature only. */
	libgit.libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0);
	libgit.libgit2_opts(GIT_OPT_DISABLE_PACK_KEEP_FILE_CHECKS, 1);
	/* Behaviour must not hang on a person's own git configuration. */
	libgit.libgit2_opts(GIT_OPT_SET_SEARCH_PATH, GIT_CONFIG_LEVEL_SYSTEM,
			    "");
	libgit.libgit2_opts(GIT_OPT_SET_SEARCH_PATH, GIT_CONFIG_LEVEL_XDG, "");
	libgit.libgit2_opts(GIT_OPT_SET_SEARCH_PATH, GIT_CONFIG_LEVEL_GLOBAL,
			    "");
}

static pthread_once_t once = PTHREAD_ONCE_INIT;
static struct err failure; /* of the one attempt */

static void start(void)
{
	int rc = library_load(&libgit, TIAN_LIBGIT2, symbols,
			      sizeof(symbols) / sizeof(symbols[0]), &failure);

	if (rc == 0 && libgit.libgit2_init() < 0)
		git_library_error(&failure, "start libgit2");
	else if (rc == 0)
		set_up();
}

int git_library_start(struct err *err)
{
	pthread_once(&once, start);
	if (failure.code < 0)
		*err = failure;
	return failure.code;
}

int git_library_error(struct err *err, const char *task)
{
	const git_error *last = libgit.error_last();

	return err_set(err, ERR_FAIL, "%s: %s", task,
		       last != NULL && last->message != NULL ? last->message
							     : "git failed");
}
