/* packs.c - all packs of a repository, read with bounds. */
#include "sync/git/packs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "sync/git/pack_delta.h"

enum {
	SLOTS = 256,
	TYPED_BITS = 14,
	KEPT_MAX = 1 << 20,	/* bytes of one object that is kept */
	KEPT_ALL_MAX = 1 << 24, /* of all of them */
	ALLOWED_EACH = 1 << 18, /* bytes of work for each object, */
	ALLOWED_TIMES = 64	/* and as often its size, */
};

#define ALLOWED_AT_FIRST ((uint64_t)4 << 30) /* and once */

struct listed {
	struct pack_file *file;
	struct timespec time; /* of its index */
	bool seen;	      /* at the last look */
};

/* What others are made from, by where it stands. */
struct kept {
	const struct pack_file *file; /* NULL: free */
	uint64_t offset;
	enum pack_type type;
	struct buf bytes;
};

/* What an object is in the end, by where it stands. */
struct typed {
	const struct pack_file *file; /* NULL: free */
	uint64_t offset;
	enum pack_type type;
};

struct packs {
	char *folder;
	struct listed *items; /* newest first */
	size_t n;
	size_t used; /* since their files were closed */
	size_t last; /* where something was found */
	struct kept kept[SLOTS];
	size_t kept_bytes;
	struct typed *typed; /* TYPED of them, or NULL */
	uint64_t work;	     /* bytes inflated and made so far */
	uint64_t allowed;    /* (K2) */
};

/* --- the folder ---------------------------------------------------------- */

static void forget_kept(struct packs *packs)
{
	for (size_t i = 0; i < SLOTS; i++) {
		buf_release(&packs->kept[i].bytes);
		packs->kept[i].file = NULL;
	}
	packs->kept_bytes = 0;
}

static int newest_first(const void *a, const void *b)
{
	const struct listed *x = a;
	const struct listed *y = b;

	if (x->time.tv_sec != y->time.tv_sec)
		return x->time.tv_sec < y->time.tv_sec ? 1 : -1;
	if (x->time.tv_nsec != y->time.tv_nsec)
		return x->time.tv_nsec < y->time.tv_nsec ? 1 : -1;
	return strcmp(pack_file_path(y->file), pack_file_path(x->file));
}

/* Whether it was there at the last look, as the first `old` were. */
static bool is_old(struct packs *packs, size_t old, const char *path)
{
	for (size_t i = 0; i < old; i++)
		if (strcmp(pack_file_path(packs->items[i].file), path) == 0) {
			packs->items[i].seen = true;
			return true;
		}
	return false;
}

static int add(struct packs *packs, const char *path,
	       const struct timespec *when, struct err *err)
{
	struct listed *items;

	if (packs->n == PACKS_MAX)
		return err_set(err, ERR_INPUT,
			       "%s: more than %d packs (`git gc` "
			       "there joins them)",
			       packs->folder, PACKS_MAX);
	items = realloc(packs->items, (packs->n + 1) * sizeof(*items));
	if (items == NULL)
		return err_nomem(err);
	packs->items = items;
	items[packs->n] = (struct listed){pack_file_new(path), *when, true};
	if (items[packs->n].file == NULL)
		return err_nomem(err);
	packs->n++;
	return 0;
}

static int look_at(struct packs *packs, size_t old, DIR *dir, const char *name,
		   struct err *err)
{
	size_t len = strlen(name);
	struct buf path = BUF_INIT;
	struct stat st;
	int rc;

	if (len < 10 || strncmp(name, "pack-", 5) != 0 ||
	    strcmp(name + len - 4, ".idx") != 0)
		return 0;
	buf_addf(&path, "%s/%.*s", packs->folder, (int)len - 4, name);
	rc = buf_check(&path, err);
	if (rc == 0 && !is_old(packs, old, buf_text(&path)) &&
	    fstatat(dirfd(dir), name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    S_ISREG(st.st_mode))
		rc = add(packs, buf_text(&path), &st.st_mtim, err);
	buf_release(&path);
	return rc;
}

/* Those that were there before, too, stay as they are. */
static void drop_unseen(struct packs *packs)
{
	size_t n = 0;

	for (size_t i = 0; i < packs->n; i++)
		if (packs->items[i].seen)
			packs->items[n++] = packs->items[i];
		else
			pack_file_free(packs->items[i].file);
	if (n < packs->n) {
		forget_kept(packs);
		free(packs->typed);
		packs->typed = NULL;
	}
	packs->n = n;
	packs->last = 0;
	if (n > 0)
		qsort(packs->items, n, sizeof(*packs->items), newest_first);
}

int packs_refresh(struct packs *packs, struct err *err)
{
	struct dirent *entry;
	DIR *dir = opendir(packs->folder);
	size_t old = packs->n;
	int rc = 0;

	if (dir == NULL && errno != ENOENT)
		return err_errno(err, "%s", packs->folder);
	for (size_t i = 0; i < old; i++)
		packs->items[i].seen = false;
	while (rc == 0 && dir != NULL && (entry = readdir(dir)) != NULL)
		rc = look_at(packs, old, dir, entry->d_name, err);
	if (dir != NULL)
		closedir(dir);
	if (rc == 0)
		drop_unseen(packs);
	return rc;
}

int packs_open(struct packs **out, const char *folder, struct err *err)
{
	struct packs *packs = calloc(1, sizeof(*packs));
	int rc;

	if (packs == NULL || (packs->folder = strdup(folder)) == NULL) {
		free(packs);
		return err_nomem(err);
	}
	packs->allowed = ALLOWED_AT_FIRST;
	rc = packs_refresh(packs, err);
	if (rc < 0) {
		packs_close(packs);
		return rc;
	}
	*out = packs;
	return 0;
}

void packs_close(struct packs *packs)
{
	if (packs == NULL)
		return;
	forget_kept(packs);
	free(packs->typed);
	for (size_t i = 0; i < packs->n; i++)
		pack_file_free(packs->items[i].file);
	free(packs->items);
	free(packs->folder);
	free(packs);
}

/* --- where an object is -------------------------------------------------- */

static void rest(struct packs *packs)
{
	if (++packs->used <= PACKS_OPEN_MAX)
		return;
	for (size_t i = 0; i < packs->n; i++)
		pack_file_rest(packs->items[i].file);
	packs->used = 0;
}

/* The one that had the last one, then the newest. */
static int find(struct pack_file **file, uint64_t *offset, struct packs *packs,
		const struct oid *oid, struct err *err)
{
	struct err trouble = {0};
	char hex[OID_TEXT];

	for (size_t i = 0; i <= packs->n && packs->n > 0; i++) {
		size_t at = i == 0 ? packs->last : i - 1;
		int rc;

		if (i > 0 && at == packs->last)
			continue;
		rc = pack_file_find(offset, packs->items[at].file, oid,
				    &trouble);
		if (at != packs->last)
			rest(packs);
		if (rc > 0) {
			packs->last = at;
			*file = packs->items[at].file;
			return 0;
		}
	}
	oid_format(hex, oid);
	if (trouble.code == ERR_FAIL)
		return err_set(err, ERR_FAIL, "object %s: %s", hex,
			       trouble.text);
	return trouble.code != 0 && trouble.code != ERR_MISSING
		       ? err_set(err, ERR_MISSING, "object %s is missing (%s)",
				 hex, trouble.text)
		       : err_set(err, ERR_MISSING, "object %s is missing", hex);
}

int packs_find(struct packs *packs, const struct oid *oid, struct err *err)
{
	struct pack_file *file;
	uint64_t offset;

	return find(&file, &offset, packs, oid, err);
}

static bool holds_all(struct pack_file *file, const struct oid_list *oids)
{
	struct err ignored;
	uint64_t offset;

	for (size_t i = 0; i < oids->n; i++)
		if (pack_file_find(&offset, file, &oids->items[i], &ignored) <=
		    0)
			return false;
	return true;
}

const char *packs_exact(struct packs *packs, const struct oid_list *oids)
{
	for (size_t i = 0; i < packs->n; i++) {
		struct pack_file *file = packs->items[i].file;
		struct err ignored;
		uint32_t n;

		if (pack_file_count(&n, file, &ignored) == 0 && n == oids->n &&
		    holds_all(file, oids))
			return pack_file_path(file);
		rest(packs);
	}
	return NULL;
}

/* --- how it is made ------------------------------------------------------ */

static int check_size(uint64_t size, enum pack_type type, struct err *err)
{
	return size <= pack_size_limit(type)
		       ? 0
		       : err_set(err, ERR_CORRUPT,
				 "an object of %llu bytes, more than %llu",
				 (unsigned long long)size,
				 (unsigned long long)pack_size_limit(type));
}

static uint64_t hash_of(const struct pack_file *file, uint64_t offset)
{
	return ((uintptr_t)file >> 4 ^ offset) * 0x9e3779b97f4a7c15;
}

static struct kept *slot(struct packs *packs, const struct pack_file *file,
			 uint64_t offset)
{
	return &packs->kept[hash_of(file, offset) >> 56];
}

static const struct kept *recall(struct packs *packs,
				 const struct pack_file *file, uint64_t offset)
{
	const struct kept *kept = slot(packs, file, offset);

	return kept->file == file && kept->offset == offset ? kept : NULL;
}

static void keep(struct packs *packs, const struct pack_file *file,
		 uint64_t offset, enum pack_type type, const struct buf *bytes)
{
	struct kept *kept = slot(packs, file, offset);

	if (bytes->len > KEPT_MAX || recall(packs, file, offset) != NULL)
		return;
	if (packs->kept_bytes + bytes->len > KEPT_ALL_MAX)
		forget_kept(packs);
	packs->kept_bytes -= kept->bytes.len;
	kept->file = NULL;
	buf_clear(&kept->bytes);
	buf_add(&kept->bytes, bytes->data, bytes->len);
	if (kept->bytes.failed) {
		buf_release(&kept->bytes);
		return;
	}
	packs->kept_bytes += bytes->len;
	kept->file = file;
	kept->offset = offset;
	kept->type = type;
}

/* An object, the one it is made from, the one that is made from, …: the last
 * is whole, or kept. */
struct chain {
	struct pack_file *file;
	size_t n;
	const struct kept *kept;
	enum pack_type type;
	struct link {
		uint64_t offset;
		struct pack_entry entry;
	} links[PACKS_DEPTH_MAX + 1];
};

static int base_of(uint64_t *offset, const struct chain *chain,
		   const struct pack_entry *entry, struct err *err)
{
	int rc = 1;

	if (entry->type == PACK_OFFSET_DELTA)
		*offset = entry->base;
	else
		rc = pack_file_find(offset, chain->file, &entry->named, err);
	return rc != 0 ? rc
		       : err_set(err, ERR_CORRUPT,
				 "%s.pack: what an object is made from is not "
				 "in it",
				 pack_file_path(chain->file));
}

static bool is_delta(const struct pack_entry *entry)
{
	return entry->type == PACK_OFFSET_DELTA ||
	       entry->type == PACK_NAME_DELTA;
}

/* Remembered, as each question for a type would go down the chain. Without
 * memory it does. */
static void know_types(struct packs *packs, const struct chain *chain)
{
	if (packs->typed == NULL && chain->n > 1)
		packs->typed =
			calloc((size_t)1 << TYPED_BITS, sizeof(*packs->typed));
	for (size_t i = 0; packs->typed != NULL && i < chain->n; i++) {
		uint64_t offset = chain->links[i].offset;
		uint64_t hash = hash_of(chain->file, offset);

		packs->typed[hash >> (64 - TYPED_BITS)] =
			(struct typed){chain->file, offset, chain->type};
	}
}

static bool knows_type(enum pack_type *type, const struct packs *packs,
		       const struct pack_file *file, uint64_t offset)
{
	uint64_t hash = hash_of(file, offset);
	const struct typed *typed;

	if (packs->typed == NULL)
		return false;
	typed = &packs->typed[hash >> (64 - TYPED_BITS)];
	*type = typed->type;
	return typed->file == file && typed->offset == offset;
}

/* To what is whole or kept; for the type alone, to whose is known. */
static int follow(struct chain *chain, struct packs *packs,
		  struct pack_file *file, uint64_t offset, bool for_type,
		  struct err *err)
{
	chain->file = file;
	chain->kept = NULL;
	for (chain->n = 0; chain->n <= PACKS_DEPTH_MAX;) {
		struct link *link = &chain->links[chain->n];
		int rc;

		chain->kept = recall(packs, file, offset);
		if (chain->kept != NULL) {
			chain->type = chain->kept->type;
			return 0;
		}
		link->offset = offset;
		rc = pack_file_entry(&link->entry, file, offset, err);
		if (rc == 0)
			rc = check_size(link->entry.size, link->entry.type,
					err);
		if (rc < 0)
			return rc;
		chain->n++;
		chain->type = link->entry.type;
		if (!is_delta(&link->entry))
			return 0;
		if (for_type && knows_type(&chain->type, packs, file, offset))
			return 0;
		rc = base_of(&offset, chain, &link->entry, err);
		if (rc < 0)
			return rc;
	}
	return err_set(err, ERR_CORRUPT,
		       "%s.pack: an object is made from more than %d others, "
		       "or from itself",
		       pack_file_path(file), PACKS_DEPTH_MAX);
}

static int delta_size(uint64_t *size, const struct chain *chain,
		      const struct pack_entry *entry, struct err *err)
{
	unsigned char head[PACK_DELTA_HEAD];
	uint64_t base;
	size_t made = 0;
	int rc = pack_file_peek(&made, head, sizeof(head), chain->file, entry,
				err);

	if (rc == 0 && pack_delta_sizes(&base, size, head, made) == 0)
		rc = err_set(err, ERR_CORRUPT,
			     "%s.pack: a delta without its sizes",
			     pack_file_path(chain->file));
	return rc;
}

int packs_head(enum pack_type *type, size_t *size, struct packs *packs,
	       const struct oid *oid, struct err *err)
{
	struct chain chain;
	struct pack_file *file;
	uint64_t stated = 0;
	uint64_t offset;
	int rc = find(&file, &offset, packs, oid, err);

	if (rc == 0)
		rc = follow(&chain, packs, file, offset, true, err);
	if (rc < 0)
		return rc;
	know_types(packs, &chain);
	if (chain.n == 0)
		stated = chain.kept->bytes.len;
	else if (!is_delta(&chain.links[0].entry))
		stated = chain.links[0].entry.size;
	else
		rc = delta_size(&stated, &chain, &chain.links[0].entry, err);
	if (rc == 0)
		rc = check_size(stated, chain.type, err);
	*type = chain.type;
	*size = (size_t)stated;
	return rc;
}

/* The last of the chain, which is none of the links any more. */
static int make_base(struct buf *out, struct chain *chain, struct err *err)
{
	if (chain->kept == NULL)
		return pack_file_inflate(out, chain->file,
					 &chain->links[--chain->n].entry, err);
	buf_clear(out);
	buf_add(out, chain->kept->bytes.data, chain->kept->bytes.len);
	return buf_check(out, err);
}

/* (K2) */
static int count_work(size_t *work, size_t bytes, struct packs *packs,
		      const struct chain *chain, struct err *err)
{
	*work += bytes;
	packs->work += bytes;
	return *work <= PACKS_WORK_MAX && packs->work <= packs->allowed
		       ? 0
		       : err_set(err, ERR_CORRUPT,
				 "%s.pack: its objects take more work to be "
				 "made than any lawful ones",
				 pack_file_path(chain->file));
}

/* Turns *bytes, the base, into the object. */
static int climb(struct buf *bytes, struct packs *packs, struct chain *chain,
		 uint64_t offset, struct err *err)
{
	struct buf delta = BUF_INIT;
	struct buf next = BUF_INIT;
	size_t work = 0;
	int rc = count_work(&work, bytes->len, packs, chain, err);

	while (rc == 0 && chain->n > 0) {
		const struct link *link = &chain->links[--chain->n];
		struct buf made;

		keep(packs, chain->file, offset, chain->type, bytes);
		rc = pack_file_inflate(&delta, chain->file, &link->entry, err);
		if (rc == 0)
			rc = pack_delta_apply(&next, bytes, &delta,
					      pack_size_limit(chain->type),
					      err);
		if (rc == 0)
			rc = count_work(&work, delta.len + next.len, packs,
					chain, err);
		made = next; /* swapped: the base's memory serves again */
		next = *bytes;
		*bytes = made;
		offset = link->offset;
	}
	buf_release(&next);
	buf_release(&delta);
	return rc;
}

int packs_read(struct buf *out, enum pack_type *type, struct packs *packs,
	       const struct oid *oid, struct err *err)
{
	struct chain chain;
	struct pack_file *file;
	uint64_t offset;
	int rc = find(&file, &offset, packs, oid, err);

	if (rc == 0)
		rc = follow(&chain, packs, file, offset, false, err);
	if (rc == 0) {
		know_types(packs, &chain);
		/* Where the base stands: at the last link, or what is kept. */
		offset = chain.kept != NULL ? chain.kept->offset
					    : chain.links[chain.n - 1].offset;
		rc = make_base(out, &chain, err);
	}
	if (rc == 0)
		rc = climb(out, packs, &chain, offset, err);
	if (rc < 0) {
		buf_clear(out);
		return rc;
	}
	packs->allowed += ALLOWED_EACH + (uint64_t)out->len * ALLOWED_TIMES;
	*type = chain.type;
	return 0;
}
