/* repository_objects.c - a repository's objects: those that wait in memory,
 * its packs, its loose ones, all read by our own readers with bounds and
 * hashed. Knows where they are; never what one means. */
#include <string.h>

#include "sync/git/repository_room.h"
#include "sync/git/tree.h"

enum {
	KEPT_MAX = 1 << 18, /* bytes of one, a commit or a tree */
	LOOKS = 4	    /* again, where one is missing */
};

/* --- what was read ---------------------------------------------------------- */

static struct repository_kept *slot_of(struct repository *repository,
				       const struct oid *oid)
{
	return &repository->kept[oid->bytes[0] % REPOSITORY_KEPT];
}

static const struct repository_kept *recall(struct repository *repository,
					    const struct oid *oid)
{
	const struct repository_kept *kept = slot_of(repository, oid);

	return kept->kind != 0 && oid_equal(&kept->oid, oid) ? kept : NULL;
}

void repository_remember(struct repository *repository, const struct oid *oid,
			 enum object_kind kind, const struct buf *bytes)
{
	struct repository_kept *kept = slot_of(repository, oid);

	if (kind == OBJECT_BLOB || bytes->len > KEPT_MAX)
		return;
	buf_clear(&kept->bytes);
	buf_add(&kept->bytes, buf_text(bytes), bytes->len);
	kept->kind = kept->bytes.failed ? (enum object_kind)0 : kind;
	kept->oid = *oid;
	if (kept->bytes.failed)
		buf_release(&kept->bytes);
}

void repository_share_kept(struct repository *to, struct repository *from,
			   const struct oid_list *oids)
{
	for (size_t i = 0; i < oids->n; i++) {
		const struct repository_kept *kept =
			recall(from, &oids->items[i]);

		if (kept != NULL)
			repository_remember(to, &kept->oid, kept->kind,
					    &kept->bytes);
	}
}

void repository_forget_kept(struct repository *repository)
{
	for (size_t i = 0; i < REPOSITORY_KEPT; i++) {
		buf_release(&repository->kept[i].bytes);
		repository->kept[i].kind = (enum object_kind)0;
	}
}

/* --- where it is ------------------------------------------------------------ */

bool repository_has(struct repository *repository, const struct oid *oid)
{
	struct err ignored;

	return fresh_find(&repository->fresh, oid) != NULL ||
	       packs_find(repository->packs, oid, &ignored) == 0 ||
	       (repository->beside != NULL &&
		packs_find(repository->beside, oid, &ignored) == 0) ||
	       repository_loose_has(repository, oid);
}

static int check_kind(enum object_kind *kind, enum pack_type type,
		      const struct oid *oid, struct err *err)
{
	char hex[OID_TEXT];

	*kind = (enum object_kind)type;
	if (type >= PACK_COMMIT && type <= PACK_BLOB)
		return 0;
	oid_format(hex, oid);
	return err_set(err, ERR_CORRUPT, "object %s is of no kind of ours",
		       hex);
}

/* From the packs, else as a loose one: its bytes, or, where out is NULL, its
 * kind and size. */
static int look(struct buf *out, enum object_kind *kind, size_t *size,
		struct repository *repository, const struct oid *oid,
		struct err *err)
{
	struct packs *const places[] = {repository->packs, repository->beside};
	enum pack_type type = PACK_BLOB;
	struct err loose;
	int in_file;
	int rc = ERR_MISSING;

	for (size_t i = 0; rc == ERR_MISSING && i < 2; i++) {
		if (places[i] == NULL)
			continue;
		rc = out != NULL ? packs_read(out, &type, places[i], oid, err)
				 : packs_head(&type, size, places[i], oid, err);
		if (rc == 0)
			return check_kind(kind, type, oid, err);
	}
	if (rc != ERR_MISSING && rc != ERR_FAIL)
		return rc;
	in_file = out != NULL ? repository_loose_read(out, kind, repository,
						      oid, &loose)
			      : repository_loose_head(kind, size, repository,
						      oid, &loose);
	/* A pack that could not be read may have it. */
	if (in_file == ERR_MISSING)
		return rc;
	if (in_file < 0)
		*err = loose;
	return in_file;
}

/* Packs may have been joined by another process since they were listed, and
 * again while we look: `git repack` in a loop. */
static int find(struct buf *out, enum object_kind *kind, size_t *size,
		struct repository *repository, const struct oid *oid,
		struct err *err)
{
	char hex[OID_TEXT];
	struct err ignored;
	int rc = look(out, kind, size, repository, oid, err);

	for (int i = 0; rc == ERR_MISSING && i < LOOKS; i++) {
		if (packs_refresh(repository->packs, &ignored) < 0)
			break;
		rc = look(out, kind, size, repository, oid, err);
	}
	repository->missed += rc == ERR_MISSING;
	oid_format(hex, oid);
	return rc == ERR_CORRUPT || rc == ERR_FAIL
		       ? err_wrap(err, "object %s", hex)
		       : rc;
}

int repository_head(enum object_kind *kind, size_t *size,
		    struct repository *repository, const struct oid *oid,
		    struct err *err)
{
	const struct fresh_object *fresh = fresh_find(&repository->fresh, oid);
	const struct repository_kept *kept = recall(repository, oid);

	if (fresh == NULL && kept == NULL)
		return find(NULL, kind, size, repository, oid, err);
	*kind = fresh != NULL ? fresh->kind : kept->kind;
	*size = fresh != NULL ? fresh->bytes.len : kept->bytes.len;
	return 0;
}

/* --- what it holds ---------------------------------------------------------- */

static int check_name(const struct repository *repository,
		      const struct oid *oid, enum object_kind kind,
		      const struct buf *bytes, struct err *err)
{
	char hex[OID_TEXT];
	struct oid name;
	int rc = object_name(&name, kind, buf_text(bytes), bytes->len,
			     repository->from, err);

	if (rc == 0 && !oid_equal(&name, oid))
		rc = err_set(err, ERR_CORRUPT, "its bytes have another name");
	oid_format(hex, oid);
	return rc < 0 ? err_wrap(err, "object %s", hex) : 0;
}

static int read_found(struct buf *out, struct repository *repository,
		      const struct oid *oid, enum object_kind kind,
		      struct err *err)
{
	const struct fresh_object *fresh = fresh_find(&repository->fresh, oid);
	const struct repository_kept *kept = recall(repository, oid);
	size_t size;
	int rc = 0;

	if (fresh != NULL || kept != NULL) {
		const struct buf *bytes = fresh != NULL ? &fresh->bytes
							: &kept->bytes;

		buf_clear(out);
		buf_add(out, buf_text(bytes), bytes->len);
		return buf_check(out, err);
	}
	rc = find(out, &kind, &size, repository, oid, err);
	if (rc == 0)
		rc = check_name(repository, oid, kind, out, err);
	if (rc == 0)
		repository_remember(repository, oid, kind, out);
	else
		buf_clear(out);
	return rc;
}

/* Kind and size are told by an object's head, before it is inflated. */
static int check_head(struct repository *repository, const struct oid *oid,
		      enum object_kind kind, struct err *err)
{
	enum object_kind is = kind;
	char hex[OID_TEXT];
	size_t size = 0;
	int rc = repository_head(&is, &size, repository, oid, err);

	if (rc < 0)
		return rc;
	oid_format(hex, oid);
	if (is != kind)
		return err_set(err, ERR_CORRUPT, "object %s is no %s", hex,
			       object_kind_name(kind));
	if (size > object_limit(kind))
		return err_set(err, ERR_CORRUPT,
			       "%s %s has %zu bytes, more than %zu",
			       object_kind_name(kind), hex, size,
			       object_limit(kind));
	return 0;
}

int repository_read(struct buf *out, struct repository *repository,
		    const struct oid *oid, enum object_kind kind,
		    struct err *err)
{
	int rc = check_head(repository, oid, kind, err);

	return rc < 0 ? rc : read_found(out, repository, oid, kind, err);
}

int repository_glance(struct buf *out, struct repository *repository,
		      const struct oid *oid, enum object_kind kind,
		      struct err *err)
{
	size_t size;
	int rc;

	if (fresh_find(&repository->fresh, oid) != NULL ||
	    recall(repository, oid) != NULL)
		return repository_read(out, repository, oid, kind, err);
	rc = check_head(repository, oid, kind, err);
	return rc < 0 ? rc : find(out, &kind, &size, repository, oid, err);
}

int repository_read_any(struct buf *out, enum object_kind *kind,
			struct repository *repository, const struct oid *oid,
			struct err *err)
{
	size_t size = 0;
	int rc = repository_head(kind, &size, repository, oid, err);

	return rc < 0 ? rc : repository_read(out, repository, oid, *kind, err);
}

int repository_find(struct oid *out, struct repository *repository,
		    const struct oid *tree, const char *path, struct err *err)
{
	struct buf raw = BUF_INIT;
	struct tree_entry entry = {.is_tree = true, .oid = *tree};
	int rc = 0;

	while (rc == 0 && *path != '\0') {
		size_t len = strcspn(path, "/");

		if (!entry.is_tree)
			rc = err_set(err, ERR_MISSING, "no '%s' in the tree",
				     path);
		if (rc == 0)
			rc = repository_read(&raw, repository, &entry.oid,
					     OBJECT_TREE, err);
		if (rc == 0)
			rc = tree_find(&entry, &raw, path, len, err);
		path += len;
		path += *path == '/';
	}
	if (rc == 0)
		*out = entry.oid;
	buf_release(&raw);
	return rc;
}
