/* pack.c - objects on their way from one repository to another as a pack. */
#include "sync/git/pack.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sync/git/haul.h"
#include "sync/git/pack_arrival.h"
#include "sync/git/repository_room.h"

int pack_make(struct buf *out, struct repository *from,
	      const struct oid_list *oids, struct err *err)
{
	return repository_pack_bytes(out, from, oids, err);
}

/* --- taking in ----------------------------------------------------------- */

struct pack_intake {
	struct repository *into;
	struct pack_arrival *arrival;
	char folder[PATH_MAX];
	char name[OID_TEXT]; /* of the pack, once it is there */
};

int pack_intake_open(struct pack_intake **out, struct repository *into,
		     struct err *err)
{
	struct pack_intake *intake = calloc(1, sizeof(*intake));
	char path[PATH_MAX + 16];
	int rc = 0;

	if (intake == NULL)
		return err_nomem(err);
	intake->into = into;
	snprintf(intake->folder, sizeof(intake->folder),
		 "%s/" REPOSITORY_QUARANTINE, into->path);
	snprintf(path, sizeof(path), "%s/arriving", intake->folder);
	repository_empty_folder(intake->folder);
	if (mkdir(intake->folder, 0700) != 0 && errno != EEXIST)
		rc = err_errno(err, "%s", intake->folder);
	if (rc == 0)
		rc = pack_arrival_open(&intake->arrival, path, err);
	if (rc < 0) {
		pack_intake_close(intake);
		return rc;
	}
	*out = intake;
	return 0;
}

void pack_intake_close(struct pack_intake *intake)
{
	if (intake == NULL)
		return;
	pack_arrival_close(intake->arrival);
	repository_empty_folder(intake->folder);
	rmdir(intake->folder);
	free(intake);
}

int pack_intake_add(struct pack_intake *intake, const void *bytes, size_t len,
		    struct err *err)
{
	return pack_arrival_add(intake->arrival, bytes, len, err);
}

static int read_base(struct buf *out, enum object_kind *kind,
		     const struct oid *oid, void *into, struct err *err)
{
	return repository_read_any(out, kind, into, oid, err);
}

/* The pack and its index, in the folder. */
static int finish_files(struct pack_intake *intake, uint32_t *completed,
			struct err *err)
{
	char arrived[PATH_MAX + 16];
	struct buf index = BUF_INIT;
	int rc = pack_arrival_finish(intake->name, &index, completed,
				     intake->arrival, read_base, intake->into,
				     err);

	snprintf(arrived, sizeof(arrived), "%s/arriving", intake->folder);
	if (rc == 0)
		rc = repository_finish_part(intake->folder, arrived,
					    intake->name, &index, err);
	buf_release(&index);
	return rc;
}

/* A view of `into` with the new pack beside it. */
static int open_view(struct repository **out, struct pack_intake *intake,
		     struct err *err)
{
	int rc = repository_open(out, intake->into->path, REPOSITORY_READ, err);

	if (rc < 0)
		return rc;
	(*out)->begins = intake->into->begins;
	repository_trust(*out); /* all of it was hashed, with care */
	return packs_open(&(*out)->beside, intake->folder, err);
}

static int move_in(struct pack_intake *intake, struct err *err)
{
	struct repository *into = intake->into;
	int rc = repository_intend(into, "", err);

	if (rc == 0)
		rc = repository_move_in(into, intake->folder, intake->name,
					err);
	return rc < 0 ? rc : packs_refresh(into->packs, err);
}

/* Exactly what was missing: as it came. Otherwise only that. */
static int keep(struct pack_intake *intake, const struct haul *haul,
		struct repository *view, uint32_t completed, struct err *err)
{
	if (haul->oids.n == pack_arrival_objects(intake->arrival) &&
	    completed == 0)
		return move_in(intake, err);
	return haul_deliver(haul, view, intake->into, NULL, 0, err);
}

int pack_intake_finish(struct pack_intake *intake, const struct oid *tips,
		       size_t n, struct err *err)
{
	struct haul haul = {{NULL, 0, 0}, {NULL, 0, 0}};
	struct repository *view = NULL;
	uint32_t completed;
	int rc = finish_files(intake, &completed, err);

	if (rc == 0)
		rc = open_view(&view, intake, err);
	if (rc == 0)
		rc = haul_collect(&haul, view, intake->into, tips, n, err);
	if (rc == 0 && haul.oids.n > 0)
		rc = keep(intake, &haul, view, completed, err);
	repository_close(view);
	haul_release(&haul);
	return rc;
}
