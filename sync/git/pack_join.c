/* pack_join.c - several packs become one. */
#include "sync/git/pack_join.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/deflate.h"
#include "core/base/sha1.h"
#include "sync/git/pack_whole.h"
#include "sync/git/pack_writer.h"

enum {
	INDEX_MAX = 256 << 20, /* bytes */
	TAIL = 64,	       /* objects: those of the last syncs */
	TAIL_OBJECT_MAX = 1 << 17,
	STEP = 1 << 16,
	WINDOW = 1 << 17
};

struct entry {
	uint32_t offset; /* where it stands in its pack */
	uint32_t crc;
	struct oid oid;
};

/* What the new pack has, by name. */
struct place {
	struct oid oid;
	uint64_t offset; /* 0: not yet */
};

struct source {
	const char *path; /* borrowed */
	int fd;
	uint32_t end;		 /* of the entries */
	char seal[PACK_TRAILER]; /* the pack's, as its index has it */
	struct entry *entries;	 /* by offset */
	uint32_t n;
	char *window; /* owned: bytes of the pack */
	uint32_t window_at;
	size_t window_len;
};

struct join {
	struct source *sources;
	size_t n;
	struct place *places;
	uint32_t n_places;
	struct pack_writer *writer;
	struct buf bytes;
};

static int damaged(struct err *err, const struct source *source,
		   const char *what)
{
	return err_set(err, ERR_CORRUPT, "%s: %s", source->path, what);
}

/* --- indexes ------------------------------------------------------------- */

static int by_offset(const void *a, const void *b)
{
	const struct entry *x = a;
	const struct entry *y = b;

	return (x->offset > y->offset) - (x->offset < y->offset);
}

static bool is_sealed(const struct buf *index)
{
	size_t len = index->len - PACK_TRAILER;
	uint8_t digest[SHA1_SIZE];
	struct sha1 sha1;

	sha1_init(&sha1);
	sha1_update(&sha1, index->data, len);
	sha1_final(&sha1, digest);
	return memcmp(index->data + len, digest, SHA1_SIZE) == 0;
}

static int take_index(struct source *source, const struct buf *index,
		      struct err *err)
{
	const char *names = buf_text(index) + PACK_INDEX_HEAD;
	const char *sums;
	const char *offsets;
	uint64_t n;

	if (index->len < PACK_INDEX_HEAD ||
	    memcmp(buf_text(index), "\377tOc\0\0\0\2", 8) != 0)
		return damaged(err, source, "no index of version 2");
	n = pack_number(names - 4);
	if (index->len !=
	    PACK_INDEX_HEAD + n * PACK_INDEX_EACH + 2 * PACK_TRAILER)
		return damaged(err, source, "its index is of another length");
	if (!is_sealed(index))
		return damaged(err, source, "its index is damaged");
	memcpy(source->seal, index->data + index->len - 2 * PACK_TRAILER,
	       PACK_TRAILER);
	source->n = (uint32_t)n;
	source->entries = calloc(n + 1, sizeof(*source->entries));
	if (source->entries == NULL)
		return err_nomem(err);
	sums = names + n * OID_SIZE;
	offsets = sums + 4 * n;
	for (size_t i = 0; i < n; i++) {
		struct entry *entry = &source->entries[i];

		memcpy(entry->oid.bytes, names + i * OID_SIZE, OID_SIZE);
		entry->crc = pack_number(sums + 4 * i);
		entry->offset = pack_number(offsets + 4 * i);
	}
	qsort(source->entries, n, sizeof(*source->entries), by_offset);
	return 0;
}

/* Entries follow each other from the pack's head to its trailer. */
static int check_offsets(const struct source *source, struct err *err)
{
	uint64_t last = PACK_HEAD;

	for (uint32_t i = 0; i < source->n; i++) {
		uint64_t offset = source->entries[i].offset;

		if (i == 0 ? offset != last : offset <= last)
			return damaged(err, source, "its index is not its own");
		last = offset;
	}
	return source->n > 0 && last >= source->end
		       ? damaged(err, source, "it is cut short")
		       : 0;
}

static int open_file(struct source *source, const char *tail, struct stat *st,
		     struct err *err)
{
	struct buf path = BUF_INIT;
	int rc;

	buf_addf(&path, "%s.%s", source->path, tail);
	rc = buf_check(&path, err);
	if (rc == 0)
		rc = open(buf_text(&path),
			  O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);
	if (rc < 0 && !path.failed)
		rc = errno == ENOENT ? err_set(err, ERR_MISSING, "%s is gone",
					       buf_text(&path))
				     : err_errno(err, "%s", buf_text(&path));
	buf_release(&path);
	if (rc >= 0 && (fstat(rc, st) != 0 || !S_ISREG(st->st_mode))) {
		close(rc);
		rc = damaged(err, source, "no file");
	}
	return rc;
}

static int read_file(void *out, const struct source *source, uint32_t at,
		     size_t len, struct err *err)
{
	char *to = out;

	while (len > 0) {
		ssize_t n = pread(source->fd, to, len, (off_t)at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_errno(err, "%s", source->path);
		if (n == 0)
			return damaged(err, source, "it is cut short");
		to += n;
		at += (uint32_t)n;
		len -= (size_t)n;
	}
	return 0;
}

/* Entries are small and follow each other: they are read by the window. */
static int read_at(void *out, struct source *source, uint32_t at, size_t len,
		   struct err *err)
{
	uint32_t size = source->end + PACK_TRAILER;
	int rc = 0;

	if (len > WINDOW || at > size || len > size - at)
		return read_file(out, source, at, len, err);
	if (source->window == NULL && (source->window = malloc(WINDOW)) == NULL)
		return err_nomem(err);
	if (at < source->window_at ||
	    at + len > source->window_at + source->window_len) {
		source->window_at = at;
		source->window_len = size - at < WINDOW ? size - at : WINDOW;
		rc = read_file(source->window, source, at, source->window_len,
			       err);
		if (rc < 0)
			source->window_len = 0;
	}
	if (rc == 0)
		memcpy(out, source->window + (at - source->window_at), len);
	return rc;
}

/* The pack is the one that its index was made for. */
static int check_ends(struct source *source, struct err *err)
{
	char ends[PACK_HEAD + PACK_TRAILER];
	int rc = read_at(ends, source, 0, PACK_HEAD, err);

	if (rc == 0)
		rc = read_at(ends + PACK_HEAD, source, source->end,
			     PACK_TRAILER, err);
	if (rc == 0 &&
	    (memcmp(ends, "PACK\0\0\0\2", 8) != 0 ||
	     pack_number(ends + 8) != source->n ||
	     memcmp(ends + PACK_HEAD, source->seal, PACK_TRAILER) != 0))
		rc = damaged(err, source, "its index is not its own");
	return rc;
}

static int open_pack(struct source *source, struct err *err)
{
	struct stat st;

	source->fd = open_file(source, "pack", &st, err);
	if (source->fd < 0)
		return source->fd;
	if (st.st_size < PACK_HEAD + PACK_TRAILER)
		return damaged(err, source, "it is cut short");
	if (st.st_size > PACK_WRITER_MAX)
		return err_set(err, ERR_INPUT, "%s: too large to be joined",
			       source->path);
	source->end = (uint32_t)(st.st_size - PACK_TRAILER);
	return 0;
}

static int open_source(struct source *source, struct err *err)
{
	struct buf index = BUF_INIT;
	struct stat st;
	int fd;
	int rc = open_pack(source, err);

	if (rc < 0)
		return rc;
	fd = open_file(source, "idx", &st, err);
	if (fd < 0)
		return fd;
	rc = buf_read_fd(&index, fd, INDEX_MAX, source->path, err);
	close(fd);
	if (rc == 0)
		rc = take_index(source, &index, err);
	buf_release(&index);
	if (rc == 0)
		rc = check_ends(source, err);
	return rc < 0 ? rc : check_offsets(source, err);
}

static int by_name(const void *a, const void *b)
{
	return memcmp(&((const struct place *)a)->oid,
		      &((const struct place *)b)->oid, OID_SIZE);
}

static int list_places(struct join *join, struct err *err)
{
	size_t all = 0;
	uint32_t n = 0;

	for (size_t i = 0; i < join->n; i++)
		all += join->sources[i].n;
	if (all > UINT32_MAX)
		return err_set(err, ERR_FAIL, "too many objects for a pack");
	join->places = calloc(all + 1, sizeof(*join->places));
	if (join->places == NULL)
		return err_nomem(err);
	for (size_t i = 0; i < join->n; i++)
		for (uint32_t k = 0; k < join->sources[i].n; k++)
			join->places[n++].oid = join->sources[i].entries[k].oid;
	qsort(join->places, n, sizeof(*join->places), by_name);
	for (uint32_t i = 0; i < n; i++)
		if (join->n_places == 0 ||
		    !oid_equal(&join->places[i].oid,
			       &join->places[join->n_places - 1].oid))
			join->places[join->n_places++] = join->places[i];
	return 0;
}

static struct place *find_place(const struct join *join, const struct oid *oid)
{
	const struct place wanted = {.oid = *oid};

	return bsearch(&wanted, join->places, join->n_places,
		       sizeof(*join->places), by_name);
}

/* --- entries ------------------------------------------------------------- */

static const struct entry *entry_at(const struct source *source,
				    uint32_t offset)
{
	const struct entry wanted = {.offset = offset};

	return bsearch(&wanted, source->entries, source->n,
		       sizeof(*source->entries), by_offset);
}

/* The bytes `from` to `end` of a pack go into the new one. */
static int copy_bytes(struct join *join, struct source *source, uint32_t from,
		      uint32_t end, uint32_t *crc, struct err *err)
{
	char bytes[STEP];
	int rc = 0;

	while (rc == 0 && from < end) {
		size_t n = end - from < STEP ? end - from : STEP;

		rc = read_at(bytes, source, from, n, err);
		if (rc < 0)
			break;
		*crc = deflate_crc32(*crc, bytes, n);
		rc = pack_writer_bytes(join->writer, bytes, n, err);
		from += (uint32_t)n;
	}
	return rc;
}

/* An entry that names its base by distance has another distance here. */
static int move_base(struct join *join, const struct source *source,
		     const struct entry *entry, uint32_t head_len,
		     uint64_t back, const unsigned char *head, struct err *err)
{
	const struct entry *base =
		back > 0 && back < entry->offset
			? entry_at(source, entry->offset - (uint32_t)back)
			: NULL;
	const struct place *place = base != NULL ? find_place(join, &base->oid)
						 : NULL;
	uint64_t here = pack_writer_offset(join->writer);
	struct buf start = BUF_INIT;
	int rc;

	if (place == NULL || place->offset == 0)
		return damaged(err, source, "a difference without its base");
	buf_add(&start, head, head_len);
	pack_add_distance(&start, here - place->offset);
	rc = buf_check(&start, err);
	if (rc == 0)
		rc = pack_writer_begin(join->writer, &entry->oid, err);
	if (rc == 0)
		rc = pack_writer_bytes(join->writer, start.data, start.len,
				       err);
	buf_release(&start);
	return rc;
}

static bool may_differ(enum pack_type type, uint64_t size)
{
	return type <= PACK_BLOB &&
	       pack_writer_differs((enum object_kind)type, (size_t)size);
}

/* What might be kept as a difference, inflated: 1, in join->bytes; 0: it is
 * left as it is. */
static int open_whole(struct join *join, struct source *source,
		      const struct entry *entry, enum pack_type type,
		      uint32_t data, uint32_t end, uint64_t size,
		      struct err *err)
{
	size_t len = end - entry->offset;
	size_t head = data - entry->offset;
	unsigned char *packed;
	bool whole = false;
	int rc;

	if (join->n < 2 || !may_differ(type, size) || len > 2 * size + STEP)
		return 0;
	packed = malloc(len);
	if (packed == NULL)
		return err_nomem(err);
	rc = read_at(packed, source, entry->offset, len, err);
	buf_clear(&join->bytes);
	if (rc == 0 && deflate_crc32(0, packed, len) == entry->crc)
		rc = deflate_inflate(&join->bytes, &whole, packed + head,
				     len - head, (size_t)size, err);
	free(packed);
	return rc < 0 ? rc : whole && join->bytes.len == size;
}

static int copy_entry(struct join *join, struct source *source, uint32_t i,
		      struct err *err)
{
	const struct entry *entry = &source->entries[i];
	uint32_t end = i + 1 < source->n ? entry[1].offset : source->end;
	uint32_t data = entry->offset;
	unsigned char head[PACK_ENTRY_HEAD];
	size_t n = end - data < PACK_ENTRY_HEAD ? end - data : PACK_ENTRY_HEAD;
	uint64_t back = 0;
	uint64_t size = 0;
	enum pack_type type = PACK_BLOB;
	uint32_t crc = 0;
	size_t used;
	int rc = read_at(head, source, data, n, err);

	used = rc == 0 ? pack_take_head(&type, &size, head, n) : 0;
	if (rc == 0 && used == 0)
		return damaged(err, source, "no object where one should be");
	if (rc == 0)
		rc = open_whole(join, source, entry, type,
				data + (uint32_t)used, end, size, err);
	if (rc > 0)
		rc = pack_writer_add_difference(join->writer, &entry->oid,
						(enum object_kind)type,
						&join->bytes, err);
	if (rc != 0)
		return rc < 0 ? rc : 0;
	if (type == PACK_OFFSET_DELTA) {
		size_t far = pack_take_distance(&back, head + used, n - used);

		rc = move_base(join, source, entry, (uint32_t)used,
			       far > 0 ? back : 0, head, err);
		data += (uint32_t)(used + far);
		crc = deflate_crc32(0, head, used + far);
	} else {
		rc = pack_writer_begin(join->writer, &entry->oid, err);
	}
	if (rc == 0)
		rc = copy_bytes(join, source, data, end, &crc, err);
	if (rc == 0 && crc != entry->crc)
		rc = damaged(err, source, "an object is damaged");
	return rc;
}

static int copy_source(struct join *join, struct source *source,
		       struct err *err)
{
	int rc = 0;

	for (uint32_t i = 0; rc == 0 && i < source->n; i++) {
		struct place *place = find_place(join, &source->entries[i].oid);

		if (place->offset != 0)
			continue;
		place->offset = pack_writer_offset(join->writer);
		rc = copy_entry(join, source, i, err);
	}
	return rc;
}

static int remember(struct join *join, struct pack_file *file,
		    const struct entry *entry, struct err *err)
{
	enum pack_type type;
	unsigned depth;
	int rc = pack_whole(&join->bytes, &type, &depth, file, entry->offset,
			    TAIL_OBJECT_MAX, err);

	/* What is not needed is not complained of: (J1) is copy_entry's. */
	if (rc == ERR_CORRUPT) {
		err_clear(err);
		return 0;
	}
	if (rc <= 0 || !may_differ(type, join->bytes.len))
		return rc < 0 ? rc : 0;
	return pack_writer_remember(join->writer, (enum object_kind)type,
				    &join->bytes,
				    find_place(join, &entry->oid)->offset,
				    depth, err);
}

/* Of a pack of many syncs most is a difference already, and the next one's
 * follow on from its last. */
static int remember_tail(struct join *join, const struct source *source,
			 struct err *err)
{
	struct pack_file *file;
	uint32_t n = 0;
	int rc;

	if (source->n <= TAIL)
		return 0;
	file = pack_file_new(source->path);
	if (file == NULL)
		return err_nomem(err);
	rc = pack_file_count(&n, file, err); /* opens it */
	for (uint32_t i = source->n - TAIL; rc == 0 && i < source->n; i++)
		rc = remember(join, file, &source->entries[i], err);
	pack_file_free(file);
	return rc;
}

static void release(struct join *join)
{
	for (size_t i = 0; join->sources != NULL && i < join->n; i++) {
		if (join->sources[i].fd >= 0)
			close(join->sources[i].fd);
		free(join->sources[i].entries);
		free(join->sources[i].window);
	}
	pack_writer_close(join->writer);
	buf_release(&join->bytes);
	free(join->sources);
	free(join->places);
}

int pack_join(char name[OID_TEXT], struct buf *index, int fd,
	      const char *const *paths, size_t n, struct err *err)
{
	struct join join = {.n = n};
	int rc = 0;

	join.sources = calloc(n + 1, sizeof(*join.sources));
	if (join.sources == NULL)
		return err_nomem(err);
	for (size_t i = 0; i < n; i++)
		join.sources[i] = (struct source){.path = paths[i], .fd = -1};
	for (size_t i = 0; rc == 0 && i < n; i++)
		rc = open_source(&join.sources[i], err);
	if (rc == 0)
		rc = list_places(&join, err);
	if (rc == 0)
		rc = pack_writer_open(&join.writer, fd, join.n_places, err);
	for (size_t i = 0; rc == 0 && i < n; i++) {
		rc = copy_source(&join, &join.sources[i], err);
		if (rc == 0 && i + 1 < n)
			rc = remember_tail(&join, &join.sources[i], err);
	}
	if (rc == 0)
		rc = pack_writer_finish(name, index, join.writer, err);
	release(&join);
	return rc;
}
