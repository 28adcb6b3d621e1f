/* pack_writer.c - a pack and its index, written object by object. */
#include "sync/git/pack_writer.h"

#include <limits.h>
#include <stdlib.h>

#include "core/base/deflate.h"
#include "core/base/sha1.h"
#include "sync/git/durable.h"
#include "sync/git/pack_diff.h"
#include "sync/git/tree_deflate.h"

/* Which objects are compared, with how many before of their kind, and how long
 * a chain of differences may get. */
enum {
	DIFFER_MIN = 256, /* bytes, of a tree */
	DIFFER_MAX = 1 << 20,
	BLOB_MIN = 64,
	BLOB_SMALL = 1 << 14, /* many of which are kept in memory */
	BEFORE = 8,
	BEGINNINGS = 64,
	BEGINNING = 24, /* bytes, or up to the end of the line */
	DEPTH_MAX = 48	/* git's own limit is 50 */
};

enum { KEPT = 1 << 18 /* bytes until written */ };

struct before {
	struct buf bytes;
	uint64_t offset;
	unsigned depth;
};

/* What came last, of one kind. */
struct recent {
	struct before items[BEFORE];
	size_t n;
	size_t next; /* to be replaced */
};

struct pack_writer {
	int fd;		/* -1: all stays in `out` */
	struct buf out; /* what is not written yet */
	struct sha1 sha1;
	uint64_t written; /* bytes that have left `out` */
	struct pack_index_entry *entries;
	uint32_t n;			      /* entries begun */
	uint32_t total;			      /* to come */
	struct recent recent[OBJECT_TAG + 1]; /* by kind */
	struct recent blobs[BEGINNINGS];      /* by how they begin */
	struct deflater *deflater;
};

static void recent_release(struct recent *recent)
{
	for (size_t i = 0; i < BEFORE; i++)
		buf_release(&recent->items[i].bytes);
}

/* Those of the same kind; of small blobs those that begin alike, as two
 * versions of a case do. */
static struct recent *recent_of(struct pack_writer *writer,
				enum object_kind kind, const struct buf *bytes)
{
	uint32_t hash = 2166136261u;

	if (kind != OBJECT_BLOB || bytes->len > BLOB_SMALL)
		return &writer->recent[kind];
	for (size_t i = 0; i < BEGINNING && i < bytes->len; i++) {
		if (bytes->data[i] == '\n')
			break;
		hash = (hash ^ (unsigned char)bytes->data[i]) * 16777619u;
	}
	return &writer->blobs[(hash ^ hash >> 16) % BEGINNINGS];
}

int pack_writer_open(struct pack_writer **out, int fd, uint32_t n,
		     struct err *err)
{
	struct pack_writer *writer = calloc(1, sizeof(*writer));
	unsigned char head[PACK_HEAD] = "PACK";
	int rc;

	if (writer == NULL ||
	    (writer->entries =
		     calloc((size_t)n + 1, sizeof(*writer->entries))) == NULL) {
		free(writer);
		return err_nomem(err);
	}
	writer->fd = fd;
	writer->total = n;
	sha1_init(&writer->sha1);
	pack_put_number(head + 4, 2);
	pack_put_number(head + 8, n);
	sha1_update(&writer->sha1, head, sizeof(head));
	buf_add(&writer->out, head, sizeof(head));
	rc = buf_check(&writer->out, err);
	if (rc == 0)
		rc = deflater_open(&writer->deflater, err);
	if (rc < 0) {
		pack_writer_close(writer);
		return rc;
	}
	*out = writer;
	return 0;
}

void pack_writer_close(struct pack_writer *writer)
{
	if (writer == NULL)
		return;
	deflater_close(writer->deflater);
	for (size_t i = 0; i <= OBJECT_TAG; i++)
		recent_release(&writer->recent[i]);
	for (size_t i = 0; i < BEGINNINGS; i++)
		recent_release(&writer->blobs[i]);
	buf_release(&writer->out);
	free(writer->entries);
	free(writer);
}

uint64_t pack_writer_offset(const struct pack_writer *writer)
{
	return writer->written + writer->out.len;
}

void pack_writer_take(struct buf *out, struct pack_writer *writer)
{
	buf_release(out);
	*out = writer->out;
	writer->out = (struct buf)BUF_INIT;
}

static int write_out(struct pack_writer *writer, struct err *err)
{
	int rc = durable_write(writer->fd, buf_text(&writer->out),
			       writer->out.len, "write a pack", err);

	if (rc < 0)
		return rc;
	writer->written += writer->out.len;
	buf_clear(&writer->out);
	return 0;
}

/* --- entries ------------------------------------------------------------- */

int pack_writer_begin(struct pack_writer *writer, const struct oid *oid,
		      struct err *err)
{
	uint64_t offset = pack_writer_offset(writer);

	if (writer->n == writer->total)
		return err_set(err, ERR_FAIL, "a pack of more than it says");
	if (offset > PACK_WRITER_MAX)
		return err_set(err, ERR_FAIL, "a pack of more than 2 GiB");
	writer->entries[writer->n++] = (struct pack_index_entry){
		.oid = *oid, .crc = 0, .offset = (uint32_t)offset};
	return 0;
}

int pack_writer_bytes(struct pack_writer *writer, const void *bytes, size_t len,
		      struct err *err)
{
	struct pack_index_entry *entry = &writer->entries[writer->n - 1];

	entry->crc = deflate_crc32(entry->crc, bytes, len);
	sha1_update(&writer->sha1, bytes, len);
	buf_add(&writer->out, bytes, len);
	if (writer->fd >= 0 && writer->out.len >= KEPT && !writer->out.failed)
		return write_out(writer, err);
	return buf_check(&writer->out, err);
}

bool pack_writer_differs(enum object_kind kind, size_t size)
{
	if (kind == OBJECT_COMMIT)
		return size <= PACK_MATCH_MAX;
	return size >= (kind == OBJECT_BLOB ? BLOB_MIN : DIFFER_MIN) &&
	       size <= DIFFER_MAX;
}

/* How long a difference is worth it. Half of a commit is names and a
 * signature, which no other has. */
static size_t longest_worth(enum object_kind kind, size_t size)
{
	return kind == OBJECT_TREE ? size / 2 : size * 2 / 3;
}

/* A short difference to one of those before, the last one first, in *diff;
 * NULL if none is worth it. */
static const struct before *find_base(struct buf *diff,
				      const struct recent *recent,
				      enum object_kind kind,
				      const struct buf *bytes)
{
	const struct before *best = NULL;
	size_t limit = longest_worth(kind, bytes->len);

	for (size_t i = 1; i <= recent->n && limit > 0; i++) {
		const struct before *before =
			&recent->items[(recent->next + BEFORE - i) % BEFORE];
		struct buf made = BUF_INIT;
		bool found = before->depth < DEPTH_MAX &&
			     pack_differ(&made, kind == OBJECT_TREE,
					 &before->bytes, bytes, limit);

		if (!found) {
			buf_release(&made);
			continue;
		}
		buf_release(diff);
		*diff = made;
		limit = made.len > 0 ? made.len - 1 : 0;
		best = before;
	}
	return best;
}

int pack_writer_remember(struct pack_writer *writer, enum object_kind kind,
			 const struct buf *bytes, uint64_t offset,
			 unsigned depth, struct err *err)
{
	struct recent *recent = recent_of(writer, kind, bytes);
	struct before *before = &recent->items[recent->next];

	recent->next = (recent->next + 1) % BEFORE;
	if (recent->n < BEFORE)
		recent->n++;
	before->offset = offset;
	before->depth = depth;
	buf_clear(&before->bytes);
	buf_add(&before->bytes, buf_text(bytes), bytes->len);
	return buf_check(&before->bytes, err);
}

/* `is_tree`: what is added is a whole tree, no difference. */
static int add_entry(struct pack_writer *writer, const struct oid *oid,
		     const struct buf *start, const struct buf *plain,
		     bool is_tree, struct err *err)
{
	struct buf entry = BUF_INIT;
	int rc = pack_writer_begin(writer, oid, err);

	buf_add(&entry, buf_text(start), start->len);
	is_tree = is_tree && plain->len >= TREE_DEFLATE_MIN;
	if (rc == 0 && (!is_tree || !tree_deflate(&entry, plain)))
		rc = deflater_add(&entry, writer->deflater, buf_text(plain),
				  plain->len, err);
	if (rc == 0)
		rc = buf_check(&entry, err);
	if (rc == 0)
		rc = pack_writer_bytes(writer, entry.data, entry.len, err);
	buf_release(&entry);
	return rc;
}

int pack_writer_add_made(struct pack_writer *writer, const struct oid *oid,
			 uint64_t base, const struct buf *diff, struct err *err)
{
	struct buf start = BUF_INIT;
	int rc;

	pack_add_head(&start, PACK_OFFSET_DELTA, diff->len);
	pack_add_distance(&start, pack_writer_offset(writer) - base);
	rc = buf_check(&start, err);
	if (rc == 0)
		rc = buf_check(diff, err);
	if (rc == 0)
		rc = add_entry(writer, oid, &start, diff, false, err);
	buf_release(&start);
	return rc;
}

int pack_writer_add_difference(struct pack_writer *writer,
			       const struct oid *oid, enum object_kind kind,
			       const struct buf *bytes, struct err *err)
{
	uint64_t offset = pack_writer_offset(writer);
	const struct before *base;
	struct buf diff = BUF_INIT;
	unsigned depth = 0;
	int rc = 0;

	if (!pack_writer_differs(kind, bytes->len))
		return 0;
	base = find_base(&diff, recent_of(writer, kind, bytes), kind, bytes);
	if (base != NULL) {
		depth = base->depth + 1;
		rc = pack_writer_add_made(writer, oid, base->offset, &diff,
					  err);
	}
	if (rc == 0)
		rc = pack_writer_remember(writer, kind, bytes, offset, depth,
					  err);
	buf_release(&diff);
	return rc < 0 ? rc : depth > 0;
}

int pack_writer_add_whole(struct pack_writer *writer, const struct oid *oid,
			  enum object_kind kind, const struct buf *bytes,
			  struct err *err)
{
	struct buf start = BUF_INIT;
	int rc;

	pack_add_head(&start, (enum pack_type)kind, bytes->len);
	rc = buf_check(&start, err);
	if (rc == 0)
		rc = add_entry(writer, oid, &start, bytes, kind == OBJECT_TREE,
			       err);
	buf_release(&start);
	return rc;
}

int pack_writer_add(struct pack_writer *writer, const struct oid *oid,
		    enum object_kind kind, const struct buf *bytes,
		    struct err *err)
{
	int rc = 0;

	/* A commit may find a better base where its pack is joined. */
	if (kind != OBJECT_COMMIT)
		rc = pack_writer_add_difference(writer, oid, kind, bytes, err);
	return rc != 0 ? (rc < 0 ? rc : 0)
		       : pack_writer_add_whole(writer, oid, kind, bytes, err);
}

/* --- the end ------------------------------------------------------------- */

int pack_writer_finish(char name[OID_TEXT], struct buf *index,
		       struct pack_writer *writer, struct err *err)
{
	struct oid trailer;
	int rc;

	if (writer->n != writer->total)
		return err_set(err, ERR_FAIL, "a pack of fewer than it says");
	sha1_final(&writer->sha1, trailer.bytes);
	buf_add(&writer->out, trailer.bytes, OID_SIZE);
	rc = buf_check(&writer->out, err);
	if (rc == 0 && writer->fd >= 0)
		rc = write_out(writer, err);
	oid_format(name, &trailer);
	return rc < 0 ? rc
		      : pack_index_make(index, writer->entries, writer->n,
					&trailer, err);
}
