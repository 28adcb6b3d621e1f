/* roads_helper.c - what the tests of the roads share. */
#include "tests/sync/roads_helper.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "sync/git/commit.h"
#include "tests/sync/git_helper.h"

struct repository *roads_repository(const char *name)
{
	struct repository *repository = NULL;
	struct err err;

	assert_int_equal(repository_create(in_folder("%s", name), &err), 0);
	assert_int_equal(repository_open(&repository, in_folder("%s", name),
					 REPOSITORY_WRITE, &err),
			 0);
	return repository;
}

static const struct key *test_key(void)
{
	static struct key key;
	static bool made;
	struct err err;

	if (!made) {
		assert_int_equal(crypto_init(&err), 0);
		key_generate(&key);
		made = true;
	}
	return &key;
}

struct oid roads_commit(struct repository *repository, const struct oid *parent,
			const char *path, const char *text)
{
	struct tree_edit edit = {.path = path};
	struct commit_draft draft = {
		.parents = parent,
		.n_parents = parent != NULL,
		.author = {"N", "e@x", 1654567890},
		.committer = {"N", "e@x", 1654567890},
		.message = "m\n",
	};
	struct commit before = {.n_parents = 0};
	struct oid oid;
	struct err err;

	if (parent != NULL)
		assert_int_equal(commit_read(&before, repository, parent, &err),
				 0);
	assert_int_equal(repository_write(&edit.oid, repository, OBJECT_BLOB,
					  text, strlen(text), &err),
			 0);
	assert_int_equal(repository_edit_tree(&draft.tree, repository,
					      &before.tree, &edit, 1, &err),
			 0);
	assert_int_equal(
		commit_write(&oid, repository, &draft, test_key(), &err), 0);
	commit_release(&before);
	assert_int_equal(repository_lock(repository, &err), 0);
	assert_int_equal(repository_flush(repository, &err), 0);
	repository_unlock(repository);
	return oid;
}

int roads_objects(const char *name)
{
	char out[64];

	run(out, sizeof(out),
	    "for i in %s/objects/pack/*.idx; do git show-index < $i; done |"
	    " wc -l",
	    name);
	return atoi(out);
}

void roads_ssh(void)
{
	const char *path = in_folder("ssh");
	char script[1024];
	int n = snprintf(script, sizeof(script),
			 "#!/bin/sh\n"
			 "echo \"$*\" >>'%s'\n"
			 "while [ $# -gt 2 ]; do shift; done\n"
			 "exec sh -c \"$2\"\n",
			 in_folder("ssh.log"));

	put_file(path, script, (size_t)n);
	assert_int_equal(chmod(path, 0755), 0);
	setenv("GIT_SSH", path, 1);
	unsetenv("GIT_SSH_COMMAND");
}

int roads_ssh_calls(void)
{
	char out[64];

	run(out, sizeof(out), "cat ssh.log 2>/dev/null | wc -l");
	return atoi(out);
}
