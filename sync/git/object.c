/* object.c - git's objects as bytes with a name. */
#include "sync/git/object.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "core/base/git_library.h"
#include "core/base/sha1.h"
#include "core/base/sha1_wary.h"

enum { HEAD_MAX = 32 /* `commit 4194304` and its NUL */ };

static const struct {
	const char *name;
	size_t limit;
} kinds[] = {
	[OBJECT_COMMIT] = {"commit", OBJECT_COMMIT_MAX},
	[OBJECT_TREE] = {"tree", OBJECT_TREE_MAX},
	[OBJECT_BLOB] = {"blob", OBJECT_BLOB_MAX},
	[OBJECT_TAG] = {"tag", OBJECT_COMMIT_MAX},
};

const char *object_kind_name(enum object_kind kind)
{
	return kinds[kind].name;
}

size_t object_limit(enum object_kind kind)
{
	return kinds[kind].limit;
}

/* About as many as can be looked over in the time that libgit2 takes to be
 * loaded. */
enum { FEW_BYTES = 128 << 10 };

/* Of what others may have chosen, so much was named in this process. */
static atomic_size_t foreign;

/* libgit2 hashes as git does, with an eye for collisions. */
static int name_by_library(struct oid *out, enum object_kind kind,
			   const void *bytes, size_t len, struct err *err)
{
	git_oid id;
	int rc = git_library_start(err);

	if (rc < 0)
		return rc;
	if (libgit.odb_hash(&id, bytes, len, (git_object_t)kind) < 0)
		return ERR_CORRUPT;
	memcpy(out->bytes, id.id, OID_SIZE);
	return 0;
}

static int head_of(char head[HEAD_MAX], enum object_kind kind, size_t len)
{
	return snprintf(head, HEAD_MAX, "%s %zu", kinds[kind].name, len) + 1;
}

static int name_warily(struct oid *out, enum object_kind kind,
		       const void *bytes, size_t len)
{
	struct sha1_wary wary;
	char head[HEAD_MAX];

	sha1_wary_init(&wary);
	sha1_wary_update(&wary, head, (size_t)head_of(head, kind, len));
	sha1_wary_update(&wary, bytes, len);
	return sha1_wary_final(&wary, out->bytes) ? 0 : ERR_CORRUPT;
}

static int name_foreign(struct oid *out, enum object_kind kind,
			const void *bytes, size_t len, struct err *err)
{
	size_t all = atomic_fetch_add(&foreign, len) + len;
	int rc = all <= FEW_BYTES ? name_warily(out, kind, bytes, len)
				  : name_by_library(out, kind, bytes, len, err);

	if (rc == ERR_CORRUPT)
		return err_set(err, ERR_CORRUPT,
			       "made so that another one has the same name");
	return rc;
}

int object_name(struct oid *out, enum object_kind kind, const void *bytes,
		size_t len, enum object_from from, struct err *err)
{
	char head[HEAD_MAX];
	struct sha1 sha1;

	if (from == OBJECT_FROM_OTHERS)
		return name_foreign(out, kind, bytes, len, err);
	sha1_init(&sha1);
	sha1_update(&sha1, head, (size_t)head_of(head, kind, len));
	sha1_update(&sha1, bytes, len);
	sha1_final(&sha1, out->bytes);
	return 0;
}
