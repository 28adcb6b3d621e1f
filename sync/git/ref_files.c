/* ref_files.c - the refs of a repository's folder, read with bounds. */
#include "sync/git/ref_files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	LOOSE_MAX = 256, /* bytes of a ref's file that are read */
	HOW = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW
};

struct packed {
	const char *name; /* into ref_files.text */
	struct oid oid;
};

struct ref_files {
	char *path;
	struct buf text; /* packed-refs, its names ended by a NUL */
	struct packed *items;
	size_t n;
	size_t cap;
	struct stat seen; /* of the file that was read; size 0: none */
};

bool ref_name_ok(const char *name)
{
	size_t len = strlen(name);

	if (strncmp(name, "refs/", 5) != 0 || len > REF_NAME_MAX ||
	    strstr(name, "..") != NULL || strstr(name, "@{") != NULL ||
	    strstr(name, "//") != NULL || strstr(name, "/.") != NULL ||
	    strstr(name, ".lock/") != NULL || strchr("/.", name[len - 1]) ||
	    (len > 5 && strcmp(name + len - 5, ".lock") == 0))
		return false;
	for (; *name != '\0'; name++)
		if ((unsigned char)*name <= 0x20 || *name == 0x7f ||
		    strchr("~^:?*[\\", *name) != NULL)
			return false;
	return true;
}

struct ref_files *ref_files_new(const char *path)
{
	struct ref_files *refs = calloc(1, sizeof(*refs));

	if (refs == NULL || (refs->path = strdup(path)) == NULL) {
		free(refs);
		return NULL;
	}
	return refs;
}

void ref_files_free(struct ref_files *refs)
{
	if (refs == NULL)
		return;
	buf_release(&refs->text);
	free(refs->items);
	free(refs->path);
	free(refs);
}

static int full(struct buf *out, const struct ref_files *refs, const char *name,
		struct err *err)
{
	buf_addf(out, "%s/%s", refs->path, name);
	return buf_check(out, err);
}

/* --- packed-refs --------------------------------------------------------- */

static int add_packed(struct ref_files *refs, const char *name,
		      const struct oid *oid, struct err *err)
{
	if (refs->n == refs->cap) {
		size_t cap = refs->cap != 0 ? refs->cap * 2 : 64;
		struct packed *items =
			realloc(refs->items, cap * sizeof(*items));

		if (items == NULL)
			return err_nomem(err);
		refs->items = items;
		refs->cap = cap;
	}
	refs->items[refs->n++] = (struct packed){name, *oid};
	return 0;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct packed *)a)->name,
		      ((const struct packed *)b)->name);
}

/* Cuts the text into lines, in place. */
static int parse_packed(struct ref_files *refs, struct err *err)
{
	char *at = refs->text.data;
	bool sorted = true;
	int rc = 0;

	refs->n = 0;
	if (refs->text.len > 0 && at[refs->text.len - 1] != '\n')
		return err_set(err, ERR_CORRUPT, "%s/packed-refs is cut short",
			       refs->path);
	for (char *next = at; rc == 0 && at != NULL && *at != '\0'; at = next) {
		size_t len = strcspn(at, "\n");
		struct oid oid;

		next = at + len + 1;
		at[len] = '\0';
		if (*at == '#' || *at == '^')
			continue;
		if (len < OID_TEXT || !oid_parse(&oid, at, len) ||
		    at[OID_TEXT - 1] != ' ')
			return err_set(err, ERR_CORRUPT,
				       "%s/packed-refs: line %zu is no ref",
				       refs->path, refs->n + 1);
		rc = add_packed(refs, at + OID_TEXT, &oid, err);
		sorted = sorted && (refs->n < 2 ||
				    by_name(&refs->items[refs->n - 2],
					    &refs->items[refs->n - 1]) < 0);
	}
	if (rc == 0 && !sorted)
		qsort(refs->items, refs->n, sizeof(*refs->items), by_name);
	return rc;
}

static bool same_file(const struct stat *a, const struct stat *b)
{
	return a->st_size == b->st_size && a->st_ino == b->st_ino &&
	       a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
	       a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

static int read_packed(struct ref_files *refs, const char *path,
		       const struct stat *st, struct err *err)
{
	int fd;
	int rc;

	refs->seen.st_size = 0;
	refs->n = 0;
	buf_clear(&refs->text);
	if (!S_ISREG(st->st_mode))
		return err_set(err, ERR_CORRUPT, "%s is no file", path);
	fd = open(path, HOW);
	if (fd < 0)
		return err_errno(err, "%s", path);
	rc = buf_read_fd(&refs->text, fd, REF_PACKED_BYTES_MAX, path, err);
	close(fd);
	if (rc == ERR_INPUT)
		return err->code = ERR_CORRUPT;
	if (rc == 0 && strlen(buf_text(&refs->text)) != refs->text.len)
		return err_set(err, ERR_CORRUPT, "%s holds a NUL", path);
	if (rc == 0)
		rc = parse_packed(refs, err);
	if (rc == 0)
		refs->seen = *st;
	else
		refs->n = 0;
	return rc;
}

/* git replaces the file by another, so what was read is known by its inode,
 * length and time. */
static int need_packed(struct ref_files *refs, struct err *err)
{
	struct buf path = BUF_INIT;
	struct stat st;
	int rc = full(&path, refs, "packed-refs", err);

	if (rc == 0 && lstat(buf_text(&path), &st) != 0) {
		refs->seen.st_size = 0;
		refs->n = 0;
		rc = errno == ENOENT ? 0
				     : err_errno(err, "%s", buf_text(&path));
	} else if (rc == 0 && !same_file(&refs->seen, &st)) {
		rc = read_packed(refs, buf_text(&path), &st, err);
	}
	buf_release(&path);
	return rc;
}

/* --- one ----------------------------------------------------------------- */

/* ERR_MISSING: nothing is there, or a folder. */
static int read_loose(struct oid *out, int folder, const char *file,
		      const char *name, struct err *err)
{
	char text[LOOSE_MAX + 1];
	struct stat st;
	ssize_t n = -1;
	int fd = openat(folder, file, HOW);

	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
		return err_set(err, ERR_MISSING, "no ref %s", name);
	if (fd < 0 && errno != ELOOP && errno != ENXIO)
		return err_errno(err, "ref %s", name);
	if (fd >= 0 && fstat(fd, &st) == 0 && S_ISDIR(st.st_mode)) {
		close(fd);
		return err_set(err, ERR_MISSING, "no ref %s", name);
	}
	if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		n = read(fd, text, LOOSE_MAX);
	if (fd >= 0)
		close(fd);
	if (n >= 0)
		text[n] = '\0';
	if (n < OID_TEXT - 1 || !oid_parse(out, text, (size_t)n) ||
	    strspn(text + OID_TEXT - 1, " \t\r\n") !=
		    (size_t)n - (OID_TEXT - 1))
		return err_set(err, ERR_CORRUPT,
			       "%s is no ref that names a "
			       "commit",
			       name);
	return 0;
}

int ref_files_read(struct oid *out, struct ref_files *refs, const char *name,
		   struct err *err)
{
	const struct packed wanted = {.name = name};
	const struct packed *found = NULL;
	struct buf path = BUF_INIT;
	int rc = full(&path, refs, name, err);

	if (rc == 0)
		rc = read_loose(out, AT_FDCWD, buf_text(&path), name, err);
	buf_release(&path);
	if (rc != ERR_MISSING)
		return rc;
	/* In this order: who packs refs removes the file afterwards. */
	rc = need_packed(refs, err);
	if (rc == 0 && refs->n > 0)
		found = bsearch(&wanted, refs->items, refs->n,
				sizeof(*refs->items), by_name);
	if (rc < 0)
		return rc;
	if (found == NULL)
		return err_set(err, ERR_MISSING, "no ref %s", name);
	*out = found->oid;
	return 0;
}

/* --- many ---------------------------------------------------------------- */

struct listing {
	struct ref_list *out;
	size_t first; /* of the list that is ours */
	size_t cap;
	const char *prefix;
	struct buf name; /* of the folder that is being read, with its `/` */
	size_t seen;	 /* files and folders */
};

static int add_ref(struct listing *listing, const char *name,
		   const struct oid *oid, struct err *err)
{
	struct ref_list *out = listing->out;

	if (out->n >= listing->cap) {
		size_t cap = out->n * 2 + 16;
		struct ref *items = realloc(out->items, cap * sizeof(*items));

		if (items == NULL)
			return err_nomem(err);
		out->items = items;
		listing->cap = cap;
	}
	out->items[out->n].name = strdup(name);
	if (out->items[out->n].name == NULL)
		return err_nomem(err);
	out->items[out->n++].oid = *oid;
	return 0;
}

static bool begins(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

static int walk(struct listing *listing, int folder, size_t depth,
		struct err *err);

/* A ref, a folder of them, or neither: then it is passed by. */
static int take_file(struct listing *listing, int folder, const char *file,
		     size_t depth, struct err *err)
{
	struct buf *name = &listing->name;
	size_t len = name->len;
	struct oid oid;
	int rc = 0;

	if (*file == '.')
		return 0;
	if (++listing->seen > REF_FILES_MAX)
		return err_set(err, ERR_CORRUPT, "more than %d refs",
			       REF_FILES_MAX);
	buf_adds(name, file);
	rc = buf_check(name, err);
	if (rc < 0 || !ref_name_ok(buf_text(name)) ||
	    (!begins(buf_text(name), listing->prefix) &&
	     !begins(listing->prefix, buf_text(name))))
		goto done;
	rc = read_loose(&oid, folder, file, buf_text(name), err);
	if (rc == 0 && begins(buf_text(name), listing->prefix)) {
		rc = add_ref(listing, buf_text(name), &oid, err);
	} else if (rc == ERR_MISSING) {
		int below = openat(folder, file, HOW | O_DIRECTORY);

		buf_addc(name, '/');
		rc = below < 0 ? 0 : walk(listing, below, depth + 1, err);
	} else if (rc == ERR_CORRUPT) {
		rc = 0;
	}
done:
	buf_truncate(name, len);
	return rc;
}

/* Takes over `folder`. */
static int walk(struct listing *listing, int folder, size_t depth,
		struct err *err)
{
	struct dirent *entry;
	DIR *dir = fdopendir(folder);
	int rc = 0;

	if (dir == NULL) {
		close(folder);
		return err_errno(err, "%s", buf_text(&listing->name));
	}
	if (depth > REF_DEPTH_MAX)
		rc = err_set(err, ERR_CORRUPT, "folders of refs nest too deep");
	while (rc == 0 && (entry = readdir(dir)) != NULL)
		rc = take_file(listing, folder, entry->d_name, depth, err);
	closedir(dir);
	return rc;
}

static int ref_compare(const void *a, const void *b)
{
	return strcmp(((const struct ref *)a)->name,
		      ((const struct ref *)b)->name);
}

static void sort_from(struct ref_list *list, size_t first)
{
	if (list->n > first)
		qsort(list->items + first, list->n - first,
		      sizeof(*list->items), ref_compare);
}

/* Those that have no file of their own. */
static int add_all_packed(struct listing *listing, struct ref_files *refs,
			  struct err *err)
{
	size_t loose = listing->out->n;
	int rc = need_packed(refs, err);

	for (size_t i = 0; rc == 0 && i < refs->n; i++) {
		const struct ref wanted = {
			.name = (char *)(uintptr_t)refs->items[i].name};

		if (!begins(wanted.name, listing->prefix) ||
		    !ref_name_ok(wanted.name) ||
		    (loose > listing->first &&
		     bsearch(&wanted, listing->out->items + listing->first,
			     loose - listing->first, sizeof(wanted),
			     ref_compare) != NULL))
			continue;
		rc = add_ref(listing, wanted.name, &refs->items[i].oid, err);
	}
	return rc;
}

/* The deepest folder that holds all of them. */
static int open_folder(struct listing *listing, const struct ref_files *refs,
		       struct err *err)
{
	const char *slash = strrchr(listing->prefix, '/');
	struct buf path = BUF_INIT;
	int rc;
	int fd = -1;

	buf_add(&listing->name, listing->prefix,
		(size_t)(slash - listing->prefix) + 1);
	rc = buf_check(&listing->name, err);
	if (rc == 0)
		rc = full(&path, refs, buf_text(&listing->name), err);
	if (rc == 0)
		fd = open(buf_text(&path), HOW | O_DIRECTORY);
	if (rc == 0 && fd < 0 && errno != ENOENT && errno != ENOTDIR)
		rc = err_errno(err, "%s", buf_text(&path));
	buf_release(&path);
	return rc < 0 ? rc : fd < 0 ? ERR_MISSING : fd;
}

int ref_files_list(struct ref_list *out, struct ref_files *refs,
		   const char *prefix, struct err *err)
{
	struct listing listing = {
		.out = out, .first = out->n, .cap = out->n, .prefix = prefix};
	int fd = open_folder(&listing, refs, err);
	int rc = fd >= 0	     ? walk(&listing, fd, 0, err)
		 : fd == ERR_MISSING ? 0
				     : fd;

	sort_from(out, listing.first);
	if (rc == 0)
		rc = add_all_packed(&listing, refs, err);
	sort_from(out, 0);
	buf_release(&listing.name);
	return rc;
}
