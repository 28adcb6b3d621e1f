/* repository.c - a bare git repository: life cycle, reading, refs. */
#include <errno.h>
#include <ftw.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sync/git/repository_room.h"

enum { CONFIG_MAX = 1 << 20 }; /* bytes of a `config` that is looked at */

/* --- making one -------------------------------------------------------- */

static int remove_one(const char *path, const struct stat *st, int type,
		      struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static int library_error(struct err *err, const char *task, const char *path)
{
	int rc = git_library_error(err, task);

	return rc < 0 ? err_wrap(err, "%s", path) : rc;
}

static int configure(git_repository *git, const char *path, struct err *err)
{
	static const char attributes[] = "* -merge\n";
	struct buf text = BUF_INIT;
	git_config *config = NULL;
	struct buf name = BUF_INIT;
	int rc = 0;

	/* git must never merge content of ours, libgit2 1.5 hashes a whole
	 * commit-graph at every open, and nobody rewrites history. */
	if (libgit.repository_config(&config, git) < 0 ||
	    libgit.config_set_bool(config, "gc.writeCommitGraph", 0) < 0 ||
	    libgit.config_set_bool(config, "receive.denyNonFastForwards", 1) <
		    0 ||
	    libgit.config_set_bool(config, "receive.denyDeletes", 1) < 0)
		rc = library_error(err, "configure", path);
	libgit.config_free(config);
	if (rc < 0)
		return rc;
	buf_addf(&name, "%s/info", path);
	rc = buf_check(&name, err);
	if (rc == 0 && mkdir(buf_text(&name), 0777) != 0 && errno != EEXIST)
		rc = err_errno(err, "%s", buf_text(&name));
	buf_adds(&name, "/attributes");
	buf_adds(&text, attributes);
	if (rc == 0)
		rc = buf_check(&name, err);
	if (rc == 0)
		rc = buf_write_file(&text, buf_text(&name), 0644, err);
	buf_release(&name);
	buf_release(&text);
	return rc;
}

static int create_at(const char *path, struct err *err)
{
	git_repository_init_options options;
	git_repository *git = NULL;
	int rc = git_library_start(err);

	if (rc < 0)
		return rc;
	libgit.repository_init_options_init(
		&options, GIT_REPOSITORY_INIT_OPTIONS_VERSION);
	options.flags = GIT_REPOSITORY_INIT_BARE | GIT_REPOSITORY_INIT_MKPATH |
			GIT_REPOSITORY_INIT_MKDIR;
	options.initial_head = "main";
	if (libgit.repository_init_ext(&git, path, &options) < 0)
		return library_error(err, "make", path);
	rc = configure(git, path, err);
	libgit.repository_free(git);
	return rc;
}

int repository_create(const char *path, struct err *err)
{
	struct repository *there = NULL;
	char tmp[PATH_MAX];
	struct stat st;
	int rc = repository_open(&there, path, REPOSITORY_READ, err);

	repository_close(there);
	if (rc != ERR_MISSING)
		return rc;
	/* rename(2) replaces an empty folder and nothing else. */
	if (stat(path, &st) == 0 && !S_ISDIR(st.st_mode))
		return err_set(err, ERR_INPUT, "%s is not a folder", path);
	snprintf(tmp, sizeof(tmp), "%s.tmp", path);
	nftw(tmp, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	rc = create_at(tmp, err);
	if (rc == 0 && rename(tmp, path) != 0)
		rc = errno == ENOTEMPTY || errno == EEXIST
			     ? err_set(err, ERR_INPUT,
				       "%s holds something else than a git "
				       "repository",
				       path)
			     : err_errno(err, "%s", path);
	if (rc < 0)
		nftw(tmp, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	return rc;
}

/* --- life cycle -------------------------------------------------------- */

/* An object of a repository that borrows from another is read from wherever
 * its file `alternates` says; a hub's is not ours to follow. */
static int check_alone(const char *objects, struct err *err)
{
	char path[PATH_MAX + 32];
	struct stat st;

	snprintf(path, sizeof(path), "%s/info/alternates", objects);
	if (stat(path, &st) != 0 || st.st_size == 0)
		return 0;
	return err_set(err, ERR_INPUT,
		       "%s: borrows objects of another repository, which is "
		       "not followed; `git repack -a -d` there copies them, "
		       "then remove this file",
		       path);
}

/* Whether `name` in the repository is a folder, or a file; 0: neither. */
static mode_t kind_of(const struct repository *repository, const char *name)
{
	char path[PATH_MAX];
	struct stat st;

	snprintf(path, sizeof(path), "%s/%s", repository->path, name);
	return stat(path, &st) == 0 ? st.st_mode & (mode_t)S_IFMT : 0;
}

/* Objects named by SHA-256, or refs in tables: a line of `config` says so. */
static int check_format(const struct repository *repository, struct err *err)
{
	static const char *const foreign[] = {"objectformat", "refstorage"};
	static const char *const ours[] = {"sha1", "files"};
	struct buf path = BUF_INIT;
	struct buf text = BUF_INIT;
	int rc;

	buf_addf(&path, "%s/config", repository->path);
	rc = buf_check(&path, err);
	if (rc == 0 && kind_of(repository, "config") == S_IFREG)
		rc = buf_read_file(&text, buf_text(&path), CONFIG_MAX, err);
	for (size_t i = 0; rc == 0 && i < 2; i++) {
		const char *at = strcasestr(buf_text(&text), foreign[i]);

		if (at == NULL)
			continue;
		at += strlen(foreign[i]);
		at += strspn(at, " \t=\"");
		if (strncasecmp(at, ours[i], strlen(ours[i])) != 0)
			rc = err_set(err, ERR_INPUT,
				     "%s: %s is not %s, which is not read here",
				     buf_text(&path), foreign[i], ours[i]);
	}
	buf_release(&text);
	buf_release(&path);
	return rc;
}

static int open_objects(struct repository *repository, struct err *err)
{
	char objects[PATH_MAX];
	char packs[PATH_MAX + 8];
	int rc;

	snprintf(objects, sizeof(objects), "%s/objects", repository->path);
	rc = check_alone(objects, err);
	if (rc < 0)
		return rc;
	if (repository->packs != NULL)
		return packs_refresh(repository->packs, err);
	snprintf(packs, sizeof(packs), "%s/pack", objects);
	return packs_open(&repository->packs, packs, err);
}

static int check_folder(const struct repository *repository, struct err *err)
{
	if (kind_of(repository, "objects") == S_IFDIR &&
	    kind_of(repository, "refs") == S_IFDIR &&
	    kind_of(repository, "HEAD") == S_IFREG)
		return check_format(repository, err);
	if (access(repository->path, F_OK) != 0)
		return err_set(err, ERR_MISSING,
			       "the folder %s is not there (is the stick "
			       "plugged in, the share connected?)",
			       repository->path);
	return err_set(err, ERR_MISSING, "%s is no git repository",
		       repository->path);
}

int repository_open(struct repository **out, const char *path,
		    enum repository_mode mode, struct err *err)
{
	struct repository *repository = calloc(1, sizeof(*repository));
	int rc;

	if (repository == NULL)
		return err_nomem(err);
	repository->lock = -1;
	repository->mode = mode;
	repository->from = OBJECT_FROM_OTHERS;
	repository->path = strdup(path);
	repository->refs = ref_files_new(path);
	rc = repository->path != NULL && repository->refs != NULL
		     ? repository_reopen(repository, err)
		     : err_nomem(err);
	if (rc < 0) {
		repository_close(repository);
		return rc;
	}
	*out = repository;
	return 0;
}

int repository_open_again(struct repository **out, const struct repository *of,
			  struct err *err)
{
	int rc = repository_open(out, of->path, REPOSITORY_READ, err);

	if (rc == 0) {
		(*out)->from = of->from;
		(*out)->begins = of->begins;
	}
	return rc;
}

void repository_close(struct repository *repository)
{
	if (repository == NULL)
		return;
	repository_unlock(repository);
	repository_forget_made(repository);
	repository_forget_kept(repository);
	fresh_release(&repository->fresh);
	packs_close(repository->packs);
	packs_close(repository->beside);
	ref_files_free(repository->refs);
	free(repository->path);
	free(repository);
}

const char *repository_path(const struct repository *repository)
{
	return repository->path;
}

int repository_reopen(struct repository *repository, struct err *err)
{
	int rc = check_folder(repository, err);

	return rc < 0 ? rc : open_objects(repository, err);
}

void repository_trust(struct repository *repository)
{
	repository->from = OBJECT_FROM_US;
}

size_t repository_missed(const struct repository *repository)
{
	return repository->missed;
}

void repository_doubt(struct repository *repository, bool doubted)
{
	repository->doubted = doubted;
}

bool repository_is_doubted(const struct repository *repository)
{
	return repository->doubted;
}

static void begin_path(struct buf *out, const struct repository *repository)
{
	buf_addf(out, "%s/shallow", repository->path);
}

int repository_load_begin(struct repository *repository, struct err *err)
{
	struct buf path = BUF_INIT;
	struct buf text = BUF_INIT;
	int rc;

	begin_path(&path, repository);
	rc = buf_check(&path, err);
	if (rc == 0)
		rc = buf_read_file(&text, buf_text(&path), 4096, err);
	if (rc == ERR_MISSING)
		rc = 0;
	else if (rc == 0 &&
		 (text.len != OID_TEXT ||
		  !oid_parse(&repository->begins, buf_text(&text), text.len)))
		rc = err_set(err, ERR_CORRUPT, "%s names no single commit",
			     buf_text(&path));
	buf_release(&text);
	buf_release(&path);
	return rc;
}

int repository_set_begin(struct repository *repository, const struct oid *oid,
			 struct err *err)
{
	struct buf path = BUF_INIT;
	struct buf text = BUF_INIT;
	char hex[OID_TEXT];
	int rc;

	begin_path(&path, repository);
	oid_format(hex, oid);
	buf_addf(&text, "%s\n", hex);
	rc = buf_check(&path, err);
	if (rc == 0 && !oid_is_zero(oid))
		rc = buf_write_file(&text, buf_text(&path), 0644, err);
	else if (rc == 0 && unlink(buf_text(&path)) != 0 && errno != ENOENT)
		rc = err_errno(err, "%s", buf_text(&path));
	if (rc == 0)
		repository->begins = *oid;
	buf_release(&text);
	buf_release(&path);
	return rc;
}

void repository_read_from(struct repository *repository, const struct oid *oid)
{
	repository->begins = *oid;
}

bool repository_begins(const struct repository *repository,
		       const struct oid *oid)
{
	return !oid_is_zero(&repository->begins) &&
	       (oid == NULL || oid_equal(&repository->begins, oid));
}

const struct oid *repository_begin(const struct repository *repository)
{
	return &repository->begins;
}

void repository_discard(struct repository *repository)
{
	fresh_release(&repository->fresh);
}
