/* pack.c - objects on their way from one repository to another as a pack. */
#include "sync/git/pack.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sync/git/durable.h"
#include "sync/git/haul.h"
#include "sync/git/pack_scan.h"
#include "sync/git/repository_room.h"

#define QUARANTINE "quarantine"

/* --- making -------------------------------------------------------------- */

static int add_part(void *bytes, size_t len, void *ctx)
{
	buf_add(ctx, bytes, len);
	return 0;
}

int pack_make(struct buf *out, struct repository *from,
	      const struct oid_list *oids, struct err *err)
{
	git_packbuilder *builder = NULL;
	int rc = repository_pack_bytes(out, from, oids, err);

	if (rc != 0)
		return rc < 0 ? rc : buf_check(out, err);
	rc = repository_pack_builder(&builder, from, oids, err);
	if (rc == 0 && libgit.packbuilder_foreach(builder, add_part, out) < 0)
		rc = repository_git_error(err, "make a pack");
	if (builder != NULL)
		libgit.packbuilder_free(builder);
	return rc < 0 ? rc : buf_check(out, err);
}

/* --- taking in ----------------------------------------------------------- */

struct pack_intake {
	struct repository *into;
	struct pack_scan *scan;
	git_indexer *indexer;
	git_indexer_progress progress; /* the indexer reads it, too */
	char folder[PATH_MAX];
};

int pack_intake_open(struct pack_intake **out, struct repository *into,
		     struct err *err)
{
	struct pack_intake *intake = calloc(1, sizeof(*intake));
	git_indexer_options options;
	int rc;

	if (intake == NULL)
		return err_nomem(err);
	intake->into = into;
	snprintf(intake->folder, sizeof(intake->folder), "%s/" QUARANTINE,
		 into->path);
	repository_empty_folder(intake->folder);
	rc = pack_scan_open(&intake->scan, err);
	if (rc == 0 && mkdir(intake->folder, 0700) != 0 && errno != EEXIST)
		rc = err_errno(err, "%s", intake->folder);
	if (rc == 0)
		rc = repository_need_library(into, err);
	if (rc == 0)
		libgit.indexer_options_init(&options,
					    GIT_INDEXER_OPTIONS_VERSION);
	if (rc == 0 && libgit.indexer_new(&intake->indexer, intake->folder, 0,
					  into->odb, &options) < 0)
		rc = repository_git_error(err, "take in a pack");
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
	if (intake->indexer != NULL)
		libgit.indexer_free(intake->indexer);
	pack_scan_close(intake->scan);
	repository_empty_folder(intake->folder);
	rmdir(intake->folder);
	free(intake);
}

int pack_intake_add(struct pack_intake *intake, const void *bytes, size_t len,
		    struct err *err)
{
	int rc = pack_scan_add(intake->scan, bytes, len, err);

	if (rc == 0 && libgit.indexer_append(intake->indexer, bytes, len,
					     &intake->progress) < 0)
		rc = repository_damage(err, "the pack that came");
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
	repository_trust(*out); /* libgit2 has hashed it all, with care */
	return packs_open(&(*out)->beside, intake->folder, err);
}

/* The index last: a pack without one is not there. */
static int move_in(struct pack_intake *intake, struct err *err)
{
	static const char *const kinds[] = {"pack", "idx"};
	struct repository *into = intake->into;
	const char *name = libgit.indexer_name(intake->indexer);
	char folder[PATH_MAX + 32];
	char from[PATH_MAX + 64];
	char to[PATH_MAX + 128];
	int rc = repository_intend(into, "", err);

	snprintf(folder, sizeof(folder), "%s/objects/pack", into->path);
	for (size_t i = 0; rc == 0 && i < 2; i++) {
		snprintf(from, sizeof(from), "%s/pack-%s.%s", intake->folder,
			 name, kinds[i]);
		snprintf(to, sizeof(to), "%s/pack-%s.%s", folder, name,
			 kinds[i]);
		if (rename(from, to) != 0)
			rc = err_errno(err, "%s", to);
	}
	if (rc == 0)
		rc = durable_folder(folder, err);
	return rc < 0 ? rc : packs_refresh(into->packs, err);
}

int pack_intake_finish(struct pack_intake *intake, const struct oid *tips,
		       size_t n, struct err *err)
{
	struct haul haul = {{NULL, 0, 0}, {NULL, 0, 0}};
	struct repository *view = NULL;
	const git_indexer_progress *progress = &intake->progress;
	int rc = 0;

	if (!pack_scan_whole(intake->scan))
		return err_set(err, ERR_CORRUPT, "the pack is cut short");
	if (pack_scan_objects(intake->scan) == 0)
		rc = haul_collect(&haul, intake->into, intake->into, tips, n,
				  err);
	else if (libgit.indexer_commit(intake->indexer, &intake->progress) < 0)
		rc = repository_damage(err, "the pack that came");
	else
		rc = open_view(&view, intake, err);
	if (rc == 0 && view != NULL)
		rc = haul_collect(&haul, view, intake->into, tips, n, err);
	/* Exactly what was missing: as it came. Otherwise only that. */
	if (rc == 0 && view != NULL && haul.oids.n == progress->total_objects &&
	    progress->local_objects == 0)
		rc = move_in(intake, err);
	else if (rc == 0 && view != NULL)
		rc = haul_deliver(&haul, view, intake->into, err);
	repository_close(view);
	haul_release(&haul);
	return rc;
}
