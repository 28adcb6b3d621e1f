/* repository.c - a bare git repository: life cycle, reading, refs. */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "sync/git/repository_room.h"
#include "sync/git/tree.h"

enum { CONFIG_MAX = 1 << 20 }; /* bytes of a `config` that is looked at */

static_assert(sizeof(struct oid) == sizeof(git_oid), "SHA-1 names");

int repository_git_error(struct err *err, const char *fmt, ...)
{
	char task[512];
	va_list args;

	va_start(args, fmt);
	vsnprintf(task, sizeof(task), fmt, args);
	va_end(args);
	return git_library_error(err, task);
}

int repository_damage(struct err *err, const char *fmt, ...)
{
	const git_error *last = libgit.error_last();
	bool system = last != NULL && (last->klass == GIT_ERROR_OS ||
				       last->klass == GIT_ERROR_NOMEMORY);
	char task[512];
	va_list args;

	va_start(args, fmt);
	vsnprintf(task, sizeof(task), fmt, args);
	va_end(args);
	git_library_error(err, task);
	return err->code = system ? ERR_FAIL : ERR_CORRUPT;
}

/* --- making one -------------------------------------------------------- */

static int remove_one(const char *path, const struct stat *st, int type,
		      struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
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
		rc = repository_git_error(err, "configure %s", path);
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
	int rc;

	libgit.repository_init_options_init(
		&options, GIT_REPOSITORY_INIT_OPTIONS_VERSION);
	options.flags = GIT_REPOSITORY_INIT_BARE | GIT_REPOSITORY_INIT_MKPATH |
			GIT_REPOSITORY_INIT_MKDIR;
	options.initial_head = "main";
	if (libgit.repository_init_ext(&git, path, &options) < 0)
		return repository_git_error(err, "make %s", path);
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

static int add_backend(git_odb *odb, git_odb_backend *backend, int priority,
		       struct err *err)
{
	if (libgit.odb_add_backend(odb, backend, priority) == 0)
		return 0; /* the database's now */
	backend->free(backend);
	return repository_git_error(err, "objects");
}

/* Packs, then loose objects: not libgit2's own database, which reads both
 * carelessly (packs.h, loose.h), follows alternates, and hashes a whole
 * commit-graph. */
static int open_objects(struct repository *repository, struct err *err)
{
	enum { LOOSE = 1, PACKS, MEMORY };
	char objects[PATH_MAX];
	char packs[PATH_MAX + 8];
	git_odb_backend *backend = NULL;
	int rc;

	snprintf(objects, sizeof(objects), "%s/objects", repository->path);
	rc = check_alone(objects, err);
	if (rc < 0)
		return rc;
	snprintf(packs, sizeof(packs), "%s/pack", objects);
	if (libgit.odb_new(&repository->odb) < 0)
		return repository_git_error(err, "open %s", objects);
	rc = repository_packs_backend(&backend, packs, err);
	if (rc == 0)
		rc = add_backend(repository->odb, backend, PACKS, err);
	if (rc == 0)
		rc = repository_loose_backend(&backend, objects, err);
	if (rc == 0)
		rc = add_backend(repository->odb, backend, LOOSE, err);
	if (rc < 0 || repository->mode == REPOSITORY_READ)
		return rc;
	if (libgit.mempack_new(&repository->memory) < 0)
		return repository_git_error(err, "open %s", objects);
	rc = add_backend(repository->odb, repository->memory, MEMORY, err);
	if (rc < 0)
		repository->memory = NULL;
	return rc;
}

/* What libgit2 would open is looked at here, since it reads whatever a hub's
 * HEAD, config and commondir are or lead to. */
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

static int open_git(struct repository *repository, struct err *err)
{
	int rc = check_folder(repository, err);

	if (rc == 0)
		rc = open_objects(repository, err);
	if (rc == 0 &&
	    libgit.repository_wrap_odb(&repository->git, repository->odb) < 0)
		rc = repository_git_error(err, "open %s", repository->path);
	return rc;
}

static void close_git(struct repository *repository)
{
	libgit.odb_free(repository->odb);
	libgit.repository_free(repository->git);
	repository->odb = NULL;
	repository->git = NULL;
	repository->memory = NULL;
}

int repository_open(struct repository **out, const char *path,
		    enum repository_mode mode, struct err *err)
{
	struct repository *repository;
	int rc = git_library_start(err);

	if (rc < 0)
		return rc;
	repository = calloc(1, sizeof(*repository));
	if (repository == NULL)
		return err_nomem(err);
	repository->lock = -1;
	repository->mode = mode;
	repository->path = strdup(path);
	repository->refs = ref_files_new(path);
	rc = repository->path != NULL && repository->refs != NULL
		     ? open_git(repository, err)
		     : err_nomem(err);
	if (rc < 0) {
		repository_close(repository);
		return rc;
	}
	*out = repository;
	return 0;
}

void repository_close(struct repository *repository)
{
	if (repository == NULL)
		return;
	repository_unlock(repository);
	close_git(repository);
	repository_forget_made(repository);
	oid_list_release(&repository->fresh);
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
	close_git(repository);
	return open_git(repository, err);
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

/* libgit2 caches objects by name, those in memory too: it would go on
 * believing in them, so it is opened anew. */
int repository_discard(struct repository *repository, struct err *err)
{
	if (repository->fresh.n == 0)
		return 0;
	repository->fresh.n = 0;
	return repository_reopen(repository, err);
}

/* --- reading ----------------------------------------------------------- */

static void to_git(git_oid *out, const struct oid *oid)
{
	memcpy(out->id, oid->bytes, OID_SIZE);
}

bool repository_has(struct repository *repository, const struct oid *oid)
{
	git_oid id;

	to_git(&id, oid);
	return libgit.odb_exists_ext(repository->odb, &id,
				     GIT_ODB_LOOKUP_NO_REFRESH) == 1;
}

static const struct kind {
	git_object_t type;
	const char *name;
	size_t limit;
} kinds[] = {
	[OBJECT_COMMIT] = {GIT_OBJECT_COMMIT, "commit", OBJECT_COMMIT_MAX},
	[OBJECT_TREE] = {GIT_OBJECT_TREE, "tree", OBJECT_TREE_MAX},
	[OBJECT_BLOB] = {GIT_OBJECT_BLOB, "blob", OBJECT_BLOB_MAX},
};

/* Kind and size stand in the object's header, before it is inflated. */
static int check_header(struct repository *repository, const git_oid *id,
			enum object_kind kind, struct err *err)
{
	char hex[GIT_OID_HEXSZ + 1];
	git_object_t type;
	size_t size;
	int rc = libgit.odb_read_header(&size, &type, repository->odb, id);

	libgit.oid_tostr(hex, sizeof(hex), id);
	if (rc == GIT_ENOTFOUND)
		return err_set(err, ERR_MISSING, "object %s is missing", hex);
	if (rc < 0)
		return repository_damage(err, "object %s", hex);
	if (type != kinds[kind].type)
		return err_set(err, ERR_CORRUPT, "object %s is no %s", hex,
			       kinds[kind].name);
	if (size > kinds[kind].limit)
		return err_set(err, ERR_CORRUPT,
			       "%s %s has %zu bytes, more than %zu",
			       kinds[kind].name, hex, size, kinds[kind].limit);
	return 0;
}

int repository_read(struct buf *out, struct repository *repository,
		    const struct oid *oid, enum object_kind kind,
		    struct err *err)
{
	git_odb_object *object = NULL;
	git_oid id;
	int rc;

	to_git(&id, oid);
	rc = check_header(repository, &id, kind, err);
	if (rc < 0)
		return rc;
	if (libgit.odb_read(&object, repository->odb, &id) < 0) {
		char hex[OID_TEXT];

		oid_format(hex, oid);
		return repository_damage(err, "object %s", hex);
	}
	buf_clear(out);
	buf_add(out, libgit.odb_object_data(object),
		libgit.odb_object_size(object));
	libgit.odb_object_free(object);
	return buf_check(out, err);
}

int repository_read_any(struct buf *out, enum object_kind *kind,
			struct repository *repository, const struct oid *oid,
			struct err *err)
{
	char hex[OID_TEXT];
	git_object_t type;
	git_oid id;
	size_t size;

	to_git(&id, oid);
	oid_format(hex, oid);
	if (libgit.odb_read_header(&size, &type, repository->odb, &id) < 0) {
		repository_git_error(err, "object %s", hex);
		return err->code = ERR_CORRUPT;
	}
	for (*kind = OBJECT_COMMIT; *kind <= OBJECT_BLOB; (*kind)++)
		if (kinds[*kind].type == type)
			return repository_read(out, repository, oid, *kind,
					       err);
	return err_set(err, ERR_CORRUPT, "object %s is of no kind of ours",
		       hex);
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
