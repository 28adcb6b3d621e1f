/* object.c - git's objects as bytes with a name. */
#include "sync/git/object.h"

#include <stdio.h>
#include <string.h>

#include "core/base/git_library.h"
#include "core/base/sha1.h"

static const struct {
	const char *name;
	size_t limit;
} kinds[] = {
	[OBJECT_COMMIT] = {"commit", OBJECT_COMMIT_MAX},
	[OBJECT_TREE] = {"tree", OBJECT_TREE_MAX},
	[OBJECT_BLOB] = {"blob", OBJECT_BLOB_MAX},
};

const char *object_kind_name(enum object_kind kind)
{
	return kinds[kind].name;
}

size_t object_limit(enum object_kind kind)
{
	return kinds[kind].limit;
}

/* libgit2 hashes as git does, with an eye for collisions. */
static int name_by_library(struct oid *out, enum object_kind kind,
			   const void *bytes, size_t len, struct err *err)
{
	git_oid id;
	int rc = git_library_start(err);

	if (rc < 0)
		return rc;
	if (libgit.odb_hash(&id, bytes, len, (git_object_t)kind) < 0)
		return err_set(err, ERR_CORRUPT,
			       "made so that another one has the same name");
	memcpy(out->bytes, id.id, OID_SIZE);
	return 0;
}

int object_name(struct oid *out, enum object_kind kind, const void *bytes,
		size_t len, enum object_from from, struct err *err)
{
	char head[32];
	int n = snprintf(head, sizeof(head), "%s %zu", kinds[kind].name, len);
	struct sha1 sha1;

	if (from == OBJECT_FROM_OTHERS)
		return name_by_library(out, kind, bytes, len, err);
	sha1_init(&sha1);
	sha1_update(&sha1, head, (size_t)n + 1);
	sha1_update(&sha1, bytes, len);
	sha1_final(&sha1, out->bytes);
	return 0;
}
