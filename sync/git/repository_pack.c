/* repository_pack.c - objects written into a repository as one pack.
 * Knows pack files and when they are on the disk; no ref, no commit.
 *
 * A few objects are written straight through, many as versions of what they
 * are (pack_versions.h). */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sync/git/durable.h"
#include "sync/git/pack_versions.h"
#include "sync/git/repository_room.h"

enum { FEW = 64 /* objects */, FEW_BYTES = 16 << 20 };

/* The last pack made of a repository's objects: what was sent is often what is
 * then kept, and the other way round. */
struct repository_made {
	struct oid_list oids; /* sorted */
	struct buf pack;
	struct buf index;
	char name[OID_TEXT];
};

void repository_forget_made(struct repository *repository)
{
	struct repository_made *made = repository->made;

	if (made == NULL)
		return;
	oid_list_release(&made->oids);
	buf_release(&made->pack);
	buf_release(&made->index);
	free(made);
	repository->made = NULL;
}

/* --- into the folder ------------------------------------------------------ */

static void room_of(char out[PATH_MAX], const struct repository *repository)
{
	snprintf(out, PATH_MAX, "%s/objects/" REPOSITORY_ROOM,
		 repository->path);
}

int repository_open_room(char room[PATH_MAX], struct repository *repository,
			 struct err *err)
{
	int rc = repository_intend(repository, "", err);

	room_of(room, repository);
	if (rc < 0)
		return rc;
	if (mkdir(room, 0777) == 0)
		return 0;
	if (errno != EEXIST)
		return err_errno(err, "%s", room);
	repository_empty_folder(room); /* of a run that was killed */
	/* At a hub that is shared it may be somebody else's. */
	if (access(room, W_OK) != 0 &&
	    (rmdir(room) != 0 || mkdir(room, 0777) != 0))
		return err_errno(err, "%s", room);
	return 0;
}

void repository_close_room(struct repository *repository, bool moved)
{
	char room[PATH_MAX];

	room_of(room, repository);
	if (!moved)
		repository_empty_folder(room);
}

/* On the disk first, then visible; the index last: a pack without one is not
 * there. */
int repository_move_in(struct repository *repository, const char *room,
		       char name[OID_TEXT], struct err *err)
{
	static const char *const kinds[] = {"pack", "idx"};
	char folder[PATH_MAX + 32];
	char from[2][PATH_MAX + 128];
	char to[2][PATH_MAX + 128];
	const char *const files[] = {from[0], from[1]};
	int rc;

	snprintf(folder, sizeof(folder), "%s/objects/pack", repository->path);
	for (size_t i = 0; i < 2; i++)
		snprintf(from[i], sizeof(from[i]), "%s/pack-%s.%s", room, name,
			 kinds[i]);
	rc = repository_wait_for(repository, files, 2, err);
	if (rc == 0)
		rc = repository_keep_pack(name, repository, folder, err);
	for (size_t i = 0; i < 2; i++)
		snprintf(to[i], sizeof(to[i]), "%s/pack-%s.%s", folder, name,
			 kinds[i]);
	for (size_t i = 0; rc == 0 && i < 2; i++)
		if (rename(from[i], to[i]) != 0)
			rc = err_errno(err, "%s", to[i]);
	return rc == 0 ? durable_folder(folder, err) : rc;
}

static int write_part(const char *room, const char *name, const char *kind,
		      const struct buf *bytes, struct err *err)
{
	char path[PATH_MAX + 128];
	int rc;
	int fd;

	snprintf(path, sizeof(path), "%s/pack-%s.%s", room, name, kind);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0444);
	if (fd < 0)
		return err_errno(err, "%s", path);
	rc = durable_write(fd, buf_text(bytes), bytes->len, path, err);
	if (close(fd) != 0 && rc == 0)
		rc = err_errno(err, "%s", path);
	return rc;
}

int repository_finish_part(const char *room, const char *made, const char *name,
			   const struct buf *index, struct err *err)
{
	char path[PATH_MAX + 128];

	snprintf(path, sizeof(path), "%s/pack-%s.pack", room, name);
	return rename(made, path) != 0
		       ? err_errno(err, "%s", path)
		       : write_part(room, name, "idx", index, err);
}

/* --- a few objects --------------------------------------------------------- */

static int compare(const void *a, const void *b)
{
	return memcmp(a, b, OID_SIZE);
}

/* 1: `made` is of these objects, which are then sorted there. */
static int same_objects(struct oid_list *sorted, const struct repository *from,
			const struct oid_list *oids, struct err *err)
{
	const struct repository_made *made = from->made;

	for (size_t i = 0; i < oids->n; i++)
		if (!oid_list_add(sorted, &oids->items[i]))
			return err_nomem(err);
	if (sorted->n == 0)
		return 0;
	qsort(sorted->items, sorted->n, OID_SIZE, compare);
	return made != NULL && made->oids.n == sorted->n &&
	       memcmp(made->oids.items, sorted->items, sorted->n * OID_SIZE) ==
		       0;
}

/* 1: written; 0: they are too large. */
static int add_objects(struct pack_writer *writer, struct repository *from,
		       const struct oid_list *oids, struct err *err)
{
	struct buf bytes = BUF_INIT;
	size_t all = 0;
	int rc = 0;

	for (size_t i = 0; rc == 0 && all <= FEW_BYTES && i < oids->n; i++) {
		enum object_kind kind = OBJECT_BLOB;

		rc = repository_read_any(&bytes, &kind, from, &oids->items[i],
					 err);
		all += bytes.len;
		if (rc == 0)
			rc = pack_writer_add(writer, &oids->items[i], kind,
					     &bytes, err);
	}
	buf_release(&bytes);
	return rc < 0 ? rc : all <= FEW_BYTES;
}

/* Makes from->made: 1, or 0 where the objects are too large for that. */
static int make_few(struct repository *from, const struct oid_list *oids,
		    struct err *err)
{
	struct repository_made *made = calloc(1, sizeof(*made));
	struct pack_writer *writer = NULL;
	int rc;

	repository_forget_made(from);
	from->made = made;
	if (made == NULL)
		return err_nomem(err);
	rc = pack_writer_open(&writer, -1, (uint32_t)oids->n, err);
	if (rc == 0)
		rc = add_objects(writer, from, oids, err);
	if (rc > 0) {
		int ended = pack_writer_finish(made->name, &made->index, writer,
					       err);
		rc = ended < 0 ? ended : rc;
	}
	if (rc > 0)
		pack_writer_take(&made->pack, writer);
	else
		repository_forget_made(from);
	pack_writer_close(writer);
	return rc;
}

/* A pack of a few objects, in from->made: 1; 0: they are many or large. */
static int need_few(struct repository *from, const struct oid_list *oids,
		    struct err *err)
{
	struct oid_list sorted = {NULL, 0, 0};
	int rc;

	if (oids->n > FEW)
		return 0;
	rc = same_objects(&sorted, from, oids, err);
	if (rc == 0) {
		rc = make_few(from, oids, err);
		if (rc > 0) {
			from->made->oids = sorted; /* its own now */
			return rc;
		}
	}
	oid_list_release(&sorted);
	return rc;
}

static int write_few(struct repository *to, const struct repository *from,
		     struct err *err)
{
	struct repository_made *made = from->made;
	char room[PATH_MAX];
	int rc = repository_open_room(room, to, err);

	if (rc == 0)
		rc = write_part(room, made->name, "pack", &made->pack, err);
	if (rc == 0)
		rc = write_part(room, made->name, "idx", &made->index, err);
	if (rc == 0)
		rc = repository_move_in(to, room, made->name, err);
	repository_close_room(to, rc == 0);
	return rc;
}

/* --- many ------------------------------------------------------------------ */

static int add_named(struct pack_versions *versions, struct repository *from,
		     const struct repository_named *named, size_t n,
		     struct err *err)
{
	struct buf bytes = BUF_INIT;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < n; i++) {
		uint64_t line = (uint64_t)named[i].path << 32 | named[i].line;
		enum object_kind kind = (enum object_kind)named[i].kind;

		rc = repository_read(&bytes, from, &named[i].oid, kind, err);
		if (rc == 0)
			rc = pack_versions_add(versions, line, &named[i].oid,
					       kind, &bytes, err);
	}
	buf_release(&bytes);
	return rc;
}

/* Into the file, or, where that is -1, into memory: the caller's then,
 * pack_writer_close. */
static int make_many(struct pack_writer **out, char name[OID_TEXT],
		     struct buf *index, int fd, struct repository *from,
		     const struct oid_list *oids, struct err *err)
{
	struct repository_named *named = NULL;
	struct pack_versions *versions = NULL;
	int rc = repository_name_objects(&named, from, oids, err);

	if (rc == 0)
		rc = pack_writer_open(out, fd, (uint32_t)oids->n, err);
	if (rc == 0)
		rc = pack_versions_open(&versions, *out, err);
	if (rc == 0)
		rc = add_named(versions, from, named, oids->n, err);
	if (rc == 0)
		rc = pack_writer_finish(name, index, *out, err);
	pack_versions_close(versions);
	free(named);
	return rc;
}

int repository_pack_bytes(struct buf *out, struct repository *from,
			  const struct oid_list *oids, struct err *err)
{
	struct pack_writer *writer = NULL;
	struct buf index = BUF_INIT;
	struct buf pack = BUF_INIT;
	char name[OID_TEXT];
	int rc = need_few(from, oids, err);

	if (rc > 0) {
		buf_add(out, buf_text(&from->made->pack), from->made->pack.len);
		return buf_check(out, err);
	}
	if (rc == 0)
		rc = make_many(&writer, name, &index, -1, from, oids, err);
	if (rc == 0) {
		pack_writer_take(&pack, writer);
		buf_add(out, pack.data, pack.len);
		rc = buf_check(out, err);
	}
	pack_writer_close(writer);
	buf_release(&index);
	buf_release(&pack);
	return rc;
}

static int write_many_in(const char *room, char name[OID_TEXT],
			 struct repository *from, const struct oid_list *oids,
			 struct err *err)
{
	struct pack_writer *writer = NULL;
	struct buf index = BUF_INIT;
	char made[PATH_MAX + 16];
	int rc;
	int fd;

	snprintf(made, sizeof(made), "%s/made", room);
	fd = open(made, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0444);
	if (fd < 0)
		return err_errno(err, "%s", made);
	rc = make_many(&writer, name, &index, fd, from, oids, err);
	pack_writer_close(writer);
	if (close(fd) != 0 && rc == 0)
		rc = err_errno(err, "%s", made);
	if (rc == 0)
		rc = repository_finish_part(room, made, name, &index, err);
	buf_release(&index);
	return rc;
}

static int write_many(struct repository *to, struct repository *from,
		      const struct oid_list *oids, struct err *err)
{
	char room[PATH_MAX];
	char name[OID_TEXT];
	int rc = repository_open_room(room, to, err);

	if (rc == 0)
		rc = write_many_in(room, name, from, oids, err);
	if (rc == 0)
		rc = repository_move_in(to, room, name, err);
	repository_close_room(to, rc == 0);
	return rc;
}

/* What this node packed before travels as it is. 1: it did; 0: there is no such
 * pack, or not any more (`git gc`), or it is too large for that. */
static int send_pack(struct repository *to, struct repository *from,
		     const struct oid_list *oids, struct err *err)
{
	const char *path = from->from == OBJECT_FROM_US && from != to
				   ? packs_exact(from->packs, oids)
				   : NULL;
	char name[OID_TEXT];
	int rc;

	if (path == NULL)
		return 0;
	rc = repository_join(name, to, &path, 1, err);
	if (rc == ERR_MISSING || rc == ERR_INPUT)
		return 0;
	return rc < 0 ? rc : 1;
}

int repository_pack(struct repository *to, struct repository *from,
		    const struct oid_list *oids, struct err *err)
{
	int rc;

	if (oids->n == 0)
		return 0;
	rc = need_few(from, oids, err);
	if (rc > 0) {
		rc = write_few(to, from, err);
	} else if (rc == 0) {
		rc = send_pack(to, from, oids, err);
		if (rc == 0)
			rc = write_many(to, from, oids, err);
	}
	if (rc < 0)
		return err_wrap(err, "pack for %s", to->path);
	return packs_refresh(to->packs, err);
}
