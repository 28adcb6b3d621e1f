/* roads_helper.h - what the tests of the roads share: repositories with
 * commits in them, and an ssh that goes nowhere else. */
#ifndef TIAN_TESTS_SYNC_ROADS_HELPER_H
#define TIAN_TESTS_SYNC_ROADS_HELPER_H

#include "sync/git/repository.h"

/* Makes one in the test's folder and opens it for writing. */
struct repository *roads_repository(const char *name);
/* A signed commit whose tree is the parent's (may be NULL) with one file
 * changed; written and flushed. */
struct oid roads_commit(struct repository *repository, const struct oid *parent,
			const char *path, const char *text);
/* How many objects the packs of a repository hold. */
int roads_objects(const char *name);
/* From now on $GIT_SSH runs the command here, and keeps a line of each call
 * in ssh.log. */
void roads_ssh(void);
/* How many calls there were. */
int roads_ssh_calls(void);

#endif
