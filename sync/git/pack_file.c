/* pack_file.c - one pack with its index, read without believing either. */
#include "sync/git/pack_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/deflate.h"

enum {
	COUNTS = 256,
	WHOLE = 1 << 14,      /* an index up to this size is kept in memory, */
	WHOLE_MAX = 32 << 20, /* up to this once as much of it was read */
	WINDOW = 1 << 13,     /* of the pack, kept in memory */
	NAMES = 200,	      /* read at once, where an index is not */
	TABLES = 1024 /* a stream says how it is coded before it begins */
};

/* One file of the two. */
struct part {
	const char *tail; /* of its name */
	int fd;		  /* -1 while closed */
	uint64_t size;
};

struct pack_file {
	char *path; /* owned */
	bool loaded;
	struct err trouble; /* why it cannot be used; code 0 if it can */
	struct part index;
	struct part pack;
	uint32_t counts[COUNTS];
	uint32_t n;
	struct buf whole; /* the index, if it is kept */
	uint64_t asked;	  /* bytes of it that were read */
	unsigned char *window;
	uint64_t window_at;
	size_t window_len;
};

struct pack_file *pack_file_new(const char *path)
{
	struct pack_file *file = calloc(1, sizeof(*file));

	if (file == NULL || (file->path = strdup(path)) == NULL) {
		free(file);
		return NULL;
	}
	file->index = (struct part){.tail = "idx", .fd = -1};
	file->pack = (struct part){.tail = "pack", .fd = -1};
	return file;
}

static void close_part(struct part *part)
{
	if (part->fd >= 0)
		close(part->fd);
	part->fd = -1;
}

void pack_file_rest(struct pack_file *file)
{
	close_part(&file->index);
	close_part(&file->pack);
}

void pack_file_free(struct pack_file *file)
{
	if (file == NULL)
		return;
	pack_file_rest(file);
	buf_release(&file->whole);
	free(file->window);
	free(file->path);
	free(file);
}

const char *pack_file_path(const struct pack_file *file)
{
	return file->path;
}

/* --- files --------------------------------------------------------------- */

static int damaged(struct err *err, const struct pack_file *file,
		   const struct part *part, const char *what)
{
	return err_set(err, ERR_CORRUPT, "%s.%s: %s", file->path, part->tail,
		       what);
}

static int not_opened(struct pack_file *file, const struct part *part,
		      struct err *err)
{
	if (errno == ENOENT)
		return err_set(err, ERR_MISSING, "%s.%s is gone", file->path,
			       part->tail);
	if (errno == ELOOP || errno == ENXIO)
		return damaged(err, file, part, "no file");
	return err_errno(err, "%s.%s", file->path, part->tail);
}

/* Regular files only: a pipe would never end, and waits to be opened. */
static int open_part(struct pack_file *file, struct part *part, struct err *err)
{
	enum { HOW = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW };
	struct buf path = BUF_INIT;
	struct stat st;
	int rc;

	if (part->fd >= 0)
		return 0;
	buf_addf(&path, "%s.%s", file->path, part->tail);
	rc = buf_check(&path, err);
	if (rc == 0) {
		part->fd = open(buf_text(&path), HOW);
		rc = part->fd < 0 ? not_opened(file, part, err) : 0;
	}
	if (rc == 0 && (fstat(part->fd, &st) != 0 || !S_ISREG(st.st_mode)))
		rc = damaged(err, file, part, "no file");
	if (rc == 0)
		part->size = (uint64_t)st.st_size;
	else
		close_part(part);
	buf_release(&path);
	return rc;
}

static int read_at(void *out, struct pack_file *file, struct part *part,
		   uint64_t at, size_t len, struct err *err)
{
	char *to = out;
	int rc = open_part(file, part, err);

	while (rc == 0 && len > 0) {
		ssize_t n = pread(part->fd, to, len, (off_t)at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			rc = err_errno(err, "%s.%s", file->path, part->tail);
		else if (n == 0)
			rc = damaged(err, file, part, "it is cut short");
		else {
			to += n;
			at += (uint64_t)n;
			len -= (size_t)n;
		}
	}
	return rc;
}

/* --- the index ----------------------------------------------------------- */

/* The whole index, to be asked in memory from now on. */
static int read_whole(struct pack_file *file, struct err *err)
{
	size_t size = (size_t)file->index.size;
	char *room = buf_extend(&file->whole, size);
	int rc = room == NULL ? err_nomem(err)
			      : read_at(room, file, &file->index, 0, size, err);

	if (rc < 0)
		buf_release(&file->whole);
	close_part(&file->index);
	return rc;
}

static int index_read(void *out, struct pack_file *file, uint64_t at,
		      size_t len, struct err *err)
{
	int rc = 0;

	file->asked += len;
	if (file->whole.len == 0 && file->asked > file->index.size &&
	    file->index.size <= WHOLE_MAX)
		rc = read_whole(file, err);
	if (rc < 0)
		return rc;
	if (file->whole.len == 0)
		return read_at(out, file, &file->index, at, len, err);
	if (at > file->whole.len || len > file->whole.len - at)
		return damaged(err, file, &file->index, "it is cut short");
	memcpy(out, file->whole.data + at, len);
	return 0;
}

/* The counts rise, and the file is as long as they make it. */
static int check_index(struct pack_file *file, struct err *err)
{
	unsigned char head[PACK_INDEX_HEAD];
	uint64_t least;
	int rc = index_read(head, file, 0, sizeof(head), err);

	if (rc < 0)
		return rc;
	if (memcmp(head, "\377tOc\0\0\0\2", 8) != 0)
		return damaged(err, file, &file->index,
			       "no index of version 2 (`git gc` "
			       "there makes one)");
	for (size_t i = 0; i < COUNTS; i++) {
		file->counts[i] = pack_number(head + 8 + 4 * i);
		if (i > 0 && file->counts[i] < file->counts[i - 1])
			return damaged(err, file, &file->index,
				       "its counts fall");
	}
	file->n = file->counts[COUNTS - 1];
	least = PACK_INDEX_HEAD + (uint64_t)file->n * PACK_INDEX_EACH +
		2 * PACK_TRAILER;
	if (file->index.size < least ||
	    file->index.size - least > (uint64_t)file->n * 8)
		return damaged(err, file, &file->index,
			       "not as long as its counts say");
	return 0;
}

static int load(struct pack_file *file, struct err *err)
{
	int rc = open_part(file, &file->index, err);

	if (rc == 0 && file->index.size <= WHOLE)
		rc = read_whole(file, err);
	return rc == 0 ? check_index(file, err) : rc;
}

/* Once; what is amiss is remembered. */
static int need(struct pack_file *file, struct err *err)
{
	if (!file->loaded && load(file, &file->trouble) == 0)
		file->trouble.code = 0;
	/* What the system could not do it may be able to do next. */
	file->loaded = file->trouble.code != ERR_FAIL;
	if (file->trouble.code != 0)
		*err = file->trouble;
	return file->trouble.code;
}

/* The pack itself, which is opened where its index has what is asked for: most
 * have not. */
static int need_pack(struct pack_file *file, struct err *err)
{
	int rc = 0;

	if (file->pack.size > 0)
		return 0;
	rc = open_part(file, &file->pack, err);
	if (rc == 0 && file->pack.size < PACK_HEAD + PACK_TRAILER)
		rc = damaged(err, file, &file->pack, "it is cut short");
	if (rc < 0)
		file->trouble = *err;
	return rc;
}

int pack_file_count(uint32_t *n, struct pack_file *file, struct err *err)
{
	int rc = need(file, err);

	*n = file->n;
	return rc;
}

/* Sorted names, as many as are read at once. */
struct names {
	unsigned char bytes[NAMES * OID_SIZE];
	uint32_t from;
	uint32_t n;
};

static int order_at(const struct names *names, uint32_t i,
		    const struct oid *oid)
{
	return memcmp(oid->bytes, names->bytes + i * OID_SIZE, OID_SIZE);
}

/* Around where a name stands among low to high, if names are spread evenly,
 * as hashes are: by how far into its share of 2^32 its next bytes are. */
static void aim(struct names *names, uint32_t low, uint32_t high,
		const struct oid *oid)
{
	uint32_t range = high - low;
	uint32_t guess =
		(uint32_t)((uint64_t)pack_number(oid->bytes + 1) * range >> 32);
	uint32_t from = guess < NAMES / 2 ? 0 : guess - NAMES / 2;

	names->n = range < NAMES ? range : NAMES;
	if (from > range - names->n)
		from = range - names->n;
	names->from = low + from;
}

/* 1 and *at: among those read; 0: it is not, though it would be. -1, 2: it
 * stands below or above them. */
static int find_among(uint32_t *at, const struct names *names,
		      const struct oid *oid)
{
	uint32_t low = 0;
	uint32_t high = names->n;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		int order = order_at(names, middle, oid);

		*at = names->from + middle;
		if (order == 0)
			return 1;
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return low == 0 ? -1 : low == names->n ? 2 : 0;
}

/* Sets *at to where the name stands among the sorted ones: 1, or 0. Where a
 * guess is wrong, which an honest index makes rare, halves of what is left. */
static int find_name(uint32_t *at, struct pack_file *file,
		     const struct oid *oid, struct err *err)
{
	struct names names;
	uint8_t first = oid->bytes[0];
	uint32_t low = first > 0 ? file->counts[first - 1] : 0;
	uint32_t high = file->counts[first];
	bool guessed = false;

	while (low < high) {
		int found;
		int rc;

		aim(&names, low, high, oid);
		if (guessed && high - low > NAMES)
			names.from = low + (high - low - NAMES) / 2;
		guessed = true;
		rc = index_read(names.bytes, file,
				PACK_INDEX_HEAD +
					(uint64_t)names.from * OID_SIZE,
				(size_t)names.n * OID_SIZE, err);
		if (rc < 0)
			return rc;
		found = find_among(at, &names, oid);
		if (found == 0 || found == 1)
			return found;
		if (found < 0)
			high = names.from;
		else
			low = names.from + names.n;
	}
	return 0;
}

static int read_offset(uint64_t *out, struct pack_file *file, uint32_t at,
		       struct err *err)
{
	unsigned char bytes[8];
	uint64_t n = file->n;
	uint64_t large;
	int rc = index_read(bytes, file,
			    PACK_INDEX_HEAD + n * (OID_SIZE + 4) +
				    (uint64_t)at * 4,
			    4, err);

	*out = pack_number(bytes);
	if (rc < 0 || *out >> 31 == 0)
		return rc;
	large = PACK_INDEX_HEAD + n * PACK_INDEX_EACH + (*out & 0x7fffffff) * 8;
	if (large + 8 > file->index.size - 2 * PACK_TRAILER)
		return damaged(err, file, &file->index,
			       "an offset beyond its end");
	rc = index_read(bytes, file, large, 8, err);
	*out = (uint64_t)pack_number(bytes) << 32 | pack_number(bytes + 4);
	return rc;
}

int pack_file_find(uint64_t *offset, struct pack_file *file,
		   const struct oid *oid, struct err *err)
{
	uint32_t at = 0;
	int rc = need(file, err);

	if (rc == 0)
		rc = find_name(&at, file, oid, err);
	if (rc <= 0)
		return rc;
	rc = need_pack(file, err);
	if (rc == 0)
		rc = read_offset(offset, file, at, err);
	if (rc == 0 &&
	    (*offset < PACK_HEAD || *offset >= file->pack.size - PACK_TRAILER))
		rc = damaged(err, file, &file->index,
			     "an object outside of the pack");
	return rc < 0 ? rc : 1;
}

/* --- the pack ------------------------------------------------------------ */

/* Lays the window so that it begins at `at`; the pack's trailer is not seen. */
static int look_at(struct pack_file *file, uint64_t at, struct err *err)
{
	uint64_t left = file->pack.size - PACK_TRAILER - at;
	size_t len = left < WINDOW ? (size_t)left : WINDOW;
	int rc;

	if (file->window == NULL && (file->window = malloc(WINDOW)) == NULL)
		return err_nomem(err);
	file->window_len = 0;
	rc = read_at(file->window, file, &file->pack, at, len, err);
	if (rc == 0) {
		file->window_at = at;
		file->window_len = len;
	}
	return rc;
}

/* The bytes from `at` on, as many as the window has: at least `len`, if the
 * pack has as many. */
static int see(const unsigned char **bytes, size_t *n, struct pack_file *file,
	       uint64_t at, size_t len, struct err *err)
{
	uint64_t end = file->pack.size - PACK_TRAILER;
	int rc = 0;

	if (at >= end)
		return damaged(err, file, &file->pack, "it is cut short");
	if (len > end - at)
		len = (size_t)(end - at);
	if (at < file->window_at ||
	    at + len > file->window_at + file->window_len)
		rc = look_at(file, at, err);
	if (rc < 0)
		return rc;
	*bytes = file->window + (at - file->window_at);
	*n = file->window_len - (size_t)(at - file->window_at);
	return 0;
}

/* What stands between head and data; false where it is not lawful. */
static bool take_base(struct pack_entry *out, size_t *used, uint64_t offset,
		      const unsigned char *bytes, size_t n)
{
	uint64_t back = 0;

	*used = 0;
	switch (out->type) {
	case PACK_COMMIT:
	case PACK_TREE:
	case PACK_BLOB:
	case PACK_TAG:
		return true;
	case PACK_OFFSET_DELTA:
		*used = pack_take_distance(&back, bytes, n);
		out->base = offset - back;
		return *used > 0 && back > 0 && back <= offset - PACK_HEAD;
	case PACK_NAME_DELTA:
		if (n < OID_SIZE)
			return false;
		*used = OID_SIZE;
		memcpy(out->named.bytes, bytes, OID_SIZE);
		return true;
	default:
		return false;
	}
}

int pack_file_entry(struct pack_entry *out, struct pack_file *file,
		    uint64_t offset, struct err *err)
{
	const unsigned char *bytes;
	size_t head;
	size_t used;
	size_t n;
	int rc = see(&bytes, &n, file, offset, PACK_ENTRY_HEAD, err);

	*out = (struct pack_entry){.size = 0};
	if (rc < 0)
		return rc;
	head = pack_take_head(&out->type, &out->size, bytes, n);
	if (head == 0 || !take_base(out, &used, offset, bytes + head, n - head))
		return damaged(err, file, &file->pack,
			       "what is to be an object is none");
	out->data = offset + head + used;
	return 0;
}

int pack_file_peek(size_t *made, void *out, size_t room, struct pack_file *file,
		   const struct pack_entry *entry, struct err *err)
{
	const unsigned char *bytes;
	bool ended;
	size_t n;
	int rc = see(&bytes, &n, file, entry->data, TABLES + room, err);

	if (rc == 0)
		rc = deflate_front(made, &ended, out, room, bytes, n, err);
	/* One that begins with nothing, at length. */
	if (rc == 0 && !ended && *made < room && n < WINDOW) {
		rc = look_at(file, entry->data, err);
		if (rc == 0)
			rc = deflate_front(made, &ended, out, room,
					   file->window, file->window_len, err);
	}
	return rc < 0 ? err_wrap(err, "%s.pack", file->path) : 0;
}

/* More than the window holds. */
static int inflate_long(size_t *made, bool *ended, char *room,
			struct pack_file *file, const struct pack_entry *entry,
			struct err *err)
{
	uint64_t left = file->pack.size - PACK_TRAILER - entry->data;
	uint64_t most = pack_stream_limit(entry->size);
	size_t len = (size_t)(left < most ? left : most);
	unsigned char *bytes = malloc(len);
	int rc = bytes == NULL ? err_nomem(err)
			       : read_at(bytes, file, &file->pack, entry->data,
					 len, err);

	if (rc == 0)
		rc = deflate_front(made, ended, room, (size_t)entry->size + 1,
				   bytes, len, err);
	free(bytes);
	return rc;
}

int pack_file_inflate(struct buf *out, struct pack_file *file,
		      const struct pack_entry *entry, struct err *err)
{
	size_t size = (size_t)entry->size;
	const unsigned char *bytes;
	bool ended = false;
	size_t made = 0;
	char *room;
	size_t n;
	int rc = see(&bytes, &n, file, entry->data,
		     size < WINDOW / 2 ? size : WINDOW / 2, err);

	buf_clear(out);
	/* One byte more tells a stream that goes on. */
	room = buf_extend(out, size + 1);
	if (rc == 0 && room == NULL)
		rc = err_nomem(err);
	if (rc == 0)
		rc = deflate_front(&made, &ended, room, size + 1, bytes, n,
				   err);
	if (rc == 0 && !ended && made <= size)
		rc = inflate_long(&made, &ended, room, file, entry, err);
	if (rc == 0 && (!ended || made != size))
		rc = err_set(err, ERR_CORRUPT,
			     "an object is not as large as it says");
	if (room != NULL)
		buf_truncate(out, rc == 0 ? size : 0);
	return rc < 0 ? err_wrap(err, "%s.pack", file->path) : 0;
}
